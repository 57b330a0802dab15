//! What families are written as; lines in [`lines`].

mod assembled;
mod lines;
mod native;
mod openmetrics2;
mod protobuf;
#[path = "../../../tests/support/wire.rs"]
mod wire;

use super::*;
use crate::families::family::{
    Bucket, Histogram, Metric, MetricExemplar, MetricState, Quantile, StateSet, Summary,
};
use crate::families::family::{MetricValue, StartTimestamp};
use crate::format::ScrapeProtocol;
use crate::model::metric_type::MetricType;
use crate::model::name::EscapingScheme;
use crate::text::parser::Parser;

const TEXT: ScrapeProtocol = ScrapeProtocol::PrometheusText100;
const OM: ScrapeProtocol = ScrapeProtocol::OpenMetricsText100;

#[track_caller]
fn check(family: &MetricFamily<'_>, format: impl Into<Format>, expected: &str) {
    let format = format.into();
    let mut encoder = Encoder::new(String::new(), format).unwrap().lossy(true);
    encoder.family(family).unwrap();
    let text = encoder.finish().unwrap();
    assert_eq!(text, expected);
    let mut encoder = Encoder::from_writer(Vec::new(), format)
        .unwrap()
        .lossy(true);
    encoder.family(family).unwrap();
    assert_eq!(encoder.finish().unwrap(), text.into_bytes());
}

#[track_caller]
fn refuse(family: &MetricFamily<'_>, format: impl Into<Format>, message: &str) {
    let mut encoder = Encoder::new(String::new(), format).unwrap();
    encoder
        .family(&MetricFamily::new("a", MetricType::Gauge))
        .unwrap();
    let error = encoder.family(family).unwrap_err();
    assert_eq!(error.to_string(), message);
    // Nothing of it is written.
    let text = encoder.finish().unwrap();
    assert_eq!(text.trim_end_matches("# EOF\n"), "# TYPE a gauge\n");
}

fn full_counter() -> MetricFamily<'static> {
    let exemplar = MetricExemplar::new(0.5)
        .labels([("trace_id", "\"7\"")])
        .timestamp(1001);
    let mut metric = Metric::counter(3.0)
        .labels([("code", "a\"b\\c\nd"), ("b.c", "")])
        .timestamp(1_520_879_607_789)
        .start_timestamp(1_520_430_000.123)
        .exemplar(exemplar);
    metric.suffixed = true;
    MetricFamily::new("x_seconds", MetricType::Counter)
        .help("A \"help\"\\\nin two lines.")
        .unit("seconds")
        .metric(metric)
}

fn openmetrics() -> Format {
    Format::new(OM).with_escaping(EscapingScheme::AllowUtf8)
}

#[test]
fn everything_a_counter_can_have() {
    check(
        &full_counter(),
        openmetrics(),
        "# HELP x_seconds A \\\"help\\\"\\\\\\nin two lines.\n# TYPE x_seconds counter\n# UNIT x_seconds seconds\nx_seconds_total{code=\"a\\\"b\\\\c\\nd\",\"b.c\"=\"\"} 3.0 1.520879607789e+09 # {trace_id=\"\\\"7\\\"\"} 0.5 1.0010000000000001\nx_seconds_created{code=\"a\\\"b\\\\c\\nd\",\"b.c\"=\"\"} 1.520430000123e+09\n# EOF\n",
    );
    check(
        &full_counter(),
        TEXT,
        "# HELP x_seconds_total A \"help\"\\\\\\nin two lines.\n# TYPE x_seconds_total counter\nx_seconds_total{code=\"a\\\"b\\\\c\\nd\",\"b.c\"=\"\"} 3 1520879607789\n# TYPE x_seconds_created gauge\nx_seconds_created{code=\"a\\\"b\\\\c\\nd\",\"b.c\"=\"\"} 1.520430000123e+09\n",
    );
}

