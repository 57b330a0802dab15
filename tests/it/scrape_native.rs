//! Scrapes of protobuf, and of native histograms.

#![cfg(feature = "relabel")]
#![allow(clippy::unwrap_used, reason = "a test that cannot begin has failed")]

use exposition::relabel::{Action, RuleConfig, Rules};
use exposition::scrape::{SampleConfig, ScrapeError, ScrapeLoop, Scraped, Target, TargetConfig};
use exposition::{
    BucketSpan, Dialect, Encoder, Families, Histogram, HistogramOptions, Metric, MetricFamily,
    MetricType, NativeCounts, NativeHistogram, ScrapeProtocol,
};

use crate::support::scrape_loop::{Answer, check};

const TEXT: &str = "text/plain; version=0.0.4";
const OPENMETRICS2: &str = "application/openmetrics-text; version=2.0.0; charset=utf-8";
const PROTOBUF: &str =
    "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

fn target() -> Target {
    let targets = TargetConfig::new("j");
    let found = targets.discover([("__address__", "h:1"), ("zone", "z")]);
    found.unwrap().into_target().unwrap()
}

fn config(options: HistogramOptions) -> SampleConfig {
    let mut config = SampleConfig::new();
    config.protocols.push(ScrapeProtocol::OpenMetricsText200);
    config.histograms = options;
    config
}

fn native() -> HistogramOptions {
    HistogramOptions::new().native(true)
}

fn protobuf<'a>(families: impl IntoIterator<Item = MetricFamily<'a>>) -> Vec<u8> {
    let mut body = Vec::new();
    let mut encoder = Encoder::from_writer(&mut body, ScrapeProtocol::PrometheusProto).unwrap();
    for family in families {
        encoder.family(&family).unwrap();
    }
    encoder.finish().unwrap();
    body
}

fn as_protobuf(text: &str) -> Vec<u8> {
    let families = Families::new(text, Dialect::Text);
    protobuf(families.collect::<Result<Vec<_>, _>>().unwrap())
}

/// Returns buckets (1, 2], (2, 4] and (8, 16] of schema 0.
fn exponential() -> NativeHistogram {
    NativeHistogram::new(0)
        .counts(NativeCounts::integer(9, 0, [3, 2, -4], []))
        .positive_spans([BucketSpan::new(1, 2), BucketSpan::new(1, 1)])
        .sum(30.0)
}

fn family(name: &'static str, histograms: Vec<Histogram<'static>>) -> MetricFamily<'static> {
    let metrics = histograms.into_iter().enumerate();
    metrics.fold(
        MetricFamily::new(name, MetricType::Histogram),
        |family, (at, histogram)| {
            family.metric(Metric::histogram(histogram).labels([("a", at.to_string())]))
        },
    )
}

fn of(histogram: NativeHistogram) -> Vec<u8> {
    protobuf([family("h", vec![Histogram::default().native(histogram)])])
}

/// Returns what is stored, one sample a line, without the target's labels; or why the scrape failed.
fn stored(config: &SampleConfig, content_type: &str, body: &[u8]) -> Vec<String> {
    let target = target();
    let scraped = config.scrape(&target, Some(content_type), body).collect();
    lines(&scraped)
}

