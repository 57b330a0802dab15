//! What is written as protobuf is read as the same families, as far as the format can say what they say.

use exposition::encode::{to_string, to_vec};
use exposition::{
    Bucket, Dialect, Encoder, Families, FamilyReader, Histogram, Metric, MetricFamily, MetricType,
    MetricValue, ScrapeProtocol, StartTimestamp,
};
use proptest::prelude::*;

use super::encode::{format, series};
use crate::support::corpus::each_body;
use crate::support::generated::{families, native_family};

const PROTO: ScrapeProtocol = ScrapeProtocol::PrometheusProto;
const TEXT: ScrapeProtocol = ScrapeProtocol::PrometheusText100;

/// Returns the families of a body without errors.
fn decode(body: &[u8]) -> Vec<MetricFamily<'_>> {
    let collected = Families::protobuf(body).read_all();
    assert!(collected.errors.is_empty(), "{:?}", collected.errors);
    collected.families
}

/// Returns a count of observations that protobuf has a place for.
fn count(number: f64) -> f64 {
    match number.is_nan() {
        true => 0.0,
        false => number.abs(),
    }
}

/// Takes away what protobuf has no place for, and adds what reading adds.
fn fit(family: &mut MetricFamily<'_>) {
    for metric in &mut family.metrics {
        metric.timestamp = metric.timestamp.filter(|millis| *millis != 0);
        let start = metric.start_timestamp.take();
        let millis = start
            .and_then(|start| start.millis())
            .map(|millis| millis % (1 << 42));
        metric.start_timestamp = (millis.filter(|millis| *millis != 0))
            .map(|millis| StartTimestamp::new(millis as f64 / 1000.0));
        match &mut metric.value {
            MetricValue::Counter(_) => metric.exemplars.truncate(1),
            MetricValue::Gauge(_)
            | MetricValue::Unknown(_)
            | MetricValue::Info(_)
            | MetricValue::StateSet(_) => {
                metric.exemplars.clear();
                metric.start_timestamp = None;
            }
            MetricValue::Summary(summary) => {
                metric.exemplars.clear();
                summary.sum = summary.sum.or(Some(0.0));
                let count = count(summary.count.unwrap_or(0.0));
                summary.count = Some(count.trunc().min(9e18));
            }
            MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram) => {
                fit_classic(histogram);
                metric.exemplars.clear();
            }
            _ => {}
        }
    }
}

fn fit_classic(histogram: &mut Histogram<'_>) {
    for bucket in &mut histogram.buckets {
        bucket.cumulative_count = count(bucket.cumulative_count);
    }
    let highest = histogram
        .buckets
        .last()
        .map(|bucket| bucket.cumulative_count);
    let total = histogram.count.map(count).or(highest).unwrap_or(0.0);
    histogram.count = Some(total);
    histogram.sum = histogram.sum.or(Some(0.0));
    let has_infinity = histogram
        .buckets
        .last()
        .is_some_and(|bucket| bucket.upper_bound == f64::INFINITY);
    if !has_infinity {
        histogram.buckets.push(Bucket::new(f64::INFINITY, total));
    }
}

/// Returns the families that a family is read as: named like its samples, and of the types that there are.
fn as_read<'a>(family: &MetricFamily<'a>) -> Vec<MetricFamily<'a>> {
    let (kind, suffix) = match family.metric_type {
        MetricType::Info => (MetricType::Gauge, "_info"),
        MetricType::StateSet => (MetricType::Gauge, ""),
        MetricType::Counter => (MetricType::Counter, "_total"),
        kind => (kind, ""),
    };
    let with = |suffix: &str, suffixed: bool| {
        let name = format!("{}{suffix}", family.name);
        let mut read = MetricFamily::new(name, kind);
        (read.help, read.unit) = (family.help.clone(), family.unit.clone());
        for metric in &family.metrics {
            if metric.suffixed == suffixed || suffix.is_empty() && family_is_one(family) {
                read.metrics.extend(metrics_as_read(family, metric));
            }
        }
        read
    };
    if family_is_one(family) {
        return vec![with("", false)];
    }
    let both = [with(suffix, true), with("", false)];
    let some = both.into_iter().filter(|family| !family.metrics.is_empty());
    let some: Vec<_> = some.collect();
    match some.is_empty() {
        true => vec![with("", false)],
        false => some,
    }
}

/// Tells whether all samples of the family are named alike, however they are suffixed.
fn family_is_one(family: &MetricFamily<'_>) -> bool {
    ![MetricType::Counter, MetricType::Info].contains(&family.metric_type)
}