#[test]
fn counters_by_name() {
    let counter = |name: &'static str, suffixed| {
        let mut metric = Metric::counter(1.0).start_timestamp(2.0);
        metric.suffixed = suffixed;
        MetricFamily::new(name, MetricType::Counter).metric(metric)
    };
    check(
        &counter("x_total", false),
        OM,
        "# TYPE x counter\nx_total 1.0\nx_created 2.0\n# EOF\n",
    );
    check(
        &counter("x", false),
        OM,
        "# TYPE x unknown\nx 1.0\n# TYPE x_created gauge\nx_created 2.0\n# EOF\n",
    );
    check(
        &counter("_total", false),
        OM,
        "# TYPE _total unknown\n_total 1.0\n# TYPE _total_created gauge\n_total_created 2.0\n# EOF\n",
    );
    check(
        &counter("x_total", true),
        OM,
        "# TYPE x_total counter\nx_total_total 1.0\nx_total_created 2.0\n# EOF\n",
    );
    check(
        &counter("x", false),
        TEXT,
        "# TYPE x counter\nx 1\n# TYPE x_created gauge\nx_created 2\n",
    );
    check(
        &counter("x_total", false),
        TEXT,
        "# TYPE x_total counter\nx_total 1\n# TYPE x_created gauge\nx_created 2\n",
    );
    check(
        &counter("_total", false),
        TEXT,
        "# TYPE _total counter\n_total 1\n# TYPE _total_created gauge\n_total_created 2\n",
    );
    check(
        &counter("x_total", true),
        TEXT,
        "# TYPE x_total_total counter\nx_total_total 1\n# TYPE x_total_created gauge\nx_total_created 2\n",
    );
    check(
        &MetricFamily::new("x", MetricType::Counter),
        OM,
        "# TYPE x counter\n# EOF\n",
    );
    let mut both = counter("x", true);
    both.metrics.push(Metric::counter(3.0).labels([("a", "b")]));
    both.metrics[0].start_timestamp = None;
    check(
        &both,
        OM,
        "# TYPE x counter\nx_total 1.0\nx{a=\"b\"} 3.0\n# EOF\n",
    );
    check(
        &both,
        TEXT,
        "# TYPE x_total counter\nx_total 1\n# TYPE x counter\nx{a=\"b\"} 3\n",
    );
}

#[test]
fn a_gauge_and_a_counter_that_differ_by_total() {
    let gauge = MetricFamily::new("x", MetricType::Gauge).metric(Metric::gauge(1.0));
    let counter = MetricFamily::new("x_total", MetricType::Counter).metric(Metric::counter(2.0));
    assert_eq!(
        to_string([&gauge, &counter], OM).unwrap(),
        "# TYPE x gauge\nx 1.0\n# TYPE x_total unknown\nx_total 2.0\n# EOF\n",
    );
    assert_eq!(
        to_string([&counter, &gauge], OM).unwrap(),
        "# TYPE x_total unknown\nx_total 2.0\n# TYPE x gauge\nx 1.0\n# EOF\n",
    );
    assert_eq!(
        to_string([&gauge, &counter], TEXT).unwrap(),
        "# TYPE x gauge\nx 1\n# TYPE x_total counter\nx_total 2\n",
    );
}

