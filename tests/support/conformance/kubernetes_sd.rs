//! Cases of a Kubernetes discovery.
//!
//! A case has the fields `role`, `objects` (YAML texts), optionally `attach_metadata`, `namespaces`,
//! `own_namespace_name` and `selectors`, then `groups` (sources, and how many targets each has) and `expect`,
//! the labels of all targets. `order` is `multiset` where Prometheus has no order.

use std::collections::BTreeMap;

use exposition::discovery::TargetGroup;
use exposition::discovery::kubernetes::{AttachMetadata, Discovery, Objects};
use serde_json::Value;

/// Discovers the case's objects and compares what is found.
pub(crate) fn check(case: &Value) -> Result<(), String> {
    let mut objects = Objects::new();
    for object in list(&case["objects"]) {
        let text = object.as_str().ok_or("an object that is not text")?;
        (objects.add(text)).map_err(|error| format!("{error}, in\n{text}"))?;
    }
    let found = discovery(case)?.groups(&objects);
    same_groups(&found, &case["groups"])?;
    let mut labels: Vec<_> = found.iter().flat_map(TargetGroup::all_labels).collect();
    let expected: Result<Vec<BTreeMap<String, String>>, _> =
        serde_json::from_value(case["expect"].clone());
    let mut expected = expected.map_err(|error| error.to_string())?;
    if case["order"] == "multiset" {
        labels.sort();
        expected.sort();
    }
    for (index, (found, expected)) in labels.iter().zip(&expected).enumerate() {
        let of = |one: &BTreeMap<String, String>, other: &BTreeMap<String, String>| {
            let only = one
                .iter()
                .filter(|(name, value)| other.get(*name) != Some(*value));
            only.map(|(name, value)| format!("\n  {name}={value:?}"))
                .collect::<String>()
        };
        if found != expected {
            let (missing, wrong) = (of(expected, found), of(found, expected));
            return Err(format!("target {index}: expected{missing}\nfound{wrong}"));
        }
    }
    match labels.len() == expected.len() {
        true => Ok(()),
        false => Err(format!(
            "{} targets, expected {}",
            labels.len(),
            expected.len()
        )),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn discovery(case: &Value) -> Result<Discovery, String> {
    let role = text(&case["role"])
        .parse()
        .map_err(|error| format!("{error}"))?;
    let attached = &case["attach_metadata"];
    let flag = |key: &str| attached.get(key).is_some_and(|flag| *flag == true);
    let attach = AttachMetadata::new()
        .node(flag("node"))
        .namespace(flag("namespace"))
        .deployment(flag("deployment"))
        .job(flag("job"))
        .cronjob(flag("cronjob"));
    let namespaces = &case["namespaces"];
    let mut discovery = Discovery::new(role)
        .with_attached(attach)
        .with_namespaces(list(&namespaces["names"]).iter().map(text));
    if namespaces["own_namespace"] == true {
        let own = text(&case["own_namespace_name"]);
        discovery = discovery.with_own_namespace().runs_in(own);
    }
    for selector in list(&case["selectors"]) {
        let role = text(&selector["role"])
            .parse()
            .map_err(|error| format!("{error}"))?;
        let (label, field) = (text(&selector["label"]), text(&selector["field"]));
        discovery = (discovery.with_selector(role, label, field))
            .map_err(|error| format!("{selector}: {error}"))?;
    }
    Ok(discovery)
}

fn same_groups(found: &[TargetGroup], expected: &Value) -> Result<(), String> {
    let found: Vec<(&str, u64)> = (found.iter())
        .map(|group| (group.source.as_str(), group.targets.len() as u64))
        .collect();
    let expected: Vec<(&str, u64)> = (list(expected).iter())
        .map(|group| {
            (
                text(&group["source"]),
                group["targets"].as_u64().unwrap_or_default(),
            )
        })
        .collect();
    match found == expected {
        true => Ok(()),
        false => Err(format!("found the groups {found:?}, expected {expected:?}")),
    }
}
