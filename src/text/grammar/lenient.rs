//! What only lenient reading takes. Each place where it does is noted, as a kind of leniency.
//!
//! What Prometheus reads is read the same way, with the exceptions that are noted: so an extension begins
//! where Prometheus' grammar would fail.

use nom::Input as _;
use nom::bytes::complete::tag;

use super::input::{Input, Parsed, other, unexpected, utf8};
use super::token::{blanks, label_name, metricname, timestamp_error, token_len};
use crate::bytes::scan;
use crate::number::decode::{self, NumberError};
use crate::text::leniency::LeniencyKind;
use crate::text::shape::Piece;

// ---- dots in names

/// Reads `metricname` at the start of a sample, with dots in it if they are allowed.
pub(super) fn metricname_of_sample(input: Input<'_>) -> Parsed<'_, Piece> {
    let (after, bare) = metricname(input)?;
    with_dots(input, bare, scan::metric_name_rest, |name| {
        !is_value(after, input.from(name))
    })
}

/// Reads `metricname` of a HELP or TYPE line, with dots in it if they are allowed.
pub(super) fn metricname_of_metadata(input: Input<'_>) -> Parsed<'_, Piece> {
    let (_, bare) = metricname(input)?;
    // If something else follows, the byte after the name is dropped as Prometheus drops it: after the
    // dots it could be a part of a character.
    with_dots(input, bare, scan::metric_name_rest, |name| {
        let next = input.from(name).first();
        matches!(next, None | Some(b' ' | b'\t' | b'\r' | b'\n'))
    })
}

/// Reads `label-name`, with dots in it if they are allowed.
pub(super) fn label_name_with_dots(input: Input<'_>) -> Parsed<'_, Piece> {
    let (_, bare) = label_name(input)?;
    with_dots(input, bare, scan::label_name_rest, |_| true)
}

/// Reads the name that `input` begins with: the `bare` part, or more with dots between that and runs of
/// `part`, if it `may_end` after that many bytes.
fn with_dots<'i>(
    input: Input<'i>,
    bare: Input<'i>,
    part: impl Fn(&[u8]) -> usize,
    may_end: impl Fn(usize) -> bool,
) -> Parsed<'i, Piece> {
    let bare = bare.bytes().len();
    let mut len = bare;
    while input.is_lenient()
        && let Some((b'.', more)) = input.from(len).bytes().split_first()
        && let more @ 1.. = part(more)
    {
        len += 1 + more;
    }
    if len > bare && may_end(len) {
        input.note(LeniencyKind::DottedName);
    } else {
        len = bare;
    }
    let (left, name) = input.take_split(len);
    Ok((left, name.piece()))
}

/// Tells whether what follows a bare name is a value, as Prometheus reads it: `a.5` says that `a` is 0.5.
/// `left` is what follows it with dots.
fn is_value(input: Input<'_>, left: Input<'_>) -> bool {
    let token = input.up_to(token_len(input.bytes(), true));
    let text = std::str::from_utf8(token.bytes());
    !left.fits((blanks, tag("{")))
        && text.is_ok_and(|text| decode::sample_value(text) != Err(NumberError::Syntax))
}

// ---- in braces

/// Reads a comma without a label before it.
pub(super) fn stray_comma(input: Input<'_>) -> Parsed<'_, Input<'_>> {
    if !input.is_lenient() {
        return other(input);
    }
    let (left, comma) = tag(",")(input)?;
    comma.note(LeniencyKind::StrayComma);
    Ok((left, comma))
}

/// Reads a label value without quotes, up to the next blank, comma or brace. It cannot hold bytes that
/// would make its end doubtful, or need escaping in quotes.
pub(super) fn unquoted_value(input: Input<'_>) -> Parsed<'_, Piece> {
    if !input.is_lenient() {
        return other(input);
    }
    let (left, text) = input.take_split(scan::unquoted_value(input.bytes()));
    if text.bytes().is_empty() && !matches!(left.first(), Some(b',' | b'}')) {
        return unexpected(input, "a label value");
    }
    utf8(text, "a label value in UTF-8")?;
    text.note(LeniencyKind::UnquotedValue);
    Ok((left, text.piece()))
}

// ---- after the value

/// Reads `[timestamp]` in milliseconds, also with a sign, a fraction or an exponent, and the blanks
/// around it.
pub(super) fn timestamp_of_sample(input: Input<'_>) -> Parsed<'_, Option<i64>> {
    let (input, _) = blanks(input)?;
    let (left, token) = input.take_split(token_len(input.bytes(), true));
    let text = std::str::from_utf8(token.bytes()).unwrap_or_default();
    let millis = match decode::timestamp_lenient(text) {
        Ok(millis) => millis,
        // Not a number: something else follows the value.
        Err(NumberError::Syntax) if decode::sample_value(text) == Err(NumberError::Syntax) => {
            return Ok((input, None));
        }
        Err(error) => {
            return Err(timestamp_error(error, token, "a timestamp in milliseconds"));
        }
    };
    if decode::timestamp_millis(text).is_err() {
        token.note(LeniencyKind::Timestamp);
    }
    let (left, _) = blanks(left)?;
    Ok((left, Some(millis)))
}

// ---- in metadata

/// Notes the spelling of a type, if Prometheus would not take it.
pub(super) fn note_type(written: Input<'_>) {
    let bytes = written.bytes();
    let before = bytes.len() - bytes.trim_ascii_start().len();
    let word = bytes.trim_ascii();
    if before > 0 {
        written.note(LeniencyKind::BlanksAroundType);
    } else if word.len() < bytes.len() {
        written
            .from(word.len())
            .note(LeniencyKind::BlanksAroundType);
    }
    if written.syntax().types.read_strictly(word).is_none() {
        written.from(before).note(LeniencyKind::TypeWord);
    }
}
