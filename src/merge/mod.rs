//! Merges several bodies into one valid exposition.
//!
//! A sidecar agent serves one endpoint for the application, the proxy and itself. Printing the bodies one
//! after the other does not make a valid exposition: families come twice and in pieces, series collide, and
//! `# EOF` comes in the middle. [`Merge`] puts the families together.

mod as_lines;
mod decide;
mod error;
mod group;
mod index;
mod inside;
mod link;
mod metric;
mod policy;
mod read;
mod report;
mod samples;
mod scan;
mod stamp;
mod sum;
mod write;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;
use std::io;

use crate::dialect::Dialect;
use crate::encode::output::{FmtOutput, IoOutput, Output};
use crate::encode::target::Target;
use crate::format::Format;
use crate::limits::Limits;

pub use error::MergeError;
pub use policy::{Aggregation, Collision, Conflict, Gauges, Unsummable};
pub use report::{Collided, MergeReport};
pub use sum::SumErrorKind;

/// Puts several bodies together into one.
///
/// The outcome has every family once: one HELP, TYPE and UNIT line each, then its samples from all bodies, in
/// the order they had there. Families come in the order in which the bodies first name them, starting with
/// the first body's. OpenMetrics ends in one `# EOF`. Blank lines and comments are left out.
///
/// A sample's line is copied byte for byte, unless a label is added to it, a name in it must be escaped, or
/// its body has another format than the outcome. Prometheus stores from the outcome what it would store from
/// the bodies if it scraped each alone, with two exceptions: what the policies below decide, and samples of a
/// body that declares no type, which join the families of the same name that another body declares. No metric
/// is made of samples of two bodies, unless they are added.
///
/// ```
/// use exposition::merge::{Collision, Source};
/// use exposition::{Dialect, Format, Merge, ScrapeProtocol};
///
/// let app = b"# TYPE requests_total counter\nrequests_total 7\nup 1\n";
/// let envoy = b"# TYPE up gauge\nup 1\n# TYPE requests_total counter\nrequests_total{code=\"200\"} 5\n";
///
/// let mut merged = String::new();
/// let report = Merge::new(Format::new(ScrapeProtocol::PrometheusText004))
///     .source(Source::new("app", app, Dialect::Text))
///     .source(Source::new("envoy", envoy, Dialect::Text))
///     .on_collision(Collision::Stamp("source".into()))
///     .write_to_fmt(&mut merged)?;
/// assert_eq!(merged, "\
/// ## TYPE requests_total counter
/// requests_total 7
/// requests_total{code=\"200\"} 5
/// ## TYPE up gauge
/// up 1
/// up{source=\"envoy\"} 1
/// ");
/// assert_eq!(report.stamped, 1);
/// # Ok::<(), exposition::MergeError>(())
/// ```
///
/// # Memory
///
/// The bodies stay where they are, and output goes out in pieces of a few KiB. As families may come in any
/// order, all bodies must be in memory until the end. They are read twice, and text that becomes OpenMetrics
/// three times. In addition the merge holds one entry for each family and for each run of adjacent lines of
/// one family, and, while it writes a family, the series of that family. So memory is bounded by the largest
/// family and the number of families, not by the number of samples. Nothing is allocated per sample.
///
/// # Formats
///
/// Bodies may have different formats. The outcome has the names and types of its own format:
///
/// - Text into OpenMetrics: a counter `x_total` is the family `x`, unless another family has that name; it
///   becomes `unknown` then, as does a counter whose name does not end in `_total`. A gauge `x_created` holds
///   the start times of the counter, histogram or summary `x`, if there is one.
/// - OpenMetrics into text: a counter `x` is the family `x_total`; `_created`, `_gsum` and `_gcount` become
///   separate gauges; info and state sets become gauges, and gauge histograms histograms. Units and exemplars
///   have no place: they are an error, unless [`lossy`](Self::lossy) leaves them out.
/// - Within a family samples keep their order, even where OpenMetrics wants those of one metric together.
/// - Timestamps change their unit. A timestamp before 1970 is an error in text, which has none.
#[derive(Debug, Clone)]
#[must_use]
pub struct Merge<'a> {
    format: Format,
    sources: Vec<Source<'a>>,
    collision: Collision,
    conflict: Conflict,
    keep_going: bool,
    lossy: bool,
    limits: Limits,
}

