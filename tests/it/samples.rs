//! Flat samples of text whose histograms are converted, beyond what the vectors show.

use exposition::{Dialect, HistogramOptions, SampleChunks, SampleValue, SampleView, Samples};

fn show(sample: &impl SampleView) -> String {
    let labels: Vec<String> = sample
        .labels()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let value = match sample.value() {
        SampleValue::Float(number) => number.to_string(),
        SampleValue::NativeHistogram(histogram) => histogram.to_string(),
        other => format!("{other:?}"),
    };
    format!("{}[{}] {value}", sample.name(), labels.join(","))
}

fn options() -> HistogramOptions {
    HistogramOptions::new().convert_classic(true)
}

/// Returns the samples, `error` for each error, and what was not converted.
fn read(body: &str) -> (Vec<String>, Vec<String>) {
    let mut samples = Samples::with_dialect(body, Dialect::Text).histograms(options());
    let mut seen = Vec::new();
    loop {
        match samples.next_sample() {
            Ok(Some(sample)) => seen.push(show(&sample)),
            Ok(None) => break,
            Err(_) => seen.push("error".to_owned()),
        }
    }
    let unconverted = samples.take_unconverted();
    assert_eq!(samples.unconverted(), unconverted.len() as u64);
    assert!(samples.take_unconverted().is_empty());
    let unconverted = unconverted.iter().map(ToString::to_string);
    (seen, unconverted.collect())
}

#[test]
fn what_is_collected() {
    for (body, expected) in [
        // Labels in another order are the same.
        (
            "h_bucket{a=\"1\",b=\"2\",le=\"1\"} 1\nh_bucket{b=\"2\",le=\"+Inf\",a=\"1\"} 3\nh_count{b=\"2\",a=\"1\"} 3\n",
            &["h[a=1,b=2] {count:3, sum:0, [-Inf,1]:1, (1,+Inf]:2}"][..],
        ),
        // So are those that only begin alike not.
        (
            "h_count{a=\"1\"} 3\nh_count{a=\"1\",b=\"2\"} 4\n",
            &[
                "h[a=1] {count:3, sum:0, [-Inf,+Inf]:3}",
                "h[a=1,b=2] {count:4, sum:0, [-Inf,+Inf]:4}",
            ],
        ),
        // An empty label tells series apart, and is not stored.
        (
            "h_count{a=\"\"} 3\nh_count 4\n",
            &[
                "h[] {count:3, sum:0, [-Inf,+Inf]:3}",
                "h[] {count:4, sum:0, [-Inf,+Inf]:4}",
            ],
        ),
        // A comment ends the collection, as a line of metadata does.
        (
            "h_count 3\n# note\nh_sum 1\n",
            &[
                "h[] {count:3, sum:0, [-Inf,+Inf]:3}",
                "h[] {count:0, sum:1}",
            ],
        ),
        // A line in error does not.
        (
            "h_bucket{le=\"1\"} 1\nh_bucket{ 2\nh_count 3\n",
            &["error", "h[] {count:3, sum:0, [-Inf,1]:1, (1,+Inf]:2}"],
        ),
    ] {
        let body = format!("# TYPE h histogram\n{body}");
        assert_eq!(
            read(&body),
            (
                expected.iter().map(|line| (*line).to_owned()).collect(),
                vec![]
            ),
            "{body}"
        );
    }
    let quoted = "# TYPE \"h.x\" histogram\n{\"h.x_bucket\",le=\"1\"} 1\n{\"h.x_count\"} 1\n";
    assert_eq!(read(quoted).0, ["h.x[] {count:1, sum:0, [-Inf,1]:1}"]);
}

#[test]
fn what_is_not_converted_is_told() {
    let body = "# TYPE h histogram\nh_bucket{a=\"1\",le=\"1\"} 5\nh_bucket{a=\"1\",le=\"+Inf\"} 3\n\
        h_bucket{a=\"2\",le=\"1\"} 5\nh_count{a=\"2\"} 3\nh_count{a=\"3\"} 1\n";
    let (samples, unconverted) = read(body);
    // One does not spoil the next.
    assert_eq!(samples, ["h[a=3] {count:1, sum:0, [-Inf,+Inf]:1}"]);
    assert_eq!(
        unconverted,
        [
            "line 2, column 1: h{a=\"1\"}: counts are not cumulative: 3 in the bucket for +Inf, but 5 below",
            "line 4, column 1: h{a=\"2\"}: positive bucket 2 has the negative count -2",
        ]
    );
}

#[test]
fn a_chunk_may_come_while_a_line_waits() -> exposition::Result<()> {
    let mut samples = SampleChunks::with_dialect(Dialect::Text).histograms(options());
    samples.feed(b"# TYPE h histogram\nh_count 3\nup{a=\"1\"} 1\n");
    let mut seen = Vec::new();
    // The line `up` has been read, and is returned after the histogram.
    seen.extend(samples.next_sample()?.map(|sample| show(&sample)));
    samples.feed(b"down{a=\"2\"} 2\nh_c");
    samples.feed(b"ount 4\n");
    samples.finish();
    samples.feed(b"never 1\n");
    while let Some(sample) = samples.next_sample()? {
        seen.push(show(&sample));
    }
    assert_eq!(
        seen,
        [
            "h[] {count:3, sum:0, [-Inf,+Inf]:3}",
            "up[a=1] 1",
            "down[a=2] 2",
            "h[] {count:4, sum:0, [-Inf,+Inf]:4}",
        ]
    );
    Ok(())
}
