//! Adds up metrics of several bodies.

use std::collections::HashMap;

use super::metric::Subject;
use super::policy::Gauges;
use crate::bytes::key_set::KeySet;
use crate::model::metric_type::MetricType;
use crate::model::suffix::Suffix;
use crate::text::sample::Sample;

/// What the bodies say about the metrics of a family.
#[derive(Debug, Default)]
pub(super) struct Sums {
    metrics: KeySet<Shared>,
    series: KeySet<Total>,
    /// The exemplars that totals keep, by the numbers of their series.
    exemplars: HashMap<usize, Cited>,
}

/// A metric and the bodies that have it.
#[derive(Debug)]
pub(super) struct Shared {
    /// The numbers of the first body and of the last so far.
    first: u32,
    last: u32,
    /// The own metric of the first body, before its labels were rewritten, and that of the last.
    origin: u32,
    last_origin: u32,
    /// How many samples the first has, and how many of those the last has, without start times.
    parts: u32,
    matched: u32,
    /// How many samples are added to those of earlier bodies.
    pub(super) added: u32,
    shared: bool,
    fault: Option<SumErrorKind>,
}

impl Shared {
    /// Tells whether more than one body has it.
    pub(super) fn is_shared(&self) -> bool {
        self.shared
    }

    pub(super) fn first(&self) -> usize {
        self.first as usize
    }

    /// Tells whether that body's metric has that origin. Only for the first body, or the only one.
    pub(super) fn is_of(&self, source: usize, origin: u32) -> bool {
        self.first as usize == source && self.origin == origin
    }

    /// Returns why it cannot be added, if so. Only after all bodies have been read.
    pub(super) fn fault(&self) -> Option<SumErrorKind> {
        self.fault.or(self.incomplete())
    }

    /// Returns a fault if the last body lacks a sample that the first has.
    fn incomplete(&self) -> Option<SumErrorKind> {
        (self.last != self.first && self.matched < self.parts).then_some(SumErrorKind::Parts)
    }
}

/// Why a metric of several bodies cannot be one: [`MergeError::Sum`](super::MergeError::Sum).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum SumErrorKind {
    /// One body has other buckets than another, or lacks a sum or count that another has.
    #[error("not all bodies have the same buckets, sum and count")]
    Parts,
    /// A summary with quantiles, or a sample that a family of that type cannot have.
    #[error("its quantiles are no sums")]
    Quantiles,
    /// An info or a state set with different values.
    #[error("not all bodies say the same")]
    Values,
    /// One body has the metric at several times.
    #[error("one body has it at several times")]
    Times,
    /// Bodies declare its family with different types.
    #[error("not all bodies have it of the same type")]
    Types,
}

/// What a series adds up to.
#[derive(Debug)]
pub(super) struct Total {
    rule: Rule,
    value: Amount,
    timestamp: Option<i64>,
    /// Where it is written: in the place of the first sample of the series.
    source: u32,
    start: usize,
    /// The last body that has it, and the time that it has there.
    last: u32,
    last_timestamp: Option<i64>,
}

impl Total {
    pub(super) fn is_written_at(&self, place: Place) -> bool {
        (self.source as usize, self.start) == (place.source, place.start)
    }

    pub(super) fn amount(&self) -> Amount {
        self.value
    }

    pub(super) fn timestamp(&self) -> Option<i64> {
        self.timestamp
    }
}

/// How samples of a series become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    Add,
    Least,
    Greatest,
    Last,
    /// Like [`Least`](Self::Least), for start times.
    Earliest,
    Same,
    Never,
}

impl Rule {
    fn of(subject: &Subject<'_, '_>, gauges: Gauges) -> Rule {
        let group = subject.group;
        let kind = group
            .kind
            .map_or(MetricType::Unknown, |declared| declared.kind);
        let own = Suffix::parse(subject.suffix());
        match (group.suffix, own) {
            (Some(Suffix::Created), _) => return Rule::Earliest,
            (Some(Suffix::GSum | Suffix::GCount), _) => return Rule::Add,
            (_, Some(Suffix::Created)) if kind.has_start_time() => return Rule::Earliest,
            _ => {}
        }
        match (kind, subject.suffix()) {
            _ if group.inside.states() => Rule::Same,
            (MetricType::Info | MetricType::StateSet, _) => Rule::Same,
            (MetricType::Counter, _) => Rule::Add,
            (MetricType::Histogram | MetricType::GaugeHistogram | MetricType::Summary, "") => {
                Rule::Never
            }
            (MetricType::Histogram | MetricType::GaugeHistogram | MetricType::Summary, _) => {
                Rule::Add
            }
            (MetricType::Gauge | MetricType::Unknown, _) => match gauges {
                Gauges::Sum => Rule::Add,
                Gauges::Min => Rule::Least,
                Gauges::Max => Rule::Greatest,
                Gauges::Last => Rule::Last,
            },
        }
    }
}

/// A sum. It is exact as long as only integers are added.
#[derive(Debug, Clone, Copy)]
pub(super) struct Amount {
    float: f64,
    integer: Option<i128>,
}

impl Amount {
    fn of(sample: &Sample<'_>) -> Self {
        let float = sample.value();
        // Above this, floats are further apart than integers, and what is written in digits is not.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let integer = match float.fract() == 0.0 {
            true if float.abs() < EXACT => Some(float as i128),
            true => sample.raw_value().parse().ok().or_else(|| {
                // All floats of that size are integers.
                (float.abs() < 1e30).then_some(float as i128)
            }),
            false => None,
        };
        Amount { float, integer }
    }

    fn add(&mut self, other: Amount) {
        self.float += other.float;
        let both = self.integer.zip(other.integer);
        self.integer = both.and_then(|(one, other)| one.checked_add(other));
    }

    /// Returns the sum as a float.
    pub(super) fn float(self) -> f64 {
        match self.integer {
            // Nothing has been rounded; but the sign of zero comes from the float.
            Some(integer) if integer as f64 != self.float => integer as f64,
            _ => self.float,
        }
    }

    /// Returns the sum, if it is an integer that no float equals.
    pub(super) fn beyond_floats(self) -> Option<i128> {
        self.integer
            .filter(|integer| *integer as f64 as i128 != *integer)
    }
}

