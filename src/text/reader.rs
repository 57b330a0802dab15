//! Reads bodies from an [`io::Read`].

use std::io;

use crate::dialect::Dialect;
use crate::error::{Error, Position, Result};
use crate::limits::Limits;
use crate::model::histogram_options::HistogramOptions;
use crate::text::chunks::samples::LocatedSample;
use crate::text::chunks::{ChunkParser, Located};
use crate::text::filter::Filter;
use crate::text::leniency::Leniency;
use crate::text::line::Line;
use crate::text::place::{LineEnd, PlacedLine};
use crate::text::sample::Sample;

/// The most bytes a [`Reader`] asks for at once.
const BLOCK: usize = 64 * 1024;

/// How many bytes it asks for first, and twice as many whenever four such blocks were full: most bodies are small,
/// so their buffers can be too, and a small block stays in the first-level cache.
const FIRST_BLOCK: usize = 8 * 1024;

/// The fewest bytes it asks for, once a block was not filled.
const LEAST: usize = 1024;

/// Reads a body from a file, a socket, a decompressor or anything else that is an [`io::Read`].
///
/// Returns the same lines, errors and positions as a [`Parser`](crate::Parser) over the whole body. Each
/// line borrows from the reader's buffer until the next call. Lines need no allocation. Memory stays
/// within four times the sum of a block and [`Limits::max_line_bytes`], plus 24 bytes for each of
/// [`Limits::max_labels`]; if lines are shorter than a block, it is about two blocks.
///
/// ```
/// use exposition::{Dialect, Line, Reader};
///
/// let body = std::io::Cursor::new("# TYPE up gauge\nup 1\n");
/// let mut reader = Reader::new(body, Dialect::Text);
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
    source: Source<R>,
}

impl<R: io::Read> Reader<R> {
    /// Reads the body that `io` yields, in `dialect`. `io` needs no buffer of its own.
    pub fn new(io: R, dialect: Dialect) -> Self {
        Reader {
            chunks: ChunkParser::new(dialect),
            source: Source {
                io,
                block: BLOCK,
                ask: FIRST_BLOCK,
                got: 0,
            },
        }
    }

