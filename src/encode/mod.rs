//! Writes expositions: families to every format, and lines to the text formats.
//!
//! [`Encoder`] does the work; [`to_string`] and [`to_vec`] wrap it in one call. What a format cannot express
//! is refused with an [`EncodeError`], or written differently by a rule that [`Encoder`] documents.

mod assembled;
mod classic;
mod composite;
mod display;
mod error;
mod family;
mod gathered;
mod header;
mod lines;
mod metadata;
pub(crate) mod naming;
mod observations;
mod omitted;
pub(crate) mod output;
#[cfg(feature = "serde")]
mod prom2json;
mod protobuf;
mod relabelled;
pub(crate) mod sample;
mod series;
pub(crate) mod target;
pub(crate) mod text;
mod text_body;
mod whole;

#[cfg(test)]
mod tests;

use std::fmt;
use std::io;

use crate::dialect::Dialect;
use crate::families::family::MetricFamily;
use crate::format::Format;
use crate::text::line::Line;
use crate::text::sample::Sample;

pub use error::{
    CompositeErrorKind, EncodeError, NameErrorKind, TimestampErrorKind, UnitErrorKind, WriteError,
};
pub use omitted::Omitted;
pub use output::{FmtOutput, IoOutput, Output};
#[cfg(feature = "serde")]
pub use prom2json::Prom2Json;
pub use series::Series;

use omitted::Options;
use protobuf::ProtobufBody;
use target::Target;
use text_body::TextBody;

