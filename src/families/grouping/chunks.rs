//! The families of a body that arrives in chunks.

use super::gather::Gather;
use super::keep::Own;
use super::messages::IncomingMessages;
use super::stream::Stream;
use crate::dialect::Dialect;
use crate::error::Result;
use crate::families::family::MetricFamily;
use crate::format::Format;
use crate::limits::Limits;
use crate::protobuf;
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
pub struct FamilyChunks(Source);

#[derive(Debug)]
enum Source {
    Text(Box<Lines>),
    Protobuf(Box<Messages>),
}

#[derive(Debug)]
struct Lines {
    chunks: ChunkParser,
    finished: bool,
    stream: Stream<'static>,
}

#[derive(Debug)]
struct Messages {
    chunks: protobuf::ChunkParser,
    finished: bool,
    incoming: IncomingMessages<'static>,
}

impl FamilyChunks {
    /// Creates a reader for the families of a body in `dialect`.
    pub fn new(dialect: Dialect) -> Self {
        FamilyChunks::from(ChunkParser::new(dialect))
    }

    /// Creates a reader for the families of a body in the protobuf format.
    pub fn protobuf() -> Self {
        FamilyChunks::from(protobuf::ChunkParser::new())
    }

    /// Creates a reader for the families of a body in any format.
    pub fn with_format(format: Format) -> Self {
        match format.dialect() {
            Some(dialect) => FamilyChunks::new(dialect),
            None => FamilyChunks::protobuf(),
        }
    }

    /// Sets the limits. Call it before the first family is read.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        self.with(
            |chunks| chunks.limits(limits),
            |chunks| chunks.limits(limits),
        )
    }

    /// Reads only the families that `filter` wants, as [`Parser::filter_by`](crate::Parser::filter_by)
    /// does.
    #[must_use]
    pub fn filter_by(self, filter: Filter) -> Self {
        let same = filter.clone();
        self.with(
            |chunks| chunks.filter_by(filter),
            |chunks| chunks.filter_by(same),
        )
    }

    /// Notes what [`Dialect::Lenient`] takes and Prometheus does not, as
    /// [`Parser::note_leniencies`](crate::Parser::note_leniencies) does.
    #[must_use]
    pub fn note_leniencies(self) -> Self {
        self.with(ChunkParser::note_leniencies, |chunks| chunks)
    }

    fn with(
        self,
        text: impl FnOnce(ChunkParser) -> ChunkParser,
        protobuf: impl FnOnce(protobuf::ChunkParser) -> protobuf::ChunkParser,
    ) -> Self {
        FamilyChunks(match self.0 {
            Source::Text(lines) => Source::Text(Box::new(Lines {
                chunks: text(lines.chunks),
                ..*lines
            })),
            Source::Protobuf(messages) => Source::Protobuf(Box::new(Messages {
                chunks: protobuf(messages.chunks),
                ..*messages
            })),
        })
    }

    /// Sets whether to return families without metrics, which have only a HELP, TYPE or UNIT line, or
    /// only the message of the family. Returned by default.
    #[must_use]
    pub fn keep_empty(mut self, keep: bool) -> Self {
        match &mut self.0 {
            Source::Text(lines) => lines.stream.keep.empty = keep,
            Source::Protobuf(messages) => messages.incoming.keep_empty = keep,
        }
        self
    }

    /// Sets whether to keep samples that Prometheus stores and that [fit no
    /// metric](crate::Families#samples-that-fit-no-metric). Kept by default; otherwise each sample is in
    /// exactly one family or in error. Call it before the first family is read.
    #[must_use]
    pub fn keep_misfits(mut self, keep: bool) -> Self {
        if let Source::Text(lines) = &mut self.0 {
            lines.stream.keep.misfits = keep;
        }
        self
    }

    /// Takes the next bytes of the body. Call it when [`next_family`](Self::next_family) returns `None`;
    /// if called earlier, the bytes pile up.
    ///
    /// Does nothing after [`finish`](Self::finish), like [`ChunkParser::feed`].
    pub fn feed(&mut self, chunk: &[u8]) {
        match &mut self.0 {
            Source::Text(lines) => lines.chunks.feed(chunk),
            Source::Protobuf(messages) => messages.chunks.feed(chunk),
        }
    }

    /// Ends the body here. Nothing can be [fed](Self::feed) after this.
    pub fn finish(&mut self) {
        match &mut self.0 {
            Source::Text(lines) => {
                lines.chunks.finish();
                lines.finished = true;
            }
            Source::Protobuf(messages) => {
                messages.chunks.finish();
                messages.finished = true;
            }
        }
    }

    /// Returns the next family. Returns `None` if more bytes are needed to complete it or, after
    /// [`finish`](Self::finish), if there is none.
    ///
    /// # Errors
    ///
    /// A line or a metric in error gives one error; the next call continues after it.
    pub fn next_family(&mut self) -> Result<Option<MetricFamily<'static>>> {
        match &mut self.0 {
            Source::Text(lines) => lines.next(),
            Source::Protobuf(messages) => messages.next(),
        }
    }

    /// Takes what was noted since the last call, as
    /// [`Parser::take_leniencies`](crate::Parser::take_leniencies) does: empty unless these are families
    /// of chunks that were asked to [note it](ChunkParser::note_leniencies).
    pub fn take_leniencies(&mut self) -> Vec<Leniency> {
        match &mut self.0 {
            Source::Text(lines) => lines.chunks.take_leniencies(),
            Source::Protobuf(_) => Vec::new(),
        }
    }
}

impl Lines {
    fn next(&mut self) -> Result<Option<MetricFamily<'static>>> {
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
}

impl Messages {
    fn next(&mut self) -> Result<Option<MetricFamily<'static>>> {
        while let Some((found, whole)) = self.chunks.next_metric()? {
            if let Some(family) = self.incoming.copy(found, whole)? {
                return Ok(Some(family));
            }
        }
        Ok(match self.finished {
            true => self.incoming.complete(),
            false => None,
        })
    }
}

impl From<ChunkParser> for FamilyChunks {
    /// Reads the families of what the parser has not read yet. End the body on the result.
    fn from(chunks: ChunkParser) -> Self {
        FamilyChunks(Source::Text(Box::new(Lines {
            stream: Stream::new(chunks.dialect()),
            finished: false,
            chunks,
        })))
    }
}

impl From<protobuf::ChunkParser> for FamilyChunks {
    /// Reads the families of what the parser has not read yet: metrics of which a sample has been read
    /// are not read again. End the body on the result.
    fn from(chunks: protobuf::ChunkParser) -> Self {
        FamilyChunks(Source::Protobuf(Box::new(Messages {
            chunks,
            finished: false,
            incoming: IncomingMessages::default(),
        })))
    }
}
