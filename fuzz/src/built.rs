//! Builds families from an input that can be read back unchanged.

use std::collections::BTreeSet;

use arbitrary::{Arbitrary as _, Result, Unstructured};
use exposition::{
    Bucket, Histogram, Metric, MetricExemplar, MetricFamily, MetricState, MetricType, MetricValue,
    Quantile, StateSet, Summary,
};

use super::chance::one_in;

type Input<'i, 'd> = &'i mut Unstructured<'d>;

/// The one NaN that a body can spell.
const NAN: f64 = f64::from_bits(0x7ff8_0000_0000_0001);

const FLOATS: &[f64] = &[
    0.0,
    -0.0,
    0.1,
    1.0,
    1e6,
    999_999.0,
    1e21,
    5e-324,
    f64::MAX,
    f64::MIN,
    f64::MIN_POSITIVE,
    9_007_199_254_740_993.0,
    1.844_674_407_370_955_2e19,
    f64::INFINITY,
    f64::NEG_INFINITY,
    NAN,
];

const TEXTS: &[&str] = &[
    "a", "x.y", "le", "quantile", "", " ", "\\", "\"", "\n", "é", "😀", "\0", "{}", "a_total",
    "# EOF", "_bucket",
];

const TEXT_KINDS: &[MetricType] = &[
    MetricType::Counter,
    MetricType::Gauge,
    MetricType::Histogram,
    MetricType::Summary,
    MetricType::Unknown,
];

/// Builds families whose names do not clash: none is another's with a suffix. Those for OpenMetrics have what
/// only it can express.
pub fn families(bytes: &[u8], openmetrics: bool) -> Vec<MetricFamily<'static>> {
    let mut from = Unstructured::new(bytes);
    let mut families = Vec::new();
    while families.len() < 5 && !from.is_empty() {
        match family(&mut from, openmetrics, families.len()) {
            Ok(family) => families.push(family),
            Err(_) => break,
        }
    }
    families
}

fn family(from: Input<'_, '_>, openmetrics: bool, at: usize) -> Result<MetricFamily<'static>> {
    let kinds = if openmetrics {
        MetricType::ALL
    } else {
        TEXT_KINDS
    };
    let kind = *from.choose(kinds)?;
    let mut name = format!("{}_{at}", text(from)?);
    let unit = match openmetrics && one_in(4, from)? {
        true => Some(*from.choose(&["seconds", "b"])?),
        false => None,
    };
    if let Some(unit) = unit {
        name = format!("{name}_{unit}");
    }
    let mut family = MetricFamily::new(name, kind);
    family.unit = unit.map(Into::into);
    // Blanks alone are not a help text.
    let help = if from.arbitrary()? {
        text(from)?
    } else {
        String::new()
    };
    family.help = (!help.trim_matches([' ', '\t']).is_empty()).then(|| help.into());
    // Lines with equal labels are one metric.
    let mut seen = BTreeSet::new();
    for _ in 0..from.int_in_range(0..=3)? {
        let mut metric = metric(from, kind, openmetrics)?;
        if kind == MetricType::StateSet {
            metric.labels.retain(|label, _| label != family.name);
        }
        let mut labels: Vec<_> = metric.labels.iter().collect();
        labels.sort();
        if seen.insert(format!("{labels:?}")) {
            family.metrics.push(metric);
        }
    }
    Ok(family)
}

fn metric(from: Input<'_, '_>, kind: MetricType, openmetrics: bool) -> Result<Metric<'static>> {
    use MetricType::{Counter, GaugeHistogram, Histogram, Info, Summary};
    let value = value(from, kind, openmetrics)?;
    let tells = match &value {
        MetricValue::GaugeHistogram(histogram) => histogram.sum.is_some(),
        _ => [Counter, Info].contains(&kind),
    };
    let mut metric = Metric::new(value).labels(labels(from)?);
    metric.suffixed = openmetrics && tells;
    metric.timestamp = millis(from, openmetrics)?;
    if openmetrics && [Counter, Histogram, Summary].contains(&kind) && from.arbitrary()? {
        metric = metric.start_timestamp(float(from)?);
    }
    if openmetrics && ![Histogram, GaugeHistogram, Summary].contains(&kind) && from.arbitrary()? {
        metric = metric.exemplar(exemplar(from)?);
    }
    Ok(metric)
}

