//! Discovered targets: which are kept, which are dropped, and why.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, Write};

use exposition::operator::{Explainer, Explanation, OperatorConfig, ScrapeConfig};
use exposition::scrape::Target;
use serde::Deserialize;

/// A target's discovered labels.
pub(crate) type Labels = BTreeMap<String, String>;

/// The targets of a YAML text: one map of labels, or a list of them.
pub(crate) fn read(text: &str) -> Result<Vec<Labels>, Box<dyn Error>> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Targets {
        One(Labels),
        Many(Vec<Labels>),
    }
    match serde_saphyr::from_str(text) {
        Ok(Targets::One(labels)) => Ok(vec![labels]),
        Ok(Targets::Many(targets)) => Ok(targets),
        Err(error) => {
            Err(format!("targets: expected a map of labels, or a list of maps: {error}").into())
        }
    }
}

/// Prints what becomes of each target, and gives the first that is kept.
pub(crate) fn show(
    config: &ScrapeConfig,
    settings: &OperatorConfig,
    targets: &[Labels],
    steps: bool,
    out: &mut dyn Write,
) -> Result<Option<Target>, Box<dyn Error>> {
    let explainer = Explainer::new(config, settings)?;
    let explanations: Vec<Explanation<'_>> = (targets.iter())
        .map(|labels| explainer.target(labels.iter().map(|(n, v)| (n.as_str(), v.as_str()))))
        .collect();
    let kept = explanations
        .iter()
        .filter(|explanation| explanation.is_kept())
        .count();
    writeln!(
        out,
        "{}: {} discovered, {kept} kept",
        config.job_name,
        targets.len()
    )?;
    for remark in explainer.remarks() {
        writeln!(out, "remark: {remark}")?;
    }
    for (labels, explanation) in targets.iter().zip(&explanations) {
        writeln!(out)?;
        show_target(labels, explanation, steps, out)?;
    }
    Ok(explanations.iter().find_map(|kept| kept.target().cloned()))
}

fn show_target(
    discovered: &Labels,
    explanation: &Explanation<'_>,
    steps: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let verdict = if explanation.is_kept() {
        "kept"
    } else {
        "dropped"
    };
    writeln!(out, "{verdict:8} {}", name(discovered))?;
    if steps {
        for step in explanation.steps() {
            writeln!(out, "           {step}")?;
        }
    }
    let Some(target) = explanation.target() else {
        return writeln!(out, "         {}", explanation.reason());
    };
    writeln!(out, "         scraped at {}", target.url())?;
    for (name, value) in target.labels() {
        writeln!(out, "         {name}={value:?}")?;
    }
    Ok(())
}

/// What a person knows the target by.
pub(crate) fn name(labels: &Labels) -> String {
    let meta = |name: &str| {
        labels
            .get(&format!("__meta_kubernetes_{name}"))
            .map(String::as_str)
    };
    let parts = [
        meta("namespace"),
        meta("service_name").or(meta("pod_name")),
        meta("pod_container_name"),
        meta("endpoint_port_name").or(meta("pod_container_port_name")),
        labels.get("__address__").map(String::as_str),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}
