//! One line, as promtool's reader reads it: the text format of 0.0.4, with looser and stricter places than
//! Prometheus' own.
//!
//! No token goes beyond its line there, so a line is read by itself. Which family it belongs to, and what
//! follows from that, is up to [`families`](super::families).

use std::borrow::Cow;
use std::cell::Cell;

use smallvec::SmallVec;

use super::refusal::Fault;
use crate::number::decode;

/// A text that may have had escapes.
pub(in crate::check::lint) type Bytes<'a> = Cow<'a, [u8]>;

/// Labels in the order written.
pub(in crate::check::lint) type LabelPairs<'a> = SmallVec<[(Bytes<'a>, Bytes<'a>); 3]>;

/// Labels that are borrowed from those.
pub(in crate::check::lint) type LabelRefs<'l> = SmallVec<[(&'l [u8], &'l [u8]); 8]>;

/// What a line says.
#[derive(Debug)]
pub(in crate::check::lint) enum ReadLine<'a> {
    /// A comment, a blank line, or metadata without a blank after the name.
    Nothing,
    /// Metadata without a text. The name is known from then on.
    Name(Bytes<'a>),
    Help(Bytes<'a>),
    Type {
        name: Bytes<'a>,
        word: &'a [u8],
    },
    Sample(ReadSample<'a>),
}

#[derive(Debug)]
pub(in crate::check::lint) struct ReadSample<'a> {
    pub(in crate::check::lint) name: Bytes<'a>,
    pub(in crate::check::lint) labels: LabelPairs<'a>,
    pub(in crate::check::lint) value: f64,
}

/// Reads a line without its line feed.
pub(in crate::check::lint) fn read(line: &[u8]) -> Result<ReadLine<'_>, Fault> {
    read_at(&mut Cursor::new(line))
}

/// Reads the last line of a body, which lacks its line feed: whatever gets that far is refused, unless it
/// is blank.
pub(in crate::check::lint) fn read_last(line: &[u8]) -> Result<(), Fault> {
    if is_blank(line) {
        return Ok(());
    }
    let mut cursor = Cursor::new(line);
    let read = read_at(&mut cursor);
    match (read, cursor.reached_end.get()) {
        (Err(fault), false) => Err(fault),
        _ => Err(Fault::UnexpectedEnd),
    }
}

fn read_at<'a>(cursor: &mut Cursor<'a>) -> Result<ReadLine<'a>, Fault> {
    cursor.blanks();
    match cursor.current() {
        b'\n' => Ok(ReadLine::Nothing),
        b'#' => cursor.comment(),
        b'{' => cursor.sample(None).map(ReadLine::Sample),
        _ => {
            let name = cursor.name(NameOf::Metric)?;
            if name.is_empty() {
                return Err(Fault::NoMetricName);
            }
            cursor.blanks();
            cursor.sample(Some(name)).map(ReadLine::Sample)
        }
    }
}

/// Tells whether a line has nothing but blanks.
fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|byte| matches!(byte, b' ' | b'\t'))
}

pub(super) fn shown(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

#[derive(Clone, Copy, PartialEq)]
enum NameOf {
    Metric,
    Label,
}

/// A place in a line. After its end comes the line feed.
struct Cursor<'a> {
    line: &'a [u8],
    at: usize,
    /// Whether anybody looked there.
    reached_end: Cell<bool>,
}

impl<'a> Cursor<'a> {
    fn new(line: &'a [u8]) -> Self {
        Cursor {
            line,
            at: 0,
            reached_end: Cell::new(false),
        }
    }

    fn current(&self) -> u8 {
        let byte = self.line.get(self.at).copied();
        byte.unwrap_or_else(|| {
            self.reached_end.set(true);
            b'\n'
        })
    }