fn value(from: Input<'_, '_>, kind: MetricType, openmetrics: bool) -> Result<MetricValue<'static>> {
    Ok(match kind {
        MetricType::Counter => MetricValue::Counter(float(from)?),
        MetricType::Gauge => MetricValue::Gauge(float(from)?),
        MetricType::Info => MetricValue::Info(float(from)?),
        MetricType::StateSet => MetricValue::StateSet(state_set(from)?),
        MetricType::Summary => MetricValue::Summary(summary(from)?),
        MetricType::Histogram => MetricValue::Histogram(histogram(from, openmetrics)?),
        MetricType::GaugeHistogram => MetricValue::GaugeHistogram(histogram(from, openmetrics)?),
        _ => MetricValue::Unknown(float(from)?),
    })
}

/// Builds a histogram with a bucket for `+Inf`, which OpenMetrics adds.
fn histogram(from: Input<'_, '_>, exemplars: bool) -> Result<Histogram<'static>> {
    let mut bounds = bounds(from)?;
    bounds.retain(|bound| *bound != f64::INFINITY);
    bounds.push(f64::INFINITY);
    let mut buckets = Vec::new();
    for bound in bounds {
        let bucket = Bucket::new(bound, float(from)?);
        buckets.push(match exemplars && from.arbitrary()? {
            true => bucket.exemplar(exemplar(from)?),
            false => bucket,
        });
    }
    let both = from.arbitrary()?;
    let count = buckets.last().map(|bucket| bucket.cumulative_count);
    let sum = if both { Some(float(from)?) } else { None };
    Ok(Histogram::new(buckets)
        .sum(sum)
        .count(count.filter(|_| both)))
}

fn summary(from: Input<'_, '_>) -> Result<Summary> {
    let mut quantiles = Vec::new();
    for quantile in bounds(from)? {
        quantiles.push(Quantile::new(quantile, float(from)?));
    }
    Ok(Summary::new(quantiles)
        .sum(float(from)?)
        .count(float(from)?))
}

fn state_set(from: Input<'_, '_>) -> Result<StateSet<'static>> {
    let mut names = BTreeSet::new();
    for _ in 0..from.int_in_range(1..=3)? {
        names.insert(text(from)?);
    }
    let mut states = Vec::new();
    for name in names {
        let mut state = MetricState::new(name, false);
        state.value = float(from)?;
        states.push(state);
    }
    Ok(StateSet::new(states))
}

/// Builds bounds that rise, without NaN and minus zero.
fn bounds(from: Input<'_, '_>) -> Result<Vec<f64>> {
    let mut bounds = Vec::new();
    for _ in 0..from.int_in_range(0..=3)? {
        bounds.push(float(from)? + 0.0);
    }
    bounds.retain(|bound| !bound.is_nan());
    bounds.sort_by(f64::total_cmp);
    bounds.dedup();
    Ok(bounds)
}

fn exemplar(from: Input<'_, '_>) -> Result<MetricExemplar<'static>> {
    let exemplar = MetricExemplar::new(float(from)?).labels(labels(from)?);
    Ok(match millis(from, true)? {
        Some(millis) => exemplar.timestamp(millis),
        None => exemplar,
    })
}

fn labels(from: Input<'_, '_>) -> Result<Vec<(String, String)>> {
    let mut labels: Vec<(String, String)> = Vec::new();
    for _ in 0..from.int_in_range(0..=3)? {
        let (name, value) = (text(from)?, text(from)?);
        let reserved = ["", "le", "quantile", "__name__"].contains(&name.as_str());
        if !reserved && !labels.iter().any(|label| label.0 == name) {
            labels.push((name, value));
        }
    }
    Ok(labels)
}

/// Builds a time that stays distinct when it becomes seconds in a float.
fn millis(from: Input<'_, '_>, openmetrics: bool) -> Result<Option<i64>> {
    let most = if openmetrics { 1 << 52 } else { i64::MAX };
    let least = if openmetrics { -most } else { 0 };
    Ok(match from.int_in_range(0..=3)? {
        0 => Some(from.int_in_range(least..=most)?),
        1 => Some(from.int_in_range(0..=9_999)?),
        _ => None,
    })
}

fn float(from: Input<'_, '_>) -> Result<f64> {
    Ok(match from.int_in_range(0..=3)? {
        0 => *from.choose(FLOATS)?,
        1 => {
            let number = f64::arbitrary(from)?;
            if number.is_nan() { NAN } else { number }
        }
        _ => f64::from(i16::arbitrary(from)?),
    })
}

fn text(from: Input<'_, '_>) -> Result<String> {
    let pieces = from.int_in_range(1..=3)?;
    let mut text = String::new();
    for _ in 0..pieces {
        match from.int_in_range(0..=3)? {
            0 => text.push(char::arbitrary(from)?),
            _ => text.push_str(from.choose(TEXTS)?),
        }
    }
    Ok(text)
}
