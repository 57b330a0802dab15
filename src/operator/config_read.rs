//! Reads the settings from YAML: bare, or in the Prometheus object's `spec`.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, de};

use super::{
    check::rule,
    config::{ObjectReference, OperatorConfig, ScrapeClass, ShardingMode, ShardingStrategy},
    credentials,
    error::ManifestError,
    fields::{Fields, Level, Reader, Schema, number, text, value_error},
    read, schema, selector_read, tls,
    user_rule::user_rule,
    values::{PROTOCOLS, ServiceDiscoveryRole},
    values_read,
    version::{Version, VersionError},
};
use crate::yaml::node::{Node, Resolved};

static TOP: Level = Level {
    place: "",
    known: &[
        &[
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
        ],
        SETTINGS,
    ],
    // These go into the global section of Prometheus' configuration, and do not affect a scrape.
    aside: &["evaluationInterval", "externalLabels", "scrapeProtocols"],
};

/// The settings that the object's `spec` has under the same names.
pub(super) const SETTINGS: &[&str] = &[
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
    "scrapeInterval",
    "scrapeTimeout",
    "sampleLimit",
    "targetLimit",
    "labelLimit",
    "labelNameLengthLimit",
    "labelValueLengthLimit",
    "keepDroppedTargets",
    "bodySizeLimit",
    "arbitraryFSAccessThroughSMs",
];

static SHARDING: Level = Level {
    place: "shardingStrategy",
    known: &[&["mode", "topology"]],
    aside: &[],
};

static TOPOLOGY: Level = Level {
    place: "shardingStrategy.topology",
    known: &[&["values"]],
    aside: &["externalLabelName"],
};

static REFERENCE: Level = Level {
    place: "excludedFromEnforcement[]",
    known: &[&["group", "resource", "namespace", "name"]],
    aside: &[],
};

static SCRAPE_CLASS: Level = Level {
    place: "scrapeClasses[]",
    known: &[&[
        "name",
        "default",
        "relabelings",
        "metricRelabelings",
        "attachMetadata",
        "fallbackScrapeProtocol",
        "authorization",
        "tlsConfig",
    ]],
    aside: &[],
};

static ATTACH_METADATA: Level = Level {
    place: "scrapeClasses[].attachMetadata",
    known: &[&["node"]],
    aside: &[],
};

static RULE: Level = Level {
    place: "scrapeClasses[].relabelings[]",
    known: &[schema::RULE_KEYS],
    aside: &[],
};

static API_SERVER: Level = Level {
    place: "apiserverConfig",
    known: &[&["host"]],
    aside: &[
        "authorization",
        "basicAuth",
        "bearerToken",
        "bearerTokenFile",
        "noProxy",
        "proxyConnectHeader",
        "proxyFromEnvironment",
        "proxyUrl",
        "tlsConfig",
    ],
};

static FILE_ACCESS: Level = Level {
    place: "arbitraryFSAccessThroughSMs",
    known: &[&["deny"]],
    aside: &[],
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
    let config = settings(&fields, &mut reader);
    reader.fault().map(|()| config)
}

