//! Adding one sample: its name, its labels one after the other, then the series that they are.

use std::borrow::Cow;
use std::collections::hash_map::Entry;

use super::collection::Stats;
use super::fingerprint::Fingerprint;
use super::kept::{Cell, Label, NO_TIME, NONE, Name, Pair, Series, Spelling, TypeSet};
use crate::bytes::scan;
use crate::bytes::work;
use crate::model::metric_type::MetricType;
use crate::text::sample::Sample;

/// As many as servers use; further ones are spelled each time.
const MOST_SPELLINGS: usize = 4096;

/// A sample whose labels are put, one after the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Adding {
    pub(super) name: u32,
    print: Fingerprint,
    metric_type: MetricType,
    pub(super) labels: usize,
    pub(super) is_full: bool,
}

impl Adding {
    /// Begins a sample of that name, for whose series there is room.
    pub(super) fn new(name: u32, print: Fingerprint) -> Self {
        Adding {
            name,
            print,
            metric_type: MetricType::Unknown,
            labels: 0,
            is_full: false,
        }
    }
}

impl Stats {
    /// Does what [`begin`](Self::begin) does for a line.
    #[inline]
    pub(super) fn begin_line(&mut self, sample: &Sample<'_>) -> Option<Adding> {
        if let Some((name, metric_type)) = self.last
            && let Some(about) = self.names.get(name)
            && about.is_plain
            && sample.raw_name() == self.names.text(name).as_bytes()
        {
            work::on(sample.raw_name().len());
            self.totals.samples += 1;
            return Some(Adding {
                name,
                print: about.print,
                metric_type,
                labels: 0,
                is_full: self.is_full(),
            });
        }
        self.begin(&sample.name(), sample.metric_type())
    }

    /// Begins a sample. `None` if there is no room for its series.
    #[inline]
    pub(super) fn begin(&mut self, name: &str, metric_type: MetricType) -> Option<Adding> {
        if self.totals.bodies == 0 {
            self.begin_body();
        }
        self.totals.samples += 1;
        let is_full = self.is_full();
        let Some((name, print)) = self.name(name, is_full) else {
            self.totals.beyond += 1;
            return None;
        };
        if let Some(name) = self.names.get_mut(name) {
            name.types = name.types.union(TypeSet::of(metric_type));
        }
        self.last = Some((name, metric_type));
        Some(Adding {
            name,
            print,
            metric_type,
            labels: 0,
            is_full,
        })
    }

    /// Adds a label to a sample. `None` if there is no room for its series.
    #[inline]
    pub(super) fn put(&mut self, adding: &mut Adding, name: &str, value: &str) -> Option<()> {
        work::on(name.len());
        let before = self.row.get(adding.labels).map(|cell| cell.label);
        let same = before.filter(|label| self.labels.text(*label) == name);
        let label = same.or_else(|| self.label(name, adding.is_full))?;
        self.put_value(adding, label, value)
    }

    /// Adds a label whose name is known. `None` if there is no room for its series.
    #[inline]
    pub(super) fn put_value(&mut self, adding: &mut Adding, label: u32, value: &str) -> Option<()> {
        work::on(value.len());
        let place = adding.labels;
        let before = self.row.get(place).filter(|cell| cell.label == label);
        let before = before.map(|cell| cell.pair);
        // Values often come in the order in which they came before.
        let next = before.and_then(|pair| Some((pair, self.pairs.get(pair)?.next)));
        let is_it = |pair: u32| self.pairs.scope(pair) == label && self.pairs.text(pair) == value;
        let known =
            next.and_then(|(pair, next)| [pair, next].into_iter().find(|pair| is_it(*pair)));
        let (pair, print) = match known {
            Some(pair) => (pair, self.pairs.get(pair)?.print()?),
            None => self.value(label, value, adding.is_full)?,
        };
        if let Some(before) = before.and_then(|before| self.pairs.get_mut(before)) {
            before.next = pair;
        }
        let cell = Cell {
            label,
            pair,
            written: NONE,
        };
        self.add_cell(adding, cell, print);
        Some(())
    }

