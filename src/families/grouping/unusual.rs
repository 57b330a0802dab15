//! What only a few families need: those with lines in an unusual order, or of an unusual kind.

use std::collections::HashMap;

use super::index::Index;
use super::misfit::Misfits;
use super::slot::Seen;
use super::waiting::WaitingRoom;

/// State that only families with lines in an unusual order need.
#[derive(Debug)]
pub(super) struct Unusual<'a> {
    /// Finds the metric that a line belongs to if it is not the last.
    pub(super) points: Index,
    /// Finds the metric that a `_created` line belongs to, whatever the timestamps.
    pub(super) series: Index,
    /// What those metrics have whose parts are out of order or many.
    pub(super) seen: HashMap<usize, Seen>,
    pub(super) waiting: WaitingRoom<'a>,
    pub(super) misfits: Misfits<'a>,
}

impl Unusual<'_> {
    pub(super) fn new() -> Self {
        Unusual {
            points: Index::by_labels_and_timestamp(),
            series: Index::by_labels(),
            seen: HashMap::new(),
            waiting: WaitingRoom::default(),
            misfits: Misfits::default(),
        }
    }
}
