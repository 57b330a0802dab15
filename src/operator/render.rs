//! Renders a monitor to scrape configurations, as the Operator does.

use super::{
    access::Access,
    config::OperatorConfig,
    manifest::Manifest,
    monitor::{Endpoint, MonitorSpec, PodMonitor, ServiceMonitor},
    origin::Origin,
    render_job::Job,
    rules::{Object, RuleList, given},
    scrape_config::{AttachedMetadata, KubernetesSd, RoleSelector, ScrapeConfig},
    values::{Scheme, SelectorMechanism, ServiceDiscoveryRole},
    version::Version,
};
use crate::relabel::RuleConfig;

/// Renders the scrape configurations that the Operator makes of a resource: one for each endpoint of a monitor,
/// one for a `Probe` or `ScrapeConfig`. A Prometheus Agent in DaemonSet mode gets only those of `PodMonitor`s.
///
/// It checks only what the resource's types check already. Call [`check`](super::check()) first, which says
/// whether a cluster accepts the resource at all.
///
/// Credentials come from [`OperatorConfig::assets`]; unknown ones are written as `<secret>`.
///
/// ```
/// use exposition::operator::{Manifest, OperatorConfig, render};
///
/// let manifest: Manifest = "
/// apiVersion: monitoring.coreos.com/v1
/// kind: PodMonitor
/// metadata: {name: envoy, namespace: mesh}
/// spec:
///   selector:
///     matchExpressions:
///     - {key: no-metrics, operator: DoesNotExist}
///   podMetricsEndpoints:
///   - port: http-envoy-prom
///     path: /stats/prometheus
/// ".parse()?;
/// let configs = render(&manifest, &OperatorConfig::default());
/// assert_eq!(configs[0].job_name, "podMonitor/mesh/envoy/0");
/// let rule = &configs[0].relabel_configs[2];
/// assert_eq!(rule.origin.path(), "spec.selector.matchExpressions[0]");
/// assert_eq!(rule.config.regex.as_deref(), Some("true"));
/// # Ok::<(), exposition::operator::ManifestError>(())
/// ```
#[must_use]
pub fn render(manifest: &Manifest, config: &OperatorConfig) -> Vec<ScrapeConfig> {
    match manifest {
        Manifest::ServiceMonitor(monitor) => monitor.render(config),
        Manifest::PodMonitor(monitor) => monitor.render(config),
        Manifest::Probe(probe) => probe.render(config),
        Manifest::ScrapeConfig(resource) => resource.render(config),
    }
}

/// Renders the scrape configurations of several resources, in the order in which the Operator writes them to
/// one file: `ServiceMonitor`s, `PodMonitor`s, `Probe`s, `ScrapeConfig`s, each kind by namespace and name; for
/// Prometheus Agent `PodMonitor`s come first ([K4](crate::docs::operator#k4)).
#[must_use]
pub fn render_all<'m>(
    manifests: impl IntoIterator<Item = &'m Manifest>,
    config: &OperatorConfig,
) -> Vec<ScrapeConfig> {
    let is_agent = config.agent || config.daemon_set;
    let mut manifests: Vec<&Manifest> = manifests.into_iter().collect();
    manifests.sort_by_cached_key(|manifest| {
        let kind = match manifest {
            Manifest::PodMonitor(_) if is_agent => 0,
            Manifest::ServiceMonitor(_) => 1,
            Manifest::PodMonitor(_) => 2,
            Manifest::Probe(_) => 3,
            Manifest::ScrapeConfig(_) => 4,
        };
        (
            kind,
            format!("{}/{}", manifest.namespace(), manifest.name()),
        )
    });
    (manifests.into_iter())
        .flat_map(|manifest| render(manifest, config))
        .collect()
}

impl ServiceMonitor {
    /// Renders the monitor; see [`render`].
    #[must_use]
    pub fn render(&self, config: &OperatorConfig) -> Vec<ScrapeConfig> {
        if config.daemon_set {
            return Vec::new();
        }
        let wanted = self
            .service_discovery_role
            .or(config.service_discovery_role);
        let slices = config.endpoint_slice_supported
            && config.version >= Version::new(2, 21, 0)
            && wanted == Some(ServiceDiscoveryRole::EndpointSlice);
        let monitor = Monitor {
            kind: "serviceMonitor",
            resource: "servicemonitors",
            name: &self.name,
            namespace: &self.namespace,
            spec: &self.spec,
            role: if slices { "endpointslice" } else { "endpoints" },
            roles: if slices {
                &["endpointslice", "service"]
            } else {
                &["endpoints", "service"]
            },
            attaches_since: Version::new(2, 37, 0),
            config,
        };
        (self.endpoints.iter().enumerate())
            .map(|(index, endpoint)| {
                let place = format!("spec.endpoints[{index}]");
                let rules = self.rules(&monitor, endpoint, &place, slices);
                monitor.scrape_config(index, endpoint, &place, rules)
            })
            .collect()
    }

