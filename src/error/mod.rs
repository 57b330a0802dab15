//! Errors: what went wrong, where, and what was expected there.

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

/// The line around an error, shortened to what a screen shows.
#[derive(Debug, Clone, Default)]
struct Excerpt {
    /// The part of the line before the error's place, as shown.
    before: String,
    /// The part of the line from the error's place on, as shown.
    after: String,
}

/// How many characters are shown of a line before and after an error's place.
const EXCERPT_BEFORE: usize = 60;
const EXCERPT_AFTER: usize = 60;
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
        let (head, tail) = text.split_at(at.min(text.len()));
        let is_first = position.byte == head.len() as u64;
        // A character is at most four bytes.
        let near = head.len().saturating_sub(4 * EXCERPT_BEFORE + 1);
        let head = head.get(near..).unwrap_or_default();
        let before = match memchr::memrchr(b'\n', head) {
            Some(line_feed) => head.get(line_feed + 1..).unwrap_or_default(),
            None => head,
        };
        let near = tail.get(..4 * EXCERPT_AFTER + 4).unwrap_or(tail);
        let line_feed = memchr::memchr(b'\n', near);
        let after = match line_feed {
            Some(end) => near.get(..end).unwrap_or_default(),
            None => near,
        };
        let is_whole = line_feed.is_some() || near.len() == tail.len();
        let found = match tail.first() {
            None => Found::End,
            Some(b'\n') => Found::LineEnd,
            Some(_) => Found::Text(shown(after, FOUND)),
        };
        Error::new(Inner {
            kind,
            position,
            expected,
            found,
            excerpt: Excerpt {
                before: shown_end(before, EXCERPT_BEFORE),
                after: shown(after, EXCERPT_AFTER),
            },
            fails_scrape: kind.fails_scrape(),
            path: None,
            // An error against the specification alone names its rule.
            hint: match kind {
                ErrorKind::Specification => None,
                _ => Hint::of_error(text, (after, is_whole), is_first, dialect),
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
            label: None,
        }
    }

    /// Does what [`render`](Self::render) does, with a word for how severe it is, a label for what is wrong and
    /// perhaps a number: `warning[label G1]: …`.
    pub(crate) fn render_as(
        &self,
        severity: &'static str,
        label: &'static str,
        number: Option<&'static str>,
    ) -> impl fmt::Display + '_ {
        Rendering {
            error: self,
            label: Some((severity, label, number)),
        }
    }

    /// Writes what is wrong, without the place; the reader's own error is the
    /// [source](std::error::Error::source).
    fn message(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner {
            kind,
            expected,
            found,
            ..
        } = &*self.0;
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
}

/// What an error says, without its place.
struct Complaint<'e>(&'e Error);

impl fmt::Display for Complaint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.message(f)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.position)?;
        if let Some(path) = self.path() {
            write!(f, ", {path}")?;
        }
        f.write_str(": ")?;
        self.message(f)?;
        match self.0.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
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

struct Rendering<'e> {
    error: &'e Error,
    label: Option<(&'static str, &'static str, Option<&'static str>)>,
}

impl fmt::Display for Rendering<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.error.0;
        match self.label {
            Some((severity, label, None)) => write!(f, "{severity}[{label}]: ")?,
            Some((severity, label, Some(number))) => write!(f, "{severity}[{label} {number}]: ")?,
            None => f.write_str("error: ")?,
        }
        self.error.message(f)?;
        // A rendering is complete: nobody asks it for its source.
        if let Some(error) = &inner.io {
            write!(f, ": {error}")?;
        }
        if inner.position.is_in_binary() {
            write!(f, "\n --> {}", inner.position)?;
            return match &inner.path {
                Some(path) => writeln!(f, ": {path}"),
                None => writeln!(f),
            };
        }
        let number = inner.position.line.to_string();
        let gutter = number.len();
        writeln!(f)?;
        writeln!(
            f,
            "{:gutter$}--> {} (byte {})",
            "", inner.position, inner.position.byte
        )?;
        let Excerpt { before, after } = &inner.excerpt;
        writeln!(f, "{:gutter$} |", "")?;
        writeln!(f, "{number} | {before}{after}")?;
        let indent = before.chars().count();
        writeln!(f, "{:gutter$} | {:indent$}^", "", "")?;
        match inner.hint {
            Some(hint) => writeln!(f, "{:gutter$} = note: {hint}", ""),
            None => Ok(()),
        }
    }
}

/// Counts the characters of `bytes`; a byte that is not UTF-8 counts as one.
fn characters(bytes: &[u8]) -> usize {
    bytes
        .utf8_chunks()
        .map(|chunk| chunk.valid().chars().count() + chunk.invalid().len())
        .sum()
}

/// Returns the first `limit` characters, made printable, with `…` for what was cut.
fn shown(bytes: &[u8], limit: usize) -> String {
    // A character is at most four bytes: no need to look at more of a long line.
    let cut = bytes.get(..limit * 4 + 4).unwrap_or(bytes);
    let mut out = String::new();
    let mut left = limit;
    for chunk in cut.utf8_chunks() {
        for c in chunk.valid().chars() {
            if left == 0 {
                out.push('…');
                return out;
            }
            left -= 1;
            push_printable(&mut out, c);
        }
        for byte in chunk.invalid() {
            if left == 0 {
                out.push('…');
                return out;
            }
            left -= 1;
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out
}

/// Returns the last `limit` characters, made printable.
fn shown_end(bytes: &[u8], limit: usize) -> String {
    let mut start = bytes.len();
    let mut left = limit;
    while start > 0 && left > 0 {
        start -= 1;
        // Bytes 0x80 to 0xbf continue a character that starts before them.
        if bytes.get(start).is_some_and(|b| b & 0xc0 != 0x80) {
            left -= 1;
        }
        if bytes.len() - start >= limit * 4 {
            break;
        }
    }
    let tail = shown(bytes.get(start..).unwrap_or_default(), limit * 4);
    if start > 0 {
        format!("…{tail}")
    } else {
        tail
    }
}

fn push_printable(out: &mut String, c: char) {
    match c {
        '\t' => out.push(' '),
        c if c.is_control() || is_invisible(c) => out.extend(c.escape_default()),
        c => out.push(c),
    }
}

/// Tells whether a character shows nothing, or turns the direction of the text after it.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}