#[test]
fn histograms() {
    let histogram = |buckets: &[(f64, f64)]| Histogram {
        buckets: buckets
            .iter()
            .map(|(bound, count)| Bucket::new(*bound, *count))
            .collect(),
        sum: Some(-0.0),
        count: Some(1e6),
        native: None,
    };
    let family = MetricFamily::new("h", MetricType::Histogram)
        .metric(Metric::histogram(histogram(&[
            (0.1, 1.0),
            (1.0, 2.5),
            (f64::INFINITY, 1e6),
        ])))
        .metric(
            Metric::histogram(histogram(&[]))
                .labels([("a", "b")])
                .timestamp(5),
        );
    check(
        &family,
        TEXT,
        "# TYPE h histogram\nh_bucket{le=\"0.1\"} 1\nh_bucket{le=\"1\"} 2.5\nh_bucket{le=\"+Inf\"} 1e+06\nh_sum -0\nh_count 1e+06\nh_sum{a=\"b\"} -0 5\nh_count{a=\"b\"} 1e+06 5\n",
    );
    check(
        &family,
        OM,
        "# TYPE h histogram\nh_bucket{le=\"0.1\"} 1\nh_bucket{le=\"1.0\"} 2.5\nh_bucket{le=\"+Inf\"} 1000000\nh_sum -0.0\nh_count 1000000\nh_bucket{a=\"b\",le=\"+Inf\"} 1000000 0.005\nh_sum{a=\"b\"} -0.0 0.005\nh_count{a=\"b\"} 1000000 0.005\n# EOF\n",
    );
    let mut metric = Metric::new(MetricValue::GaugeHistogram(histogram(&[(
        f64::INFINITY,
        3.0,
    )])));
    let unsuffixed = MetricFamily::new("g", MetricType::GaugeHistogram).metric(metric.clone());
    metric.suffixed = true;
    let suffixed = MetricFamily::new("g", MetricType::GaugeHistogram).metric(metric);
    let valid =
        "# TYPE g gaugehistogram\ng_bucket{le=\"+Inf\"} 3\ng_gsum -0.0\ng_gcount 1000000\n# EOF\n";
    check(&unsuffixed, OM, valid);
    check(&suffixed, OM, valid);
    check(
        &unsuffixed,
        TEXT,
        "# TYPE g histogram\ng_bucket{le=\"+Inf\"} 3\ng_sum -0\ng_count 1e+06\n",
    );
    check(
        &suffixed,
        TEXT,
        "# TYPE g histogram\ng_bucket{le=\"+Inf\"} 3\n# TYPE g_gsum gauge\ng_gsum -0\n# TYPE g_gcount gauge\ng_gcount 1e+06\n",
    );
}

#[test]
fn summaries_infos_and_state_sets() {
    let mut metric = Metric::summary(Summary {
        quantiles: vec![Quantile {
            quantile: 0.5,
            value: f64::NAN,
        }],
        sum: Some(f64::INFINITY),
        count: Some(3.0),
    });
    metric.start_timestamp = Some(StartTimestamp {
        seconds: 1.5,
        timestamp: Some(7),
    });
    let family = MetricFamily::new("s", MetricType::Summary).metric(metric);
    check(
        &family,
        TEXT,
        "# TYPE s summary\ns{quantile=\"0.5\"} NaN\ns_sum +Inf\ns_count 3\n# TYPE s_created gauge\ns_created 1.5 7\n",
    );
    check(
        &family,
        OM,
        "# TYPE s summary\ns{quantile=\"0.5\"} NaN\ns_sum +Inf\ns_count 3\ns_created 1.5 0.007\n# EOF\n",
    );
    let mut metric = Metric::new(MetricValue::Info(1.0)).labels([("version", "1")]);
    let bare = MetricFamily::new("build_info", MetricType::Info).metric(metric.clone());
    metric.suffixed = true;
    let suffixed = MetricFamily::new("build", MetricType::Info).metric(metric);
    for family in [bare, suffixed] {
        check(
            &family,
            OM,
            "# TYPE build info\nbuild_info{version=\"1\"} 1.0\n# EOF\n",
        );
        check(
            &family,
            TEXT,
            "# TYPE build_info gauge\nbuild_info{version=\"1\"} 1\n",
        );
    }
    let states = [("on", 1.0), ("off", 0.0)].map(|(name, value)| MetricState {
        name: name.into(),
        value,
    });
    let metric = Metric::new(MetricValue::StateSet(StateSet {
        states: states.to_vec(),
    }));
    let family = MetricFamily::new("mode", MetricType::StateSet).metric(metric);
    check(
        &family,
        OM,
        "# TYPE mode stateset\nmode{mode=\"on\"} 1.0\nmode{mode=\"off\"} 0.0\n# EOF\n",
    );
    check(
        &family,
        TEXT,
        "# TYPE mode gauge\nmode{mode=\"on\"} 1\nmode{mode=\"off\"} 0\n",
    );
}

