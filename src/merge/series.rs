//! Which series of a family have been written, and by which body.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use crate::work;

/// A set of keys, kept one behind the other in one buffer, with a source for each: nothing is
/// allocated per key but the growth of the buffers.
#[derive(Debug, Default)]
pub(super) struct SeriesSet {
    keys: Vec<u8>,
    entries: Vec<Entry>,
    /// The last entry of each hash; the others hang on it.
    by_hash: HashMap<u64, usize>,
    hasher: RandomState,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    start: usize,
    end: usize,
    source: usize,
    untimed: bool,
    earlier: Option<usize>,
}

/// Whose a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claimed {
    /// Nobody had it; now the claimant has.
    New,
    /// The claimant has it already; and whether from a sample without timestamp.
    Again { untimed: bool },
    /// Another source has it.
    Taken(usize),
}

impl SeriesSet {
    /// Forgets all, and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.keys.clear();
        self.entries.clear();
        self.by_hash.clear();
    }

    /// Claims `key` for `source`, because of a sample that has no timestamp or has one.
    pub(super) fn claim(&mut self, key: &[u8], source: usize, untimed: bool) -> Claimed {
        work::on(key.len());
        let hash = self.hasher.hash_one(key);
        let last = self.by_hash.get(&hash).copied();
        let mut next = last;
        while let Some(entry) = next.and_then(|at| self.entries.get_mut(at)) {
            if self.keys.get(entry.start..entry.end) == Some(key) {
                if entry.source != source {
                    return Claimed::Taken(entry.source);
                }
                let before = entry.untimed;
                entry.untimed |= untimed;
                return Claimed::Again { untimed: before };
            }
            next = entry.earlier;
        }
        let start = self.keys.len();
        self.keys.extend_from_slice(key);
        self.by_hash.insert(hash, self.entries.len());
        self.entries.push(Entry {
            start,
            end: self.keys.len(),
            source,
            untimed,
            earlier: last,
        });
        Claimed::New
    }
}

/// A byte that is in no UTF-8 text, so that no two series have one key.
const END: u8 = 0xff;

/// Appends a text to a key.
pub(super) fn push_key(key: &mut Vec<u8>, text: &str) {
    key.extend_from_slice(text.as_bytes());
    key.push(END);
}

/// Appends a timestamp to a series' key: no other key ends so.
pub(super) fn push_time(key: &mut Vec<u8>, millis: i64) {
    key.push(END);
    key.extend_from_slice(&millis.to_be_bytes());
}
