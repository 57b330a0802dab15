use super::*;

/// Returns what is shown for a target's response under the bundled monitor, with that header.
fn shown(body: &[u8], content_type: Option<&str>) -> String {
    let mut answer = Source::headless(body, Reading::default()).unwrap();
    answer.content_type = content_type.map(str::to_owned);
    let scene = Scene {
        name: "sidecars.yaml".to_owned(),
        config: false,
        manifest: include_str!("../data/monitor/sidecars.yaml").to_owned(),
        targets: Some(include_str!("../data/monitor/pods.yaml").to_owned()),
        body: Some(answer),
    };
    let settings = OperatorConfig::default();
    let manifests = Manifest::parse_all(&scene.manifest).unwrap();
    let configs = render_all(&manifests, &settings);
    let explainer = Explainer::new(&configs[0], &settings).unwrap();
    let mut out = Vec::new();
    let targets = targets::read(scene.targets.as_ref().unwrap()).unwrap();
    play(
        &explainer,
        &targets,
        &scene,
        &Arguments::default(),
        &mut out,
    )
    .unwrap();
    let out = String::from_utf8(out).unwrap();
    let (_, scrape) = out.split_once("\nscrape of ").unwrap();
    let (_, told) = scrape.split_once('\n').unwrap();
    told.to_owned()
}

#[test]
fn duplicates_are_named() {
    let body = include_bytes!("../../tests/data/field/F9_duplicate_series.prom");
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
    let judged = judge(WEB, &settings).unwrap();
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
        judged.lines,
        [timeout, remarks[0], remarks[1], &notes[0], &notes[1]]
    );
    assert!(!judged.is_well && judged.taken.is_empty());

    settings.scrape_interval = Some("1m".to_owned());
    settings.assets = Some(Assets::parse_all(
        "{kind: Secret, metadata: {name: creds, namespace: shop}, stringData: {user: u, pass: p}}",
    ).unwrap());
    let judged = judge(WEB, &settings).unwrap();
    assert_eq!(judged.lines, remarks);
    assert!(judged.is_well && judged.taken.len() == 1);
}

/// Runs the program with these files as a user would. Returns what it prints, and whether all went well.
fn called(name: &str, files: &[(&str, &str)], options: &[&str]) -> Result<(String, bool), String> {
    let directory = std::env::temp_dir().join(format!("exposition-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let mut words = vec!["monitor".into()];
    for (option, text) in files {
        let file = directory
            .join(option.trim_start_matches('-'))
            .with_extension("yaml");
        std::fs::write(&file, text).unwrap();
        words.extend((!option.is_empty()).then(|| OsString::from(option)));
        words.push(file.into_os_string());
    }
    words.extend(options.iter().map(OsString::from));
    let asked = parse(lexopt::Parser::from_iter(words)).unwrap();
    let Asked::Run(arguments) = asked else {
        panic!("help");
    };
    let mut out = Vec::new();
    let well = run(arguments, &mut out);
    std::fs::remove_dir_all(&directory).unwrap();
    match well {
        Ok(well) => Ok((String::from_utf8(out).unwrap(), well)),
        Err(error) => Err(error
            .to_string()
            .replace(&format!("{}/", directory.display()), "")),
    }
}

const POD: &str = "{__address__: 'a:1', __meta_kubernetes_namespace: shop}";

#[test]
fn the_answer_comes_without_the_configuration() {
    let web = WEB.replace("45s", "5s");
    let files = [("", web.as_str()), ("--target", POD)];
    let (out, well) = called("answer", &files, &[]).unwrap();
    assert!(well);
    assert!(
        out.starts_with("podMonitor/shop/web/0: 1 discovered, 0 kept\n"),
        "{out}"
    );
    assert!(out.contains("\n\npodMonitor/shop/web/1: "), "{out}");
    let (out, _) = called("config", &files, &["--config"]).unwrap();
    assert!(out.starts_with("scrape_configs:\n"), "{out}");
    let (out, _) = called("alone", &files[..1], &[]).unwrap();
    assert!(out.starts_with("scrape_configs:\n"), "{out}");
    // What is rejected is not rendered.
    let (out, well) = called("rejected", &[("", WEB), ("--target", POD)], &[]).unwrap();
    assert_eq!((out.as_str(), well), ("", false));
}

#[test]
fn settings_may_be_a_whole_prometheus_object() {
    let object = "{apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: {name: a}, spec: \
                  {replicas: 2, shards: 2, scrapeInterval: 1m}}";
    let (out, well) = called("object", &[("", WEB), ("--settings", object)], &[]).unwrap();
    assert!(well);
    assert!(
        out.contains("  - source_labels:\n    - __tmp_current_shard\n    regex: 0|1\n"),
        "{out}"
    );
    let wrong = object.replace("shards: 2", "scrapeTimeout: 2m, version: '4'");
    assert_eq!(
        called("version", &[("", WEB), ("--settings", &wrong)], &[]),
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
