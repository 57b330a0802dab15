//! OpenMetrics 2.0: what lines, samples and families say, and errors in full, beyond what the vectors show.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail them")]

use allocation_counter::measure;
use exposition::cache::Change;
use exposition::merge::Source;
use exposition::{
    Dialect, ErrorKind, Families, Format, HistogramOptions, Limits, Line, Merge, MetricType,
    MetricValue, Parser, SampleReader, SampleValue, SampleView, Samples, ScrapeCache,
    ScrapeProtocol, StartTimestamp,
};

use Dialect::OpenMetrics2;

/// A line under its TYPE line.
fn body(kind: &str, line: &str) -> String {
    format!("# TYPE h {kind}\n{line}\n# EOF\n")
}

#[test]
fn errors_point_at_what_is_wrong() {
    let native = "count:1,sum:1,schema:0,zero_threshold:0";
    let mut wrong = Vec::new();
    for (kind, line, expected) in [
        (
            "histogram",
            "h 1",
            "line 2, column 3: value does not suit the type: expected all values of the metric in braces, for it is a histogram or a summary, found `1`",
        ),
        (
            "gauge",
            "h {count:1,sum:1,bucket:[+Inf:1]}",
            "line 2, column 3: value does not suit the type: expected a number, since only histograms and summaries have several values, found `{count:1,sum:1,bucket:[+…`",
        ),
        (
            "counter",
            "h NaN",
            "line 2, column 3: value does not suit the type: expected a number other than NaN, for the metric is a counter, found `NaN`",
        ),
        (
            "stateset",
            "h{h=\"a\"} 2",
            "line 2, column 10: value does not suit the type: expected 0 or 1, for the metric is a state set, found `2`",
        ),
        (
            "stateset",
            "h{a=\"b\"} 1",
            "line 2, column 1: missing state: expected a label with the name of the metric, for that is a state set, found `h{a=\"b\"} 1`",
        ),
        (
            "histogram",
            "h {count:1,sum:1}",
            "line 2, column 17: missing field: expected the field `bucket` or `schema`, found `}`",
        ),
        (
            "histogram",
            "h {count:1,bucket:[+Inf:1]}",
            "line 2, column 27: missing field: expected the field `sum`, found `}`",
        ),
        (
            "histogram",
            "h {count:1,gsum:1,bucket:[+Inf:1]}",
            "line 2, column 12: unknown field: expected `count`, `sum`, `bucket` or a field of a native histogram, found `gsum:1,bucket:[+Inf:1]}`",
        ),
        (
            "summary",
            "h {count:1,sum:1,count:2,quantile:[]}",
            "line 2, column 18: second field of that name: expected each field once, found `count:2,quantile:[]}`",
        ),
        (
            "summary",
            "h {count:1,sum:x,quantile:[]}",
            "line 2, column 16: expected a number, found `x,quantile:[]}`",
        ),
        (
            "summary",
            "h {count:1,sum:1,quantile:[0.5:1,0.4:2]}",
            "line 2, column 34: invalid quantile: expected a quantile above the one before, found `0.4:2]}`",
        ),
        (
            "summary",
            "h {count:1,sum:1,quantile:[1.5:1]}",
            "line 2, column 28: invalid quantile: expected a quantile from 0 to 1, found `1.5:1]}`",
        ),
        (
            "histogram",
            "h {count:3,sum:1,bucket:[1:2,0.5:3,+Inf:3]}",
            "line 2, column 30: invalid histogram: expected a bound above the one before, found `0.5:3,+Inf:3]}`",
        ),
        (
            "histogram",
            "h {count:3,sum:1,bucket:[1:-2,+Inf:3]}",
            "line 2, column 28: invalid histogram: expected a count that is not negative, found `-2,+Inf:3]}`",
        ),
        (
            "histogram",
            "h {count:3,sum:1,bucket:[1:2]}",
            "line 2, column 29: invalid histogram: expected a bucket for +Inf, found `]}`",
        ),
        (
            "histogram",
            "h {count:1, sum:1,bucket:[+Inf:1]}",
            "line 2, column 12: expected `count`, `sum`, `bucket` or a field of a native histogram, found ` sum:1,bucket:[+Inf:1]}`",
        ),
        (
            "histogram",
            &format!("h {{{native}}}"),
            "line 2, column 43: missing field: expected the field `zero_count`, found `}`",
        ),
        (
            "histogram",
            &format!("h {{{native},zero_count:2}}"),
            "line 2, column 10: invalid histogram: expected as many observations as the buckets hold, found `1,sum:1,schema:0,zero_th…`",
        ),
        (
            "histogram",
            &format!("h {{{native},zero_count:0,positive_spans:[0:2],positive_buckets:[1]}}"),
            "line 2, column 96: invalid histogram: expected as many buckets as the spans list, found `1]}`",
        ),
        (
            "histogram",
            &format!("h {{{native},zero_count:0,positive_spans:[0:1,-1:0],positive_buckets:[1]}}"),
            "line 2, column 77: invalid histogram: expected an offset that is not negative, after the first span, found `-1:0],positive_buckets:[…`",
        ),
        (
            "histogram",
            "h {count:1,sum:1,schema:9,zero_threshold:0,zero_count:1}",
            "line 2, column 25: invalid histogram: expected a schema from -4 to 8, found `9,zero_threshold:0,zero_…`",
        ),
        (
            "counter",
            "h 1 st@x",
            "line 2, column 8: expected a start timestamp in seconds, found `x`",
        ),
        (
            "counter",
            "h 1 st@5 6",
            "line 2, column 9: expected an exemplar or the end of the line, found ` 6`",
        ),
        (
            "counter",
            "h 1 # {} 1",
            "line 2, column 11: expected the exemplar's timestamp, found the end of the line; this looks like \
             OpenMetrics 1.0, and is read as OpenMetrics 2.0",
        ),
        (
            "counter",
            "h 1 # {} 1 2 st@5",
            "line 2, column 13: expected another exemplar or the end of the line, found ` st@5`",
        ),
        (
            "gauge",
            "{a=\"b\",\"h\"} 1",
            "line 2, column 8: metric name after a label: expected labels only, for the metric's name comes first, found `\"h\"} 1`",
        ),
        (
            "gauge",
            "{\"\"} 1",
            "line 2, column 3: empty name: expected a name of at least one character, found `\"} 1`",
        ),
    ] {
        let body = body(kind, line);
        let errors: Vec<String> = Parser::new(&body, OpenMetrics2)
            .filter_map(Result::err)
            .map(|error| {
                assert!(error.fails_scrape(), "{error}");
                error.to_string()
            })
            .collect();
        if errors != [expected] {
            wrong.push(format!("{line}\n{errors:?}\n{expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn errors_of_metadata() {
    for (body, expected) in [
        (
            "# TYPE x info\n",
            "line 1, column 8: name does not suit the type: expected a name that ends in `_info`, for the metric is \
             an info, found `x info`; this looks like OpenMetrics 1.0, and is read as OpenMetrics 2.0",
        ),
        (
            "# TYPE x_info info\n# UNIT x_info s\n",
            "line 2, column 15: unit does not suit the type: expected no unit, which infos and state sets do not \
             have, found `s`",
        ),
        (
            "# UNIT x s\n# TYPE x stateset\n",
            "line 2, column 10: unit does not suit the type: expected a type other than `info` and `stateset`, for \
             the metric has a unit, found `stateset`",
        ),
        (
            "# HELP x y\r\n",
            "line 1, column 11: expected a line feed, without a carriage return, found `\\r`; lines \
             end in CR LF instead of LF",
        ),
        (
            "# TYPE \"\" gauge\n",
            "line 1, column 9: empty name: expected a name of at least one character, found `\" gauge`",
        ),
    ] {
        let error = Parser::new(body, OpenMetrics2).find_map(Result::err);
        assert_eq!(error.unwrap().to_string(), expected);
    }
}

/// What a scrape with native histograms does not look at costs the line here, but not the scrape.
#[test]
fn classic_buckets_beside_native_ones_do_not_fail_the_scrape() {
    let line = "h {count:1,sum:1,schema:0,zero_threshold:0,zero_count:1,bucket:[NaN:1]}";
    let body = body("histogram", line);
    let error = Parser::new(&body, OpenMetrics2)
        .find_map(Result::err)
        .unwrap();
    assert_eq!(error.kind(), ErrorKind::InvalidHistogram);
    assert!(!error.fails_scrape());
    for (options, stored) in [
        (HistogramOptions::new().native(true), 1),
        (HistogramOptions::new().native(true).keep_classic(true), 0),
        (HistogramOptions::new(), 0),
    ] {
        let mut samples = Samples::with_dialect(&body, OpenMetrics2).histograms(options);
        let mut read = 0;
        while let Ok(Some(sample)) = samples.next_sample() {
            assert!(matches!(sample.value(), SampleValue::NativeHistogram(_)));
            read += 1;
        }
        assert_eq!(read, stored, "{options:?}");
    }
}

const ALL: &str = "\
# TYPE h histogram
# UNIT h seconds
h{a=\"b\"} {count:3,sum:4.5,bucket:[1.0:2,+Inf:3]} 5 st@1.5 # {t=\"7\"} 0.5 4 # {} 9 4.5
h{a=\"c\"} {count:3,sum:4.5,schema:0,zero_threshold:0,zero_count:1,positive_spans:[0:1],positive_buckets:[2]}
# TYPE g gaugehistogram
g {gcount:3.5,gsum:-1,bucket:[+Inf:3.5]}
# TYPE s summary
{\"s\"} {count:2,sum:3,quantile:[0.5:1,0.9:NaN]}
# TYPE c_total counter
c_total 7 st@2 # {a=\"b\"} 1 3
# TYPE e stateset
e{e=\"on\"} 1 st@9
e{e=\"off\"} 0
u 1
# EOF
";

fn show(sample: &impl SampleView) -> String {
    let labels = sample.labels();
    let labels: Vec<String> = labels
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let start = sample.start_timestamp();
    let start = start.map_or_else(String::new, |start| format!(" st@{start}"));
    let exemplars = sample.exemplars().count();
    format!(
        "{}[{}] {}{start} #{exemplars}",
        sample.name(),
        labels.join(","),
        sample.value()
    )
}

fn samples(options: HistogramOptions) -> Vec<String> {
    let mut samples = Samples::with_dialect(ALL, OpenMetrics2).histograms(options);
    let mut shown = Vec::new();
    while let Some(sample) = samples.next_sample().unwrap() {
        shown.push(show(&sample));
    }
    shown
}

#[test]
fn samples_are_those_that_a_scrape_stores() {
    let rest = [
        "s_count[] 2 #0",
        "s_sum[] 3 #0",
        "s[quantile=0.5] 1 #0",
        "s[quantile=0.9] NaN #0",
        "c_total[] 7 st@2000 #1",
        "e[e=on] 1 st@9000 #0",
        "e[e=off] 0 #0",
        "u[] 1 #0",
    ];
    let classic = [
        "h_count[a=b] 3 st@1500 #2",
        "h_sum[a=b] 4.5 st@1500 #0",
        "h_bucket[a=b,le=1.0] 2 st@1500 #0",
        "h_bucket[a=b,le=+Inf] 3 st@1500 #0",
    ];
    let gauge = [
        "g_gcount[] 3.5 #0",
        "g_gsum[] -1 #0",
        "g_bucket[le=+Inf] 3.5 #0",
    ];
    let without_buckets = [
        "h_count[a=c] 3 #0",
        "h_sum[a=c] 4.5 #0",
        "h_bucket[a=c,le=+Inf] 3 #0",
    ];
    let native = ["h[a=c] {count:3, sum:4.5, [-0,0]:1, (0.5,1]:2} #0"];
    let new = HistogramOptions::new;
    let expected = [&classic[..], &without_buckets, &gauge, &rest].concat();
    assert_eq!(samples(new()), expected);
    let expected = [&classic[..], &native, &gauge, &rest].concat();
    assert_eq!(samples(new().native(true)), expected);
    assert_eq!(samples(new().native(true).keep_classic(true)), expected);
    let converted = ["h[a=b] {count:3, sum:4.5, [-Inf,1]:2, (1,+Inf]:1} st@1500 #2"];
    let converted_gauge = ["g[] {count:3.5, sum:-1, [-Inf,+Inf]:3.5} #0"];
    let expected = [&converted[..], &native, &converted_gauge, &rest].concat();
    assert_eq!(samples(new().native(true).convert_classic(true)), expected);
    let mut kept: Vec<&str> = converted.to_vec();
    kept.extend(classic.map(|line| match line {
        // The exemplars are those of the histogram.
        "h_count[a=b] 3 st@1500 #2" => "h_count[a=b] 3 st@1500 #0",
        line => line,
    }));
    kept.extend(
        native
            .iter()
            .chain(&converted_gauge)
            .chain(&gauge)
            .chain(&rest),
    );
    let both = new().native(true).convert_classic(true).keep_classic(true);
    assert_eq!(samples(both), kept);
}

#[test]
fn what_cannot_be_converted_fails_the_scrape() {
    let body = body(
        "histogram",
        "h{a=\"b\"} {count:3,sum:1,bucket:[1:2,+Inf:4]}\nu 1",
    );
    let options = HistogramOptions::new().convert_classic(true);
    let mut samples = Samples::with_dialect(&body, OpenMetrics2).histograms(options);
    let error = samples.next_sample().unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 2, column 10: invalid histogram: expected a count that is that of the bucket for +Inf, found \
         `{count:3,sum:1,bucket:[1…`"
    );
    assert!(error.fails_scrape());
    let next = samples.next_sample().unwrap().map(|sample| show(&sample));
    assert_eq!(next.as_deref(), Some("u[] 1 #0"));
}

#[test]
fn families_have_what_the_lines_say() {
    let families: Vec<_> = Families::new(ALL, OpenMetrics2)
        .collect::<Result<_, _>>()
        .unwrap();
    let names: Vec<(&str, MetricType)> = families
        .iter()
        .map(|family| (&*family.name, family.metric_type))
        .collect();
    assert_eq!(
        names,
        [
            ("h", MetricType::Histogram),
            ("g", MetricType::GaugeHistogram),
            ("s", MetricType::Summary),
            ("c_total", MetricType::Counter),
            ("e", MetricType::StateSet),
            ("u", MetricType::Unknown),
        ]
    );
    let [h, g, s, c, e, _] = &families[..] else {
        panic!("{names:?}")
    };
    assert_eq!(h.unit.as_deref(), Some("seconds"));
    let MetricValue::Histogram(classic) = &h.metrics[0].value else {
        panic!()
    };
    assert_eq!((classic.count, classic.sum), (Some(3.0), Some(4.5)));
    assert_eq!(classic.buckets.len(), 2);
    assert_eq!(h.metrics[0].exemplars.len(), 2);
    assert_eq!(h.metrics[0].exemplars[1].timestamp, Some(4500));
    assert_eq!(h.metrics[0].start_timestamp, Some(StartTimestamp::new(1.5)));
    let MetricValue::Histogram(native) = &h.metrics[1].value else {
        panic!()
    };
    assert!(native.buckets.is_empty());
    assert_eq!(
        native.native.as_ref().map(|native| native.count()),
        Some(3.0)
    );
    assert!(g.metrics[0].suffixed);
    let MetricValue::Summary(summary) = &s.metrics[0].value else {
        panic!()
    };
    assert_eq!(summary.quantiles.len(), 2);
    assert_eq!(c.metrics[0].single_value(), Some(7.0));
    assert_eq!(c.metrics[0].start_timestamp, Some(StartTimestamp::new(2.0)));
    assert_eq!(e.metrics.len(), 1);
    assert_eq!(e.metrics[0].start_timestamp, Some(StartTimestamp::new(9.0)));
}

/// A type is that of a name, until another name comes.
#[test]
fn an_interrupted_family_loses_its_type() {
    let body = "# TYPE a counter\na 1\nb 1\na 2\n# EOF\n";
    let samples = Parser::new(body, OpenMetrics2)
        .map(Result::unwrap)
        .filter_map(Line::into_sample);
    let types: Vec<MetricType> = samples.map(|sample| sample.metric_type()).collect();
    assert_eq!(
        types,
        [
            MetricType::Counter,
            MetricType::Unknown,
            MetricType::Unknown
        ]
    );
}

/// All that a reader of lines looks at.
fn look_at(line: &Line<'_>) -> f64 {
    let Line::Sample(sample) = line else {
        return 0.0;
    };
    let mut sum = sample.name().len() as f64 + sample.start_timestamp().unwrap_or(0) as f64;
    sum += sample
        .exemplars()
        .map(|exemplar| exemplar.value())
        .sum::<f64>();
    if let Some(composite) = sample.composite() {
        sum += composite.count() + composite.sum() + f64::from(composite.schema().unwrap_or(0));
        let pairs = composite.buckets().chain(composite.quantiles());
        sum += pairs.map(|(_, value)| value).sum::<f64>();
    }
    sum
}

#[test]
fn lines_do_not_allocate() {
    let buckets: String = (0..40).map(|at| format!("{at}.5:{at},")).collect();
    let line = format!(
        "h {{count:40,sum:1,bucket:[{buckets}+Inf:40]}} st@1.5 # {{t=\"7\"}} 1 2 # {{}} 3 4\n"
    );
    let native = "h {count:3,sum:4.5,schema:0,zero_threshold:0,zero_count:1,positive_spans:[0:1],positive_buckets:[2]}\n";
    let body = format!(
        "# TYPE h histogram\n{}# EOF\n",
        [&line, native].concat().repeat(500)
    );
    let mut parser = Parser::new(&body, OpenMetrics2);
    // The name of the family is kept.
    let first: f64 = parser
        .by_ref()
        .take(2)
        .flatten()
        .map(|line| look_at(&line))
        .sum();
    let allocated = measure(|| {
        let sum: f64 = parser.by_ref().map(|line| look_at(&line.unwrap())).sum();
        assert!(sum > first);
    });
    assert_eq!(allocated.count_total, 0, "{allocated:?}");
    let mut samples = Samples::with_dialect(&body, OpenMetrics2)
        .histograms(HistogramOptions::new().native(true).convert_classic(true));
    let mut read = |most: usize| {
        let mut seen = 0;
        while seen < most
            && let Some(sample) = samples.next_sample().unwrap()
        {
            assert!(sample.name() == "h");
            seen += 1;
        }
        seen
    };
    read(4);
    let allocated = measure(|| assert_eq!(read(usize::MAX), 996));
    assert_eq!(allocated.count_total, 0, "{allocated:?}");
}

/// A changed bucket is a changed value, whatever the number of observations.
#[test]
fn the_cache_compares_all_values_of_a_line() {
    let body = |bucket: u32, other: u32| {
        format!(
            "# TYPE h histogram\nh {{count:3,sum:4.5,bucket:[1.0:{bucket},+Inf:3]}} st@1\nu {other}\n# EOF\n"
        )
    };
    let mut cache = ScrapeCache::new();
    for (bucket, other, expected) in [
        (1, 1, [Change::New, Change::New]),
        (1, 1, [Change::Same, Change::Same]),
        (2, 1, [Change::Changed, Change::Same]),
        (2, 5, [Change::Same, Change::Changed]),
    ] {
        let body = body(bucket, other);
        let mut changes = Vec::new();
        for sample in cache.read(body.as_bytes(), OpenMetrics2).samples() {
            let sample = sample.unwrap();
            changes.push(sample.change());
            if sample.name() == "h" {
                let composite = sample.composite().expect("a composite value");
                assert_eq!(composite.buckets().next(), Some((1.0, f64::from(bucket))));
                assert_eq!(sample.metric_type(), MetricType::Histogram);
                assert_eq!(sample.start_timestamp(), Some(1000));
            }
        }
        assert_eq!(changes, expected);
    }
}

#[test]
fn bodies_are_merged_as_lines_and_assembled_again() {
    let other = "# TYPE h histogram\nh_bucket{a=\"z\",le=\"+Inf\"} 1\nh_count{a=\"z\"} 1\nh_sum{a=\"z\"} 2\n\
                 # TYPE c counter\nc_total{a=\"z\"} 9\n# EOF\n";
    let mine = "# TYPE h histogram\nh{a=\"b\"} {count:3,sum:4.5,bucket:[1.0:2,+Inf:3]} st@1.5\n\
                # TYPE c_total counter\nc_total 7 st@2 # {t=\"1\"} 1 3\n# EOF\n";
    let merge = |protocol: ScrapeProtocol| {
        let format = Format::new(ScrapeProtocol::OpenMetricsText200);
        let merge = Merge::new(protocol)
            .source(Source::with_format("new", mine.as_bytes(), format))
            .source(Source::new("old", other.as_bytes(), Dialect::OpenMetrics).label("from", "old"))
            .lossy(true);
        let mut out = String::new();
        let report = merge.write_to_fmt(&mut out).unwrap();
        (out, report.exemplars, report.others)
    };
    let (out, exemplars, others) = merge(ScrapeProtocol::OpenMetricsText200);
    assert_eq!(
        out,
        "# TYPE h histogram\nh{a=\"b\"} {count:3,sum:4.5,bucket:[1:2,+Inf:3]} st@1.5\n\
         h{a=\"z\",from=\"old\"} {count:1,sum:2,bucket:[+Inf:1]}\n\
         # TYPE c_total counter\nc_total 7.0 st@2 # {t=\"1\"} 1.0 3\nc_total{a=\"z\",from=\"old\"} 9.0\n# EOF\n"
    );
    assert_eq!((exemplars, others), (0, 0));
    let (out, exemplars, _) = merge(ScrapeProtocol::PrometheusText004);
    assert!(out.contains("h_bucket{a=\"b\",le=\"1.0\"} 2\n"), "{out}");
    assert!(out.contains("c_total{a=\"z\",from=\"old\"} 9\n"), "{out}");
    assert_eq!(exemplars, 1);
}

/// As long as lines get: their time grows as they do, or this would not end.
#[test]
fn lines_of_a_million_buckets_and_of_many_exemplars() {
    const BUCKETS: usize = 1_000_000;
    const EXEMPLARS: usize = 100_000;
    let limits = Limits::new().max_line_bytes(Limits::MAX_LINE);
    let buckets: String = (1..BUCKETS).map(|bound| format!("{bound}:7,")).collect();
    let cited: String = (0..EXEMPLARS)
        .map(|at| format!(" # {{t=\"{at}\"}} {at} 2"))
        .collect();
    let line = format!("h {{count:7,sum:1,bucket:[{buckets}+Inf:7]}}{cited}");
    let body = body("histogram", &line);
    let samples = Parser::new(&body, OpenMetrics2)
        .limits(limits)
        .map(Result::unwrap)
        .filter_map(Line::into_sample);
    let read: Vec<(usize, usize)> = samples
        .map(|sample| {
            let composite = sample.composite().unwrap();
            (composite.buckets().count(), sample.exemplars().count())
        })
        .collect();
    assert_eq!(read, [(BUCKETS, EXEMPLARS)]);
    let families = Families::new(&body, OpenMetrics2).limits(limits);
    let families: Vec<_> = families.map(Result::unwrap).collect();
    let MetricValue::Histogram(histogram) = &families[0].metrics[0].value else {
        panic!()
    };
    assert_eq!(histogram.buckets.len(), BUCKETS);
    assert_eq!(families[0].metrics[0].exemplars.len(), EXEMPLARS);
    let mut samples = SampleReader::with_dialect(body.as_bytes(), OpenMetrics2).limits(limits);
    let mut read = 0;
    while let Some(sample) = samples.next_sample().unwrap() {
        assert!(sample.name().starts_with("h_"));
        read += 1;
    }
    assert_eq!(read, BUCKETS + 2);
}
