//! Places in a body.

use std::fmt;

use crate::bytes::work;

/// A place in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[non_exhaustive]
pub struct Position {
    /// The line, counted from 1. Every line feed ends one, even inside quotes. 0 in a binary body, which
    /// has no lines.
    pub line: u64,
    /// The column, counted from 1 in characters; a byte that is not UTF-8 counts as one. 0 in a binary
    /// body.
    pub column: u64,
    /// The offset in bytes from the start of the body, counted from 0.
    pub byte: u64,
}

impl Position {
    /// Returns a place in a binary body.
    pub(crate) const fn in_binary(byte: u64) -> Self {
        Position {
            line: 0,
            column: 0,
            byte,
        }
    }

    pub(crate) const fn is_in_binary(self) -> bool {
        self.line == 0
    }

    /// Returns the place after `text`, which begins at this place.
    pub(crate) fn after(self, text: &[u8]) -> Self {
        work::on(text.len());
        let (line, column, rest) = match memchr::memrchr(b'\n', text) {
            None => (self.line, self.column, text),
            Some(last) => {
                let lines = memchr::memchr_iter(b'\n', text).count() as u64;
                (
                    self.line + lines,
                    1,
                    text.get(last + 1..).unwrap_or_default(),
                )
            }
        };
        Position {
            line,
            column: column + characters(rest) as u64,
            byte: self.byte + text.len() as u64,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_in_binary() {
            true => write!(f, "byte {}", self.byte),
            false => write!(f, "line {}, column {}", self.line, self.column),
        }
    }
}

/// Counts the characters of `bytes`; a byte that is not UTF-8 counts as one.
fn characters(bytes: &[u8]) -> usize {
    bytes
        .utf8_chunks()
        .map(|chunk| chunk.valid().chars().count() + chunk.invalid().len())
        .sum()
}
