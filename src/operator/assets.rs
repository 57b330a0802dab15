//! The Secrets and ConfigMaps that monitors refer to.

use std::{collections::BTreeMap, fmt};

use super::{
    base64,
    error::{ManifestError, ManifestErrorKind},
    fields::{Level, Reader, Schema, text, value_error},
    key_selector::{KeySelector, Source},
    read,
};
use crate::yaml::node::Node;

/// The Secrets and ConfigMaps that monitors refer to, by namespace and name.
///
/// A cluster's other objects may be among them, and are skipped.
///
/// ```
/// use exposition::operator::{Assets, Manifest, OperatorConfig, check};
///
/// let manifest: Manifest = "
/// apiVersion: monitoring.coreos.com/v1
/// kind: PodMonitor
/// metadata: {name: web, namespace: shop}
/// spec:
///   selector: {}
///   podMetricsEndpoints:
///   - authorization: {credentials: {name: metrics, key: token}}
/// ".parse()?;
/// let settings = OperatorConfig::default().with_assets(Assets::parse_all("
/// apiVersion: v1
/// kind: Secret
/// metadata: {name: metrics, namespace: shop}
/// stringData: {user: scraper}
/// ")?);
/// let rejections = check(&manifest, &settings).unwrap_err();
/// assert_eq!(
///     rejections.to_string(),
///     "spec.podMetricsEndpoints[0].authorization.credentials: the Secret \"metrics\" has no key \
///      \"token\" (rejected by the Operator: reference-key-missing)",
/// );
/// # Ok::<(), exposition::operator::ManifestError>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Assets {
    objects: BTreeMap<(Source, String, String), BTreeMap<String, Vec<u8>>>,
}

/// Displays which objects there are, but not their contents, which are secret.
impl fmt::Debug for Assets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = |data: &BTreeMap<String, Vec<u8>>| data.keys().cloned().collect::<Vec<_>>();
        let objects = self.objects.iter().map(|(name, data)| (name, keys(data)));
        f.debug_map().entries(objects).finish()
    }
}

/// Why a reference cannot be resolved.
pub(super) enum NotFound {
    Object,
    Key,
}

static SCHEMA: Schema = Schema {
    levels: &[],
    foreign: &[],
};

static OBJECT: Level = Level {
    place: "",
    known: &[&["metadata", "data", "stringData", "binaryData"]],
    aside: &["apiVersion", "kind", "type", "immutable"],
};

static METADATA: Level = Level {
    place: "metadata",
    known: &[&["name", "namespace"]],
    aside: &[],
};

impl Assets {
    /// Reads the Secrets and ConfigMaps of a YAML text with any number of documents and `List`s.
    ///
    /// # Errors
    /// Text that is not YAML; a Secret or ConfigMap without a name or namespace, or with data that is not
    /// base64.
    pub fn parse_all(yaml: &str) -> Result<Self, ManifestError> {
        let mut assets = Assets::default();
        read::resources(&read::documents(yaml)?, |node, place| {
            let source = match node.get("kind").and_then(Node::as_text) {
                Some("Secret") => Source::Secret,
                Some("ConfigMap") => Source::ConfigMap,
                _ => return Ok(()),
            };
            (assets.add(source, node)).map_err(|error| error.within(place))
        })?;
        Ok(assets)
    }

    fn add(&mut self, source: Source, node: &Node) -> Result<(), ManifestError> {
        let mut reader = Reader::new(&SCHEMA);
        let fields = reader.some_fields(node, "", &OBJECT)?;
        let metadata = fields.required("metadata", "it holds name and namespace")?;
        let metadata = reader.some_fields(metadata, "metadata", &METADATA)?;
        let of = |key| {
            let node = metadata.required(key, "references look for it")?;
            text(node, &metadata.path(key))
        };
        let (namespace, name) = (of("namespace")?, of("name")?);
        let plain = |node: &Node, path: &str| Ok(text(node, path)?.into_bytes());
        let mut data = BTreeMap::new();
        let (encoded, written) = match source {
            Source::Secret => ("data", "stringData"),
            Source::ConfigMap => ("binaryData", "data"),
        };
        data.extend(fields.map(encoded, bytes).unwrap_or_default());
        data.extend(fields.map(written, plain).unwrap_or_default());
        reader.fault()?;
        self.objects.insert((source, namespace, name), data);
        Ok(())
    }

    /// Returns the value of a key in a namespace.
    pub(super) fn find(
        &self,
        source: Source,
        namespace: &str,
        key: &KeySelector,
    ) -> Result<&[u8], NotFound> {
        let name = (source, namespace.to_owned(), key.name.clone());
        let object = self.objects.get(&name).ok_or(NotFound::Object)?;
        let value = object.get(&key.key).ok_or(NotFound::Key)?;
        Ok(value)
    }
}

fn bytes(node: &Node, path: &str) -> Result<Vec<u8>, ManifestError> {
    let written = text(node, path)?;
    // The wrong text may be secret, so the error does not show it.
    base64::decode(&written).ok_or_else(|| {
        let error = value_error(path, "…", "base64");
        match error.kind() {
            ManifestErrorKind::Value { .. } => error.under_no_rule(),
            _ => error,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_config_maps_are_read() {
        let assets = Assets::parse_all(
            "kind: Secret\nmetadata: {name: a, namespace: x, labels: {b: c}}\ndata: {user: dQ==, pass: dg==}\n\
             stringData: {user: w}\n---\nkind: Namespace\nmetadata: {name: x}\n---\nkind: List\nitems:\n\
             - {kind: ConfigMap, metadata: {name: a, namespace: x}, data: {ca: c}}\n",
        )
        .unwrap();
        let key = |key: &str| KeySelector {
            name: "a".to_owned(),
            key: key.to_owned(),
        };
        let find = |source, namespace: &str, name: &str| {
            let found = assets.find(source, namespace, &key(name));
            found
                .ok()
                .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        };
        assert_eq!(find(Source::Secret, "x", "user").as_deref(), Some("w"));
        assert_eq!(find(Source::Secret, "x", "pass").as_deref(), Some("v"));
        assert_eq!(find(Source::ConfigMap, "x", "ca").as_deref(), Some("c"));
        assert_eq!(find(Source::Secret, "y", "user"), None);
        assert_eq!(find(Source::Secret, "x", "ca"), None);
        assert!(!format!("{assets:?}").contains('w'));
    }

    #[test]
    fn what_is_wrong_is_not_told_in_full() {
        for (yaml, message) in [
            (
                "kind: Secret\nmetadata: {name: a, namespace: x}\ndata: {user: hunter2!}",
                "data.user: invalid value \"…\": expected base64",
            ),
            (
                "kind: Secret\nmetadata: {name: a}",
                "metadata.namespace: missing: references look for it",
            ),
        ] {
            let error = Assets::parse_all(yaml).unwrap_err();
            assert_eq!(error.to_string(), message);
        }
    }
}
