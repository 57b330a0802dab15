//! Several bodies into one valid exposition.
//!
//! A sidecar agent serves one endpoint for the application, the proxy and itself. Printing the bodies
//! one after the other gives no valid exposition: families come twice and in pieces, series collide,
//! and `# EOF` stands in the middle. [`Merge`] puts the families together.

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
/// The outcome has every family once: one HELP, TYPE and UNIT line each, then its samples from all
/// bodies, those of a body in the order they had there. Families come in the order in which the bodies
/// first name them, the first body's first. OpenMetrics ends in one `# EOF`. Blank lines and comments
/// are left out.
///
/// A sample's line is copied to the byte, unless a label is added to it, a name in it must be escaped,
/// or its body is of another format than the one written. What Prometheus stores of the outcome is
/// what it would store of the bodies, each scraped alone, but for what the policies below decide; and
/// where a body declares no type, its samples join the families of the same name that another body
/// declares. No metric is made of samples of two bodies, unless they are added.
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
/// The bodies stay where they are, and what is written goes out in pieces of a few KiB. As families
/// may come in any order, all bodies must be at hand until the end; they are read twice, text that becomes
/// OpenMetrics three times. Beside them the merge holds one
/// entry for each family and for each run of adjacent lines of one family, and, while a family is
/// written, the series of that family: memory is bounded by the largest family and the number of
/// families, not by the number of samples. Nothing is allocated per sample.
///
/// # Formats
///
/// Bodies may be of different formats. What is written has the names and types of its own format:
///
/// - Text into OpenMetrics: a counter `x_total` is the family `x`, unless another family is called so; it
///   becomes `unknown` then, as does a counter of another name. A gauge `x_created` holds the start times
///   of the counter, histogram or summary `x`, if there is one.
/// - OpenMetrics into text: a counter `x` is the family `x_total`; `_created`, `_gsum` and `_gcount`
///   become gauges of their own; info and state sets become gauges, gauge histograms histograms.
///   Units and exemplars have no place: an error, unless [`lossy`](Self::lossy) allows to leave them
///   out.
/// - Within a family samples stay in the order they had, also where OpenMetrics wants those of one metric
///   together.
/// - Timestamps change their unit; one before 1970 is an error in text, which has none.
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

/// One body to be merged: a name to tell it by, the bytes, and the labels its samples get.
#[derive(Debug, Clone)]
#[must_use]
pub struct Source<'a> {
    name: Cow<'a, str>,
    body: &'a [u8],
    dialect: Dialect,
    labels: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    honor_labels: bool,
}

impl<'a> Source<'a> {
    /// Creates a body in that dialect. `name` stands for it in errors and is the label value of
    /// [`Collision::Stamp`].
    pub fn new(name: impl Into<Cow<'a, str>>, body: &'a [u8], dialect: Dialect) -> Self {
        Source {
            name: name.into(),
            body,
            dialect,
            labels: Vec::new(),
            honor_labels: false,
        }
    }

    /// Adds a label to every sample of this body, as Prometheus adds those of a target: a label of the same
    /// name that a sample has already is kept as `exported_` and its name ([S32](crate::docs::scrape#s32)).
    /// Of two with one name the last counts; one with an empty value is none. A label that tells the samples
    /// of a metric apart, as `le` those of a histogram, is refused: [`MergeError::ReservedLabel`].
    pub fn label(mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) -> Self {
        let name = name.into();
        let value = value.into();
        self.labels.retain(|label| label.0 != name);
        if !value.is_empty() {
            self.labels.push((name, value));
        }
        self
    }

    /// Tells where a sample has a label of the same name already, leaves it and does not add ours:
    /// Prometheus' `honor_labels` ([S33](crate::docs::scrape#s33)).
    pub fn honor_labels(mut self, honor: bool) -> Self {
        self.honor_labels = honor;
        self
    }
}

impl<'a> Merge<'a> {
    /// Creates a merge into that format, of no body yet.
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

    /// Returns what to do with a metric that two bodies have. By default it is an error.
    pub fn on_collision(mut self, policy: Collision) -> Self {
        self.collision = policy;
        self
    }

    /// Returns what to do with HELP, TYPE and UNIT lines that contradict each other. By default it is an
    /// error.
    pub fn on_conflict(mut self, policy: Conflict) -> Self {
        self.conflict = policy;
        self
    }

    /// Leaves out lines that are in error, and samples that Prometheus would refuse the whole body
    /// for, instead of failing: [`MergeReport::errors`] tells which.
    pub fn keep_going(mut self, keep_going: bool) -> Self {
        self.keep_going = keep_going;
        self
    }

    /// Leaves out what the format has no place for, units and exemplars in text, instead of failing.
    pub fn lossy(mut self, lossy: bool) -> Self {
        self.lossy = lossy;
        self
    }

    /// Reads the bodies with other limits than the default ones.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Writes the outcome to a file, a socket, a `Vec<u8>`. It needs no buffer of its own.
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
        let target = Target::new(self.format)?;
        let mut report = MergeReport::default();
        let plan = read::read(self, &target, &mut report)?;
        write::write(self, &target, &plan, out, &mut report)?;
        Ok(report)
    }

    fn source_name(&self, number: usize) -> String {
        let source = self.sources.get(number);
        source.map_or_else(String::new, |source| source.name.clone().into_owned())
    }

    /// Fails with an error, or takes note of it. Only the errors that are kept are made, for to make one
    /// can take as long as to read what is before it.
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
