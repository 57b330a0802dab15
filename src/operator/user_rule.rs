//! Rules as users write them in monitors.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{
    check::rule,
    error::ManifestError,
    fields::{Level, Reader, text, value_error},
};
use crate::relabel::written::{self, Spelling};
use crate::relabel::{Action, Field, RuleConfig, UnknownAction};
use crate::yaml::node::Node;

/// A rule in the form of a `ServiceMonitor`'s or `PodMonitor`'s `relabelings` and `metricRelabelings`. Keys
/// are in camel case. An empty `regex`, `sourceLabels` or `targetLabel` or a zero `modulus` counts as not
/// given, because the Operator does not write it ([R59](crate::docs::relabel#r59) to
/// [R61](crate::docs::relabel#r61)).
///
/// `action` has the two spellings that the manifest's schema allows, `labelmap` and `LabelMap`.
///
/// ```
/// use exposition::{operator::OperatorRule, relabel::Action};
///
/// let rule: OperatorRule = exposition::yaml::from_str("{sourceLabels: [a], regex: '', action: Keep}")?;
/// assert_eq!(rule.0.action, Some(Action::Keep));
/// assert_eq!(rule.0.regex, None);
///
/// let error = exposition::yaml::from_str::<OperatorRule>("source_labels: [a]").unwrap_err();
/// assert!(error.to_string().contains(
///     "unknown key `source_labels` in a monitor's relabelings: did you mean `sourceLabels`?"
/// ));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OperatorRule(
    /// The rule, as Prometheus would get it.
    pub RuleConfig,
);

impl From<OperatorRule> for RuleConfig {
    fn from(rule: OperatorRule) -> Self {
        rule.0
    }
}

impl From<RuleConfig> for OperatorRule {
    fn from(config: RuleConfig) -> Self {
        OperatorRule(config)
    }
}

impl<'de> Deserialize<'de> for OperatorRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        written::read::<Relabelings, D>(deserializer).map(OperatorRule)
    }
}

impl Serialize for OperatorRule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rule = &self.0;
        written::write::<Relabelings, _, _>(rule, &Field::ALL, rule.regex.as_ref(), serializer)
    }
}

/// The spelling of a monitor's `relabelings` and `metricRelabelings`.
enum Relabelings {}

impl Spelling for Relabelings {
    const PLACE: &'static str = "a monitor's relabelings";
    const NULL_TEXT: Option<&'static str> = None;
    const ACTION_MAY_BE_NULL: bool = true;

    fn key(field: Field) -> &'static str {
        field.as_camel_case()
    }

    fn action(action: Action) -> &'static str {
        action.as_camel_case()
    }

    fn read_action(word: &str) -> Result<Action, String> {
        action(word).map_err(|unknown| match unknown {
            Unknown::Case(action) => format!(
                "unknown action \"{word}\" in {}: write {action} or {}",
                Self::PLACE,
                action.as_camel_case()
            ),
            Unknown::Word(unknown) => unknown.to_string(),
        })
    }

    /// Removes what is empty, because the Operator does not write it (spec M16).
    fn complete(rule: RuleConfig) -> RuleConfig {
        RuleConfig {
            source_labels: rule.source_labels.filter(|names| !names.is_empty()),
            regex: rule.regex.filter(|regex| !regex.is_empty()),
            modulus: rule.modulus.filter(|modulus| *modulus != 0),
            target_label: rule.target_label.filter(|name| !name.is_empty()),
            ..rule
        }
    }
}

/// Why a word is not an action in a manifest.
enum Unknown {
    /// It is an action, except for its case.
    Case(Action),
    Word(UnknownAction),
}

/// Returns the action in one of the two spellings that the manifest's schema allows.
fn action(word: &str) -> Result<Action, Unknown> {
    let exact = |action: &Action| action.as_str() == word || action.as_camel_case() == word;
    match Action::ALL.into_iter().find(exact) {
        Some(action) => Ok(action),
        None => Err(word.parse().map_or_else(Unknown::Word, Unknown::Case)),
    }
}

