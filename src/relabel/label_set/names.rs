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
    slot: usize,
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
            if compare::same(name.text.as_bytes(), text.as_bytes()) {
                return Some(slot);
            }
            number = name.before;
        }
    }
}

/// The place of a label that is not there.
pub(super) const NOWHERE: usize = usize::MAX;

/// A label to be set, and its place if it is there.
pub(in super::super) struct Spot<'t, 'a> {
    pub(super) name: Given<'t, 'a>,
    pub(in super::super) place: Option<usize>,
    slot: usize,
}

impl<'t, 'a> Spot<'t, 'a> {
    #[inline]
    pub(in super::super) fn of(name: &'a Name, labels: &LabelSet<'a>) -> Self {
        Spot {
            place: labels.find(name),
            name: Given::Lasting(&name.text),
            slot: name.slot,
        }
    }

    /// Creates the spot of a name that was just composed.
    pub(in super::super) fn new(name: Given<'t, 'a>, labels: &LabelSet<'a>) -> Self {
        Self::at(labels.place(name.text()), name)
    }

    /// Does what [`new`](Self::new) does, for a label whose place is known.
    pub(in super::super) fn at(place: Option<usize>, name: Given<'t, 'a>) -> Self {
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
        self.places.clear();
        self.places.resize(names.names.len(), NOWHERE);
        work::on(self.labels.len());
        let (labels, places) = (self.labels.as_slice(), self.places.as_mut_slice());
        for (place, label) in labels.iter().enumerate() {
            let text = self.texts.get(label.name);
            let Some(number) = names.last.get(bucket(text)).filter(|number| **number > 0) else {
                continue;
            };
            let Some(slot) = names.slot(*number, text) else {
                continue;
            };
            match places.get_mut(slot) {
                Some(known) if *known == NOWHERE => *known = place,
                _ => return false,
            }
        }
        true
    }

    /// Returns the place of a label that a rule mentions. It may be gone from there: then its value is empty.
    #[inline]
    pub(in super::super) fn find(&self, name: &Name) -> Option<usize> {
        match self.places.get(name.slot) {
            Some(place) if self.places_hold => (*place != NOWHERE).then_some(*place),
            _ => self.place(&name.text),
        }
    }

    /// Records where a label has been added.
    #[inline]
    pub(super) fn added(&mut self, spot: &Spot<'_, 'a>, place: usize) {
        match self.places.get_mut(spot.slot) {
            // Labels that have moved are looked up, and the places of those of the next set stay known.
            _ if !self.places_hold => {}
            Some(known) => *known = place,
            // Its name may be one that rules mention.
            None => self.places_hold = false,
        }
    }
}
