//! Metrics of one line: histograms and summaries as OpenMetrics 2.0 writes them.

use super::assembly::Assembly;
use super::exemplar::exemplars_of;
use super::fault::Fault;
use super::incoming::Incoming;
use super::keep::Keep;
use super::start_timestamp::start_timestamp_of;
use crate::error::ErrorKind;
use crate::families::family::{
    Bucket, Histogram, LabelRun, Metric, MetricLabels, MetricValue, Quantile, Summary,
};
use crate::model::composite::Composite;
use crate::model::metric_type::MetricType;
use crate::text::sample::Sample;

impl<'a> Assembly<'a> {
    /// Adds the metric that a composite value makes.
    pub(super) fn add_composite<'l, K: Keep<'l, 'a>>(
        &mut self,
        composite: Composite<'l>,
        sample: &mut Incoming<'l>,
    ) -> Result<(), Fault> {
        if composite.metric_type() != self.family.metric_type {
            return Err(sample.fault(
                ErrorKind::NoSuchSample,
                "a value of the type that the metric was declared with",
            ));
        }
        sample.check_labels()?;
        let labels = K::labels(sample.take_labels());
        self.push_composite::<K>(composite, labels, sample.sample());
        Ok(())
    }

    /// Does the same for a line with labels in an ordinary form. Returns `false` if it is not the fast
    /// path's.
    pub(super) fn add_plain_composite<'l, K: Keep<'l, 'a>>(
        &mut self,
        composite: Composite<'l>,
        labels: LabelRun<'l>,
        sample: &Sample<'l>,
    ) -> bool {
        let fits = composite.metric_type() == self.family.metric_type && self.can_begin(labels);
        if fits {
            self.push_composite::<K>(composite, K::run(labels), sample);
        }
        fits
    }

    fn push_composite<'l, K: Keep<'l, 'a>>(
        &mut self,
        composite: Composite<'l>,
        labels: MetricLabels<'a>,
        sample: &Sample<'l>,
    ) {
        let like = self.family.metrics.last().map(|metric| &metric.value);
        let value = value(composite, like);
        self.family.metrics.push(Metric {
            labels,
            value,
            timestamp: sample.timestamp(),
            start_timestamp: start_timestamp_of(sample),
            exemplars: exemplars_of(sample).map(K::exemplar).collect(),
            suffixed: composite.metric_type() == MetricType::GaugeHistogram,
        });
    }
}

/// Returns the value of a metric. The one before is likely to have as many buckets or quantiles.
fn value<'a>(composite: Composite<'_>, like: Option<&MetricValue<'_>>) -> MetricValue<'a> {
    match composite.metric_type() {
        MetricType::Summary => {
            let mut summary = Summary::default();
            if let Some(MetricValue::Summary(like)) = like {
                summary.quantiles.reserve_exact(like.quantiles.len());
            }
            let quantiles = composite.quantiles();
            (summary.quantiles)
                .extend(quantiles.map(|(quantile, value)| Quantile::new(quantile, value)));
            summary.count = Some(composite.count());
            summary.sum = Some(composite.sum());
            MetricValue::Summary(summary)
        }
        kind => {
            let mut histogram = Histogram::default();
            if let Some(MetricValue::Histogram(like) | MetricValue::GaugeHistogram(like)) = like {
                histogram.buckets.reserve_exact(like.buckets.len());
            }
            let buckets = composite.buckets();
            (histogram.buckets).extend(buckets.map(|(bound, count)| Bucket::new(bound, count)));
            histogram.count = Some(composite.count());
            histogram.sum = Some(composite.sum());
            histogram.native = composite.to_native_histogram().map(Box::new);
            match kind {
                MetricType::GaugeHistogram => MetricValue::GaugeHistogram(histogram),
                _ => MetricValue::Histogram(histogram),
            }
        }
    }
}
