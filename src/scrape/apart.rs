//! What a scrape loop knows of series that are not lines of the cache: those of protobuf, and of text whose
//! histograms are converted.

use std::collections::HashMap;

use super::seen::Spelling;
use super::value::StoredValue;
use crate::bytes::work;
use crate::cache::{Change, SeriesId};
use crate::model::metric_type::MetricType;
use crate::model::sample_view::SampleValue;

/// The labels of a series under a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// None: the rules drop it.
    Dropped,
    /// The labels at that place.
    Stored(usize),
    /// Not known: the sample did not reach storage.
    Refused,
}

/// The series, by what distinguishes them.
#[derive(Debug, Default)]
pub(super) struct Apart {
    by_key: HashMap<Box<[u8]>, Series>,
    /// How many there have been.
    count: u64,
}

/// A series in its written form.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) id: SeriesId,
    /// The type under which its labels were found, and what was found.
    pub(super) kind: MetricType,
    pub(super) verdict: Option<Kind>,
    /// What happened to its first sample, and in which scrape.
    spelling: Option<Spelling>,
    spelled_in: u64,
    seen_in: u64,
    value: StoredValue,
}

impl Series {
    /// Returns what happened to its first sample in this scrape.
    pub(super) fn spelling(&self, round: u64) -> Option<Spelling> {
        self.spelling.filter(|_| self.spelled_in == round)
    }

    pub(super) fn spelled(&mut self, spelling: Spelling, round: u64) {
        self.spelling = Some(spelling);
        self.spelled_in = round;
    }
}

impl Apart {
    pub(super) fn len(&self) -> usize {
        self.by_key.len()
    }

    pub(super) fn get_mut(&mut self, key: &[u8]) -> Option<&mut Series> {
        work::on(key.len());
        self.by_key.get_mut(key)
    }

    /// Takes note of a sample. Returns what has changed.
    pub(super) fn see(&mut self, key: &[u8], value: SampleValue<'_>, round: u64) -> Change {
        if let Some(series) = self.get_mut(key) {
            let is_same = SampleValue::from(&series.value) == value;
            if !is_same {
                series.value = value.into();
            }
            let change = match std::mem::replace(&mut series.seen_in, round) == round {
                true => Change::Repeated,
                false if is_same => Change::Same,
                false => Change::Changed,
            };
            return change;
        }
        let series = Series {
            id: SeriesId::apart(self.count),
            kind: MetricType::Unknown,
            verdict: None,
            spelling: None,
            spelled_in: 0,
            seen_in: round,
            value: value.into(),
        };
        self.count += 1;
        self.by_key.insert(key.into(), series);
        Change::New
    }

    /// Forgets the series that the scrape before this one did not have, and returns their places.
    pub(super) fn forget(&mut self, round: u64) -> Vec<Kind> {
        let mut gone = Vec::new();
        if self.by_key.is_empty() {
            return gone;
        }
        work::on(self.by_key.len() * size_of::<Series>());
        self.by_key.retain(|_, series| {
            let stays = series.seen_in + 1 >= round;
            if !stays {
                gone.extend(series.verdict);
            }
            stays
        });
        if self.by_key.is_empty() {
            self.by_key = HashMap::new();
        }
        gone
    }

    /// Records that places are elsewhere.
    pub(super) fn renumber(&mut self, place: impl Fn(usize) -> Option<usize>) {
        for series in self.by_key.values_mut() {
            if let Some(Kind::Stored(at)) = series.verdict {
                series.verdict = place(at).map(Kind::Stored);
            }
        }
    }
}
