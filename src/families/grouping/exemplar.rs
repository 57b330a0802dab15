//! The exemplar of a sample, as families store it.

use crate::families::family::{LabelRun, MetricExemplar, MetricLabels};
use crate::text::exemplar::Exemplar;
use crate::text::sample::Sample;
use crate::text::shape::{SampleShape, Text};

/// Returns the sample's exemplars.
#[inline(always)]
pub(super) fn exemplars_of<'l>(
    sample: &Sample<'l>,
) -> impl Iterator<Item = MetricExemplar<'l>> + use<'l> {
    exemplar_of(sample)
        .into_iter()
        .chain(further_exemplars_of(sample))
}

/// Returns the sample's exemplars after the first.
#[inline(always)]
pub(super) fn further_exemplars_of<'l>(
    sample: &Sample<'l>,
) -> impl Iterator<Item = MetricExemplar<'l>> + use<'l> {
    let (text, has_some) = (
        sample.text,
        sample.shape.has(SampleShape::HAS_FURTHER_EXEMPLARS),
    );
    let further = has_some.then(|| sample.exemplars().skip(1));
    further
        .into_iter()
        .flatten()
        .map(move |exemplar| stored(text, &exemplar))
}

/// Returns the first of the sample's exemplars.
#[inline(never)]
pub(super) fn exemplar_of<'l>(sample: &Sample<'l>) -> Option<MetricExemplar<'l>> {
    if let (Text::Str(line), 1..) = (sample.text, sample.shape.exemplars_at)
        && let Some((run, end)) = LabelRun::in_braces(line, sample.shape.exemplars_at as usize)
    {
        let (value, timestamp) = Exemplar::numbers(sample.text, end);
        return Some(MetricExemplar {
            labels: MetricLabels::from_run(run),
            value,
            timestamp,
        });
    }
    let exemplar = sample.exemplar()?;
    Some(stored(sample.text, &exemplar))
}

#[inline(never)]
fn stored<'l>(text: Text<'l>, exemplar: &Exemplar<'l>) -> MetricExemplar<'l> {
    let brace = (exemplar.shape().labels_at as usize).saturating_sub(1);
    let run = match text {
        Text::Str(line) => LabelRun::in_braces(line, brace),
        Text::Bytes(_) => None,
    };
    let labels = exemplar.labels().into_iter();
    MetricExemplar {
        labels: match run {
            Some((run, _)) => MetricLabels::from_run(run),
            None => labels.map(|label| (label.name(), label.value())).collect(),
        },
        value: exemplar.value(),
        timestamp: exemplar.timestamp(),
    }
}
