//! Native histograms: buckets whose bounds follow from a schema.

use std::fmt;

use crate::number::go_float::shortest;
use crate::number::same::{all_same, same};

/// A native histogram: how many observations fell into buckets whose bounds follow from a schema, so that
/// only the buckets with observations are listed.
///
/// With an exponential [`schema`](Self::schema), −4 to 8, bucket `i` holds what is greater than
/// `b^(i−1)` and at most `b^i`, where `b` is 2 to the power of `2^−schema`; the negative buckets mirror
/// the positive ones, and the zero bucket holds what is between minus and plus
/// [`zero_threshold`](Self::zero_threshold). With [custom bounds](Self::CUSTOM_BUCKETS) the bounds are
/// listed, as those of a classic histogram are.
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
}

/// The counts of a [`NativeHistogram`], as whole numbers or as floats.
///
/// The counts of buckets are in the order of their spans.
#[derive(Debug, Clone)]
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
        count: f64,
        /// How many of them the zero bucket holds.
        zero_count: f64,
        /// How many each listed positive bucket holds.
        positive_counts: Vec<f64>,
        /// How many each listed negative bucket holds.
        negative_counts: Vec<f64>,
    },
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

impl fmt::Display for NativeHistogram {
    /// Writes the count and the sum.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.counts {
            NativeCounts::Integer { count, .. } => write!(f, "{{count:{count}")?,
            NativeCounts::Float { count, .. } => write!(f, "{{count:{}", shortest(*count))?,
        }
        write!(f, ", sum:{}}}", shortest(self.sum))
    }
}
