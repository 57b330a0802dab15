//! What a scrape asks of a series before the rules change it.

use crate::model::name::METRIC_NAME;
use crate::model::sample_view::SampleView as _;
use crate::number::escape::quote;
use crate::relabel::LabelSet;
use crate::samples::AnySample;
use crate::text::sample::Sample;

/// A series as a body has it.
pub(super) trait Written<'a> {
    /// Replaces all labels by those of the series (spec S33).
    fn put_into(&self, labels: &mut LabelSet<'a>);

    /// Tells whether it is written with a label of that name, be it empty.
    fn has_label(&self, name: &str) -> bool;

    /// Tells whether one of its names is not UTF-8.
    fn has_name_not_utf8(&self) -> bool;
}

impl<'a> Written<'a> for Sample<'a> {
    fn put_into(&self, labels: &mut LabelSet<'a>) {
        labels.reset_to(self);
    }

    fn has_label(&self, name: &str) -> bool {
        self.labels().get(name).is_some()
    }

    fn has_name_not_utf8(&self) -> bool {
        self.name_not_utf8().is_some()
            && (!self.name_is_utf8() || !self.labels().iter().all(|label| label.name_is_utf8()))
    }
}

impl<'a> Written<'a> for AnySample<'_> {
    fn put_into(&self, labels: &mut LabelSet<'a>) {
        labels.reset_to_any(self);
    }

    fn has_label(&self, name: &str) -> bool {
        self.labels().any(|(label, _)| label == name)
    }

    fn has_name_not_utf8(&self) -> bool {
        self.as_text().is_some_and(Written::has_name_not_utf8)
    }
}

/// Puts into `key` what distinguishes the series from all others of a body (spec S30, P29).
pub(super) fn put_key(key: &mut Vec<u8>, sample: &AnySample<'_>) {
    key.clear();
    if let Some(sample) = sample.as_text() {
        key.extend_from_slice(sample.raw_series());
        return;
    }
    key.extend_from_slice(sample.name().as_bytes());
    for (name, value) in sample.labels() {
        key.push(0xff);
        key.extend_from_slice(name.as_bytes());
        key.push(0xff);
        key.extend_from_slice(value.as_bytes());
    }
}

/// Returns a series as an error shows it, before it is cut off.
#[cold]
pub(super) fn spelled(sample: &AnySample<'_>) -> String {
    if let Some(sample) = sample.as_text() {
        return String::from_utf8_lossy(sample.raw_series()).into_owned();
    }
    let mut series = sample.name().into_owned();
    let mut is_first = true;
    for (name, value) in sample.labels().filter(|(name, _)| name != METRIC_NAME) {
        series.push(if std::mem::take(&mut is_first) {
            '{'
        } else {
            ','
        });
        series.push_str(&name);
        series.push('=');
        // Writing to a `String` cannot fail.
        _ = quote(&mut series, &value);
    }
    if !is_first {
        series.push('}');
    }
    series
}
