//! Metrics and series, each known by a key of bytes: its labels in order.

use super::by_hash::Places;
use super::hash::Seeds;
use super::work;

/// A set of keys, kept in order in one buffer, with a value for each. A key costs no allocation beyond
/// the growth of the buffers.
#[derive(Debug)]
pub(crate) struct KeySet<T> {
    keys: Vec<u8>,
    entries: Vec<Entry<T>>,
    places: Places,
    seeds: Seeds,
}

#[derive(Debug)]
struct Entry<T> {
    /// Where the key ends; it begins where the previous entry's key ends.
    end: usize,
    value: T,
}

impl<T> Default for KeySet<T> {
    fn default() -> Self {
        KeySet {
            keys: Vec::new(),
            entries: Vec::new(),
            places: Places::default(),
            seeds: Seeds::default(),
        }
    }
}

impl<T> KeySet<T> {
    /// Forgets all keys, and keeps as much memory as they needed.
    pub(crate) fn clear(&mut self) {
        self.places.clear();
        self.keys.clear();
        self.entries.clear();
    }

    /// Returns the number of a key in the set.
    pub(crate) fn find(&self, key: &[u8]) -> Option<usize> {
        work::on(key.len());
        self.find_hashed(key, self.seeds.hash(key))
    }

    fn find_hashed(&self, key: &[u8], hash: u64) -> Option<usize> {
        let end = |at: usize| Some(self.entries.get(at)?.end);
        let start = |at: usize| at.checked_sub(1).map_or(Some(0), end);
        let key_at = |at| self.keys.get(start(at)?..end(at)?);
        self.places.find(hash, |at| key_at(at) == Some(key))
    }

    /// Returns the number of a key, and whether it is new; if so, `value` is kept with it.
    pub(crate) fn put(&mut self, key: &[u8], value: T) -> (usize, bool) {
        work::on(key.len());
        let hash = self.seeds.hash(key);
        if let Some(at) = self.find_hashed(key, hash) {
            return (at, false);
        }
        let at = self.entries.len();
        self.keys.extend_from_slice(key);
        self.entries.push(Entry {
            end: self.keys.len(),
            value,
        });
        self.places.insert(hash, at);
        (at, true)
    }

    pub(crate) fn get(&self, at: usize) -> Option<&T> {
        self.entries.get(at).map(|entry| &entry.value)
    }

    pub(crate) fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        self.entries.get_mut(at).map(|entry| &mut entry.value)
    }

    /// Returns the values, in the order in which their keys were put in.
    pub(crate) fn values(&self) -> impl ExactSizeIterator<Item = &T> {
        self.entries.iter().map(|entry| &entry.value)
    }
}

/// A byte that occurs in no UTF-8 text, so that different metrics or series have different keys.
pub(crate) const END: u8 = 0xff;

/// Appends a text to a key.
pub(crate) fn push_text(key: &mut Vec<u8>, text: &str) {
    key.extend_from_slice(text.as_bytes());
    key.push(END);
}

/// Appends a label to a key. The labels of a series are appended in the order of their names.
pub(crate) fn push_label(key: &mut Vec<u8>, name: &str, value: &str) {
    push_text(key, name);
    push_text(key, value);
}
