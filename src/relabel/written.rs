//! Rules in written form, in each spelling: the keys and what they may hold.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess, SeqAccess, Visitor},
    ser::SerializeMap,
};

use super::{Action, Field, RuleConfig, Rules, UnknownAction};
use crate::model::name::ValidationScheme;
use crate::yaml;
use crate::yaml::meant::closest;

/// The spelling that a rule is read or written in.
pub(crate) trait Spelling {
    /// Where such a rule appears, for errors.
    const PLACE: &'static str;
    /// What a null text means.
    const NULL_TEXT: Option<&'static str>;
    /// Whether a null action counts as not given; otherwise it is an error.
    const ACTION_MAY_BE_NULL: bool;

    fn key(field: Field) -> &'static str;

    fn action(action: Action) -> &'static str;

    /// Returns the action with that name, or what is wrong with the word.
    fn read_action(word: &str) -> Result<Action, String>;

    /// Returns the rule without what counts as not given.
    fn complete(rule: RuleConfig) -> RuleConfig {
        rule
    }
}

/// Prometheus' own spelling: `relabel_configs`.
pub(crate) enum Prometheus {}

impl Spelling for Prometheus {
    const PLACE: &'static str = "a relabel rule";
    const NULL_TEXT: Option<&'static str> = Some("");
    const ACTION_MAY_BE_NULL: bool = false;

    fn key(field: Field) -> &'static str {
        field.as_str()
    }

    fn action(action: Action) -> &'static str {
        action.as_str()
    }

    fn read_action(word: &str) -> Result<Action, String> {
        word.parse()
            .map_err(|unknown: UnknownAction| unknown.to_string())
    }
}

/// Returns the field of a key.
fn field<S: Spelling, E: de::Error>(key: &str) -> Result<Field, E> {
    if let Some(field) = (Field::ALL.into_iter()).find(|field| S::key(*field) == key) {
        return Ok(field);
    }
    let place = S::PLACE;
    let keys = Field::ALL.map(S::key);
    // One letter may be wrong.
    Err(match closest(key, keys.into_iter(), |_| 1) {
        Some(meant) => E::custom(format_args!(
            "unknown key `{key}` in {place}: did you mean `{meant}`?"
        )),
        None => E::custom(format_args!(
            "unknown key `{key}` in {place}: expected one of {}",
            keys.join(", ")
        )),
    })
}

/// Reads a rule.
///
/// It accepts any type instead of a struct: some formats make an empty struct of null, and a rule that is
/// null is a mistake (spec R6).
pub(crate) fn read<'de, S: Spelling, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<RuleConfig, D::Error> {
    deserializer.deserialize_any(RuleVisitor::<S>(PhantomData))
}

impl<'de> Deserialize<'de> for RuleConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read::<Prometheus, D>(deserializer)
    }
}

/// Reads rules under the UTF-8 scheme; null is an empty list.
impl<'de> Deserialize<'de> for Rules {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let configs = Option::<Vec<RuleConfig>>::deserialize(deserializer)?;
        Rules::new(configs.unwrap_or_default(), ValidationScheme::Utf8).map_err(de::Error::custom)
    }
}

/// Writes the rules as they were written.
impl Serialize for Rules {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(|rule| rule.config()))
    }
}

struct RuleVisitor<S>(PhantomData<S>);

impl<'de, S: Spelling> Visitor<'de> for RuleVisitor<S> {
    type Value = RuleConfig;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a relabel rule, a map with keys such as ")?;
        write!(f, "`{}`", S::key(Field::SourceLabels))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RuleConfig, A::Error> {
        let mut rule = RuleConfig::default();
        let mut seen = [false; Field::ALL.len()];
        while let Some(text) = map.next_key::<String>()? {
            let field = field::<S, A::Error>(&text)?;
            if let Some(seen) = seen.get_mut(field as usize)
                && std::mem::replace(seen, true)
            {
                let place = S::PLACE;
                return Err(de::Error::custom(format_args!(
                    "repeated key `{text}` in {place}"
                )));
            }
            let text = |value: Nullable<Text>| match value {
                Nullable::Value(Text(text)) => Some(text),
                Nullable::Null => S::NULL_TEXT.map(str::to_owned),
            };
            match field {
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
                    rule.action = match map.next_value()? {
                        Nullable::Value(Text(word)) => {
                            Some(S::read_action(&word).map_err(de::Error::custom)?)
                        }
                        Nullable::Null if S::ACTION_MAY_BE_NULL => None,
                        Nullable::Null => {
                            return Err(de::Error::custom("`action` cannot be null"));
                        }
                    }
                }
            }
        }
        Ok(S::complete(rule))
    }
}

/// A value or null. `Option` would not do: its `None` leaves no trace of the key that was given.
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

/// The text of any scalar: `regex: 123` is the regex `123` (spec R3).
struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Text)
    }
}

/// A regex: the text of any scalar.
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
                        // Prometheus checks the names that are given; null is read as a name that no label
                        // has.
                        Nullable::Null => String::new(),
                    });
                }
                Ok(SourceLabels(names))
            }
        }

        deserializer.deserialize_seq(Names)
    }
}

/// An unsigned number. A fraction is cut off, as Prometheus does with `modulus: 1.5`, and a number below zero
/// wraps around.
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
                // At 2^64 and above there is no answer, and Go's depends on the processor.
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
        write::<Prometheus, _, _>(self, &Field::ALL, self.regex.as_ref(), serializer)
    }
}

/// Writes the fields of a rule that are given and named in `order`, with `R` for its regex.
pub(crate) fn write<S: Spelling, R: Serialize, Z: Serializer>(
    rule: &RuleConfig,
    order: &[Field],
    regex: Option<R>,
    serializer: Z,
) -> Result<Z::Ok, Z::Error> {
    struct Entries<M>(M);

    impl<M: SerializeMap> Entries<M> {
        fn put<T: Serialize>(
            &mut self,
            key: &'static str,
            value: Option<T>,
        ) -> Result<(), M::Error> {
            value.map_or(Ok(()), |value| self.0.serialize_entry(key, &value))
        }
    }

    let mut map = Entries(serializer.serialize_map(None)?);
    for &field in order {
        let key = S::key(field);
        match field {
            Field::SourceLabels => map.put(key, rule.source_labels.as_ref())?,
            Field::Separator => map.put(key, rule.separator.as_ref())?,
            Field::Regex => map.put(key, regex.as_ref())?,
            Field::Modulus => map.put(key, rule.modulus)?,
            Field::TargetLabel => map.put(key, rule.target_label.as_ref())?,
            Field::Replacement => map.put(key, rule.replacement.as_ref())?,
            Field::Action => map.put(key, rule.action.map(S::action))?,
        }
    }
    map.0.end()
}
