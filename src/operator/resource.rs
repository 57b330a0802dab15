//! What every kind of resource begins with: its kind, its metadata, its `spec`.

use std::collections::BTreeMap;

use super::{
    check::rule,
    error::{ManifestError, ManifestErrorKind},
    fields::{Fields, Level, Reader, text},
    schema,
};
use crate::yaml::node::Node;

/// The kinds of resources, for messages.
pub(super) const KINDS: &str = "ServiceMonitor, PodMonitor, Probe or ScrapeConfig";

/// What differs between the kinds of resources from the start.
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) api_version: &'static str,
    pub(super) spec: &'static Level,
}

/// What every kind of resource begins with.
pub(super) struct Head<'n> {
    pub(super) name: String,
    pub(super) namespace: String,
    pub(super) labels: BTreeMap<String, String>,
    /// The fields of `spec`.
    pub(super) fields: Fields<'n>,
}

/// Reads metadata and `spec`, after the kind of the resource is known.
pub(super) fn head<'n>(
    node: &'n Node,
    kind: &Kind,
    reader: &mut Reader,
) -> Result<Head<'n>, ManifestError> {
    let top = reader.fields(node, "", &schema::TOP)?;
    let why = "monitoring.coreos.com/v1, v1alpha1 for a ScrapeConfig";
    let version = top.required("apiVersion", why)?;
    if version.as_text() != Some(kind.api_version) {
        let kind = ManifestErrorKind::Resource {
            expected: kind.api_version,
            found: version.describe(),
        };
        return Err(ManifestError::new("apiVersion", kind).under(&rule::API_VERSION));
    }
    let found = top.required("kind", KINDS)?;
    if found.as_text() != Some(kind.name) {
        let kind = ManifestErrorKind::Resource {
            expected: kind.name,
            found: found.describe(),
        };
        return Err(ManifestError::new("kind", kind));
    }
    let metadata = top.required("metadata", "it holds name and namespace")?;
    let metadata = reader.fields(metadata, "metadata", &schema::METADATA)?;
    let labels = metadata.map("labels", text).unwrap_or_default();
    // They do not affect a scrape, but must be text.
    metadata.map("annotations", text);
    let name = metadata.required("name", "the job's name is made of it");
    let name = name.map_err(|error| match metadata.get("generateName") {
        None => error.under(&rule::OBJECT_NAME),
        // A cluster makes a name from it.
        Some(_) => error.under_no_rule(),
    })?;
    let name = text(name, "metadata.name")?;
    // A cluster knows the namespace anyway.
    let namespace = text(
        metadata
            .required(
                "namespace",
                "the job's name is made of it, and targets are searched in it; a cluster would fill in \
                 the namespace of whoever applies the manifest",
            )
            .map_err(ManifestError::under_no_rule)?,
        "metadata.namespace",
    )?;
    let spec = top.required("spec", "it says what is scraped")?;
    let spec = reader.fields(spec, "spec", kind.spec)?;
    Ok(Head {
        name,
        namespace,
        labels,
        fields: spec,
    })
}
