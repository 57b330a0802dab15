//! The grammar of a line, for every dialect: the readable truth. What a line is, and the tokens that
//! all lines share, are here; [`descriptor`] reads lines that start with `#`, [`sample`] the others,
//! and [`lenient`] what only lenient reading takes.
//!
//! The fast scanner declines whatever it is not sure of and the line comes here; it may never
//! disagree (a property test and a fuzz target hold it to that, so change both together). All
//! diagnostics come from here: every failure says what it expected and how many bytes were left.
//!
//! The rules follow Prometheus' two parsers token by token; where they differ, the difference is one
//! question to the format's [`Syntax`], side by side.

mod descriptor;
mod lenient;
mod sample;

use std::cell::Cell;

use nom::bytes::complete::{tag, take};
use nom::combinator::{opt, rest};
use nom::error::ParseError;
use nom::{IResult, Parser as _};

use crate::bytes::scan::{self, Quote};
use crate::error::ErrorKind;
use crate::format::syntax::{Blanks, BodyEnd, Syntax};
use crate::model::metric_type::MetricType;
use crate::text::leniency::{LeniencyKind, Noted};
use crate::text::shape::{LineShape, Piece};

/// What a line is read with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context {
    /// The format of the body.
    pub(crate) syntax: &'static Syntax,
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

/// A line that was read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Read {
    /// `None` for a blank line.
    pub(crate) shape: Option<LineShape>,
    /// In bytes, with the line feed.
    pub(crate) len: usize,
    /// What was taken that Prometheus does not take. Nothing but in lenient reading.
    pub(crate) noted: Noted,
}

/// Reads the line that `input` begins with.
pub(crate) fn line(input: &[u8], context: &Context) -> Result<Read, Stop> {
    let reader = LineReader {
        length: input.len(),
        context,
        noted: Cell::new(Noted::NOTHING),
    };
    match reader.line(input) {
        Ok((left, shape)) => Ok(Read {
            shape,
            len: input.len() - left.len(),
            noted: reader.noted.get(),
        }),
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
    noted: Cell<Noted>,
}

impl LineReader<'_> {
    fn syntax(&self) -> &'static Syntax {
        self.context.syntax
    }

    /// Whether what other readers take is taken, and noted.
    fn is_lenient(&self) -> bool {
        self.syntax().leniencies
    }

    /// Notes that what stands at `input` is taken, though Prometheus does not.
    fn note(&self, kind: LeniencyKind, input: &[u8]) {
        let mut noted = self.noted.get();
        noted.note(kind, self.at(input));
        self.noted.set(noted);
    }

    /// The same of a token that ends where `behind` begins.
    fn note_before(&self, kind: LeniencyKind, behind: &[u8], token: &[u8]) {
        let mut noted = self.noted.get();
        noted.note(kind, self.at(behind) - token.len());
        self.noted.set(noted);
    }

    /// Offset from the line's start.
    fn at(&self, input: &[u8]) -> usize {
        self.length - input.len()
    }

    fn line<'i>(&self, input: &'i [u8]) -> Parsed<'i, Option<LineShape>> {
        let (input, _) = self.blanks(input)?;
        match input.first() {
            Some(b'#') if self.syntax().comments => self.comment(input),
            Some(b'#') => self.descriptor(input),
            Some(b'{') => self.sample(input),
            Some(_) if scan::metric_name(input) > 0 => self.sample(input),
            _ if !self.syntax().comments => unexpected(input, "a metric name, `{` or `# `"),
            None => Ok((input, None)),
            _ => match self.line_end(input) {
                Ok((input, ())) => Ok((input, None)),
                Err(_) => unexpected(input, "a metric name, `{` or `#`"),
            },
        }
    }

    /// Blanks and tabs, where there may be any.
    fn blanks<'i>(&self, input: &'i [u8]) -> Parsed<'i, &'i [u8]> {
        match self.syntax().blanks {
            Blanks::OneSpace => take(0usize)(input),
            Blanks::Any => take(scan::blanks(input))(input),
        }
    }

    /// The line feed; where a body may end anywhere its end will do.
    fn line_end<'i>(&self, input: &'i [u8]) -> Parsed<'i, ()> {
        let (after, carriage_return) = match self.is_lenient() {
            true => opt(tag(&b"\r"[..])).parse(input)?,
            false => (input, None),
        };
        let left = match after.split_first() {
            Some((b'\n', left)) => left,
            None => match self.syntax().end {
                BodyEnd::Anywhere => after,
                BodyEnd::EofLine => return unexpected(input, "a line feed"),
            },
            _ => return unexpected(input, "the end of the line"),
        };
        if carriage_return.is_some() {
            self.note(LeniencyKind::CarriageReturn, input);
        }
        Ok((left, ()))
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
}
