//! Files of tests: what passes, what fails and with which words, and what is not a test.

use std::error::Error;
use std::fs;

use super::{RuleTestError, RuleTests};

/// What most cases are about.
const RULES: &str = "rules:
- {source_labels: [container], regex: istio-proxy, action: keep}
- {source_labels: [pod], regex: '(.+)-.*', target_label: app}
- {regex: pod, action: labeldrop}
tests:
";

const CONFIG: &str = "config:
  job_name: mesh
  relabel_configs:
  - {source_labels: [container], regex: istio-proxy, action: keep}
  - {source_labels: [path], regex: (.+), target_label: __metrics_path__}
  metric_relabel_configs:
  - {source_labels: [__name__], regex: go_.*, action: drop}
  - {regex: pod, action: labeldrop}
tests:
";

const MONITOR: &str = "monitor:
  apiVersion: monitoring.coreos.com/v1
  kind: PodMonitor
  metadata: {name: web}
  spec:
    selector: {}
    podMetricsEndpoints:
    - {port: http}
    - port: admin
      relabelings:
      - {sourceLabels: [__meta_kubernetes_pod_container_name], regex: web, action: keep}
namespace: shop
tests:
";

fn failures(head: &str, cases: &str) -> String {
    let tests = RuleTests::parse(&[head, cases].concat(), ".").unwrap();
    tests.run().to_string()
}

#[track_caller]
fn passes(head: &str, cases: &[&str]) {
    for case in cases {
        assert_eq!(failures(head, case), "", "{case}");
    }
}

/// Checks the words of the first case, without what names it.
#[track_caller]
fn fails(head: &str, cases: &[(&str, &str)]) {
    for (case, expected) in cases {
        let failures = failures(head, case);
        let words = failures.split_once(": case 1: ").map(|(_, words)| words);
        assert_eq!(words, Some(*expected), "{case}\n{failures}");
    }
}

#[test]
fn labels_go_through_a_list_of_rules() {
    passes(
        RULES,
        &[
            "- {labels: {container: istio-proxy}, expect: kept}",
            "- {labels: {container: web}, expect: dropped}",
            "- {labels: {container: web}, expect: {dropped: true}}",
            "- {labels: {container: istio-proxy}, expect: {dropped: false}}",
            "- {labels: {container: istio-proxy, pod: web-1, __x: y}, expect: {labels: {container: istio-proxy, app: web}}}",
            "- {labels: {container: istio-proxy, __x: y}, expect: {labels_contain: {__x: y, pod: ''}, labels_absent: [pod]}}",
            "- {labels: {container: istio-proxy, __name__: up}, expect: {labels: {container: istio-proxy, __name__: up}}}",
        ],
    );
    fails(
        RULES,
        &[
            (
                "- {labels: {container: web}, expect: kept}",
                "expected kept, dropped by rule 0: container is \"web\", keep wants \"istio-proxy\"",
            ),
            (
                "- {labels: {container: istio-proxy, a: b}, expect: dropped}",
                "expected dropped, kept\n  + a=\"b\"\n  + container=\"istio-proxy\"",
            ),
            (
                "- {labels: {container: istio-proxy, pod: web-1, a: b}, expect: {labels: {container: istio-proxy, app: shop, pod: web-1}}}",
                "the labels differ\n  + a=\"b\"\n  - app=\"shop\"\n  + app=\"web\"  by rule 1\n  - pod=\"web-1\"  by rule 2",
            ),
            (
                "- {labels: {container: istio-proxy, __name__: up}, expect: {labels: {container: istio-proxy}}}",
                "the labels differ\n  + __name__=\"up\"",
            ),
            (
                "- {labels: {container: istio-proxy, a: b}, expect: {labels_contain: {__x: y}, labels_absent: [a]}}",
                "the labels differ\n  - __x=\"y\"\n  + a=\"b\"",
            ),
        ],
    );
}

