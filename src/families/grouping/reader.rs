//! The families of a body from an [`io::Read`].

use std::io;

use super::collect::{self, CollectedFamilies, Collector};
use super::gather::Gather;
use super::keep::Own;
use super::messages::IncomingMessages;
use super::stream::Stream;
use crate::dialect::Dialect;
use crate::error::{ErrorKind, Result};
use crate::families::family::MetricFamily;
use crate::format::Format;
use crate::limits::Limits;
use crate::protobuf;
use crate::text::filter::Filter;
use crate::text::leniency::Leniency;
use crate::text::place::PlacedLine;
use crate::text::reader::Reader;

/// Reads the families of a body that comes from an [`io::Read`].
///
/// Returns what [`Families`](crate::Families) returns for the whole body, in families that own their
/// texts. Memory is bounded by the largest family, besides what the [`Reader`] needs.
///
/// ```
/// use exposition::{Dialect, FamilyReader};
///
/// let body = std::io::Cursor::new("# TYPE up gauge\nup 1\n# TYPE down gauge\ndown 0\n");
/// for family in FamilyReader::new(body, Dialect::Text) {
///     println!("{}", family?.name);
/// }
/// # Ok::<(), exposition::Error>(())
/// ```
#[derive(Debug)]
pub struct FamilyReader<R>(Source<R>);

#[derive(Debug)]
enum Source<R> {
    Text(Box<Lines<R>>),
    Protobuf(Box<Messages<R>>),
}

#[derive(Debug)]
struct Lines<R> {
    reader: Reader<R>,
    stream: Stream<'static>,
}

#[derive(Debug)]
struct Messages<R> {
    reader: protobuf::Reader<R>,
    incoming: IncomingMessages<'static>,
}

impl<R: io::Read> FamilyReader<R> {
    /// Reads the families of the body that `io` yields, in `dialect`.
    pub fn new(io: R, dialect: Dialect) -> Self {
        FamilyReader::from(Reader::new(io, dialect))
    }

    /// Reads the families of the body in the protobuf format that `io` yields.
    pub fn protobuf(io: R) -> Self {
        FamilyReader::from(protobuf::Reader::new(io))
    }

    /// Reads the families of the body that `io` yields, in any format.
    pub fn with_format(io: R, format: Format) -> Self {
        match format.dialect() {
            Some(dialect) => FamilyReader::new(io, dialect),
            None => FamilyReader::protobuf(io),
        }
    }

