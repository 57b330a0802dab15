//! What a Prometheus server says of its targets.

use std::{collections::BTreeMap, str::FromStr};

use super::{
    field::{Field, FieldError},
    targets_error::TargetsError,
};
use crate::yaml;
use crate::yaml::node::{Node, Resolved};

/// What a Prometheus server says of its targets: the answer of `/api/v1/targets`, whole or its `data` alone.
///
/// ```
/// use exposition::discovery::ServerTargets;
///
/// let targets: ServerTargets = r#"{"status": "success", "data": {
///     "activeTargets": [{
///         "discoveredLabels": {"__address__": "h:9100", "job": "node"},
///         "labels": {"instance": "h:9100", "job": "node"},
///         "scrapePool": "node", "scrapeUrl": "http://h:9100/metrics",
///         "health": "down", "lastError": "connection refused"}],
///     "droppedTargets": [{"discoveredLabels": {"__address__": "i:9100"}, "scrapePool": "node"}]
/// }}"#.parse()?;
/// assert_eq!(targets.active[0].last_error, "connection refused");
/// assert_eq!(targets.dropped[0].discovered_labels["__address__"], "i:9100");
/// # Ok::<(), exposition::discovery::TargetsError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerTargets {
    /// The targets that are scraped.
    pub active: Vec<ServerTarget>,
    /// The targets that relabel rules dropped; with `keep_dropped_targets` not all of them.
    pub dropped: Vec<ServerTarget>,
    /// How many targets were dropped, by scrape pool; known to Prometheus since 2.48.
    pub dropped_counts: BTreeMap<String, u64>,
}

/// What a Prometheus server says of one target. Of a dropped one, only the discovered labels and, since
/// Prometheus 3, the scrape pool are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerTarget {
    /// The labels before relabeling, those that the scrape configuration adds included.
    pub discovered_labels: BTreeMap<String, String>,
    /// The labels after relabeling.
    pub labels: BTreeMap<String, String>,
    /// The job's name in the configuration.
    pub scrape_pool: String,
    /// What is scraped.
    pub scrape_url: String,
    /// `up`, `down` or `unknown`.
    pub health: String,
    /// Why the last scrape failed; empty if it did not.
    pub last_error: String,
}

impl FromStr for ServerTargets {
    type Err = TargetsError;

    fn from_str(json: &str) -> Result<Self, Self::Err> {
        let Resolved(answer) = yaml::json(json).map_err(TargetsError::yaml)?;
        let root = Field::root(&answer, "");
        if answer.get("status").and_then(Node::as_text) == Some("error") {
            let message = root.get("error").and_then(|field| field.text());
            return Err(message.map_or_else(TargetsError::field, TargetsError::refused));
        }
        read(&root, &answer).map_err(TargetsError::field)
    }
}

fn read(root: &Field<'_>, answer: &Node) -> Result<ServerTargets, FieldError> {
    let is_bare = ["activeTargets", "droppedTargets"]
        .iter()
        .any(|key| answer.get(key).is_some());
    if is_bare {
        return targets(root);
    }
    let data = root.get("data")?;
    match data.is_present() {
        true => targets(&data),
        false => Err(data.missing("the answer of /api/v1/targets has the targets in it")),
    }
}

fn targets(data: &Field<'_>) -> Result<ServerTargets, FieldError> {
    let counts = data.get("droppedTargetCounts")?;
    Ok(ServerTargets {
        active: data.get("activeTargets")?.list(target)?,
        dropped: data.get("droppedTargets")?.list(target)?,
        dropped_counts: counts.map(|count| Ok(count.optional_count()?.unwrap_or_default()))?,
    })
}

fn target(target: &Field<'_>) -> Result<ServerTarget, FieldError> {
    let discovered = target.get("discoveredLabels")?;
    if !discovered.is_present() {
        return Err(discovered.missing("every target has discovered labels"));
    }
    Ok(ServerTarget {
        discovered_labels: discovered.text_map()?,
        labels: target.get("labels")?.text_map()?,
        scrape_pool: target.get("scrapePool")?.text()?,
        scrape_url: target.get("scrapeUrl")?.text()?,
        health: target.get("health")?.text()?,
        last_error: target.get("lastError")?.text()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_alone_is_read() {
        let json =
            r#"{"activeTargets": [], "droppedTargets": null, "droppedTargetCounts": {"a": 3}}"#;
        let targets: ServerTargets = json.parse().unwrap();
        assert_eq!(targets.dropped_counts["a"], 3);
        assert!(targets.active.is_empty() && targets.dropped.is_empty());
    }

    #[test]
    fn errors_have_a_place() {
        for (json, expected) in [
            ("[]", "expected a map, found a list"),
            (
                "{}",
                "data: missing: the answer of /api/v1/targets has the targets in it",
            ),
            (
                r#"{"status": "error", "error": "not ready"}"#,
                "error: the server says: not ready",
            ),
            (
                r#"{"data": {"activeTargets": [{}]}}"#,
                "data.activeTargets[0].discoveredLabels: missing: every target has discovered labels",
            ),
            (
                r#"{"droppedTargets": [{"discoveredLabels": {"a": 1}}]}"#,
                "droppedTargets[0].discoveredLabels.a: expected a string, found the number 1",
            ),
        ] {
            let error = json.parse::<ServerTargets>().unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
    }
}
