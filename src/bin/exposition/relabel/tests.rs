use clap::Parser as _;

use super::*;
use crate::command_line::{Arguments, Command};
use crate::tests::run;

/// Returns what is printed for rules and their input, and how that ends.
fn printed(yaml: &str, targets: &str, body: Option<&str>, limit: usize) -> (Outcome, String) {
    let limit = limit.to_string();
    let mut words = vec![
        "relabel", "--width", "80", "--limit", &limit, "--rules", "rules",
    ];
    if !targets.is_empty() {
        words.extend(["--targets", "targets"]);
    }
    if body.is_some() {
        words.extend(["--body", "body"]);
    }
    let files = [
        ("rules", yaml.as_bytes()),
        ("targets", targets.as_bytes()),
        ("body", body.unwrap_or_default().as_bytes()),
    ];
    run(&words, &files).unwrap()
}

#[test]
fn a_list_of_rules_on_labels() {
    let (outcome, text) = printed(
        "
- {source_labels: [pod], regex: '(.+)-\\d+', target_label: app}
- {action: labeldrop, regex: tmp}
- {action: lowercase, source_labels: [env], target_label: env}
- {action: drop, source_labels: [app, env], separator: /, regex: db/.*}
- {target_label: zone, replacement: a}
",
        "{pod: web-1, tmp: x, env: Prod}",
        None,
        5,
    );
    assert_eq!(outcome, Outcome::Fine);
    assert_eq!(
        text,
        r#"5 rules

kept
   0  replace   pod is "web-1", matched by (.+)-\d+ → app="web"
   1  labeldrop matched by tmp → no tmp
   2  lowercase env is "Prod" → env="prod"
   3  drop      app/env is "web/prod", not matched by db/.* → kept
   4  replace   zone="a"

  + app   "web"  rule 0
  ~ env   "Prod" → "prod"  rule 2
    pod   "web-1"
  - tmp   "x"  rule 1
  + zone  "a"  rule 4
"#
    );
}

const CONFIG: &str = "
job_name: mesh
static_configs: [{targets: ['h:1']}]
relabel_configs:
- {source_labels: [env], regex: prod, action: keep}
metric_relabel_configs:
- {source_labels: [__name__], regex: 'go_.*', action: drop}
- {regex: pod, action: labeldrop}
- {source_labels: [__name__], regex: never, action: drop}
";

#[test]
fn a_scrape_configuration_on_targets_and_a_body() {
    let body = "go_threads 1\nup{pod=\"a\"} 1\nup{pod=\"b\"} 0\n{\"a.b\"} 2\n";
    let targets = "[{__address__: 'h:1', env: dev}, {__address__: 'h:2', env: prod}]";
    let (outcome, text) = printed(CONFIG, targets, Some(body), 9);
    assert_eq!(outcome, Outcome::Fine);
    assert_eq!(
        text,
        r#"scrape configuration `mesh`

dropped h:1
  rule 0: env is "dev", keep wants "prod"

kept h:2
   0  keep      env is "prod", matched by prod → kept

    __address__                             "h:2"
    __always_scrape_classic_histograms__    "false"
    __convert_classic_histograms_to_nhcb__  "false"
    __metrics_path__                        "/metrics"
    __scheme__                              "http"
    __scrape_interval__                     "1m"
    __scrape_native_histograms__            "false"
    __scrape_timeout__                      "10s"
    env                                     "prod"
    job                                     "mesh"

  scraped at http://h:2/metrics  every 1m, within 10s
  its series get {env="prod", instance="h:2", job="mesh"}

body
  up 1  4 samples, 3 after the rules, 2 stored, duplicates: 1
  line 3: up{pod="b"} 0: duplicate, its series has a sample at that time

  rule  action         seen   matched   changed   dropped
     0  drop              4         1         0         1
     1  labeldrop         3         2         2         0
     2  drop              3         0         0         0  never matched

  go_threads 1
       0  drop  __name__ is "go_threads", matched by go_.* → dropped

  up{pod="a"} 1
       1  labeldrop  matched by pod → no pod
  up{env="prod", instance="h:2", job="mesh"} 1

  remark: metric_relabel_configs[1].regex: this rule changed the labels of 2 samples, and then 1 is not stored, as its series has another; keep the label that tells the series apart [merged-series]
"#
    );
}

