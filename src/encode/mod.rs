//! Writes expositions: families and lines to the text format and to OpenMetrics.
//!
//! [`Encoder`] does the work; [`to_string`] wraps it in one call. What a format cannot express is refused
//! with an [`EncodeError`], or written differently by a rule that [`Encoder`] documents.

mod display;
mod error;
mod family;
mod lines;
pub(crate) mod naming;
pub(crate) mod output;
mod relabelled;
pub(crate) mod sample;
pub(crate) mod target;
pub(crate) mod text;

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::fmt;
use std::io;

use crate::dialect::Dialect;
use crate::families::family::MetricFamily;
use crate::format::Format;
use crate::format::syntax::FamilyRules;
use crate::model::suffix::FamilyNames;
use crate::text::line::Line;
use crate::text::sample::Sample;

pub use error::{EncodeError, NameErrorKind, WriteError};
pub use output::{FmtOutput, IoOutput, Output};

use family::FamilyWriter;
use lines::Header;
use output::Buffer;
use relabelled::Relabelled;
use target::Target;

/// Writes families or lines in a text format.
///
/// The format is one of the text formats, with an escaping scheme for names that need one. Take it from
/// [`negotiate`](crate::format::negotiate) or build it yourself. Protobuf is refused.
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
/// if it came line by line. Nothing is allocated per sample, except for those that
/// [`sample_as`](Self::sample_as) writes in OpenMetrics. There the encoder also keeps the names of families
/// and of their samples, to tell them from others. [`finish`](Self::finish) writes the rest: an encoder that
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
/// Families carry what OpenMetrics can say, and text cannot say all of it. No series changes its name or gets
/// lost, except where this table says so:
///
/// | family | in text | in OpenMetrics |
/// |---|---|---|
/// | counter, [suffixed](crate::Metric::suffixed) | the family is named like its samples, `x_total` | unchanged |
/// | counter `x_total`, not suffixed | unchanged | the family is named `x`; type `unknown` if there is another `x` |
/// | counter `x`, not suffixed | unchanged | type `unknown` |
/// | info | type `gauge`; the family is named like its samples | unchanged; not suffixed: like a counter |
/// | state set | type `gauge` | unchanged |
/// | gauge histogram | type `histogram`; `_gsum` and `_gcount` are separate gauges | `_sum` and `_count` are named `_gsum` and `_gcount` |
/// | unknown | type `untyped` | unchanged |
/// | start time, `_created` | a separate gauge | unchanged |
/// | a histogram with a count and without a bucket for `+Inf` | unchanged | gets that bucket |
/// | unit, exemplar | error, or [left out](Self::lossy) | unchanged |
/// | timestamp before 1970 | error | unchanged |
///
/// The OpenMetrics that results follows the specification if the families do and if no gauge has the name of
/// a counter's start time, which Python's client library writes in text. Metrics, values and timestamps are
/// not checked against the specification. These are refused: a metric that is not of its family's type, a
/// label that is repeated or has no name, and a unit that the name does not end in.
#[derive(Debug)]
#[must_use]
pub struct Encoder<O> {
    target: Target,
    out: Buffer<O>,
    options: Options,
    omitted: Omitted,
    /// The labels of the metric that is being written.
    labels: String,
    header: Header,
    relabelled: Relabelled,
    /// OpenMetrics: the names of families that have been written or will be.
    taken: HashSet<String>,
}

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Options {
    pub(crate) lossy: bool,
    /// Whether to write as Go's client library does.
    pub(crate) go: bool,
}

/// What an [`Encoder`] left out because the format has no place for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Omitted {
    /// Exemplars.
    pub exemplars: u64,
    /// Units.
    pub units: u64,
    /// Samples whose new name or labels, given by [`Encoder::sample_as`], leave them no place.
    pub samples: u64,
}

impl<W: fmt::Write> Encoder<FmtOutput<W>> {
    /// Creates an encoder that writes to a `String` or a formatter in that format.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Protobuf`].
    pub fn new(out: W, format: impl Into<Format>) -> Result<Self, EncodeError> {
        Encoder::with(FmtOutput(out), format.into())
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
    pub fn finish_reporting(mut self) -> Result<(W, Omitted), EncodeError> {
        self.end()?;
        Ok((self.out.into_output().0, self.omitted))
    }
}

impl<W: io::Write> Encoder<IoOutput<W>> {
    /// Creates an encoder that writes to a file, a socket or a `Vec<u8>` in that format. The writer needs no
    /// buffer.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Protobuf`].
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
    pub fn finish_reporting(mut self) -> Result<(W, Omitted), EncodeError> {
        self.end()?;
        let mut out = self.out.into_output().0;
        out.flush()?;
        Ok((out, self.omitted))
    }
}

impl<O: Output> Encoder<O> {
    fn with(out: O, format: Format) -> Result<Self, EncodeError> {
        Ok(Encoder {
            target: Target::new(format)?,
            out: Buffer::new(out),
            options: Options::default(),
            omitted: Omitted::default(),
            labels: String::new(),
            header: Header::default(),
            relabelled: Relabelled::default(),
            taken: HashSet::new(),
        })
    }