    fn rest(&self) -> &'a [u8] {
        self.line.get(self.at..).unwrap_or_default()
    }

    /// Returns what is between two places.
    fn between(&self, start: usize, end: usize) -> &'a [u8] {
        self.line.get(start..end).unwrap_or_default()
    }

    fn blanks(&mut self) {
        while matches!(self.current(), b' ' | b'\t') {
            self.at += 1;
        }
    }

    fn until_blank(&mut self) -> &'a [u8] {
        let start = self.at;
        let rest = self.rest();
        let length = rest.iter().position(|byte| matches!(byte, b' ' | b'\t'));
        self.at += length.unwrap_or(rest.len());
        self.current();
        self.between(start, self.at)
    }

    /// Returns the current character as text, for an error.
    fn current_shown(&self) -> String {
        match self.current() {
            b'\n' => "\n".to_owned(),
            byte => char::from(byte).to_string(),
        }
    }

    fn comment(&mut self) -> Result<ReadLine<'a>, Fault> {
        self.at += 1;
        self.blanks();
        let keyword = self.until_blank();
        if self.current() == b'\n' || !matches!(keyword, b"HELP" | b"TYPE") {
            return Ok(ReadLine::Nothing);
        }
        self.blanks();
        if self.current() == b'\n' {
            return Ok(ReadLine::Nothing);
        }
        let name = self.name(NameOf::Metric)?;
        match self.current() {
            b'\n' => return Ok(ReadLine::Nothing),
            b' ' | b'\t' => self.blanks(),
            _ => return Err(Fault::NameInComment),
        }
        let text = self.rest();
        match (text, keyword) {
            (b"", _) => Ok(ReadLine::Name(name)),
            (word, b"TYPE") => Ok(ReadLine::Type { name, word }),
            (text, _) => {
                check_escapes(text)?;
                Ok(ReadLine::Help(name))
            }
        }
    }

    /// Reads a name: as far as bytes can be part of one, or in quotes.
    fn name(&mut self, of: NameOf) -> Result<Bytes<'a>, Fault> {
        let is_start = |byte: u8| {
            byte.is_ascii_alphabetic()
                || matches!(byte, b'_' | b'"')
                || (byte == b':' && of == NameOf::Metric)
        };
        if !is_start(self.current()) {
            return Ok(Cow::Borrowed(b""));
        }
        let start = self.at;
        while is_start(self.current()) && self.current() != b'"' || self.current().is_ascii_digit()
        {
            self.at += 1;
        }
        let before = self.between(start, self.at);
        if self.current() != b'"' {
            return Ok(Cow::Borrowed(before));
        }
        // A name can go on in quotes.
        self.at += 1;
        let quoted = self.quoted(|text| match of {
            NameOf::Metric => Fault::LineFeedInName("metric", shown(text)),
            NameOf::Label => Fault::LineFeedInName("label", shown(text)),
        })?;
        Ok(match before {
            b"" => quoted,
            before => Cow::Owned([before, &quoted].concat()),
        })
    }

    /// Reads a text up to its closing quote, which is passed.
    fn quoted(&mut self, unterminated: impl Fn(&[u8]) -> Fault) -> Result<Bytes<'a>, Fault> {
        let mut text = Cow::Borrowed(&b""[..]);
        loop {
            let rest = self.rest();
            let Some(length) = memchr::memchr2(b'"', b'\\', rest) else {
                text = joined(text, rest);
                self.reached_end.set(true);
                return Err(unterminated(&text));
            };
            let (plain, after) = rest.split_at_checked(length).unwrap_or_default();
            text = joined(text, plain);
            match after {
                [b'\\', b'\\', ..] => text.to_mut().push(b'\\'),
                [b'\\', b'n', ..] => text.to_mut().push(b'\n'),
                [b'\\', b'"', ..] => text.to_mut().push(b'"'),
                [b'\\', other @ ..] => {
                    self.reached_end.set(other.is_empty());
                    return Err(invalid_escape(other));
                }
                _ => {
                    self.at += length + 1;
                    return Ok(text);
                }
            }
            self.at += length + 2;
        }
    }

    /// Reads a sample from its braces on, or its value if it has none. Without a name, that is in the
    /// braces.
    fn sample(&mut self, name: Option<Bytes<'a>>) -> Result<ReadSample<'a>, Fault> {
        let mut labels = LabelPairs::new();
        let name_inside = name.is_none();
        let mut name = name;
        if self.current() == b'{' {
            self.at += 1;
            self.labels(&mut name, name_inside, &mut labels)?;
            self.blanks();
        }
        let name = name.ok_or(Fault::NoMetricName)?;
        let token = self.until_blank();
        let text = std::str::from_utf8(token).unwrap_or("\u{fffd}");
        let value = decode::sample_value(text).map_err(|_| Fault::Value(shown(token)))?;
        if self.current() != b'\n' {
            self.blanks();
            let token = self.until_blank();
            let text = std::str::from_utf8(token).unwrap_or_default();
            if text.parse::<i64>().is_err() {
                return Err(Fault::Timestamp(shown(token)));
            }
            let rest = self.rest();
            self.reached_end.set(true);
            if !rest.is_empty() {
                return Err(Fault::AfterTimestamp(shown(rest)));
            }
        }
        Ok(ReadSample {
            name,
            labels,
            value,
        })
    }

    fn labels(
        &mut self,
        name: &mut Option<Bytes<'a>>,
        name_inside: bool,
        labels: &mut LabelPairs<'a>,
    ) -> Result<(), Fault> {
        let metric = |name: &Option<Bytes<'a>>| shown(name.as_deref().unwrap_or_default());
        loop {
            self.blanks();
            if self.current() == b'}' {
                self.at += 1;
                return Ok(());
            }
            let label = self.name(NameOf::Label)?;
            if label.is_empty() {
                return Err(Fault::NoLabelName(metric(name)));
            }
            self.blanks();
            if self.current() != b'=' {
                match (name_inside, &name, self.current()) {
                    (false, ..) => return Err(Fault::NoEqualsSign(self.current_shown())),
                    (true, Some(_), _) => return Err(Fault::SecondName(metric(name))),
                    (true, None, b',' | b'}') => *name = Some(label),
                    (true, None, _) => return Err(Fault::EndOfName(self.current_shown())),
                }
                if self.current() == b',' {
                    self.at += 1;
                }
                continue;
            }
            if *label == *b"__name__" {
                return Err(Fault::ReservedLabel(shown(&label)));
            }
            self.at += 1;
            self.blanks();
            if self.current() != b'"' {
                return Err(Fault::NoQuote(self.current_shown()));
            }
            self.at += 1;
            let value = self.quoted(|text| Fault::LineFeedInValue(shown(text)))?;
            if std::str::from_utf8(&value).is_err() {
                return Err(Fault::LabelValue(shown(&value)));
            }
            self.blanks();
            match self.current() {
                b',' => self.at += 1,
                b'}' => {}
                _ => return Err(Fault::EndOfValue(shown(&value))),
            }
            labels.push((label, value));
        }
    }
}

/// Joins two texts; borrows if one is empty.
fn joined<'a>(text: Bytes<'a>, more: &'a [u8]) -> Bytes<'a> {
    match text {
        text if more.is_empty() => text,
        Cow::Borrowed(b"") => Cow::Borrowed(more),
        Cow::Borrowed(text) => Cow::Owned([text, more].concat()),
        Cow::Owned(mut text) => {
            text.extend_from_slice(more);
            Cow::Owned(text)
        }
    }
}

/// Checks the escapes of a HELP text.
fn check_escapes(mut text: &[u8]) -> Result<(), Fault> {
    while let Some(at) = memchr::memchr(b'\\', text) {
        let after = text.get(at + 1..).unwrap_or_default();
        match after {
            [b'\\' | b'n' | b'"', rest @ ..] => text = rest,
            other => return Err(invalid_escape(other)),
        }
    }
    Ok(())
}

/// Returns the error of a backslash that `after` follows.
fn invalid_escape(after: &[u8]) -> Fault {
    let character = match after.first() {
        None => "\n".to_owned(),
        Some(byte) => char::from(*byte).to_string(),
    };
    Fault::EscapeSequence(character)
}
