use crate::operator::{Explainer, Manifest, OperatorConfig, ScrapeConfig, render};
use crate::relabel::RemarkKind;

fn monitor(kind: &str, spec: &str) -> Manifest {
    let text = format!(
        "apiVersion: monitoring.coreos.com/v1\nkind: {kind}\nmetadata: {{name: m, namespace: shop}}\n\
         spec: {{selector: {{}}, {spec}}}"
    );
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn of_manifest(manifest: &Manifest) -> Vec<String> {
    (manifest.remarks().iter())
        .map(|remark| format!("{} {remark}", remark.kind))
        .collect()
}

fn of_config(config: &ScrapeConfig, settings: &OperatorConfig) -> Vec<String> {
    let explainer = Explainer::new(config, settings).unwrap();
    (explainer.remarks().iter())
        .map(|remark| format!("{} {remark}", remark.kind))
        .collect()
}

fn resource(version: &str, kind: &str, spec: &str) -> Manifest {
    let text = format!(
        "apiVersion: monitoring.coreos.com/{version}\nkind: {kind}\nmetadata: {{name: m, namespace: shop}}\n\
         spec: {{{spec}}}"
    );
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The fields and rules of a Probe and a ScrapeConfig.
#[test]
fn remarks_on_other_resources() {
    let refused = "the Operator renders it, but Prometheus then refuses the whole file";
    let key = "{name: s, key: k}";
    for (version, kind, spec, expected) in [
        (
            "v1",
            "Probe",
            "prober: {url: 'b:9115'}, targets: {staticConfig: {static: ['https://a/b']}}".to_owned(),
            String::new(),
        ),
        (
            "v1",
            "Probe",
            format!("basicAuth: {{username: {key}, password: {key}}}, authorization: {{credentials: {key}}}"),
            format!("two-identities spec.basicAuth: stands beside `authorization`: {refused}; leave one of them out"),
        ),
        (
            "v1",
            "Probe",
            "targets: {ingress: {relabelingConfigs: [{sourceLabels: [__meta_kubernetes_pod_name], \
             targetLabel: pod}]}}"
                .to_owned(),
            "label-of-another-role spec.targets.ingress.relabelingConfigs[0].sourceLabels".to_owned(),
        ),
        (
            "v1",
            "Probe",
            "targets: {staticConfig: {relabelingConfigs: [{sourceLabels: [c], regex: (a), replacement: $1_x, targetLabel: b}]}}"
                .to_owned(),
            "no-such-group spec.targets.staticConfig.relabelingConfigs[0].replacement".to_owned(),
        ),
        (
            "v1alpha1",
            "ScrapeConfig",
            "staticConfigs: [{targets: ['a:1', 'http://a:1/x']}]".to_owned(),
            "not-an-address spec.staticConfigs[0].targets[1]: \"http://a:1/x\" is not a host with a port: \
             Prometheus drops the target; write \"a:1\", and `scheme` and `metricsPath` for the rest"
                .to_owned(),
        ),
        (
            "v1alpha1",
            "ScrapeConfig",
            "staticConfigs: [{targets: ['https://a/x']}], relabelings: [{sourceLabels: [__address__], targetLabel: \
             __param_target}, {targetLabel: __address__, replacement: 'blackbox:9115'}]"
                .to_owned(),
            String::new(),
        ),
        (
            "v1alpha1",
            "ScrapeConfig",
            format!(
                "httpSDConfigs: [{{url: 'http://a', authorization: {{credentials: {key}}}, basicAuth: {{username: \
                 {key}, password: {key}}}}}], bodySizeLimit: 1MB"
            ),
            "two-identities spec.httpSDConfigs[0].basicAuth".to_owned(),
        ),
        (
            "v1alpha1",
            "ScrapeConfig",
            "bodySizeLimit: x1MB, staticConfigs: [{targets: ['[::1]:80']}]".to_owned(),
            "not-a-size spec.bodySizeLimit".to_owned(),
        ),
        (
            "v1alpha1",
            "ScrapeConfig",
            "kubernetesSDConfigs: [{role: Node}], relabelings: [{sourceLabels: [__meta_kubernetes_pod_name], \
             targetLabel: pod}]"
                .to_owned(),
            "label-of-another-role spec.relabelings[0].sourceLabels".to_owned(),
        ),
        (
            "v1alpha1",
            "ScrapeConfig",
            "consulSDConfigs: [{server: 'c:8500'}], relabelings: [{sourceLabels: [__meta_consul_dc], targetLabel: dc}]"
                .to_owned(),
            String::new(),
        ),
    ] {
        let found = of_manifest(&resource(version, kind, &spec)).join("\n");
        let is_expected = match expected.is_empty() {
            true => found.is_empty(),
            false => found.starts_with(&expected) && !found.contains('\n'),
        };
        assert!(is_expected, "{kind} {spec}: {found}");
    }
}

/// The fields of endpoints and the rules in them.
#[test]
fn remarks_on_monitors() {
    let refused = "the Operator renders it, but Prometheus then refuses the whole file";
    for (kind, spec, expected) in [
        ("ServiceMonitor", "endpoints: [{port: web}]", String::new()),
        ("ServiceMonitor", "endpoints: [{targetPort: web}]", String::new()),
        ("ServiceMonitor", "endpoints: [{targetPort: 80}]", String::new()),
        ("PodMonitor", "podMetricsEndpoints: [{portNumber: 80}]", String::new()),
        (
            "ServiceMonitor",
            "endpoints: [{port: '2020'}]",
            "port-by-number spec.endpoints[0].port: no port is called \"2020\", the name of one has a letter; \
             for the number of the container's port write `targetPort: 2020`"
                .to_owned(),
        ),
        (
            "ServiceMonitor",
            "endpoints: [{targetPort: '2020'}]",
            "port-by-number spec.endpoints[0].targetPort: no port is called \"2020\", the name of one has a \
             letter; for the number of the container's port write `targetPort: 2020`"
                .to_owned(),
        ),
        (
            "PodMonitor",
            "podMetricsEndpoints: [{port: web}, {path: /stats}]",
            "every-port spec.podMetricsEndpoints[1]: without a port every port of what is selected is \
             scraped; to scrape one, write `port` with its name"
                .to_owned(),
        ),
        (
            "PodMonitor",
            "podMetricsEndpoints: []",
            "no-endpoint spec.podMetricsEndpoints: none: nothing is scraped; add one".to_owned(),
        ),
        (
            "ServiceMonitor",
            "bodySizeLimit: about 5MB, endpoints: [{port: web}]",
            format!(
                "not-a-size spec.bodySizeLimit: \"about 5MB\" is not a size: {refused}; write a number with \
                 a unit, such as 50MB"
            ),
        ),
        (
            "ServiceMonitor",
            "endpoints: [{port: web, interval: 10000000000h}]",
            format!(
                "not-an-interval spec.endpoints[0].interval: duration \"10000000000h\" is out of range: \
                 {refused}; write a number with a unit, such as 30s"
            ),
        ),
        (
            "PodMonitor",
            "podMetricsEndpoints: [{port: web, relabelings: [{action: keep}, \
             {sourceLabels: [__meta_kubernetes_pod_labels_app], targetLabel: app, replacement: $1_x}], \
             metricRelabelings: [{sourceLabels: [__meta_kubernetes_pod_name], targetLabel: pod}]}]",
            "matches-everything spec.podMetricsEndpoints[0].relabelings[0].regex: keep with a regex that \
             matches everything, an absent label too, never drops; to ask for a label, write `regex: .+`\n\
             no-such-group spec.podMetricsEndpoints[0].relabelings[1].replacement: `$1_x` is the group named \
             \"1_x\", which does not exist and is empty; for group 1 and the text \"_x\" write `${1}_x`\n\
             unknown-discovery-label spec.podMetricsEndpoints[0].relabelings[1].sourceLabels: no discovery \
             makes the label `__meta_kubernetes_pod_labels_app`; did you mean \
             `__meta_kubernetes_pod_label_app`?\n\
             discovery-label spec.podMetricsEndpoints[0].metricRelabelings[0].sourceLabels: targets have the \
             label `__meta_kubernetes_pod_name`, and samples do not: it is always empty; copy it to another \
             label in the rules for targets (`relabelings`, `relabel_configs`), and read that"
                .to_owned(),
        ),
        (
            "PodMonitor",
            "podMetricsEndpoints: [{port: web, relabelings: [{sourceLabels: [__meta_kubernetes_service_name], \
             targetLabel: service}]}]",
            "label-of-another-role spec.podMetricsEndpoints[0].relabelings[0].sourceLabels: only role \
             `service` or `endpoints` or `endpointslice` makes the label `__meta_kubernetes_service_name`, \
             and this is role `pod`; read a label of this role"
                .to_owned(),
        ),
        (
            "ServiceMonitor",
            "endpoints: [{port: web, relabelings: [{sourceLabels: [__meta_consul_service], targetLabel: a}, \
             {sourceLabels: [__meta_kubernets_namespace], targetLabel: b}]}]",
            "unknown-discovery-label spec.endpoints[0].relabelings[0].sourceLabels: Kubernetes' discovery \
             does not make the label `__meta_consul_service`; read a label that begins with \
             `__meta_kubernetes_`\n\
             unknown-discovery-label spec.endpoints[0].relabelings[1].sourceLabels: no discovery makes the \
             label `__meta_kubernets_namespace`; did you mean `__meta_kubernetes_namespace`?"
                .to_owned(),
        ),
        // Rules for either role, metadata that a scrape class may attach, a label that a class may set.
        (
            "ServiceMonitor",
            "endpoints: [{port: web, relabelings: [{sourceLabels: [__meta_kubernetes_endpoint_port_name], \
             targetLabel: a}, {sourceLabels: [__meta_kubernetes_endpointslice_port_name], targetLabel: b}, \
             {sourceLabels: [__meta_kubernetes_node_label_zone], targetLabel: zone}, \
             {sourceLabels: [__meta_kubernetes_pod_node_name], targetLabel: node}], \
             metricRelabelings: [{sourceLabels: [__tmp_a], targetLabel: a}]}]",
            String::new(),
        ),
    ] {
        let manifest = monitor(kind, spec);
        assert_eq!(of_manifest(&manifest).join("\n"), expected, "{spec}");
    }
}

/// What depends on settings too; the Operator's own rules are not looked at.
#[test]
fn remarks_on_rendered_rules() {
    let settings: OperatorConfig = "
enforcedNamespaceLabel: tenant
shards: 2
scrapeClasses:
- name: mesh
  default: true
  relabelings: [{sourceLabels: [a], targetLabel: b, replacement: $2}]
  metricRelabelings: [{sourceLabels: [job], targetLabel: __tmp_job}]
"
    .parse()
    .unwrap();
    let manifest = monitor(
        "PodMonitor",
        "podMetricsEndpoints: [{port: web, relabelings: [{sourceLabels: [__meta_kubernetes_node_label_zone], \
         targetLabel: zone}, {action: drop}], metricRelabelings: [{sourceLabels: [__tmp_job], targetLabel: \
         a}]}]",
    );
    let config = render(&manifest, &settings).remove(0);
    assert_eq!(
        of_config(&config, &settings),
        [
            "no-such-group scrape class `mesh`, relabelings[0].replacement: the regex has 1 group, so `$2` is \
             empty; put one more part in parentheses, or write another number",
            "metadata-not-attached spec.podMetricsEndpoints[0].relabelings[0].sourceLabels: the label \
             `__meta_kubernetes_node_label_zone` is made only where metadata of the node is attached; write \
             `attachMetadata: {node: true}`, in Prometheus' file `attach_metadata`",
            "matches-everything spec.podMetricsEndpoints[0].relabelings[1].regex: drop with a regex that \
             matches everything, an absent label too, drops all; to ask for a label, write `regex: .+`",
        ]
    );
    let attached = monitor(
        "PodMonitor",
        "attachMetadata: {node: true}, podMetricsEndpoints: [{port: web, relabelings: [{sourceLabels: \
         [__meta_kubernetes_node_label_zone], targetLabel: zone}]}]",
    );
    let config = render(&attached, &OperatorConfig::default()).remove(0);
    assert_eq!(of_config(&config, &OperatorConfig::default()), [""; 0]);
}

/// Configurations of Prometheus, with discoveries of all kinds.
#[test]
fn remarks_on_configurations() {
    let rule =
        |label: &str| format!("relabel_configs: [{{source_labels: [{label}], target_label: a}}]");
    for (discovery, label, expected) in [
        ("", "__meta_kubernetes_service_name", ""),
        ("", "__meta_kubernetes_something_else", ""),
        ("", "__meta_mine_label", ""),
        (
            "",
            "__meta_kubernetes_pod_annotation_prometheus.io/port",
            "unknown-discovery-label relabel_configs[0].source_labels: no discovery makes the label \
             `__meta_kubernetes_pod_annotation_prometheus.io/port`; did you mean \
             `__meta_kubernetes_pod_annotation_prometheus_io_port`?",
        ),
        ("static_configs: []", "__meta_kubernetes_something_else", ""),
        (
            "kubernetes_sd_configs: [{role: pod}]\nhttp_sd_configs: []",
            "__meta_kubernetes_service_name",
            "",
        ),
        (
            "kubernetes_sd_configs: [{role: pod}]\nconsul_sd_configs: []",
            "__meta_consul_service",
            "",
        ),
        (
            "kubernetes_sd_configs: [{role: pod}, {role: service}]",
            "__meta_kubernetes_service_type",
            "",
        ),
        (
            "kubernetes_sd_configs: [{role: node}]",
            "__meta_kubernetes_node_label_zone",
            "",
        ),
        (
            "kubernetes_sd_configs: [{role: node}]",
            "__meta_kubernetes_node_name",
            "",
        ),
        (
            "kubernetes_sd_configs: [{role: pod, attach_metadata: {node: true}}]",
            "__meta_kubernetes_node_name",
            "",
        ),
        (
            "kubernetes_sd_configs: [{role: pod, attach_metadata: {node: true}}]",
            "__meta_kubernetes_namespace_label_team",
            "metadata-not-attached relabel_configs[0].source_labels: the label \
             `__meta_kubernetes_namespace_label_team` is made only where metadata of the namespace is \
             attached; in Prometheus' file write `attach_metadata: {namespace: true}`",
        ),
        (
            "kubernetes_sd_configs: [{role: endpoints}]",
            "__meta_kubernetes_service_type",
            "label-of-another-role relabel_configs[0].source_labels: only role `service` makes the label \
             `__meta_kubernetes_service_type`, and this is role `endpoints`; read a label of this role",
        ),
        (
            "kubernetes_sd_configs: [{role: endpoints}]",
            "__meta_kubernetes_deployment_name",
            "unknown-discovery-label relabel_configs[0].source_labels: no discovery makes the label \
             `__meta_kubernetes_deployment_name`; read a label that there is",
        ),
    ] {
        let yaml = format!("job_name: a\n{discovery}\n{}", rule(label));
        let config = ScrapeConfig::from_yaml(&yaml).unwrap();
        let told = of_config(&config, &OperatorConfig::default());
        assert_eq!(told.join("\n"), expected, "{yaml}");
    }
    // A label that a rule before it sets.
    let yaml = "job_name: a\nkubernetes_sd_configs: [{role: pod}]\nrelabel_configs: [{source_labels: \
                [__meta_kubernetes_pod_name], target_label: __meta_kubernetes_x}, {source_labels: \
                [__meta_kubernetes_x], target_label: a}]";
    let config = ScrapeConfig::from_yaml(yaml).unwrap();
    assert_eq!(of_config(&config, &OperatorConfig::default()), [""; 0]);
}

const BODY: &[u8] = b"a{code=\"200\",path=\"/\"} 1\na{code=\"500\",path=\"/\"} 2\nb 3\n";

fn of_body(config: &ScrapeConfig, settings: &OperatorConfig) -> Vec<String> {
    let explainer = Explainer::new(config, settings).unwrap();
    let explanation = explainer.target([
        ("__address__", "h:1"),
        ("__meta_kubernetes_namespace", "shop"),
        ("__meta_kubernetes_pod_container_port_name", "web"),
    ]);
    let target = explanation.target().unwrap();
    let scrape = (explainer.sample_config()).scrape(target, Some("text/plain"), BODY);
    let report = scrape.count_rules().report();
    (explainer.remarks_on(&report).iter())
        .map(|remark| format!("{} {remark}", remark.kind))
        .collect()
}

#[test]
fn remarks_on_what_a_scrape_shows() {
    let lost = ": nothing of the body is stored; ";
    let labels = "raise the limit, or drop the series or the label with a rule for samples";
    for (yaml, expected) in [
        ("sample_limit: 3", String::new()),
        ("label_limit: 5", String::new()),
        ("metric_relabel_configs: [{action: labeldrop, regex: path}]", String::new()),
        (
            "sample_limit: 2",
            format!(
                "limit-exceeded sample_limit: more samples than sample_limit 2{lost}raise the limit, or drop \
                 series with a rule for samples"
            ),
        ),
        (
            "body_size_limit: 10B",
            format!(
                "limit-exceeded body_size_limit: the body has {} bytes, body_size_limit is 10{lost}raise the \
                 limit, or expose less: rules do not make the body smaller",
                BODY.len()
            ),
        ),
        (
            "label_limit: 2",
            format!(
                "limit-exceeded label_limit: a{{code=\"200\",path=\"/\"}}: 5 labels, label_limit is 2{lost}{labels}"
            ),
        ),
        ("label_name_length_limit: 8", String::new()),
        (
            "label_name_length_limit: 7",
            format!(
                "limit-exceeded label_name_length_limit: a{{code=\"200\",path=\"/\"}}: the label name \
                 \"__name__\" has 8 bytes, label_name_length_limit is 7{lost}{labels}"
            ),
        ),
        (
            "label_value_length_limit: 2",
            format!(
                "limit-exceeded label_value_length_limit: a{{code=\"200\",path=\"/\"}}: the value of code has \
                 3 bytes, label_value_length_limit is 2{lost}{labels}"
            ),
        ),
        (
            "metric_relabel_configs: [{action: labeldrop, regex: code}, {target_label: x, replacement: y}]",
            "merged-series metric_relabel_configs[0].regex: this rule changed the labels of 2 samples, and \
             then 1 is not stored, as its series has another; keep the label that tells the series apart"
                .to_owned(),
        ),
        (
            "metric_relabel_configs: [{source_labels: [code], regex: .+, target_label: code, replacement: x}]",
            "merged-series metric_relabel_configs[0].target_label: this rule changed the labels of 2 \
             samples, and then 1 is not stored, as its series has another; keep the label that tells the \
             series apart"
                .to_owned(),
        ),
    ] {
        let config = ScrapeConfig::from_yaml(&format!("job_name: j\n{yaml}")).unwrap();
        let told = of_body(&config, &OperatorConfig::default());
        assert_eq!(told.join("\n"), expected, "{yaml}");
    }
    // In a monitor, the place is its field, or that of the Prometheus object.
    let manifest = monitor(
        "PodMonitor",
        "sampleLimit: 2, podMetricsEndpoints: [{port: web}]",
    );
    for (settings, place) in [
        ("{}", "spec.sampleLimit"),
        ("{enforcedSampleLimit: 3}", "spec.sampleLimit"),
        (
            "{enforcedSampleLimit: 1}",
            "generated by the Prometheus object's `spec.enforcedSampleLimit`",
        ),
    ] {
        let settings: OperatorConfig = settings.parse().unwrap();
        let config = render(&manifest, &settings).remove(0);
        let told = of_body(&config, &settings);
        let starts = format!("{} {place}: more samples than", RemarkKind::LimitExceeded);
        assert!(told.len() == 1 && told[0].starts_with(&starts), "{told:?}");
    }
}
