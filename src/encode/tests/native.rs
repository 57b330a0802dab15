//! What the text formats write of native histograms.

use super::*;
use crate::model::native_histogram::{BucketSpan, NativeCounts, NativeHistogram};

/// Returns a histogram of the buckets −2 to 2 of schema 0, with 20 observations.
pub(super) fn exponential() -> NativeHistogram {
    NativeHistogram {
        schema: 0,
        zero_threshold: 0.001,
        sum: 18.4,
        positive_spans: vec![
            BucketSpan::new(-2, 2),
            BucketSpan::new(2, 1),
            BucketSpan::new(1, 2),
        ],
        negative_spans: vec![BucketSpan::new(0, 1)],
        counts: NativeCounts::Integer {
            count: 20,
            zero_count: 3,
            positive_deltas: vec![3, 2, -4, 2, -1],
            negative_deltas: vec![3],
        },
        ..NativeHistogram::default()
    }
}

/// Returns a histogram with custom buckets up to 1, 2, 5 and `+Inf`, of which the third has no observation.
pub(super) fn custom() -> NativeHistogram {
    NativeHistogram {
        schema: NativeHistogram::CUSTOM_BUCKETS,
        sum: 2.5,
        positive_spans: vec![BucketSpan::new(0, 2), BucketSpan::new(1, 1)],
        counts: NativeCounts::Integer {
            count: 9,
            zero_count: 0,
            positive_deltas: vec![4, -2, 1],
            negative_deltas: Vec::new(),
        },
        custom_bounds: vec![1.0, 2.0, 5.0],
        ..NativeHistogram::default()
    }
}

pub(super) fn family(histogram: Histogram<'static>) -> MetricFamily<'static> {
    let metric = Metric::histogram(histogram).labels([("a", "b")]);
    MetricFamily::new("h", MetricType::Histogram).metric(metric)
}

fn left_out(family: &MetricFamily<'_>, format: ScrapeProtocol) -> Omitted {
    let mut encoder = Encoder::new(String::new(), format).unwrap().lossy(true);
    encoder.family(family).unwrap();
    encoder.finish_reporting().unwrap().1
}

#[test]
fn an_exponential_histogram_is_its_count_and_its_sum() {
    let native = family(Histogram::default().native(exponential()));
    check(
        &native,
        TEXT,
        "# TYPE h histogram\nh_bucket{a=\"b\",le=\"+Inf\"} 20\nh_sum{a=\"b\"} 18.4\nh_count{a=\"b\"} 20\n",
    );
    check(
        &native,
        OM,
        "# TYPE h histogram\nh_bucket{a=\"b\",le=\"+Inf\"} 20\nh_sum{a=\"b\"} 18.4\nh_count{a=\"b\"} 20\n# EOF\n",
    );
    for format in [TEXT, OM] {
        let expected = Omitted {
            native_histograms: 1,
            ..Omitted::default()
        };
        assert_eq!(left_out(&native, format), expected);
        refuse(
            &native,
            format,
            "h: the text formats have no place for its native histogram",
        );
    }
}

#[test]
fn classic_buckets_are_written_where_there_are_some() {
    let buckets = [Bucket::new(1.0, 8.0), Bucket::new(f64::INFINITY, 20.0)];
    let both = family(
        Histogram::new(buckets)
            .sum(18.4)
            .count(20.0)
            .native(exponential()),
    );
    check(
        &both,
        TEXT,
        "# TYPE h histogram\nh_bucket{a=\"b\",le=\"1\"} 8\nh_bucket{a=\"b\",le=\"+Inf\"} 20\nh_sum{a=\"b\"} 18.4\nh_count{a=\"b\"} 20\n",
    );
    assert_eq!(left_out(&both, TEXT).native_histograms, 1);
    refuse(
        &both,
        TEXT,
        "h: the text formats have no place for its native histogram",
    );
}

/// Exemplars of a native histogram have no sample in text.
#[test]
fn exemplars_of_the_native_form_are_left_out_with_it() {
    let mut native = family(Histogram::default().native(exponential()));
    let exemplar = || MetricExemplar::new(1.0).labels([("id", "7")]);
    native.metrics[0].exemplars = vec![exemplar(), exemplar()];
    let text = "# TYPE h histogram\nh_bucket{a=\"b\",le=\"+Inf\"} 20\nh_sum{a=\"b\"} 18.4\nh_count{a=\"b\"} 20\n";
    check(&native, OM, &format!("{text}# EOF\n"));
    check(&native, TEXT, text);
    assert_eq!(left_out(&native, OM).exemplars, 2);
}

#[test]
fn custom_buckets_are_classic_buckets() {
    let buckets = "h_bucket{a=\"b\",le=\"1\"} 4\nh_bucket{a=\"b\",le=\"2\"} 6\nh_bucket{a=\"b\",le=\"5\"} 6\nh_bucket{a=\"b\",le=\"+Inf\"} 9\nh_sum{a=\"b\"} 2.5\nh_count{a=\"b\"} 9\n";
    let mut native = family(Histogram::default().native(custom()));
    check(&native, TEXT, &format!("# TYPE h histogram\n{buckets}"));
    assert_eq!(to_string([&native], TEXT).unwrap(), native.to_string());
    assert_eq!(left_out(&native, TEXT), Omitted::default());

    // Each exemplar goes to its bucket, if that has none.
    let exemplar = |value, id: &'static str| MetricExemplar::new(value).labels([("id", id)]);
    native.metrics[0].exemplars = vec![
        exemplar(2.0, "in"),
        exemplar(7.0, "above"),
        exemplar(1.5, "second"),
        exemplar(f64::NAN, "nowhere"),
    ];
    check(
        &native,
        OM,
        "# TYPE h histogram\nh_bucket{a=\"b\",le=\"1.0\"} 4\nh_bucket{a=\"b\",le=\"2.0\"} 6 # {id=\"in\"} 2.0\nh_bucket{a=\"b\",le=\"5.0\"} 6\nh_bucket{a=\"b\",le=\"+Inf\"} 9 # {id=\"above\"} 7.0\nh_sum{a=\"b\"} 2.5\nh_count{a=\"b\"} 9\n# EOF\n",
    );
    assert_eq!(left_out(&native, OM).exemplars, 2);
}

#[test]
fn gauge_histograms_with_a_native_form() {
    let histogram = Histogram::default().native(exponential());
    let mut metric = Metric::new(MetricValue::GaugeHistogram(histogram));
    metric.suffixed = true;
    let family = MetricFamily::new("g", MetricType::GaugeHistogram).metric(metric);
    check(
        &family,
        OM,
        "# TYPE g gaugehistogram\ng_bucket{le=\"+Inf\"} 20\ng_gsum 18.4\ng_gcount 20\n# EOF\n",
    );
    check(
        &family,
        TEXT,
        "# TYPE g histogram\ng_bucket{le=\"+Inf\"} 20\n# TYPE g_gsum gauge\ng_gsum 18.4\n# TYPE g_gcount gauge\ng_gcount 20\n",
    );
}
