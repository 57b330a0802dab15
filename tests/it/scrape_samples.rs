//! The second half of a scrape: which samples are stored, and what makes a scrape fail.

#![allow(clippy::unwrap_used, reason = "a helper of tests may fail them")]
#![cfg(feature = "relabel")]

use exposition::relabel::{Action, RuleConfig, Rules};
use exposition::scrape::{Rejection, SampleConfig, ScrapeError, ScrapeLoop, Target, TargetConfig};
use exposition::{Format, ScrapeProtocol, ValidationScheme};
use proptest::prelude::*;

const TEXT: Option<&str> = Some("text/plain; version=0.0.4");
const OPEN_METRICS: Option<&str> = Some("application/openmetrics-text; version=1.0.0");

/// Returns a target with these labels, and neither `job` nor `instance` unless given.
fn target(labels: &[(&str, &str)]) -> Target {
    let mut config = TargetConfig::new("");
    let bare = [RuleConfig::new()
        .source_labels(["instance"])
        .regex("")
        .target_label("instance")
        .replacement("-")];
    config.rules = Rules::new(bare, ValidationScheme::Utf8).unwrap();
    let owned: Vec<(String, String)> = ([("__address__", "h")].iter().chain(labels))
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect();
    let mut set = config.label_set(owned.iter().map(|(n, v)| (n.as_str(), v.as_str())));
    assert!(config.rules.apply(&mut set));
    config.target(&set).unwrap()
}

fn rules(rules: impl IntoIterator<Item = RuleConfig>) -> Rules {
    Rules::new(rules, ValidationScheme::Utf8).unwrap()
}

fn drop_named(regex: &str) -> RuleConfig {
    RuleConfig::new()
        .source_labels(["__name__"])
        .regex(regex)
        .action(Action::Drop)
}

