//! Reads resources of any kind from text, and from anything self-describing.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, de};

use super::{
    error::{ManifestError, ManifestErrorKind},
    fields::{Reader, Schema, join, type_error},
    manifest::Manifest,
    monitor::{PodMonitor, ServiceMonitor},
    probe::Probe,
    read_monitor, read_probe, read_scrape_config,
    resource::KINDS,
    schema, schema_probe, schema_scrape_config,
    scrape_config_resource::ScrapeConfigResource,
};
use crate::yaml::node::{Node, Resolved};
use crate::yaml::{self, YamlError};

impl Manifest {
    /// Reads every monitor of a YAML text: any number of documents, each a monitor or a `List` of monitors,
    /// as `kubectl get -o yaml` prints it. Skips empty documents.
    ///
    /// # Errors
    /// The first error. In a text of several resources the path begins with the resource, empty documents not
    /// counted: `document 2.spec.selector`.
    pub fn parse_all(yaml: &str) -> Result<Vec<Self>, ManifestError> {
        manifests(yaml)
    }
}

impl FromStr for Manifest {
    type Err = ManifestError;

    fn from_str(yaml: &str) -> Result<Self, Self::Err> {
        manifest(&document(yaml)?)
    }
}

impl<'de> Deserialize<'de> for Manifest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        manifest(&Resolved::deserialize(deserializer)?.0).map_err(de::Error::custom)
    }
}

/// Reads one kind alone through serde, from anything self-describing.
macro_rules! deserialize {
    ($($kind:ident = $schema:path, $read:path;)*) => {$(
        impl<'de> Deserialize<'de> for $kind {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let node = Resolved::deserialize(deserializer)?.0;
                let read = finish(&$schema, |reader| $read(&node, reader));
                read.map_err(first).map_err(de::Error::custom)
            }
        }
    )*};
}

deserialize! {
    ServiceMonitor = schema::SERVICE_MONITOR, read_monitor::service_monitor;
    PodMonitor = schema::POD_MONITOR, read_monitor::pod_monitor;
    Probe = schema_probe::PROBE, read_probe::probe;
    ScrapeConfigResource = schema_scrape_config::SCRAPE_CONFIG, read_scrape_config::scrape_config;
}

fn yaml_error(error: &YamlError) -> ManifestError {
    let message = error.to_string();
    ManifestError::new("", ManifestErrorKind::Yaml { message })
}

/// Reads a text that is one YAML document.
pub(super) fn document(yaml: &str) -> Result<Node, ManifestError> {
    match yaml::only(yaml) {
        Ok(Resolved(node)) => Ok(node),
        Err(error) => Err(yaml_error(&error)),
    }
}

/// Reads all documents of a text except empty ones.
pub(super) fn documents(yaml: &str) -> Result<Vec<Node>, ManifestError> {
    let documents: Vec<Resolved> = yaml::all(yaml).map_err(|error| yaml_error(&error))?;
    let nodes = documents.into_iter().map(|Resolved(node)| node);
    Ok(nodes.filter(|node| *node != Node::Null).collect())
}

/// Reads all monitors of a text.
pub(super) fn manifests(yaml: &str) -> Result<Vec<Manifest>, ManifestError> {
    let mut found = Vec::new();
    resources(&documents(yaml)?, |node, place| {
        found.push(manifest(node).map_err(|error| error.within(place))?);
        Ok(())
    })?;
    Ok(found)
}

/// Calls `each` for every resource of some documents, with its place: empty for a single one, otherwise
/// `document 2`, `document 2.items[0]`. Splits lists.
pub(super) fn resources<'n>(
    documents: &'n [Node],
    mut each: impl FnMut(&'n Node, &str) -> Result<(), ManifestError>,
) -> Result<(), ManifestError> {
    for (index, node) in documents.iter().enumerate() {
        let place = match documents.len() {
            1 => String::new(),
            _ => format!("document {}", index + 1),
        };
        let kind = node.get("kind").and_then(Node::as_text).unwrap_or_default();
        if kind != "List" && !(kind.ends_with("List") && node.get("items").is_some()) {
            each(node, &place)?;
            continue;
        }
        let items = match node.get("items") {
            Some(Node::List(items)) => items.as_slice(),
            Some(Node::Null) | None => &[],
            Some(other) => return Err(type_error("items", "a list", other).within(&place)),
        };
        for (index, item) in items.iter().enumerate() {
            each(item, &join(&place, &format!("items[{index}]")))?;
        }
    }
    Ok(())
}

/// Reads one resource of any kind.
pub(super) fn manifest(node: &Node) -> Result<Manifest, ManifestError> {
    all_faults(node).map_err(first)
}

fn first(faults: Vec<ManifestError>) -> ManifestError {
    let first = faults.into_iter().next();
    // There is an error wherever there is no monitor.
    first.unwrap_or_else(|| ManifestError::new("", ManifestErrorKind::Missing { why: "a monitor" }))
}

/// Returns what was read, or everything that is wrong with it.
fn finish<T>(
    schema: &'static Schema,
    read: impl FnOnce(&mut Reader) -> Result<T, ManifestError>,
) -> Result<T, Vec<ManifestError>> {
    let mut reader = Reader::new(schema);
    let done = read(&mut reader);
    match done {
        Ok(value) if reader.fault().is_ok() => Ok(value),
        Ok(_) => Err(reader.into_faults()),
        Err(fault) => {
            reader.add(fault);
            Err(reader.into_faults())
        }
    }
}

/// Reads one resource of any kind, or returns everything that is wrong with it.
pub(super) fn all_faults(node: &Node) -> Result<Manifest, Vec<ManifestError>> {
    match node.get("kind").and_then(Node::as_text) {
        Some("PodMonitor") => finish(&schema::POD_MONITOR, |reader| {
            read_monitor::pod_monitor(node, reader).map(Manifest::PodMonitor)
        }),
        Some("ServiceMonitor") => finish(&schema::SERVICE_MONITOR, |reader| {
            read_monitor::service_monitor(node, reader).map(Manifest::ServiceMonitor)
        }),
        Some("Probe") => finish(&schema_probe::PROBE, |reader| {
            read_probe::probe(node, reader).map(Manifest::Probe)
        }),
        Some("ScrapeConfig") => finish(&schema_scrape_config::SCRAPE_CONFIG, |reader| {
            read_scrape_config::scrape_config(node, reader).map(Manifest::ScrapeConfig)
        }),
        _ => Err(vec![other_kind(node, node.get("kind"))]),
    }
}

/// The kinds, where no kind is written.
const KINDS_ALONE: &str = "a ServiceMonitor, PodMonitor, Probe or ScrapeConfig";

fn other_kind(node: &Node, kind: Option<&Node>) -> ManifestError {
    let resource = |path, expected, found: &Node| {
        let found = found.describe();
        ManifestError::new(path, ManifestErrorKind::Resource { expected, found })
    };
    match kind {
        _ if !matches!(node, Node::Map(_)) => resource("", KINDS_ALONE, node),
        Some(other) => resource("kind", KINDS, other),
        None => {
            let kind = ManifestErrorKind::Missing { why: KINDS };
            ManifestError::new("kind", kind).under_no_rule()
        }
    }
}
