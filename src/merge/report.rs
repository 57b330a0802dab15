//! What a merge reports.

use std::fmt;

use super::MergeError;
use crate::encode::Omitted;

/// What was written, and what was not.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct MergeReport {
    /// Families written, including those without samples.
    pub families: u64,
    /// Samples written.
    pub samples: u64,
    /// Samples left out because an earlier body has the metric.
    pub collided: u64,
    /// Samples left out because their own body has them twice.
    pub repeated: u64,
    /// Samples that got the label of [`Collision::Stamp`](super::Collision::Stamp) or
    /// [`Unsummable::Stamp`](super::Unsummable::Stamp).
    pub stamped: u64,
    /// Samples that are not written themselves, because they were added to those of earlier bodies:
    /// [`Collision::Sum`](super::Collision::Sum).
    pub summed: u64,
    /// The first metrics that were labelled or left out, at most [`MAX_ERRORS`](Self::MAX_ERRORS).
    pub collisions: Vec<Collided>,
    /// HELP, TYPE and UNIT lines left out because they contradict an earlier one.
    pub conflicts: u64,
    /// Exemplars left out because the format has none.
    pub exemplars: u64,
    /// Units left out because the format has none.
    pub units: u64,
    /// Native histograms left out because text has none: their count and sum are written.
    pub native_histograms: u64,
    /// What else was left out because the lines that are merged, or the format, have no place for it: times, and
    /// counts and buckets that a format does not allow.
    pub others: u64,
    /// Lines left out because of an error; see [`Merge::keep_going`](super::Merge::keep_going).
    pub bad_lines: u64,
    /// The first of these errors, at most [`MAX_ERRORS`](Self::MAX_ERRORS).
    pub errors: Vec<MergeError>,
}

impl MergeReport {
    /// The largest number of errors kept, and of collisions.
    pub const MAX_ERRORS: usize = 100;

    /// Records what was left out where a body was written in another format.
    pub(super) fn count(&mut self, omitted: Omitted) {
        self.exemplars += omitted.exemplars;
        self.units += omitted.units;
        self.native_histograms += omitted.native_histograms;
        self.others += omitted.samples
            + omitted.timestamps
            + omitted.counts
            + omitted.parts
            + omitted.carriage_returns;
    }

    /// Records a collision, unless it equals the previous one or there are enough.
    pub(super) fn note(&mut self, collided: impl FnOnce() -> Collided) {
        if self.collisions.len() < Self::MAX_ERRORS {
            let collided = collided();
            if self.collisions.last() != Some(&collided) {
                self.collisions.push(collided);
            }
        }
    }
}

/// A metric that an earlier body has, and what happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Collided {
    /// The metric: the name of its family and its labels. For a metric that has one sample, its series.
    pub metric: String,
    /// The body that has it first.
    pub first: String,
    /// The body whose samples were labelled or left out; the same body where it has the metric twice.
    pub second: String,
    /// Whether its samples were labelled; otherwise they were left out.
    pub stamped: bool,
}

impl fmt::Display for Collided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Collided {
            metric,
            first,
            second,
            stamped,
        } = self;
        let done = if *stamped { "labelled" } else { "left out" };
        match first == second {
            true => write!(f, "{metric}: {second} has it twice, one is {done}"),
            false => write!(f, "{metric}: {first} has it, that of {second} is {done}"),
        }
    }
}
