//! What rules are for.

use super::finding::Finding;
use crate::model::name::ValidationScheme;

/// What a list of rules is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Subject {
    /// Targets, as discovered: `relabel_configs`, in a monitor `relabelings`.
    Targets,
    /// Samples, as scraped: `metric_relabel_configs`, in a monitor `metricRelabelings`.
    Samples,
    /// Either; nothing is remarked that depends on it.
    Unknown,
}

/// What is known about a list of rules.
#[derive(Clone, Copy)]
pub(crate) struct Circumstances<'a> {
    pub(crate) subject: Subject,
    pub(crate) scheme: ValidationScheme,
    /// Whether these are all rules there are: none comes before them.
    pub(crate) complete: bool,
    /// Says what is doubtful about a label that discovery may have made.
    pub(crate) discovered: &'a dyn Fn(&str) -> Option<Finding>,
}
