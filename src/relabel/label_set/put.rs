//! How rules read values and set labels.

use super::{
    Label, LabelSet, Name, Spot,
    text::{Given, Text, Texts},
};
use crate::bytes::compare;

/// Where a rule's source value is.
#[derive(Clone, Copy)]
pub(in super::super) enum Source {
    /// The value of the label at this place, or empty.
    At(usize),
    /// The values of several labels, joined.
    Joined,
}

impl<'a> LabelSet<'a> {
    /// Finds the value of the labels with these names. Those of several are joined.
    #[inline]
    pub(in super::super) fn source(&mut self, names: &[Name], separator: &str) -> Source {
        match names {
            [name] => Source::At(self.find(name)),
            _ => self.join(names, separator),
        }
    }

    #[inline(never)]
    fn join(&mut self, names: &[Name], separator: &str) -> Source {
        self.room.joined.clear();
        make_room(&mut self.room.joined);
        for (index, name) in names.iter().enumerate() {
            let place = self.find(name);
            let joined = &mut self.room.joined;
            if index > 0 {
                push(joined, separator);
            }
            if let Some(label) = self.labels.get(place) {
                joined.push_str(self.texts.get(label.value));
            }
        }
        Source::Joined
    }

    #[inline]
    pub(in super::super) fn source_value(&self, source: Source) -> Given<'_, 'a> {
        match source {
            Source::At(place) => (self.labels.get(place))
                .map_or(Given::Lasting(""), |label| self.texts.given(label.value)),
            Source::Joined => Given::Passing(&self.room.joined),
        }
    }

    #[inline]
    pub(in super::super) fn value_at(&self, place: usize) -> Option<&str> {
        self.labels.get(place).map(|label| self.text(label.value))
    }

    /// Sets a label. One that is removed stays until [`compact`](Self::compact) takes it out. Returns whether
    /// anything has changed.
    pub(in super::super) fn put(&mut self, spot: &Spot<'_, 'a>, value: Given<'_, 'a>) -> bool {
        let new = value.text();
        let Some(label) = self.labels.get_mut(spot.place) else {
            if !new.is_empty() {
                let (name, value) = (self.texts.put(spot.name), self.texts.put(value));
                self.push(name, value, spot.slot);
            }
            return !new.is_empty();
        };
        let is_same = label.has(new, &self.texts);
        if !is_same {
            if new.is_empty() {
                self.gone.add(label, spot.place, &mut self.texts);
                return true;
            }
            self.gone.revive(label, spot.place);
            self.texts.release(label.value);
            label.value = self.texts.put(value);
        }
        label.touch(&mut self.changes);
        !is_same
    }

    /// Lends the source value, and room for a text that [`put_composed`](Self::put_composed) uses.
    #[inline]
    pub(in super::super) fn compose<T>(
        &mut self,
        source: Source,
        compose: impl FnOnce(Given<'_, 'a>, &mut String) -> T,
    ) -> T {
        let value = match source {
            Source::At(place) => (self.labels.get(place))
                .map_or(Given::Lasting(""), |label| self.texts.given(label.value)),
            Source::Joined => Given::Passing(&self.room.joined),
        };
        self.room.new.clear();
        compose(value, &mut self.room.new)
    }

    /// Does what [`put`](Self::put) does, for a label that rules mention and the text in the room. The set keeps
    /// that text itself, and makes room elsewhere.
    #[inline]
    pub(in super::super) fn put_composed(&mut self, name: &'a Name) -> bool {
        let place = self.find(name);
        let new = &mut self.room.new;
        let Some(label) = self.labels.get_mut(place) else {
            let is_new = !new.is_empty();
            if is_new {
                let value = self.texts.take(new);
                self.push(Text::Borrowed(&name.text), value, name.slot);
            }
            return is_new;
        };
        let is_same = label.has(new, &self.texts);
        if !is_same {
            if new.is_empty() {
                self.gone.add(label, place, &mut self.texts);
                return true;
            }
            self.gone.revive(label, place);
            self.texts.release(label.value);
            label.value = self.texts.take(new);
        }
        label.touch(&mut self.changes);
        !is_same
    }

    /// Adds a label that is not there.
    #[inline]
    fn push(&mut self, name: Text<'a>, value: Text<'a>, slot: usize) {
        let place = self.labels.len();
        self.changes += 1;
        self.labels.push(Label {
            name,
            value,
            set_as: self.changes,
        });
        self.added(slot, place);
    }

    /// Sets a label that rules mention. Returns whether anything has changed.
    #[inline]
    pub(in super::super) fn put_lasting(&mut self, name: &'a Name, value: &'a str) -> bool {
        let place = self.find(name);
        if place < self.labels.len() {
            return self.put(&Spot::of(name, place), Given::Lasting(value));
        }
        if !value.is_empty() {
            let (name, slot) = (Text::Borrowed(&name.text), name.slot);
            self.push(name, Text::Borrowed(value), slot);
        }
        !value.is_empty()
    }

    /// Counts a label as set that already has the right value.
    pub(in super::super) fn touch(&mut self, place: usize) {
        if let Some(label) = self.labels.get_mut(place) {
            label.touch(&mut self.changes);
        }
    }
}

impl Label<'_> {
    /// Tells whether it has a value; one that is gone has an empty one.
    #[inline]
    fn has(&self, value: &str, texts: &Texts) -> bool {
        compare::same(texts.get(self.value).as_bytes(), value.as_bytes())
    }

    /// Counts the label as set, after so many changes.
    #[inline]
    fn touch(&mut self, changes: &mut u64) {
        if self.set_as == 0 {
            *changes += 1;
            self.set_as = *changes;
        }
    }
}

/// Makes room in a text that has none, so that it does not grow with each part that is appended.
#[inline]
pub(in super::super) fn make_room(text: &mut String) {
    if text.capacity() == 0 {
        text.reserve(ROOM);
    }
}

/// Enough for most values that rules put together.
const ROOM: usize = 64;

/// Appends to text; the appended text is often one byte.
#[inline]
pub(in super::super) fn push(text: &mut String, more: &str) {
    match more.as_bytes() {
        [byte] if byte.is_ascii() => text.push(char::from(*byte)),
        _ => text.push_str(more),
    }
}
