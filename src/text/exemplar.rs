//! The exemplars of a sample.

use std::borrow::Cow;
use std::fmt;
use std::iter::FusedIterator;

use crate::model::sample_view::ExemplarView;
use crate::number::decode;
use crate::text::label_lengths::LabelLengths;
use crate::text::labels::Labels;
use crate::text::shape::{LabelShape, Text};
use crate::text::walk::{ExemplarShape, ExemplarWalk, LabelWalk};

/// An exemplar: a labelled value that a sample cites, for example the trace of one request.
#[derive(Clone, Copy)]
pub struct Exemplar<'a> {
    text: Text<'a>,
    shape: ExemplarShape,
}

impl<'a> Exemplar<'a> {
    /// Creates the exemplar that is in `text` where `shape` says.
    pub(crate) fn new(text: Text<'a>, shape: ExemplarShape) -> Self {
        Exemplar { text, shape }
    }

    /// Returns where its parts are, in bytes from the line's start.
    pub(crate) fn shape(&self) -> ExemplarShape {
        self.shape
    }

    /// Returns where its labels are, in bytes from the line's start.
    pub(crate) fn label_shapes(&self) -> impl Iterator<Item = LabelShape> + use<'a> {
        let at = self.shape.labels_at as usize;
        LabelWalk::starting_at(self.text.as_bytes(), at).take(self.shape.label_count as usize)
    }

    /// Reads the value and the timestamp of an exemplar whose labels end before byte `at` of `text`.
    pub(crate) fn numbers(text: Text<'a>, at: usize) -> (f64, Option<i64>) {
        let (value_text, timestamp_text) = ExemplarWalk::numbers(text.as_bytes(), at);
        let shape = ExemplarShape {
            labels_at: 0,
            label_count: 0,
            labels_end: 0,
            value_text,
            timestamp_text,
        };
        let exemplar = Exemplar { text, shape };
        (exemplar.value(), exemplar.timestamp())
    }

    /// Returns the exemplar's labels, often `trace_id`.
    pub fn labels(&self) -> Labels<'a> {
        let text = self.text.from(self.shape.labels_at as usize);
        Labels::new(text, LabelLengths::NONE, self.shape.label_count, true)
    }

    /// Returns the exemplar's value.
    pub fn value(&self) -> f64 {
        decode::number(self.raw_value()).unwrap_or(decode::NAN)
    }

    /// Returns the value as written.
    pub fn raw_value(&self) -> &'a str {
        self.text.str(self.shape.value_text)
    }

    /// Returns the timestamp in milliseconds since the Unix epoch, converted as
    /// [`Sample::timestamp`](crate::Sample::timestamp) is.
    pub fn timestamp(&self) -> Option<i64> {
        let seconds = self.raw_timestamp()?;
        decode::timestamp_seconds(seconds).ok()
    }

    /// Returns the timestamp as written, in seconds.
    pub fn raw_timestamp(&self) -> Option<&'a str> {
        self.shape.timestamp_text.map(|piece| self.text.str(piece))
    }
}

impl ExemplarView for Exemplar<'_> {
    fn labels<'s>(&'s self) -> impl Iterator<Item = (Cow<'s, str>, Cow<'s, str>)> {
        let labels = self.labels().iter();
        labels.map(|label| (label.name(), label.value()))
    }

    fn value(&self) -> f64 {
        self.value()
    }

    fn timestamp(&self) -> Option<i64> {
        self.timestamp()
    }
}

impl PartialEq for Exemplar<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.labels() == other.labels()
            && self.value().to_bits() == other.value().to_bits()
            && self.timestamp() == other.timestamp()
    }
}

impl fmt::Debug for Exemplar<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exemplar")
            .field("labels", &self.labels())
            .field("value", &self.value())
            .field("timestamp", &self.timestamp())
            .finish()
    }
}

/// The iterator of [`Sample::exemplars`](crate::Sample::exemplars).
#[derive(Clone)]
pub struct Exemplars<'a> {
    text: Text<'a>,
    walk: ExemplarWalk<'a>,
}

impl<'a> Exemplars<'a> {
    /// Creates the exemplars of a line that begin at its byte `at`; none if that is 0.
    pub(crate) fn new(text: Text<'a>, at: u32) -> Self {
        Exemplars {
            text,
            walk: ExemplarWalk::new(text.as_bytes(), at as usize),
        }
    }
}

impl<'a> Iterator for Exemplars<'a> {
    type Item = Exemplar<'a>;

    fn next(&mut self) -> Option<Exemplar<'a>> {
        let shape = self.walk.next()?;
        Some(Exemplar::new(self.text, shape))
    }
}

impl FusedIterator for Exemplars<'_> {}

impl fmt::Debug for Exemplars<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}
