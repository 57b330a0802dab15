//! A set of labels that borrows until something changes.

use std::{borrow::Cow, fmt};

use smallvec::SmallVec;

use crate::bytes::compare;
use crate::bytes::work;
use crate::model::name::ValidationScheme;
use crate::number::escape::quote;

mod arranged;
mod gone;
mod names;
mod order;
mod put;
mod shape;
#[cfg(test)]
mod tests;
mod text;

pub use order::LabelSetIter;

use gone::Gone;
use names::Places;
pub(super) use names::{NOWHERE, Name, Names, Spot};
pub(super) use put::{Source, make_room, push};
use shape::Shapes;
pub(super) use text::Given;
use text::{Room, Text, Texts};

/// How many labels fit without memory of their own.
const INLINE: usize = 12;

/// Where labels need memory of their own, there is room for this many that rules add.
const ADDED: usize = 8;

/// From this number of sorted labels on, one is found by binary search. With fewer, a linear search is as
/// fast, because most names differ in length.
const MANY_IN_ORDER: usize = 256;

/// A label set for relabelling.
///
/// It borrows names and values from what it was built from, and from the rules that change it. It keeps text
/// that a rule composes itself, in memory that [`reset`](Self::reset) passes to the next set. A label with an
/// empty value is the same as no label ([R20](crate::docs::relabel#r20)): such pairs are left out, and
/// setting one removes it.
///
/// Names should differ. If a name comes twice, rules see and set the first label.
///
/// Labels are read in the order of their names, compared as bytes. [`Rules::apply`](super::Rules::apply)
/// leaves them in that order, so reading them then costs nothing more. After [`set`](Self::set) and similar
/// methods, [`sorted`](Self::sorted) sorts them in place, while each [`iter`](Self::iter) sorts anew.
///
/// ```
/// use exposition::relabel::LabelSet;
///
/// let mut labels: LabelSet = [("job", "node"), ("instance", ""), ("env", "prod")].into_iter().collect();
/// assert_eq!(labels.get("env"), Some("prod"));
/// assert_eq!(labels.get("instance"), None);
///
/// labels.set("env", "");
/// labels.set("az", String::from("a"));
/// assert_eq!(labels.to_string(), r#"{az="a", job="node"}"#);
/// assert_eq!(labels.iter().collect::<Vec<_>>(), [("az", "a"), ("job", "node")]);
/// ```
#[derive(Default)]
pub struct LabelSet<'a> {
    labels: SmallVec<[Label<'a>; INLINE]>,
    gone: Gone,
    /// Where the labels are that a list of rules mentions, while the rules are applied.
    places: Places,
    /// How many of the first labels are known to be sorted. Those of one name are in the order in which they
    /// came.
    ordered: usize,
    /// How many labels have been set so far.
    changes: u64,
    texts: Texts,
    shape: Shapes<'a>,
    room: Room,
}

#[derive(Clone, Copy)]
pub(super) struct Label<'a> {
    pub(super) name: Text<'a>,
    pub(super) value: Text<'a>,
    /// 0 for a label that was there from the start; otherwise when it was first set. `labelmap` visits the
    /// labels in this order, those from the start by name (spec R39).
    pub(super) set_as: u64,
}

impl<'a> Label<'a> {
    /// Creates a label that is there from the start. `shortest` becomes the length of its value, if that is less.
    #[inline]
    fn new(
        (name, value): (impl Into<Cow<'a, str>>, impl Into<Cow<'a, str>>),
        texts: &mut Texts,
        shortest: &mut usize,
    ) -> Self {
        let (name, value) = (name.into(), value.into());
        *shortest = value.len().min(*shortest);
        Label {
            name: texts.put((&name).into()),
            value: texts.put((&value).into()),
            set_as: 0,
        }
    }
}

impl<'a> LabelSet<'a> {
    /// Creates a set without labels.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces all labels and keeps the memory.
    pub fn reset<I, N, V>(&mut self, labels: I)
    where
        I: IntoIterator<Item = (N, V)>,
        N: Into<Cow<'a, str>>,
        V: Into<Cow<'a, str>>,
    {
        self.expect_more();
        self.texts.reset();
        self.ordered = 0;
        self.changes = 0;
        self.fill(0, labels);
    }

