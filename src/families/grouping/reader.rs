//! The families of a body from an [`io::Read`].

use std::io;

use super::collect::{CollectedFamilies, Collector};
use super::gather::Gather;
use super::keep::Own;
use super::stream::Stream;
use crate::dialect::Dialect;
use crate::error::{ErrorKind, Result};
use crate::families::family::MetricFamily;
use crate::limits::Limits;
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
pub struct FamilyReader<R> {
    reader: Reader<R>,
    stream: Stream<'static>,
}

impl<R: io::Read> FamilyReader<R> {
    /// Reads the families of the body that `io` yields, in `dialect`.
    pub fn new(io: R, dialect: Dialect) -> Self {
        FamilyReader::from(Reader::new(io, dialect))
    }

    /// Sets the limits. Call it before the first family is read.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.reader = self.reader.limits(limits);
        self
    }

    /// Sets how many bytes to ask for at once, like [`Reader::buffer_capacity`].
    #[must_use]
    pub fn buffer_capacity(mut self, bytes: usize) -> Self {
        self.reader = self.reader.buffer_capacity(bytes);
        self
    }

    /// Reads only the families that `filter` wants, as [`Parser::filter_by`](crate::Parser::filter_by)
    /// does.
    #[must_use]
    pub fn filter_by(mut self, filter: Filter) -> Self {
        self.reader = self.reader.filter_by(filter);
        self
    }

    /// Notes what [`Dialect::Lenient`] takes and Prometheus does not, as
    /// [`Parser::note_leniencies`](crate::Parser::note_leniencies) does.
    #[must_use]
    pub fn note_leniencies(mut self) -> Self {
        self.reader = self.reader.note_leniencies();
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

    /// Returns all remaining families, with those that come back later in the body merged. Ends when `io`
    /// fails; that error is the last.
    pub fn read_all(self) -> CollectedFamilies<'static> {
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

    /// Returns the source of the body. Some bytes may have been read from it and not been returned as
    /// families.
    pub fn get_ref(&self) -> &R {
        self.reader.get_ref()
    }

    /// Returns the source of the body. Bytes that were read from it and not returned as families are
    /// lost.
    pub fn into_inner(self) -> R {
        self.reader.into_inner()
    }

    /// Takes what was noted since the last call, as
    /// [`Parser::take_leniencies`](crate::Parser::take_leniencies) does: empty unless these are families
    /// of a reader that was asked to [note it](Reader::note_leniencies).
    pub fn take_leniencies(&mut self) -> Vec<Leniency> {
        self.reader.take_leniencies()
    }
}

impl<R: io::Read> From<Reader<R>> for FamilyReader<R> {
    /// Reads the families of what the reader has not read yet.
    fn from(reader: Reader<R>) -> Self {
        FamilyReader {
            stream: Stream::new(reader.dialect()),
            reader,
        }
    }
}

impl<R: io::Read> Iterator for FamilyReader<R> {
    type Item = Result<MetricFamily<'static>>;

    /// Returns the next family or error. After an error of kind [`Io`](ErrorKind::Io) the next call reads
    /// again.
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(ready) = self.stream.take(self.reader.chosen_by()) {
                return Some(ready);
            }
            match self.reader.read_next() {
                Ok(Some(PlacedLine { line, end })) => {
                    if let Err(error) = self.stream.push::<Own>(line, end) {
                        return Some(Err(error));
                    }
                }
                Ok(None) => {
                    self.stream.complete();
                    return self.stream.take(self.reader.chosen_by());
                }
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