#[test]
fn samples_go_through_a_list_of_rules() {
    const METRICS: &str = "rules:
- {source_labels: [__name__], regex: go_.*, action: drop}
- {regex: pod, action: labeldrop}
tests:
";
    let case = |body: &str, expect: &str| {
        let body = body.replace('\n', "\n    ");
        format!("- body: |\n    {body}\n  expect: {expect}\n")
    };
    let body = "up{pod=\"x\",a=\"b\"} 1\ngo_threads 9";
    for expect in [
        "{series: ['up{a=\"b\"} 1'], dropped: 1}",
        "{series: ['up{a=\"b\"}']}",
        "{series_contain: ['up{a=\"b\",} 1e0']}",
        "{series_absent: [go_threads, 'up{a=\"b\"} 2']}",
        "kept",
    ] {
        assert_eq!(failures(METRICS, &case(body, expect)), "", "{expect}");
    }
    let fails = |body: &str, expect: &str, expected: &str| {
        let failures = failures(METRICS, &case(body, expect));
        let words = failures.split_once(": case 1:").unwrap().1;
        assert_eq!(words, expected, "{expect}");
    };
    fails(
        body,
        "{series: ['up{a=\"b\"} 2', go_threads 9], dropped: 0}",
        "
  expected 0 of 2 samples dropped, found 1
  the series differ
    - up{a=\"b\"} 2
    - go_threads 9  dropped by rule 0: __name__ is \"go_threads\", drop matches \"go_.*\"
    + up{a=\"b\"} 1",
    );
    fails(
        body,
        "{series_contain: ['up{a=\"b\"} 2', down]}",
        " the series differ\n  - up{a=\"b\"} 2\n  - down\n  + up{a=\"b\"} 1",
    );
    fails(
        body,
        "{series_absent: ['up{a=\"b\"}']}",
        " the series differ\n  + up{a=\"b\"} 1",
    );
    fails(
        body,
        "dropped",
        " expected all samples dropped, kept: 1 of 2\n  + up{a=\"b\"} 1",
    );
    fails(
        "go_threads 9",
        "kept",
        " expected kept, every sample is dropped",
    );
    let times = "up 1 5\nup 1 6\nup 2 7";
    assert_eq!(
        failures(METRICS, &case(times, "{series: [up, up 1 6, up 1]}")),
        ""
    );
    // The mistake that `labeldrop` invites.
    let twice = "up{pod=\"x\"} 1\nup{pod=\"y\"} 2";
    fails(
        twice,
        "{series: [up 1]}",
        " expected every kept sample stored, not stored: 1\n  line 2: up{pod=\"y\"} 2: duplicate, its series has a sample at that time",
    );
    assert_eq!(
        failures(METRICS, &case(twice, "{series: [up 1], duplicates: 1}")),
        ""
    );
    fails(
        "up{",
        "{series: []}",
        " the scrape fails: line 1, column 4: expected a label name or `}`, found the end of the line",
    );
}

#[test]
fn targets_go_through_a_configuration() {
    passes(
        CONFIG,
        &[
            "- {labels: {__address__: 'h:1', container: istio-proxy}, expect: {labels: {job: mesh, instance: 'h:1', container: istio-proxy}}}",
            "- {labels: {__address__: 'h:1', container: istio-proxy, path: /x}, expect: {url: 'http://h:1/x', labels_contain: {__metrics_path__: /x}}}",
            "- {labels: {__address__: 'h:1', container: web}, expect: dropped}",
            "- {job: mesh, body: 'up{pod=\"x\"} 1', expect: {series: [up 1]}}",
            "- {labels: {__address__: 'h:1', container: istio-proxy}, body: 'up{job=\"x\"} 1', expect: {labels_absent: [pod], series: ['up{container=\"istio-proxy\",exported_job=\"x\",instance=\"h:1\",job=\"mesh\"} 1']}}",
        ],
    );
    fails(
        CONFIG,
        &[
            (
                "- {labels: {__address__: 'h:1', container: web}, body: up 1, expect: {series: [up 1]}}",
                "expected kept, dropped by rule 0 (relabel_configs[0]): container is \"web\", keep wants \"istio-proxy\"",
            ),
            (
                "- {labels: {__address__: 'h:1', container: istio-proxy}, expect: {url: 'http://h:1/'}}",
                "the URL differs\n  - http://h:1/\n  + http://h:1/metrics",
            ),
            (
                "- {labels: {container: istio-proxy}, expect: dropped}",
                "expected dropped, refused: __address__ is absent",
            ),
        ],
    );
}

#[test]
fn targets_go_through_a_monitor() {
    passes(
        MONITOR,
        &[
            "- {endpoint: 1, labels: {__address__: 'h:1', __meta_kubernetes_namespace: shop, __meta_kubernetes_pod_container_port_name: admin, __meta_kubernetes_pod_container_name: web}, expect: {labels_contain: {job: shop/web, endpoint: admin, namespace: shop}}}",
            "- {endpoint: 0, monitor: web, labels: {__meta_kubernetes_namespace: other}, expect: dropped}",
            "- {endpoint: 0, monitor: shop/web, body: up 1, expect: {series: [up 1]}}",
        ],
    );
    fails(
        MONITOR,
        &[
            (
                "- {endpoint: 1, labels: {__address__: 'h:1', __meta_kubernetes_pod_container_port_name: admin, __meta_kubernetes_pod_container_name: db}, expect: kept}",
                "expected kept, dropped by rule 8 (spec.podMetricsEndpoints[1].relabelings[0]): __meta_kubernetes_pod_container_name is \"db\", keep wants \"web\"",
            ),
            (
                "- {endpoint: 0, labels: {__meta_kubernetes_namespace: other}, expect: kept}",
                "expected kept, not discovered: namespace `other` is not searched, only `shop`; `namespaceSelector` says where",
            ),
        ],
    );
}

fn error(text: &str) -> String {
    let error: RuleTestError = RuleTests::parse(text, "none").unwrap_err();
    match error.source() {
        Some(_) => format!("{error}: …"),
        None => error.to_string(),
    }
}

#[test]
fn what_is_not_a_test_is_an_error_with_its_place() {
    let rules = |case: &str| [RULES, case].concat();
    let config = |case: &str| [CONFIG, case].concat();
    let monitor = |case: &str| [MONITOR, case].concat();
    let mut wrong = Vec::new();
    for (text, expected) in [
        (String::new(), "the file is empty"),
        (
            "tests: [{}]".to_owned(),
            "nothing is tested: expected one of `rules`, `config`, `monitor`",
        ),
        ("rules: []".to_owned(), "there are no `tests`"),
        ("rules: []\ntests: []".to_owned(), "there are no `tests`"),
        (
            "rules: []\nconfig: a\ntests: [{}]".to_owned(),
            "expected one of `rules`, `config`, `monitor`, found several",
        ),
        (
            "rule: []".to_owned(),
            "line 1, column 1: unknown field `rule`: did you mean `rules`?",
        ),
        (
            "rules: [".to_owned(),
            "line 1, column 9: expected a value before the end",
        ),
        (
            "rules: a.yaml\ntests: [{}]".to_owned(),
            "line 1: none/a.yaml cannot be read: …",
        ),
        (
            "rules: [{sourceLabels: [a]}]".to_owned(),
            "line 1, column 10: unknown key `sourceLabels` in a relabel rule: did you mean `source_labels`?",
        ),
        (
            "rules: [{regex: '('}]\ntests: [{}]".to_owned(),
            "line 1: rules[0].regex: missing `)` for the `(` at offset 0",
        ),
        (
            "rules: []\njob: a\ntests: [{}]".to_owned(),
            "line 2: `job` goes with `config`",
        ),
        (
            "rules: []\nsettings: {}\ntests: [{}]".to_owned(),
            "line 2: `settings` goes with `monitor`",
        ),
        (
            rules("- {}"),
            "line 6: expected `labels` or a `body`, found neither",
        ),
        (
            rules("- {labels: {}}"),
            "line 6: there is nothing to `expect`",
        ),
        (
            rules("- {labels: {}, expect: {}}"),
            "line 6: `expect` says nothing: expected `kept`, `dropped`, `labels`, `series` or the like",
        ),
        (
            rules("- labels: {}\n  expect: keep"),
            "line 7, column 11: invalid value: string \"keep\", expected `kept`, `dropped`, or a map of what is expected",
        ),
        (
            rules("- {labels: {}, body: up 1, expect: kept}"),
            "line 6: a list of rules is for `labels` or for a `body`, found both",
        ),
        (
            rules("- {labels: {}, expect: {series: []}}"),
            "line 6: `series` is expected, but the case has no `body`",
        ),
        (
            rules("- {labels: {}, expect: {dropped: 1}}"),
            "line 6: a number of dropped samples is expected, but the case has no `body`",
        ),
        (
            rules("- {labels: {}, expect: {dropped: true, labels: {}}}"),
            "line 6: what is dropped has no `labels` to expect",
        ),
        (
            rules("- {body: '', expect: {labels: {}}}"),
            "line 6: `labels` is expected, but the case has no `labels`",
        ),
        (
            rules("- {body: '', expect: {series: ['a b c']}}"),
            "line 6: \"a b c\" is not a series: column 3: expected a number as the sample's value, found `b c`",
        ),
        (
            rules("- {labels: {}, expect: {url: a}}"),
            "line 6: a `url` is expected, which only a `config` or a `monitor` gives",
        ),
        (
            rules("- {labels: {}, endpoint: 0, expect: kept}"),
            "line 6: a list of rules has no job, monitor or endpoint",
        ),
        (
            rules("- {labels: {}, content_type: a, expect: kept}"),
            "line 6: `content_type` goes with a `body`",
        ),
        (
            rules("- {body_file: b, expect: kept}"),
            "line 6: none/b cannot be read: …",
        ),
        (
            config("- {job: mash, body: '', expect: kept}"),
            "line 10: there is no `mash`: did you mean `mesh`?",
        ),
        (
            config("- {job: other, body: '', expect: kept}"),
            "line 10: there is no such job or endpoint: there are `mesh`",
        ),
        (
            monitor("- {body: '', expect: kept}"),
            "line 14: `monitor` and `endpoint` say which one is meant of shop/web endpoint 0, shop/web endpoint 1",
        ),
        (
            MONITOR.replace("namespace: shop\n", "") + "- {}",
            "line 13: `monitor` and `endpoint` say which one is meant of default/web endpoint 0, default/web endpoint 1",
        ),
        (
            MONITOR.replace("port: http", "port: 1") + "- {}",
            "line 2: PodMonitor shop/web: spec.podMetricsEndpoints[0].port: ",
        ),
    ] {
        let expected = format!("the test: {expected}");
        let error = error(&text);
        let is_right = match expected.ends_with(": ") {
            true => error.starts_with(&expected),
            false => error == expected,
        };
        if !is_right {
            wrong.push(format!("{text}\n{error}\n{expected}\n"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Names of other files are meant from the directory of the file of tests.
#[test]
fn files_are_read_from_the_directory_of_the_tests() {
    let directory = std::env::temp_dir().join(format!("exposition-rules-{}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    for (name, text) in [
        ("list.yaml", "- {sourceLabels: [a], targetLabel: b}"),
        (
            "prometheus.yml",
            "scrape_configs: [{job_name: a}, {job_name: b}]",
        ),
        (
            "monitor.yaml",
            MONITOR
                .split_once("\n")
                .unwrap()
                .1
                .split_once("namespace:")
                .unwrap()
                .0,
        ),
        (
            "settings.yaml",
            "{apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: {name: a, namespace: b}, spec: {enforcedNamespaceLabel: tenant}}",
        ),
        (
            "monitor_test.yaml",
            "monitor: monitor.yaml
settings: settings.yaml
namespace: shop
tests: [{endpoint: 0, labels: {__address__: 'h:1', __meta_kubernetes_namespace: shop, __meta_kubernetes_pod_container_port_name: http}, expect: {labels_contain: {tenant: shop}}}]",
        ),
        ("up.prom", "up 1\n"),
        (
            "rules_test.yaml",
            "rules: list.yaml\ntests: [{labels: {a: x}, expect: {labels: {a: x, b: x}}}]",
        ),
        (
            "config_test.yaml",
            "config: prometheus.yml\njob: b\ntests: [{body_file: up.prom, expect: {series: [up 1]}}, {job: c, body: '', expect: kept}]",
        ),
        ("wrong_test.yaml", "rules: prometheus.yml\ntests: [{}]"),
    ] {
        fs::write(directory.join(name), text).unwrap();
    }
    let rules = RuleTests::read(directory.join("rules_test.yaml")).unwrap();
    assert!(rules.run().is_passed());
    let monitor = RuleTests::read(directory.join("monitor_test.yaml")).unwrap();
    assert_eq!(monitor.run().to_string(), "");
    assert_eq!(rules.run_only(|name| !name.is_empty()).cases().len(), 0);
    let words = |name: &str| {
        let error = RuleTests::read(directory.join(name))
            .unwrap_err()
            .to_string();
        error.rsplit_once("_test.yaml: ").unwrap().1.to_owned()
    };
    let missing = "line 3: there is no such job or endpoint: there are `a`, `b`";
    assert_eq!(words("config_test.yaml"), missing);
    let wrong = "line 1: prometheus.yml: expected a list of rules: this is a configuration, which `config` names";
    assert_eq!(words("wrong_test.yaml"), wrong);
    fs::remove_dir_all(&directory).unwrap();
}

#[test]
#[should_panic(expected = "the test:3: case 1 \"a\": expected dropped, kept\n  + a=\"b\"")]
fn an_assertion_panics_with_what_fails() {
    super::assert_text(
        "rules: []\ntests:\n- {name: a, labels: {a: b}, expect: dropped}",
        ".",
    );
}

/// A Probe has one configuration, whatever its name; the items of a list are in the namespace too.
#[test]
fn every_kind_of_monitor_is_tested() {
    let text = "monitor:
  apiVersion: v1
  kind: List
  items:
  - apiVersion: monitoring.coreos.com/v1
    kind: Probe
    metadata: {name: '7'}
    spec: {prober: {url: 'b:9115'}, interval: 10s, targets: {staticConfig: {static: [a.example]}}}
namespace: shop
tests:
- endpoint: 0
  monitor: shop/7
  labels: {__address__: a.example}
  expect: {url: 'http://b:9115/probe?target=a.example', labels: {instance: a.example, job: probe/shop/7}}
";
    let tests = RuleTests::parse(text, ".").unwrap();
    let results = tests.run();
    assert!(results.is_passed(), "{results}");
}
