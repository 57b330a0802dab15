//! What follows the value in a line.

use std::num::NonZeroU32;

/// What follows a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tail {
    /// How long it is, from the value to before the line feed.
    pub(super) len: u32,
    pub(super) timestamp: Option<i64>,
    /// Where in its text the exemplars begin, if there are any: after a blank, a `#` and another blank.
    pub(super) exemplars_at: Option<NonZeroU32>,
}

impl Tail {
    /// The tail of most lines: nothing.
    pub(super) const NONE: Tail = Tail {
        len: 0,
        timestamp: None,
        exemplars_at: None,
    };
}

/// The number of a line's tail among those that are kept. One more than its place there, so that an
/// `Option` of it takes no more room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TailNumber(NonZeroU32);

impl TailNumber {
    /// Returns the number of the last of `count` tails.
    pub(super) fn last_of(count: usize) -> Option<Self> {
        NonZeroU32::new(count as u32).map(TailNumber)
    }

    /// Returns its place among them.
    #[inline(always)]
    pub(super) fn place(self) -> usize {
        self.0.get() as usize - 1
    }
}
