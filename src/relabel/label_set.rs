//! A set of labels that borrows until something changes.

use std::{
    borrow::Cow,
    collections::HashMap,
    fmt::{self, Write},
};

use smallvec::SmallVec;

use super::keys::Keys;
use crate::{
    bytes::{self, key},
    name::NameScheme,
};

/// How many labels need no memory of their own.
const INLINE: usize = 12;

/// A label set on its way through relabelling.
///
/// It borrows names and values from what it was built of, and from the rules that change it. A label
/// with an empty value is the same as no label (spec R20): such pairs are left out, and setting one
/// removes it.
///
/// Names should differ. If one comes twice, rules see and set the first of the two.
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
/// assert_eq!(labels.sorted().collect::<Vec<_>>(), [("az", "a"), ("job", "node")]);
/// ```
#[derive(Clone, Default)]
pub struct LabelSet<'a> {
    labels: SmallVec<[Label<'a>; INLINE]>,
    /// A key for each label, at the same place: looking for a name goes through these.
    keys: Keys,
    /// How many labels have been set so far.
    changes: u32,
}

#[derive(Clone)]
pub(super) struct Label<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) value: Cow<'a, str>,
    /// 0 for a label that was there from the start; otherwise when it was first set. `labelmap`
    /// goes through the labels in this order, the first ones by name (spec R39).
    pub(super) set_as: u32,
}

impl<'a> LabelSet<'a> {
    /// A set without labels.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces all labels, keeping the memory.
    pub fn reset<I, N, V>(&mut self, labels: I)
    where
        I: IntoIterator<Item = (N, V)>,
        N: Into<Cow<'a, str>>,
        V: Into<Cow<'a, str>>,
    {
        self.labels.clear();
        self.changes = 0;
        self.extend(labels);
    }

    /// The value of a label.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.value_at(self.place(key(name), name))
    }

    pub(super) fn find(&self, name: &Name) -> Option<&Cow<'a, str>> {
        let place = self.place(name.key, &name.text)?;
        self.labels.get(place).map(|label| &label.value)
    }

    /// Where a label is.
    pub(super) fn place(&self, key: u8, name: &str) -> Option<usize> {
        let labels = self.labels.as_slice();
        self.keys.find(key, |place| {
            let label = labels.get(place);
            label.is_some_and(|label| bytes::same(label.name.as_bytes(), name.as_bytes()))
        })
    }

    pub(super) fn value_at(&self, place: Option<usize>) -> Option<&str> {
        self.labels.get(place?).map(|label| &*label.value)
    }

    /// Sets a label, as a rule does; an empty value removes it.
    ///
    /// Even one that keeps its value counts as set from now on, which is seen in the order in which
    /// `labelmap` goes through the labels (spec R39).
    pub fn set(&mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) {
        let name = name.into();
        let key = key(&name);
        let place = self.place(key, &name);
        self.set_at(place, key, name, value.into());
    }

    /// As [`set`](Self::set), of a label that is not there.
    pub(crate) fn add(&mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) {
        let name = name.into();
        self.set_at(None, key(&name), name, value.into());
    }

    /// As [`set`](Self::set), of many labels, none of which has an empty value: each is found by its
    /// hash, however many there are.
    pub(super) fn set_many(&mut self, labels: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>) {
        let mut places = HashMap::with_capacity(self.labels.len());
        for (place, label) in self.labels.iter().enumerate() {
            places.entry(label.name.clone()).or_insert(place);
        }
        for (name, value) in labels {
            let place = places.get(&name).copied();
            if place.is_none() {
                places.insert(name.clone(), self.labels.len());
            }
            self.set_at(place, key(&name), name, value);
        }
    }

    /// As [`set`](Self::set), of a label whose place is known.
    pub(super) fn set_at(
        &mut self,
        place: Option<usize>,
        key: u8,
        name: Cow<'a, str>,
        value: Cow<'a, str>,
    ) {
        match place {
            Some(place) if value.is_empty() => self.remove_at(place),
            Some(place) => {
                if let Some(label) = self.labels.get_mut(place) {
                    label.value = value;
                }
                self.touch(place);
            }
            None if value.is_empty() => {}
            None => {
                self.changes += 1;
                let set_as = self.changes;
                self.push(key, name, value, set_as);
            }
        }
    }

    fn push(&mut self, key: u8, name: Cow<'a, str>, value: Cow<'a, str>, set_as: u32) {
        self.keys.put(self.labels.len(), key);
        self.labels.push(Label {
            name,
            value,
            set_as,
        });
    }

    fn remove_at(&mut self, place: usize) {
        self.labels.swap_remove(place);
        // The last label stands there now.
        self.keys.put(place, self.keys.get(self.labels.len()));
    }

    /// Counts a label as set that has the right value already.
    pub(super) fn touch(&mut self, place: usize) {
        if let Some(label) = self.labels.get_mut(place)
            && label.set_as == 0
        {
            self.changes += 1;
            label.set_as = self.changes;
        }
    }

    /// Removes a label, if it is there.
    pub fn remove(&mut self, name: &str) {
        let key = key(name);
        while let Some(place) = self.place(key, name) {
            self.remove_at(place);
        }
    }

    /// Removes the labels that `keep` refuses. The order is of no matter: what counts is when a
    /// label was set.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(&Label<'a>) -> bool) {
        let mut from = 0;
        while let Some(rest) = self.labels.get(from..)
            && let Some(index) = rest.iter().position(|label| !keep(label))
        {
            from += index;
            self.remove_at(from);
        }
    }

    pub(super) fn labels(&self) -> &[Label<'a>] {
        &self.labels
    }

    /// How many labels there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no label.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The labels in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.labels
            .iter()
            .map(|label| (&*label.name, &*label.value))
    }

    /// The labels by name; sorts them in place.
    pub fn sorted(&mut self) -> impl Iterator<Item = (&str, &str)> {
        self.labels
            .sort_unstable_by(|a, b| (&a.name, a.set_as).cmp(&(&b.name, b.set_as)));
        self.keys
            .extend(0, self.labels.iter().map(|label| key(&label.name)));
        self.iter()
    }

    /// Takes the labels as they are for the ones that were there from the start, as if the set had
    /// been built of them.
    pub fn settle(&mut self) {
        self.changes = 0;
        self.labels.iter_mut().for_each(|label| label.set_as = 0);
    }

    /// The same labels, owned: they may live as long as any rules.
    #[must_use]
    pub fn into_owned<'o>(self) -> LabelSet<'o> {
        let owned = self.labels.into_iter().map(|label| Label {
            name: Cow::Owned(label.name.into_owned()),
            value: Cow::Owned(label.value.into_owned()),
            set_as: label.set_as,
        });
        LabelSet {
            labels: owned.collect(),
            keys: self.keys,
            changes: self.changes,
        }
    }

    fn by_name(&self) -> Vec<(&str, &str)> {
        let mut labels: Vec<_> = self.iter().collect();
        labels.sort_unstable();
        labels
    }
}

