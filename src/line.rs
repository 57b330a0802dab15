//! What a line says: samples, their labels and exemplars, and the lines beside them.
//!
//! Everything here borrows from the body. A [`Sample`] keeps *where* its parts lie and the text they
//! lie in; the text is handed out by methods whose names say what they cost: `raw…()` borrows and
//! never allocates, `name()` and `value()` undo escapes and are borrowed unless there is one to undo.
//!
//! No parsing happens in this file: shapes are made by the grammar and by the fast scanner.

use std::borrow::Cow;
use std::fmt;

use smallvec::SmallVec;

use crate::decode::{self, Escapes};
use crate::go_float::{self, GoFloat};

/// Labels held without allocating: a sample with more spills to the heap.
const INLINE_LABELS: usize = 8;

/// The type a family is declared to have.
///
/// Text bodies know `counter`, `gauge`, `histogram`, `summary` and `untyped`; OpenMetrics adds the
/// others and spells untyped `unknown`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub enum MetricType {
    /// A value that only grows, save for resets.
    Counter,
    /// A value that goes up and down.
    Gauge,
    /// Observations counted in cumulative buckets.
    Histogram,
    /// OpenMetrics: buckets whose counts may shrink.
    GaugeHistogram,
    /// Observations with quantiles.
    Summary,
    /// OpenMetrics: facts written as labels of a constant 1.
    Info,
    /// OpenMetrics: one sample, 0 or 1, per possible state.
    StateSet,
    /// Declared `untyped` or `unknown`, or not declared at all.
    #[default]
    Unknown,
}

impl MetricType {
    /// The word OpenMetrics uses, for example `gaugehistogram`; the unknown type is `unknown`.
    pub fn as_str(self) -> &'static str {
        match self {
            MetricType::Counter => "counter",
            MetricType::Gauge => "gauge",
            MetricType::Histogram => "histogram",
            MetricType::GaugeHistogram => "gaugehistogram",
            MetricType::Summary => "summary",
            MetricType::Info => "info",
            MetricType::StateSet => "stateset",
            MetricType::Unknown => "unknown",
        }
    }
}

impl fmt::Display for MetricType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The bytes of a line: nearly always text, and known to be.
///
/// Prometheus checks label values and HELP texts for UTF-8 but lets other bytes pass in quoted names,
/// comments and units; only lines that use this freedom are `Bytes`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Text<'a> {
    Str(&'a str),
    Bytes(&'a [u8]),
}

impl<'a> Text<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Text::Str(text),
            Err(_) => Text::Bytes(bytes),
        }
    }

    pub(crate) fn as_bytes(self) -> &'a [u8] {
        match self {
            Text::Str(text) => text.as_bytes(),
            Text::Bytes(bytes) => bytes,
        }
    }

    fn bytes(self, piece: Piece) -> &'a [u8] {
        self.as_bytes().get(piece.range()).unwrap_or_default()
    }

    /// The piece as text; empty where it is not UTF-8, which the grammar has ruled out for the
    /// pieces this is asked of.
    #[inline]
    fn str(self, piece: Piece) -> &'a str {
        match self {
            Text::Str(text) => text.get(piece.range()).unwrap_or_default(),
            Text::Bytes(_) => std::str::from_utf8(self.bytes(piece)).unwrap_or_default(),
        }
    }

    /// The piece as text, other bytes replaced by U+FFFD.
    #[inline]
    fn lossy(self, piece: Piece) -> Cow<'a, str> {
        match self {
            Text::Str(text) => Cow::Borrowed(text.get(piece.range()).unwrap_or_default()),
            Text::Bytes(_) => String::from_utf8_lossy(self.bytes(piece)),
        }
    }

    #[inline]
    pub(crate) fn unescaped(self, piece: Piece, escapes: Escapes) -> Cow<'a, str> {
        let text = self.lossy(piece);
        if !piece.has_escapes() {
            return text;
        }
        match text {
            Cow::Borrowed(text) => decode::unescape(text, escapes),
            Cow::Owned(text) => Cow::Owned(decode::unescape(&text, escapes).into_owned()),
        }
    }

    fn is_utf8(self, piece: Piece) -> bool {
        match self {
            Text::Str(_) => true,
            Text::Bytes(_) => std::str::from_utf8(self.bytes(piece)).is_ok(),
        }
    }
}

