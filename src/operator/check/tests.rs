//! What a cluster refuses of a `Probe` and a `ScrapeConfig`: a case for each rule, with its words, and similar
//! ones that it accepts.

use super::*;
use crate::operator::{assets::Assets, prometheus::Prometheus};

const ASSETS: &str = "
kind: Secret
metadata: {name: creds, namespace: shop}
stringData: {user: u, pass: p, token: t, id: i, text: no certificate}
";

/// Returns `C30 spec.targets: …` for each reason why a resource with this `spec` is refused.
fn refused(kind: &str, spec: &str, settings: &str) -> Vec<String> {
    let version = match kind {
        "Probe" => "v1",
        _ => "v1alpha1",
    };
    let manifest = format!(
        "apiVersion: monitoring.coreos.com/{version}\nkind: {kind}\n\
         metadata: {{name: app, namespace: shop}}\nspec: {{{spec}}}\n"
    );
    let settings: OperatorConfig = settings.parse().unwrap();
    let settings = settings.with_assets(Assets::parse_all(ASSETS).unwrap());
    let verdicts = check_all(&manifest, &settings).unwrap();
    let why = verdicts[0].outcome.as_ref().err().into_iter().flatten();
    why.map(line).collect()
}

fn line(rejection: &Rejection) -> String {
    let (id, path, reason) = (rejection.rule.id(), &rejection.path, &rejection.reason);
    format!("{id} {path}: {reason}")
}

/// Asserts what is refused in what stands beside these fields.
fn table(kind: &str, beside: &str, cases: &[(&str, &[&str])]) {
    for (spec, expected) in cases {
        let spec = match spec.is_empty() || beside.is_empty() {
            true => format!("{beside}{spec}"),
            false => format!("{beside}, {spec}"),
        };
        assert_eq!(refused(kind, &spec, "{}"), *expected, "{spec}");
    }
}

const STATIC: &str = "prober: {url: 'b:1'}, targets: {staticConfig: {static: [a]}}";

#[test]
fn the_api_server_and_probes() {
    table(
        "Probe",
        STATIC,
        &[
            ("", &[]),
            ("params: [{name: a}, {name: b, values: [c]}]", &[]),
            (
                "params: []",
                &["A7 spec.params: invalid value \"[]\": expected at least one item"],
            ),
            (
                "params: [{name: '', values: []}]",
                &[
                    "A7 spec.params[0].name: invalid value \"\": expected a text that is not empty",
                    "A7 spec.params[0].values: invalid value \"[]\": expected at least one item",
                ],
            ),
            (
                "params: [{name: a, values: ['']}]",
                &[
                    "A7 spec.params[0].values[0]: invalid value \"\": expected a text that is not empty",
                ],
            ),
            (
                "params: [{name: a}, {name: a}]",
                &["A8 spec.params: invalid value \"a\": expected each item once"],
            ),
            (
                "params: [{}]",
                &["A1 spec.params[0].name: missing: the parameter is called by it"],
            ),
            (
                "params: {a: [b]}",
                &["A2 spec.params: expected a list, found a map"],
            ),
            (
                "scrapeClass: ''",
                &["A7 spec.scrapeClass: empty: leave it out where no scrape class is meant"],
            ),
            (
                "scrapeProtocols: [PrometheusProto, PrometheusProto]",
                &["A8 spec.scrapeProtocols: `PrometheusProto` stands twice"],
            ),
            (
                "static_config: {}",
                &["A11 spec.static_config: unknown key: `staticConfig` belongs in `spec.targets`"],
            ),
            (
                "relabelings: []",
                &[
                    "A11 spec.relabelings: unknown key: only a ServiceMonitor has it, here it is \
               `targets.staticConfig.relabelingConfigs`",
                ],
            ),
        ],
    );
    table(
        "Probe",
        "targets: {ingress: {}}",
        &[
            (
                "prober: {}",
                &["A1 spec.prober.url: missing: it names the prober's host"],
            ),
            (
                "prober: {url: ''}",
                &[
                    "A7 spec.prober.url: invalid value \"\": expected a text that is not empty",
                    "C31 spec.prober.url: missing: it names the prober's host",
                ],
            ),
            (
                "prober: {url: 'b:1', scheme: tcp}",
                &[
                    "A4 spec.prober.scheme: invalid value \"tcp\": expected one of http, https, HTTP, HTTPS",
                ],
            ),
        ],
    );
}