/// Returns the stored samples, without the target's own `instance`, one per line.
fn stored(config: &SampleConfig, target: &Target, body: &str) -> String {
    let scraped = config.scrape(target, TEXT, body.as_bytes()).collect();
    if let Some(failure) = scraped.report.failure {
        assert!(scraped.samples.is_empty());
        return format!("failed: {failure}");
    }
    let lines = scraped.samples.iter().map(|sample| {
        let time = sample
            .timestamp
            .map_or(String::new(), |time| format!(" {time}"));
        let labels = sample.labels.to_string();
        let labels = labels.replace(r#", instance="-""#, "");
        format!("{labels} {}{time}\n", sample.value)
    });
    lines.collect()
}

#[test]
fn labels_of_the_target_rename_those_of_the_sample() {
    let config = SampleConfig::new();
    for (body, labels, expected) in [
        ("m{az=\"1\"} 1\n", vec![], "{__name__=\"m\", az=\"1\"} 1\n"),
        (
            "m{az=\"1\",exported_az=\"2\"} 1\n",
            vec![("az", "3")],
            "{__name__=\"m\", az=\"3\", exported_az=\"2\", exported_exported_az=\"1\"} 1\n",
        ),
        (
            "m{az=\"1\",exported_az=\"2\"} 1\n",
            vec![("az", "3"), ("exported_az", "4")],
            "{__name__=\"m\", az=\"3\", exported_az=\"4\", exported_exported_az=\"1\", \
             exported_exported_exported_az=\"2\"} 1\n",
        ),
        // An empty label is not a label.
        (
            "m{az=\"\"} 1\n",
            vec![("az", "3")],
            "{__name__=\"m\", az=\"3\"} 1\n",
        ),
        (
            "m{az=\"\",az=\"x\",b=\"y\"} 1\n",
            vec![],
            "{__name__=\"m\", b=\"y\"} 1\n",
        ),
    ] {
        assert_eq!(stored(&config, &target(&labels), body), expected, "{body}");
    }
}

#[test]
fn honored_labels_of_the_sample_stay() {
    let mut config = SampleConfig::new();
    config.honor_labels = true;
    let target = target(&[("az", "3"), ("job", "t")]);
    for (body, expected) in [
        ("m 1\n", "{__name__=\"m\", az=\"3\", job=\"t\"} 1\n"),
        (
            "m{az=\"1\"} 1\n",
            "{__name__=\"m\", az=\"1\", job=\"t\"} 1\n",
        ),
        // This way there is no such label at all.
        (
            "m{az=\"\",job=\"j\"} 1\n",
            "{__name__=\"m\", job=\"j\"} 1\n",
        ),
    ] {
        assert_eq!(stored(&config, &target, body), expected);
    }
}

#[test]
fn timestamps_are_kept_if_they_are_honored() {
    let mut config = SampleConfig::new();
    let target = target(&[]);
    let body = "a 1 5000\nb 2\n";
    assert_eq!(
        stored(&config, &target, body),
        "{__name__=\"a\"} 1 5000\n{__name__=\"b\"} 2\n"
    );
    config.honor_timestamps = false;
    assert_eq!(
        stored(&config, &target, body),
        "{__name__=\"a\"} 1\n{__name__=\"b\"} 2\n"
    );
}

/// Returns the numbers in a body's report: scraped, after the rules, duplicates, out of order, out of bounds.
fn counts(config: &SampleConfig, body: &str) -> (u64, u64, u64, u64, u64) {
    let target = target(&[]);
    let report = config
        .scrape(&target, TEXT, body.as_bytes())
        .at(10_000)
        .report();
    assert!(report.up());
    (
        report.samples_scraped,
        report.samples_post_metric_relabeling,
        report.duplicates,
        report.out_of_order,
        report.out_of_bounds,
    )
}

/// What is not stored is reported: the first ten, or as many as requested.
#[test]
fn samples_that_are_rejected_are_named() {
    let mut config = SampleConfig::new();
    let target = target(&[]);
    let named = |config: &SampleConfig, body: &str| -> Vec<String> {
        let report = (config.scrape(&target, TEXT, body.as_bytes()).at(10_000)).report();
        assert!(report.up());
        let counted = report.duplicates + report.out_of_order + report.out_of_bounds;
        assert_eq!(report.rejected.len() as u64, counted);
        report.rejected.iter().map(ToString::to_string).collect()
    };
    let field = include_str!("../data/field/F9_duplicate_series.prom");
    assert_eq!(
        named(&config, field),
        [r#"line 3: kube_x{pod="a"} 2: duplicate, its series has a sample at that time"#]
    );
    assert_eq!(
        named(
            &config,
            "a 1 5000\n\n# a comment\na{} +Inf 5000\na 2 4000\nb{x=\"\n\"} 1 700000\na 1 6000"
        ),
        [
            "line 4: a{} +Inf 5000: duplicate, its series has a sample at that time",
            "line 5: a 2 4000: out of order, its series has a later sample",
            "line 6: b{x=\"\n\"} 1 700000: out of bounds, \
             it is more than ten minutes ahead of the scrape",
        ]
    );
    // The rules make these two one; the series is reported as written.
    let rule = RuleConfig::new().regex("pod").action(Action::LabelDrop);
    config.rules = Rules::from(rule.build(config.validation_scheme).unwrap());
    assert_eq!(
        named(&config, "a{pod=\"a\"} 1\na{pod=\"b\"} NaN\n"),
        [r#"line 2: a{pod="b"} NaN: duplicate, its series has a sample at that time"#]
    );
    config.honor_timestamps = false;
    assert_eq!(
        named(&config, "a 1 1\na 2 2\n"),
        ["line 2: a 2: duplicate, its series has a sample at that time"]
    );

    let many = "a 1\n".repeat(50);
    let scrape = || config.scrape(&target, TEXT, many.as_bytes());
    let report = scrape().report();
    assert_eq!((report.duplicates, report.rejected.len()), (49, 10));
    let report = scrape().name_rejected(usize::MAX).report();
    assert_eq!(report.rejected.len(), 49);
    let last = &report.rejected[48];
    assert_eq!(
        (last.reason, last.position.line),
        (Rejection::Duplicate, 50)
    );
    assert!(scrape().name_rejected(0).report().rejected.is_empty());
}

/// A body is read by its header or by the fallback, or else not at all.
#[test]
fn a_body_whose_header_does_not_tell_fails_the_scrape() {
    let (mut config, target) = (SampleConfig::new(), target(&[]));
    let headers = [
        (
            None,
            "missing or empty Content-Type, and no fallback_scrape_protocol is set",
        ),
        (
            Some("text/html; charset=utf-8"),
            "unsupported media type \"text/html\" in Content-Type, \
             and no fallback_scrape_protocol is set",
        ),
        (
            Some("text/plain; bad"),
            "malformed Content-Type \"text/plain; bad\": expected `=` after the name of a parameter \
             at byte 15, and no fallback_scrape_protocol is set",
        ),
    ];
    for (header, reason) in headers {
        let scraped = config.scrape(&target, header, b"a 1\n").collect();
        assert_eq!(scraped.report.failure.unwrap().to_string(), reason);
        assert!(scraped.samples.is_empty());
        let mut scrapes = ScrapeLoop::new(config.clone(), target.clone());
        let report = scrapes.scrape(header, b"a 1\n").report();
        assert_eq!(report.failure.unwrap().to_string(), reason);
        assert!(config.scrape(&target, header, b"").report().up());
    }
    let protobuf = Some("application/vnd.google.protobuf");
    let report = config.scrape(&target, protobuf, b"a 1\n").report();
    assert!(matches!(report.failure, Some(ScrapeError::Line(_))));

    config.fallback = Some(ScrapeProtocol::OpenMetricsText100.into());
    for (header, _) in headers {
        let report = config.scrape(&target, header, b"a 1\n# EOF\n").report();
        assert!(report.up(), "{header:?}");
    }
    // A header that names a format wins.
    let report = config.scrape(&target, TEXT, b"a 1\n\n").report();
    assert!(report.up());
}

/// OpenMetrics 2.0 is read as such by those alone who asked for it.
#[test]
fn openmetrics_2_is_read_if_it_is_among_the_protocols() {
    let header = Some("application/openmetrics-text; version=2.0.0; charset=utf-8");
    let body = b"a_total 1 st@5\n# EOF\n";
    let (mut config, target) = (SampleConfig::new(), target(&[]));
    assert_eq!(config.protocols, ScrapeProtocol::DEFAULT);
    let report = config.scrape(&target, header, body).report();
    assert_eq!(
        report.failure.unwrap().to_string(),
        "line 1, column 11: expected a timestamp in seconds, found `st@5`; \
         this looks like OpenMetrics 2.0, and is read as an earlier format",
    );
    let mut scrapes = ScrapeLoop::new(config.clone(), target.clone());
    assert!(!scrapes.scrape(header, body).report().up());

    config.protocols = vec![ScrapeProtocol::OpenMetricsText200];
    let report = config.scrape(&target, header, body).report();
    assert!(report.up(), "{report:?}");
    let mut scrapes = ScrapeLoop::new(config.clone(), target.clone());
    assert!(scrapes.scrape(header, body).report().up());
    // Any other format is read as what it is.
    let older = Some("application/openmetrics-text; version=1.0.0");
    assert!(
        config
            .scrape(&target, older, b"a_total 1 1\n# EOF\n")
            .report()
            .up()
    );
    assert!(!config.scrape(&target, older, body).report().up());
    assert!(config.scrape(&target, TEXT, b"a 1 1\n").report().up());
}

#[test]
fn of_several_samples_of_one_series_the_first_is_stored() {
    let mut config = SampleConfig::new();
    let bare = target(&[]);
    let first = |body| stored(&config, &bare, body);
    assert_eq!(first("a 1\na 2\n"), "{__name__=\"a\"} 1\n");
    assert_eq!(first("a 1\na{} 2\n"), "{__name__=\"a\"} 1\n");
    assert_eq!(
        first("a{x=\"1\",y=\"2\"} 1\na{y=\"2\",x=\"1\"} 2\n"),
        "{__name__=\"a\", x=\"1\", y=\"2\"} 1\n"
    );
    // Two timestamps are two samples, if they come in order.
    assert_eq!(
        first("a 1 1000\na 2 2000\na 3 1500\na 4 2000\n"),
        "{__name__=\"a\"} 1 1000\n{__name__=\"a\"} 2 2000\n"
    );
    // The same bytes without a timestamp are the same series again, even if it had one before.
    assert_eq!(first("a 1 1000\na 2\n"), "{__name__=\"a\"} 1 1000\n");
    assert_eq!(
        first("a 1 1000\na{} 2\n"),
        "{__name__=\"a\"} 1 1000\n{__name__=\"a\"} 2\n"
    );

    assert_eq!(counts(&config, "a 1\na 2\na{} 3\n"), (3, 3, 2, 0, 0));
    assert_eq!(counts(&config, "a 1 5\na 2 4\na 3 6\n"), (3, 3, 0, 1, 0));
    assert_eq!(counts(&config, "a 1 610000\nb 2 610001\n"), (2, 2, 0, 0, 1));

    config.rules = rules([
        RuleConfig::new().regex("le").action(Action::LabelDrop),
        drop_named("gone"),
    ]);
    let body = "m{le=\"1\"} 1\nm{le=\"2\"} 2\ngone 3\ngone 4\nother 5\n";
    assert_eq!(
        stored(&config, &bare, body),
        "{__name__=\"m\"} 1\n{__name__=\"other\"} 5\n"
    );
    assert_eq!(counts(&config, body), (5, 3, 1, 0, 0));
}

#[test]
fn a_series_keeps_the_labels_it_had_under_its_first_type() {
    let body = "# TYPE h histogram\nh_bucket{le=\"1\"} 1 1000\n# TYPE h gauge\nh_bucket{le=\"1\"} 2 2000\n\
                h_bucket{le=\"2\"} 3\n";
    assert_eq!(
        stored(&SampleConfig::new(), &target(&[]), body),
        "{__name__=\"h_bucket\", le=\"1.0\"} 1 1000\n{__name__=\"h_bucket\", le=\"1.0\"} 2 2000\n\
         {__name__=\"h_bucket\", le=\"2\"} 3\n"
    );
}

#[test]
fn what_makes_a_scrape_fail() {
    let bare = target(&[]);
    let failure = |config: SampleConfig, body: &str| stored(&config, &bare, body);
    let with = |set: fn(&mut SampleConfig)| {
        let mut config = SampleConfig::new();
        set(&mut config);
        config
    };
    let plain = SampleConfig::new;
    assert_eq!(
        failure(plain(), "a 1\nb{c=d} 2\n"),
        "failed: line 2, column 5: expected a label value in double quotes, found `d} 2`"
    );
    assert_eq!(
        failure(plain(), "a 1\n\nb{x=\"1\",x=\"2\"} 2\n"),
        "failed: line 3, column 1: b{x=\"1\",x=\"2\"}: label name \"x\" is not unique"
    );
    assert_eq!(
        failure(plain(), "a{__name__=\"b\"} 2\n"),
        "failed: line 1, column 1: a{__name__=\"b\"}: label name \"__name__\" is not unique"
    );
    assert_eq!(
        failure(with(|config| config.sample_limit = 2), "a 1\nb 1\nc 1\n"),
        "failed: more samples than sample_limit 2"
    );
    assert_eq!(
        failure(
            with(|config| config.label_limit = 2),
            "a 1\na{b=\"\",c=\"d\"} 1\n"
        ),
        "failed: line 2, column 1: a{b=\"\",c=\"d\"}: 3 labels, label_limit is 2"
    );
    assert_eq!(
        failure(
            with(|config| config.label_name_length_limit = 8),
            "a{bcdefghij=\"\"} 1\na{bcdefghij=\"k\"} 1\n"
        ),
        "failed: line 2, column 1: a{bcdefghij=\"k\"}: the label name \"bcdefghij\" has 9 bytes, \
         label_name_length_limit is 8"
    );
    assert_eq!(
        failure(
            with(|config| config.label_value_length_limit = 2),
            "aaa 1\n"
        ),
        "failed: line 1, column 1: aaa: the value of __name__ has 3 bytes, label_value_length_limit is 2"
    );
    assert_eq!(
        failure(
            with(|config| config.label_value_length_limit = 3),
            "a{b=\"éé\"} 1\n"
        ),
        "failed: line 1, column 1: a{b=\"éé\"}: the value of b has 4 bytes, label_value_length_limit \
         is 3"
    );
    assert_eq!(
        failure(with(|config| config.body_size_limit = 4), "a 1\n"),
        "failed: the body has 4 bytes, body_size_limit is 4"
    );
    assert!(!failure(with(|config| config.body_size_limit = 5), "a 1\n").starts_with("failed"));
}

#[test]
fn names_are_checked_after_the_rules() {
    let bare = target(&[]);
    let mut config = SampleConfig::new();
    let body = "{\"a.b\",\"c.d\"=\"1\"} 1\n";
    assert_eq!(
        stored(&config, &bare, body),
        "{__name__=\"a.b\", \"c.d\"=\"1\"} 1\n"
    );
    config.validation_scheme = ValidationScheme::Legacy;
    assert_eq!(
        stored(&config, &bare, body),
        "failed: line 1, column 1: {\"a.b\",\"c.d\"=\"1\"}: \"a.b\" is not a valid metric name under the \
         legacy scheme"
    );
    config.rules = rules([RuleConfig::new().target_label("__name__").replacement("ab")]);
    assert_eq!(
        stored(&config, &bare, body),
        "failed: line 1, column 1: {\"a.b\",\"c.d\"=\"1\"}: \"c.d\" is not a valid label name under the \
         legacy scheme"
    );
    config.rules = rules([
        RuleConfig::new().target_label("__name__").replacement("ab"),
        RuleConfig::new().regex("c.d").action(Action::LabelDrop),
    ]);
    assert_eq!(stored(&config, &bare, body), "{__name__=\"ab\"} 1\n");

    config.rules = rules([RuleConfig::new()
        .regex("__name__")
        .action(Action::LabelDrop)]);
    assert_eq!(
        stored(&config, &bare, "a 1\n"),
        "failed: line 1, column 1: a: no __name__ is left"
    );
    // A sample without any label was dropped.
    config.rules = rules([RuleConfig::new().regex(".*").action(Action::LabelDrop)]);
    assert_eq!(stored(&config, &bare, "a 1\n"), "");
}

#[test]
fn names_that_are_not_utf8_may_be_mended_or_dropped() {
    let bare = target(&[]);
    let body = b"{\"a\xff\",b=\"c\"} 1\n";
    let mut config = SampleConfig::new();
    let failure = config.scrape(&bare, TEXT, body).report().failure;
    assert_eq!(
        failure.unwrap().to_string(),
        "line 1, column 1: {\"a\u{fffd}\",b=\"c\"}: a name is not UTF-8"
    );
    config.rules = rules([drop_named("a.")]);
    assert!(config.scrape(&bare, TEXT, body).report().up());
    config.rules = rules([RuleConfig::new().target_label("__name__").replacement("a")]);
    assert!(config.scrape(&bare, TEXT, body).report().up());
}

#[test]
fn a_rule_mends_a_name_that_comes_twice() {
    let bare = target(&[]);
    let body = "a{x=\"1\",x=\"2\"} 1\n";
    let mut config = SampleConfig::new();
    for (rule, expected) in [
        (
            RuleConfig::new().target_label("x").replacement("3"),
            "{__name__=\"a\", x=\"3\"} 1\n",
        ),
        (
            RuleConfig::new().target_label("x").replacement(""),
            "{__name__=\"a\"} 1\n",
        ),
        (
            RuleConfig::new().regex("x").action(Action::LabelDrop),
            "{__name__=\"a\"} 1\n",
        ),
        (
            RuleConfig::new().target_label("y").replacement("3"),
            "failed: line 1, column 1: a{x=\"1\",x=\"2\"}: label name \"x\" is not unique",
        ),
    ] {
        config.rules = rules([rule]);
        assert_eq!(stored(&config, &bare, body), expected);
    }
    config.rules = Rules::default();
    let named = target(&[("x", "t")]);
    assert_eq!(
        stored(&config, &named, body),
        "{__name__=\"a\", exported_x=\"1\", x=\"t\"} 1\n"
    );
}

#[test]
fn what_a_failed_scrape_reports() {
    let bare = target(&[]);
    let report = |config: &SampleConfig, body: &str| {
        let report = config.scrape(&bare, TEXT, body.as_bytes()).report();
        let about: Vec<f64> = report.series(&bare).map(|(_, value)| value).collect();
        assert_eq!(about[0] == 1.0, report.up());
        (about[0], about[1], about[2])
    };
    let mut config = SampleConfig::new();
    // Counting stops at an error, and goes on after a limit.
    assert_eq!(report(&config, "a 1\nb 2\nc\nd 4\n"), (0.0, 2.0, 2.0));
    assert_eq!(
        report(&config, "a 1\nb{x=\"\",y=\"1\",y=\"2\"} 2\nc 3\n"),
        (0.0, 2.0, 1.0)
    );
    config.sample_limit = 1;
    config.rules = rules([drop_named("c")]);
    assert_eq!(report(&config, "a 1\nb 2\nc 3\nd 4\n"), (0.0, 4.0, 3.0));
    assert_eq!(report(&config, "a 1\nb 2\nc 3\nd\ne 5\n"), (0.0, 3.0, 2.0));
    // A series that is recognized does not count.
    assert_eq!(report(&config, "a 1\na 2\n"), (1.0, 2.0, 2.0));
    assert_eq!(report(&config, "a 1\na{} 2\n"), (0.0, 2.0, 2.0));

    let labels: Vec<String> = (config.scrape(&bare, TEXT, b"").report().series(&bare))
        .map(|(labels, _)| labels.to_string())
        .collect();
    assert_eq!(
        labels,
        [
            "{__name__=\"up\", instance=\"-\"}",
            "{__name__=\"scrape_samples_scraped\", instance=\"-\"}",
            "{__name__=\"scrape_samples_post_metric_relabeling\", instance=\"-\"}",
        ]
    );
}

#[test]
fn the_header_decides_who_reads() {
    let bare = target(&[]);
    let mut config = SampleConfig::new();
    let up = |config: &SampleConfig, header, body: &str| {
        let report = config.scrape(&bare, header, body.as_bytes()).report();
        report.failure.map(|failure| failure.to_string())
    };
    assert_eq!(up(&config, TEXT, "a 1\n"), None);
    assert!(up(&config, OPEN_METRICS, "a 1\n").is_some());
    assert_eq!(up(&config, OPEN_METRICS, "a 1\n# EOF\n"), None);
    let proto = Some("application/vnd.google.protobuf");
    assert_eq!(
        up(&config, proto, "a 1\n").as_deref(),
        Some("byte 0, family 1: expected a whole message, found 3 of its 97 bytes")
    );
    assert_eq!(
        up(&config, None, "a 1\n").as_deref(),
        Some("missing or empty Content-Type, and no fallback_scrape_protocol is set")
    );
    // An empty body needs no header, a blank one does.
    assert_eq!(up(&config, None, ""), None);
    assert!(up(&config, None, "\n").is_some());
    config.fallback = Some(Format::new(ScrapeProtocol::PrometheusText004));
    assert_eq!(up(&config, None, "a 1\n"), None);
}

#[test]
fn samples_come_one_by_one_and_rules_are_counted() {
    let bare = target(&[]);
    let mut config = SampleConfig::new();
    config.rules = rules([drop_named("b"), drop_named("never")]);
    let mut scrape = config
        .scrape(&bare, TEXT, b"a 1\nb 2\nc 3\nd\ne 5\n")
        .count_rules();
    let mut values = Vec::new();
    while let Some(sample) = scrape.next_sample() {
        assert!(sample.labels.iter().is_sorted());
        values.push(sample.value.as_f64().unwrap());
    }
    assert_eq!(values, [1.0, 3.0]);
    assert!(scrape.next_sample().is_none());
    let report = scrape.report();
    assert!(!report.up());
    let stats = report.rules.unwrap();
    assert_eq!(stats.rules()[0].dropped, 1);
    assert_eq!(stats.never_matched().collect::<Vec<_>>(), [1]);
}

proptest! {
    /// For any labels of sample and target: nothing is lost, and the names are unique.
    #[test]
    fn joining_loses_no_value(
        scraped in prop::collection::btree_map("(exported_){0,3}[ab]", "[xy]?", 0..6),
        of_target in prop::collection::btree_map("(exported_){0,3}[ab]", "[tu]", 0..4),
        honor in any::<bool>(),
    ) {
        let labels = scraped.iter().map(|(name, value)| format!("{name}=\"{value}\""));
        let body = format!("m{{{}}} 1\n", labels.collect::<Vec<_>>().join(","));
        let pairs: Vec<_> = of_target.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let target = target(&pairs);
        let mut config = SampleConfig::new();
        config.honor_labels = honor;
        let scraped_samples = config.scrape(&target, TEXT, body.as_bytes()).collect();
        prop_assert!(scraped_samples.report.up());
        let stored = &scraped_samples.samples[0].labels;

        let mut expected: Vec<&str> = vec!["m", "-"];
        expected.extend(scraped.values().filter(|value| !value.is_empty()).map(String::as_str));
        for (name, value) in &of_target {
            if !honor || !scraped.contains_key(name) {
                prop_assert_eq!(stored.get(name), Some(value.as_str()));
                expected.push(value);
            }
        }
        let mut values: Vec<&str> = stored.iter().map(|(_, value)| value).collect();
        values.sort_unstable();
        expected.sort_unstable();
        prop_assert_eq!(values, expected);
        let mut names: Vec<&str> = stored.iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        names.dedup();
        prop_assert_eq!(names.len(), stored.len());
    }

    /// No bytes make it panic, and the numbers of a report add up.
    #[test]
    fn reports_add_up(
        body in prop::collection::vec(
            prop_oneof![
                "[ab]\\{?(x=\"[12]?\",?){0,3}\\}? [0-9] ?[0-9]{0,2}\n",
                "# TYPE a (histogram|gauge)\n",
                "[ab]\\{le=\"[12]\"\\} 1\n",
            ],
            0..12,
        ),
        limit in 0u64..8,
    ) {
        let body = body.concat();
        let target = target(&[("x", "t")]);
        let mut config = SampleConfig::new();
        config.sample_limit = limit;
        config.rules = rules([drop_named("b")]);
        let scraped = config.scrape(&target, TEXT, body.as_bytes()).collect();
        let report = &scraped.report;
        prop_assert!(report.samples_post_metric_relabeling <= report.samples_scraped);
        let omitted = report.duplicates + report.out_of_order + report.out_of_bounds;
        let stored = scraped.samples.len() as u64;
        if report.up() {
            prop_assert_eq!(stored + omitted, report.samples_post_metric_relabeling);
            prop_assert!(limit == 0 || stored <= limit);
        } else {
            prop_assert_eq!(stored, 0);
        }
    }
}
