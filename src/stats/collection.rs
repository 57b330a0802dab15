//! What is kept of samples: their texts, and the series that they are of.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::fingerprint::{ByFingerprint, Fingerprint, Printer};
use super::kept::{Label, Name, Pair, Series, Totals, TypeSet};
use super::texts::Texts;
use crate::bytes::work;
use crate::error::Result;
use crate::model::metric_type::MetricType;
use crate::model::sample_view::{SampleValue, SampleView};
use crate::samples::Samples;
use crate::text::sample::Sample;

/// Counts series: by metric, family, label and value. See the [module](self) for what it answers.
///
/// Takes samples of any format, of one body or of many. Its memory grows with what is distinct, not with the
/// number of samples; [`max_series`](Self::max_series) and [`max_values`](Self::max_values) bound it.
///
/// ```
/// use exposition::{Format, Samples, stats::Stats};
///
/// let body = "up{job=\"a\"} 1\nup{job=\"b\"} 0\nbuild_info 1\n";
/// let mut stats = Stats::new();
/// stats.read(Samples::new(body, Format::default()))?;
/// assert_eq!(stats.to_string(), "1 body: 3 samples, 3 series of 2 metrics; 1 label with 2 values");
/// # Ok::<(), exposition::Error>(())
/// ```
#[derive(Debug)]
pub struct Stats {
    pub(super) names: Texts<Name>,
    pub(super) labels: Texts<Label>,
    /// The values of labels, in the scope of their label.
    pub(super) pairs: Texts<Pair>,
    pub(super) series: Vec<Series>,
    /// The numbers of the pairs of all series, one series after the other.
    pub(super) series_pairs: Vec<u32>,
    pub(super) known: ByFingerprint<u32>,
    /// How many buckets the native histograms among the series have, at most.
    pub(super) native: HashMap<u32, u64>,
    pub(super) totals: Totals,
    max_series: u32,
    max_values: u32,
    name_printer: Printer,
    /// How bounds are written, and the pairs that they are stored as.
    spellings: Texts<u32>,
    /// The labels of the last sample: the next one often has the same names at the same places.
    row: Vec<Cell>,
    last_name: u32,
}

const NO_TIME: i64 = i64::MIN;
/// What no text has as its number.
const NONE: u32 = u32::MAX;
/// As many as have numbers.
const MOST: u32 = u32::MAX - 1;
/// As many as leave numbers for those of one more sample.
const MOST_PAIRS: usize = 1 << 31;

/// As many as servers use; further ones are spelled each time.
const MOST_SPELLINGS: usize = 4096;

/// A sample whose labels are put, one after the other.
#[derive(Debug, Clone, Copy)]
struct Adding {
    name: u32,
    print: Fingerprint,
    metric_type: MetricType,
    labels: usize,
    is_full: bool,
}

/// What a sample has at one place among its labels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    pub(super) label: u32,
    pub(super) pair: u32,
}

impl Default for Stats {
    fn default() -> Self {
        Stats {
            names: Texts::default(),
            labels: Texts::default(),
            pairs: Texts::default(),
            series: Vec::new(),
            series_pairs: Vec::new(),
            known: ByFingerprint::default(),
            native: HashMap::new(),
            totals: Totals::default(),
            max_series: MOST,
            max_values: MOST,
            name_printer: Printer::of_names(),
            spellings: Texts::default(),
            row: Vec::new(),
            last_name: NONE,
        }
    }
}

impl Stats {
    /// Creates a collection without samples and without caps.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how many series are told apart. Samples of further series are counted as samples; all other
    /// numbers then say ["at least"](super::Count::AtLeast).
    #[must_use]
    pub fn max_series(mut self, series: usize) -> Self {
        self.max_series = u32::try_from(series).unwrap_or(MOST).min(MOST);
        self
    }

    /// Sets how many values of one label are kept. Series with further values are still told apart, but the
    /// values are not: what is said of that label then says ["at least"](super::Count::AtLeast).
    #[must_use]
    pub fn max_values(mut self, values: usize) -> Self {
        self.max_values = u32::try_from(values).unwrap_or(MOST).min(MOST);
        self
    }

    /// Counts what is left of a body, in any format: [`Samples`] takes a body with its format or with a
    /// response's `Content-Type`.
    ///
    /// ```
    /// use exposition::{HistogramOptions, Samples, stats::Stats};
    ///
    /// let mut fleet = Stats::new();
    /// for (content_type, body) in [("text/plain", "up 1\n"), ("application/openmetrics-text", "up 1\n# EOF\n")] {
    ///     let samples = Samples::from_response(Some(content_type), None, body)?;
    ///     // As a server that stores native histograms sees it.
    ///     fleet.read(samples.histograms(HistogramOptions::new().native(true)))?;
    /// }
    /// assert_eq!((fleet.bodies(), fleet.samples(), fleet.series().known()), (2, 2, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the first error. What comes after it is counted nevertheless, as
    /// [`Samples::next_sample`] goes on; [`errors`](Self::errors) counts them all.
    pub fn read(&mut self, mut samples: Samples<'_>) -> Result<()> {
        self.begin_body();
        let mut first = Ok(());
        loop {
            match samples.next_sample() {
                Ok(Some(sample)) => match sample.as_text() {
                    Some(line) => self.add_line(line),
                    None => self.add(&sample),
                },
                Ok(None) => return first,
                Err(error) => {
                    self.totals.errors += 1;
                    first = first.and(Err(error));
                }
            }
        }
    }

