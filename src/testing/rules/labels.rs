//! Sends labels through rules, and compares what comes out.

use std::collections::{BTreeMap, BTreeSet};

use super::expected::Expected;
use crate::model::name::METRIC_NAME;
use crate::operator::Explainer;
use crate::relabel::{LabelSet, Rules, Step};
use crate::scrape::Target;

/// What became of labels.
pub(super) struct Outcome {
    verdict: Verdict,
    /// The labels after the last rule that saw them; of a target also those that its series get.
    labels: BTreeMap<String, String>,
    /// The rule that changed a label last, by the label's name.
    changed_by: BTreeMap<String, String>,
    pub(super) target: Option<Target>,
}

enum Verdict {
    Kept,
    /// By a rule, or because discovery does not find it: why.
    Dropped(String),
    /// By Prometheus, after the rules: why.
    Refused(String),
}

impl Outcome {
    /// Sends labels as they are through rules.
    pub(super) fn of_rules(rules: &Rules, labels: &BTreeMap<String, String>) -> Self {
        let mut labels: LabelSet<'_> = pairs(labels).collect();
        let trace = rules.trace(&mut labels);
        let dropped = trace.steps().last().filter(|step| !step.keep());
        Outcome {
            verdict: match dropped {
                Some(step) => Verdict::Dropped(why(step, None)),
                None => Verdict::Kept,
            },
            labels: owned(labels.iter()),
            changed_by: changes(trace.steps().iter().map(|step| (step, None))),
            target: None,
        }
    }

    /// Sends discovered labels through the first half of a scrape.
    pub(super) fn of_job(explainer: &Explainer<'_>, labels: &BTreeMap<String, String>) -> Self {
        let explanation = explainer.target(pairs(labels));
        let steps = explanation.steps().iter();
        let steps = steps.map(|step| (step.step(), Some(step.origin().to_string())));
        let mut after = owned(explanation.labels().iter());
        if let Some(target) = explanation.target() {
            after.extend(owned(target.labels()));
        }
        let dropped = explanation.dropped_by();
        let dropped = dropped.map(|by| why(by.step(), Some(&by.origin().to_string())));
        Outcome {
            verdict: match (dropped, explanation.not_discovered(), explanation.refused()) {
                (Some(why), ..) => Verdict::Dropped(why),
                (_, Some(why), _) => Verdict::Dropped(format!("not discovered: {why}")),
                (.., Some(error)) => Verdict::Refused(error.to_string()),
                _ => Verdict::Kept,
            },
            changed_by: changes(steps),
            labels: after,
            target: explanation.target().cloned(),
        }
    }

    /// Returns what is not as expected.
    pub(super) fn failures(&self, expected: &Expected) -> Vec<String> {
        match (&self.verdict, expected.dropped) {
            (Verdict::Dropped(_), true) => return Vec::new(),
            (Verdict::Dropped(why), false) => return vec![format!("expected kept, {why}")],
            (Verdict::Refused(why), dropped) => {
                let word = if dropped { "dropped" } else { "kept" };
                return vec![format!("expected {word}, refused: {why}")];
            }
            (Verdict::Kept, true) => {
                let labels: Vec<String> = (self.public())
                    .map(|(name, value)| format!("\n  + {name}={value:?}"))
                    .collect();
                return vec![format!("expected dropped, kept{}", labels.concat())];
            }
            (Verdict::Kept, false) => {}
        }
        let mut failures = Vec::new();
        let lines = self.differences(expected);
        if !lines.is_empty() {
            failures.push(format!("the labels differ\n{}", lines.join("\n")));
        }
        if let Some(url) = &expected.url
            && let Some(target) = &self.target
            && target.url() != url
        {
            failures.push(format!("the URL differs\n  - {url}\n  + {}", target.url()));
        }
        failures
    }

    /// Returns the labels that count where all are compared: what begins with `__` does not outlive the rules, except
    /// for the name.
    fn public(&self) -> impl Iterator<Item = (&str, &str)> {
        pairs(&self.labels).filter(|(name, _)| !name.starts_with("__") || *name == METRIC_NAME)
    }

    /// Returns the labels that are missing or not expected, each on a line.
    fn differences(&self, expected: &Expected) -> Vec<String> {
        // An empty value means that there is no such label.
        let mut wanted: BTreeMap<&str, &str> = BTreeMap::new();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        if let Some(labels) = &expected.labels {
            wanted.extend(pairs(labels));
            seen.extend(self.public().map(|(name, _)| name));
        }
        wanted.extend(pairs(&expected.labels_contain));
        wanted.extend(
            expected
                .labels_absent
                .iter()
                .map(|name| (name.as_str(), "")),
        );
        seen.extend(wanted.keys());
        let mut lines = Vec::new();
        for name in seen {
            let wanted = wanted.get(name).copied().unwrap_or_default();
            let found = self.labels.get(name).map_or("", String::as_str);
            if wanted == found {
                continue;
            }
            let by = self.changed_by.get(name).map_or("", String::as_str);
            if !wanted.is_empty() {
                let by = if found.is_empty() { by } else { "" };
                lines.push(format!("  - {name}={wanted:?}{by}"));
            }
            if !found.is_empty() {
                lines.push(format!("  + {name}={found:?}{by}"));
            }
        }
        lines
    }
}

fn pairs(labels: &BTreeMap<String, String>) -> impl Iterator<Item = (&str, &str)> {
    labels
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
}

fn owned<'l>(labels: impl Iterator<Item = (&'l str, &'l str)>) -> BTreeMap<String, String> {
    labels
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Names a rule by its place, and by the field that it comes from.
fn rule(step: &Step<'_>, origin: Option<&str>) -> String {
    match origin {
        Some(origin) => format!("rule {} ({origin})", step.index()),
        None => format!("rule {}", step.index()),
    }
}

/// Says which rule dropped something, and why.
pub(super) fn why(step: &Step<'_>, origin: Option<&str>) -> String {
    format!("dropped by {}: {}", rule(step, origin), step.why())
}

fn changes<'s, 'r: 's>(
    steps: impl Iterator<Item = (&'s Step<'r>, Option<String>)>,
) -> BTreeMap<String, String> {
    let mut by = BTreeMap::new();
    for (step, origin) in steps {
        for change in step.changes() {
            let rule = rule(step, origin.as_deref());
            by.insert(change.name().to_owned(), format!("  by {rule}"));
        }
    }
    by
}
