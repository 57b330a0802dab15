//! The buckets of a native histogram with their bounds, from the lowest to the highest.

use std::fmt;
use std::iter::FusedIterator;

use super::bounds::{bound, custom_bound};
use super::side::AnySide;
use super::{BucketSide, NativeHistogram};
use crate::number::go_float::shortest;

/// A bucket of a [`NativeHistogram`]: how many observations are between two bounds.
///
/// Displays as in mathematics, with a bracket at a bound that is included: `(0.5,1]:3`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct NativeBucket {
    /// The lower bound; `-Inf` in the first of custom buckets.
    pub lower: f64,
    /// The upper bound; `+Inf` in the last of custom buckets.
    pub upper: f64,
    /// Whether observations of exactly the lower bound are in this bucket.
    pub lower_inclusive: bool,
    /// Whether observations of exactly the upper bound are in this bucket.
    pub upper_inclusive: bool,
    /// How many observations are in this bucket alone.
    pub count: f64,
}

impl fmt::Display for NativeBucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.range(), shortest(self.count))
    }
}

impl NativeBucket {
    /// Returns the bounds, displayed in their brackets.
    pub(super) fn range(self) -> Range {
        Range(self)
    }
}

/// The bounds of a bucket.
pub(super) struct Range(NativeBucket);

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Go writes the sign of a zero, which is the lower bound of a zero bucket without a width.
        let sign = |bound: f64| match bound == 0.0 && bound.is_sign_negative() {
            true => "-",
            false => "",
        };
        let bucket = self.0;
        f.write_str(if bucket.lower_inclusive { "[" } else { "(" })?;
        write!(f, "{}{},", sign(bucket.lower), shortest(bucket.lower))?;
        write!(f, "{}{}", sign(bucket.upper), shortest(bucket.upper))?;
        f.write_str(if bucket.upper_inclusive { "]" } else { ")" })
    }
}

/// What the bounds of buckets follow from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale<'h> {
    schema: i32,
    /// The bounds, if they are listed.
    custom: Option<&'h [f64]>,
}

impl Scale<'_> {
    /// Returns a bucket by its side and its index.
    pub(super) fn bucket(self, side: BucketSide, index: i32, count: f64) -> NativeBucket {
        let bound = |index| match self.custom {
            Some(bounds) => custom_bound(index, bounds),
            None => bound(index, self.schema),
        };
        let (inner, outer) = (bound(index.wrapping_sub(1)), bound(index));
        let (lower, upper) = match side {
            BucketSide::Positive => (inner, outer),
            BucketSide::Negative => (-outer, -inner),
        };
        let (lower_inclusive, upper_inclusive) = match self.custom {
            Some(_) => (index == 0, true),
            None => (lower < 0.0, upper > 0.0),
        };
        NativeBucket {
            lower,
            upper,
            lower_inclusive,
            upper_inclusive,
            count,
        }
    }
}

impl NativeHistogram {
    /// Returns the buckets, from the lowest to the highest, each with its own count: the negative ones,
    /// the zero bucket if it holds something, then the positive ones. From the other end it goes down.
    ///
    /// The bounds are the numbers that Prometheus computes. Of the buckets that are listed, empty ones
    /// are there too; what is not listed is empty and left out. A bucket that overlaps with the zero
    /// bucket begins where that one ends. The last bucket of finite numbers ends at [`f64::MAX`], and the
    /// one above it, for `+Inf`, at `+Inf`.
    ///
    /// If spans and counts differ in length, the longer are cut; an index beyond 32 bits wraps, as in
    /// Prometheus. Only then, or if a span goes back, the order may not be a rising one.
    ///
    /// ```
    /// use exposition::{BucketSpan, NativeCounts, NativeHistogram};
    ///
    /// let histogram = NativeHistogram::new(0)
    ///     .zero_threshold(0.001)
    ///     .counts(NativeCounts::integer(7, 2, [1], [4]))
    ///     .positive_spans([BucketSpan::new(1, 1)])
    ///     .negative_spans([BucketSpan::new(2, 1)]);
    /// let buckets: Vec<String> = histogram.buckets().map(|bucket| bucket.to_string()).collect();
    /// assert_eq!(buckets, ["[-4,-2):4", "[-0.001,0.001]:2", "(1,2]:1"]);
    /// let highest = histogram.buckets().next_back().unwrap();
    /// assert_eq!((highest.lower, highest.upper), (1.0, 2.0));
    /// ```
    pub fn buckets(&self) -> NativeBuckets<'_> {
        let zero_count = self.zero_count();
        NativeBuckets {
            scale: self.scale(),
            zero_threshold: self.zero_threshold,
            negative: self.side(BucketSide::Negative),
            zero: (zero_count > 0.0).then_some(zero_count),
            positive: self.side(BucketSide::Positive),
        }
    }

    pub(super) fn scale(&self) -> Scale<'_> {
        Scale {
            schema: self.schema,
            custom: self.is_custom().then_some(self.custom_bounds.as_slice()),
        }
    }

    /// Returns the zero bucket, with its count.
    pub(super) fn zero_bucket(&self) -> NativeBucket {
        zero_bucket(self.zero_threshold, self.zero_count())
    }
}