fn metrics_as_read<'a>(family: &MetricFamily<'a>, metric: &Metric<'a>) -> Vec<Metric<'a>> {
    let mut read = metric.clone();
    read.suffixed = false;
    match &metric.value {
        MetricValue::Info(value) => read.value = MetricValue::Gauge(*value),
        MetricValue::StateSet(set) => {
            let states = set.states.iter().map(|state| {
                let mut read = read.clone();
                read.value = MetricValue::Gauge(state.value);
                read.labels
                    .push(family.name.to_string(), state.name.to_string());
                read
            });
            return states.collect();
        }
        _ => {}
    }
    vec![read]
}

proptest! {
    #[test]
    fn families_are_read_back(mut families in families(true)) {
        families.iter_mut().for_each(fit);
        let body = to_vec(&families, format(PROTO));
        let body = body.map_err(|error| TestCaseError::fail(error.to_string()))?;
        let expected: Vec<_> = families.iter().flat_map(as_read).collect();
        prop_assert_eq!(decode(&body), expected);
    }

    #[test]
    fn native_histograms_are_read_back(family in native_family()) {
        let body = to_vec([&family], format(PROTO));
        let body = body.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(decode(&body), [family]);
    }

    /// Whatever a family holds, something of it can be written, and read.
    #[test]
    fn what_is_left_out_breaks_nothing(families in families(true)) {
        let encoder = Encoder::from_writer(Vec::new(), format(PROTO)).unwrap();
        let mut encoder = encoder.lossy(true);
        for family in &families {
            let written = encoder.family(family);
            written.map_err(|error| TestCaseError::fail(error.to_string()))?;
        }
        let body = encoder.finish().unwrap();
        let written = families.iter().flat_map(as_read).map(|family| family.metrics.len());
        let read = decode(&body).into_iter().map(|family| family.metrics.len());
        prop_assert!(read.eq(written));
    }
}

/// A value that is missing, or comes before its name.
#[test]
fn labels_are_read_in_any_order() {
    let body = b"\x1c\x0a\x01m\x18\x01\x22\x15\
        \x0a\x03\x0a\x01a\
        \x0a\x05\x0a\x01b\x12\x00\
        \x0a\x07\x12\x01v\x0a\x02cd";
    let labels = [("a", ""), ("b", ""), ("cd", "v")];
    let family = MetricFamily::new("m", MetricType::Gauge);
    let expected = [family.metric(Metric::gauge(0.0).labels(labels))];
    let read = decode(body);
    assert_eq!(read, expected);
    let owned: Vec<_> = read.into_iter().map(MetricFamily::into_owned).collect();
    assert_eq!(owned, expected);
    let metrics = owned.iter().flat_map(|family| &family.metrics);
    let listed: Vec<_> = metrics.flat_map(|metric| metric.labels.iter()).collect();
    assert_eq!(
        listed,
        labels.map(|(name, value)| (name.into(), value.into()))
    );
    let streamed: Vec<_> = FamilyReader::protobuf(&body[..])
        .map(Result::unwrap)
        .collect();
    assert_eq!(streamed, expected);
}

#[test]
fn text_of_real_servers_goes_into_protobuf_and_back() {
    let bodies = each_body(|entry, body, dialect| {
        let path = entry.path.display();
        let mut families = Families::new(body, dialect).read_all().families;
        families.iter_mut().for_each(fit);
        let proto = to_vec(&families, format(PROTO)).unwrap();
        for family in &mut families {
            family.unit = None;
            for metric in &mut family.metrics {
                metric.exemplars.clear();
                // Protobuf's own type has no `_gsum`.
                metric.suffixed &= family.metric_type != MetricType::GaugeHistogram;
                if let MetricValue::Histogram(histogram) = &mut metric.value {
                    histogram
                        .buckets
                        .iter_mut()
                        .for_each(|bucket| bucket.exemplar = None);
                }
            }
        }
        let direct = to_string(&families, format(TEXT)).unwrap();
        let mut encoder = Encoder::new(String::new(), format(TEXT))
            .unwrap()
            .lossy(true);
        for family in &decode(&proto) {
            encoder.family(family).unwrap();
        }
        let back = encoder.finish().unwrap();
        assert!(!proto.is_empty(), "{path}");
        assert_eq!(
            series(back.as_bytes(), Dialect::Text),
            series(direct.as_bytes(), Dialect::Text),
            "{path}"
        );
    });
    assert!(bodies >= 44, "{bodies} bodies");
}