#[test]
fn names_that_need_an_escaping_scheme() {
    let family = MetricFamily::new("my.h_x", MetricType::Histogram).metric(
        Metric::histogram(Histogram {
            count: Some(1.0),
            ..Histogram::default()
        })
        .labels([("a.b", "c.d"), ("plain_1", "")]),
    );
    let with = |scheme| Format::new(ScrapeProtocol::PrometheusText004).with_escaping(scheme);
    check(
        &family,
        with(EscapingScheme::AllowUtf8),
        "# TYPE \"my.h_x\" histogram\n{\"my.h_x_count\",\"a.b\"=\"c.d\",plain_1=\"\"} 1\n",
    );
    check(
        &family,
        with(EscapingScheme::Underscores),
        "# TYPE my_h_x histogram\nmy_h_x_count{a_b=\"c.d\",plain_1=\"\"} 1\n",
    );
    check(
        &family,
        with(EscapingScheme::Dots),
        "# TYPE my_dot_h__x histogram\nmy_dot_h__x_count{a_dot_b=\"c.d\",plain_1=\"\"} 1\n",
    );
    check(
        &family,
        with(EscapingScheme::Values),
        "# TYPE U__my_2e_h__x histogram\nU__my_2e_h__x_count{U__a_2e_b=\"c.d\",plain_1=\"\"} 1\n",
    );
    let message =
        "\"my.h_x\" is not a name in PrometheusText0.0.4, unless an escaping scheme is chosen";
    refuse(&family, ScrapeProtocol::PrometheusText004, message);
    let message =
        "\"my.h_x\" is not a name in OpenMetricsText1.0.0, unless an escaping scheme is chosen";
    refuse(&family, OM, message);
    let colon =
        MetricFamily::new("m", MetricType::Gauge).metric(Metric::gauge(1.0).labels([("a:b", "c")]));
    check(
        &colon,
        with(EscapingScheme::Values),
        "# TYPE m gauge\nm{\"a:b\"=\"c\"} 1\n",
    );
}

#[test]
fn what_a_format_cannot_say_is_refused() {
    let gauge = |metric| MetricFamily::new("m", MetricType::Gauge).metric(metric);
    refuse(
        &full_counter(),
        TEXT,
        "x_seconds_total: the text format has no place for the unit \"seconds\"",
    );
    let mut without_unit = full_counter();
    without_unit.unit = None;
    refuse(
        &without_unit,
        TEXT,
        "x_seconds_total: there is no place for its exemplar",
    );
    refuse(
        &gauge(Metric::gauge(1.0).timestamp(-1)),
        TEXT,
        "m: the text format has no negative timestamps, such as -1",
    );
    let exemplar = || MetricExemplar::new(1.0);
    refuse(
        &gauge(Metric::gauge(1.0).exemplar(exemplar()).exemplar(exemplar())),
        OM,
        "m: there is no place for its exemplar",
    );
    for unit in ["s", "\\", "xm"] {
        refuse(
            &gauge(Metric::gauge(1.0)).unit(unit),
            OM,
            &format!("m: {unit:?} cannot be its unit, for its name does not end in that"),
        );
    }
    for (labels, fault) in [
        (&[("", "x")][..], "a label without a name"),
        (&[("__name__", "x")], "a label called __name__"),
        (&[("a", "x"), ("a", "x")], "a label twice"),
    ] {
        refuse(
            &gauge(Metric::gauge(1.0).labels(labels.iter().copied())),
            OM,
            &format!("m: {fault}"),
        );
    }
    let le = Metric::histogram(Histogram::default()).labels([("le", "1")]);
    refuse(
        &MetricFamily::new("h", MetricType::Histogram).metric(le),
        TEXT,
        "h_bucket: a label twice",
    );
    refuse(
        &gauge(Metric::counter(1.0)),
        TEXT,
        "m: a metric of type counter in a family of type gauge",
    );
    refuse(
        &MetricFamily::new("", MetricType::Gauge),
        TEXT,
        "a metric without a name cannot be written",
    );
    let alike = gauge(Metric::gauge(1.0).labels([("a.b", "1"), ("a_b", "2")]));
    let underscores = Format::new(OM).with_escaping(EscapingScheme::Underscores);
    refuse(&alike, underscores, "m: a label twice");
    let protobuf = Encoder::new(String::new(), ScrapeProtocol::PrometheusProto).map(|_| ());
    assert_eq!(
        protobuf.unwrap_err().to_string(),
        "protobuf is not text: it can only be written to a writer of bytes",
    );
    let protobuf = to_string(&[], ScrapeProtocol::PrometheusProto);
    assert_eq!(protobuf, Err(EncodeError::Protobuf));
}

