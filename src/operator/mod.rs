//! `ServiceMonitor` and `PodMonitor`, rendered as the Prometheus Operator does.
//!
//! ```text
//! manifest ──render──▶ scrape configuration ──explain──▶ kept or dropped, and why
//!                             ▲
//!              OperatorConfig ┘
//! ```

mod config;
mod discovery;
mod environment;
mod error;
mod explain;
mod fields;
mod limits;
mod manifest;
mod node;
mod origin;
mod read;
mod render;
mod rules;
mod schema;
mod scrape_config;
mod scrape_config_read;
mod selector;
mod values;
mod version;
mod yaml;

pub use config::{ObjectReference, OperatorConfig, ScrapeClass, ShardingMode, ShardingStrategy};
pub use discovery::{NotDiscovered, SelectorError};
pub use environment::Environment;
pub use error::{KeyHint, ManifestError, ManifestErrorKind};
pub use explain::{ExplainError, ExplainedStep, Explainer, Explanation, Remark};
pub use fields::Unrendered;
pub use manifest::{
    AttachMetadata, Endpoint, Manifest, MonitorSpec, NamespaceSelector, PodMetricsEndpoint,
    PodMonitor, ServiceMonitor,
};
pub use origin::Origin;
pub use render::{render, render_all};
pub use scrape_config::{
    AttachedMetadata, KubernetesSd, Namespaces, RenderedRule, RoleSelector, ScrapeConfig,
};
pub use selector::{LabelSelector, Operator, Requirement};
pub use values::{ByteSize, Port, Quantity, Scheme, SelectorMechanism, ServiceDiscoveryRole};
pub use version::{Version, VersionError};
pub use yaml::YamlError;