#[test]
fn the_operator_and_probes() {
    table(
        "Probe",
        "",
        &[
            (
                "",
                &[
                    "C30 spec.targets: neither `staticConfig` nor `ingress`: nothing is probed",
                    "C31 spec.prober.url: missing: it names the prober's host",
                ],
            ),
            (
                "prober: {url: 'http://b:1'}, targets: {staticConfig: {}}",
                &[
                    "C31 spec.prober.url: a URL: the scheme is `prober.scheme`, the path `prober.path`",
                ],
            ),
            (
                "prober: {url: b, noProxy: x}, targets: {ingress: {}}",
                &["C23a spec.prober.noProxy: without `proxyUrl` there is no proxy to go without"],
            ),
            (
                "prober: {url: b}, targets: {staticConfig: {labels: {'': x}}}",
                &["C32 spec.targets.staticConfig.labels.: \"\" is not the name of a label"],
            ),
            (
                "prober: {url: b}, targets: {staticConfig: {relabelingConfigs: [{regex: (, action: keep}]}, \
             ingress: {relabelingConfigs: [{action: hashmod, targetLabel: a}]}}",
                &[
                    "C13 spec.targets.staticConfig.relabelingConfigs[0].regex: missing `)` for the `(` at offset 0",
                    "C14 spec.targets.ingress.relabelingConfigs[0].modulus: hashmod needs it, and not 0",
                ],
            ),
            // The Operator does not look at the selector.
            (
                "prober: {url: b}, targets: {ingress: {selector: {matchLabels: {a b: c d}, \
             matchExpressions: [{key: a, operator: in}]}}}",
                &[],
            ),
        ],
    );
    table(
        "Probe",
        STATIC,
        &[
            (
                "scrapeClass: x",
                &["C8 spec.scrapeClass: no scrape class \"x\": the Prometheus object has none"],
            ),
            (
                "interval: 10s, scrapeTimeout: 20s",
                &["C10 spec.scrapeTimeout: 20s is more than the interval of 10s, `spec.interval`"],
            ),
            (
                "metricRelabelings: [{action: labeldrop, sourceLabels: [a]}]",
                &["C20 spec.metricRelabelings[0].sourceLabels: labeldrop takes only `regex`"],
            ),
            ("authorization: {type: basic}", &[]),
            (
                "authorization: {type: basic, credentials: {name: creds, key: token}}",
                &["C21b spec.authorization.type: is not a type here: write `basicAuth`"],
            ),
            (
                "bearerTokenSecret: {name: nope, key: t}",
                &["C21e spec.bearerTokenSecret: no Secret \"nope\" in the namespace \"shop\""],
            ),
            (
                "basicAuth: {username: {name: creds, key: user}, password: {name: creds, key: pass}}, \
             authorization: {}",
                &[],
            ),
            (
                "tlsConfig: {keySecret: {name: creds, key: pass}}",
                &["C22a spec.tlsConfig.keySecret: a key without its certificate"],
            ),
            (
                "tlsConfig: {ca: {secret: {name: creds, key: text}}}",
                &["C22e spec.tlsConfig.ca: what it refers to is not PEM"],
            ),
        ],
    );
    // A selector that is not looked at does not hide what is refused.
    let spec =
        "prober: {}, targets: {ingress: {selector: {matchExpressions: [{key: a, operator: in}]}}}";
    let expected = ["A1 spec.prober.url: missing: it names the prober's host"];
    assert_eq!(refused("Probe", spec, "{}"), expected);
    // What is refused first is what the Operator names.
    let all =
        "scrapeClass: x, scrapeTimeout: 1m, metricRelabelings: [{}], prober: {url: '', noProxy: x}";
    let ids: Vec<String> = refused("Probe", all, "{}")
        .iter()
        .map(|line| line.split(' ').next().unwrap().to_owned())
        .collect();
    assert_eq!(ids, ["A7", "C8", "C30", "C10", "C15", "C23a", "C31"]);
}

