//! Classifies the faults of a body: those that Prometheus refuses it for, and those that it accepts.

use exposition::scrape::ScrapeError;
use exposition::{Error, ErrorKind};

use crate::outcome::Outcome;
use crate::page::printable;

/// What an error means for a scrape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    /// Prometheus drops the whole scrape.
    Error,
    /// A limit stopped the reading, so that Prometheus' verdict is not known.
    Unread,
    /// Prometheus accepts the line.
    Warning,
}

impl Severity {
    pub(crate) fn of(error: &Error) -> Self {
        match error.kind() {
            ErrorKind::LineTooLong | ErrorKind::TooManyLabels | ErrorKind::BodyTooLong => {
                Severity::Unread
            }
            _ if error.fails_scrape() => Severity::Error,
            _ => Severity::Warning,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Unread => "unread",
            Severity::Warning => "warning",
        }
    }
}

/// Returns how a command ends that met these errors.
pub(crate) fn outcome(errors: &[Error]) -> Outcome {
    match errors.iter().map(Severity::of).min() {
        None => Outcome::Fine,
        Some(Severity::Warning) => Outcome::Findings,
        Some(Severity::Error | Severity::Unread) => Outcome::Unreadable,
    }
}

/// Formats an error with its line, over several lines and with its severity.
pub(crate) fn rendered(error: &Error, source: &str) -> String {
    let rendering = error.render_in(source).to_string();
    let rendering = rendering.trim_end();
    match (Severity::of(error), rendering.strip_prefix("error: ")) {
        (Severity::Warning, Some(rest)) => format!("warning: {rest}"),
        _ => rendering.to_owned(),
    }
}

/// Says why a scrape fails; for a line in error with that line, over several lines.
pub(crate) fn failure(failure: &ScrapeError, source: &str) -> String {
    match failure {
        ScrapeError::Line(error) => rendered(error, source),
        other => printable(&other.to_string()).into_owned(),
    }
}
