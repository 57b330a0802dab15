//! The first half of a scrape: which labels and URL a target gets, and which targets are refused.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of tests may fail them"
)]
#![cfg(feature = "relabel")]

use exposition::ValidationScheme;
use exposition::relabel::{Action, RuleConfig, Rules};
use exposition::scrape::{Discovered, Target, TargetConfig, TargetError};

fn rules(rules: impl IntoIterator<Item = RuleConfig>) -> Rules {
    Rules::new(rules, ValidationScheme::Utf8).unwrap()
}

fn set(name: &str, value: &str) -> RuleConfig {
    RuleConfig::new().target_label(name).replacement(value)
}

/// Returns the target that the labels make, which no rule drops.
fn discover<'c>(
    config: &'c TargetConfig,
    labels: &[(&'c str, &'c str)],
) -> Result<Target, TargetError> {
    match config.discover(labels.iter().copied())? {
        Discovered::Target(target) => Ok(target),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_target_with_nothing_but_an_address() {
    let config = TargetConfig::new("node");
    let target = discover(&config, &[("__address__", "h")]).unwrap();
    assert_eq!(target.to_string(), r#"{instance="h", job="node"}"#);
    assert_eq!(target.url(), "http://h/metrics");
    assert_eq!(target.interval().to_string(), "1m");
    assert_eq!(target.timeout().to_string(), "10s");
    assert_eq!(target.get("job"), Some("node"));
    assert_eq!(
        target.internal_labels().collect::<Vec<_>>(),
        [
            ("__address__", "h"),
            ("__always_scrape_classic_histograms__", "false"),
            ("__convert_classic_histograms_to_nhcb__", "false"),
            ("__metrics_path__", "/metrics"),
            ("__scheme__", "http"),
            ("__scrape_interval__", "1m"),
            ("__scrape_native_histograms__", "false"),
            ("__scrape_timeout__", "10s"),
        ]
    );
}

#[test]
fn reserved_labels_stay_inside_and_discovery_is_forgotten() {
    let mut config = TargetConfig::new("node");
    config.rules = rules([
        RuleConfig::new()
            .regex("__meta_(.+)")
            .action(Action::LabelMap),
        set("__tmp_mark", "x"),
        set("_kept", "y"),
    ]);
    let labels = [("__address__", "h"), ("__meta_zone", "a"), ("env", "")];
    let target = discover(&config, &labels).unwrap();
    assert_eq!(
        target.to_string(),
        r#"{_kept="y", instance="h", job="node", zone="a"}"#
    );
    let internal: Vec<&str> = target.internal_labels().map(|label| label.0).collect();
    assert!(internal.contains(&"__tmp_mark"));
    assert!(!internal.contains(&"__meta_zone"));
}

#[test]
fn discovery_and_rules_win_over_settings() {
    let mut config = TargetConfig::new("node");
    config
        .params
        .insert("m".into(), vec!["a".into(), "b".into()]);
    config.params.insert("empty".into(), vec!["".into()]);
    config.params.insert("none".into(), vec![]);
    let labels = [
        ("__address__", "[::1]:9100"),
        ("__scheme__", "https"),
        ("__metrics_path__", "probe"),
        ("__param_m", "c"),
        ("__param_target", "x y"),
        ("__scrape_interval__", "90s"),
        ("__scrape_timeout__", "1m30s"),
        ("job", "other"),
        ("instance", "mine"),
        // Of a repeated name the first counts.
        ("job", "group"),
    ];
    let target = discover(&config, &labels).unwrap();
    assert_eq!(
        target.url(),
        "https://[::1]:9100/probe?empty=&m=c&m=b&target=x+y"
    );
    assert_eq!(target.to_string(), r#"{instance="mine", job="other"}"#);
    assert_eq!(target.interval(), target.timeout());

    config.rules = rules([set("__param_m", ""), set("instance", ""), set("job", "")]);
    let target = discover(&config, &labels).unwrap();
    assert_eq!(target.to_string(), r#"{instance="[::1]:9100"}"#);
    assert!(target.url().ends_with("?empty=&m=a&m=b&target=x+y"));
}

#[test]
fn rules_see_the_settings() {
    let mut config = TargetConfig::new("node");
    config.params.insert("m".into(), vec!["a".into()]);
    config.rules = rules([RuleConfig::new()
        .source_labels([
            "job",
            "__scheme__",
            "__metrics_path__",
            "__scrape_interval__",
            "__scrape_timeout__",
            "__param_m",
            "__scrape_native_histograms__",
        ])
        .separator(" ")
        .target_label("seen")]);
    let target = discover(&config, &[("__address__", "h")]).unwrap();
    assert_eq!(
        target.get("seen"),
        Some("node http /metrics 1m 10s a false")
    );
}

#[test]
fn targets_that_are_refused() {
    for (labels, message) in [
        (vec![], "__address__ is absent"),
        (
            vec![("__address__", "http://h:9090")],
            "__address__ is \"http://h:9090\": expected a host and a port, without `/`",
        ),
        (
            vec![("__address__", "h"), ("__scrape_interval__", "1 minute")],
            "__scrape_interval__: invalid duration \"1 minute\": expected numbers with units, in the \
             order y, w, d, h, m, s, ms, such as 1m30s",
        ),
        (
            vec![("__address__", "h"), ("__scrape_timeout__", "300y")],
            "__scrape_timeout__: duration \"300y\" is out of range",
        ),
        (
            vec![("__address__", "h"), ("__scrape_interval__", "0s")],
            "__scrape_interval__ cannot be 0",
        ),
        (
            vec![("__address__", "h"), ("__scrape_timeout__", "0")],
            "__scrape_timeout__ cannot be 0",
        ),
        (
            vec![("__address__", "h"), ("__scrape_timeout__", "61s")],
            "__scrape_timeout__ 1m1s is longer than __scrape_interval__ 1m",
        ),
        (
            vec![
                ("__address__", "h"),
                ("__scrape_native_histograms__", "yes"),
            ],
            "__scrape_native_histograms__ is \"yes\": expected true or false",
        ),
    ] {
        let config = TargetConfig::new("node");
        let error = discover(&config, &labels).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
    for flag in ["1", "t", "TRUE", "False", "0"] {
        let labels = [
            ("__address__", "h"),
            ("__convert_classic_histograms_to_nhcb__", flag),
        ];
        assert!(
            discover(&TargetConfig::new("node"), &labels).is_ok(),
            "{flag}"
        );
    }
}

#[test]
fn an_interval_taken_away_by_a_rule_is_none() {
    let mut config = TargetConfig::new("node");
    config.rules = rules([set("__scrape_interval__", "")]);
    let error = discover(&config, &[("__address__", "h")]).unwrap_err();
    assert_eq!(error.to_string(), "__scrape_interval__: empty duration");
}

#[test]
fn the_rule_that_drops_is_told() {
    let mut config = TargetConfig::new("node");
    config.rules = rules([
        set("zone", "a"),
        RuleConfig::new()
            .source_labels(["zone", "env"])
            .separator("/")
            .regex("a/(dev|test)")
            .action(Action::Keep),
        set("never", "reached"),
    ]);
    let labels = [("__address__", "h"), ("env", "prod")];
    let Discovered::Dropped(dropped) = config.discover(labels).unwrap() else {
        panic!("kept");
    };
    assert_eq!(dropped.by().index(), 1);
    assert_eq!(
        dropped.to_string(),
        r#"rule 1: zone/env is "a/prod", keep wants "a/(dev|test)""#
    );
    assert!(config.discover(labels).unwrap().into_target().is_none());

    // A rule that drops does so before the target is checked.
    assert!(matches!(
        config.discover([("zone", "b")]),
        Ok(Discovered::Dropped(_))
    ));
}

#[test]
fn targets_with_the_same_labels_and_url_are_one() {
    let config = TargetConfig::new("node");
    let a = discover(&config, &[("__address__", "h"), ("__meta_id", "1")]).unwrap();
    let b = discover(&config, &[("__address__", "h"), ("__meta_id", "2")]).unwrap();
    let c = discover(&config, &[("__address__", "h"), ("__tmp_id", "2")]).unwrap();
    assert_eq!(a, b);
    assert_ne!(a, c);
}