    /// Begins another body: what it repeats of the bodies before it is not a
    /// [duplicate](Self::duplicates). [`read`](Self::read) does this by itself.
    pub fn begin_body(&mut self) {
        self.totals.bodies += 1;
    }

    /// Counts a sample of the body that was begun last.
    ///
    /// A histogram or summary that OpenMetrics 2.0 writes on one line counts as one series here; [`Samples`]
    /// takes it apart as a scrape does. A label with an empty value is not a label.
    pub fn add(&mut self, sample: &impl SampleView) {
        let Some(mut adding) = self.begin(&sample.name(), sample.metric_type()) else {
            return;
        };
        for (label, value) in sample.labels() {
            if !value.is_empty() && self.put(&mut adding, &label, &value).is_none() {
                return self.add_beyond(adding.name);
            }
        }
        let added = self.end(adding, sample.timestamp());
        if let (Some(at), SampleValue::NativeHistogram(histogram)) = (added, sample.value()) {
            let buckets = self.native.entry(at).or_default();
            *buckets = (*buckets).max(histogram.listed_buckets() as u64);
            self.is_whole(adding.name);
        }
    }

    /// Counts a line of a text format with a single value. Does what [`add`](Self::add) does for a sample with
    /// the labels that a scrape stores, but does not spell the same bound again and again.
    fn add_line(&mut self, sample: &Sample<'_>) {
        let Some(mut adding) = self.begin(&sample.name(), sample.metric_type()) else {
            return;
        };
        let bound: &[u8] = match sample.preceding_type() {
            MetricType::Histogram => b"le",
            MetricType::Summary => b"quantile",
            _ => b"",
        };
        for label in sample.labels() {
            let value = label.value();
            let name = label.raw_name();
            let put = if value.is_empty() {
                Some(())
            } else if !bound.is_empty() && name == bound {
                self.put_bound(&mut adding, &label.name(), &value, || {
                    sample.stored_value(&label)
                })
            } else {
                self.put(&mut adding, &label.name(), &value)
            };
            if put.is_none() {
                return self.add_beyond(adding.name);
            }
        }
        self.end(adding, sample.timestamp());
    }

    /// Begins a sample. `None` if there is no room for its series.
    #[inline]
    fn begin(&mut self, name: &str, metric_type: MetricType) -> Option<Adding> {
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
    fn put(&mut self, adding: &mut Adding, name: &str, value: &str) -> Option<()> {
        let print = self.pair(adding.labels, name, value, adding.is_full)?;
        adding.print = adding.print.plus(print);
        adding.labels += 1;
        Some(())
    }

    /// Does what [`put`](Self::put) does for a number that is stored in another spelling than it is written.
    #[inline]
    fn put_bound<'v>(
        &mut self,
        adding: &mut Adding,
        name: &str,
        written: &str,
        stored: impl FnOnce() -> Cow<'v, str>,
    ) -> Option<()> {
        let place = adding.labels;
        let label = self.label_at(place, name, adding.is_full)?;
        let hashed = self.spellings.hash(label, written);
        let known = self.spellings.find(label, written, hashed);
        if let Some(pair) = known.and_then(|known| self.spellings.get(known)).copied()
            && let Some(print) = self.pairs.get(pair).and_then(|pair| pair.print)
        {
            self.fill(place, Cell { label, pair });
            adding.print = adding.print.plus(print);
            adding.labels += 1;
            return Some(());
        }
        self.put(adding, name, &stored())?;
        let cell = self.row.get(place);
        if let Some(pair) = cell.map(|cell| cell.pair)
            && self.spellings.len() < MOST_SPELLINGS
        {
            self.spellings.put(label, written, hashed, pair);
        }
        Some(())
    }

    /// Counts a sample whose name and labels are put. Returns the number of its series, unless there is no
    /// room for it.
    #[inline]
    fn end(&mut self, adding: Adding, timestamp: Option<i64>) -> Option<u32> {
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

    /// Tells whether there is no room for another series.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.series.len() >= self.max_series as usize || self.pairs.len() >= MOST_PAIRS
    }

    fn is_whole(&mut self, name: u32) {
        if let Some(name) = self.names.get_mut(name) {
            name.is_whole = true;
        }
    }

    fn add_beyond(&mut self, name: u32) {
        self.totals.beyond += 1;
        if let Some(name) = self.names.get_mut(name) {
            name.beyond += 1;
        }
    }

