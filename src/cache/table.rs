//! A table from hashes to numbers, for things that are kept elsewhere.

/// Numbers by hash, found by asking whether the thing of that number is meant.
///
/// Nothing is taken out: who asks knows what is no longer there, and builds the table anew in time.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// A power of two, and at most half of them used; or none.
    slots: Vec<Slot>,
    used: usize,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    tag: Tag,
    number: u32,
}

/// As much of a hash as the table keeps.
pub(super) type Tag = u32;

const FREE: Slot = Slot {
    tag: 0,
    number: u32::MAX,
};

impl Table {
    /// A table with room for that many numbers.
    pub(super) fn with_room(numbers: usize) -> Self {
        let slots = match numbers {
            0 => 0,
            _ => (2 * numbers).next_power_of_two().max(16),
        };
        Table {
            slots: vec![FREE; slots],
            used: 0,
        }
    }

    /// The part of a hash that is kept.
    pub(super) fn tag(hash: u64) -> Tag {
        (hash >> 32) as Tag
    }

    /// The number of what `is` says yes to, among those of that tag.
    #[inline]
    pub(super) fn find(&self, tag: Tag, mut is: impl FnMut(u32) -> bool) -> Option<u32> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = tag as usize;
        loop {
            let slot = self.slots.get(at & mask)?;
            if slot.number == FREE.number {
                return None;
            }
            if slot.tag == tag && is(slot.number) {
                return Some(slot.number);
            }
            at = at.wrapping_add(1);
        }
    }

    /// Adds a number below `u32::MAX`.
    #[inline]
    pub(super) fn insert(&mut self, tag: Tag, number: u32) {
        if 2 * (self.used + 1) > self.slots.len() {
            self.grow();
        }
        self.used += 1;
        self.put(Slot { tag, number });
    }

    fn put(&mut self, new: Slot) {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = new.tag as usize;
        while let Some(slot) = self.slots.get_mut(at & mask) {
            if slot.number == FREE.number {
                *slot = new;
                return;
            }
            at = at.wrapping_add(1);
        }
    }

    #[cold]
    fn grow(&mut self) {
        let old = std::mem::replace(self, Table::with_room(2 * self.used + 8));
        self.used = old.used;
        let taken = (old.slots.iter()).filter(|slot| slot.number != FREE.number);
        taken.for_each(|slot| self.put(*slot));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_is_found() {
        let mut table = Table::default();
        assert_eq!(table.find(7, |_| true), None);
        // Many of one tag, and of few.
        for number in 0..1000 {
            table.insert(number % 3, number);
            assert_eq!(table.find(number % 3, |n| n == number), Some(number));
        }
        for number in 0..1000 {
            assert_eq!(table.find(number % 3, |n| n == number), Some(number));
            assert_eq!(table.find(number % 3 + 3, |n| n == number), None);
        }
        assert_eq!(table.find(u32::MAX, |_| true), None);
        let room = Table::with_room(9);
        assert_eq!(room.slots.len(), 32);
    }
}
