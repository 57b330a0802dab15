//! What the doors share: a place in bytes that are at hand, and the engine.

use std::ops::Range;

use super::engine::{Engine, Found};
use super::frame::{Frames, Next};
use super::place::FamilyPlace;
use super::view::{Entry, FamilyEntry, Sample, View};
use super::whole::Whole;
#[cfg(feature = "relabel")]
use crate::error::Position;
use crate::error::Result;

/// Reads the entries of bytes that are at hand: a whole body, or a buffer that moves along it.
#[derive(Debug, Default)]
pub(super) struct Door {
    frames: Frames,
    pub(super) engine: Engine,
    /// Where in the bytes the current family is.
    family: Range<usize>,
    /// Where in the bytes what has not been read begins.
    rest: usize,
}

impl Door {
    /// Finds the next entry in `bytes`. `is_all` tells whether the body ends where they end.
    #[inline]
    pub(super) fn advance(&mut self, bytes: &[u8], is_all: bool) -> Result<Option<Found>> {
        loop {
            if let Some(found) = self.engine.next(self.family(bytes)) {
                return found.map(Some);
            }
            if !self.next_family(bytes, is_all)? {
                return Ok(None);
            }
        }
    }

    /// Finds the next sample, if there is one.
    #[inline]
    pub(super) fn advance_to_sample(&mut self, bytes: &[u8], is_all: bool) -> Result<bool> {
        while let Some(found) = self.advance(bytes, is_all)? {
            if found == Found::Sample {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Finds the next family or metric in `bytes`.
    pub(super) fn advance_to_metric(
        &mut self,
        bytes: &[u8],
        is_all: bool,
    ) -> Result<Option<FoundMetric>> {
        if let Some(found) = self.engine.next_metric(self.family(bytes)) {
            return found.map(|()| Some(FoundMetric::Metric));
        }
        let next = self.next_family(bytes, is_all)?;
        Ok(next.then_some(FoundMetric::Family))
    }

    /// Returns the current family or metric, in bytes that may live longer than the door.
    pub(super) fn whole<'m>(&self, bytes: &'m [u8]) -> Whole<'_, 'm> {
        Whole {
            engine: &self.engine,
            family: self.family(bytes),
        }
    }

    /// Returns the current family's bytes.
    fn family<'m>(&self, bytes: &'m [u8]) -> &'m [u8] {
        bytes.get(self.family.clone()).unwrap_or_default()
    }

    fn next_family(&mut self, bytes: &[u8], is_all: bool) -> Result<bool> {
        self.family = 0..0;
        self.engine.end();
        let rest = bytes.get(self.rest..).unwrap_or_default();
        let before = self.frames.at();
        let next = self.frames.next(rest, is_all, &self.engine.limits);
        let start = self.rest;
        self.rest += (self.frames.at() - before) as usize;
        match next? {
            Next::Message(part) => {
                self.family = start + part.start..start + part.end;
                let place = FamilyPlace {
                    number: self.frames.count,
                    byte: before + part.start as u64,
                    ..FamilyPlace::default()
                };
                self.engine.begin(self.family(bytes), place)?;
                Ok(true)
            }
            Next::More | Next::End => Ok(false),
        }
    }

    /// Returns the offset in the body of what has not been read.
    pub(super) const fn at(&self) -> u64 {
        self.frames.at()
    }

    /// Returns where the current family or metric begins, and the path to it.
    #[cfg(feature = "relabel")]
    #[cold]
    pub(super) fn place(&self, bytes: &[u8]) -> (Position, Box<str>) {
        self.engine.place(self.family(bytes))
    }

    /// Returns how many bytes are not needed any more, and forgets them.
    pub(super) fn release(&mut self) -> usize {
        match self.family.is_empty() {
            true => std::mem::take(&mut self.rest),
            false => 0,
        }
    }

    #[inline]
    pub(super) fn entry<'m>(&'m self, found: Found, bytes: &'m [u8]) -> Entry<'m> {
        match found {
            Found::Family => Entry::Family(FamilyEntry(self.view(bytes))),
            Found::Sample => Entry::Sample(self.sample(bytes)),
        }
    }

    #[inline]
    pub(super) fn sample<'m>(&'m self, bytes: &'m [u8]) -> Sample<'m> {
        Sample(self.view(bytes))
    }

    #[inline]
    fn view<'m>(&'m self, bytes: &'m [u8]) -> View<'m> {
        View {
            engine: &self.engine,
            family: self.family(bytes),
        }
    }
}

/// What a door finds that reads metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FoundMetric {
    /// A family, before its metrics.
    Family,
    Metric,
}

/// The settings that every door has.
macro_rules! settings {
    () => {
        /// Sets in which form histograms become samples. Call it before the first entry is read.
        #[must_use]
        pub fn histograms(
            mut self,
            options: crate::model::histogram_options::HistogramOptions,
        ) -> Self {
            self.engine_mut().options = options;
            self
        }

        /// Sets the limits. Call it before the first entry is read.
        #[must_use]
        pub fn limits(mut self, limits: crate::limits::Limits) -> Self {
            self.engine_mut().limits = limits;
            self
        }

        /// Reads only the samples that `filter` [wants](crate::Filter::wants), and the families of such
        /// samples. Metrics of other families are skipped without being looked at.
        #[must_use]
        pub fn filter_by(mut self, filter: crate::text::filter::Filter) -> Self {
            self.engine_mut().filter = Some(filter);
            self
        }
    };
}
pub(super) use settings;
