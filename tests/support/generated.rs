//! Families at random: of every type, with whatever a format can say.

use std::borrow::Cow;
use std::collections::BTreeSet;

use exposition::{
    Bucket, BucketSpan, Histogram, Metric, MetricExemplar, MetricFamily, MetricState, MetricType,
    MetricValue, NativeCounts, NativeHistogram, Quantile, StateSet, Summary,
};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;

/// The one NaN that a body can spell.
const NAN: f64 = f64::from_bits(0x7ff8_0000_0000_0001);

fn float() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => (-1000i32..1000).prop_map(f64::from),
        2 => any::<f64>().prop_map(|number| if number.is_nan() { NAN } else { number }),
        1 => prop::sample::select(vec![
            0.0, -0.0, 0.1, 1e6, 999_999.0, 1e21, 5e-324, f64::MAX, f64::MIN, f64::MIN_POSITIVE,
            9_007_199_254_740_993.0, 1.8446744073709552e19, f64::INFINITY, f64::NEG_INFINITY, NAN,
        ]),
    ]
}

/// Bounds of buckets and quantiles: neither NaN nor minus zero.
fn bounds() -> impl Strategy<Value = Vec<f64>> {
    vec(float(), 0..4).prop_map(|mut bounds| {
        bounds.retain(|bound| !bound.is_nan() && *bound != f64::INFINITY);
        bounds.iter_mut().for_each(|bound| *bound += 0.0);
        bounds.sort_by(f64::total_cmp);
        bounds.dedup();
        bounds
    })
}

/// Returns one of these sometimes, if allowed.
fn maybe<S: Strategy>(may_be: bool, of: S) -> impl Strategy<Value = Option<S::Value>> {
    prop::option::weighted(0.3, of).prop_map(move |one| one.filter(|_| may_be))
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => "[a-z_]{1,6}",
        1 => "[ -~\t\n\\\\\"é日😀\r\0{}=,#]{0,8}",
        1 => any::<String>(),
    ]
}

fn labels() -> impl Strategy<Value = Vec<(String, String)>> {
    let name = prop_oneof![3 => "[a-z_][a-z0-9_]{0,3}", 1 => text()]
        .prop_filter("reserved", |name| {
            !name.is_empty() && !["le", "quantile", "__name__"].contains(&name.as_str())
        });
    btree_map(name, text(), 0..4).prop_map(|labels| labels.into_iter().collect())
}

fn millis(openmetrics: bool) -> BoxedStrategy<Option<i64>> {
    let least = if openmetrics { -(1i64 << 52) } else { 0 };
    let most = if openmetrics { 1i64 << 52 } else { i64::MAX };
    prop_oneof![
        2 => Just(None),
        1 => (least..=most).prop_map(Some),
        1 => (0i64..10_000).prop_map(Some),
        1 => (1_700_000_000_000i64..1_700_000_100_000).prop_map(Some),
    ]
    .boxed()
}

fn exemplar() -> impl Strategy<Value = MetricExemplar<'static>> {
    (labels(), float(), millis(true)).prop_map(|(labels, value, timestamp)| {
        let exemplar = MetricExemplar::new(value).labels(labels);
        match timestamp {
            Some(millis) => exemplar.timestamp(millis),
            None => exemplar,
        }
    })
}

fn histogram(exemplars: bool) -> impl Strategy<Value = Histogram<'static>> {
    let one = move || maybe(exemplars, exemplar());
    let bucket = move || (float(), one());
    (bounds(), vec(bucket(), 5), float(), any::<bool>()).prop_map(|(bounds, counts, sum, both)| {
        let bounds = bounds.into_iter().chain([f64::INFINITY]);
        let buckets = bounds.zip(counts).map(|(bound, (count, exemplar))| {
            let bucket = Bucket::new(bound, count);
            match exemplar {
                Some(exemplar) => bucket.exemplar(exemplar),
                None => bucket,
            }
        });
        let buckets: Vec<_> = buckets.collect();
        let count = buckets.last().map(|bucket| bucket.cumulative_count);
        Histogram::new(buckets)
            .sum(both.then_some(sum))
            .count(count.filter(|_| both))
    })
}

