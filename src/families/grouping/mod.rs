//! From lines to families: which family a line belongs to, and the readers that return families.
//!
//! [`stream`] holds one family at a time, [`collect`] all of them; both pass the lines of a family to
//! [`assembly`], which makes metrics of them. The rules are those of Prometheus' family parser (spec T45,
//! T46) where they lose nothing; [`Families`] tells where they differ.

mod assembly;
mod chunks;
mod collect;
mod composite;
mod exemplar;
mod fault;
mod frame;
mod gather;
mod incoming;
mod index;
mod keep;
mod messages;
mod metadata;
mod misfit;
mod plain;
mod reader;
mod slot;
mod start_timestamp;
mod stream;
mod unusual;
mod waiting;

use std::iter::FusedIterator;

pub use chunks::FamilyChunks;
pub use collect::CollectedFamilies;
pub use reader::FamilyReader;

use collect::Collector;
use gather::Gather;
use keep::Borrow;
use messages::IncomingMessages;
use stream::Stream;

use crate::dialect::Dialect;
use crate::error::Result;
use crate::families::family::MetricFamily;
use crate::format::{Format, FormatError};
use crate::limits::Limits;
use crate::protobuf;
use crate::text::filter::Filter;
use crate::text::leniency::Leniency;
use crate::text::parser::Parser;
use crate::text::response::format_of;

/// Reads the families of a body in the text format, bytes or text, one at a time.
///
/// Short for [`Families::new`] with [`Dialect::Text`].
///
/// ```
/// let body = b"# TYPE up gauge\nup{job=\"a\"} 1\nup{job=\"b\"} 0\n# TYPE h histogram\nh_count 3\n";
/// let families = exposition::families(body).collect::<Result<Vec<_>, _>>()?;
/// assert_eq!(families.len(), 2);
/// assert_eq!(families[0].name, "up");
/// assert_eq!(families[0].metrics[1].labels.get("job"), Some("b"));
/// # Ok::<(), exposition::Error>(())
/// ```
pub fn families<B: AsRef<[u8]> + ?Sized>(body: &B) -> Families<'_> {
    Families::new(body, Dialect::Text)
}

