//! What a line says: samples, their labels and exemplars, and the lines beside them.
//!
//! Everything here borrows from the body. A [`Sample`] keeps *where* its parts lie and the text they
//! lie in; the text is handed out by methods whose names say what they cost: `raw…()` borrows and
//! never allocates, `name()` and `value()` undo escapes and are borrowed unless there is one to undo.
//!
//! No parsing happens in this file: shapes are made by the grammar and by the fast scanner.

mod declared;

use std::borrow::Cow;
use std::fmt;

use crate::decode::{self, Escapes};
use crate::go_float::{self, GoFloat};

pub(crate) use declared::{Declared, LastType};

pub use crate::labels::{Exemplar, Label, LabelIter, Labels};
pub use crate::metric_type::MetricType;
pub(crate) use crate::shape::{
    ExemplarShape, LabelShape, LabelShapes, LineShape, OtherShape, Piece, SampleShape, Text,
};

/// One line of an exposition.
///
/// Blank lines are not reported. A label value may hold a raw line feed in the text format, so a
/// "line" here ends at the first line feed outside quotes.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant, reason = "most lines are samples")]
pub enum Line<'a> {
    /// `name{label="value"} 1 1700000000000`
    Sample(Sample<'a>),
    /// `# HELP name text`
    Help(HelpLine<'a>),
    /// `# TYPE name counter`
    Type(TypeLine<'a>),
    /// `# UNIT name seconds`, in OpenMetrics only: a comment elsewhere.
    Unit(UnitLine<'a>),
    /// Any other line that starts with `#`: the bytes from `#` to before the line feed. Prometheus
    /// does not check them for UTF-8.
    Comment(&'a [u8]),
    /// `# EOF`, in OpenMetrics only: a comment elsewhere.
    Eof,
}

impl<'a> Line<'a> {
    /// The line of these parts: a sample's where there are no other's.
    #[inline]
    pub(crate) fn new(
        text: Text<'a>,
        other: Option<OtherShape>,
        sample: SampleShape,
        declared: Declared<'a>,
    ) -> Self {
        match other {
            None => Line::Sample(Sample {
                text,
                shape: sample,
                declared,
            }),
            Some(other) => Line::other(text, other),
        }
    }

    #[inline(always)]
    pub(crate) fn unread_sample() -> Self {
        Line::new(Text::Str(""), None, SampleShape::default(), Declared::NONE)
    }

    #[inline(always)]
    pub(crate) fn other(text: Text<'a>, shape: OtherShape) -> Self {
        let name = |piece| Name { text, piece };
        match shape {
            OtherShape::Help {
                name: piece,
                text: help,
                escapes,
            } => Line::Help(HelpLine {
                name: name(piece),
                help,
                escapes,
            }),
            OtherShape::Type { name: piece, kind } => Line::Type(TypeLine {
                name: name(piece),
                kind,
            }),
            OtherShape::Unit { name: piece, unit } => Line::Unit(UnitLine {
                name: name(piece),
                unit,
            }),
            OtherShape::Comment { text: comment } => Line::Comment(text.bytes(comment)),
            OtherShape::Eof => Line::Eof,
        }
    }

    /// The name of the metric that the line is about, its escapes undone; `None` for comments and
    /// `# EOF`.
    pub fn name(&self) -> Option<Cow<'a, str>> {
        match self {
            Line::Sample(sample) => Some(sample.name()),
            Line::Help(line) => Some(line.name()),
            Line::Type(line) => Some(line.name()),
            Line::Unit(line) => Some(line.name()),
            Line::Comment(_) | Line::Eof => None,
        }
    }

    /// The whole line as written, without its line feed; empty for `# EOF`.
    pub(crate) fn raw(&self) -> &'a [u8] {
        match self {
            Line::Sample(sample) => sample.raw(),
            Line::Help(line) => line.name.text.as_bytes(),
            Line::Type(line) => line.name.text.as_bytes(),
            Line::Unit(line) => line.name.text.as_bytes(),
            Line::Comment(text) => text,
            Line::Eof => b"",
        }
    }

    /// The sample, if this line is one.
    pub fn into_sample(self) -> Option<Sample<'a>> {
        match self {
            Line::Sample(sample) => Some(sample),
            _ => None,
        }
    }
}

/// A name as a HELP, TYPE or UNIT line writes it.
#[derive(Clone, Copy)]
struct Name<'a> {
    text: Text<'a>,
    piece: Piece,
}