fn summary() -> impl Strategy<Value = Summary> {
    (bounds(), vec(float(), 4), float(), float()).prop_map(|(bounds, values, sum, count)| {
        let quantiles = bounds.into_iter().zip(values);
        Summary::new(quantiles.map(|(quantile, value)| Quantile::new(quantile, value)))
            .sum(sum)
            .count(count)
    })
}

fn state_set() -> impl Strategy<Value = StateSet<'static>> {
    btree_set(text(), 1..4).prop_map(|names| {
        let names = names.into_iter().enumerate();
        StateSet::new(names.map(|(at, name)| MetricState::new(name, at == 0)))
    })
}

fn value(kind: MetricType, exemplars: bool) -> BoxedStrategy<MetricValue<'static>> {
    match kind {
        MetricType::Counter => float().prop_map(MetricValue::Counter).boxed(),
        MetricType::Gauge => float().prop_map(MetricValue::Gauge).boxed(),
        MetricType::Info => float().prop_map(MetricValue::Info).boxed(),
        MetricType::StateSet => state_set().prop_map(MetricValue::StateSet).boxed(),
        MetricType::Summary => summary().prop_map(MetricValue::Summary).boxed(),
        MetricType::Histogram => histogram(exemplars)
            .prop_map(MetricValue::Histogram)
            .boxed(),
        MetricType::GaugeHistogram => histogram(exemplars)
            .prop_map(MetricValue::GaugeHistogram)
            .boxed(),
        _ => float().prop_map(MetricValue::Unknown).boxed(),
    }
}

fn metric(kind: MetricType, openmetrics: bool) -> impl Strategy<Value = Metric<'static>> {
    use MetricType::{Counter, GaugeHistogram, Histogram, Info, Summary};
    let counts = [Counter, Histogram, Summary].contains(&kind) && openmetrics;
    let single = ![Histogram, GaugeHistogram, Summary].contains(&kind) && openmetrics;
    let created = maybe(counts, float());
    let exemplar = maybe(single, exemplar());
    let parts = (
        value(kind, openmetrics),
        labels(),
        millis(openmetrics),
        created,
        exemplar,
    );
    parts.prop_map(move |(value, labels, timestamp, created, exemplar)| {
        let mut metric = Metric::new(value).labels(labels);
        let tells = match &metric.value {
            MetricValue::GaugeHistogram(histogram) => histogram.sum.is_some(),
            _ => [Counter, Info].contains(&kind),
        };
        metric.suffixed = openmetrics && tells;
        metric.timestamp = timestamp;
        if let Some(seconds) = created {
            metric = metric.start_timestamp(seconds);
        }
        if let Some(exemplar) = exemplar {
            metric = metric.exemplar(exemplar);
        }
        metric
    })
}

fn family(openmetrics: bool) -> impl Strategy<Value = MetricFamily<'static>> {
    let kinds = match openmetrics {
        false => vec![
            MetricType::Counter,
            MetricType::Gauge,
            MetricType::Histogram,
            MetricType::Summary,
            MetricType::Unknown,
        ],
        true => MetricType::ALL.to_vec(),
    };
    prop::sample::select(kinds).prop_flat_map(move |kind| {
        let unit = maybe(openmetrics, "[a-z]{1,4}");
        let metrics = vec(metric(kind, openmetrics), 0..4);
        (text(), prop::option::of(text()), unit, metrics).prop_map(
            move |(name, help, unit, metrics)| {
                let mut family = MetricFamily::new(name, kind);
                let help = help.filter(|help| !help.trim_matches([' ', '\t']).is_empty());
                family.help = help.map(Cow::Owned);
                family.unit = unit.map(Cow::Owned);
                // A histogram's lines with equal labels and times are one metric.
                let mut seen = BTreeSet::new();
                family.metrics = metrics;
                family.metrics.retain(|metric| {
                    let labels: Vec<_> = metric.labels.iter().collect();
                    seen.insert(format!("{labels:?}"))
                });
                family
            },
        )
    })
}

/// Families whose names do not clash: none is another's with a suffix.
pub(crate) fn families(openmetrics: bool) -> impl Strategy<Value = Vec<MetricFamily<'static>>> {
    vec(family(openmetrics), 0..5).prop_map(|mut families| {
        for (at, family) in families.iter_mut().enumerate() {
            family.name = match &family.unit {
                Some(unit) => format!("{}_{at}_{unit}", family.name).into(),
                None => format!("{}_{at}", family.name).into(),
            };
            if family.metric_type == MetricType::StateSet {
                let name = family.name.clone();
                for metric in &mut family.metrics {
                    metric.labels.retain(|label, _| label != name);
                }
            }
        }
        families
    })
}

