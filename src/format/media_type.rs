//! Media types as Go's `mime.ParseMediaType` reads them, which Prometheus applies to `Content-Type` (spec
//! N7, N8).

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;

/// A media type and those of its parameters that matter here.
#[derive(Debug)]
pub(super) struct MediaType<'a> {
    /// Type and subtype in lower case.
    pub(super) essence: String,
    pub(super) version: Option<Cow<'a, str>>,
    pub(super) escaping: Option<Cow<'a, str>>,
}

/// What is wrong in a `Content-Type` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MediaTypeErrorKind {
    /// No token where the type should be.
    Type,
    /// Something other than `/` after the type.
    Slash,
    /// No token where the subtype should be.
    Subtype,
    /// Something other than `;` after the subtype or a parameter.
    Semicolon,
    /// No token where a parameter's name should be.
    ParameterName,
    /// No `=` after a parameter's name.
    Equals,
    /// Neither a token nor a quoted string where a parameter's value should be.
    ParameterValue,
    /// A quoted string without its closing quote.
    UnterminatedQuote,
    /// A line break within a quoted string.
    LineBreak,
    /// A parameter that was given before with another value.
    ConflictingParameter,
}

impl fmt::Display for MediaTypeErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Type => "expected a media type",
            Self::Slash => "expected `/` after the type",
            Self::Subtype => "expected a subtype",
            Self::Semicolon => "expected `;`",
            Self::ParameterName => "expected the name of a parameter",
            Self::Equals => "expected `=` after the name of a parameter",
            Self::ParameterValue => "expected the value of a parameter",
            Self::UnterminatedQuote => "quoted string without an end",
            Self::LineBreak => "line break in a quoted string",
            Self::ConflictingParameter => "parameter given twice with different values",
        })
    }
}

/// A fault and its position, in bytes from the start of the header.
type Fault = (usize, MediaTypeErrorKind);

/// Parses a header. Parameter names are case-insensitive. Extended parameters (RFC 2231: `name*`,
/// `name*0`) must be well-formed, but are not joined: no format has one.
pub(super) fn parse(header: &str) -> Result<MediaType<'_>, Fault> {
    let end = header.find(';').unwrap_or(header.len());
    let (essence, parameters) = header.split_at_checked(end).unwrap_or((header, ""));
    let essence = parse_essence(essence)?;
    let mut cursor = Cursor {
        rest: parameters,
        at: end,
    };
    let mut seen: HashMap<String, Cow<'_, str>> = HashMap::new();
    while let Some((name, at, value)) = cursor.parameter()? {
        match seen.entry(name) {
            Entry::Vacant(entry) => _ = entry.insert(value),
            Entry::Occupied(entry) if *entry.get() == value => {}
            Entry::Occupied(_) => return Err((at, MediaTypeErrorKind::ConflictingParameter)),
        }
    }
    Ok(MediaType {
        essence,
        version: seen.remove("version"),
        escaping: seen.remove("escaping"),
    })
}

/// Reads `type/subtype` with blanks around it, or a type alone, which Go lets pass.
fn parse_essence(text: &str) -> Result<String, Fault> {
    let mut cursor = Cursor {
        rest: text.trim_end(),
        at: 0,
    };
    cursor.skip_blanks();
    let essence = cursor.rest.chars().map(lower).collect();
    let is_token = |c| is_token(lower(c));
    if cursor.take(is_token).is_empty() {
        return Err((cursor.at, MediaTypeErrorKind::Type));
    }
    if cursor.rest.is_empty() {
        return Ok(essence);
    }
    if !cursor.eat('/') {
        return Err((cursor.at, MediaTypeErrorKind::Slash));
    }
    if cursor.take(is_token).is_empty() {
        return Err((cursor.at, MediaTypeErrorKind::Subtype));
    }
    if !cursor.rest.is_empty() {
        return Err((cursor.at, MediaTypeErrorKind::Semicolon));
    }
    Ok(essence)
}

/// Returns Go's lower case of a character. It makes ASCII letters of U+0130 and U+212A.
fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// Tells whether a character can be part of a token by RFC 2045.
fn is_token(c: char) -> bool {
    c.is_ascii_graphic() && !is_special(c)
}

/// Tells whether a character must be quoted; a backslash within quotes escapes these.
fn is_special(c: char) -> bool {
    matches!(
        c,
        '(' | ')' | '<' | '>' | '@' | ',' | ';' | ':' | '\\' | '"' | '/' | '[' | ']' | '?' | '='
    )
}

/// The rest of the header, and where in the header it begins.
struct Cursor<'a> {
    rest: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn advance(&mut self, bytes: usize) -> &'a str {
        let (before, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.rest = rest;
        self.at += before.len();
        before
    }

    fn take(&mut self, part: impl Fn(char) -> bool) -> &'a str {
        self.advance(self.rest.find(|c| !part(c)).unwrap_or(self.rest.len()))
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.rest.starts_with(c);
        if found {
            self.advance(c.len_utf8());
        }
        found
    }

    fn skip_blanks(&mut self) {
        self.take(char::is_whitespace);
    }

    /// Returns the next parameter: its name in lower case, where it begins, and its value. Returns `None`
    /// at the end, before which a single `;` is allowed.
    fn parameter(&mut self) -> Result<Option<(String, usize, Cow<'a, str>)>, Fault> {
        self.skip_blanks();
        if self.rest.is_empty() {
            return Ok(None);
        }
        if !self.eat(';') {
            return Err((self.at, MediaTypeErrorKind::Semicolon));
        }
        self.skip_blanks();
        if self.rest.is_empty() {
            return Ok(None);
        }
        let at = self.at;
        let name = self.take(is_token).to_ascii_lowercase();
        if name.is_empty() {
            return Err((at, MediaTypeErrorKind::ParameterName));
        }
        self.skip_blanks();
        if !self.eat('=') {
            return Err((self.at, MediaTypeErrorKind::Equals));
        }
        self.skip_blanks();
        if self.rest.starts_with('"') {
            return Ok(Some((name, at, self.quoted()?)));
        }
        match self.take(is_token) {
            "" => Err((self.at, MediaTypeErrorKind::ParameterValue)),
            value => Ok(Some((name, at, Cow::Borrowed(value)))),
        }
    }

    /// Reads a quoted string and returns it without its quotes. A backslash escapes what would need
    /// quotes, and is literal before anything else.
    fn quoted(&mut self) -> Result<Cow<'a, str>, Fault> {
        let open = self.at;
        self.eat('"');
        let mut value = Cow::Borrowed("");
        loop {
            let plain = self.take(|c| !matches!(c, '"' | '\\' | '\r' | '\n'));
            value += plain;
            let mut ahead = self.rest.chars();
            match (ahead.next(), ahead.next()) {
                (None, _) => return Err((open, MediaTypeErrorKind::UnterminatedQuote)),
                (Some('"'), _) => {
                    self.eat('"');
                    return Ok(value);
                }
                (Some('\\'), Some(c)) if is_special(c) => {
                    value.to_mut().push(c);
                    self.advance(2);
                }
                (Some('\\'), _) => value += self.advance(1),
                (Some(_), _) => return Err((self.at, MediaTypeErrorKind::LineBreak)),
            }
        }
    }
}