impl<'a> Name<'a> {
    fn raw(&self) -> &'a [u8] {
        self.text.bytes(self.piece)
    }

    #[inline(always)]
    fn unescaped(&self) -> Cow<'a, str> {
        self.text.unescaped(self.piece, Escapes::Quoted)
    }
}

macro_rules! name_methods {
    () => {
        /// The metric's name, its escapes undone (Prometheus reports it still escaped, so that the
        /// metadata of such a name never meets its series). Bytes that are not UTF-8 become U+FFFD.
        #[inline]
        pub fn name(&self) -> Cow<'a, str> {
            self.name.unescaped()
        }

        /// The name as written, without its quotes: what Prometheus reports. Not checked for UTF-8.
        pub fn raw_name(&self) -> &'a [u8] {
            self.name.raw()
        }

        /// Whether the name is UTF-8: then [`name`](Self::name) has lost nothing.
        #[inline]
        pub fn name_is_utf8(&self) -> bool {
            self.name.text.is_utf8(self.name.piece)
        }

        /// Where the name lies, in bytes from the line's start.
        pub(crate) fn name_at(&self) -> usize {
            self.name.piece.start()
        }
    };
}

/// `# HELP name text`
#[derive(Clone, Copy)]
pub struct HelpLine<'a> {
    name: Name<'a>,
    help: Piece,
    escapes: Escapes,
}

impl<'a> HelpLine<'a> {
    name_methods!();

    /// The help text, its escapes undone: `\\` and `\n`, in OpenMetrics also `\"`; others stay.
    #[inline]
    pub fn text(&self) -> Cow<'a, str> {
        self.name.text.unescaped(self.help, self.escapes)
    }

    /// The help text as written.
    pub fn raw_text(&self) -> &'a str {
        self.name.text.str(self.help)
    }

    /// Where the text lies, in bytes from the line's start.
    pub(crate) fn text_at(&self) -> usize {
        self.help.start()
    }
}

/// `# TYPE name kind`
#[derive(Clone, Copy)]
pub struct TypeLine<'a> {
    name: Name<'a>,
    kind: MetricType,
}

impl<'a> TypeLine<'a> {
    name_methods!();

    /// The type declared.
    #[inline]
    pub fn kind(&self) -> MetricType {
        self.kind
    }
}

/// `# UNIT name unit`, OpenMetrics only.
#[derive(Clone, Copy)]
pub struct UnitLine<'a> {
    name: Name<'a>,
    unit: Piece,
}

impl<'a> UnitLine<'a> {
    name_methods!();

    /// The unit, for example `seconds`; empty where the line gives none. Bytes that are not UTF-8
    /// become U+FFFD.
    pub fn unit(&self) -> Cow<'a, str> {
        self.name.text.lossy(self.unit)
    }

    /// The unit as written. Not checked for UTF-8.
    pub fn raw_unit(&self) -> &'a [u8] {
        self.name.text.bytes(self.unit)
    }

    /// Where the unit lies, in bytes from the line's start.
    pub(crate) fn unit_at(&self) -> usize {
        self.unit.start()
    }
}

impl PartialEq for HelpLine<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.raw_name() == other.raw_name()
            && self.raw_text() == other.raw_text()
            && self.escapes == other.escapes
    }
}

impl PartialEq for TypeLine<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.raw_name() == other.raw_name() && self.kind == other.kind
    }
}

impl PartialEq for UnitLine<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.raw_name() == other.raw_name() && self.raw_unit() == other.raw_unit()
    }
}

