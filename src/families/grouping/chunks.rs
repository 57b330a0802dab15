//! The families of a body that arrives in chunks.

use super::gather::Gather;
use super::keep::Own;
use super::stream::Stream;
use crate::dialect::Dialect;
use crate::error::Result;
use crate::families::family::MetricFamily;
use crate::limits::Limits;
use crate::text::chunks::ChunkParser;
use crate::text::filter::Filter;
use crate::text::leniency::Leniency;
use crate::text::place::PlacedLine;

/// Reads the families of a body that arrives in chunks, as [`ChunkParser`] reads its lines.
///
/// ```
/// use exposition::{Dialect, FamilyChunks};
///
/// let mut chunks = FamilyChunks::new(Dialect::Text);
/// let mut names = Vec::new();
/// for chunk in [&b"# TYPE up ga"[..], b"uge\nup 1\ndown", b" 0\n"] {
///     chunks.feed(chunk);
///     while let Some(family) = chunks.next_family()? {
///         names.push(family.name);
///     }
/// }
/// chunks.finish();
/// while let Some(family) = chunks.next_family()? {
///     names.push(family.name);
/// }
/// assert_eq!(names, ["up", "down"]);
/// # Ok::<(), exposition::Error>(())
/// ```
#[derive(Debug)]
pub struct FamilyChunks {
    chunks: ChunkParser,
    finished: bool,
    stream: Stream<'static>,
}

impl FamilyChunks {
    /// Creates a reader for the families of a body in `dialect`.
    pub fn new(dialect: Dialect) -> Self {
        FamilyChunks::from(ChunkParser::new(dialect))
    }

    /// Sets the limits. Call it before the first family is read.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.chunks = self.chunks.limits(limits);
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

    /// Sets whether to return families without metrics, which have only a HELP, TYPE or UNIT line.
    /// Returned by default.
    #[must_use]
    pub fn keep_empty(mut self, keep: bool) -> Self {
        self.stream.keep.empty = keep;
        self
    }

    /// Sets whether to keep samples that Prometheus stores and that [fit no
    /// metric](crate::Families#samples-that-fit-no-metric). Kept by default; otherwise each sample is in
    /// exactly one family or in error. Call it before the first family is read.
    #[must_use]
    pub fn keep_misfits(mut self, keep: bool) -> Self {
        self.stream.keep.misfits = keep;
        self
    }

    /// Takes the next bytes of the body. Call it when [`next_family`](Self::next_family) returns `None`;
    /// if called earlier, the bytes pile up.
    ///
    /// Does nothing after [`finish`](Self::finish), like [`ChunkParser::feed`].
    pub fn feed(&mut self, chunk: &[u8]) {
        self.chunks.feed(chunk);
    }

    /// Ends the body here. Nothing can be [fed](Self::feed) after this.
    pub fn finish(&mut self) {
        self.chunks.finish();
        self.finished = true;
    }

    /// Returns the next family. Returns `None` if more bytes are needed to complete it or, after
    /// [`finish`](Self::finish), if there is none.
    ///
    /// # Errors
    ///
    /// A line in error gives one error; the next call continues after it.
    pub fn next_family(&mut self) -> Result<Option<MetricFamily<'static>>> {
        loop {
            if let Some(ready) = self.stream.take(self.chunks.chosen_by()) {
                return ready.map(Some);
            }
            match self.chunks.read_next(|_| Ok(false))? {
                Some(PlacedLine { line, end }) => self.stream.push::<Own>(line, end)?,
                None if self.finished => {
                    self.stream.complete();
                    return self.stream.take(self.chunks.chosen_by()).transpose();
                }
                None => return Ok(None),
            }
        }
    }

    /// Takes what was noted since the last call, as
    /// [`Parser::take_leniencies`](crate::Parser::take_leniencies) does: empty unless these are families
    /// of chunks that were asked to [note it](ChunkParser::note_leniencies).
    pub fn take_leniencies(&mut self) -> Vec<Leniency> {
        self.chunks.take_leniencies()
    }
}

impl From<ChunkParser> for FamilyChunks {
    /// Reads the families of what the parser has not read yet. End the body on the result.
    fn from(chunks: ChunkParser) -> Self {
        FamilyChunks {
            stream: Stream::new(chunks.dialect()),
            finished: false,
            chunks,
        }
    }
}
