//! Native histograms: buckets whose bounds follow from a schema. This file holds the data; what can be
//! asked of it and done to it is in the files beside it.

mod bounds;
mod buckets;
mod compact;
mod display;
mod nhcb;
mod quantile;
mod reset;
mod resolution;
mod side;
mod validate;
#[cfg(feature = "serde")]
mod written;

use std::fmt;

pub(crate) use bounds::bound as bucket_bound;
pub use buckets::{NativeBucket, NativeBuckets};
pub use nhcb::{NhcbBuilder, NhcbError};
pub use resolution::ResolutionError;
pub use validate::NativeHistogramError;

use crate::number::same::{all_same, same};

/// A native histogram: how many observations fell into buckets whose bounds follow from a schema, so that
/// only the buckets with observations are listed.
///
/// With an exponential [`schema`](Self::schema), −4 to 8, bucket `i` holds what is greater than
/// `b^(i−1)` and at most `b^i`, where `b` is 2 to the power of `2^−schema`; the negative buckets mirror
/// the positive ones, and the zero bucket holds what is between minus and plus
/// [`zero_threshold`](Self::zero_threshold). With [custom bounds](Self::CUSTOM_BUCKETS) the bounds are
/// listed, as those of a classic histogram are.
///
/// A histogram that was read may say anything; [`validate`](Self::validate) tells whether Prometheus
/// would store it. All methods cope with one that it would not store: they do not panic, and take time
/// in proportion to what is listed.
///
/// ```
/// use exposition::{BucketSpan, NativeCounts, NativeHistogram};
///
/// // Three observations in (0.5, 1], five in (1, 2], one in (4, 8].
/// let histogram = NativeHistogram::new(0)
///     .counts(NativeCounts::integer(9, 0, [3, 2, -4], []))
///     .positive_spans([BucketSpan::new(0, 2), BucketSpan::new(1, 1)])
///     .sum(15.5);
/// assert_eq!(histogram.validate(), Ok(()));
/// assert_eq!(histogram.to_string(), "{count:9, sum:15.5, (0.5,1]:3, (1,2]:5, (4,8]:1}");
/// let counts: Vec<f64> = histogram.buckets().map(|bucket| bucket.count).collect();
/// assert_eq!(counts, [3.0, 5.0, 1.0]);
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct NativeHistogram {
    /// The resolution: −4 to 8, or [`CUSTOM_BUCKETS`](Self::CUSTOM_BUCKETS).
    pub schema: i32,
    /// The greatest absolute value that the zero bucket holds.
    pub zero_threshold: f64,
    /// The sum of all observations.
    pub sum: f64,
    /// Which positive buckets are listed; with custom bounds, which buckets.
    pub positive_spans: Vec<BucketSpan>,
    /// Which negative buckets are listed.
    pub negative_spans: Vec<BucketSpan>,
    /// How many observations there are, in all and in each listed bucket.
    pub counts: NativeCounts,
    /// The finite bounds of custom buckets, rising. Empty with an exponential schema.
    pub custom_bounds: Vec<f64>,
    /// Whether the counts may shrink: the histogram of a gauge histogram.
    pub is_gauge: bool,
}

impl NativeHistogram {
    /// The schema of histograms whose bounds are listed: native histograms with custom buckets (NHCB).
    pub const CUSTOM_BUCKETS: i32 = -53;

    /// Creates a histogram of this schema without an observation: −4 to 8, the higher the narrower the
    /// buckets.
    #[must_use]
    pub fn new(schema: i32) -> Self {
        NativeHistogram {
            schema,
            ..NativeHistogram::default()
        }
    }

    /// Creates a histogram with custom buckets, without an observation. The bounds are finite and rise;
    /// the bucket for `+Inf` needs none.
    #[must_use]
    pub fn custom(bounds: impl IntoIterator<Item = f64>) -> Self {
        NativeHistogram {
            custom_bounds: bounds.into_iter().collect(),
            ..NativeHistogram::new(Self::CUSTOM_BUCKETS)
        }
    }

    /// Sets the counts: of all observations, of the zero bucket, and of each listed bucket.
    #[must_use]
    pub fn counts(mut self, counts: NativeCounts) -> Self {
        self.counts = counts;
        self
    }

