//! A family's samples, as lines would show them.

use std::borrow::Cow;
use std::fmt;

use super::{Histogram, Metric, MetricExemplar, MetricFamily, MetricLabels, MetricValue};
use crate::model::metric_type::MetricType;
use crate::model::sample_view::{ExemplarView, SampleValue, SampleView};
use crate::model::suffix::Suffix;
use crate::number::go_float;

/// One sample of a [`MetricFamily`]: what a line of the exposition says.
#[derive(Clone, Copy)]
pub struct FamilySample<'f> {
    family: &'f MetricFamily<'f>,
    suffix: Option<Suffix>,
    metric: &'f Metric<'f>,
    extra: Option<(&'f str, Extra<'f>)>,
    value: f64,
    timestamp: Option<i64>,
    exemplars: &'f [MetricExemplar<'f>],
}

/// The value of the label that distinguishes the parts of a metric.
#[derive(Clone, Copy)]
enum Extra<'f> {
    Number(f64),
    Text(&'f str),
}

impl<'f> FamilySample<'f> {
    /// Returns the sample's name: the family's, and the suffix of this sample. Allocates if there is one.
    pub fn name(&self) -> Cow<'f, str> {
        match self.suffix {
            None => Cow::Borrowed(self.family_name()),
            Some(suffix) => Cow::Owned([self.family_name(), suffix.as_str()].concat()),
        }
    }

    /// Returns the family's name.
    pub fn family_name(&self) -> &'f str {
        &self.family.name
    }

    /// Returns what follows the family's name in the sample's name: `_bucket`, or nothing.
    pub fn suffix(&self) -> &'static str {
        self.suffix.map_or("", Suffix::as_str)
    }

    /// Returns the labels: the metric's, then `le`, `quantile` or the state set's own, if it has one. The
    /// numbers of `le` and `quantile` are spelled as Prometheus stores them.
    pub fn labels(&self) -> impl Iterator<Item = (Cow<'f, str>, Cow<'f, str>)> + use<'f> {
        let extra = self.extra.map(|(name, value)| {
            let value = match value {
                Extra::Number(number) => Cow::Owned(go_float::openmetrics(number).to_string()),
                Extra::Text(text) => Cow::Borrowed(text),
            };
            (Cow::Borrowed(name), value)
        });
        self.metric.labels.iter().chain(extra)
    }

    /// Returns the labels of the metric that this sample belongs to, without `le`, `quantile` or the
    /// state set's own.
    pub fn metric_labels(&self) -> &'f MetricLabels<'f> {
        &self.metric.labels
    }

    /// Returns the number of the sample's `le` or `quantile`, and the name of that label.
    pub fn bound(&self) -> Option<(&'f str, f64)> {
        match self.extra {
            Some((name, Extra::Number(number))) => Some((name, number)),
            _ => None,
        }
    }

    /// Returns the value.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// Returns the timestamp in milliseconds since the Unix epoch.
    pub fn timestamp(&self) -> Option<i64> {
        self.timestamp
    }

    /// Returns the exemplars: those of its bucket, or of a metric with a single sample.
    pub fn exemplars(&self) -> &'f [MetricExemplar<'f>] {
        self.exemplars
    }

    /// Returns the first of the [`exemplars`](Self::exemplars).
    pub fn exemplar(&self) -> Option<&'f MetricExemplar<'f>> {
        self.exemplars.first()
    }

    /// Returns the time since when the metric counts, in milliseconds since the Unix epoch, from its
    /// `_created` line. The sample of that line itself has none.
    pub fn start_timestamp(&self) -> Option<i64> {
        match self.suffix {
            Some(Suffix::Created) => None,
            _ => self.metric.start_timestamp?.millis(),
        }
    }

    /// Returns the family's type.
    pub fn metric_type(&self) -> MetricType {
        self.family.metric_type
    }
}

impl SampleView for FamilySample<'_> {
    fn name<'s>(&'s self) -> Cow<'s, str> {
        self.name()
    }

    fn labels<'s>(&'s self) -> impl Iterator<Item = (Cow<'s, str>, Cow<'s, str>)> {
        self.labels()
    }

    fn value(&self) -> SampleValue<'_> {
        self.value.into()
    }

    fn timestamp(&self) -> Option<i64> {
        self.timestamp
    }

    fn start_timestamp(&self) -> Option<i64> {
        self.start_timestamp()
    }

    fn metric_type(&self) -> MetricType {
        self.metric_type()
    }

    fn exemplars<'s>(&'s self) -> impl Iterator<Item = impl ExemplarView + 's> {
        self.exemplars.iter()
    }
}

impl fmt::Debug for FamilySample<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FamilySample")
            .field("name", &self.name())
            .field("labels", &self.labels().collect::<Vec<_>>())
            .field("value", &self.value)
            .field("timestamp", &self.timestamp)
            .field("exemplars", &self.exemplars)
            .finish()
    }
}

