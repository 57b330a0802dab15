//! The two written forms of a rule: Prometheus' `relabel_configs` and the Operator's `relabelings`.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess, SeqAccess, Visitor},
    ser::SerializeMap,
};

use super::{Action, Field, RuleConfig, Rules};
use crate::model::name::ValidationScheme;
use crate::yaml;

/// A rule in the form of a `ServiceMonitor`'s or `PodMonitor`'s `relabelings` and `metricRelabelings`: keys
/// are in camel case, and an empty `regex`, `sourceLabels` or `targetLabel` or a zero `modulus` counts as not
/// given, because the Operator does not write it out ([R59](crate::docs::relabel#r59) to
/// [R61](crate::docs::relabel#r61)).
///
/// `action` has the two spellings the manifest's schema allows, `labelmap` and `LabelMap`.
///
/// ```
/// use exposition::relabel::{Action, OperatorRule};
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
    /// The rule, as Prometheus would be given it.
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

/// Whose spelling is read or written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Prometheus,
    Operator,
}

impl Field {
    const fn spelling(self, form: Form) -> &'static str {
        match form {
            Form::Prometheus => self.as_str(),
            Form::Operator => self.as_camel_case(),
        }
    }
}

impl Form {
    const fn place(self) -> &'static str {
        match self {
            Form::Prometheus => "a relabel rule",
            Form::Operator => "a monitor's relabelings",
        }
    }

    fn key<E: de::Error>(self, text: &str) -> Result<Field, E> {
        if let Some(key) = (Field::ALL.into_iter()).find(|key| key.spelling(self) == text) {
            return Ok(key);
        }
        let place = self.place();
        Err(match meant(text) {
            Some(key) => E::custom(format_args!(
                "unknown key `{text}` in {place}: did you mean `{}`?",
                key.spelling(self)
            )),
            None => E::custom(format_args!(
                "unknown key `{text}` in {place}: expected one of {}",
                Field::ALL.map(|key| key.spelling(self)).join(", ")
            )),
        })
    }

    fn action<E: de::Error>(self, text: &str) -> Result<Action, E> {
        match self {
            Form::Prometheus => text.parse().map_err(E::custom),
            Form::Operator => (Action::ALL.into_iter())
                .find(|action| action.as_str() == text || action.as_camel_case() == text)
                .ok_or_else(|| match text.parse::<Action>() {
                    Ok(action) => E::custom(format_args!(
                        "unknown action \"{text}\" in {}: write {action} or {}",
                        self.place(),
                        action.as_camel_case()
                    )),
                    Err(unknown) => E::custom(unknown),
                }),
        }
    }
}

/// The key somebody meant who wrote `text`: it differs in case and underscores, or in one letter.
fn meant(text: &str) -> Option<Field> {
    let bare = |s: &str| -> Vec<char> {
        (s.chars().filter(|c| !matches!(c, '_' | '-')))
            .flat_map(char::to_lowercase)
            .collect()
    };
    let written = bare(text);
    (Field::ALL.into_iter()).find(|key| {
        let key = bare(key.spelling(Form::Prometheus));
        key == written || one_edit_apart(&key, &written)
    })
}

fn one_edit_apart(a: &[char], b: &[char]) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let rest = |s: &[char], from: usize| s.get(from..).unwrap_or_default().to_vec();
    rest(short, same) == rest(long, same + 1) || rest(short, same + 1) == rest(long, same + 1)
}

// Whatever is there is asked for, not a struct: some formats give an empty struct for null, and a
// rule that is null is a mistake (spec R6).

impl<'de> Deserialize<'de> for RuleConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RuleVisitor(Form::Prometheus))
    }
}

impl<'de> Deserialize<'de> for OperatorRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let rule = deserializer.deserialize_any(RuleVisitor(Form::Operator))?;
        Ok(OperatorRule(rule))
    }
}

/// Rules under the UTF-8 scheme; null is none.
impl<'de> Deserialize<'de> for Rules {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let configs = Option::<Vec<RuleConfig>>::deserialize(deserializer)?;
        Rules::new(configs.unwrap_or_default(), ValidationScheme::Utf8).map_err(de::Error::custom)
    }
}

/// The rules as they were written.
impl Serialize for Rules {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(|rule| rule.config()))
    }
}

struct RuleVisitor(Form);

