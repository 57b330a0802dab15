//! What a cluster refuses: one case for each rule, and similar things that it accepts.
#![cfg(feature = "operator")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper of tests may fail them"
)]

use crate::support::corpus;
use std::collections::BTreeSet;

use exposition::operator::{
    Assets, CheckRule, Manifest, OperatorConfig, Prometheus, RejectedBy, Rejections, check,
    check_all,
};
use serde_json::Value;

/// Returns a monitor with these lines below `spec`; `SM` and `PM` name the kind.
fn monitor(kind: &str, spec: &str) -> String {
    let kind = match kind {
        "SM" => "ServiceMonitor",
        _ => "PodMonitor",
    };
    format!(
        "apiVersion: monitoring.coreos.com/v1\nkind: {kind}\n\
         metadata: {{name: web, namespace: shop}}\nspec: {{{spec}}}\n"
    )
}

/// Returns a monitor whose only endpoint has these fields.
fn endpoint(kind: &str, fields: &str) -> String {
    let key = match kind {
        "SM" => "endpoints",
        _ => "podMetricsEndpoints",
    };
    monitor(kind, &format!("selector: {{}}, {key}: [{{{fields}}}]"))
}

/// Returns `C10 spec.endpoints[0].scrapeTimeout: …` for each reason.
fn lines(rejections: &Rejections) -> Vec<String> {
    let line = |rejection: &exposition::operator::Rejection| {
        let (id, path, reason) = (rejection.rule.id(), &rejection.path, &rejection.reason);
        format!("{id} {path}: {reason}")
    };
    rejections.iter().map(line).collect()
}

fn checked(manifest: &str, settings: &OperatorConfig) -> Vec<String> {
    let verdicts = check_all(manifest, settings).unwrap();
    assert_eq!(verdicts.len(), 1, "{manifest}");
    verdicts[0]
        .outcome
        .as_ref()
        .err()
        .map(lines)
        .unwrap_or_default()
}

const EC_CERT: &str = include_str!("../../src/operator/pem/ec.crt");
const EC_KEY: &str = include_str!("../../src/operator/pem/ec.key");

fn assets() -> Assets {
    let indent = |text: &str| text.replace('\n', "\n    ");
    let secret = format!(
        "kind: Secret\nmetadata: {{name: creds, namespace: shop}}\nstringData:\n  user: u\n  pass: p\n  \
         cert: |\n    {}\n  key: |\n    {}\n---\n\
         kind: ConfigMap\nmetadata: {{name: public, namespace: shop}}\ndata: {{id: i}}\n",
        indent(EC_CERT),
        indent(EC_KEY),
    );
    Assets::parse_all(&secret).unwrap()
}

