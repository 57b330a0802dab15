//! Errors: what went wrong, where, and what was expected there.

mod excerpt;
pub(crate) mod frame;
pub(crate) mod hint;
mod kind;
mod position;
pub(crate) mod shortened;
pub(crate) mod sketch;
mod verdict;

use std::fmt;
use std::io;
use std::sync::Arc;

pub use hint::Hint;
pub use kind::ErrorKind;
pub use position::Position;

use crate::dialect::Dialect;
use excerpt::{Excerpt, Near, shown};
use frame::Frame;

/// The result of reading something.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a line, a family or a body could not be read: a [kind](Error::kind), a
/// [position](Error::position), what was [expected](Error::expected) there and what was
/// [found](Error::found).
///
/// One word wide; its contents are computed only when an error occurs.
///
/// ```
/// let body = b"up 1\nhttp_requests_total{code=200} 7\n";
/// let error = exposition::Parser::text(body).find_map(Result::err).unwrap();
/// assert_eq!(
///     error.to_string(),
///     "line 2, column 26: expected a label value in double quotes, found `200} 7`",
/// );
/// assert_eq!(
///     error.render().to_string(),
///     "\
/// error: expected a label value in double quotes, found `200} 7`
///  --> line 2, column 26 (byte 30)
///   |
/// 2 | http_requests_total{code=200} 7
///   |                          ^
/// ",
/// );
/// ```
#[derive(Clone)]
pub struct Error(Boxed);

/// [`Inner`] in a box.
///
/// Dropping it is a branch and a call. The compiler's own drop code is so long that it becomes a function
/// which takes a reference: a loop that drops a `Result<Line>` would have to keep every line in memory
/// for it, and write each twice.
#[derive(Clone)]
struct Boxed(Option<Box<Inner>>);

impl Drop for Boxed {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(inner) = self.0.take() {
            discard(inner);
        }
    }
}

#[cold]
#[inline(never)]
fn discard(inner: Box<Inner>) {
    drop(inner);
}

impl Boxed {
    /// Returns what is inside, unless it is being dropped.
    fn get_mut(&mut self) -> Option<&mut Inner> {
        self.0.as_deref_mut()
    }
}

impl std::ops::Deref for Boxed {
    type Target = Inner;

    #[inline]
    fn deref(&self) -> &Inner {
        // Empty only while it is dropped.
        self.0.as_deref().unwrap_or(&NONE)
    }
}

static NONE: Inner = Inner {
    kind: ErrorKind::Unexpected,
    position: Position {
        line: 0,
        column: 0,
        byte: 0,
    },
    expected: "",
    found: Found::End,
    excerpt: Excerpt {
        before: String::new(),
        after: String::new(),
    },
    path: None,
    io: None,
    fails_scrape: true,
    hint: None,
};

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    position: Position,
    expected: &'static str,
    found: Found,
    excerpt: Excerpt,
    /// Which field of a binary body it is.
    path: Option<Box<str>>,
    fails_scrape: bool,
    hint: Option<Hint>,
    /// Shared, so that the error can be cloned.
    io: Option<Arc<io::Error>>,
}

/// What was found at an error's place.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Found {
    /// The body ends here.
    End,
    /// The line ends here.
    LineEnd,
    /// This text, shortened if it is long; bytes that are not UTF-8 appear as `\xNN`.
    Text(String),
    /// In a binary body: what was found there, in words.
    Described(String),
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Found::End => f.write_str("the end of the body"),
            Found::LineEnd => f.write_str("the end of the line"),
            Found::Text(text) => write!(f, "`{text}`"),
            Found::Described(words) => f.write_str(words),
        }
    }
}

/// How many characters are shown of what was found.
const FOUND: usize = 24;

impl Error {
    /// Creates an error at byte `at` of `text`, which begins at `start` and is read in `dialect`.
    #[cold]
    pub(crate) fn at(
        kind: ErrorKind,
        expected: &'static str,
        text: &[u8],
        at: usize,
        start: Position,
        dialect: Dialect,
    ) -> Self {
        let head = text.get(..at).unwrap_or(text);
        Error::placed(kind, expected, text, at, start.after(head), dialect)
    }