#[test]
fn what_is_left_out_is_counted() {
    let mut encoder = Encoder::new(String::new(), TEXT).unwrap().lossy(true);
    encoder.family(&full_counter()).unwrap();
    encoder.family(&full_counter()).unwrap();
    assert_eq!(
        encoder.omitted(),
        Omitted {
            exemplars: 2,
            units: 2,
            ..Omitted::default()
        }
    );
}

/// Of two decimals that are equally short and near, the even one is written, wherever a number is.
#[test]
fn ties_go_to_the_even_digit() {
    let tie: f64 = "1000000000000000.25".parse().unwrap();
    let gauge = MetricFamily::new("a", MetricType::Gauge).metric(Metric::gauge(tie));
    let histogram =
        MetricFamily::new("b", MetricType::Histogram).metric(Metric::histogram(Histogram {
            buckets: vec![Bucket::new(tie, 1.0), Bucket::new(f64::INFINITY, 1.0)],
            sum: Some(-tie),
            count: Some(1.0),
            native: None,
        }));
    let exemplar = "# TYPE c counter\nc_total 524288.00048828125 # {} 1000000000000000.25\n# EOF\n";
    for format in [
        ScrapeProtocol::PrometheusText004,
        ScrapeProtocol::OpenMetricsText100,
    ] {
        let text = to_string([&gauge, &histogram], format).unwrap();
        assert!(text.contains("a 1.0000000000000002e+15\n"), "{text}");
        assert!(
            text.contains("b_bucket{le=\"1.0000000000000002e+15\"} 1\n"),
            "{text}"
        );
        assert!(text.contains("b_sum -1.0000000000000002e+15\n"), "{text}");
        assert!(!text.contains('3'), "{text}");
    }
    let counters = crate::Families::new(exemplar.as_bytes(), Dialect::OpenMetrics).read_all();
    let text = to_string(&counters.families, ScrapeProtocol::OpenMetricsText100).unwrap();
    assert_eq!(
        text,
        "# TYPE c counter\nc_total 524288.0004882812 # {} 1.0000000000000002e+15\n# EOF\n"
    );
}

/// Labels whose names become equal when they are escaped.
#[test]
fn labels_that_are_called_alike_when_escaped() {
    let format = Format::new(TEXT).with_escaping(EscapingScheme::Underscores);
    let mut encoder = Encoder::new(String::new(), format).unwrap();
    let line = Parser::text(b"m{\"a.b\"=\"1\",a_b=\"2\"} 1\n").next();
    let line = line.unwrap().unwrap();
    let error = encoder.line(&line, Dialect::Text).unwrap_err();
    assert_eq!(error.to_string(), "m: a label twice");
    let sample = line.into_sample().unwrap();
    let error = encoder
        .sample_as(&sample, Dialect::Text, "m", [("a.b", "1"), ("a_b", "2")])
        .unwrap_err();
    assert_eq!(error.to_string(), "m: a label twice");
    assert_eq!(encoder.finish().unwrap(), "");
}

#[test]
fn timestamps_in_seconds_are_read_back() {
    let millis = (0..2_000_000)
        .step_by(7)
        .chain((1_520_879_600_000..1_520_879_700_000).step_by(3));
    for millis in millis.chain([(1 << 52) - 1, 1 << 52]) {
        for millis in [millis, -millis] {
            let seconds = text::seconds(millis).to_string();
            assert_eq!(
                crate::number::decode::timestamp_seconds(&seconds),
                Ok(millis)
            );
        }
    }
}
