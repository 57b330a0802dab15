//! The difference of two metrics: what was counted in between.

use std::collections::BTreeMap;

use crate::families::family::{
    Bucket, Histogram, MetricState, MetricValue, Quantile, StateSet, Summary,
};
use crate::model::native_histogram::{BucketSpan, NativeCounts, NativeHistogram};

/// Why two metrics have no difference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Fault {
    /// A number that only grows is smaller than before.
    Reset {
        which: Which,
        before: f64,
        after: f64,
    },
    /// Histograms whose buckets cannot be compared.
    Rebucketed,
}

/// A number of a metric that only grows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Which {
    Value,
    Count,
    Bucket(f64),
    /// One of a native histogram.
    NativeBucket,
}

/// Returns what `after` says more than `before`, which is of the same type.
pub(super) fn subtract<'a>(
    after: &MetricValue<'a>,
    before: &MetricValue<'_>,
) -> Result<MetricValue<'a>, Fault> {
    Ok(match (after, before) {
        (MetricValue::Counter(after), MetricValue::Counter(before)) => {
            MetricValue::Counter(grown(*after, *before, Which::Value)?)
        }
        (MetricValue::Gauge(after), MetricValue::Gauge(before)) => {
            MetricValue::Gauge(moved(*after, *before))
        }
        (MetricValue::Unknown(after), MetricValue::Unknown(before)) => {
            MetricValue::Unknown(moved(*after, *before))
        }
        (MetricValue::Info(after), MetricValue::Info(before)) => {
            MetricValue::Info(moved(*after, *before))
        }
        (MetricValue::Histogram(after), MetricValue::Histogram(before)) => {
            MetricValue::Histogram(histogram(after, before, grown)?)
        }
        (MetricValue::GaugeHistogram(after), MetricValue::GaugeHistogram(before)) => {
            let moved = |after: f64, before: f64, _: Which| Ok(moved(after, before));
            MetricValue::GaugeHistogram(histogram(after, before, moved)?)
        }
        (MetricValue::Summary(after), MetricValue::Summary(before)) => {
            MetricValue::Summary(summary(after, before)?)
        }
        (MetricValue::StateSet(after), MetricValue::StateSet(before)) => {
            MetricValue::StateSet(states(after, before))
        }
        // Of another type: nothing was counted before.
        (
            MetricValue::Counter(_)
            | MetricValue::Gauge(_)
            | MetricValue::Unknown(_)
            | MetricValue::Info(_)
            | MetricValue::Histogram(_)
            | MetricValue::GaugeHistogram(_)
            | MetricValue::Summary(_)
            | MetricValue::StateSet(_),
            _,
        ) => after.clone(),
    })
}

/// Returns a difference that may be negative. What is not a number, or infinite, has not moved if it is the
/// same as before.
fn moved(after: f64, before: f64) -> f64 {
    match is_same(after, before) {
        true => 0.0,
        false => after - before,
    }
}

fn is_same(a: f64, b: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan())
}

/// Returns by how much a number that only grows has grown.
fn grown(after: f64, before: f64, which: Which) -> Result<f64, Fault> {
    match after < before {
        true => Err(Fault::Reset {
            which,
            before,
            after,
        }),
        false => Ok(moved(after, before)),
    }
}

/// Returns the difference of what may be missing: before, that is zero.
fn optional<E>(
    after: Option<f64>,
    before: Option<f64>,
    minus: impl FnOnce(f64, f64) -> Result<f64, E>,
) -> Result<Option<f64>, E> {
    after
        .map(|after| minus(after, before.unwrap_or_default()))
        .transpose()
}

fn summary(after: &Summary, before: &Summary) -> Result<Summary, Fault> {
    // Both zeros are one quantile.
    let key = |quantile: &Quantile| (quantile.quantile + 0.0).to_bits();
    let earlier: BTreeMap<u64, f64> = (before.quantiles.iter())
        .map(|quantile| (key(quantile), quantile.value))
        .collect();
    let quantiles = after.quantiles.iter().enumerate().map(|(at, quantile)| {
        // One that is there twice is at its place.
        let same_place = before
            .quantiles
            .get(at)
            .filter(|before| key(before) == key(quantile));
        let before = same_place.map(|before| before.value);
        let before = before
            .or_else(|| earlier.get(&key(quantile)).copied())
            .unwrap_or_default();
        Quantile::new(quantile.quantile, moved(quantile.value, before))
    });
    let count = |after, before| grown(after, before, Which::Count);
    Ok(Summary::new(quantiles)
        .sum(
            after
                .sum
                .map(|sum| moved(sum, before.sum.unwrap_or_default())),
        )
        .count(optional(after.count, before.count, count)?))
}

fn states<'a>(after: &StateSet<'a>, before: &StateSet<'_>) -> StateSet<'a> {
    let earlier: BTreeMap<&str, f64> = (before.states.iter())
        .map(|state| (state.name.as_ref(), state.value))
        .collect();
    let mut difference = after.clone();
    for (at, MetricState { name, value, .. }) in difference.states.iter_mut().enumerate() {
        // One that is there twice is at its place.
        let same_place = before.states.get(at).filter(|before| before.name == *name);
        let before = same_place.map(|before| before.value);
        let before = before.or_else(|| earlier.get(name.as_ref()).copied());
        *value = moved(*value, before.unwrap_or_default());
    }
    difference
}

