//! Checks whether a cluster accepts a resource, as the API server and the Operator do before rendering.

mod address;
mod api;
mod auth;
mod discovery;
mod discovery_kinds;
mod duration;
mod kubernetes;
mod needs;
mod probe;
mod prometheus;
mod proxy;
mod references;
mod rejection;
mod relabel;
mod request;
pub(super) mod rule;
mod scrape_class;
mod scrape_config;
mod selector;
mod selector_text;
mod static_labels;
mod tls;

use std::collections::BTreeMap;

pub use references::Reference;
pub use rejection::{Rejection, Rejections};
pub use rule::{CheckRule, RejectedBy};

use self::rejection::Found;
use super::{
    access::Access,
    config::OperatorConfig,
    error::ManifestError,
    manifest::Manifest,
    monitor::{Endpoint, MonitorSpec, PodMonitor, ServiceMonitor},
    read,
};
use crate::yaml::node::Node;

/// Checks a resource as the API server and the Operator do before rendering.
///
/// The Operator leaves out a resource, with all its endpoints, if one check fails; this function returns every
/// reason. The contents of Secrets and ConfigMaps are checked where [`OperatorConfig::assets`] has them. The
/// rules are those of Operator 0.93; [`CheckRule::all`] lists them.
///
/// ```
/// use exposition::operator::{Manifest, OperatorConfig, check};
///
/// let manifest: Manifest = "
/// apiVersion: monitoring.coreos.com/v1
/// kind: ServiceMonitor
/// metadata: {name: web, namespace: shop}
/// spec:
///   selector: {matchLabels: {app: web}}
///   endpoints:
///   - port: http
///     scrapeTimeout: 45s
/// ".parse()?;
/// let rejections = check(&manifest, &OperatorConfig::default()).unwrap_err();
/// assert_eq!(
///     rejections.to_string(),
///     "spec.endpoints[0].scrapeTimeout: 45s is more than the interval of 30s, the default of the \
///      Prometheus object's `scrapeInterval` (rejected by the Operator: timeout-above-interval)",
/// );
/// # Ok::<(), exposition::operator::ManifestError>(())
/// ```
///
/// # Errors
/// Every reason why the resource is refused, starting with the API server's.
pub fn check(manifest: &Manifest, settings: &OperatorConfig) -> Result<(), Rejections> {
    match manifest {
        Manifest::ServiceMonitor(monitor) => monitor.check(settings),
        Manifest::PodMonitor(monitor) => monitor.check(settings),
        Manifest::Probe(probe) => probe.check(settings),
        Manifest::ScrapeConfig(config) => config.check(settings),
    }
}

impl ServiceMonitor {
    /// Checks the monitor; see [`check`].
    ///
    /// # Errors
    /// Those of [`check`].
    pub fn check(&self, settings: &OperatorConfig) -> Result<(), Rejections> {
        let mut found = Found::default();
        found.warnings(&self.warnings);
        api::resource(&self.name, &self.spec.settings, &mut found);
        selector_and_mechanism(&self.spec, settings, &mut found);
        for (index, endpoint) in self.endpoints.iter().enumerate() {
            let check = EndpointCheck {
                endpoint,
                place: format!("spec.endpoints[{index}]"),
                namespace: &self.namespace,
                settings,
                needs_token_key: false,
            };
            if settings.deny_file_access {
                check.files(&mut found);
            }
            check.connection(&mut found);
            check.times_and_rules(&mut found);
        }
        scrape_class::named(&self.spec.settings, settings, &mut found);
        Rejections::result(found.list)
    }
}

impl PodMonitor {
    /// Checks the monitor; see [`check`].
    ///
    /// # Errors
    /// Those of [`check`].
    pub fn check(&self, settings: &OperatorConfig) -> Result<(), Rejections> {
        let mut found = Found::default();
        found.warnings(&self.warnings);
        api::resource(&self.name, &self.spec.settings, &mut found);
        for (index, pod) in self.pod_metrics_endpoints.iter().enumerate() {
            let place = format!("spec.podMetricsEndpoints[{index}]");
            api::port_number(pod.port_number, &place, &mut found);
        }
        selector_and_mechanism(&self.spec, settings, &mut found);
        for (index, pod) in self.pod_metrics_endpoints.iter().enumerate() {
            let check = EndpointCheck {
                endpoint: &pod.endpoint,
                place: format!("spec.podMetricsEndpoints[{index}]"),
                namespace: &self.namespace,
                settings,
                needs_token_key: true,
            };
            check.times_and_rules(&mut found);
            check.connection(&mut found);
        }
        scrape_class::named(&self.spec.settings, settings, &mut found);
        Rejections::result(found.list)
    }
}

/// What the checks need from an endpoint of either kind.
struct EndpointCheck<'m> {
    endpoint: &'m Endpoint,
    place: String,
    namespace: &'m str,
    settings: &'m OperatorConfig,
    /// Whether a `bearerTokenSecret` without a key counts as not given.
    needs_token_key: bool,
}