    /// Creates an error as [`at`](Self::at) does, where the byte's position is known. Looks only at what
    /// is shown.
    #[cold]
    pub(crate) fn placed(
        kind: ErrorKind,
        expected: &'static str,
        text: &[u8],
        at: usize,
        position: Position,
        dialect: Dialect,
    ) -> Self {
        let near = Near::new(text, at);
        let found = match text.get(at..).and_then(<[u8]>::first) {
            None => Found::End,
            Some(b'\n') => Found::LineEnd,
            Some(_) => Found::Text(shown(near.after, FOUND)),
        };
        Error::new(Inner {
            kind,
            position,
            expected,
            found,
            excerpt: near.excerpt(),
            fails_scrape: kind.fails_scrape(),
            path: None,
            // An error against the specification alone names its rule.
            hint: match kind {
                ErrorKind::Specification => None,
                _ => {
                    let is_first = position.byte == at.min(text.len()) as u64;
                    Hint::of_error(text, (near.after, near.is_whole), is_first, dialect)
                }
            },
            io: None,
        })
    }

    fn new(inner: Inner) -> Self {
        Error(Boxed(Some(Box::new(inner))))
    }

    #[cold]
    pub(crate) fn io(error: io::Error, position: Position) -> Self {
        Error::new(Inner {
            kind: ErrorKind::Io,
            position,
            expected: "more of the body",
            found: Found::End,
            excerpt: Excerpt::default(),
            path: None,
            fails_scrape: ErrorKind::Io.fails_scrape(),
            hint: None,
            io: Some(Arc::new(error)),
        })
    }

    /// Creates an error at byte `byte` of a binary body.
    #[cold]
    pub(crate) fn binary(
        kind: ErrorKind,
        expected: &'static str,
        found: Found,
        byte: u64,
        path: Option<Box<str>>,
    ) -> Self {
        Error::new(Inner {
            kind,
            position: Position::in_binary(byte),
            expected,
            found,
            excerpt: Excerpt::default(),
            path,
            fails_scrape: kind.fails_scrape(),
            hint: None,
            io: None,
        })
    }

    /// Returns what kind of error it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns where it is.
    pub fn position(&self) -> Position {
        self.0.position
    }

    /// Returns what was expected there, as a phrase: `a label value in double quotes`.
    pub fn expected(&self) -> &str {
        self.0.expected
    }

    /// Returns what was found instead.
    pub fn found(&self) -> &Found {
        &self.0.found
    }

    /// Returns what the error says, without its place.
    pub(crate) fn complaint(&self) -> impl fmt::Display + '_ {
        Complaint(self)
    }

    /// Returns the path to the field of a protobuf body that the error is about, as far as it is known:
    /// `family 12 "http_requests", metric 3, label 1 value`. Numbers count from 1. `None` in text.
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// Returns the text of the line that the error is about, for people to read: at most 60 characters
    /// before and after the place, `…` where it goes on, and unprintable characters spelled out.
    pub fn excerpt(&self) -> String {
        let Excerpt { before, after } = &self.0.excerpt;
        [before.as_str(), after].concat()
    }

    /// Returns what the line or the body looks like, if that explains the error: HTML, for example, or
    /// lines that end in CR LF.
    pub fn hint(&self) -> Option<Hint> {
        self.0.hint
    }

    /// Shows the error with its line and a caret under the place, over several lines, as a compiler
    /// would.
    pub fn render(&self) -> impl fmt::Display + '_ {
        Rendering {
            error: self,
            label: Label::Error,
            source: None,
        }
    }

    /// Does what [`render`](Self::render) does, and says which body it is about: `--> metrics.prom:3:8`.
    ///
    /// ```
    /// let error = exposition::Parser::text("up{ 1\n").next().unwrap().unwrap_err();
    /// let rendered = error.render_in("metrics.prom").to_string();
    /// assert_eq!(rendered.lines().nth(1), Some(" --> metrics.prom:1:5 (byte 4)"));
    /// ```
    pub fn render_in<'e>(&'e self, source: &'e str) -> impl fmt::Display + 'e {
        Rendering {
            error: self,
            label: Label::Error,
            source: Some(source),
        }
    }

    /// Does what [`render`](Self::render) and, with a source, [`render_in`](Self::render_in) do, under a headline
    /// that begins with `label`.
    pub(crate) fn render_as<'e>(
        &'e self,
        label: Label,
        source: Option<&'e str>,
    ) -> impl fmt::Display + 'e {
        Rendering {
            error: self,
            label,
            source,
        }
    }
}

