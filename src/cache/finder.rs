//! Finds series by a part of their hash.

use super::table::{Table, Tag};

/// The numbers of series by their tags.
///
/// Where nearly every series is new, most questions are about what was never put in. A filter answers
/// them, and what is put in waits until something has to be found.
#[derive(Debug, Default)]
pub(super) struct Finder {
    /// Four bits are set for each tag, in one word. As many words as a power of two, or none.
    filter: Vec<u64>,
    waiting: Vec<(Tag, u32)>,
    table: Table,
    count: usize,
}

impl Finder {
    /// Forgets everything, and keeps the room.
    pub(super) fn clear(&mut self) {
        self.filter.fill(0);
        self.waiting.clear();
        self.table.clear();
        self.count = 0;
    }

    /// Whether something of that tag may have been put in.
    #[inline(always)]
    pub(super) fn may_have(&self, tag: Tag, bits: Bits) -> bool {
        let Bits(bits) = bits;
        let word = self
            .filter
            .get(tag as usize & self.filter.len().wrapping_sub(1));
        word.is_some_and(|word| word & bits == bits)
    }

    /// Gets ready to find what was put in.
    pub(super) fn prepare(&mut self) {
        for (tag, number) in self.waiting.drain(..) {
            self.table.insert(tag, number);
        }
    }

    /// The number of what `is` says yes to, among those of that tag, if it is [prepared](Self::prepare).
    pub(super) fn find(&self, tag: Tag, is: impl Fn(u32) -> bool) -> Option<u32> {
        self.table.find(tag, is)
    }

    #[inline(always)]
    pub(super) fn insert(&mut self, tag: Tag, bits: Bits, number: u32) {
        // Half a word for each.
        if self.count >= 2 * self.filter.len() {
            self.grow();
        }
        self.count += 1;
        let mask = self.filter.len().wrapping_sub(1);
        if let Some(word) = self.filter.get_mut(tag as usize & mask) {
            *word |= bits.0;
        }
        self.waiting.push((tag, number));
    }

    #[cold]
    fn grow(&mut self) {
        self.prepare();
        self.filter = vec![0; (2 * self.filter.len()).max(16)];
        let mask = self.filter.len() - 1;
        for (tag, _) in self.table.iter() {
            if let Some(word) = self.filter.get_mut(tag as usize & mask) {
                *word |= Bits::of(tag).0;
            }
        }
    }
}

/// The bits of a tag, by other parts of it than those that its word goes by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bits(u64);

impl Bits {
    #[inline(always)]
    pub(super) fn of(tag: Tag) -> Self {
        let mixed = u64::from(tag).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
        let bit = |shift: u32| 1 << (mixed >> shift & 63);
        Bits(bit(0) | bit(6) | bit(12) | bit(18))
    }
}
