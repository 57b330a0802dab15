//! What a rendering takes from the Prometheus object and from the Operator's flags.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, de};

use super::{
    environment::Environment,
    error::ManifestError,
    fields::{Level, Reader, Schema, choice, text, value_error},
    manifest::AttachMetadata,
    node::{Node, Resolved},
    read,
    values::{ByteSize, PROTOCOLS, ServiceDiscoveryRole},
    version::Version,
};
use crate::{ScrapeProtocol, name::NameScheme, relabel::RuleConfig};

/// The settings of the Prometheus object and of the Operator that shape a scrape configuration.
///
/// The default is an object without settings and an Operator without feature gates. Fields are
/// named as in the Prometheus object's `spec`, save those marked as a flag; with serde, as there,
/// in camel case.
///
/// ```
/// use exposition::operator::OperatorConfig;
///
/// let config: OperatorConfig = exposition::yaml::from_str("{version: v2.55.1, shards: 4}")?;
/// assert_eq!(config.shard_count(), 4);
///
/// let error = exposition::yaml::from_str::<OperatorConfig>("{enforced_namespace_label: tenant}");
/// assert!(error.unwrap_err().to_string().contains(
///     "enforced_namespace_label: unknown key: did you mean `enforcedNamespaceLabel`?"
/// ));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct OperatorConfig {
    /// The Prometheus server's version: fields it does not know are left out.
    pub version: Version,
    /// How many shards the targets are spread over; below 2 means one.
    pub shards: i32,
    /// Flag: which of the shards is looked at, from 0. It is not part of what is rendered, which
    /// names it `$(SHARD)`, only of what a rendered rule is found to do.
    pub shard: u64,
    /// How targets are spread over shards.
    pub sharding_strategy: ShardingStrategy,
    /// Flag: whether the Operator knows topology sharding.
    pub topology_sharding: bool,
    /// Flag: whether the cluster copies the zone label onto pods.
    pub pod_topology_labels: bool,
    /// Flag: whether the Operator knows shard retention.
    pub retention_policies: bool,
    /// Flag: Prometheus Agent, one per node.
    pub daemon_set: bool,
    /// Flag: Prometheus Agent. It matters only for the order of [`render_all`](super::render_all).
    pub agent: bool,
    /// Flag: whether the cluster has the `EndpointSlice` resource.
    pub endpoint_slice_supported: bool,
    /// What `ServiceMonitor`s without a role of their own discover.
    pub service_discovery_role: Option<ServiceDiscoveryRole>,
    /// The label that every target and series gets, set to the monitor's namespace. Empty: none.
    pub enforced_namespace_label: String,
    /// The monitors that are exempt from it.
    pub excluded_from_enforcement: Vec<ObjectReference>,
    /// Whether monitors select only in their own namespace.
    pub ignore_namespace_selectors: bool,
    /// Whether no monitor may honor labels.
    pub override_honor_labels: bool,
    /// Whether no monitor may honor timestamps.
    pub override_honor_timestamps: bool,
    /// Labels of the pod that every series gets, after the monitor's own.
    pub pod_target_labels: Vec<String>,
    /// The most `sampleLimit` may be.
    pub enforced_sample_limit: Option<u64>,
    /// The most `targetLimit` may be.
    pub enforced_target_limit: Option<u64>,
    /// The most `labelLimit` may be.
    pub enforced_label_limit: Option<u64>,
    /// The most `labelNameLengthLimit` may be.
    pub enforced_label_name_length_limit: Option<u64>,
    /// The most `labelValueLengthLimit` may be.
    pub enforced_label_value_length_limit: Option<u64>,
    /// The most `keepDroppedTargets` may be.
    pub enforced_keep_dropped_targets: Option<u64>,
    /// The most `bodySizeLimit` may be.
    pub enforced_body_size_limit: Option<ByteSize>,
    /// Rules and settings that monitors refer to by name.
    pub scrape_classes: Vec<ScrapeClass>,
    /// `apiserverConfig.host`: where the Kubernetes API is.
    pub api_server: Option<String>,
}