/// The iterator of [`MetricFamily::samples`].
#[derive(Debug, Clone)]
pub struct FamilySamples<'f, 'a> {
    family: &'f MetricFamily<'a>,
    /// The current metric and its current part: first the buckets, quantiles or states, then what follows
    /// them.
    metric: usize,
    part: usize,
}

impl<'f, 'a> FamilySamples<'f, 'a> {
    pub(super) fn new(family: &'f MetricFamily<'a>) -> Self {
        FamilySamples {
            family,
            metric: 0,
            part: 0,
        }
    }
}

/// The parts after buckets, quantiles or states.
const SUM: usize = 0;
const COUNT: usize = 1;
const CREATED: usize = 2;
const END: usize = 3;

impl<'f> Iterator for FamilySamples<'f, '_> {
    type Item = FamilySample<'f>;

    fn next(&mut self) -> Option<FamilySample<'f>> {
        loop {
            let metric = self.family.metrics.get(self.metric)?;
            let listed = listed(&metric.value);
            let part = self.part;
            self.part += 1;
            if part >= listed + END {
                self.metric += 1;
                self.part = 0;
                continue;
            }
            let sample = match part.checked_sub(listed) {
                None => self.listed(metric, part),
                Some(part) => self.single(metric, part),
            };
            if sample.is_some() {
                return sample;
            }
        }
    }
}

/// Returns how many samples a value has that are distinguished by a label, or by nothing.
fn listed(value: &MetricValue<'_>) -> usize {
    match value {
        MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram) => {
            histogram.buckets.len()
        }
        MetricValue::Summary(summary) => summary.quantiles.len(),
        MetricValue::StateSet(set) => set.states.len(),
        MetricValue::Counter(_)
        | MetricValue::Gauge(_)
        | MetricValue::Unknown(_)
        | MetricValue::Info(_) => 1,
    }
}

impl<'f> FamilySamples<'f, '_> {
    fn sample(
        &self,
        metric: &'f Metric<'f>,
        suffix: Option<Suffix>,
        value: f64,
    ) -> FamilySample<'f> {
        FamilySample {
            family: self.family,
            suffix,
            metric,
            extra: None,
            value,
            timestamp: metric.timestamp,
            exemplars: &[],
        }
    }

    fn listed(&self, metric: &'f Metric<'f>, part: usize) -> Option<FamilySample<'f>> {
        let main = metric.value.metric_type().main_suffix();
        let single = |value| FamilySample {
            exemplars: &metric.exemplars,
            ..self.sample(metric, main.filter(|_| metric.suffixed), value)
        };
        Some(match &metric.value {
            MetricValue::Counter(value)
            | MetricValue::Gauge(value)
            | MetricValue::Unknown(value)
            | MetricValue::Info(value) => single(*value),
            MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram) => {
                let bucket = histogram.buckets.get(part)?;
                FamilySample {
                    extra: Some(("le", Extra::Number(bucket.upper_bound))),
                    exemplars: bucket.exemplar.as_deref().map_or(&[], std::slice::from_ref),
                    ..self.sample(metric, Some(Suffix::Bucket), bucket.cumulative_count)
                }
            }
            MetricValue::Summary(summary) => {
                let quantile = summary.quantiles.get(part)?;
                FamilySample {
                    extra: Some(("quantile", Extra::Number(quantile.quantile))),
                    ..self.sample(metric, None, quantile.value)
                }
            }
            MetricValue::StateSet(set) => {
                let state = set.states.get(part)?;
                FamilySample {
                    extra: Some((&self.family.name, Extra::Text(&state.name))),
                    ..self.sample(metric, None, state.value)
                }
            }
        })
    }

    fn single(&self, metric: &'f Metric<'f>, part: usize) -> Option<FamilySample<'f>> {
        let (sum, count) = match &metric.value {
            MetricValue::Histogram(Histogram { sum, count, .. })
            | MetricValue::GaugeHistogram(Histogram { sum, count, .. }) => (*sum, *count),
            MetricValue::Summary(summary) => (summary.sum, summary.count),
            _ => (None, None),
        };
        let gauge = metric.suffixed && matches!(metric.value, MetricValue::GaugeHistogram(_));
        match part {
            SUM if gauge => Some(self.sample(metric, Some(Suffix::GSum), sum?)),
            SUM => Some(self.sample(metric, Some(Suffix::Sum), sum?)),
            COUNT if gauge => Some(self.sample(metric, Some(Suffix::GCount), count?)),
            COUNT => Some(self.sample(metric, Some(Suffix::Count), count?)),
            CREATED => {
                let created = metric.start_timestamp?;
                Some(FamilySample {
                    timestamp: created.timestamp,
                    ..self.sample(metric, Some(Suffix::Created), created.seconds)
                })
            }
            _ => None,
        }
    }
}
