//! Typed families: what an exposition says, as plain data.
//!
//! This module parses nothing. Families come from [`families`](crate::families) and the other readers, or
//! are built by hand, for example by an exporter without a client library.

mod conversion;
mod histogram;
mod labels;
mod other_labels;
mod run;
mod samples;
mod value;
#[cfg(feature = "serde")]
mod written;

use std::borrow::Cow;

pub use histogram::{Bucket, BucketCount, Histogram};
pub use labels::{MetricLabelIter, MetricLabels};
pub(crate) use run::LabelRun;
pub use samples::{FamilySample, FamilySamples};
pub use value::{MetricState, MetricValue, Quantile, StartTimestamp, StateSet, Summary};

use crate::number::same::same;

use crate::model::metric_type::MetricType;
use crate::model::native_histogram::NativeHistogram;
use crate::model::sample_view::ExemplarView;

/// A metric family: a name, what is known about it, and its metrics.
///
/// A family that was read borrows from its body; [`into_owned`](Self::into_owned) makes it independent.
/// The fields are public: match on them, change them, or build a family from scratch.
///
/// ```
/// use exposition::{Metric, MetricFamily, MetricType};
///
/// let family = MetricFamily::new("http_requests_total", MetricType::Counter)
///     .help("Requests answered.")
///     .metric(Metric::counter(1027.0).labels([("code", "200")]))
///     .metric(Metric::counter(3.0).labels([("code", "400")]));
/// assert_eq!(family.metrics.len(), 2);
/// assert_eq!(family.samples().map(|sample| sample.value()).sum::<f64>(), 1030.0);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Deserialize),
    serde(deny_unknown_fields)
)]
#[non_exhaustive]
pub struct MetricFamily<'a> {
    /// The name, as in TYPE and HELP lines. In OpenMetrics a counter's samples have this name followed by
    /// `_total`; in the text format they have just this name.
    pub name: Cow<'a, str>,
    /// The type; [`MetricType::Unknown`] if none is declared.
    pub metric_type: MetricType,
    /// The help text. An empty one counts as none.
    pub help: Option<Cow<'a, str>>,
    /// The unit, which only OpenMetrics has. An empty one counts as none.
    pub unit: Option<Cow<'a, str>>,
    /// The metrics, in the order of their first lines. Metrics with equal labels are points of one metric
    /// at several times, or duplicates. Empty if a family is declared but has no metrics.
    pub metrics: Vec<Metric<'a>>,
}

impl<'a> MetricFamily<'a> {
    /// Creates a family without metrics.
    pub fn new(name: impl Into<Cow<'a, str>>, metric_type: MetricType) -> Self {
        MetricFamily {
            name: name.into(),
            metric_type,
            help: None,
            unit: None,
            metrics: Vec::new(),
        }
    }

    /// Sets the help text.
    #[must_use]
    pub fn help(mut self, text: impl Into<Cow<'a, str>>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Sets the unit. OpenMetrics requires that the name end in it.
    #[must_use]
    pub fn unit(mut self, unit: impl Into<Cow<'a, str>>) -> Self {
        self.unit = Some(unit.into());
        self
    }

    /// Adds a metric.
    #[must_use]
    pub fn metric(mut self, metric: Metric<'a>) -> Self {
        self.metrics.push(metric);
        self
    }

    /// Returns the family's samples, as lines would show them: a histogram yields its buckets, its sum
    /// and its count, and so on.
    ///
    /// For a family that was read these are the samples that were read, each once: `le` and `quantile`
    /// come last among the labels and in the spelling that Prometheus stores (`1.0`), the buckets of a
    /// histogram in the order of their bounds.
    pub fn samples(&self) -> FamilySamples<'_, 'a> {
        FamilySamples::new(self)
    }

    /// Returns the family without a borrow. Allocates for everything that is borrowed.
    pub fn into_owned(self) -> MetricFamily<'static> {
        MetricFamily {
            name: owned(self.name),
            metric_type: self.metric_type,
            help: self.help.map(owned),
            unit: self.unit.map(owned),
            metrics: self.metrics.into_iter().map(Metric::into_owned).collect(),
        }
    }
}

fn owned(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}

/// One metric of a family: labels and what was measured.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Deserialize),
    serde(deny_unknown_fields)
)]
#[non_exhaustive]
pub struct Metric<'a> {
    /// The labels, without the metric's name and without the label that distinguishes the parts of one
    /// metric: a histogram's `le`, a summary's `quantile`, a state set's own name.
    #[cfg_attr(feature = "serde", serde(default))]
    pub labels: MetricLabels<'a>,
    /// What was measured.
    pub value: MetricValue<'a>,
    /// The time of the measurement in milliseconds since the Unix epoch, if the lines give it.
    pub timestamp: Option<i64>,
    /// The time since when a counter, histogram or summary counts, if OpenMetrics' `_created` line gives
    /// it.
    pub start_timestamp: Option<StartTimestamp>,
    /// The exemplars of the metric itself: a counter's or a native histogram's. Those of classic buckets
    /// are in their [`Bucket`].
    /// Prometheus takes an exemplar on any line; one on a `_sum` or a quantile is here too.
    #[cfg_attr(feature = "serde", serde(default))]
    pub exemplars: Vec<MetricExemplar<'a>>,
    /// Whether the samples have the suffixes of OpenMetrics: `_total` for a counter, `_info` for an info,
    /// `_gsum` and `_gcount` for a gauge histogram. Otherwise a counter's or an info's sample has the
    /// family's name alone, and a gauge histogram has `_sum` and `_count`. No effect for other types.
    #[cfg_attr(feature = "serde", serde(default))]
    pub suffixed: bool,
}