/// Reads the families of a body that is a slice.
/// An iterator of `Result<MetricFamily, Error>`: a family is returned when the next one begins, so that
/// only one is in memory. A family that comes back later in the body is returned again, with its lines
/// there; [`read_all`](Self::read_all) merges instead.
///
/// One line in error gives one error, as soon as it is found: before its family, whose other lines are
/// kept. [`Error::fails_scrape`](crate::Error::fails_scrape) tells whether Prometheus refuses the body
/// for it. Every sample that Prometheus stores is in exactly one family, unless a limit prevents it;
/// [`MetricFamily::samples`] returns them.
///
/// # Which family, which metric
///
/// A line belongs to the family with its exact name. If there is none, a name that ends in `_bucket`,
/// `_sum` or `_count` belongs to the histogram with that name without the suffix, `_sum` and `_count` to
/// the summary; in OpenMetrics also `_total` and `_created` to the counter, `_created` to the histogram
/// or summary, `_gsum` and `_gcount` to the gauge histogram, `_info` to the info. Only an earlier TYPE
/// line links them. Otherwise the line begins a family of unknown type.
///
/// Lines of a histogram, summary or state set with the same labels, in any order, and the same timestamp
/// are one metric.
///
/// | in the body | outcome |
/// |---|---|
/// | no TYPE, no HELP | type unknown, no help |
/// | empty HELP or UNIT text | as if absent |
/// | a repeated TYPE, HELP or UNIT line that says the same | accepted |
/// | one that says something else | error; the first is kept. In OpenMetrics, after samples: another family of that name begins |
/// | TYPE after the family's samples | error unless it says `untyped` or `unknown`; the type stays unknown |
/// | HELP or UNIT after the samples | accepted |
/// | a family with HELP or TYPE only | returned, without metrics |
/// | two samples of one series | two metrics with equal labels |
/// | a second `_sum`, `_count`, or bucket of the same bound | begins another metric with equal labels |
/// | lines of one histogram with different timestamps | one metric for each timestamp |
/// | a histogram without `+Inf`, `_sum` or `_count` | returned as it is |
/// | buckets or quantiles out of order | sorted |
/// | `_bucket` without `le`, a summary's name without `quantile`, a state without its label | error; the sample [fits no metric](#samples-that-fit-no-metric) |
/// | `le` or `quantile` that is not a number, or NaN | error; the sample fits no metric |
/// | a histogram's name without a suffix | error; the sample fits no metric |
/// | negative or broken counts | kept as written |
/// | a counter without `_total` | kept, [`suffixed`](crate::Metric::suffixed) tells |
/// | `_created` of a counter that has no sample | error; the sample fits no metric |
/// | a label named `__name__`, two labels of the same name, an empty name, a name that is not UTF-8 | error; Prometheus refuses the body |
/// | such labels, if one without a value removes the others | error; Prometheus stores the sample without them, and it fits no metric |
/// | an exemplar's label with a name that is not UTF-8 | error; the sample fits no metric |
/// | a HELP, TYPE or UNIT line whose name is empty or not UTF-8 | error; Prometheus accepts the line, no family has the name |
///
/// # Families of protobuf
///
/// Each message is a family, as it is: one that comes back later is another one, and
/// [`read_all`](Self::read_all) merges families of the same name and type. A histogram has its classic
/// buckets up to that for `+Inf`, which is added where Prometheus [adds](crate::docs::protobuf#p24) it,
/// its native form, or both. A metric in error gives one error, and the others of its family are kept.
/// What storage refuses is an error here too: an empty label name, one that is repeated, `__name__`, and
/// an own label `le` of a histogram or `quantile` of a summary.
///
/// # Samples that fit no metric
///
/// Prometheus stores samples and does not know of families. A sample that it stores but that fits into no
/// metric of its family becomes a metric of type unknown: in a family with the sample's name, without
/// help or unit, which comes right after the one whose type the sample does not fit. The labels are those
/// that Prometheus stores. [`keep_misfits`](Self::keep_misfits) can leave such samples out instead.
///
/// ```
/// use exposition::MetricType;
///
/// let body = b"# TYPE h histogram\nh_count 3\nh_bucket{le=\"NaN\"} 1\nh_sum 7\n";
/// let collected = exposition::families(body).read_all();
/// assert_eq!(
///     collected.errors[0].to_string(),
///     "line 3, column 14: invalid label value: expected a number as the value of `le`, found `NaN\"} 1`",
/// );
/// assert!(!collected.errors[0].fails_scrape());
/// let [histogram, misfits] = &collected.families[..] else { panic!() };
/// assert_eq!((histogram.name.as_ref(), histogram.samples().count()), ("h", 2));
/// assert_eq!((misfits.name.as_ref(), misfits.metric_type), ("h_bucket", MetricType::Unknown));
///
/// let collected = exposition::families(body).keep_misfits(false).read_all();
/// assert_eq!((collected.families.len(), collected.errors.len()), (1, 1));
/// ```
#[derive(Debug)]
pub struct Families<'a>(Source<'a>);

#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "it is the usual one")]
enum Source<'a> {
    Text(Lines<'a>),
    Protobuf(Box<Messages<'a>>),
}

/// The lines of a body, and the families that they become.
#[derive(Debug)]
struct Lines<'a> {
    parser: Parser<'a>,
    stream: Stream<'a>,
}

/// The messages of a body, and the families that they become.
#[derive(Debug)]
struct Messages<'a> {
    parser: protobuf::Parser<'a>,
    incoming: IncomingMessages<'a>,
}

impl<'a> Families<'a> {
    /// Reads the families of `body`, bytes or text, in `dialect`.
    pub fn new<B: AsRef<[u8]> + ?Sized>(body: &'a B, dialect: Dialect) -> Self {
        Families::from(Parser::new(body, dialect))
    }

    /// Reads the families of a body in the protobuf format; see [below](Self#families-of-protobuf).
    pub fn protobuf<B: AsRef<[u8]> + ?Sized>(body: &'a B) -> Self {
        Families::from(protobuf::Parser::new(body))
    }