/// One body to merge: a name to identify it, the bytes, and labels for its samples.
#[derive(Debug, Clone)]
#[must_use]
pub struct Source<'a> {
    name: Cow<'a, str>,
    body: Cow<'a, [u8]>,
    dialect: Dialect,
    labels: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    honor_labels: bool,
    /// Whether the body is protobuf.
    is_protobuf: bool,
}

impl<'a> Source<'a> {
    /// Creates a source with a body in that dialect. `name` identifies it in errors and is the label value of
    /// [`Collision::Stamp`].
    pub fn new(name: impl Into<Cow<'a, str>>, body: &'a [u8], dialect: Dialect) -> Self {
        Source {
            name: name.into(),
            body: Cow::Borrowed(body),
            dialect,
            labels: Vec::new(),
            honor_labels: false,
            is_protobuf: false,
        }
    }

    /// Creates a source with a body in any format.
    ///
    /// A merge works on lines of single samples: a protobuf body is first written as text, as Prometheus exposes
    /// it, and one of OpenMetrics 2.0 as OpenMetrics 1.0. What has no place there, as the exemplars, units and
    /// native histograms of protobuf in text, the [`MergeReport`] counts. A body whose lines would be more than
    /// 64 times as long, or longer than [`Limits::max_body_bytes`], is an error.
    ///
    /// ```
    /// use exposition::merge::Source;
    /// use exposition::{Format, Merge, ScrapeProtocol};
    ///
    /// let protobuf = Format::new(ScrapeProtocol::PrometheusProto);
    /// let text = Format::new(ScrapeProtocol::PrometheusText004);
    /// let app = b"\x13\n\x02up\x18\x01\"\x0b\x12\t\t\0\0\0\0\0\0\xf0\x3f";
    /// let mut out = String::new();
    /// Merge::new(ScrapeProtocol::PrometheusText004)
    ///     .source(Source::with_format("app", app, protobuf))
    ///     .source(Source::with_format("envoy", b"live 1\n", text))
    ///     .write_to_fmt(&mut out)?;
    /// assert_eq!(out, "# TYPE up gauge\nup 1\nlive 1\n");
    /// # Ok::<(), exposition::MergeError>(())
    /// ```
    pub fn with_format(
        name: impl Into<Cow<'a, str>>,
        body: &'a [u8],
        format: impl Into<Format>,
    ) -> Self {
        let dialect = format.into().dialect();
        let source = Source::new(name, body, dialect.unwrap_or_default());
        Source {
            is_protobuf: dialect.is_none(),
            ..source
        }
    }

    /// Adds a label to every sample of this body, as Prometheus adds those of a target: if a sample already
    /// has a label of that name, its own is kept as `exported_` and its name
    /// ([S32](crate::docs::scrape#s32)). Of two labels with the same name the last counts; a label with an
    /// empty value counts as none. A label that tells the samples of a metric apart, such as the `le` of a
    /// histogram, is refused: [`MergeError::ReservedLabel`].
    pub fn label(mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) -> Self {
        let name = name.into();
        let value = value.into();
        self.labels.retain(|label| label.0 != name);
        if !value.is_empty() {
            self.labels.push((name, value));
        }
        self
    }

    /// Keeps a sample's own label where one of the source has the same name, which is then not added:
    /// Prometheus' `honor_labels` ([S33](crate::docs::scrape#s33)).
    pub fn honor_labels(mut self, honor: bool) -> Self {
        self.honor_labels = honor;
        self
    }
}

