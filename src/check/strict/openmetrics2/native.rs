//! The rules for native buckets.

use std::cmp::Ordering;

use super::composite::{Composite, Native, Side, items, pair};
use super::count;
use super::cursor::Token;
use super::demand;
use super::report::Report;
use crate::model::metric_type::MetricType;
use crate::model::native_histogram::bucket_bound;

/// How many observations there are in some buckets.
struct Held {
    /// Exactly, if all are written as integers.
    whole: Option<u128>,
    float: f64,
}

impl Held {
    fn add(&mut self, token: Token<'_>) {
        let whole = self.whole.zip(token.whole());
        self.whole = whole.and_then(|(held, count)| held.checked_add(count));
        self.float += token.value();
    }
}

/// Checks the native buckets of a composite value.
pub(super) fn check(composite: &Composite<'_>, native: &Native<'_>, report: &mut Report<'_, '_>) {
    let schema = native.schema;
    // Leading zeros aside, what does not fit is not from -4 to 8.
    let known = schema.text.parse::<i32>().ok();
    let known = known.filter(|schema| matches!(schema, -4..=8));
    if known.is_none() {
        report.add(schema.at, demand::SCHEMA_RANGE);
    }
    let threshold = native.zero_threshold;
    if threshold.value() < 0.0 {
        report.add(threshold.at, demand::THRESHOLD_SIGN);
    } else if known.is_some_and(|schema| !is_bound(threshold.value(), schema)) {
        report.advise(threshold.at, demand::THRESHOLD_BOUND);
    }
    count::check(composite.shape, native.zero_count, report);
    let mut held = Held {
        whole: Some(0),
        float: 0.0,
    };
    held.add(native.zero_count);
    let reading = Reading {
        shape: composite.shape,
        schema: known,
        threshold: threshold.value(),
    };
    let mut are_whole = true;
    for side in [&native.negative, &native.positive].into_iter().flatten() {
        are_whole &= reading.side(side, &mut held, report);
    }
    if are_whole {
        observations(composite, &held, report);
    }
}

/// Checks the number of observations, given how many the buckets hold.
fn observations(composite: &Composite<'_>, held: &Held, report: &mut Report<'_, '_>) {
    let count = composite.count;
    let order = match (count.whole(), held.whole) {
        (Some(count), Some(held)) => Some(count.cmp(&held)),
        _ => compare(count.value(), held.float),
    };
    if composite.sum.value().is_nan() {
        if !matches!(order, Some(Ordering::Equal | Ordering::Greater)) {
            report.add(count.at, demand::NATIVE_COUNT_OF_NAN);
        }
    } else if order != Some(Ordering::Equal) {
        report.add(count.at, demand::NATIVE_COUNT);
    }
}

/// Compares two numbers of observations. Those that a calculation gave are not exact.
fn compare(count: f64, held: f64) -> Option<Ordering> {
    let near = 1e-9 * count.abs().max(held.abs());
    let are_near = near.is_finite() && (count - held).abs() <= near;
    match are_near || (count.is_nan() && held.is_nan()) {
        true => Some(Ordering::Equal),
        false => count.partial_cmp(&held),
    }
}

/// Tells whether a threshold is 0 or a bound of a bucket of that schema.
fn is_bound(threshold: f64, schema: i32) -> bool {
    let near = (threshold.log2() * f64::from(schema).exp2()).round();
    threshold == 0.0
        || [near - 1.0, near, near + 1.0].into_iter().any(|index| {
            // Writers round the bounds differently.
            let bound = bucket_bound(index as i32, schema);
            (bound - threshold).abs() <= 1e-15 * threshold
        })
}

/// How the buckets of a side are read.
struct Reading {
    shape: MetricType,
    /// If it is one of the specification's.
    schema: Option<i32>,
    threshold: f64,
}

impl Reading {
    /// Checks one side. Returns whether there are as many buckets as the spans list.
    fn side(&self, side: &Side<'_>, held: &mut Held, report: &mut Report<'_, '_>) -> bool {
        if side.spans.text.is_empty() && side.buckets.text.is_empty() {
            report.advise(side.spans.at, demand::NO_EMPTY_SIDE);
        }
        let mut buckets = items(side.buckets);
        let mut is_short = false;
        // The index of the bucket after the last span.
        let mut index = 0_i64;
        for (span, (offset, length)) in
            items(side.spans).filter_map(|span| Some((span, pair(span)?)))
        {
            let is_negative = offset.text.starts_with('-');
            let far = if is_negative { i64::MIN } else { i64::MAX };
            index = index.saturating_add(offset.text.parse().unwrap_or(far));
            let length: u64 = length.text.parse().unwrap_or(u64::MAX);
            let mut edges: Option<(Token<'_>, Token<'_>)> = None;
            let mut listed = 0;
            while listed < length {
                let Some(bucket) = buckets.next() else {
                    is_short = true;
                    break;
                };
                self.bucket(bucket, index.saturating_add(listed as i64), held, report);
                edges = Some((edges.map_or(bucket, |(first, _)| first), bucket));
                listed += 1;
            }
            if let Some((first, last)) = edges
                && let Some(empty) = [first, last].into_iter().find(|edge| edge.value() == 0.0)
            {
                report.advise(empty.at, demand::NO_EMPTY_BUCKET);
            }
            index = index.saturating_add(i64::try_from(length).unwrap_or(i64::MAX));
            if length > 0
                && self
                    .schema
                    .is_some_and(|schema| index - 1 > last_index(schema))
            {
                report.once(span.at, demand::LAST_BUCKET);
            }
        }
        let mut is_long = false;
        for bucket in buckets {
            is_long = true;
            count::check(self.shape, bucket, report);
        }
        if is_short || is_long {
            report.add(side.buckets.at, demand::SPAN_LENGTHS);
        }
        !is_short && !is_long
    }

    fn bucket(&self, bucket: Token<'_>, index: i64, held: &mut Held, report: &mut Report<'_, '_>) {
        held.add(bucket);
        count::check(self.shape, bucket, report);
        // All of the bucket is within the zero bucket.
        if let Some(schema) = self.schema
            && bucket.value() != 0.0
            && let Ok(index) = i32::try_from(index)
            && bucket_bound(index, schema) <= self.threshold
        {
            report.advise(bucket.at, demand::IN_ZERO_BUCKET);
        }
    }
}

/// Returns the index of the bucket that ends at infinity.
fn last_index(schema: i32) -> i64 {
    let largest_float = match u32::try_from(schema) {
        Ok(schema) => 1024_i64 << schema,
        Err(_) => 1024_i64 >> schema.unsigned_abs(),
    };
    largest_float + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_bucket_ends_at_infinity() {
        for schema in -4..=8 {
            let last = i32::try_from(last_index(schema)).unwrap();
            assert_eq!(bucket_bound(last, schema), f64::INFINITY, "{schema}");
            assert_eq!(bucket_bound(last - 1, schema), f64::MAX, "{schema}");
        }
    }

    #[test]
    fn thresholds_that_are_bounds() {
        for (threshold, schema) in [
            (0.0, 3),
            (1.0, 0),
            (2.938_735_877_055_719e-39, 8),
            (f64::MAX, 2),
            (5e-324, 0),
            (2_f64.sqrt(), 1),
        ] {
            assert!(is_bound(threshold, schema), "{threshold} {schema}");
        }
        for (threshold, schema) in [(1e-4, 7), (2.0, -1), (3.0, 8), (f64::NAN, 0)] {
            assert!(!is_bound(threshold, schema), "{threshold} {schema}");
        }
    }
}