    /// Sets the limits. Call it before the first line is read.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.chunks = self.chunks.limits(limits);
        self
    }

    /// Sets which parts of composite values are looked at.
    pub(crate) fn histograms(mut self, options: HistogramOptions) -> Self {
        self.chunks = self.chunks.histograms(options);
        self
    }

    /// Sets how many bytes to ask for at once, 64 KiB by default and at least 1; it asks for fewer as
    /// long as the body may be small.
    #[must_use]
    pub fn buffer_capacity(mut self, bytes: usize) -> Self {
        self.source.block = bytes.max(1);
        self.source.ask = self.source.block.min(FIRST_BLOCK);
        self
    }

    /// Reads only the families that `filter` wants, as [`Parser::filter_by`](crate::Parser::filter_by)
    /// does.
    #[must_use]
    pub fn filter_by(mut self, filter: Filter) -> Self {
        self.chunks = self.chunks.filter_by(filter);
        self
    }

    /// Notes what [`Dialect::Lenient`] takes and Prometheus does not, as
    /// [`Parser::note_leniencies`](crate::Parser::note_leniencies) does.
    #[must_use]
    pub fn note_leniencies(mut self) -> Self {
        self.chunks = self.chunks.note_leniencies();
        self
    }

    /// Takes what was noted since the last call, as
    /// [`Parser::take_leniencies`](crate::Parser::take_leniencies) does.
    pub fn take_leniencies(&mut self) -> Vec<Leniency> {
        self.chunks.take_leniencies()
    }

    /// Returns the source of the body. Some bytes may have been read from it and not been returned as
    /// lines.
    pub fn get_ref(&self) -> &R {
        &self.source.io
    }

    /// Returns the source of the body. Bytes that were read from it and not returned as lines are lost.
    pub fn into_inner(self) -> R {
        self.source.io
    }

    /// Returns the dialect that the body is read in.
    pub fn dialect(&self) -> Dialect {
        self.chunks.dialect()
    }

    pub(crate) fn chosen_by(&self) -> Option<&Filter> {
        self.chunks.chosen_by()
    }

    /// Returns the position of the next line.
    pub fn position(&self) -> Position {
        self.chunks.position()
    }

    /// Returns the next line, or `None` at the end of the body.
    ///
    /// # Errors
    ///
    /// A line in error gives one error; the next call continues with the line after it. If `io` fails,
    /// the error is of kind [`Io`](crate::ErrorKind::Io); the next call reads from it again.
    #[inline(always)]
    pub fn next_line(&mut self) -> Result<Option<Line<'_>>> {
        Ok(self.read_next()?.map(|read| read.line))
    }

    /// Finds the next sample without lending it: [`located_sample`](Self::located_sample) does that.
    #[inline(always)]
    pub(crate) fn locate_sample(&mut self) -> Result<Option<LocatedSample>> {
        let source = &mut self.source;
        self.chunks.locate_sample(|chunks| source.feed(chunks))
    }

    /// Returns the sample that was found last.
    #[inline(always)]
    pub(crate) fn located_sample(&self, located: LocatedSample) -> Sample<'_> {
        self.chunks.located_sample(located)
    }

    /// Finds the next line without lending it: [`located`](Self::located) does that, until the next call.
    pub(crate) fn locate_next(&mut self) -> Result<Option<Located>> {
        let source = &mut self.source;
        self.chunks.locate_next(|chunks| source.feed(chunks))
    }

    /// Returns the line that was found last.
    pub(crate) fn located(&self, located: Located) -> Line<'_> {
        self.chunks.located(located)
    }

    /// Does the same at no cost for each byte, which matters if it is asked for again and again.
    pub(crate) fn located_raw(&self, located: Located) -> Line<'_> {
        self.chunks.located_raw(located)
    }

    /// Returns where the line ends that was found last.
    pub(crate) fn line_end(&self) -> LineEnd {
        self.chunks.line_end()
    }

    /// Returns what [`next_line`](Self::next_line) does, and where the line ends.
    #[inline(always)]
    pub(crate) fn read_next(&mut self) -> Result<Option<PlacedLine<'_>>> {
        let source = &mut self.source;
        self.chunks.read_next(|chunks| source.feed(chunks))
    }
}

/// Where bytes come from.
#[derive(Debug)]
struct Source<R> {
    io: R,
    /// The most bytes to ask for.
    block: usize,
    /// How many bytes to ask for next.
    ask: usize,
    /// How many bytes came so far.
    got: usize,
}

impl<R: io::Read> Source<R> {
    /// Feeds the next bytes, or says that nothing more comes.
    #[inline(never)]
    fn feed(&mut self, chunks: &mut ChunkParser) -> Result<bool> {
        if chunks.has_ended() {
            return Ok(false);
        }
        // With the line that the last block cut in two it is a block: a few bytes more would be a window of
        // their own. Long lines need larger blocks.
        let ask = match self.ask.checked_sub(chunks.carried()) {
            Some(ask) if ask >= self.ask / 2 => ask.max(1),
            _ => self.ask.saturating_mul(2).min(self.block),
        };
        let room = chunks.room(ask);
        let read = loop {
            match self.io.read(room.get_mut(..ask).unwrap_or_default()) {
                Ok(read) => break read.min(ask),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::io(error, chunks.position())),
            }
        };
        match read {
            0 => chunks.finish(),
            read => chunks.wrote(read),
        }
        // Room is made for what is asked for, so after a short read no more is asked for than came.
        self.got = self.got.saturating_add(read);
        self.ask = match read == ask {
            true if self.got / 4 >= self.ask => self.ask.saturating_mul(2),
            true => self.ask,
            false => read.max(LEAST),
        }
        .min(self.block);
        Ok(true)
    }
}
