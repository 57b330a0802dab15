//! The classic form of a histogram, which every format has.

use std::borrow::Cow;

use crate::families::family::{Bucket, Histogram, Metric, MetricExemplar};
use crate::model::native_histogram::{NativeCounts, NativeHistogram};

/// A histogram as it is written where the format has no custom buckets: they become classic ones.
pub(super) struct Classic<'h> {
    pub(super) buckets: Cow<'h, [Bucket<'h>]>,
    pub(super) sum: Option<f64>,
    pub(super) count: Option<f64>,
    /// The exponential form, if the histogram has one. The metric's own exemplars are of it.
    pub(super) native: Option<&'h NativeHistogram>,
    /// The metric's own exemplars, except for those that are now in buckets: how many of them have no bucket.
    pub(super) exemplars: &'h [MetricExemplar<'h>],
    pub(super) homeless: usize,
}

impl<'h> Classic<'h> {
    pub(super) fn new(metric: &'h Metric<'h>, histogram: &'h Histogram<'h>) -> Self {
        let mut classic = Classic {
            buckets: Cow::Borrowed(&histogram.buckets),
            sum: histogram.sum,
            count: histogram.count,
            native: None,
            exemplars: &metric.exemplars,
            homeless: 0,
        };
        let Some(native) = histogram.native.as_deref() else {
            return classic;
        };
        classic.sum = histogram.sum.or(Some(native.sum));
        classic.count = histogram.count.or(Some(count(native)));
        if native.schema != NativeHistogram::CUSTOM_BUCKETS {
            classic.native = Some(native);
            return classic;
        }
        if histogram.buckets.is_empty() {
            let buckets = cumulative(native);
            classic.buckets = buckets
                .map(|(bound, count)| Bucket::new(bound, count))
                .collect();
        }
        classic.exemplars = &[];
        for exemplar in &metric.exemplars {
            classic.homeless += usize::from(!classic.house(exemplar));
        }
        classic
    }

    /// Puts an exemplar in its bucket, unless another is there. Tells whether it did.
    fn house(&mut self, exemplar: &MetricExemplar<'h>) -> bool {
        let at = (self.buckets).partition_point(|bucket| bucket.upper_bound < exemplar.value);
        let own = self.buckets.get(at);
        if own.is_none_or(|bucket| bucket.exemplar.is_some()) || exemplar.value.is_nan() {
            return false;
        }
        if let Some(bucket) = self.buckets.to_mut().get_mut(at) {
            bucket.exemplar = Some(Box::new(exemplar.clone()));
        }
        true
    }

    /// Tells whether the histogram has a native form alone.
    pub(super) fn is_native_only(&self) -> bool {
        self.native.is_some() && self.buckets.is_empty()
    }
}

/// Returns how many observations a native histogram has.
fn count(native: &NativeHistogram) -> f64 {
    match &native.counts {
        NativeCounts::Integer { count, .. } => *count as f64,
        NativeCounts::Float { count, .. } => *count,
    }
}

/// Returns the bounds of custom buckets, up to `+Inf`, and how many observations are at most each.
fn cumulative(native: &NativeHistogram) -> impl Iterator<Item = (f64, f64)> {
    let bounds = native.custom_bounds.iter().copied();
    let bounds = bounds.chain([f64::INFINITY]);
    let mut own = vec![0.0; native.custom_bounds.len() + 1];
    let mut counts = populations(&native.counts).into_iter();
    let mut index = 0_i64;
    for span in &native.positive_spans {
        index = index.saturating_add(span.offset.into());
        for count in counts.by_ref().take(span.length as usize) {
            let place = usize::try_from(index).ok().and_then(|at| own.get_mut(at));
            if let Some(place) = place {
                *place += count;
            }
            index = index.saturating_add(1);
        }
    }
    let cumulative = own.into_iter().scan(0.0, |below, own| {
        *below += own;
        Some(*below)
    });
    bounds.zip(cumulative)
}

fn populations(counts: &NativeCounts) -> Vec<f64> {
    match counts {
        NativeCounts::Integer {
            positive_deltas, ..
        } => {
            let counts = positive_deltas.iter().scan(0_i64, |count, delta| {
                *count = count.saturating_add(*delta);
                Some(*count as f64)
            });
            counts.collect()
        }
        NativeCounts::Float {
            positive_counts, ..
        } => positive_counts.clone(),
    }
}
