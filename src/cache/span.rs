//! Places of texts that are kept in one buffer.

use std::ops::Range;

/// Where a text is among others, in a buffer whose offsets have 32 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    start: u32,
    len: u32,
}

impl Span {
    /// The span of an empty text.
    pub(super) const EMPTY: Span = Span { start: 0, len: 0 };

    /// Creates the span of a text of `len` bytes that begins at `start`.
    #[inline(always)]
    pub(super) fn new(start: usize, len: usize) -> Self {
        Span {
            start: start as u32,
            len: len as u32,
        }
    }

    /// Returns how many bytes the text has.
    #[inline(always)]
    pub(super) fn len(self) -> usize {
        self.len as usize
    }

    #[inline(always)]
    pub(super) fn range(self) -> Range<usize> {
        let start = self.start as usize;
        start..start + self.len as usize
    }

    /// Returns the range of the text and the byte after it.
    #[inline(always)]
    pub(super) fn range_with_end(self) -> Range<usize> {
        let range = self.range();
        range.start..range.end + 1
    }
}
