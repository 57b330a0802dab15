//! How a run ends.

use std::process::ExitCode;

/// The exit code for options that are wrong.
pub(crate) const USAGE: u8 = 2;

/// How a run ends, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// Nothing to complain about.
    Fine,
    /// Findings or differences, or nothing that is kept.
    Findings,
    /// Something could not be read, and Prometheus could not read it either.
    Unreadable,
}

impl Outcome {
    /// Returns the worse of both.
    pub(crate) fn and(self, other: Outcome) -> Outcome {
        self.max(other)
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> ExitCode {
        ExitCode::from(match outcome {
            Outcome::Fine => 0,
            Outcome::Unreadable => 1,
            Outcome::Findings => 3,
        })
    }
}