    /// Sets the sum of all observations.
    #[must_use]
    pub fn sum(mut self, sum: f64) -> Self {
        self.sum = sum;
        self
    }

    /// Sets the greatest absolute value that the zero bucket holds.
    #[must_use]
    pub fn zero_threshold(mut self, threshold: f64) -> Self {
        self.zero_threshold = threshold;
        self
    }

    /// Sets which positive buckets are listed; with custom bounds, which buckets.
    #[must_use]
    pub fn positive_spans(mut self, spans: impl IntoIterator<Item = BucketSpan>) -> Self {
        self.positive_spans = spans.into_iter().collect();
        self
    }

    /// Sets which negative buckets are listed.
    #[must_use]
    pub fn negative_spans(mut self, spans: impl IntoIterator<Item = BucketSpan>) -> Self {
        self.negative_spans = spans.into_iter().collect();
        self
    }

    /// Sets whether the counts may shrink, as those of a gauge histogram.
    #[must_use]
    pub fn is_gauge(mut self, is_gauge: bool) -> Self {
        self.is_gauge = is_gauge;
        self
    }

    /// Returns the number of observations, NaN included.
    #[must_use]
    pub fn count(&self) -> f64 {
        match self.counts {
            NativeCounts::Integer { count, .. } => count as f64,
            NativeCounts::Float { count, .. } => count,
        }
    }

    /// Returns the number of observations in the zero bucket.
    #[must_use]
    pub fn zero_count(&self) -> f64 {
        match self.counts {
            NativeCounts::Integer { zero_count, .. } => zero_count as f64,
            NativeCounts::Float { zero_count, .. } => zero_count,
        }
    }

    /// Tells whether the counts are floats.
    #[must_use]
    pub fn is_float(&self) -> bool {
        matches!(self.counts, NativeCounts::Float { .. })
    }

    /// Tells whether the bounds are listed: whether the schema is
    /// [`CUSTOM_BUCKETS`](Self::CUSTOM_BUCKETS).
    #[must_use]
    pub fn is_custom(&self) -> bool {
        self.schema == Self::CUSTOM_BUCKETS
    }

    /// Returns how many buckets have a count of their own, empty ones too, without the zero bucket: what
    /// a [limit](Self::limit_buckets) is about.
    #[must_use]
    pub fn listed_buckets(&self) -> usize {
        let (positive, negative) = self.counts.lens();
        positive + negative
    }
}

/// The counts of a [`NativeHistogram`], as whole numbers or as floats.
///
/// The counts of buckets are in the order of their spans.
#[derive(Debug, Clone)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "lowercase", deny_unknown_fields)
)]
#[non_exhaustive]
pub enum NativeCounts {
    /// Whole numbers.
    #[non_exhaustive]
    Integer {
        /// How many observations there are, NaN included.
        count: u64,
        /// How many of them the zero bucket holds.
        zero_count: u64,
        /// The first listed positive bucket's count, then by how much each differs from the one listed
        /// before.
        positive_deltas: Vec<i64>,
        /// The same for the negative buckets.
        negative_deltas: Vec<i64>,
    },
    /// Floats.
    #[non_exhaustive]
    Float {
        /// How many observations there are, NaN included.
        #[cfg_attr(feature = "serde", serde(with = "crate::number::written::float"))]
        count: f64,
        /// How many of them the zero bucket holds.
        #[cfg_attr(feature = "serde", serde(with = "crate::number::written::float"))]
        zero_count: f64,
        /// How many each listed positive bucket holds.
        #[cfg_attr(feature = "serde", serde(with = "crate::number::written::floats"))]
        positive_counts: Vec<f64>,
        /// How many each listed negative bucket holds.
        #[cfg_attr(feature = "serde", serde(with = "crate::number::written::floats"))]
        negative_counts: Vec<f64>,
    },
}