    /// Puts labels in the place of those from `place` on. Labels without a value are left out.
    #[inline]
    fn fill<I, N, V>(&mut self, place: usize, labels: I)
    where
        I: IntoIterator<Item = (N, V)>,
        N: Into<Cow<'a, str>>,
        V: Into<Cow<'a, str>>,
    {
        let mut labels = labels.into_iter();
        let mut shortest = usize::MAX;
        let mut before = self.labels.get_mut(place..).unwrap_or_default().iter_mut();
        while before.len() > 0 {
            let Some(label) = labels.next() else {
                break;
            };
            if let Some(to) = before.next() {
                *to = Label::new(label, &mut self.texts, &mut shortest);
            }
        }
        let unused = before.len();
        if unused > 0 {
            self.labels.truncate(self.labels.len() - unused);
        } else {
            let more = labels.size_hint().0;
            if more > self.labels.capacity() - self.labels.len() {
                self.labels.reserve_exact(more.saturating_add(ADDED));
            }
            for label in labels {
                let label = Label::new(label, &mut self.texts, &mut shortest);
                self.labels.push(label);
            }
        }
        if shortest == 0 {
            let texts = &self.texts;
            let is_there = |label: &mut Label<'_>| !texts.get(label.value).is_empty();
            self.labels.retain(is_there);
        }
    }

    /// Does what [`reset`](Self::reset) does with texts that do not last: it keeps copies.
    pub(super) fn reset_to_copies<'t>(
        &mut self,
        labels: impl Iterator<Item = (Cow<'t, str>, Cow<'t, str>)>,
    ) {
        self.expect_more();
        self.labels.clear();
        self.texts.reset();
        self.ordered = 0;
        self.changes = 0;
        let texts = &mut self.texts;
        let labels = labels.filter(|(_, value)| !value.is_empty());
        self.labels.extend(labels.map(|(name, value)| Label {
            name: texts.put(Given::Passing(&name)),
            value: texts.put(Given::Passing(&value)),
            set_as: 0,
        }));
    }

    /// Returns the value of a label.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.value_at(self.place(name))
    }

    /// Returns the place of a label, or [`NOWHERE`].
    pub(super) fn place(&self, name: &str) -> usize {
        if self.ordered >= MANY_IN_ORDER {
            return self.place_among_many(name).unwrap_or(NOWHERE);
        }
        work::on(self.labels.len());
        let place = (self.labels.iter()).position(|label| self.is_named(label, name));
        place.unwrap_or(NOWHERE)
    }

    #[inline(always)]
    fn is_named(&self, label: &Label<'a>, name: &str) -> bool {
        compare::same(self.texts.get(label.name).as_bytes(), name.as_bytes()) && !label.is_gone()
    }

    /// Does what [`place`](Self::place) does: by binary search among the sorted labels, and linearly among
    /// the others.
    #[cold]
    fn place_among_many(&self, name: &str) -> Option<usize> {
        let start = self.place_in_order(name).unwrap_or(self.ordered);
        let labels = self.labels.get(start..)?;
        let place = (labels.iter()).position(|label| self.is_named(label, name));
        work::on(place.map_or(labels.len(), |place| place + 1));
        Some(start + place?)
    }

    /// Returns the place of the first sorted label of that name, gone or not. Faster than
    /// [`place`](Self::place) where there are many.
    pub(super) fn place_in_order(&self, name: &str) -> Option<usize> {
        let ordered = self.labels.get(..self.ordered)?;
        let place = ordered.partition_point(|label| self.texts.get(label.name) < name);
        let label = ordered.get(place)?;
        (self.texts.get(label.name) == name).then_some(place)
    }

    #[inline]
    pub(super) fn text<'s>(&'s self, text: Text<'s>) -> &'s str {
        self.texts.get(text)
    }

    pub(super) fn cow(&self, text: Text<'a>) -> Cow<'a, str> {
        self.texts.cow(text)
    }

    pub(super) fn given(&self, text: Text<'a>) -> Given<'_, 'a> {
        self.texts.given(text)
    }

    /// Sets a label, as a rule does. An empty value removes it.
    ///
    /// A label that keeps its value also counts as set from now on, which affects the order in which
    /// `labelmap` visits the labels ([R39](crate::docs::relabel#r39)).
    pub fn set(&mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) {
        let (name, value) = (name.into(), value.into());
        let spot = Spot::at(self.place(&name), (&name).into());
        self.put(&spot, (&value).into());
        self.compact();
    }

    /// Does what [`set`](Self::set) does, for a label that is not there.
    pub(crate) fn add(&mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) {
        let (name, value) = (name.into(), value.into());
        let spot = Spot::at(NOWHERE, (&name).into());
        self.put(&spot, (&value).into());
    }

    /// Removes a label, if it is there.
    pub fn remove(&mut self, name: &str) {
        self.screen(usize::MAX, |other| other != name);
        self.compact();
    }

    pub(super) fn labels(&self) -> &[Label<'a>] {
        &self.labels
    }

    /// Lends the buffers for composed text; the borrower returns them.
    #[inline]
    pub(super) fn room(&mut self) -> &mut Room {
        &mut self.room
    }

    /// Returns the number of labels.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len() - self.gone.count
    }

    /// Tells whether there are no labels.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes the labels count as there from the start, as if the set had been built from them.
    pub fn settle(&mut self) {
        self.changes = 0;
        self.labels.iter_mut().for_each(|label| label.set_as = 0);
    }

    /// Returns the same labels, owned: they can outlive all rules.
    #[must_use]
    pub fn into_owned<'o>(self) -> LabelSet<'o> {
        let mut texts = Texts::default();
        let mut keep = |text| texts.put(Given::Passing(self.texts.get(text)));
        let owned = self.labels.iter().map(|label| Label {
            name: keep(label.name),
            value: keep(label.value),
            set_as: label.set_as,
        });
        LabelSet {
            labels: owned.collect(),
            gone: self.gone,
            places: Places::default(),
            ordered: self.ordered,
            changes: self.changes,
            texts,
            shape: Shapes::default(),
            room: Room::default(),
        }
    }
}

