//! What changed between two bodies: each kind of change in its words, across formats, and properties.

use exposition::diff::{Change, Diff, Form, Tolerance};
use exposition::encode::to_vec;
use exposition::{
    BucketSpan, Dialect, Families, Histogram, Metric, MetricFamily, MetricType, NativeCounts,
    NativeHistogram, ScrapeProtocol,
};
use proptest::prelude::*;

use crate::support::corpus::each_body;
use crate::support::generated::families;

fn read(body: &str) -> Vec<MetricFamily<'_>> {
    let dialect = match body.ends_with("# EOF\n") {
        true => Dialect::OpenMetrics,
        false => Dialect::Text,
    };
    Families::new(body, dialect).read_all().families
}

#[track_caller]
fn shows(before: &str, after: &str, expected: &str) {
    let diff = Diff::between(&read(before), &read(after));
    assert_eq!(diff.to_string(), expected);
}

#[test]
fn families_come_and_go() {
    shows("a 1\n", "a 2\n", "");
    shows(
        "a 1\n",
        "b 1\n",
        "breaking: a: family removed\nb: family added, a unknown\n",
    );
    shows(
        "# HELP a Text.\n# TYPE a gauge\na{b=\"c\"} 1\n",
        "# HELP z Text.\n# TYPE z gauge\nz{b=\"d\"} 1\n",
        "breaking: a: family removed, perhaps renamed to z\nz: family added, a gauge\n",
    );
    // Of two that look the same, neither is named.
    shows(
        "# HELP a Text.\na 1\n",
        "# HELP y Text.\ny 1\n# HELP z Text.\nz 1\n",
        "breaking: a: family removed\ny: family added, a unknown\nz: family added, a unknown\n",
    );
    shows("# TYPE a gauge\n", "", "breaking: a: family removed\n");
}

#[test]
fn metadata_changes() {
    shows(
        "# TYPE a gauge\na 1\n# TYPE b counter\nb 1\nc 1\n",
        "# TYPE a counter\na 1\nb 1\n# TYPE c gauge\nc 1\n",
        "breaking: a: type changed from gauge to counter\n\
         breaking: b: type changed from counter to unknown\n\
         c: type changed from unknown to gauge\n",
    );
    shows(
        "# HELP a One.\na 1\n# HELP b \\\\\"b\nb 1\nc 1\n",
        "# HELP a Two.\na 1\nb 1\n# HELP c Three.\nc 1\n",
        "a: help changed from \"One.\" to \"Two.\"\n\
         b: help removed, was \"\\\\\\\"b\"\n\
         c: help added: \"Three.\"\n",
    );
    shows(
        "# TYPE a_s gauge\n# UNIT a_s s\na_s 1\n# TYPE b_s gauge\nb_s 1\n# TYPE c_s gauge\n# UNIT c_s s\nc_s 1\n# EOF\n",
        "# TYPE a_s gauge\na_s 1\n# TYPE b_s gauge\n# UNIT b_s s\nb_s 1\n# TYPE c_s gauge\nc_s 1\n# EOF\n",
        "a_s: unit removed, was \"s\"\nb_s: unit added: \"s\"\nc_s: unit removed, was \"s\"\n",
    );
    let family = |unit: &'static str| {
        [MetricFamily::new("a", MetricType::Gauge)
            .unit(unit)
            .metric(Metric::gauge(1.0))]
    };
    let diff = Diff::between(&family("seconds"), &family("bytes"));
    assert_eq!(
        diff.to_string(),
        "breaking: a: unit changed from \"seconds\" to \"bytes\"\n"
    );
}

#[test]
fn labels_change() {
    shows(
        "a{b=\"1\"} 1\na{b=\"1\",c=\"2\"} 1\na{d=\"\"} 1\n",
        "a{b=\"1\"} 1\na{e=\"2\",d=\"\"} 1\n",
        "breaking: a: label c removed\nbreaking: a: label e added\n",
    );
    // Without metrics, nothing is known of labels.
    shows("# TYPE a gauge\na{b=\"1\"} 1\n", "# TYPE a gauge\n", "");
    // Those of the parts of a metric are not labels of it.
    shows(
        "# TYPE a stateset\na{a=\"x\"} 1\na{a=\"y\"} 0\n# EOF\n",
        "# TYPE a stateset\na{a=\"z\"} 1\n# EOF\n",
        "",
    );
}

