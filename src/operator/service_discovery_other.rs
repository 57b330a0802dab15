//! The kinds of service discovery that are passed on: what was read of them, and how it is written.

use super::{
    check::rule,
    constraints::{distinct_by, items_not_empty, not_empty, sets},
    error::ManifestError,
    fields::{Fields, Level, Reader, number, text, value_error},
    http_config::{HttpConfig, http_config},
    key_selector::{KeySelector, key_selector},
    proxy::url,
    service_discovery_kinds::{KINDS, SdField, SdKind, Shape},
    values_read::duration,
};
use crate::yaml::node::Node;

/// An item of a kind of service discovery without a type of its own: EC2, Azure, Docker and others. It is
/// checked as far as the API server and the Operator do, and passed on to Prometheus.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct OtherSdConfig {
    pub(super) kind: &'static SdKind,
    /// Which of the kind's items it is.
    pub(super) index: usize,
    /// How the service is requested.
    pub http: HttpConfig,
    pub(super) fields: Vec<(&'static SdField, Value)>,
}

/// The value of a field.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// A text, as it is written to Prometheus' configuration.
    Text(String),
    Flag(bool),
    Number(u16),
    Secret(KeySelector),
    Texts(Vec<String>),
    Filters(Vec<(String, Vec<String>)>),
}

impl OtherSdConfig {
    /// Returns the key of the kind in the manifest: `ec2SDConfigs`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.kind.key
    }

    /// Returns the item's place in the manifest: `spec.ec2SDConfigs[0]`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("spec.{}[{}]", self.kind.key, self.index)
    }

    /// Returns the text of a field, named as in the manifest. A word is returned as Prometheus writes it.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.value(key)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn value(&self, key: &str) -> Option<&Value> {
        let mut fields = self.fields.iter();
        fields.find_map(|(field, value)| (field.key == key).then_some(value))
    }

    /// Returns the keys of Secrets that are named by fields but those of HTTP, with their places.
    pub(super) fn secrets(&self) -> impl Iterator<Item = (String, &KeySelector)> {
        self.fields.iter().filter_map(|(field, value)| match value {
            Value::Secret(key) => Some((format!("{}.{}", self.path(), field.key), key)),
            _ => None,
        })
    }
}

/// Returns the key of Prometheus' configuration for a key of a manifest: `role_arn` for `roleARN`. Neighbouring
/// capitals are one word.
pub(super) fn snake_case(key: &str) -> String {
    let mut written = String::with_capacity(key.len() + 4);
    let mut was_upper = true;
    for c in key.chars() {
        if c.is_ascii_uppercase() && !was_upper {
            written.push('_');
        }
        was_upper = c.is_ascii_uppercase();
        written.push(c.to_ascii_lowercase());
    }
    written
}

static FILTER: Level = Level {
    place: "filters[]",
    known: &[&["name", "values"]],
    aside: &[],
};

/// Reads all discoveries of these kinds.
pub(super) fn read(fields: &Fields<'_>, reader: &mut Reader) -> Vec<OtherSdConfig> {
    let mut configs = Vec::new();
    for kind in KINDS {
        let mut index = 0;
        configs.extend(fields.list(kind.key, |node, path| {
            index += 1;
            item(kind, index - 1, node, path, reader)
        }));
    }
    configs
}

fn item(
    kind: &'static SdKind,
    index: usize,
    node: &Node,
    path: &str,
    reader: &mut Reader,
) -> Result<OtherSdConfig, ManifestError> {
    let fields = reader.fields(node, path, &kind.level)?;
    if kind.key == "ionosSDConfigs" {
        fields.require("authorization", WHY);
    }
    let mut values = Vec::new();
    for field in kind.fields {
        if field.is_required {
            fields.require(field.key, WHY);
        }
        match field.shape {
            Shape::Name => not_empty(&fields, &[field.key], reader),
            Shape::Set => {
                not_empty(&fields, &[field.key], reader);
                items_not_empty(&fields, &[field.key], reader);
                sets(&fields, &[field.key], reader);
            }
            Shape::Filters => distinct_by(&fields, field.key, "name", reader),
            _ => {}
        }
        values.extend(value(&fields, field, reader).map(|value| (field, value)));
    }
    Ok(OtherSdConfig {
        kind,
        index,
        http: http_config(&fields, reader),
        fields: values,
    })
}

const WHY: &str = "this discovery needs it";

fn value(fields: &Fields<'_>, field: &SdField, reader: &mut Reader) -> Option<Value> {
    let key = field.key;
    match field.shape {
        Shape::Text | Shape::Name => fields.text(key).map(Value::Text),
        Shape::Word(words) => {
            let word = fields.choice(key, words);
            word.map(|word| Value::Text(word.to_owned()))
        }
        Shape::Url => {
            let read = |node: &Node, path: &str| url(node, path, &["http://", "https://"]);
            fields.read(key, read).map(Value::Text)
        }
        Shape::Host => fields.read(key, host).map(Value::Text),
        Shape::Duration => fields.read(key, duration).map(Value::Text),
        Shape::Flag => fields.flag(key).map(Value::Flag),
        Shape::Port => fields
            .read(key, |node, path| {
                number(node, path, "a port number from 0 to 65535")
            })
            .map(Value::Number),
        Shape::Secret => fields
            .read(key, |node, path| key_selector(node, path, reader))
            .map(Value::Secret),
        Shape::Set => fields.get(key).map(|_| Value::Texts(fields.texts(key))),
        Shape::Filters => {
            fields.get(key)?;
            let filters = fields.list(key, |node, path| filter(node, path, reader));
            Some(Value::Filters(filters))
        }
    }
}

fn filter(
    node: &Node,
    path: &str,
    reader: &mut Reader,
) -> Result<(String, Vec<String>), ManifestError> {
    let fields = reader.fields(node, path, &FILTER)?;
    let name = text(
        fields.required("name", "it says what is filtered by")?,
        &fields.path("name"),
    )?;
    fields.require("values", "it says what passes");
    not_empty(&fields, &["values"], reader);
    items_not_empty(&fields, &["values"], reader);
    sets(&fields, &["values"], reader);
    Ok((name, fields.texts("values")))
}

/// Reads an address that begins with a scheme; the API server checks no more.
fn host(node: &Node, path: &str) -> Result<String, ManifestError> {
    let host = text(node, path)?;
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && (scheme.bytes()).all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    };
    match host.split_once("://") {
        Some((scheme, rest)) if is_scheme(scheme) && !rest.is_empty() => Ok(host),
        _ => {
            let expected = "an address with a scheme, such as unix:///var/run/docker.sock";
            Err(value_error(path, &host, expected).under(&rule::PATTERN))
        }
    }
}