impl<'a, N: Into<Cow<'a, str>>, V: Into<Cow<'a, str>>> Extend<(N, V)> for LabelSet<'a> {
    /// Adds labels that count as there from the start.
    fn extend<I: IntoIterator<Item = (N, V)>>(&mut self, labels: I) {
        self.fill(self.labels.len(), labels);
    }
}

impl<'a, N: Into<Cow<'a, str>>, V: Into<Cow<'a, str>>> FromIterator<(N, V)> for LabelSet<'a> {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(labels: I) -> Self {
        let mut set = LabelSet::new();
        set.extend(labels);
        set
    }
}

impl Clone for LabelSet<'_> {
    fn clone(&self) -> Self {
        let mut set = LabelSet::new();
        set.clone_from(self);
        set
    }

    /// Clones into the memory that is already there.
    fn clone_from(&mut self, other: &Self) {
        self.labels.clear();
        self.labels.extend_from_slice(&other.labels);
        self.gone = other.gone;
        self.forget_places();
        self.texts.clone_from(&other.texts);
        self.ordered = other.ordered;
        self.changes = other.changes;
    }
}

/// Sets are equal if they have the same labels, in any order.
impl PartialEq for LabelSet<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && (self.iter().eq(other.iter()) || self.by_name() == other.by_name())
    }
}

impl Eq for LabelSet<'_> {}

/// Displays the labels by name, in braces, quoted as in the text format.
impl fmt::Display for LabelSet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (index, (name, value)) in self.by_name().into_iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            f.write_str(comma)?;
            match ValidationScheme::Legacy.is_valid_label_name(name) {
                true => f.write_str(name)?,
                false => quote(f, name)?,
            }
            f.write_str("=")?;
            quote(f, value)?;
        }
        f.write_str("}")
    }
}

impl fmt::Debug for LabelSet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.by_name()).finish()
    }
}
