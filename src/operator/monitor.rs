//! Typed `ServiceMonitor` and `PodMonitor`: the fields that shape a scrape configuration.

use std::collections::BTreeMap;

use super::{
    credentials::{Authorization, BasicAuth, OAuth2},
    error::ManifestError,
    key_selector::KeySelector,
    settings::ScrapeSettings,
    tls::TlsConfig,
    values::{Port, Scheme, SelectorMechanism, ServiceDiscoveryRole},
};
use crate::discovery::kubernetes::selector::LabelSelector;
use crate::relabel::RuleConfig;

/// A `ServiceMonitor`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ServiceMonitor {
    /// `metadata.name`.
    pub name: String,
    /// `metadata.namespace`.
    pub namespace: String,
    /// `metadata.labels`, by which a Prometheus object selects it.
    pub labels: BTreeMap<String, String>,
    /// The part of `spec` that a `PodMonitor` has too.
    pub spec: MonitorSpec,
    /// Labels of the service that every series gets.
    pub target_labels: Vec<String>,
    /// Overrides the setting of the Prometheus object.
    pub service_discovery_role: Option<ServiceDiscoveryRole>,
    /// What is scraped: each endpoint becomes its own scrape configuration.
    pub endpoints: Vec<Endpoint>,
    pub(super) warnings: Vec<ManifestError>,
}

/// A `PodMonitor`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PodMonitor {
    /// `metadata.name`.
    pub name: String,
    /// `metadata.namespace`.
    pub namespace: String,
    /// `metadata.labels`, by which a Prometheus object selects it.
    pub labels: BTreeMap<String, String>,
    /// The part of `spec` that a `ServiceMonitor` has too.
    pub spec: MonitorSpec,
    /// What is scraped: each endpoint becomes its own scrape configuration.
    pub pod_metrics_endpoints: Vec<PodMetricsEndpoint>,
    pub(super) warnings: Vec<ManifestError>,
}

/// The part of `spec` that both kinds of monitor have. Fields are named as in the manifest.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct MonitorSpec {
    /// The label of the selected object that holds the `job` label's value.
    pub job_label: Option<String>,
    /// Labels of the pod that every series gets.
    pub pod_target_labels: Vec<String>,
    /// The services or pods to select. An empty selector selects all.
    pub selector: LabelSelector,
    /// Whether the selector becomes relabel rules or is left to the API server.
    pub selector_mechanism: SelectorMechanism,
    /// Which namespaces are searched. Default: the monitor's own.
    pub namespace_selector: NamespaceSelector,
    /// What else is discovered about a target.
    pub attach_metadata: Option<AttachMetadata>,
    /// Limits, formats, native histograms and the scrape class.
    pub settings: ScrapeSettings,
}

/// Which namespaces are searched for targets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NamespaceSelector {
    /// All of them.
    pub any: bool,
    /// The names of the namespaces; none means the monitor's own.
    pub match_names: Vec<String>,
}

/// What is discovered about a target in addition to its own metadata.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AttachMetadata {
    /// The labels and annotations of its node.
    pub node: bool,
}

/// One of a `ServiceMonitor`'s `endpoints`. Fields are named as in the manifest.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Endpoint {
    /// The name of the service's port.
    pub port: Option<String>,
    /// The container's port, by name or number; used only without `port`.
    pub target_port: Option<Port>,
    /// The path of the metrics.
    pub path: Option<String>,
    /// How to connect.
    pub scheme: Option<Scheme>,
    /// URL parameters.
    pub params: Option<BTreeMap<String, Vec<String>>>,
    /// How often to scrape, in Prometheus' spelling.
    pub interval: Option<String>,
    /// How long a scrape may take, in Prometheus' spelling.
    pub scrape_timeout: Option<String>,
    /// Whether a scraped label wins over a target label of the same name.
    pub honor_labels: bool,
    /// Whether scraped timestamps are kept.
    pub honor_timestamps: Option<bool>,
    /// Whether series with scraped timestamps get stale markers.
    pub track_timestamps_staleness: Option<bool>,
    /// Rules for the target's labels.
    pub relabelings: Vec<RuleConfig>,
    /// Rules for every scraped series.
    pub metric_relabelings: Vec<RuleConfig>,
    /// The proxy to go through.
    pub proxy_url: Option<String>,
    /// Hosts that are reached without a proxy.
    pub no_proxy: Option<String>,
    /// Whether the proxy's address is taken from the environment.
    pub proxy_from_environment: Option<bool>,
    /// Whether redirects are followed.
    pub follow_redirects: Option<bool>,
    /// Whether HTTP/2 is used.
    pub enable_http2: Option<bool>,
    /// Whether pods that have finished are dropped. Default: yes.
    pub filter_running: Option<bool>,
    /// Headers for the proxy, each with the places of its values.
    pub proxy_connect_header: Option<BTreeMap<String, Vec<KeySelector>>>,
    /// A token that is requested first.
    pub oauth2: Option<OAuth2>,
    /// How the connection is encrypted.
    pub tls_config: Option<TlsConfig>,
    /// A token from a file on Prometheus' machine; only a `ServiceMonitor` may name one.
    pub bearer_token_file: Option<String>,
    /// A token from a Secret.
    pub bearer_token_secret: Option<KeySelector>,
    /// A user and a password.
    pub basic_auth: Option<BasicAuth>,
    /// An `Authorization` header.
    pub authorization: Option<Authorization>,
}

/// One of a `PodMonitor`'s `podMetricsEndpoints`.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct PodMetricsEndpoint {
    /// The part that a `ServiceMonitor`'s endpoint has too; `port` is the name of the container's port.
    pub endpoint: Endpoint,
    /// The container's port by number; used only without `port`.
    pub port_number: Option<i32>,
}