impl fmt::Debug for HelpLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HelpLine")
            .field("name", &self.name())
            .field("text", &self.text())
            .finish()
    }
}

impl fmt::Debug for TypeLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypeLine")
            .field("name", &self.name())
            .field("kind", &self.kind)
            .finish()
    }
}

impl fmt::Debug for UnitLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnitLine")
            .field("name", &self.name())
            .field("unit", &self.unit())
            .finish()
    }
}

/// One sample: a series and its value.
///
/// ```
/// use exposition::{Line, Parser};
///
/// let body = br#"http_requests_total{code="200",path="/"} 1027 1395066363000"#;
/// let Some(Ok(Line::Sample(sample))) = Parser::prometheus(body).next() else { panic!() };
/// assert_eq!(sample.name(), "http_requests_total");
/// assert_eq!(sample.labels().get("code").map(|label| label.value()).as_deref(), Some("200"));
/// assert_eq!(sample.value(), 1027.0);
/// assert_eq!(sample.timestamp(), Some(1395066363000));
/// ```
#[derive(Clone)]
pub struct Sample<'a> {
    pub(crate) text: Text<'a>,
    pub(crate) shape: SampleShape,
    /// Whose type [`SampleShape::scope`] is.
    pub(crate) declared: Declared<'a>,
}

impl<'a> Sample<'a> {
    /// The metric's name, its escapes undone. Bytes that are not UTF-8, which Prometheus' parser
    /// lets pass in a quoted name, become U+FFFD: see [`name_is_utf8`](Self::name_is_utf8).
    #[inline]
    pub fn name(&self) -> Cow<'a, str> {
        self.text.unescaped(self.shape.name, Escapes::Quoted)
    }

    /// The name as written, without its quotes.
    #[inline]
    pub fn raw_name(&self) -> &'a [u8] {
        self.text.bytes(self.shape.name)
    }

    /// Whether the name is UTF-8: then [`name`](Self::name) has lost nothing.
    #[inline]
    pub fn name_is_utf8(&self) -> bool {
        self.text.is_utf8(self.shape.name)
    }

    /// The labels, in the order written and without the metric's name.
    #[inline]
    pub fn labels(&self) -> Labels<'_, 'a> {
        let own = match &self.shape.exemplar {
            Some(exemplar) => exemplar.labels_from as usize,
            None => self.shape.labels.len(),
        };
        Labels {
            text: self.text,
            shapes: self.shape.labels.get(..own).unwrap_or_default(),
        }
    }

    /// The value. Every NaN is the same quiet NaN, `0x7ff8000000000001`, as Prometheus stores it, so
    /// that a body cannot spell a stale marker.
    #[inline]
    pub fn value(&self) -> f64 {
        self.shape.value
    }

    /// The value as written, for example `1e3` or `+Inf`.
    #[inline]
    pub fn raw_value(&self) -> &'a str {
        self.text.str(self.shape.value_text)
    }

    /// The timestamp in milliseconds since the Unix epoch, if the line has one. OpenMetrics writes
    /// seconds; they are converted as Prometheus does, cutting off fractions of a millisecond, and
    /// saturate at the bounds of `i64`.
    #[inline]
    pub fn timestamp(&self) -> Option<i64> {
        self.shape.timestamp
    }

    /// The timestamp as written: milliseconds in text bodies, seconds in OpenMetrics.
    pub fn raw_timestamp(&self) -> Option<&'a str> {
        self.shape
            .timestamp
            .map(|_| self.text.str(self.shape.timestamp_text))
    }

    /// The exemplar, which OpenMetrics lines have, and those that lenient reading takes.
    pub fn exemplar(&self) -> Option<Exemplar<'_, 'a>> {
        self.shape.exemplar.as_ref().map(|shape| Exemplar {
            labels: Labels {
                text: self.text,
                shapes: self
                    .shape
                    .labels
                    .get(shape.labels_from as usize..)
                    .unwrap_or_default(),
            },
            shape: *shape,
        })
    }

    /// The bytes of the series as written: from the name or opening brace to the end of the name
    /// or closing brace. Equal bytes are the same series; a scrape cache keys on them.
    #[inline]
    pub fn raw_series(&self) -> &'a [u8] {
        let end = self.shape.series_end as usize;
        let bytes = self.text.as_bytes().get(..end).unwrap_or_default();
        bytes.trim_ascii_start()
    }

    /// The whole line as written, without its line feed.
    pub fn raw(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    /// The same sample, as if the last TYPE line had declared `kind`.
    #[cfg(feature = "relabel")]
    pub(crate) fn under(&self, kind: MetricType) -> Self {
        let mut sample = self.clone();
        sample.shape.scope = kind;
        sample
    }

    /// The series' labels as Prometheus stores them: with the name as `__name__`, `le` under a
    /// histogram and `quantile` under a summary rewritten to their canonical number (`1` to `1.0`),
    /// sorted by name. Duplicate names stay. Allocates.
    ///
    /// ```
    /// # use exposition::{Line, Parser};
    /// let body = b"# TYPE h histogram\nh_bucket{le=\"1\"} 2\n";
    /// let line = Parser::prometheus(body).nth(1);
    /// let Some(Ok(Line::Sample(sample))) = line else { panic!() };
    /// assert_eq!(sample.stored_labels(), [("__name__".into(), "h_bucket".into()), ("le".into(), "1.0".into())]);
    /// ```
    pub fn stored_labels(&self) -> Vec<(Cow<'a, str>, Cow<'a, str>)> {
        let mut labels = Vec::with_capacity(self.labels().len() + 1);
        labels.push((Cow::Borrowed("__name__"), self.name()));
        for label in self.labels() {
            labels.push((label.name(), self.stored_value(&label)));
        }
        labels.sort_by(|a, b| a.0.cmp(&b.0));
        labels
    }

    /// The value Prometheus stores for one of this sample's labels: rewritten if it is the `le` of a
    /// histogram or the `quantile` of a summary, else [`Label::value`].
    pub fn stored_value(&self, label: &Label<'a>) -> Cow<'a, str> {
        stored_value(self.shape.scope, label)
    }

    /// The whole line as text; `None` where some of it is not UTF-8.
    pub(crate) fn line_text(&self) -> Option<&'a str> {
        match self.text {
            Text::Str(text) => Some(text),
            Text::Bytes(_) => None,
        }
    }

    /// Where the first of this sample's names, the exemplar's among them, lies that is not UTF-8.
    pub(crate) fn name_not_utf8(&self) -> Option<usize> {
        let labels = self.shape.labels.iter().map(|label| label.name);
        std::iter::once(self.shape.name)
            .chain(labels)
            .find(|name| !self.text.is_utf8(*name))
            .map(Piece::start)
    }
}

