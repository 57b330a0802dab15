//! The content of the braces of a sample or an exemplar.

use nom::Parser as _;
use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::combinator::{map, peek, value};
use nom::sequence::preceded;

use super::input::{Input, Parsed, fail, must, other, utf8};
use super::lenient;
use super::token::{blanks, label_name, quoted, quoted_name};
use crate::error::ErrorKind;
use crate::format::syntax::{Commas, QuotedName};
use crate::text::shape::Piece;

/// Where the labels being read belong.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Braces {
    /// After a bare name.
    Named,
    /// At the start of a series: one quoted text inside is the name.
    Nameless,
    Exemplar,
}

/// The content of braces.
#[derive(Default)]
pub(super) struct Labels {
    pub(super) count: usize,
    /// Whether there is a backslash in some label's name or value.
    pub(super) has_escapes: bool,
    /// The metric's name, if it is in the braces.
    pub(super) name: Option<Piece>,
    /// Where the first label may begin: after the opening brace, or after a metric's name that comes first.
    pub(super) at: usize,
}

/// One item of the braces.
#[derive(Clone, Copy)]
enum Item {
    /// The closing brace.
    End,
    /// A comma on its own.
    Comma,
    /// The metric's name, and the comma after it.
    MetricName(Piece),
    Label {
        name: Piece,
        value: Piece,
        is_quoted: bool,
    },
}

/// Reads `labels = "{" [label *(COMMA label)] "}"`, with at most `room` labels.
pub(super) fn labels<'i>(braces: Braces, room: usize) -> impl Fn(Input<'i>) -> Parsed<'i, Labels> {
    move |input| {
        let (mut input, _) = tag("{")(input)?;
        let mut labels = Labels {
            at: input.at(),
            ..Labels::default()
        };
        // A loop over items, since labels are counted and not kept.
        loop {
            let (start, _) = blanks(input)?;
            let (left, item) = must("a label name or `}`", item(braces))(start)?;
            input = match item {
                Item::End if braces == Braces::Nameless && labels.name.is_none() => {
                    let expected = "a metric name, before the braces or in quotes inside them";
                    return fail(start, ErrorKind::MissingName, expected);
                }
                Item::End => return Ok((left, labels)),
                Item::Comma => left,
                Item::MetricName(_) if braces == Braces::Named || labels.name.is_some() => {
                    let expected = "labels only, for the metric has its name already";
                    return fail(start, ErrorKind::SecondName, expected);
                }
                Item::MetricName(_)
                    if labels.count > 0 && input.syntax().quoted_name == QuotedName::First =>
                {
                    let expected = "labels only, for the metric's name comes first";
                    return fail(start, ErrorKind::LateName, expected);
                }
                Item::MetricName(name) => {
                    labels.name = Some(name);
                    if labels.count == 0 {
                        labels.at = left.at();
                    }
                    left
                }
                Item::Label { .. } if labels.count >= room => {
                    return fail(start, ErrorKind::TooManyLabels, "fewer labels");
                }
                Item::Label {
                    name,
                    value,
                    is_quoted,
                } => {
                    labels.count += 1;
                    labels.has_escapes |= name.has_escapes() || value.has_escapes();
                    separator(is_quoted)(left)?.0
                }
            };
        }
    }
}

fn item<'i>(braces: Braces) -> impl Fn(Input<'i>) -> Parsed<'i, Item> {
    move |input| {
        alt((
            value(Item::End, tag("}")),
            value(Item::Comma, lenient::stray_comma),
            label(braces),
        ))
        .parse(input)
    }
}

/// Reads `label = label-name EQ DQUOTE escaped-string DQUOTE`, or in its place the metric's name in
/// quotes.
fn label<'i>(braces: Braces) -> impl Fn(Input<'i>) -> Parsed<'i, Item> {
    let is_exemplar = braces == Braces::Exemplar;
    move |input| {
        let bare = map(lenient::label_name_with_dots, |name| (name, false));
        let in_quotes = map(quoted_name(!is_exemplar), |name| (name, true));
        let (left, (name, is_quoted)) = alt((bare, in_quotes)).parse(input)?;
        let metric_name = value(Item::MetricName(name), metric_name_end);
        let mut label = map(label_value(braces), |(value, is_quoted)| Item::Label {
            name,
            value,
            is_quoted,
        });
        match is_quoted && !is_exemplar {
            true => alt((metric_name, label)).parse(left),
            false => label.parse(left),
        }
    }
}

/// Reads what follows a quoted name that is the metric's.
fn metric_name_end(input: Input<'_>) -> Parsed<'_, Input<'_>> {
    preceded(blanks, alt((tag(","), peek(tag("}"))))).parse(input)
}

/// Reads `EQ DQUOTE escaped-string DQUOTE`; returns the text there, and whether it is in quotes.
fn label_value<'i>(braces: Braces) -> impl Fn(Input<'i>) -> Parsed<'i, (Piece, bool)> {
    let in_quotes = move |input: Input<'i>| {
        let line_feeds = input.syntax().raw_line_feeds && braces != Braces::Exemplar;
        let (left, value) = quoted(line_feeds)(input)?;
        utf8(input.part(value), "a label value in UTF-8")?;
        Ok((left, (value, true)))
    };
    let bare = |input| map(lenient::unquoted_value, |value| (value, false)).parse(input);
    move |input| {
        preceded(
            (blanks, must("`=` after the label name", tag("=")), blanks),
            must("a label value in double quotes", alt((in_quotes, bare))),
        )
        .parse(input)
    }
}

/// Reads `COMMA`, or accepts what may follow a label without one: the closing brace, and in the text
/// format another label (spec T29). `is_quoted` tells how its value is written.
fn separator<'i>(is_quoted: bool) -> impl Fn(Input<'i>) -> Parsed<'i, ()> {
    move |input| {
        let (next, blanks) = blanks(input)?;
        let is_apart = is_quoted || !blanks.bytes().is_empty();
        let next_label = |next: Input<'i>| match next.syntax().commas {
            Commas::Required => other(next),
            Commas::Optional if is_apart => alt((tag("\""), label_name)).parse(next),
            Commas::Optional => label_name(next),
        };
        must(
            "`,` or `}` after the label",
            alt((
                value((), tag(",")),
                value((), peek(alt((tag("}"), next_label)))),
            )),
        )(next)
    }
}
