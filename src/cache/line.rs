//! The lines of a body in order, as they are kept until the next one.

use super::tail::{Tail, TailNumber};
use crate::model::metric_type::MetricType;
use crate::text::declared::Declared;
use crate::text::label_lengths::LabelLengths;
use crate::text::sample::Sample;
use crate::text::shape::{Piece, SampleShape, Text};

/// A line of the last body: enough to recognise it, and to return it.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownLine {
    pub(super) value: f64,
    lengths: LabelLengths,
    name: Piece,
    /// Where it begins in the text of its body.
    pub(super) at: u32,
    /// Its length, with its line feed.
    pub(super) line_len: u32,
    /// For a sample, where its series ends in the line.
    pub(super) series_end: u32,
    /// For a sample the number of its series, otherwise that of what the line says. An enum of [`Kind`]
    /// and this would make a line 72 bytes instead of 64.
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

/// Where a line is in its body.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) at: usize,
    /// Its length, with its line feed.
    pub(super) len: usize,
}

impl KnownLine {
    /// Creates the line of a sample; `anew` says whether it is parsed every time.
    #[inline(always)]
    pub(super) fn of_sample(
        sample: &Sample<'_>,
        place: Place,
        known: Known,
        tail: Option<TailNumber>,
        anew: bool,
    ) -> Self {
        let shape = &sample.shape;
        KnownLine {
            value: shape.value,
            lengths: shape.lengths,
            name: shape.name,
            at: place.at as u32,
            line_len: place.len as u32,
            series_end: shape.series_end,
            number: known.number,
            labels_at: shape.labels_at,
            label_count: shape.label_count,
            tail,
            flags: shape.flags & !SampleShape::HAS_TIMESTAMP,
            kind: Kind::of_sample(anew),
            change: known.change,
        }
    }

    /// Creates a line that is not a sample.
    pub(super) fn of_other(place: Place, number: u32) -> Self {
        KnownLine {
            value: 0.0,
            lengths: LabelLengths::NONE,
            name: Piece::default(),
            at: place.at as u32,
            line_len: place.len as u32,
            series_end: 0,
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

    /// Returns the line up to the end of its series, in the text of its body.
    #[inline(always)]
    pub(super) fn up_to_series<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        let line = text.get(self.at as usize..).unwrap_or_default();
        line.get(..self.series_end as usize).unwrap_or_default()
    }

    /// Returns its series as written, in the text of its body.
    #[inline(always)]
    pub(super) fn series<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        self.up_to_series(text).trim_ascii_start()
    }

    /// Records that a sample has the value that it had in the body before.
    #[inline(always)]
    pub(super) fn keep_value(&mut self) {
        if self.change != Change::Repeated {
            self.change = Change::Same;
        }
    }

    /// Returns what becomes of a sample whose value is that one now.
    #[inline(always)]
    pub(super) fn changed_to(&self, value: f64) -> Change {
        match self.change {
            Change::Repeated => Change::Repeated,
            _ => Change::of(self.value, value),
        }
    }

    /// Sets the value of a sample whose series has the same position in the body.
    #[inline(always)]
    pub(super) fn set(&mut self, value: f64) {
        self.change = self.changed_to(value);
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
        let value_end = self.line_len.wrapping_sub(1 + tail.len);
        let shape = SampleShape {
            value: self.value,
            timestamp: tail.timestamp.unwrap_or_default(),
            lengths: self.lengths,
            name: self.name,
            labels_at: self.labels_at,
            label_count: self.label_count,
            series_end: self.series_end,
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
