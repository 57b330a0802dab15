//! Remarks on what a scrape shows: limits that a body exceeds, and series that rules made equal.

use super::config::Remark;
use crate::operator::config::OperatorConfig;
use crate::operator::origin::Origin;
use crate::operator::scrape_config::ScrapeConfig;
use crate::relabel::remark::kind::RemarkKind;
use crate::relabel::{Action, Field};
use crate::scrape::{Report, SampleErrorKind, ScrapeError};

/// Returns the places of a configuration's limits: their keys, and where they come from.
pub(in super::super) fn limits(
    config: &ScrapeConfig,
    settings: &OperatorConfig,
) -> Vec<(&'static str, Origin)> {
    let own = (config.relabel_configs.iter())
        .all(|rule| matches!(rule.origin, Origin::Configuration { .. }));
    let size = settings.enforced_body_size_limit.as_ref();
    let capped = |limit: Option<u64>, cap: Option<u64>| limit.is_some() && limit == cap;
    let all = [
        (
            "sample_limit",
            "sampleLimit",
            capped(config.sample_limit, settings.enforced_sample_limit),
        ),
        (
            "label_limit",
            "labelLimit",
            capped(config.label_limit, settings.enforced_label_limit),
        ),
        (
            "label_name_length_limit",
            "labelNameLengthLimit",
            capped(
                config.label_name_length_limit,
                settings.enforced_label_name_length_limit,
            ),
        ),
        (
            "label_value_length_limit",
            "labelValueLengthLimit",
            capped(
                config.label_value_length_limit,
                settings.enforced_label_value_length_limit,
            ),
        ),
        (
            "body_size_limit",
            "bodySizeLimit",
            size.is_some() && config.body_size_limit.as_deref() == size.map(|size| size.as_str()),
        ),
        (
            "native_histogram_bucket_limit",
            "nativeHistogramBucketLimit",
            false,
        ),
    ];
    let origin = |key: &str, field: &str, is_enforced: bool| match (own, is_enforced) {
        (true, _) => Origin::Configuration {
            path: key.to_owned(),
        },
        (false, false) => Origin::manifest(format!("spec.{field}")),
        (false, true) => {
            let (first, rest) = field.split_at(1);
            Origin::prometheus(format!("spec.enforced{}{rest}", first.to_uppercase()))
        }
    };
    (all.into_iter())
        .map(|(key, field, is_enforced)| (key, origin(key, field, is_enforced)))
        .collect()
}

/// Returns remarks on a scrape; `limits` are the places of the configuration's limits.
pub(in super::super) fn on_scrape(
    config: &ScrapeConfig,
    limits: &[(&'static str, Origin)],
    report: &Report,
) -> Vec<Remark> {
    let exceeded = report.failure.as_ref().and_then(exceeded);
    let limit = exceeded.and_then(|(key, text, fix)| {
        let (_, origin) = limits.iter().find(|(known, _)| *known == key)?;
        Some(Remark {
            kind: RemarkKind::LimitExceeded,
            origin: origin.clone(),
            field: None,
            text: format!("{text}: nothing of the body is stored"),
            fix: fix.to_owned(),
        })
    });
    let mut remarks: Vec<Remark> = limit.into_iter().collect();
    if report.duplicates > 0 {
        remarks.extend(merging(config, report));
    }
    remarks
}

/// Returns the key of the limit that made a scrape fail, what happened, and what to do.
fn exceeded(failure: &ScrapeError) -> Option<(&'static str, String, &'static str)> {
    const FEWER_LABELS: &str =
        "raise the limit, or drop the series or the label with a rule for samples";
    Some(match failure {
        ScrapeError::SampleLimit { .. } => (
            "sample_limit",
            failure.to_string(),
            "raise the limit, or drop series with a rule for samples",
        ),
        ScrapeError::BodySize { .. } => (
            "body_size_limit",
            failure.to_string(),
            "raise the limit, or expose less: rules do not make the body smaller",
        ),
        ScrapeError::BucketLimit { .. } => (
            "native_histogram_bucket_limit",
            failure.to_string(),
            "raise the limit, or expose the histogram with fewer buckets",
        ),
        ScrapeError::Sample {
            series, problem, ..
        } => {
            let key = match problem {
                SampleErrorKind::LabelLimit { .. } => "label_limit",
                SampleErrorKind::LabelNameLength { .. } => "label_name_length_limit",
                SampleErrorKind::LabelValueLength { .. } => "label_value_length_limit",
                _ => return None,
            };
            (key, format!("{series}: {problem}"), FEWER_LABELS)
        }
        _ => return None,
    })
}

/// Finds the rules that may have made series equal: those that removed labels, or else those that replaced
/// the values of labels.
fn merging(config: &ScrapeConfig, report: &Report) -> Vec<Remark> {
    let counts = report.rules.iter().flat_map(|rules| rules.rules());
    let changed: Vec<_> = (config.metric_relabel_configs.iter())
        .zip(counts)
        .filter(|(_, counts)| counts.changed > 0)
        .collect();
    let removes = |action| matches!(action, Action::LabelDrop | Action::LabelKeep);
    let is_removed = changed.iter().any(|(_, counts)| removes(counts.action));
    let may_merge = |action| match is_removed {
        true => removes(action),
        false => matches!(
            action,
            Action::Replace | Action::HashMod | Action::Lowercase | Action::Uppercase
        ),
    };
    let samples = |count| match count {
        1 => "1 sample".to_owned(),
        count => format!("{count} samples"),
    };
    (changed.into_iter())
        .filter(|(rule, counts)| {
            may_merge(counts.action) && !matches!(rule.origin, Origin::Prometheus { .. })
        })
        .map(|(rule, counts)| Remark {
            kind: RemarkKind::MergedSeries,
            origin: rule.origin.clone(),
            field: Some(match removes(counts.action) {
                true => Field::Regex,
                false => Field::TargetLabel,
            }),
            text: format!(
                "this rule changed the labels of {}, and then {}",
                samples(counts.changed),
                match report.duplicates {
                    1 => "1 is not stored, as its series has another".to_owned(),
                    count => format!("{count} are not stored, as their series have others"),
                }
            ),
            fix: "keep the label that tells the series apart".to_owned(),
        })
        .collect()
}