/// Writes families in any format, or lines in a text format.
///
/// The format comes with an escaping scheme for names that need one. Take it from
/// [`negotiate`](crate::format::negotiate) or build it yourself. Protobuf needs a writer of bytes
/// ([`from_writer`](Self::from_writer)) and is written from families only: lines are the text formats' own.
///
/// ```
/// use exposition::{Bucket, Encoder, Histogram, Metric, MetricFamily, MetricType, ScrapeProtocol};
///
/// let requests = MetricFamily::new("http_requests_total", MetricType::Counter)
///     .help("Requests answered.")
///     .metric(Metric::counter(1027.0).labels([("code", "200")]));
/// let latency = MetricFamily::new("latency_seconds", MetricType::Histogram).metric(
///     Metric::histogram(
///         Histogram::new([Bucket::new(0.1, 8.0), Bucket::new(f64::INFINITY, 17.0)])
///             .sum(3.5)
///             .count(17.0),
///     ),
/// );
///
/// let mut text = String::new();
/// let mut encoder = Encoder::new(&mut text, ScrapeProtocol::PrometheusText004)?;
/// encoder.family(&requests)?;
/// encoder.family(&latency)?;
/// encoder.finish()?;
/// assert_eq!(text, "\
/// ## HELP http_requests_total Requests answered.
/// ## TYPE http_requests_total counter
/// http_requests_total{code=\"200\"} 1027
/// ## TYPE latency_seconds histogram
/// latency_seconds_bucket{le=\"0.1\"} 8
/// latency_seconds_bucket{le=\"+Inf\"} 17
/// latency_seconds_sum 3.5
/// latency_seconds_count 17
/// ");
///
/// let format = ScrapeProtocol::OpenMetricsText100;
/// assert_eq!(exposition::encode::to_string([&requests], format)?, "\
/// ## HELP http_requests Requests answered.
/// ## TYPE http_requests counter
/// http_requests_total{code=\"200\"} 1027.0
/// ## EOF
/// ");
/// # Ok::<(), exposition::EncodeError>(())
/// ```
///
/// Output goes out in pieces of a few KiB. A family is written only when it is complete, in OpenMetrics even
/// if it came line by line: the encoder holds it until then. Nothing is allocated per sample, except for those
/// that [`sample_as`](Self::sample_as) writes in OpenMetrics, and for histograms with custom buckets. In OpenMetrics
/// the encoder also keeps the names of families and of their samples, to tell them from others. [`finish`](Self::finish) writes the rest: an encoder that
/// is dropped without it has not written everything.
///
/// # Names
///
/// Without an escaping scheme, names beyond `[a-zA-Z_:][a-zA-Z0-9_:]*` are quoted in text 1.0.0 and refused
/// in the other formats, whose first versions did not have them. With a scheme they are quoted
/// (`allow-utf-8`) or escaped as Go's client library escapes them: the family's name first, then the suffix
/// is appended. Label names are escaped too, but not label values, and nothing in exemplars.
///
/// # From one format to another
///
/// Families carry what OpenMetrics and protobuf can say, and no format can say all of it. No series changes its
/// name or gets lost, except where this table says so:
///
/// | family | in text | in OpenMetrics 1.0 | in OpenMetrics 2.0 | in protobuf |
/// |---|---|---|---|---|
/// | counter, [suffixed](crate::Metric::suffixed) | the family is named like its samples, `x_total` | unchanged | as in text | as in text |
/// | counter `x_total`, not suffixed | unchanged | the family is named `x`; type `unknown` if there is another `x` | unchanged | unchanged |
/// | counter `x`, not suffixed | unchanged | type `unknown` | unchanged | unchanged |
/// | counter of NaN | unchanged | unchanged | type `unknown` | unchanged |
/// | info | type `gauge`; the family is named like its samples | unchanged; not suffixed: like a counter | the family is named like its samples; type `unknown` if that does not end in `_info`, or a value is not 1 | as in text |
/// | state set | type `gauge` | unchanged | unchanged; type `unknown` if a state is neither 0 nor 1 | as in text |
/// | gauge histogram | type `histogram`; `_gsum` and `_gcount` are separate gauges | `_sum` and `_count` are named `_gsum` and `_gcount` | unchanged | unchanged; readers name them `_sum` and `_count` |
/// | unknown | type `untyped` | unchanged | unchanged | as in text |
/// | start time, `_created` | a separate gauge | unchanged | unchanged, if it is finite; else error, or left out | unchanged, to the nanosecond |
/// | start time of a type that has none in OpenMetrics 1.0 | left out | left out | unchanged; of a gauge histogram error, or left out | error, or left out |
/// | start time with a timestamp other than the metric's | unchanged | unchanged | error, or left out | error, or left out |
/// | a histogram with a count and without a bucket for `+Inf` | unchanged | gets that bucket | gets that bucket | unchanged; readers add it |
/// | a histogram without a count | unchanged | unchanged | gets that of its bucket for `+Inf`; without that error, or NaN | gets that of its highest bucket |
/// | a summary without a count; a summary or histogram without a sum | unchanged | unchanged | error, or NaN | unchanged; readers take it for 0 |
/// | buckets whose bounds do not rise, a histogram's bucket of a negative count, quantiles that do not rise from 0 to 1 | unchanged | unchanged | error, or left out | unchanged; negative counts are an error, or left out |
/// | native histogram, exponential | error, or [left out](Self::lossy): its count, its sum and a bucket for `+Inf`; classic buckets if there are some | as in text | unchanged; one that is [not valid](crate::NativeHistogram::validate) as in text | unchanged |
/// | native histogram with custom buckets | classic buckets, with its exemplars in them | as in text | classic buckets | as in text |
/// | unit | error, or left out | unchanged | unchanged; of an info or a state set, or with characters beyond `[a-zA-Z0-9_:]`, error, or left out | unchanged |
/// | exemplar | error, or left out | unchanged; of several on one sample the first, else error, or left out | unchanged; without a timestamp error, or left out | of a counter, a bucket or a native histogram; else error, or left out |
/// | timestamp before 1970 | error | unchanged | unchanged | unchanged |
/// | timestamp 0, start time 0 | unchanged | unchanged | unchanged | error, or left out |
/// | a count that is negative or NaN, or a summary's that is not whole | unchanged | unchanged | unchanged; a negative one of a histogram error, or left out | error, or left out |
/// | help text that ends in a carriage return | unchanged | unchanged | error, or without it | unchanged |
///
/// Prometheus refuses a whole body of OpenMetrics 2.0 for a value that does not suit its type, where it stores
/// such values from other formats. That is why they are an error in 2.0, and why a type is given up there. OpenMetrics 2.0 is experimental:
/// this follows its release candidate 0.
///
/// The OpenMetrics that results follows the specification if the families do and if no gauge has the name of
/// a counter's start time, which Python's client library writes in text. Metrics, values and timestamps are
/// not checked against the specification. These are refused: a metric that is not of its family's type, a
/// label that is repeated or has no name, and a unit that the name does not end in.
#[derive(Debug)]
#[must_use]
pub struct Encoder<O> {
    body: Body<O>,
}

