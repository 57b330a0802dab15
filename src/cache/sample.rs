//! Samples with what became of their series.

use std::borrow::Cow;
use std::fmt;

use super::line::{Change, Known, KnownLine};
use super::tail::Tail;
use crate::model::composite::Composite;
use crate::model::metric_type::MetricType;
use crate::model::sample_view::{ExemplarView, SampleValue, SampleView};
use crate::text::declared::Declared;
use crate::text::exemplar::{Exemplar, Exemplars};
use crate::text::labels::Labels;
use crate::text::line::Line;
use crate::text::sample::Sample;
use crate::text::shape::Text;

/// A line, like [`Line`] except for samples.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum CachedLine<'b> {
    /// A sample.
    Sample(CachedSample<'b>),
    /// Any other line.
    Other(Line<'b>),
}

/// The number of a series, unique as long as the cache lives.
///
/// A series consists of the bytes as written, from the name or opening brace to the end of the name or
/// closing brace: with its labels in another order it is a different one. One that is missing in a body
/// is forgotten, and has a new id when it comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SeriesId(u64);

impl SeriesId {
    /// Returns the id of a series that is not in a cache: no cache gets so far.
    #[cfg(feature = "relabel")]
    pub(crate) fn apart(number: u64) -> Self {
        SeriesId(number | 1 << 63)
    }

    /// Returns the number. Numbers are assigned in order, from 0.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

/// A series that is in the body, or was in the one before.
#[derive(Clone, Copy)]
pub struct CachedSeries<'a> {
    id: u64,
    /// A sample whose value is meaningless.
    sample: Sample<'a>,
}

impl<'a> CachedSeries<'a> {
    /// Creates the series of a line; `text` is the line up to its end.
    pub(super) fn new(line: &KnownLine, id: u64, text: &'a [u8]) -> Self {
        let text = Text::new(text);
        CachedSeries {
            id,
            sample: line.sample(text, Tail::NONE, MetricType::Unknown, Declared::NONE),
        }
    }

    /// Returns the id of the series, which stays the same from scrape to scrape.
    #[inline]
    #[must_use]
    pub fn id(&self) -> SeriesId {
        SeriesId(self.id)
    }

    /// Returns the metric's name, as [`Sample::name`] does.
    #[inline]
    #[must_use]
    pub fn name(&self) -> Cow<'a, str> {
        self.sample.name()
    }

    /// Returns the labels, in the order written and without the metric's name.
    #[inline(always)]
    #[must_use]
    pub fn labels(&self) -> Labels<'a> {
        self.sample.labels()
    }

    /// Returns the bytes of the series as written.
    #[must_use]
    pub fn raw_series(&self) -> &'a [u8] {
        self.sample.raw_series()
    }
}

impl fmt::Debug for CachedSeries<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CachedSeries")
            .field("id", &self.id())
            .field("name", &self.name())
            .field("labels", &self.labels())
            .finish()
    }
}

/// A sample, and what became of its series since the last body. It borrows from the body alone.
#[derive(Clone, Copy)]
pub struct CachedSample<'b> {
    sample: Sample<'b>,
    known: Known,
}

impl<'b> CachedSample<'b> {
    #[inline(always)]
    pub(super) fn new(sample: Sample<'b>, known: Known) -> Self {
        CachedSample { sample, known }
    }

    /// Returns the sample, as a [`Parser`](crate::Parser) reads it.
    #[inline(always)]
    #[must_use]
    pub fn sample(&self) -> &Sample<'b> {
        &self.sample
    }

    /// Returns the series.
    #[must_use]
    pub fn series(&self) -> CachedSeries<'b> {
        CachedSeries {
            id: self.known.id,
            sample: self.sample,
        }
    }

    /// Returns the id of the series, which stays the same from scrape to scrape.
    #[inline(always)]
    #[must_use]
    pub fn id(&self) -> SeriesId {
        SeriesId(self.known.id)
    }

    /// Returns what became of the series since the last body.
    #[inline(always)]
    #[must_use]
    pub fn change(&self) -> Change {
        self.known.change
    }

    /// Returns the metric's name, as [`Sample::name`] does.
    #[inline(always)]
    #[must_use]
    pub fn name(&self) -> Cow<'b, str> {
        self.sample.name()
    }

    /// Returns the labels, in the order written and without the metric's name.
    #[inline(always)]
    #[must_use]
    pub fn labels(&self) -> Labels<'b> {
        self.sample.labels()
    }

    /// Returns the value, as [`Sample::value`] does.
    #[inline(always)]
    #[must_use]
    pub fn value(&self) -> f64 {
        self.sample.value()
    }

    /// Returns all values of a histogram or a summary of OpenMetrics 2.0, as [`Sample::composite`] does.
    #[must_use]
    pub fn composite(&self) -> Option<Composite<'b>> {
        self.sample.composite()
    }

    /// Returns the timestamp in milliseconds since the Unix epoch, if the line has one.
    #[inline]
    #[must_use]
    pub fn timestamp(&self) -> Option<i64> {
        self.sample.timestamp()
    }

    /// Returns the exemplars, which lines of OpenMetrics and of lenient reading have.
    #[must_use]
    pub fn exemplars(&self) -> Exemplars<'b> {
        self.sample.exemplars()
    }

    /// Returns the first of the [`exemplars`](Self::exemplars).
    #[must_use]
    pub fn exemplar(&self) -> Option<Exemplar<'b>> {
        self.sample.exemplar()
    }

    /// Returns the type of the sample's own family, as [`Sample::metric_type`] does.
    #[must_use]
    pub fn metric_type(&self) -> MetricType {
        self.sample.metric_type()
    }

    /// Returns the type in the last TYPE line before this sample, **whatever metric that line is about**,
    /// as [`Sample::preceding_type`] does.
    #[must_use]
    pub fn preceding_type(&self) -> MetricType {
        self.sample.preceding_type()
    }

    /// Returns a small number that no other series of the body has. Other series may get it once this one
    /// is gone, and this one may get another.
    #[cfg(feature = "relabel")]
    #[inline]
    pub(crate) fn number(&self) -> u32 {
        self.known.number
    }
}

impl SampleView for CachedSample<'_> {
    fn name<'s>(&'s self) -> Cow<'s, str> {
        self.name()
    }

    fn labels<'s>(&'s self) -> impl Iterator<Item = (Cow<'s, str>, Cow<'s, str>)> {
        SampleView::labels(&self.sample)
    }

    fn label<'s>(&'s self, name: &str) -> Option<Cow<'s, str>> {
        SampleView::label(&self.sample, name)
    }

    fn value(&self) -> SampleValue<'_> {
        SampleView::value(&self.sample)
    }

    fn start_timestamp(&self) -> Option<i64> {
        self.sample.start_timestamp()
    }

    fn integer(&self) -> Option<u64> {
        self.sample.integer()
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

impl fmt::Debug for CachedSample<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CachedSample")
            .field("id", &self.id())
            .field("change", &self.change())
            .field("name", &self.name())
            .field("labels", &self.labels())
            .field("value", &self.value())
            .field("timestamp", &self.timestamp())
            .field("exemplars", &self.exemplars())
            .finish()
    }
}