/// Where a part of a line lies, in bytes from the line's start, and whether it holds a backslash.
///
/// Lines are shorter than 2 GiB (see [`Limits`](crate::Limits)), so the end's highest bit is free to
/// be the mark.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Piece {
    start: u32,
    end_and_mark: u32,
}

const ESCAPES: u32 = 1 << 31;

impl Piece {
    #[inline]
    pub(crate) fn new(start: usize, end: usize) -> Self {
        Piece {
            start: start as u32,
            end_and_mark: end as u32,
        }
    }

    /// A piece that holds a backslash, if `escapes` says so.
    #[inline]
    pub(crate) fn quoted(start: usize, end: usize, escapes: bool) -> Self {
        Piece {
            start: start as u32,
            end_and_mark: end as u32 | (u32::from(escapes) << 31),
        }
    }

    #[inline]
    pub(crate) fn start(self) -> usize {
        self.start as usize
    }

    #[inline]
    pub(crate) fn end(self) -> usize {
        (self.end_and_mark & !ESCAPES) as usize
    }

    #[inline]
    pub(crate) fn has_escapes(self) -> bool {
        self.end_and_mark & ESCAPES != 0
    }

    /// The piece of `text`.
    #[inline]
    pub(crate) fn of(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or_default()
    }

    #[inline]
    fn range(self) -> std::ops::Range<usize> {
        self.start()..self.end()
    }
}

impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.has_escapes() { "\\" } else { "" };
        write!(f, "{}..{}{mark}", self.start(), self.end())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct LabelShape {
    pub(crate) name: Piece,
    pub(crate) value: Piece,
}

pub(crate) type LabelShapes = SmallVec<[LabelShape; INLINE_LABELS]>;

/// A sample's parts, without the text they lie in.
#[derive(Debug, Clone, Default)]
pub(crate) struct SampleShape {
    pub(crate) name: Piece,
    /// The sample's labels, then its exemplar's.
    pub(crate) labels: LabelShapes,
    pub(crate) series_end: u32,
    pub(crate) value_text: Piece,
    pub(crate) value: f64,
    pub(crate) timestamp: Option<i64>,
    pub(crate) timestamp_text: Piece,
    pub(crate) exemplar: Option<ExemplarShape>,
    /// The type that the last TYPE line before this sample declared, whatever metric it named.
    pub(crate) scope: MetricType,
}

impl PartialEq for SampleShape {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.labels == other.labels
            && self.series_end == other.series_end
            && self.value_text == other.value_text
            && self.value.to_bits() == other.value.to_bits()
            && self.timestamp == other.timestamp
            && self.timestamp_text == other.timestamp_text
            && self.exemplar == other.exemplar
            && self.scope == other.scope
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ExemplarShape {
    /// How many of the shape's labels are the sample's own.
    pub(crate) labels_from: u32,
    pub(crate) value_text: Piece,
    pub(crate) timestamp_text: Option<Piece>,
}

/// A line's parts, without the text they lie in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum LineShape {
    Sample(SampleShape),
    Other(OtherShape),
}

/// The parts of a line that is no sample. Small, where a sample's shape is not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum OtherShape {
    Help {
        name: Piece,
        text: Piece,
        escapes: Escapes,
    },
    Type {
        name: Piece,
        kind: MetricType,
    },
    Unit {
        name: Piece,
        unit: Piece,
    },
    Comment {
        text: Piece,
    },
    Eof,
}