/// Rules and settings that monitors refer to by name, or that hold for all that name none.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ScrapeClass {
    /// What a monitor's `scrapeClass` says.
    pub name: String,
    /// Whether it holds for monitors that name no class there is.
    pub default: bool,
    /// Rules for a target's labels, before the monitor's.
    pub relabelings: Vec<RuleConfig>,
    /// Rules for every scraped series, before the monitor's.
    pub metric_relabelings: Vec<RuleConfig>,
    /// What else is discovered about a target, unless the monitor says.
    pub attach_metadata: Option<AttachMetadata>,
    /// The format of an answer that does not name one, unless the monitor says.
    pub fallback_scrape_protocol: Option<ScrapeProtocol>,
}

/// How targets are spread over shards.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ShardingStrategy {
    /// By address alone, or by zone first.
    pub mode: ShardingMode,
    /// `topology.values`: the zones.
    pub zones: Vec<String>,
}

/// What decides the shard of a target.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum ShardingMode {
    /// Its address.
    #[default]
    Address,
    /// Its zone, then its address.
    Topology,
}

/// Monitors that a setting does not hold for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObjectReference {
    /// The API group. Default: `monitoring.coreos.com`.
    pub group: String,
    /// `servicemonitors` or `podmonitors`.
    pub resource: String,
    /// The monitors' namespace.
    pub namespace: String,
    /// The monitor's name; empty means all of the namespace.
    pub name: String,
}

impl OperatorConfig {
    /// How many shards there are: at least one.
    #[must_use]
    pub fn shard_count(&self) -> u64 {
        u64::try_from(self.shards).unwrap_or(1).max(1)
    }

    /// The zones that topology sharding spreads targets over; empty if it is not active (rule M15).
    #[must_use]
    pub fn zones(&self) -> &[String] {
        let strategy = &self.sharding_strategy;
        if self.topology_sharding && strategy.mode == ShardingMode::Topology {
            &strategy.zones
        } else {
            &[]
        }
    }

    /// How many shards each zone has, or all shards if topology sharding is not active.
    #[must_use]
    pub fn shards_per_zone(&self) -> u64 {
        let zones = u64::try_from(self.zones().len()).unwrap_or(u64::MAX);
        self.shard_count()
            .checked_div(zones)
            .unwrap_or(self.shard_count())
            .max(1)
    }

    /// Which label names the server accepts: any since Prometheus 3.
    #[must_use]
    pub fn name_scheme(&self) -> NameScheme {
        if self.version.major() < 3 {
            NameScheme::Legacy
        } else {
            NameScheme::Utf8
        }
    }

    /// What `$(SHARD)` and its like stand for in the shard that is looked at.
    ///
    /// Shards take turns through the zones: with two zones, shard 2 is the second of the first zone.
    #[must_use]
    pub fn environment(&self) -> Environment {
        let mut environment = Environment::default();
        environment.set("SHARD", self.shard.to_string());
        let zones = self.zones();
        let count = u64::try_from(zones.len()).unwrap_or(u64::MAX);
        if let (Some(zone), Some(turn)) =
            (self.shard.checked_rem(count), self.shard.checked_div(count))
        {
            let zone = usize::try_from(zone).ok().and_then(|zone| zones.get(zone));
            environment.set("TOPOLOGY_ZONE", zone.cloned().unwrap_or_default());
            environment.set("INZONE_SHARD", (turn % self.shards_per_zone()).to_string());
        }
        environment
    }

    /// The class of a monitor that names `name`, if any (rule M12).
    pub(super) fn scrape_class(&self, name: Option<&str>) -> Option<&ScrapeClass> {
        let named = name.and_then(|name| self.scrape_classes.iter().find(|c| c.name == name));
        named.or_else(|| self.scrape_classes.iter().find(|class| class.default))
    }

    /// The label enforced on a monitor, if any (rule M13).
    pub(super) fn enforced_label(
        &self,
        resource: &str,
        namespace: &str,
        name: &str,
    ) -> Option<&str> {
        let excluded = self.excluded_from_enforcement.iter().any(|reference| {
            reference.group == ObjectReference::GROUP
                && reference.resource == resource
                && !reference.namespace.is_empty()
                && reference.namespace == namespace
                && (reference.name.is_empty() || reference.name == name)
        });
        let label = self.enforced_namespace_label.as_str();
        (!label.is_empty() && !excluded).then_some(label)
    }
}

impl ObjectReference {
    const GROUP: &str = "monitoring.coreos.com";
}

