//! `_created` lines that come before the metric they belong to.

use std::collections::VecDeque;

use crate::bytes::by_hash::ByHash;
use crate::bytes::hash::Seeds;
use crate::error::Error;
use crate::families::family::{MetricExemplar, MetricLabels, StartTimestamp};

/// One such line.
#[derive(Debug)]
pub(super) struct Waiting<'a> {
    pub(super) labels: MetricLabels<'a>,
    pub(super) created: StartTimestamp,
    pub(super) exemplar: Option<MetricExemplar<'a>>,
    /// The error to report if it is a counter's and the counter never comes.
    pub(super) error: Error,
}

/// The waiting lines, found by their labels, first come first served.
#[derive(Debug, Default)]
pub(super) struct WaitingRoom<'a> {
    by_hash: ByHash<VecDeque<(usize, Waiting<'a>)>>,
    seeds: Seeds,
    /// How many lines have arrived.
    arrivals: usize,
}

impl<'a> WaitingRoom<'a> {
    pub(super) fn is_empty(&self) -> bool {
        self.by_hash.is_empty()
    }

    pub(super) fn enter(&mut self, line: Waiting<'a>) {
        let hash = line.labels.unordered_hash(&self.seeds);
        let lines = self.by_hash.entry(hash).or_default();
        lines.push_back((self.arrivals, line));
        self.arrivals += 1;
    }

    /// Takes the line that waits for a metric with those labels.
    pub(super) fn take(&mut self, labels: &MetricLabels<'_>) -> Option<Waiting<'a>> {
        if self.by_hash.is_empty() {
            return None;
        }
        let hash = labels.unordered_hash(&self.seeds);
        let lines = self.by_hash.get_mut(&hash)?;
        let at = lines.iter().position(|(_, line)| line.labels == *labels)?;
        let (_, line) = lines.remove(at)?;
        if lines.is_empty() {
            self.by_hash.remove(&hash);
        }
        Some(line)
    }

    /// Returns the lines that wait in vain, in the order they arrived.
    pub(super) fn into_lines(self) -> impl Iterator<Item = Waiting<'a>> {
        let mut lines: Vec<_> = self.by_hash.into_values().flatten().collect();
        lines.sort_by_key(|(arrival, _)| *arrival);
        lines.into_iter().map(|(_, line)| line)
    }
}