/// What is being written.
#[derive(Debug)]
enum Body<O> {
    Text(Box<TextBody<O>>),
    Protobuf(ProtobufBody<O>),
}

impl<W: fmt::Write> Encoder<FmtOutput<W>> {
    /// Creates an encoder that writes to a `String` or a formatter in that text format.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Protobuf`]: protobuf is not text, see [`from_writer`](Encoder::from_writer).
    pub fn new(out: W, format: impl Into<Format>) -> Result<Self, EncodeError> {
        let format = format.into();
        match format.is_protobuf() {
            true => Err(EncodeError::Protobuf),
            false => Encoder::with(FmtOutput(out), format),
        }
    }

    /// Writes what is left and, in OpenMetrics, `# EOF`. Returns the writer.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Fmt`].
    pub fn finish(self) -> Result<W, EncodeError> {
        self.finish_reporting().map(|(out, _)| out)
    }

    /// Does what [`finish`](Self::finish) does, and reports all that was left out: samples under other names
    /// may turn out at the end to have no place.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Fmt`].
    pub fn finish_reporting(self) -> Result<(W, Omitted), EncodeError> {
        let (FmtOutput(out), omitted) = self.end()?;
        Ok((out, omitted))
    }
}

impl<W: io::Write> Encoder<IoOutput<W>> {
    /// Creates an encoder that writes to a file, a socket or a `Vec<u8>` in that format. The writer needs no
    /// buffer.
    ///
    /// ```
    /// use exposition::{Encoder, Metric, MetricFamily, MetricType, ScrapeProtocol};
    ///
    /// let up = MetricFamily::new("up", MetricType::Gauge).metric(Metric::gauge(1.0));
    /// let mut encoder = Encoder::from_writer(Vec::new(), ScrapeProtocol::PrometheusProto)?;
    /// encoder.family(&up)?;
    /// assert!(encoder.finish()?.starts_with(b"\x13\x0a\x02up"));
    /// # Ok::<(), exposition::EncodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// None today: every format can be written.
    pub fn from_writer(out: W, format: impl Into<Format>) -> Result<Self, EncodeError> {
        Encoder::with(IoOutput(out), format.into())
    }

    /// Writes what is left and, in OpenMetrics, `# EOF`, and flushes the writer. Returns it.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Io`].
    pub fn finish(self) -> Result<W, EncodeError> {
        self.finish_reporting().map(|(out, _)| out)
    }

    /// Does what [`finish`](Self::finish) does, and reports all that was left out: samples under other names
    /// may turn out at the end to have no place.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Io`].
    pub fn finish_reporting(self) -> Result<(W, Omitted), EncodeError> {
        let (IoOutput(mut out), omitted) = self.end()?;
        out.flush()?;
        Ok((out, omitted))
    }
}

impl<O: Output> Encoder<O> {
    pub(crate) fn with(out: O, format: Format) -> Result<Self, EncodeError> {
        let body = match format.is_protobuf() {
            true => Body::Protobuf(ProtobufBody::new(out, format)),
            false => Body::Text(Box::new(TextBody::new(out, Target::new(format)?))),
        };
        Ok(Encoder { body })
    }

    fn options(&mut self) -> &mut Options {
        match &mut self.body {
            Body::Text(body) => &mut body.options,
            Body::Protobuf(body) => &mut body.options,
        }
    }

    /// Leaves out what the format has no place for, such as units, exemplars and native histograms in text,
    /// instead of refusing it. [`omitted`](Self::omitted) counts it.
    pub fn lossy(mut self, lossy: bool) -> Self {
        self.options().lossy = lossy;
        self
    }

    /// Writes families byte for byte as Go's client library would, for comparisons: the `expfmt` package of
    /// `prometheus/common`, which most exporters use. It does not follow the formats in everything:
    ///
    /// - A gauge histogram's `_sum` and `_count` keep these names in OpenMetrics too.
    /// - A histogram or summary has a sum and a count, 0 where it has none; a histogram has a bucket
    ///   for `+Inf`.
    /// - Timestamps in OpenMetrics are milliseconds divided by 1000, though some read back one millisecond
    ///   short: 1001 is written `1.001`.
    /// - A histogram with a count that is not a natural number is refused in OpenMetrics.
    /// - A value of minus zero is written `0`.
    /// - Exemplars without labels are left out, and so are exemplars that do not belong to a counter or a
    ///   bucket.
    /// - Labels whose names become equal when escaped are written all the same.
    /// - A timestamp of 0, or such a start time, is written in protobuf, where most readers take it for none.
    /// - Native histograms in text, and in protobuf and in OpenMetrics 2.0 what has no place there, are left out.
    /// - In OpenMetrics 2.0 HELP comes first; of a histogram with both forms only the exemplars of its buckets
    ///   are written; only counters, histograms and summaries have a start time; float counts of native
    ///   histograms are written without a fraction if they have none, so that readers take them for integers.
    ///   What Go's client library refuses there as not valid is written as the table of [`Encoder`](Self#from-one-format-to-another) says.
    pub fn like_client_golang(mut self, like_it: bool) -> Self {
        self.options().go = like_it;
        self
    }

