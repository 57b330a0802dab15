//! What a body looks like when it is not in the format it is read as.

use std::fmt;

use crate::dialect::Dialect;

/// What a body or a line looks like, when it is not in the format it is read as.
///
/// A guess for people: no verdict depends on it. [`Error::hint`](crate::Error::hint) gives the hint for a
/// line in error, [`of_body`](Self::of_body) the one for a whole body. Displays as a clause, such as `the
/// body looks like HTML`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Hint {
    /// The body begins with a UTF-8 byte order mark, which is invisible and which Prometheus refuses.
    ByteOrderMark,
    /// Lines end in CR LF. Prometheus takes the CR as part of the line.
    CrLf,
    /// The body is compressed: nothing has undone its `Content-Encoding`, or it came without one.
    Gzip,
    /// The body is a web page, often a login or error page.
    Html,
    /// The body is JSON.
    Json,
    /// The line or the body is OpenMetrics, but is read as the text format.
    OpenMetrics,
}

/// How many bytes of a line are looked at to guess what it is.
const HEAD: usize = 256;

impl Hint {
    /// Guesses what a body is, if it is not in the format it is read as.
    ///
    /// Looks at its first line, and at its end for `# EOF`.
    ///
    /// ```
    /// use exposition::{Dialect, Hint};
    ///
    /// let body = b"# TYPE a counter\na_total 1\n# EOF\n";
    /// assert_eq!(Hint::of_body(body, Dialect::Text), Some(Hint::OpenMetrics));
    /// assert_eq!(Hint::of_body(body, Dialect::OpenMetrics), None);
    /// assert_eq!(Hint::of_body(b"<!DOCTYPE html>", Dialect::OpenMetrics), Some(Hint::Html));
    /// ```
    #[must_use]
    pub fn of_body(body: &[u8], dialect: Dialect) -> Option<Self> {
        if let Some(hint) = of_start(body) {
            return Some(hint);
        }
        if may_be_openmetrics(dialect) && ends_in_eof(body) {
            return Some(Hint::OpenMetrics);
        }
        let end = memchr::memchr(b'\n', body).unwrap_or_default();
        let first = body.get(..end).unwrap_or_default();
        (first.ends_with(b"\r") && refuses_crlf(dialect)).then_some(Hint::CrLf)
    }

    /// Guesses what a line in error is. `text` begins with the line; `rest` is the text at the error's
    /// place, shortened to what may be shown, and whether that is the whole rest of the line; `is_first`
    /// says that the line begins the body.
    pub(crate) fn of_error(
        text: &[u8],
        (rest, is_whole): (&[u8], bool),
        is_first: bool,
        dialect: Dialect,
    ) -> Option<Self> {
        let head = first_line(text);
        if is_first && let Some(hint) = of_start(head) {
            return Some(hint);
        }
        let is_metadata = head.trim_ascii_start().starts_with(b"#");
        let is_openmetrics = match is_metadata {
            true => is_openmetrics_type(rest),
            false => rest.starts_with(b"# {"),
        };
        if is_openmetrics && may_be_openmetrics(dialect) {
            return Some(Hint::OpenMetrics);
        }
        let crlf = is_whole && rest.ends_with(b"\r");
        (crlf && refuses_crlf(dialect)).then_some(Hint::CrLf)
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Hint::ByteOrderMark => "the body begins with a byte order mark",
            Hint::CrLf => "lines end in CR LF instead of LF",
            Hint::Gzip => "the body looks like gzip that is not decompressed",
            Hint::Html => "the body looks like HTML",
            Hint::Json => "the body looks like JSON",
            Hint::OpenMetrics => "this looks like OpenMetrics, and is read as the text format",
        })
    }
}

/// Tells whether features of OpenMetrics may explain why a body cannot be read. Lenient reading takes
/// them.
const fn may_be_openmetrics(dialect: Dialect) -> bool {
    match dialect {
        Dialect::Text => true,
        Dialect::OpenMetrics | Dialect::OpenMetrics2 | Dialect::Lenient => false,
    }
}

const fn refuses_crlf(dialect: Dialect) -> bool {
    match dialect {
        Dialect::Text | Dialect::OpenMetrics | Dialect::OpenMetrics2 => true,
        Dialect::Lenient => false,
    }
}

/// Tells whether the last line that is not empty is `# EOF`.
pub(crate) fn ends_in_eof(body: &[u8]) -> bool {
    let last = body
        .rsplit(|&byte| byte == b'\n')
        .find(|line| !line.is_empty());
    last == Some(b"# EOF")
}