impl ShardingMode {
    const WORDS: &[(&'static str, Self)] = &[
        ("Address", ShardingMode::Address),
        ("Topology", ShardingMode::Topology),
    ];
}

static TOP: Level = Level {
    place: "",
    known: &[
        "version",
        "shards",
        "shard",
        "shardingStrategy",
        "topologySharding",
        "podTopologyLabels",
        "retentionPolicies",
        "daemonSet",
        "agent",
        "endpointSliceSupported",
        "serviceDiscoveryRole",
        "enforcedNamespaceLabel",
        "excludedFromEnforcement",
        "ignoreNamespaceSelectors",
        "overrideHonorLabels",
        "overrideHonorTimestamps",
        "podTargetLabels",
        "enforcedSampleLimit",
        "enforcedTargetLimit",
        "enforcedLabelLimit",
        "enforcedLabelNameLengthLimit",
        "enforcedLabelValueLengthLimit",
        "enforcedKeepDroppedTargets",
        "enforcedBodySizeLimit",
        "scrapeClasses",
        "apiserverConfig",
    ],
    // These go into the global section of Prometheus' configuration, not into a scrape
    // configuration.
    aside: &[
        "scrapeInterval",
        "scrapeTimeout",
        "sampleLimit",
        "targetLimit",
        "labelLimit",
        "labelNameLengthLimit",
        "labelValueLengthLimit",
        "keepDroppedTargets",
        "bodySizeLimit",
        "evaluationInterval",
        "externalLabels",
        "scrapeProtocols",
    ],
};

static SHARDING: Level = Level {
    place: "shardingStrategy",
    known: &["mode", "topology"],
    aside: &[],
};

static TOPOLOGY: Level = Level {
    place: "shardingStrategy.topology",
    known: &["values"],
    aside: &["externalLabelName"],
};

static REFERENCE: Level = Level {
    place: "excludedFromEnforcement[]",
    known: &["group", "resource", "namespace", "name"],
    aside: &[],
};

static SCRAPE_CLASS: Level = Level {
    place: "scrapeClasses[]",
    known: &[
        "name",
        "default",
        "relabelings",
        "metricRelabelings",
        "attachMetadata",
        "fallbackScrapeProtocol",
    ],
    aside: &["authorization", "tlsConfig"],
};

static ATTACH_METADATA: Level = Level {
    place: "scrapeClasses[].attachMetadata",
    known: &["node"],
    aside: &[],
};

static RULE: Level = Level {
    place: "scrapeClasses[].relabelings[]",
    known: super::schema::RULE_KEYS,
    aside: &[],
};

static API_SERVER: Level = Level {
    place: "apiserverConfig",
    known: &["host"],
    aside: &[
        "authorization",
        "basicAuth",
        "bearerToken",
        "bearerTokenFile",
        "tlsConfig",
    ],
};

static SCHEMA: Schema = Schema {
    levels: &[
        &TOP,
        &SHARDING,
        &TOPOLOGY,
        &REFERENCE,
        &SCRAPE_CLASS,
        &ATTACH_METADATA,
        &RULE,
        &API_SERVER,
    ],
    foreign: &[],
};

impl FromStr for OperatorConfig {
    type Err = ManifestError;

    fn from_str(yaml: &str) -> Result<Self, Self::Err> {
        config(&read::document(yaml)?)
    }
}

impl<'de> Deserialize<'de> for OperatorConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        config(&Resolved::deserialize(deserializer)?.0).map_err(de::Error::custom)
    }
}