    /// Sets the limits. Call it before the first family is read.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        self.with(
            |reader| reader.limits(limits),
            |reader| reader.limits(limits),
        )
    }

    /// Sets how many bytes to ask for at once, like [`Reader::buffer_capacity`].
    #[must_use]
    pub fn buffer_capacity(self, bytes: usize) -> Self {
        self.with(
            |reader| reader.buffer_capacity(bytes),
            |reader| reader.buffer_capacity(bytes),
        )
    }

    /// Reads only the families that `filter` wants, as [`Parser::filter_by`](crate::Parser::filter_by)
    /// does.
    #[must_use]
    pub fn filter_by(self, filter: Filter) -> Self {
        let same = filter.clone();
        self.with(
            |reader| reader.filter_by(filter),
            |reader| reader.filter_by(same),
        )
    }

    /// Notes what [`Dialect::Lenient`] takes and Prometheus does not, as
    /// [`Parser::note_leniencies`](crate::Parser::note_leniencies) does.
    #[must_use]
    pub fn note_leniencies(self) -> Self {
        self.with(Reader::note_leniencies, |reader| reader)
    }

    fn with(
        self,
        text: impl FnOnce(Reader<R>) -> Reader<R>,
        protobuf: impl FnOnce(protobuf::Reader<R>) -> protobuf::Reader<R>,
    ) -> Self {
        FamilyReader(match self.0 {
            Source::Text(lines) => Source::Text(Box::new(Lines {
                reader: text(lines.reader),
                stream: lines.stream,
            })),
            Source::Protobuf(messages) => Source::Protobuf(Box::new(Messages {
                reader: protobuf(messages.reader),
                incoming: messages.incoming,
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

    /// Returns all remaining families, with those that come back later in the body merged. Ends when `io`
    /// fails; that error is the last.
    pub fn read_all(self) -> CollectedFamilies<'static> {
        match self.0 {
            Source::Text(lines) => lines.read_all(),
            Source::Protobuf(messages) => {
                let mut failed = false;
                let families = FamilyReader(Source::Protobuf(messages));
                collect::merged(families.take_while(|family| {
                    let goes_on = !failed;
                    failed = family.as_ref().is_err_and(|e| e.kind() == ErrorKind::Io);
                    goes_on
                }))
            }
        }
    }

    /// Returns the source of the body. Some bytes may have been read from it and not been returned as
    /// families.
    pub fn get_ref(&self) -> &R {
        match &self.0 {
            Source::Text(lines) => lines.reader.get_ref(),
            Source::Protobuf(messages) => messages.reader.get_ref(),
        }
    }

    /// Returns the source of the body. Bytes that were read from it and not returned as families are
    /// lost.
    pub fn into_inner(self) -> R {
        match self.0 {
            Source::Text(lines) => lines.reader.into_inner(),
            Source::Protobuf(messages) => messages.reader.into_inner(),
        }
    }

    /// Takes what was noted since the last call, as
    /// [`Parser::take_leniencies`](crate::Parser::take_leniencies) does: empty unless these are families
    /// of a reader that was asked to [note it](Reader::note_leniencies).
    pub fn take_leniencies(&mut self) -> Vec<Leniency> {
        match &mut self.0 {
            Source::Text(lines) => lines.reader.take_leniencies(),
            Source::Protobuf(_) => Vec::new(),
        }
    }
}

impl<R: io::Read> Lines<R> {
    fn read_all(self) -> CollectedFamilies<'static> {
        let mut reader = self.reader.note_leniencies();
        let mut collector = Collector::new(reader.dialect().syntax(), self.stream.keep);
        loop {
            match reader.read_next() {
                Ok(Some(PlacedLine { line, end })) => collector.add::<Own>(line, end),
                Ok(None) => break,
                Err(error) => {
                    let failed = error.kind() == ErrorKind::Io;
                    collector.error(error);
                    if failed {
                        break;
                    }
                }
            }
        }
        let leniencies = reader.take_leniencies();
        collector.finish(reader.chosen_by(), reader.dialect(), leniencies)
    }

    fn next(&mut self) -> Result<Option<MetricFamily<'static>>> {
        loop {
            if let Some(ready) = self.stream.take(self.reader.chosen_by()) {
                return ready.map(Some);
            }
            match self.reader.read_next()? {
                Some(PlacedLine { line, end }) => self.stream.push::<Own>(line, end)?,
                None => {
                    self.stream.complete();
                    return self.stream.take(self.reader.chosen_by()).transpose();
                }
            }
        }
    }
}

impl<R: io::Read> Messages<R> {
    fn next(&mut self) -> Result<Option<MetricFamily<'static>>> {
        while let Some((found, whole)) = self.reader.next_metric()? {
            if let Some(family) = self.incoming.copy(found, whole)? {
                return Ok(Some(family));
            }
        }
        Ok(self.incoming.complete())
    }
}

impl<R: io::Read> From<Reader<R>> for FamilyReader<R> {
    /// Reads the families of what the reader has not read yet.
    fn from(reader: Reader<R>) -> Self {
        FamilyReader(Source::Text(Box::new(Lines {
            stream: Stream::new(reader.dialect()),
            reader,
        })))
    }
}

impl<R: io::Read> From<protobuf::Reader<R>> for FamilyReader<R> {
    /// Reads the families of what the reader has not read yet: metrics of which a sample has been read
    /// are not read again.
    fn from(reader: protobuf::Reader<R>) -> Self {
        FamilyReader(Source::Protobuf(Box::new(Messages {
            reader,
            incoming: IncomingMessages::default(),
        })))
    }
}

impl<R: io::Read> Iterator for FamilyReader<R> {
    type Item = Result<MetricFamily<'static>>;

    /// Returns the next family or error. After an error of kind [`Io`](ErrorKind::Io) the next call reads
    /// again.
    fn next(&mut self) -> Option<Self::Item> {
        let next = match &mut self.0 {
            Source::Text(lines) => lines.next(),
            Source::Protobuf(messages) => messages.next(),
        };
        next.transpose()
    }
}
