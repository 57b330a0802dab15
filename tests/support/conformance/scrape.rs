//! Cases of a scrape: a scrape configuration and a target's discovered labels, then what a server made of
//! them, and optionally of the target's body.
//!
//! A case has the fields `scrape_config` (the entry as JSON) and `discovered`; `dropped: true`, or
//! `target` and `scrape_url`; with a body also `ct`, `body`, `report` and `series`.

use std::collections::BTreeMap;

use exposition::operator::{OperatorConfig, ScrapeConfig};
use exposition::relabel::LabelSet;
use exposition::scrape::{Discovered, Report, SampleConfig, Target, TargetConfig};
use serde_json::Value;

type Labels = BTreeMap<String, String>;

/// Compares both halves of the scrape with the case; the error is the difference in full.
pub(crate) fn check(case: &Value) -> Result<(), String> {
    let config: ScrapeConfig = serde_json::from_value(case["scrape_config"].clone())
        .map_err(|error| format!("scrape_config: {error}"))?;
    let settings = OperatorConfig::default();
    let targets = config.target_config(&settings).map_err(words)?;
    let samples = config.sample_config(&settings).map_err(words)?;

    let discovered = labels(&case["discovered"])?;
    let pairs = discovered.iter();
    let pairs = pairs.map(|(name, value)| (name.as_str(), value.as_str()));
    let outcome = targets.discover(pairs.clone()).map_err(words)?;
    traced_as(&targets, targets.label_set(pairs), &outcome)?;

    let target = match (outcome, case["dropped"].as_bool()) {
        (Discovered::Dropped(_), Some(true)) => return Ok(()),
        (Discovered::Dropped(by), _) => return Err(format!("dropped: {by}")),
        (Discovered::Target(target), Some(true)) => return Err(format!("kept: {target}")),
        (Discovered::Target(target), _) => target,
        (other, _) => return Err(format!("neither kept nor dropped: {other:?}")),
    };
    same("target", &labels(&case["target"])?, &owned(target.labels()))?;
    let url = case["scrape_url"].as_str().ok_or("no `scrape_url`")?;
    same("scrape_url", url, target.url())?;
    match case["body"].as_str() {
        Some(body) => check_body(case, &samples, &target, body),
        None => Ok(()),
    }
}

/// Checks that a trace of the rules has the same outcome.
fn traced_as<'a>(
    config: &'a TargetConfig,
    mut labels: LabelSet<'a>,
    outcome: &Discovered<'_>,
) -> Result<(), String> {
    let trace = config.rules.trace(&mut labels);
    match outcome {
        Discovered::Target(target) => same("trace", &Ok(target), &config.target(&labels).as_ref()),
        Discovered::Dropped(dropped) => {
            let last = trace.steps().last().filter(|step| !step.keep());
            same(
                "trace",
                &Some(dropped.by().to_string()),
                &last.map(ToString::to_string),
            )
        }
        other => Err(format!("neither kept nor dropped: {other:?}")),
    }
}

fn check_body(
    case: &Value,
    config: &SampleConfig,
    target: &Target,
    body: &str,
) -> Result<(), String> {
    let content_type = case["ct"].as_str();
    let scrape = || config.scrape(target, content_type, body.as_bytes());
    let scraped = scrape().collect();
    check_report(case, &scraped.report, target)?;
    same_report(&scraped.report, &scrape().count_rules().report())?;

    let mut expected: Vec<(Labels, u64)> = Vec::new();
    for pair in case["series"].as_array().ok_or("no `series`")? {
        expected.push((labels(&pair[0])?, float(&pair[1])?.to_bits()));
    }
    let stored = scraped.samples.iter();
    let mut stored: Vec<(Labels, u64)> = stored
        .map(|sample| {
            (
                owned(sample.labels.iter()),
                canonical(sample.value.as_f64().unwrap_or_default()).to_bits(),
            )
        })
        .collect();
    expected.sort();
    stored.sort();
    let pairs = expected.iter().zip(&stored);
    for (expected, stored) in pairs {
        same("series", expected, stored)?;
    }
    same("number of series", &expected.len(), &stored.len())
}

fn check_report(case: &Value, report: &Report, target: &Target) -> Result<(), String> {
    let why = || report.failure.as_ref().map(ToString::to_string);
    let stored: BTreeMap<String, f64> = (report.series(target))
        .map(|(labels, value)| (labels.get("__name__").unwrap_or_default().to_owned(), value))
        .collect();
    let expected = case["report"].as_object().ok_or("no `report`")?;
    for (name, value) in expected {
        let value = value.as_f64().ok_or("a report's value is not a number")?;
        same(name, &Some(&value), &stored.get(name))
            .map_err(|difference| format!("{difference}\nfailure: {:?}", why()))?;
    }
    Ok(())
}

/// Checks that counting what the rules do changes nothing else.
fn same_report(plain: &Report, counted: &Report) -> Result<(), String> {
    let counts = |report: &Report| {
        (
            report.up(),
            report.samples_scraped,
            report.samples_post_metric_relabeling,
            report.duplicates,
        )
    };
    same("counted", &counts(plain), &counts(counted))
}

fn labels(value: &Value) -> Result<Labels, String> {
    serde_json::from_value(value.clone()).map_err(|error| format!("{value}: {error}"))
}

fn owned<'a>(labels: impl Iterator<Item = (&'a str, &'a str)>) -> Labels {
    labels
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Returns a value: a number, or its text as Prometheus' API writes it.
fn float(value: &Value) -> Result<f64, String> {
    match value {
        Value::String(text) => text.parse().map_err(|error| format!("{text:?}: {error}")),
        value => value.as_f64().ok_or_else(|| format!("{value} is no value")),
    }
    .map(canonical)
}

/// Returns the value with one NaN only.
fn canonical(value: f64) -> f64 {
    if value.is_nan() { f64::NAN } else { value }
}

fn words(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn same<T: PartialEq + std::fmt::Debug + ?Sized>(
    what: &str,
    expected: &T,
    got: &T,
) -> Result<(), String> {
    match expected == got {
        true => Ok(()),
        false => Err(format!("{what}\nexpected: {expected:?}\ngot:      {got:?}")),
    }
}
