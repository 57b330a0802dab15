//! The exemplar of a sample, as families store it.

use crate::families::family::{LabelRun, MetricExemplar, MetricLabels};
use crate::text::exemplar::Exemplar;
use crate::text::sample::Sample;
use crate::text::shape::Text;

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
    let labels = exemplar.labels().into_iter();
    Some(MetricExemplar {
        labels: labels.map(|label| (label.name(), label.value())).collect(),
        value: exemplar.value(),
        timestamp: exemplar.timestamp(),
    })
}
