//! The specification's grammar: reads a line, whatever Prometheus makes of it.
//!
//! [`text::grammar`](crate::text) reads as Prometheus does, which takes some lines that this grammar does not
//! have, and refuses some that it has.

use super::super::demand::Demand;
use super::composite::{self, Composite};
use super::cursor::{self, Cursor, Fault, Read, Token, fail};
use super::demand;
use super::report::Report;
use crate::bytes::scan;
use crate::bytes::work;
use crate::error::ErrorKind;
use crate::model::metric_type::{MetricType, TypeWords};
use crate::text::shape::{LabelList, LabelShape, Piece};

/// What a line says.
#[expect(
    clippy::large_enum_variant,
    reason = "one at a time is read, and passed on by reference"
)]
pub(super) enum Line<'a> {
    Descriptor(Descriptor<'a>),
    Sample(Sample<'a>),
    Eof,
}

/// A name, and whether it is in quotes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name {
    pub(super) piece: Piece,
    pub(super) is_quoted: bool,
}

pub(super) struct Descriptor<'a> {
    pub(super) name: Name,
    pub(super) says: Says<'a>,
}

/// What metadata says.
#[derive(Clone, Copy)]
pub(super) enum Says<'a> {
    Type(MetricType),
    Unit(Token<'a>),
    Help(Token<'a>),
}

pub(super) struct Sample<'a> {
    pub(super) name: Name,
    pub(super) labels: LabelList,
    pub(super) value: Value<'a>,
    pub(super) timestamp: Option<Token<'a>>,
    pub(super) start: Option<Token<'a>>,
    /// Before the first exemplar, or at the end of the line.
    pub(super) exemplars: Cursor<'a>,
    /// How many labels the exemplars may have.
    pub(super) room: usize,
}

#[expect(
    clippy::large_enum_variant,
    reason = "one at a time is read, and passed on by reference"
)]
pub(super) enum Value<'a> {
    Number(Token<'a>),
    Composite(Composite<'a>),
}

/// An exemplar; its value has no rule.
pub(super) struct Exemplar<'a> {
    pub(super) labels: LabelList,
    pub(super) timestamp: Token<'a>,
}

/// Reads a line without its line feed. Reports what is wrong and does not keep it from being read.
pub(super) fn line<'a>(
    text: &'a str,
    max_labels: usize,
    report: &mut Report<'_, '_>,
) -> Read<Line<'a>> {
    let mut cursor = Cursor { line: text, at: 0 };
    match cursor.peek() {
        None => fail(0, demand::NO_BLANK_LINE),
        Some(b'#') if text == "# EOF" => Ok(Line::Eof),
        Some(b'#') => descriptor(&mut cursor, report).map(Line::Descriptor),
        Some(_) => sample(&mut cursor, max_labels, report).map(Line::Sample),
    }
}

/// Reads `"# " ("TYPE" / "HELP" / "UNIT") SP name SP text`.
fn descriptor<'a>(cursor: &mut Cursor<'a>, report: &mut Report<'_, '_>) -> Read<Descriptor<'a>> {
    enum Keyword {
        Type,
        Help,
        Unit,
    }
    let keyword = match () {
        () if cursor.eat("# TYPE ") => Keyword::Type,
        () if cursor.eat("# HELP ") => Keyword::Help,
        () if cursor.eat("# UNIT ") => Keyword::Unit,
        () => return fail(0, demand::LINE_KIND),
    };
    let name = match cursor.peek() {
        Some(b'"') => quoted_name(cursor, report)?,
        _ => bare_name(cursor)?,
    };
    let after = match cursor.peek() {
        None => demand::grammar("a space after the name, even if nothing follows"),
        Some(_) => demand::name("a space after the name, or the name in quotes"),
    };
    cursor.expect(" ", after)?;
    let token = cursor.token(&[]);
    let says = match keyword {
        Keyword::Type => match TypeWords::OpenMetrics.read(token.text.as_bytes()) {
            Some(kind) => Says::Type(kind),
            None => {
                let expected = TypeWords::OpenMetrics.expected();
                return fail(token.at, demand::grammar(expected));
            }
        },
        Keyword::Unit => {
            let is_good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':');
            if let Some(other) = token.text.bytes().position(|byte| !is_good(byte)) {
                let expected = "a letter, a digit, `_` or `:`, in the unit";
                report.add(token.at + other, demand::grammar(expected));
            }
            Says::Unit(token)
        }
        Keyword::Help => {
            help(token, report);
            Says::Help(token)
        }
    };
    Ok(Descriptor { name, says })
}