#[test]
fn buckets_and_quantiles_change() {
    shows(
        "# TYPE a histogram\na_bucket{le=\"0.1\"} 1\na_bucket{le=\"1\"} 1\na_bucket{le=\"+Inf\"} 1\n",
        "# TYPE a histogram\na_bucket{le=\"1.0\"} 1\na_bucket{le=\"2\"} 1\na_bucket{le=\"5\"} 1\na_bucket{le=\"+Inf\"} 1\n",
        "breaking: a: buckets removed: 0.1\na: buckets added: 2.0, 5.0\n",
    );
    shows(
        "# TYPE a summary\na{quantile=\"0.5\"} 1\na{quantile=\"0.9\"} 1\n",
        "# TYPE a summary\na{quantile=\"0.5\"} 1\na{quantile=\"0.99\"} 1\n",
        "breaking: a: quantiles removed: 0.9\na: quantiles added: 0.99\n",
    );
}

/// A native histogram with two buckets.
fn native(schema: i32, first: i64, sum: f64) -> MetricFamily<'static> {
    let native = NativeHistogram::new(schema)
        .counts(NativeCounts::integer(
            first as u64 + 5,
            0,
            [first, 5 - first],
            [],
        ))
        .positive_spans([BucketSpan::new(0, 2)])
        .sum(sum);
    let histogram = Histogram::default().native(native);
    MetricFamily::new("h", MetricType::Histogram).metric(Metric::histogram(histogram))
}

#[test]
fn native_histograms_change() {
    let classic = read("# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n");
    let diff = Diff::between(&classic, &[native(3, 1, 1.0)]);
    assert_eq!(
        diff.to_string(),
        "breaking: h: classic form removed\nh: native form added\n"
    );
    assert!(matches!(
        diff.changes(),
        [
            Change::FormRemoved {
                form: Form::Classic,
                ..
            },
            Change::FormAdded {
                form: Form::Native,
                ..
            }
        ]
    ));
    let diff = Diff::between(&[native(3, 1, 1.0)], &[native(0, 1, 1.0)]);
    assert_eq!(diff.to_string(), "h: schema changed from 3 to 0\n");
    let values = |tolerance| {
        Diff::with_values(&[native(0, 1, 1.0)], &[native(0, 3, 2.0)], tolerance).to_string()
    };
    assert_eq!(
        values(Tolerance::EXACT),
        "h: count changed from 6 to 8\nh: sum changed from 1 to 2\nh: (0.5,1] changed from 1 to 3\n"
    );
    assert_eq!(
        values(Tolerance::absolute(1.0)),
        "h: count changed from 6 to 8\nh: (0.5,1] changed from 1 to 3\n"
    );
    assert_eq!(values(Tolerance::absolute(2.0)), "");
}

#[test]
fn values_change() {
    let before = read("a 1\nb{c=\"1\"} NaN\nb{c=\"2\"} +Inf\nd 0\n");
    let after = read("a 1.05\nb{c=\"1\"} NaN\nb{c=\"3\"} +Inf\nd 1e-9\n");
    let diff = |tolerance| Diff::with_values(&before, &after, tolerance);
    assert_eq!(
        diff(Tolerance::EXACT).to_string(),
        "a: value changed from 1 to 1.05\nb{c=\"2\"}: series removed\nd: value changed from 0 to 1e-09\nb{c=\"3\"}: series added\n"
    );
    assert_eq!(
        diff(Tolerance {
            absolute: 1e-6,
            relative: 0.1
        })
        .to_string(),
        "b{c=\"2\"}: series removed\nb{c=\"3\"}: series added\n"
    );
    assert!(!diff(Tolerance::EXACT).is_breaking());
    // When something was created is not compared.
    let created = |at| format!("# TYPE a counter\na_total 1\na_created {at}\n# EOF\n");
    let (before, after) = (created(1), created(2));
    let diff = Diff::with_values(&read(&before), &read(&after), Tolerance::EXACT);
    assert!(diff.is_empty(), "{diff}");
    // Points of one series are compared in their order.
    let diff = Diff::with_values(
        &read("a 1 1\na 2 2\n"),
        &read("a 1 8\na 3 9\n"),
        Tolerance::EXACT,
    );
    assert_eq!(diff.to_string(), "a: value changed from 2 to 3\n");
}

