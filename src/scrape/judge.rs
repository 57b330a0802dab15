//! Decides what happens to a sample: what depends on its series, and what on its scrape.

use std::collections::HashSet;

use super::{
    check,
    config::SampleConfig,
    error::{SampleErrorKind, ScrapeError},
    join::join,
    rejected::{RejectedSample, Rejection},
    report::Report,
    seen::{Order, Spelling},
    target::Target,
    value::StoredValue,
    written::Written,
};
use crate::error::Position;
use crate::error::shortened::shortened;
use crate::model::metric_type::MetricType;
use crate::relabel::{LabelSet, RuleStats};

/// How far ahead of the scrape a sample may be, in milliseconds.
const AHEAD: i64 = 10 * 60 * 1000;

/// How many characters of a series an error shows.
const SHOWN: usize = 200;

/// How many of the samples that are not stored are reported by default.
const NAMED: usize = 10;

/// What a series decides for all its samples under one type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The rules drop it.
    Dropped,
    Kept {
        /// A name that two of its labels have. Storage finds it, after everything else.
        twice: Option<String>,
    },
}

/// Judges the labels of a sample. Leaves the stored labels in `labels`, sorted, if the sample is kept.
pub(super) fn judge<'a>(
    labels: &mut LabelSet<'a>,
    sample: &impl Written<'a>,
    target: &'a Target,
    config: &'a SampleConfig,
    stats: Option<&mut RuleStats>,
) -> Result<Verdict, SampleErrorKind> {
    let mut twice = join(labels, sample, target, config.honor_labels);
    let kept = match stats {
        None => config.rules.apply(labels),
        Some(stats) => config.rules.apply_counted(labels, stats),
    };
    if !kept || labels.is_empty() {
        return Ok(Verdict::Dropped);
    }
    if !twice.is_empty() {
        let untouched: HashSet<&str> = labels.untouched().collect();
        twice.retain(|name| untouched.contains(&**name));
    }
    check::names(labels, sample, config.validation_scheme)?;
    check::limits(labels, twice.len(), config)?;
    let twice = twice.into_iter().next().map(|name| name.into_owned());
    Ok(Verdict::Kept { twice })
}

/// What happens to a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// The rules dropped it.
    Dropped,
    Stored,
    /// Storage refused it, because of its own series only.
    Omitted(Rejection),
    /// It did not reach storage: it is too far ahead, or there are too many.
    Refused,
}

impl Fate {
    /// Returns what to remember about the series, in its written form, under that type.
    pub(super) fn spelling(self, kind: MetricType) -> Option<Spelling> {
        match self {
            Fate::Dropped => Some(Spelling::Dropped),
            Fate::Stored | Fate::Omitted(_) => Some(Spelling::Stored(kind)),
            Fate::Refused => None,
        }
    }
}

/// Counts the samples of one scrape.
#[derive(Debug)]
pub(super) struct Gate {
    /// The scrape's time, in milliseconds.
    pub(super) time: Option<i64>,
    /// How many samples were counted against the limit.
    against_limit: u64,
    /// How many of the samples that are not stored are reported.
    pub(super) named: usize,
    pub(super) report: Report,
}

impl From<Option<ScrapeError>> for Gate {
    /// Creates the gate of a scrape that may have failed already.
    fn from(failure: Option<ScrapeError>) -> Self {
        Gate {
            time: None,
            against_limit: 0,
            named: NAMED,
            report: Report {
                failure,
                ..Report::default()
            },
        }
    }
}

impl Gate {
    /// Tells whether a kept sample reaches storage.
    pub(super) fn lets_in(&mut self, config: &SampleConfig, timestamp: Option<i64>) -> bool {
        if !self.counts(config) {
            return false;
        }
        if let (Some(timestamp), Some(time)) = (timestamp, self.time)
            && timestamp > time.saturating_add(AHEAD)
        {
            self.report.out_of_bounds += 1;
            return false;
        }
        true
    }

    /// Counts a sample against the limit. Tells whether it is within.
    #[inline]
    pub(super) fn counts(&mut self, config: &SampleConfig) -> bool {
        if config.sample_limit > 0 {
            self.against_limit += 1;
            if self.against_limit > config.sample_limit {
                let limit = config.sample_limit;
                self.report.failure = Some(ScrapeError::SampleLimit { limit });
                return false;
            }
        }
        true
    }

    /// Fails the scrape for a native histogram with too many buckets, unless it has failed.
    #[cold]
    pub(super) fn too_many_buckets(&mut self, limit: u64) {
        let failure = &mut self.report.failure;
        failure.get_or_insert(ScrapeError::BucketLimit { limit });
    }

    /// Returns the time of a sample that reached storage.
    pub(super) fn time_of(&self, timestamp: Option<i64>) -> i64 {
        timestamp.or(self.time).unwrap_or(i64::MAX)
    }

    /// Returns what happens to a sample that reached storage.
    pub(super) fn ordered(&mut self, order: Order) -> Fate {
        match order {
            Order::Newer => Fate::Stored,
            Order::SameTime => {
                self.report.duplicates += 1;
                Fate::Omitted(Rejection::Duplicate)
            }
            Order::Older => {
                self.report.out_of_order += 1;
                Fate::Omitted(Rejection::OutOfOrder)
            }
        }
    }

    /// Returns why a sample with that fate is not stored, if that is reported.
    #[inline]
    pub(super) fn rejection(&self, fate: Fate) -> Option<Rejection> {
        let reason = match fate {
            Fate::Stored | Fate::Dropped => return None,
            Fate::Omitted(reason) => reason,
            Fate::Refused if self.report.up() => Rejection::OutOfBounds,
            Fate::Refused => return None,
        };
        (self.report.rejected.len() < self.named).then_some(reason)
    }

    /// Reports a sample that is not stored.
    #[cold]
    pub(super) fn name(
        &mut self,
        reason: Rejection,
        position: Position,
        series: &str,
        value: StoredValue,
        timestamp: Option<i64>,
    ) {
        self.report.rejected.push(RejectedSample {
            reason,
            position,
            series: shown(series),
            value,
            timestamp,
        });
    }

    /// Counts a sample whose series is already stored without a timestamp.
    pub(super) fn left_out_as_duplicate(&mut self) -> Fate {
        self.report.samples_post_metric_relabeling += 1;
        self.report.duplicates += 1;
        Fate::Omitted(Rejection::Duplicate)
    }
}

/// Returns a series in the form that an error shows.
#[cold]
pub(super) fn shown(series: &str) -> Box<str> {
    shortened(series, SHOWN).into()
}
