//! The lines of a body in their order, as they are kept until the next one.

/// A line of the last body: enough to know it again, and to show it.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownLine {
    pub(super) value: f64,
    /// Where its text begins in the store, and how long it is: of a sample the series as it is written,
    /// otherwise the whole line. A space or a line feed follows there.
    pub(super) start: u32,
    pub(super) len: u32,
    /// Of a sample the number of its series; else where the store, or the list of odd lines, has it.
    pub(super) number: u32,
    /// One more than the number of its [tail](super::tails); 0 if it has none.
    pub(super) tail: u32,
    pub(super) kind: Kind,
    /// Of a sample, what became of its series.
    pub(super) change: Change,
}

/// What kind of line it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A sample.
    Sample,
    /// A sample that is parsed every time: its series is not UTF-8, or its line is written as only lenient
    /// reading takes it.
    Anew,
    /// Another line.
    Other,
    /// A line that is read again when it is asked for: an error, or a rare one.
    Odd,
    /// A line of the body before, which the last body has as well.
    Taken,
}

impl KnownLine {
    #[inline(always)]
    pub(super) fn is_sample(&self) -> bool {
        matches!(self.kind, Kind::Sample | Kind::Anew)
    }

    /// Sets the value of a sample whose series has the same place among those of the body.
    #[inline(always)]
    pub(super) fn set(&mut self, value: f64) {
        if self.change != Change::Repeated {
            self.change = Change::of(self.value, value);
        }
        self.value = value;
    }

    /// A line that is read again; where it begins is kept under that number.
    pub(super) fn odd(number: u32) -> Self {
        KnownLine {
            value: 0.0,
            start: 0,
            len: 0,
            number,
            tail: 0,
            kind: Kind::Odd,
            change: Change::New,
        }
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
    /// Another sample of it precedes this one in the body.
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