fn zero_bucket(threshold: f64, count: f64) -> NativeBucket {
    NativeBucket {
        lower: -threshold,
        upper: threshold,
        lower_inclusive: true,
        upper_inclusive: true,
        count,
    }
}

/// The buckets of a [`NativeHistogram`]: see [`buckets`](NativeHistogram::buckets).
#[derive(Debug, Clone)]
pub struct NativeBuckets<'h> {
    scale: Scale<'h>,
    zero_threshold: f64,
    negative: AnySide<'h>,
    /// The count of the zero bucket, until it was returned.
    zero: Option<f64>,
    positive: AnySide<'h>,
}

impl NativeBuckets<'_> {
    /// Returns a bucket of a side, without what it has in common with the zero bucket.
    fn bucket(&self, side: BucketSide, (index, count): (i32, f64)) -> NativeBucket {
        let mut bucket = self.scale.bucket(side, index, count);
        let threshold = self.zero_threshold;
        if bucket.lower > 0.0 && bucket.lower < threshold {
            bucket.lower = threshold.min(bucket.upper);
        } else if bucket.upper < 0.0 && bucket.upper > -threshold {
            bucket.upper = (-threshold).max(bucket.lower);
        }
        bucket
    }

    fn take_zero(&mut self) -> Option<NativeBucket> {
        let count = self.zero.take()?;
        Some(zero_bucket(self.zero_threshold, count))
    }
}

impl Iterator for NativeBuckets<'_> {
    type Item = NativeBucket;

    fn next(&mut self) -> Option<NativeBucket> {
        if let Some(listed) = self.negative.next_back() {
            return Some(self.bucket(BucketSide::Negative, listed));
        }
        if let Some(zero) = self.take_zero() {
            return Some(zero);
        }
        let listed = self.positive.next()?;
        Some(self.bucket(BucketSide::Positive, listed))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let listed = self.negative.len() + self.positive.len();
        let len = listed + usize::from(self.zero.is_some());
        (len, Some(len))
    }
}

impl DoubleEndedIterator for NativeBuckets<'_> {
    fn next_back(&mut self) -> Option<NativeBucket> {
        if let Some(listed) = self.positive.next_back() {
            return Some(self.bucket(BucketSide::Positive, listed));
        }
        if let Some(zero) = self.take_zero() {
            return Some(zero);
        }
        let listed = self.negative.next()?;
        Some(self.bucket(BucketSide::Negative, listed))
    }
}

impl ExactSizeIterator for NativeBuckets<'_> {}
impl FusedIterator for NativeBuckets<'_> {}

#[cfg(test)]
mod tests {
    use super::super::{BucketSpan, NativeCounts};
    use super::*;

    fn shown(histogram: &NativeHistogram) -> Vec<String> {
        histogram
            .buckets()
            .map(|bucket| bucket.to_string())
            .collect()
    }

    #[test]
    fn empty_buckets_and_the_zero_bucket() {
        let histogram = NativeHistogram::new(0)
            .zero_threshold(0.25)
            .counts(NativeCounts::integer(9, 4, [0, 2], [3, -3]))
            .positive_spans([BucketSpan::new(0, 2)])
            .negative_spans([BucketSpan::new(0, 1), BucketSpan::new(2, 1)]);
        assert_eq!(
            shown(&histogram),
            [
                "[-8,-4):0",
                "[-1,-0.5):3",
                "[-0.25,0.25]:4",
                "(0.5,1]:0",
                "(1,2]:2"
            ]
        );
        // An empty zero bucket is not there, nor one that holds less than nothing.
        for zero in [0.0, -1.0, f64::NAN] {
            let empty =
                histogram
                    .clone()
                    .counts(NativeCounts::float(9.0, zero, [1.0, 1.0], [1.0, 1.0]));
            assert_eq!(empty.buckets().len(), 4);
            assert!(
                empty
                    .buckets()
                    .all(|bucket| bucket.lower * bucket.upper > 0.0)
            );
        }
        // One that overlaps with others cuts them.
        let wide = histogram.zero_threshold(0.75);
        assert_eq!(
            shown(&wide),
            [
                "[-8,-4):0",
                "[-1,-0.75):3",
                "[-0.75,0.75]:4",
                "(0.75,1]:0",
                "(1,2]:2"
            ]
        );
        let wider = wide.zero_threshold(1.5);
        assert_eq!(
            shown(&wider),
            [
                "[-8,-4):0",
                "[-1,-1):3",
                "[-1.5,1.5]:4",
                "(1,1]:0",
                "(1.5,2]:2"
            ]
        );
    }

    #[test]
    fn custom_buckets() {
        let histogram = NativeHistogram::custom([1.0, 2.0])
            .counts(NativeCounts::float(4.0, 0.0, [0.5, 1.5, 2.0], []))
            .positive_spans([BucketSpan::new(0, 1), BucketSpan::new(1, 2)]);
        // Beyond the bounds there is nothing but infinity.
        assert_eq!(
            shown(&histogram),
            ["[-Inf,1]:0.5", "(2,+Inf]:1.5", "(+Inf,+Inf]:2"]
        );
        assert!(histogram.validate().is_err());
    }
}
