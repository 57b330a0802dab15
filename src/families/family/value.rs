//! What a metric's samples measured, by type.

use std::borrow::Cow;

use super::histogram::Histogram;
use super::owned;
use crate::model::metric_type::MetricType;
use crate::number::same::{same, same_option};

/// What was measured, by type.
#[derive(Debug, Clone)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "lowercase")
)]
#[non_exhaustive]
pub enum MetricValue<'a> {
    /// A value that only grows.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::written::float"))]
    Counter(f64),
    /// A value that goes up and down.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::written::float"))]
    Gauge(f64),
    /// A value whose type is not declared.
    #[cfg_attr(
        feature = "serde",
        serde(alias = "untyped", with = "crate::number::written::float")
    )]
    Unknown(f64),
    /// Observations counted in buckets.
    Histogram(Histogram<'a>),
    /// Buckets whose counts may shrink.
    GaugeHistogram(Histogram<'a>),
    /// Observations with quantiles.
    Summary(Summary),
    /// Facts written as labels; the value is 1, unless the body is wrong.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::written::float"))]
    Info(f64),
    /// Which states hold, out of several.
    StateSet(StateSet<'a>),
}

impl MetricValue<'_> {
    /// Returns the type of this value.
    pub fn metric_type(&self) -> MetricType {
        match self {
            MetricValue::Counter(_) => MetricType::Counter,
            MetricValue::Gauge(_) => MetricType::Gauge,
            MetricValue::Unknown(_) => MetricType::Unknown,
            MetricValue::Histogram(_) => MetricType::Histogram,
            MetricValue::GaugeHistogram(_) => MetricType::GaugeHistogram,
            MetricValue::Summary(_) => MetricType::Summary,
            MetricValue::Info(_) => MetricType::Info,
            MetricValue::StateSet(_) => MetricType::StateSet,
        }
    }

    pub(super) fn into_owned(self) -> MetricValue<'static> {
        match self {
            MetricValue::Counter(value) => MetricValue::Counter(value),
            MetricValue::Gauge(value) => MetricValue::Gauge(value),
            MetricValue::Unknown(value) => MetricValue::Unknown(value),
            MetricValue::Info(value) => MetricValue::Info(value),
            MetricValue::Summary(summary) => MetricValue::Summary(summary),
            MetricValue::Histogram(histogram) => MetricValue::Histogram(histogram.into_owned()),
            MetricValue::GaugeHistogram(histogram) => {
                MetricValue::GaugeHistogram(histogram.into_owned())
            }
            MetricValue::StateSet(states) => MetricValue::StateSet(states.into_owned()),
        }
    }
}

impl PartialEq for MetricValue<'_> {
    /// Compares numbers by their bits, so that NaN equals itself.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (MetricValue::Counter(a), MetricValue::Counter(b))
            | (MetricValue::Gauge(a), MetricValue::Gauge(b))
            | (MetricValue::Unknown(a), MetricValue::Unknown(b))
            | (MetricValue::Info(a), MetricValue::Info(b)) => same(*a, *b),
            (MetricValue::Histogram(a), MetricValue::Histogram(b))
            | (MetricValue::GaugeHistogram(a), MetricValue::GaugeHistogram(b)) => a == b,
            (MetricValue::Summary(a), MetricValue::Summary(b)) => a == b,
            (MetricValue::StateSet(a), MetricValue::StateSet(b)) => a == b,
            _ => false,
        }
    }
}

/// A summary: quantiles, sum and count, as far as the lines give them.
#[derive(Debug, Clone, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Deserialize),
    serde(deny_unknown_fields)
)]
#[non_exhaustive]
pub struct Summary {
    /// The quantiles, in rising order.
    #[cfg_attr(feature = "serde", serde(default))]
    pub quantiles: Vec<Quantile>,
    /// The sum of all observations.
    #[cfg_attr(
        feature = "serde",
        serde(default, deserialize_with = "crate::number::written::maybe")
    )]
    pub sum: Option<f64>,
    /// The number of observations.
    #[cfg_attr(
        feature = "serde",
        serde(default, deserialize_with = "crate::number::written::maybe")
    )]
    pub count: Option<f64>,
}