    /// Reads the families of a body in any format.
    pub fn with_format<B: AsRef<[u8]> + ?Sized>(body: &'a B, format: Format) -> Self {
        match format.dialect() {
            Some(dialect) => Families::new(body, dialect),
            None => Families::protobuf(body),
        }
    }

    /// Reads the families of a response's body in the format of its `Content-Type` header, as Prometheus
    /// picks its parser.
    ///
    /// `content_type` is the header's value, `None` if there is none; `fallback` is the format of a body
    /// whose header does not give one ([`Format::from_content_type`]). An empty body has no families,
    /// whatever the header ([N10](crate::docs::negotiation#n10)). OpenMetrics 2.0 is read as 1.0 unless it was
    /// asked for: then [`Format::from_negotiated`] gives the format for
    /// [`Families::with_format`].
    ///
    /// ```
    /// use exposition::Families;
    ///
    /// let header = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
    /// let body = b"\x13\n\x02up\x18\x01\"\x0b\x12\t\t\0\0\0\0\0\0\xf0\x3f";
    /// let families = Families::from_response(Some(header), None, body)?.read_all();
    /// assert_eq!(families.value("up", []), Some(1.0));
    /// # Ok::<(), exposition::FormatError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`FormatError`] if the header gives no format and there is no fallback.
    pub fn from_response<B: AsRef<[u8]> + ?Sized>(
        content_type: Option<&str>,
        fallback: Option<Format>,
        body: &'a B,
    ) -> Result<Self, FormatError> {
        let format = format_of(content_type, fallback, &[], body.as_ref())?;
        Ok(Families::with_format(body, format.unwrap_or_default()))
    }

    /// Sets the limits. Call it before the first family is read.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.0 = match self.0 {
            Source::Text(lines) => Source::Text(Lines {
                parser: lines.parser.limits(limits),
                ..lines
            }),
            Source::Protobuf(messages) => Source::Protobuf(Box::new(Messages {
                parser: messages.parser.limits(limits),
                ..*messages
            })),
        };
        self
    }

    /// Reads only the families that `filter` wants, as [`Parser::filter_by`] does.
    #[must_use]
    pub fn filter_by(mut self, filter: Filter) -> Self {
        self.0 = match self.0 {
            Source::Text(lines) => Source::Text(Lines {
                parser: lines.parser.filter_by(filter),
                ..lines
            }),
            Source::Protobuf(messages) => Source::Protobuf(Box::new(Messages {
                parser: messages.parser.filter_by(filter),
                ..*messages
            })),
        };
        self
    }

    /// Notes what [`Dialect::Lenient`] takes and Prometheus does not, as [`Parser::note_leniencies`]
    /// does.
    #[must_use]
    pub fn note_leniencies(mut self) -> Self {
        if let Source::Text(lines) = self.0 {
            self.0 = Source::Text(Lines {
                parser: lines.parser.note_leniencies(),
                ..lines
            });
        }
        self
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
    /// metric](Self#samples-that-fit-no-metric). Kept by default; otherwise each sample is in exactly one
    /// family or in error. Call it before the first family is read.
    #[must_use]
    pub fn keep_misfits(mut self, keep: bool) -> Self {
        match &mut self.0 {
            Source::Text(lines) => lines.stream.keep.misfits = keep,
            // A message's samples fit.
            Source::Protobuf(_) => {}
        }
        self
    }

    /// Returns all remaining families, with those that come back later in the body merged.
    ///
    /// ```
    /// let body = b"a 1\nb 2\na{x=\"y\"} 3\n# TYPE a gauge\n";
    /// let collected = exposition::families(body).read_all();
    /// assert_eq!(collected.families.len(), 2);
    /// assert_eq!(collected.families[0].metrics.len(), 2);
    /// assert_eq!(
    ///     collected.errors[0].to_string(),
    ///     "line 4, column 8: late type: expected the TYPE line before the metric's samples, found `a gauge`",
    /// );
    /// ```
    pub fn read_all(self) -> CollectedFamilies<'a> {
        match self.0 {
            Source::Text(lines) => lines.read_all(),
            Source::Protobuf(messages) => collect::merged(Families(Source::Protobuf(messages))),
        }
    }
}

