//! Checks the labels of a sample, after the rules.

use super::{config::SampleConfig, error::SampleErrorKind, written::Written};
use crate::model::name::{METRIC_NAME, ValidationScheme};
use crate::relabel::LabelSet;

/// Checks that there is a metric's name and that all names follow the scheme (spec S35, S36). Leaves the
/// labels sorted.
pub(super) fn names<'a>(
    labels: &mut LabelSet<'a>,
    sample: &impl Written<'a>,
    scheme: ValidationScheme,
) -> Result<(), SampleErrorKind> {
    if labels.get(METRIC_NAME).is_none() {
        return Err(SampleErrorKind::NoName);
    }
    for (name, value) in labels.sorted() {
        if name == METRIC_NAME && !scheme.is_valid_metric_name(value) {
            let name = value.to_owned();
            return Err(SampleErrorKind::MetricName { name, scheme });
        }
        if !scheme.is_valid_label_name(name) {
            let name = name.to_owned();
            return Err(SampleErrorKind::LabelName { name, scheme });
        }
    }
    // Such bytes are U+FFFD here. Rules may have repaired the name; one that still has U+FFFD was not
    // repaired.
    if sample.has_name_not_utf8() {
        let is_left = |text: &str| text.contains(char::REPLACEMENT_CHARACTER);
        if labels
            .iter()
            .any(|(name, value)| is_left(name) || is_left(value))
        {
            return Err(SampleErrorKind::NotUtf8);
        }
    }
    Ok(())
}

/// Checks that the labels are within the limits (spec S37); `more` of them are not in the set.
pub(super) fn limits(
    labels: &LabelSet<'_>,
    more: usize,
    config: &SampleConfig,
) -> Result<(), SampleErrorKind> {
    let exceeds = |length: usize, limit: u64| limit > 0 && length as u64 > limit;
    let count = labels.len() + more;
    if exceeds(count, config.label_limit) {
        return Err(SampleErrorKind::LabelLimit {
            labels: count as u64,
            limit: config.label_limit,
        });
    }
    let (name_limit, value_limit) = (
        config.label_name_length_limit,
        config.label_value_length_limit,
    );
    if name_limit == 0 && value_limit == 0 {
        return Ok(());
    }
    for (name, value) in labels.iter() {
        if exceeds(name.len(), name_limit) {
            return Err(SampleErrorKind::LabelNameLength {
                name: name.to_owned(),
                bytes: name.len() as u64,
                limit: name_limit,
            });
        }
        if exceeds(value.len(), value_limit) {
            return Err(SampleErrorKind::LabelValueLength {
                name: name.to_owned(),
                bytes: value.len() as u64,
                limit: value_limit,
            });
        }
    }
    Ok(())
}
