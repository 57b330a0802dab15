//! What a collection says of metrics and families.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::fmt;

use super::collection::Stats;
use super::count::Count;
use super::family::Families;
use super::tally::{Sum, Tally};
use crate::model::metric_type::MetricType;

/// What a metric's name costs, such as `rpc_seconds_bucket`.
///
/// Displays as one line: `rpc_seconds_bucket: 12 series (60.0 %), 12 samples`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct MetricStats<'s> {
    /// The name of the samples.
    pub name: &'s str,
    /// The type that the samples are declared with; [`Unknown`](MetricType::Unknown) if with none. If bodies
    /// disagree, one of their types.
    #[cfg_attr(feature = "serde", serde(serialize_with = "as_word"))]
    pub metric_type: MetricType,
    /// How many different series there are.
    pub series: Count,
    /// How many samples of these were read, over all bodies.
    pub samples: u64,
    /// The part of all series, in percent.
    pub share: f64,
    /// The bytes of the series as the text format writes them: name and labels, each series once, without
    /// value and timestamp.
    pub bytes: Count,
}

/// What a family costs: a histogram with its buckets, sum and count.
///
/// Displays as one line: `rpc_seconds (histogram): 14 series (70.0 %), 14 samples`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct FamilyStats<'s> {
    /// The name as in the text format: a counter's ends in `_total`, if its samples' does.
    pub name: Cow<'s, str>,
    /// The type; [`Unknown`](MetricType::Unknown) if none is declared. If bodies disagree, one of their types.
    #[cfg_attr(feature = "serde", serde(serialize_with = "as_word"))]
    pub metric_type: MetricType,
    /// The names of its samples, in the order in which they came.
    pub names: Vec<&'s str>,
    /// How many different series there are.
    pub series: Count,
    /// How many samples of these were read, over all bodies.
    pub samples: u64,
    /// The part of all series, in percent.
    pub share: f64,
    /// The bytes of the series as the text format writes them: name and labels, each series once, without
    /// value and timestamp.
    pub bytes: Count,
}

/// Writes a type as its word.
#[cfg(feature = "serde")]
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn as_word<S: serde::Serializer>(kind: &MetricType, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(kind)
}

impl Stats {
    /// Returns how many bodies were begun.
    #[must_use]
    pub fn bodies(&self) -> u64 {
        self.totals.bodies
    }

    /// Returns how many samples were read, over all bodies, duplicates among them.
    #[must_use]
    pub fn samples(&self) -> u64 {
        self.totals.samples
    }

    /// Returns how many lines or metrics could not be [read](Self::read).
    #[must_use]
    pub fn errors(&self) -> u64 {
        self.totals.errors
    }

    /// Returns how many samples have the series and the timestamp, or the lack of one, of the sample before
    /// them in the same body that has this series. A server keeps one of them at most.
    #[must_use]
    pub fn duplicates(&self) -> u64 {
        self.totals.duplicates
    }

    /// Returns how many different series there are: names with labels.
    #[must_use]
    pub fn series(&self) -> Count {
        self.count(self.series.len() as u64)
    }

    /// Returns the bytes of the series as the text format writes them: name and labels, each series once,
    /// without value and timestamp.
    #[must_use]
    pub fn bytes(&self) -> Count {
        self.bytes_of(Tally::of(self).bytes)
    }