    /// Returns the number of a metric's name and what it adds to a series. `None` if it is new and there is no
    /// room.
    #[inline]
    pub(super) fn name(&mut self, name: &str, is_full: bool) -> Option<(u32, Fingerprint)> {
        if self.names.text(self.last_name) != name || self.last_name == NONE {
            work::on(name.len());
            let hashed = self.names.hash(0, name);
            self.last_name = match self.names.find(0, name, hashed) {
                Some(found) => found,
                None if is_full => return None,
                None => {
                    let about = Name {
                        print: self.name_printer.print(name),
                        types: TypeSet::default(),
                        is_whole: false,
                        beyond: 0,
                    };
                    self.names.put(0, name, hashed, about)
                }
            };
        }
        let about = self.names.get(self.last_name)?;
        Some((self.last_name, about.print))
    }

    /// Puts a label at a place of the row, and returns what it adds to a series. `None` if it is new and there
    /// is no room.
    #[inline]
    pub(super) fn pair(
        &mut self,
        place: usize,
        name: &str,
        value: &str,
        is_full: bool,
    ) -> Option<Fingerprint> {
        work::on(name.len() + value.len());
        let cell = self.row.get(place).copied();
        let before = cell.filter(|cell| self.labels.text(cell.label) == name);
        let label = match before {
            Some(cell) if self.pairs.text(cell.pair) == value => {
                return self.pairs.get(cell.pair)?.print;
            }
            Some(cell) => cell.label,
            None => self.label(name, is_full)?,
        };
        let (pair, print) = self.value(label, value, is_full)?;
        self.fill(place, Cell { label, pair });
        Some(print)
    }

    /// Returns the number of the label's name at a place of the row. `None` if it is new and there is no room.
    #[inline]
    fn label_at(&mut self, place: usize, name: &str, is_full: bool) -> Option<u32> {
        let before = self.row.get(place).map(|cell| cell.label);
        match before.filter(|label| self.labels.text(*label) == name) {
            None => self.label(name, is_full),
            found => found,
        }
    }

    /// Sets what is at a place of the row, which is at most one beyond its end.
    #[inline]
    pub(super) fn fill(&mut self, place: usize, cell: Cell) {
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
                    printer: Printer::of_label(name),
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
            return Some((pair, self.pairs.get(pair)?.print?));
        }
        let about = self.labels.get_mut(label)?;
        let print = || about.printer.print(value);
        if about.values >= self.max_values {
            let print = print();
            return Some((self.beyond(label)?, print));
        } else if is_full {
            return None;
        }
        let print = print();
        about.values += 1;
        let pair = Pair { print: Some(print) };
        Some((self.pairs.put(label, value, hashed, pair), print))
    }

    /// Returns the pair that stands for all values of a label for which there is no room.
    pub(super) fn beyond(&mut self, label: u32) -> Option<u32> {
        let pairs = &mut self.pairs;
        let put = || pairs.put_nameless(label, Pair { print: None });
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

    /// Returns the numbers of a series' pairs, in the order in which they were written.
    pub(super) fn pairs_of(&self, at: usize) -> &[u32] {
        let end = |at: usize| self.series.get(at).map_or(0, |series| series.end);
        let start = at.checked_sub(1).map_or(0, end);
        self.series_pairs.get(start..end(at)).unwrap_or_default()
    }

    /// Returns the series with their pairs.
    pub(super) fn all_series(&self) -> impl Iterator<Item = (&Series, &[u32])> {
        let series = self.series.iter().enumerate();
        series.map(|(at, series)| (series, self.pairs_of(at)))
    }

    /// Tells whether a series is there.
    pub(super) fn has(&self, print: Fingerprint) -> bool {
        self.known.contains_key(&print.key())
    }

    /// Tells whether all series are there.
    pub(super) fn has_all_series(&self) -> bool {
        self.totals.beyond == 0
    }

    /// Returns the name and labels of a series. A value for which there was no room is `None`.
    pub(super) fn texts_of(&self, at: usize) -> (&str, impl Iterator<Item = (&str, Option<&str>)>) {
        let name = self.series.get(at).map_or(NONE, |series| series.name);
        let labels = self.pairs_of(at).iter().map(|pair| {
            let is_kept = self
                .pairs
                .get(*pair)
                .is_some_and(|pair| pair.print.is_some());
            let label = self.labels.text(self.pairs.scope(*pair));
            (label, is_kept.then(|| self.pairs.text(*pair)))
        });
        (self.names.text(name), labels)
    }

    /// Returns the series of that number, if all of its values are kept.
    pub(super) fn series_at(&self, at: usize) -> Option<crate::encode::Series> {
        let (name, labels) = self.texts_of(at);
        let labels: Option<Vec<_>> = labels.map(|(name, value)| Some((name, value?))).collect();
        Some(crate::encode::Series::new(name, labels?))
    }
}