#[test]
fn the_api_server_and_scrape_configs() {
    table(
        "ScrapeConfig",
        "",
        &[
            ("", &[]),
            (
                "jobName: '', metricsPath: '', relabelings: [], metricRelabelings: [], scrapeProtocols: []",
                &[
                    "A7 spec.jobName: invalid value \"\": expected a text that is not empty",
                    "A7 spec.metricsPath: invalid value \"\": expected a text that is not empty",
                    "A7 spec.relabelings: invalid value \"[]\": expected at least one item",
                    "A7 spec.metricRelabelings: invalid value \"[]\": expected at least one item",
                    "A7 spec.scrapeProtocols: invalid value \"[]\": expected at least one item",
                ],
            ),
            (
                "staticConfigs: [{targets: ['', a, a]}, {targets: []}, {}]",
                &[
                    "A1 spec.staticConfigs[2].targets: missing: the addresses to scrape",
                    "A7 spec.staticConfigs[0].targets[0]: invalid value \"\": expected a text that is not empty",
                    "A8 spec.staticConfigs[0].targets: invalid value \"a\": expected each item once",
                    "A7 spec.staticConfigs[1].targets: invalid value \"[]\": expected at least one item",
                ],
            ),
            (
                "fileSDConfigs: [{files: [/a.txt, a*/b.yml, '/a/*.yaml', x.json]}]",
                &[
                    "A5 spec.fileSDConfigs[0].files[0]: invalid value \"/a.txt\": expected a file that ends in \
                 .json, .yml or .yaml, with a `*` only in its last part",
                    "A5 spec.fileSDConfigs[0].files[1]: invalid value \"a*/b.yml\": expected a file that ends in \
                 .json, .yml or .yaml, with a `*` only in its last part",
                ],
            ),
            (
                "httpSDConfigs: [{url: 'ftp://x'}, {}]",
                &[
                    "A5 spec.httpSDConfigs[0].url: invalid value \"ftp://x\": expected a URL that begins with \
                 http://, https://",
                    "A1 spec.httpSDConfigs[1].url: missing: the list of targets is there",
                ],
            ),
            (
                "kubernetesSDConfigs: [{role: pod}, {}]",
                &[
                    "A4 spec.kubernetesSDConfigs[0].role: invalid value \"pod\": expected one of Pod, Endpoints, \
                 Ingress, Service, Node, EndpointSlice",
                    "A1 spec.kubernetesSDConfigs[1].role: missing: it says which objects are targets",
                ],
            ),
            (
                "kubernetesSDConfigs: [{role: Pod, apiServer: '', namespaces: {names: [a, a]}, \
             selectors: [{role: Pod, label: ''}, {role: Pod}]}]",
                &[
                    "A7 spec.kubernetesSDConfigs[0].apiServer: invalid value \"\": expected a text that is not empty",
                    "A8 spec.kubernetesSDConfigs[0].selectors: invalid value \"Pod\": expected each item once",
                    "A8 spec.kubernetesSDConfigs[0].namespaces.names: invalid value \"a\": expected each item once",
                    "A7 spec.kubernetesSDConfigs[0].selectors[0].label: invalid value \"\": expected a text that is \
                 not empty",
                ],
            ),
            (
                "consulSDConfigs: [{server: '', tags: [a, a]}]",
                &[
                    "A7 spec.consulSDConfigs[0].server: invalid value \"\": expected a text that is not empty",
                    "A8 spec.consulSDConfigs[0].tags: invalid value \"a\": expected each item once",
                ],
            ),
            (
                "dnsSDConfigs: [{names: []}, {names: [a], type: srv}, {names: [a], port: 70000}]",
                &[
                    "A4 spec.dnsSDConfigs[1].type: invalid value \"srv\": expected one of A, AAAA, MX, NS, SRV",
                    "A6 spec.dnsSDConfigs[2].port: expected a port number from 0 to 65535, found the number 70000",
                    "A7 spec.dnsSDConfigs[0].names: invalid value \"[]\": expected at least one item",
                ],
            ),
            (
                "kumaSDConfigs: [{server: 'kuma:5676'}], gceSDConfigs: [{project: ''}], \
             dockerSwarmSDConfigs: [{host: docker, role: Nodes}]",
                &[
                    "A1 spec.gceSDConfigs[0].zone: missing: this discovery needs it",
                    "A5 spec.kumaSDConfigs[0].server: invalid value \"kuma:5676\": expected a URL that begins with \
                 http://, https://",
                    "A5 spec.dockerSwarmSDConfigs[0].host: invalid value \"docker\": expected an address with a \
                 scheme, such as unix:///var/run/docker.sock",
                    "A7 spec.gceSDConfigs[0].project: invalid value \"\": expected a text that is not empty",
                ],
            ),
            (
                "authorization: {}, oauth2: {clientId: {secret: {name: creds, key: id}}, clientSecret: {name: creds, \
             key: pass}, tokenUrl: 'http://a'}",
                &["A9 spec: `authorization` and `oauth2`: only one of them can be"],
            ),
            (
                "interval: 1m",
                &[
                    "A11 spec.interval: unknown key: only a ServiceMonitor has it, here it is `scrapeInterval`",
                ],
            ),
            (
                "scrape_interval: 1m, static_configs: []",
                &[
                    "A11 spec.scrape_interval: unknown key: did you mean `scrapeInterval`?",
                    "A11 spec.static_configs: unknown key: did you mean `staticConfigs`?",
                ],
            ),
        ],
    );
}