impl Summary {
    /// Creates a summary of these quantiles, without a sum and a count. They must come in rising order: they
    /// are not sorted here.
    pub fn new(quantiles: impl IntoIterator<Item = Quantile>) -> Self {
        Summary {
            quantiles: quantiles.into_iter().collect(),
            sum: None,
            count: None,
        }
    }

    /// Sets or removes the sum of all observations.
    #[must_use]
    pub fn sum(mut self, sum: impl Into<Option<f64>>) -> Self {
        self.sum = sum.into();
        self
    }

    /// Sets or removes the number of observations.
    #[must_use]
    pub fn count(mut self, count: impl Into<Option<f64>>) -> Self {
        self.count = count.into();
        self
    }
}

impl PartialEq for Summary {
    fn eq(&self, other: &Self) -> bool {
        self.quantiles == other.quantiles
            && same_option(self.sum, other.sum)
            && same_option(self.count, other.count)
    }
}

/// A quantile of a summary, for example the 0.99-quantile.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(deny_unknown_fields)
)]
#[non_exhaustive]
pub struct Quantile {
    /// Which quantile, 0 to 1. Never NaN in a family that was read.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::written::float"))]
    pub quantile: f64,
    /// Its value; often NaN if nothing was observed recently.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::written::float"))]
    pub value: f64,
}

impl Quantile {
    /// Creates the quantile `quantile`, 0 to 1, with its value.
    pub fn new(quantile: f64, value: f64) -> Self {
        Quantile { quantile, value }
    }
}

impl PartialEq for Quantile {
    fn eq(&self, other: &Self) -> bool {
        same(self.quantile, other.quantile) && same(self.value, other.value)
    }
}

/// Which states hold, out of several.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(deny_unknown_fields)
)]
#[non_exhaustive]
pub struct StateSet<'a> {
    /// The states, in the order written.
    pub states: Vec<MetricState<'a>>,
}

impl<'a> StateSet<'a> {
    /// Creates a set of these states.
    pub fn new(states: impl IntoIterator<Item = MetricState<'a>>) -> Self {
        StateSet {
            states: states.into_iter().collect(),
        }
    }

    /// Returns the state set without a borrow.
    pub fn into_owned(self) -> StateSet<'static> {
        let states = self.states.into_iter().map(|state| MetricState {
            name: owned(state.name),
            value: state.value,
        });
        StateSet {
            states: states.collect(),
        }
    }
}

/// One state of a [`StateSet`].
#[derive(Debug, Clone)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(deny_unknown_fields)
)]
#[non_exhaustive]
pub struct MetricState<'a> {
    /// The state's name: the value of the label that has the family's name.
    pub name: Cow<'a, str>,
    /// 1 if it holds, 0 if not, unless the body is wrong.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::written::float"))]
    pub value: f64,
}

impl<'a> MetricState<'a> {
    /// Creates a state that holds or does not.
    pub fn new(name: impl Into<Cow<'a, str>>, is_set: bool) -> Self {
        MetricState {
            name: name.into(),
            value: if is_set { 1.0 } else { 0.0 },
        }
    }

    /// Tells whether the state holds.
    pub fn is_set(&self) -> bool {
        self.value == 1.0
    }
}

impl PartialEq for MetricState<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && same(self.value, other.value)
    }
}

/// The time since when a metric counts, from its `_created` line.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Deserialize),
    serde(deny_unknown_fields)
)]
#[non_exhaustive]
pub struct StartTimestamp {
    /// Seconds since the Unix epoch, as written.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::written::float"))]
    pub seconds: f64,
    /// The timestamp of the `_created` line itself, in milliseconds; nearly always none.
    pub timestamp: Option<i64>,
}

impl StartTimestamp {
    /// Creates a start timestamp, in seconds since the Unix epoch.
    pub fn new(seconds: f64) -> Self {
        StartTimestamp {
            seconds,
            timestamp: None,
        }
    }

    /// Returns the start timestamp in milliseconds since the Unix epoch, truncated as Prometheus does it;
    /// saturates at the bounds of `i64`. `None` for NaN.
    pub fn millis(&self) -> Option<i64> {
        (!self.seconds.is_nan()).then_some((self.seconds * 1000.0) as i64)
    }
}

impl PartialEq for StartTimestamp {
    fn eq(&self, other: &Self) -> bool {
        same(self.seconds, other.seconds) && self.timestamp == other.timestamp
    }
}