impl EndpointCheck<'_> {
    fn times_and_rules(&self, found: &mut Found) {
        let (endpoint, place) = (self.endpoint, self.place.as_str());
        duration::own(
            (&endpoint.interval, &format!("{place}.interval")),
            (&endpoint.scrape_timeout, &format!("{place}.scrapeTimeout")),
            self.settings,
            found,
        );
        let version = &self.settings.version;
        let lists = [
            ("relabelings", &endpoint.relabelings),
            ("metricRelabelings", &endpoint.metric_relabelings),
        ];
        for (key, rules) in lists {
            relabel::rules(rules, &format!("{place}.{key}"), version, found);
        }
    }

    fn connection(&self, found: &mut Found) {
        let (endpoint, place) = (self.endpoint, self.place.as_str());
        let access = Access::from(endpoint);
        auth::endpoint(&access, place, found);
        if let Some(config) = &endpoint.tls_config {
            tls::config(config, &format!("{place}.tlsConfig"), found);
        }
        proxy::endpoint(endpoint, place, found);
        if let Some(assets) = &self.settings.assets {
            let references = references::endpoint(&access, place, self.needs_token_key);
            references::resolve(
                &references,
                assets,
                self.namespace,
                references::OF_RESOURCE,
                found,
            );
            tls::content(&access, place, assets, self.namespace, found);
        }
    }

    fn files(&self, found: &mut Found) {
        let given = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
        let mut names = Vec::new();
        if given(&self.endpoint.bearer_token_file) {
            names.push("bearerTokenFile");
        }
        if let Some(tls) = &self.endpoint.tls_config {
            let files = [
                (&tls.ca_file, "tlsConfig.caFile"),
                (&tls.cert_file, "tlsConfig.certFile"),
                (&tls.key_file, "tlsConfig.keyFile"),
            ];
            names.extend(
                files
                    .iter()
                    .filter(|(file, _)| given(file))
                    .map(|(_, key)| key),
            );
        }
        for name in names {
            let reason =
                "a file, which the Prometheus object's `arbitraryFSAccessThroughSMs` denies";
            found.add(&rule::FILE_ACCESS, format!("{}.{name}", self.place), reason);
        }
    }
}

fn selector_and_mechanism(spec: &MonitorSpec, settings: &OperatorConfig, found: &mut Found) {
    selector::selector(&spec.selector, "spec.selector", found);
    selector::mechanism(spec.selector_mechanism, &settings.version, found);
}

/// The result for one resource of a text.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Verdict {
    /// `ServiceMonitor`, `PodMonitor`, `Probe` or `ScrapeConfig`.
    pub kind: String,
    /// The resource's namespace; empty if it has none.
    pub namespace: String,
    /// The resource's name; empty if it has none.
    pub name: String,
    /// The resource's own labels, by which a Prometheus object selects it.
    pub labels: BTreeMap<String, String>,
    /// The resource; `None` if a field of it cannot be read.
    pub manifest: Option<Manifest>,
    /// The reasons why it is refused, if it is.
    pub outcome: Result<(), Rejections>,
}

/// Checks every resource of a YAML text with any number of documents and `List`s.
///
/// This finds more than [`Manifest::parse_all`] followed by [`check`]: for a resource that cannot be read it
/// reports everything that is wrong, and goes on with the next.
///
/// ```
/// use exposition::operator::{OperatorConfig, check_all};
///
/// let verdicts = check_all("
/// apiVersion: monitoring.coreos.com/v1
/// kind: PodMonitor
/// metadata: {name: web, namespace: shop}
/// spec:
///   podMetricsEndpoints:
///   - {port: 8080, interval: 30}
/// ", &OperatorConfig::default())?;
/// let rejections = verdicts[0].outcome.as_ref().unwrap_err();
/// let paths: Vec<&str> = rejections.iter().map(|rejection| rejection.path.as_str()).collect();
/// assert_eq!(
///     paths,
///     [
///         "spec.podMetricsEndpoints[0].port",
///         "spec.podMetricsEndpoints[0].interval",
///         "spec.selector",
///     ]
/// );
/// # Ok::<(), exposition::operator::ManifestError>(())
/// ```
///
/// # Errors
/// Text that is not YAML, a resource of another kind, or one without a namespace: only a cluster
/// knows which namespace that would be.
pub fn check_all(yaml: &str, settings: &OperatorConfig) -> Result<Vec<Verdict>, ManifestError> {
    let mut verdicts = Vec::new();
    read::resources(&read::documents(yaml)?, |node, place| {
        verdicts.push(verdict(node, settings).map_err(|error| error.within(place))?);
        Ok(())
    })?;
    Ok(verdicts)
}

/// Judges one monitor.
pub(in crate::operator) fn verdict(
    node: &Node,
    settings: &OperatorConfig,
) -> Result<Verdict, ManifestError> {
    let metadata = |key| {
        let text = node
            .get("metadata")
            .and_then(|node| node.get(key)?.as_text());
        text.unwrap_or_default().to_owned()
    };
    let kind = node.get("kind").and_then(Node::as_text).unwrap_or_default();
    let (manifest, outcome) = match read::all_faults(node) {
        Ok(manifest) => {
            let outcome = check(&manifest, settings);
            (Some(manifest), outcome)
        }
        Err(faults) => {
            if let Some(fault) = faults.iter().find(|fault| fault.rule().is_none()) {
                return Err(fault.clone());
            }
            let mut found = Found::default();
            found.warnings(&faults);
            found
                .list
                .sort_by_key(|rejection| rejection.rule.by() != RejectedBy::Api);
            (None, Rejections::result(found.list))
        }
    };
    Ok(Verdict {
        kind: kind.to_owned(),
        namespace: metadata("namespace"),
        name: metadata("name"),
        labels: labels(node),
        manifest,
        outcome,
    })
}

/// Returns the labels that can be read.
fn labels(node: &Node) -> BTreeMap<String, String> {
    match node.get("metadata").and_then(|node| node.get("labels")) {
        Some(Node::Map(labels)) => (labels.iter())
            .filter_map(|(key, value)| Some((key.clone(), value.as_text()?.to_owned())))
            .collect(),
        _ => BTreeMap::new(),
    }
}

#[cfg(test)]
mod tests;
