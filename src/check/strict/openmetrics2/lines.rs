//! The lines of a body, which here all end at the first line feed: no text in quotes holds one.

use crate::bytes::scan;
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use crate::text::place::{LineEnd, Place};

/// A line of a body.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct BodyLine<'a> {
    /// The line with its line feed, if it has one.
    pub(in super::super) whole: &'a [u8],
    pub(in super::super) end: LineEnd,
}

impl<'a> BodyLine<'a> {
    /// Returns the line without its line feed.
    pub(in super::super) fn raw(self) -> &'a [u8] {
        self.whole.strip_suffix(b"\n").unwrap_or(self.whole)
    }
}

/// Cuts a body into lines, within limits.
#[derive(Debug)]
pub(in super::super) struct Lines<'a> {
    rest: &'a [u8],
    place: Place,
    pub(in super::super) limits: Limits,
    /// Whether `# EOF` was the last line.
    is_complete: bool,
    has_ended: bool,
}

impl<'a> Lines<'a> {
    /// Begins at `rest`, which is at `place` of its body.
    pub(in super::super) fn new(rest: &'a [u8], place: Place, limits: Limits) -> Self {
        Lines {
            rest,
            place,
            limits,
            is_complete: false,
            has_ended: false,
        }
    }

    /// Ends the body with an error.
    fn end(&mut self, kind: ErrorKind, expected: &'static str) -> Error {
        self.has_ended = true;
        self.error(kind, expected)
    }

    /// Creates an error at the next line.
    fn error(&self, kind: ErrorKind, expected: &'static str) -> Error {
        let shown = self.rest.get(..=self.limits.max_line());
        let start = self.place.position();
        let shown = shown.unwrap_or(self.rest);
        Error::at(kind, expected, shown, 0, start, Dialect::OpenMetrics2)
    }

    fn take(&mut self, len: usize) -> &'a [u8] {
        let (line, rest) = self.rest.split_at_checked(len).unwrap_or((self.rest, &[]));
        self.place.pass(line);
        self.rest = rest;
        line
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Result<BodyLine<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.has_ended {
            return None;
        }
        if self.is_complete {
            self.has_ended = true;
            return match self.rest.is_empty() {
                true => None,
                false => Some(Err(self.end(ErrorKind::AfterEof, "the end of the body"))),
            };
        }
        if self.rest.is_empty() {
            return Some(Err(self.end(ErrorKind::MissingEof, "`# EOF` at the end")));
        }
        let left = self.limits.max_body_bytes.saturating_sub(self.place.byte());
        let left = usize::try_from(left).unwrap_or(usize::MAX);
        let within = self.rest.get(..left).unwrap_or(self.rest);
        let line_feed = scan::line_feed(within);
        if line_feed.is_none() && within.len() < self.rest.len() {
            return Some(Err(self.end(ErrorKind::BodyTooLong, "a shorter body")));
        }
        let len = line_feed.unwrap_or(within.len());
        let too_long = (len > self.limits.max_line())
            .then(|| self.error(ErrorKind::LineTooLong, "a shorter line"));
        let whole = self.take(line_feed.map_or(len, |len| len + 1));
        if let Some(error) = too_long {
            return Some(Err(error));
        }
        let end = LineEnd {
            place: self.place,
            dialect: Dialect::OpenMetrics2,
        };
        let line = BodyLine { whole, end };
        // With a carriage return it is the end too, which is then badly written.
        self.is_complete = line.raw().strip_suffix(b"\r").unwrap_or(line.raw()) == b"# EOF";
        Some(Ok(line))
    }
}
