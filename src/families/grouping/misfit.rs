//! Samples that fit no metric of their family, but that Prometheus stores.

use std::borrow::Cow;

use super::exemplar::exemplar_of;
use super::fault::Fault;
use super::keep::Keep;
use crate::bytes::list;
use crate::error::Error;
use crate::families::family::{Metric, MetricExemplar, MetricFamily, MetricLabels};
use crate::model::metric_type::MetricType;
use crate::model::name::METRIC_NAME;
use crate::text::labels::{Label, Labels};
use crate::text::place::LineEnd;
use crate::text::sample::{Sample, stored_value};
use crate::text::shape::Text;

/// The error for a sample, and what is left of the sample.
#[derive(Debug)]
pub(super) struct Judged<'l> {
    pub(super) error: Error,
    /// The sample, if Prometheus stores it.
    pub(super) misfit: Option<Misfit<'l>>,
}

impl<'l> Judged<'l> {
    /// Returns the result of a fault of a sample whose line ended here.
    #[cold]
    pub(super) fn new(
        sample: &Sample<'l>,
        end: LineEnd,
        fault: Fault,
        misfit: Option<Misfit<'l>>,
    ) -> Box<Self> {
        let error = fault.error(sample.raw(), end);
        let error = match misfit {
            Some(_) => error.accepted_by_prometheus(),
            None => error,
        };
        Box::new(Judged { error, misfit })
    }
}

/// A sample that becomes a metric of unknown type.
#[derive(Debug)]
pub(super) struct Misfit<'l> {
    name: Cow<'l, str>,
    labels: MetricLabels<'l>,
    value: f64,
    timestamp: Option<i64>,
    exemplar: Option<Box<MetricExemplar<'l>>>,
}

impl<'l> Misfit<'l> {
    /// Creates the misfit; returns `None` if Prometheus refuses the sample.
    pub(super) fn of(sample: &Sample<'l>) -> Option<Self> {
        if !sample.name_is_utf8() {
            return None;
        }
        Some(Misfit {
            name: sample.name(),
            labels: labels_as_stored(sample)?,
            value: sample.value(),
            timestamp: sample.timestamp(),
            exemplar: exemplar_of(sample).map(Box::new),
        })
    }

    /// Returns the sample's name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Returns its name, and the metric, for a family that lives for `'a`.
    pub(super) fn kept<'a, K: Keep<'l, 'a>>(self) -> (Cow<'a, str>, Metric<'a>) {
        let metric = Metric {
            labels: K::labels(self.labels),
            timestamp: self.timestamp,
            exemplars: (self.exemplar.into_iter())
                .map(|exemplar| K::exemplar(*exemplar))
                .collect(),
            ..Metric::unknown(self.value)
        };
        (K::text(self.name), metric)
    }
}

/// The samples that fit none of a family's metrics, as families with the samples' names.
#[derive(Debug, Default)]
pub(super) struct Misfits<'a> {
    /// At most as many as a family has names of samples.
    families: Vec<MetricFamily<'a>>,
}

impl<'a> Misfits<'a> {
    pub(super) fn push(&mut self, name: Cow<'a, str>, metric: Metric<'a>) {
        match (self.families.iter_mut()).find(|family| family.name == name) {
            Some(family) => list::push(&mut family.metrics, metric),
            None => {
                (self.families).push(MetricFamily::new(name, MetricType::Unknown).metric(metric))
            }
        }
    }

    pub(super) fn into_families(self) -> Vec<MetricFamily<'a>> {
        self.families
    }
}

/// Returns labels as Prometheus stores them; `None` if it refuses them. As in any family, labels without
/// a value stay, though Prometheus does not count them as labels, unless they remove what it would
/// refuse.
fn labels_as_stored<'l>(sample: &Sample<'l>) -> Option<MetricLabels<'l>> {
    let (labels, scope) = (sample.labels(), sample.shape.scope);
    let gone = gone(&labels)?;
    let respelled = |label: &Label<'l>| stored_value(scope, label) != label.value();
    if let Text::Str(text) = sample.text
        && gone.is_empty()
        && !labels.iter().any(|label| respelled(&label))
    {
        let shapes: Vec<_> = sample.label_shapes().collect();
        return Some(MetricLabels::from_line(text, &shapes));
    }
    let stored = labels
        .iter()
        .zip(gone.into_iter().chain(std::iter::repeat(false)));
    let stored = stored.filter(|(_, gone)| !gone);
    Some(
        stored
            .map(|(label, _)| (label.name(), stored_value(scope, &label)))
            .collect(),
    )
}

/// Returns which labels to leave out so that every name is valid UTF-8, not empty and used once: all that
/// have no value, and others with their names. Empty if nothing has to be left out; `None` if that does
/// not help, in which case Prometheus refuses the body (spec S33, S35, S36, S38).
fn gone(labels: &Labels<'_>) -> Option<Vec<bool>> {
    let mut named: Vec<_> = (labels.iter().map(name))
        .zip(labels.iter().enumerate())
        .collect();
    named.sort_by(|a, b| a.0.cmp(&b.0));
    let mut gone = vec![false; named.len()];
    let mut ill_named = false;
    for namesakes in named.chunk_by(|a, b| a.0 == b.0) {
        let [(name, (_, first)), more @ ..] = namesakes else {
            continue;
        };
        if **name == *METRIC_NAME.as_bytes() {
            // Without a value it removes the metric's own name.
            return None;
        }
        let well_named = !name.is_empty() && first.name_is_utf8() && more.is_empty();
        let vanish = (namesakes.iter()).any(|(_, (_, label))| label.raw_value().is_empty());
        if !well_named && !vanish {
            return None;
        }
        ill_named |= !well_named;
        for (_, (at, _)) in namesakes {
            if let Some(gone) = gone.get_mut(*at) {
                *gone = vanish;
            }
        }
    }
    Some(if ill_named { gone } else { Vec::new() })
}

/// Returns a label's name for comparison, whether it is UTF-8 or not.
fn name<'l>(label: Label<'l>) -> Cow<'l, [u8]> {
    match label.name_is_utf8() {
        false => Cow::Borrowed(label.raw_name()),
        true => match label.name() {
            Cow::Borrowed(name) => Cow::Borrowed(name.as_bytes()),
            Cow::Owned(name) => Cow::Owned(name.into_bytes()),
        },
    }
}
