//! A body whose lines are returned as it is read.

use std::fmt;

use super::read::Reading;
use super::sample::{CachedLine, CachedSample, CachedSeries};
use crate::error::Result;
use crate::text::filter::{Filter, Says, Sieve};
use crate::text::leniency::Leniency;

/// A body that a [`ScrapeCache`](super::ScrapeCache) is reading.
///
/// It is read once, as its lines are asked for. The rest is read when it is dropped, so that the next
/// body is always compared with all of this one. What it returns borrows from the body.
pub struct CachedBody<'c, 'b> {
    reading: Reading<'c, 'b>,
}

impl<'c, 'b> CachedBody<'c, 'b> {
    pub(super) fn new(reading: Reading<'c, 'b>) -> Self {
        CachedBody { reading }
    }

    /// Returns the remaining lines except blank ones, in order, as [`Parser`](crate::Parser) returns
    /// them.
    #[inline]
    pub fn lines(&mut self) -> impl Iterator<Item = Result<CachedLine<'b>>> + use<'_, 'c, 'b> {
        std::iter::from_fn(|| self.reading.next_line())
    }

    /// Returns the remaining samples and lines in error, in order.
    #[inline]
    pub fn samples(&mut self) -> impl Iterator<Item = Result<CachedSample<'b>>> + use<'_, 'c, 'b> {
        std::iter::from_fn(|| self.next_sample())
    }

    /// Returns the next of the [`samples`](Self::samples).
    #[inline(always)]
    pub(crate) fn next_sample(&mut self) -> Option<Result<CachedSample<'b>>> {
        self.reading.next_sample()
    }

    /// Returns the remaining lines that the filter wants, and those in error, as
    /// [`Parser::filter_by`](crate::Parser::filter_by) does. All of the body is read, and its series are
    /// remembered, whatever the filter.
    pub fn filter_by(
        &mut self,
        filter: &Filter,
    ) -> impl Iterator<Item = Result<CachedLine<'b>>> + use<'_, 'c, 'b> {
        let reading = &mut self.reading;
        let mut sieve = Sieve::new(filter.clone(), reading.cache.engine.dialect());
        std::iter::from_fn(move || {
            loop {
                let line = reading.next_line()?;
                let wanted = match &line {
                    Ok(CachedLine::Sample(sample)) => sieve.wants(&sample.name(), Says::Sample),
                    Ok(CachedLine::Other(line)) => sieve.wants_line(line),
                    Err(error) => !sieve.passes_over(error, reading.last_line()),
                };
                if wanted {
                    return Some(line);
                }
            }
        })
    }

    /// Returns what [`Dialect::Lenient`](crate::Dialect::Lenient) took in this body and Prometheus does
    /// not, in the order of the body. Empty in the other dialects. Reads the rest of the body first.
    pub fn leniencies(&mut self) -> &[Leniency] {
        self.reading.finish();
        self.reading.cache.engine.leniencies()
    }

    /// Returns the series that were in the body before and are not in this one: they go stale. Reads the
    /// rest of the body first.
    pub fn stale(&mut self) -> impl Iterator<Item = CachedSeries<'_>> {
        self.reading.finish();
        let cache = &*self.reading.cache;
        let text = cache.lines.texts.before();
        cache.lines.gone(&cache.store).map(|line| {
            let id = cache.store.id(line.number);
            CachedSeries::new(line, id, line.up_to_series(text))
        })
    }
}

impl Drop for CachedBody<'_, '_> {
    fn drop(&mut self) {
        self.reading.finish();
    }
}

impl fmt::Debug for CachedBody<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CachedBody")
            .field("cache", &self.reading.cache)
            .finish_non_exhaustive()
    }
}
