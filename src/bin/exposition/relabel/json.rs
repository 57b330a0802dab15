//! What `relabel --json` prints.

use exposition::operator::OperatorConfig;
use serde_json::{Map, Value, json};

use super::rules_file::{Kind, RulesFile};
use super::{Halves, Input, body};
use crate::console::Console;
use crate::failure::Result;
use crate::json::scrape;
use crate::outcome::Outcome;
use crate::remarks::Told;
use crate::targets;

/// Prints what the rules of a file do to their input, as one line.
pub(super) fn file(
    file: &RulesFile,
    settings: &OperatorConfig,
    input: &Input,
    limit: usize,
    console: &mut Console<'_>,
) -> Result<Outcome> {
    let halves = Halves::new(file, settings, input)?;
    let mut outcome = Outcome::Fine;
    let (mut shown, mut first) = (Vec::new(), None);
    for labels in halves.discovered {
        let before = match file.kind {
            Kind::Bare => targets::pairs(labels).collect(),
            Kind::Scrape => halves.targets.label_set(targets::pairs(labels)),
        };
        let mut after = before.clone();
        let trace = halves.targets.rules.trace(&mut after);
        let mut object = Map::new();
        object.insert("discovered".to_owned(), json!(labels));
        object.insert("kept".to_owned(), trace.keep().into());
        object.insert("labels".to_owned(), scrape::labels(after.iter()));
        object.insert(
            "steps".to_owned(),
            trace.steps().iter().map(scrape::step).collect(),
        );
        if let Kind::Scrape = file.kind
            && trace.keep()
        {
            match halves.targets.target(&after) {
                Ok(target) => {
                    object.insert("url".to_owned(), target.url().into());
                    object.insert("interval".to_owned(), target.interval().to_string().into());
                    object.insert("timeout".to_owned(), target.timeout().to_string().into());
                    object.insert("labels".to_owned(), scrape::labels(target.labels()));
                    first = first.or(Some(target));
                }
                Err(error) => {
                    outcome = Outcome::Findings;
                    object.insert("kept".to_owned(), false.into());
                    object.insert("refused".to_owned(), error.to_string().into());
                }
            }
        }
        shown.push(Value::from(object));
    }
    let is_kept = |target: &Value| target.get("kept") == Some(&Value::Bool(true));
    if !shown.is_empty() && !shown.iter().any(is_kept) {
        outcome = Outcome::Findings;
    }
    let mut object = Map::new();
    object.insert("rules".to_owned(), file.title.as_str().into());
    let mut remarks = file.remarks(settings, None)?;
    object.insert("remarks".to_owned(), Value::Null);
    object.insert("targets".to_owned(), shown.into());
    if let Some(source) = &input.body
        && let Some(target) = halves.scraped(first)?
    {
        let report = (halves.samples)
            .scrape(&target, source.content_type.as_deref(), &source.body)
            .count_rules()
            .name_rejected(limit)
            .report();
        outcome = outcome.and(body::outcome(&report));
        remarks.extend(file.remarks(settings, Some(&report))?);
        object.insert("scrape".to_owned(), scrape::report(source, &report));
    }
    let remarks = remarks.iter().map(Told::json).collect();
    object.insert("remarks".to_owned(), remarks);
    writeln!(console.out, "{}", Value::from(object))?;
    Ok(outcome)
}
