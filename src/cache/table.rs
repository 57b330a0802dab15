//! Numbers by the hash of what they represent.
//!
//! When series change, most look-ups find nothing. Such a look-up reads one byte, and these bytes are so
//! few that they stay in the processor's second-level cache.

use crate::bytes::work;

/// A table with open addressing, at most half full. Entries are never removed one by one.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// For each place some bits of the hash, 0 if it is free. Their number is a power of two, or zero.
    tags: Vec<u8>,
    numbers: Vec<u32>,
    count: usize,
}

/// A place where nothing is yet.
pub(super) struct FreePlace(usize);

/// The smallest number of places.
const FEWEST: usize = 16;

impl Table {
    /// Tells whether it needs [more room](Self::fit) before a number is added.
    #[inline(always)]
    pub(super) fn is_full(&self) -> bool {
        2 * self.count >= self.tags.len()
    }

    /// Returns the number with that hash for which `same` is true; otherwise the free place for one.
    #[inline(always)]
    pub(super) fn find(
        &self,
        hash: u32,
        mut same: impl FnMut(u32) -> bool,
    ) -> Result<u32, FreePlace> {
        let mask = self.tags.len().wrapping_sub(1);
        let mut at = hash as usize & mask;
        let tag = tag(hash);
        while let Some(other) = self.tags.get(at).filter(|tag| **tag != 0) {
            if *other == tag
                && let Some(known) = self.numbers.get(at)
                && same(*known)
            {
                return Ok(*known);
            }
            at = (at + 1) & mask;
        }
        Err(FreePlace(at))
    }

    /// Adds a number with that hash at the place that [`find`](Self::find) returned for it.
    #[inline(always)]
    pub(super) fn put(&mut self, FreePlace(at): FreePlace, hash: u32, number: u32) {
        if let (Some(t), Some(n)) = (self.tags.get_mut(at), self.numbers.get_mut(at)) {
            (*t, *n) = (tag(hash), number);
            self.count += 1;
        }
    }

    /// Makes room for as many numbers as there are hashes and one more, and shrinks only if there was far
    /// more; then adds the numbers of these hashes, counted from 0.
    #[inline(never)]
    pub(super) fn fit(&mut self, hashes: impl ExactSizeIterator<Item = u32>) {
        let fewest = (2 * hashes.len() + 2).next_power_of_two().max(FEWEST);
        let places = self.tags.len().clamp(fewest, 4 * fewest);
        work::on(places * (size_of::<u8>() + size_of::<u32>()));
        self.tags.clear();
        self.tags.resize(places, 0);
        self.tags.shrink_to(places);
        self.numbers.resize(places, 0);
        self.numbers.shrink_to(places);
        self.count = 0;
        for (hash, number) in hashes.zip(0..) {
            if let Err(place) = self.find(hash, |_| false) {
                self.put(place, hash, number);
            }
        }
    }
}

/// Returns those bits of a hash that depend least on the place. Never 0.
#[inline(always)]
fn tag(hash: u32) -> u8 {
    (hash >> 24) as u8 | 1
}