/// Returns the difference of histograms, whose counts are subtracted by `minus`.
fn histogram<'a>(
    after: &Histogram<'a>,
    before: &Histogram<'_>,
    minus: impl Fn(f64, f64, Which) -> Result<f64, Fault>,
) -> Result<Histogram<'a>, Fault> {
    let count = |after, before| minus(after, before, Which::Count);
    let mut difference = Histogram::default()
        .sum(
            after
                .sum
                .map(|sum| moved(sum, before.sum.unwrap_or_default())),
        )
        .count(optional(after.count, before.count, count)?);
    let mut earlier = before.buckets.iter();
    // A histogram may list its buckets only once it holds something.
    let held_nothing = before.total().unwrap_or_default() == 0.0
        && before
            .buckets
            .iter()
            .all(|bucket| bucket.cumulative_count == 0.0);
    for bucket in &after.buckets {
        let bound = bucket.upper_bound;
        let before = match earlier.next() {
            _ if held_nothing => 0.0,
            Some(before) if is_same(before.upper_bound, bound) => before.cumulative_count,
            _ => return Err(Fault::Rebucketed),
        };
        let held = minus(bucket.cumulative_count, before, Which::Bucket(bound))?;
        difference.buckets.push(Bucket::new(bound, held));
    }
    if !held_nothing && earlier.next().is_some() {
        return Err(Fault::Rebucketed);
    }
    difference.native = match (&after.native, &before.native) {
        (Some(after), Some(before)) => Some(Box::new(native(after, before, minus)?)),
        (after, _) => after.clone(),
    };
    Ok(difference)
}

/// Returns the difference of native histograms, at the lower resolution of both.
fn native(
    after: &NativeHistogram,
    before: &NativeHistogram,
    minus: impl Fn(f64, f64, Which) -> Result<f64, Fault>,
) -> Result<NativeHistogram, Fault> {
    if before.count() == 0.0 {
        return Ok(after.clone());
    }
    let schema = after.schema.min(before.schema);
    let (mut after, mut before) = (after.clone(), before.clone());
    for histogram in [&mut after, &mut before] {
        if histogram.schema != schema {
            (histogram.reduce_resolution(schema)).map_err(|_| Fault::Rebucketed)?;
        }
    }
    let bounds = after.custom_bounds.iter().zip(&before.custom_bounds);
    let mut bounds = bounds.map(|(after, before)| is_same(*after, *before));
    if !is_same(after.zero_threshold, before.zero_threshold)
        || after.custom_bounds.len() != before.custom_bounds.len()
        || bounds.any(|is_same| !is_same)
    {
        return Err(Fault::Rebucketed);
    }
    let (later, earlier) = (Sides::of(&after), Sides::of(&before));
    let side = |later: Side, mut earlier: Side| -> Result<Side, Fault> {
        let mut held = Side::new();
        for (index, count) in later {
            let before = earlier.remove(&index).unwrap_or_default();
            held.insert(index, minus(count, before, Which::NativeBucket)?);
        }
        for (index, before) in earlier {
            held.insert(index, minus(0.0, before, Which::NativeBucket)?);
        }
        Ok(held)
    };
    let positive = side(later.positive, earlier.positive)?;
    let negative = side(later.negative, earlier.negative)?;
    let count = minus(after.count(), before.count(), Which::Count)?;
    let zero = minus(after.zero_count(), before.zero_count(), Which::NativeBucket)?;
    let sum = moved(after.sum, before.sum);
    let (positive_spans, negative_spans) = (spans(&positive), spans(&negative));
    let held = |side: Side| side.into_values().collect::<Vec<f64>>();
    Ok(after
        .sum(sum)
        .positive_spans(positive_spans)
        .negative_spans(negative_spans)
        .counts(NativeCounts::float(
            count,
            zero,
            held(positive),
            held(negative),
        )))
}

/// The counts of one side's buckets, by index.
type Side = BTreeMap<i32, f64>;

struct Sides {
    positive: Side,
    negative: Side,
}

impl Sides {
    fn of(histogram: &NativeHistogram) -> Self {
        let (positive, negative) = match &histogram.counts {
            NativeCounts::Integer {
                positive_deltas,
                negative_deltas,
                ..
            } => (undo_deltas(positive_deltas), undo_deltas(negative_deltas)),
            NativeCounts::Float {
                positive_counts,
                negative_counts,
                ..
            } => (positive_counts.clone(), negative_counts.clone()),
        };
        Sides {
            positive: by_index(&histogram.positive_spans, positive),
            negative: by_index(&histogram.negative_spans, negative),
        }
    }
}

fn undo_deltas(deltas: &[i64]) -> Vec<f64> {
    let counts = deltas.iter().scan(0_i64, |count, delta| {
        *count = count.wrapping_add(*delta);
        Some(*count as f64)
    });
    counts.collect()
}

/// Returns counts by the indices that the spans give them.
fn by_index(spans: &[BucketSpan], counts: Vec<f64>) -> Side {
    let mut end = 0_i32;
    let indices = spans.iter().flat_map(|span| {
        let start = end.wrapping_add(span.offset);
        end = start.wrapping_add_unsigned(span.length);
        (0..span.length).map(move |at| start.wrapping_add_unsigned(at))
    });
    indices.zip(counts).collect()
}

/// Returns the spans of buckets with these indices.
fn spans(side: &Side) -> Vec<BucketSpan> {
    let mut spans: Vec<BucketSpan> = Vec::new();
    let mut end = 0_i32;
    for index in side.keys() {
        match spans.last_mut() {
            Some(last) if *index == end => last.length += 1,
            _ => spans.push(BucketSpan::new(index.wrapping_sub(end), 1)),
        }
        end = index.wrapping_add(1);
    }
    spans
}
