//! What `monitor --json` prints.

use exposition::operator::{ExplainedStep, Explainer, Explanation, Remark};
use exposition::scrape::Target;
use serde_json::{Map, Value, json};

use super::Scene;
use super::cluster::{Answer, Cluster, Port};
use super::judged::{Judged, monitor_of};
use super::server::{Object, Server};
use crate::console::Console;
use crate::failure::Result;
use crate::json::scrape;
use crate::outcome::Outcome;
use crate::remarks::Told;
use crate::source::Source;
use crate::targets::{self, Labels};

/// Prints the verdict on the monitors of a file, and what becomes of targets and a body, as one line.
pub(super) fn scene(scene: &Scene, server: &Server, console: &mut Console<'_>) -> Result<Outcome> {
    let mut outcome = Outcome::Fine;
    let (mut kept, mut configurations) = (0, Vec::new());
    let mut known = Judged::known(&server.judged);
    let jobs = (server.configs.iter())
        .map(|config| config.job_name.as_str())
        .collect();
    for (config, complete) in server.configs.iter().zip(&server.complete) {
        let mut object = Map::new();
        object.insert("config".to_owned(), serde_json::to_value(config)?);
        match Explainer::new(complete, &server.settings) {
            Err(error) => {
                outcome = Outcome::Unreadable;
                object.insert("error".to_owned(), error.to_string().into());
            }
            Ok(explainer) => {
                let mut remarks = explainer.remarks();
                object.insert("remarks".to_owned(), Value::Null);
                let given = scene.targets.as_deref().unwrap_or_default();
                let targets = targets::of_job(given, &config.job_name, &jobs);
                let explanations = targets::explain(&explainer, &targets);
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
                    let (is_up, report, shown) = answer(&explainer, target, body);
                    remarks.extend(shown);
                    if !is_up {
                        outcome = Outcome::Unreadable;
                    }
                    object.insert("scrape".to_owned(), report);
                }
                kept += scraped.count();
                let told = remarks.iter().map(Told::from).collect();
                let news = known.news(monitor_of(config), told);
                let news = news.iter().map(Told::json).collect();
                object.insert("remarks".to_owned(), news);
            }
        }
        configurations.push(Value::from(object));
    }
    let monitors: Vec<Value> = server.judged.iter().map(monitor).collect();
    let object = json!({
        "manifest": scene.found.name,
        "prometheus": server.object.as_ref().map(Object::title),
        "monitors": monitors,
        "configurations": configurations,
    });
    writeln!(console.out, "{object}")?;
    Ok(outcome.and(scene.outcome(kept)))
}

/// Prints what becomes of every port of every pod, as one line.
pub(super) fn cluster(
    scene: &Scene,
    server: &Server,
    cluster: &Cluster,
    console: &mut Console<'_>,
) -> Result<()> {
    let monitors: Vec<Value> = server.judged.iter().map(monitor).collect();
    let pods = cluster.pods.iter().map(|pod| {
        json!({
            "namespace": pod.namespace,
            "name": pod.name,
            "ip": pod.ip,
            "ports": pod.ports.iter().map(port).collect::<Vec<_>>(),
        })
    });
    let configs = server.configs.iter().map(|config| {
        let remarks = cluster.remarks.iter();
        let remarks = remarks.filter(|(job, _)| *job == config.job_name);
        let remarks: Vec<Value> = remarks.map(|(_, remark)| remark.json()).collect();
        json!({ "config": config, "remarks": remarks })
    });
    let object = json!({
        "manifest": scene.found.name,
        "prometheus": server.object.as_ref().map(Object::title),
        "monitors": monitors,
        "configurations": configs.collect::<Vec<_>>(),
        "errors": cluster.errors,
        "notes": cluster.notes,
        "pods": pods.collect::<Vec<_>>(),
        "others": cluster.others.iter().map(port).collect::<Vec<_>>(),
    });
    writeln!(console.out, "{object}")?;
    Ok(())
}

fn port(port: &Port) -> Value {
    json!({
        "name": port.name,
        "scraped": port.is_scraped(),
        "answers": port.answers.iter().map(answered).collect::<Vec<_>>(),
        "elsewhere": port.elsewhere,
    })
}

fn answered(answer: &Answer) -> Value {
    let mut object = Map::new();
    object.insert("job".to_owned(), answer.job.as_str().into());
    object.insert("kept".to_owned(), answer.scrape.is_some().into());
    object.insert("reason".to_owned(), answer.reason.as_str().into());
    if let Some(scrape) = &answer.scrape {
        object.insert("url".to_owned(), scrape.target.url().into());
        object.insert("labels".to_owned(), scrape::labels(scrape.target.labels()));
        object.insert("same_as".to_owned(), scrape.same_as.as_deref().into());
        if let Some((source, report)) = &scrape.stored {
            object.insert("scrape".to_owned(), scrape::report(source, report));
        }
    }
    object.into()
}

fn monitor(judged: &Judged) -> Value {
    json!({
        "kind": judged.kind,
        "namespace": judged.namespace,
        "name": judged.name,
        "source": judged.source,
        "not_selected": judged.not_selected,
        "accepted": judged.is_taken(),
        "rejections": judged.rejections,
        "remarks": judged.remarks.iter().map(Told::json).collect::<Vec<_>>(),
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

/// Returns whether the scrape of the body succeeds, its report, and remarks on it.
fn answer(explainer: &Explainer<'_>, target: &Target, body: &Source) -> (bool, Value, Vec<Remark>) {
    let report = (explainer.sample_config())
        .scrape(target, body.content_type.as_deref(), &body.body)
        .count_rules()
        .report();
    let remarks = explainer.remarks_on(&report);
    (report.up(), scrape::report(body, &report), remarks)
}
