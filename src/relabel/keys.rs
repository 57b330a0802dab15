//! Finds names among many by one byte each.

use std::cell::Cell;

use smallvec::SmallVec;

use crate::work;

/// One byte for each of some names, at the same place; sixteen are compared at once.
///
/// A byte says where a name may be. Whether it is there has to be looked up.
#[derive(Debug, Default)]
pub(super) struct Keys {
    blocks: SmallVec<[[u8; 16]; 2]>,
}

impl Keys {
    /// Puts a key after the last of `len` keys.
    #[inline]
    pub(super) fn push(&mut self, len: usize, key: u8) {
        if len / 16 >= self.blocks.len() {
            self.blocks.push([0; 16]);
        }
        let block = self.blocks.get_mut(len / 16);
        if let Some(lane) = block.and_then(|block| block.get_mut(len % 16)) {
            *lane = key;
        }
    }

    /// Takes one key out; those after it move up.
    pub(super) fn remove(&mut self, place: usize) {
        let lanes = self.blocks.as_flattened_mut();
        if place < lanes.len() {
            lanes.copy_within(place + 1.., place);
        }
    }

    /// Puts the key at `from` in front of the one at `to`, which comes before it.
    pub(super) fn move_up(&mut self, from: usize, to: usize) {
        let lanes = self.blocks.as_flattened_mut();
        if let Some(lanes) = lanes.get_mut(to..=from) {
            lanes.rotate_right(1);
        }
    }

    /// The keys, to be read and set at once. There may be more than are in use.
    pub(super) fn cells(&mut self) -> &[Cell<u8>] {
        Cell::from_mut(self.blocks.as_flattened_mut()).as_slice_of_cells()
    }

    /// Sets the keys from a place on, and lets the place after the last be the end.
    pub(super) fn extend(&mut self, from: usize, keys: impl ExactSizeIterator<Item = u8>) {
        let end = from + keys.len();
        self.blocks.resize(end.div_ceil(16), [0; 16]);
        let lanes = self.blocks.as_flattened_mut().iter_mut().skip(from);
        lanes.zip(keys).for_each(|(lane, key)| *lane = key);
    }

    /// The first of the places that may hold the name and do. A place may be one that is no longer
    /// in use.
    #[inline]
    pub(super) fn find(&self, key: u8, mut is_at: impl FnMut(usize) -> bool) -> Option<usize> {
        work::on(self.blocks.len());
        const ONES: u128 = u128::MAX / 0xff;
        const HIGH: u128 = ONES << 7;
        let wanted = ONES * u128::from(key);
        for (index, block) in self.blocks.iter().enumerate() {
            let different = u128::from_le_bytes(*block) ^ wanted;
            // The high bit of every byte that is zero; of a byte of one above such a byte, too.
            let mut found = different.wrapping_sub(ONES) & !different & HIGH;
            while found != 0 {
                let place = 16 * index + found.trailing_zeros() as usize / 8;
                if is_at(place) {
                    return Some(place);
                }
                found &= found - 1;
            }
        }
        None
    }
}

impl Clone for Keys {
    fn clone(&self) -> Self {
        Keys {
            blocks: SmallVec::from_slice(&self.blocks),
        }
    }

    fn clone_from(&mut self, other: &Self) {
        self.blocks.clear();
        self.blocks.extend_from_slice(&other.blocks);
    }
}
