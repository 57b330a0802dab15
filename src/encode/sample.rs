//! Writes one sample that was read: copied where that is possible, otherwise from its parts.

use std::borrow::Cow;

use super::error::EncodeError;
use super::target::Target;
use super::text::{self, NameParts, SeriesWriter};
use crate::dialect::Dialect;
use crate::format::syntax::{ExemplarCount, TimeUnit};
use crate::text::exemplar::Exemplar;
use crate::text::sample::Sample;

/// A label of the sample that is being written.
pub(crate) type Pair<'p> = (Cow<'p, str>, Cow<'p, str>);

/// What changes in a sample besides its dialect.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rewrite<'r> {
    /// The dialect it was read in.
    pub(crate) from: Dialect,
    /// Its name, already escaped; `None` keeps the one it has.
    pub(crate) name: Option<NameParts<'r>>,
    /// All its labels, with names not yet escaped; `None` keeps those it has.
    pub(crate) labels: Option<&'r [Pair<'r>]>,
    /// Whether exemplars are left out where there is no place for them.
    pub(crate) lossy: bool,
}

/// Appends the line of `sample`, with its line feed. Returns whether an exemplar was left out.
///
/// A line that stays in its dialect and keeps its name and labels is copied. If only name or labels change,
/// what follows the series is copied.
pub(crate) fn push_sample(
    out: &mut String,
    sample: &Sample<'_>,
    target: &Target,
    rewrite: &Rewrite<'_>,
) -> Result<bool, EncodeError> {
    let same_dialect = rewrite.from == target.syntax.dialect;
    let names_stay = || {
        target.names.keeps_names()
            || (target.names.keeps_name(sample.raw_name())
                && (sample.labels().iter()).all(|label| target.names.keeps_name(label.raw_name())))
    };
    if let (true, None, None, Some(line)) = (
        same_dialect,
        rewrite.name,
        rewrite.labels,
        sample.line_text(),
    ) && names_stay()
    {
        out.push_str(line);
        out.push('\n');
        return Ok(false);
    }
    push_series(out, sample, target, rewrite)?;
    if let (true, Some(line)) = (same_dialect, sample.line_text()) {
        let rest = line
            .get(sample.shape.series_end as usize..)
            .unwrap_or_default();
        if !rest.starts_with([' ', '\t']) {
            out.push(' ');
        }
        out.push_str(rest);
        out.push('\n');
        return Ok(false);
    }
    out.push(' ');
    text::push_value(out, sample.value(), target.syntax.numbers);
    let (timestamp, exemplar) = (sample.timestamp(), sample.exemplar());
    push_tail(out, sample, target, rewrite, timestamp, exemplar)
}

/// Does what [`push_sample`] does, without the exemplar.
pub(crate) fn push_without_exemplar(
    out: &mut String,
    sample: &Sample<'_>,
    target: &Target,
    rewrite: &Rewrite<'_>,
) -> Result<(), EncodeError> {
    let same_dialect = rewrite.from == target.syntax.dialect;
    let raw_time = sample.raw_timestamp().filter(|_| same_dialect);
    let push_value = |out: &mut String| match same_dialect {
        true => {
            out.push_str(sample.raw_value());
            if let Some(time) = raw_time {
                out.push(' ');
                out.push_str(time);
            }
        }
        false => text::push_value(out, sample.value(), target.syntax.numbers),
    };
    let time = sample.timestamp().filter(|_| raw_time.is_none());
    push_sample_with(out, sample, target, rewrite, push_value, time, None).map(drop)
}

/// Does what [`push_sample`] does, with another value, which `push_value` appends, another timestamp and
/// another exemplar.
pub(crate) fn push_sample_with(
    out: &mut String,
    sample: &Sample<'_>,
    target: &Target,
    rewrite: &Rewrite<'_>,
    push_value: impl FnOnce(&mut String),
    timestamp: Option<i64>,
    exemplar: Option<Exemplar<'_>>,
) -> Result<bool, EncodeError> {
    push_series(out, sample, target, rewrite)?;
    out.push(' ');
    push_value(out);
    push_tail(out, sample, target, rewrite, timestamp, exemplar)
}

/// Appends what comes after the value. Returns whether the exemplar was left out.
fn push_tail(
    out: &mut String,
    sample: &Sample<'_>,
    target: &Target,
    rewrite: &Rewrite<'_>,
    timestamp: Option<i64>,
    exemplar: Option<Exemplar<'_>>,
) -> Result<bool, EncodeError> {
    if let Some(millis) = timestamp {
        let unit = target.syntax.timestamps;
        if millis < 0 && !unit.takes_negative() {
            return Err(EncodeError::NegativeTimestamp {
                metric: sample.name().into_owned(),
                millis,
            });
        }
        text::push_timestamp(out, millis, unit);
    }
    let mut omitted = false;
    match (exemplar, target.syntax.exemplars) {
        (None, _) => {}
        (Some(exemplar), ExemplarCount::One | ExemplarCount::Many) => push_exemplar(out, &exemplar),
        (Some(_), ExemplarCount::None) if rewrite.lossy => omitted = true,
        (Some(_), ExemplarCount::None) => {
            return Err(EncodeError::Exemplar {
                metric: sample.name().into_owned(),
            });
        }
    }
    out.push('\n');
    Ok(omitted)
}

fn push_series(
    out: &mut String,
    sample: &Sample<'_>,
    target: &Target,
    rewrite: &Rewrite<'_>,
) -> Result<(), EncodeError> {
    let own_name;
    let escaped;
    let name = match rewrite.name {
        Some(name) => name,
        None => {
            own_name = sample.name();
            escaped = target.names.metric_name(&own_name)?;
            NameParts::whole(&escaped)
        }
    };
    let mut series = SeriesWriter::new(out, name);
    match rewrite.labels {
        Some(labels) => {
            for (name, value) in labels {
                series.label(&target.names.label_name(name)?, value);
            }
        }
        None => {
            for label in sample.labels() {
                series.label(&target.names.label_name(&label.name())?, &label.value());
            }
        }
    }
    series.finish();
    Ok(())
}

fn push_exemplar(out: &mut String, exemplar: &Exemplar<'_>) {
    let labels = exemplar.labels().into_iter();
    let labels = labels.map(|label| (label.name(), label.value()));
    text::push_exemplar(out, labels, exemplar.value());
    if let Some(millis) = exemplar.timestamp() {
        text::push_timestamp(out, millis, TimeUnit::Seconds);
    }
}