    /// Announces the name of a family that will be written later. In OpenMetrics a counter `x_total` is not
    /// renamed to `x` if another family has that name. [`family`](Self::family) knows this without help if
    /// that family was written earlier, and [`to_string`] always does.
    pub fn reserve(&mut self, family: &MetricFamily<'_>) {
        match &mut self.body {
            Body::Text(body) => body.reserve(family),
            Body::Protobuf(_) => {}
        }
    }

    /// Writes a family: HELP, TYPE and UNIT, then its samples; in protobuf a message of all that. A family that comes twice is written twice; a
    /// valid exposition has each once, see [`read_all`](crate::Families::read_all).
    ///
    /// # Errors
    ///
    /// [`EncodeError`]. Nothing is written of a family that is refused.
    pub fn family(&mut self, family: &MetricFamily<'_>) -> Result<(), EncodeError> {
        match &mut self.body {
            Body::Text(body) => body.family(family),
            Body::Protobuf(body) => body.family(family),
        }
    }

    /// Writes a line that was read in dialect `from`. A line already in this format's dialect is copied if
    /// its names need no escaping.
    ///
    /// Metadata is held back until the next line tells which family it belongs to. From OpenMetrics 1.0 to text,
    /// `_created`, `_gsum` and `_gcount` stay in place, without a type; when written by families they become
    /// gauges. Comments are left out, and so is `# EOF`, which [`finish`](Self::finish) writes.
    ///
    /// To OpenMetrics 2.0 and from it, a histogram is one line there and many elsewhere: lines are held until
    /// another family begins and then written as [`family`](Self::family) writes it.
    ///
    /// ```
    /// use exposition::{Dialect, Encoder, Parser, ScrapeProtocol};
    ///
    /// let body = b"# HELP a_total text\n# TYPE a_total counter\na_total 1 1500\n";
    /// let mut encoder = Encoder::new(String::new(), ScrapeProtocol::OpenMetricsText100)?;
    /// for line in Parser::text(body) {
    ///     encoder.line(&line?, Dialect::Text)?;
    /// }
    /// assert_eq!(
    ///     encoder.finish()?,
    ///     "# HELP a text\n# TYPE a counter\na_total 1.0 1.5\n# EOF\n",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`EncodeError`]. Nothing is written of a line that is refused, such as every line in protobuf. To and from
    /// OpenMetrics 2.0 the error may be about the family before this line, of which then nothing is written;
    /// the line is taken. For the last family it comes from [`finish`](Self::finish).
    pub fn line(&mut self, line: &Line<'_>, from: Dialect) -> Result<(), EncodeError> {
        match &mut self.body {
            Body::Text(body) => body.line(line, from),
            Body::Protobuf(_) => Err(EncodeError::LinesInProtobuf),
        }
    }

