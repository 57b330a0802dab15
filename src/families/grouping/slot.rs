//! The fields of a metric with several samples, and which of them are taken.

use std::borrow::Cow;
use std::collections::HashSet;

use super::keep::Keep;
use crate::families::family::{
    Bucket, Histogram, Metric, MetricExemplar, MetricState, MetricValue, Quantile, StateSet,
    Summary,
};
use crate::model::metric_type::MetricType;

/// Which field of a metric a sample fills.
#[derive(Debug)]
pub(super) enum Slot<'l> {
    Bucket(f64),
    Quantile(f64),
    State(Cow<'l, str>),
    Sum,
    Count,
}

/// A state set with more states than this is searched by hashing.
const FEW_STATES: usize = 16;

impl<'l> Slot<'l> {
    /// Tells whether the metric has no such sample yet. `seen` is what it has, if that is kept
    /// separately.
    pub(super) fn is_free(&self, metric: &Metric<'_>, suffixed: bool, seen: Option<&Seen>) -> bool {
        let free = |taken: Option<f64>, other: Option<f64>| {
            taken.is_none() && (other.is_none() || metric.suffixed == suffixed)
        };
        match (self, &metric.value) {
            (
                Slot::Bucket(_) | Slot::Quantile(_),
                MetricValue::Histogram(_)
                | MetricValue::GaugeHistogram(_)
                | MetricValue::Summary(_),
            ) if !self.comes_late(metric) && seen.is_none() => true,
            (
                Slot::Bucket(bound),
                MetricValue::Histogram(Histogram { buckets, .. })
                | MetricValue::GaugeHistogram(Histogram { buckets, .. }),
            ) => match seen {
                Some(seen) => !seen.numbers.contains(&key(*bound)),
                None => !buckets.iter().any(|bucket| bucket.upper_bound == *bound),
            },
            (Slot::Quantile(number), MetricValue::Summary(Summary { quantiles, .. })) => match seen
            {
                Some(seen) => !seen.numbers.contains(&key(*number)),
                None => !quantiles.iter().any(|other| other.quantile == *number),
            },
            (Slot::State(name), MetricValue::StateSet(set)) => match seen {
                Some(seen) => !seen.names.contains(name.as_ref()),
                None => !set.states.iter().any(|state| state.name == *name),
            },
            (
                Slot::Sum,
                MetricValue::Histogram(Histogram { sum, count, .. })
                | MetricValue::GaugeHistogram(Histogram { sum, count, .. })
                | MetricValue::Summary(Summary { sum, count, .. }),
            ) => free(*sum, *count),
            (
                Slot::Count,
                MetricValue::Histogram(Histogram { sum, count, .. })
                | MetricValue::GaugeHistogram(Histogram { sum, count, .. })
                | MetricValue::Summary(Summary { sum, count, .. }),
            ) => free(*count, *sum),
            _ => false,
        }
    }

    /// Tells whether to keep what the metric has separately from now on, so that a look-up has constant
    /// cost: its bounds do not rise, or it has many states.
    #[inline]
    pub(super) fn comes_late(&self, metric: &Metric<'_>) -> bool {
        match (self, &metric.value) {
            (
                Slot::Bucket(bound),
                MetricValue::Histogram(Histogram { buckets, .. })
                | MetricValue::GaugeHistogram(Histogram { buckets, .. }),
            ) => (buckets.last()).is_some_and(|last| last.upper_bound >= *bound),
            (Slot::Quantile(number), MetricValue::Summary(Summary { quantiles, .. })) => {
                (quantiles.last()).is_some_and(|last| last.quantile >= *number)
            }
            (Slot::State(_), MetricValue::StateSet(set)) => set.states.len() >= FEW_STATES,
            _ => false,
        }
    }

