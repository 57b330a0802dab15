//! The doors other than the slice, each read to its end: a callback gets the results.

use std::io;

use exposition::{ChunkParser, Dialect, Limits, Line, Reader, Result};

/// Returns bytes in pieces of at most `step`.
pub(crate) struct Dribble<'a> {
    pub(crate) body: &'a [u8],
    pub(crate) step: usize,
}

impl io::Read for Dribble<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let now = self.body.get(..self.step).unwrap_or(self.body);
        let len = io::Read::read(&mut &*now, buf)?;
        self.body = self.body.get(len..).unwrap_or_default();
        Ok(len)
    }
}

/// Reads the body from an `io::Read` that returns `step` bytes at a time, in blocks of `block`.
pub(crate) fn by_reader(
    body: &[u8],
    dialect: Dialect,
    limits: Limits,
    (step, block): (usize, usize),
    mut see: impl FnMut(Result<Line<'_>>),
) {
    let mut reader = Reader::new(Dribble { body, step }, dialect)
        .limits(limits)
        .buffer_capacity(block);
    while let Some(line) = reader.next_line().transpose() {
        see(line);
    }
}

/// Feeds the body in chunks of the lengths that `cut` returns.
pub(crate) fn by_chunks(
    body: &[u8],
    dialect: Dialect,
    limits: Limits,
    mut cut: impl FnMut() -> usize,
    mut see: impl FnMut(Result<Line<'_>>),
) {
    let mut parser = ChunkParser::new(dialect).limits(limits);
    let mut rest = body;
    loop {
        while let Some(line) = parser.next_line().transpose() {
            see(line);
        }
        if rest.is_empty() {
            break;
        }
        let (now, later) = rest.split_at(cut().clamp(1, rest.len()));
        parser.feed(now);
        rest = later;
    }
    parser.finish();
    while let Some(line) = parser.next_line().transpose() {
        see(line);
    }
}
