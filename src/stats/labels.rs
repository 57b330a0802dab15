//! What a collection says of labels and their values.

use std::fmt;

use super::collection::Stats;
use super::count::Count;
use super::fingerprint::{ByFingerprint, Fingerprint};
use super::kept::Label;
use super::report::Counted;
use super::tally::Tally;
use crate::bytes::work;
use crate::number::escape::quote;

/// What a label costs.
///
/// Displays as one line: `path: 40 values, 80 series (80.0 %); 22 series without it`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LabelStats<'s> {
    /// The label's name.
    pub name: &'s str,
    /// How many different values it has.
    pub values: Count,
    /// How many different series have it.
    pub series: Count,
    /// The part of all series that have it, in percent.
    pub share: f64,
    /// How many series of the whole collection would be left if none had this label: those that differ in
    /// nothing else would be one.
    pub series_without: Count,
    /// How many series are there only because of this label: all without those that would be left. `None` if
    /// that is not known exactly.
    pub cost: Option<u64>,
    /// The bytes of `label="value"` in all series as the text format writes them.
    pub bytes: Count,
}

/// What a label with one of its values costs.
///
/// Displays as one line: `path="/": 3 series (3.0 %)`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ValueStats<'s> {
    /// The label's name.
    pub label: &'s str,
    /// The value; `None` for all values for which there was [no room](Stats::max_values).
    pub value: Option<&'s str>,
    /// How many different series have it.
    pub series: Count,
    /// How many samples of these were read, over all bodies.
    pub samples: u64,
    /// The part of all series that have it, in percent.
    pub share: f64,
    /// The bytes of `label="value"` in all series as the text format writes them.
    pub bytes: Count,
}

