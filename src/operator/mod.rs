//! Renders `ServiceMonitor` and `PodMonitor` as the Prometheus Operator does.
//!
//! In a cluster the Operator turns a monitor into a scrape configuration with some twenty relabel rules. A
//! mistake in the monitor shows only as silence: a pod that is not scraped. Here you can follow the same
//! steps locally, with the reason for each.
//!
//! | step | from | to | with |
//! |---|---|---|---|
//! | read | YAML or JSON | [`Manifest`] | [`str::parse`], [`Manifest::parse_all`], serde |
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
//! The rules follow Operator 0.93. [`Prometheus`] reads the settings from the Prometheus object, and
//! [`Assets`] the Secrets and ConfigMaps that monitors refer to.

mod assets;
mod base64;
mod check;
mod config;
mod config_read;
mod connection;
mod credentials;
mod discovery;
mod environment;
mod error;
mod explain;
mod fields;
mod key_selector;
mod limits;
mod manifest;
mod node;
mod origin;
mod pem;
mod prometheus;
mod prometheus_file;
mod proxy;
mod read;
mod remark;
mod render;
mod rules;
mod schema;
mod scrape_config;
mod scrape_config_read;
mod scraping;
mod selector;
mod tls;
mod user_rule;
mod values;
mod version;
mod yaml;

pub use crate::yaml::YamlError;
pub use assets::Assets;
pub use check::{
    CheckRule, Reference, RejectedBy, Rejection, Rejections, Verdict, check, check_all,
};
pub use config::{ObjectReference, OperatorConfig, ScrapeClass, ShardingMode, ShardingStrategy};
pub use credentials::{Authorization, BasicAuth, OAuth2};
pub use discovery::{NotDiscovered, SelectorError};
pub use environment::Environment;
pub use error::{KeyHint, ManifestError, ManifestErrorKind};
pub use explain::{ExplainError, ExplainedStep, Explainer, Explanation, Remark};
pub use key_selector::{KeySelector, SecretOrConfigMap, Source};
pub use manifest::{
    AttachMetadata, Endpoint, Manifest, MonitorSpec, NamespaceSelector, PodMetricsEndpoint,
    PodMonitor, ServiceMonitor,
};
pub use origin::Origin;
pub use prometheus::Prometheus;
pub use proxy::ProxyConfig;
pub use remark::ManifestRemark;
pub use render::{render, render_all};
pub use scrape_config::{
    AttachedMetadata, KubernetesSd, Namespaces, RenderedRule, RoleSelector, ScrapeConfig,
};
pub use selector::{LabelSelector, Operator, Requirement};
pub use tls::{TlsConfig, TlsVersion};
pub use user_rule::OperatorRule;
pub use values::{ByteSize, Port, Quantity, Scheme, SelectorMechanism, ServiceDiscoveryRole};
pub use version::{Version, VersionError};