impl<'a, N: Into<Cow<'a, str>>, V: Into<Cow<'a, str>>> Extend<(N, V)> for LabelSet<'a> {
    /// Adds labels that are taken to be there from the start.
    fn extend<I: IntoIterator<Item = (N, V)>>(&mut self, labels: I) {
        let before = self.labels.len();
        let mut empty = false;
        self.labels.extend(labels.into_iter().map(|(name, value)| {
            let value = value.into();
            empty |= value.is_empty();
            Label {
                name: name.into(),
                value,
                set_as: 0,
            }
        }));
        if empty {
            self.labels.retain(|label| !label.value.is_empty());
        }
        let added = self.labels.get(before..).unwrap_or_default();
        (self.keys).extend(before, added.iter().map(|label| key(&label.name)));
    }
}

impl<'a, N: Into<Cow<'a, str>>, V: Into<Cow<'a, str>>> FromIterator<(N, V)> for LabelSet<'a> {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(labels: I) -> Self {
        let mut set = LabelSet::new();
        set.extend(labels);
        set
    }
}

/// The name of a label that a rule reads or sets.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) key: u8,
    pub(super) text: String,
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Name {
            key: key(text),
            text: text.to_owned(),
        }
    }
}

/// Sets are equal if they have the same labels, in whatever order they came.
impl PartialEq for LabelSet<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.by_name() == other.by_name()
    }
}

impl Eq for LabelSet<'_> {}

/// The labels by name, in braces, quoted as in the text format.
impl fmt::Display for LabelSet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (index, (name, value)) in self.by_name().into_iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            f.write_str(comma)?;
            match NameScheme::Legacy.is_valid_label_name(name) {
                true => f.write_str(name)?,
                false => write_quoted(name, f)?,
            }
            f.write_str("=")?;
            write_quoted(value, f)?;
        }
        f.write_str("}")
    }
}

fn write_quoted(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("\"")?;
    for c in text.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            c => f.write_char(c)?,
        }
    }
    f.write_str("\"")
}

impl fmt::Debug for LabelSet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.by_name()).finish()
    }
}
