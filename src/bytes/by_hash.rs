//! Tables keyed by hashes.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

use crate::bytes::work;

/// A table keyed by a hash that is already good.
pub(crate) type ByHash<T> = HashMap<u64, T, BuildHasherDefault<AsItIs>>;

/// Takes the hash unchanged.
#[derive(Debug, Default)]
pub(crate) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Places by hash: the last place of each, and earlier places with the same hash.
#[derive(Debug, Default)]
pub(crate) struct Places {
    last: ByHash<usize>,
    /// Empty as long as hashes do not collide.
    before: HashMap<usize, usize>,
}

impl Places {
    pub(crate) fn insert(&mut self, hash: u64, place: usize) {
        if let Some(before) = self.last.insert(hash, place) {
            self.before.insert(place, before);
        }
    }

    /// Returns the last place with that hash for which `is_it` is true.
    pub(crate) fn find(&self, hash: u64, mut is_it: impl FnMut(usize) -> bool) -> Option<usize> {
        let mut next = self.last.get(&hash).copied();
        while let Some(place) = next {
            if is_it(place) {
                return Some(place);
            }
            next = match self.before.is_empty() {
                true => None,
                false => self.before.get(&place).copied(),
            };
        }
        None
    }

    /// Forgets all places, and keeps as much memory as they needed.
    pub(crate) fn clear(&mut self) {
        // Emptying a table takes as long as the table is large, even if it holds little: one that was
        // once large would slow down all small uses after it.
        let (used, room) = (self.last.len(), self.last.capacity());
        if room > 64 && used < room / 8 {
            self.last = ByHash::default();
        } else {
            work::on(room);
            self.last.clear();
        }
        self.before.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_one_hash_are_all_found() {
        let mut table = Places::default();
        for (hash, place) in [(7, 0), (8, 1), (7, 2), (7, 3)] {
            table.insert(hash, place);
        }
        for (hash, places) in [(7, &[3, 2, 0][..]), (8, &[1]), (9, &[])] {
            let mut found = Vec::new();
            assert_eq!(
                table.find(hash, |place| {
                    found.push(place);
                    false
                }),
                None
            );
            assert_eq!(found, places);
        }
        assert_eq!(table.find(7, |place| place == 2), Some(2));
        table.clear();
        assert_eq!(table.find(7, |_| true), None);
    }
}
