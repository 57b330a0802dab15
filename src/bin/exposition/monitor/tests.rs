use super::*;
use crate::tests::run;

use exposition::operator::{Assets, Manifest, render_all};

/// Returns what is shown for a target's response under the bundled monitor, with that header.
fn shown(body: &[u8], content_type: Option<&str>) -> String {
    let mut answer = Source::new("body".to_owned(), body.to_vec(), None);
    answer.content_type = content_type.map(str::to_owned);
    let settings = OperatorConfig::default();
    let sidecars = include_str!("../../../../examples/mesh/sidecars-monitor.yaml");
    let manifests = Manifest::parse_all(sidecars).unwrap();
    let configs = render_all(&manifests, &settings);
    let explainer = Explainer::new(&configs[0], &settings).unwrap();
    let mut out = Vec::new();
    let targets = targets::read("pods.yaml", include_str!("../data/monitor/pods.yaml")).unwrap();
    play(&explainer, &targets, Some(&answer), false, &mut out).unwrap();
    let out = String::from_utf8(out).unwrap();
    let (_, scrape) = out.split_once("\nscrape of ").unwrap();
    let (_, told) = scrape.split_once('\n').unwrap();
    told.to_owned()
}

#[test]
fn duplicates_are_named() {
    let body = include_bytes!("../../../../tests/data/field/F9_duplicate_series.prom");
    let text = shown(body, Some("text/plain"));
    let start = "                1 up
                3 scrape_samples_scraped
                3 scrape_samples_post_metric_relabeling
                2 stored, 1 left out
         not stored: line 3: kube_x{pod=\"a\"} 2: duplicate, its series has a sample at that time
         {__name__=\"kube_x\"";
    assert!(text.starts_with(start), "{text}");
    let text = shown("a 1\n".repeat(9).as_bytes(), Some("text/plain"));
    let named = text.matches("         not stored: ").count();
    assert_eq!(named, 5, "{text}");
    assert!(text.contains("\n         …\n"), "{text}");
}

#[test]
fn a_header_that_does_not_tell_fails_the_scrape() {
    for (header, reason) in [
        (None, "missing or empty Content-Type"),
        (
            Some("text/html"),
            "unsupported media type \"text/html\" in Content-Type",
        ),
    ] {
        assert_eq!(
            shown(b"a 1\n", header),
            format!(
                "                0 up
                0 scrape_samples_scraped
                0 scrape_samples_post_metric_relabeling
         nothing is stored: {reason}, and no fallback_scrape_protocol is set
"
            )
        );
    }
}

const WEB: &str = "
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  podMetricsEndpoints:
  - port: '2020'
    scrapeTimeout: 45s
  - basicAuth: {username: {name: creds, key: user}, password: {name: creds, key: pass}}
";

fn judged(yaml: &str, settings: &OperatorConfig) -> Vec<Judged> {
    let mut resources = Resources::new();
    resources.add("web.yaml", yaml).unwrap();
    Server::of_settings(&resources, settings.clone()).judged
}

#[test]
fn a_monitor_is_judged_before_it_is_rendered() {
    let mut settings = OperatorConfig::default();
    let monitors = judged(WEB, &settings);
    let creds = |key: &str, place: &str| {
        format!(
            "note: PodMonitor shop/web: spec.podMetricsEndpoints[1].basicAuth.{place}: key {key:?} of the \
             Secret \"creds\" is not checked without --secrets"
        )
    };
    let remarks = [
        "remark: PodMonitor shop/web: spec.podMetricsEndpoints[0].port: no port is called \"2020\", the \
         name of one has a letter; for the number of the container's port write `portNumber: 2020` \
         [port-by-number]",
        "remark: PodMonitor shop/web: spec.podMetricsEndpoints[1]: without a port every port of what is \
         selected is scraped; to scrape one, write `port` with its name [every-port]",
    ];
    let timeout = "error: PodMonitor shop/web: spec.podMetricsEndpoints[0].scrapeTimeout: 45s is more \
                   than the interval of 30s, the default of the Prometheus object's `scrapeInterval` \
                   (rejected by the Operator: timeout-above-interval)";
    let notes = [creds("user", "username"), creds("pass", "password")];
    assert_eq!(
        monitors[0].lines().collect::<Vec<_>>(),
        [timeout, remarks[0], remarks[1], &notes[0], &notes[1]]
    );
    assert!(monitors.len() == 1 && monitors[0].used().is_none());

    settings.scrape_interval = Some("1m".to_owned());
    settings.assets = Some(Assets::parse_all(
        "{kind: Secret, metadata: {name: creds, namespace: shop}, stringData: {user: u, pass: p}}",
    ).unwrap());
    let monitors = judged(WEB, &settings);
    assert_eq!(monitors[0].lines().collect::<Vec<_>>(), remarks);
    assert!(monitors.len() == 1 && monitors[0].used().is_some());
}

/// Runs the command with these files. Returns what it prints, and how it ends.
fn called(files: &[(&str, &str)], options: &[&str]) -> Result<(Outcome, String), String> {
    let mut words = vec!["monitor", "web.yaml"];
    for (option, name) in [
        ("--target", "targets.yaml"),
        ("--settings", "settings.yaml"),
    ] {
        if files.iter().any(|(file, _)| *file == name) {
            words.extend([option, name]);
        }
    }
    words.extend(options);
    let files: Vec<_> = files
        .iter()
        .map(|(name, text)| (*name, text.as_bytes()))
        .collect();
    run(&words, &files)
}

const POD: &str = "{__address__: 'a:1', __meta_kubernetes_namespace: shop}";

#[test]
fn the_answer_comes_without_the_configuration() {
    let web = WEB.replace("45s", "5s");
    let files = [("web.yaml", web.as_str()), ("targets.yaml", POD)];
    let (outcome, out) = called(&files, &[]).unwrap();
    // No target is kept.
    assert_eq!(outcome, Outcome::Findings);
    assert!(
        out.starts_with("podMonitor/shop/web/0: 1 discovered, 0 kept\n"),
        "{out}"
    );
    assert!(out.contains("\n\npodMonitor/shop/web/1: "), "{out}");
    let (_, out) = called(&files, &["--config"]).unwrap();
    assert!(out.starts_with("scrape_configs:\n"), "{out}");
    let (outcome, out) = called(&files[..1], &[]).unwrap();
    assert_eq!(outcome, Outcome::Fine);
    assert!(out.starts_with("scrape_configs:\n"), "{out}");
    // What is rejected is not rendered.
    let rejected = called(&[("web.yaml", WEB), ("targets.yaml", POD)], &[]).unwrap();
    assert_eq!(rejected, (Outcome::Findings, String::new()));
}

#[test]
fn settings_may_be_a_whole_prometheus_object() {
    let object = "{apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: {name: a}, spec: \
                  {replicas: 2, shards: 2, scrapeInterval: 1m}}";
    let (outcome, out) = called(&[("web.yaml", WEB), ("settings.yaml", object)], &[]).unwrap();
    assert_eq!(outcome, Outcome::Fine);
    assert!(
        out.contains("  - source_labels:\n    - __tmp_current_shard\n    regex: 0|1\n"),
        "{out}"
    );
    let wrong = object.replace("shards: 2", "scrapeTimeout: 2m, version: '4'");
    assert_eq!(
        called(&[("web.yaml", WEB), ("settings.yaml", &wrong)], &[]),
        Err("settings.yaml: spec.version: invalid value \"4\": expected a version of Prometheus 2 or 3, \
             such as v3.13.2".to_owned())
    );
}

#[test]
fn errors_in_targets_say_where() {
    for (targets, place, wanted) in [
        ("text", "line 1", "a map of labels, or a list of maps"),
        ("- {a: b}\n- {a: [b]}\n", "line 2", "string"),
        ("- {a: b}\n- c\n", "line 2", "map"),
        ("a: {b: c}\n", "line 1", "string"),
    ] {
        let error = targets::read("targets.yaml", targets)
            .unwrap_err()
            .to_string();
        let is_told = error.contains(place) && error.contains(wanted);
        assert!(is_told && !error.contains("enum"), "{targets}: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
    let read = targets::read("t.yaml", "- {a: 8080, b: true, c: 010}\n- {a: x}\n").unwrap();
    assert_eq!(read[0]["a"], "8080");
    assert_eq!((read[0]["c"].as_str(), read.len()), ("010", 2));
}

/// What a scrape class says is told of the first endpoint, and what a monitor says only of the monitor.
#[test]
fn remarks_are_told_once() {
    let web = "
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: {name: web, namespace: shop}
spec:
  selector: {}
  podMetricsEndpoints:
  - {port: a, metricRelabelings: [{regex: __name__, action: labeldrop}]}
  - {port: b}
";
    let settings = "{scrapeClasses: [{name: c, default: true, relabelings: [{sourceLabels: [a], \
                    targetLabel: b, replacement: $2}]}]}";
    let files = [("web.yaml", web), ("settings.yaml", settings)];
    let (outcome, out) = called(&files, &["--json"]).unwrap();
    assert_eq!(outcome, Outcome::Fine);
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        told["monitors"][0]["remarks"],
        serde_json::json!([{
            "id": "series-label-removed",
            "place": "spec.podMetricsEndpoints[0].metricRelabelings[0].regex",
            "text": "it removes `__name__`, and a sample without a name fails the scrape",
            "fix": "leave out `__name__`",
        }]),
    );
    assert_eq!(
        told["configurations"][0]["remarks"],
        serde_json::json!([{
            "id": "no-such-group",
            "place": "scrape class `c`, relabelings[0].replacement",
            "text": "the regex has 1 group, so `$2` is empty",
            "fix": "put one more part in parentheses, or write another number",
        }]),
    );
    assert_eq!(told["configurations"][1]["remarks"], serde_json::json!([]));
}
