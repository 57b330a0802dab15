//! Everything that is known of a body.

use std::collections::HashSet;

use exposition::lint::Finding;
use exposition::strict::Violation;

use super::readers::Readers;
use super::verdict::Verdict;
use crate::source::Source;

/// Everything that is known of a body.
pub(super) struct Checked<'s> {
    pub(super) source: &'s Source,
    /// Why it is read as OpenMetrics, if not for what it says itself.
    pub(super) as_openmetrics: Option<&'static str>,
    /// What the body looks like, and what to do about it.
    pub(super) hint: Option<String>,
    pub(super) verdict: Verdict,
    /// `None` if the body is not OpenMetrics.
    pub(super) violations: Option<Vec<Violation>>,
    pub(super) findings: Vec<Finding>,
    pub(super) readers: Readers,
}

impl Checked<'_> {
    /// Says what the body is read as, and why.
    pub(super) fn reason(&self) -> String {
        match self.as_openmetrics {
            Some(why) => format!("read as {}, {why}", self.source.format.protocol()),
            None => self.source.reason().to_string(),
        }
    }

    /// Returns the bytes at which the verdict has an error.
    pub(super) fn refused_at(&self) -> HashSet<u64> {
        let errors = self.verdict.fatal();
        errors.map(|error| error.position().byte).collect()
    }
}