impl OtherShape {
    /// The name of the metric that the line is about.
    pub(crate) fn name(&self) -> Option<Piece> {
        match *self {
            OtherShape::Help { name, .. }
            | OtherShape::Type { name, .. }
            | OtherShape::Unit { name, .. } => Some(name),
            OtherShape::Comment { .. } | OtherShape::Eof => None,
        }
    }
}

/// One line of an exposition.
///
/// Blank lines are not reported. A label value may hold a raw line feed in the text format, so a
/// "line" here ends at the first line feed outside quotes.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
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
    pub(crate) fn new(text: Text<'a>, other: Option<OtherShape>, sample: SampleShape) -> Self {
        match other {
            None => Line::Sample(Sample {
                text,
                shape: sample,
            }),
            Some(other) => Line::other(text, other),
        }
    }

    #[inline(always)]
    pub(crate) fn unread_sample() -> Self {
        Line::new(Text::Str(""), None, SampleShape::default())
    }

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

    fn unescaped(&self) -> Cow<'a, str> {
        self.text.unescaped(self.piece, Escapes::Quoted)
    }
}

macro_rules! name_methods {
    () => {
        /// The metric's name, its escapes undone (Prometheus reports it still escaped, so that the
        /// metadata of such a name never meets its series). Bytes that are not UTF-8 become U+FFFD.
        pub fn name(&self) -> Cow<'a, str> {
            self.name.unescaped()
        }

        /// The name as written, without its quotes: what Prometheus reports. Not checked for UTF-8.
        pub fn raw_name(&self) -> &'a [u8] {
            self.name.raw()
        }

        /// Whether the name is UTF-8: then [`name`](Self::name) has lost nothing.
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
    pub fn text(&self) -> Cow<'a, str> {
        self.name.text.unescaped(self.help, self.escapes)
    }

    /// The help text as written.
    pub fn raw_text(&self) -> &'a str {
        self.name.text.str(self.help)
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

    /// The exemplar, which only OpenMetrics lines have.
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

    /// The type that the last TYPE line before this sample declared, whatever metric it named.
    /// Prometheus rewrites `le` and `quantile` by it.
    pub fn type_in_force(&self) -> MetricType {
        self.shape.scope
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
        let value = label.value();
        match canonical_number(self.shape.scope, label.raw_name(), &value) {
            Some(number) if !number.is_spelled(&value) => Cow::Owned(number.to_string()),
            _ => value,
        }
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

/// The labels of a sample or an exemplar, in the order written.
///
/// A view that is cheap to copy: `'a` is the body, `'s` the sample.
#[derive(Clone, Copy)]
pub struct Labels<'s, 'a> {
    text: Text<'a>,
    shapes: &'s [LabelShape],
}

impl<'s, 'a> Labels<'s, 'a> {
    /// How many there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.shapes.len()
    }

    /// Whether there is none: `name 1` and `name{} 1` alike.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.shapes.is_empty()
    }

    /// The first label of that name.
    pub fn get(&self, name: &str) -> Option<Label<'a>> {
        self.iter().find(|label| label.is_named(name))
    }

    /// The labels in the order written.
    #[inline]
    pub fn iter(&self) -> LabelIter<'s, 'a> {
        LabelIter {
            text: self.text,
            shapes: self.shapes.iter(),
        }
    }
}

impl<'s, 'a> IntoIterator for Labels<'s, 'a> {
    type Item = Label<'a>;
    type IntoIter = LabelIter<'s, 'a>;

    fn into_iter(self) -> LabelIter<'s, 'a> {
        self.iter()
    }
}

impl PartialEq for Labels<'_, '_> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other.iter()).all(|(a, b)| a == b)
    }
}

impl fmt::Debug for Labels<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(self.iter().map(|label| (label.name(), label.value())))
            .finish()
    }
}

