//! The grammar of a line, for every dialect: the readable truth.
//!
//! The fast scanner declines whatever it is not sure of and the line comes here; it may never
//! disagree (a property test and a fuzz target hold it to that, so change both together). All
//! diagnostics come from here: every failure says what it expected and how many bytes were left.
//!
//! The rules follow Prometheus' two parsers token by token; where they differ, the difference is one
//! `match` on the dialect, side by side.

use nom::bytes::complete::{tag, take, take_while1};
use nom::combinator::{opt, rest};
use nom::error::ParseError;
use nom::sequence::preceded;
use nom::{IResult, Parser as _};

use crate::decode::{self, Escapes, NumberError};
use crate::dialect::Dialect;
use crate::error::ErrorKind;
use crate::line::{
    ExemplarShape, LabelShape, LineShape, MetricType, OtherShape, Piece, SampleShape,
};
use crate::scan::{self, Quote};
use crate::type_word::type_word;

/// What a line is read with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context {
    pub(crate) dialect: Dialect,
    /// Whether the input ends the body. If not it must end in a line feed, so that only a quoted
    /// text can run over its end.
    pub(crate) at_end: bool,
    pub(crate) max_labels: usize,
    /// The type that the last TYPE line declared.
    pub(crate) scope: MetricType,
}

/// Why a line cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// A quoted text is open where the input ends, and more may come.
    Incomplete,
    Error {
        kind: ErrorKind,
        expected: &'static str,
        /// Bytes from the line's start.
        at: usize,
    },
}

/// A failure as the parsers below hand it on: the place is counted from the end, the only thing a
/// parser deep inside knows.
#[derive(Debug, Clone, Copy)]
struct Fail {
    left: usize,
    kind: ErrorKind,
    expected: &'static str,
}

impl ParseError<&[u8]> for Fail {
    fn from_error_kind(input: &[u8], _: nom::error::ErrorKind) -> Self {
        Fail {
            left: input.len(),
            kind: ErrorKind::Unexpected,
            expected: "something else",
        }
    }

    fn append(_: &[u8], _: nom::error::ErrorKind, other: Self) -> Self {
        other
    }
}

type Parsed<'i, O> = IResult<&'i [u8], O, Fail>;

fn fail<'i, O>(input: &[u8], kind: ErrorKind, expected: &'static str) -> Parsed<'i, O> {
    Err(nom::Err::Error(Fail {
        left: input.len(),
        kind,
        expected,
    }))
}

/// Something else stands here, or nothing.
fn unexpected<'i, O>(input: &[u8], expected: &'static str) -> Parsed<'i, O> {
    let kind = match input.first() {
        None | Some(b'\n') => ErrorKind::UnexpectedEnd,
        Some(_) => ErrorKind::Unexpected,
    };
    fail(input, kind, expected)
}

/// Reads the line that `input` begins with: its shape, or `None` for a blank line, and its length in
/// bytes with its line feed.
pub(crate) fn line(input: &[u8], context: &Context) -> Result<(Option<LineShape>, usize), Stop> {
    let reader = LineReader {
        length: input.len(),
        context,
    };
    match reader.line(input) {
        Ok((left, shape)) => Ok((shape, input.len() - left.len())),
        Err(nom::Err::Error(fail) | nom::Err::Failure(fail)) => {
            if fail.kind == ErrorKind::UnclosedQuote && !context.at_end {
                return Err(Stop::Incomplete);
            }
            Err(Stop::Error {
                kind: fail.kind,
                expected: fail.expected,
                at: input.len() - fail.left,
            })
        }
        Err(nom::Err::Incomplete(_)) => Err(Stop::Incomplete),
    }
}

struct LineReader<'c> {
    length: usize,
    context: &'c Context,
}

/// Where the labels being read belong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Braces {
    /// Behind a bare name.
    Named,
    /// At the start of a series: one quoted text inside is the name.
    Nameless,
    Exemplar,
}

