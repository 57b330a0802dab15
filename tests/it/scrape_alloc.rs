//! What a scrape allocates: buffers that grow with the body, nothing for each sample.
#![cfg(feature = "relabel")]
#![allow(clippy::unwrap_used, reason = "a test that cannot begin has failed")]

use allocation_counter::measure;
use exposition::ValidationScheme;
use exposition::relabel::{Action, RuleConfig, Rules};
use exposition::scrape::{Discovered, SampleConfig, ScrapeLoop, Target, TargetConfig};

fn target() -> Target {
    let targets = TargetConfig::new("mesh");
    let discovered = targets.discover([("__address__", "h:1")]);
    let target = discovered.map(Discovered::into_target);
    let Ok(Some(target)) = target else {
        unreachable!("no rule drops it: {target:?}");
    };
    target
}

/// Returns a body of `samples` samples, whose values are `plus` more than their numbers.
fn body(samples: usize, plus: usize) -> String {
    let mut body = String::from("# TYPE h histogram\n");
    for number in 0..samples {
        let value = number + plus;
        body += &format!("h_bucket{{cluster=\"c{number}\",instance=\"i\",le=\"0.5\"}} {value}\n");
    }
    body
}

fn config() -> SampleConfig {
    let mut config = SampleConfig::new();
    let rules = [
        RuleConfig::new()
            .source_labels(["__name__"])
            .regex("go_.*|process_.*")
            .action(Action::Drop),
        RuleConfig::new().regex("pod|id").action(Action::LabelDrop),
        RuleConfig::new()
            .source_labels(["cluster"])
            .regex("c(.+)")
            .target_label("number"),
    ];
    config.rules = Rules::new(rules, ValidationScheme::Utf8).unwrap();
    config.label_limit = 10;
    config.sample_limit = 10_000;
    config
}

fn allocations(config: &SampleConfig, samples: usize) -> u64 {
    let (target, body) = (target(), body(samples, 0));
    let counted = measure(|| {
        let scrape = config.scrape(&target, Some("text/plain"), body.as_bytes());
        let report = scrape.report();
        assert!(report.up());
        assert_eq!(report.samples_scraped, samples as u64);
    });
    counted.count_total
}

#[test]
fn a_sample_allocates_nothing_of_its_own() {
    let config = config();
    let few = allocations(&config, 1_000);
    let many = allocations(&config, 8_000);
    // A few buffers double three times.
    assert!(many < few + 40, "{few} for 1000 samples, {many} for 8000");
}

#[test]
fn a_series_that_was_there_before_allocates_nothing() {
    let (config, target) = (config(), target());
    let mut scrapes = ScrapeLoop::new(config.clone(), target.clone());
    for turn in 0..6 {
        let body = body(5_000, turn);
        let counted = measure(|| {
            let report = scrapes.scrape(Some("text/plain"), body.as_bytes()).report();
            assert_eq!(report.samples_post_metric_relabeling, 5_000);
        });
        // The format in the header is parsed each time.
        let most = if turn < 3 { u64::MAX } else { 10 };
        assert!(
            counted.count_total <= most,
            "{turn}: {}",
            counted.count_total
        );
    }
}