impl Stats {
    /// Returns what each label costs: those whose absence would leave the fewest series first, then by name.
    ///
    /// Takes one step for each label of each series. Series without a label are told apart as all series are,
    /// by [128 bits](crate::stats#exactness).
    ///
    /// ```
    /// use exposition::{Format, Samples, stats::Stats};
    ///
    /// let body = "a{path=\"/1\",code=\"200\"} 1\na{path=\"/2\",code=\"200\"} 1\na{path=\"/2\",code=\"500\"} 1\n";
    /// let mut stats = Stats::new();
    /// stats.read(Samples::new(body, Format::default()))?;
    /// let labels: Vec<String> = stats.labels().iter().map(ToString::to_string).collect();
    /// assert_eq!(labels, [
    ///     "code: 2 values, 3 series (100.0 %); 2 series without it",
    ///     "path: 2 values, 3 series (100.0 %); 2 series without it",
    /// ]);
    /// # Ok::<(), exposition::Error>(())
    /// ```
    #[must_use]
    pub fn labels(&self) -> Vec<LabelStats<'_>> {
        let tally = Tally::of(self);
        let mut bytes = vec![0; self.labels.len()];
        for ((label, _, _), sum) in self.pairs.iter().zip(&tally.pairs) {
            if let Some(bytes) = bytes.get_mut(label as usize) {
                *bytes += sum.bytes;
            }
        }
        let without = self.without_labels();
        let labels = self.labels.iter().zip(bytes).zip(without);
        let labels = labels.map(|(((_, name, label), bytes), (series, left))| {
            let is_exact = self.has_all_series() && label.beyond.is_none();
            LabelStats {
                name,
                values: self.values_of(label),
                series: self.count(series),
                share: self.share(series),
                series_without: Count::new(left, is_exact),
                cost: is_exact.then(|| (self.series.len() as u64).saturating_sub(left)),
                bytes: Count::new(bytes, is_exact),
            }
        });
        let mut labels: Vec<_> = labels.collect();
        labels.sort_unstable_by(|a, b| {
            (a.series_without.known(), a.name).cmp(&(b.series_without.known(), b.name))
        });
        labels
    }

    /// Returns what each value of a label costs: those with most series first, then by value. Empty if there
    /// is no such label.
    ///
    /// ```
    /// use exposition::{Format, Samples, stats::Stats};
    ///
    /// let mut stats = Stats::new();
    /// stats.read(Samples::new("a{b=\"1\"} 1\nc{b=\"2\"} 1\nd{b=\"2\"} 1\ne 1\n", Format::default()))?;
    /// let values: Vec<String> = stats.values("b").iter().map(ToString::to_string).collect();
    /// assert_eq!(values, ["b=\"2\": 2 series (50.0 %)", "b=\"1\": 1 series (25.0 %)"]);
    /// # Ok::<(), exposition::Error>(())
    /// ```
    #[must_use]
    pub fn values(&self, label: &str) -> Vec<ValueStats<'_>> {
        let found = self.labels.find(0, label, self.labels.hash(0, label));
        let Some(label) = found else {
            return Vec::new();
        };
        let tally = Tally::of(self);
        let pairs = self.pairs.iter().zip(&tally.pairs);
        let pairs = pairs.filter(|((scope, _, _), _)| *scope == label);
        let values = pairs.map(|((_, value, pair), sum)| {
            let value = pair.print().map(|_| value);
            ValueStats {
                label: self.labels.text(label),
                value,
                series: self.count(sum.series),
                samples: sum.samples,
                share: self.share(sum.series),
                bytes: Count::new(sum.bytes, self.has_all_series() && value.is_some()),
            }
        });
        let mut values: Vec<_> = values.collect();
        values.sort_unstable_by(|a, b| (b.series, a.value).cmp(&(a.series, b.value)));
        values
    }

    pub(super) fn values_of(&self, label: &Label) -> Count {
        let is_exact = self.has_all_series() && label.beyond.is_none();
        let more = u64::from(label.beyond.is_some());
        Count::new(u64::from(label.values) + more, is_exact)
    }

    /// Returns for each label how many series have it, and how many series there are without it.
    fn without_labels(&self) -> Vec<(u64, u64)> {
        let all = self.series.len() as u64;
        let mut found: ByFingerprint<()> = ByFingerprint::default();
        let by_label = self.by_label();
        let labels = by_label.lists().map(|list| {
            work::on(list.len());
            // Emptying a table takes as long as the table is large.
            match found.capacity() / 4 > list.len() {
                true => found = ByFingerprint::default(),
                false => found.clear(),
            }
            let (mut with, mut rest) = (0, list);
            while let Some(first) = rest.first() {
                with += 1;
                // A series that repeats a label has it several times in a row.
                let of_series = rest
                    .iter()
                    .take_while(|one| one.series == first.series)
                    .count();
                let (own, others) = rest.split_at_checked(of_series).unwrap_or((rest, &[]));
                rest = others;
                let Some(left) = self.without(own) else {
                    continue;
                };
                // The series without the label may be there itself.
                if !self.has(left) {
                    found.insert(left.key(), ());
                }
            }
            (with, all - with + found.len() as u64)
        });
        labels.collect()
    }

    /// Returns what is left of a series without these of its labels. `None` if their values are not known.
    fn without(&self, labels: &[Incidence]) -> Option<Fingerprint> {
        let series = self.series.get(labels.first()?.series as usize)?;
        let mut left = series.print;
        for label in labels {
            left = left.minus(self.pairs.get(label.pair)?.print()?);
        }
        Some(left)
    }

    /// Returns which series have which label.
    fn by_label(&self) -> ByLabel {
        let label_of = |pair: u32| self.pairs.scope(pair) as usize;
        let mut ends = vec![0; self.labels.len() + 1];
        for pair in &self.series_pairs {
            if let Some(count) = ends.get_mut(label_of(*pair) + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for end in &mut ends {
            sum += *end;
            *end = sum;
        }
        let mut list = vec![Incidence::default(); self.series_pairs.len()];
        for (at, (_, pairs)) in self.all_series().enumerate() {
            work::on(pairs.len());
            for pair in pairs {
                if let Some(next) = ends.get_mut(label_of(*pair))
                    && let Some(place) = list.get_mut(*next)
                {
                    *next += 1;
                    *place = Incidence {
                        series: at as u32,
                        pair: *pair,
                    };
                }
            }
        }
        // Each has moved to where its list ends; the last one never had a list.
        ends.pop();
        ByLabel { ends, list }
    }
}

/// That a series has a label.
#[derive(Debug, Clone, Copy, Default)]
struct Incidence {
    series: u32,
    pair: u32,
}

/// The series that have each label, one label after the other.
struct ByLabel {
    ends: Vec<usize>,
    list: Vec<Incidence>,
}

impl ByLabel {
    fn lists(&self) -> impl Iterator<Item = &[Incidence]> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let list = self.list.get(start..*end).unwrap_or_default();
            start = *end;
            list
        })
    }
}

impl fmt::Display for LabelStats<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = Counted(self.values, "value");
        let (series, share, without) = (self.series, self.share, self.series_without);
        write!(
            f,
            "{}: {values}, {series} series ({share:.1} %); ",
            self.name
        )?;
        write!(f, "{without} series without it")
    }
}

impl fmt::Display for ValueStats<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value {
            Some(value) => {
                write!(f, "{}=", self.label)?;
                quote(f, value)?;
                write!(f, ": ")?;
            }
            None => write!(f, "{}, other values: ", self.label)?,
        }
        write!(f, "{} series ({:.1} %)", self.series, self.share)
    }
}
