//! Checks for selectors that Kubernetes refuses (spec C1-C6).

use super::{api::is_subdomain, needs::needs, rejection::Found, rule};
use crate::bytes::work;
use crate::discovery::kubernetes::selector::{LabelSelector, Operator};
use crate::operator::{values::SelectorMechanism, version::Version};

/// The longest value, and the longest name in a key, in bytes.
const LONGEST: usize = 63;

pub(super) fn selector(selector: &LabelSelector, place: &str, found: &mut Found) {
    for (name, value) in &selector.match_labels {
        let place = format!("{place}.matchLabels.{name}");
        key(name, &place, found);
        values([value], |_| place.clone(), found);
    }
    for (index, requirement) in selector.match_expressions.iter().enumerate() {
        let place = format!("{place}.matchExpressions[{index}]");
        key(&requirement.key, &format!("{place}.key"), found);
        let has_values = !requirement.values.is_empty();
        let at = format!("{place}.values");
        match requirement.operator {
            Operator::In | Operator::NotIn if !has_values => {
                let reason = format!("`{}` needs at least one value", word(requirement.operator));
                found.add(&rule::VALUES_MISSING, at, reason);
            }
            Operator::Exists | Operator::DoesNotExist if has_values => {
                let reason = format!("`{}` takes no values", word(requirement.operator));
                found.add(&rule::VALUES_FORBIDDEN, at, reason);
            }
            _ => values(&requirement.values, |index| format!("{at}[{index}]"), found),
        }
    }
}

fn word(operator: Operator) -> &'static str {
    let known = Operator::WORDS.iter().find(|(_, known)| *known == operator);
    known.map_or("", |(word, _)| word)
}

pub(super) fn mechanism(mechanism: SelectorMechanism, version: &Version, found: &mut Found) {
    let since = Version::new(2, 17, 0);
    if mechanism == SelectorMechanism::RoleSelector && *version < since {
        let reason = format!("`RoleSelector` {}", needs(&since, version));
        found.add(&rule::MECHANISM_VERSION, "spec.selectorMechanism", reason);
    }
}

fn values<'v>(
    values: impl IntoIterator<Item = &'v String>,
    place: impl Fn(usize) -> String,
    found: &mut Found,
) {
    for (index, value) in values.into_iter().enumerate() {
        if !is_value(value) {
            let reason = format!("{value:?} cannot be the value of a label: {NAME}");
            found.add(&rule::SELECTOR_VALUE, place(index), reason);
        }
    }
}

fn key(key: &str, place: &str, found: &mut Found) {
    if let Some(problem) = key_problem(key) {
        let reason = format!("{key:?} cannot be the key of a label: {problem}");
        found.add(&rule::SELECTOR_KEY, place, reason);
    }
}

/// Returns why a text cannot be the key of a label, if it cannot.
pub(super) fn key_problem(key: &str) -> Option<&'static str> {
    let (prefix, name) = match key.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, key),
    };
    if name.contains('/') {
        Some("more than one `/`")
    } else if prefix.is_some_and(|prefix| !is_subdomain(prefix)) {
        Some("before the `/` stands a domain in lower case")
    } else if !is_name(name) {
        Some(NAME)
    } else {
        None
    }
}

/// Tells whether a text can be the value of a label.
pub(super) fn is_value(text: &str) -> bool {
    text.is_empty() || is_name(text)
}

const NAME: &str =
    "expected at most 63 letters, digits, `-`, `_`, `.`, a letter or digit at both ends";

fn is_name(text: &str) -> bool {
    work::on(text.len());
    let bytes = text.as_bytes();
    text.len() <= LONGEST
        && bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
        && (bytes.iter()).all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b))
}
