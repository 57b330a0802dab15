//! What productions read from, and how they fail.

use std::cell::Cell;
use std::iter::{Copied, Enumerate};
use std::slice::Iter;

use nom::error::ParseError;
use nom::{Compare, CompareResult, IResult, Needed, Parser};

use crate::error::ErrorKind;
use crate::format::syntax::Syntax;
use crate::model::metric_type::MetricType;
use crate::text::leniency::{LeniencyKind, Noted};
use crate::text::shape::Piece;

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

/// A line on its way through the grammar.
pub(super) struct Reading<'i> {
    line: &'i [u8],
    context: &'i Context,
    noted: Cell<Noted>,
}

impl<'i> Reading<'i> {
    pub(super) fn new(line: &'i [u8], context: &'i Context) -> Self {
        Reading {
            line,
            context,
            noted: Cell::new(Noted::NOTHING),
        }
    }

    /// All of it.
    pub(super) fn input(&'i self) -> Input<'i> {
        Input {
            bytes: self.line,
            at: 0,
            reading: self,
        }
    }
}

/// A part of a line, which knows where in the line it is and what the line is read with.
#[derive(Clone, Copy)]
pub(super) struct Input<'i> {
    bytes: &'i [u8],
    at: usize,
    reading: &'i Reading<'i>,
}

impl<'i> Input<'i> {
    #[inline]
    pub(super) fn bytes(self) -> &'i [u8] {
        self.bytes
    }

    #[inline]
    pub(super) fn first(self) -> Option<u8> {
        self.bytes.first().copied()
    }

    /// Offset from the line's start.
    #[inline]
    pub(super) fn at(self) -> usize {
        self.at
    }

    #[inline]
    pub(super) fn context(self) -> &'i Context {
        self.reading.context
    }

    /// What the format has.
    #[inline]
    pub(super) fn syntax(self) -> &'static Syntax {
        self.reading.context.syntax
    }

    /// Whether what other readers take is taken, and noted.
    #[inline]
    pub(super) fn is_lenient(self) -> bool {
        self.syntax().leniencies
    }

    /// Where it lies.
    #[inline]
    pub(super) fn piece(self) -> Piece {
        Piece::new(self.at, self.at + self.bytes.len())
    }

    /// Where it lies, and that a backslash stands in it if there is one.
    #[inline]
    pub(super) fn escaped_piece(self, escapes: bool) -> Piece {
        Piece::quoted(self.at, self.at + self.bytes.len(), escapes)
    }

    /// What lies there in the line.
    pub(super) fn part(self, piece: Piece) -> Self {
        let bytes = self.reading.line.get(piece.start()..piece.end());
        Input {
            bytes: bytes.unwrap_or_default(),
            at: piece.start(),
            reading: self.reading,
        }
    }

    /// Notes that this is taken, though Prometheus does not.
    pub(super) fn note(self, kind: LeniencyKind) {
        let mut noted = self.noted();
        noted.note(kind, self.at);
        self.note_only(noted);
    }

    /// What has been noted of the line so far.
    #[inline]
    pub(super) fn noted(self) -> Noted {
        self.reading.noted.get()
    }

    /// Forgets what was noted but this.
    pub(super) fn note_only(self, noted: Noted) {
        self.reading.noted.set(noted);
    }

    /// Whether `parser` fits here. Nothing is noted for it.
    pub(super) fn fits<O>(
        self,
        mut parser: impl Parser<Input<'i>, Output = O, Error = Fail>,
    ) -> bool {
        let noted = self.noted();
        let fits = parser.parse(self).is_ok();
        self.note_only(noted);
        fits
    }

    /// From that byte on.
    #[inline]
    pub(super) fn from(self, at: usize) -> Self {
        let at = at.min(self.bytes.len());
        Input {
            bytes: self.bytes.get(at..).unwrap_or_default(),
            at: self.at + at,
            reading: self.reading,
        }
    }

    /// The first so many bytes.
    #[inline]
    pub(super) fn up_to(self, len: usize) -> Self {
        Input {
            bytes: self.bytes.get(..len).unwrap_or(self.bytes),
            ..self
        }
    }
}

impl<'i> nom::Input for Input<'i> {
    type Item = u8;
    type Iter = Copied<Iter<'i, u8>>;
    type IterIndices = Enumerate<Self::Iter>;

    #[inline]
    fn input_len(&self) -> usize {
        self.bytes.len()
    }

    #[inline]
    fn take(&self, len: usize) -> Self {
        self.up_to(len)
    }

