//! What a scrape makes of targets and bodies, in JSON.

use exposition::relabel::Step;
use exposition::scrape::Report;
use serde_json::{Map, Value, json};

use crate::source::Source;

/// Returns labels as an object.
pub(crate) fn labels<'l>(labels: impl Iterator<Item = (&'l str, &'l str)>) -> Value {
    let labels: Map<_, _> = labels
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    labels.into()
}

/// Returns what a rule saw and did.
pub(crate) fn step(step: &Step<'_>) -> Value {
    let changes = step.changes().iter().map(|change| {
        json!({ "label": change.name(), "before": change.before(), "after": change.after() })
    });
    json!({
        "rule": step.index(),
        "action": step.rule().action().as_str(),
        "source": step.source(),
        "matched": step.matched(),
        "kept": step.keep(),
        "changes": changes.collect::<Vec<_>>(),
    })
}

/// Returns what a scrape stores and leaves out.
pub(crate) fn report(source: &Source, report: &Report) -> Value {
    let mut object = super::source(source);
    object.insert("up".to_owned(), report.up().into());
    let failure = report.failure.as_ref().map(ToString::to_string);
    object.insert("failure".to_owned(), failure.into());
    for (name, count) in [
        ("samples_scraped", report.samples_scraped),
        (
            "samples_post_metric_relabeling",
            report.samples_post_metric_relabeling,
        ),
        ("duplicates", report.duplicates),
        ("out_of_order", report.out_of_order),
        ("out_of_bounds", report.out_of_bounds),
        ("unconverted", report.unconverted),
    ] {
        object.insert(name.to_owned(), count.into());
    }
    let rejected = report.rejected.iter().map(|sample| {
        let mut object = Map::new();
        super::position(&mut object, sample.position);
        object.insert("series".to_owned(), sample.series.as_ref().into());
        object.insert("value".to_owned(), sample.value.to_string().into());
        object.insert("reason".to_owned(), sample.reason.to_string().into());
        Value::from(object)
    });
    object.insert("rejected".to_owned(), rejected.collect());
    let rules = report
        .rules
        .iter()
        .flat_map(|rules| rules.rules())
        .map(|counts| {
            json!({
                "action": counts.action.as_str(),
                "seen": counts.seen,
                "matched": counts.matched,
                "changed": counts.changed,
                "dropped": counts.dropped,
            })
        });
    object.insert("rules".to_owned(), rules.collect());
    object.into()
}
