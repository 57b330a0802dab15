//! What was read of a body, shown line by line.

use std::borrow::Cow;
use std::fmt;

use super::ScrapeCache;
use super::line::{Change, Kind, KnownLine};
use super::store::Series;
use super::tails::Tail;
use crate::dialect::Dialect;
use crate::engine::{Between, Engine, Step, without_line_feed};
use crate::error::Result;
use crate::exemplar::{Exemplar, Exemplars};
use crate::filter::{Filter, Says, Sieve};
use crate::labels::Labels;
use crate::leniency::Leniency;
use crate::line::{Declared, Line};
use crate::metric_type::MetricType;
use crate::sample::Sample;
use crate::sample_view::{ExemplarView, SampleValue, SampleView};
use crate::scan;
use crate::shape::{LineShape, Text};

/// A body that a [`ScrapeCache`] has read.
#[derive(Clone, Copy)]
pub struct Pass<'c> {
    pub(super) cache: &'c ScrapeCache,
    pub(super) body: &'c [u8],
}

/// The number of a series, which no other one has as long as the cache lives.
///
/// A series is what is written with the same bytes, from the name or opening brace to the end of the
/// name or closing brace: with its labels in another order it is another one. One that is missing in
/// a body is forgotten, and has a new id when it comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SeriesId(pub(super) u64);

impl SeriesId {
    /// The number. They are given one after the other, from 0.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }
}

impl<'c> Pass<'c> {
    /// All lines but blank ones, in their order, as [`Parser`](crate::Parser) gives them.
    #[inline]
    #[must_use]
    pub fn lines(&self) -> Lines<'c> {
        Lines {
            pass: *self,
            known: self.cache.lines.now.iter(),
            scope: Between::START.scope,
            declared: Declared::NONE,
        }
    }

    /// The samples, in their order, and the lines in error.
    #[inline]
    #[must_use]
    pub fn samples(&self) -> Samples<'c> {
        Samples {
            lines: self.lines(),
        }
    }

    /// The lines that the filter wants, and those in error, as [`Parser::only`](crate::Parser::only) gives
    /// them. All of the body was read, and its series are remembered, whatever the filter.
    pub fn only(&self, filter: &Filter) -> impl Iterator<Item = Result<CachedLine<'c>>> + use<'c> {
        let pass = *self;
        let mut sieve = Sieve::new(filter.clone(), pass.cache.engine.dialect);
        let mut lines = pass.lines();
        std::iter::from_fn(move || {
            loop {
                let known = lines.known.as_slice().first();
                let line = lines.next()?;
                let wanted = match &line {
                    Ok(CachedLine::Sample(sample)) => sieve.wants(&sample.name(), Says::Sample),
                    Ok(CachedLine::Other(line)) => sieve.wants_line(line),
                    Err(error) => {
                        let line = known.and_then(|line| pass.physical_line(line));
                        !sieve.passes_over(error, line.unwrap_or_default())
                    }
                };
                if wanted {
                    return Some(line);
                }
            }
        })
    }

    /// What [`Dialect::Lenient`](crate::Dialect::Lenient) took in this body and Prometheus does not, in the
    /// order of the body. Empty in the other dialects.
    #[must_use]
    pub fn leniencies(&self) -> &'c [Leniency] {
        self.cache.engine.leniencies()
    }

    /// The series that were in the body before and are not in this one: they go stale.
    pub fn vanished(&self) -> impl Iterator<Item = CachedSeries<'c>> + use<'c> {
        let cache = self.cache;
        let numbers = cache.lines.gone.iter();
        numbers.filter_map(move |number| CachedSeries::new(cache, *number))
    }
}

impl fmt::Debug for Pass<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.lines()).finish()
    }
}

/// A line, as [`Line`] has it but for samples.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum CachedLine<'c> {
    /// A sample.
    Sample(CachedSample<'c>),
    /// Any other line.
    Other(Line<'c>),
}

/// The iterator of [`Pass::lines`].
#[derive(Debug, Clone)]
pub struct Lines<'c> {
    pass: Pass<'c>,
    known: std::slice::Iter<'c, KnownLine>,
    scope: MetricType,
    /// The family that the last TYPE line names.
    declared: Declared<'c>,
}