/// The iterator of [`Labels::iter`].
#[derive(Debug, Clone)]
pub struct LabelIter<'s, 'a> {
    text: Text<'a>,
    shapes: std::slice::Iter<'s, LabelShape>,
}

impl<'a> Iterator for LabelIter<'_, 'a> {
    type Item = Label<'a>;

    #[inline]
    fn next(&mut self) -> Option<Label<'a>> {
        let shape = *self.shapes.next()?;
        Some(Label {
            text: self.text,
            shape,
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.shapes.size_hint()
    }
}

impl ExactSizeIterator for LabelIter<'_, '_> {}

/// One label: a name and a value.
#[derive(Clone, Copy)]
pub struct Label<'a> {
    text: Text<'a>,
    shape: LabelShape,
}

impl<'a> Label<'a> {
    /// The name, its escapes undone. Bytes that are not UTF-8, which Prometheus' parser lets pass in
    /// a quoted name, become U+FFFD: see [`name_is_utf8`](Self::name_is_utf8).
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

    /// The value, its escapes `\\`, `\"` and `\n` undone; any other backslash stays, as in
    /// Prometheus. Borrowed unless there is an escape to undo.
    ///
    /// Prometheus leaves the values of an exemplar's labels escaped: [`raw`](Self::raw) is what it
    /// reports for those.
    #[inline]
    pub fn value(&self) -> Cow<'a, str> {
        self.text.unescaped(self.shape.value, Escapes::Quoted)
    }

    /// The value as written between its quotes. Never allocates.
    #[inline]
    pub fn raw(&self) -> &'a str {
        self.text.str(self.shape.value)
    }

    /// Whether the name is `name`, without allocating.
    #[inline]
    pub fn is_named(&self, name: &str) -> bool {
        if self.shape.name.has_escapes() {
            self.name() == name
        } else {
            self.raw_name() == name.as_bytes()
        }
    }
}

impl PartialEq for Label<'_> {
    fn eq(&self, other: &Self) -> bool {
        let names = if self.shape.name.has_escapes() || other.shape.name.has_escapes() {
            self.name() == other.name()
        } else {
            self.raw_name() == other.raw_name()
        };
        names && self.value() == other.value()
    }
}

impl fmt::Debug for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}={:?}", self.name(), self.value())
    }
}

/// An exemplar: a labelled value that a sample cites, for example the trace of one request.
#[derive(Clone, Copy)]
pub struct Exemplar<'s, 'a> {
    labels: Labels<'s, 'a>,
    shape: ExemplarShape,
}

impl<'s, 'a> Exemplar<'s, 'a> {
    /// The exemplar's labels, often `trace_id`.
    pub fn labels(&self) -> Labels<'s, 'a> {
        self.labels
    }

    /// The exemplar's value.
    pub fn value(&self) -> f64 {
        decode::sample_value(self.raw_value()).unwrap_or(decode::NAN)
    }

    /// The value as written.
    pub fn raw_value(&self) -> &'a str {
        self.labels.text.str(self.shape.value_text)
    }

    /// The timestamp in milliseconds since the Unix epoch, converted as [`Sample::timestamp`] is.
    pub fn timestamp(&self) -> Option<i64> {
        let seconds = self.raw_timestamp()?;
        decode::timestamp_seconds(seconds).ok()
    }

    /// The timestamp as written, in seconds.
    pub fn raw_timestamp(&self) -> Option<&'a str> {
        self.shape
            .timestamp_text
            .map(|piece| self.labels.text.str(piece))
    }
}

impl PartialEq for Exemplar<'_, '_> {
    fn eq(&self, other: &Self) -> bool {
        self.labels == other.labels
            && self.value().to_bits() == other.value().to_bits()
            && self.timestamp() == other.timestamp()
    }
}

impl fmt::Debug for Exemplar<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exemplar")
            .field("labels", &self.labels)
            .field("value", &self.value())
            .field("timestamp", &self.timestamp())
            .finish()
    }
}
