//! Where lines are in a body.

use crate::bytes::scan;
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, Position};
use crate::text::line::Line;

/// A place between two lines of a body: after what was read and before what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// The number of the next line, from 1.
    line: u64,
    /// The offset of the next line in the body.
    byte: u64,
    /// Whether the line before ended without a line feed.
    unterminated: bool,
}

impl Place {
    /// The start of a body.
    pub(crate) const START: Place = Place {
        line: 1,
        byte: 0,
        unterminated: false,
    };

    /// Returns how many bytes of the body come before.
    #[inline(always)]
    pub(crate) fn byte(self) -> u64 {
        self.byte
    }

    pub(crate) fn is_unterminated(self) -> bool {
        self.unterminated
    }

    /// Moves past whole lines, given how many they are, and how many bytes.
    #[inline(always)]
    pub(crate) fn pass_lines(&mut self, lines: u64, bytes: usize) {
        self.line += lines;
        self.byte += bytes as u64;
    }

    /// Moves past bytes that may hold several line feeds, or none.
    pub(crate) fn pass(&mut self, bytes: &[u8]) {
        self.pass_lines(scan::line_feeds(bytes) as u64, bytes.len());
        if let Some(last) = bytes.last() {
            self.unterminated = *last != b'\n';
        }
    }

    /// Returns the position of the next line's first byte.
    pub(crate) fn position(self) -> Position {
        Position {
            line: self.line,
            column: 1,
            byte: self.byte,
        }
    }
}

/// Where a line ended: with the line itself, enough to compute the position of anything in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LineEnd {
    pub(crate) place: Place,
    pub(crate) dialect: Dialect,
}

impl LineEnd {
    /// Returns where the line began that ended here; `raw` is that line without its line feed.
    #[cold]
    pub(crate) fn start(self, raw: &[u8]) -> Position {
        let terminator = u64::from(!self.place.unterminated);
        let lines = scan::line_feeds(raw) as u64 + terminator;
        let bytes = raw.len() as u64 + terminator;
        Position {
            line: self.place.line.saturating_sub(lines),
            column: 1,
            byte: self.place.byte.saturating_sub(bytes),
        }
    }

    /// Creates an error at byte `at` of the line that ended here; `raw` is that line without its line
    /// feed.
    #[cold]
    pub(crate) fn error(
        self,
        kind: ErrorKind,
        expected: &'static str,
        raw: &[u8],
        at: usize,
    ) -> Error {
        Error::at(kind, expected, raw, at, self.start(raw), self.dialect)
    }
}

/// A line with its place, as a reader passes it to code that builds families: errors about it can be
/// placed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlacedLine<'l> {
    pub(crate) line: Line<'l>,
    pub(crate) end: LineEnd,
}
