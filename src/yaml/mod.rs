//! YAML as Prometheus reads it.
//!
//! Prometheus reads its configuration with Go's YAML 1.1 reader, which understands some texts differently
//! than today's YAML 1.2 readers, and refuses some that they accept. [`from_str`] reads any serde type as
//! that reader would:
//!
//! | written | result |
//! |---|---|
//! | `yes`, `on`, `y` and their opposites | booleans; text where the type is text |
//! | `010`, `0x8`, `0b1000`, `1_0`, `+8`, `8e0` | numbers, the first of them octal; text where the type is text |
//! | `~`, `null`, an empty value | null; the empty text, `false` or 0 where the type is one of these |
//! | `!!int "1"`, `!!str 1`, `!!binary YQ==` | what the tag says |
//! | `"\/"`, a surrogate pair in escapes | an error |
//! | `{regex: a?b}` | an error: in brackets, `?` begins a key |
//! | a tab that indents | an error |
//! | a repeated key | an error |
//! | `<<: *anchor` | the entries of the map that the anchor names; what is written later wins |
//! | a second document | not read |
//!
//! Comments never matter. What cannot be decoded safely is refused: values that nest more than 100 levels
//! deep, aliases that expand to more than 4 MiB, and `!!binary` that is not UTF-8.

mod cursor;
mod decode;
mod deserialize;
mod error;
pub(crate) mod meant;
#[cfg(feature = "operator")]
pub(crate) mod node;
#[cfg(feature = "operator")]
pub(crate) mod placed;
mod resolve;
mod scalar;
mod scan;
mod tag;
#[cfg(test)]
mod tests;
mod token;
mod tree;

pub(crate) use decode::to_integer;
pub use error::YamlError;

use decode::Decoder;
use serde::de::DeserializeOwned;
use tree::{Document, Reader};

/// The name of a newtype around values that are written again as they were read: the text of `07` and `yes`
/// is kept. Other readers ignore it.
pub(crate) const KEPT: &str = "$exposition::yaml::Kept";
/// The name of a newtype around a relabel rule's regex.
pub(crate) const REGEX: &str = "$exposition::yaml::Regex";
/// The name of a newtype around a value and its line.
#[cfg(feature = "operator")]
const PLACED: &str = "$exposition::yaml::Placed";

/// Reads a value from the first document of a text.
///
/// An empty text counts as `null`, so `Option` and, with it, an empty list can be read from it.
///
/// ```
/// use exposition::{relabel::RuleConfig, yaml};
///
/// let rules: Vec<RuleConfig> = yaml::from_str("
/// - source_labels: [__address__]
///   action: hashmod
///   modulus: 010   # octal, so it is 8
///   target_label: shard
/// ")?;
/// assert_eq!(rules[0].modulus, Some(8));
/// # Ok::<(), yaml::YamlError>(())
/// ```
///
/// # Errors
/// A text that is not YAML 1.1, or a value that is not of the type; both with line and column.
pub fn from_str<T: DeserializeOwned>(yaml: &str) -> Result<T, YamlError> {
    decode(Reader::new(yaml, false)?.first()?)
}

/// Reads a value from the only document of a text. It reads JSON too, with all of its escapes.
#[cfg(any(test, feature = "operator"))]
pub(crate) fn only<T: DeserializeOwned>(yaml: &str) -> Result<T, YamlError> {
    let mut reader = Reader::new(yaml, is_json(yaml))?;
    let document = reader.next()?;
    match reader.next()? {
        None => decode(document),
        Some(_) => Err(YamlError::new(
            "one document is expected, and there is another",
        )),
    }
}

/// Reads a value from each document of a text. It reads JSON too, with all of its escapes.
#[cfg(any(test, feature = "operator"))]
pub(crate) fn all<T: DeserializeOwned>(yaml: &str) -> Result<Vec<T>, YamlError> {
    let mut reader = Reader::new(yaml, is_json(yaml))?;
    let mut values = Vec::new();
    while let Some(document) = reader.next()? {
        values.push(decode(Some(document))?);
    }
    Ok(values)
}

/// Reads a value from a JSON text.
#[cfg(feature = "operator")]
pub(crate) fn json<T: DeserializeOwned>(text: &str) -> Result<T, YamlError> {
    decode(Reader::new(text, true)?.first()?)
}

#[cfg(any(test, feature = "operator"))]
fn is_json(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

fn decode<T: DeserializeOwned>(document: Option<Document>) -> Result<T, YamlError> {
    match document {
        Some(document) => T::deserialize(Decoder::root(&document)?),
        None => T::deserialize(serde::de::value::UnitDeserializer::<YamlError>::new()),
    }
}
