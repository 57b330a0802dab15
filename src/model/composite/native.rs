//! The native histogram of a composite value.

use super::Composite;
use super::field::Field;
use super::walk::items;
use crate::model::metric_type::MetricType;
use crate::model::native_histogram::{BucketSpan, NativeCounts, NativeHistogram};
use crate::number::decode;

/// Tells whether counts are floats: one of all observations and one of the zero bucket, and the lists of
/// buckets as written (spec G54).
pub(crate) fn has_float_counts(count: f64, zero_count: f64, buckets: [&str; 2]) -> bool {
    const TWO_TO_64: f64 = 18_446_744_073_709_551_616.0;
    let is_float = |count: f64| !(count < TWO_TO_64 && count.fract() == 0.0);
    let spelled = |list: &str| memchr::memchr3(b'.', b'e', b'E', list.as_bytes()).is_some();
    is_float(count) || is_float(zero_count) || buckets.into_iter().any(spelled)
}

impl Composite<'_> {
    /// Writes the native histogram into `histogram`, whose lists are used again. Returns `false` if there
    /// is none.
    pub(crate) fn native_into(self, histogram: &mut NativeHistogram) -> bool {
        let Some(schema) = self.schema() else {
            return false;
        };
        let number = |field| {
            let text = self.field(field).unwrap_or_default();
            decode::number(text).unwrap_or_default()
        };
        let (count, zero_count) = (self.count(), number(Field::ZeroCount));
        let list = |field| self.field(field).unwrap_or_default();
        let positive = list(Field::PositiveBuckets);
        let negative = list(Field::NegativeBuckets);
        histogram.schema = schema;
        histogram.zero_threshold = number(Field::ZeroThreshold);
        histogram.sum = self.sum();
        histogram.custom_bounds.clear();
        histogram.is_gauge = self.metric_type == MetricType::GaugeHistogram;
        spans_into(&mut histogram.positive_spans, list(Field::PositiveSpans));
        spans_into(&mut histogram.negative_spans, list(Field::NegativeSpans));
        let counts = std::mem::take(&mut histogram.counts);
        histogram.counts = match has_float_counts(count, zero_count, [positive, negative]) {
            true => {
                let (mut positives, mut negatives) = match counts {
                    NativeCounts::Float {
                        positive_counts,
                        negative_counts,
                        ..
                    } => (positive_counts, negative_counts),
                    NativeCounts::Integer { .. } => (Vec::new(), Vec::new()),
                };
                floats_into(&mut positives, positive);
                floats_into(&mut negatives, negative);
                NativeCounts::float(count, zero_count, positives, negatives)
            }
            false => {
                let (mut positives, mut negatives) = match counts {
                    NativeCounts::Integer {
                        positive_deltas,
                        negative_deltas,
                        ..
                    } => (positive_deltas, negative_deltas),
                    NativeCounts::Float { .. } => (Vec::new(), Vec::new()),
                };
                deltas_into(&mut positives, positive);
                deltas_into(&mut negatives, negative);
                NativeCounts::integer(count as u64, zero_count as u64, positives, negatives)
            }
        };
        true
    }
}

/// Reads a span as written, `offset:length`.
pub(crate) fn span(item: &str) -> Option<BucketSpan> {
    let (offset, length) = item.split_once(':')?;
    // A length takes no sign.
    let length = length.parse().ok().filter(|_| !length.starts_with('+'))?;
    Some(BucketSpan::new(offset.parse().ok()?, length))
}

fn spans_into(spans: &mut Vec<BucketSpan>, list: &str) {
    spans.clear();
    spans.extend(items(list).filter_map(span));
}

fn floats_into(counts: &mut Vec<f64>, list: &str) {
    counts.clear();
    counts.extend(items(list).filter_map(|item| decode::number(item).ok()));
}

fn deltas_into(deltas: &mut Vec<i64>, list: &str) {
    deltas.clear();
    let mut before = 0_i64;
    deltas.extend(items(list).filter_map(|item| {
        let count: i64 = item.parse().ok()?;
        let delta = count.wrapping_sub(before);
        before = count;
        Some(delta)
    }));
}