    /// Writes the target rules up to those that both kinds share (spec M9).
    fn rules(
        &self,
        monitor: &Monitor<'_>,
        endpoint: &Endpoint,
        place: &str,
        slices: bool,
    ) -> RuleList {
        let spec = &self.spec;
        let role = if slices { "endpointslice" } else { "endpoint" };
        let mut rules = RuleList::default();
        rules.job_name();
        monitor.selector(&mut rules, Object::Service);
        rules.port(
            &format!("__meta_kubernetes_{role}_port_name"),
            endpoint,
            None,
            place,
        );
        rules.address_target(role);
        rules.identity(&[
            ("namespace", "namespace"),
            ("service_name", "service"),
            ("pod_name", "pod"),
            ("pod_container_name", "container"),
        ]);
        rules.filter_running(endpoint, place);
        rules.target_labels(Object::Service, &self.target_labels, |index| {
            Origin::generated(format!("spec.targetLabels[{index}]"))
        });
        monitor.pod_target_labels(&mut rules);
        let job = RuleConfig::new()
            .source_labels(["__meta_kubernetes_service_name"])
            .replacement("${1}");
        rules.job(job, Object::Service, &spec.job_label);
        rules
    }
}

impl PodMonitor {
    /// Renders the monitor; see [`render`].
    #[must_use]
    pub fn render(&self, config: &OperatorConfig) -> Vec<ScrapeConfig> {
        let monitor = Monitor {
            kind: "podMonitor",
            resource: "podmonitors",
            name: &self.name,
            namespace: &self.namespace,
            spec: &self.spec,
            role: "pod",
            roles: &["pod"],
            attaches_since: Version::new(2, 35, 0),
            config,
        };
        (self.pod_metrics_endpoints.iter().enumerate())
            .map(|(index, pod)| {
                let place = format!("spec.podMetricsEndpoints[{index}]");
                let rules = self.rules(&monitor, &pod.endpoint, pod.port_number, &place);
                monitor.scrape_config(index, &pod.endpoint, &place, rules)
            })
            .collect()
    }

    /// Writes the target rules up to those that both kinds share (spec M10).
    fn rules(
        &self,
        monitor: &Monitor<'_>,
        endpoint: &Endpoint,
        port_number: Option<i32>,
        place: &str,
    ) -> RuleList {
        let spec = &self.spec;
        let mut rules = RuleList::default();
        rules.job_name();
        rules.filter_running(endpoint, place);
        monitor.selector(&mut rules, Object::Pod);
        let port_name = "__meta_kubernetes_pod_container_port_name";
        rules.port(port_name, endpoint, port_number, place);
        rules.identity(&[
            ("namespace", "namespace"),
            ("pod_container_name", "container"),
            ("pod_name", "pod"),
        ]);
        monitor.pod_target_labels(&mut rules);
        let job = RuleConfig::new().replacement(format!("{}/{}", self.namespace, self.name));
        rules.job(job, Object::Pod, &spec.job_label);
        rules
    }
}

/// What the rest of a rendering needs from either kind of monitor.
struct Monitor<'m> {
    kind: &'static str,
    resource: &'static str,
    name: &'m str,
    namespace: &'m str,
    spec: &'m MonitorSpec,
    role: &'static str,
    /// The kinds of objects that get a role selector.
    roles: &'static [&'static str],
    /// The first version that attaches metadata to targets of the role.
    attaches_since: Version,
    config: &'m OperatorConfig,
}