/// Reads a rule of a manifest, as the user wrote it. Finds everything that is wrong with it, each with its
/// path.
pub(super) fn user_rule(
    node: &Node,
    path: &str,
    level: &'static Level,
    reader: &mut Reader,
) -> Result<RuleConfig, ManifestError> {
    let fields = reader.fields(node, path, level)?;
    let key = Relabelings::key;
    Ok(Relabelings::complete(RuleConfig {
        source_labels: Some(fields.texts(key(Field::SourceLabels))),
        separator: fields.text(key(Field::Separator)),
        regex: fields.text(key(Field::Regex)),
        modulus: fields.number(key(Field::Modulus), "a whole number that is not negative"),
        target_label: fields.text(key(Field::TargetLabel)),
        replacement: fields.text(key(Field::Replacement)),
        action: fields.read(key(Field::Action), read_action).flatten(),
    }))
}

/// Reads an action; the empty word counts as absent.
fn read_action(node: &Node, path: &str) -> Result<Option<Action>, ManifestError> {
    let word = text(node, path)?;
    if word.is_empty() {
        return Ok(None);
    }
    action(&word).map(Some).map_err(|unknown| {
        let expected = match unknown {
            Unknown::Case(action) => format!("{action} or {}", action.as_camel_case()),
            Unknown::Word(_) => format!("one of {}", Action::ALL.map(Action::as_str).join(", ")),
        };
        value_error(path, &word, expected).under(&rule::WORD)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_words_name_the_right_spelling() {
        for (json, expected) in [
            (
                r#"{"target_label": "a"}"#,
                "unknown key `target_label` in a monitor's relabelings: did you mean `targetLabel`?",
            ),
            (
                r#"{"if": "a"}"#,
                "unknown key `if` in a monitor's relabelings: expected one of sourceLabels, separator, \
                 regex, modulus, targetLabel, replacement, action",
            ),
            (
                r#"{"regex": "a", "regex": "b"}"#,
                "repeated key `regex` in a monitor's relabelings",
            ),
            (
                r#"{"action": "REPLACE"}"#,
                "unknown action \"REPLACE\" in a monitor's relabelings: write replace or Replace",
            ),
            (
                r#"{"action": "map"}"#,
                "unknown action \"map\": expected one of replace, keep, drop, keepequal, dropequal, \
                 hashmod, labelmap, labeldrop, labelkeep, lowercase, uppercase",
            ),
            (
                "null",
                "invalid type: null, expected a relabel rule, a map with keys such as `sourceLabels`",
            ),
        ] {
            let error = serde_json::from_str::<OperatorRule>(json)
                .unwrap_err()
                .to_string();
            assert_eq!(error.split(" at line").next(), Some(expected));
        }
    }

    #[test]
    fn a_rule_comes_back_as_it_was_written() {
        let json = r#"{"source_labels": ["a"], "separator": "", "regex": "x", "modulus": 3,
            "target_label": "b", "replacement": "", "action": "hashmod"}"#;
        let config: RuleConfig = serde_json::from_str(json).unwrap();
        let written = serde_json::to_string(&OperatorRule(config.clone())).unwrap();
        assert_eq!(
            written,
            r#"{"sourceLabels":["a"],"separator":"","regex":"x","modulus":3,"targetLabel":"b","replacement":"","action":"HashMod"}"#
        );
        let read: OperatorRule = serde_json::from_str(&written).unwrap();
        assert_eq!(read.0, config);
    }

    #[test]
    fn what_is_empty_or_null_is_not_given() {
        let json = r#"{"regex": "", "separator": "", "sourceLabels": [], "modulus": 0,
            "targetLabel": "", "replacement": null, "action": null}"#;
        let rule: OperatorRule = serde_json::from_str(json).unwrap();
        assert_eq!(rule.0, RuleConfig::new().separator(""));
    }
}