fn lines(scraped: &Scraped<'_>) -> Vec<String> {
    if let Some(failure) = &scraped.report.failure {
        assert!(scraped.samples.is_empty());
        return vec![failure.to_string()];
    }
    let line = scraped.samples.iter().map(|sample| {
        let labels = sample.labels.to_string();
        let labels = labels.replace(r#", instance="h:1", job="j""#, "");
        let labels = labels.replace(r#", zone="z""#, "");
        let time = sample.timestamp.map(|time| format!(" {time}"));
        format!("{labels} {}{}", sample.value, time.unwrap_or_default())
    });
    line.collect()
}

const BODY: &str = "# TYPE c counter\nc{zone=\"own\"} 3 1000\n# TYPE g gauge\ng NaN\n\
    # TYPE h histogram\nh_bucket{a=\"x\",le=\"1\"} 2\nh_bucket{a=\"x\",le=\"+Inf\"} 5\nh_sum{a=\"x\"} 2.5\n\
    h_count{a=\"x\"} 5\n# TYPE s summary\ns{quantile=\"0.5\"} 1\ns_sum 3\ns_count 2\nu{b=\"1\"} 4\n";

/// The same in OpenMetrics 2.0.
const BODY2: &str = "# TYPE c counter\nc{zone=\"own\"} 3 1\n# TYPE g gauge\ng NaN\n\
    # TYPE h histogram\nh{a=\"x\"} {count:5,sum:2.5,bucket:[1:2,+Inf:5]}\n\
    # TYPE s summary\ns {count:2,sum:3,quantile:[0.5:1]}\nu{b=\"1\"} 4\n# EOF\n";

/// What [`exponential`] returns, in OpenMetrics 2.0.
const EXPONENTIAL2: &str = "# TYPE h histogram\nh{a=\"0\"} {count:9,sum:30,schema:0,zero_threshold:0,\
    zero_count:0,positive_spans:[1:2,1:1],positive_buckets:[3,5,1]}\n# EOF\n";

#[test]
fn protobuf_stores_what_text_stores() {
    let body = as_protobuf(BODY);
    for honor in [false, true] {
        let mut config = config(HistogramOptions::new());
        config.honor_labels = honor;
        config.honor_timestamps = !honor;
        config.rules = Rules::from(
            RuleConfig::new()
                .source_labels(["b"])
                .regex("1")
                .action(Action::Drop)
                .build(config.validation_scheme)
                .unwrap(),
        );
        let mut by_text = stored(&config, TEXT, BODY.as_bytes());
        let mut by_protobuf = stored(&config, PROTOBUF, &body);
        let mut by_openmetrics2 = stored(&config, OPENMETRICS2, BODY2.as_bytes());
        assert_eq!(by_text.len(), 9, "{by_text:#?}");
        by_text.sort();
        by_protobuf.sort();
        assert_eq!(by_protobuf, by_text);
        by_openmetrics2.sort();
        assert_eq!(by_openmetrics2, by_text);
    }
}

#[test]
fn options_say_what_is_stored() {
    let classic = || {
        Histogram::new([
            exposition::Bucket::new(1.0, 2.0),
            exposition::Bucket::new(f64::INFINITY, 5.0),
        ])
        .sum(2.5)
        .count(5.0)
    };
    let both = || {
        Histogram::new([exposition::Bucket::new(f64::INFINITY, 9.0)])
            .sum(30.0)
            .count(9.0)
            .native(exponential())
    };
    let body = protobuf([family("h", vec![classic(), both(), classic()])]);
    let of_classic = |a: u8| {
        vec![
            format!(r#"{{__name__="h_count", a="{a}"}} 5"#),
            format!(r#"{{__name__="h_sum", a="{a}"}} 2.5"#),
            format!(r#"{{__name__="h_bucket", a="{a}", le="1.0"}} 2"#),
            format!(r#"{{__name__="h_bucket", a="{a}", le="+Inf"}} 5"#),
        ]
    };
    let of_both = vec![
        r#"{__name__="h_count", a="1"} 9"#.to_owned(),
        r#"{__name__="h_sum", a="1"} 30"#.to_owned(),
        r#"{__name__="h_bucket", a="1", le="+Inf"} 9"#.to_owned(),
    ];
    let of_native =
        vec![r#"{__name__="h", a="1"} {count:9, sum:30, (1,2]:3, (2,4]:5, (8,16]:1}"#.to_owned()];
    let converted = |a: u8| {
        vec![format!(
            r#"{{__name__="h", a="{a}"}} {{count:5, sum:2.5, [-Inf,1]:2, (1,+Inf]:3}}"#
        )]
    };
    let off = HistogramOptions::new();
    for (options, expected) in [
        (off, [of_classic(0), of_both.clone(), of_classic(2)]),
        (native(), [of_classic(0), of_native.clone(), of_classic(2)]),
        (
            native().keep_classic(true),
            [
                of_classic(0),
                [of_native.clone(), of_both].concat(),
                of_classic(2),
            ],
        ),
        (
            native().convert_classic(true),
            [converted(0), of_native, converted(2)],
        ),
    ] {
        let got = stored(&config(options), PROTOBUF, &body);
        assert_eq!(got, expected.concat(), "{options:?}");
    }
}

/// Each form of a histogram is stored as protobuf's is, and a part that no option needs is not looked at.
#[test]
fn openmetrics_2_stores_what_protobuf_stores() {
    for options in [
        HistogramOptions::new(),
        native(),
        native().convert_classic(true),
    ] {
        let config = config(options);
        let by_protobuf = stored(&config, PROTOBUF, &of(exponential()));
        assert_eq!(
            stored(&config, OPENMETRICS2, EXPONENTIAL2.as_bytes()),
            by_protobuf
        );
        let classic = [
            exposition::Bucket::new(1.0, 2.0),
            exposition::Bucket::new(f64::INFINITY, 5.0),
        ];
        let classic = Histogram::new(classic).sum(2.5).count(5.0);
        let by_protobuf = stored(&config, PROTOBUF, &protobuf([family("h", vec![classic])]));
        let body = "# TYPE h histogram\nh{a=\"0\"} {count:5,sum:2.5,bucket:[1:2,+Inf:5]}\n# EOF\n";
        assert_eq!(stored(&config, OPENMETRICS2, body.as_bytes()), by_protobuf);
    }
}

#[test]
fn limits_reduce_the_resolution() {
    let full = r#"{__name__="h", a="0"} {count:9, sum:30, (1,2]:3, (2,4]:5, (8,16]:1}"#;
    let two = r#"{__name__="h", a="0"} {count:9, sum:30, (1,4]:8, (4,16]:1}"#;
    let one = r#"{__name__="h", a="0"} {count:9, sum:30, (1,16]:9}"#;
    for (limit, factor, expected) in [
        (0, 0.0, full),
        (3, 2.0, full),
        (2, 0.0, two),
        (0, 4.0, two),
        (0, 2.1, two),
        (1, 0.0, one),
        (1, 4.0, one),
        (0, 16.0, one),
    ] {
        let mut config = config(native());
        config.native_histogram_bucket_limit = limit;
        config.native_histogram_min_bucket_factor = factor;
        assert_eq!(
            stored(&config, PROTOBUF, &of(exponential())),
            [expected],
            "{limit} {factor}"
        );
    }
    let both_sides = NativeHistogram::new(-4)
        .counts(NativeCounts::integer(2, 0, [1], [1]))
        .positive_spans([BucketSpan::new(0, 1)])
        .negative_spans([BucketSpan::new(0, 1)]);
    let mut config = config(native());
    config.native_histogram_bucket_limit = 1;
    let body = of(both_sides);
    let expected = "a native histogram has more buckets than native_histogram_bucket_limit 1";
    assert_eq!(stored(&config, PROTOBUF, &body), [expected]);
    // The body is read to its end, and the limit of samples comes first.
    let target = target();
    let twice = [body.clone(), of(exponential())].concat();
    let report = config.scrape(&target, Some(PROTOBUF), &twice).report();
    assert_eq!(report.samples_scraped, 2);
    assert_eq!(report.samples_post_metric_relabeling, 2);
    config.sample_limit = 1;
    let more = [body, as_protobuf("a 1\nb 2\n")].concat();
    let report = config.scrape(&target, Some(PROTOBUF), &more).report();
    assert_eq!(report.failure, Some(ScrapeError::SampleLimit { limit: 1 }));
    // Custom buckets cannot be reduced.
    config.sample_limit = 0;
    config.histograms = native().convert_classic(true);
    assert_eq!(stored(&config, TEXT, BODY.as_bytes()), [expected]);
}

#[test]
fn a_native_histogram_is_one_sample() {
    let mut config = config(native());
    let body = [of(exponential()), as_protobuf("a 1\n")].concat();
    config.sample_limit = 2;
    assert_eq!(stored(&config, PROTOBUF, &body).len(), 2);
    config.sample_limit = 1;
    assert_eq!(
        stored(&config, PROTOBUF, &body),
        ["more samples than sample_limit 1"]
    );
}

#[test]
fn storage_refuses() {
    let broken = |change: fn(&mut NativeHistogram)| {
        let mut histogram = exponential();
        change(&mut histogram);
        let target = target();
        let body = [as_protobuf("up 1\n"), of(histogram)].concat();
        let config = config(native());
        let scraped = config.scrape(&target, Some(PROTOBUF), &body).collect();
        lines(&scraped).concat()
    };
    for (got, reason) in [
        (
            broken(|it| it.counts = NativeCounts::integer(8, 0, [3, 2, -4], [])),
            "the count is 8, but the buckets hold 9 observations",
        ),
        (
            broken(|it| it.schema = 9),
            "schema 9 is neither -4 to 8 nor -53",
        ),
        (
            broken(|it| it.counts = NativeCounts::integer(9, 0, [3, -5, 13], [])),
            "positive bucket 2 has the negative count -2",
        ),
    ] {
        let place = r#"family 2 "h", metric 1"#;
        let series = r#"h{a="0"}: "#;
        assert!(got.starts_with("byte ") && got.contains(place), "{got}");
        assert!(got.ends_with(&format!("{series}{reason}")), "{got}");
    }
}

#[test]
fn the_factor_mends_schemas_that_are_not_stored() {
    let mut fine = exponential();
    fine.schema = 9;
    let mut config = config(native());
    config.native_histogram_min_bucket_factor = 1.5;
    let stored = stored(&config, PROTOBUF, &of(fine));
    assert!(
        stored[0].starts_with(r#"{__name__="h", a="0"} {count:9,"#),
        "{stored:?}"
    );
}

#[test]
fn series_are_told_apart_and_come_once() {
    let up = as_protobuf("up{a=\"1\"} 1\n");
    let twice = [
        up.as_slice(),
        &as_protobuf("up{a=\"1\"} 2\nup{a=\"2\"} 3\n"),
    ]
    .concat();
    let (config, target) = (config(native()), target());
    let scraped = config.scrape(&target, Some(PROTOBUF), &twice).collect();
    assert_eq!(
        lines(&scraped),
        [r#"{__name__="up", a="1"} 1"#, r#"{__name__="up", a="2"} 3"#]
    );
    let rejected = scraped.report.rejected[0].to_string();
    let expected = r#": up{a="1"} 2: duplicate, its series has a sample at that time"#;
    assert!(
        rejected.starts_with("byte ") && rejected.ends_with(expected),
        "{rejected}"
    );
    assert_eq!(scraped.report.duplicates, 1);
    // Values of all kinds are rejected.
    let twice = [of(exponential()), of(exponential())].concat();
    let report = config.scrape(&target, Some(PROTOBUF), &twice).report();
    let rejected = report.rejected[0].to_string();
    assert!(
        rejected.contains(r#"h{a="0"} {count:9, sum:30, "#),
        "{rejected}"
    );
}

#[test]
fn what_cannot_be_read_fails_the_scrape() {
    let mut body = as_protobuf("up 1\n");
    body.push(5);
    let [failure] = &stored(&config(native()), PROTOBUF, &body)[..] else {
        panic!("stored")
    };
    assert!(
        failure.contains("family 2: expected a whole message"),
        "{failure}"
    );
    // A conversion too, in protobuf.
    let broken =
        "# TYPE h histogram\nh_bucket{le=\"1\"} 9\nh_bucket{le=\"+Inf\"} 3\nh_sum 1\nh_count 3\n";
    let options = native().convert_classic(true);
    let [failure] = &stored(&config(options), PROTOBUF, &as_protobuf(broken))[..] else {
        panic!("stored")
    };
    assert!(failure.contains("counts are not cumulative"), "{failure}");
    // Of text it is left out, and the report says so.
    let target = target();
    let config = config(options);
    let scraped = config
        .scrape(&target, Some(TEXT), broken.as_bytes())
        .collect();
    assert!(scraped.report.up() && scraped.samples.is_empty());
    assert_eq!(scraped.report.unconverted, 1);
    assert_eq!(
        scraped.report.unconverted_histograms[0].to_string(),
        "line 2, column 1: h: counts are not cumulative: 3 in the bucket for +Inf, but 9 below"
    );
}

#[test]
fn classic_histograms_of_text_are_converted() {
    let got = stored(
        &config(HistogramOptions::new().convert_classic(true)),
        TEXT,
        BODY.as_bytes(),
    );
    let h = r#"{__name__="h", a="x"} {count:5, sum:2.5, [-Inf,1]:2, (1,+Inf]:3}"#;
    assert_eq!(got.iter().filter(|line| *line == h).count(), 1, "{got:#?}");
    assert_eq!(got.len(), 7);
    let keep = HistogramOptions::new()
        .convert_classic(true)
        .keep_classic(true);
    assert_eq!(stored(&config(keep), TEXT, BODY.as_bytes()).len(), 11);
}

#[test]
fn rules_set_the_options_of_a_target() {
    let body = of(exponential());
    for (targets, samples, label, expected) in [
        (false, false, None, false),
        (false, true, None, true),
        (true, false, None, true),
        (true, true, None, true),
        (true, true, Some("false"), false),
        (true, false, Some("0"), false),
        (false, false, Some("true"), true),
        (false, true, Some("t"), true),
    ] {
        let mut target = TargetConfig::new("j");
        target.scrape_native_histograms = targets;
        let label = label.map(|value| ("__scrape_native_histograms__", value));
        let labels = [("__address__", "h:1")].into_iter().chain(label);
        let target = target.discover(labels).unwrap().into_target().unwrap();
        let config = config(HistogramOptions::new().native(samples));
        let scraped = config.scrape(&target, Some(PROTOBUF), &body).collect();
        assert_eq!(
            scraped.samples.len(),
            if expected { 1 } else { 3 },
            "{targets} {samples} {label:?}"
        );
    }
}

#[test]
fn a_loop_reads_every_format_in_turn() {
    let answer = |header, body: &[u8]| Answer::Body(Some(header), body.to_vec(), 1_000_000);
    let fewer = "# TYPE g gauge\ng 2\nu{b=\"1\"} 4\nu{b=\"1\"} 5\n";
    let answers = [
        answer(TEXT, BODY.as_bytes()),
        answer(PROTOBUF, &as_protobuf(BODY)),
        answer(PROTOBUF, &as_protobuf(fewer)),
        answer(TEXT, fewer.as_bytes()),
        answer(PROTOBUF, &[of(exponential()), of(exponential())].concat()),
        answer(PROTOBUF, &of(exponential())),
        Answer::None,
        answer(PROTOBUF, &of(exponential())),
        answer(PROTOBUF, b"\x05"),
        answer(PROTOBUF, b""),
        answer(PROTOBUF, &as_protobuf(BODY)),
        answer(TEXT, BODY.as_bytes()),
        answer(TEXT, b"broken"),
        answer(PROTOBUF, &as_protobuf(fewer)),
        answer(OPENMETRICS2, BODY2.as_bytes()),
        answer(PROTOBUF, &as_protobuf(BODY)),
        answer(OPENMETRICS2, BODY2.as_bytes()),
        answer(OPENMETRICS2, EXPONENTIAL2.as_bytes()),
        answer(OPENMETRICS2, b"a 1\na {count:1}\n# EOF\n"),
        answer(OPENMETRICS2, EXPONENTIAL2.as_bytes()),
    ];
    let mut limited = config(native());
    limited.native_histogram_bucket_limit = 2;
    limited.sample_limit = 5;
    for config in [
        config(HistogramOptions::new()),
        config(native()),
        config(native().convert_classic(true).keep_classic(true)),
        config(native().convert_classic(true)),
        limited,
    ] {
        check(&config, &target(), &answers);
        check(&config, &target(), answers.iter().rev());
    }
}

#[test]
fn series_of_protobuf_keep_their_ids() {
    let mut scrapes = ScrapeLoop::new(config(native()), target());
    let mut ids = Vec::new();
    for body in ["a 1\nb 1\n", "b 1\na 2\n", "b 1\n", "a 1\nb 1\n"] {
        let body = as_protobuf(body);
        let mut scrape = scrapes.scrape(Some(PROTOBUF), &body);
        while let Some(sample) = scrape.next_sample() {
            ids.push((
                sample.labels[0].1.clone(),
                sample.id,
                format!("{:?}", sample.change),
            ));
        }
    }
    let (a, b) = (ids[0].1, ids[1].1);
    let seen: Vec<_> = ids
        .iter()
        .map(|(name, id, change)| (name.as_str(), *id, change.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            ("a", a, "New"),
            ("b", b, "New"),
            ("b", b, "Same"),
            ("a", a, "Changed"),
            ("b", b, "Same"),
            ("a", ids[5].1, "New"),
            ("b", b, "Same"),
        ]
    );
    assert_ne!(ids[5].1, a);
    assert_eq!(scrapes.len(), 2);
}