impl<'a> Merge<'a> {
    /// Creates a merge into that format, without any body yet.
    pub fn new(format: impl Into<Format>) -> Self {
        Merge {
            format: format.into(),
            sources: Vec::new(),
            collision: Collision::Error,
            conflict: Conflict::Error,
            keep_going: false,
            lossy: false,
            limits: Limits::new(),
        }
    }

    /// Adds a body after the others.
    pub fn source(mut self, source: Source<'a>) -> Self {
        self.sources.push(source);
        self
    }

    /// Sets what to do with a metric that two bodies have. By default it is an error.
    pub fn on_collision(mut self, policy: Collision) -> Self {
        self.collision = policy;
        self
    }

    /// Sets what to do with HELP, TYPE and UNIT lines that contradict each other. By default they are an
    /// error.
    pub fn on_conflict(mut self, policy: Conflict) -> Self {
        self.conflict = policy;
        self
    }

    /// Leaves out lines with errors, and samples for which Prometheus would refuse the whole body, instead of
    /// failing: [`MergeReport::errors`] lists them.
    pub fn keep_going(mut self, keep_going: bool) -> Self {
        self.keep_going = keep_going;
        self
    }

    /// Leaves out what the format has no place for (units and exemplars in text) instead of failing.
    pub fn lossy(mut self, lossy: bool) -> Self {
        self.lossy = lossy;
        self
    }

    /// Reads the bodies with limits other than the default.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Writes the outcome to a file, a socket or a `Vec<u8>`. The writer needs no buffer.
    ///
    /// # Errors
    ///
    /// The first [`MergeError`]. Part of the outcome may have been written by then.
    pub fn write_to(&self, out: impl io::Write) -> Result<MergeReport, MergeError> {
        self.run(IoOutput(out))
    }

    /// Writes the outcome to a `String` or a formatter.
    ///
    /// # Errors
    ///
    /// The first [`MergeError`]. Part of the outcome may have been written by then.
    pub fn write_to_fmt(&self, out: impl fmt::Write) -> Result<MergeReport, MergeError> {
        self.run(FmtOutput(out))
    }

    fn run(&self, out: impl Output) -> Result<MergeReport, MergeError> {
        let mut report = MergeReport::default();
        let into = as_lines::format_for(self.format);
        let are_lines = |source| as_lines::format_of(source).is_none();
        if into.is_none() && self.sources.iter().all(are_lines) {
            return self.run_lines(out, report);
        }
        let mut as_lines = self.clone();
        for source in &mut as_lines.sources {
            if let Some(format) = as_lines::format_of(source) {
                as_lines::make_lines(source, format, self, &mut report)?;
            }
        }
        let Some(into) = into else {
            return as_lines.run_lines(out, report);
        };
        as_lines.format = into;
        let mut lines = String::new();
        let mut report = as_lines.run_lines(FmtOutput(&mut lines), report)?;
        as_lines::assemble(&lines, self.format, out, self.lossy, &mut report)?;
        Ok(report)
    }

    fn run_lines(
        &self,
        out: impl Output,
        mut report: MergeReport,
    ) -> Result<MergeReport, MergeError> {
        let target = Target::new(self.format)?;
        let plan = read::read(self, &target, &mut report)?;
        write::write(self, &target, &plan, out, &mut report)?;
        Ok(report)
    }

    fn source_name(&self, number: usize) -> String {
        let source = self.sources.get(number);
        source.map_or_else(String::new, |source| source.name.clone().into_owned())
    }

    /// Fails with an error, or records it. Only errors that are kept are built, because building one can take
    /// as long as reading all that is before it.
    fn bad_line(
        &self,
        report: &mut MergeReport,
        error: impl FnOnce() -> MergeError,
    ) -> Result<(), MergeError> {
        if !self.keep_going {
            return Err(error());
        }
        report.bad_lines += 1;
        if report.errors.len() < MergeReport::MAX_ERRORS {
            report.errors.push(error());
        }
        Ok(())
    }
}
