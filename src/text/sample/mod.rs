//! A sample: a series and its value.
//!
//! The data kept for it fits into registers, and it has no destructor: passing it on costs nothing, in
//! any form of loop. Its labels, its exemplars and rarely used parts are found in the line when they are
//! asked for.

mod declared_type;
mod owned;

use std::borrow::Cow;
use std::fmt;

pub use owned::OwnedSample;

use crate::bytes::compare;
use crate::bytes::scan;
use crate::model::composite::Composite;
use crate::model::metric_type::MetricType;
use crate::model::name::METRIC_NAME;
use crate::model::sample_view::{self, ExemplarView, SampleValue, SampleView};
use crate::number::decode;
use crate::number::respelled::{self, Respelled};
use crate::text::declared::Declared;
use crate::text::exemplar::{Exemplar, Exemplars};
use crate::text::labels::{Label, Labels};
use crate::text::name::Name;
use crate::text::shape::{Piece, SampleShape, Text};
use crate::text::walk::LabelShapes;

/// One sample: a series and its value.
///
/// ```
/// use exposition::{Line, Parser};
///
/// let body = br#"http_requests_total{code="200",path="/"} 1027 1395066363000"#;
/// let Some(Ok(Line::Sample(sample))) = Parser::text(body).next() else { panic!() };
/// assert_eq!(sample.name(), "http_requests_total");
/// assert_eq!(sample.labels().get("code"), Some("200"));
/// assert_eq!(sample.value(), 1027.0);
/// assert_eq!(sample.timestamp(), Some(1395066363000));
/// ```
#[derive(Clone, Copy)]
pub struct Sample<'a> {
    /// The whole line, without its line feed.
    pub(crate) text: Text<'a>,
    pub(crate) shape: SampleShape,
    /// The family whose type [`SampleShape::scope`] is.
    pub(crate) declared: Declared<'a>,
}

impl<'a> Sample<'a> {
    /// Creates the sample whose line is `text` and whose parts are where `shape` says.
    #[inline(always)]
    pub(crate) fn new(text: Text<'a>, shape: SampleShape, declared: Declared<'a>) -> Self {
        Sample {
            text,
            shape,
            declared,
        }
    }

