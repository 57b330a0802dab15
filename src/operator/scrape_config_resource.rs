//! Typed `ScrapeConfig`, the resource: almost an entry of Prometheus' own configuration.

use std::collections::BTreeMap;

use super::{
    error::ManifestError,
    http_config::HttpConfig,
    service_discovery::{
        ConsulSdConfig, DnsSdConfig, FileSdConfig, HttpSdConfig, KubernetesSdConfig, StaticConfig,
    },
    service_discovery_other::OtherSdConfig,
    settings::ScrapeSettings,
    values::Scheme,
};
use crate::model::name::{EscapingScheme, ValidationScheme};
use crate::relabel::RuleConfig;

/// A `ScrapeConfig`: almost an entry of Prometheus' own configuration, which is rendered as a
/// [`ScrapeConfig`](super::ScrapeConfig). Fields are named as in the manifest, where they are in `spec`.
///
/// ```
/// use exposition::operator::{Manifest, OperatorConfig, render};
///
/// let manifest: Manifest = "
/// apiVersion: monitoring.coreos.com/v1alpha1
/// kind: ScrapeConfig
/// metadata: {name: nodes, namespace: shop}
/// spec:
///   staticConfigs:
///   - targets: ['a:9100', 'b:9100']
/// ".parse()?;
/// let configs = render(&manifest, &OperatorConfig::default());
/// assert_eq!(configs[0].job_name, "scrapeConfig/shop/nodes");
/// assert_eq!(configs[0].static_targets()?[1]["__address__"], "b:9100");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ScrapeConfigResource {
    /// `metadata.name`.
    pub name: String,
    /// `metadata.namespace`.
    pub namespace: String,
    /// `metadata.labels`, by which a Prometheus object selects it.
    pub labels: BTreeMap<String, String>,
    /// The value of the `job` label.
    pub job_name: Option<String>,
    /// Targets that are listed.
    pub static_configs: Vec<StaticConfig>,
    /// Targets from files.
    pub file_sd_configs: Vec<FileSdConfig>,
    /// Targets from an HTTP server.
    pub http_sd_configs: Vec<HttpSdConfig>,
    /// Targets from Kubernetes' API.
    pub kubernetes_sd_configs: Vec<KubernetesSdConfig>,
    /// Targets from Consul.
    pub consul_sd_configs: Vec<ConsulSdConfig>,
    /// Targets from DNS records.
    pub dns_sd_configs: Vec<DnsSdConfig>,
    /// Targets from elsewhere, in the order in which the Operator writes them.
    pub other_sd_configs: Vec<OtherSdConfig>,
    /// Rules for a target's labels.
    pub relabelings: Vec<RuleConfig>,
    /// Rules for every scraped series.
    pub metric_relabelings: Vec<RuleConfig>,
    /// The path of the metrics.
    pub metrics_path: Option<String>,
    /// How often to scrape, in Prometheus' spelling.
    pub scrape_interval: Option<String>,
    /// How long a scrape may take, in Prometheus' spelling.
    pub scrape_timeout: Option<String>,
    /// Whether a scraped label wins over a target label of the same name.
    pub honor_labels: Option<bool>,
    /// Whether scraped timestamps are kept.
    pub honor_timestamps: Option<bool>,
    /// Whether series with scraped timestamps get stale markers.
    pub track_timestamps_staleness: Option<bool>,
    /// URL parameters.
    pub params: BTreeMap<String, Vec<String>>,
    /// How to connect.
    pub scheme: Option<Scheme>,
    /// Whether a compressed body is asked for.
    pub enable_compression: Option<bool>,
    /// Authentication, encryption, the proxy and HTTP/2.
    pub http: HttpConfig,
    /// Which names Prometheus takes.
    pub name_validation_scheme: Option<ValidationScheme>,
    /// How names are asked for.
    pub name_escaping_scheme: Option<EscapingScheme>,
    /// Limits, formats, native histograms and the scrape class.
    pub settings: ScrapeSettings,
    pub(super) warnings: Vec<ManifestError>,
}
