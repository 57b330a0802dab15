//! What a rule demands at a place.

use super::rule::SpecificationRule;
use super::severity::Severity;

/// What a rule demands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Demand {
    /// The number of the rule on the page of its format, where rules have one.
    pub(super) number: Option<&'static str>,
    pub(super) rule: SpecificationRule,
    /// How severe it is not to do that.
    pub(super) severity: Severity,
    pub(super) expected: &'static str,
}