impl<'c> Iterator for Lines<'c> {
    type Item = Result<CachedLine<'c>>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let line = self.known.next()?;
        match line.is_sample() {
            true => Some(Ok(CachedLine::Sample(self.sample(line)?))),
            false => self.other(line),
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.known.size_hint()
    }
}

impl ExactSizeIterator for Lines<'_> {}
impl std::iter::FusedIterator for Lines<'_> {}

impl<'c> Lines<'c> {
    #[inline(always)]
    fn sample(&self, line: &'c KnownLine) -> Option<CachedSample<'c>> {
        Some(CachedSample {
            series: CachedSeries::new(self.pass.cache, line.number)?,
            line,
            scope: self.scope,
            declared: self.declared,
            cache: self.pass.cache,
        })
    }

    #[inline(never)]
    fn other(&mut self, known: &'c KnownLine) -> Option<Result<CachedLine<'c>>> {
        let line = match known.kind {
            Kind::Odd => self.pass.odd(known)?,
            _ => {
                let (shape, text) = self.pass.cache.store.other(known)?;
                Ok(Line::other(text, shape))
            }
        };
        if let Ok(Line::Type(line)) = &line {
            self.scope = line.kind();
            self.declared = Declared::new(Some(line.raw_name()));
        }
        Some(line.map(CachedLine::Other))
    }
}

impl<'c> Pass<'c> {
    /// Reads an odd line again, in the state in which it was read.
    fn odd(&self, line: &KnownLine) -> Option<Result<Line<'c>>> {
        let cache = self.cache;
        let before = *cache.lines.odd.get(line.number as usize)?;
        let mut engine = Engine::new(cache.engine.dialect);
        engine.limits = cache.engine.limits;
        engine.go_on(before);
        let rest = self.body.get(before.byte as usize..)?;
        match engine.step(rest, true) {
            Step::Line(LineShape::Other(shape), len) => {
                let text = Text::new(without_line_feed(rest, len));
                Some(Ok(Line::other(text, shape)))
            }
            Step::Error(error, _) => Some(Err(error)),
            _ => None,
        }
    }
}

impl<'c> Pass<'c> {
    /// The physical line at the place of a line that is read again.
    #[cold]
    fn physical_line(&self, line: &KnownLine) -> Option<&'c [u8]> {
        let before = self.cache.lines.odd.get(line.number as usize)?;
        let rest = self.body.get(before.byte as usize..)?;
        rest.get(..scan::line_feed(rest).map_or(rest.len(), |end| end + 1))
    }
}

/// The iterator of [`Pass::samples`].
#[derive(Debug, Clone)]
pub struct Samples<'c> {
    lines: Lines<'c>,
}

impl<'c> Iterator for Samples<'c> {
    type Item = Result<CachedSample<'c>>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let line = self.lines.known.next()?;
            if line.is_sample() {
                return Some(Ok(self.lines.sample(line)?));
            }
            if let Err(error) = self.lines.other(line)? {
                return Some(Err(error));
            }
        }
    }
}

impl std::iter::FusedIterator for Samples<'_> {}

/// A series that is in the body, or was in the one before.
#[derive(Clone, Copy)]
pub struct CachedSeries<'c> {
    id: u64,
    /// Without a value.
    sample: Sample<'c>,
}

impl<'c> CachedSeries<'c> {
    #[inline(always)]
    fn new(cache: &'c ScrapeCache, number: u32) -> Option<Self> {
        let series: &Series = cache.store.series(number)?;
        Some(CachedSeries {
            id: series.id,
            sample: cache.store.sample(series),
        })
    }

    /// What it is known by from scrape to scrape.
    #[inline]
    #[must_use]
    pub fn id(&self) -> SeriesId {
        SeriesId(self.id)
    }

