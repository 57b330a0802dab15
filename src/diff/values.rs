//! Values, compared with a tolerance.

use std::collections::HashMap;
use std::mem;

use super::change::Change;
use crate::bytes::work;
use crate::encode::Series;
use crate::families::family::MetricFamily;
use crate::model::native_histogram::{NativeBucket, NativeHistogram};

/// How far apart two values may be and still count as the same.
///
/// ```
/// use exposition::diff::Tolerance;
///
/// assert!(!Tolerance::EXACT.allows(1.0, 1.0 + 1e-9));
/// assert!(Tolerance::relative(0.01).allows(100.0, 101.0));
/// assert!(Tolerance::absolute(0.5).allows(0.0, 0.5));
/// let either = Tolerance { relative: 0.01, absolute: 0.5 };
/// assert!(either.allows(100.0, 101.0) && either.allows(0.0, 0.5) && !either.allows(10.0, 11.0));
/// assert!(Tolerance::EXACT.allows(f64::NAN, f64::NAN));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerance {
    /// The most that they differ by, in the unit of the values.
    pub absolute: f64,
    /// The most that they differ by, as a part of the one farther from 0: 0.01 is one percent.
    pub relative: f64,
}

impl Tolerance {
    /// No difference at all.
    pub const EXACT: Tolerance = Tolerance {
        absolute: 0.0,
        relative: 0.0,
    };

    /// Returns a tolerance in the unit of the values.
    #[must_use]
    pub const fn absolute(absolute: f64) -> Self {
        Tolerance {
            absolute,
            ..Tolerance::EXACT
        }
    }

    /// Returns a tolerance as a part of the value farther from 0: 0.01 is one percent.
    #[must_use]
    pub const fn relative(relative: f64) -> Self {
        Tolerance {
            relative,
            ..Tolerance::EXACT
        }
    }

    /// Tells whether two values count as the same: one tolerance is enough. NaN is the same as NaN only, and
    /// so is each infinity.
    #[must_use]
    pub fn allows(self, before: f64, after: f64) -> bool {
        if before == after || before.is_nan() && after.is_nan() {
            return true;
        }
        let difference = (before - after).abs();
        let size = before.abs().max(after.abs());
        size.is_finite() && (difference <= self.absolute || difference <= self.relative * size)
    }
}

/// What a body says of a series, in its order.
#[derive(Debug)]
enum Value {
    Number(f64),
    Native(Box<NativeHistogram>),
}

/// The values of series, and where each was first.
type Values = HashMap<Series, (usize, Vec<Value>)>;

/// Appends which series came, went or changed.
pub(super) fn compare<'f, 'a: 'f>(
    before: &[&'f MetricFamily<'a>],
    after: &[&'f MetricFamily<'a>],
    tolerance: Tolerance,
    changes: &mut Vec<Change>,
) {
    let (before, mut after) = (values(before), values(after));
    let mut before: Vec<_> = before.into_iter().collect();
    before.sort_unstable_by_key(|(_, (place, _))| *place);
    for (series, (_, values)) in before {
        match after.remove(&series) {
            None => changes.push(Change::SeriesRemoved { series }),
            Some((_, others)) => {
                let mut pairs = values.iter().zip(&others);
                // A series with several samples is compared in their order.
                let changed = pairs.find_map(|(before, after)| {
                    let changed = differences(before, after, tolerance);
                    (!changed.is_empty()).then_some(changed)
                });
                changes.extend(changed.unwrap_or_default().into_iter().map(
                    |(part, before, after)| Change::ValueChanged {
                        series: series.clone(),
                        part,
                        before,
                        after,
                    },
                ));
            }
        }
    }
    let mut added: Vec<_> = after.into_iter().collect();
    added.sort_unstable_by_key(|(_, (place, _))| *place);
    let added = added.into_iter();
    changes.extend(added.map(|(series, _)| Change::SeriesAdded { series }));
}

fn values(families: &[&MetricFamily<'_>]) -> Values {
    let mut values = Values::new();
    for family in families {
        for sample in family.samples() {
            // When it was created is not what a metric measures.
            if sample.suffix() != "_created" {
                put(
                    &mut values,
                    Series::of(&sample),
                    Value::Number(sample.value()),
                );
            }
        }
        for metric in &family.metrics {
            if let Some(native) = metric.native_histogram() {
                let series = Series::new(&*family.name, &metric.labels);
                put(&mut values, series, Value::Native(Box::new(native.clone())));
            }
        }
    }
    values
}

fn put(values: &mut Values, series: Series, value: Value) {
    work::on(
        series
            .labels()
            .map(|(name, value)| name.len() + value.len())
            .sum(),
    );
    let place = values.len();
    let (_, values) = values.entry(series).or_insert_with(|| (place, Vec::new()));
    values.push(value);
}

/// A part of a value, as it was and as it is.
type Difference = (Option<String>, f64, f64);

fn differences(before: &Value, after: &Value, tolerance: Tolerance) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut compare = |part: &str, before, after| {
        if !tolerance.allows(before, after) {
            let part = (!part.is_empty()).then(|| part.to_owned());
            differences.push((part, before, after));
        }
    };
    match (before, after) {
        (Value::Number(before), Value::Number(after)) => compare("", *before, *after),
        (Value::Native(before), Value::Native(after)) => {
            compare("count", before.count(), after.count());
            compare("sum", before.sum, after.sum);
            // Buckets of other bounds cannot be compared.
            if before.schema == after.schema && before.custom_bounds == after.custom_bounds {
                compare("zero bucket", before.zero_count(), after.zero_count());
                buckets(before, after, |bucket, before, after| {
                    let text = bucket.to_string();
                    let range = text.rsplit_once(':').map_or(&*text, |(range, _)| range);
                    compare(range, before, after);
                });
            }
        }
        // One of them has the number of a histogram's own name, which its type does not allow.
        (Value::Number(_), Value::Native(_)) | (Value::Native(_), Value::Number(_)) => {}
    }
    differences
}

/// Calls `compare` with each bucket of either histogram, and its count in both.
fn buckets(
    before: &NativeHistogram,
    after: &NativeHistogram,
    mut compare: impl FnMut(NativeBucket, f64, f64),
) {
    let listed = |histogram: &NativeHistogram| {
        let is_zero = |bucket: &NativeBucket| bucket.lower_inclusive && bucket.upper_inclusive;
        let buckets = histogram.buckets().filter(|bucket| !is_zero(bucket));
        buckets.collect::<Vec<_>>()
    };
    let (before, mut after) = (listed(before), listed(after));
    let key = |bucket: &NativeBucket| [bucket.lower.to_bits(), bucket.upper.to_bits()];
    let places = after
        .iter()
        .enumerate()
        .map(|(at, bucket)| (key(bucket), at));
    let places: HashMap<[u64; 2], usize> = places.collect();
    for bucket in before {
        work::on(1);
        let same = places.get(&key(&bucket)).and_then(|at| after.get_mut(*at));
        let count = same.map_or(0.0, |other| mem::take(&mut other.count));
        compare(bucket, bucket.count, count);
    }
    for bucket in after {
        compare(bucket, 0.0, bucket.count);
    }
}
