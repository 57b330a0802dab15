//! What follows a sample's value and timestamp: an exemplar; in lenient reading also a comment, or
//! anything else.

use nom::Parser as _;
use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::combinator::{map, not, opt, peek, value};
use nom::sequence::{delimited, preceded};

use super::input::{Fail, Input, Parsed, must, other, utf8};
use super::labels::{Braces, labels};
use super::token::{blanks, lf, number, rest_of_line, timestamp};
use crate::error::ErrorKind;
use crate::format::syntax::{ExemplarCount, TimeUnit};
use crate::text::leniency::LeniencyKind;

/// Reads `[exemplar]`, with `exemplar = SP HASH SP labels SP number [SP timestamp]` (spec O36), or any
/// number of them, each with a timestamp, and returns where the first one's braces open, and whether
/// there are more. `room` is how many labels it can have.
pub(super) fn exemplar<'i>(room: usize) -> impl Fn(Input<'i>) -> Parsed<'i, (Option<usize>, bool)> {
    move |input| match input.syntax().exemplars {
        ExemplarCount::None => Ok((input, (None, false))),
        ExemplarCount::One => {
            let ends = |left: Input<'i>| not(tag(" ")).parse(left);
            map(opt(one(room, ends)), |first| (first, false)).parse(input)
        }
        ExemplarCount::Many => {
            let (mut input, first) = opt(one(room, other)).parse(input)?;
            let mut has_further = false;
            while let (left, Some(_)) = opt(one(room, other)).parse(input)? {
                input = left;
                has_further = true;
            }
            Ok((input, (first, has_further)))
        }
    }
}

/// Reads `SP HASH SP labels SP number [SP timestamp]`, without a timestamp if what `ends` fits after the
/// number.
fn one<'i>(
    room: usize,
    ends: fn(Input<'i>) -> Parsed<'i, ()>,
) -> impl nom::Parser<Input<'i>, Output = usize, Error = Fail> {
    preceded(
        tag(" # "),
        preceded(
            must("the exemplar's labels in braces", peek(tag("{"))),
            parts(room, ends),
        ),
    )
}

/// Reads `labels SP number [SP timestamp]`, without a timestamp if what `ends` fits after the number.
/// Returns where its braces open.
fn parts<'i>(
    room: usize,
    ends: fn(Input<'i>) -> Parsed<'i, ()>,
) -> impl Fn(Input<'i>) -> Parsed<'i, usize> {
    move |input| {
        let number = number(
            "a space and the exemplar's value",
            "a number as the exemplar's value",
        );
        let expected = match input.syntax().exemplars {
            ExemplarCount::Many => "the exemplar's timestamp",
            ExemplarCount::None | ExemplarCount::One => {
                "the exemplar's timestamp or the end of the line"
            }
        };
        let timestamp = timestamp(TimeUnit::Seconds, expected);
        let no_timestamp = peek(ends);
        let (left, _) = (
            labels(Braces::Exemplar, room),
            number,
            alt((no_timestamp, value((), timestamp))),
        )
            .parse(input)?;
        Ok((left, input.at()))
    }
}

/// Reads what lenient reading takes up to the end of the line; returns where an exemplar's braces open in
/// it.
pub(super) fn lenient_tail<'i>(room: usize) -> impl Fn(Input<'i>) -> Parsed<'i, Option<usize>> {
    move |input| {
        if input.fits(lf) {
            return Ok((input, None));
        }
        if input.first() != Some(b'#') {
            input.note(LeniencyKind::Tail);
            return passed_over(input);
        }
        let noted = input.noted();
        match lenient_exemplar(room)(input) {
            Ok((left, at)) => {
                input.note(LeniencyKind::Exemplar);
                return Ok((left, Some(at)));
            }
            Err(nom::Err::Failure(failed)) if failed.kind == ErrorKind::TooManyLabels => {
                return Err(nom::Err::Failure(failed));
            }
            Err(_) => {}
        }
        input.note_only(noted);
        input.note(LeniencyKind::Comment);
        passed_over(input)
    }
}

/// Reads an exemplar as in OpenMetrics, with any blanks between its parts, up to the end of the line.
fn lenient_exemplar<'i>(room: usize) -> impl Fn(Input<'i>) -> Parsed<'i, usize> {
    move |input| {
        let mut exemplar = delimited(
            (tag("#"), blanks),
            parts(room, line_ends),
            (blanks, must("the end of the line", peek(line_ends))),
        );
        exemplar.parse(input)
    }
}

/// Reads blanks and the end of the line, and notes what only lenient reading takes.
fn line_ends(input: Input<'_>) -> Parsed<'_, ()> {
    match input.fits(preceded(blanks, lf)) {
        true => Ok((input, ())),
        false => other(input),
    }
}

/// Skips the rest of the line, before its end.
fn passed_over(input: Input<'_>) -> Parsed<'_, Option<usize>> {
    let (_, text) = rest_of_line(input)?;
    utf8(text, "a comment in UTF-8")?;
    Ok((input.from(text.bytes().len()), None))
}