/// Rule, kind, the manifest's `spec` or the endpoint's fields, settings, and the message.
#[rustfmt::skip]
const ENDPOINTS: &[(&str, &str, &str, &str, &str)] = &[
    ("A2", "SM", "port: 8080", "",
     "spec.endpoints[0].port: expected a string, found the number 8080; put it in quotes"),
    ("A2", "PM", "relabelings: [{regex: yes}]", "",
     "spec.podMetricsEndpoints[0].relabelings[0].regex: expected a string, found the boolean true; put it in quotes"),
    ("A2", "SM", "honorLabels: 'yes'", "",
     "spec.endpoints[0].honorLabels: expected true or false, found the string \"yes\""),
    ("A2", "PM", "params: {a: b}", "",
     "spec.podMetricsEndpoints[0].params.a: expected a list, found the string \"b\""),
    ("A3", "SM", "interval: 1s1m", "",
     "spec.endpoints[0].interval: invalid value \"1s1m\": expected a duration such as 30s or 1m30s"),
    ("A4", "PM", "scheme: Https", "",
     "spec.podMetricsEndpoints[0].scheme: invalid value \"Https\": expected one of http, https, HTTP, HTTPS"),
    ("A4", "SM", "tlsConfig: {minVersion: '1.2'}", "",
     "spec.endpoints[0].tlsConfig.minVersion: invalid value \"1.2\": expected one of TLS10, TLS11, TLS12, TLS13"),
    ("A5", "SM", "proxyUrl: 'proxy:3128'", "",
     "spec.endpoints[0].proxyUrl: invalid value \"proxy:3128\": expected a URL that begins with http://, https://, socks5://"),
    ("A6", "PM", "portNumber: 0", "",
     "spec.podMetricsEndpoints[0].portNumber: 0 is not the number of a port: expected 1 to 65535"),
    ("A6", "SM", "relabelings: [{action: hashmod, targetLabel: a, modulus: -1}]", "",
     "spec.endpoints[0].relabelings[0].modulus: expected a whole number that is not negative, found the number -1"),
    ("A11", "PM", "bearerTokenFile: /token", "",
     "spec.podMetricsEndpoints[0].bearerTokenFile: unknown key: only a ServiceMonitor has it, here it is `bearerTokenSecret`"),
    ("C7", "SM", "tlsConfig: {certFile: /c, keyFile: /k}", "arbitraryFSAccessThroughSMs: {deny: true}",
     "spec.endpoints[0].tlsConfig.certFile: a file, which the Prometheus object's `arbitraryFSAccessThroughSMs` denies"),
    ("C10", "SM", "interval: 10s, scrapeTimeout: 30s", "",
     "spec.endpoints[0].scrapeTimeout: 30s is more than the interval of 10s, `spec.endpoints[0].interval`"),
    ("C10", "PM", "scrapeTimeout: 45s", "scrapeInterval: 40s",
     "spec.podMetricsEndpoints[0].scrapeTimeout: 45s is more than the interval of 40s, the Prometheus object's `scrapeInterval`"),
    ("C10", "SM", "scrapeTimeout: 30001ms", "",
     "spec.endpoints[0].scrapeTimeout: 30001ms is more than the interval of 30s, the default of the Prometheus object's `scrapeInterval`"),
    ("C11", "PM", "scrapeTimeout: 293y", "",
     "spec.podMetricsEndpoints[0].scrapeTimeout: duration \"293y\" is out of range"),
    ("C12", "SM", "relabelings: [{action: Lowercase, sourceLabels: [a], targetLabel: b}]", "version: 2.35.9",
     "spec.endpoints[0].relabelings[0].action: lowercase needs Prometheus 2.36.0, this is v2.35.9"),
    ("C13", "PM", "metricRelabelings: [{action: keep, regex: '('}]", "",
     "spec.podMetricsEndpoints[0].metricRelabelings[0].regex: missing `)` for the `(` at offset 0"),
    ("C14", "SM", "relabelings: [{}, {action: hashmod, targetLabel: a}]", "",
     "spec.endpoints[0].relabelings[1].modulus: hashmod needs it, and not 0"),
    ("C15", "SM", "relabelings: [{sourceLabels: [a]}]", "",
     "spec.endpoints[0].relabelings[0].targetLabel: missing: replace needs the label it is about"),
    ("C16", "PM", "relabelings: [{targetLabel: '${1}'}]", "version: 2.55.1",
     "spec.podMetricsEndpoints[0].relabelings[0].targetLabel: \"${1}\" is not the name of a label for Prometheus v2.55.1"),
    ("C17", "SM", "relabelings: [{action: labelmap, replacement: ''}]", "",
     "spec.endpoints[0].relabelings[0].replacement: \"\" makes no label names"),
    ("C17", "SM", "relabelings: [{action: labelmap, replacement: x-$1}]", "version: 3.0.0-rc.1",
     "spec.endpoints[0].relabelings[0].replacement: \"x-$1\" makes no label names for Prometheus v3.0.0-rc.1"),
    ("C18", "PM", "relabelings: [{action: uppercase, targetLabel: a, replacement: ''}]", "",
     "spec.podMetricsEndpoints[0].relabelings[0].replacement: uppercase has no use for it"),
    ("C19", "SM", "relabelings: [{action: KeepEqual, targetLabel: a, regex: x}]", "",
     "spec.endpoints[0].relabelings[0].regex: keepequal takes only `sourceLabels` and `targetLabel`"),
    ("C20", "PM", "metricRelabelings: [{action: labeldrop, regex: x, sourceLabels: [a]}]", "",
     "spec.podMetricsEndpoints[0].metricRelabelings[0].sourceLabels: labeldrop takes only `regex`"),
    ("C21a", "SM", "basicAuth: {username: {name: creds, key: user}, password: {name: creds, key: pass}}, \
                    bearerTokenSecret: {key: ''}", "",
     "spec.endpoints[0].bearerTokenSecret: stands beside `basicAuth`, only one of them can be"),
    ("C21b", "PM", "authorization: {type: ' Basic ', credentials: {name: creds, key: user}}", "",
     "spec.podMetricsEndpoints[0].authorization.type: is not a type here: write `basicAuth`"),
    ("C21c", "SM", "authorization: {}", "",
     "spec.endpoints[0].authorization.credentials: missing: it names the Secret"),
    ("C21d", "PM", "oauth2: {clientId: {}, clientSecret: {name: creds, key: pass}, tokenUrl: 'https://a'}", "",
     "spec.podMetricsEndpoints[0].oauth2.clientId: empty: it names a Secret or a ConfigMap"),
    ("C21d", "SM", "oauth2: {clientId: {secret: {name: creds, key: user}, configMap: {name: public, key: id}}, \
                    clientSecret: {name: creds, key: pass}, tokenUrl: 'https://a'}", "",
     "spec.endpoints[0].oauth2.clientId: a Secret and a ConfigMap: only one of them can be"),
    ("C21e", "SM", "authorization: {credentials: {name: none, key: a}}", "",
     "spec.endpoints[0].authorization.credentials: no Secret \"none\" in the namespace \"shop\""),
    ("C21e", "PM", "tlsConfig: {ca: {configMap: {name: public, key: ca}}}", "",
     "spec.podMetricsEndpoints[0].tlsConfig.ca: the ConfigMap \"public\" has no key \"ca\""),
    ("C22a", "SM", "tlsConfig: {certFile: /c}", "",
     "spec.endpoints[0].tlsConfig.certFile: a certificate without its key"),
    ("C22a", "PM", "tlsConfig: {keySecret: {name: creds, key: key}}", "",
     "spec.podMetricsEndpoints[0].tlsConfig.keySecret: a key without its certificate"),
    ("C22b", "SM", "tlsConfig: {caFile: /ca, ca: {secret: {name: creds, key: cert}}}", "",
     "spec.endpoints[0].tlsConfig.caFile: stands beside `ca`, only one of them can be"),
    ("C22c", "PM", "tlsConfig: {ca: {secret: {name: creds, key: cert}, configMap: {name: public, key: id}}}", "",
     "spec.podMetricsEndpoints[0].tlsConfig.ca: a Secret and a ConfigMap: only one of them can be"),
    ("C22d", "SM", "tlsConfig: {minVersion: TLS13, maxVersion: TLS12}", "",
     "spec.endpoints[0].tlsConfig.minVersion: TLS13 is above `maxVersion`, TLS12"),
    ("C22e", "PM", "tlsConfig: {ca: {secret: {name: creds, key: user}}}", "",
     "spec.podMetricsEndpoints[0].tlsConfig.ca: what it refers to is not PEM"),
    ("C22e", "PM", "tlsConfig: {cert: {secret: {name: creds, key: cert}}, keySecret: {name: creds, key: cert}}", "",
     "spec.podMetricsEndpoints[0].tlsConfig.keySecret: what it refers to holds no private key in PEM"),
    ("C23a", "SM", "noProxy: a", "version: 2.20.0",
     "spec.endpoints[0].noProxy: without `proxyUrl` there is no proxy to go without"),
    ("C23b", "PM", "proxyUrl: 'http://p', proxyFromEnvironment: true", "",
     "spec.podMetricsEndpoints[0].proxyFromEnvironment: stands beside `proxyUrl`, only one of them can be"),
    ("C23c", "SM", "noProxy: a, proxyFromEnvironment: true", "",
     "spec.endpoints[0].noProxy: stands beside `proxyFromEnvironment`, and the environment says it then"),
    ("C23d", "PM", "proxyConnectHeader: {X: [{name: creds, key: user}]}", "",
     "spec.podMetricsEndpoints[0].proxyConnectHeader: without `proxyUrl` or `proxyFromEnvironment` there is no proxy to send it to"),
    ("C23e", "SM", "proxyUrl: 'http://p', proxyConnectHeader: {X: []}", "",
     "spec.endpoints[0].proxyConnectHeader.X: empty: the header needs a value"),
    ("C23f", "PM", "proxyUrl: 'http://%zz'", "",
     "spec.podMetricsEndpoints[0].proxyUrl: not a URL: \"%zz\" is not an escape"),
    ("C23f", "SM", "oauth2: {clientId: {configMap: {name: public, key: id}}, clientSecret: {name: creds, key: pass}, \
                    tokenUrl: 'https://a', proxyUrl: 'http://a:b:c/'}", "",
     "spec.endpoints[0].oauth2.proxyUrl: not a URL: \":c\" after the host is not a port"),
];