impl<'a> Lines<'a> {
    fn read_all(self) -> CollectedFamilies<'a> {
        let mut collector = Collector::new(self.parser.dialect().syntax(), self.stream.keep);
        let mut parser = self.parser.note_leniencies();
        loop {
            match parser.next() {
                Some(Ok(line)) => collector.add::<Borrow>(line, parser.line_end()),
                Some(Err(error)) => collector.error(error),
                None => break,
            }
        }
        let leniencies = parser.take_leniencies();
        collector.finish(parser.chosen_by(), parser.dialect(), leniencies)
    }

    #[inline(always)]
    fn next(&mut self) -> Option<Result<MetricFamily<'a>>> {
        loop {
            if let Some(ready) = self.stream.take(self.parser.chosen_by()) {
                return Some(ready);
            }
            // Nearly all lines never leave this loop, nor their samples the registers.
            let unusual = loop {
                match self.parser.next_ordinary() {
                    Some(sample) if self.stream.push_plain::<Borrow>(&sample) => {}
                    Some(sample) => break Some(sample),
                    None => break None,
                }
            };
            if let Some(sample) = unusual {
                let end = self.parser.line_end();
                if let Err(error) = self.stream.add_unusual::<Borrow>(sample, end) {
                    return Some(Err(error));
                }
                continue;
            }
            match self.parser.next() {
                Some(Ok(line)) => {
                    let end = self.parser.line_end();
                    if let Err(error) = self.stream.push::<Borrow>(line, end) {
                        return Some(Err(error));
                    }
                }
                Some(Err(error)) => return Some(Err(error)),
                None => {
                    self.stream.complete();
                    return self.stream.take(self.parser.chosen_by());
                }
            }
        }
    }
}

impl<'a> Messages<'a> {
    fn next(&mut self) -> Result<Option<MetricFamily<'a>>> {
        while let Some((found, whole)) = self.parser.next_metric()? {
            if let Some(family) = self.incoming.take(found, whole)? {
                return Ok(Some(family));
            }
        }
        Ok(self.incoming.complete())
    }
}

impl Families<'_> {
    /// Takes what was noted since the last call, as [`Parser::take_leniencies`] does: empty unless these
    /// are families of a parser that was asked to [note it](Parser::note_leniencies).
    pub fn take_leniencies(&mut self) -> Vec<Leniency> {
        match &mut self.0 {
            Source::Text(lines) => lines.parser.take_leniencies(),
            Source::Protobuf(_) => Vec::new(),
        }
    }
}

impl<'a> From<Parser<'a>> for Families<'a> {
    /// Reads the families of what the parser has not read yet.
    fn from(parser: Parser<'a>) -> Self {
        Families(Source::Text(Lines {
            stream: Stream::new(parser.dialect()),
            parser,
        }))
    }
}

impl<'a> From<protobuf::Parser<'a>> for Families<'a> {
    /// Reads the families of what the parser has not read yet: metrics of which a sample has been read are
    /// not read again.
    fn from(parser: protobuf::Parser<'a>) -> Self {
        Families(Source::Protobuf(Box::new(Messages {
            parser,
            incoming: IncomingMessages::default(),
        })))
    }
}

impl<'a> Iterator for Families<'a> {
    type Item = Result<MetricFamily<'a>>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Source::Text(lines) => lines.next(),
            Source::Protobuf(messages) => messages.next().transpose(),
        }
    }
}

impl FusedIterator for Families<'_> {}

/// Which families and samples to return that not every caller wants.
#[derive(Debug, Clone, Copy)]
struct Kept {
    misfits: bool,
    empty: bool,
}

impl Default for Kept {
    fn default() -> Self {
        Kept {
            misfits: true,
            empty: true,
        }
    }
}

/// Tells whether to return a family. Metadata of an unwanted one may have been read: HELP lines do not
/// say which samples will follow.
fn is_wanted(
    family: &MetricFamily<'_>,
    filter: Option<&Filter>,
    dialect: Dialect,
    keep: Kept,
) -> bool {
    let wanted = |filter: &Filter| filter.wants_empty(&family.name, family.metric_type, dialect);
    !family.metrics.is_empty() || keep.empty && filter.is_none_or(wanted)
}
