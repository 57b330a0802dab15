//! Where series are, by their numbers.

use super::place::{Change, Place};
use super::table::Tag;

/// The series of a body and of the one before it, by numbers that are used again.
#[derive(Debug, Default)]
pub(super) struct Register {
    entries: Vec<Entry>,
    /// Numbers of series that are gone.
    free: Vec<u32>,
    /// Changes with every body in which other lines follow each other.
    odd_round: bool,
}

/// A series.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// Where its first sample is, and in which round: one bit for that. All are set if it is gone.
    place_and_round: u32,
    tag: Tag,
}

const GONE: u32 = u32::MAX;
const ROUND: u32 = 1 << 31;

/// Where the first sample of a series is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// In this body, at that place.
    Here(usize),
    /// In the last body, and not come again yet.
    Before(usize),
    Gone,
}

impl Register {
    /// How many series there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len() - self.free.len()
    }

    fn round(&self) -> u32 {
        if self.odd_round { ROUND } else { 0 }
    }

    #[inline]
    pub(super) fn standing(&self, number: u32) -> Standing {
        match self.entries.get(number as usize) {
            None => Standing::Gone,
            Some(entry) if entry.place_and_round == GONE => Standing::Gone,
            Some(entry) => {
                let place = (entry.place_and_round & !ROUND) as usize;
                match entry.place_and_round & ROUND == self.round() {
                    true => Standing::Here(place),
                    false => Standing::Before(place),
                }
            }
        }
    }

    /// Begins with a body in which other lines follow these places.
    pub(super) fn part(&mut self, places: &[Place]) {
        self.odd_round = !self.odd_round;
        for (index, place) in places.iter().enumerate() {
            if place.form.is_sample() && place.change != Change::Repeated {
                self.stands(place.number, index);
            }
        }
    }

    /// Says that the first sample of a series is at that place.
    #[inline]
    pub(super) fn stands(&mut self, number: u32, place: usize) {
        let round = self.round();
        if let Some(entry) = self.entries.get_mut(number as usize) {
            entry.place_and_round = place as u32 | round;
        }
    }

    /// Says that a sample of a series is at that place; gives where the first one stood until now.
    #[inline(always)]
    pub(super) fn meet(&mut self, number: u32, place: usize) -> Standing {
        let standing = self.standing(number);
        if let Standing::Before(_) = standing {
            self.stands(number, place);
        }
        standing
    }

    /// What a series is found by, unless it is gone.
    pub(super) fn tag(&self, number: u32) -> Option<Tag> {
        let entry = self.entries.get(number as usize)?;
        (entry.place_and_round != GONE).then_some(entry.tag)
    }

    /// A number for a series of that tag, whose first sample is at that place.
    #[inline(always)]
    pub(super) fn add(&mut self, tag: Tag, place: usize) -> u32 {
        let entry = Entry {
            place_and_round: place as u32 | self.round(),
            tag,
        };
        if let Some(number) = self.free.pop() {
            if let Some(free) = self.entries.get_mut(number as usize) {
                *free = entry;
            }
            return number;
        }
        self.entries.push(entry);
        self.entries.len() as u32 - 1
    }

    /// Says that a series is gone.
    pub(super) fn remove(&mut self, number: u32) {
        if let Some(entry) = self.entries.get_mut(number as usize) {
            entry.place_and_round = GONE;
            self.free.push(number);
        }
    }
}
