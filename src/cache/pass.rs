//! What was read of a body, shown line by line.

use std::borrow::Cow;
use std::fmt;

use super::ScrapeCache;
use super::arena::Arena;
use super::place::{Change, Place};
use crate::decode::Escapes;
use crate::engine::{Between, Engine, Step, without_line_feed};
use crate::error::Result;
use crate::filter::{Filter, Says, Sieve};
use crate::labels::{Exemplar, Labels};
use crate::leniency::Leniency;
#[cfg(feature = "relabel")]
use crate::line::Sample;
use crate::line::{Declared, Line};
use crate::metric_type::MetricType;
use crate::scan;
use crate::shape::{SampleShape, Text};

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
            places: self.cache.places.iter(),
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
                let place = lines.places.as_slice().first();
                let line = lines.next()?;
                let wanted = match &line {
                    Ok(CachedLine::Sample(sample)) => sieve.wants(&sample.name(), Says::Sample),
                    Ok(CachedLine::Other(line)) => sieve.wants_line(line),
                    Err(error) => {
                        let line = place.and_then(|place| pass.physical_line(place));
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
    pub fn vanished(&self) -> impl Iterator<Item = Series<'c>> + use<'c> {
        let cache = self.cache;
        let places = (cache.gone.iter()).filter_map(|place| cache.former.get(*place as usize));
        places.map(move |place| Series { cache, place })
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
#[allow(clippy::large_enum_variant, reason = "few lines are not samples")]
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
    places: std::slice::Iter<'c, Place>,
    scope: MetricType,
    /// The family that the last TYPE line names.
    declared: Declared<'c>,
}

impl<'c> Iterator for Lines<'c> {
    type Item = Result<CachedLine<'c>>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let place = self.places.next()?;
        match place.form.is_sample() {
            true => Some(Ok(CachedLine::Sample(self.sample(place)))),
            false => self.other(place),
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.places.size_hint()
    }
}

impl ExactSizeIterator for Lines<'_> {}
impl std::iter::FusedIterator for Lines<'_> {}

impl<'c> Lines<'c> {
    #[inline(always)]
    fn sample(&self, place: &'c Place) -> CachedSample<'c> {
        let cache = self.pass.cache;
        CachedSample {
            series: Series { cache, place },
            body: self.pass.body,
            scope: self.scope,
            declared: self.declared,
        }
    }

    #[inline(never)]
    fn other(&mut self, place: &'c Place) -> Option<Result<CachedLine<'c>>> {
        let cache = self.pass.cache;
        let arena = cache.arenas.of(place);
        let line = match arena.other(place) {
            Some(shape) => Ok(Line::other(arena.text(place), shape)),
            None => self.pass.odd(place)?,
        };
        if let Ok(Line::Type(line)) = &line {
            self.scope = line.kind();
            self.declared = Declared::new(Some(line.raw_name()), cache.engine.dialect);
        }
        Some(line.map(CachedLine::Other))
    }
}

impl<'c> Pass<'c> {
    /// Reads the line of a place again, in the state in which it was read.
    fn odd(&self, place: &Place) -> Option<Result<Line<'c>>> {
        let cache = self.cache;
        let before = cache.aside.before_odd(place.labels)?;
        let mut engine = Engine::new(cache.engine.dialect);
        engine.limits = cache.engine.limits;
        engine.go_on(before);
        let rest = self.body.get(before.byte as usize..)?;
        match engine.step(rest, true, &mut SampleShape::default()) {
            Step::Line(Some(shape), len) => {
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
    fn physical_line(&self, place: &Place) -> Option<&'c [u8]> {
        let before = self.cache.aside.before_odd(place.labels)?;
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
            let place = self.lines.places.next()?;
            if place.form.is_sample() {
                return Some(Ok(self.lines.sample(place)));
            }
            if let Err(error) = self.lines.other(place)? {
                return Some(Err(error));
            }
        }
    }
}

impl std::iter::FusedIterator for Samples<'_> {}

/// A series that is in the body, or was in the one before.
#[derive(Clone, Copy)]
pub struct Series<'c> {
    cache: &'c ScrapeCache,
    place: &'c Place,
}

impl<'c> Series<'c> {
    #[inline]
    fn arena(&self) -> &'c Arena {
        self.cache.arenas.of(self.place)
    }

    /// What it is known by from scrape to scrape.
    #[inline]
    #[must_use]
    pub fn id(&self) -> SeriesId {
        SeriesId(self.place.id)
    }

    /// The metric's name, as [`Sample::name`](crate::Sample::name) has it.
    #[must_use]
    pub fn name(&self) -> Cow<'c, str> {
        let arena = self.arena();
        let name = arena.name(self.place);
        arena.text(self.place).unescaped(name, Escapes::Quoted)
    }

    /// The labels, in the order written and without the metric's name.
    #[inline]
    #[must_use]
    pub fn labels(&self) -> Labels<'c, 'c> {
        self.arena().labels(self.place)
    }

    /// The bytes of the series as written.
    #[must_use]
    pub fn raw_series(&self) -> &'c [u8] {
        self.arena().text(self.place).as_bytes()
    }
}

