//! One step of the engine, as its readers see it.

use crate::error::Result;
use crate::text::shape::LineShape;

/// What the engine made of the bytes it was given: all that it returns to a reader.
///
/// A reader gives it the bytes that it has, continues after those that were taken, and asks again.
#[derive(Debug)]
pub(crate) enum Step {
    /// The first `len` bytes are read: a line, an error, or nothing to return: a blank line, or a part of
    /// one that is too long.
    Taken {
        len: usize,
        line: Result<Option<LineShape>>,
    },
    /// More bytes are needed to tell.
    Incomplete,
    /// Nothing more comes, whatever bytes follow.
    End,
}

/// Returns a step of `len` bytes.
pub(super) fn taken(len: usize, line: Result<Option<LineShape>>) -> Step {
    Step::Taken { len, line }
}

/// Returns the first `len` bytes, without a line feed at their end.
pub(crate) fn without_line_feed(bytes: &[u8], len: usize) -> &[u8] {
    let line = bytes.get(..len).unwrap_or_default();
    line.strip_suffix(b"\n").unwrap_or(line)
}