    /// Returns what each metric's name costs: those with most series first, then by name.
    ///
    /// ```
    /// use exposition::{Format, Samples, stats::Stats};
    ///
    /// let body = "# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 3\nh_sum 4.5\nh_count 3\n";
    /// let mut stats = Stats::new();
    /// stats.read(Samples::new(body, Format::default()))?;
    /// let metrics: Vec<String> = stats.metrics().iter().map(ToString::to_string).collect();
    /// assert_eq!(metrics, [
    ///     "h_bucket: 2 series (50.0 %), 2 samples",
    ///     "h_count: 1 series (25.0 %), 1 sample",
    ///     "h_sum: 1 series (25.0 %), 1 sample",
    /// ]);
    /// assert_eq!(stats.families()[0].to_string(), "h (histogram): 4 series (100.0 %), 4 samples");
    /// # Ok::<(), exposition::Error>(())
    /// ```
    #[must_use]
    pub fn metrics(&self) -> Vec<MetricStats<'_>> {
        let tally = Tally::of(self);
        let names = self.names.iter().zip(&tally.names);
        let metrics = names.map(|((_, name, about), sum)| MetricStats {
            name,
            metric_type: about.types.metric_type(),
            series: self.count(sum.series),
            samples: sum.samples + about.beyond,
            share: self.share(sum.series),
            bytes: self.bytes_of(sum.bytes),
        });
        let mut metrics: Vec<_> = metrics.collect();
        metrics.sort_unstable_by(|a, b| (b.series, a.name).cmp(&(a.series, b.name)));
        metrics
    }

    /// Returns what each family costs: those with most series first, then by name.
    ///
    /// A sample belongs to the family that its type and the suffix of its name lead to: `rpc_seconds_bucket`
    /// of a histogram to `rpc_seconds`.
    #[must_use]
    pub fn families(&self) -> Vec<FamilyStats<'_>> {
        let tally = Tally::of(self);
        let families = Families::of(self).families.into_iter().map(|family| {
            let mut all = Sum::default();
            for name in &family.names {
                all.add(tally.names.get(*name as usize).copied().unwrap_or_default());
                all.samples += self.names.get(*name).map_or(0, |name| name.beyond);
            }
            let names = family.names.iter().map(|name| self.names.text(*name));
            FamilyStats {
                name: family.name,
                metric_type: family.metric_type,
                names: names.collect(),
                series: self.count(all.series),
                samples: all.samples,
                share: self.share(all.series),
                bytes: self.bytes_of(all.bytes),
            }
        });
        let mut families: Vec<_> = families.collect();
        families.sort_unstable_by(|a, b| {
            (Reverse(a.series), &a.name).cmp(&(Reverse(b.series), &b.name))
        });
        families
    }

    /// Returns a number of series.
    pub(super) fn count(&self, known: u64) -> Count {
        Count::new(known, self.has_all_series())
    }

    pub(super) fn bytes_of(&self, known: u64) -> Count {
        let has_all_values = || (self.labels.iter()).all(|(_, _, label)| label.beyond.is_none());
        Count::new(known, self.has_all_series() && has_all_values())
    }

    /// Returns the part of all series that are known, in percent.
    pub(super) fn share(&self, series: u64) -> f64 {
        match self.series.len() {
            0 => 0.0,
            all => series as f64 / all as f64 * 100.0,
        }
    }
}

impl fmt::Display for MetricStats<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let samples = Counted(Count::Exactly(self.samples), "sample");
        let (series, share) = (self.series, self.share);
        write!(
            f,
            "{}: {series} series ({share:.1} %), {samples}",
            self.name
        )
    }
}

impl fmt::Display for FamilyStats<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let samples = Counted(Count::Exactly(self.samples), "sample");
        let (series, share) = (self.series, self.share);
        write!(f, "{} ({}): ", self.name, self.metric_type)?;
        write!(f, "{series} series ({share:.1} %), {samples}")
    }
}

impl fmt::Display for Stats {
    /// Writes a line of all numbers, for example
    /// `1 body: 3 samples, 3 series of 2 metrics; 1 label with 2 values`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exactly = Count::Exactly;
        let metrics = self.count(self.names.len() as u64);
        let labels = self.count(self.labels.len() as u64);
        let values = self
            .labels
            .iter()
            .map(|(_, _, label)| self.values_of(label));
        match self.totals.bodies {
            1 => write!(f, "1 body: ")?,
            bodies => write!(f, "{bodies} bodies: ")?,
        }
        write!(f, "{}, ", Counted(exactly(self.samples()), "sample"))?;
        write!(
            f,
            "{} series of {}; ",
            self.series(),
            Counted(metrics, "metric")
        )?;
        let values = Counted(values.sum(), "value");
        write!(f, "{} with {values}", Counted(labels, "label"))?;
        for (number, word) in [(self.duplicates(), "duplicate"), (self.errors(), "error")] {
            if number > 0 {
                write!(f, "; {}", Counted(exactly(number), word))?;
            }
        }
        Ok(())
    }
}

/// A number of things with their word.
pub(super) struct Counted(pub(super) Count, pub(super) &'static str);

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counted(count, word) = self;
        let plural = if *count == Count::Exactly(1) { "" } else { "s" };
        write!(f, "{count} {word}{plural}")
    }
}
