//! Monitors as users write them: what is read, what is refused and how that is reported.
#![cfg(feature = "operator")]

use proptest::prelude::*;

use exposition::operator::{
    Assets, KeyHint, Manifest, ManifestErrorKind, OperatorConfig, PodMonitor, ScrapeConfig,
    ServiceMonitor, render, render_all,
};

/// Returns a `ServiceMonitor` with these lines below `spec`.
fn service_monitor(spec: &str) -> String {
    let head = "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\n";
    format!("{head}metadata: {{name: web, namespace: shop}}\nspec:\n{spec}")
}

/// Returns a `PodMonitor` with these lines below `spec`.
fn pod_monitor(spec: &str) -> String {
    service_monitor(spec).replace("ServiceMonitor", "PodMonitor")
}

fn error(manifest: &str) -> String {
    match manifest.parse::<Manifest>() {
        Ok(manifest) => format!("accepted: {manifest:?}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn keys_in_another_spelling() {
    let rule = |key: &str| {
        pod_monitor(&format!(
            "  selector: {{}}\n  podMetricsEndpoints:\n  - port: metrics\n    relabelings:\n    \
             - action: drop\n    - action: drop\n    - action: drop\n    - {key}: [a]\n"
        ))
    };
    let path = "spec.podMetricsEndpoints[0].relabelings[3]";
    for (key, hint) in [
        ("source_labels", "did you mean `sourceLabels`?"),
        ("sourcelabels", "did you mean `sourceLabels`?"),
        ("source-labels", "did you mean `sourceLabels`?"),
        ("SourceLabels", "did you mean `sourceLabels`?"),
        ("sourceLabel", "did you mean `sourceLabels`?"),
        ("sourcesLabel", "did you mean `sourceLabels`?"),
        ("target_label", "did you mean `targetLabel`?"),
        ("regexp", "did you mean `regex`?"),
        (
            "honorLabels",
            "`honorLabels` belongs in `spec.podMetricsEndpoints[]`",
        ),
        ("match_labels", "`matchLabels` belongs in `spec.selector`"),
        (
            "if",
            "expected one of sourceLabels, separator, regex, modulus, targetLabel, replacement, action",
        ),
    ] {
        assert_eq!(
            error(&rule(key)),
            format!("{path}.{key}: unknown key: {hint}")
        );
    }

    // The same words in Prometheus' own configuration.
    let endpoint =
        |key: &str| service_monitor(&format!("  selector: {{}}\n  endpoints: [{{{key}: x}}]"));
    for (key, meant) in [
        ("metrics_path", "path"),
        ("scrape_interval", "interval"),
        ("scrape_timeout", "scrapeTimeout"),
        ("relabel_configs", "relabelings"),
        ("relabelConfigs", "relabelings"),
        ("metric_relabel_configs", "metricRelabelings"),
        ("proxy_url", "proxyUrl"),
        ("tls_config", "tlsConfig"),
        ("targetport", "targetPort"),
    ] {
        let expected = format!("spec.endpoints[0].{key}: unknown key: did you mean `{meant}`?");
        assert_eq!(error(&endpoint(key)), expected);
    }
}

#[test]
fn keys_of_another_place_or_kind() {
    for (manifest, message) in [
        (
            service_monitor("  selector: {}\n  endpoints: []\n  relabelings: []"),
            "spec.relabelings: unknown key: `relabelings` belongs in `spec.endpoints[]`",
        ),
        (
            service_monitor("  matchLabels: {app: web}"),
            "spec.matchLabels: unknown key: `matchLabels` belongs in `spec.selector`",
        ),
        (
            service_monitor("  selector: {app: web}"),
            "spec.selector.app: unknown key: expected one of matchLabels, matchExpressions",
        ),
        (
            service_monitor("  selector: {}\n  podMetricsEndpoints: []"),
            "spec.podMetricsEndpoints: unknown key: only a PodMonitor has it, here it is `endpoints`",
        ),
        (
            service_monitor("  endpoints: [{port_number: 80}]"),
            "spec.endpoints[0].port_number: unknown key: only a PodMonitor has it, here it is \
             `targetPort`",
        ),
        (
            pod_monitor("  selector: {}\n  targetLabels: [app]"),
            "spec.targetLabels: unknown key: only a ServiceMonitor has it, here it is \
             `podTargetLabels`",
        ),
        (
            pod_monitor("  selector: {}\n  endpoints: [{}]"),
            "spec.endpoints: unknown key: only a ServiceMonitor has it, here it is \
             `podMetricsEndpoints`",
        ),
        (
            pod_monitor("  serviceDiscoveryRole: Endpoints"),
            "spec.serviceDiscoveryRole: unknown key: only a ServiceMonitor has it",
        ),
        (
            "selector: {}\nkind: PodMonitor".to_owned(),
            "selector: unknown key: `selector` belongs in `spec`",
        ),
    ] {
        assert_eq!(error(&manifest), message);
    }
}

#[test]
fn missing_fields() {
    for (manifest, message) in [
        (
            "{}".to_owned(),
            "kind: missing: ServiceMonitor, PodMonitor, Probe or ScrapeConfig",
        ),
        (
            "kind: PodMonitor".to_owned(),
            "apiVersion: missing: monitoring.coreos.com/v1, v1alpha1 for a ScrapeConfig",
        ),
        (
            service_monitor("").replace("metadata: {name: web, namespace: shop}", ""),
            "metadata: missing: it holds name and namespace",
        ),
        (
            service_monitor("").replace("name: web,", ""),
            "metadata.name: missing: the job's name is made of it",
        ),
        (
            service_monitor("").replace(", namespace: shop", ""),
            "metadata.namespace: missing: the job's name is made of it, and targets are searched in \
             it; a cluster would fill in the namespace of whoever applies the manifest",
        ),
        (
            service_monitor(""),
            "spec: missing: it says what is scraped",
        ),
        (
            service_monitor("  selector: {}"),
            "spec.endpoints: missing: without an endpoint nothing is scraped",
        ),
        (
            pod_monitor("  selector: {matchExpressions: [{operator: Exists}]}"),
            "spec.selector.matchExpressions[0].key: missing: the label that is compared",
        ),
        (
            pod_monitor("  selector: {matchExpressions: [{key: app}]}"),
            "spec.selector.matchExpressions[0].operator: missing: one of In, NotIn, Exists, \
             DoesNotExist",
        ),
    ] {
        assert_eq!(error(&manifest), message);
    }
}

#[test]
fn values_of_the_wrong_type_or_spelling() {
    let endpoint =
        |field: &str| service_monitor(&format!("  selector: {{}}\n  endpoints: [{{{field}}}]"));
    for (manifest, message) in [
        (
            service_monitor("  selector: {matchLabels: {version: 1}}"),
            "spec.selector.matchLabels.version: expected a string, found the number 1; put it in quotes",
        ),
        (
            service_monitor(
                "  selector: {matchExpressions: [{key: a, operator: In, values: [true]}]}",
            ),
            "spec.selector.matchExpressions[0].values[0]: expected a string, found the boolean true; \
             put it in quotes",
        ),
        (
            service_monitor("  selector: {matchExpressions: [{key: a, operator: in}]}"),
            "spec.selector.matchExpressions[0].operator: invalid value \"in\": expected one of In, \
             NotIn, Exists, DoesNotExist",
        ),
        (
            service_monitor("  selector: app=web"),
            "spec.selector: expected a map, found the string \"app=web\"",
        ),
        (
            service_monitor("  namespaceSelector: {matchNames: shop}"),
            "spec.namespaceSelector.matchNames: expected a list, found the string \"shop\"",
        ),
        (
            service_monitor("  sampleLimit: -1"),
            "spec.sampleLimit: expected a whole number that is not negative, found the number -1",
        ),
        (
            service_monitor("  sampleLimit: '10'"),
            "spec.sampleLimit: expected a whole number that is not negative, found the string \"10\"",
        ),
        (
            service_monitor("  bodySizeLimit: 10mb"),
            "spec.bodySizeLimit: invalid value \"10mb\": expected 0 or a size such as 512KB, 10MB or \
             1.5GiB (units B, KB, MB, GB, TB, PB, EB)",
        ),
        (
            service_monitor("  scrapeProtocols: [OpenMetricsText]"),
            "spec.scrapeProtocols[0]: invalid value \"OpenMetricsText\": expected one of \
             PrometheusProto, OpenMetricsText0.0.1, OpenMetricsText1.0.0, PrometheusText0.0.4, \
             PrometheusText1.0.0",
        ),
        // The Operator does not know the experimental one.
        (
            service_monitor("  scrapeProtocols: [OpenMetricsText2.0.0]"),
            "spec.scrapeProtocols[0]: invalid value \"OpenMetricsText2.0.0\": expected one of \
             PrometheusProto, OpenMetricsText0.0.1, OpenMetricsText1.0.0, PrometheusText0.0.4, \
             PrometheusText1.0.0",
        ),
        (
            service_monitor("  nativeHistogramMinBucketFactor: 1.1"),
            "spec.nativeHistogramMinBucketFactor: expected a quantity such as \"1.5\", found the \
             number 1.1",
        ),
        (
            endpoint("port: 8080"),
            "spec.endpoints[0].port: expected a string, found the number 8080; put it in quotes",
        ),
        (
            endpoint("targetPort: 3000000000"),
            "spec.endpoints[0].targetPort: expected a port's name or number, found the number \
             3000000000",
        ),
        (
            endpoint("interval: 15 s"),
            "spec.endpoints[0].interval: invalid value \"15 s\": expected a duration such as 30s or \
             1m30s",
        ),
        (
            endpoint("honorLabels: 'maybe'"),
            "spec.endpoints[0].honorLabels: expected true or false, found the string \"maybe\"",
        ),
        (
            endpoint("scheme: Https"),
            "spec.endpoints[0].scheme: invalid value \"Https\": expected one of http, https, HTTP, \
             HTTPS",
        ),
        (
            endpoint("relabelings: [{action: KEEP}]"),
            "spec.endpoints[0].relabelings[0].action: invalid value \"KEEP\": expected keep or Keep",
        ),
        (
            endpoint("metricRelabelings: [{action: remove}]"),
            "spec.endpoints[0].metricRelabelings[0].action: invalid value \"remove\": expected one of \
             replace, keep, drop, keepequal, dropequal, hashmod, labelmap, labeldrop, labelkeep, \
             lowercase, uppercase",
        ),
        (
            endpoint("relabelings: [{sourceLabels: a}]"),
            "spec.endpoints[0].relabelings[0].sourceLabels: expected a list, found the string \"a\"",
        ),
        (
            service_monitor("").replace("ServiceMonitor", "Deployment"),
            "kind: expected ServiceMonitor, PodMonitor, Probe or ScrapeConfig, found the string \"Deployment\"",
        ),
        (
            service_monitor("").replace("/v1", "/v1alpha1"),
            "apiVersion: expected monitoring.coreos.com/v1, found the string \
             \"monitoring.coreos.com/v1alpha1\"",
        ),
        (
            "just text".to_owned(),
            "expected a ServiceMonitor, PodMonitor, Probe or ScrapeConfig, found the string \"just text\"",
        ),
    ] {
        assert_eq!(error(&manifest), message);
    }
}

#[test]
fn text_that_is_no_yaml_says_where() {
    let message = error("kind: PodMonitor\nspec: [\n");
    assert!(message.contains("line"), "{message}");
    let message = error("kind: PodMonitor\nkind: PodMonitor\n");
    assert!(
        message.contains("kind") && message.contains("line 2"),
        "{message}"
    );
}

#[test]
fn the_kind_of_an_error_is_typed() {
    let error = pod_monitor("  selector: {}\n  pod_metrics_endpoints: []");
    let error = error.parse::<Manifest>().unwrap_err();
    assert_eq!(error.path(), "spec.pod_metrics_endpoints");
    let hint = KeyHint::Spelling("podMetricsEndpoints");
    assert_eq!(error.kind(), &ManifestErrorKind::UnknownKey { hint });
}

#[test]
fn credentials_and_certificates_are_rendered() {
    let key = |key: &str| format!("{{name: s, key: {key}}}");
    let [user, pass, ca] = ["user", "pass", "ca"].map(key);
    let manifest: Manifest = service_monitor(&format!(
        "  selector: {{}}\n  endpoints:\n  - tlsConfig: {{maxVersion: TLS13, serverName: a, \
         ca: {{configMap: {ca}}}, certFile: /c, keyFile: /k}}\n    basicAuth: {{username: {user}, \
         password: {pass}}}\n  - oauth2: {{clientId: {{secret: {user}}}, clientSecret: {pass}, \
         tokenUrl: 'https://a', scopes: [b], endpointParams: {{c: d}}, proxyUrl: 'http://e', \
         tlsConfig: {{insecureSkipVerify: false}}}}\n  - bearerTokenSecret: {user}\n    tlsConfig: {{}}\n  \
         - authorization: {{type: ' Token ', credentials: {pass}}}\n    proxyConnectHeader: {{X: [{user}]}}\n  \
         - bearerTokenFile: /t\n    authorization: {{}}\n"
    ))
    .parse()
    .unwrap();
    let mut settings: OperatorConfig = "
version: 2.43.0
scrapeClasses:
- name: mesh
  default: true
  tlsConfig: {caFile: /mesh/ca, certFile: /mesh/cert, keyFile: /mesh/key, insecureSkipVerify: true}
  authorization: {credentialsFile: /mesh/token}
"
    .parse()
    .unwrap();
    let secrets =
        "kind: Secret\nmetadata: {name: s, namespace: shop}\nstringData: {user: u, pass: p}";
    settings.assets = Some(Assets::parse_all(secrets).unwrap());
    let keys = [
        "proxy_connect_header",
        "oauth2",
        "tls_config",
        "bearer_token_file",
        "bearer_token",
        "basic_auth",
        "authorization",
    ];
    let rendered: Vec<String> = (render(&manifest, &settings).iter())
        .map(|config| {
            let yaml = config.to_yaml().unwrap();
            let read = ScrapeConfig::from_yaml(&yaml).unwrap();
            assert!(read.other_keys().eq(config.other_keys()), "{yaml}");
            let mut config = serde_json::to_value(config).unwrap();
            let map = config.as_object_mut().unwrap();
            map.retain(|key, _| keys.contains(&key.as_str()));
            config.to_string()
        })
        .collect();
    let mesh = r#""ca_file":"/mesh/ca","cert_file":"/mesh/cert","key_file":"/mesh/key""#;
    let token = r#""authorization":{"type":"Bearer","credentials_file":"/mesh/token"}"#;
    assert_eq!(
        rendered,
        [
            format!(
                r#"{{"tls_config":{{"ca_file":"/etc/prometheus/certs/1_shop_s_ca","server_name":"a","max_version":"TLS13","cert_file":"/c","key_file":"/k"}},"basic_auth":{{"username":"u","password":"p"}},{token}}}"#
            ),
            format!(
                r#"{{"oauth2":{{"client_id":"u","client_secret":"p","token_url":"https://a","scopes":["b"],"endpoint_params":{{"c":"d"}},"proxy_url":"http://e","tls_config":{{"insecure_skip_verify":false}}}},"tls_config":{{"insecure_skip_verify":true,{mesh}}},{token}}}"#
            ),
            format!(r#"{{"tls_config":{{{mesh}}},"bearer_token":"u",{token}}}"#),
            format!(
                r#"{{"proxy_connect_header":{{"X":["u"]}},"tls_config":{{"insecure_skip_verify":true,{mesh}}},"authorization":{{"type":"Token","credentials":"p"}}}}"#
            ),
            format!(
                r#"{{"tls_config":{{"insecure_skip_verify":true,{mesh}}},"bearer_token_file":"/t",{token}}}"#
            ),
        ]
    );
    // Fields that a version does not know are left out.
    settings.version = "2.25.0".parse().unwrap();
    let old = serde_json::to_value(&render(&manifest, &settings)[3]).unwrap();
    assert!(old.get("authorization").is_none() && old.get("proxy_connect_header").is_none());
}

#[test]
fn a_monitor_without_selector_is_rendered_and_warned_about() {
    let manifest: Manifest = service_monitor("  endpoints: [{port: a}]").parse().unwrap();
    let warnings: Vec<String> = manifest
        .warnings()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        warnings,
        [
            "spec.selector: missing: a cluster refuses it; to select everything, write `selector: {}`"
        ]
    );
    assert_eq!(render(&manifest, &OperatorConfig::default()).len(), 1);
}

#[test]
fn yaml_of_kubernetes_reads_words_as_booleans() {
    let manifest =
        service_monitor("  selector: {}\n  endpoints: [{honorLabels: yes, filterRunning: off}]");
    let Manifest::ServiceMonitor(monitor) = manifest.parse().unwrap() else {
        panic!("a ServiceMonitor");
    };
    assert!(monitor.endpoints[0].honor_labels);
    assert_eq!(monitor.endpoints[0].filter_running, Some(false));
}

#[test]
fn several_documents_and_lists() {
    let one = service_monitor("  selector: {}\n  endpoints: [{port: a}, {port: b}]");
    let two = pod_monitor("  selector: {}\n  podMetricsEndpoints: [{port: a}]");
    let list = "apiVersion: v1\nkind: List\nitems: [{apiVersion: monitoring.coreos.com/v1, kind: \
                PodMonitor, metadata: {name: api, namespace: shop}, spec: {selector: {}, \
                podMetricsEndpoints: [{}]}}]";
    let text = format!("{two}\n---\n---\n{one}\n---\n{list}\n");
    let manifests = Manifest::parse_all(&text).unwrap();
    let kinds: Vec<_> = manifests
        .iter()
        .map(|m| (m.kind(), m.namespace(), m.name()))
        .collect();
    assert_eq!(
        kinds,
        [
            ("PodMonitor", "shop", "web"),
            ("ServiceMonitor", "shop", "web"),
            ("PodMonitor", "shop", "api"),
        ]
    );

    let names = |config: &OperatorConfig| -> Vec<String> {
        render_all(&manifests, config)
            .into_iter()
            .map(|config| config.job_name)
            .collect()
    };
    let mut config = OperatorConfig::default();
    let services = ["serviceMonitor/shop/web/0", "serviceMonitor/shop/web/1"];
    let pods = ["podMonitor/shop/api/0", "podMonitor/shop/web/0"];
    assert_eq!(names(&config), [services, pods].concat());
    config.agent = true;
    assert_eq!(names(&config), [pods, services].concat());
    config.daemon_set = true;
    assert_eq!(names(&config), pods);

    let broken = text.replace("items: [{", "items: [{statu: {}, ");
    assert_eq!(
        Manifest::parse_all(&broken).unwrap_err().to_string(),
        "document 3.items[0].statu: unknown key: did you mean `status`?"
    );
    assert_eq!(Manifest::parse_all("").unwrap(), []);
}

#[test]
fn json_is_read_too() {
    let json = r#"{"apiVersion": "monitoring.coreos.com/v1", "kind": "PodMonitor",
        "metadata": {"name": "web", "namespace": "shop", "annotations": {"a": "b"}},
        "spec": {"selector": {}, "podMetricsEndpoints": [{"targetPort": 9090}]},
        "status": {"bindings": []}}"#;
    let monitor: PodMonitor = serde_json::from_str(json).unwrap();
    let rendered = &monitor.render(&OperatorConfig::default())[0];
    let rule = rendered
        .relabel_configs
        .iter()
        .find(|rule| rule.origin.path() == "spec.podMetricsEndpoints[0].targetPort");
    assert_eq!(
        serde_json::to_string(rule.unwrap()).unwrap(),
        r#"{"action":"keep","source_labels":["__meta_kubernetes_pod_container_port_number"],"regex":9090}"#
    );
    let error = serde_json::from_str::<ServiceMonitor>(json).unwrap_err();
    assert!(error.to_string().starts_with("metadata") || error.to_string().starts_with("kind"));
}

/// Strings that YAML 1.1 or 1.2 would read as something else come back as strings.
#[test]
fn strings_that_look_like_other_types_are_quoted() {
    let words = [
        "yes",
        "No",
        "on",
        "OFF",
        "y",
        "n",
        "true",
        "False",
        "null",
        "~",
        "",
        "8080",
        "-1",
        "+5",
        "010",
        "0o17",
        "0x1F",
        "0b101",
        "1_000",
        "1.5",
        ".5",
        "1e3",
        "1E-3",
        ".inf",
        "-.INF",
        ".NaN",
        "12:30",
        "190:20:30",
        "2001-12-14",
        "2001-12-14t21:59:43.10-05:00",
        "=",
        "<<",
        "- a",
        "? b",
        ": c",
        "a: b",
        "a #b",
        "#a",
        "@a",
        "`a",
        "!a",
        "&a",
        "*a",
        "%a",
        "|",
        ">",
        "[a",
        "{a",
        "'a",
        "\"a",
        "a\nb",
        " a",
        "a ",
        "\t",
        "é",
        "\u{85}",
    ];
    for word in words {
        let mut manifest: ServiceMonitor =
            serde_saphyr::from_str(&service_monitor("  selector: {}\n  endpoints: [{}]")).unwrap();
        manifest.endpoints[0].port = Some(word.to_owned());
        manifest.endpoints[0].proxy_url = Some(word.to_owned());
        manifest.endpoints[0].params = Some([(word.to_owned(), vec![word.to_owned()])].into());
        let config = &manifest.render(&OperatorConfig::default())[0];
        let yaml = config.to_yaml().unwrap();
        let plain = [
            "true", "False", "yes", "No", "on", "OFF", "y", "n", "8080", "010", "1e3", "12:30", "~",
        ];
        if plain.contains(&word) {
            assert!(!yaml.contains(&format!("proxy_url: {word}\n")), "{yaml}");
        }
        let read = ScrapeConfig::from_yaml(&yaml);
        if matches!(word, "null" | "~") {
            // The port's name is a regex, and Prometheus cannot read these two.
            let error = read.unwrap_err().to_string();
            assert!(
                error.contains("Prometheus cannot read the regex"),
                "{error}\n{yaml}"
            );
            continue;
        }
        let read = read.unwrap_or_else(|e| panic!("{e}\n{yaml}"));
        assert_eq!(read.proxy_url.as_deref(), Some(word), "{yaml}");
        assert_eq!(read.params, config.params, "{yaml}");
        let value: serde_json::Value = serde_saphyr::from_str(&yaml).unwrap();
        assert_eq!(value, serde_json::to_value(config).unwrap(), "{yaml}");
    }
}

/// Nesting and references that would exhaust the reader end in an error.
#[test]
fn hostile_texts_are_refused() {
    let nested = format!("kind: {}", "[".repeat(100_000));
    assert!(nested.parse::<Manifest>().is_err());
    let nested = format!(
        "kind: PodMonitor\nspec: {}{}",
        "{a: ".repeat(50_000),
        "}".repeat(50_000)
    );
    assert!(nested.parse::<Manifest>().is_err());
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for n in 1..12 {
        let references = vec![format!("*a{}", n - 1); 10].join(", ");
        bomb.push_str(&format!("a{n}: &a{n} [{references}]\n"));
    }
    assert!(bomb.parse::<Manifest>().is_err());
    assert!(ScrapeConfig::from_yaml(&bomb).is_err());
}

proptest! {
    /// Reading any manifest ends with a monitor or an error; and the rendering of a monitor is the same after
    /// a round trip through YAML.
    #[test]
    fn any_words_in_any_field(
        words in proptest::collection::vec("[ -~é\n]{0,12}", 8),
        number in any::<i32>(),
        key in "[a-zA-Z_]{1,16}",
    ) {
        let quoted: Vec<String> = words.iter().map(|word| serde_json::json!(word).to_string()).collect();
        let spec = format!(
            "  selector: {{matchLabels: {{{0}: {1}}}, matchExpressions: [{{key: {2}, operator: In, values: \
             [{3}]}}]}}\n  jobLabel: {4}\n  podTargetLabels: [{5}]\n  podMetricsEndpoints:\n  - port: {6}\n    \
             portNumber: {number}\n    relabelings: [{{regex: {7}, targetLabel: {0}, replacement: {1}}}]\n",
            quoted[0], quoted[1], quoted[2], quoted[3], quoted[4], quoted[5], quoted[6], quoted[7],
        );
        // Prometheus takes these for null, quoted or not, and so does the reader.
        prop_assume!(!words.iter().any(|word| word == "~" || word == "null"));
        let manifest: Manifest = pod_monitor(&spec).parse().unwrap();
        let settings = OperatorConfig::default();
        let config = &render(&manifest, &settings)[0];
        let read = ScrapeConfig::from_yaml(&config.to_yaml().unwrap()).unwrap();
        let rules = |config: &ScrapeConfig| {
            config.relabel_configs.iter().map(|rule| rule.config.clone()).collect::<Vec<_>>()
        };
        prop_assert_eq!(rules(&read), rules(config));

        let unknown = pod_monitor(&format!("  selector: {{}}\n  {key}: {number}\n"));
        let message = error(&unknown);
        prop_assert!(message.starts_with("spec."), "{}", message);
    }
}
