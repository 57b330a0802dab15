//! Where a credential or a certificate comes from: a key of a Secret or of a ConfigMap.

use std::fmt;

use super::{
    error::ManifestError,
    fields::{Level, Reader, text},
};
use crate::yaml::node::Node;

/// A key of a Secret or of a ConfigMap in the monitor's own namespace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct KeySelector {
    /// The object's name. It may be empty, although no object has an empty name.
    pub name: String,
    /// The key of the object's `data`.
    pub key: String,
}

/// A key of a Secret or of a ConfigMap.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SecretOrConfigMap {
    /// The key of a Secret.
    pub secret: Option<KeySelector>,
    /// The key of a ConfigMap.
    pub config_map: Option<KeySelector>,
}

impl SecretOrConfigMap {
    /// Returns the referenced object: the Secret, if both are given.
    #[must_use]
    pub fn source(&self) -> Option<(Source, &KeySelector)> {
        let secret = self.secret.as_ref().map(|key| (Source::Secret, key));
        secret.or(self.config_map.as_ref().map(|key| (Source::ConfigMap, key)))
    }
}

/// The kind of object that a credential or certificate comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Source {
    /// A Secret.
    Secret,
    /// A ConfigMap.
    ConfigMap,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Source::Secret => "Secret",
            Source::ConfigMap => "ConfigMap",
        })
    }
}

static KEY_SELECTOR: Level = Level {
    place: "secret",
    known: &[&["name", "key", "optional"]],
    aside: &[],
};

static SECRET_OR_CONFIG_MAP: Level = Level {
    place: "clientId",
    known: &[&["secret", "configMap"]],
    aside: &[],
};

pub(super) fn key_selector(
    node: &Node,
    path: &str,
    reader: &mut Reader,
) -> Result<KeySelector, ManifestError> {
    let fields = reader.fields(node, path, &KEY_SELECTOR)?;
    // Whether the object may be missing, which the Operator ignores.
    fields.flag("optional");
    Ok(KeySelector {
        name: fields.text("name").unwrap_or_default(),
        key: text(
            fields.required("key", "the key of the object's data")?,
            &fields.path("key"),
        )?,
    })
}

pub(super) fn secret_or_config_map(
    node: &Node,
    path: &str,
    reader: &mut Reader,
) -> Result<SecretOrConfigMap, ManifestError> {
    let fields = reader.fields(node, path, &SECRET_OR_CONFIG_MAP)?;
    Ok(SecretOrConfigMap {
        secret: fields.read("secret", |node, path| key_selector(node, path, reader)),
        config_map: fields.read("configMap", |node, path| key_selector(node, path, reader)),
    })
}