/// A name, bare or quoted.
struct Name {
    piece: Piece,
    quoted: bool,
}

impl LineReader<'_> {
    fn is_open_metrics(&self) -> bool {
        self.context.dialect == Dialect::OpenMetrics
    }

    fn is_lenient(&self) -> bool {
        self.context.dialect == Dialect::Lenient
    }

    /// Offset from the line's start.
    fn at(&self, input: &[u8]) -> usize {
        self.length - input.len()
    }

    fn line<'i>(&self, input: &'i [u8]) -> Parsed<'i, Option<LineShape>> {
        let (input, _) = self.blanks(input)?;
        match input.first() {
            Some(b'#') if self.is_open_metrics() => self.descriptor(input),
            Some(b'#') => self.comment(input),
            Some(b'{') => self.sample(input),
            Some(_) if scan::metric_name(input) > 0 => self.sample(input),
            _ if self.is_open_metrics() => unexpected(input, "a metric name, `{` or `# `"),
            None => Ok((input, None)),
            _ => match self.line_end(input) {
                Ok((input, ())) => Ok((input, None)),
                Err(_) => unexpected(input, "a metric name, `{` or `#`"),
            },
        }
    }

    /// Blanks and tabs, which OpenMetrics never skips.
    fn blanks<'i>(&self, input: &'i [u8]) -> Parsed<'i, &'i [u8]> {
        match self.is_open_metrics() {
            true => take(0usize)(input),
            false => take(scan::blanks(input))(input),
        }
    }

    /// The line feed; in the text format the end of the body will do.
    fn line_end<'i>(&self, input: &'i [u8]) -> Parsed<'i, ()> {
        let (after, _) = match self.is_lenient() {
            true => opt(tag(&b"\r"[..])).parse(input)?,
            false => (input, None),
        };
        match after.split_first() {
            Some((b'\n', left)) => Ok((left, ())),
            None if !self.is_open_metrics() => Ok((after, ())),
            None => unexpected(input, "a line feed"),
            _ => unexpected(input, "the end of the line"),
        }
    }

    /// The rest of the line, and its line end taken.
    fn rest_of_line<'i>(&self, input: &'i [u8]) -> Parsed<'i, &'i [u8]> {
        let (mut left, mut text) = match scan::line_feed(input) {
            Some(end) => take(end)(input)?,
            None => rest(input)?,
        };
        if self.is_lenient()
            && let Some(cut) = text.strip_suffix(b"\r")
        {
            text = cut;
            left = input.get(text.len()..).unwrap_or_default();
        }
        let (left, ()) = self.line_end(left)?;
        Ok((left, text))
    }

    fn piece(&self, start: &[u8], text: &[u8]) -> Piece {
        let start = self.at(start);
        Piece::new(start, start + text.len())
    }

    // ---- lines that start with `#`

    /// Text format: HELP and TYPE, everything else is a comment (spec T12-T15).
    fn comment<'i>(&self, input: &'i [u8]) -> Parsed<'i, Option<LineShape>> {
        let (after, _) = tag(&b"#"[..])(input)?;
        let (word, skipped) = self.blanks(after)?;
        let keyword = match skipped.is_empty() && !self.is_lenient() {
            true => None,
            false => ["HELP", "TYPE"].into_iter().find(|keyword| {
                word.strip_prefix(keyword.as_bytes())
                    .is_some_and(|behind| scan::blanks(behind) > 0)
            }),
        };
        let Some(keyword) = keyword else {
            let (left, text) = self.rest_of_line(input)?;
            let text = self.piece(input, text);
            return Ok((left, Some(LineShape::Other(OtherShape::Comment { text }))));
        };
        let (name, _) = take(keyword.len())(word)?;
        let (name, _) = self.blanks(name)?;
        let (text, name) = self.descriptor_name(name)?;
        // One byte behind the name is dropped, whatever it is (spec T16); blanks alone are no text
        // (spec T18).
        let (_, line) = self.rest_of_line(text)?;
        let dropped = match scan::blanks(line) == line.len() {
            true => line.len(),
            false => 1,
        };
        let (text, _) = take(dropped)(text)?;
        if keyword == "HELP" {
            self.help(text, name, Escapes::Help)
        } else {
            self.type_word(text, name)
        }
    }

    /// OpenMetrics: HELP, TYPE, UNIT and EOF, each with exactly one space (spec O1, O25, O28).
    fn descriptor<'i>(&self, input: &'i [u8]) -> Parsed<'i, Option<LineShape>> {
        let start = input;
        let Ok((word, _)) = tag::<_, _, Fail>(&b"# "[..])(input) else {
            return unexpected(start, "`# HELP `, `# TYPE `, `# UNIT ` or `# EOF`");
        };
        if let Some(behind) = word.strip_prefix(b"EOF") {
            return match behind.split_first() {
                None => Ok((behind, Some(LineShape::Other(OtherShape::Eof)))),
                Some((b'\n', left)) => Ok((left, Some(LineShape::Other(OtherShape::Eof)))),
                Some(_) => fail(behind, ErrorKind::AfterEof, "the end of the body"),
            };
        }
        let keywords = ["HELP ", "TYPE ", "UNIT "];
        let Some(keyword) = keywords
            .into_iter()
            .find(|keyword| word.starts_with(keyword.as_bytes()))
        else {
            return unexpected(word, "`HELP `, `TYPE `, `UNIT ` or `EOF`");
        };
        let (input, _) = take(keyword.len())(word)?;
        let (input, name) = self.descriptor_name(input)?;
        let Some((b' ', text)) = input.split_first() else {
            return unexpected(input, "a space and the text");
        };
        match keyword {
            "HELP " => self.help(text, name, Escapes::Quoted),
            "TYPE " => self.type_word(text, name),
            _ => self.unit(start, text, name),
        }
    }

    fn descriptor_name<'i>(&self, input: &'i [u8]) -> Parsed<'i, Piece> {
        let bare = scan::metric_name(input);
        if bare > 0 {
            let (left, name) = take(bare)(input)?;
            return Ok((left, self.piece(input, name)));
        }
        match input.first() {
            Some(b'"') => self.quoted(input, true),
            _ => unexpected(input, "a metric name"),
        }
    }

    fn help<'i>(
        &self,
        input: &'i [u8],
        name: Piece,
        escapes: Escapes,
    ) -> Parsed<'i, Option<LineShape>> {
        let (left, text) = self.rest_of_line(input)?;
        if let Err(error) = std::str::from_utf8(text) {
            let bad = input.get(error.valid_up_to()..).unwrap_or_default();
            return fail(bad, ErrorKind::InvalidUtf8, "a help text in UTF-8");
        }
        let start = self.at(input);
        let text = Piece::quoted(start, start + text.len(), text.contains(&b'\\'));
        let shape = OtherShape::Help {
            name,
            text,
            escapes,
        };
        Ok((left, Some(LineShape::Other(shape))))
    }

    fn type_word<'i>(&self, input: &'i [u8], name: Piece) -> Parsed<'i, Option<LineShape>> {
        let (left, word) = self.rest_of_line(input)?;
        let kind = type_word(word, self.context.dialect);
        let expected = match self.context.dialect {
            Dialect::Prometheus => "counter, gauge, histogram, summary or untyped",
            Dialect::OpenMetrics => {
                "counter, gauge, histogram, gaugehistogram, stateset, info, summary or unknown"
            }
            Dialect::Lenient => "a metric type",
        };
        match kind {
            Some(kind) => Ok((
                left,
                Some(LineShape::Other(OtherShape::Type { name, kind })),
            )),
            None if word.is_empty() => unexpected(input, expected),
            None => fail(input, ErrorKind::UnknownType, expected),
        }
    }

    /// A unit must be the end of the name, behind an underscore (spec O35).
    fn unit<'i>(&self, line: &[u8], input: &'i [u8], name: Piece) -> Parsed<'i, Option<LineShape>> {
        let (left, unit) = self.rest_of_line(input)?;
        let raw_name = line.get(name.start()..name.end()).unwrap_or_default();
        let is_suffix = raw_name
            .strip_suffix(unit)
            .is_some_and(|family| family.ends_with(b"_"));
        if !unit.is_empty() && !is_suffix {
            return fail(
                input,
                ErrorKind::InvalidUnit,
                "a unit that the metric's name ends in, behind an underscore",
            );
        }
        let shape = OtherShape::Unit {
            name,
            unit: self.piece(input, unit),
        };
        Ok((left, Some(LineShape::Other(shape))))
    }

    // ---- samples

    fn sample<'i>(&self, input: &'i [u8]) -> Parsed<'i, Option<LineShape>> {
        let mut sample = SampleShape {
            scope: self.context.scope,
            ..SampleShape::default()
        };
        let (input, braces) = match scan::metric_name(input) {
            0 => (input, Braces::Nameless),
            bare => {
                let (left, name) = take(bare)(input)?;
                sample.name = self.piece(input, name);
                (left, Braces::Named)
            }
        };
        sample.series_end = self.at(input) as u32;
        let (behind, _) = self.blanks(input)?;
        let input = match behind.first() {
            Some(b'{') => {
                let (left, ()) = self.labels(behind, braces, &mut sample)?;
                sample.series_end = self.at(left) as u32;
                left
            }
            _ => input,
        };
        let (input, ()) = self.value(input, &mut sample)?;
        let (input, ()) = self.timestamp(input, &mut sample)?;
        let (input, ()) = self.exemplar(input, &mut sample)?;
        let (input, ()) = match self.line_end(input) {
            Ok(end) => end,
            Err(_) if sample.exemplar.is_some() => {
                return unexpected(input, "the exemplar's timestamp or the end of the line");
            }
            Err(_) if sample.timestamp.is_some() => {
                return unexpected(input, "the end of the line");
            }
            Err(_) => return unexpected(input, "a timestamp or the end of the line"),
        };
        Ok((input, Some(LineShape::Sample(sample))))
    }

    /// Everything from `{` to `}`.
    fn labels<'i>(
        &self,
        input: &'i [u8],
        braces: Braces,
        sample: &mut SampleShape,
    ) -> Parsed<'i, ()> {
        let mut nameless = braces == Braces::Nameless;
        let (mut input, _) = tag(&b"{"[..])(input)?;
        loop {
            (input, _) = self.blanks(input)?;
            if let Some((b'}', left)) = input.split_first() {
                if nameless {
                    return fail(
                        input,
                        ErrorKind::MissingName,
                        "a metric name, before the braces or in quotes inside them",
                    );
                }
                return Ok((left, ()));
            }
            let start = input;
            let name;
            (input, name) = self.label_name(input, braces)?;
            (input, _) = self.blanks(input)?;
            if let Some((&separator @ (b',' | b'}'), left)) = input.split_first()
                && name.quoted
                && braces != Braces::Exemplar
            {
                if !nameless {
                    return fail(
                        start,
                        ErrorKind::SecondName,
                        "labels only, for the metric has its name already",
                    );
                }
                nameless = false;
                sample.name = name.piece;
                if separator == b',' {
                    input = left;
                }
                continue;
            }
            let Some((b'=', left)) = input.split_first() else {
                return unexpected(input, "`=` behind the label name");
            };
            (input, _) = self.blanks(left)?;
            let value;
            (input, value) = self.label_value(input)?;
            if sample.labels.len() >= self.context.max_labels {
                return fail(start, ErrorKind::TooManyLabels, "fewer labels");
            }
            sample.labels.push(LabelShape {
                name: name.piece,
                value,
            });
            (input, _) = self.blanks(input)?;
            match input.split_first() {
                Some((b',', left)) => input = left,
                Some((b'}', _)) => {}
                // The text format does not insist on commas (spec T29).
                Some((b'"', _)) if !self.is_open_metrics() => {}
                Some(_) if !self.is_open_metrics() && scan::label_name(input) > 0 => {}
                _ => return unexpected(input, "`,` or `}` behind the label"),
            }
        }
    }

    fn label_name<'i>(&self, input: &'i [u8], braces: Braces) -> Parsed<'i, Name> {
        let bare = scan::label_name(input);
        if bare > 0 {
            let (left, name) = take(bare)(input)?;
            let piece = self.piece(input, name);
            return Ok((
                left,
                Name {
                    piece,
                    quoted: false,
                },
            ));
        }
        match input.first() {
            Some(b'"') => {
                let (left, piece) = self.quoted(input, braces != Braces::Exemplar)?;
                Ok((
                    left,
                    Name {
                        piece,
                        quoted: true,
                    },
                ))
            }
            _ => unexpected(input, "a label name or `}`"),
        }
    }

    fn label_value<'i>(&self, input: &'i [u8]) -> Parsed<'i, Piece> {
        if input.first() != Some(&b'"') {
            return unexpected(input, "a label value in double quotes");
        }
        let (left, piece) = self.quoted(input, !self.is_open_metrics())?;
        let text = input
            .get(1..=piece.end() - piece.start())
            .unwrap_or_default();
        match std::str::from_utf8(text) {
            Ok(_) => Ok((left, piece)),
            Err(error) => {
                let bad = input.get(1 + error.valid_up_to()..).unwrap_or_default();
                fail(bad, ErrorKind::InvalidUtf8, "a label value in UTF-8")
            }
        }
    }

    /// The text between quotes, which may hold line feeds where `line_feeds` says so.
    fn quoted<'i>(&self, input: &'i [u8], line_feeds: bool) -> Parsed<'i, Piece> {
        let (text, _) = tag(&b"\""[..])(input)?;
        match scan::closing_quote(text, line_feeds) {
            Quote::Closed { end, escapes } => {
                let start = self.at(text);
                let (left, _) = take(end + 1)(text)?;
                Ok((left, Piece::quoted(start, start + end, escapes)))
            }
            Quote::Forbidden { at } => {
                let bad = text.get(at..).unwrap_or_default();
                unexpected(
                    bad,
                    "the closing quote, for a line feed here is written `\\n`",
                )
            }
            Quote::Open => fail(
                input,
                ErrorKind::UnclosedQuote,
                "a closing quote for this one",
            ),
        }
    }

    /// One token and the space before it, as OpenMetrics separates them; elsewhere blanks are free,
    /// and `{` and, in lenient reading, CR end it too.
    fn token<'i>(&self, input: &'i [u8], expected: &'static str) -> Parsed<'i, &'i [u8]> {
        let start = input;
        let parsed = match self.context.dialect {
            Dialect::OpenMetrics => {
                preceded(tag(&b" "[..]), take_while1(|b| b != b' ' && b != b'\n')).parse(input)
            }
            dialect => {
                let (input, _) = self.blanks(input)?;
                take_while1(|b| {
                    !matches!(b, b' ' | b'\t' | b'\n' | b'{')
                        && (b != b'\r' || dialect != Dialect::Lenient)
                })(input)
            }
        };
        match parsed {
            Ok(parsed) => Ok(parsed),
            Err(nom::Err::Error(Fail { left, .. })) => {
                let bad = start.get(start.len() - left..).unwrap_or_default();
                unexpected(bad, expected)
            }
            Err(error) => Err(error),
        }
    }

    fn value<'i>(&self, input: &'i [u8], sample: &mut SampleShape) -> Parsed<'i, ()> {
        let expected = match self.is_open_metrics() {
            true => "a space and the sample's value",
            false => "the sample's value",
        };
        let (left, token) = self.token(input, expected)?;
        let number = self.number(left, token, "a number as the sample's value")?;
        sample.value = number.1;
        sample.value_text = self.token_piece(left, token);
        Ok((left, ()))
    }

    fn token_piece(&self, behind: &[u8], token: &[u8]) -> Piece {
        let end = self.at(behind);
        Piece::new(end - token.len(), end)
    }

    /// The value of a token that ends where `behind` begins.
    fn number<'i>(
        &self,
        behind: &'i [u8],
        token: &[u8],
        expected: &'static str,
    ) -> Parsed<'i, f64> {
        let left = behind.len() + token.len();
        let error = |kind| {
            Err(nom::Err::Error(Fail {
                left,
                kind,
                expected,
            }))
        };
        match std::str::from_utf8(token).map(decode::sample_value) {
            Ok(Ok(number)) => Ok((behind, number)),
            Ok(Err(NumberError::Range)) => error(ErrorKind::ValueOutOfRange),
            Ok(Err(NumberError::Syntax)) | Err(_) => error(ErrorKind::InvalidValue),
        }
    }

    fn timestamp<'i>(&self, input: &'i [u8], sample: &mut SampleShape) -> Parsed<'i, ()> {
        if self.is_open_metrics() {
            let ends = matches!(input.first(), None | Some(b'\n'));
            if ends || input.starts_with(b" # ") {
                return Ok((input, ()));
            }
        } else {
            let (behind, _) = self.blanks(input)?;
            if self.line_end(behind).is_ok() {
                return Ok((behind, ()));
            }
        }
        let (left, token) = self.token(input, "a timestamp or the end of the line")?;
        let number = self.timestamp_number(left, token)?;
        sample.timestamp = Some(number.1);
        sample.timestamp_text = self.token_piece(left, token);
        let (left, _) = self.blanks(left)?;
        Ok((left, ()))
    }

    fn timestamp_number<'i>(&self, behind: &'i [u8], token: &[u8]) -> Parsed<'i, i64> {
        let text = std::str::from_utf8(token).unwrap_or_default();
        let (number, expected) = match self.context.dialect {
            Dialect::Prometheus => (
                decode::timestamp_millis(text),
                "a timestamp in milliseconds, digits only",
            ),
            Dialect::OpenMetrics => (decode::timestamp_seconds(text), "a timestamp in seconds"),
            Dialect::Lenient => (
                decode::timestamp_lenient(text),
                "a timestamp in milliseconds",
            ),
        };
        let kind = match number {
            Ok(number) => return Ok((behind, number)),
            Err(NumberError::Range) => ErrorKind::TimestampOutOfRange,
            Err(NumberError::Syntax) => ErrorKind::InvalidTimestamp,
        };
        Err(nom::Err::Error(Fail {
            left: behind.len() + token.len(),
            kind,
            expected,
        }))
    }

    /// ` # {labels} value timestamp` (spec O36).
    fn exemplar<'i>(&self, input: &'i [u8], sample: &mut SampleShape) -> Parsed<'i, ()> {
        if !self.is_open_metrics() {
            return Ok((input, ()));
        }
        let Ok((braces, _)) = tag::<_, _, Fail>(&b" # "[..])(input) else {
            return Ok((input, ()));
        };
        if braces.first() != Some(&b'{') {
            return unexpected(braces, "the exemplar's labels in braces");
        }
        let labels_from = sample.labels.len() as u32;
        let (input, ()) = self.labels(braces, Braces::Exemplar, sample)?;
        let (left, token) = self.token(input, "a space and the exemplar's value")?;
        self.number(left, token, "a number as the exemplar's value")?;
        let value_text = self.token_piece(left, token);
        let (left, timestamp_text) = match left.first() {
            Some(b' ') => {
                let (left, token) =
                    self.token(left, "the exemplar's timestamp or the end of the line")?;
                self.timestamp_number(left, token)?;
                (left, Some(self.token_piece(left, token)))
            }
            _ => (left, None),
        };
        sample.exemplar = Some(ExemplarShape {
            labels_from,
            value_text,
            timestamp_text,
        });
        Ok((left, ()))
    }
}
