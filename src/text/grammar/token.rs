//! The tokens of all lines: names, texts in quotes, numbers, and what separates them.

use nom::Input as _;
use nom::Parser as _;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while1};
use nom::combinator::{opt, value};
use nom::sequence::{delimited, preceded};

use super::input::{Fail, Input, Parsed, fail, must, other, unexpected, utf8};
use crate::bytes::scan::{self, Quote};
use crate::bytes::work;
use crate::error::ErrorKind;
use crate::format::syntax::{Blanks, BodyEnd, NamesInQuotes, TimeUnit};
use crate::number::decode::{self, NumberError};
use crate::text::leniency::LeniencyKind;
use crate::text::shape::Piece;

// ---- names and texts

/// Reads a run of at least one byte; `len` says how long it is.
#[inline]
pub(super) fn run<'i>(len: impl Fn(&[u8]) -> usize) -> impl Fn(Input<'i>) -> Parsed<'i, Input<'i>> {
    move |input| match len(input.bytes()) {
        0 => other(input),
        len => Ok(input.take_split(len)),
    }
}

/// Reads `metricname = metricname-initial-char *metricname-char`.
#[inline]
pub(super) fn metricname(input: Input<'_>) -> Parsed<'_, Input<'_>> {
    run(scan::metric_name)(input)
}

/// Reads `label-name = label-name-initial-char *label-name-char`.
#[inline]
pub(super) fn label_name(input: Input<'_>) -> Parsed<'_, Input<'_>> {
    run(scan::label_name)(input)
}

/// Reads `DQUOTE escaped-string DQUOTE` and returns the text between the quotes, which may hold line
/// feeds if `line_feeds` says so.
#[inline]
pub(super) fn quoted<'i>(line_feeds: bool) -> impl Fn(Input<'i>) -> Parsed<'i, Piece> {
    move |input| {
        let escaped_string = |text: Input<'i>| match scan::closing_quote(text.bytes(), line_feeds) {
            Quote::Closed { end, escapes } => {
                let (quote, text) = text.take_split(end);
                Ok((quote, text.escaped_piece(escapes)))
            }
            Quote::Forbidden { at } => unexpected(
                text.from(at),
                "the closing quote, for a line feed here is written `\\n`",
            ),
            Quote::Open => fail(
                input,
                ErrorKind::UnclosedQuote,
                "a closing quote for this one",
            ),
        };
        delimited(tag("\""), escaped_string, tag("\"")).parse(input)
    }
}

/// Reads a name in quotes.
pub(super) fn quoted_name<'i>(line_feeds: bool) -> impl Fn(Input<'i>) -> Parsed<'i, Piece> {
    move |input| {
        let (left, name) = quoted(line_feeds)(input)?;
        match input.syntax().names_in_quotes {
            NamesInQuotes::Anything => {}
            NamesInQuotes::Characters => {
                let written = input.part(name);
                if written.bytes().is_empty() {
                    let expected = "a name of at least one character";
                    return fail(written, ErrorKind::EmptyName, expected);
                }
                utf8(written, "a name in UTF-8")?;
            }
        }
        Ok((left, name))
    }
}

// ---- separators

/// Reads blanks and tabs, if the format allows any number.
#[inline]
pub(super) fn blanks(input: Input<'_>) -> Parsed<'_, Input<'_>> {
    let len = match input.syntax().blanks {
        Blanks::OneSpace => 0,
        Blanks::Any => scan::blanks(input.bytes()),
    };
    Ok(input.take_split(len))
}

/// Reads at least one blank or tab.
#[inline]
pub(super) fn some_blanks(input: Input<'_>) -> Parsed<'_, Input<'_>> {
    run(scan::blanks)(input)
}

/// Reads `LF`; where a body may end anywhere, also its end.
#[inline]
pub(super) fn lf<'i>(input: Input<'i>) -> Parsed<'i, ()> {
    let end_of_body = |left: Input<'i>| match left.syntax().end {
        BodyEnd::Anywhere => end_of_input(left),
        BodyEnd::EofLine => other(left),
    };
    let mut end = alt((value((), tag("\n")), end_of_body));
    if !input.is_lenient() {
        return end.parse(input);
    }
    let (left, (carriage_return, ())) = (opt(tag("\r")), end).parse(input)?;
    if carriage_return.is_some() {
        input.note(LeniencyKind::CarriageReturn);
    }
    Ok((left, ()))
}