/// Checks the text of HELP.
fn help(token: Token<'_>, report: &mut Report<'_, '_>) {
    let bytes = token.text.as_bytes();
    work::on(bytes.len());
    let mut from = 0;
    while let Some(found) = memchr::memchr2(b'"', b'\\', bytes.get(from..).unwrap_or_default()) {
        let at = from + found;
        from = at + 1;
        if bytes.get(at) == Some(&b'"') {
            report.once(token.at + at, demand::QUOTE_IN_HELP);
            continue;
        }
        from += 1;
        match bytes.get(at + 1) {
            None => report.add(token.at + at, demand::ESCAPED),
            Some(b'n' | b'"' | b'\\') => {}
            Some(_) => report.once(token.at + at, demand::KNOWN_ESCAPE),
        }
    }
}

fn bare_name(cursor: &mut Cursor<'_>) -> Read<Name> {
    let start = cursor.at;
    let piece = cursor.bare(scan::metric_name);
    match cursor.at > start {
        true => Ok(Name {
            piece,
            is_quoted: false,
        }),
        false => fail(start, demand::name("a name")),
    }
}

/// Reads a name whose opening quote is next.
fn quoted_name(cursor: &mut Cursor<'_>, report: &mut Report<'_, '_>) -> Read<Name> {
    let piece = text(cursor, report)?;
    match piece.end() > piece.start() {
        true => Ok(Name {
            piece,
            is_quoted: true,
        }),
        false => fail(piece.start(), demand::name("a name that is not empty")),
    }
}

/// Reads a text whose opening quote is next.
fn text(cursor: &mut Cursor<'_>, report: &mut Report<'_, '_>) -> Read<Piece> {
    let piece = cursor.quoted()?;
    if piece.has_escapes() {
        let bytes = piece.of(cursor.line).as_bytes();
        work::on(bytes.len());
        let mut from = 0;
        while let Some(found) = memchr::memchr(b'\\', bytes.get(from..).unwrap_or_default()) {
            let at = from + found;
            if !matches!(bytes.get(at + 1), Some(b'n' | b'"' | b'\\')) {
                report.once(piece.start() + at, demand::KNOWN_ESCAPE);
            }
            from = at + 2;
        }
    }
    Ok(piece)
}

/// Reads the labels of one set, from the first one to the closing brace. `room` is how many there may be,
/// `no_comma` what is demanded where a comma is the last.
fn labels(
    cursor: &mut Cursor<'_>,
    room: usize,
    is_first: bool,
    no_comma: Demand,
    report: &mut Report<'_, '_>,
) -> Read<LabelList> {
    let mut labels = LabelList::new();
    let mut is_first = is_first;
    loop {
        if cursor.eat("}") {
            return Ok(labels);
        }
        if !is_first {
            cursor.expect(",", demand::grammar("a comma or the closing brace"))?;
            if cursor.is_at("}") {
                report.once(cursor.at, no_comma);
                continue;
            }
        }
        is_first = false;
        if labels.len() >= room {
            return Err(Fault {
                kind: ErrorKind::TooManyLabels,
                demand: demand::grammar("fewer labels"),
                at: cursor.at,
            });
        }
        let start = cursor.at;
        let name = match cursor.peek() {
            Some(b'"') => quoted_name(cursor, report)?.piece,
            _ => cursor.bare(scan::label_name),
        };
        if cursor.at == start {
            return fail(start, demand::name("a label name"));
        }
        let equals = match cursor.line.as_bytes().get(start) {
            Some(b'"') => "`=` after the label name; the metric's name comes first, and once",
            _ => "`=` after the label name",
        };
        cursor.expect("=", demand::name(equals))?;
        if cursor.peek() != Some(b'"') {
            return fail(cursor.at, demand::grammar("a label value in double quotes"));
        }
        let value = text(cursor, report)?;
        labels.push(LabelShape { name, value });
    }
}

