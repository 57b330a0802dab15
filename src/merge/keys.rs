//! The metrics and series of a family, each kept once as a key of bytes.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use crate::bytes::work;

/// A set of keys, kept one after the other in one buffer, with a value for each: nothing is allocated
/// per key but the growth of the buffers.
#[derive(Debug)]
pub(super) struct KeySet<T> {
    keys: Vec<u8>,
    entries: Vec<Entry<T>>,
    /// The last entry of each hash; the others hang on it.
    by_hash: HashMap<u64, usize>,
    hasher: RandomState,
}

#[derive(Debug)]
struct Entry<T> {
    start: usize,
    end: usize,
    /// The entry before it with its hash, or [`NONE`].
    earlier: usize,
    value: T,
}

/// The number of no entry.
const NONE: usize = usize::MAX;

impl<T> Default for KeySet<T> {
    fn default() -> Self {
        KeySet {
            keys: Vec::new(),
            entries: Vec::new(),
            by_hash: HashMap::new(),
            hasher: RandomState::new(),
        }
    }
}

impl<T> KeySet<T> {
    /// Forgets all, and keeps the memory that so many keys need.
    pub(super) fn clear(&mut self) {
        // To empty a table takes as long as it is large, however few are in it: a large family would slow
        // down all small ones after it.
        let (used, room) = (self.by_hash.len(), self.by_hash.capacity());
        if room > 64 && used < room / 8 {
            self.by_hash = HashMap::new();
        } else {
            work::on(room);
            self.by_hash.clear();
        }
        self.keys.clear();
        self.entries.clear();
    }

    /// The number of a key that has been put in.
    pub(super) fn find(&self, key: &[u8]) -> Option<usize> {
        work::on(key.len());
        self.find_hashed(key, self.hasher.hash_one(key))
    }

    fn find_hashed(&self, key: &[u8], hash: u64) -> Option<usize> {
        let mut next = *self.by_hash.get(&hash)?;
        while let Some(entry) = self.entries.get(next) {
            if self.keys.get(entry.start..entry.end) == Some(key) {
                return Some(next);
            }
            next = entry.earlier;
        }
        None
    }

    /// The number of a key, and whether it is new: then `value` is kept with it.
    pub(super) fn put(&mut self, key: &[u8], value: T) -> (usize, bool) {
        work::on(key.len());
        let hash = self.hasher.hash_one(key);
        if let Some(at) = self.find_hashed(key, hash) {
            return (at, false);
        }
        let at = self.entries.len();
        let start = self.keys.len();
        self.keys.extend_from_slice(key);
        self.entries.push(Entry {
            start,
            end: self.keys.len(),
            earlier: self.by_hash.insert(hash, at).unwrap_or(NONE),
            value,
        });
        (at, true)
    }

    pub(super) fn get(&self, at: usize) -> Option<&T> {
        self.entries.get(at).map(|entry| &entry.value)
    }

    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        self.entries.get_mut(at).map(|entry| &mut entry.value)
    }
}

/// A byte that is in no UTF-8 text, so that no two metrics and no two series have one key.
pub(super) const END: u8 = 0xff;

/// Appends a text to a key.
pub(super) fn push_key(key: &mut Vec<u8>, text: &str) {
    key.extend_from_slice(text.as_bytes());
    key.push(END);
}

/// Appends a timestamp to a key: no other key ends so, for no label is called by an empty text.
pub(super) fn push_time(key: &mut Vec<u8>, millis: i64) {
    key.push(END);
    key.extend_from_slice(&millis.to_be_bytes());
}
