//! The keys that every place of a monitor's manifest may have, by the schema of Operator 0.93.

use super::{
    fields::{Level, Schema},
    settings::SETTINGS,
};

pub(super) static TOP: Level = Level {
    place: "",
    known: &[&["apiVersion", "kind", "metadata", "spec", "status"]],
    aside: &[],
};

pub(super) static METADATA: Level = Level {
    place: "metadata",
    // Only the first two affect a scrape, here or in the Operator.
    known: &[&[
        "name",
        "namespace",
        "annotations",
        "creationTimestamp",
        "deletionGracePeriodSeconds",
        "deletionTimestamp",
        "finalizers",
        "generateName",
        "generation",
        "labels",
        "managedFields",
        "ownerReferences",
        "resourceVersion",
        "selfLink",
        "uid",
    ]],
    aside: &[],
};

pub(super) static SERVICE_MONITOR_SPEC: Level = Level {
    place: "spec",
    known: &[
        &["endpoints"],
        SELECTION,
        &["jobLabel", "targetLabels", "podTargetLabels"],
        OF_ALL,
        SETTINGS,
        &["serviceDiscoveryRole"],
    ],
    aside: &[],
};

pub(super) static POD_MONITOR_SPEC: Level = Level {
    place: "spec",
    known: &[
        &["podMetricsEndpoints"],
        SELECTION,
        &["jobLabel", "podTargetLabels"],
        OF_ALL,
        SETTINGS,
    ],
    aside: &[],
};

const SELECTION: &[&str] = &["selector", "namespaceSelector"];

/// The settings that only monitors have for all their endpoints.
const OF_ALL: &[&str] = &["attachMetadata", "bodySizeLimit", "selectorMechanism"];

pub(super) static SELECTOR: Level = Level {
    place: "spec.selector",
    known: &[&["matchLabels", "matchExpressions"]],
    aside: &[],
};

pub(super) static REQUIREMENT: Level = Level {
    place: "spec.selector.matchExpressions[]",
    known: &[&["key", "operator", "values"]],
    aside: &[],
};

pub(super) static NAMESPACE_SELECTOR: Level = Level {
    place: "spec.namespaceSelector",
    known: &[&["any", "matchNames"]],
    aside: &[],
};

pub(super) static ATTACH_METADATA: Level = Level {
    place: "spec.attachMetadata",
    known: &[&["node"]],
    aside: &[],
};

pub(super) static ENDPOINT: Level = Level {
    place: "spec.endpoints[]",
    known: &[&["port"], SCRAPING, &["bearerTokenFile"], CREDENTIALS],
    aside: &[],
};

pub(super) static POD_METRICS_ENDPOINT: Level = Level {
    place: "spec.podMetricsEndpoints[]",
    known: &[&["port", "portNumber"], SCRAPING, CREDENTIALS],
    aside: &[],
};

/// The scrape settings of both kinds of endpoint.
const SCRAPING: &[&str] = &[
    "targetPort",
    "path",
    "scheme",
    "params",
    "interval",
    "scrapeTimeout",
    "honorLabels",
    "honorTimestamps",
    "trackTimestampsStaleness",
    "relabelings",
    "metricRelabelings",
    "proxyUrl",
    "noProxy",
    "proxyFromEnvironment",
    "followRedirects",
    "enableHttp2",
    "filterRunning",
    "authorization",
    "basicAuth",
];

/// The last settings of both kinds of endpoint.
const CREDENTIALS: &[&str] = &[
    "bearerTokenSecret",
    "oauth2",
    "proxyConnectHeader",
    "tlsConfig",
];

pub(super) const RULE_KEYS: &[&str] = &[
    "sourceLabels",
    "separator",
    "regex",
    "modulus",
    "targetLabel",
    "replacement",
    "action",
];

/// The rules of a `ServiceMonitor`'s endpoint. The place is named once: a rule's key in a wrong place belongs
/// to either list of rules.
pub(super) static ENDPOINT_RULE: Level = Level {
    place: "spec.endpoints[].relabelings[]",
    known: &[RULE_KEYS],
    aside: &[],
};

pub(super) static POD_METRICS_ENDPOINT_RULE: Level = Level {
    place: "spec.podMetricsEndpoints[].relabelings[]",
    known: &[RULE_KEYS],
    aside: &[],
};

pub(super) static SERVICE_MONITOR: Schema = Schema {
    levels: &[
        &TOP,
        &METADATA,
        &SERVICE_MONITOR_SPEC,
        &SELECTOR,
        &REQUIREMENT,
        &NAMESPACE_SELECTOR,
        &ATTACH_METADATA,
        &ENDPOINT,
        &ENDPOINT_RULE,
    ],
    foreign: &[
        ("podMetricsEndpoints", "PodMonitor", Some("endpoints")),
        ("portNumber", "PodMonitor", Some("targetPort")),
    ],
};

pub(super) static POD_MONITOR: Schema = Schema {
    levels: &[
        &TOP,
        &METADATA,
        &POD_MONITOR_SPEC,
        &SELECTOR,
        &REQUIREMENT,
        &NAMESPACE_SELECTOR,
        &ATTACH_METADATA,
        &POD_METRICS_ENDPOINT,
        &POD_METRICS_ENDPOINT_RULE,
    ],
    foreign: &[
        ("endpoints", "ServiceMonitor", Some("podMetricsEndpoints")),
        ("targetLabels", "ServiceMonitor", Some("podTargetLabels")),
        ("serviceDiscoveryRole", "ServiceMonitor", None),
        (
            "bearerTokenFile",
            "ServiceMonitor",
            Some("bearerTokenSecret"),
        ),
    ],
};
