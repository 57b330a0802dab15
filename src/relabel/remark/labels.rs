//! Labels that a rule cannot find, and labels that it must not remove.

use super::finding::Finding;
use super::history::History;
use super::kind::RemarkKind;
use super::shape::Shape;
use super::subject::{Circumstances, Subject};
use crate::model::name::METRIC_NAME;
use crate::relabel::{Action, Field, RuleConfig};

const ADDRESS: &str = "__address__";
/// Where to put a rule for the other half of a scrape.
const TO_SAMPLES: &str =
    "move it to the rules for samples (`metricRelabelings`, `metric_relabel_configs`)";
const TO_TARGETS: &str = "copy it to another label in the rules for targets (`relabelings`, `relabel_configs`), and read that";

/// Looks at the labels that a rule reads, sets and removes.
pub(super) fn look(
    rule: &RuleConfig,
    shape: &Shape,
    history: &History<'_>,
    around: &Circumstances<'_>,
    found: &mut Vec<Finding>,
) {
    let sources = rule.source_labels.as_deref().unwrap_or_default();
    for source in sources.iter().filter(|source| !history.may_set(source)) {
        found.extend(match around.subject {
            Subject::Targets => sample_label(source, rule).or_else(|| (around.discovered)(source)),
            Subject::Samples => discovery_label(source, around.complete),
            Subject::Unknown => (around.discovered)(source),
        });
    }
    let action = rule.action.unwrap_or_default();
    match (action, around.subject) {
        (Action::LabelMap, Subject::Samples) => {
            let prefix = shape.prefix();
            let is_gone = ["__meta_", "__param_", "__tmp_"]
                .iter()
                .any(|gone| prefix.starts_with(gone));
            if is_gone && !history.may_set(&prefix) {
                found.push(Finding::new(
                    RemarkKind::DiscoveryLabel,
                    Field::Regex,
                    format!("samples do not have labels that begin with {prefix:?}: the rule does nothing"),
                    "move it to the rules for targets (`relabelings`, `relabel_configs`)",
                ));
            }
        }
        (Action::LabelDrop | Action::LabelKeep, Subject::Samples) => {
            found.extend(removed_from_series(action, shape, history));
        }
        (Action::LabelDrop | Action::LabelKeep, Subject::Targets) => {
            let is_removed = shape.is_match(ADDRESS) == (action == Action::LabelDrop);
            if is_removed && !history.is_set_later(ADDRESS) {
                found.push(Finding::new(
                    RemarkKind::AddressRemoved,
                    Field::Regex,
                    "it removes `__address__`, without which Prometheus refuses the target",
                    match action {
                        Action::LabelKeep => {
                            "add `__.+` to the regex; labels that begin with `__` are removed anyway"
                        }
                        _ => {
                            "leave out labels that begin with `__`, which are removed anyway"
                        }
                    },
                ));
            }
        }
        (
            Action::Replace | Action::HashMod | Action::Lowercase | Action::Uppercase,
            Subject::Targets,
        ) if rule.target() == METRIC_NAME && !history.is_read_later(METRIC_NAME) => {
            found.push(Finding::new(
                RemarkKind::SampleLabel,
                Field::TargetLabel,
                "labels of targets that begin with `__` do not reach their samples: the name of no \
                 metric changes",
                TO_SAMPLES,
            ));
        }
        _ => {}
    }
}

fn sample_label(source: &str, rule: &RuleConfig) -> Option<Finding> {
    let is_it = matches!(source, METRIC_NAME | "le" | "quantile");
    is_it.then(|| {
        let effect = match rule.action.unwrap_or_default() {
            Action::Keep | Action::Drop => ": it is empty for all targets",
            _ => "",
        };
        Finding::new(
            RemarkKind::SampleLabel,
            Field::SourceLabels,
            format!("samples have the label `{source}`, and targets do not{effect}"),
            TO_SAMPLES,
        )
    })
}

fn discovery_label(source: &str, complete: bool) -> Option<Finding> {
    const NAMES: [&str; 5] = [
        ADDRESS,
        "__scheme__",
        "__metrics_path__",
        "__scrape_interval__",
        "__scrape_timeout__",
    ];
    let is_gone = NAMES.contains(&source)
        || source.starts_with("__meta_")
        || source.starts_with("__param_")
        || complete && source.starts_with("__tmp_");
    is_gone.then(|| {
        Finding::new(
            RemarkKind::DiscoveryLabel,
            Field::SourceLabels,
            format!("targets have the label `{source}`, and samples do not: it is always empty"),
            TO_TARGETS,
        )
    })
}

fn removed_from_series(action: Action, shape: &Shape, history: &History<'_>) -> Option<Finding> {
    let is_removed = |name: &str| shape.is_match(name) == (action == Action::LabelDrop);
    let (kind, field) = (RemarkKind::SeriesLabelRemoved, Field::Regex);
    if is_removed(METRIC_NAME) && !history.is_set_later(METRIC_NAME) {
        return Some(Finding::new(
            kind,
            field,
            "it removes `__name__`, and a sample without a name fails the scrape",
            match action {
                Action::LabelKeep => "add `__name__` to the regex",
                _ => "leave out `__name__`",
            },
        ));
    }
    // To keep only some labels is to know which there are.
    if action == Action::LabelKeep {
        return None;
    }
    let part = |name: &'static str, of: &'static str, what: &'static str| {
        // Rules may have left one bucket or quantile.
        (is_removed(name) && !history.is_filtered_by(name)).then(|| {
            Finding::new(
                kind,
                field,
                format!(
                    "it removes `{name}`, so that the {what} of a {of} are one series, and only the first \
                     is stored"
                ),
                format!("leave out `{name}`, or drop the series by `__name__`"),
            )
        })
    };
    part("le", "histogram", "buckets").or_else(|| part("quantile", "summary", "quantiles"))
}