/// The exemplar of a line: its time, and where the line is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cited {
    timestamp: Option<i64>,
    pub(super) source: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Cited {
    pub(super) fn is_at(self, place: Place) -> bool {
        (self.source, self.start) == (place.source, place.start)
    }
}

/// The body that a sample is of, and where in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) source: usize,
    pub(super) start: usize,
    pub(super) end: usize,
    /// The body's own metric, before the labels were rewritten.
    pub(super) origin: u32,
}

impl Sums {
    pub(super) fn clear(&mut self) {
        self.metrics.clear();
        self.series.clear();
        self.exemplars = HashMap::new();
    }

    /// Adds a sample. Bodies come in order. `series` is its key, and `metric` that of its metric.
    pub(super) fn take(
        &mut self,
        (metric, series): (&[u8], &[u8]),
        subject: &Subject<'_, '_>,
        place: Place,
        gauges: Gauges,
        contested: bool,
    ) {
        let rule = Rule::of(subject, gauges);
        let source = place.source as u32;
        let (at, new) = self.metrics.put(
            metric,
            Shared {
                first: source,
                last: source,
                origin: place.origin,
                last_origin: place.origin,
                parts: 0,
                matched: 0,
                added: 0,
                shared: false,
                fault: contested.then_some(SumErrorKind::Types),
            },
        );
        let Some(shared) = self.metrics.get_mut(at) else {
            return;
        };
        if !new && shared.last != source {
            shared.fault = shared.fault.or(shared.incomplete());
            shared.last = source;
            shared.last_origin = place.origin;
            shared.matched = 0;
            shared.shared = true;
        } else if shared.last_origin != place.origin {
            return;
        }
        if rule == Rule::Never {
            shared.fault.get_or_insert(SumErrorKind::Quantiles);
        }
        let sample = subject.sample;
        let timestamp = sample.timestamp();
        let counts = u32::from(rule != Rule::Earliest);
        let total = Total {
            rule,
            value: Amount::of(sample),
            timestamp,
            source,
            start: place.start,
            last: source,
            last_timestamp: timestamp,
        };
        let value = total.value;
        let (number, first) = self.series.put(series, total);
        let Some(total) = self.series.get_mut(number) else {
            return;
        };
        if first {
            match shared.first == source {
                true => shared.parts += counts,
                false if counts > 0 => _ = shared.fault.get_or_insert(SumErrorKind::Parts),
                false => {}
            }
        } else if total.last == source {
            if total.last_timestamp != timestamp {
                shared.fault.get_or_insert(SumErrorKind::Times);
            }
            return;
        } else {
            shared.matched += counts;
            shared.added += 1;
            total.last = source;
            total.last_timestamp = timestamp;
            if !total.combine(value, timestamp) {
                shared.fault.get_or_insert(SumErrorKind::Values);
            }
        }
        let last_counts = total.rule == Rule::Last;
        self.cite(number, sample, place, last_counts);
    }

    /// Keeps the exemplar of a sample, if it is better than the one that is kept.
    fn cite(&mut self, number: usize, sample: &Sample<'_>, place: Place, last_counts: bool) {
        let Some(exemplar) = sample.exemplar() else {
            return;
        };
        let timestamp = exemplar.timestamp();
        let cited = Cited {
            timestamp,
            source: place.source,
            start: place.start,
            end: place.end,
        };
        let kept = self.exemplars.entry(number).or_insert(cited);
        if last_counts || timestamp > kept.timestamp {
            *kept = cited;
        }
    }

    /// Returns the metric with that key.
    pub(super) fn metric(&self, key: &[u8]) -> Option<&Shared> {
        self.metrics.get(self.metrics.find(key)?)
    }

    /// Takes one from the samples of a metric that are added to others. Returns whether there was one left.
    pub(super) fn take_added(&mut self, key: &[u8]) -> bool {
        let metric = self.metrics.find(key);
        match metric.and_then(|at| self.metrics.get_mut(at)) {
            Some(shared) if shared.added > 0 => {
                shared.added -= 1;
                true
            }
            _ => false,
        }
    }

    /// Returns what a series adds up to, and the exemplar that it keeps.
    pub(super) fn total(&self, key: &[u8]) -> Option<(&Total, Option<Cited>)> {
        let number = self.series.find(key)?;
        let cited = self.exemplars.get(&number).copied();
        Some((self.series.get(number)?, cited))
    }
}

impl Total {
    /// Adds another body's value. Returns whether the two can be one.
    fn combine(&mut self, value: Amount, timestamp: Option<i64>) -> bool {
        let (before, now) = (self.value.float(), value.float());
        self.timestamp = match self.rule {
            Rule::Last => timestamp,
            _ => (self.timestamp.zip(timestamp)).map(|(before, now)| before.max(now)),
        };
        match self.rule {
            Rule::Add => self.value.add(value),
            Rule::Least | Rule::Earliest if now < before || before.is_nan() => self.value = value,
            Rule::Greatest if now > before || before.is_nan() => self.value = value,
            Rule::Last => self.value = value,
            Rule::Same => return before.to_bits() == now.to_bits(),
            Rule::Least | Rule::Greatest | Rule::Earliest | Rule::Never => {}
        }
        true
    }
}
