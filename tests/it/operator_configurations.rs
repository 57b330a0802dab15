//! Configurations that a real server ran with.
#![cfg(feature = "operator")]

use crate::support::corpus;
use std::{collections::BTreeMap, io::Read};

use exposition::{
    ScrapeProtocol,
    operator::{Explainer, Manifest, OperatorConfig, ScrapeConfig},
    relabel::RuleConfig,
    yaml,
};
use serde_json::Value;

/// Configurations of a real server, and what it did with its targets' discovered labels.
#[test]
fn configurations_of_a_server() {
    let Some(directory) = corpus::golden() else {
        return;
    };
    let file = directory.join("../vectors/scrape.jsonl.gz");
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(file).unwrap())
        .read_to_string(&mut text)
        .unwrap();
    let mut cases = 0;
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let config: ScrapeConfig = serde_json::from_value(case["scrape_config"].clone()).unwrap();
        let yaml = config.to_yaml().unwrap();
        let again = ScrapeConfig::from_yaml(&yaml).unwrap();
        assert_eq!(again, config, "{yaml}");

        let settings = OperatorConfig::default();
        let explainer = Explainer::new(&config, &settings).unwrap();
        let discovered: BTreeMap<String, String> =
            serde_json::from_value(case["discovered"].clone()).unwrap();
        let pairs = discovered
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let explanation = explainer.target(pairs);
        let id = &case["id"];
        assert_eq!(
            explanation.is_kept(),
            case["dropped"].is_null(),
            "{id}: {}",
            explanation.reason()
        );
        for (name, value) in case["target"].as_object().into_iter().flatten() {
            let labels = explanation.labels();
            let mut found = labels.get(name);
            if name == "instance" {
                // Without its own, a target gets its address.
                found = found.or_else(|| labels.get("__address__"));
            }
            assert_eq!(found, value.as_str(), "{id}: {name}");
        }
        cases += 1;
    }
    assert_eq!(cases, 82);
}

fn field(name: &str) -> std::io::Result<String> {
    let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/field");
    std::fs::read_to_string(data.join(name))
}

#[test]
fn comments_never_matter() {
    let configs = ScrapeConfig::file_from_yaml(&field("F2_40_comment_lines.yml").unwrap()).unwrap();
    assert_eq!(configs.len(), 1);
    let manifest = field("F2_monitor_40_comment_lines.yaml").unwrap();
    assert_eq!(Manifest::parse_all(&manifest).unwrap().len(), 1);
    assert!(manifest.parse::<Manifest>().is_ok());

    let comments = "# a comment\n".repeat(5000);
    let rules = format!("{comments}- source_labels: [a]\n{comments}  action: drop\n{comments}");
    let rules: Vec<RuleConfig> = yaml::from_str(&rules).unwrap();
    assert_eq!(rules.len(), 1);
    let settings = format!("{comments}version: v3.5.0\n{comments}shards: 2\n");
    assert!(settings.parse::<OperatorConfig>().is_ok());
}

/// Every kind of discovery in Prometheus 3.14 is passed through.
#[test]
fn every_discovery_is_known() {
    for name in ["F4_new_sd_kind.yml", "F4_new_sd_kind2.yml"] {
        let configs = ScrapeConfig::file_from_yaml(&field(name).unwrap()).unwrap();
        assert_eq!(configs[0].relabel_configs.len(), 1, "{name}");
    }
    for kind in [
        "aws",
        "azure",
        "consul",
        "digitalocean",
        "dns",
        "docker",
        "dockerswarm",
        "ec2",
        "eureka",
        "file",
        "gce",
        "hetzner",
        "http",
        "ionos",
        "kuma",
        "lightsail",
        "linode",
        "marathon",
        "nerve",
        "nomad",
        "oci",
        "openstack",
        "outscale",
        "ovhcloud",
        "puppetdb",
        "scaleway",
        "serverset",
        "stackit",
        "triton",
        "uyuni",
        "vultr",
    ] {
        let yaml = format!("job_name: a\n{kind}_sd_configs:\n- port: 1\n");
        let config = ScrapeConfig::from_yaml(&yaml).unwrap();
        assert_eq!(config.to_yaml().unwrap(), yaml);
    }
}

