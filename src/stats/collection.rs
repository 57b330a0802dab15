//! What is kept of samples: their texts, and the series that they are of.

use std::collections::HashMap;

use super::fingerprint::{ByFingerprint, Fingerprint};
use super::kept::{Cell, Label, NONE, Name, Pair, Series, Spelling, Totals};
use super::texts::Texts;
use crate::error::Result;
use crate::model::metric_type::MetricType;
use crate::model::sample_view::{SampleValue, SampleView};
use crate::samples::{SampleEntry, Samples};
use crate::text::sample::Sample;

/// Counts series: by metric, family, label and value. See the [module](crate::stats) for what it answers.
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
    pub(super) max_values: u32,
    /// How bounds are written, and the pairs that they are stored as.
    pub(super) spellings: Texts<Spelling>,
    /// The labels of the last sample: the next one often has the same names at the same places.
    pub(super) row: Vec<Cell>,
    /// The name and type of the last sample, if a line of that name has this type now.
    pub(super) last: Option<(u32, MetricType)>,
}

/// As many as have numbers.
const MOST: u32 = u32::MAX - 1;
/// As many as leave numbers for those of one more sample.
const MOST_PAIRS: usize = 1 << 31;

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
            spellings: Texts::default(),
            row: Vec::new(),
            last: None,
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
            match samples.next_entry() {
                Ok(Some(SampleEntry::Sample(sample))) => match sample.as_text() {
                    Some(line) => self.add_line(line),
                    None => self.add(&sample),
                },
                // What is declared now, names may have another type by.
                Ok(Some(_)) => self.last = None,
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
        self.last = None;
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
    /// the labels that a scrape stores, but looks first whether each part is what it was in the line before.
    fn add_line(&mut self, sample: &Sample<'_>) {
        let Some(mut adding) = self.begin_line(sample) else {
            return;
        };
        let bound = sample.preceding_type().bound_label().unwrap_or_default();
        for label in sample.labels() {
            let value = label.value();
            if value.is_empty() {
                continue;
            }
            let before = self.row.get(adding.labels).map(|cell| cell.label);
            let same = before.filter(|before| label.is_named(self.labels.text(*before)));
            let name = same.or_else(|| self.label(&label.name(), adding.is_full));
            let is_bound = !bound.is_empty() && label.raw_name() == bound.as_bytes();
            let put = match name {
                Some(name) if is_bound => {
                    self.put_bound(&mut adding, name, &value, || sample.stored_value(&label))
                }
                Some(name) => self.put_value(&mut adding, name, &value),
                None => None,
            };
            if put.is_none() {
                return self.add_beyond(adding.name);
            }
        }
        self.end(adding, sample.timestamp());
    }

    /// Tells whether there is no room for another series.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.series.len() >= self.max_series as usize || self.pairs.len() >= MOST_PAIRS
    }

    pub(super) fn is_whole(&mut self, name: u32) {
        if let Some(name) = self.names.get_mut(name) {
            name.is_whole = true;
        }
    }

    pub(super) fn add_beyond(&mut self, name: u32) {
        self.totals.beyond += 1;
        if let Some(name) = self.names.get_mut(name) {
            name.beyond += 1;
        }
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
                .is_some_and(|pair| pair.print().is_some());
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