/// A family without metrics does not tell whether its samples have a suffix.
#[test]
fn a_counter_without_metrics_is_met_again() {
    let (declared, counted) = (
        "# TYPE a counter\n# EOF\n",
        "# TYPE a counter\na_total 1\n# EOF\n",
    );
    shows(declared, counted, "");
    shows(counted, declared, "");
    shows(declared, "# TYPE a_total counter\na_total 1\n", "");
}

#[test]
fn bodies_of_all_formats_are_compared() {
    let text = "\
# HELP a_total A.
# TYPE a_total counter
a_total{b=\"c\"} 1
# TYPE h histogram
h_bucket{le=\"0.5\"} 1
h_bucket{le=\"+Inf\"} 2
h_sum 1.5
h_count 2
# TYPE s summary
s{quantile=\"0.5\"} 1
s_sum 1
s_count 1
# TYPE g gauge
g{x=\"y\"} 1
";
    let families = read(text);
    for protocol in [
        ScrapeProtocol::PrometheusText004,
        ScrapeProtocol::OpenMetricsText100,
        ScrapeProtocol::OpenMetricsText200,
        ScrapeProtocol::PrometheusProto,
    ] {
        let body = to_vec(&families, protocol).unwrap();
        let other = Families::with_format(&body, protocol.into())
            .read_all()
            .into_result();
        let other = other.unwrap();
        for diff in [
            Diff::with_values(&families, &other, Tolerance::EXACT),
            Diff::with_values(&other, &families, Tolerance::EXACT),
        ] {
            assert_eq!(diff.to_string(), "", "{protocol}");
        }
    }
}

#[test]
fn a_real_body_equals_itself() {
    let bodies = each_body(|entry, body, dialect| {
        let families = Families::new(body, dialect).read_all().families;
        let diff = Diff::with_values(&families, &families, Tolerance::EXACT);
        assert!(diff.is_empty(), "{}: {diff}", entry.path.display());
        // Each family that is gone is missed.
        let diff = Diff::between(&families, &[]);
        assert!(diff.changes().iter().all(Change::is_breaking));
        assert_eq!(diff.is_empty(), families.is_empty());
    });
    assert!(bodies > 30, "{bodies}");
}

#[cfg(feature = "serde")]
#[test]
fn changes_are_written_as_maps() {
    let diff = Diff::with_values(
        &read(
            "# TYPE a histogram\na_bucket{le=\"1\"} 1\na_bucket{le=\"+Inf\"} 1\n# TYPE b gauge\nb 1\n",
        ),
        &read("# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\n# TYPE b counter\nb +Inf\n"),
        Tolerance::EXACT,
    );
    let expected = serde_json::json!([
        {"id": "buckets-removed", "breaking": true, "family": "a", "bounds": ["1.0"]},
        {"id": "type-changed", "breaking": true, "family": "b", "before": "gauge", "after": "counter"},
        {"id": "series-removed", "breaking": false, "series": "a_bucket{le=\"1.0\"}"},
        {"id": "value-changed", "breaking": false, "series": "b", "part": null, "before": 1.0, "after": "+Inf"},
    ]);
    assert_eq!(serde_json::to_value(&diff).unwrap(), expected);
}

proptest! {
    #[test]
    fn a_body_equals_itself(families in any::<bool>().prop_flat_map(families)) {
        let diff = Diff::with_values(&families, &families, Tolerance::EXACT);
        prop_assert!(diff.is_empty(), "{}", diff);
    }

    #[test]
    fn a_renamed_family_is_breaking(families in any::<bool>().prop_flat_map(families), which in any::<prop::sample::Index>()) {
        prop_assume!(!families.is_empty());
        let mut renamed = families.clone();
        let name = which.get(&families).name.clone();
        for family in &mut renamed {
            if family.name == name {
                family.name = "another name".into();
            }
        }
        let diff = Diff::between(&families, &renamed);
        prop_assert!(diff.is_breaking(), "{}", diff);
        let removed = diff.changes().iter().any(|change| change.id() == "family-removed");
        prop_assert!(removed, "{}", diff);
    }
}