fn config(node: &Node) -> Result<OperatorConfig, ManifestError> {
    let mut reader = Reader::new(&SCHEMA);
    let fields = reader.fields(node, "", &TOP)?;
    let flag = |key| Ok::<_, ManifestError>(fields.flag(key)?.unwrap_or(false));
    let limit = |key| fields.number(key, "a whole number that is not negative");
    Ok(OperatorConfig {
        version: fields.read("version", version)?.unwrap_or_default(),
        shards: fields
            .number("shards", "a whole number")?
            .unwrap_or_default(),
        shard: limit("shard")?.unwrap_or_default(),
        sharding_strategy: fields
            .read("shardingStrategy", |node, path| {
                sharding(node, path, &mut reader)
            })?
            .unwrap_or_default(),
        topology_sharding: flag("topologySharding")?,
        pod_topology_labels: flag("podTopologyLabels")?,
        retention_policies: flag("retentionPolicies")?,
        daemon_set: flag("daemonSet")?,
        agent: flag("agent")?,
        endpoint_slice_supported: flag("endpointSliceSupported")?,
        service_discovery_role: fields
            .choice("serviceDiscoveryRole", ServiceDiscoveryRole::WORDS)?,
        enforced_namespace_label: fields.text("enforcedNamespaceLabel")?.unwrap_or_default(),
        excluded_from_enforcement: fields.list("excludedFromEnforcement", |node, path| {
            reference(node, path, &mut reader)
        })?,
        ignore_namespace_selectors: flag("ignoreNamespaceSelectors")?,
        override_honor_labels: flag("overrideHonorLabels")?,
        override_honor_timestamps: flag("overrideHonorTimestamps")?,
        pod_target_labels: fields.texts("podTargetLabels")?,
        enforced_sample_limit: limit("enforcedSampleLimit")?,
        enforced_target_limit: limit("enforcedTargetLimit")?,
        enforced_label_limit: limit("enforcedLabelLimit")?,
        enforced_label_name_length_limit: limit("enforcedLabelNameLengthLimit")?,
        enforced_label_value_length_limit: limit("enforcedLabelValueLengthLimit")?,
        enforced_keep_dropped_targets: limit("enforcedKeepDroppedTargets")?,
        enforced_body_size_limit: fields
            .read("enforcedBodySizeLimit", read::byte_size)?
            .flatten(),
        scrape_classes: fields.list("scrapeClasses", |node, path| {
            scrape_class(node, path, &mut reader)
        })?,
        api_server: fields
            .read("apiserverConfig", |node, path| {
                reader.fields(node, path, &API_SERVER)?.text("host")
            })?
            .flatten(),
    })
}

fn version(node: &Node, path: &str) -> Result<Version, ManifestError> {
    let written = text(node, path)?;
    if written.is_empty() {
        return Ok(Version::default());
    }
    let expected = "a version of Prometheus 2 or 3, such as v3.13.2";
    (written.parse()).map_err(|_| value_error(path, &written, expected))
}

fn sharding(
    node: &Node,
    path: &str,
    reader: &mut Reader,
) -> Result<ShardingStrategy, ManifestError> {
    let fields = reader.fields(node, path, &SHARDING)?;
    let zones = fields.read("topology", |node, path| {
        reader.fields(node, path, &TOPOLOGY)?.texts("values")
    })?;
    Ok(ShardingStrategy {
        mode: (fields.read("mode", |node, path| choice(node, path, ShardingMode::WORDS))?)
            .unwrap_or_default(),
        zones: zones.unwrap_or_default(),
    })
}

fn reference(
    node: &Node,
    path: &str,
    reader: &mut Reader,
) -> Result<ObjectReference, ManifestError> {
    let fields = reader.fields(node, path, &REFERENCE)?;
    Ok(ObjectReference {
        group: (fields.text("group")?.filter(|group| !group.is_empty()))
            .unwrap_or_else(|| ObjectReference::GROUP.to_owned()),
        resource: fields.text("resource")?.unwrap_or_default(),
        namespace: fields.text("namespace")?.unwrap_or_default(),
        name: fields.text("name")?.unwrap_or_default(),
    })
}

fn scrape_class(
    node: &Node,
    path: &str,
    reader: &mut Reader,
) -> Result<ScrapeClass, ManifestError> {
    let fields = reader.fields(node, path, &SCRAPE_CLASS)?;
    let mut rules = |key| fields.list(key, |node, path| read::rule(node, path, &RULE, reader));
    Ok(ScrapeClass {
        relabelings: rules("relabelings")?,
        metric_relabelings: rules("metricRelabelings")?,
        name: text(
            fields.required("name", "monitors refer to the class by it")?,
            &fields.path("name"),
        )?,
        default: fields.flag("default")?.unwrap_or(false),
        attach_metadata: fields.read("attachMetadata", |node, path| {
            read::attach_metadata(node, path, &ATTACH_METADATA, reader)
        })?,
        fallback_scrape_protocol: fields.choice("fallbackScrapeProtocol", PROTOCOLS)?,
    })
}