// ---- native histograms at random

/// Buckets as a span and what is in them: none is empty, and spans do not touch.
type Side = (Vec<BucketSpan>, Vec<u32>);

fn side() -> impl Strategy<Value = Side> {
    let span = (1..9_i32, vec(1..1000_u32, 1..4));
    (-60..60_i32, vec(span, 0..4)).prop_map(|(first, spans)| {
        let mut side = Side::default();
        for (at, (gap, counts)) in spans.into_iter().enumerate() {
            let offset = if at == 0 { first } else { gap };
            side.0.push(BucketSpan::new(offset, counts.len() as u32));
            side.1.extend(counts);
        }
        side
    })
}

fn deltas(counts: &[u32]) -> Vec<i64> {
    let mut before = 0;
    let counts = counts.iter().map(|count| i64::from(*count));
    counts
        .map(|count| count - std::mem::replace(&mut before, count))
        .collect()
}

fn native() -> impl Strategy<Value = NativeHistogram> {
    let threshold = prop::sample::select(vec![0.0, 1e-128, 0.001, 5e-324]);
    let parts = (
        -4..=8_i32,
        side(),
        side(),
        0..1000_u32,
        threshold,
        float(),
        any::<bool>(),
    );
    parts.prop_map(
        |(schema, positive, negative, zeros, threshold, sum, is_float)| {
            let all = [&positive.1, &negative.1].into_iter().flatten();
            let total: u32 = all.sum::<u32>() + zeros;
            let halves = |counts: &[u32]| -> Vec<f64> {
                counts.iter().map(|count| f64::from(*count) / 2.0).collect()
            };
            // A float histogram without an observation is read as one of whole numbers.
            let counts = match is_float && total > 0 {
                true => NativeCounts::float(
                    f64::from(total) / 2.0,
                    f64::from(zeros) / 2.0,
                    halves(&positive.1),
                    halves(&negative.1),
                ),
                false => NativeCounts::integer(
                    total.into(),
                    zeros.into(),
                    deltas(&positive.1),
                    deltas(&negative.1),
                ),
            };
            NativeHistogram::new(schema)
                .zero_threshold(threshold)
                .sum(sum)
                .counts(counts)
                .positive_spans(positive.0)
                .negative_spans(negative.0)
        },
    )
}

pub(crate) fn native_family() -> impl Strategy<Value = MetricFamily<'static>> {
    let buckets = maybe(true, vec((0.0..9.0_f64, 0..1000_u32), 0..3));
    let cited = exemplar().prop_map(|mut exemplar| {
        exemplar.timestamp = exemplar.timestamp.or(Some(1));
        exemplar
    });
    let metric = (native(), labels(), buckets, vec(cited, 0..3));
    (any::<bool>(), vec(metric, 0..4)).prop_map(|(is_gauge, metrics)| {
        let kind = match is_gauge {
            true => MetricType::GaugeHistogram,
            false => MetricType::Histogram,
        };
        let mut family = MetricFamily::new("h", kind);
        for (native, labels, buckets, exemplars) in metrics {
            let (sum, count) = (native.sum, native.count());
            let classic = buckets.map(|mut buckets| {
                buckets.sort_by(|a: &(f64, u32), b| a.0.total_cmp(&b.0));
                let buckets = buckets.into_iter();
                let buckets = buckets.map(|(bound, count)| Bucket::new(bound, count.into()));
                Histogram::new(buckets.chain([Bucket::new(f64::INFINITY, count)]))
            });
            let histogram = classic.unwrap_or_default().sum(sum).count(count);
            let histogram = histogram.native(native.is_gauge(is_gauge));
            let value = match is_gauge {
                true => MetricValue::GaugeHistogram(histogram),
                false => MetricValue::Histogram(histogram),
            };
            let mut metric = Metric::new(value).labels(labels);
            metric.exemplars = exemplars;
            family.metrics.push(metric);
        }
        family
    })
}
