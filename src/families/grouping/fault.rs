//! What is wrong with a line, before its place is known.

use crate::error::{Error, ErrorKind};
use crate::text::place::LineEnd;

/// What is wrong with a line: an error that does not know its place yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) kind: ErrorKind,
    pub(super) expected: &'static str,
    /// Bytes from the line's start.
    pub(super) at: usize,
}

impl Fault {
    /// Returns the error of the line that ended here; `raw` is that line without its line feed.
    #[cold]
    pub(super) fn error(self, raw: &[u8], end: LineEnd) -> Error {
        end.error(self.kind, self.expected, raw, self.at)
    }
}
