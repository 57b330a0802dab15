//! Cases of a monitor and the scrape configuration that the Operator renders from it.
//!
//! A case has the fields `manifest` (YAML text), `prometheus` (the settings), `index` (of the endpoint),
//! `expect` (the entry as JSON) and optionally `partial` (the only keys to compare).

use exposition::operator::{Manifest, OperatorConfig, ScrapeConfig, render};
use serde_json::{Map, Value};

use super::operator_checks;

/// Renders the case's manifest and compares the entry: values, types and the order of keys; through JSON, and
/// again after a round trip through YAML text.
pub(crate) fn check(case: &Value) -> Result<(), String> {
    if operator_checks::is_meant(case) {
        return operator_checks::check(case);
    }
    let text = |key: &str| {
        case[key]
            .as_str()
            .ok_or_else(|| format!("case without {key}"))
    };
    let manifest: Manifest = text("manifest")?
        .parse()
        .map_err(|e| format!("manifest: {e}"))?;
    let config: OperatorConfig = serde_json::from_value(case["prometheus"].clone())
        .map_err(|e| format!("prometheus: {e}"))?;
    let index = case["index"]
        .as_u64()
        .and_then(|i| usize::try_from(i).ok())
        .unwrap_or(0);
    let configs = render(&manifest, &config);
    let config = configs
        .get(index)
        .ok_or_else(|| format!("rendered {} configurations, none at {index}", configs.len()))?;

    let rendered = serde_json::to_value(config).map_err(|e| e.to_string())?;
    compare(case, rendered)?;

    let yaml = config.to_yaml().map_err(|e| e.to_string())?;
    let read = ScrapeConfig::from_yaml(&yaml).map_err(|e| format!("{e}\n{yaml}"))?;
    let again = read.to_yaml().map_err(|e| e.to_string())?;
    if yaml_value(&yaml)? != serde_json::to_value(config).map_err(|e| e.to_string())? {
        return Err(format!("the YAML text reads differently:\n{yaml}"));
    }
    // A configuration that was read has lost how its rules were ordered and that a port was a number, nothing
    // else.
    let same = read.relabel_configs.len() == config.relabel_configs.len()
        && (read.relabel_configs.iter().zip(&config.relabel_configs))
            .all(|(read, rendered)| read.config == rendered.config);
    if !same {
        return Err(format!("rules differ after reading:\n{yaml}\n{again}"));
    }
    Ok(())
}

fn yaml_value(yaml: &str) -> Result<Value, String> {
    exposition::yaml::from_str(yaml).map_err(|e| format!("{e}\n{yaml}"))
}

/// Compares rendered configurations with the expected ones.
pub(crate) fn same_configs(expected: &[Value], rendered: &Value) -> Result<(), String> {
    let mut differences = Vec::new();
    diff(
        "",
        &Value::Array(expected.to_vec()),
        rendered,
        &mut differences,
    );
    match differences.is_empty() {
        true => Ok(()),
        false => Err(differences.join("\n")),
    }
}

fn compare(case: &Value, mut rendered: Value) -> Result<(), String> {
    let mut expected = case["expect"].clone();
    if let Some(keys) = case["partial"].as_array() {
        keep_only(&mut rendered, keys);
        keep_only(&mut expected, keys);
    }
    let mut differences = Vec::new();
    diff("", &expected, &rendered, &mut differences);
    if differences.is_empty() {
        return Ok(());
    }
    Err(differences.join("\n"))
}

fn keep_only(value: &mut Value, keys: &[Value]) {
    if let Value::Object(map) = value {
        *map = std::mem::take(map)
            .into_iter()
            .filter(|(key, _)| keys.iter().any(|wanted| wanted == key))
            .collect();
    }
}

fn diff(path: &str, expected: &Value, rendered: &Value, out: &mut Vec<String>) {
    match (expected, rendered) {
        (Value::Object(a), Value::Object(b)) => diff_maps(path, a, b, out),
        (Value::Array(a), Value::Array(b)) => {
            for (i, (a, b)) in a.iter().zip(b).enumerate() {
                diff(&format!("{path}[{i}]"), a, b, out);
            }
            for (i, a) in a.iter().enumerate().skip(b.len()) {
                out.push(format!("{path}[{i}]: missing {a}"));
            }
            for (i, b) in b.iter().enumerate().skip(a.len()) {
                out.push(format!("{path}[{i}]: unexpected {b}"));
            }
        }
        (a, b) if a == b => {}
        (a, b) => out.push(format!("{path}: expected {a}, rendered {b}")),
    }
}

fn diff_maps(path: &str, a: &Map<String, Value>, b: &Map<String, Value>, out: &mut Vec<String>) {
    let found = out.len();
    for (key, a) in a {
        match b.get(key) {
            Some(b) => diff(&format!("{path}.{key}"), a, b, out),
            None => out.push(format!("{path}.{key}: missing {a}")),
        }
    }
    for (key, b) in b.iter().filter(|(key, _)| !a.contains_key(*key)) {
        out.push(format!("{path}.{key}: unexpected {b}"));
    }
    // The YAML writer chooses the order of URL parameters.
    if out.len() == found && !path.ends_with(".params") && !a.keys().eq(b.keys()) {
        let order = |map: &Map<String, Value>| map.keys().cloned().collect::<Vec<_>>().join(", ");
        out.push(format!(
            "{path}: keys in the order {}, expected {}",
            order(b),
            order(a)
        ));
    }
}