#[test]
fn a_body_without_a_target() {
    let (outcome, text) = printed("[]", "", Some("a{b=\"c\"} 1\n{\"a.b\"} 2\nd\n"), 1);
    assert_eq!(outcome, Outcome::Unreadable);
    assert_eq!(
        text,
        r#"0 rules

body
  up 0  2 samples, 2 after the rules, 0 stored
  error: expected the sample's value, found the end of the line
   --> body:3:2 (byte 22)
    |
  3 | d
    |  ^

  a{b="c"} 1
  a{b="c", instance="localhost", job="relabel"} 1
"#
    );
}

/// A duplicate is reported, and not listed as if it were stored.
#[test]
fn what_is_not_stored_is_not_shown_as_stored() {
    let body = include_str!("../../../../tests/data/field/F9_duplicate_series.prom");
    let (outcome, text) = printed("[]", "", Some(body), 9);
    assert_eq!(outcome, Outcome::Fine);
    assert_eq!(
        text,
        r#"0 rules

body
  up 1  3 samples, 3 after the rules, 2 stored, duplicates: 1
  line 3: kube_x{pod="a"} 2: duplicate, its series has a sample at that time

  kube_x{pod="a"} 1
  kube_x{instance="localhost", job="relabel", pod="a"} 1

  kube_x{pod="a"} 2
  not stored: duplicate, its series has a sample at that time

  kube_x{pod="b"} 2
  kube_x{instance="localhost", job="relabel", pod="b"} 2
"#
    );
    let (_, text) = printed("[]", "", Some(&"a 1\n".repeat(8)), 0);
    assert!(text.contains("  line 6: a 1: duplicate"), "{text}");
    assert!(text.ends_with("  … and 2 more\n"), "{text}");
}

/// A server's response is read by its header, or else by the configuration.
#[test]
fn a_header_that_does_not_tell_fails_the_scrape() {
    let answer = |content_type: Option<&str>, config: &str| {
        let mut source = Source::new("body".to_owned(), b"a 1\n".to_vec(), None);
        source.content_type = content_type.map(str::to_owned);
        let input = Input {
            targets: Vec::new(),
            body: Some(source),
        };
        let line = ["exposition", "relabel", "--trace", "--width", "80"];
        let arguments = Arguments::parse_from(line);
        let Command::Relabel(relabel) = arguments.command else {
            panic!("{line:?}");
        };
        let (file, mut out) = (rules_file::read(config).unwrap().remove(0), Vec::new());
        let mut console = Console::new(&arguments.output, &mut out);
        let outcome = relabel.show(&file, &OperatorConfig::default(), &input, &mut console);
        (outcome.unwrap(), String::from_utf8(out).unwrap())
    };
    for (header, reason) in [
        (None, "missing or empty Content-Type"),
        (
            Some("text/html"),
            "unsupported media type \"text/html\" in Content-Type",
        ),
    ] {
        let (outcome, text) = answer(header, "job_name: a");
        assert_eq!(outcome, Outcome::Unreadable);
        assert_eq!(
            text,
            format!(
                "scrape configuration `a`

body
  up 0  0 samples, 0 after the rules, 0 stored
  {reason}, and no fallback_scrape_protocol is set
"
            )
        );
        let fallback = "{job_name: a, fallback_scrape_protocol: PrometheusText0.0.4}";
        let (outcome, text) = answer(header, fallback);
        assert_eq!(outcome, Outcome::Fine, "{text}");
        assert!(text.contains("  up 1  1 sample, 1 after the rules, 1 stored\n"));
        assert!(
            text.ends_with("a{instance=\"localhost\", job=\"a\"} 1\n"),
            "{text}"
        );
    }
}