#[rustfmt::skip]
const SPECS: &[(&str, &str, &str, &str, &str)] = &[
    ("A1", "PM", "podMetricsEndpoints: []", "",
     "spec.selector: missing: a cluster refuses it; to select everything, write `selector: {}`"),
    ("A1", "SM", "selector: {}", "",
     "spec.endpoints: missing: without an endpoint nothing is scraped"),
    ("A1", "SM", "selector: {matchExpressions: [{key: a}]}, endpoints: []", "",
     "spec.selector.matchExpressions[0].operator: missing: one of In, NotIn, Exists, DoesNotExist"),
    ("A2", "PM", "selector: {matchLabels: {app: yes}}", "",
     "spec.selector.matchLabels.app: expected a string, found the boolean true; put it in quotes"),
    ("A2", "PM", "selector: {matchLabels: {app: 010}}", "",
     "spec.selector.matchLabels.app: expected a string, found the number 8; put it in quotes"),
    ("A2", "PM", "selector: {matchLabels: {app: 1e3}}", "",
     "spec.selector.matchLabels.app: expected a string, found the number 1000; put it in quotes"),
    ("A2", "PM", "selector: {matchLabels: {app: 1_00}}", "",
     "spec.selector.matchLabels.app: expected a string, found the number 100; put it in quotes"),
    ("A2", "PM", "selector: {matchLabels: {app: 0x14}}", "",
     "spec.selector.matchLabels.app: expected a string, found the number 20; put it in quotes"),
    ("A5", "SM", "selector: {}, endpoints: [], bodySizeLimit: 10M", "",
     "spec.bodySizeLimit: invalid value \"10M\": expected 0 or a size such as 512KB, 10MB or 1.5GiB (units B, KB, MB, GB, TB, PB, EB)"),
    ("A6", "PM", "selector: {}, sampleLimit: -1", "",
     "spec.sampleLimit: expected a whole number that is not negative, found the number -1"),
    ("A7", "SM", "selector: {}, endpoints: [], scrapeClass: ''", "",
     "spec.scrapeClass: empty: leave it out where no scrape class is meant"),
    ("A8", "PM", "selector: {}, scrapeProtocols: [PrometheusProto, PrometheusText0.0.4, PrometheusProto]", "",
     "spec.scrapeProtocols: `PrometheusProto` stands twice"),
    ("C1", "SM", "selector: {matchExpressions: [{key: a, operator: NotIn}]}, endpoints: []", "",
     "spec.selector.matchExpressions[0].values: `NotIn` needs at least one value"),
    ("C2", "PM", "selector: {matchExpressions: [{key: a, operator: Exists, values: ['']}]}", "",
     "spec.selector.matchExpressions[0].values: `Exists` takes no values"),
    ("C3", "SM", "selector: {matchLabels: {app: web server}}, endpoints: []", "",
     "spec.selector.matchLabels.app: \"web server\" cannot be the value of a label: expected at most 63 letters, digits, \
      `-`, `_`, `.`, a letter or digit at both ends"),
    ("C3", "PM", "selector: {matchExpressions: [{key: a, operator: In, values: [ok, 'a|b']}]}", "",
     "spec.selector.matchExpressions[0].values[1]: \"a|b\" cannot be the value of a label: expected at most 63 letters, \
      digits, `-`, `_`, `.`, a letter or digit at both ends"),
    ("C4", "SM", "selector: {matchExpressions: [{key: a, operator: in, values: [b]}]}, endpoints: []", "",
     "spec.selector.matchExpressions[0].operator: invalid value \"in\": expected one of In, NotIn, Exists, DoesNotExist"),
    ("C5", "PM", "selector: {matchLabels: {Example.com/app: a}}", "",
     "spec.selector.matchLabels.Example.com/app: \"Example.com/app\" cannot be the key of a label: before the `/` stands a \
      domain in lower case"),
    ("C5", "PM", "selector: {matchExpressions: [{key: a/b/c, operator: Exists}]}", "",
     "spec.selector.matchExpressions[0].key: \"a/b/c\" cannot be the key of a label: more than one `/`"),
    ("C6", "SM", "selector: {}, selectorMechanism: RoleSelector, endpoints: []", "version: 2.16.9",
     "spec.selectorMechanism: `RoleSelector` needs Prometheus 2.17.0, this is v2.16.9"),
    ("C8", "PM", "selector: {}, scrapeClass: TLS", "scrapeClasses: [{name: tls}, {name: std}]",
     "spec.scrapeClass: no scrape class \"TLS\": the Prometheus object has only `tls`, `std`"),
    ("C8", "SM", "selector: {}, endpoints: [], scrapeClass: istio-mtls", "",
     "spec.scrapeClass: no scrape class \"istio-mtls\": the Prometheus object has none"),
];

