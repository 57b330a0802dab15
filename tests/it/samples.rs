//! Flat samples beyond what the vectors show: of text whose histograms are converted, and their labels in every format.

use exposition::{
    AnySample, Dialect, Families, Format, HistogramOptions, Result, SampleChunks, SampleReader,
    SampleValue, SampleView, Samples, ScrapeProtocol, encode,
};

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
fn a_chunk_may_come_while_a_line_waits() -> Result<()> {
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

/// Checks that the labels are the same whichever way they are asked for.
#[track_caller]
fn labels_agree(sample: &AnySample<'_>) {
    let owned = |(name, value): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)| {
        (name.into_owned(), value.into_owned())
    };
    let mut labels = Vec::new();
    let mut next = sample.labels();
    loop {
        let (least, most) = next.size_hint();
        let left = sample.labels().count() - labels.len();
        assert!(least <= left && most.is_some_and(|most| left <= most));
        match next.next() {
            Some(label) => labels.push(owned(label)),
            None => break,
        }
    }
    assert!(next.next().is_none());
    let folded = sample.labels().fold(Vec::new(), |mut all, label| {
        all.push(owned(label));
        all
    });
    assert_eq!(folded, labels);
    for (at, (name, value)) in labels.iter().enumerate() {
        let label = (name.clone(), value.clone());
        assert_eq!(sample.labels().nth(at).map(owned), Some(label.clone()));
        let mut some = sample.labels();
        some.by_ref().take(at).for_each(drop);
        let rest = some.fold(Vec::new(), |mut all, label| {
            all.push(owned(label));
            all
        });
        assert!(rest.iter().eq(labels.iter().skip(at)));
        // What is not UTF-8 cannot be found.
        let first = labels.iter().find(|(other, _)| other == name);
        let first = first.filter(|(name, _)| !name.contains('\u{fffd}'));
        assert_eq!(
            sample.label(name).as_deref(),
            first.map(|(_, value)| &**value)
        );
    }
    assert!(sample.labels().nth(labels.len()).is_none());
    assert_eq!(sample.label("no such label"), None);
}

/// Returns the samples; each door has the same.
#[track_caller]
fn read_by_each_door(
    body: &[u8],
    format: Format,
    options: HistogramOptions,
) -> Result<Vec<String>> {
    let mut slice = Vec::new();
    let mut samples = Samples::new(body, format).histograms(options);
    while let Some(sample) = samples.next_sample()? {
        labels_agree(&sample);
        slice.push(show(&sample));
    }
    for block in [1, 7, 1 << 16] {
        let mut stream = Vec::new();
        let mut samples = SampleReader::new(body, format)
            .histograms(options)
            .buffer_capacity(block);
        while let Some(sample) = samples.next_sample()? {
            labels_agree(&sample);
            stream.push(show(&sample));
        }
        assert_eq!(stream, slice, "blocks of {block}");

        let mut fed = Vec::new();
        let mut samples = SampleChunks::new(format).histograms(options);
        let mut chunks = body.chunks(block);
        loop {
            while let Some(sample) = samples.next_sample()? {
                labels_agree(&sample);
                fed.push(show(&sample));
            }
            match chunks.next() {
                Some(chunk) => samples.feed(chunk),
                None => break,
            }
        }
        samples.finish();
        while let Some(sample) = samples.next_sample()? {
            labels_agree(&sample);
            fed.push(show(&sample));
        }
        assert_eq!(fed, slice, "chunks of {block}");
    }
    Ok(slice)
}

