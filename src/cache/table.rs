//! A table from hashes to numbers, for things that are kept elsewhere.

/// Numbers by hash, found by asking whether the thing of that number is meant.
///
/// Nothing is taken out: who asks knows what is no longer there. Most questions are about what never
/// was, and answered by one byte.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// A byte of the tag for each slot that is taken, else 0. As many as a power of two, and at most
    /// half of them taken; or none.
    marks: Vec<u8>,
    numbers: Vec<u32>,
    taken: usize,
}

/// As much of a hash as the table goes by.
pub(super) type Tag = u32;

impl Table {
    /// The part of a hash that counts.
    pub(super) fn tag(hash: u64) -> Tag {
        (hash >> 32) as Tag
    }

    /// Empties it, and keeps the room.
    pub(super) fn clear(&mut self) {
        if self.taken > 0 {
            self.marks.fill(0);
            self.taken = 0;
        }
    }

    /// The number of what `is` says yes to, among those of that tag and few others.
    #[inline(always)]
    pub(super) fn find(&self, tag: Tag, is: impl Fn(u32) -> bool) -> Option<u32> {
        let mask = self.marks.len().wrapping_sub(1);
        let mut at = tag as usize & mask;
        loop {
            match *self.marks.get(at)? {
                0 => return None,
                found if found == mark(tag) => {
                    let number = self.numbers.get(at).copied()?;
                    if is(number) {
                        return Some(number);
                    }
                }
                _ => {}
            }
            at = (at + 1) & mask;
        }
    }

    /// Adds a number. `tag_of` tells the tag of each number that is still of use.
    #[inline(always)]
    pub(super) fn insert(&mut self, tag: Tag, number: u32, tag_of: impl Fn(u32) -> Option<Tag>) {
        if 2 * self.taken >= self.marks.len() {
            self.grow(tag_of);
        }
        self.put(tag, number);
    }

    #[inline(always)]
    fn put(&mut self, tag: Tag, number: u32) {
        let mask = self.marks.len().wrapping_sub(1);
        let mut at = tag as usize & mask;
        while let Some(slot) = self.marks.get_mut(at) {
            if *slot == 0 {
                *slot = mark(tag);
                if let Some(slot) = self.numbers.get_mut(at) {
                    *slot = number;
                }
                self.taken += 1;
                return;
            }
            at = (at + 1) & mask;
        }
    }

    #[cold]
    fn grow(&mut self, tag_of: impl Fn(u32) -> Option<Tag>) {
        let room = (2 * self.marks.len()).max(64);
        let grown = Table {
            marks: vec![0; room],
            numbers: vec![0; room],
            taken: 0,
        };
        let former = std::mem::replace(self, grown);
        for (mark, number) in former.marks.into_iter().zip(former.numbers) {
            if let Some(tag) = tag_of(number).filter(|_| mark != 0) {
                self.put(tag, number);
            }
        }
    }
}

/// What stands in the slot of a tag: the bits that have the least to do with where the slot is.
#[inline]
fn mark(tag: Tag) -> u8 {
    (tag >> 24) as u8 | 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_is_found() {
        // Many of one tag, and of few.
        for tags in [1, 3, 1000] {
            let tag = |number: u32| (number % tags).wrapping_mul(0x9E37_79B9);
            let mut table = Table::default();
            for _ in 0..2 {
                assert_eq!(table.find(7, |_| true), None);
                for number in 0..1000 {
                    assert_eq!(table.find(tag(number), |n| n == number), None);
                    table.insert(tag(number), number, |number| Some(tag(number)));
                }
                for number in 0..1000 {
                    assert_eq!(table.find(tag(number), |n| n == number), Some(number));
                    assert_eq!(table.find(tag(number), |_| false), None);
                }
                table.clear();
            }
        }
    }

    #[test]
    fn what_is_of_no_use_is_dropped_when_it_grows() {
        let mut table = Table::default();
        for number in 0..33 {
            table.insert(number, number, |number| (number > 9).then_some(number));
        }
        assert_eq!(table.find(9, |_| true), None);
        assert_eq!(table.find(10, |_| true), Some(10));
        assert_eq!(table.taken, 23);
    }
}
