//! Renders `ServiceMonitor`, `PodMonitor`, `Probe` and `ScrapeConfig` as the Prometheus Operator does.
//!
//! In a cluster the Operator turns a monitor into a scrape configuration with some twenty relabel rules. A
//! mistake in the monitor shows only as silence: a pod that is not scraped. Here you can follow the same
//! steps locally, with the reason for each. The same goes for a [`Probe`], which has a prober ask targets, and
//! for the resource `ScrapeConfig`, which is a [`ScrapeConfigResource`] here: [`ScrapeConfig`] is what all of
//! them become.
//!
//! | step | from | to | with |
//! |---|---|---|---|
//! | read | YAML or JSON | [`Manifest`] | [`str::parse`], [`Manifest::parse_all`], serde |
//! | select | manifests of any kinds | [`Resources`], and which monitors a [`Prometheus`] object uses | [`Resources::add`], [`Resources::select`] |
//! | check | a manifest and [`OperatorConfig`] | accepted, or [`Rejections`] | [`check()`], [`check_all`] |
//! | render | a manifest and [`OperatorConfig`] | [`ScrapeConfig`]s | [`render`], [`render_all`] |
//! | write | configurations | what `promtool check config` accepts | [`ScrapeConfig::file_to_yaml`] |
//! | explain | a configuration and discovered labels | kept or dropped, and why | [`Explainer`] |
//!
//! ```
//! use exposition::operator::{Explainer, Manifest, OperatorConfig, render};
//!
//! let manifest: Manifest = "
//! apiVersion: monitoring.coreos.com/v1
//! kind: ServiceMonitor
//! metadata: {name: control-plane, namespace: istio-system}
//! spec:
//!   jobLabel: istio
//!   selector:
//!     matchExpressions:
//!     - {key: istio, operator: In, values: [pilot]}
//!   endpoints:
//!   - port: http-monitoring
//! ".parse()?;
//! let settings: OperatorConfig = "{version: v3.5.0, shards: 2}".parse()?;
//! let configs = render(&manifest, &settings);
//!
//! let explainer = Explainer::new(&configs[0], &settings)?;
//! let gateway = explainer.target([
//!     ("__address__", "10.0.0.5:15020"),
//!     ("__meta_kubernetes_namespace", "istio-system"),
//!     ("__meta_kubernetes_service_label_istio", "ingressgateway"),
//!     ("__meta_kubernetes_service_labelpresent_istio", "true"),
//! ]);
//! let rule = gateway.dropped_by().expect("a gateway is no pilot");
//! assert_eq!(rule.origin().path(), "spec.selector.matchExpressions[0]");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A `Probe` and a `ScrapeConfig` list their targets themselves, so nothing else is needed to see what becomes of
//! them:
//!
//! ```
//! use exposition::operator::{Explainer, Manifest, OperatorConfig, render};
//!
//! let manifest: Manifest = "
//! apiVersion: monitoring.coreos.com/v1
//! kind: Probe
//! metadata: {name: site, namespace: shop}
//! spec:
//!   prober: {url: 'blackbox:9115'}
//!   module: http_2xx
//!   targets:
//!     staticConfig: {static: ['https://shop.example']}
//! ".parse()?;
//! let settings = OperatorConfig::default();
//! let configs = render(&manifest, &settings);
//! let explainer = Explainer::new(&configs[0], &settings)?;
//! for target in configs[0].static_targets()? {
//!     let labels = target.iter().map(|(name, value)| (name.as_str(), value.as_str()));
//!     let explanation = explainer.target(labels);
//!     assert_eq!(
//!         explanation.target().map(|target| target.url()),
//!         Some("http://blackbox:9115/probe?module=http_2xx&target=https%3A%2F%2Fshop.example"),
//!     );
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The rules follow Operator 0.93. [`Prometheus`] reads the settings from the Prometheus object, and
//! [`Assets`] the Secrets and ConfigMaps that monitors refer to.

mod access;
mod assets;
mod base64;
mod check;
mod config;
mod config_read;
mod connection;
mod constraints;
mod credentials;
mod environment;
mod error;
mod explain;
mod fields;
mod global;
mod http_config;
mod key_selector;
mod kubernetes_sd;
mod limits;
mod manifest;
mod monitor;
mod not_discovered;
mod origin;
mod pem;
mod probe;
mod prometheus;
mod prometheus_file;
mod proxy;
mod read;
mod read_discovery;
mod read_monitor;
mod read_probe;
mod read_scrape_config;
mod remark;
mod render;
mod render_discovery;
mod render_job;
mod render_probe;
mod render_scrape_config;
mod resource;
mod resources;
mod rules;
mod schema;
mod schema_probe;
mod schema_scrape_config;
mod scrape_config;
mod scrape_config_read;
mod scrape_config_resource;
mod scrape_config_write;
mod scraping;
mod selection;
mod selector_read;
mod service_discovery;
mod service_discovery_kinds;
mod service_discovery_other;
mod settings;
mod tls;
mod user_rule;
mod values;
mod values_read;
mod version;
mod yaml;

pub use crate::discovery::kubernetes::selector::{LabelSelector, Operator, Requirement};
pub use crate::discovery::kubernetes::selector_text::SelectorError;
pub use crate::yaml::YamlError;
pub use assets::Assets;
pub use check::{
    CheckRule, Reference, RejectedBy, Rejection, Rejections, Verdict, check, check_all,
};
pub use config::{ObjectReference, OperatorConfig, ScrapeClass, ShardingMode, ShardingStrategy};
pub use credentials::{Authorization, BasicAuth, OAuth2};
pub use environment::Environment;
pub use error::{KeyHint, ManifestError, ManifestErrorKind};
pub use explain::{ExplainError, ExplainedStep, Explainer, Explanation};
pub use http_config::HttpConfig;
pub use key_selector::{KeySelector, SecretOrConfigMap, Source};
pub use manifest::Manifest;
pub use monitor::{
    AttachMetadata, Endpoint, MonitorSpec, NamespaceSelector, PodMetricsEndpoint, PodMonitor,
    ServiceMonitor,
};
pub use not_discovered::NotDiscovered;
pub use origin::Origin;
pub use probe::{Probe, ProbeIngress, ProbeParam, ProbeStaticConfig, ProbeTargets, Prober};
pub use prometheus::Prometheus;
pub use proxy::ProxyConfig;
pub use remark::{config::Remark, list::ManifestRemark};
pub use render::{render, render_all};
pub use resources::{
    MonitorResource, OtherResource, PrometheusResource, ReplacedResource, Resources,
};
pub use scrape_config::{
    AttachedMetadata, KubernetesSd, Namespaces, RenderedRule, RoleSelector, ScrapeConfig,
};
pub use scrape_config_resource::ScrapeConfigResource;
pub use selection::{NamespaceLabels, NotSelected, Unmet};
pub use service_discovery::{
    ConsulSdConfig, DnsRecordType, DnsSdConfig, FileSdConfig, HttpSdConfig, KubernetesRole,
    KubernetesSdConfig, KubernetesSelector, NamespaceDiscovery, NodeMetadata, StaticConfig,
};
pub use service_discovery_other::OtherSdConfig;
pub use settings::ScrapeSettings;
pub use tls::{TlsConfig, TlsVersion};
pub use user_rule::OperatorRule;
pub use values::{ByteSize, Port, Quantity, Scheme, SelectorMechanism, ServiceDiscoveryRole};
pub use version::{Version, VersionError};

#[cfg(test)]
mod tests;