#[test]
fn the_operator_and_scrape_configs() {
    table(
        "ScrapeConfig",
        "",
        &[
            (
                "scrapeInterval: 10s, scrapeTimeout: 20s",
                &[
                    "C10 spec.scrapeTimeout: 20s is more than the interval of 10s, `spec.scrapeInterval`",
                ],
            ),
            ("authorization: {type: Bearer}", &[]),
            (
                "staticConfigs: [{targets: [a], labels: {'': x}}]",
                &["C41 spec.staticConfigs[0].labels.: \"\" is not the name of a label"],
            ),
            (
                "httpSDConfigs: [{url: 'http://%zz/', noProxy: a, basicAuth: {username: {name: m, key: k}, \
             password: {name: creds, key: k}}}]",
                &[
                    "C43 spec.httpSDConfigs[0].url: not a URL: \"%zz\" is not an escape",
                    "C21e spec.httpSDConfigs[0].basicAuth.username: no Secret \"m\" in the namespace \"shop\"",
                    "C21e spec.httpSDConfigs[0].basicAuth.password: the Secret \"creds\" has no key \"k\"",
                    "C23a spec.httpSDConfigs[0].noProxy: without `proxyUrl` there is no proxy to go without",
                ],
            ),
            (
                "kubernetesSDConfigs: [{role: Pod, apiServer: 'https://k', namespaces: {ownNamespace: true}, \
             selectors: [{role: Service, label: a=b c, field: x}]}]",
                &[
                    "C45b spec.kubernetesSDConfigs[0].namespaces.ownNamespace: stands beside `apiServer`: in \
                 another cluster there is no such namespace",
                    "C45c spec.kubernetesSDConfigs[0].selectors[0].role: Service is not looked at with the role \
                 Pod: expected Pod",
                    "C45d spec.kubernetesSDConfigs[0].selectors[0].label: expected `,` or the end, found \"c\"",
                    "C45d spec.kubernetesSDConfigs[0].selectors[0].field: \"x\" is not field=value",
                ],
            ),
            (
                "dnsSDConfigs: [{names: [a]}, {names: [a], type: SRV}, {names: [a], type: MX}]",
                &["C46 spec.dnsSDConfigs[2].port: missing: MX records have none"],
            ),
            (
                "consulSDConfigs: [{server: c, tokenRef: {name: creds, key: x}}]",
                &["C21e spec.consulSDConfigs[0].tokenRef: the Secret \"creds\" has no key \"x\""],
            ),
            (
                "azureSDConfigs: [{subscriptionID: x, tenantID: t}, {subscriptionID: x, authenticationMethod: SDK}]",
                &[
                    "C48 spec.azureSDConfigs[0].clientID: missing: OAuth, the default of \
                 `authenticationMethod`, needs it",
                    "C48 spec.azureSDConfigs[0].clientSecret: missing: OAuth, the default of \
                 `authenticationMethod`, needs it",
                ],
            ),
            (
                "nomadSDConfigs: [{server: 'http:///x'}], dockerSDConfigs: [{host: 'tcp://a:b:c'}, {host: sock}], \
             puppetDBSDConfigs: [{url: 'http://%zz', query: q}]",
                &[
                    "C48 spec.dockerSDConfigs[0].host: not a URL: \":c\" after the host is not a port",
                    "C48 spec.nomadSDConfigs[0].server: not a URL: no host",
                    "C48 spec.puppetDBSDConfigs[0].url: not a URL: \"%zz\" is not an escape",
                ],
            ),
            (
                "ec2SDConfigs: [{secretKey: {name: creds, key: nope}}]",
                &["C21e spec.ec2SDConfigs[0].secretKey: the Secret \"creds\" has no key \"nope\""],
            ),
        ],
    );
    for (version, spec, expected) in [
        ("2.40.0", "", &[][..]),
        (
            "2.39.9",
            "",
            &[
                "C42 spec: needs Prometheus 2.40.0, this is v2.39.9: the Operator asks for what OVHcloud \
               discovery needs, even without one",
            ],
        ),
        (
            "2.44.0",
            "consulSDConfigs: [{server: c, pathPrefix: a, filter: b}]",
            &[
                "C47 spec.consulSDConfigs[0].pathPrefix: needs Prometheus 2.45.0, this is v2.44.0",
                "C47 spec.consulSDConfigs[0].filter: needs Prometheus 3.0.0, this is v2.44.0",
            ],
        ),
        (
            "2.49.0",
            "kumaSDConfigs: [{server: 'http://k', clientID: c}], openstackSDConfigs: [{role: LoadBalancer, \
             region: r}], dockerSDConfigs: [{host: h, matchFirstNetwork: true}], hetznerSDConfigs: \
             [{role: Robot, labelSelector: a}], azureSDConfigs: [{subscriptionID: s, authenticationMethod: SDK}]",
            &[
                "C48 spec.azureSDConfigs[0].authenticationMethod: needs Prometheus 2.52.0, this is v2.49.0",
                "C48 spec.openstackSDConfigs[0].role: needs Prometheus 3.2.0, this is v2.49.0",
                "C48 spec.kumaSDConfigs[0].clientID: needs Prometheus 2.50.0, this is v2.49.0",
                "C48 spec.dockerSDConfigs[0].matchFirstNetwork: needs Prometheus 2.54.1, this is v2.49.0",
                "C48 spec.hetznerSDConfigs[0].labelSelector: needs Prometheus 3.5.0, this is v2.49.0",
            ],
        ),
        (
            "2.55.1",
            "staticConfigs: [{targets: [a], labels: {a.b: c}}]",
            &[
                "C41 spec.staticConfigs[0].labels.a.b: \"a.b\" is not the name of a label for Prometheus v2.55.1",
            ],
        ),
    ] {
        let settings = format!("{{version: {version}}}");
        assert_eq!(refused("ScrapeConfig", spec, &settings), expected, "{spec}");
    }
    // Before 2.21.0 other checks fail as well.
    let spec = "kubernetesSDConfigs: [{role: EndpointSlice}]";
    let why = refused("ScrapeConfig", spec, "{version: 2.20.0}");
    let slices = "C45a spec.kubernetesSDConfigs[0].role: needs Prometheus 2.21.0, this is v2.20.0";
    assert!(why.iter().any(|line| line == slices), "{why:?}");
}