impl Monitor<'_> {
    fn pod_target_labels(&self, rules: &mut RuleList) {
        rules.target_labels(Object::Pod, &self.spec.pod_target_labels, |index| {
            Origin::generated(format!("spec.podTargetLabels[{index}]"))
        });
        rules.target_labels(Object::Pod, &self.config.pod_target_labels, |index| {
            Origin::prometheus(format!("spec.podTargetLabels[{index}]"))
        });
    }

    /// Writes the selector's rules, unless the API server applies it.
    fn selector(&self, rules: &mut RuleList, object: Object) {
        if self.spec.selector_mechanism == SelectorMechanism::RelabelConfig {
            rules.selector(&self.spec.selector, "spec.selector", object);
        }
    }

    fn scrape_config(
        &self,
        index: usize,
        endpoint: &Endpoint,
        place: &str,
        mut rules: RuleList,
    ) -> ScrapeConfig {
        let (spec, config) = (self.spec, self.config);
        let job = Job::new(
            config,
            &spec.settings,
            self.resource,
            self.namespace,
            self.name,
        );
        rules.endpoint(endpoint, place);
        rules.class(job.class);
        rules.own(&endpoint.relabelings, &format!("{place}.relabelings"));
        rules.enforced_namespace(job.enforced, self.namespace);
        if !config.daemon_set {
            rules.sharding(config, "__address__");
        }
        let metric_relabelings = format!("{place}.metricRelabelings");
        let attached = job.class.and_then(|class| class.attach_metadata);
        let text = |text| given(text).map(str::to_owned);
        ScrapeConfig {
            job_name: format!("{}/{}/{}/{index}", self.kind, self.namespace, self.name),
            honor_labels: Some(endpoint.honor_labels && !config.override_honor_labels),
            honor_timestamps: config.since(9, self.honor_timestamps(endpoint)),
            track_timestamps_staleness: config.since(48, endpoint.track_timestamps_staleness),
            kubernetes_sd_configs: vec![
                self.discovery(&job, attached.map(|metadata| metadata.node)),
            ],
            scrape_interval: text(&endpoint.interval),
            scrape_timeout: text(&endpoint.scrape_timeout),
            metrics_path: text(&endpoint.path),
            params: endpoint.params.clone(),
            scheme: endpoint.scheme.map(Scheme::as_str).map(str::to_owned),
            follow_redirects: config.since(26, endpoint.follow_redirects),
            enable_http2: config.since(35, endpoint.enable_http2),
            proxy_url: endpoint.proxy_url.clone(),
            no_proxy: config.since(43, endpoint.no_proxy.clone()),
            proxy_from_environment: config.since(43, endpoint.proxy_from_environment),
            http: job.connection().entries(&Access::from(endpoint)),
            relabel_configs: rules.into_rules(),
            metric_relabel_configs: job
                .metric_rules(&endpoint.metric_relabelings, &metric_relabelings),
            ..job.settings(&spec.settings)
        }
    }

    /// Returns a value as soon as either side sets one; it is true only if both are (spec M3).
    fn honor_timestamps(&self, endpoint: &Endpoint) -> Option<bool> {
        let overridden = self.config.override_honor_timestamps;
        match endpoint.honor_timestamps {
            None if !overridden => None,
            user => Some(user.unwrap_or(false) && !overridden),
        }
    }

    /// Returns what to discover (spec M5). `class_node` is what the scrape class attaches, if set.
    fn discovery(&self, job: &Job<'_>, class_node: Option<bool>) -> KubernetesSd {
        let (spec, config) = (self.spec, self.config);
        // If pods do not have the zone it must come from the node, even against the user's setting.
        let node = if !config.zones().is_empty() && !config.pod_topology_labels {
            Some(true)
        } else {
            (spec.attach_metadata.map(|metadata| metadata.node)).or(class_node)
        };
        let mut selectors = Vec::new();
        if config.daemon_set {
            selectors.push(RoleSelector {
                role: "pod".to_owned(),
                label: None,
                field: Some("spec.nodeName=$(NODE_NAME)".to_owned()),
            });
        }
        if spec.selector_mechanism == SelectorMechanism::RoleSelector {
            let label = spec.selector.to_string();
            selectors.extend(self.roles.iter().map(|role| RoleSelector {
                role: (*role).to_owned(),
                label: Some(label.clone()),
                field: None,
            }));
        }
        KubernetesSd {
            role: self.role.to_owned(),
            namespaces: job.searched(&spec.namespace_selector),
            api_server: config.api_server.clone(),
            attach_metadata: node
                .filter(|_| config.version >= self.attaches_since)
                .map(|node| AttachedMetadata {
                    node: Some(node),
                    ..AttachedMetadata::default()
                }),
            selectors: (!selectors.is_empty()).then_some(selectors),
            ..KubernetesSd::default()
        }
    }
}
