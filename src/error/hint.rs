//! What a body looks like when it is not in the format it is read as.

use std::fmt;

use super::sketch::{self, Sample, Sketch, Value};
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
    /// The line or the body is OpenMetrics 1.0, but is read as OpenMetrics 2.0, in which it says something else
    /// ([G23](crate::docs::openmetrics2#g23)).
    OpenMetrics1,
    /// The line or the body is OpenMetrics 2.0, but is read as OpenMetrics 1.0 or another format. It is only
    /// read as 2.0 [if that was asked for](crate::Format::from_negotiated).
    OpenMetrics2,
}

/// How many bytes of a line are looked at to guess what it is.
pub(crate) const HEAD: usize = 256;

impl Hint {
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
        if let Some(hint) = of_version(head, rest, dialect) {
            return Some(hint);
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
            Hint::OpenMetrics1 => "this looks like OpenMetrics 1.0, and is read as OpenMetrics 2.0",
            Hint::OpenMetrics2 => {
                "this looks like OpenMetrics 2.0, and is read as an earlier format"
            }
        })
    }
}

/// Tells whether features of OpenMetrics may explain why a body cannot be read. Lenient reading takes
/// them.
pub(crate) const fn may_be_openmetrics(dialect: Dialect) -> bool {
    match dialect {
        Dialect::Text => true,
        Dialect::OpenMetrics | Dialect::OpenMetrics2 | Dialect::Lenient => false,
    }
}

pub(crate) const fn refuses_crlf(dialect: Dialect) -> bool {
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

/// Guesses whether a line in error is of another version of OpenMetrics than the one that it is read as.
fn of_version(line: &[u8], rest: &[u8], dialect: Dialect) -> Option<Hint> {
    let sketch = sketch::line(line);
    match dialect {
        Dialect::Text | Dialect::OpenMetrics | Dialect::Lenient => {
            // The line may be too long for a sketch.
            let is_marked = [&b"{count:"[..], b"{gcount:", b"st@"]
                .iter()
                .any(|mark| rest.trim_ascii_start().starts_with(mark));
            let is_sketched = matches!(sketch, Sketch::Sample(sample) if sample.is_openmetrics2());
            (is_marked || is_sketched).then_some(Hint::OpenMetrics2)
        }
        Dialect::OpenMetrics2 => {
            let is_older = match sketch {
                // In 1.0 `_info` is in the names of the samples alone.
                Sketch::Type { name, word } => word == b"info" && !name.ends_with(b"_info"),
                Sketch::Sample(sample) => {
                    (rest.is_empty() && sample.is_untimed) || is_older_value(&sample, rest)
                }
                Sketch::Other => false,
            };
            is_older.then_some(Hint::OpenMetrics1)
        }
    }
}

/// Tells whether the error is at the value of a quantile on a line of its own.
fn is_older_value(sample: &Sample<'_>, rest: &[u8]) -> bool {
    match sample.value {
        Value::Number(number) => rest.starts_with(number) && sample.has_quantile(),
        Value::Composite => false,
    }
}

/// Guesses what a body is from its beginning.
pub(crate) fn of_start(body: &[u8]) -> Option<Hint> {
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
