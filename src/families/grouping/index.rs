//! Finds a family's metric by its labels.

use smallvec::SmallVec;

use crate::bytes::by_hash::ByHash;
use crate::bytes::hash::Seeds;
use crate::families::family::{Metric, MetricLabels};

/// An index over a family's metrics, by labels alone or by labels and timestamp; of equal ones it knows
/// the last. It is brought up to date when it is used, so that families whose lines are together never
/// pay for it.
#[derive(Debug, Default)]
pub(super) struct Index {
    by_hash: ByHash<SmallVec<[usize; 1]>>,
    seeds: Seeds,
    with_timestamps: bool,
    /// How many metrics are in it.
    known: usize,
}

impl Index {
    pub(super) fn by_labels() -> Self {
        Index::default()
    }

    pub(super) fn by_labels_and_timestamp() -> Self {
        Index {
            with_timestamps: true,
            ..Index::default()
        }
    }

    fn hash(&self, labels: &MetricLabels<'_>, timestamp: Option<i64>) -> u64 {
        let hash = labels.unordered_hash(&self.seeds);
        match timestamp {
            Some(millis) if self.with_timestamps => {
                hash.rotate_left(1) ^ (millis as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
            }
            _ => hash,
        }
    }

    /// Returns the last of `metrics` with those labels and, if the index is by timestamp too, that
    /// timestamp.
    pub(super) fn find(
        &mut self,
        metrics: &[Metric<'_>],
        labels: &MetricLabels<'_>,
        timestamp: Option<i64>,
    ) -> Option<usize> {
        let with_timestamps = self.with_timestamps;
        let matches = |at: usize, labels: &MetricLabels<'_>, timestamp| {
            metrics.get(at).is_some_and(|metric| {
                (!with_timestamps || metric.timestamp == timestamp) && metric.labels == *labels
            })
        };
        for (at, metric) in metrics.iter().enumerate().skip(self.known) {
            let hash = self.hash(&metric.labels, metric.timestamp);
            let bucket = self.by_hash.entry(hash).or_default();
            let same = bucket
                .iter_mut()
                .find(|other| matches(**other, &metric.labels, metric.timestamp));
            match same {
                Some(other) => *other = at,
                None => bucket.push(at),
            }
        }
        self.known = metrics.len();
        let bucket = self.by_hash.get(&self.hash(labels, timestamp))?;
        let mut found = bucket.iter().copied();
        found.find(|at| matches(*at, labels, timestamp))
    }
}