fn is_openmetrics_type(word: &[u8]) -> bool {
    matches!(
        word.trim_ascii_end(),
        b"info" | b"stateset" | b"gaugehistogram" | b"unknown"
    )
}

/// Returns the first line of what is looked at, without its line feed.
fn first_line(text: &[u8]) -> &[u8] {
    let head = text.get(..HEAD).unwrap_or(text);
    head.split(|byte| *byte == b'\n').next().unwrap_or_default()
}

/// Guesses what a body is from its beginning.
fn of_start(body: &[u8]) -> Option<Hint> {
    let head = body.get(..HEAD).unwrap_or(body);
    if head.starts_with(b"\xef\xbb\xbf") {
        return Some(Hint::ByteOrderMark);
    }
    if head.starts_with(b"\x1f\x8b") {
        return Some(Hint::Gzip);
    }
    let text = head.trim_ascii_start();
    match text.first() {
        // No line of an exposition begins with `<`.
        Some(b'<') => Some(Hint::Html),
        Some(b'[') => Some(Hint::Json),
        Some(b'{') if is_json_object(text) => Some(Hint::Json),
        _ => None,
    }
}

/// Tells whether a text that begins with a brace is JSON: its first quoted text is a key. In a series it
/// is a name.
fn is_json_object(text: &[u8]) -> bool {
    let inside = text.get(1..).unwrap_or_default();
    // A series does not break off after its brace.
    if first_line(inside).trim_ascii().is_empty() {
        return true;
    }
    let Some(key) = inside.trim_ascii_start().strip_prefix(b"\"") else {
        return false;
    };
    let mut escaped = false;
    let end = key.iter().position(|&byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    let after = end.and_then(|end| key.get(end + 1..)).unwrap_or_default();
    after.trim_ascii_start().first() == Some(&b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_called_what_they_are() {
        use Dialect::{Lenient, OpenMetrics, Text};
        for (body, dialect, expected) in [
            (&b"a 1\n"[..], Text, None),
            (b"", Text, None),
            (b"{\"a\",x=\"y\"} 1\n", Text, None),
            (b"{ \"a.b\" , x=\":\"} 1\n", Text, None),
            (b"{x=\"y\",\"a:\"} 1\n", Text, None),
            (b"\xef\xbb\xbfa 1\n", Text, Some(Hint::ByteOrderMark)),
            (b"\xef\xbb\xbf", Lenient, Some(Hint::ByteOrderMark)),
            (b"a 1\n\xef\xbb\xbfb 1\n", Text, None),
            (b"\x1f\x8b\x08\x00", OpenMetrics, Some(Hint::Gzip)),
            (b"<!DOCTYPE html>\n<html>", OpenMetrics, Some(Hint::Html)),
            (b"\n  <HTML>\n", Text, Some(Hint::Html)),
            (b"<?xml version=\"1.0\"?>", Text, Some(Hint::Html)),
            (b"{\"status\": \"ok\"}", Text, Some(Hint::Json)),
            (b"{ \"a\\\"b\" : 1}", Text, Some(Hint::Json)),
            (b"{\r\n  \"a\": 1\r\n}", Text, Some(Hint::Json)),
            (b"{\n}\n", Text, Some(Hint::Json)),
            (b"[]", Text, Some(Hint::Json)),
            (b"[{\"a\":1}]\n", Lenient, Some(Hint::Json)),
            (b"a 1\n# EOF\n", Text, Some(Hint::OpenMetrics)),
            (b"a 1\n# EOF\n", OpenMetrics, None),
            (b"a 1\n# EOF\n", Lenient, None),
            (b"a 1\r\nb 1\r\n", Text, Some(Hint::CrLf)),
            (b"a 1\r\n# EOF\r\n", OpenMetrics, Some(Hint::CrLf)),
            (b"a 1\r\n", Lenient, None),
            (b"a 1\nb 1\r\n", Text, None),
        ] {
            let hint = Hint::of_body(body, dialect);
            assert_eq!(hint, expected, "{}", body.escape_ascii());
        }
    }

    /// A key longer than the head does not count as one.
    #[test]
    fn no_more_than_the_head_is_looked_at() {
        let body = [b"{\"", "x".repeat(HEAD).as_bytes(), b"\":1}"].concat();
        assert_eq!(Hint::of_body(&body, Dialect::Text), None);
    }
}
