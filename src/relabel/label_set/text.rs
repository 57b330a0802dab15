//! The texts of a label set: borrowed, or kept in memory that is reused.

use std::borrow::Cow;

/// A label's name or value.
///
/// It can be copied like a reference. Only its own set can look up a kept text.
#[derive(Clone, Copy)]
pub(in super::super) enum Text<'a> {
    Borrowed(&'a str),
    /// Its number among the [`Texts`].
    Kept(usize),
}

impl Text<'_> {
    /// Returns where it is: of a text that is borrowed the address and the length, of others the number.
    #[inline]
    pub(super) fn place(self) -> (usize, usize) {
        match self {
            Text::Borrowed(text) => (text.as_ptr().addr(), text.len()),
            Text::Kept(number) => (0, number),
        }
    }
}

/// A text that is about to enter a label set.
#[derive(Clone, Copy)]
pub(in super::super) enum Given<'t, 'a> {
    /// The set may borrow it.
    Lasting(&'a str),
    /// The set must keep a copy.
    Passing(&'t str),
}

impl<'t, 'a: 't> Given<'t, 'a> {
    #[inline]
    pub(in super::super) fn text(self) -> &'t str {
        match self {
            Given::Lasting(text) | Given::Passing(text) => text,
        }
    }
}

impl<'t, 'a> From<&'t Cow<'a, str>> for Given<'t, 'a> {
    #[inline]
    fn from(text: &'t Cow<'a, str>) -> Self {
        match text {
            Cow::Borrowed(text) => Given::Lasting(text),
            Cow::Owned(text) => Given::Passing(text),
        }
    }
}

/// The texts that a set keeps itself.
///
/// The memory of a text that is no longer needed goes to the next one.
#[derive(Default)]
pub(super) struct Texts {
    texts: Vec<String>,
    /// How many have been in use since the last reset.
    used: usize,
    /// Those of them that are free again.
    free: Vec<usize>,
}

impl Texts {
    /// Frees all of them, and keeps the memory.
    #[inline]
    pub(super) fn reset(&mut self) {
        self.used = 0;
        self.free.clear();
    }

    #[inline]
    pub(super) fn get<'s>(&'s self, text: Text<'s>) -> &'s str {
        match text {
            Text::Borrowed(text) => text,
            Text::Kept(number) => self.texts.get(number).map_or("", String::as_str),
        }
    }

    /// Returns the text for use in the set: borrowed, or to be copied.
    #[inline]
    pub(super) fn given<'a>(&self, text: Text<'a>) -> Given<'_, 'a> {
        match text {
            Text::Borrowed(text) => Given::Lasting(text),
            Text::Kept(number) => Given::Passing(self.texts.get(number).map_or("", String::as_str)),
        }
    }

    pub(super) fn cow<'a>(&self, text: Text<'a>) -> Cow<'a, str> {
        match self.given(text) {
            Given::Lasting(text) => Cow::Borrowed(text),
            Given::Passing(text) => Cow::Owned(text.to_owned()),
        }
    }

    #[inline]
    pub(super) fn put<'a>(&mut self, text: Given<'_, 'a>) -> Text<'a> {
        match text {
            Given::Lasting(text) => Text::Borrowed(text),
            Given::Passing(text) => self.keep(text),
        }
    }

    fn keep<'a>(&mut self, text: &str) -> Text<'a> {
        let number = self.number();
        match self.texts.get_mut(number) {
            Some(room) => {
                room.clear();
                room.push_str(text);
            }
            None => self.texts.push(text.to_owned()),
        }
        Text::Kept(number)
    }

    /// Keeps a text itself, and leaves memory that is free in its place.
    #[inline]
    pub(super) fn take<'a>(&mut self, text: &mut String) -> Text<'a> {
        let number = self.number();
        match self.texts.get_mut(number) {
            Some(room) => std::mem::swap(room, text),
            None => self.texts.push(std::mem::take(text)),
        }
        Text::Kept(number)
    }

    /// Returns a number that is free.
    #[inline]
    fn number(&mut self) -> usize {
        self.free.pop().unwrap_or_else(|| {
            self.used += 1;
            self.used - 1
        })
    }

    #[inline]
    pub(super) fn release(&mut self, text: Text<'_>) {
        if let Text::Kept(number) = text {
            self.free.push(number);
        }
    }
}

impl Clone for Texts {
    fn clone(&self) -> Self {
        let mut texts = Texts::default();
        texts.clone_from(self);
        texts
    }

    fn clone_from(&mut self, other: &Self) {
        let used = other.texts.get(..other.used).unwrap_or_default();
        for (number, text) in used.iter().enumerate() {
            match self.texts.get_mut(number) {
                Some(room) => text.clone_into(room),
                None => self.texts.push(text.clone()),
            }
        }
        self.used = other.used;
        self.free.clone_from(&other.free);
    }
}

/// Buffers for text that a rule composes; they are reused from rule to rule.
#[derive(Default)]
pub(in super::super) struct Room {
    /// Source values, joined.
    pub(in super::super) joined: String,
    /// New values and names.
    pub(in super::super) new: String,
}