impl<'de> Visitor<'de> for RuleVisitor {
    type Value = RuleConfig;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a relabel rule, a map with keys such as ")?;
        write!(f, "`{}`", Field::SourceLabels.spelling(self.0))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RuleConfig, A::Error> {
        let form = self.0;
        let mut rule = RuleConfig::default();
        let mut seen = [false; Field::ALL.len()];
        while let Some(text) = map.next_key::<String>()? {
            let key = form.key::<A::Error>(&text)?;
            if let Some(seen) = seen.get_mut(key as usize)
                && std::mem::replace(seen, true)
            {
                let place = form.place();
                return Err(de::Error::custom(format_args!(
                    "repeated key `{text}` in {place}"
                )));
            }
            let text = |value: Nullable<Text>| match (value, form) {
                (Nullable::Value(Text(text)), _) => Some(text),
                (Nullable::Null, Form::Prometheus) => Some(String::new()),
                (Nullable::Null, Form::Operator) => None,
            };
            match key {
                Field::Separator => rule.separator = text(map.next_value()?),
                Field::Regex => {
                    rule.regex = text(match map.next_value()? {
                        Nullable::Value(Regex(text)) => Nullable::Value(text),
                        Nullable::Null => Nullable::Null,
                    });
                }
                Field::TargetLabel => rule.target_label = text(map.next_value()?),
                Field::Replacement => rule.replacement = text(map.next_value()?),
                Field::SourceLabels => {
                    rule.source_labels = match map.next_value()? {
                        Nullable::Value(SourceLabels(names)) => Some(names),
                        Nullable::Null => None,
                    }
                }
                Field::Modulus => {
                    rule.modulus = match map.next_value()? {
                        Nullable::Value(Modulus(modulus)) => Some(modulus),
                        Nullable::Null => None,
                    }
                }
                Field::Action => {
                    rule.action = match (map.next_value()?, form) {
                        (Nullable::Value(Text(text)), _) => Some(form.action(&text)?),
                        (Nullable::Null, Form::Prometheus) => {
                            return Err(de::Error::custom("`action` cannot be null"));
                        }
                        (Nullable::Null, Form::Operator) => None,
                    }
                }
            }
        }
        if form == Form::Operator {
            rule.regex = rule.regex.filter(|regex| !regex.is_empty());
            rule.target_label = rule.target_label.filter(|name| !name.is_empty());
            rule.source_labels = rule.source_labels.filter(|names| !names.is_empty());
            rule.modulus = rule.modulus.filter(|modulus| *modulus != 0);
        }
        Ok(rule)
    }
}

/// A value or null. Not `Option`, whose `None` would leave no trace of the key that was given.
enum Nullable<T> {
    Null,
    Value(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nullable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Option::<T>::deserialize(deserializer)? {
            None => Nullable::Null,
            Some(value) => Nullable::Value(value),
        })
    }
}

/// Any scalar, as its text: `regex: 123` is the regex `123` (spec R3).
struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Text)
    }
}

/// A regex, any scalar's text.
struct Regex(Text);

impl<'de> Deserialize<'de> for Regex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Marked;

        impl<'de> Visitor<'de> for Marked {
            type Value = Regex;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a regular expression")
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(
                self,
                deserializer: D,
            ) -> Result<Regex, D::Error> {
                Text::deserialize(deserializer).map(Regex)
            }
        }

        deserializer.deserialize_newtype_struct(yaml::REGEX, Marked)
    }
}

/// A list of label names, none of them empty (spec R4).
struct SourceLabels(Vec<String>);

impl<'de> Deserialize<'de> for SourceLabels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;

        impl<'de> Visitor<'de> for Names {
            type Value = SourceLabels;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of label names")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<SourceLabels, A::Error> {
                let mut names = Vec::new();
                while let Some(item) = seq.next_element::<Nullable<Text>>()? {
                    names.push(match item {
                        Nullable::Value(Text(name)) if name.is_empty() => {
                            return Err(de::Error::custom("a source label's name cannot be empty"));
                        }
                        Nullable::Value(Text(name)) => name,
                        // Prometheus checks the names that are given; null is read as a name no
                        // label has.
                        Nullable::Null => String::new(),
                    });
                }
                Ok(SourceLabels(names))
            }
        }

        deserializer.deserialize_seq(Names)
    }
}

/// An unsigned number. A fraction is cut off, as Prometheus does with `modulus: 1.5`, and one below
/// zero wraps around.
struct Modulus(u64);

impl<'de> Deserialize<'de> for Modulus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;

        impl Visitor<'_> for Number {
            type Value = Modulus;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an unsigned 64-bit number as `modulus`")
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Modulus, E> {
                Ok(Modulus(value))
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Modulus, E> {
                (value.try_into().map(Modulus))
                    .map_err(|_| E::invalid_value(de::Unexpected::Signed(value), &self))
            }

            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Modulus, E> {
                // Above 2^64 there is no answer, and Go's depends on the processor.
                yaml::to_integer(value)
                    .map(Modulus)
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Float(value), &self))
            }
        }

        deserializer.deserialize_any(Number)
    }
}

impl Serialize for RuleConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write(self, Form::Prometheus, serializer)
    }
}

impl Serialize for OperatorRule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write(&self.0, Form::Operator, serializer)
    }
}

fn write<S: Serializer>(rule: &RuleConfig, form: Form, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    for key in Field::ALL {
        let name = key.spelling(form);
        let mut text = |value: &Option<String>| match value {
            Some(value) => map.serialize_entry(name, value),
            None => Ok(()),
        };
        match key {
            Field::Separator => text(&rule.separator)?,
            Field::Regex => text(&rule.regex)?,
            Field::TargetLabel => text(&rule.target_label)?,
            Field::Replacement => text(&rule.replacement)?,
            Field::SourceLabels => {
                if let Some(names) = &rule.source_labels {
                    map.serialize_entry(name, names)?;
                }
            }
            Field::Modulus => {
                if let Some(modulus) = rule.modulus {
                    map.serialize_entry(name, &modulus)?;
                }
            }
            Field::Action => {
                if let Some(action) = rule.action {
                    let spelling = match form {
                        Form::Prometheus => action.as_str(),
                        Form::Operator => action.as_camel_case(),
                    };
                    map.serialize_entry(name, spelling)?;
                }
            }
        }
    }
    map.end()
}