/// Reads the settings among some fields, which may be those of a Prometheus object's `spec`.
pub(super) fn settings(fields: &Fields<'_>, reader: &mut Reader) -> OperatorConfig {
    let flag = |key| fields.flag(key).unwrap_or(false);
    let limit = |key| fields.number(key, "a whole number that is not negative");
    OperatorConfig {
        version: fields.read("version", version).unwrap_or_default(),
        shards: fields.read("shards", shards).unwrap_or_default(),
        shard: limit("shard").unwrap_or_default(),
        sharding_strategy: fields
            .read("shardingStrategy", |node, path| {
                sharding(node, path, reader)
            })
            .unwrap_or_default(),
        topology_sharding: flag("topologySharding"),
        pod_topology_labels: flag("podTopologyLabels"),
        retention_policies: flag("retentionPolicies"),
        daemon_set: flag("daemonSet"),
        agent: flag("agent"),
        endpoint_slice_supported: flag("endpointSliceSupported"),
        service_discovery_role: fields.choice("serviceDiscoveryRole", ServiceDiscoveryRole::WORDS),
        enforced_namespace_label: fields.text("enforcedNamespaceLabel").unwrap_or_default(),
        excluded_from_enforcement: fields.list("excludedFromEnforcement", |node, path| {
            reference(node, path, reader)
        }),
        ignore_namespace_selectors: flag("ignoreNamespaceSelectors"),
        override_honor_labels: flag("overrideHonorLabels"),
        override_honor_timestamps: flag("overrideHonorTimestamps"),
        pod_target_labels: fields.texts("podTargetLabels"),
        enforced_sample_limit: limit("enforcedSampleLimit"),
        enforced_target_limit: limit("enforcedTargetLimit"),
        enforced_label_limit: limit("enforcedLabelLimit"),
        enforced_label_name_length_limit: limit("enforcedLabelNameLengthLimit"),
        enforced_label_value_length_limit: limit("enforcedLabelValueLengthLimit"),
        enforced_keep_dropped_targets: limit("enforcedKeepDroppedTargets"),
        enforced_body_size_limit: fields
            .read("enforcedBodySizeLimit", values_read::byte_size)
            .flatten(),
        scrape_classes: fields.list("scrapeClasses", |node, path| {
            scrape_class(node, path, reader)
        }),
        api_server: fields
            .read("apiserverConfig", |node, path| {
                Ok(reader.fields(node, path, &API_SERVER)?.text("host"))
            })
            .flatten(),
        scrape_interval: fields.read("scrapeInterval", values_read::duration),
        scrape_timeout: fields.read("scrapeTimeout", values_read::duration),
        sample_limit: limit("sampleLimit"),
        target_limit: limit("targetLimit"),
        label_limit: limit("labelLimit"),
        label_name_length_limit: limit("labelNameLengthLimit"),
        label_value_length_limit: limit("labelValueLengthLimit"),
        keep_dropped_targets: limit("keepDroppedTargets"),
        body_size_limit: fields
            .read("bodySizeLimit", values_read::byte_size)
            .flatten(),
        deny_file_access: fields
            .read("arbitraryFSAccessThroughSMs", |node, path| {
                Ok(reader.fields(node, path, &FILE_ACCESS)?.flag("deny"))
            })
            .flatten()
            .unwrap_or(false),
        assets: None,
    }
}

/// The most shards that a configuration is rendered for, because rules name each of them.
const MOST_SHARDS: i32 = 10_000;

fn shards(node: &Node, path: &str) -> Result<i32, ManifestError> {
    let shards = number(node, path, "a whole number")?;
    match shards > MOST_SHARDS {
        false => Ok(shards),
        true => {
            let expected = format!("at most {MOST_SHARDS} shards");
            Err(value_error(path, &shards.to_string(), expected).under_no_rule())
        }
    }
}

fn version(node: &Node, path: &str) -> Result<Version, ManifestError> {
    let written = text(node, path)?;
    if written.is_empty() {
        return Ok(Version::default());
    }
    let expected = "a version of Prometheus 2 or 3, such as v3.13.2";
    written.parse().map_err(|error| {
        let rule = match error {
            VersionError::Syntax { .. } => &rule::VERSION_SYNTAX,
            VersionError::Unsupported { .. } => &rule::VERSION_UNSUPPORTED,
        };
        value_error(path, &written, expected).under(rule)
    })
}

fn sharding(
    node: &Node,
    path: &str,
    reader: &mut Reader,
) -> Result<ShardingStrategy, ManifestError> {
    let fields = reader.fields(node, path, &SHARDING)?;
    let zones = fields.read("topology", |node, path| {
        Ok(reader.fields(node, path, &TOPOLOGY)?.texts("values"))
    });
    Ok(ShardingStrategy {
        mode: fields
            .choice("mode", ShardingMode::WORDS)
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
        group: (fields.text("group").filter(|group| !group.is_empty()))
            .unwrap_or_else(|| ObjectReference::GROUP.to_owned()),
        resource: fields.text("resource").unwrap_or_default(),
        namespace: fields.text("namespace").unwrap_or_default(),
        name: fields.text("name").unwrap_or_default(),
    })
}

fn scrape_class(
    node: &Node,
    path: &str,
    reader: &mut Reader,
) -> Result<ScrapeClass, ManifestError> {
    let fields = reader.fields(node, path, &SCRAPE_CLASS)?;
    let mut rules = |key| fields.list(key, |node, path| user_rule(node, path, &RULE, reader));
    Ok(ScrapeClass {
        relabelings: rules("relabelings"),
        metric_relabelings: rules("metricRelabelings"),
        name: text(
            fields.required("name", "monitors refer to the class by it")?,
            &fields.path("name"),
        )?,
        default: fields.flag("default").unwrap_or(false),
        attach_metadata: fields.read("attachMetadata", |node, path| {
            selector_read::attach_metadata(node, path, &ATTACH_METADATA, reader)
        }),
        fallback_scrape_protocol: fields.choice("fallbackScrapeProtocol", PROTOCOLS),
        tls_config: fields.read("tlsConfig", |node, path| {
            tls::tls_config(node, path, &tls::TLS_CONFIG, reader)
        }),
        authorization: fields.read("authorization", |node, path| {
            let level = &credentials::AUTHORIZATION_WITH_FILE;
            credentials::authorization(node, path, level, reader)
        }),
    })
}