impl fmt::Debug for Series<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Series")
            .field("id", &self.id())
            .field("name", &self.name())
            .field("labels", &self.labels())
            .finish()
    }
}

/// A sample: a series and its value.
#[derive(Clone, Copy)]
pub struct CachedSample<'c> {
    series: Series<'c>,
    body: &'c [u8],
    scope: MetricType,
    declared: Declared<'c>,
}

impl<'c> CachedSample<'c> {
    /// The series.
    #[must_use]
    pub fn series(&self) -> Series<'c> {
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
        self.series.place.change
    }

    /// The metric's name, as [`Sample::name`](crate::Sample::name) has it.
    #[must_use]
    pub fn name(&self) -> Cow<'c, str> {
        self.series.name()
    }

    /// The labels, in the order written and without the metric's name.
    #[inline]
    #[must_use]
    pub fn labels(&self) -> Labels<'c, 'c> {
        self.series.labels()
    }

    /// The value, as [`Sample::value`](crate::Sample::value) has it.
    #[inline]
    #[must_use]
    pub fn value(&self) -> f64 {
        self.series.place.value
    }

    /// The timestamp in milliseconds since the Unix epoch, if the line has one.
    #[inline]
    #[must_use]
    pub fn timestamp(&self) -> Option<i64> {
        let aside = &self.series.cache.aside;
        aside.timestamp_of(self.series.place.extra()?)
    }

    /// The exemplar, which only OpenMetrics lines have.
    #[must_use]
    pub fn exemplar(&self) -> Option<Exemplar<'c, 'c>> {
        let aside = &self.series.cache.aside;
        aside.exemplar_of(self.series.place.extra()?, self.body)
    }

    /// The type of the sample's own family, as [`Sample::metric_type`](crate::Sample::metric_type) has
    /// it.
    #[must_use]
    pub fn metric_type(&self) -> MetricType {
        let (arena, place) = (self.series.arena(), self.series.place);
        let raw_name = arena.text(place).bytes(arena.name(place));
        self.declared.type_of(raw_name, self.scope)
    }

    /// The type in the last TYPE line before this sample, **whatever metric that line is about**, as
    /// [`Sample::type_of_last_type_line`](crate::Sample::type_of_last_type_line) has it.
    #[must_use]
    pub fn type_of_last_type_line(&self) -> MetricType {
        self.scope
    }
}

#[cfg(feature = "relabel")]
impl<'c> CachedSample<'c> {
    /// A small number that no other series of the body has. Others may have it when this one is gone.
    #[inline]
    pub(crate) fn number(&self) -> u32 {
        self.series.place.number
    }

    /// The series as if it had been read, for what asks for labels alone.
    pub(crate) fn without_value(&self) -> Sample<'c> {
        let Series { place, .. } = self.series;
        Sample {
            text: self.series.arena().text(place),
            shape: SampleShape {
                name: self.series.arena().name(place),
                labels: self.series.labels().shapes.into(),
                series_end: place.len,
                scope: self.scope,
                ..SampleShape::default()
            },
            declared: Declared::NONE,
        }
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
            .field("exemplar", &self.exemplar())
            .finish()
    }
}