impl NativeCounts {
    /// Creates counts that are whole numbers. Of each side the first bucket's count is given, then by how
    /// much each differs from the one listed before.
    ///
    /// ```
    /// use exposition::NativeCounts;
    ///
    /// // Buckets of 3, 5 and 1, and 2 observations in the zero bucket.
    /// let counts = NativeCounts::integer(11, 2, [3, 2, -4], []);
    /// # let NativeCounts::Integer { count: 11, .. } = counts else { panic!() };
    /// ```
    #[must_use]
    pub fn integer(
        count: u64,
        zero_count: u64,
        positive_deltas: impl Into<Vec<i64>>,
        negative_deltas: impl Into<Vec<i64>>,
    ) -> Self {
        NativeCounts::Integer {
            count,
            zero_count,
            positive_deltas: positive_deltas.into(),
            negative_deltas: negative_deltas.into(),
        }
    }

    /// Creates counts that are floats: of each bucket its own, not the difference.
    #[must_use]
    pub fn float(
        count: f64,
        zero_count: f64,
        positive_counts: impl Into<Vec<f64>>,
        negative_counts: impl Into<Vec<f64>>,
    ) -> Self {
        NativeCounts::Float {
            count,
            zero_count,
            positive_counts: positive_counts.into(),
            negative_counts: negative_counts.into(),
        }
    }

    /// Returns how many positive and how many negative buckets have a count.
    fn lens(&self) -> (usize, usize) {
        match self {
            NativeCounts::Integer {
                positive_deltas,
                negative_deltas,
                ..
            } => (positive_deltas.len(), negative_deltas.len()),
            NativeCounts::Float {
                positive_counts,
                negative_counts,
                ..
            } => (positive_counts.len(), negative_counts.len()),
        }
    }
}

impl Default for NativeCounts {
    /// Returns whole numbers, without an observation.
    fn default() -> Self {
        NativeCounts::Integer {
            count: 0,
            zero_count: 0,
            positive_deltas: Vec::new(),
            negative_deltas: Vec::new(),
        }
    }
}

/// A run of adjacent buckets that are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(deny_unknown_fields)
)]
#[non_exhaustive]
pub struct BucketSpan {
    /// The index of the first bucket, in the first span; in others, how many buckets are skipped since
    /// the span before.
    pub offset: i32,
    /// How many buckets are listed.
    pub length: u32,
}

impl BucketSpan {
    /// Creates a span.
    #[must_use]
    pub const fn new(offset: i32, length: u32) -> Self {
        BucketSpan { offset, length }
    }
}

/// One side of a [`NativeHistogram`]'s buckets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BucketSide {
    /// The positive buckets; with custom bounds, all.
    Positive,
    /// The negative buckets.
    Negative,
}

impl fmt::Display for BucketSide {
    /// Writes `positive` or `negative`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            BucketSide::Positive => "positive",
            BucketSide::Negative => "negative",
        })
    }
}

impl PartialEq for NativeHistogram {
    /// Compares numbers by their bits, so that NaN equals itself.
    fn eq(&self, other: &Self) -> bool {
        self.schema == other.schema
            && same(self.zero_threshold, other.zero_threshold)
            && same(self.sum, other.sum)
            && self.positive_spans == other.positive_spans
            && self.negative_spans == other.negative_spans
            && self.counts == other.counts
            && all_same(&self.custom_bounds, &other.custom_bounds)
            && self.is_gauge == other.is_gauge
    }
}

impl PartialEq for NativeCounts {
    /// Compares numbers by their bits, so that NaN equals itself.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (
                NativeCounts::Integer {
                    count,
                    zero_count,
                    positive_deltas,
                    negative_deltas,
                },
                NativeCounts::Integer {
                    count: other_count,
                    zero_count: other_zero,
                    positive_deltas: other_positive,
                    negative_deltas: other_negative,
                },
            ) => {
                (count, zero_count) == (other_count, other_zero)
                    && positive_deltas == other_positive
                    && negative_deltas == other_negative
            }
            (
                NativeCounts::Float {
                    count,
                    zero_count,
                    positive_counts,
                    negative_counts,
                },
                NativeCounts::Float {
                    count: other_count,
                    zero_count: other_zero,
                    positive_counts: other_positive,
                    negative_counts: other_negative,
                },
            ) => {
                same(*count, *other_count)
                    && same(*zero_count, *other_zero)
                    && all_same(positive_counts, other_positive)
                    && all_same(negative_counts, other_negative)
            }
            (NativeCounts::Integer { .. } | NativeCounts::Float { .. }, _) => false,
        }
    }
}

#[cfg(test)]
mod tests;
