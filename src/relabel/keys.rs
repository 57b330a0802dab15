//! Finds names among many by one byte each.

use smallvec::SmallVec;

use crate::bytes::work;

/// One byte for each of some names, in their order; sixteen are compared at once.
///
/// A byte says where a name may be. The caller checks whether it is there.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    blocks: SmallVec<[[u8; 16]; 2]>,
}

impl Keys {
    pub(super) fn new(keys: impl ExactSizeIterator<Item = u8>) -> Self {
        let mut blocks = SmallVec::from_elem([0; 16], keys.len().div_ceil(16));
        let lanes = blocks.as_flattened_mut().iter_mut();
        lanes.zip(keys).for_each(|(lane, key)| *lane = key);
        Keys { blocks }
    }

    /// Returns the first possible place of the name that `is_at` confirms. A place may be one after the last.
    #[inline]
    pub(super) fn find(&self, key: u8, mut is_at: impl FnMut(usize) -> bool) -> Option<usize> {
        work::on(self.blocks.len());
        const ONES: u128 = u128::MAX / 0xff;
        const HIGH: u128 = ONES << 7;
        let wanted = ONES * u128::from(key);
        for (index, block) in self.blocks.iter().enumerate() {
            let different = u128::from_le_bytes(*block) ^ wanted;
            // The high bit of every zero byte; also of a byte of one above such a byte.
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
