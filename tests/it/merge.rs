//! For any bodies, the outcome of a merge is valid and holds the bodies' series.

use std::collections::BTreeMap;

use exposition::merge::{Aggregation, Collision, Gauges, Source, Unsummable};
use exposition::{
    Dialect, EscapingScheme, Families, Format, Histogram, Limits, Merge, MergeError, Metric,
    MetricExemplar, MetricType, MetricValue, ScrapeProtocol, Summary,
};
use proptest::prelude::*;

use crate::support::merge;
use crate::support::messages::{GAUGE, HISTOGRAM, Message, family, gauge};
use crate::support::well_formed;

use merge::{Body, escaped_merge_is_valid, merge_is_valid, merge_with_itself_is_valid};
use well_formed::well_formed;

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
    "a{source=\"\"} 8.5",
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
        (text, Dialect::Text)
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
        gauges().prop_map(|gauges| Collision::Sum(
            Aggregation::new()
                .gauges(gauges)
                .otherwise(Unsummable::Stamp("source".into()))
        )),
    ]
}

fn gauges() -> impl Strategy<Value = Gauges> {
    prop::sample::select(vec![Gauges::Sum, Gauges::Min, Gauges::Max, Gauges::Last])
}

type Labels = BTreeMap<String, String>;

/// Returns the metrics of a body, by family and labels.
fn metrics(body: &str, dialect: Dialect) -> BTreeMap<(String, Labels), Metric<'static>> {
    let read = Families::new(body.as_bytes(), dialect).read_all();
    assert!(read.errors.is_empty(), "{:?} in\n{body}", read.errors);
    let mut metrics = BTreeMap::new();
    for family in read.into_owned().families {
        for mut metric in family.metrics {
            let labels = metric.labels.iter();
            let labels: Labels = labels
                .map(|(name, value)| (name.into(), value.into()))
                .collect();
            // They are compared by the key.
            metric.labels.retain(|_, _| false);
            let twice = metrics.insert((family.name.to_string(), labels), metric);
            assert!(twice.is_none(), "{twice:?} in\n{body}");
        }
    }
    metrics
}

