//! What a metric's samples measured, by type.

use std::borrow::Cow;

use super::{MetricExemplar, owned};
use crate::model::metric_type::MetricType;

/// What was measured, by type.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum MetricValue<'a> {
    /// A value that only grows.
    Counter(f64),
    /// A value that goes up and down.
    Gauge(f64),
    /// A value whose type is not declared.
    Unknown(f64),
    /// Observations counted in buckets.
    Histogram(Histogram<'a>),
    /// Buckets whose counts may shrink.
    GaugeHistogram(Histogram<'a>),
    /// Observations with quantiles.
    Summary(Summary),
    /// Facts written as labels; the value is 1, or else the body is at fault.
    Info(f64),
    /// Which of some states hold.
    StateSet(StateSet<'a>),
}

impl MetricValue<'_> {
    /// The type this is a value of.
    pub fn kind(&self) -> MetricType {
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
    /// Numbers are equal if their bits are, so that NaN equals itself.
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

/// Numbers are equal if their bits are.
pub(super) fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits()
}

fn same_option(a: Option<f64>, b: Option<f64>) -> bool {
    a.map(f64::to_bits) == b.map(f64::to_bits)
}

/// A histogram: buckets, sum and count, each as far as the lines give it.
///
/// ```
/// use exposition::{Bucket, Histogram};
///
/// let histogram = Histogram {
///     buckets: vec![Bucket::new(0.1, 8.0), Bucket::new(f64::INFINITY, 17.0)],
///     sum: Some(3.5),
///     count: Some(17.0),
/// };
/// assert_eq!(histogram.total(), Some(17.0));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Histogram<'a> {
    /// The buckets, by rising bound. Nothing is added: the one for `+Inf` is there only if the body
    /// has it.
    pub buckets: Vec<Bucket<'a>>,
    /// The sum of all observations.
    pub sum: Option<f64>,
    /// How many observations there were. A float, as Prometheus takes it.
    pub count: Option<f64>,
}

impl Histogram<'_> {
    /// How many observations there were: the count, or else the bucket for `+Inf`.
    pub fn total(&self) -> Option<f64> {
        self.count.or_else(|| {
            let last = self.buckets.last()?;
            (last.upper_bound == f64::INFINITY).then_some(last.count)
        })
    }

    fn into_owned(self) -> Histogram<'static> {
        Histogram {
            buckets: self.buckets.into_iter().map(Bucket::into_owned).collect(),
            sum: self.sum,
            count: self.count,
        }
    }
}

impl PartialEq for Histogram<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.buckets == other.buckets
            && same_option(self.sum, other.sum)
            && same_option(self.count, other.count)
    }
}

/// How many observations were at most so large.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Bucket<'a> {
    /// The bound, inclusive: `le`. Never NaN in a family that was read.
    pub upper_bound: f64,
    /// How many observations are in this bucket and in all below it.
    pub count: f64,
    /// An observation that fell into this bucket.
    pub exemplar: Option<Box<MetricExemplar<'a>>>,
}

impl<'a> Bucket<'a> {
    /// A bucket without an exemplar: the bound, and the count of this bucket and all below.
    pub fn new(upper_bound: f64, count: f64) -> Self {
        Bucket {
            upper_bound,
            count,
            exemplar: None,
        }
    }

    /// With an exemplar.
    #[must_use]
    pub fn exemplar(mut self, exemplar: MetricExemplar<'a>) -> Self {
        self.exemplar = Some(Box::new(exemplar));
        self
    }

    fn into_owned(self) -> Bucket<'static> {
        Bucket {
            upper_bound: self.upper_bound,
            count: self.count,
            exemplar: self
                .exemplar
                .map(|exemplar| Box::new(exemplar.into_owned())),
        }
    }
}

impl PartialEq for Bucket<'_> {
    fn eq(&self, other: &Self) -> bool {
        same(self.upper_bound, other.upper_bound)
            && same(self.count, other.count)
            && self.exemplar == other.exemplar
    }
}

/// A summary: quantiles, sum and count, each as far as the lines give it.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// The quantiles, rising.
    pub quantiles: Vec<Quantile>,
    /// The sum of all observations.
    pub sum: Option<f64>,
    /// How many observations there were.
    pub count: Option<f64>,
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
pub struct Quantile {
    /// Which quantile, 0 to 1. Never NaN in a family that was read.
    pub quantile: f64,
    /// Its value; often NaN where nothing was observed lately.
    pub value: f64,
}

impl PartialEq for Quantile {
    fn eq(&self, other: &Self) -> bool {
        same(self.quantile, other.quantile) && same(self.value, other.value)
    }
}

/// Which of some states hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StateSet<'a> {
    /// The states, in the order written.
    pub states: Vec<State<'a>>,
}

impl StateSet<'_> {
    fn into_owned(self) -> StateSet<'static> {
        let states = self.states.into_iter().map(|state| State {
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
pub struct State<'a> {
    /// The state's name: the value of the label that is called as the family.
    pub name: Cow<'a, str>,
    /// 1 if it holds, 0 if not, or else the body is at fault.
    pub value: f64,
}

impl State<'_> {
    /// Whether the state holds.
    pub fn is_set(&self) -> bool {
        self.value == 1.0
    }
}

impl PartialEq for State<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && same(self.value, other.value)
    }
}

/// Since when a metric counts: what its `_created` line says.
#[derive(Debug, Clone, Copy)]
pub struct Created {
    /// Seconds since the Unix epoch, as written.
    pub seconds: f64,
    /// The timestamp of the `_created` line itself, in milliseconds; nearly always none.
    pub timestamp: Option<i64>,
}

impl Created {
    /// The start timestamp in milliseconds since the Unix epoch, cut off as Prometheus does it;
    /// saturates at the bounds of `i64`. `None` for NaN.
    pub fn millis(&self) -> Option<i64> {
        (!self.seconds.is_nan()).then_some((self.seconds * 1000.0) as i64)
    }
}

impl PartialEq for Created {
    fn eq(&self, other: &Self) -> bool {
        same(self.seconds, other.seconds) && self.timestamp == other.timestamp
    }
}
