//! What a collection says of histograms.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;

use super::collection::Stats;
use super::count::Count;
use super::family::Families;
use super::fingerprint::{ByFingerprint, Fingerprint};
use super::kept::Pair;
use super::report::Counted;
use crate::bytes::work;
use crate::model::metric_type::MetricType;

/// What a family of histograms costs.
///
/// Displays as one line:
/// `rpc_seconds: 2 classic histograms with 5 to 7 buckets, 12 in all; 1 native histogram with 20 buckets`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct HistogramStats<'s> {
    /// The family's name.
    pub name: Cow<'s, str>,
    /// How many classic histograms there are: label sets of its `_bucket` series without `le`.
    pub classic: Count,
    /// How many series of classic buckets there are, those for `+Inf` among them.
    pub classic_buckets: Count,
    /// How many buckets the classic histogram with the fewest has.
    pub fewest_buckets: u64,
    /// How many buckets the classic histogram with the most has.
    pub most_buckets: u64,
    /// How many native histograms there are, each of them one series.
    pub native: Count,
    /// How many buckets these list, the zero bucket aside; of a series with several samples, those of the
    /// sample with the most.
    pub native_buckets: Count,
}

/// What is found of a family.
#[derive(Debug, Default)]
struct Found {
    /// How many series of buckets each label set has.
    sets: Vec<u64>,
    /// Series of buckets whose bounds were not kept: which label set they are of cannot be told.
    vague: u64,
    native: u64,
    native_buckets: u64,
}

impl Stats {
    /// Returns what each family with histograms costs: those with most buckets first, then by name.
    ///
    /// Buckets are counted as they are there, label set by label set: two histograms of one family may differ
    /// in their bounds.
    ///
    /// ```
    /// use exposition::{Format, Samples, stats::Stats};
    ///
    /// let body = "# TYPE h histogram\nh_bucket{a=\"1\",le=\"1\"} 2\nh_bucket{a=\"1\",le=\"+Inf\"} 3\n\
    ///     h_bucket{a=\"2\",le=\"+Inf\"} 1\n";
    /// let mut stats = Stats::new();
    /// stats.read(Samples::new(body, Format::default()))?;
    /// let [histogram] = &stats.histograms()[..] else { panic!() };
    /// assert_eq!(histogram.to_string(), "h: 2 classic histograms with 1 to 2 buckets, 3 in all");
    /// # Ok::<(), exposition::Error>(())
    /// ```
    #[must_use]
    pub fn histograms(&self) -> Vec<HistogramStats<'_>> {
        let families = Families::of(self);
        let mut found: HashMap<usize, Found> = HashMap::new();
        self.classic_histograms(&families, &mut found);
        for (series, buckets) in &self.native {
            let series = self.series.get(*series as usize);
            let family = series.and_then(|series| families.of_name(series.name));
            if let Some(family) = family {
                let found = found.entry(family).or_default();
                found.native += 1;
                found.native_buckets += buckets;
            }
        }
        let all = found.into_iter().filter_map(|(family, found)| {
            let buckets = found.sets.iter().sum::<u64>() + found.vague;
            Some(HistogramStats {
                name: families.families.get(family)?.name.clone(),
                classic: Count::new(
                    found.sets.len() as u64,
                    self.has_all_series() && found.vague == 0,
                ),
                classic_buckets: self.count(buckets),
                fewest_buckets: found.sets.iter().copied().min().unwrap_or_default(),
                most_buckets: found.sets.iter().copied().max().unwrap_or_default(),
                native: self.count(found.native),
                native_buckets: self.count(found.native_buckets),
            })
        });
        let mut all: Vec<_> = all.collect();
        let buckets = |one: &HistogramStats<'_>| one.classic_buckets + one.native_buckets;
        all.sort_unstable_by(|a, b| (buckets(b), &a.name).cmp(&(buckets(a), &b.name)));
        all
    }

    fn classic_histograms(&self, families: &Families<'_>, found: &mut HashMap<usize, Found>) {
        let is_bucket = |family: &usize, name: &str| {
            let family = families.families.get(*family);
            family.is_some_and(|family| {
                let is_histogram = matches!(
                    family.metric_type,
                    MetricType::Histogram | MetricType::GaugeHistogram
                );
                is_histogram && name.strip_prefix(&*family.name) == Some("_bucket")
            })
        };
        // By the number of the name: its family, if its samples are buckets.
        let names = self.names.iter().enumerate();
        let names = names.map(|(at, (_, name, _))| {
            let family = families.of_name(at as u32);
            family.filter(|family| is_bucket(family, name))
        });
        let names: Vec<Option<usize>> = names.collect();
        let Some(le) = self.labels.find(0, "le", self.labels.hash(0, "le")) else {
            return;
        };
        // Where each label set is among those of its family.
        let mut sets: ByFingerprint<usize> = ByFingerprint::default();
        for (series, pairs) in self.all_series() {
            let Some(family) = names.get(series.name as usize).copied().flatten() else {
                continue;
            };
            work::on(pairs.len());
            let Some(bounds) = self.sum_of(pairs, le) else {
                continue;
            };
            let found = found.entry(family).or_default();
            let set = match bounds {
                Ok(bounds) => series.print.minus(bounds),
                Err(Unknown) => {
                    found.vague += 1;
                    continue;
                }
            };
            let place = match sets.entry(set.key()) {
                Entry::Occupied(entry) => *entry.get(),
                Entry::Vacant(entry) => {
                    found.sets.push(0);
                    *entry.insert(found.sets.len() - 1)
                }
            };
            if let Some(buckets) = found.sets.get_mut(place) {
                *buckets += 1;
            }
        }
    }

    /// Returns what those of the pairs add to a series that have this label. `None` if none has.
    fn sum_of(&self, pairs: &[u32], label: u32) -> Option<Result<Fingerprint, Unknown>> {
        let mut of_label = pairs
            .iter()
            .filter(|pair| self.pairs.scope(**pair) == label);
        let print = |pair: &u32| self.pairs.get(*pair).and_then(Pair::print);
        let first = print(of_label.next()?).ok_or(Unknown);
        Some(of_label.fold(first, |sum, pair| {
            Ok(sum?.plus(print(pair).ok_or(Unknown)?))
        }))
    }
}

/// A value that was not kept.
struct Unknown;

impl fmt::Display for HistogramStats<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.name)?;
        let has_classic = self.classic_buckets != Count::Exactly(0);
        if has_classic {
            let buckets = Counted(Count::Exactly(self.most_buckets), "bucket");
            write!(f, "{} with ", Counted(self.classic, "classic histogram"))?;
            match self.fewest_buckets == self.most_buckets {
                true => write!(f, "{buckets}")?,
                false => write!(f, "{} to {buckets}", self.fewest_buckets)?,
            }
            write!(f, ", {} in all", self.classic_buckets)?;
        }
        if self.native != Count::Exactly(0) {
            let separator = if has_classic { "; " } else { "" };
            let buckets = Counted(self.native_buckets, "bucket");
            let native = Counted(self.native, "native histogram");
            write!(f, "{separator}{native} with {buckets}")?;
        }
        Ok(())
    }
}
