//! The classic form of a histogram, which every format has.

use std::borrow::Cow;

use crate::families::family::{Bucket, Histogram, Metric, MetricExemplar};
use crate::model::native_histogram::NativeHistogram;

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
        classic.count = histogram.count.or(Some(native.count()));
        let Some(converted) = Histogram::from_native_custom(native) else {
            classic.native = Some(native);
            return classic;
        };
        if histogram.buckets.is_empty() {
            classic.buckets = Cow::Owned(converted.buckets);
        }
        classic.exemplars = &[];
        for exemplar in &metric.exemplars {
            classic.homeless += usize::from(!classic.house(exemplar));
        }
        classic
    }

    /// Puts the metric's own exemplars in the buckets they fall into, where a format cites none for the whole
    /// histogram, as OpenMetrics 2.0 does: the first that fits, of those with a timestamp. If there is one,
    /// the others have no bucket.
    pub(super) fn place_exemplars(&mut self) {
        let own = self.exemplars;
        let timed = own.iter().filter(|exemplar| exemplar.timestamp.is_some());
        let placed = timed.filter(|exemplar| self.house(exemplar)).count();
        if placed > 0 {
            self.homeless += own.len() - placed;
            self.exemplars = &[];
        }
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