/// Rule, contents of the Prometheus object's `spec`, and the message.
#[rustfmt::skip]
const OBJECTS: &[(&str, &str, &str)] = &[
    ("C60", "version: latest",
     "spec.version: invalid value \"latest\": expected a version of Prometheus 2 or 3, such as v3.13.2"),
    ("C60", "version: v1.8.2",
     "spec.version: invalid value \"v1.8.2\": expected a version of Prometheus 2 or 3, such as v3.13.2"),
    ("C61", "scrapeTimeout: 31s",
     "spec.scrapeTimeout: 31s is more than the interval of 30s, the default of the Prometheus object's `scrapeInterval`"),
    ("C62", "scrapeClasses: [{name: a, default: true}, {name: b}, {name: c, default: true}]",
     "spec.scrapeClasses[2].default: the default already is `spec.scrapeClasses[0]`"),
    ("C63", "scrapeClasses: [{name: a, authorization: {credentials: {name: a, key: b}, credentialsFile: /c}}]",
     "spec.scrapeClasses[0].authorization.credentialsFile: stands beside `credentials`, only one of them can be"),
    ("C15", "scrapeClasses: [{name: a, metricRelabelings: [{sourceLabels: [x]}]}]",
     "spec.scrapeClasses[0].metricRelabelings[0].targetLabel: missing: replace needs the label it is about"),
    ("C22a", "scrapeClasses: [{name: a, tlsConfig: {certFile: /c}}]",
     "spec.scrapeClasses[0].tlsConfig.certFile: a certificate without its key"),
    ("C1", "probeNamespaceSelector: {matchExpressions: [{key: a, operator: In}]}",
     "spec.probeNamespaceSelector.matchExpressions[0].values: `In` needs at least one value"),
];