    /// Writes a sample that was read in dialect `from` under another name and with other labels, as
    /// relabelling gives them; its value, timestamp and exemplar stay.
    ///
    /// A sample that keeps its name stays in its family, and metadata that is held back is written before it.
    /// A sample with another name leaves its family. A family that loses all its samples is not declared.
    ///
    /// The OpenMetrics that results follows the specification, except for its rules on how names look, if the
    /// families written in other ways do:
    ///
    /// - Samples with other names are held until the end, and written there family by family. If all those of
    ///   a family got their names in the same way, such as by a prefix, they form a family of its type again;
    ///   otherwise each name is a family of type unknown.
    /// - A family whose labels change is held until it is complete. The samples of a metric are put together,
    ///   and of a repeated series the first is kept. A family that then breaks the rules, because some of its
    ///   samples have other names or lack `le`, is written as families of type unknown.
    /// - A family of type unknown has no place for exemplars: they are an error, or [left out](Self::lossy).
    ///   Where this shows only at the end, they are left out.
    /// - A sample is left out if another family that was written earlier has its name.
    ///   [`finish_reporting`](Self::finish_reporting) counts these.
    ///
    /// OpenMetrics 2.0 is written in the same way; what is left of a histogram or a summary without its count or
    /// its sum becomes families of type unknown there, and exemplars have a place everywhere.
    ///
    /// In the text format samples are written in the order they come, except for those of OpenMetrics 2.0.
    ///
    /// ```
    /// use exposition::{Dialect, Encoder, Parser, ScrapeProtocol};
    ///
    /// let mut encoder = Encoder::new(String::new(), ScrapeProtocol::PrometheusText004)?;
    /// for line in Parser::text(b"a_total{b=\"c\"} 1 1500\n") {
    ///     if let Some(sample) = line?.into_sample() {
    ///         encoder.sample_as(&sample, Dialect::Text, "d_total", [("e", "f\"")])?;
    ///     }
    /// }
    /// assert_eq!(encoder.finish()?, "d_total{e=\"f\\\"\"} 1 1500\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`EncodeError`]. Nothing is written then.
    pub fn sample_as<'l>(
        &mut self,
        sample: &Sample<'_>,
        from: Dialect,
        name: &str,
        labels: impl IntoIterator<Item = (&'l str, &'l str)>,
    ) -> Result<(), EncodeError> {
        match &mut self.body {
            Body::Text(body) => body.sample_as(sample, from, name, labels),
            Body::Protobuf(_) => Err(EncodeError::LinesInProtobuf),
        }
    }

    /// Returns what has been left out so far. [`finish_reporting`](Self::finish_reporting) also counts what
    /// samples under other names lose at the end.
    pub fn omitted(&self) -> Omitted {
        match &self.body {
            Body::Text(body) => body.omitted,
            Body::Protobuf(body) => body.omitted,
        }
    }

    /// Writes what is left. Returns the output and what was left out.
    pub(crate) fn end(self) -> Result<(O, Omitted), EncodeError> {
        match self.body {
            Body::Text(body) => body.end(),
            Body::Protobuf(body) => body.end(),
        }
    }
}

/// Writes the families as one body in that text format.
///
/// # Errors
///
/// [`EncodeError`], for the first family that the format has no place for; [`EncodeError::Protobuf`] for
/// protobuf, which [`to_vec`] writes.
pub fn to_string<'f, 'a: 'f>(
    families: impl IntoIterator<Item = &'f MetricFamily<'a>>,
    format: impl Into<Format>,
) -> Result<String, EncodeError> {
    let mut encoder = Encoder::new(String::new(), format)?;
    encoder.all(families)?;
    encoder.finish()
}

/// Writes the families as one body in that format, protobuf or text.
///
/// ```
/// use exposition::{Metric, MetricFamily, MetricType, ScrapeProtocol};
///
/// let up = MetricFamily::new("up", MetricType::Gauge).metric(Metric::gauge(1.0));
/// let body = exposition::encode::to_vec([&up], ScrapeProtocol::PrometheusProto)?;
/// assert_eq!(body, b"\x13\x0a\x02up\x18\x01\x22\x0b\x12\x09\x09\0\0\0\0\0\0\xf0\x3f");
/// # Ok::<(), exposition::EncodeError>(())
/// ```
///
/// # Errors
///
/// [`EncodeError`], for the first family that the format has no place for.
pub fn to_vec<'f, 'a: 'f>(
    families: impl IntoIterator<Item = &'f MetricFamily<'a>>,
    format: impl Into<Format>,
) -> Result<Vec<u8>, EncodeError> {
    let mut encoder = Encoder::from_writer(Vec::new(), format)?;
    encoder.all(families)?;
    encoder.finish()
}

impl<O: Output> Encoder<O> {
    /// Writes families of which all are known.
    fn all<'f, 'a: 'f>(
        &mut self,
        families: impl IntoIterator<Item = &'f MetricFamily<'a>>,
    ) -> Result<(), EncodeError> {
        let families: Vec<_> = families.into_iter().collect();
        for family in &families {
            self.reserve(family);
        }
        families
            .into_iter()
            .try_for_each(|family| self.family(family))
    }
}