impl<'a> Metric<'a> {
    /// Creates a metric without labels.
    pub fn new(value: MetricValue<'a>) -> Self {
        Metric {
            labels: MetricLabels::default(),
            value,
            timestamp: None,
            start_timestamp: None,
            exemplars: Vec::new(),
            suffixed: false,
        }
    }

    /// Creates a counter without labels.
    pub fn counter(value: f64) -> Self {
        Metric::new(MetricValue::Counter(value))
    }

    /// Creates a gauge without labels.
    pub fn gauge(value: f64) -> Self {
        Metric::new(MetricValue::Gauge(value))
    }

    /// Creates a metric of unknown type without labels.
    pub fn unknown(value: f64) -> Self {
        Metric::new(MetricValue::Unknown(value))
    }

    /// Creates a histogram without labels.
    pub fn histogram(histogram: Histogram<'a>) -> Self {
        Metric::new(MetricValue::Histogram(histogram))
    }

    /// Creates a summary without labels.
    pub fn summary(summary: Summary) -> Self {
        Metric::new(MetricValue::Summary(summary))
    }

    /// Replaces the labels.
    #[must_use]
    pub fn labels<N, V>(mut self, labels: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: Into<Cow<'a, str>>,
        V: Into<Cow<'a, str>>,
    {
        self.labels = labels.into_iter().collect();
        self
    }

    /// Sets the timestamp, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn timestamp(mut self, millis: i64) -> Self {
        self.timestamp = Some(millis);
        self
    }

    /// Sets the start time, in seconds since the Unix epoch.
    #[must_use]
    pub fn start_timestamp(mut self, seconds: f64) -> Self {
        self.start_timestamp = Some(StartTimestamp::new(seconds));
        self
    }

    /// Adds an exemplar.
    #[must_use]
    pub fn exemplar(mut self, exemplar: MetricExemplar<'a>) -> Self {
        self.exemplars.push(exemplar);
        self
    }

    /// Returns the value of a metric that has a single one: all but histograms, summaries and state sets.
    pub fn single_value(&self) -> Option<f64> {
        match self.value {
            MetricValue::Counter(value)
            | MetricValue::Gauge(value)
            | MetricValue::Unknown(value)
            | MetricValue::Info(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the native histogram, if the metric is a histogram that has one.
    pub fn native_histogram(&self) -> Option<&NativeHistogram> {
        match &self.value {
            MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram) => {
                histogram.native.as_deref()
            }
            MetricValue::Counter(_)
            | MetricValue::Gauge(_)
            | MetricValue::Unknown(_)
            | MetricValue::Summary(_)
            | MetricValue::Info(_)
            | MetricValue::StateSet(_) => None,
        }
    }

    /// Returns the metric without a borrow.
    pub fn into_owned(self) -> Metric<'static> {
        Metric {
            labels: self.labels.into_owned(),
            value: self.value.into_owned(),
            timestamp: self.timestamp,
            start_timestamp: self.start_timestamp,
            exemplars: (self.exemplars.into_iter())
                .map(MetricExemplar::into_owned)
                .collect(),
            suffixed: self.suffixed,
        }
    }
}

/// An exemplar: one observation with labels of its own, often the id of a trace.
#[derive(Debug, Clone)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Deserialize),
    serde(deny_unknown_fields)
)]
#[non_exhaustive]
pub struct MetricExemplar<'a> {
    /// The exemplar's labels.
    #[cfg_attr(feature = "serde", serde(default))]
    pub labels: MetricLabels<'a>,
    /// The observed value.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::written::float"))]
    pub value: f64,
    /// The time of the observation, in milliseconds since the Unix epoch.
    pub timestamp: Option<i64>,
}

impl<'a> MetricExemplar<'a> {
    /// Creates an exemplar without labels.
    pub fn new(value: f64) -> Self {
        MetricExemplar {
            labels: MetricLabels::default(),
            value,
            timestamp: None,
        }
    }

    /// Replaces the labels.
    #[must_use]
    pub fn labels<N, V>(mut self, labels: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: Into<Cow<'a, str>>,
        V: Into<Cow<'a, str>>,
    {
        self.labels = labels.into_iter().collect();
        self
    }

    /// Sets the timestamp, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn timestamp(mut self, millis: i64) -> Self {
        self.timestamp = Some(millis);
        self
    }

    /// Returns the exemplar without a borrow.
    pub fn into_owned(self) -> MetricExemplar<'static> {
        MetricExemplar {
            labels: self.labels.into_owned(),
            value: self.value,
            timestamp: self.timestamp,
        }
    }
}

impl ExemplarView for MetricExemplar<'_> {
    fn labels<'s>(&'s self) -> impl Iterator<Item = (Cow<'s, str>, Cow<'s, str>)> {
        self.labels.iter()
    }

    fn value(&self) -> f64 {
        self.value
    }

    fn timestamp(&self) -> Option<i64> {
        self.timestamp
    }
}

impl PartialEq for MetricExemplar<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.labels == other.labels
            && same(self.value, other.value)
            && self.timestamp == other.timestamp
    }
}
