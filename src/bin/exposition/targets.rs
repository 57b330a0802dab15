//! Discovered targets: which are scraped, which are not, and why.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::ffi::OsStr;
use std::io::{self, Write};

use exposition::discovery::{ServerTargets, TargetGroup, file_sd};
use exposition::operator::{Explainer, Explanation};
use exposition::yaml::{self, YamlError};
use serde_json::Value;

use crate::page::printable;
use crate::source::{self, ReadingArgs};

/// The labels that Prometheus has for a target before its rules.
pub(crate) type Labels = BTreeMap<String, String>;

/// Reads the targets of a text: one map of labels, a list of them, a file of `file_sd_configs`, or what a server says of
/// its targets.
pub(crate) fn read(name: &str, text: &str) -> Result<Vec<Labels>, Box<dyn Error>> {
    let document: Value = yaml::from_str(text).map_err(wrong)?;
    let of_server = |document: &Value| {
        let keys = ["activeTargets", "droppedTargets"];
        keys.iter().any(|key| document.get(key).is_some())
    };
    match &document {
        Value::Object(answer)
            if answer.contains_key("status")
                && !answer.get("data").is_some_and(Value::is_object) =>
        {
            let error = answer.get("error").and_then(Value::as_str);
            Err(format!(
                "the server's answer has no targets: {}",
                error.unwrap_or("no `data`")
            )
            .into())
        }
        Value::Object(_) if of_server(document.get("data").unwrap_or(&document)) => {
            let targets: ServerTargets = text.parse()?;
            let all = targets.active.into_iter().chain(targets.dropped);
            Ok(all.map(|target| target.discovered_labels).collect())
        }
        Value::Object(_) => Ok(vec![yaml::from_str(text).map_err(wrong)?]),
        Value::Array(items)
            if items
                .iter()
                .any(|item| item.get("targets").is_some_and(Value::is_array)) =>
        {
            let groups = file_sd::read(name, text)?;
            let labels = groups.iter().flat_map(TargetGroup::discovered_labels);
            Ok(labels.collect())
        }
        _ => Ok(yaml::from_str(text).map_err(wrong)?),
    }
}

/// Gets targets from a file or a URL.
pub(crate) fn from(from: &OsStr, reading: &ReadingArgs) -> Result<Vec<Labels>, Box<dyn Error>> {
    let (name, text) = (source::called(from), source::text_of(from, reading)?);
    read(&name, &text).map_err(|error| source::faulty(&name, &text, &error))
}

fn wrong(error: YamlError) -> String {
    format!("expected a map of labels, or a list of maps: {error}")
}

/// Returns the targets that may be those of a job: not those that a server has discovered for another one.
pub(crate) fn of_job(all: &[Labels], job: &str, jobs: &BTreeSet<&str>) -> Vec<Labels> {
    let is_of_job = |labels: &&Labels| match labels.get("job") {
        // A server names the jobs that the Operator has made.
        Some(own) if jobs.contains(own.as_str()) || is_of_operator(own) => own == job,
        _ => true,
    };
    all.iter().filter(is_of_job).cloned().collect()
}

fn is_of_operator(job: &str) -> bool {
    let kinds = ["serviceMonitor/", "podMonitor/", "probe/", "scrapeConfig/"];
    kinds.iter().any(|kind| job.starts_with(kind))
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
    for (discovered, explanation) in targets.iter().zip(explanations) {
        let verdict = if explanation.is_kept() {
            "kept"
        } else {
            "dropped"
        };
        writeln!(out, "\n{verdict:8} {}", printable(&name(discovered)))?;
        if steps {
            for step in explanation.steps() {
                writeln!(out, "           {}", printable(&step.to_string()))?;
            }
        }
        match explanation.target() {
            Some(target) => {
                writeln!(out, "         {}", printable(target.url()))?;
                writeln!(out, "         {}", printable(&target.to_string()))?;
            }
            None => {
                let reason = explanation.reason();
                let reason = reason.strip_prefix("dropped: ").unwrap_or(&reason);
                writeln!(out, "         {}", printable(reason))?;
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
