//! The lines of a body in their order, as they are kept until the next one.

use crate::shape::Piece;

/// What a line was: enough to know it again, and to show it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Where its text begins, and how long it is: of a sample the series as it is written, otherwise
    /// the whole line.
    pub(super) start: u32,
    pub(super) len: u32,
    pub(super) value: f64,
    /// The series' id.
    pub(super) id: u64,
    /// The series' number.
    pub(super) number: u32,
    /// Where its labels begin, and how many there are. Of another line, the number of its shape or of
    /// its place.
    pub(super) labels: u32,
    pub(super) label_count: u32,
    /// One more than the number of what the sample says beside its value.
    pub(super) extra: u32,
    /// Where the metric's name ends that the text begins with; 0 if it begins with something else.
    pub(super) name_end: u32,
    pub(super) form: Form,
    pub(super) change: Change,
    /// Whether its text is in the second arena.
    pub(super) second: bool,
    /// How many digits the last value had, if it was a number of few digits; otherwise 0.
    pub(super) digits: u8,
}

/// What kind of line it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A sample.
    Sample,
    /// A sample whose series holds a line feed, or is written as only lenient reading takes it. Few are, so
    /// they are read anew each time.
    Anew,
    /// A sample whose series is not UTF-8. Read anew as well.
    Bytes,
    /// Another line.
    Other,
    /// A line that is read again when it is asked for: an error, or a rare one.
    Odd,
}

impl Form {
    pub(super) fn is_sample(self) -> bool {
        matches!(self, Form::Sample | Form::Anew | Form::Bytes)
    }
}

/// What became of a series since the last body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Change {
    /// It was not there.
    New,
    /// It has the same value; every NaN is the same.
    Same,
    /// It has another value.
    Changed,
    /// Another sample of it stands further up in this body.
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

impl Place {
    pub(super) const NONE: Place = Place {
        start: 0,
        len: 0,
        value: 0.0,
        id: 0,
        number: 0,
        labels: 0,
        label_count: 0,
        extra: 0,
        name_end: 0,
        form: Form::Odd,
        change: Change::New,
        second: false,
        digits: 0,
    };

    /// Of a line that is read again: where it begins is kept under that number.
    pub(super) fn odd(number: u32) -> Self {
        Place {
            labels: number,
            ..Place::NONE
        }
    }

    /// This place's text and labels, with what `place` says of the same series or line beside them.
    pub(super) fn for_the_same(&self, place: &Place) -> Place {
        Place {
            start: self.start,
            len: self.len,
            labels: self.labels,
            label_count: self.label_count,
            name_end: self.name_end,
            form: self.form,
            second: self.second,
            ..*place
        }
    }

    /// The number of what the sample says beside its value.
    #[inline(always)]
    pub(super) fn extra(&self) -> Option<u32> {
        self.extra.checked_sub(1)
    }

    /// Sets the value, and tells how it changed.
    #[inline(always)]
    pub(super) fn set(&mut self, value: f64, extra: Option<u32>) {
        if self.change != Change::Repeated {
            self.change = Change::of(self.value, value);
        }
        self.put(value, extra);
    }

    #[inline(always)]
    pub(super) fn put(&mut self, value: f64, extra: Option<u32>) {
        self.value = value;
        self.extra = extra.map_or(0, |extra| extra + 1);
    }

    pub(super) fn name_end_of(name: Piece) -> u32 {
        match name.start() {
            0 => name.end() as u32,
            _ => 0,
        }
    }

    /// Where the metric's name is in the text, if that begins with it.
    pub(super) fn bare_name(&self) -> Option<Piece> {
        (self.name_end > 0).then(|| Piece::new(0, self.name_end as usize))
    }
}