    /// Returns the metric's name, unescaped. Bytes that are not UTF-8, which Prometheus' parser allows in
    /// a quoted name, become U+FFFD: see [`name_is_utf8`](Self::name_is_utf8).
    #[inline]
    pub fn name(&self) -> Cow<'a, str> {
        self.written_name().unescaped()
    }

    /// Returns the name as written, without its quotes.
    #[inline]
    pub fn raw_name(&self) -> &'a [u8] {
        self.written_name().raw()
    }

    /// Tells whether the name is UTF-8: then [`name`](Self::name) has lost nothing.
    #[inline]
    pub fn name_is_utf8(&self) -> bool {
        self.written_name().is_utf8()
    }

    #[inline(always)]
    fn written_name(&self) -> Name<'a> {
        Name {
            text: self.text,
            piece: self.shape.name,
        }
    }

    /// Returns the labels, in the order written and without the metric's name.
    #[inline(always)]
    pub fn labels(&self) -> Labels<'a> {
        let at = match self.shape.label_count {
            0 => 0,
            _ => self.shape.labels_at as usize,
        };
        let has_escapes = self.shape.has(SampleShape::HAS_ESCAPES);
        let count = self.shape.label_count;
        Labels::new(self.text.from(at), self.shape.lengths, count, has_escapes)
    }

    /// Returns the value of the first label named `name`, unescaped: borrowed from the body unless there
    /// is an escape to undo. The metric's name is not a label.
    pub fn label(&self, name: &str) -> Option<Cow<'a, str>> {
        let mut labels = self.labels().iter();
        labels.find_map(|label| label.is_named(name).then(|| label.value()))
    }

    /// Returns the value; NaN if it is a [composite](Self::composite) one. Every NaN is the same quiet NaN, `0x7ff8000000000001`, as Prometheus stores it,
    /// so that a body cannot spell a stale marker.
    #[inline]
    pub fn value(&self) -> f64 {
        self.shape.value
    }

    /// Returns all values of a histogram or a summary of OpenMetrics 2.0, which writes them on one line;
    /// `None` if the value is a number.
    #[inline]
    pub fn composite(&self) -> Option<Composite<'a>> {
        let is_composite = self.shape.has(SampleShape::IS_COMPOSITE);
        is_composite.then(|| Composite::new(self.raw_value(), self.shape.scope))
    }

    /// Returns the value as written, for example `1e3` or `+Inf`.
    #[inline]
    pub fn raw_value(&self) -> &'a str {
        self.text.str(self.value_text())
    }

    /// Returns where the value is, in bytes from the line's start.
    pub(crate) fn value_text(&self) -> Piece {
        let end = self.shape.value_end as usize;
        let start = self.shape.series_end as usize;
        let blanks = scan::blanks(self.text.bytes(Piece::new(start, end)));
        Piece::new(start + blanks, end)
    }

    /// Returns the timestamp in milliseconds since the Unix epoch, if the line has one. OpenMetrics
    /// writes seconds; they are converted as Prometheus does, which cuts off fractions of a millisecond,
    /// and saturate at the bounds of `i64`.
    #[inline]
    pub fn timestamp(&self) -> Option<i64> {
        self.shape.timestamp()
    }

    /// Returns the timestamp as written: milliseconds in text bodies, seconds in OpenMetrics.
    pub fn raw_timestamp(&self) -> Option<&'a str> {
        self.shape.timestamp()?;
        Some(
            self.text
                .str(self.token_after(self.shape.value_end as usize)),
        )
    }

    /// Returns where the token is that begins after the blanks at byte `at`.
    fn token_after(&self, at: usize) -> Piece {
        let tail = self.text.from(at).as_bytes();
        let blanks = scan::blanks(tail);
        let token = tail.get(blanks..).unwrap_or_default();
        let ends = |b: &u8| matches!(b, b' ' | b'\t' | b'\r' | b'\n' | b'#' | b'{');
        let len = token.iter().position(ends).unwrap_or(token.len());
        Piece::new(at + blanks, at + blanks + len)
    }

    /// Returns the time since when the value counts, in milliseconds since the Unix epoch, if the line has
    /// one: `st@1.5` in OpenMetrics 2.0, converted as a [timestamp](Self::timestamp) is.
    #[inline]
    pub fn start_timestamp(&self) -> Option<i64> {
        decode::timestamp_seconds(self.raw_start_timestamp()?).ok()
    }

    /// Returns the start timestamp as written, in seconds.
    #[inline]
    pub fn raw_start_timestamp(&self) -> Option<&'a str> {
        match self.shape.has(SampleShape::HAS_START_TIMESTAMP) {
            true => self.written_start_timestamp(),
            false => None,
        }
    }

    fn written_start_timestamp(&self) -> Option<&'a str> {
        let value_end = self.shape.value_end as usize;
        let at = match self.shape.timestamp() {
            Some(_) => self.token_after(value_end).end(),
            None => value_end,
        };
        self.text.str(self.token_after(at)).strip_prefix("st@")
    }

    /// Returns the exemplars: those of OpenMetrics lines, in version 1.0 at most one each, and those that
    /// lenient reading takes.
    #[inline]
    pub fn exemplars(&self) -> Exemplars<'a> {
        Exemplars::new(self.text, self.shape.exemplars_at)
    }

    /// Returns the first of the [`exemplars`](Self::exemplars).
    #[inline]
    pub fn exemplar(&self) -> Option<Exemplar<'a>> {
        self.exemplars().next()
    }

    /// Returns the bytes of the series as written: from the name or opening brace to the end of the name
    /// or closing brace. Equal bytes are the same series; a scrape cache uses them as keys.
    #[inline]
    pub fn raw_series(&self) -> &'a [u8] {
        let end = self.shape.series_end as usize;
        let bytes = self.text.as_bytes().get(..end).unwrap_or_default();
        bytes.trim_ascii_start()
    }

    /// Returns the whole line as written, without its line feed.
    pub fn raw(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    /// Returns the same sample, as if the last TYPE line had declared `kind`.
    #[cfg(feature = "relabel")]
    pub(crate) fn under(mut self, kind: MetricType) -> Self {
        self.shape.scope = kind;
        self
    }

    /// Returns the series' labels as Prometheus stores them: with the name as `__name__`, `le` under a
    /// histogram and `quantile` under a summary rewritten to their canonical number (`1` to `1.0`),
    /// sorted by name. Duplicate names stay. Allocates.
    ///
    /// ```
    /// # use exposition::{Line, Parser};
    /// let body = b"# TYPE h histogram\nh_bucket{le=\"1\"} 2\n";
    /// let line = Parser::text(body).nth(1);
    /// let Some(Ok(Line::Sample(sample))) = line else { panic!() };
    /// assert_eq!(sample.stored_labels(), [("__name__".into(), "h_bucket".into()), ("le".into(), "1.0".into())]);
    /// ```
    pub fn stored_labels(&self) -> Vec<(Cow<'a, str>, Cow<'a, str>)> {
        let mut labels = Vec::with_capacity(self.labels().len() + 1);
        labels.push((Cow::Borrowed(METRIC_NAME), self.name()));
        for label in self.labels() {
            labels.push((label.name(), self.stored_value(&label)));
        }
        labels.sort_by(|a, b| a.0.cmp(&b.0));
        labels
    }

    /// Returns the value that Prometheus stores for one of this sample's labels: rewritten if it is the
    /// `le` of a histogram or the `quantile` of a summary, otherwise [`Label::value`].
    pub fn stored_value(&self, label: &Label<'a>) -> Cow<'a, str> {
        stored_value(self.shape.scope, label)
    }

    /// Returns the whole line as text; `None` if some of it is not UTF-8.
    pub(crate) fn line_text(&self) -> Option<&'a str> {
        match self.text {
            Text::Str(text) => Some(text),
            Text::Bytes(_) => None,
        }
    }

    /// Returns where the labels are, in bytes from the line's start.
    #[inline]
    pub(crate) fn label_shapes(&self) -> LabelShapes<'a> {
        LabelShapes::new(self.text.as_bytes(), &self.shape)
    }

    /// Returns where the first name that is not UTF-8 is, among this sample's names and those of its
    /// exemplars.
    pub(crate) fn name_not_utf8(&self) -> Option<usize> {
        let cited = self
            .exemplars()
            .flat_map(|exemplar| exemplar.label_shapes());
        let labels = self.label_shapes().chain(cited).map(|label| label.name);
        std::iter::once(self.shape.name)
            .chain(labels)
            .find(|name| !self.text.part(*name).is_utf8())
            .map(Piece::start)
    }
}

