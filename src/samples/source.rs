//! Where samples come from: lines of text or messages of protobuf, from a slice, a reader or chunks.

use std::io;

use crate::bytes::work;
use crate::dialect::Dialect;
use crate::error::Result;
use crate::limits::Limits;
use crate::model::histogram_options::HistogramOptions;
use crate::protobuf::{self, Found};
use crate::text::chunks::samples::LocatedSample;
use crate::text::chunks::{ChunkParser, Located};
use crate::text::filter::Filter;
use crate::text::line::Line;
use crate::text::parser::Parser;
use crate::text::place::LineEnd;
use crate::text::reader::Reader;
use crate::text::sample::Sample;

/// A source of lines: found first, then lent.
pub(super) trait Lines: Sized {
    fn dialect(&self) -> Dialect;
    /// Sets which parts of composite values are looked at.
    fn histograms(self, options: HistogramOptions) -> Self;
    fn limits(self, limits: Limits) -> Self;
    fn filter_by(self, filter: Filter) -> Self;
    /// A sample that was found.
    type Found: Copy;
    /// Finds the next line that is a sample. [`sample`](Self::sample) lends it, and [`line`](Self::line) nothing.
    fn next_sample(&mut self) -> Result<Option<Self::Found>>;
    /// Returns the sample that was found last.
    fn sample(&self, found: Self::Found) -> Sample<'_>;
    /// Finds the next line. If there is none, none is [lent](Self::line) either.
    fn advance(&mut self) -> Result<bool>;
    /// Returns the line that was found last.
    fn line(&self) -> Option<Line<'_>>;
    /// Does the same for a line that is lent again and again, part by part.
    fn line_again(&self) -> Option<Line<'_>>;
    /// Returns where it ends.
    fn line_end(&self) -> LineEnd;
    /// Tells whether the body has ended.
    fn has_ended(&self) -> bool;
}

#[derive(Debug)]
pub(super) struct SliceLines<'a> {
    pub(super) parser: Parser<'a>,
    pub(super) line: Option<Line<'a>>,
}

impl<'a> Lines for SliceLines<'a> {
    type Found = Sample<'a>;

    fn dialect(&self) -> Dialect {
        self.parser.dialect()
    }

    fn histograms(mut self, options: HistogramOptions) -> Self {
        self.parser = self.parser.histograms(options);
        self
    }

    fn limits(mut self, limits: Limits) -> Self {
        self.parser = self.parser.limits(limits);
        self
    }

    fn filter_by(mut self, filter: Filter) -> Self {
        self.parser = self.parser.filter_by(filter);
        self
    }

    #[inline(always)]
    fn next_sample(&mut self) -> Result<Option<Sample<'a>>> {
        self.line = None;
        self.parser.next_sample()
    }

    #[inline(always)]
    fn sample(&self, found: Sample<'a>) -> Sample<'_> {
        found
    }

    #[inline]
    fn advance(&mut self) -> Result<bool> {
        self.line = None;
        self.line = self.parser.next().transpose()?;
        Ok(self.line.is_some())
    }

    #[inline]
    fn line(&self) -> Option<Line<'_>> {
        self.line
    }

    #[inline]
    fn line_again(&self) -> Option<Line<'_>> {
        self.line
    }

    fn line_end(&self) -> LineEnd {
        self.parser.line_end()
    }

    fn has_ended(&self) -> bool {
        true
    }
}

#[derive(Debug)]
pub(super) struct ReaderLines<R> {
    pub(super) reader: Reader<R>,
    pub(super) located: Option<Located>,
}

impl<R: io::Read> Lines for ReaderLines<R> {
    type Found = LocatedSample;

    fn dialect(&self) -> Dialect {
        self.reader.dialect()
    }

    fn histograms(mut self, options: HistogramOptions) -> Self {
        self.reader = self.reader.histograms(options);
        self
    }

    fn limits(mut self, limits: Limits) -> Self {
        self.reader = self.reader.limits(limits);
        self
    }

    fn filter_by(mut self, filter: Filter) -> Self {
        self.reader = self.reader.filter_by(filter);
        self
    }

    #[inline(always)]
    fn next_sample(&mut self) -> Result<Option<LocatedSample>> {
        self.located = None;
        self.reader.locate_sample()
    }

