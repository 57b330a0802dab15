//! Discovered targets: which are scraped, which are not, and why.

use std::collections::BTreeMap;
use std::error::Error;
use std::ffi::OsStr;
use std::io::{self, Write};

use exposition::operator::{Explainer, Explanation};
use exposition::yaml::{self, YamlError};
use serde_json::Value;

use crate::source;

/// The labels that Prometheus has for a target before its rules.
pub(crate) type Labels = BTreeMap<String, String>;

/// Reads the targets of a YAML text: one map of labels, or a list of them.
pub(crate) fn read(text: &str) -> Result<Vec<Labels>, Box<dyn Error>> {
    let document: Value = yaml::from_str(text).map_err(wrong)?;
    match document {
        Value::Object(_) => Ok(vec![yaml::from_str(text).map_err(wrong)?]),
        _ => Ok(yaml::from_str(text).map_err(wrong)?),
    }
}

/// Reads the targets of a file.
pub(crate) fn from_file(file: &OsStr) -> Result<Vec<Labels>, Box<dyn Error>> {
    let text = source::text(file)?;
    read(&text).map_err(|error| source::faulty(&source::called(file), &text, &error))
}

fn wrong(error: YamlError) -> String {
    format!("expected a map of labels, or a list of maps: {error}")
}

/// Returns the names and values of labels.
pub(crate) fn pairs(labels: &Labels) -> impl Iterator<Item = (&str, &str)> {
    labels
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
}

/// Returns what happens to each target.
pub(crate) fn explain<'l>(
    explainer: &'l Explainer<'_>,
    targets: &'l [Labels],
) -> Vec<Explanation<'l>> {
    targets
        .iter()
        .map(|labels| explainer.target(pairs(labels)))
        .collect()
}

/// Prints what happens to each target; `steps` adds what every rule did.
pub(crate) fn show(
    explainer: &Explainer<'_>,
    targets: &[Labels],
    explanations: &[Explanation<'_>],
    steps: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let kept = explanations
        .iter()
        .filter(|explanation| explanation.is_kept())
        .count();
    let job = &explainer.config().job_name;
    writeln!(out, "{job}: {} discovered, {kept} kept", targets.len())?;
    for remark in explainer.remarks() {
        writeln!(out, "remark: {remark}")?;
    }
    for (discovered, explanation) in targets.iter().zip(explanations) {
        let verdict = if explanation.is_kept() {
            "kept"
        } else {
            "dropped"
        };
        writeln!(out, "\n{verdict:8} {}", name(discovered))?;
        if steps {
            for step in explanation.steps() {
                writeln!(out, "           {step}")?;
            }
        }
        match explanation.target() {
            Some(target) => writeln!(out, "         {}\n         {target}", target.url())?,
            None => {
                let reason = explanation.reason();
                writeln!(
                    out,
                    "         {}",
                    reason.strip_prefix("dropped: ").unwrap_or(&reason)
                )?;
            }
        }
    }
    Ok(())
}

/// Returns the name by which people know the target.
pub(crate) fn name(labels: &Labels) -> String {
    let meta = |name: &str| {
        let value = labels.get(&format!("__meta_kubernetes_{name}"));
        value.map(String::as_str)
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