    /// Stores the sample's value there.
    #[inline]
    pub(super) fn fill<'a, K: Keep<'l, 'a>>(
        self,
        metric: &mut Metric<'a>,
        value: f64,
        suffixed: bool,
        mut exemplar: Option<Box<MetricExemplar<'a>>>,
    ) {
        if matches!(self, Slot::Sum | Slot::Count) {
            metric.suffixed = suffixed;
        }
        match (self, &mut metric.value) {
            (
                Slot::Bucket(upper_bound),
                MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram),
            ) => histogram.buckets.push(Bucket {
                upper_bound,
                cumulative_count: value,
                exemplar: exemplar.take(),
            }),
            (
                Slot::Sum,
                MetricValue::Histogram(Histogram { sum, .. })
                | MetricValue::GaugeHistogram(Histogram { sum, .. })
                | MetricValue::Summary(Summary { sum, .. }),
            ) => *sum = Some(value),
            (
                Slot::Count,
                MetricValue::Histogram(Histogram { count, .. })
                | MetricValue::GaugeHistogram(Histogram { count, .. })
                | MetricValue::Summary(Summary { count, .. }),
            ) => *count = Some(value),
            (Slot::Quantile(quantile), MetricValue::Summary(summary)) => {
                summary.quantiles.push(Quantile { quantile, value });
            }
            (Slot::State(name), MetricValue::StateSet(set)) => set.states.push(MetricState {
                name: K::text(name),
                value,
            }),
            _ => {}
        }
        if let Some(exemplar) = exemplar {
            metric.exemplars.push(*exemplar);
        }
    }
}

/// The bounds, quantiles and states that a metric has.
#[derive(Debug, Default)]
pub(super) struct Seen {
    numbers: HashSet<u64>,
    names: HashSet<String>,
}

impl Seen {
    pub(super) fn all_of(metric: &Metric<'_>) -> Self {
        let mut seen = Seen::default();
        match &metric.value {
            MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram) => {
                let bounds = histogram.buckets.iter().map(|bucket| bucket.upper_bound);
                seen.numbers.extend(bounds.map(key));
            }
            MetricValue::Summary(summary) => {
                let quantiles = summary.quantiles.iter().map(|quantile| quantile.quantile);
                seen.numbers.extend(quantiles.map(key));
            }
            MetricValue::StateSet(set) => {
                let names = set.states.iter().map(|state| state.name.as_ref());
                seen.names.extend(names.map(str::to_owned));
            }
            _ => {}
        }
        seen
    }

    pub(super) fn insert(&mut self, slot: &Slot<'_>) {
        match slot {
            Slot::Bucket(number) | Slot::Quantile(number) => {
                self.numbers.insert(key(*number));
            }
            Slot::State(name) => {
                self.names.insert(name.clone().into_owned());
            }
            Slot::Sum | Slot::Count => {}
        }
    }
}

/// Returns a key to compare numbers by: both zeros are the same.
fn key(number: f64) -> u64 {
    (number + 0.0).to_bits()
}

/// Returns the value of a metric before its first sample.
pub(super) fn empty<'a>(kind: MetricType) -> MetricValue<'a> {
    match kind {
        MetricType::Histogram => MetricValue::Histogram(Histogram::default()),
        MetricType::GaugeHistogram => MetricValue::GaugeHistogram(Histogram::default()),
        MetricType::Summary => MetricValue::Summary(Summary::default()),
        MetricType::StateSet => MetricValue::StateSet(StateSet::default()),
        _ => MetricValue::Unknown(0.0),
    }
}

/// Returns what [`empty`] does, with room for as much as another metric of the family has, if there is
/// one.
pub(super) fn empty_as<'a>(kind: MetricType, like: Option<&Metric<'_>>) -> MetricValue<'a> {
    let mut value = empty(kind);
    match (&mut value, like.map(|like| &like.value)) {
        (MetricValue::Histogram(new), Some(MetricValue::Histogram(like))) => {
            new.buckets.reserve_exact(like.buckets.len());
        }
        (MetricValue::Summary(new), Some(MetricValue::Summary(like))) => {
            new.quantiles.reserve_exact(like.quantiles.len());
        }
        _ => {}
    }
    value
}

/// Sorts buckets and quantiles by their bounds.
pub(super) fn sort(value: &mut MetricValue<'_>) {
    match value {
        MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram) => {
            (histogram.buckets).sort_by(|a, b| a.upper_bound.total_cmp(&b.upper_bound));
        }
        MetricValue::Summary(summary) => {
            (summary.quantiles).sort_by(|a, b| a.quantile.total_cmp(&b.quantile));
        }
        _ => {}
    }
}