    #[inline(always)]
    fn sample(&self, found: LocatedSample) -> Sample<'_> {
        self.reader.located_sample(found)
    }

    fn advance(&mut self) -> Result<bool> {
        self.located = None;
        self.located = self.reader.locate_next()?;
        Ok(self.located.is_some())
    }

    fn line(&self) -> Option<Line<'_>> {
        self.located.map(|located| self.reader.located(located))
    }

    fn line_again(&self) -> Option<Line<'_>> {
        self.located.map(|located| self.reader.located_raw(located))
    }

    fn line_end(&self) -> LineEnd {
        self.reader.line_end()
    }

    fn has_ended(&self) -> bool {
        true
    }
}

#[derive(Debug)]
pub(super) struct ChunkLines {
    pub(super) parser: ChunkParser,
    pub(super) located: Option<Located>,
    /// What came while a line was lent, which is there until the next one is asked for.
    pub(super) waiting: Vec<u8>,
    /// Whether nothing comes after that.
    pub(super) is_last: bool,
}

impl ChunkLines {
    pub(super) fn feed(&mut self, chunk: &[u8]) {
        match self.located {
            Some(_) if !self.is_last => {
                work::on(chunk.len());
                self.waiting.extend_from_slice(chunk);
            }
            Some(_) => {}
            None => self.parser.feed(chunk),
        }
    }

    /// Ends the loan of a line: what waited for that comes next.
    #[inline]
    fn release(&mut self) {
        self.located = None;
        if !self.waiting.is_empty() {
            self.parser.feed(&self.waiting);
            self.waiting.clear();
            if self.is_last {
                self.parser.finish();
            }
        }
    }

    pub(super) fn finish(&mut self) {
        self.is_last = true;
        if self.waiting.is_empty() {
            self.parser.finish();
        }
    }
}

impl Lines for ChunkLines {
    type Found = LocatedSample;

    fn dialect(&self) -> Dialect {
        self.parser.dialect()
    }

    fn histograms(mut self, options: HistogramOptions) -> Self {
        self.parser = self.parser.histograms(options);
        self
    }

    fn limits(mut self, limits: Limits) -> Self {
        self.parser = self.parser.limits(limits);
        self
    }

    fn filter_by(mut self, filter: Filter) -> Self {
        self.parser = self.parser.filter_by(filter);
        self
    }

    #[inline(always)]
    fn next_sample(&mut self) -> Result<Option<LocatedSample>> {
        self.release();
        self.parser.locate_sample(|_| Ok(false))
    }

    #[inline(always)]
    fn sample(&self, found: LocatedSample) -> Sample<'_> {
        self.parser.located_sample(found)
    }

    fn advance(&mut self) -> Result<bool> {
        self.release();
        self.located = self.parser.locate_next(|_| Ok(false))?;
        Ok(self.located.is_some())
    }

    fn line(&self) -> Option<Line<'_>> {
        self.located.map(|located| self.parser.located(located))
    }

    fn line_again(&self) -> Option<Line<'_>> {
        self.located.map(|located| self.parser.located_raw(located))
    }

    fn line_end(&self) -> LineEnd {
        self.parser.line_end()
    }

    fn has_ended(&self) -> bool {
        self.parser.has_ended()
    }
}

/// A source of families and samples in protobuf: found first, then lent.
pub(super) trait Messages: Sized {
    fn histograms(self, options: HistogramOptions) -> Self;
    fn limits(self, limits: Limits) -> Self;
    fn filter_by(self, filter: Filter) -> Self;
    fn advance(&mut self) -> Result<Option<Found>>;
    fn entry(&self, found: Found) -> protobuf::Entry<'_>;
}

macro_rules! messages {
    ($source:ty $(, $parameter:ident)?) => {
        impl$(<$parameter: io::Read>)? Messages for $source {
            fn histograms(self, options: HistogramOptions) -> Self {
                self.histograms(options)
            }

            fn limits(self, limits: Limits) -> Self {
                self.limits(limits)
            }

            fn filter_by(self, filter: Filter) -> Self {
                self.filter_by(filter)
            }

            #[inline]
            fn advance(&mut self) -> Result<Option<Found>> {
                self.advance()
            }

            #[inline]
            fn entry(&self, found: Found) -> protobuf::Entry<'_> {
                self.entry(found)
            }
        }
    };
}

messages!(protobuf::Parser<'_>);
messages!(protobuf::Reader<R>, R);
messages!(protobuf::ChunkParser);