/// The value Prometheus stores for a label of a sample under that type.
pub(crate) fn stored_value<'a>(scope: MetricType, label: &Label<'a>) -> Cow<'a, str> {
    let value = label.value();
    match canonical_number(scope, label.raw_name(), &value) {
        Some(number) if !number.is_spelled(&value) => Cow::Owned(number.to_string()),
        _ => value,
    }
}

/// What Prometheus stores for the value of a label that it rewrites under a type: the `le` of a
/// histogram and the `quantile` of a summary, if they are numbers (spec T44).
#[inline]
pub(crate) fn canonical_number(scope: MetricType, name: &[u8], value: &str) -> Option<GoFloat> {
    let canonical = match scope {
        MetricType::Histogram => name == b"le",
        MetricType::Summary => name == b"quantile",
        _ => false,
    };
    match canonical {
        true => decode::go_parse_float(value).map(go_float::open_metrics),
        false => None,
    }
}

impl PartialEq for Sample<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.raw() == other.raw() && self.shape == other.shape
    }
}

impl fmt::Debug for Sample<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sample")
            .field("name", &self.name())
            .field("labels", &self.labels())
            .field("value", &self.value())
            .field("timestamp", &self.timestamp())
            .field("exemplar", &self.exemplar())
            .finish()
    }
}
