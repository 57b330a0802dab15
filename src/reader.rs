//! The door for bodies behind an [`io::Read`].

use std::io;

use crate::chunks::{ChunkParser, Located};
use crate::dialect::{Dialect, Limits};
use crate::error::{Error, Position, Result};
use crate::filter::Filter;
use crate::line::{Line, SampleShape};
use crate::parser::LineEnd;

/// How many bytes a [`Reader`] asks for at once, at most.
const BLOCK: usize = 64 * 1024;

/// How many it asks for first: most bodies are small, and so can their buffers be.
const FIRST_BLOCK: usize = 8 * 1024;

/// Reads a body from a file, a socket, a decompressor or anything else that is an [`io::Read`].
///
/// Gives the same lines, errors and positions as a [`Parser`](crate::Parser) over the whole. Lines
/// are lent: each borrows from the reader's buffer until the next call. Nothing is allocated per line with
/// up to eight labels. Memory stays within four times the sum of a block and [`Limits::line`], and 24 bytes
/// for each of [`Limits::labels`]; where lines are shorter than a block, it is about two blocks.
///
/// ```
/// use exposition::{Dialect, Line, Reader};
///
/// let body = std::io::Cursor::new("# TYPE up gauge\nup 1\n");
/// let mut reader = Reader::new(body, Dialect::Prometheus);
/// let mut samples = 0;
/// while let Some(line) = reader.next_line()? {
///     samples += u32::from(matches!(line, Line::Sample(_)));
/// }
/// assert_eq!(samples, 1);
/// # Ok::<(), exposition::Error>(())
/// ```
#[derive(Debug)]
pub struct Reader<R> {
    chunks: ChunkParser,
    io: R,
    /// The most bytes to ask for.
    block: usize,
    /// How many bytes to ask for next.
    ask: usize,
}

impl<R: io::Read> Reader<R> {
    /// Reads the body that `io` gives, in that dialect. `io` needs no buffer of its own.
    pub fn new(io: R, dialect: Dialect) -> Self {
        Reader {
            chunks: ChunkParser::new(dialect),
            io,
            block: BLOCK,
            ask: FIRST_BLOCK,
        }
    }

    /// With other limits than the default ones. To be set before the first line is read.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.chunks = self.chunks.limits(limits);
        self
    }

    /// Asks for that many bytes at once, 64 KiB by default and at least 1; for fewer as long as the body
    /// may be a small one.
    #[must_use]
    pub fn block_size(mut self, bytes: usize) -> Self {
        self.block = bytes.max(1);
        self.ask = self.block.min(FIRST_BLOCK);
        self
    }

    /// Reads only the families that `filter` wants, as [`Parser::only`](crate::Parser::only).
    #[must_use]
    pub fn only(mut self, filter: Filter) -> Self {
        self.chunks = self.chunks.only(filter);
        self
    }

    /// The dialect the body is read in.
    pub fn dialect(&self) -> Dialect {
        self.chunks.dialect()
    }

    /// The place of the next line.
    pub fn position(&self) -> Position {
        self.chunks.position()
    }

    /// The next line, or `None` at the end of the body.
    ///
    /// # Errors
    ///
    /// A line in error gives one error; the next call goes on with the line behind it. If `io` fails,
    /// that is an error of kind [`Io`](crate::ErrorKind::Io); the next call reads from it again.
    #[inline(always)]
    pub fn next_line(&mut self) -> Result<Option<Line<'_>>> {
        let mut item = Ok(None);
        self.read_next(&mut item);
        item
    }

    /// Reads what [`next_line`](Self::next_line) gives into `item`, which is empty; as
    /// `Parser` does.
    #[inline(always)]
    fn read_next<'s>(&'s mut self, item: &mut Result<Option<Line<'s>>>) {
        if let Ok(line) = item
            && let Line::Sample(sample) = line.insert(Line::unread_sample())
        {
            match self.locate(&mut sample.shape) {
                Ok(Some(located)) => {
                    let text = self.chunks.text_of(&located);
                    match located.other {
                        None => sample.text = text,
                        Some(other) => *line = Some(Line::other(text, other)),
                    }
                }
                Ok(None) => *line = None,
                Err(error) => *item = Err(error),
            }
        }
    }

    /// As [`next_line`](Self::next_line), with the place where the line ends.
    #[inline]
    pub(crate) fn next_line_and_end(&mut self) -> Result<Option<(Line<'_>, LineEnd)>> {
        let mut sample = SampleShape::default();
        let located = self.locate(&mut sample)?;
        let end = self.chunks.line_end();
        Ok(located.map(|located| (self.chunks.line(located, sample), end)))
    }

    #[inline]
    fn locate(&mut self, sample: &mut SampleShape) -> Result<Option<Located>> {
        loop {
            if let Some(located) = self.chunks.next_located(sample)? {
                return Ok(Some(located));
            }
            if self.chunks.has_ended() {
                return Ok(None);
            }
            self.fill()?;
        }
    }

    fn fill(&mut self) -> Result<()> {
        let room = self.chunks.room(self.ask);
        let read = loop {
            match self.io.read(room.get_mut(..self.ask).unwrap_or_default()) {
                Ok(read) => break read.min(self.ask),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::io(error, self.chunks.position())),
            }
        };
        match read {
            0 => self.chunks.finish(),
            read => self.chunks.wrote(read),
        }
        if read == self.ask {
            self.ask = self.block.min(self.ask.saturating_mul(2));
        }
        Ok(())
    }
}