fn settings(yaml: &str) -> OperatorConfig {
    let settings: OperatorConfig = format!("{{{yaml}}}").parse().unwrap();
    settings.with_assets(assets())
}

/// Returns what is wrong with a Prometheus object, in the form of [`lines`].
fn object(spec: &str) -> Vec<String> {
    let yaml = format!(
        "apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: {{name: a}}\nspec: {{{spec}}}"
    );
    match yaml.parse::<Prometheus>() {
        Ok(prometheus) => prometheus
            .check()
            .as_ref()
            .err()
            .map(lines)
            .unwrap_or_default(),
        Err(error) => vec![format!(
            "{} {error}",
            error.rule().map_or("", CheckRule::id)
        )],
    }
}

#[test]
fn every_rule_says_where_and_why() {
    let mut seen = BTreeSet::new();
    let tables = [
        (ENDPOINTS, endpoint as fn(&str, &str) -> String),
        (SPECS, monitor),
    ];
    for (table, make) in tables {
        for &(id, kind, fields, setting, reason) in table {
            let found = checked(&make(kind, fields), &settings(setting));
            assert!(
                found.contains(&format!("{id} {reason}")),
                "{kind} {fields}: {found:#?}"
            );
            seen.insert(id);
        }
    }
    for &(id, spec, reason) in OBJECTS {
        assert_eq!(object(spec), [format!("{id} {reason}")], "{spec}");
        seen.insert(id);
    }
    let name = monitor("PM", "selector: {}").replace("name: web", "name: My_App");
    assert_eq!(
        checked(&name, &OperatorConfig::default()),
        [
            "A10 metadata.name: \"My_App\" cannot be the name of an object: expected lower-case letters, \
             digits, `-` and `.`, a letter or digit at both ends of each part, 253 characters at most"
        ]
    );
    let version = monitor("SM", "selector: {}, endpoints: []").replace("/v1", "/v1alpha1");
    assert_eq!(
        checked(&version, &OperatorConfig::default()),
        [
            "A12 apiVersion: expected monitoring.coreos.com/v1, found the string \"monitoring.coreos.com/v1alpha1\""
        ]
    );
    seen.extend(["A10", "A12"]);
    let all: BTreeSet<&str> = CheckRule::all().iter().map(|rule| rule.id()).collect();
    // The other kinds have their tables there.
    let near_the_code = include_str!("../../src/operator/check/tests.rs");
    let is_there = |id: &str| near_the_code.contains(&format!("\"{id} "));
    let without = all.difference(&seen).filter(|id| !is_there(id));
    let without: Vec<_> = without.collect();
    assert!(without.is_empty(), "rules without a case: {without:?}");
}

