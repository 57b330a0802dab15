//! Classifies the faults of a body: those that Prometheus refuses it for, and those that it accepts.

use exposition::{Error, ErrorKind};

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
}

/// Formats an error with its line, over several lines and with its severity.
pub(crate) fn rendered(error: &Error) -> String {
    let rendering = error.render().to_string();
    let rendering = rendering.trim_end();
    match (Severity::of(error), rendering.strip_prefix("error: ")) {
        (Severity::Warning, Some(rest)) => format!("warning: {rest}"),
        _ => rendering.to_owned(),
    }
}
