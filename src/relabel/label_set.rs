//! A set of labels that borrows until something changes.

use std::{
    borrow::Cow,
    fmt::{self, Write},
};

use smallvec::SmallVec;

use crate::name::NameScheme;

/// A label set on its way through relabelling.
///
/// It borrows names and values from what it was built of, and from the rules that change it. A label
/// with an empty value is the same as no label (spec R20): such pairs are left out, and setting one
/// removes it.
///
/// Names should differ. If one comes twice, rules see the first value, and setting or removing the
/// name replaces both.
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
    labels: SmallVec<[Label<'a>; 12]>,
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
        self.find(name).map(|label| &*label.value)
    }

    pub(super) fn find(&self, name: &str) -> Option<&Label<'a>> {
        self.labels.iter().find(|label| *label.name == *name)
    }

    /// Sets a label, as a rule does; an empty value removes it.
    ///
    /// Even one that keeps its value counts as set from now on, which is seen in the order in which
    /// `labelmap` goes through the labels (spec R39).
    pub fn set(&mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) {
        let (name, value) = (name.into(), value.into());
        if value.is_empty() {
            return self.remove(&name);
        }
        let mut places = (self.labels.iter().enumerate()).filter(|(_, label)| label.name == name);
        let first = places.next().map(|(index, _)| index);
        let again = places.next_back().is_some();
        match first.and_then(|index| self.labels.get_mut(index)) {
            Some(label) if !again => {
                label.value = value;
                if label.set_as == 0 {
                    self.changes += 1;
                    label.set_as = self.changes;
                }
            }
            _ => {
                self.remove(&name);
                self.changes += 1;
                let set_as = self.changes;
                self.labels.push(Label {
                    name,
                    value,
                    set_as,
                });
            }
        }
    }

    /// Counts a label as set that has the right value already.
    pub(super) fn touch(&mut self, name: &str) {
        if let Some(label) = self.labels.iter_mut().find(|label| *label.name == *name)
            && label.set_as == 0
        {
            self.changes += 1;
            label.set_as = self.changes;
        }
    }

    /// Removes a label, if it is there.
    pub fn remove(&mut self, name: &str) {
        self.retain(|label| *label.name != *name);
    }

    /// Removes the labels that `keep` refuses. The order is of no matter: what counts is when a
    /// label was set.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(&Label<'a>) -> bool) {
        let mut index = 0;
        while let Some(label) = self.labels.get(index) {
            if keep(label) {
                index += 1;
            } else {
                self.labels.swap_remove(index);
            }
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
        self.labels
            .extend(labels.into_iter().filter_map(|(name, value)| {
                let (name, value) = (name.into(), value.into());
                (!value.is_empty()).then_some(Label {
                    name,
                    value,
                    set_as: 0,
                })
            }));
    }
}

impl<'a, N: Into<Cow<'a, str>>, V: Into<Cow<'a, str>>> FromIterator<(N, V)> for LabelSet<'a> {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(labels: I) -> Self {
        let mut set = LabelSet::new();
        set.extend(labels);
        set
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
