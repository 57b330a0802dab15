//! The known series.

use super::line::KnownLine;
use super::table::Table;
use crate::bytes::hash::Seeds;
use crate::bytes::work;
use crate::text::sample::Sample;
use crate::text::shape::SampleShape;

/// The longest body whose lines are kept.
pub(super) const MAX_BODY: u64 = 1 << 30;

/// Unused data is dropped once it is larger than the used data and this many bytes together.
pub(super) const ROOM: usize = 4 * 1024;

/// A series, which is written in its first line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Series {
    pub(super) id: u64,
    /// The last body with this series. It is gone if that is neither this one nor the one before.
    pub(super) body: u64,
    hash: u32,
    /// The first line of that body with this series.
    pub(super) line: u32,
}

impl Series {
    /// Creates a series that no body has yet.
    #[inline(always)]
    fn new(id: u64, hash: u32) -> Self {
        Series {
            id,
            body: u64::MAX,
            hash,
            line: 0,
        }
    }

    /// Tells whether the body before `body` was the last one that had it.
    #[inline(always)]
    pub(super) fn was_before(&self, body: u64) -> bool {
        self.body.wrapping_add(1) == body
    }
}

#[derive(Debug, Default)]
pub(super) struct Store {
    series: Vec<Series>,
    table: Table,
    seeds: Seeds,
    next_id: u64,
    /// The number of the last body whose lines were not those of the one before.
    pub(super) body: u64,
}

impl Store {
    /// Creates a store that assigns ids from `next_id` on.
    pub(super) fn new(next_id: u64) -> Self {
        Store {
            next_id,
            ..Store::default()
        }
    }

    pub(super) fn next_id(&self) -> u64 {
        self.next_id
    }

    /// Begins another body; series that only the one before had are not in this one yet.
    pub(super) fn next_body(&mut self) -> u64 {
        self.body += 1;
        self.body
    }

    #[inline(always)]
    pub(super) fn series(&self, number: u32) -> Option<&Series> {
        self.series.get(number as usize)
    }

    #[inline(always)]
    pub(super) fn series_mut(&mut self, number: u32) -> Option<&mut Series> {
        self.series.get_mut(number as usize)
    }

    /// Returns what tells whether a sample's value is that of the body before: the value, or a number made
    /// of all that a composite one says.
    #[inline(always)]
    pub(super) fn compared(&self, sample: &Sample<'_>) -> f64 {
        match sample.shape.has(SampleShape::IS_COMPOSITE) {
            false => sample.value(),
            true => {
                let composite = sample.raw_value().as_bytes();
                work::on(composite.len());
                f64::from_bits(self.seeds.hash(composite))
            }
        }
    }

    /// Returns the id of a series.
    #[inline(always)]
    pub(super) fn id(&self, number: u32) -> u64 {
        self.series(number).map_or(0, |series| series.id)
    }

    /// Returns the number of the series that is written like this, and what was known of it. `text` returns
    /// how another one is written. An unknown one is added, as one that is gone, and given an id.
    #[inline(always)]
    pub(super) fn find_or_add<'t>(
        &mut self,
        raw: &[u8],
        text: impl Fn(&Series) -> Option<&'t [u8]>,
    ) -> (u32, Series) {
        work::on(raw.len());
        if self.table.is_full() {
            self.fit_table();
        }
        let hash = self.seeds.hash(raw) as u32;
        // One that is gone makes room for the new one. Else one series that comes and goes would take a
        // place each time.
        let mut gone = None;
        let mut found = None;
        let place = self.table.find(hash, |number| {
            let Some(series) = self.series.get(number as usize) else {
                return false;
            };
            if series.hash != hash {
                return false;
            }
            let Some(text) = text(series) else {
                gone = Some(number);
                return false;
            };
            work::on(raw.len());
            found = Some(*series);
            text == raw
        });
        match (place, found) {
            (Ok(number), Some(series)) => (number, series),
            (Ok(number), None) => self.revive(number, hash),
            (Err(place), _) => match gone {
                Some(number) => self.revive(number, hash),
                None => {
                    let number = self.series.len() as u32;
                    self.table.put(place, hash, number);
                    (number, self.add(hash))
                }
            },
        }
    }

    #[inline(always)]
    fn add(&mut self, hash: u32) -> Series {
        let series = Series::new(self.next_id, hash);
        self.next_id += 1;
        self.series.push(series);
        series
    }

    /// Gives the number of a series that is gone to a new one.
    #[inline(never)]
    fn revive(&mut self, number: u32, hash: u32) -> (u32, Series) {
        let series = Series::new(self.next_id, hash);
        self.next_id += 1;
        if let Some(place) = self.series_mut(number) {
            *place = series;
        }
        (number, series)
    }

    /// Records the first line of the last body that has a series.
    #[inline(always)]
    pub(super) fn enter(&mut self, number: u32, line: usize) {
        let body = self.body;
        if let Some(series) = self.series_mut(number) {
            series.body = body;
            series.line = line as u32;
        }
    }

    /// Drops the series that are gone if they are more than the others, and renumbers the others, in the
    /// same order. Returns the new numbers, indexed by the former ones; `None` for those that are gone.
    /// `kept` is how many the last body has.
    pub(super) fn tidy(
        &mut self,
        lines: &mut [KnownLine],
        kept: usize,
    ) -> Option<Vec<Option<u32>>> {
        if self.series.len() <= 2 * kept + ROOM / size_of::<Series>() {
            return None;
        }
        work::on(size_of_val(lines) + size_of_val(self.series.as_slice()));
        let numbers = self.close_gaps();
        let renumber = |number: u32| numbers.get(number as usize).copied().flatten();
        self.fit_table();
        for line in lines.iter_mut().filter(|line| line.is_sample()) {
            line.number = renumber(line.number).unwrap_or_default();
        }
        Some(numbers)
    }

    fn fit_table(&mut self) {
        work::on(size_of_val(self.series.as_slice()));
        self.table.fit(self.series.iter().map(|series| series.hash));
    }

    /// Moves what remains to the front; returns the new numbers.
    fn close_gaps(&mut self) -> Vec<Option<u32>> {
        let body = self.body;
        let mut kept: u32 = 0;
        let new_number = |series: &Series| {
            if series.body != body {
                return None;
            }
            kept += 1;
            Some(kept - 1)
        };
        let numbers = self.series.iter().map(new_number).collect();
        self.series.retain(|series| series.body == body);
        self.series.shrink_to(4 * self.series.len());
        numbers
    }
}
