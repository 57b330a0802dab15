//! Lines that begin with `#`.

use nom::Parser as _;
use nom::branch::alt;
use nom::bytes::complete::{tag, take};
use nom::combinator::value;
use nom::sequence::{preceded, terminated};

use super::input::{Fail, Input, Parsed, fail, failed, must, other, unexpected, utf8};
use super::lenient;
use super::token::{end_of_input, quoted_name, rest_of_line, some_blanks};
use crate::bytes::scan;
use crate::error::ErrorKind;
use crate::format::syntax::{FamilyRules, Units};
use crate::model::metric_type::MetricType;
use crate::model::suffix::Suffix;
use crate::text::leniency::LeniencyKind;
use crate::text::shape::{OtherShape, Piece};

/// Reads a line of the
/// [text format](https://prometheus.io/docs/instrumenting/exposition_formats/#comments-help-text-and-type-information)
/// that begins with `#`: HELP and TYPE; everything else is a comment (spec T12-T15).
pub(super) fn comment(line: Input<'_>) -> Parsed<'_, OtherShape> {
    let metadata = preceded((tag("#"), some_blanks), metadata(line));
    alt((metadata, bare_metadata, only_comment)).parse(line)
}

fn only_comment(line: Input<'_>) -> Parsed<'_, OtherShape> {
    let (left, text) = rest_of_line(line)?;
    let text = text.piece();
    Ok((left, OtherShape::Comment { text }))
}

/// Reads `#HELP` or `#TYPE`: Prometheus takes it as a comment, and it stays one if it says nothing.
fn bare_metadata(line: Input<'_>) -> Parsed<'_, OtherShape> {
    if !line.is_lenient() {
        return other(line);
    }
    let noted = line.noted();
    line.note(LeniencyKind::BareKeyword);
    match preceded(tag("#"), metadata(line)).parse(line) {
        Ok((left, shape)) if shape.name().is_some() => Ok((left, shape)),
        _ => {
            line.note_only(noted);
            other(line)
        }
    }
}

#[derive(Clone, Copy)]
enum Keyword {
    Help,
    Type,
}

/// Reads `HELP metric_name text` or `TYPE metric_name type`, of `line`.
fn metadata<'i>(line: Input<'i>) -> impl Fn(Input<'i>) -> Parsed<'i, OtherShape> {
    let keyword = |input| {
        let help = value(Keyword::Help, tag("HELP"));
        let r#type = value(Keyword::Type, tag("TYPE"));
        terminated(alt((help, r#type)), some_blanks).parse(input)
    };
    move |input| {
        let (input, keyword) = keyword(input)?;
        let (text, name) = terminated(metricname, dropped).parse(input)?;
        match keyword {
            Keyword::Help => help(name)(text),
            Keyword::Type if line.is_lenient() && says_nothing(text) => {
                text.note(LeniencyKind::MissingType);
                only_comment(line)
            }
            Keyword::Type => metric_type(name)(text),
        }
    }
}

/// Reads what is dropped after a name: one byte, whichever it is (spec T16), or everything if there are
/// only blanks, which do not count as text (spec T18).
fn dropped(input: Input<'_>) -> Parsed<'_, Input<'_>> {
    let (_, line) = rest_of_line(input)?;
    let line = line.bytes();
    let len = match scan::blanks(line) == line.len() {
        true => line.len(),
        false => 1,
    };
    take(len)(input)
}

fn says_nothing(text: Input<'_>) -> bool {
    rest_of_line(text).is_ok_and(|(_, text)| text.bytes().is_empty())
}

/// Reads a line of [OpenMetrics](https://prometheus.io/docs/specs/om/open_metrics_spec/#abnf) that begins
/// with `#`, with exactly one space between its parts (spec O1, O25, O28):
///
/// ```text
/// metric-descriptor = HASH SP type SP metricname SP metric-type LF
/// metric-descriptor =/ HASH SP help SP metricname SP escaped-string LF
/// metric-descriptor =/ HASH SP unit SP metricname SP *metricname-char LF
/// ```
///
/// or `HASH SP eof`, after which nothing follows.
pub(super) fn metric_descriptor(line: Input<'_>) -> Parsed<'_, OtherShape> {
    let hash = must("`# HELP `, `# TYPE `, `# UNIT ` or `# EOF`", tag("# "));
    let name = || terminated(metricname, must("a space and the text", tag(" ")));
    let r#type = preceded(tag("TYPE "), name().flat_map(metric_type));
    let help = preceded(tag("HELP "), name().flat_map(help));
    let unit = preceded(tag("UNIT "), name().flat_map(unit));
    let what = alt((r#type, help, unit, eof));
    preceded(hash, must("`HELP `, `TYPE `, `UNIT ` or `EOF`", what)).parse(line)
}

/// Reads `eof = "EOF"`, and the end of its line or of the body.
fn eof<'i>(input: Input<'i>) -> Parsed<'i, OtherShape> {
    let nothing = |left: Input<'i>| fail(left, ErrorKind::AfterEof, "the end of the body");
    let end = alt((end_of_input, value((), tag("\n")), nothing));
    value(OtherShape::Eof, (tag("EOF"), end)).parse(input)
}

/// Reads `metricname`, or a name in quotes.
fn metricname(input: Input<'_>) -> Parsed<'_, Piece> {
    let name = alt((lenient::metricname_of_metadata, quoted_name(true)));
    must("a metric name", name)(input)
}

/// Reads `escaped-string LF`.
fn help<'i>(name: Piece) -> impl Fn(Input<'i>) -> Parsed<'i, OtherShape> {
    move |input| {
        let (left, text) = rest_of_line(input)?;
        utf8(text, "a help text in UTF-8")?;
        no_carriage_return(text)?;
        let shape = OtherShape::Help {
            name,
            text: text.escaped_piece(scan::has_backslash(text.bytes())),
            escapes: input.syntax().help,
        };
        Ok((left, shape))
    }
}

/// Reads `metric-type LF` (spec T19, O35).
fn metric_type<'i>(name: Piece) -> impl Fn(Input<'i>) -> Parsed<'i, OtherShape> {
    move |input| {
        let (left, word) = rest_of_line(input)?;
        let types = input.syntax().types;
        match types.read(word.bytes()) {
            Some(kind) => {
                if input.is_lenient() {
                    lenient::note_type(word);
                }
                suits_type(input, name, kind)?;
                Ok((left, OtherShape::Type { name, kind }))
            }
            None if word.bytes().is_empty() => unexpected(input, types.expected()),
            None => fail(input, ErrorKind::UnknownType, types.expected()),
        }
    }
}

/// Reads `*metricname-char LF`: must be the end of the name, after an underscore (spec O35).
fn unit<'i>(name: Piece) -> impl Fn(Input<'i>) -> Parsed<'i, OtherShape> {
    move |input| {
        let (left, unit) = rest_of_line(input)?;
        let written_name = input.part(name).bytes();
        match input.syntax().units {
            Units::None | Units::Suffix => {
                let family = written_name.strip_suffix(unit.bytes());
                if !unit.bytes().is_empty() && !family.is_some_and(|family| family.ends_with(b"_"))
                {
                    return fail(
                        input,
                        ErrorKind::InvalidUnit,
                        "a unit that the metric's name ends in, after an underscore",
                    );
                }
            }
            Units::Free => {
                no_carriage_return(unit)?;
                let kind = input.context().subject.metric_type_of(written_name);
                if !unit.bytes().is_empty() && has_no_unit(kind) {
                    return fail(unit, ErrorKind::UnsuitableUnit, NO_UNIT);
                }
            }
        }
        let unit = unit.piece();
        Ok((left, OtherShape::Unit { name, unit }))
    }
}

const NO_UNIT: &str = "no unit, which infos and state sets do not have";

fn has_no_unit(kind: MetricType) -> bool {
    matches!(kind, MetricType::Info | MetricType::StateSet)
}

/// Checks what OpenMetrics 2.0 says of a metric's name and unit for its type.
fn suits_type(word: Input<'_>, name: Piece, kind: MetricType) -> Result<(), nom::Err<Fail>> {
    match word.syntax().family_rules {
        FamilyRules::None | FamilyRules::OpenMetrics => return Ok(()),
        FamilyRules::OpenMetrics2 => {}
    }
    let name = word.part(name);
    let suffix = Suffix::Info.as_str().as_bytes();
    if kind == MetricType::Info && !name.bytes().ends_with(suffix) {
        let expected = "a name that ends in `_info`, for the metric is an info";
        return failed(name, ErrorKind::UnsuitableName, expected);
    }
    match has_no_unit(kind) && word.context().subject.has_unit(name.bytes()) {
        true => failed(
            word,
            ErrorKind::UnsuitableUnit,
            "a type other than `info` and `stateset`, for the metric has a unit",
        ),
        false => Ok(()),
    }
}

/// Checks that a text does not end in a CR, if that would be a wrong line end.
fn no_carriage_return(text: Input<'_>) -> Result<(), nom::Err<Fail>> {
    match text.bytes().split_last() {
        Some((b'\r', before)) if !text.syntax().carriage_returns => failed(
            text.from(before.len()),
            ErrorKind::Unexpected,
            "a line feed, without a carriage return",
        ),
        _ => Ok(()),
    }
}
