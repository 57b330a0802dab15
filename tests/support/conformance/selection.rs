//! Cases of several monitors, Namespaces and a Prometheus object that uses some of them.
//!
//! A case has the fields `manifests` (YAML texts), `prometheus` (the object) and `expect`: `objects`, each with
//! `kind`, `object` and `state`, and `jobs`, the names of the scrape configurations in order.

use exposition::operator::{Assets, Prometheus, Resources, render_all};
use serde_json::{Map, Value};

pub(crate) fn check(case: &Value) -> Result<(), String> {
    let object = case["prometheus"].to_string();
    let mut prometheus: Prometheus = object.parse().map_err(|e| format!("prometheus: {e}"))?;
    super::operator_checks::flags(&mut prometheus.settings, &case["operator"]);
    prometheus.settings.assets = Some(Assets::default());
    let texts = case["manifests"]
        .as_array()
        .ok_or("case without manifests")?;
    let mut resources = Resources::new();
    for (index, text) in texts.iter().enumerate() {
        let text = text.as_str().ok_or("a manifest that is not text")?;
        let name = format!("manifest {index}");
        (resources.add(&name, text)).map_err(|error| format!("{name}: {error}"))?;
    }
    let monitors = resources.select(&prometheus);
    let mut objects = Vec::new();
    let mut used = Vec::new();
    for monitor in &monitors {
        let verdict = (monitor.verdict.as_ref()).map_err(|e| format!("{}: {e}", monitor.source))?;
        let state = match (&monitor.outcome, &verdict.outcome) {
            (Err(_), _) => "not selected",
            (Ok(()), Err(_)) => "rejected",
            (Ok(()), Ok(())) => "accepted",
        };
        let mut object = Map::new();
        object.insert("kind".to_owned(), verdict.kind.as_str().into());
        let name = format!("{}/{}", verdict.namespace, verdict.name);
        object.insert("object".to_owned(), name.into());
        object.insert("state".to_owned(), state.into());
        let why = verdict.outcome.as_ref().err();
        if let Some(first) = why
            .and_then(|why| why.iter().next())
            .filter(|_| state == "rejected")
        {
            object.insert("reason".to_owned(), first.rule.key().into());
        }
        objects.push(Value::from(object));
        used.extend(verdict.manifest.as_ref().filter(|_| monitor.is_used()));
    }
    let jobs: Vec<String> = (render_all(used, &prometheus.settings).into_iter())
        .map(|config| config.job_name)
        .collect();
    let mut found = Map::new();
    found.insert("objects".to_owned(), objects.into());
    found.insert("jobs".to_owned(), jobs.into());
    if prometheus.is_unmanaged() {
        found.insert("unmanaged".to_owned(), true.into());
    }
    let found = Value::from(found);
    match found == case["expect"] {
        true => Ok(()),
        false => Err(format!("expected {}, found {found}", case["expect"])),
    }
}