#[test]
fn nothing_is_scraped_without_a_target() {
    let (outcome, text) = printed(CONFIG, "{__address__: h, env: dev}", Some("a 1\n"), 1);
    assert_eq!(outcome, Outcome::Findings);
    assert!(text.ends_with("no target is kept, so body is not scraped\n"));
    let (outcome, text) = printed(CONFIG, "{env: prod}", None, 1);
    assert_eq!(outcome, Outcome::Findings);
    assert!(
        text.ends_with("\n  refused: __address__ is absent\n"),
        "{text}"
    );
}

#[test]
fn rules_in_the_spelling_of_the_operator() {
    let yaml = "[{sourceLabels: [a], targetLabel: b, action: Replace}]";
    let (_, text) = printed(yaml, "{a: x}", None, 1);
    assert!(text.contains("  + b  \"x\"  rule 0\n"), "{text}");
    let (_, text) = printed(SIDECARS, POD, None, 1);
    assert!(text.contains("scraped at http://10.42.0.17:15090/stats/prometheus  every 15s"));
    assert!(text.contains("\ndropped shop catalog-6cf4b97d-wtm8t catalog http 10.42.0.17:3000\n"));
}

#[test]
fn what_is_wrong_with_a_file() {
    let error = |yaml| match rules_file::read(yaml) {
        Ok(_) => panic!("{yaml} is read"),
        Err(error) => error.to_string(),
    };
    assert!(error("[{source_label: [a]}]").contains("did you mean `source_labels`?"));
    assert!(error("relabel_configs: []").contains("needs a `job_name`"));
    let unknown = error("{job_name: a, relabelings: []}");
    assert!(unknown.ends_with("unknown field `relabelings` in a scrape configuration"));
    assert_eq!(
        error("global: {scrape_interval: 5s}\nrule_files: [a.yml]"),
        "a Prometheus configuration with `global` but without `scrape_configs`: it has no rules for \
         targets or samples"
    );
    assert!(error("{kind: Deployment}").contains("kind"));
}

/// `global` and `static_configs` of a whole file apply.
#[test]
fn a_file_of_prometheus() {
    let yaml = "
global: {scrape_interval: 5s}
scrape_configs:
- job_name: x
  static_configs: [{targets: ['h:9100'], labels: {env: prod}}]
  relabel_configs: [{source_labels: [env], target_label: stage}]
";
    let (outcome, text) = printed(yaml, "", None, 1);
    assert_eq!(outcome, Outcome::Fine);
    assert!(text.contains("\nkept h:9100\n"), "{text}");
    assert!(text.contains("  + stage "), "{text}");
    assert!(text.contains("every 5s, within 5s"), "{text}");
    let (_, text) = printed(yaml, "{__address__: 'i:1'}", None, 1);
    assert!(
        text.contains("\nkept i:1\n") && !text.contains("h:9100"),
        "{text}"
    );
}

#[test]
fn an_empty_regex_is_shown() {
    let yaml = "[{source_labels: [a], regex: '', target_label: b, replacement: x}]";
    let (_, text) = printed(yaml, "{b: y}", None, 1);
    assert!(text.contains("matched by \"\" → b=\"x\""), "{text}");
    let (_, text) = printed(yaml, "{a: y}", None, 1);
    assert!(text.contains("not matched by \"\" → no change"), "{text}");
}

#[test]
fn what_is_wrong_with_targets() {
    let error = |yaml| targets::read("t.yaml", yaml).unwrap_err().to_string();
    let expected = "expected a map of labels, or a list of maps: ";
    assert!(
        error("- a: 1\n- b").starts_with(expected),
        "{}",
        error("- a: 1\n- b")
    );
    assert!(error("- a: 1\n- b").contains("line 2, column 3: "));
    assert!(error("{a: [1]}").contains("line 1, column 5: "));
}
