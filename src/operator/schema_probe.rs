//! The keys that every place of a `Probe` may have, by the schema of Operator 0.93.

use super::{
    fields::{Level, Schema},
    http_config::{IDENTITY, PROXY},
    schema::{METADATA, NAMESPACE_SELECTOR, REQUIREMENT, RULE_KEYS, SELECTOR, TOP},
    settings::SETTINGS,
};

pub(super) static SPEC: Level = Level {
    place: "spec",
    known: &[
        &["prober", "targets", "module", "jobName", "interval"],
        &["scrapeTimeout", "params", "metricRelabelings"],
        &["followRedirects", "enableHttp2", "tlsConfig"],
        &["bearerTokenSecret"],
        IDENTITY,
        SETTINGS,
    ],
    aside: &[],
};

pub(super) static PROBER: Level = Level {
    place: "spec.prober",
    known: &[&["url", "scheme", "path"], PROXY],
    aside: &[],
};

pub(super) static TARGETS: Level = Level {
    place: "spec.targets",
    known: &[&["staticConfig", "ingress"]],
    aside: &[],
};

pub(super) static STATIC_CONFIG: Level = Level {
    place: "spec.targets.staticConfig",
    known: &[&["static", "labels", "relabelingConfigs"]],
    aside: &[],
};

pub(super) static INGRESS: Level = Level {
    place: "spec.targets.ingress",
    known: &[&["selector", "namespaceSelector", "relabelingConfigs"]],
    aside: &[],
};

pub(super) static PARAM: Level = Level {
    place: "spec.params[]",
    known: &[&["name", "values"]],
    aside: &[],
};

/// The rules of a `Probe`, wherever they are.
pub(super) static RULE: Level = Level {
    place: "spec.metricRelabelings[]",
    known: &[RULE_KEYS],
    aside: &[],
};

pub(super) static PROBE: Schema = Schema {
    levels: &[
        &TOP,
        &METADATA,
        &SPEC,
        &PROBER,
        &TARGETS,
        &STATIC_CONFIG,
        &INGRESS,
        &PARAM,
        &RULE,
        &SELECTOR,
        &REQUIREMENT,
        &NAMESPACE_SELECTOR,
    ],
    foreign: &[
        ("endpoints", "ServiceMonitor", Some("targets")),
        ("podMetricsEndpoints", "PodMonitor", Some("targets")),
        (
            "relabelings",
            "ServiceMonitor",
            Some("targets.staticConfig.relabelingConfigs"),
        ),
        (
            "staticConfigs",
            "ScrapeConfig",
            Some("targets.staticConfig"),
        ),
        ("bodySizeLimit", "ServiceMonitor", None),
    ],
};
