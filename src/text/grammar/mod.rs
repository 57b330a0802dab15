//! The grammar of a line, for every text format: the readable reference. [`line`] lists the lines there
//! are; [`descriptor`] reads those that begin with `#`, [`sample`] the others, made of [`labels`],
//! [`exemplar`] and [`token`]s; [`lenient`] has what only lenient reading takes.
//!
//! Productions have the names of the [ABNF of
//! OpenMetrics](https://prometheus.io/docs/specs/om/open_metrics_spec/#abnf), or else those of the [text
//! format's
//! description](https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details). The
//! rules follow Prometheus' two parsers token by token; where these differ, the difference is one
//! question to the format's [`Syntax`](crate::format::syntax::Syntax), side by side.
//!
//! A production takes an [`Input`] and returns what it read as plain values. Where others may fit, it is
//! tried, until a [`must`] says what is expected. All diagnostics come from here.
//!
//! The fast scanner declines what it is not sure of, and the line comes here. The two may never disagree:
//! a property test and a fuzz target check it, so change both together. The scanner is for speed; this is
//! written to be read.

mod composite;
mod descriptor;
mod exemplar;
mod input;
mod labels;
mod lenient;
mod sample;
mod token;
mod value;

use nom::Parser as _;
use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::combinator::{map, peek, value};
use nom::sequence::preceded;

pub(crate) use input::Context;

use input::{Input, Parsed, Reading, must, other};
use token::{blanks, lf, metricname};

use crate::error::ErrorKind;
use crate::text::leniency::Noted;
use crate::text::shape::LineShape;

/// Why reading a line stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// A quoted text is open at the end of the input, and more may come.
    Incomplete,
    Error {
        kind: ErrorKind,
        expected: &'static str,
        /// Bytes from the line's start.
        at: usize,
    },
}

/// A line that was read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Read {
    /// `None` for a blank line.
    pub(crate) shape: Option<LineShape>,
    /// In bytes, with the line feed.
    pub(crate) len: usize,
    /// What was taken that Prometheus does not take; only lenient reading has any.
    pub(crate) noted: Noted,
}

/// Reads the line that `input` begins with. `at_end` says that the input ends the body; otherwise it must end
/// in a line feed, so that only a quoted text can continue past its end.
pub(crate) fn line(input: &[u8], context: &Context, at_end: bool) -> Result<Read, Stop> {
    let reading = Reading::new(input, context);
    match any_line(reading.input()) {
        Ok((left, shape)) => Ok(Read {
            shape,
            len: left.at(),
            noted: left.noted(),
        }),
        Err(nom::Err::Error(fail) | nom::Err::Failure(fail)) => {
            if fail.kind == ErrorKind::UnclosedQuote && !at_end {
                return Err(Stop::Incomplete);
            }
            Err(Stop::Error {
                kind: fail.kind,
                expected: fail.expected,
                at: fail.at,
            })
        }
        Err(nom::Err::Incomplete(_)) => Err(Stop::Incomplete),
    }
}

/// Reads a sample, a line that begins with `#`, or nothing if the format has blank lines.
fn any_line(input: Input<'_>) -> Parsed<'_, Option<LineShape>> {
    let comments = input.syntax().comments;
    let expected = match comments {
        true => "a metric name, `{` or `#`",
        false => "a metric name, `{` or `# `",
    };
    let hash_line = |input| match comments {
        true => descriptor::comment(input),
        false => descriptor::metric_descriptor(input),
    };
    let blank_line = |input| match comments {
        true => lf(input),
        false => other(input),
    };
    preceded(
        blanks,
        must(
            expected,
            alt((
                map(preceded(peek(tag("#")), hash_line), |shape| {
                    Some(LineShape::Other(shape))
                }),
                map(
                    preceded(peek(alt((tag("{"), metricname))), sample::sample),
                    |shape| Some(LineShape::Sample(shape)),
                ),
                value(None, blank_line),
            )),
        ),
    )
    .parse(input)
}