    /// The metric's name, as [`Sample::name`] has it.
    #[inline]
    #[must_use]
    pub fn name(&self) -> Cow<'c, str> {
        self.sample.name()
    }

    /// The labels, in the order written and without the metric's name.
    #[inline(always)]
    #[must_use]
    pub fn labels(&self) -> Labels<'c> {
        self.sample.labels()
    }

    /// The bytes of the series as written.
    #[must_use]
    pub fn raw_series(&self) -> &'c [u8] {
        self.sample.raw()
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

/// A sample: a series and its value.
#[derive(Clone, Copy)]
pub struct CachedSample<'c> {
    series: CachedSeries<'c>,
    line: &'c KnownLine,
    scope: MetricType,
    declared: Declared<'c>,
    cache: &'c ScrapeCache,
}

impl<'c> CachedSample<'c> {
    /// The series.
    #[must_use]
    pub fn series(&self) -> CachedSeries<'c> {
        self.series
    }

    /// What the series is known by from scrape to scrape.
    #[inline]
    #[must_use]
    pub fn id(&self) -> SeriesId {
        self.series.id()
    }

    /// What became of the series since the last body.
    #[inline]
    #[must_use]
    pub fn change(&self) -> Change {
        self.line.change
    }

    /// The metric's name, as [`Sample::name`] has it.
    #[inline]
    #[must_use]
    pub fn name(&self) -> Cow<'c, str> {
        self.series.name()
    }

    /// The labels, in the order written and without the metric's name.
    #[inline(always)]
    #[must_use]
    pub fn labels(&self) -> Labels<'c> {
        self.series.labels()
    }

    /// The value, as [`Sample::value`] has it.
    #[inline]
    #[must_use]
    pub fn value(&self) -> f64 {
        self.line.value
    }

    /// What follows the value, if anything does.
    fn tail(&self) -> Option<&'c Tail> {
        self.cache.tails.of(self.line)
    }

    /// The timestamp in milliseconds since the Unix epoch, if the line has one.
    #[inline]
    #[must_use]
    pub fn timestamp(&self) -> Option<i64> {
        self.tail()?.timestamp
    }

    /// The exemplars, which only OpenMetrics lines have.
    #[must_use]
    pub fn exemplars(&self) -> Exemplars<'c> {
        match self.tail() {
            Some(tail) => Exemplars::new(self.cache.tails.text(tail), tail.exemplars_at),
            None => Exemplars::new(Text::Str(""), 0),
        }
    }

    /// The first of the [`exemplars`](Self::exemplars).
    #[must_use]
    pub fn exemplar(&self) -> Option<Exemplar<'c>> {
        self.exemplars().next()
    }

    /// The type of the sample's own family, as [`Sample::metric_type`] has it.
    #[must_use]
    pub fn metric_type(&self) -> MetricType {
        let open_metrics = self.cache.engine.dialect == Dialect::OpenMetrics;
        let raw_name = self.series.sample.raw_name();
        self.declared.type_of(raw_name, self.scope, open_metrics)
    }

    /// The type in the last TYPE line before this sample, **whatever metric that line is about**, as
    /// [`Sample::type_of_last_type_line`] has it.
    #[must_use]
    pub fn type_of_last_type_line(&self) -> MetricType {
        self.scope
    }
}

impl SampleView for CachedSample<'_> {
    fn name<'s>(&'s self) -> Cow<'s, str> {
        self.name()
    }

    fn labels<'s>(&'s self) -> impl Iterator<Item = (Cow<'s, str>, Cow<'s, str>)> {
        let labels = self.labels().iter();
        labels.map(|label| (label.name(), label.value()))
    }

    fn label<'s>(&'s self, name: &str) -> Option<Cow<'s, str>> {
        self.labels().get(name).map(|label| label.value())
    }

    fn value(&self) -> SampleValue {
        self.value().into()
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

#[cfg(feature = "relabel")]
impl<'c> CachedSample<'c> {
    /// A small number that no other series of the body has. Others may have it when this one is gone, and
    /// it may be given another.
    #[inline]
    pub(crate) fn number(&self) -> u32 {
        self.line.number
    }

    /// The series as if it had been read, for what asks for labels alone.
    pub(crate) fn without_value(&self) -> Sample<'c> {
        let mut sample = self.series.sample;
        sample.shape.scope = self.scope;
        sample
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