#[test]
fn what_is_taken() {
    let basic =
        "basicAuth: {username: {name: creds, key: user}, password: {name: creds, key: pass}}";
    let pair =
        "tlsConfig: {cert: {secret: {name: creds, key: cert}}, keySecret: {name: creds, key: key}}";
    for (kind, fields, setting) in [
        ("SM", "port: ''", ""),
        ("SM", "interval: 30s, scrapeTimeout: 30s", ""),
        ("PM", "interval: 1m, scrapeTimeout: 60s", ""),
        ("PM", "scrapeTimeout: '0', interval: '0'", ""),
        ("PM", "interval: 5s", "scrapeTimeout: 20s"),
        ("SM", "interval: 300y", ""),
        ("SM", "interval: '', scrapeTimeout: ''", ""),
        ("PM", "scrapeTimeout: 45s", "scrapeInterval: 1m"),
        ("SM", "proxyUrl: 'http://p:3128', noProxy: 'a,b'", ""),
        ("PM", "proxyFromEnvironment: true, noProxy: ''", ""),
        (
            "SM",
            "proxyUrl: 'http://p', proxyConnectHeader: {X: [{name: creds, key: user}]}",
            "",
        ),
        ("SM", "bearerTokenFile: /x, tlsConfig: {caFile: /ca}", ""),
        (
            "SM",
            "tlsConfig: {insecureSkipVerify: true}",
            "arbitraryFSAccessThroughSMs: {deny: true}",
        ),
        ("SM", "bearerTokenSecret: {key: ''}", ""),
        ("PM", "bearerTokenSecret: {name: none, key: ''}", ""),
        ("PM", basic, ""),
        ("SM", pair, ""),
        ("PM", pair, ""),
        (
            "SM",
            "tlsConfig: {ca: {secret: {name: creds, key: cert}}}",
            "",
        ),
        (
            "SM",
            "relabelings: [{action: keepequal, sourceLabels: [a], targetLabel: b, regex: (.*), separator: ;, \
                replacement: $1, modulus: 0}]",
            "",
        ),
        (
            "PM",
            "relabelings: [{action: labeldrop, regex: x, separator: ;, replacement: $1}]",
            "",
        ),
        (
            "PM",
            "relabelings: [{action: keep}, {action: labelmap}, {action: drop, modulus: 7}]",
            "",
        ),
        (
            "PM",
            "relabelings: [{action: HashMod, targetLabel: a, modulus: 2}]",
            "version: 2.9.0",
        ),
        (
            "SM",
            "relabelings: [{targetLabel: '-foo b.c'}, {action: labelmap, replacement: x-$1}]",
            "",
        ),
        (
            "SM",
            "relabelings: [{action: labelmap, replacement: 'x_${1}'}]",
            "version: 2.55.1",
        ),
        ("SM", "relabelings: [{action: keep, regex: 'a)(b'}]", ""),
        ("SM", "params: {a: []}, targetPort: 1e3", ""),
    ] {
        let found = checked(&endpoint(kind, fields), &settings(setting));
        assert!(found.is_empty(), "{kind} {fields}: {found:#?}");
    }
    for (kind, spec, setting) in [
        ("PM", "selector: {}", ""),
        (
            "SM",
            "selector: {}, endpoints: [], bodySizeLimit: about 5MB",
            "",
        ),
        (
            "SM",
            "selector: {}, endpoints: [], scrapeProtocols: [], sampleLimit: 1e3",
            "",
        ),
        (
            "PM",
            "selector: {matchExpressions: [{key: A_b.c, operator: In, values: ['', '0']}]}",
            "",
        ),
        (
            "PM",
            "selector: {matchExpressions: [{key: a.io/b, operator: Exists, values: []}]}",
            "",
        ),
        (
            "PM",
            "selector: {}, selectorMechanism: RoleSelector",
            "version: 2.17.0",
        ),
        (
            "PM",
            "selector: {}, scrapeClass: tls",
            "scrapeClasses: [{name: tls}]",
        ),
    ] {
        let found = checked(&monitor(kind, spec), &settings(setting));
        assert!(found.is_empty(), "{kind} {spec}: {found:#?}");
    }
    let class = "scrapeClasses: [{name: a, default: true, tlsConfig: {caFile: /ca}}, {name: b}]";
    for spec in [
        "replicas: 2, image: x, paused: false",
        class,
        "scrapeTimeout: 30s, version: ''",
    ] {
        assert_eq!(object(spec), [""; 0], "{spec}");
    }
}

