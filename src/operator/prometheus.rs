//! The parts of the Prometheus object that shape a scrape configuration.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, de};

use super::{
    config::OperatorConfig,
    config_read,
    error::{ManifestError, ManifestErrorKind},
    fields::{Level, Reader, Schema, text},
    key_selector::{KeySelector, key_selector},
    read, selector_read,
};
use crate::discovery::kubernetes::selector::LabelSelector;
use crate::yaml::node::{Node, Resolved};

/// The parts of a `Prometheus` or `PrometheusAgent` object that determine what happens to monitors.
///
/// ```
/// use exposition::operator::{Manifest, Prometheus, render};
///
/// let prometheus: Prometheus = "
/// apiVersion: monitoring.coreos.com/v1
/// kind: Prometheus
/// metadata: {name: main, namespace: monitoring}
/// spec:
///   replicas: 2
///   shards: 3
///   serviceMonitorSelector: {}
/// ".parse()?;
/// prometheus.check()?;
/// assert_eq!(prometheus.settings.shard_count(), 3);
/// // As Operator 0.92 and later without flags of its own.
/// assert!(prometheus.settings.retention_policies);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Prometheus {
    /// `metadata.name`.
    pub name: String,
    /// `metadata.namespace`.
    pub namespace: String,
    /// The settings that shape scrape configurations, and the flags of an Operator with default flags.
    pub settings: OperatorConfig,
    /// The label and namespace selectors of the object, by field: `serviceMonitorSelector`. An absent label
    /// selector selects nothing, an absent namespace selector only the object's own namespace.
    pub selectors: Vec<(&'static str, LabelSelector)>,
    /// The Secret with further scrape configurations, which the Operator writes after the rendered ones as they
    /// are ([K4](crate::docs::operator#k4)). They are not part of what is rendered here.
    pub additional_scrape_configs: Option<KeySelector>,
    pub(super) paused: bool,
}

const SELECTORS: [&str; 8] = [
    "serviceMonitorSelector",
    "serviceMonitorNamespaceSelector",
    "podMonitorSelector",
    "podMonitorNamespaceSelector",
    "probeSelector",
    "probeNamespaceSelector",
    "scrapeConfigSelector",
    "scrapeConfigNamespaceSelector",
];

static TOP: Level = Level {
    place: "",
    known: &[&["apiVersion", "kind", "metadata", "spec", "status"]],
    aside: &[],
};

/// The fields of `spec` that are read here; there are about a hundred others.
static SPEC: Level = Level {
    place: "spec",
    known: &[
        &[
            "version",
            "shards",
            "shardingStrategy",
            "mode",
            "paused",
            "additionalScrapeConfigs",
        ],
        config_read::SETTINGS,
        &SELECTORS,
    ],
    aside: &[],
};

static METADATA: Level = Level {
    place: "metadata",
    known: &[&["name", "namespace"]],
    aside: &[],
};

static SCHEMA: Schema = Schema {
    levels: &[],
    foreign: &[],
};

impl FromStr for Prometheus {
    type Err = ManifestError;

    /// Reads the object from YAML or JSON. Skips fields that do not affect a scrape configuration.
    fn from_str(yaml: &str) -> Result<Self, Self::Err> {
        Prometheus::from_node(&read::document(yaml)?)
    }
}

impl<'de> Deserialize<'de> for Prometheus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Prometheus::from_node(&Resolved::deserialize(deserializer)?.0).map_err(de::Error::custom)
    }
}

impl Prometheus {
    /// Reads the object from its tree.
    pub(super) fn from_node(node: &Node) -> Result<Self, ManifestError> {
        let mut reader = Reader::new(&SCHEMA);
        let prometheus = prometheus(node, &mut reader)?;
        reader.fault().map(|()| prometheus)
    }

    /// Tells whether a YAML text of one document is such an object and not bare settings.
    #[must_use]
    pub fn is_meant(yaml: &str) -> bool {
        read::document(yaml).is_ok_and(|node| node.get("kind").is_some())
    }
}

fn prometheus(node: &Node, reader: &mut Reader) -> Result<Prometheus, ManifestError> {
    let top = reader.fields(node, "", &TOP)?;
    let kind = top.required("kind", "Prometheus or PrometheusAgent")?;
    let (agent, version) = match kind.as_text() {
        Some("Prometheus") => (false, "monitoring.coreos.com/v1"),
        Some("PrometheusAgent") => (true, "monitoring.coreos.com/v1alpha1"),
        _ => {
            let kind = ManifestErrorKind::Resource {
                expected: "Prometheus or PrometheusAgent",
                found: kind.describe(),
            };
            return Err(ManifestError::new("kind", kind));
        }
    };
    let found = top.required(
        "apiVersion",
        "monitoring.coreos.com/v1, v1alpha1 for an agent",
    )?;
    if found.as_text() != Some(version) {
        let kind = ManifestErrorKind::Resource {
            expected: version,
            found: found.describe(),
        };
        return Err(ManifestError::new("apiVersion", kind));
    }
    let metadata = top.required("metadata", "it holds name and namespace")?;
    let metadata = reader.some_fields(metadata, "metadata", &METADATA)?;
    let name = metadata.required("name", "the object's name")?;
    let spec = top.required("spec", "it holds the settings")?;
    let spec = reader.some_fields(spec, "spec", &SPEC)?;

    let mut settings = config_read::settings(&spec, reader);
    settings.agent = agent;
    settings.daemon_set = agent && spec.text("mode").as_deref() == Some("DaemonSet");
    let mut selectors = Vec::new();
    for key in SELECTORS {
        let selector = spec.read(key, |node, path| {
            selector_read::selector(node, path, reader)
        });
        selectors.extend(selector.map(|selector| (key, selector)));
    }
    Ok(Prometheus {
        name: text(name, "metadata.name")?,
        // Only the selection of monitors uses it.
        namespace: metadata
            .text("namespace")
            .unwrap_or_else(|| "default".to_owned()),
        settings: settings.with_default_flags(),
        paused: spec.flag("paused").unwrap_or(false),
        additional_scrape_configs: spec.read("additionalScrapeConfigs", |node, path| {
            key_selector(node, path, reader)
        }),
        selectors,
    })
}
