//! What `monitor --json` prints.

use exposition::operator::{ExplainedStep, Explainer, Explanation, OperatorConfig, ScrapeConfig};
use exposition::scrape::Target;
use serde_json::{Map, Value, json};

use super::Scene;
use super::judged::Judged;
use crate::console::Console;
use crate::failure::Result;
use crate::json::scrape;
use crate::outcome::Outcome;
use crate::source::Source;
use crate::targets::{self, Labels};

/// Prints the verdict on the monitors of a file, and what becomes of targets and a body, as one line.
pub(super) fn scene(
    scene: &Scene,
    judged: &[Judged],
    configs: &[ScrapeConfig],
    settings: &OperatorConfig,
    console: &mut Console<'_>,
) -> Result<Outcome> {
    let mut outcome = Outcome::Fine;
    let (mut kept, mut configurations) = (0, Vec::new());
    for config in configs {
        let mut object = Map::new();
        object.insert("config".to_owned(), serde_json::to_value(config)?);
        match Explainer::new(config, settings) {
            Err(error) => {
                outcome = Outcome::Unreadable;
                object.insert("error".to_owned(), error.to_string().into());
            }
            Ok(explainer) => {
                let remarks = explainer.remarks();
                let remarks = remarks.iter().map(|remark| Value::from(remark.to_string()));
                object.insert("remarks".to_owned(), remarks.collect());
                let targets = scene.targets.as_deref().unwrap_or_default();
                let explanations = targets::explain(&explainer, targets);
                let told = targets
                    .iter()
                    .zip(&explanations)
                    .map(|(labels, explanation)| target(labels, explanation));
                object.insert("targets".to_owned(), told.collect());
                let mut scraped = explanations
                    .iter()
                    .filter_map(|explanation| explanation.target());
                if let (Some(target), Some(body)) = (scraped.next(), &scene.body) {
                    kept += 1;
                    let (is_up, report) = answer(&explainer, target, body);
                    if !is_up {
                        outcome = Outcome::Unreadable;
                    }
                    object.insert("scrape".to_owned(), report);
                }
                kept += scraped.count();
            }
        }
        configurations.push(Value::from(object));
    }
    let monitors: Vec<Value> = judged.iter().map(monitor).collect();
    let object = json!({
        "manifest": scene.name,
        "monitors": monitors,
        "configurations": configurations,
    });
    writeln!(console.out, "{object}")?;
    Ok(outcome.and(scene.outcome(kept)))
}

fn monitor(judged: &Judged) -> Value {
    json!({
        "kind": judged.kind,
        "namespace": judged.namespace,
        "name": judged.name,
        "accepted": judged.is_taken(),
        "rejections": judged.rejections,
        "remarks": judged.remarks,
        "unchecked": judged.unchecked,
    })
}

fn target(discovered: &Labels, explanation: &Explanation<'_>) -> Value {
    let mut object = Map::new();
    object.insert("discovered".to_owned(), json!(discovered));
    object.insert("kept".to_owned(), explanation.is_kept().into());
    object.insert("reason".to_owned(), explanation.reason().into());
    if let Some(target) = explanation.target() {
        object.insert("url".to_owned(), target.url().into());
        object.insert("labels".to_owned(), scrape::labels(target.labels()));
    }
    object.insert(
        "steps".to_owned(),
        explanation.steps().iter().map(step).collect(),
    );
    object.into()
}

fn step(explained: &ExplainedStep<'_>) -> Value {
    let mut object = scrape::step(explained.step());
    if let Some(object) = object.as_object_mut() {
        object.insert("origin".to_owned(), explained.origin().to_string().into());
    }
    object
}

/// Returns whether the scrape of the body succeeds, and its report.
fn answer(explainer: &Explainer<'_>, target: &Target, body: &Source) -> (bool, Value) {
    let report = (explainer.sample_config())
        .scrape(target, body.content_type.as_deref(), &body.body)
        .count_rules()
        .report();
    (report.up(), scrape::report(body, &report))
}