/// Writes what is wrong, without the place; the reader's own error is the
/// [source](std::error::Error::source).
fn message(inner: &Inner, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Inner {
        kind,
        expected,
        found,
        ..
    } = inner;
    match kind {
        ErrorKind::Unexpected
        | ErrorKind::UnexpectedEnd
        | ErrorKind::InvalidValue
        | ErrorKind::InvalidTimestamp
        | ErrorKind::Specification => write!(f, "expected {expected}, found {found}"),
        ErrorKind::Io => write!(f, "{kind}"),
        _ => write!(f, "{kind}: expected {expected}, found {found}"),
    }
}

/// What an error says, without its place.
struct Complaint<'e>(&'e Error);

impl fmt::Display for Complaint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        message(&self.0.0, f)
    }
}

impl fmt::Display for Error {
    // The reference goes no further: a caller that matches on `&line` need not keep every line in memory.
    #[inline(always)]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(&self.0, f)
    }
}

#[inline(never)]
fn show(inner: &Inner, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{}", inner.position)?;
    if let Some(path) = &inner.path {
        write!(f, ", {path}")?;
    }
    f.write_str(": ")?;
    message(inner, f)?;
    match &inner.hint {
        Some(hint) => write!(f, "; {hint}"),
        None => Ok(()),
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("position", &self.0.position)
            .field("expected", &self.0.expected)
            .field("found", &self.0.found)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.io {
            Some(error) => Some(error.as_ref()),
            None => None,
        }
    }
}

/// Returns the reader's own error unchanged, if the reader failed. Otherwise returns an error of kind
/// [`InvalidData`](io::ErrorKind::InvalidData) that holds this one.
///
/// ```
/// use exposition::{Parser, Line};
///
/// fn samples(body: &[u8]) -> std::io::Result<usize> {
///     let mut samples = 0;
///     for line in Parser::text(body) {
///         samples += usize::from(matches!(line?, Line::Sample(_)));
///     }
///     Ok(samples)
/// }
///
/// let error = samples(b"up 1\nup{\n").unwrap_err();
/// assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
/// ```
impl From<Error> for io::Error {
    fn from(mut error: Error) -> Self {
        let Some(shared) = error.0.get_mut().and_then(|inner| inner.io.take()) else {
            return io::Error::new(io::ErrorKind::InvalidData, error);
        };
        // A clone of the error may hold it too.
        Arc::try_unwrap(shared).unwrap_or_else(|shared| io::Error::new(shared.kind(), shared))
    }
}

impl PartialEq for Error {
    /// Compares kind, place and words.
    fn eq(&self, other: &Self) -> bool {
        self.0.kind == other.0.kind
            && self.0.position == other.0.position
            && self.0.expected == other.0.expected
            && self.0.found == other.0.found
            && self.0.path == other.0.path
            && self.0.fails_scrape == other.0.fails_scrape
    }
}

/// How the headline of a rendering begins.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Label {
    /// `error`
    Error,
    /// `warning[label G1]`: how severe it is, what is wrong and perhaps the number of the rule.
    Rule(&'static str, &'static str, Option<&'static str>),
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Label::Error => f.write_str("error"),
            Label::Rule(severity, label, None) => write!(f, "{severity}[{label}]"),
            Label::Rule(severity, label, Some(number)) => write!(f, "{severity}[{label} {number}]"),
        }
    }
}

struct Rendering<'e> {
    error: &'e Error,
    label: Label,
    source: Option<&'e str>,
}

impl fmt::Display for Rendering<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.error.0;
        write!(f, "{}: ", self.label)?;
        message(&self.error.0, f)?;
        // A rendering is complete: nobody asks it for its source.
        if let Some(error) = &inner.io {
            write!(f, ": {error}")?;
        }
        let frame = Frame {
            source: self.source,
            position: inner.position,
            excerpt: &inner.excerpt,
            path: inner.path.as_deref(),
            note: inner.hint,
        };
        frame.fmt(f)
    }
}
