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
    #[inline]
    pub(super) fn read(mut fields: Fields<'_>) -> Result<Self, Fault> {
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

/// How many bytes there are before a label's message: its tag and its length.
const BESIDE: usize = 6;

/// The labels of a metric, checked, for one metric after another.
#[derive(Debug, Default)]
pub(super) struct LabelList {
    labels: Vec<RawLabel>,
    /// Where all of them are, if every byte there is ASCII: then one look says that they are text.
    ascii: Option<Part>,
    read: bool,
}

impl LabelList {
    /// Forgets the labels: those of another metric come next.
    pub(super) fn clear(&mut self) {
        self.read = false;
    }

    /// Tells whether the current metric's labels have been [read](Self::read).
    pub(super) const fn are_read(&self) -> bool {
        self.read
    }

    /// Reads the labels whose messages are `parts`, in this order (spec P21).
    pub(super) fn read(&mut self, family: &[u8], parts: &[Part]) -> Result<(), Refused> {
        self.labels.clear();
        self.read = true;
        let (Some(first), Some(last)) = (parts.first(), parts.last()) else {
            self.ascii = Some(Part::default());
            return Ok(());
        };
        // Labels are next to each other, unless somebody takes pains; then each is looked at alone.
        let all = first.to(*last);
        let most = parts.iter().map(|part| part.len() + BESIDE).sum();
        let is_ascii = all.len() <= most && all.of(family).is_ascii();
        self.ascii = is_ascii.then_some(all);
        for part in parts {
            let label = RawLabel::read(Fields::new(family, *part))?;
            if label.has_name && label.name.len() == 0 {
                let at = label.name.start();
                return Err(Refused::EmptyName { at });
            }
            if self.ascii.is_none() {
                text(label.name, family)?;
                text(label.value, family)?;
            }
            self.labels.push(label);
        }
        Ok(())
    }

    /// Returns the labels, which have been [read](Self::read).
    #[inline]
    pub(super) fn view<'e, 'm>(&'e self, family: &'m [u8]) -> Labels<'e, 'm> {
        let ascii = self.ascii.and_then(|all| {
            let text = std::str::from_utf8(all.of(family)).ok()?;
            Some((text, all.start()))
        });
        Labels {
            labels: self.labels.iter(),
            family,
            ascii,
        }
    }
}

/// An iterator of the names and values of labels.
#[derive(Debug, Clone)]
pub(crate) struct Labels<'e, 'm> {
    labels: slice::Iter<'e, RawLabel>,
    family: &'m [u8],
    /// All labels, and where they begin, if they are ASCII.
    ascii: Option<(&'m str, usize)>,
}

impl<'m> Labels<'_, 'm> {
    /// Returns a text that all labels lie in, and where in it each lies, if they are ASCII.
    pub(crate) fn in_one(&self) -> Option<(&'m str, impl Iterator<Item = [Range<usize>; 2]>)> {
        let (text, start) = self.ascii?;
        let range = move |part: Part| match part.len() {
            0 => 0..0,
            _ => part.start().saturating_sub(start)..part.end().saturating_sub(start),
        };
        let labels = self.labels.clone();
        Some((
            text,
            labels.map(move |label| [range(label.name), range(label.value)]),
        ))
    }

    #[inline]
    fn text(&self, part: Part) -> &'m str {
        let text = match self.ascii {
            Some((text, start)) => {
                text.get(part.start().wrapping_sub(start)..part.end().wrapping_sub(start))
            }
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

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.labels.size_hint()
    }
}

impl ExactSizeIterator for Labels<'_, '_> {}
