//! Renders a monitor to scrape configurations, as the Operator does.

use super::{
    config::OperatorConfig,
    connection::Connection,
    limits::{capped, capped_size},
    manifest::{Endpoint, Manifest, MonitorSpec, PodMonitor, ServiceMonitor},
    origin::Origin,
    rules::{Object, RuleList, given},
    scrape_config::{AttachedMetadata, KubernetesSd, Namespaces, RoleSelector, ScrapeConfig},
    values::{Scheme, SelectorMechanism, ServiceDiscoveryRole},
    version::Version,
};
use crate::format::ScrapeProtocol;
use crate::relabel::RuleConfig;

/// Renders the scrape configurations that the Operator makes of a monitor, one per endpoint.
///
/// It checks only what the monitor's types check already. Call [`check`](super::check()) first, which says
/// whether a cluster accepts the monitor at all.
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
    }
}

/// Renders the scrape configurations of several monitors, in the order in which the Operator writes them to
/// one file: by namespace and name, `ServiceMonitor`s first, or last for Prometheus Agent
/// ([M23](crate::docs::operator#m23)).
#[must_use]
pub fn render_all<'m>(
    manifests: impl IntoIterator<Item = &'m Manifest>,
    config: &OperatorConfig,
) -> Vec<ScrapeConfig> {
    let mut manifests: Vec<&Manifest> = manifests.into_iter().collect();
    manifests.sort_by_cached_key(|manifest| {
        let services = matches!(manifest, Manifest::ServiceMonitor(_));
        let agent = config.agent || config.daemon_set;
        (
            services == agent,
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
        rules.selector(&spec.selector, spec.selector_mechanism, Object::Service);
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
        rules.selector(&spec.selector, spec.selector_mechanism, Object::Pod);
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

    /// Returns the value, if the version knows the field.
    fn since<T>(&self, minor: u64, value: Option<T>) -> Option<T> {
        value.filter(|_| self.config.version >= Version::new(2, minor, 0))
    }

    fn scrape_config(
        &self,
        index: usize,
        endpoint: &Endpoint,
        place: &str,
        mut rules: RuleList,
    ) -> ScrapeConfig {
        let (spec, config) = (self.spec, self.config);
        let class = config.scrape_class(spec.scrape_class.as_deref());
        let enforced = config.enforced_label(self.resource, self.namespace, self.name);
        let class_rules = |list: &'static str| {
            let name = class.map(|class| class.name.clone()).unwrap_or_default();
            move |index| Origin::ScrapeClass {
                class: name.clone(),
                path: format!("{list}[{index}]"),
            }
        };
        let own_rules = |list| move |index| Origin::manifest(format!("{place}.{list}[{index}]"));

        rules.endpoint(endpoint, place);
        rules.written(
            class.map_or(&[], |class| &class.relabelings),
            class_rules("relabelings"),
        );
        rules.written(&endpoint.relabelings, own_rules("relabelings"));
        rules.enforced_namespace(enforced, self.namespace);
        if !config.daemon_set {
            rules.sharding(config);
        }

        let mut metric_rules = RuleList::default();
        metric_rules.written(
            class.map_or(&[], |class| &class.metric_relabelings),
            class_rules("metricRelabelings"),
        );
        metric_rules.written(&endpoint.metric_relabelings, own_rules("metricRelabelings"));
        metric_rules.enforced_namespace(enforced, self.namespace);

        let version = &config.version;
        let three = Version::new(3, 0, 0);
        let limit = |user, cap| capped(user, cap, version);
        let classic = spec.scrape_classic_histograms;
        let text = |text| given(text).map(str::to_owned);
        ScrapeConfig {
            job_name: format!("{}/{}/{}/{index}", self.kind, self.namespace, self.name),
            honor_labels: Some(endpoint.honor_labels && !config.override_honor_labels),
            honor_timestamps: self.since(9, self.honor_timestamps(endpoint)),
            track_timestamps_staleness: self.since(48, endpoint.track_timestamps_staleness),
            kubernetes_sd_configs: vec![
                self.discovery(
                    class
                        .and_then(|class| class.attach_metadata.as_ref())
                        .map(|meta| meta.node),
                ),
            ],
            scrape_interval: text(&endpoint.interval),
            scrape_timeout: text(&endpoint.scrape_timeout),
            metrics_path: text(&endpoint.path),
            params: endpoint.params.clone(),
            scheme: endpoint.scheme.map(Scheme::as_str).map(str::to_owned),
            follow_redirects: self.since(26, endpoint.follow_redirects),
            enable_http2: self.since(35, endpoint.enable_http2),
            proxy_url: endpoint.proxy_url.clone(),
            no_proxy: self.since(43, endpoint.no_proxy.clone()),
            proxy_from_environment: self.since(43, endpoint.proxy_from_environment),
            http: Connection {
                config,
                class,
                namespace: self.namespace,
            }
            .entries(endpoint),
            relabel_configs: rules.into_rules(),
            sample_limit: limit(spec.sample_limit, config.enforced_sample_limit),
            target_limit: self.since(21, limit(spec.target_limit, config.enforced_target_limit)),
            label_limit: self.since(27, limit(spec.label_limit, config.enforced_label_limit)),
            label_name_length_limit: self.since(
                27,
                limit(
                    spec.label_name_length_limit,
                    config.enforced_label_name_length_limit,
                ),
            ),
            label_value_length_limit: self.since(
                27,
                limit(
                    spec.label_value_length_limit,
                    config.enforced_label_value_length_limit,
                ),
            ),
            keep_dropped_targets: self.since(
                47,
                limit(
                    spec.keep_dropped_targets,
                    config.enforced_keep_dropped_targets,
                ),
            ),
            scrape_native_histograms: (spec.scrape_native_histograms)
                .filter(|_| *version >= Version::new(3, 8, 0)),
            native_histogram_bucket_limit: self.since(45, spec.native_histogram_bucket_limit),
            native_histogram_min_bucket_factor: self.since(
                50,
                (spec.native_histogram_min_bucket_factor.as_ref()).map(|factor| factor.value()),
            ),
            // The name changed with the major version, and its pre-releases use the new one.
            always_scrape_classic_histograms: classic.filter(|_| version.major() == 3),
            scrape_classic_histograms: self.since(45, classic.filter(|_| version.major() != 3)),
            convert_classic_histograms_to_nhcb: (spec.convert_classic_histograms_to_nhcb)
                .filter(|_| *version >= three),
            scrape_protocols: self.since(49, self.scrape_protocols()),
            fallback_scrape_protocol: (spec.fallback_scrape_protocol)
                .or(class.and_then(|class| class.fallback_scrape_protocol))
                .filter(|_| *version >= three),
            body_size_limit: self.since(
                28,
                capped_size(
                    spec.body_size_limit.as_ref(),
                    config.enforced_body_size_limit.as_ref(),
                )
                .map(str::to_owned),
            ),
            metric_relabel_configs: metric_rules.into_rules(),
            other: Vec::new(),
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
    fn discovery(&self, class_node: Option<bool>) -> KubernetesSd {
        let (spec, config) = (self.spec, self.config);
        let selector = &spec.namespace_selector;
        let names = if config.ignore_namespace_selectors {
            Some(vec![self.namespace.to_owned()])
        } else if selector.any {
            None
        } else if selector.match_names.is_empty() {
            Some(vec![self.namespace.to_owned()])
        } else {
            Some(selector.match_names.clone())
        };
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
            namespaces: names.map(|names| Namespaces {
                own_namespace: None,
                names,
            }),
            api_server: config.api_server.clone(),
            attach_metadata: node
                .filter(|_| config.version >= self.attaches_since)
                .map(|node| AttachedMetadata {
                    node,
                    namespace: None,
                }),
            selectors: (!selectors.is_empty()).then_some(selectors),
            other: Vec::new(),
        }
    }

    /// Returns the requested formats, without one that the version does not know (spec M19). The rest may be
    /// an empty list, which is written.
    fn scrape_protocols(&self) -> Option<Vec<ScrapeProtocol>> {
        let wanted = &self.spec.scrape_protocols;
        let knows_text_1 = self.config.version >= Version::new(3, 0, 0).candidate(0);
        (!wanted.is_empty()).then(|| {
            (wanted.iter().copied())
                .filter(|protocol| knows_text_1 || *protocol != ScrapeProtocol::PrometheusText100)
                .collect()
        })
    }
}