/// Adds metrics as [`Aggregation`] documents it, for small numbers.
fn sum(metrics: &[&Metric<'static>], gauges: Gauges) -> Option<Metric<'static>> {
    let same = |ok: bool| ok.then_some(());
    let (first, rest) = metrics.split_first()?;
    let mut total = (*first).clone();
    let add = |a: &mut Option<f64>, b: Option<f64>| {
        *a = a.zip(b).map(|(a, b)| a + b);
    };
    let last = gauges == Gauges::Last
        && matches!(
            first.value.metric_type(),
            MetricType::Gauge | MetricType::Unknown
        );
    for metric in rest {
        match (&mut total.value, &metric.value) {
            (MetricValue::Counter(a), MetricValue::Counter(b)) => *a += b,
            (MetricValue::Gauge(a), MetricValue::Gauge(b))
            | (MetricValue::Unknown(a), MetricValue::Unknown(b)) => {
                *a = match gauges {
                    Gauges::Min => a.min(*b),
                    Gauges::Max => a.max(*b),
                    Gauges::Last => *b,
                    _ => *a + b,
                }
            }
            (MetricValue::Info(_), MetricValue::Info(_)) => {}
            (MetricValue::StateSet(a), MetricValue::StateSet(b)) => same(a == b)?,
            (MetricValue::Summary(a), MetricValue::Summary(b)) => {
                let Summary {
                    quantiles,
                    sum,
                    count,
                    ..
                } = b;
                same(a.quantiles.is_empty() && quantiles.is_empty())?;
                add(&mut a.sum, *sum);
                add(&mut a.count, *count);
            }
            (MetricValue::Histogram(a), MetricValue::Histogram(b))
            | (MetricValue::GaugeHistogram(a), MetricValue::GaugeHistogram(b)) => {
                let Histogram {
                    buckets,
                    sum,
                    count,
                    ..
                } = b;
                same(a.buckets.len() == buckets.len() && a.sum.is_some() == sum.is_some())?;
                add(&mut a.sum, *sum);
                add(&mut a.count, *count);
                for (a, b) in a.buckets.iter_mut().zip(buckets) {
                    a.cumulative_count += b.cumulative_count;
                    let exemplar = latest(
                        a.exemplar.take().map(|one| *one),
                        b.exemplar.clone().map(|one| *one),
                    );
                    a.exemplar = exemplar.map(Box::new);
                }
            }
            _ => return None,
        }
        total.timestamp = match last {
            true => metric.timestamp,
            false => total.timestamp.zip(metric.timestamp).map(|(a, b)| a.max(b)),
        };
        if let Some(created) = metric.start_timestamp {
            total.start_timestamp = match total.start_timestamp {
                Some(mut before) => {
                    before.seconds = before.seconds.min(created.seconds);
                    before.timestamp = before
                        .timestamp
                        .zip(created.timestamp)
                        .map(|(a, b)| a.max(b));
                    Some(before)
                }
                None => Some(created),
            };
        }
        let exemplar = latest(total.exemplars.pop(), metric.exemplars.first().cloned());
        total.exemplars.extend(exemplar);
    }
    Some(total)
}

fn latest(
    first: Option<MetricExemplar<'static>>,
    second: Option<MetricExemplar<'static>>,
) -> Option<MetricExemplar<'static>> {
    match (first, second) {
        (Some(first), Some(second)) if second.timestamp > first.timestamp => Some(second),
        (first, second) => first.or(second),
    }
}

/// Returns what a merge of such bodies must hold, or the metric that is an error.
fn merged(
    bodies: &[String],
    dialect: Dialect,
    policy: &Collision,
) -> Option<BTreeMap<(String, Labels), Metric<'static>>> {
    let mut had: BTreeMap<(String, Labels), Vec<(usize, Metric<'static>)>> = BTreeMap::new();
    for (at, body) in bodies.iter().enumerate() {
        for (key, metric) in metrics(body, dialect) {
            had.entry(key).or_default().push((at, metric));
        }
    }
    let mut merged = BTreeMap::new();
    for ((family, labels), metrics) in had {
        let whole: Vec<_> = metrics.iter().map(|(_, metric)| metric).collect();
        let stamp = match policy {
            _ if metrics.len() < 2 => None,
            Collision::FirstWins => None,
            Collision::Stamp(name) => Some(name.as_str()),
            Collision::Sum(_) => {
                // Choosing is tested only by whether it was chosen: the names are the test's.
                let gauges = chosen(policy);
                if let Some(total) = sum(&whole, gauges) {
                    merged.insert((family, labels), total);
                    continue;
                }
                Some("source")
            }
            _ => return None,
        };
        let mut metrics = metrics.into_iter();
        merged.extend(
            metrics
                .next()
                .map(|(_, first)| ((family.clone(), labels.clone()), first)),
        );
        if let Some(stamp) = stamp {
            for (at, metric) in metrics {
                let mut labels = labels.clone();
                if let Some(own) = labels.insert(stamp.to_owned(), at.to_string()) {
                    labels.insert(format!("exported_{stamp}"), own);
                }
                merged.insert((family.clone(), labels), metric);
            }
        }
    }
    Some(merged)
}

fn chosen(policy: &Collision) -> Gauges {
    let all = [Gauges::Sum, Gauges::Min, Gauges::Max, Gauges::Last];
    let is = |gauges: &Gauges| {
        let aggregation = Aggregation::new().gauges(*gauges);
        *policy == Collision::Sum(aggregation.otherwise(Unsummable::Stamp("source".into())))
    };
    all.into_iter().find(is).unwrap_or_default()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn merge_valid(
        bodies in proptest::collection::vec(body(), 0..4),
        policy in collision(),
        to_openmetrics in any::<bool>(),
    ) {
        let valid = merge_is_valid(&bodies, &policy, to_openmetrics);
        prop_assert_eq!(valid, Ok(()));
        if let Some(body) = bodies.first() {
            prop_assert_eq!(merge_with_itself_is_valid(body, to_openmetrics), Ok(()));
        }
    }

    #[test]
    fn escaped_names_are_valid_too(
        bodies in proptest::collection::vec(body(), 0..4),
        policy in collision(),
        scheme in prop::sample::select(EscapingScheme::ALL.to_vec()),
    ) {
        prop_assert_eq!(escaped_merge_is_valid(&bodies, policy, scheme), Ok(()));
    }

    /// Every source's metrics are found in the outcome by their labels, with the contents that this source
    /// alone gives; or they are left out, or added, by the policy.
    #[test]
    fn metrics_say_what_their_sources_say(
        bodies in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..120), 1..4),
        policy in prop_oneof![4 => collision(), 1 => Just(Collision::Error)],
        openmetrics in any::<bool>(),
    ) {
        let bodies: Vec<String> = bodies.iter().map(|bytes| well_formed(bytes, openmetrics)).collect();
        let (protocol, dialect) = match openmetrics {
            true => (ScrapeProtocol::OpenMetricsText100, Dialect::OpenMetrics),
            false => (ScrapeProtocol::PrometheusText100, Dialect::Text),
        };
        let merge = Merge::new(protocol).on_collision(policy.clone());
        let merge = bodies.iter().enumerate().fold(merge, |merge, (at, body)| {
            merge.source(Source::new(at.to_string(), body.as_bytes(), dialect))
        });
        let mut out = String::new();
        match (merge.write_to_fmt(&mut out), merged(&bodies, dialect, &policy)) {
            (Ok(report), Some(expected)) => {
                prop_assert_eq!(metrics(&out, dialect), expected, "{:?}\n{}", bodies, out);
                let lines = |body: &str| body.lines().filter(|line| !line.starts_with('#')).count() as u64;
                let given: u64 = bodies.iter().map(|body| lines(body)).sum();
                prop_assert_eq!(report.samples, lines(&out));
                prop_assert_eq!(report.samples + report.collided + report.summed, given);
            }
            (Err(MergeError::Series { .. } | MergeError::Metric { .. }), None) => {}
            (outcome, expected) => prop_assert!(false, "{:?} for {:?} of {:?}", outcome, expected, bodies),
        }
    }
}

