//! What productions read from, and how they fail.

use std::cell::Cell;
use std::iter::{Copied, Enumerate};
use std::slice::Iter;

use nom::error::ParseError;
use nom::{Compare, CompareResult, IResult, Needed, Parser};

use crate::dialect::Dialect;
use crate::error::ErrorKind;
use crate::format::syntax::Syntax;
use crate::limits::Limits;
use crate::model::histogram_options::HistogramOptions;
use crate::text::leniency::{LeniencyKind, Noted};
use crate::text::shape::Piece;
use crate::text::subject::Subject;

/// What is needed to read a line, beside the line.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    /// The format of the body.
    pub(crate) syntax: &'static Syntax,
    pub(crate) limits: Limits,
    /// What the lines before say of the next sample.
    pub(crate) subject: Subject,
    /// Which parts of a composite value are looked at.
    pub(crate) histograms: HistogramOptions,
}

impl Context {
    /// Returns what is needed to read the first line of a body, without limits, with all parts of
    /// composite values.
    pub(crate) fn new(dialect: Dialect) -> Self {
        let syntax = dialect.syntax();
        Context {
            syntax,
            limits: Limits::new(),
            subject: Subject::new(syntax.type_scope),
            histograms: HistogramOptions::new().native(true).keep_classic(true),
        }
    }
}

/// A line while the grammar reads it.
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

    /// Returns the whole line as input.
    pub(super) fn input(&'i self) -> Input<'i> {
        Input {
            bytes: self.line,
            at: 0,
            reading: self,
        }
    }
}

/// A part of a line, which knows where in the line it is and how the line is read.
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

    /// Returns the offset from the line's start.
    #[inline]
    pub(super) fn at(self) -> usize {
        self.at
    }

    #[inline]
    pub(super) fn context(self) -> &'i Context {
        self.reading.context
    }

    /// Returns what the format has.
    #[inline]
    pub(super) fn syntax(self) -> &'static Syntax {
        self.reading.context.syntax
    }

    /// Tells whether text that only other readers take is taken too, and noted.
    #[inline]
    pub(super) fn is_lenient(self) -> bool {
        self.syntax().leniencies
    }

    /// Returns where it is.
    #[inline]
    pub(super) fn piece(self) -> Piece {
        Piece::new(self.at, self.at + self.bytes.len())
    }

    /// Returns where it is, marked if `escapes` says that it holds a backslash.
    #[inline]
    pub(super) fn escaped_piece(self, escapes: bool) -> Piece {
        Piece::quoted(self.at, self.at + self.bytes.len(), escapes)
    }

    /// Returns the part of the line at `piece`.
    pub(super) fn part(self, piece: Piece) -> Self {
        let bytes = self.reading.line.get(piece.start()..piece.end());
        Input {
            bytes: bytes.unwrap_or_default(),
            at: piece.start(),
            reading: self.reading,
        }
    }

    /// Notes that this is taken, though Prometheus does not take it.
    pub(super) fn note(self, kind: LeniencyKind) {
        let mut noted = self.noted();
        noted.note(kind, self.at);
        self.note_only(noted);
    }

    /// Returns what has been noted of the line so far.
    #[inline]
    pub(super) fn noted(self) -> Noted {
        self.reading.noted.get()
    }

    /// Forgets all notes but these.
    pub(super) fn note_only(self, noted: Noted) {
        self.reading.noted.set(noted);
    }

    /// Tells whether `parser` fits here. Notes nothing.
    pub(super) fn fits<O>(
        self,
        mut parser: impl Parser<Input<'i>, Output = O, Error = Fail>,
    ) -> bool {
        let noted = self.noted();
        let fits = parser.parse(self).is_ok();
        self.note_only(noted);
        fits
    }

    /// Returns the input from byte `at` on.
    #[inline]
    pub(super) fn from(self, at: usize) -> Self {
        let at = at.min(self.bytes.len());
        Input {
            bytes: self.bytes.get(at..).unwrap_or_default(),
            at: self.at + at,
            reading: self.reading,
        }
    }

    /// Returns the first `len` bytes.
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
        // Mostly the first byte decides.
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
/// As usual with nom, an `Err::Error` lets [`alt`](nom::branch::alt) and [`opt`](nom::combinator::opt)
/// continue, and users do not see it; an `Err::Failure`, which [`cut`](nom::combinator::cut) and [`must`]
/// make, is the line's error.
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

/// Returns the kind of error for something unexpected here, or for nothing.
fn unexpected_kind(input: Input<'_>) -> ErrorKind {
    match input.first() {
        None | Some(b'\n') => ErrorKind::UnexpectedEnd,
        Some(_) => ErrorKind::Unexpected,
    }
}

/// Fails because this is something else, which other productions may fit.
#[inline]
pub(super) fn other<O>(input: Input<'_>) -> Parsed<'_, O> {
    let kind = nom::error::ErrorKind::Fail;
    Err(nom::Err::Error(Fail::from_error_kind(input, kind)))
}

/// Fails because the line is in error here.
pub(super) fn fail<'i, O>(
    input: Input<'i>,
    kind: ErrorKind,
    expected: &'static str,
) -> Parsed<'i, O> {
    failed(input, kind, expected)
}

/// Does what [`fail`] does, where nothing is left to read.
pub(super) fn failed<T>(
    input: Input<'_>,
    kind: ErrorKind,
    expected: &'static str,
) -> Result<T, nom::Err<Fail>> {
    Err(nom::Err::Failure(Fail {
        at: input.at,
        kind,
        expected,
    }))
}

/// Fails because the line is in error here: something unexpected, or nothing.
pub(super) fn unexpected<'i, O>(input: Input<'i>, expected: &'static str) -> Parsed<'i, O> {
    fail(input, unexpected_kind(input), expected)
}

/// Does what nom's `cut` does, with words: if `parser` does not fit, the line is in error.
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

/// Returns the text, if it is UTF-8.
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
