//! Remarks on rules that cannot mean what they say.

pub(crate) mod finding;
mod history;
pub(crate) mod kind;
mod labels;
mod reference;
mod regex;
mod shape;
pub(crate) mod subject;
#[cfg(test)]
#[cfg(feature = "serde")]
mod tests;

use super::RuleConfig;
use super::rule::DEFAULT_REGEX;
use crate::model::name::ValidationScheme;
use finding::Remark;
use history::History;
use regex::Always;
use shape::Shape;
use subject::{Circumstances, Subject};

/// Returns what rules say that is probably not meant, although Prometheus loads them: a reference to a group
/// that does not exist, a label that samples no longer have, a rule that nothing reaches.
///
/// A rule with an error is not looked at; [`RuleConfig::build`] says what is wrong with it.
/// [The page about remarks](crate::docs::remarks) explains each kind.
///
/// ```
/// use exposition::{name::ValidationScheme, relabel::{RuleConfig, Subject, remarks}};
///
/// let rules = [RuleConfig::new()
///     .source_labels(["__meta_kubernetes_pod_name"])
///     .regex("(.+)-[0-9]+")
///     .target_label("workload")
///     .replacement("$1_set")];
/// let remarks = remarks(&rules, Subject::Targets, ValidationScheme::Utf8);
/// assert_eq!(remarks[0].kind.id(), "no-such-group");
/// assert_eq!(
///     remarks[0].to_string(),
///     "rules[0].replacement: `$1_set` is the group named \"1_set\", which does not exist and is empty; \
///      for group 1 and the text \"_set\" write `${1}_set`",
/// );
/// ```
#[must_use]
pub fn remarks(rules: &[RuleConfig], subject: Subject, scheme: ValidationScheme) -> Vec<Remark> {
    let around = Circumstances {
        subject,
        scheme,
        complete: true,
        discovered: &|_| None,
    };
    among(rules.iter().map(|rule| (rule, true)), &around)
}

/// Returns remarks on some of the rules of a list: on those that come with `true`.
pub(crate) fn among<'r>(
    rules: impl Iterator<Item = (&'r RuleConfig, bool)> + Clone,
    around: &Circumstances<'_>,
) -> Vec<Remark> {
    let mut history = History::new(rules.clone().map(|(rule, _)| rule));
    let (mut remarks, mut is_unreachable) = (Vec::new(), false);
    for (index, (rule, is_asked)) in rules.enumerate() {
        let shape = Shape::new(rule.regex.as_deref().unwrap_or(DEFAULT_REGEX));
        let mut drops_all = false;
        if let Some(shape) = shape.filter(|_| is_asked && rule.check(around.scheme).is_ok()) {
            let mut found = Vec::new();
            if !is_unreachable && let Some(finding) = history.unreachable() {
                is_unreachable = true;
                found.push(finding);
            }
            reference::look(rule, &shape, &mut found);
            drops_all = regex::look(rule, &shape, &mut found) == Always::Drops;
            labels::look(rule, &shape, &history, around, &mut found);
            found.extend(history.repeated(rule));
            remarks.extend(found.into_iter().map(|finding| finding.at(index)));
        }
        history.add(rule, drops_all);
    }
    remarks
}
