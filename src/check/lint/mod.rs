//! Finds what others complain about in a body, or refuse, or misread.
//!
//! Prometheus takes much that others do not: `promtool check metrics` complains of names without units and help
//! texts, telegraf refuses a body without a last line feed, `client_python` splits families that are interleaved.
//! [`check`] finds all of it in one pass, in every format: each [`Finding`] has a [rule](LintRule), a
//! [severity](Severity), the family, the line, and the [readers](Reader) that suffer. [`promtool`] has that
//! program's own view, exactly.
//!
//! ```
//! use exposition::{Format, lint};
//!
//! let body = "\
//! ## TYPE requests counter
//! requests{path=\"C:\\Users\"} 3
//! requests{path=\"C:\\Users\"} 4
//! ";
//! let findings: Vec<String> = lint::check(body, Format::default())
//!     .iter()
//!     .map(|finding| finding.to_string())
//!     .collect();
//! assert_eq!(
//!     findings,
//!     [
//!         "line 1: warning: L1: requests: no help text",
//!         "line 1: warning: L3a: requests: counter metrics should have \"_total\" suffix \
//!          (client_python misreads)",
//!         "line 2: warning: LX41: requests: a backslash that escapes nothing: \
//!          invalid escape sequence '\\U', 2 times (promtool refuses, Telegraf refuses)",
//!         "line 3: warning: L9: requests: metric not unique",
//!         "line 3: error: LX8: requests: a series that occurs twice: Prometheus stores the first sample \
//!          (Prometheus misreads)",
//!     ],
//! );
//! ```
//!
//! What is meant to be so is allowed:
//!
//! ```
//! use exposition::{Format, lint::Lint};
//!
//! let lint = Lint::new().allow("L1:go_*".parse()?);
//! assert!(lint.check("go_threads 8\n", Format::default()).is_empty());
//! assert_eq!(lint.check("threads 8\n", Format::default()).len(), 1);
//! # Ok::<(), exposition::lint::AllowError>(())
//! ```
//!
//! The rules and what each reader makes of them are on [a page of their own](crate::docs::lint).

mod allow;
mod body;
mod by_name;
mod family;
mod finding;
mod histogram;
mod known;
mod labelled;
mod labels;
mod lines;
mod messages;
mod naming;
mod parts;
mod profile;
pub mod promtool;
mod reader;
mod refused;
mod rule;
mod second_opinion;
#[cfg(test)]
mod tests;
mod units;

pub use allow::{Allow, AllowError};
pub use finding::Finding;
pub use reader::{Outcome, Reader};
pub use rule::{LintRule, Severity, UnknownLintRule};

use allow::AllowList;
use body::Body;
use finding::Findings;
use profile::Profile;

use crate::format::Format;
use crate::limits::Limits;

/// Lints a body in that format. Short for [`Lint::check`].
pub fn check<B: AsRef<[u8]> + ?Sized>(body: &B, format: Format) -> Vec<Finding> {
    Lint::new().check(body, format)
}

/// The lint, with what it does not report.
#[derive(Debug, Clone, Default)]
pub struct Lint {
    allowed: AllowList,
    limits: Limits,
}

impl Lint {
    /// Creates a lint that reports everything.
    pub fn new() -> Self {
        Lint::default()
    }

    /// Leaves out what `allow` says.
    #[must_use]
    pub fn allow(mut self, allow: Allow) -> Self {
        self.allowed.push(allow);
        self
    }

    /// Sets the limits of reading.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Lints a body in that format, in the order of its lines. One finding stands for all that a rule finds in one
    /// family.
    ///
    /// A line that cannot be read is a finding, and the lint goes on after it. Takes linear time, and memory for every
    /// family and series of the body.
    pub fn check<B: AsRef<[u8]> + ?Sized>(&self, body: &B, format: Format) -> Vec<Finding> {
        self.run(body.as_ref(), format, Findings::new(&self.allowed))
    }

    /// Lints the body of a response, and whether it is what its `Content-Type` header says.
    ///
    /// `content_type` is the header's value, `None` if there is none; `fallback` is the format of a body whose header
    /// does not give one. Without both, the body is linted as what it looks like.
    ///
    /// ```
    /// use exposition::lint::{Lint, LintRule};
    ///
    /// let header = Some("application/openmetrics-text; version=1.0.0");
    /// let findings = Lint::new().check_response(header, None, "# HELP up Is it?\nup 1\n");
    /// assert_eq!(findings[0].rule(), LintRule::TextAsOpenMetrics);
    /// ```
    pub fn check_response<B: AsRef<[u8]> + ?Sized>(
        &self,
        content_type: Option<&str>,
        fallback: Option<Format>,
        body: &B,
    ) -> Vec<Finding> {
        let body = body.as_ref();
        let mut findings = Findings::new(&self.allowed);
        let format = labelled::check(&mut findings, content_type, fallback, body);
        self.run(body, format, findings)
    }

    fn run(&self, bytes: &[u8], format: Format, findings: Findings<'_>) -> Vec<Finding> {
        let dialect = format.dialect();
        let profile = dialect.map_or(Profile::Protobuf, Profile::of);
        let mut body = Body::new(profile, findings);
        match dialect {
            Some(dialect) => lines::read(&mut body, bytes, dialect, self.limits),
            None => messages::read(&mut body, bytes, self.limits),
        }
        body.finish_metrics();
        family::check(&mut body);
        body.findings.finish()
    }
}
