//! The value of a sample, where its metric's type decides what it may be.

use nom::Parser as _;
use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::combinator::{map, peek};
use nom::sequence::preceded;

use super::composite::composite;
use super::input::{Fail, Input, Parsed, fail, failed};
use super::token::number;
use crate::error::ErrorKind;
use crate::format::syntax::{Blanks, Composites};
use crate::model::metric_type::MetricType;
use crate::text::walk::LabelWalk;

/// What a sample's value is.
#[derive(Clone, Copy)]
pub(super) enum Value {
    Number(f64),
    Composite,
}

/// The series that a value belongs to.
#[derive(Clone, Copy)]
pub(super) struct Series<'i> {
    pub(super) name: Input<'i>,
    /// The labels, from the first on, and how many they are.
    pub(super) labels: Input<'i>,
    pub(super) label_count: usize,
}

/// Reads `SP number`, or where there are composite values `SP (number / composite)`.
pub(super) fn value<'i>(series: Series<'i>) -> impl Fn(Input<'i>) -> Parsed<'i, Value> {
    move |input| match input.syntax().composites {
        Composites::Lines => map(any_number, Value::Number).parse(input),
        Composites::Braces => {
            let kind = input.context().subject.metric_type_of(series.name.bytes());
            let composite = preceded(peek(tag(" {")), preceded(tag(" "), composite(kind)));
            alt((
                map(composite, |()| Value::Composite),
                map(series.number(kind), Value::Number),
            ))
            .parse(input)
        }
    }
}

/// Reads `SP number`.
fn any_number(input: Input<'_>) -> Parsed<'_, f64> {
    let expected = match input.syntax().blanks {
        Blanks::OneSpace => "a space and the sample's value",
        Blanks::Any => "the sample's value",
    };
    number(expected, "a number as the sample's value")(input)
}

impl<'i> Series<'i> {
    /// Reads `SP number`, one that a metric of that type may have.
    fn number(self, kind: MetricType) -> impl Fn(Input<'i>) -> Parsed<'i, f64> {
        move |input| {
            let (left, number) = any_number(input)?;
            let expected = match kind {
                MetricType::Histogram | MetricType::GaugeHistogram | MetricType::Summary => {
                    "all values of the metric in braces, for it is a histogram or a summary"
                }
                MetricType::Counter if number.is_nan() => {
                    "a number other than NaN, for the metric is a counter"
                }
                MetricType::Info if number != 1.0 => "1, for the metric is an info",
                MetricType::StateSet if number != 0.0 && number != 1.0 => {
                    "0 or 1, for the metric is a state set"
                }
                MetricType::StateSet => {
                    self.names_its_state()?;
                    return Ok((left, number));
                }
                MetricType::Counter
                | MetricType::Gauge
                | MetricType::Info
                | MetricType::Unknown => return Ok((left, number)),
            };
            fail(input.from(1), ErrorKind::UnsuitableValue, expected)
        }
    }

    /// Checks that a label has the metric's name, which names a state of a state set.
    fn names_its_state(self) -> Result<(), nom::Err<Fail>> {
        let labels = LabelWalk::new(self.labels.bytes()).take(self.label_count);
        let mut names =
            labels.map(|label| self.labels.up_to(label.name.end()).from(label.name.start()));
        match names.any(|name| name.bytes() == self.name.bytes()) {
            true => Ok(()),
            false => failed(
                self.name,
                ErrorKind::MissingState,
                "a label with the name of the metric, for that is a state set",
            ),
        }
    }
}
