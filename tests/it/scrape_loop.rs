//! A loop stores and reports what each scrape does alone.

#![cfg(feature = "relabel")]
#![allow(clippy::unwrap_used, reason = "a test that cannot begin has failed")]

use exposition::Dialect;
use exposition::cache::Change;
use exposition::relabel::{Action, RuleConfig, Rules};
use exposition::scrape::{SampleConfig, ScrapeLoop, Target, TargetConfig};
use proptest::prelude::*;

use crate::support::scrape_loop as shared;
use crate::support::scrapes;
use crate::support::sequences;

use shared::Answer;

const TEXT: &str = "text/plain; version=0.0.4";
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0";

fn config(honor_labels: bool) -> SampleConfig {
    let mut config = SampleConfig::new();
    config.honor_labels = honor_labels;
    let rule = RuleConfig::new;
    let rules = [
        rule().source_labels(["x"]).regex("2").action(Action::Drop),
        rule().regex("y|le").action(Action::LabelDrop),
        rule().source_labels(["__name__", "x"]).target_label("job"),
    ];
    config.rules = Rules::new(rules, config.validation_scheme).unwrap();
    config
}

fn target() -> Target {
    let targets = TargetConfig::new("mesh");
    let found = targets.discover([("__address__", "h:15090"), ("x", "target")]);
    found.unwrap().into_target().unwrap()
}

fn check<'a>(config: &SampleConfig, answers: impl IntoIterator<Item = &'a Answer>) {
    shared::check(config, &target(), answers);
}

fn answer(body: &str) -> Answer {
    Answer::Body(Some(TEXT), body.as_bytes().to_vec(), 1_000_000)
}

#[test]
fn a_steady_scrape_tells_what_changed() {
    let (config, target) = (config(false), target());
    let mut scrapes = ScrapeLoop::new(config.clone(), target.clone());
    let mut changes = Vec::new();
    for body in ["a 1\nb 1\na 3\n", "a 1\nb 2\n", "b 2\nc 1\n"] {
        let mut scrape = scrapes.scrape(Some(TEXT), body.as_bytes());
        while let Some(sample) = scrape.next_sample() {
            let name = sample.labels[0].1.clone();
            changes.push((name, sample.id.get(), sample.change));
        }
        assert!(scrape.report().up());
    }
    let expected = [
        ("a", 0, Change::New),
        ("b", 1, Change::New),
        ("a", 0, Change::Same),
        ("b", 1, Change::Changed),
        ("b", 1, Change::Same),
        ("c", 2, Change::New),
    ];
    assert_eq!(
        changes,
        expected.map(|(name, id, change)| (name.to_owned(), id, change))
    );
    let stale: Vec<_> = scrapes.stale().map(|labels| &*labels[0].1).collect();
    assert_eq!(stale, ["a"]);
    assert_eq!(scrapes.len(), 3, "what is gone is forgotten with the next");
    let _ = scrapes.scrape(Some(TEXT), b"b 2\nc 1\n").report();
    assert_eq!(scrapes.len(), 2);
}

#[test]
fn a_type_that_changes_changes_the_labels() {
    let kinds = ["histogram", "gauge", "summary", "histogram"];
    let bodies =
        kinds.map(|kind| answer(&format!("# TYPE h {kind}\nh{{quantile=\"1\",q=\"1\"}} 1\n")));
    check(&config(false), &bodies);
    let twice = "h{z=\"1\"} 1 1\n# TYPE h summary\nh{quantile=\"1\"} 1 1\n# TYPE h gauge\nh{quantile=\"1\"} 2 2\n";
    check(
        &config(true),
        &[answer(twice), answer(twice), answer(twice)],
    );
}

#[test]
fn what_fails_a_scrape_fails_it_again_and_mends() {
    let mut config = config(false);
    config.sample_limit = 2;
    config.label_limit = 5;
    check(
        &config,
        &[
            answer("a 1\nb 1\n"),
            answer("a 1\nb 1\nc 1\n"),
            answer("a 1\n"),
            answer("a{p=\"1\",q=\"1\",r=\"1\"} 1\n"),
            answer("a 1\nb{c=\"1\",c=\"2\"} 1\nb 1\n"),
            answer("a 1\nb{c=\"1\",c=\"2\"} 1\n"),
            answer("a 1\nbroken\nb 1\n"),
            Answer::Body(None, b"a 1\n".to_vec(), 1_000_000),
            answer(""),
            answer("a 1\nb 1\n"),
            Answer::None,
            answer("a 1\nb 1 99999999999\n"),
            answer("b 1 5\nb 1 6\nb 1 5\na 1\n"),
        ],
    );
}

/// The rules make two series one, and the two alternate.
#[test]
fn series_that_are_stored_as_one_are_one() {
    check(
        &config(false),
        &[
            answer("a{y=\"1\"} 1\na{y=\"2\"} 2\n"),
            answer("a{y=\"2\"} 2\n"),
            answer("a{y=\"2\"} 2\na{y=\"1\"} 1\n"),
            answer("b 1\n"),
            answer("a{y=\"1\"} 1\n"),
        ],
    );
}

/// Short ones, and some so long that what has gone is dropped.
#[test]
fn sequences_that_are_in_the_way() {
    let config = config(false);
    for sequence in sequences::SEQUENCES {
        println!("{}", sequence.name);
        for bytes in [500, 50_000] {
            let bodies = sequence.bodies(bytes).into_iter();
            let answers: Vec<Answer> = bodies
                .map(|(body, dialect)| match dialect {
                    Dialect::OpenMetrics => Answer::Body(Some(OPEN_METRICS), body, 1_000_000),
                    _ => Answer::Body(Some(TEXT), body, 1_000_000),
                })
                .collect();
            check(&config, &answers);
        }
    }
}

fn content_type() -> impl Strategy<Value = Option<&'static str>> {
    prop_oneof![
        8 => Just(Some(TEXT)),
        3 => Just(Some(OPEN_METRICS)),
        1 => Just(Some("text/html")),
    ]
}

fn answers() -> impl Strategy<Value = Vec<Answer>> {
    let more = prop::collection::vec((content_type(), 0..3_i64, 0..12_u8), 8);
    (scrapes::chain(), more).prop_map(|(bodies, more)| {
        let answers = bodies.into_iter().zip(more);
        let answer = |(body, (content_type, time, none)): (Vec<u8>, _)| match none {
            0 => Answer::None,
            _ => Answer::Body(content_type, body, time * 10_000),
        };
        answers.map(answer).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn each_scrape_is_as_it_is_alone(
        answers in answers(),
        honors in any::<(bool, bool)>(),
        limits in (0..12_u64, 0..7_u64, 0..20_u64),
        of_body in 0..60_u64,
        without_rules in any::<bool>(),
    ) {
        let mut config = config(honors.0);
        config.honor_timestamps = honors.1;
        // Mostly none.
        (config.sample_limit, config.label_limit, config.label_value_length_limit) = limits;
        if config.label_limit < 3 { config.label_limit = 0 }
        if config.sample_limit > 8 { config.sample_limit = 0 }
        if config.label_value_length_limit < 8 { config.label_value_length_limit = 0 }
        if of_body > 50 { config.limits = config.limits.max_line_bytes(of_body as usize - 30) }
        if without_rules { config.rules = Rules::default() }
        check(&config, &answers);
    }
}
