//! Labels, which are read when they are asked for.

use std::ops::Range;
use std::slice;

use super::fault::Refused;
use super::head::text;
use super::keys::label_pair;
use super::schema;
use super::wire::{Fault, Fields, Part};

/// A label as written: where its texts are. One that is missing is empty.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct RawLabel {
    pub(super) name: Part,
    pub(super) value: Part,
    /// Whether the message has a name (spec P21).
    pub(super) has_name: bool,
}

impl RawLabel {
    /// Reads the label whose message is `part` of the family.
    #[inline]
    pub(super) fn read(family: &[u8], part: Part) -> Result<Self, Fault> {
        match RawLabel::read_ordinary(family, part) {
            Some(label) => Ok(label),
            None => RawLabel::read_any(Fields::new(family, part)),
        }
    }

    /// Reads a label that is a name and a value of less than 128 bytes each, and nothing else.
    #[inline(always)]
    fn read_ordinary(family: &[u8], part: Part) -> Option<Self> {
        let message = part.of(family);
        let [NAME, name_len, rest @ ..] = message else {
            return None;
        };
        let name_len = usize::from(*name_len);
        let [VALUE, value_len, value @ ..] = rest.get(name_len..)? else {
            return None;
        };
        let (name, value_at) = (part.start() + 2, part.end() - value.len());
        let is_short = name_len < 0x80 && *value_len < 0x80;
        (is_short && value.len() == usize::from(*value_len)).then(|| RawLabel {
            name: Part::new(name, name + name_len),
            value: Part::new(value_at, part.end()),
            has_name: true,
        })
    }

    #[inline(never)]
    fn read_any(mut fields: Fields<'_>) -> Result<Self, Fault> {
        let mut label = RawLabel::default();
        while let Some((key, at)) = fields.key()? {
            match key {
                label_pair::NAME => {
                    label.name = fields.part()?;
                    label.has_name = true;
                }
                label_pair::VALUE => label.value = fields.part()?,
                _ => fields.other(key, at, schema::LABEL)?,
            }
        }
        Ok(label)
    }
}

const NAME: u8 = label_pair::NAME as u8;
const VALUE: u8 = label_pair::VALUE as u8;

/// How many bytes there are before a label's message: its tag and its length.
const BESIDE: usize = 6;

/// The labels of a metric, checked, for one metric after another.
#[derive(Debug, Default)]
pub(super) struct LabelList {
    labels: Vec<RawLabel>,
    /// The bytes that all labels are in, which are UTF-8, and where in the family they begin. Kept here, so that
    /// they are checked once for all samples of the metric.
    text: String,
    start: usize,
    /// Whether all labels are in the text.
    is_text: bool,
    is_read: bool,
}

impl LabelList {
    /// Forgets the labels: those of another metric come next.
    #[inline]
    pub(super) fn clear(&mut self) {
        self.is_read = false;
    }

    /// Tells whether the current metric's labels have been [read](Self::read).
    #[inline]
    pub(super) const fn are_read(&self) -> bool {
        self.is_read
    }

    /// Reads the labels whose messages are `parts`, in this order (spec P21).
    #[inline]
    pub(super) fn read(&mut self, family: &[u8], parts: &[Part]) -> Result<(), Refused> {
        self.labels.clear();
        self.text.clear();
        (self.is_read, self.is_text) = (true, true);
        let (Some(first), Some(last)) = (parts.first(), parts.last()) else {
            return Ok(());
        };
        let mut size = 0;
        for part in parts {
            let label = RawLabel::read(family, *part)?;
            if label.has_name && label.name.len() == 0 {
                let at = label.name.before();
                return Err(Refused::EmptyName { at });
            }
            size += part.len() + BESIDE;
            self.labels.push(label);
        }
        // Labels are next to each other, unless somebody takes pains; then each is looked at alone.
        let all = first.to(*last);
        self.start = all.start();
        self.is_text = all.len() <= size && self.take_text(family, all);
        match self.is_text {
            true => Ok(()),
            false => self.check_each(family),
        }
    }

    /// Takes over the bytes that the labels are in, if they are UTF-8, and so is each label.
    fn take_text(&mut self, family: &[u8], all: Part) -> bool {
        let Ok(text) = std::str::from_utf8(all.of(family)) else {
            return false;
        };
        self.text.push_str(text);
        text.is_ascii()
            || self
                .labels
                .iter()
                .all(|label| self.has(label.name) && self.has(label.value))
    }

    fn has(&self, part: Part) -> bool {
        self.text.get(part.within(self.start)).is_some()
    }

    #[cold]
    fn check_each(&self, family: &[u8]) -> Result<(), Refused> {
        for label in &self.labels {
            text(label.name, family)?;
            text(label.value, family)?;
        }
        Ok(())
    }

    /// Returns the labels, which have been [read](Self::read).
    #[inline]
    pub(super) fn view<'m>(&'m self, family: &'m [u8]) -> Labels<'m, 'm> {
        Labels {
            labels: self.labels.iter(),
            family,
            text: self.is_text.then_some((self.text.as_str(), self.start)),
        }
    }

    /// Returns the labels, borrowed from the family.
    pub(super) fn view_in<'e, 'm>(&'e self, family: &'m [u8]) -> Labels<'e, 'm> {
        let all = family
            .get(self.start..)
            .and_then(|rest| rest.get(..self.text.len()));
        let text = all.and_then(|all| std::str::from_utf8(all).ok());
        Labels {
            labels: self.labels.iter(),
            family,
            text: text.filter(|_| self.is_text).map(|text| (text, self.start)),
        }
    }
}

/// An iterator of the names and values of labels.
#[derive(Debug, Clone)]
pub(crate) struct Labels<'e, 'm> {
    labels: slice::Iter<'e, RawLabel>,
    family: &'m [u8],
    /// The text that all labels are in, and where in the family it begins, if there is one.
    text: Option<(&'m str, usize)>,
}

impl<'m> Labels<'_, 'm> {
    /// Returns a text that all labels lie in, and where in it each lies, if there is one.
    pub(crate) fn in_one(&self) -> Option<(&'m str, impl Iterator<Item = [Range<usize>; 2]>)> {
        let (text, start) = self.text?;
        let labels = self.labels.clone();
        let ranges = labels.map(move |label| [label.name.within(start), label.value.within(start)]);
        Some((text, ranges))
    }

    #[inline]
    fn text(&self, part: Part) -> &'m str {
        let text = match self.text {
            Some((text, start)) => text.get(part.within(start)),
            None => std::str::from_utf8(part.of(self.family)).ok(),
        };
        text.unwrap_or_default()
    }
}

impl<'m> Iterator for Labels<'_, 'm> {
    type Item = (&'m str, &'m str);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let label = self.labels.next()?;
        Some((self.text(label.name), self.text(label.value)))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.labels.size_hint()
    }
}

impl ExactSizeIterator for Labels<'_, '_> {}