/// An added label does not respell the others: readers of the outcome do.
#[test]
fn labels_stay_as_they_are_written() {
    let body = "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_count 2\n\
                # TYPE s summary\ns{quantile=\"1\"} 3\n";
    let source = |name| Source::new(name, body.as_bytes(), Dialect::Text);
    let format = Format::new(ScrapeProtocol::PrometheusText100);
    let mut out = String::new();
    let merge = Merge::new(format).source(source("a").label("job", "x"));
    merge.write_to_fmt(&mut out).unwrap();
    assert_eq!(
        out,
        "# TYPE h histogram\nh_bucket{le=\"1\",job=\"x\"} 1\nh_bucket{le=\"+Inf\",job=\"x\"} 2\n\
         h_count{job=\"x\"} 2\n# TYPE s summary\ns{quantile=\"1\",job=\"x\"} 3\n"
    );
    // Neither does a label that tells colliding metrics apart.
    let mut out = String::new();
    Merge::new(format)
        .on_collision(Collision::Stamp("source".into()))
        .source(source("a"))
        .source(source("b"))
        .write_to_fmt(&mut out)
        .unwrap();
    assert!(out.contains("h_bucket{le=\"1\",source=\"b\"} 1\n"), "{out}");
    assert!(out.contains("s{quantile=\"1\",source=\"b\"} 3\n"), "{out}");
}

#[test]
fn protobuf_bodies_are_merged_as_text() {
    let bad = Message::new().message(1, Message::new().bytes(1, ""));
    let native = Message::new()
        .number(1, 3)
        .message(12, Message::new().number(2, 1));
    let native = native
        .number(13, 6)
        .message(16, Message::new().double(2, 1.0));
    let body = [
        family("up", GAUGE)
            .message(4, gauge("a", 1.0))
            .message(4, bad),
        family("h", HISTOGRAM).message(4, Message::new().message(7, native)),
    ];
    let body = body.map(|family| family.delimited()).concat();
    let proto = Format::new(ScrapeProtocol::PrometheusProto);
    let merge = Merge::new(ScrapeProtocol::PrometheusText004)
        .source(Source::with_format("app", &body, proto).label("job", "app"))
        .source(Source::new("envoy", b"up{l=\"b\"} 0\n", Dialect::Text))
        .lossy(true);
    let mut out = String::new();
    let error = merge.write_to_fmt(&mut out).unwrap_err();
    assert_eq!(
        error.to_string(),
        "app: byte 33, family 1 \"up\", metric 2, label 1 name: empty name: expected a name, found none"
    );
    out.clear();
    let report = merge.keep_going(true).write_to_fmt(&mut out).unwrap();
    assert_eq!(
        out,
        "# TYPE up gauge\nup{l=\"a\",job=\"app\"} 1\nup{l=\"b\"} 0\n# TYPE h histogram\n\
         h_bucket{le=\"+Inf\",job=\"app\"} 3\nh_sum{job=\"app\"} 0\nh_count{job=\"app\"} 3\n"
    );
    assert_eq!((report.bad_lines, report.native_histograms), (1, 1));
}

#[test]
fn protobuf_that_becomes_too_much_text_is_refused() {
    let long = family(&"x".repeat(10_000), GAUGE);
    let long = (0..1000).fold(long, |family, _| family.message(4, Message::new()));
    let body = long.delimited();
    let proto = Format::new(ScrapeProtocol::PrometheusProto);
    let merge = |limits| {
        let merge = Merge::new(ScrapeProtocol::PrometheusText004).limits(limits);
        let merge = merge.source(Source::with_format("app", &body, proto));
        merge.write_to(std::io::sink()).unwrap_err().to_string()
    };
    let refused = |most: u64| {
        let bytes = body.len();
        format!(
            "app: byte 0: body too long: expected a shorter body, found {bytes} bytes that become more than {most} \
             bytes of text"
        )
    };
    assert_eq!(
        merge(Limits::new()),
        refused(64 * body.len() as u64 + (1 << 20))
    );
    assert_eq!(merge(Limits::new().max_body_bytes(50_000)), refused(50_000));
}
