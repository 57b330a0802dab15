use super::*;
use crate::tests::run;

use exposition::operator::{Explainer, Manifest, OperatorConfig, render_all};

/// Returns what is shown for a target's response under the bundled monitor, with that header.
fn shown(body: &[u8], content_type: Option<&str>) -> String {
    let mut answer = Source::new("body".to_owned(), body.to_vec(), None);
    answer.content_type = content_type.map(str::to_owned);
    let settings = OperatorConfig::default();
    let sidecars = include_str!("../data/monitor/sidecars.yaml");
    let manifests = Manifest::parse_all(sidecars).unwrap();
    let configs = render_all(&manifests, &settings);
    let explainer = Explainer::new(&configs[0], &settings).unwrap();
    let mut out = Vec::new();
    let targets = targets::read(include_str!("../data/monitor/pods.yaml")).unwrap();
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

#[test]
fn a_monitor_is_judged_before_it_is_rendered() {
    let mut settings = OperatorConfig::default();
    let judged = Judged::read(WEB, &settings).unwrap();
    let creds = |key: &str, place: &str| {
        format!(
            "note: PodMonitor shop/web: spec.podMetricsEndpoints[1].basicAuth.{place}: key {key:?} of the \
             Secret \"creds\" is not checked without --secrets"
        )
    };
    let remarks = [
        "remark: PodMonitor shop/web: spec.podMetricsEndpoints[0].port: no port is called \"2020\", the \
         name of one has a letter; for the number of the container's port write `portNumber: 2020`",
        "remark: PodMonitor shop/web: spec.podMetricsEndpoints[1]: without a port every port of what is \
         selected is scraped",
    ];
    let timeout = "error: PodMonitor shop/web: spec.podMetricsEndpoints[0].scrapeTimeout: 45s is more \
                   than the interval of 30s, the default of the Prometheus object's `scrapeInterval` \
                   (rejected by the Operator: timeout-above-interval)";
    let notes = [creds("user", "username"), creds("pass", "password")];
    assert_eq!(
        judged[0].lines().collect::<Vec<_>>(),
        [timeout, remarks[0], remarks[1], &notes[0], &notes[1]]
    );
    assert!(judged.len() == 1 && judged[0].taken().is_none());

    settings.scrape_interval = Some("1m".to_owned());
    settings.assets = Some(Assets::parse_all(
        "{kind: Secret, metadata: {name: creds, namespace: shop}, stringData: {user: u, pass: p}}",
    ).unwrap());
    let judged = Judged::read(WEB, &settings).unwrap();
    assert_eq!(judged[0].lines().collect::<Vec<_>>(), remarks);
    assert!(judged.len() == 1 && judged[0].taken().is_some());
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
        let error = targets::read(targets).unwrap_err().to_string();
        let is_told = error.contains(place) && error.contains(wanted);
        assert!(is_told && !error.contains("enum"), "{targets}: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
    let read = targets::read("- {a: 8080, b: true, c: 010}\n- {a: x}\n").unwrap();
    assert_eq!(read[0]["a"], "8080");
    assert_eq!((read[0]["c"].as_str(), read.len()), ("010", 2));
}
