//! The short way into a family, for ordinary samples in an ordinary order.
//!
//! It adds a sample as [`Assembly::add`] would or leaves it alone, whatever the reason; what is wrong
//! with a sample is never found out here.

use super::assembly::{Assembly, Part};
use super::incoming::exemplar_of;
use super::keep::Keep;
use crate::decode;
use crate::family::{Bucket, Created, Histogram, LabelRun, Metric, MetricValue, Quantile, Summary};
use crate::line::MetricType;
use crate::sample::Sample;
use crate::shape::Text;
use crate::suffix::Suffix;

impl<'a> Assembly<'a> {
    /// Adds the sample, if it is one of this family and an ordinary one.
    #[inline]
    pub(super) fn add_plain<'l, K: Keep<'l, 'a>>(&mut self, sample: &Sample<'l>) -> bool {
        let shape = &sample.shape;
        let Text::Str(line) = sample.text else {
            return false;
        };
        if shape.name.has_escapes() || !self.is_in_order() {
            return false;
        }
        let Some(part) = self.part(shape.name.of(line)) else {
            return false;
        };
        let Some(labels) = LabelRun::of(sample) else {
            return false;
        };
        let (value, timestamp) = (sample.value(), sample.timestamp());
        match (self.family.kind, part) {
            (
                MetricType::Counter | MetricType::Gauge | MetricType::Unknown | MetricType::Info,
                Part::Plain,
            ) => self.push_plain::<K>(labels, sample, false),
            (
                MetricType::Counter | MetricType::Info,
                Part::Suffixed(Suffix::Total | Suffix::Info),
            ) => self.push_plain::<K>(labels, sample, true),
            (MetricType::Histogram, Part::Suffixed(Suffix::Bucket)) => {
                let Some((bound, labels)) = labels.take("le") else {
                    return false;
                };
                match self.last_plain(labels, timestamp) {
                    Some(Metric {
                        value: MetricValue::Histogram(histogram),
                        ..
                    }) => push_bucket::<K>(histogram, bound, sample),
                    _ => false,
                }
            }
            // What follows has no exemplar, or one that goes to the metric.
            _ if shape.exemplars_at > 0 => false,
            (_, Part::Suffixed(Suffix::Created)) => match self.family.metrics.last_mut() {
                Some(last)
                    if last.created.is_none()
                        && (last.labels.as_run()).is_some_and(|run| run.is_written_as(labels)) =>
                {
                    last.created = Some(Created {
                        seconds: value,
                        timestamp,
                    });
                    true
                }
                _ => false,
            },
            (MetricType::Summary, Part::Plain) => {
                let Some((quantile, labels)) = labels.take("quantile") else {
                    return false;
                };
                match self.last_plain(labels, timestamp) {
                    Some(Metric {
                        value: MetricValue::Summary(summary),
                        ..
                    }) => push_quantile(summary, quantile, value),
                    _ => false,
                }
            }
            (
                MetricType::Histogram | MetricType::Summary,
                Part::Suffixed(suffix @ (Suffix::Sum | Suffix::Count)),
            ) => match self.last_plain(labels, timestamp) {
                Some(Metric {
                    value:
                        MetricValue::Histogram(Histogram { sum, count, .. })
                        | MetricValue::Summary(Summary { sum, count, .. }),
                    suffixed: false,
                    ..
                }) => {
                    let field = match suffix {
                        Suffix::Sum => sum,
                        _ => count,
                    };
                    field.is_none() && field.insert(value).to_bits() == value.to_bits()
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// The last metric, if it has these labels, written so, and that timestamp.
    #[inline(always)]
    fn last_plain(
        &mut self,
        labels: LabelRun<'_>,
        timestamp: Option<i64>,
    ) -> Option<&mut Metric<'a>> {
        let last = self.family.metrics.last_mut()?;
        let same = last.timestamp == timestamp && last.labels.as_run()?.is_written_as(labels);
        same.then_some(last)
    }

    /// Adds a metric of one sample.
    #[inline(always)]
    fn push_plain<'l, K: Keep<'l, 'a>>(
        &mut self,
        labels: LabelRun<'l>,
        sample: &Sample<'l>,
        suffixed: bool,
    ) -> bool {
        if self.unusual.is_some() || !labels.is_well_named() {
            return false;
        }
        let value = sample.value();
        self.family.metrics.push(Metric {
            labels: K::run(labels),
            value: match self.family.kind {
                MetricType::Counter => MetricValue::Counter(value),
                MetricType::Gauge => MetricValue::Gauge(value),
                MetricType::Info => MetricValue::Info(value),
                _ => MetricValue::Unknown(value),
            },
            timestamp: sample.timestamp(),
            created: None,
            exemplars: Vec::new(),
            suffixed,
        });
        if sample.shape.exemplars_at > 0 {
            self.cite::<K>(sample);
        }
        true
    }

    /// Gives the last metric the sample's exemplar.
    #[cold]
    fn cite<'l, K: Keep<'l, 'a>>(&mut self, sample: &Sample<'l>) {
        let exemplar = exemplar_of(sample).map(|exemplar| K::exemplar(*exemplar));
        if let Some(metric) = self.family.metrics.last_mut() {
            metric.exemplars.extend(exemplar);
        }
    }
}

/// Adds a bucket whose bound is the greatest so far.
#[inline(always)]
fn push_bucket<'l, 'a, K: Keep<'l, 'a>>(
    histogram: &mut Histogram<'a>,
    bound: &str,
    sample: &Sample<'l>,
) -> bool {
    let Some(upper_bound) = number(bound) else {
        return false;
    };
    let last = histogram.buckets.last();
    if last.is_some_and(|last| last.upper_bound >= upper_bound) {
        return false;
    }
    histogram.buckets.push(Bucket {
        upper_bound,
        count: sample.value(),
        exemplar: match sample.shape.exemplars_at {
            0 => None,
            _ => exemplar_of(sample).map(|exemplar| Box::new(K::exemplar(*exemplar))),
        },
    });
    true
}

/// Adds a quantile that is the greatest so far.
#[inline(always)]
fn push_quantile(summary: &mut Summary, quantile: &str, value: f64) -> bool {
    let Some(quantile) = number(quantile) else {
        return false;
    };
    let last = summary.quantiles.last();
    if last.is_some_and(|last| last.quantile >= quantile) {
        return false;
    }
    summary.quantiles.push(Quantile { quantile, value });
    true
}

fn number(text: &str) -> Option<f64> {
    decode::number(text).ok().filter(|number| !number.is_nan())
}
