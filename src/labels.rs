//! The labels of a line, and the exemplar that cites some: views that are cheap to copy.

use std::borrow::Cow;
use std::fmt;

use crate::decode::{self, Escapes};
use crate::shape::{ExemplarShape, LabelShape, Text};

/// The labels of a sample or an exemplar, in the order written.
///
/// A view that is cheap to copy: `'a` is the body, `'s` the sample.
#[derive(Clone, Copy)]
pub struct Labels<'s, 'a> {
    pub(crate) text: Text<'a>,
    pub(crate) shapes: &'s [LabelShape],
}

impl<'s, 'a> Labels<'s, 'a> {
    /// How many there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.shapes.len()
    }

    /// Whether there is none: `name 1` and `name{} 1` alike.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.shapes.is_empty()
    }

    /// The first label of that name.
    pub fn get(&self, name: &str) -> Option<Label<'a>> {
        self.iter().find(|label| label.is_named(name))
    }

    /// The labels in the order written.
    #[inline]
    pub fn iter(&self) -> LabelIter<'s, 'a> {
        LabelIter {
            text: self.text,
            shapes: self.shapes.iter(),
        }
    }
}

impl<'s, 'a> IntoIterator for Labels<'s, 'a> {
    type Item = Label<'a>;
    type IntoIter = LabelIter<'s, 'a>;

    fn into_iter(self) -> LabelIter<'s, 'a> {
        self.iter()
    }
}

impl PartialEq for Labels<'_, '_> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other.iter()).all(|(a, b)| a == b)
    }
}

impl fmt::Debug for Labels<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(self.iter().map(|label| (label.name(), label.value())))
            .finish()
    }
}

/// The iterator of [`Labels::iter`].
#[derive(Debug, Clone)]
pub struct LabelIter<'s, 'a> {
    text: Text<'a>,
    shapes: std::slice::Iter<'s, LabelShape>,
}

impl<'a> Iterator for LabelIter<'_, 'a> {
    type Item = Label<'a>;

    #[inline]
    fn next(&mut self) -> Option<Label<'a>> {
        let shape = *self.shapes.next()?;
        Some(Label {
            text: self.text,
            shape,
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.shapes.size_hint()
    }
}

impl ExactSizeIterator for LabelIter<'_, '_> {}

/// One label: a name and a value.
#[derive(Clone, Copy)]
pub struct Label<'a> {
    text: Text<'a>,
    shape: LabelShape,
}

impl<'a> Label<'a> {
    /// The name, its escapes undone. Bytes that are not UTF-8, which Prometheus' parser lets pass in
    /// a quoted name, become U+FFFD: see [`name_is_utf8`](Self::name_is_utf8).
    #[inline]
    pub fn name(&self) -> Cow<'a, str> {
        self.text.unescaped(self.shape.name, Escapes::Quoted)
    }

    /// The name as written, without its quotes.
    #[inline]
    pub fn raw_name(&self) -> &'a [u8] {
        self.text.bytes(self.shape.name)
    }

    /// Whether the name is UTF-8: then [`name`](Self::name) has lost nothing.
    #[inline]
    pub fn name_is_utf8(&self) -> bool {
        self.text.is_utf8(self.shape.name)
    }

    /// The value, its escapes `\\`, `\"` and `\n` undone; any other backslash stays, as in
    /// Prometheus. Borrowed unless there is an escape to undo.
    ///
    /// Prometheus leaves the values of an exemplar's labels escaped: [`raw`](Self::raw) is what it
    /// reports for those.
    #[inline]
    pub fn value(&self) -> Cow<'a, str> {
        self.text.unescaped(self.shape.value, Escapes::Quoted)
    }

    /// The value as written between its quotes. Never allocates.
    #[inline]
    pub fn raw(&self) -> &'a str {
        self.text.str(self.shape.value)
    }

    /// Whether the name is `name`, without allocating.
    #[inline]
    pub fn is_named(&self, name: &str) -> bool {
        if self.shape.name.has_escapes() {
            self.name() == name
        } else {
            self.raw_name() == name.as_bytes()
        }
    }
}

impl PartialEq for Label<'_> {
    fn eq(&self, other: &Self) -> bool {
        let names = if self.shape.name.has_escapes() || other.shape.name.has_escapes() {
            self.name() == other.name()
        } else {
            self.raw_name() == other.raw_name()
        };
        names && self.value() == other.value()
    }
}

impl fmt::Debug for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}={:?}", self.name(), self.value())
    }
}

/// An exemplar: a labelled value that a sample cites, for example the trace of one request.
#[derive(Clone, Copy)]
pub struct Exemplar<'s, 'a> {
    pub(crate) labels: Labels<'s, 'a>,
    pub(crate) shape: ExemplarShape,
}

impl<'s, 'a> Exemplar<'s, 'a> {
    /// The exemplar's labels, often `trace_id`.
    pub fn labels(&self) -> Labels<'s, 'a> {
        self.labels
    }

    /// The exemplar's value.
    pub fn value(&self) -> f64 {
        decode::sample_value(self.raw_value()).unwrap_or(decode::NAN)
    }

    /// The value as written.
    pub fn raw_value(&self) -> &'a str {
        self.labels.text.str(self.shape.value_text)
    }

    /// The timestamp in milliseconds since the Unix epoch, converted as
    /// [`Sample::timestamp`](crate::Sample::timestamp) is.
    pub fn timestamp(&self) -> Option<i64> {
        let seconds = self.raw_timestamp()?;
        decode::timestamp_seconds(seconds).ok()
    }

    /// The timestamp as written, in seconds.
    pub fn raw_timestamp(&self) -> Option<&'a str> {
        self.shape
            .timestamp_text
            .map(|piece| self.labels.text.str(piece))
    }
}

impl PartialEq for Exemplar<'_, '_> {
    fn eq(&self, other: &Self) -> bool {
        self.labels == other.labels
            && self.value().to_bits() == other.value().to_bits()
            && self.timestamp() == other.timestamp()
    }
}

impl fmt::Debug for Exemplar<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exemplar")
            .field("labels", &self.labels)
            .field("value", &self.value())
            .field("timestamp", &self.timestamp())
            .finish()
    }
}
