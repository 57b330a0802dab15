//! What follows the value in a line.

use std::num::NonZeroU32;

use super::span::Span;

/// What follows a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tail {
    /// Where its text lies: from the value to before the line feed. Empty where the timestamp is another one by
    /// now than it was there.
    pub(super) text: Span,
    /// How long it was when it was read last.
    pub(super) last_len: u32,
    pub(super) timestamp: Option<i64>,
    /// Where in its text the exemplars begin, if there are some: after a blank, a `#` and another.
    pub(super) exemplars_at: Option<NonZeroU32>,
}

impl Tail {
    /// That of most lines.
    pub(super) const NONE: Tail = Tail {
        text: Span::EMPTY,
        last_len: 0,
        timestamp: None,
        exemplars_at: None,
    };
}

/// Which of the tails that are kept a line has. One more than its place among them, so that an `Option` of it takes
/// no more room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TailNumber(NonZeroU32);

impl TailNumber {
    /// That of the last of so many.
    pub(super) fn last_of(count: usize) -> Option<Self> {
        NonZeroU32::new(count as u32).map(TailNumber)
    }

    /// Its place among them.
    #[inline(always)]
    pub(super) fn place(self) -> usize {
        self.0.get() as usize - 1
    }
}
