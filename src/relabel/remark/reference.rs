//! Templates: references to groups that are not there, and what only looks like a reference.

use super::finding::Finding;
use super::kind::RemarkKind;
use super::shape::Shape;
use crate::relabel::template::{Dollar, dollars, index, reference};
use crate::relabel::{Action, Field, RuleConfig};

/// Looks at the templates of a rule.
pub(super) fn look(rule: &RuleConfig, shape: &Shape, found: &mut Vec<Finding>) {
    let action = rule.action.unwrap_or_default();
    if !matches!(action, Action::Replace | Action::LabelMap) {
        return;
    }
    template(rule, rule.template(), Field::Replacement, shape, found);
    if action == Action::Replace {
        template(rule, rule.target(), Field::TargetLabel, shape, found);
    }
}

fn template(rule: &RuleConfig, text: &str, field: Field, shape: &Shape, found: &mut Vec<Finding>) {
    let groups = shape.groups();
    let is_default = field == Field::Replacement && rule.replacement.is_none();
    let (mut missing, mut escaped) = (false, false);
    for dollar in dollars(text) {
        match dollar {
            Dollar::Reference(name) if !missing && !exists(name, groups) => {
                missing = true;
                found.push(no_such_group(name, field, is_default, groups));
            }
            Dollar::Escaped(after) if !escaped && is_escaped_reference(after) => {
                escaped = true;
                let digits = leading_digits(after.trim_start_matches('{'));
                found.push(Finding::new(
                    RemarkKind::LiteralDollar,
                    field,
                    format!("`$$` is the text `$`, so the result has the text `${digits}`"),
                    format!("for the group's text write `${{{digits}}}`"),
                ));
            }
            _ => {}
        }
    }
    // Without a regex of its own there is no group that a backslash could mean.
    if rule.regex.is_some()
        && let Some(digits) = backslash(text)
        && index(digits).is_some_and(|group| (1..=groups.len()).contains(&group))
    {
        found.push(Finding::new(
            RemarkKind::BackslashReference,
            field,
            format!("`\\{digits}` is text"),
            format!("for the group's text write `${{{digits}}}`"),
        ));
    }
}

fn exists(name: &str, groups: &[Option<String>]) -> bool {
    match index(name) {
        Some(group) => group <= groups.len(),
        None => (groups.iter().flatten()).any(|known| known == name),
    }
}

fn no_such_group(name: &str, field: Field, is_default: bool, groups: &[Option<String>]) -> Finding {
    let kind = RemarkKind::NoSuchGroup;
    if is_default {
        return Finding::new(
            kind,
            field,
            "without a replacement it is `$1`, and the regex has no group, so the result is empty",
            "put the part to take in parentheses, or write `$0` for all of it",
        );
    }
    let digits = leading_digits(name);
    if index(name).is_none()
        && let Some(after) = name.get(digits.len()..)
        && index(digits).is_some_and(|group| group <= groups.len())
    {
        return Finding::new(
            kind,
            field,
            format!("`${name}` is the group named {name:?}, which does not exist and is empty"),
            format!("for group {digits} and the text {after:?} write `${{{digits}}}{after}`"),
        );
    }
    let has = match groups.len() {
        0 => "no group".to_owned(),
        1 => "1 group".to_owned(),
        groups => format!("{groups} groups"),
    };
    let (text, fix) = match (index(name), groups.len()) {
        (Some(_), 0) => (
            format!("the regex has {has}, so `${name}` is empty"),
            "put the part to take in parentheses, or write `$0` for all of it",
        ),
        (Some(_), _) => (
            format!("the regex has {has}, so `${name}` is empty"),
            "put one more part in parentheses, or write another number",
        ),
        (None, _) => (
            format!("the regex has no group named {name:?}, so `${name}` is empty"),
            "name a group with `(?P<name>…)`, write its number, or write `$$` for the text `$`",
        ),
    };
    Finding::new(kind, field, text, fix)
}

fn is_escaped_reference(after: &str) -> bool {
    let digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    digit(after) || after.starts_with('{') && reference(after).is_some_and(|(name, _)| digit(name))
}

fn leading_digits(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_digit());
    text.get(..end.unwrap_or(text.len())).unwrap_or_default()
}

/// Returns the number of the first reference that is written with a backslash.
fn backslash(text: &str) -> Option<&str> {
    let mut all = text.split('\\').skip(1).map(leading_digits);
    all.find(|digits| !digits.is_empty())
}
