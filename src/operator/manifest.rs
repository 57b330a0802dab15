//! Any resource that the Operator turns into scrape configurations.

use std::collections::BTreeMap;

use super::{
    error::ManifestError,
    monitor::{PodMonitor, ServiceMonitor},
    probe::Probe,
    scrape_config_resource::ScrapeConfigResource,
};

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
    /// Has a prober ask targets.
    Probe(Probe),
    /// Is almost an entry of Prometheus' own configuration.
    ScrapeConfig(ScrapeConfigResource),
}

impl Manifest {
    /// Returns `ServiceMonitor`, `PodMonitor`, `Probe` or `ScrapeConfig`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Manifest::ServiceMonitor(_) => "ServiceMonitor",
            Manifest::PodMonitor(_) => "PodMonitor",
            Manifest::Probe(_) => "Probe",
            Manifest::ScrapeConfig(_) => "ScrapeConfig",
        }
    }

    /// Returns the resource's name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Manifest::ServiceMonitor(monitor) => &monitor.name,
            Manifest::PodMonitor(monitor) => &monitor.name,
            Manifest::Probe(probe) => &probe.name,
            Manifest::ScrapeConfig(config) => &config.name,
        }
    }

    /// Returns the resource's namespace.
    #[must_use]
    pub fn namespace(&self) -> &str {
        match self {
            Manifest::ServiceMonitor(monitor) => &monitor.namespace,
            Manifest::PodMonitor(monitor) => &monitor.namespace,
            Manifest::Probe(probe) => &probe.namespace,
            Manifest::ScrapeConfig(config) => &config.namespace,
        }
    }

    /// Returns the resource's own labels, by which a Prometheus object selects it.
    #[must_use]
    pub fn labels(&self) -> &BTreeMap<String, String> {
        match self {
            Manifest::ServiceMonitor(monitor) => &monitor.labels,
            Manifest::PodMonitor(monitor) => &monitor.labels,
            Manifest::Probe(probe) => &probe.labels,
            Manifest::ScrapeConfig(config) => &config.labels,
        }
    }

    /// Returns what a cluster would refuse or ignore, but can be rendered anyway: a monitor without `selector`
    /// is rendered as if it selected everything.
    #[must_use]
    pub fn warnings(&self) -> &[ManifestError] {
        match self {
            Manifest::ServiceMonitor(monitor) => &monitor.warnings,
            Manifest::PodMonitor(monitor) => &monitor.warnings,
            Manifest::Probe(probe) => &probe.warnings,
            Manifest::ScrapeConfig(config) => &config.warnings,
        }
    }
}
