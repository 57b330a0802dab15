//! Lines that are samples.

use nom::Parser as _;
use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::combinator::{map, opt, peek};
use nom::sequence::{preceded, terminated};

use super::exemplar::{exemplar, lenient_tail};
use super::input::{Input, Parsed, must, other};
use super::labels::{Braces, Labels, labels};
use super::lenient;
use super::token::{blanks, end_of_input, lf, nothing, seconds, timestamp};
use super::value::{Series, Value, value};
use crate::format::syntax::{Blanks, ExemplarCount, StartTimes};
use crate::number::decode;
use crate::text::label_lengths::LabelLengths;
use crate::text::shape::SampleShape;

/// Reads a sample. In [OpenMetrics](https://prometheus.io/docs/specs/om/open_metrics_spec/#abnf):
///
/// ```text
/// sample = metricname [labels] SP number [SP timestamp] [exemplar] LF
/// ```
///
/// In the
/// [text format](https://prometheus.io/docs/instrumenting/exposition_formats/#comments-help-text-and-type-information)
/// with any number of blanks:
///
/// ```text
/// metric_name [
///   "{" label_name "=" `"` label_value `"` { "," label_name "=" `"` label_value `"` } [ "," ] "}"
/// ] value [ timestamp ]
/// ```
///
/// OpenMetrics 2.0 has `SP (number / composite) [SP timestamp] [SP "st@" timestamp] *exemplar` after the
/// labels.
///
/// In all the name may be inside the braces, in quotes: `{"metric.name", label="value"}`.
pub(super) fn sample(input: Input<'_>) -> Parsed<'_, SampleShape> {
    let (start, max_labels) = (input, input.context().limits.max_labels);
    let (input, name) = opt(lenient::metricname_of_sample).parse(input)?;
    let braces = match name {
        Some(_) => Braces::Named,
        None => Braces::Nameless,
    };
    let opened = opt(preceded(blanks, peek(tag("{")))).parse(input)?;
    let (series_end, labels) = match opened {
        (opened, Some(_)) => labels(braces, max_labels)(opened)?,
        (input, None) => (input, Labels::default()),
    };
    let name = labels.name.or(name).unwrap_or_default();
    let series = Series {
        name: start.part(name),
        labels: start.from(labels.at),
        label_count: labels.count,
    };
    let (value_end, value) = value(series)(series_end)?;
    let (input, timestamp) = sample_timestamp(value_end)?;
    let (input, start_timestamp) = start_timestamp(input)?;
    let room = max_labels.saturating_sub(labels.count);
    let (input, (exemplar_at, has_further)) = match input.is_lenient() {
        true => map(lenient_tail(room), |first| (first, false)).parse(input)?,
        false => exemplar(room)(input)?,
    };
    let has_many = input.syntax().exemplars == ExemplarCount::Many;
    let expected = match (exemplar_at, timestamp) {
        (Some(_), _) if has_many => "another exemplar or the end of the line",
        _ if start_timestamp.is_some() => "an exemplar or the end of the line",
        (Some(_), _) => "the exemplar's timestamp or the end of the line",
        (None, Some(_)) => "the end of the line",
        (None, None) => "a timestamp or the end of the line",
    };
    let (left, ()) = must(expected, lf)(input)?;

    let flag = |is_so, flag| if is_so { flag } else { 0 };
    let shape = SampleShape {
        value: match value {
            Value::Number(number) => number,
            Value::Composite => decode::NAN,
        },
        timestamp: timestamp.unwrap_or_default(),
        lengths: LabelLengths::default(),
        name,
        labels_at: labels.at as u32,
        label_count: labels.count as u32,
        series_end: series_end.at() as u32,
        value_end: value_end.at() as u32,
        exemplars_at: exemplar_at.unwrap_or_default() as u32,
        flags: SampleShape::flags_of(input.syntax().suffixes)
            | flag(matches!(value, Value::Composite), SampleShape::IS_COMPOSITE)
            | flag(timestamp.is_some(), SampleShape::HAS_TIMESTAMP)
            | flag(has_further, SampleShape::HAS_FURTHER_EXEMPLARS)
            | flag(start_timestamp.is_some(), SampleShape::HAS_START_TIMESTAMP)
            | flag(labels.has_escapes, SampleShape::HAS_ESCAPES),
        scope: input.context().subject.metric_type_of(series.name.bytes()),
    };
    Ok((left, shape))
}

/// Reads `[SP timestamp]`.
fn sample_timestamp<'i>(input: Input<'i>) -> Parsed<'i, Option<i64>> {
    if input.is_lenient() {
        return lenient::timestamp_of_sample(input);
    }
    let none = |input: Input<'i>| match input.syntax().blanks {
        Blanks::OneSpace => {
            let end = alt((tag("\n"), tag(" # "), start_mark));
            peek(alt((end_of_input, nothing(end)))).parse(input)
        }
        Blanks::Any => preceded(blanks, peek(lf)).parse(input),
    };
    let some = timestamp(
        input.syntax().timestamps,
        "a timestamp or the end of the line",
    );
    alt((map(none, |()| None), map(terminated(some, blanks), Some))).parse(input)
}

/// Reads what begins a start timestamp, if the format has it here.
fn start_mark(input: Input<'_>) -> Parsed<'_, Input<'_>> {
    match input.syntax().start_times {
        StartTimes::None | StartTimes::CreatedLine => other(input),
        StartTimes::OnSample => tag(" st@").parse(input),
    }
}

/// Reads `[SP "st@" timestamp]`.
fn start_timestamp(input: Input<'_>) -> Parsed<'_, Option<i64>> {
    opt(preceded(
        start_mark,
        seconds("a start timestamp in seconds"),
    ))
    .parse(input)
}