#[test]
fn labels_of_lines_are_those_that_are_stored() {
    let long = "v".repeat(300);
    let nine: String = (0..9).map(|at| format!("l{at}=\"{at}\",")).collect();
    let mut body = format!(
        "# HELP h \n# TYPE h histogram\n\
         h_bucket{{le=\"1\"}} 1\nh_bucket{{le=\"250000\",a=\"x\"}} 2\nh_bucket{{a=\"x\",le=\"1024\"}} 2\n\
         h_bucket{{le=\"1800000\"}} 2\nh_bucket{{le=\"1048576\"}} 3\nh_bucket{{le=\"0.50\"}} 3\n\
         h_bucket{{le=\"24.999999999999996\"}} 3\nh_bucket{{le=\"+Inf\"}} 4\n\
         h_bucket{{le=\"1024\",le=\"2048\",le=\"1024\",le=\"5\"}} 5\nh_bucket{{ge=\"1\",quantile=\"1\"}} 6\n\
         h_bucket{{le=\"a\\n\",b=\"\\\\\"}} 7\nh_bucket{{{nine}le=\"1024\"}} 8\nh_bucket{{long=\"{long}\",le=\"3\"}} 9\n\
         # TYPE s summary\ns{{quantile=\"1\",le=\"1\"}} 10\ns{{quantile=\"0.5\"}} 11\n\
         # TYPE c counter\nc{{le=\"1\",quantile=\"1\"}} 12\nc 13\nc{{}} 14\n{{\"c.d\",\"e f\"=\"1\"}} 15\n",
    )
    .into_bytes();
    body.extend_from_slice(
        b"{\"c\",\"a\xff\"=\"1\",b=\"2\"} 16\n{\"c\",\"\"=\"\"} 17\nc{b=\"3\"} 18",
    );
    let format = Format::new(ScrapeProtocol::PrometheusText100);
    let all = (0..9).map(|at| format!("l{at}={at},")).collect::<String>();
    assert_eq!(
        read_by_each_door(&body, format, HistogramOptions::new()).unwrap(),
        [
            "h_bucket[le=1.0] 1",
            "h_bucket[le=250000.0,a=x] 2",
            "h_bucket[a=x,le=1024.0] 2",
            "h_bucket[le=1.8e+06] 2",
            "h_bucket[le=1.048576e+06] 3",
            "h_bucket[le=0.5] 3",
            "h_bucket[le=24.999999999999996] 3",
            "h_bucket[le=+Inf] 4",
            "h_bucket[le=1024.0,le=2048.0,le=1024.0,le=5.0] 5",
            "h_bucket[ge=1,quantile=1] 6",
            "h_bucket[le=a\n,b=\\] 7",
            &format!("h_bucket[{all}le=1024.0] 8"),
            &format!("h_bucket[long={long},le=3.0] 9"),
            "s[quantile=1.0,le=1] 10",
            "s[quantile=0.5] 11",
            "c[le=1,quantile=1] 12",
            "c[] 13",
            "c[] 14",
            "c.d[e f=1] 15",
            "c[a\u{fffd}=1,b=2] 16",
            "c[=] 17",
            "c[b=3] 18",
        ]
    );
}

#[test]
fn labels_of_other_samples_are_those_that_are_stored() {
    let body = "# TYPE h histogram\nh_bucket{a=\"x\",le=\"1024\"} 1\nh_bucket{a=\"x\",le=\"+Inf\"} 2\nh_count{a=\"x\"} 2\n\
                h_sum{a=\"x\"} 3\n# TYPE s summary\ns{b=\"y\",quantile=\"0.5\"} 1\ns_count{b=\"y\"} 2\ns_sum{b=\"y\"} 3\n\
                # TYPE c counter\nc{d=\"\",e=\"z\"} 4\n# TYPE n histogram\nn_bucket{x=\"\",le=\"+Inf\"} 5\nn_count{x=\"\"} 5\n";
    let text = Format::new(ScrapeProtocol::PrometheusText004);
    assert_eq!(
        read_by_each_door(body.as_bytes(), text, options()).unwrap(),
        [
            "h[a=x] {count:2, sum:3, [-Inf,1024]:1, (1024,+Inf]:1}",
            "s[b=y,quantile=0.5] 1",
            "s_count[b=y] 2",
            "s_sum[b=y] 3",
            "c[d=,e=z] 4",
            "n[] {count:5, sum:0, [-Inf,+Inf]:5}",
        ]
    );

    let families: Vec<_> = Families::new(body, Dialect::Text).flatten().collect();
    let protobuf = ScrapeProtocol::PrometheusProto;
    let message = encode::to_vec(&families[..3], protobuf).unwrap();
    assert_eq!(
        read_by_each_door(&message, Format::new(protobuf), HistogramOptions::new()).unwrap(),
        [
            "h_count[a=x] 2",
            "h_sum[a=x] 3",
            "h_bucket[a=x,le=1024.0] 1",
            "h_bucket[a=x,le=+Inf] 2",
            "s_count[b=y] 2",
            "s_sum[b=y] 3",
            "s[b=y,quantile=0.5] 1",
            "c[d=,e=z] 4",
        ]
    );

    let body = "# TYPE h histogram\nh{a=\"x\",le=\"1\"} {count:2,sum:3,bucket:[1024:1,+Inf:2]}\n\
                # TYPE s summary\ns{b=\"y\"} {count:2,sum:3,quantile:[0.5:1]}\n# EOF\n";
    let format = Format::new(ScrapeProtocol::OpenMetricsText200);
    assert_eq!(
        read_by_each_door(body.as_bytes(), format, options().keep_classic(true)).unwrap(),
        [
            "h[a=x,le=1.0] {count:2, sum:3, [-Inf,1024]:1, (1024,+Inf]:1}",
            "h_count[a=x,le=1] 2",
            "h_sum[a=x,le=1] 3",
            "h_bucket[a=x,le=1,le=1024.0] 1",
            "h_bucket[a=x,le=1,le=+Inf] 2",
            "s_count[b=y] 2",
            "s_sum[b=y] 3",
            "s[b=y,quantile=0.5] 1",
        ]
    );
}

#[test]
fn doors_and_samples_go_to_other_threads() {
    fn is_sent<T: Send>() {}
    fn is_shared<T: Sync>() {}
    is_sent::<Samples<'_>>();
    is_shared::<Samples<'_>>();
    is_sent::<SampleChunks>();
    is_shared::<SampleChunks>();
    is_sent::<AnySample<'_>>();
}
