//! Typed `ServiceMonitor` and `PodMonitor`: the fields that shape a scrape configuration.

use std::collections::BTreeMap;

use super::{
    credentials::{Authorization, BasicAuth, OAuth2},
    error::ManifestError,
    key_selector::KeySelector,
    selector::LabelSelector,
    tls::TlsConfig,
    values::{ByteSize, Port, Quantity, Scheme, SelectorMechanism, ServiceDiscoveryRole},
};
use crate::format::ScrapeProtocol;
use crate::relabel::RuleConfig;

/// A resource that the Operator turns into scrape configurations.
///
/// Read it from YAML text with [`str::parse`] (one resource) or [`Manifest::parse_all`] (several
/// documents, `List`s), or through serde from anything self-describing.
///
/// ```
/// use exposition::operator::Manifest;
///
/// let manifest: Manifest = "
/// apiVersion: monitoring.coreos.com/v1
/// kind: ServiceMonitor
/// metadata:
///   name: shop
///   namespace: web
/// spec:
///   selector:
///     matchLabels: {app: shop}
///   endpoints:
///   - port: metrics
///     tlsConfig: {insecureSkipVerify: true}
/// ".parse()?;
/// assert_eq!(manifest.kind(), "ServiceMonitor");
/// assert_eq!(manifest.name(), "shop");
/// # Ok::<(), exposition::operator::ManifestError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Manifest {
    /// Selects services, and scrapes their endpoints.
    ServiceMonitor(ServiceMonitor),
    /// Selects pods, and scrapes their containers' ports.
    PodMonitor(PodMonitor),
}

impl Manifest {
    /// Returns `ServiceMonitor` or `PodMonitor`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Manifest::ServiceMonitor(_) => "ServiceMonitor",
            Manifest::PodMonitor(_) => "PodMonitor",
        }
    }

    /// Returns the resource's name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Manifest::ServiceMonitor(monitor) => &monitor.name,
            Manifest::PodMonitor(monitor) => &monitor.name,
        }
    }

    /// Returns the resource's namespace.
    #[must_use]
    pub fn namespace(&self) -> &str {
        match self {
            Manifest::ServiceMonitor(monitor) => &monitor.namespace,
            Manifest::PodMonitor(monitor) => &monitor.namespace,
        }
    }

    /// Returns what a cluster would refuse, but can be rendered anyway: a monitor without `selector` is
    /// rendered as if it selected everything.
    #[must_use]
    pub fn warnings(&self) -> &[ManifestError] {
        match self {
            Manifest::ServiceMonitor(monitor) => &monitor.warnings,
            Manifest::PodMonitor(monitor) => &monitor.warnings,
        }
    }
}

/// A `ServiceMonitor`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ServiceMonitor {
    /// `metadata.name`.
    pub name: String,
    /// `metadata.namespace`.
    pub namespace: String,
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
    /// The scrape class whose rules come before the monitor's.
    pub scrape_class: Option<String>,
    /// How many samples a scrape may have.
    pub sample_limit: Option<u64>,
    /// How many targets there may be.
    pub target_limit: Option<u64>,
    /// How many labels a series may have.
    pub label_limit: Option<u64>,
    /// How long a label's name may be.
    pub label_name_length_limit: Option<u64>,
    /// How long a label's value may be.
    pub label_value_length_limit: Option<u64>,
    /// How many dropped targets are remembered.
    pub keep_dropped_targets: Option<u64>,
    /// How large an uncompressed body may be.
    pub body_size_limit: Option<ByteSize>,
    /// The formats to request, in order of preference.
    pub scrape_protocols: Vec<ScrapeProtocol>,
    /// The format of a response that does not name one.
    pub fallback_scrape_protocol: Option<ScrapeProtocol>,
    /// Whether native histograms are scraped.
    pub scrape_native_histograms: Option<bool>,
    /// How many buckets a native histogram may have.
    pub native_histogram_bucket_limit: Option<u64>,
    /// How much wider each native bucket must be than the previous one.
    pub native_histogram_min_bucket_factor: Option<Quantity>,
    /// Whether a histogram that is exposed both ways is scraped both ways.
    pub scrape_classic_histograms: Option<bool>,
    /// Whether classic histograms become native ones with custom buckets.
    pub convert_classic_histograms_to_nhcb: Option<bool>,
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
