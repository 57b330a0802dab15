//! The names that rules mention, looked up once per label set and not for every rule.

use std::collections::HashMap;

use super::{LabelSet, text::Given};
use crate::bytes::compare;
use crate::bytes::work;

/// The name of a label that a rule reads or sets.
#[derive(Debug, Clone)]
pub(in super::super) struct Name {
    pub(super) text: String,
    /// Its number in the [`Names`] of its rule's list.
    pub(super) slot: usize,
}

/// The number of a name that is not in any [`Names`].
const NO_SLOT: usize = usize::MAX;

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Name {
            text: text.to_owned(),
            slot: NO_SLOT,
        }
    }
}

/// The names that a list of rules mentions, each once.
#[derive(Debug, Clone)]
pub(in super::super) struct Names {
    /// For each [`bucket`] its last name: the number of the name plus one.
    last: Box<[u16; BUCKETS]>,
    names: Vec<Mentioned>,
    /// How many of the rules remove labels by name.
    screens: usize,
}

#[derive(Debug, Clone)]
struct Mentioned {
    text: String,
    /// The previous name in its bucket: its number plus one.
    before: u16,
}

const BUCKETS: usize = 256;

/// Returns a number below [`BUCKETS`] that differs for most names.
#[inline]
fn bucket(name: &str) -> usize {
    let last = name.as_bytes().last().copied().unwrap_or_default();
    (usize::from(last) ^ name.len() << 3) % BUCKETS
}

impl Default for Names {
    fn default() -> Self {
        Names {
            last: Box::new([0; BUCKETS]),
            names: Vec::new(),
            screens: 0,
        }
    }
}

impl Names {
    /// Gives each name its number, in a list in which `screens` rules remove labels by name.
    pub(in super::super) fn number<'n>(
        all: impl Iterator<Item = &'n mut Name>,
        screens: usize,
    ) -> Names {
        let mut names = Names {
            screens,
            ..Names::default()
        };
        let mut known = HashMap::new();
        for name in all {
            let next = names.names.len();
            // No configuration has so many names; those beyond are searched one by one.
            let Ok(number) = u16::try_from(next + 1) else {
                break;
            };
            name.slot = *known.entry(name.text.clone()).or_insert(next);
            if name.slot == next
                && let Some(last) = names.last.get_mut(bucket(&name.text))
            {
                names.names.push(Mentioned {
                    text: name.text.clone(),
                    before: std::mem::replace(last, number),
                });
            }
        }
        names
    }

    /// Tells whether nothing follows from the names of labels.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty() && self.screens == 0
    }

    pub(super) fn screens(&self) -> usize {
        self.screens
    }

    /// Returns the number of a name, which is that of its bucket's last name or of one before it.
    #[inline]
    fn slot(&self, mut number: u16, text: &str) -> Option<usize> {
        loop {
            work::on(1);
            let slot = usize::from(number).checked_sub(1)?;
            let name = self.names.get(slot)?;
            if compare::same_name(&name.text, text) {
                return Some(slot);
            }
            number = name.before;
        }
    }
}

/// The place of a label that is not there.
pub(in super::super) const NOWHERE: usize = u32::MAX as usize;

/// Where the labels are that a list of rules mentions, by the numbers of their names.
#[derive(Clone)]
pub(super) struct Places {
    few: [u32; FEW],
    /// Those of the names from number [`FEW`] on.
    many: Vec<u32>,
}

/// How many places need no memory of their own.
const FEW: usize = 16;

/// Stands for a place that has to be searched.
const UNKNOWN: u32 = u32::MAX - 1;

impl Default for Places {
    fn default() -> Self {
        Places {
            few: [UNKNOWN; FEW],
            many: Vec::new(),
        }
    }
}

impl Places {
    pub(super) fn forget(&mut self) {
        self.few = [UNKNOWN; FEW];
        self.many.clear();
    }

    /// Notes that none of the labels with the numbers below `len` is there.
    fn clear(&mut self, len: usize) {
        self.few = [NOWHERE as u32; FEW];
        self.many.clear();
        self.many.resize(len.saturating_sub(FEW), NOWHERE as u32);
    }

    #[inline]
    fn get_mut(&mut self, slot: usize) -> Option<&mut u32> {
        match slot.checked_sub(FEW) {
            None => self.few.get_mut(slot),
            Some(slot) => self.many.get_mut(slot),
        }
    }

    /// Notes where a label has been added, unless places are not known anyway. Returns whether the number is that of
    /// a name.
    #[inline]
    fn add(&mut self, slot: usize, place: usize) -> bool {
        let Some(known) = self.get_mut(slot) else {
            return false;
        };
        if *known != UNKNOWN {
            *known = u32::try_from(place).unwrap_or(UNKNOWN);
        }
        true
    }

    /// Becomes a copy of others.
    #[inline]
    pub(super) fn copy(&mut self, other: &Places) {
        self.few = other.few;
        if self.many.len() + other.many.len() > 0 {
            self.many.clone_from(&other.many);
        }
    }
}

/// A label to be set, and its place if it is there.
pub(in super::super) struct Spot<'t, 'a> {
    pub(super) name: Given<'t, 'a>,
    pub(super) place: usize,
    pub(super) slot: usize,
}

impl<'t, 'a> Spot<'t, 'a> {
    /// Creates the spot of a name that rules mention.
    #[inline]
    pub(in super::super) fn of(name: &'a Name, place: usize) -> Self {
        Spot {
            place,
            name: Given::Lasting(&name.text),
            slot: name.slot,
        }
    }

    /// Creates the spot of another name.
    pub(in super::super) fn at(place: usize, name: Given<'t, 'a>) -> Self {
        Spot {
            name,
            place,
            slot: NO_SLOT,
        }
    }
}

impl<'a> LabelSet<'a> {
    /// Looks up the names that rules mention, so that [`find`](Self::find) knows their places. Returns whether
    /// they are known.
    ///
    /// Where two labels have the same name, each name is looked up on demand.
    pub(super) fn look_for(&mut self, names: &Names) -> bool {
        self.places.clear(names.names.len());
        work::on(self.labels.len());
        for (place, label) in self.labels.iter().enumerate() {
            let text = self.texts.get(label.name);
            let Some(number) = names.last.get(bucket(text)).filter(|number| **number > 0) else {
                continue;
            };
            let Some(slot) = names.slot(*number, text) else {
                continue;
            };
            match self.places.get_mut(slot) {
                Some(known) if *known == NOWHERE as u32 => {
                    *known = u32::try_from(place).unwrap_or(UNKNOWN);
                }
                _ => {
                    self.places.forget();
                    return false;
                }
            }
        }
        true
    }

    /// Returns the place of a label that a rule mentions, or [`NOWHERE`]. It may be gone from there: then its value
    /// is empty.
    #[inline]
    pub(in super::super) fn find(&self, name: &Name) -> usize {
        match self.places.few.get(name.slot) {
            Some(place) if *place != UNKNOWN => *place as usize,
            _ => self.find_elsewhere(name),
        }
    }

    #[inline(never)]
    fn find_elsewhere(&self, name: &Name) -> usize {
        let slot = name.slot.checked_sub(FEW);
        match slot.and_then(|slot| self.places.many.get(slot)) {
            Some(place) if *place != UNKNOWN => *place as usize,
            _ => self.place(&name.text),
        }
    }

    /// Records where a label has been added.
    #[inline]
    pub(super) fn added(&mut self, slot: usize, place: usize) {
        // Its name may be one that rules mention.
        if !self.places.add(slot, place) {
            self.places.forget();
        }
    }
}
