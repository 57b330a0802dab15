//! The rules for exemplars. One that breaks the grammar is lost, and the sample stays.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashSet;

use super::super::lexical::label_name;
use super::demand;
use super::grammar::{self, Exemplar, Sample};
use super::number::compare_times;
use super::report::Report;
use crate::error::ErrorKind;
use crate::model::label_names;
use crate::model::metric_type::MetricType;

/// Checks the exemplars of a sample. Returns whether there are any.
pub(super) fn check<'a>(
    kind: MetricType,
    sample: &Sample<'a>,
    report: &mut Report<'a, '_>,
) -> bool {
    let mut cursor = sample.exemplars;
    let text = cursor.line;
    let mut room = sample.room;
    let mut own: Option<HashSet<Cow<'a, str>>> = None;
    let has_some = !cursor.rest().is_empty();
    if has_some && !may_have_exemplars(kind) {
        report.advise(cursor.at + 1, demand::EXEMPLAR_UNSAID);
    }
    while !cursor.rest().is_empty() {
        let exemplar = match grammar::exemplar(&mut cursor, room, report) {
            Ok(exemplar) => exemplar,
            Err(fault) if fault.kind == ErrorKind::TooManyLabels => {
                report.fault(fault);
                break;
            }
            Err(fault) => {
                report.add(fault.at, demand::exemplar(fault.demand.expected));
                break;
            }
        };
        room = room.saturating_sub(exemplar.labels.len());
        labels(sample, &exemplar, text, &mut own, report);
        times(sample, &exemplar, report);
    }
    has_some
}

/// Tells whether the specification speaks of exemplars on that type.
fn may_have_exemplars(kind: MetricType) -> bool {
    match kind {
        MetricType::Counter
        | MetricType::Histogram
        | MetricType::GaugeHistogram
        | MetricType::Summary => true,
        MetricType::Gauge | MetricType::Info | MetricType::StateSet | MetricType::Unknown => false,
    }
}

/// Checks the labels of an exemplar; `own` are the names of the sample's, once they are needed.
fn labels<'a>(
    sample: &Sample<'a>,
    exemplar: &Exemplar<'a>,
    text: &'a str,
    own: &mut Option<HashSet<Cow<'a, str>>>,
    report: &mut Report<'a, '_>,
) {
    let names = || exemplar.labels.iter().map(|label| label_name(text, label));
    for label in label_names::repeated(names()).filter_map(|at| exemplar.labels.get(at)) {
        report.once(label.name.start(), demand::EXEMPLAR_LABEL_ONCE);
    }
    let own = own.get_or_insert_with(|| {
        let labels = sample.labels.iter();
        labels.map(|label| label_name(text, label)).collect()
    });
    for (label, name) in exemplar.labels.iter().zip(names()) {
        if own.contains(&name) {
            report.advise(label.name.start(), demand::EXEMPLAR_LABEL);
        }
    }
}

/// Checks the timestamp of an exemplar.
fn times(sample: &Sample<'_>, exemplar: &Exemplar<'_>, report: &mut Report<'_, '_>) {
    let time = exemplar.timestamp;
    let is_after = |other| compare_times(time, other) == Ordering::Greater;
    let is_before = |other| compare_times(time, other) == Ordering::Less;
    if sample.timestamp.is_some_and(is_after) || sample.start.is_some_and(is_before) {
        report.advise(time.at, demand::EXEMPLAR_TIME);
    }
}