#[test]
fn what_a_prometheus_object_refers_to_and_its_states() {
    let prometheus = |spec: &str| -> Prometheus {
        let mut prometheus: Prometheus = format!(
            "apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\n\
             metadata: {{name: main, namespace: shop}}\nspec: {{{spec}}}\n"
        )
        .parse()
        .unwrap();
        prometheus.settings.assets = Some(Assets::parse_all(ASSETS).unwrap());
        prometheus
    };
    let class = "scrapeClasses: [{name: a, tlsConfig: {ca: {configMap: {name: creds, key: ca}}}, \
                 authorization: {credentials: {name: creds, key: x}}}]";
    let why = prometheus(class).check().unwrap_err();
    assert_eq!(
        why.iter().map(line).collect::<Vec<_>>(),
        [
            "C65 spec.scrapeClasses[0].tlsConfig.ca: no ConfigMap \"creds\" in the namespace \"shop\"",
            "C65 spec.scrapeClasses[0].authorization.credentials: the Secret \"creds\" has no key \"x\"",
        ]
    );
    for (spec, is_paused, is_unmanaged) in [
        ("", false, true),
        ("paused: true", true, true),
        (
            "paused: false, podMonitorNamespaceSelector: {}",
            false,
            true,
        ),
        ("probeSelector: {}", false, false),
        ("scrapeConfigSelector: {matchLabels: {a: b}}", false, false),
    ] {
        let prometheus = prometheus(spec);
        assert_eq!(prometheus.check(), Ok(()), "{spec}");
        assert_eq!(prometheus.is_paused(), is_paused, "{spec}");
        assert_eq!(prometheus.is_unmanaged(), is_unmanaged, "{spec}");
    }
}