/// All reasons are reported, the API server's first; the Operator itself names one.
#[test]
fn all_reasons_are_told() {
    let manifest = monitor(
        "SM",
        "scrapeClass: none, selector: {matchLabels: {a b: c d}}, endpoints: [{noProxy: x, interval: 1s, \
         scrapeTimeout: 2s}, {relabelings: [{action: hashmod}]}]",
    );
    let manifest = manifest.replace("name: web", "name: Web");
    let found = checked(&manifest, &OperatorConfig::default());
    let ids: Vec<_> = found
        .iter()
        .map(|line| line.split(' ').next().unwrap())
        .collect();
    assert_eq!(ids, ["A10", "C5", "C3", "C23a", "C10", "C14", "C15", "C8"]);

    let manifest = monitor(
        "PM",
        "podMetricsEndpoints: [{port: 1, scheme: x, relabelings: [{regex: 1}, {action: z}]}, 3], \
         sampleLimit: a, selector: {matchExpressions: [{key: a, operator: is}, {}]}, foo: 1",
    );
    let found = checked(&manifest, &OperatorConfig::default());
    let places: Vec<_> = (found.iter())
        .map(|line| line.split(": ").next().unwrap())
        .collect();
    assert_eq!(
        places,
        [
            "A11 spec.foo",
            "A1 spec.selector.matchExpressions[1].key",
            "A2 spec.sampleLimit",
            "A2 spec.podMetricsEndpoints[0].relabelings[0].regex",
            "A4 spec.podMetricsEndpoints[0].relabelings[1].action",
            "A2 spec.podMetricsEndpoints[0].port",
            "A4 spec.podMetricsEndpoints[0].scheme",
            "A2 spec.podMetricsEndpoints[1]",
            "C4 spec.selector.matchExpressions[0].operator",
        ]
    );
}

/// Rules name every shard, so their number is limited when it is read.
#[test]
fn shards_without_end_are_refused() {
    assert_eq!(object("shards: 10000"), [""; 0]);
    assert_eq!(
        object("shards: 2147483647"),
        [" spec.shards: invalid value \"2147483647\": expected at most 10000 shards"]
    );
}

#[test]
fn one_monitor_of_a_text_does_not_hide_the_next() {
    let text = format!(
        "{}---\n{}---\n{}",
        endpoint("SM", "port: 1"),
        endpoint("PM", "port: a"),
        endpoint("PM", "scrapeTimeout: 2m"),
    );
    let verdicts = check_all(&text, &OperatorConfig::default()).unwrap();
    let taken: Vec<_> = (verdicts.iter())
        .map(|verdict| {
            (
                verdict.kind.as_str(),
                verdict.manifest.is_some(),
                verdict.outcome.is_ok(),
            )
        })
        .collect();
    assert_eq!(
        taken,
        [
            ("ServiceMonitor", false, false),
            ("PodMonitor", true, true),
            ("PodMonitor", true, false),
        ]
    );
    let error = check_all("kind: Deployment", &OperatorConfig::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "kind: expected ServiceMonitor, PodMonitor, Probe or ScrapeConfig, found the string \"Deployment\""
    );
}

/// Without Secrets nothing is reported about them, and their contents are not invented.
#[test]
fn references_that_are_not_known() {
    let fields = "basicAuth: {username: {name: a, key: b}}, proxyUrl: 'http://p', proxyConnectHeader: \
                  {X: [{name: c, key: d}]}, tlsConfig: {ca: {configMap: {name: e, key: f}}}";
    let manifest: Manifest = endpoint("PM", fields).parse().unwrap();
    let mut settings = OperatorConfig::default();
    check(&manifest, &settings).unwrap();
    let references: Vec<String> = manifest
        .references()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        references,
        [
            "spec.podMetricsEndpoints[0].basicAuth.username: key \"b\" of the Secret \"a\"",
            "spec.podMetricsEndpoints[0].basicAuth.password: key \"\" of the Secret \"\"",
            "spec.podMetricsEndpoints[0].tlsConfig.ca: key \"f\" of the ConfigMap \"e\"",
            "spec.podMetricsEndpoints[0].proxyConnectHeader.X[0]: key \"d\" of the Secret \"c\"",
        ]
    );
    let rendered =
        serde_json::to_value(&exposition::operator::render(&manifest, &settings)[0]).unwrap();
    assert_eq!(rendered["basic_auth"]["username"], "<secret>");
    assert_eq!(rendered["proxy_connect_header"]["X"][0], "<secret>");
    assert_eq!(
        rendered["tls_config"]["ca_file"],
        "/etc/prometheus/certs/1_shop_e_f"
    );

    settings.assets = Some(Assets::default());
    assert_eq!(check(&manifest, &settings).unwrap_err().iter().len(), 4);
}