#[test]
fn global_settings_hold_for_every_entry() {
    let configs = ScrapeConfig::file_from_yaml(&field("F7_global_interval.yml").unwrap()).unwrap();
    let settings = OperatorConfig::default();
    let config = configs[0].target_config(&settings).unwrap();
    assert_eq!(config.scrape_interval.to_string(), "5s");
    assert_eq!(config.scrape_timeout.to_string(), "5s");
    let targets = configs[0].static_targets().unwrap();
    let labels: Vec<_> = targets[0]
        .iter()
        .map(|(name, value)| (&**name, &**value))
        .collect();
    assert_eq!(labels, [("__address__", "h:9100"), ("env", "prod")]);

    let yaml = "
global:
  scrape_interval: 30s
  scrape_timeout: 20s
  scrape_protocols: [PrometheusText0.0.4]
  body_size_limit: 1MB
  sample_limit: 10
  target_limit: 11
  label_limit: 12
  label_name_length_limit: 13
  label_value_length_limit: 14
  keep_dropped_targets: 15
  metric_name_validation_scheme: legacy
  scrape_native_histograms: true
  always_scrape_classic_histograms: true
  convert_classic_histograms_to_nhcb: true
  evaluation_interval: 1m
  external_labels: {a: b}
scrape_configs:
- job_name: all
- job_name: own
  scrape_interval: 10s
  scrape_timeout: 0s
  scrape_protocols: [OpenMetricsText1.0.0]
  body_size_limit: 2MB
  sample_limit: 1
  label_limit: 0
  metric_name_validation_scheme: utf8
  scrape_native_histograms: false
";
    let configs = ScrapeConfig::file_from_yaml(yaml).unwrap();
    let [all, own] = configs.as_slice() else {
        panic!("{configs:?}");
    };
    let expected = "\
job_name: all
scrape_interval: 30s
scrape_timeout: 20s
sample_limit: 10
target_limit: 11
label_limit: 12
label_name_length_limit: 13
label_value_length_limit: 14
keep_dropped_targets: 15
scrape_native_histograms: true
always_scrape_classic_histograms: true
convert_classic_histograms_to_nhcb: true
scrape_protocols:
- PrometheusText0.0.4
body_size_limit: 1MB
metric_name_validation_scheme: legacy
";
    assert_eq!(all.to_yaml().unwrap(), expected);
    let expected = "\
job_name: own
scrape_interval: 10s
scrape_timeout: 10s
sample_limit: 1
target_limit: 11
label_limit: 12
label_name_length_limit: 13
label_value_length_limit: 14
keep_dropped_targets: 15
scrape_native_histograms: false
always_scrape_classic_histograms: true
convert_classic_histograms_to_nhcb: true
scrape_protocols:
- OpenMetricsText1.0.0
body_size_limit: 2MB
metric_name_validation_scheme: utf8
";
    assert_eq!(own.to_yaml().unwrap(), expected);
}

/// A file asks for the experimental format by naming it.
#[test]
fn protocols_of_a_file() {
    let settings = OperatorConfig::default();
    let protocols = |yaml: &str| {
        let config = ScrapeConfig::from_yaml(&format!("job_name: a\n{yaml}")).unwrap();
        config.sample_config(&settings).unwrap().protocols
    };
    assert_eq!(protocols(""), ScrapeProtocol::DEFAULT);
    let listed = protocols("scrape_protocols: [OpenMetricsText2.0.0, PrometheusText0.0.4]");
    let expected = [
        ScrapeProtocol::OpenMetricsText200,
        ScrapeProtocol::PrometheusText004,
    ];
    assert_eq!(listed, expected);
}

#[test]
fn what_is_wrong_with_a_file() {
    for (yaml, expected) in [
        ("", "the file is empty"),
        ("global: {}", "there are no `scrape_configs` in this file"),
        (
            "global: {scrape_intervall: 5s}\nscrape_configs: []",
            "line 1, column 10: unknown field `scrape_intervall` in `global`: did you mean `scrape_interval`?",
        ),
        (
            "global: {scrape_timeout: 2m}\nscrape_configs: []",
            "global.scrape_timeout is 2m, longer than scrape_interval, 1m",
        ),
        (
            "global: {scrape_interval: 5}\nscrape_configs: []",
            "scrape_interval: invalid duration \"5\"",
        ),
        (
            "scrape_configs:\n- job_name: a\n  zzz: 1",
            "line 3, column 3: unknown field `zzz` in a scrape configuration",
        ),
        (
            "scrape_configs:\n- job_name: a\n  tls_configs: {}",
            "line 3, column 3: unknown field `tls_configs` in a scrape configuration: did you mean `tls_config`?",
        ),
        (
            "scrape_configs:\n- {job_name: a, job_name: b}",
            "line 2, column 17: repeated key `job_name`",
        ),
        (
            "scrape_configs:\n- {}",
            "line 2, column 3: a scrape configuration needs a `job_name`",
        ),
    ] {
        let error = ScrapeConfig::file_from_yaml(yaml).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{yaml}: {error}");
        assert!(error.len() < expected.len() + 90, "{error}");
    }
    for (groups, expected) in [
        ("{}", "static_configs: expected a list"),
        ("[a]", "static_configs[0]: expected a map with `targets`"),
        (
            "[{targets: a}]",
            "static_configs[0].targets: expected a list of addresses",
        ),
        (
            "[{targets: [[a]]}]",
            "static_configs[0].targets: expected a list of addresses",
        ),
        (
            "[{labels: {a: []}}]",
            "static_configs[0].labels.a: expected a string",
        ),
        (
            "[{target: [a]}]",
            "static_configs[0].target: expected `targets` or `labels`",
        ),
    ] {
        let yaml = format!("job_name: a\nstatic_configs: {groups}");
        let config = ScrapeConfig::from_yaml(&yaml).unwrap();
        let error = config.static_targets().unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

/// What is kept without its own field stays text where it was written as text.
#[test]
fn labels_of_static_targets_are_text() {
    let yaml = "job_name: a\nstatic_configs: [{targets: [1], labels: {a: yes, b: 010, c: 1e3, d: true, e: 7}}]";
    let config = ScrapeConfig::from_yaml(yaml).unwrap();
    let again = ScrapeConfig::from_yaml(&config.to_yaml().unwrap()).unwrap();
    for config in [config, again] {
        let targets = config.static_targets().unwrap();
        let values: Vec<_> = targets[0].values().map(String::as_str).collect();
        assert_eq!(values, ["1", "yes", "010", "1e3", "true", "7"]);
    }
}