/// Returns the value that Prometheus stores for a label of a sample under that type.
pub(crate) fn stored_value<'a>(scope: MetricType, label: &Label<'a>) -> Cow<'a, str> {
    let value = label.value();
    match respelled(scope, label.raw_name(), &value) {
        Some(spelling) => Cow::Owned(spelling.to_string()),
        None => value,
    }
}

/// Returns what Prometheus stores for the value of a label that it rewrites under a type, if that is another text: the
/// `le` of a histogram and the `quantile` of a summary, if they are numbers (spec T44).
#[inline]
pub(crate) fn respelled<'v>(
    scope: MetricType,
    name: &[u8],
    value: &'v str,
) -> Option<Respelled<'v>> {
    match respelled_label(scope) {
        Some(label) if compare::same(name, label.as_bytes()) => respelled::respelled(value),
        _ => None,
    }
}

/// Returns the name of the label that Prometheus rewrites under a type.
#[inline]
pub(crate) fn respelled_label(scope: MetricType) -> Option<&'static str> {
    match scope {
        MetricType::Histogram => Some("le"),
        MetricType::Summary => Some("quantile"),
        _ => None,
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
            .field("exemplars", &self.exemplars())
            .finish()
    }
}

impl SampleView for Sample<'_> {
    fn name<'s>(&'s self) -> Cow<'s, str> {
        self.name()
    }

    fn labels<'s>(&'s self) -> impl Iterator<Item = (Cow<'s, str>, Cow<'s, str>)> {
        let labels = self.labels().iter();
        labels.map(|label| (label.name(), label.value()))
    }

    fn label<'s>(&'s self, name: &str) -> Option<Cow<'s, str>> {
        self.label(name)
    }

    fn value(&self) -> SampleValue<'_> {
        match self.composite() {
            Some(composite) => SampleValue::Composite(composite),
            None => SampleValue::Float(self.value()),
        }
    }

    fn start_timestamp(&self) -> Option<i64> {
        self.start_timestamp()
    }

    fn integer(&self) -> Option<u64> {
        let spelled = self.raw_value().parse();
        spelled.ok().or_else(|| sample_view::exact(self.value()))
    }

    fn timestamp(&self) -> Option<i64> {
        self.timestamp()
    }

    fn metric_type(&self) -> MetricType {
        self.metric_type()
    }

    fn exemplars<'s>(&'s self) -> impl Iterator<Item = impl ExemplarView + 's> {
        self.exemplars()
    }
}