    /// Does what [`put_value`](Self::put_value) does for a number that is stored in another spelling than it is
    /// written.
    #[inline]
    pub(super) fn put_bound<'v>(
        &mut self,
        adding: &mut Adding,
        label: u32,
        written: &str,
        stored: impl FnOnce() -> Cow<'v, str>,
    ) -> Option<()> {
        work::on(written.len());
        let place = adding.labels;
        let before = self.row.get(place).filter(|cell| cell.label == label);
        let before = before.map(|cell| cell.written);
        let next = before.and_then(|spelling| Some(self.spellings.get(spelling)?.next));
        let is_it =
            |at: &u32| self.spellings.scope(*at) == label && self.spellings.text(*at) == written;
        let known = next.filter(is_it).or_else(|| {
            let hashed = self.spellings.hash(label, written);
            self.spellings.find(label, written, hashed)
        });
        if let Some(known) = known
            && let Some(spelling) = self.spellings.get(known)
            && let Some(print) = self.pairs.get(spelling.pair).and_then(Pair::print)
        {
            let cell = Cell {
                label,
                pair: spelling.pair,
                written: known,
            };
            if let Some(before) = before.and_then(|before| self.spellings.get_mut(before)) {
                before.next = known;
            }
            self.add_cell(adding, cell, print);
            return Some(());
        }
        self.put_value(adding, label, &stored())?;
        if let Some(cell) = self.row.get_mut(place)
            && self.spellings.len() < MOST_SPELLINGS
        {
            let hashed = self.spellings.hash(label, written);
            let spelling = Spelling {
                pair: cell.pair,
                next: NONE,
            };
            cell.written = self.spellings.put(label, written, hashed, spelling);
        }
        Some(())
    }

    /// Adds a label whose value is not known. What it adds to the series is not either.
    pub(super) fn put_beyond(&mut self, adding: &mut Adding, label: u32) -> Option<()> {
        let cell = Cell {
            label,
            pair: self.beyond(label)?,
            written: NONE,
        };
        self.add_cell(adding, cell, Fingerprint::default());
        Some(())
    }

    #[inline]
    fn add_cell(&mut self, adding: &mut Adding, cell: Cell, print: Fingerprint) {
        self.fill(adding.labels, cell);
        adding.print = adding.print.plus(print);
        adding.labels += 1;
    }

    /// Counts a sample whose name and labels are put. Returns the number of its series, unless there is no
    /// room for it.
    #[inline]
    pub(super) fn end(&mut self, adding: Adding, timestamp: Option<i64>) -> Option<u32> {
        let Adding { name, labels, .. } = adding;
        let time = timestamp.unwrap_or(NO_TIME);
        let Some((at, is_new)) = self.put_series(adding.print, name, labels, adding.is_full) else {
            self.add_beyond(name);
            return None;
        };
        let body = self.totals.bodies as u32;
        if let Some(series) = self.series.get_mut(at as usize) {
            series.samples += 1;
            if series.body == body && series.time == time {
                self.totals.duplicates += 1;
            }
            (series.body, series.time) = (body, time);
        }
        if adding.metric_type == MetricType::Summary && is_new {
            let is_quantile = |cell: &Cell| self.labels.text(cell.label) == "quantile";
            let row = self.row.get(..labels).unwrap_or_default();
            if row.iter().any(is_quantile) {
                self.is_whole(name);
            }
        }
        Some(at)
    }

    /// Returns the number of a metric's name and what it adds to a series. `None` if it is new and there is no
    /// room.
    pub(super) fn name(&mut self, name: &str, is_full: bool) -> Option<(u32, Fingerprint)> {
        let hashed = self.names.hash(0, name);
        let found = match self.names.find(0, name, hashed) {
            Some(found) => found,
            None if is_full => return None,
            None => {
                let about = Name {
                    print: Fingerprint::of_name(name),
                    types: TypeSet::default(),
                    is_whole: false,
                    is_plain: !scan::has_backslash(name.as_bytes()),
                    beyond: 0,
                };
                self.names.put(0, name, hashed, about)
            }
        };
        Some((found, self.names.get(found)?.print))
    }

    /// Sets what is at a place of the row, which is at most one beyond its end.
    #[inline]
    fn fill(&mut self, place: usize, cell: Cell) {
        match self.row.get_mut(place) {
            Some(there) => *there = cell,
            None => self.row.push(cell),
        }
    }

    /// Returns the number of a label's name.
    pub(super) fn label(&mut self, name: &str, is_full: bool) -> Option<u32> {
        let hashed = self.labels.hash(0, name);
        match self.labels.find(0, name, hashed) {
            None if is_full => None,
            None => {
                let about = Label {
                    values: 0,
                    beyond: None,
                };
                Some(self.labels.put(0, name, hashed, about))
            }
            found => found,
        }
    }

    /// Returns the number of a label's value and what both add to a series.
    #[inline]
    fn value(&mut self, label: u32, value: &str, is_full: bool) -> Option<(u32, Fingerprint)> {
        let hashed = self.pairs.hash(label, value);
        if let Some(pair) = self.pairs.find(label, value, hashed) {
            return Some((pair, self.pairs.get(pair)?.print()?));
        }
        let has_room = self.labels.get(label)?.values < self.max_values;
        if has_room && is_full {
            return None;
        }
        let print = Fingerprint::of_label(self.labels.text(label), value);
        if !has_room {
            return Some((self.beyond(label)?, print));
        }
        if let Some(about) = self.labels.get_mut(label) {
            about.values += 1;
        }
        let pair = Pair::new(Some(print), NONE);
        Some((self.pairs.put(label, value, hashed, pair), print))
    }

    /// Returns the pair that stands for all values of a label for which there is no room.
    fn beyond(&mut self, label: u32) -> Option<u32> {
        let pairs = &mut self.pairs;
        let put = || pairs.put_nameless(label, Pair::new(None, NONE));
        Some(*self.labels.get_mut(label)?.beyond.get_or_insert_with(put))
    }

    /// Returns the number of a series whose pairs are the first of the row, and whether it is new. `None` if
    /// it is new and there is no room.
    #[inline]
    pub(super) fn put_series(
        &mut self,
        print: Fingerprint,
        name: u32,
        labels: usize,
        is_full: bool,
    ) -> Option<(u32, bool)> {
        let entry = match self.known.entry(print.key()) {
            Entry::Occupied(entry) => return Some((*entry.get(), false)),
            Entry::Vacant(_) if is_full => return None,
            Entry::Vacant(entry) => entry,
        };
        work::on(1);
        let row = self.row.get(..labels).unwrap_or_default();
        self.series_pairs.extend(row.iter().map(|cell| cell.pair));
        let at = *entry.insert(self.series.len() as u32);
        self.series.push(Series {
            print,
            end: self.series_pairs.len(),
            time: NO_TIME,
            body: 0,
            name,
            samples: 0,
        });
        Some((at, true))
    }
}
