//! What is kept of names, labels, values and series.

use super::fingerprint::{Fingerprint, Key};
use crate::model::metric_type::MetricType;

/// What is counted of samples.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Totals {
    pub(super) bodies: u64,
    pub(super) samples: u64,
    pub(super) duplicates: u64,
    pub(super) errors: u64,
    /// Samples of series for which there was no room.
    pub(super) beyond: u64,
}

/// A metric's name.
#[derive(Debug, Clone)]
pub(super) struct Name {
    pub(super) print: Fingerprint,
    pub(super) types: TypeSet,
    /// Whether the samples have the family's own name: native histograms, and a summary's quantiles.
    pub(super) is_whole: bool,
    /// Whether a text that is written like it is this name: it has no backslash, which might be an escape.
    pub(super) is_plain: bool,
    /// Samples of series for which there was no room.
    pub(super) beyond: u64,
}

/// The types that samples of one name were declared with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct TypeSet(u8);

impl TypeSet {
    /// The types, the most telling first.
    const ORDER: [MetricType; 7] = [
        MetricType::Counter,
        MetricType::Gauge,
        MetricType::Histogram,
        MetricType::GaugeHistogram,
        MetricType::Summary,
        MetricType::Info,
        MetricType::StateSet,
    ];

    #[inline]
    pub(super) fn of(metric_type: MetricType) -> Self {
        let place = TypeSet::ORDER.iter().position(|one| *one == metric_type);
        TypeSet(place.map_or(0, |place| 1 << place))
    }

    #[inline]
    pub(super) fn union(self, other: TypeSet) -> Self {
        TypeSet(self.0 | other.0)
    }

    /// Returns the type, or the first in a fixed order if there are several.
    pub(super) fn metric_type(self) -> MetricType {
        let has = |metric_type: &MetricType| self.0 & TypeSet::of(*metric_type).0 != 0;
        let first = TypeSet::ORDER.into_iter().find(has);
        first.unwrap_or(MetricType::Unknown)
    }
}

/// A label's name.
#[derive(Debug, Clone)]
pub(super) struct Label {
    pub(super) values: u32,
    /// The pair that stands for all values for which there was no room.
    pub(super) beyond: Option<u32>,
}

/// A label with a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    print: Key,
    is_kept: bool,
    /// The pair that came after it last, at the same place.
    pub(super) next: u32,
}

impl Pair {
    /// Creates a pair with what it adds to a series; `None` if it stands for several values.
    pub(super) fn new(print: Option<Fingerprint>, next: u32) -> Self {
        Pair {
            print: print.unwrap_or_default().key(),
            is_kept: print.is_some(),
            next,
        }
    }

    /// Returns what it adds to a series; `None` if it stands for several values.
    #[inline]
    pub(super) fn print(&self) -> Option<Fingerprint> {
        self.is_kept.then(|| self.print.fingerprint())
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Series {
    pub(super) print: Fingerprint,
    /// Where its pairs end; they begin where those of the series before it end.
    pub(super) end: usize,
    /// The timestamp of the last sample in `body`.
    pub(super) time: i64,
    /// The last body that it was in.
    pub(super) body: u32,
    pub(super) name: u32,
    pub(super) samples: u64,
}

/// What stands for a timestamp that is not there.
pub(super) const NO_TIME: i64 = i64::MIN;
/// What no text has as its number.
pub(super) const NONE: u32 = u32::MAX;

/// What a sample has at one place among its labels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    pub(super) label: u32,
    pub(super) pair: u32,
    /// The number of the spelling, if it is a bound.
    pub(super) written: u32,
}

/// How a bound is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spelling {
    pub(super) pair: u32,
    /// The one that came after it last.
    pub(super) next: u32,
}