/// Reads `series SP value [SP timestamp] [SP "st@" timestamp]`, up to the exemplars.
fn sample<'a>(
    cursor: &mut Cursor<'a>,
    max_labels: usize,
    report: &mut Report<'_, '_>,
) -> Read<Sample<'a>> {
    let (name, labels) = match cursor.eat("{") {
        true => {
            if cursor.peek() != Some(b'"') {
                let expected = "the metric's name in quotes, or before the brace";
                return fail(cursor.at, demand::name(expected));
            }
            let name = quoted_name(cursor, report)?;
            (
                name,
                labels(cursor, max_labels, false, demand::NO_COMMA, report)?,
            )
        }
        false => {
            let name = bare_name(cursor)?;
            let labels = match cursor.eat("{") {
                true => labels(cursor, max_labels, true, demand::NO_COMMA, report)?,
                false => LabelList::new(),
            };
            (name, labels)
        }
    };
    cursor.expect(" ", demand::grammar("a space and the sample's value"))?;
    let value = match cursor.peek() {
        Some(b'{') => Value::Composite(composite::read(cursor)?),
        _ => Value::Number(number(cursor, "a number as the sample's value")?),
    };
    let (mut timestamp, mut start) = (None, None);
    while !cursor.rest().is_empty() && !cursor.is_at(" # ") {
        let (at, is_start) = (cursor.at, cursor.is_at(" st@"));
        let expected = match (timestamp, start) {
            (None, None) => "a timestamp, `st@`, an exemplar or the end of the line",
            (Some(_), None) => "`st@`, an exemplar or the end of the line",
            (_, Some(_)) => "an exemplar or the end of the line",
        };
        cursor.expect(" ", demand::grammar(expected))?;
        if is_start {
            cursor.at += "st@".len();
        }
        let token = cursor.token(b" ");
        let is_real = cursor::is_real(token.text);
        let starts = |text: &str| {
            let head = text.get(.."st@".len());
            head.is_some_and(|head| head.eq_ignore_ascii_case("st@"))
        };
        if !is_real && (is_start || starts(token.text)) {
            return fail(at + 1, demand::START_MARK);
        }
        if start.is_some() && is_real {
            return fail(at + 1, demand::START_LAST);
        }
        if !is_real || (timestamp.is_some() && !is_start) {
            return fail(at + 1, demand::grammar(expected));
        }
        match is_start {
            true => start = Some(token),
            false => timestamp = Some(token),
        }
    }
    Ok(Sample {
        name,
        room: max_labels.saturating_sub(labels.len()),
        labels,
        value,
        timestamp,
        start,
        exemplars: *cursor,
    })
}

/// Reads a number up to a blank or the end of the line.
fn number<'a>(cursor: &mut Cursor<'a>, expected: &'static str) -> Read<Token<'a>> {
    let token = cursor.token(b" ");
    match cursor::is_number(token.text) {
        true => Ok(token),
        false => fail(token.at, demand::grammar(expected)),
    }
}

/// Reads `SP "#" SP "{" labels "}" SP number SP timestamp`. `room` is how many labels there may be.
pub(super) fn exemplar<'a>(
    cursor: &mut Cursor<'a>,
    room: usize,
    report: &mut Report<'_, '_>,
) -> Read<Exemplar<'a>> {
    let next = "another exemplar or the end of the line";
    cursor.expect(" # ", demand::exemplar(next))?;
    cursor.expect("{", demand::exemplar("the exemplar's labels in braces"))?;
    let no_comma = demand::exemplar(demand::NO_COMMA.expected);
    let labels = labels(cursor, room, true, no_comma, report)?;
    let expected = "a space and the exemplar's value";
    cursor.expect(" ", demand::exemplar(expected))?;
    number(cursor, "a number as the exemplar's value")?;
    let expected = "a space and the exemplar's timestamp in seconds";
    cursor.expect(" ", demand::exemplar(expected))?;
    let timestamp = cursor.token(b" ");
    match cursor::is_real(timestamp.text) {
        true => Ok(Exemplar { labels, timestamp }),
        false => fail(
            timestamp.at,
            demand::exemplar("the exemplar's timestamp in seconds"),
        ),
    }
}