/// Reads what `parser` reads, for nothing.
#[inline]
pub(super) fn nothing<'i, O>(
    mut parser: impl nom::Parser<Input<'i>, Output = O, Error = Fail>,
) -> impl FnMut(Input<'i>) -> Parsed<'i, ()> {
    move |input| parser.parse(input).map(|(left, _)| (left, ()))
}

/// Reads the end of the input.
#[inline]
pub(super) fn end_of_input(input: Input<'_>) -> Parsed<'_, ()> {
    match input.first() {
        None => Ok((input, ())),
        Some(_) => other(input),
    }
}

/// Reads the rest of the line, and its end.
pub(super) fn rest_of_line(input: Input<'_>) -> Parsed<'_, Input<'_>> {
    let len = scan::line_feed(input.bytes()).unwrap_or(input.bytes().len());
    let (left, text) = input.take_split(len);
    let (left, text) = match text.bytes().strip_suffix(b"\r") {
        Some(cut) if input.is_lenient() => input.take_split(cut.len()),
        _ => (left, text),
    };
    let (left, ()) = must("a line feed", lf)(left)?;
    Ok((left, text))
}

/// Reads one token, and what separates it from the one before.
#[inline]
pub(super) fn token<'i>(expected: &'static str) -> impl Fn(Input<'i>) -> Parsed<'i, Input<'i>> {
    move |input| match input.syntax().blanks {
        Blanks::OneSpace => {
            let token = take_while1(|byte| byte != b' ' && byte != b'\n');
            preceded(must(expected, tag(" ")), must(expected, token)).parse(input)
        }
        Blanks::Any => {
            let is_lenient = input.is_lenient();
            let token = run(|bytes| token_len(bytes, is_lenient));
            preceded(blanks, must(expected, token)).parse(input)
        }
    }
}

/// Returns the length of the token that `bytes` begin with, where tokens are not separated by exactly one
/// space: `{` ends it too, and in lenient reading `#` and CR.
#[inline]
pub(super) fn token_len(bytes: &[u8], is_lenient: bool) -> usize {
    let ends = |b: &u8| match b {
        b' ' | b'\t' | b'\n' | b'{' => true,
        b'\r' | b'#' => is_lenient,
        _ => false,
    };
    let len = bytes.iter().position(ends).unwrap_or(bytes.len());
    work::on(len);
    len
}

// ---- numbers

/// Reads `SP number`; `expected` describes the token, and what it says.
pub(super) fn number<'i>(
    token_expected: &'static str,
    expected: &'static str,
) -> impl Fn(Input<'i>) -> Parsed<'i, f64> {
    move |input| {
        let (left, token) = token(token_expected)(input)?;
        let number = match token.bytes().split_first() {
            Some((b'+' | b'-', word))
                if input.is_lenient() && word.eq_ignore_ascii_case(b"nan") =>
            {
                token.note(LeniencyKind::SignedNan);
                Ok(Ok(decode::NAN))
            }
            _ => std::str::from_utf8(token.bytes()).map(decode::sample_value),
        };
        match number {
            Ok(Ok(number)) => Ok((left, number)),
            Ok(Err(NumberError::Range)) => fail(token, ErrorKind::ValueOutOfRange, expected),
            Ok(Err(NumberError::Syntax)) | Err(_) => fail(token, ErrorKind::InvalidValue, expected),
        }
    }
}

/// Reads `SP timestamp`; returns milliseconds in every format.
pub(super) fn timestamp<'i>(
    unit: TimeUnit,
    token_expected: &'static str,
) -> impl Fn(Input<'i>) -> Parsed<'i, i64> {
    move |input| {
        let (left, token) = token(token_expected)(input)?;
        let time = match unit {
            TimeUnit::Milliseconds => {
                let text = std::str::from_utf8(token.bytes()).unwrap_or_default();
                let millis = decode::timestamp_millis(text);
                let expected = "a timestamp in milliseconds, digits only";
                millis.map_err(|error| timestamp_error(error, token, expected))?
            }
            TimeUnit::Seconds => time_in_seconds(token, "a timestamp in seconds")?,
        };
        Ok((left, time))
    }
}

/// Reads a timestamp in seconds, up to the next space or the line feed; returns milliseconds.
pub(super) fn seconds<'i>(expected: &'static str) -> impl Fn(Input<'i>) -> Parsed<'i, i64> {
    move |input| {
        let token = take_while1(|byte| byte != b' ' && byte != b'\n');
        let (left, token) = must(expected, token)(input)?;
        Ok((left, time_in_seconds(token, expected)?))
    }
}

fn time_in_seconds(token: Input<'_>, expected: &'static str) -> Result<i64, nom::Err<Fail>> {
    let text = std::str::from_utf8(token.bytes()).unwrap_or_default();
    decode::timestamp_seconds(text).map_err(|error| timestamp_error(error, token, expected))
}

/// Returns the error of an invalid timestamp.
pub(super) fn timestamp_error(
    error: NumberError,
    token: Input<'_>,
    expected: &'static str,
) -> nom::Err<Fail> {
    let kind = match error {
        NumberError::Range => ErrorKind::TimestampOutOfRange,
        NumberError::Syntax => ErrorKind::InvalidTimestamp,
    };
    nom::Err::Failure(Fail {
        at: token.at(),
        kind,
        expected,
    })
}
