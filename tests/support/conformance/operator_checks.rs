//! Cases of a monitor, a whole Prometheus object and a cluster's verdict on both.
//!
//! A case has the fields `manifest` (YAML text), `kind`, `prometheus` (the object), `operator` (flags that
//! are on), `context` (all Secrets and ConfigMaps, as YAML texts) and `expect`: `configs`, or `rejected` with
//! `by` and optionally `at`, or `failed` where the Prometheus object itself is refused.

use exposition::operator::{Assets, OperatorConfig, Prometheus, Rejection, check_all, render};
use serde_json::Value;

/// Tells whether a case is one of these, and not one of rendering alone.
pub(crate) fn is_meant(case: &Value) -> bool {
    case.pointer("/prometheus/kind")
        .is_some_and(Value::is_string)
}

/// Checks the case's Prometheus object and monitor, and renders the monitor if it is accepted.
pub(crate) fn check(case: &Value) -> Result<(), String> {
    let found = outcome(case)?;
    let expected = &case["expect"];
    for key in ["failed", "rejected", "by", "at"] {
        let of = |value: &Value| value.get(key).cloned().unwrap_or_default();
        let wanted = of(expected);
        // Only the API server's reasons have a place in every case.
        if (!wanted.is_null() || key != "at") && of(&found) != wanted {
            let found = serde_json::to_string(&found).unwrap_or_default();
            return Err(format!("expected {key} {wanted}, found {found}"));
        }
    }
    match expected["configs"].as_array() {
        Some(configs) => {
            super::operator::same_configs(configs, found.get("configs").unwrap_or(&Value::Null))
        }
        None => Ok(()),
    }
}

/// Returns the result of the case, in the form of `expect`.
fn outcome(case: &Value) -> Result<Value, String> {
    let failed = |key: &str| Ok(serde_json::json!({"failed": key}));
    let object = case["prometheus"].to_string();
    let mut prometheus = match object.parse::<Prometheus>() {
        Ok(prometheus) => prometheus,
        Err(error) => match error.rule() {
            Some(rule) => return failed(rule.key()),
            None => return Err(format!("prometheus: {error}")),
        },
    };
    let why = prometheus.check().err();
    if let Some(rejection) = why.iter().flatten().next() {
        return failed(rejection.rule.key());
    }
    let settings = &mut prometheus.settings;
    flags(settings, &case["operator"]);
    let context: Vec<&str> = (case["context"].as_array().into_iter().flatten())
        .filter_map(Value::as_str)
        .collect();
    let assets = Assets::parse_all(&context.join("\n---\n"));
    settings.assets = Some(assets.map_err(|error| format!("context: {error}"))?);

    let manifest = case["manifest"].as_str().ok_or("case without manifest")?;
    let verdicts = check_all(manifest, settings).map_err(|error| format!("manifest: {error}"))?;
    let [verdict] = verdicts.as_slice() else {
        return Err(format!("{} monitors", verdicts.len()));
    };
    let why = verdict.outcome.as_ref().err();
    if let Some(Rejection { rule, path, .. }) = why.and_then(|why| why.iter().next()) {
        return Ok(serde_json::json!({
            "rejected": rule.key(), "by": rule.by().as_str(), "at": path,
            "all": why.map(ToString::to_string),
        }));
    }
    let manifest = verdict.manifest.as_ref().ok_or("taken, but not there")?;
    let configs = serde_json::to_value(render(manifest, settings)).map_err(|e| e.to_string())?;
    Ok(serde_json::json!({"configs": configs}))
}

/// Sets the Operator's flags from the case; an absent flag is off.
pub(super) fn flags(settings: &mut OperatorConfig, flags: &Value) {
    let flag = |key: &str| flags[key].as_bool().unwrap_or(false);
    settings.topology_sharding = flag("topologySharding");
    settings.retention_policies = flag("retentionPolicies");
    settings.pod_topology_labels = flag("podTopologyLabels");
    settings.endpoint_slice_supported = flag("endpointSliceSupported");
}
