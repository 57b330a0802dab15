//! Findings that are not wanted.

use std::fmt;
use std::str::FromStr;

use super::rule::LintRule;
use crate::bytes::glob::is_like;

/// What is not reported: `RULE` or `RULE:METRIC`, for example `L1:go_*`.
///
/// `*` stands for any characters, in the rule's id and in the name of the metric family. Ids are in small or capital
/// letters. A finding that is not about a family is allowed by entries without a metric.
///
/// ```
/// use exposition::lint::Allow;
///
/// let allow: Allow = "L1:go_*".parse()?;
/// assert_eq!(allow.to_string(), "L1:go_*");
/// let error = "L10".parse::<Allow>().unwrap_err();
/// assert_eq!(error.to_string(), "no rule of the lint is named \"L10\"");
/// # Ok::<(), exposition::lint::AllowError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Allow {
    rule: String,
    metric: Option<String>,
}

impl Allow {
    /// Tells whether a finding of that rule in that family is allowed; `None` if it is not about a family, as what
    /// [`strict`](crate::strict) finds is not.
    ///
    /// ```
    /// use exposition::lint::{Allow, LintRule};
    ///
    /// let allow: Allow = "L1:go_*".parse()?;
    /// assert!(allow.allows(LintRule::NoHelp, Some("go_threads")));
    /// assert!(!allow.allows(LintRule::NoHelp, None));
    /// # Ok::<(), exposition::lint::AllowError>(())
    /// ```
    #[must_use]
    pub fn allows(&self, rule: LintRule, family: Option<&str>) -> bool {
        let of_family = match (&self.metric, family) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(pattern), Some(family)) => is_like(pattern, family),
        };
        of_family && self.is_about(rule)
    }

    fn is_about(&self, rule: LintRule) -> bool {
        is_like(&self.rule, &rule.id().to_ascii_lowercase())
    }
}

impl FromStr for Allow {
    type Err = AllowError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (rule, metric) = match text.split_once(':') {
            Some((rule, metric)) => (rule, Some(metric)),
            None => (text, None),
        };
        let (rule, metric) = (rule.trim(), metric.map(str::trim));
        if metric == Some("") {
            return Err(AllowError::NoMetric(text.to_owned()));
        }
        let allow = Allow {
            rule: rule.to_ascii_lowercase(),
            metric: metric.map(str::to_owned),
        };
        match LintRule::all().any(|rule| allow.is_about(rule)) {
            true => Ok(Allow {
                rule: allow.rule,
                ..allow
            }),
            false => Err(AllowError::NoRule(rule.to_owned())),
        }
    }
}

impl fmt::Display for Allow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match LintRule::from_str(&self.rule) {
            Ok(rule) => f.write_str(rule.id())?,
            Err(_) => f.write_str(&self.rule)?,
        }
        match &self.metric {
            Some(metric) => write!(f, ":{metric}"),
            None => Ok(()),
        }
    }
}

/// Why a text is not an [`Allow`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AllowError {
    /// No rule has such an id.
    #[error("no rule of the lint is named {0:?}")]
    NoRule(String),
    /// Nothing follows the colon.
    #[error("a metric's name is missing after the colon of {0:?}")]
    NoMetric(String),
}

/// Everything that is allowed.
#[derive(Debug, Clone, Default)]
pub(super) struct AllowList(Vec<Allow>);

impl AllowList {
    pub(super) fn push(&mut self, allow: Allow) {
        self.0.push(allow);
    }

    pub(super) fn allows(&self, rule: LintRule, family: Option<&str>) -> bool {
        self.0.iter().any(|allow| allow.allows(rule, family))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_and_families_are_allowed() {
        let allow = |text: &str| text.parse::<Allow>().unwrap();
        let l1 = LintRule::NoHelp;
        assert!(allow("l1").allows(l1, None));
        assert!(allow("L1").allows(l1, Some("up")));
        assert!(!allow("L1:go_*").allows(l1, Some("up")));
        assert!(allow("L1:go_*").allows(l1, Some("go_gc")));
        assert!(!allow("L1:go_*").allows(l1, None));
        assert!(allow("lx*").allows(LintRule::PlusSign, None));
        assert!(!allow("lx*").allows(l1, None));
        assert_eq!(
            "L1:".parse::<Allow>().unwrap_err().to_string(),
            "a metric's name is missing after the colon of \"L1:\"",
        );
    }
}
