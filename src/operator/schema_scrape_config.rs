//! The keys that every place of a `ScrapeConfig` may have, by the schema of Operator 0.93. Those of discoveries
//! without types of their own stand with their kinds.

use super::{
    fields::{Level, Schema},
    http_config::{CLIENT, IDENTITY, PROXY},
    schema::{METADATA, RULE_KEYS, TOP},
    service_discovery_kinds,
    settings::SETTINGS,
};

pub(super) static SPEC: Level = Level {
    place: "spec",
    known: &[
        &["staticConfigs", "fileSDConfigs", "httpSDConfigs"],
        &["kubernetesSDConfigs", "consulSDConfigs", "dnsSDConfigs"],
        service_discovery_kinds::KEYS,
        &["jobName", "relabelings", "metricRelabelings"],
        &["metricsPath", "scrapeInterval", "scrapeTimeout"],
        &["honorLabels", "honorTimestamps"],
        &["trackTimestampsStaleness", "params", "scheme"],
        &["enableCompression", "enableHTTP2", "tlsConfig"],
        IDENTITY,
        PROXY,
        &["nameValidationScheme", "nameEscapingScheme"],
        &["bodySizeLimit"],
        SETTINGS,
    ],
    aside: &[],
};

pub(super) static RULE: Level = Level {
    place: "spec.relabelings[]",
    known: &[RULE_KEYS],
    aside: &[],
};

pub(super) static STATIC_CONFIG: Level = Level {
    place: "spec.staticConfigs[]",
    known: &[&["targets", "labels"]],
    aside: &[],
};

pub(super) static FILE: Level = Level {
    place: "spec.fileSDConfigs[]",
    known: &[&["files", "refreshInterval"]],
    aside: &[],
};

pub(super) static HTTP: Level = Level {
    place: "spec.httpSDConfigs[]",
    known: &[&["url", "refreshInterval"], IDENTITY, PROXY, CLIENT],
    aside: &[],
};

pub(super) static KUBERNETES: Level = Level {
    place: "spec.kubernetesSDConfigs[]",
    known: &[
        &["role", "namespaces", "selectors"],
        &["attachMetadata", "apiServer"],
        IDENTITY,
        PROXY,
        CLIENT,
    ],
    aside: &[],
};

pub(super) static NAMESPACES: Level = Level {
    place: "spec.kubernetesSDConfigs[].namespaces",
    known: &[&["names", "ownNamespace"]],
    aside: &[],
};

pub(super) static ATTACH_METADATA: Level = Level {
    place: "spec.kubernetesSDConfigs[].attachMetadata",
    known: &[&["node"]],
    aside: &[],
};

pub(super) static SELECTOR: Level = Level {
    place: "spec.kubernetesSDConfigs[].selectors[]",
    known: &[&["role", "label", "field"]],
    aside: &[],
};

pub(super) static CONSUL: Level = Level {
    place: "spec.consulSDConfigs[]",
    known: &[
        &["server", "services", "tags", "nodeMeta", "datacenter"],
        &["scheme", "tokenRef", "pathPrefix", "namespace"],
        &["partition", "tagSeparator", "filter", "healthFilter"],
        &["allowStale", "refreshInterval"],
        IDENTITY,
        PROXY,
        CLIENT,
    ],
    aside: &[],
};

pub(super) static DNS: Level = Level {
    place: "spec.dnsSDConfigs[]",
    known: &[&["names", "type", "port", "refreshInterval"]],
    aside: &[],
};

pub(super) static SCRAPE_CONFIG: Schema = Schema {
    levels: &[
        &TOP,
        &METADATA,
        &SPEC,
        &RULE,
        &STATIC_CONFIG,
        &FILE,
        &HTTP,
        &KUBERNETES,
        &NAMESPACES,
        &ATTACH_METADATA,
        &SELECTOR,
        &CONSUL,
        &DNS,
    ],
    foreign: &[
        ("endpoints", "ServiceMonitor", None),
        ("podMetricsEndpoints", "PodMonitor", None),
        ("bearerTokenSecret", "ServiceMonitor", Some("authorization")),
        ("interval", "ServiceMonitor", Some("scrapeInterval")),
        ("path", "ServiceMonitor", Some("metricsPath")),
        ("followRedirects", "ServiceMonitor", None),
        ("prober", "Probe", None),
        ("targets", "Probe", Some("staticConfigs")),
    ],
};
