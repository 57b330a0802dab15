//! Whatever bodies are merged: the outcome is valid, and holds the bodies' series.

use exposition::{Collision, Dialect, EscapingScheme, Format, Merge, ScrapeProtocol, Source};
use proptest::prelude::*;

#[path = "support/canonical.rs"]
mod canonical;
#[path = "support/merge.rs"]
mod merge;

use merge::{Body, escaped_merge_is_valid, merge_is_valid};

const TEXT: &[&str] = &[
    "# HELP a one",
    "# HELP a two",
    "# HELP a_total \\\\ \"three\"",
    "# HELP h_count four",
    "# TYPE a counter",
    "# TYPE a gauge",
    "# TYPE a_total counter",
    "# TYPE h histogram",
    "# TYPE h summary",
    "# TYPE h_count counter",
    "# TYPE \"b.c\" histogram",
    "# TYPE g untyped",
    "# a comment",
    "",
    "a 1",
    "a{} 2",
    "a 3 5",
    "  a{x=\"1\"}  4 ",
    "a{x=\"1\",y=\"2\"} 5",
    "a{y=\"2\",x=\"1\",} 6",
    "a{x=\"\"} 7",
    "a{source=\"s\",exported_source=\"t\"} 8",
    "a{x=\"\\\\ \\\" \\n\"} 9",
    "a_total 10",
    "a_total{x=\"1\"} 11",
    "a_created 11.5",
    "h_bucket{le=\"1\"} 12",
    "h_bucket{le=\"1.0\"} 13",
    "h_bucket{x=\"2\",le=\"+Inf\"} 14",
    "h_sum 15",
    "h_count 16",
    "h{quantile=\"0.50\"} 17",
    "h NaN",
    "{\"b.c_bucket\",le=\"1\"} 19",
    "{\"b.c_sum\"}20",
    "{\"b.c\",\"d.e\"=\"1\"} 21",
    "g{le=\"1\"} 22",
    "g{quantile=\"1\",le=\"2e0\"} -23",
    "g-24",
    "a{x=\"1\",x=\"2\"} 25",
    "not a line",
];

const OPEN_METRICS: &[&str] = &[
    "# HELP a one",
    "# HELP a two",
    "# UNIT a_s s",
    "# TYPE a counter",
    "# TYPE a gauge",
    "# TYPE a_total gauge",
    "# TYPE a_s counter",
    "# TYPE a info",
    "# TYPE h histogram",
    "# TYPE h gaugehistogram",
    "# TYPE h_count counter",
    "# TYPE h_sum info",
    "# TYPE h summary",
    "# TYPE s stateset",
    "# TYPE \"b.c\" histogram",
    "a 1",
    "a 2 0.005",
    "a{x=\"1\"} 3 1.001",
    "a{y=\"2\",x=\"1\"} 4",
    "a_total 5 # {id=\"7\"} 0.5 1.5",
    "a_total{x=\"1\"} 6 # {} 1",
    "a_created 7.5",
    "a_info{source=\"1\"} 1",
    "a_s_total 8",
    "h_bucket{le=\"1\"} 9",
    "h_bucket{le=\"+Inf\"} 10 # {id=\"\\\"\"} 3",
    "h_sum 11",
    "h_count 12",
    "h_count_total 12.5",
    "h_gsum 13",
    "h_gcount 14",
    "h_created 15",
    "h{quantile=\"0.5\"} 16",
    "s{s=\"on\"} 1",
    "s{s=\"off\"} 0",
    "{\"b.c_bucket\",le=\"1\"} 17",
    "{\"b.c_created\"} 18",
    "g{le=\"1\",quantile=\"1\"} 19",
    "a{x=\"1\",x=\"2\"} 20",
    "not a line",
];

fn body() -> impl Strategy<Value = Body> {
    let lines = |pool: &'static [&'static str]| {
        proptest::collection::vec(prop::sample::select(pool), 0..16)
            .prop_map(|lines| lines.join("\n"))
    };
    let text = (lines(TEXT), any::<bool>()).prop_map(|(text, end)| {
        let text = if end { text + "\n" } else { text };
        (text, Dialect::Prometheus)
    });
    let om = lines(OPEN_METRICS).prop_map(|text| {
        let text = if text.is_empty() { text } else { text + "\n" };
        (text + "# EOF\n", Dialect::OpenMetrics)
    });
    (prop_oneof![text, om], any::<bool>(), any::<bool>()).prop_map(
        |((text, dialect), label, honor)| Body {
            text: text.into_bytes(),
            dialect,
            label,
            honor,
        },
    )
}

fn collision() -> impl Strategy<Value = Collision> {
    prop_oneof![
        Just(Collision::FirstWins),
        Just(Collision::Stamp("source".into())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn merge_valid(
        bodies in proptest::collection::vec(body(), 0..4),
        policy in collision(),
        to_open_metrics in any::<bool>(),
    ) {
        let valid = merge_is_valid(&bodies, &policy, to_open_metrics);
        prop_assert_eq!(valid, Ok(()));
    }

    #[test]
    fn escaped_names_are_valid_too(
        bodies in proptest::collection::vec(body(), 0..4),
        policy in collision(),
        scheme in prop::sample::select(EscapingScheme::ALL.to_vec()),
    ) {
        prop_assert_eq!(escaped_merge_is_valid(&bodies, policy, scheme), Ok(()));
    }
}

/// A label that is added does not respell the others: what reads the outcome does.
#[test]
fn labels_stay_as_they_are_written() {
    let body = "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_count 2\n\
                # TYPE s summary\ns{quantile=\"1\"} 3\n";
    let source = |name| Source::new(name, body.as_bytes(), Dialect::Prometheus);
    let format = Format::new(ScrapeProtocol::PrometheusText100);
    let mut out = String::new();
    let merge = Merge::new(format).source(source("a").label("job", "x"));
    merge.to_fmt(&mut out).unwrap();
    assert_eq!(
        out,
        "# TYPE h histogram\nh_bucket{le=\"1\",job=\"x\"} 1\nh_bucket{le=\"+Inf\",job=\"x\"} 2\n\
         h_count{job=\"x\"} 2\n# TYPE s summary\ns{quantile=\"1\",job=\"x\"} 3\n"
    );
    // Neither does one that tells apart what collides.
    let mut out = String::new();
    Merge::new(format)
        .on_collision(Collision::Stamp("source".into()))
        .source(source("a"))
        .source(source("b"))
        .to_fmt(&mut out)
        .unwrap();
    assert!(out.contains("h_bucket{le=\"1\",source=\"b\"} 1\n"), "{out}");
    assert!(out.contains("s{quantile=\"1\",source=\"b\"} 3\n"), "{out}");
}
