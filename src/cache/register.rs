//! Where series are, by their numbers.

use super::place::{Change, Place};

/// The series of a body and of the one before it, by numbers that are used again.
#[derive(Debug, Default)]
pub(super) struct Register {
    entries: Vec<Entry>,
    /// Numbers of series that are gone.
    free: Vec<u32>,
    /// Changes with every body in which other lines follow each other.
    odd_round: bool,
}

/// Where the first sample of a series is, and in which round:
/// one bit for the round, the others for the place. All are set if the series is gone.
#[derive(Debug, Clone, Copy)]
struct Entry(u32);

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
            Some(entry) if entry.0 == GONE => Standing::Gone,
            Some(entry) => {
                let place = (entry.0 & !ROUND) as usize;
                match entry.0 & ROUND == self.round() {
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
            entry.0 = place as u32 | round;
        }
    }

    /// A number for a series whose first sample is at that place.
    #[inline]
    pub(super) fn add(&mut self, place: usize) -> u32 {
        let number = self.free.pop().unwrap_or_else(|| {
            self.entries.push(Entry(GONE));
            self.entries.len() as u32 - 1
        });
        self.stands(number, place);
        number
    }

    /// Says that a series is gone.
    pub(super) fn remove(&mut self, number: u32) {
        if let Some(entry) = self.entries.get_mut(number as usize) {
            entry.0 = GONE;
            self.free.push(number);
        }
    }
}