/// The small inputs after public reports.
#[test]
fn field_inputs() {
    let settings = OperatorConfig::default();
    for (yaml, rejections) in [
        (
            "apiVersion: monitoring.coreos.com/v1\n\
             kind: ServiceMonitor\n\
             metadata: {name: web, namespace: shop}\n\
             spec:\n\
             \x20 selector: {matchLabels: {app: web}}\n\
             \x20 endpoints:\n\
             \x20 - port: http\n\
             \x20   interval: 10s\n\
             \x20   scrapeTimeout: 30s",
            &[
                "C10 spec.endpoints[0].scrapeTimeout: 30s is more than the interval of 10s, \
               `spec.endpoints[0].interval`",
            ][..],
        ),
        (
            "apiVersion: monitoring.coreos.com/v1\n\
             kind: ServiceMonitor\n\
             metadata: {name: web, namespace: shop}\n\
             spec:\n\
             \x20 selector: {matchLabels: {app: web}}\n\
             \x20 endpoints:\n\
             \x20 - port: http\n\
             \x20   scrapeTimeout: 45s",
            &[
                "C10 spec.endpoints[0].scrapeTimeout: 45s is more than the interval of 30s, the default of \
               the Prometheus object's `scrapeInterval`",
            ],
        ),
        (
            "apiVersion: monitoring.coreos.com/v1\n\
             kind: ServiceMonitor\n\
             metadata:\n\
             \x20 namespace: default\n\
             \x20 name: servicemonitor-example\n\
             spec:\n\
             \x20 scrapeClass: istio-mtls\n\
             \x20 endpoints:\n\
             \x20   - port: http\n\
             \x20     path: /metrics",
            &[
                "A1 spec.selector: missing: a cluster refuses it; to select everything, write `selector: {}`",
                "C8 spec.scrapeClass: no scrape class \"istio-mtls\": the Prometheus object has none",
            ],
        ),
        (
            "apiVersion: monitoring.coreos.com/v1\n\
             kind: ServiceMonitor\n\
             metadata: {name: web, namespace: shop}\n\
             spec:\n\
             \x20 selector:\n\
             \x20   matchExpressions:\n\
             \x20   - {key: app, operator: In}\n\
             \x20 endpoints: [{port: http}]",
            &["C1 spec.selector.matchExpressions[0].values: `In` needs at least one value"],
        ),
        (
            "apiVersion: monitoring.coreos.com/v1\n\
             kind: ServiceMonitor\n\
             metadata: {name: web, namespace: shop}\n\
             spec:\n\
             \x20 selector: {matchExpressions: [{key: app, operator: Exists, values: [x]}]}\n\
             \x20 endpoints: [{port: http}]",
            &["C2 spec.selector.matchExpressions[0].values: `Exists` takes no values"],
        ),
        (
            "apiVersion: monitoring.coreos.com/v1\n\
             kind: ServiceMonitor\n\
             metadata: {name: web, namespace: shop}\n\
             spec:\n\
             \x20 selector: {matchLabels: {app: \"web server\"}}\n\
             \x20 endpoints: [{port: http}]",
            &[
                "C3 spec.selector.matchLabels.app: \"web server\" cannot be the value of a label: expected \
               at most 63 letters, digits, `-`, `_`, `.`, a letter or digit at both ends",
            ],
        ),
    ] {
        assert_eq!(checked(yaml, &settings), rejections);
    }
}

/// The golden cases of rendering alone that a cluster would refuse are exactly those of the list.
#[test]
fn golden_cases_that_are_refused() {
    let Some(directory) = corpus::golden() else {
        return;
    };
    let directory = directory.join("operator");
    let read = |name| std::fs::read_to_string(directory.join(name)).unwrap();
    let expected: BTreeSet<(String, String, String)> = (read("rejected.tsv").lines())
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            (
                fields[1].to_owned(),
                fields[2].to_owned(),
                fields[3].to_owned(),
            )
        })
        .collect();
    let mut found = BTreeSet::new();
    for line in read("cases.jsonl").lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let id = case["id"].as_str().unwrap();
        let manifest: Manifest = case["manifest"].as_str().unwrap().parse().unwrap();
        let settings: OperatorConfig = serde_json::from_value(case["prometheus"].clone()).unwrap();
        let Err(rejections) = check(&manifest, &settings) else {
            continue;
        };
        // Of the Operator's reasons the list has the first.
        for by in [RejectedBy::Api, RejectedBy::Operator] {
            let rule = rejections
                .iter()
                .map(|rejection| rejection.rule)
                .find(|rule| rule.by() == by);
            found.extend(
                rule.map(|rule| (id.to_owned(), by.as_str().to_owned(), rule.key().to_owned())),
            );
        }
    }
    let differences: Vec<_> = expected.symmetric_difference(&found).collect();
    assert!(differences.is_empty(), "{differences:#?}");
}