    /// Leaves out what the format has no place for (units and exemplars in text) instead of refusing it.
    /// [`omitted`](Self::omitted) counts it.
    pub fn lossy(mut self, lossy: bool) -> Self {
        self.options.lossy = lossy;
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
    pub fn like_client_golang(mut self, like_it: bool) -> Self {
        self.options.go = like_it;
        self
    }

    /// Announces the name of a family that will be written later. In OpenMetrics a counter `x_total` is not
    /// renamed to `x` if another family has that name. [`family`](Self::family) knows this without help if
    /// that family was written earlier, and [`to_string`] always does.
    pub fn reserve(&mut self, family: &MetricFamily<'_>) {
        match self.target.syntax.suffixes.family_names() {
            FamilyNames::AsSamples => {}
            FamilyNames::Stems => {
                // A name that cannot be written is refused when it is written.
                if let Ok(name) = self.target.metric_name(&family.name) {
                    self.taken.insert(name.into_owned());
                }
            }
        }
    }

    /// Writes a family: HELP, TYPE and UNIT, then its samples. A family that comes twice is written twice; a
    /// valid exposition has each once, see [`read_all`](crate::Families::read_all).
    ///
    /// # Errors
    ///
    /// [`EncodeError`]. Nothing is written of a family that is refused.
    pub fn family(&mut self, family: &MetricFamily<'_>) -> Result<(), EncodeError> {
        self.flush_header()?;
        self.settle();
        let start = self.out.text.len();
        let omitted = self.omitted;
        let mut writer = FamilyWriter {
            out: &mut self.out.text,
            labels: &mut self.labels,
            omitted: &mut self.omitted,
            target: &self.target,
            options: self.options,
            taken: &mut self.taken,
        };
        if let Err(error) = writer.family(family) {
            self.out.text.truncate(start);
            self.omitted = omitted;
            return Err(error);
        }
        match self.target.syntax.family_rules {
            FamilyRules::None => {}
            FamilyRules::OpenMetrics => self.relabelled.know(&family.name, family.metric_type),
        }
        self.out.spill()
    }

    /// Writes a line that was read in dialect `from`. A line already in this format's dialect is copied if
    /// its names need no escaping.
    ///
    /// Metadata is held back until the next line tells which family it belongs to. From OpenMetrics to text,
    /// `_created`, `_gsum` and `_gcount` stay in place, without a type; when written by families they become
    /// gauges. Comments are left out, and so is `# EOF`, which [`finish`](Self::finish) writes.
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
    /// [`EncodeError`]. Nothing is written of a line that is refused.
    pub fn line(&mut self, line: &Line<'_>, from: Dialect) -> Result<(), EncodeError> {
        self.push_line(line, from)?;
        self.spill()
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
    /// In the text format samples are written in the order they come.
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
        self.push_sample_as(sample, from, name, labels)?;
        self.spill()
    }

    /// Returns what has been left out so far. [`finish_reporting`](Self::finish_reporting) also counts what
    /// samples under other names lose at the end.
    pub fn omitted(&self) -> Omitted {
        self.omitted
    }

    fn end(&mut self) -> Result<(), EncodeError> {
        self.flush_header()?;
        self.settle();
        match self.target.syntax.family_rules {
            FamilyRules::None => {}
            FamilyRules::OpenMetrics => {
                (self.relabelled).finish(&mut self.out.text, &mut self.omitted);
            }
        }
        text::push_end(&mut self.out.text, self.target.syntax);
        self.out.flush()
    }
}

/// Writes the families as one body in that format.
///
/// # Errors
///
/// [`EncodeError`], for the first family that the format has no place for.
pub fn to_string<'f, 'a: 'f>(
    families: impl IntoIterator<Item = &'f MetricFamily<'a>>,
    format: impl Into<Format>,
) -> Result<String, EncodeError> {
    let mut encoder = Encoder::new(String::new(), format)?;
    let families: Vec<_> = families.into_iter().collect();
    for family in &families {
        encoder.reserve(family);
    }
    for family in families {
        encoder.family(family)?;
    }
    encoder.finish()
}