    #[inline]
    fn take_from(&self, at: usize) -> Self {
        self.from(at)
    }

    #[inline]
    fn take_split(&self, at: usize) -> (Self, Self) {
        (self.from(at), self.up_to(at))
    }

    #[inline]
    fn position<P: Fn(u8) -> bool>(&self, predicate: P) -> Option<usize> {
        self.bytes.iter().position(|byte| predicate(*byte))
    }

    #[inline]
    fn iter_elements(&self) -> Self::Iter {
        self.bytes.iter().copied()
    }

    #[inline]
    fn iter_indices(&self) -> Self::IterIndices {
        self.iter_elements().enumerate()
    }

    #[inline]
    fn slice_index(&self, count: usize) -> Result<usize, Needed> {
        match count.checked_sub(self.bytes.len()) {
            None | Some(0) => Ok(count),
            Some(missing) => Err(Needed::new(missing)),
        }
    }
}

impl Compare<&str> for Input<'_> {
    #[inline(always)]
    fn compare(&self, text: &str) -> CompareResult {
        // Mostly the first byte tells.
        let same = self.bytes.first() == text.as_bytes().first()
            && self.bytes.starts_with(text.as_bytes());
        match same {
            true => CompareResult::Ok,
            false => CompareResult::Error,
        }
    }

    fn compare_no_case(&self, text: &str) -> CompareResult {
        self.bytes.compare_no_case(text)
    }
}

/// Why a production does not fit: what was expected, and where.
///
/// As usual with nom, an `Err::Error` lets [`alt`](nom::branch::alt) and [`opt`](nom::combinator::opt) go on,
/// and is not seen by users; an `Err::Failure`, which [`cut`](nom::combinator::cut) and [`must`] make, is the
/// line's error.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fail {
    /// Bytes from the line's start.
    pub(super) at: usize,
    pub(super) kind: ErrorKind,
    pub(super) expected: &'static str,
}

impl ParseError<Input<'_>> for Fail {
    #[inline]
    fn from_error_kind(input: Input<'_>, _: nom::error::ErrorKind) -> Self {
        Fail {
            at: input.at,
            kind: unexpected_kind(input),
            expected: "something else",
        }
    }

    #[inline]
    fn append(_: Input<'_>, _: nom::error::ErrorKind, first: Self) -> Self {
        first
    }
}

pub(super) type Parsed<'i, O> = IResult<Input<'i>, O, Fail>;

/// Something else stands here, or nothing.
fn unexpected_kind(input: Input<'_>) -> ErrorKind {
    match input.first() {
        None | Some(b'\n') => ErrorKind::UnexpectedEnd,
        Some(_) => ErrorKind::Unexpected,
    }
}

/// This is something else, which others may fit.
#[inline]
pub(super) fn other<O>(input: Input<'_>) -> Parsed<'_, O> {
    let kind = nom::error::ErrorKind::Fail;
    Err(nom::Err::Error(Fail::from_error_kind(input, kind)))
}

/// The line is in error here.
pub(super) fn fail<'i, O>(
    input: Input<'i>,
    kind: ErrorKind,
    expected: &'static str,
) -> Parsed<'i, O> {
    Err(nom::Err::Failure(Fail {
        at: input.at,
        kind,
        expected,
    }))
}

/// The line is in error here: something else stands here, or nothing.
pub(super) fn unexpected<'i, O>(input: Input<'i>, expected: &'static str) -> Parsed<'i, O> {
    fail(input, unexpected_kind(input), expected)
}

/// As nom's `cut`, with words: where `parser` does not fit, the line is in error.
#[inline]
pub(super) fn must<'i, O>(
    expected: &'static str,
    mut parser: impl Parser<Input<'i>, Output = O, Error = Fail>,
) -> impl FnMut(Input<'i>) -> Parsed<'i, O> {
    move |input| match parser.parse(input) {
        Err(nom::Err::Error(_)) => unexpected(input, expected),
        parsed => parsed,
    }
}

/// The text, if it is UTF-8.
#[inline]
pub(super) fn utf8<'i>(text: Input<'i>, expected: &'static str) -> Result<(), nom::Err<Fail>> {
    match std::str::from_utf8(text.bytes) {
        Ok(_) => Ok(()),
        Err(error) => {
            let bad = text.from(error.valid_up_to());
            fail(bad, ErrorKind::InvalidUtf8, expected).map(|(_, ())| ())
        }
    }
}
