//! Rules and label sets of real setups, for tests of the cost of relabelling.

use exposition::relabel::{Action, RuleConfig};

/// Returns the rules for scraping the sidecars of a mesh: keep the proxy's container if the pod requests a
/// scrape, take the port from its annotation, and name the namespace and the pod.
pub(crate) fn sidecar_configs() -> [RuleConfig; 6] {
    let rule = RuleConfig::new;
    [
        rule()
            .source_labels(["__meta_kubernetes_pod_container_name"])
            .regex("istio-proxy")
            .action(Action::Keep),
        rule()
            .source_labels(["__meta_kubernetes_pod_annotationpresent_prometheus_io_scrape"])
            .action(Action::Keep),
        rule()
            .source_labels([
                "__address__",
                "__meta_kubernetes_pod_annotation_prometheus_io_port",
            ])
            .regex("([^:]+)(?::\\d+)?;(\\d+)")
            .replacement("$1:$2")
            .target_label("__address__"),
        rule()
            .regex("__meta_kubernetes_pod_label_(.+)")
            .action(Action::LabelDrop),
        rule()
            .source_labels(["__meta_kubernetes_namespace"])
            .target_label("namespace"),
        rule()
            .source_labels(["__meta_kubernetes_pod_name"])
            .target_label("pod_name"),
    ]
}

/// The labels of a discovered sidecar.
pub(crate) const SIDECAR: &[(&str, &str)] = &[
    ("__address__", "127.0.0.1:3000"),
    ("__meta_kubernetes_namespace", "istioinaction"),
    (
        "__meta_kubernetes_pod_annotation_prometheus_io_path",
        "/stats/prometheus",
    ),
    (
        "__meta_kubernetes_pod_annotation_prometheus_io_port",
        "15090",
    ),
    (
        "__meta_kubernetes_pod_annotation_prometheus_io_scrape",
        "true",
    ),
    (
        "__meta_kubernetes_pod_annotationpresent_prometheus_io_scrape",
        "true",
    ),
    ("__meta_kubernetes_pod_container_name", "istio-proxy"),
    (
        "__meta_kubernetes_pod_container_port_name",
        "http-envoy-prom",
    ),
    ("__meta_kubernetes_pod_container_port_number", "15090"),
    ("__meta_kubernetes_pod_ip", "127.0.0.1"),
    ("__meta_kubernetes_pod_label_app", "catalog"),
    ("__meta_kubernetes_pod_label_pod_template_hash", "6cf4b97d"),
    (
        "__meta_kubernetes_pod_label_topology_istio_io_network",
        "network-1",
    ),
    ("__meta_kubernetes_pod_label_version", "v1"),
    ("__meta_kubernetes_pod_labelpresent_app", "true"),
    ("__meta_kubernetes_pod_name", "catalog-6cf4b97d-wtm8t"),
    ("__meta_kubernetes_pod_node_name", "node-1"),
    ("__meta_kubernetes_pod_phase", "Running"),
    ("__meta_kubernetes_pod_ready", "true"),
    ("__metrics_path__", "/stats/prometheus"),
    ("__scheme__", "http"),
    ("__scrape_interval__", "4s"),
    ("__scrape_timeout__", "3s"),
    ("job", "podmonitor-one"),
];

/// Returns rules as users set them for samples: drop by name, drop a label, split a label, and shard.
pub(crate) fn sample_configs() -> [RuleConfig; 4] {
    let rule = RuleConfig::new;
    [
        rule()
            .source_labels(["__name__"])
            .regex(
                "envoy_(cluster_(assignment_stale|assignment_timeout_received|bind_errors|\
                 default_total_match_count|lb_recalculate_zone_structures|membership_excluded)|\
                 server_(dynamic_unknown_fields|static_unknown_fields))",
            )
            .action(Action::Drop),
        rule()
            .regex("response_code_class|tcp_prefix")
            .action(Action::LabelDrop),
        rule()
            .source_labels(["cluster_name"])
            .regex("(outbound|inbound)\\|(\\d+)\\|.*\\|(.+)")
            .replacement("$1/$2/$3")
            .target_label("cluster"),
        shard_config(),
    ]
}

/// Returns a rule that spreads series over shards.
pub(crate) fn shard_config() -> RuleConfig {
    RuleConfig::new()
        .source_labels(["__name__", "cluster_name"])
        .modulus(8)
        .target_label("shard")
        .action(Action::HashMod)
}
