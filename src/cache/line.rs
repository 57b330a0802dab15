//! The lines of a body in order, as they are kept until the next one.

use super::span::Span;
use super::tail::{Tail, TailNumber};
use crate::model::metric_type::MetricType;
use crate::text::declared::Declared;
use crate::text::sample::Sample;
use crate::text::shape::{LabelLengths, Piece, SampleShape, Text};

/// A line of the last body: enough to recognise it, and to return it.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownLine {
    pub(super) value: f64,
    lengths: LabelLengths,
    /// For a sample, the id of its series.
    pub(super) id: u64,
    name: Piece,
    /// Where its text is among those of its kind: for a sample the series as written, otherwise the whole
    /// line. A space or a line feed follows there.
    pub(super) text: Span,
    /// The length of the line when it was last read, with its line feed.
    pub(super) line_len: u32,
    /// For a sample the number of its series, otherwise that of what the line says. An enum of [`Kind`]
    /// and this would make a line 80 bytes instead of 72.
    pub(super) number: u32,
    labels_at: u32,
    label_count: u32,
    /// What follows its value.
    pub(super) tail: Option<TailNumber>,
    flags: u8,
    pub(super) kind: Kind,
    /// For a sample, what became of its series.
    pub(super) change: Change,
}

/// What kind of line it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A sample.
    Sample,
    /// A sample whose line is parsed every time: it is written as only lenient reading takes it,
    /// continues after a line feed, or is not UTF-8.
    Anew,
    /// Another line.
    Other,
    /// A line of the body before that this one has too.
    Taken,
}

impl Kind {
    /// Returns the kind for a sample; `anew` says whether it is parsed every time.
    #[inline(always)]
    pub(super) fn of_sample(anew: bool) -> Self {
        match anew {
            true => Kind::Anew,
            false => Kind::Sample,
        }
    }
}

/// The series of a sample, and what became of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) id: u64,
    pub(super) number: u32,
    pub(super) change: Change,
}

impl KnownLine {
    /// Creates the line of a sample; the text of its series is at `text`.
    #[inline]
    pub(super) fn of_sample(
        sample: &Sample<'_>,
        known: Known,
        text: Span,
        tail: Option<TailNumber>,
        line_len: usize,
        anew: bool,
    ) -> Self {
        let shape = &sample.shape;
        // There may be blanks before the series in its line.
        let blanks = shape.series_end - text.len() as u32;
        KnownLine {
            value: shape.value,
            lengths: shape.lengths,
            id: known.id,
            name: shape.name.after(blanks),
            text,
            line_len: line_len as u32,
            number: known.number,
            labels_at: shape.labels_at.saturating_sub(blanks),
            label_count: shape.label_count,
            tail,
            flags: shape.flags & !SampleShape::HAS_TIMESTAMP,
            kind: Kind::of_sample(anew),
            change: known.change,
        }
    }

    /// Creates a line that is not a sample.
    pub(super) fn of_other(text: Span, number: u32) -> Self {
        KnownLine {
            value: 0.0,
            lengths: LabelLengths::NONE,
            id: 0,
            name: Piece::default(),
            text,
            line_len: text.len() as u32 + 1,
            number,
            labels_at: 0,
            label_count: 0,
            tail: None,
            flags: 0,
            kind: Kind::Other,
            change: Change::New,
        }
    }

    #[inline(always)]
    pub(super) fn is_sample(&self) -> bool {
        matches!(self.kind, Kind::Sample | Kind::Anew)
    }

    pub(super) fn known(&self) -> Known {
        Known {
            id: self.id,
            number: self.number,
            change: self.change,
        }
    }

    /// Sets the value of a sample whose series has the same position in the body.
    #[inline(always)]
    pub(super) fn set(&mut self, value: f64) {
        if self.change != Change::Repeated {
            self.change = Change::of(self.value, value);
        }
        self.value = value;
    }

    /// Returns the sample, whose line is `text` and ends with that tail.
    #[inline(always)]
    pub(super) fn sample<'b>(
        &self,
        text: Text<'b>,
        tail: Tail,
        scope: MetricType,
        declared: Declared<'b>,
    ) -> Sample<'b> {
        let value_end = self.line_len.wrapping_sub(1 + tail.last_len);
        let shape = SampleShape {
            value: self.value,
            timestamp: tail.timestamp.unwrap_or_default(),
            lengths: self.lengths,
            name: self.name,
            labels_at: self.labels_at,
            label_count: self.label_count,
            series_end: self.text.len() as u32,
            value_end,
            exemplars_at: match tail.exemplars_at {
                None => 0,
                Some(at) => value_end.wrapping_add(at.get()),
            },
            flags: match tail.timestamp {
                Some(_) => self.flags | SampleShape::HAS_TIMESTAMP,
                None => self.flags,
            },
            scope,
        };
        Sample::new(text, shape, declared)
    }
}

/// What became of a series since the last body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Change {
    /// It is new.
    New,
    /// It has the same value; every NaN counts as the same.
    Same,
    /// It has another value.
    Changed,
    /// The body has an earlier sample of it.
    Repeated,
}

impl Change {
    #[inline(always)]
    pub(super) fn of(before: f64, now: f64) -> Self {
        match before.to_bits() == now.to_bits() {
            true => Change::Same,
            false => Change::Changed,
        }
    }
}
