//! Classic buckets to a native histogram with custom buckets.

use std::cmp::Ordering;

use super::{BucketSpan, NativeCounts, NativeHistogram};
use crate::number::go_float::shortest;

/// Why classic buckets do not make a native histogram.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NhcbError {
    /// The bound of a bucket is NaN.
    #[error("the bound of a bucket is NaN")]
    NanBound,
    /// A bucket has a negative count.
    #[error("the bucket for {} has the negative count {}", shortest(*upper_bound), shortest(*count))]
    NegativeBucketCount {
        /// The bound of the bucket.
        upper_bound: f64,
        /// Its count.
        count: f64,
    },
    /// There are less than no observations.
    #[error("the count is negative: {}", shortest(*count))]
    NegativeCount {
        /// The count.
        count: f64,
    },
    /// A bucket holds fewer observations than the one below, which it includes.
    #[error(
        "counts are not cumulative: {} in the bucket for {}, but {} below",
        shortest(*count), shortest(*upper_bound), shortest(*below)
    )]
    NotCumulative {
        /// The bound of the bucket.
        upper_bound: f64,
        /// Its count.
        count: f64,
        /// The count of the bucket below.
        below: f64,
    },
    /// The bucket for `+Inf` holds another number of observations than the count says.
    #[error("the count is {}, but the bucket for +Inf has {}", shortest(*count), shortest(*bucket))]
    CountMismatch {
        /// The count.
        count: f64,
        /// The count of the bucket.
        bucket: f64,
    },
}

/// Makes a native histogram with custom buckets (NHCB) of classic buckets, as Prometheus converts them
/// ([P37](crate::docs::protobuf#p37)).
///
/// Give it the buckets, the count and the sum as they come, then [`build`](Self::build). A bucket whose
/// bound was there before is ignored, and one out of order takes its place. Without a count, that of the
/// highest bucket counts; without a bucket for `+Inf`, one is added. If all counts are whole numbers below
/// 2⁶³, so are those of the histogram, or else they are floats.
///
/// ```
/// use exposition::NhcbBuilder;
///
/// let mut builder = NhcbBuilder::new();
/// builder.bucket(1.0, 2.0).bucket(f64::INFINITY, 5.0).count(5.0).sum(2.5);
/// let histogram = builder.build()?;
/// assert_eq!(histogram.custom_bounds, [1.0]);
/// assert_eq!(histogram.to_string(), "{count:5, sum:2.5, [-Inf,1]:2, (1,+Inf]:3}");
/// # Ok::<(), exposition::NhcbError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct NhcbBuilder {
    /// Bounds and cumulative counts, in the order in which they came.
    buckets: Vec<(f64, f64)>,
    /// Whether a bucket came after one with a higher bound.
    is_unsorted: bool,
    count: Option<f64>,
    sum: Option<f64>,
    /// The first thing that was wrong.
    error: Option<NhcbError>,
}

impl NhcbBuilder {
    /// Creates a builder without buckets, count and sum.
    #[must_use]
    pub fn new() -> Self {
        NhcbBuilder::default()
    }

    /// Removes everything, but keeps the memory.
    pub fn clear(&mut self) {
        self.buckets.clear();
        self.is_unsorted = false;
        self.count = None;
        self.sum = None;
        self.error = None;
    }

    /// Adds a bucket: its bound, inclusive, and how many observations are in it and in all below it. What
    /// is wrong with it, [`build`](Self::build) says.
    pub fn bucket(&mut self, upper_bound: f64, cumulative_count: f64) -> &mut Self {
        if upper_bound.is_nan() {
            self.error.get_or_insert(NhcbError::NanBound);
        } else if cumulative_count < 0.0 {
            self.error.get_or_insert(NhcbError::NegativeBucketCount {
                upper_bound,
                count: cumulative_count,
            });
        } else {
            match self.buckets.last() {
                // The first of equal bounds counts.
                Some((last, _)) if *last == upper_bound => return self,
                Some((last, _)) if *last > upper_bound => self.is_unsorted = true,
                _ => {}
            }
            self.buckets.push((upper_bound, cumulative_count));
        }
        self
    }

    /// Sets the number of observations. What is wrong with it, [`build`](Self::build) says.
    pub fn count(&mut self, count: f64) -> &mut Self {
        if count < 0.0 {
            self.error.get_or_insert(NhcbError::NegativeCount { count });
        }
        self.count = Some(count);
        self
    }

    /// Sets the sum of all observations; without, it is 0.
    pub fn sum(&mut self, sum: f64) -> &mut Self {
        self.sum = Some(sum);
        self
    }

    /// Tells whether neither a bucket nor a count nor a sum was given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.buckets.is_empty()
            && self.count.is_none()
            && self.sum.is_none()
            && self.error.is_none()
    }

    /// Makes the histogram. Prometheus also [validates](NativeHistogram::validate) it, which finds one more
    /// mistake: a count below that of the highest bucket, if none is for `+Inf`.
    ///
    /// # Errors
    ///
    /// Returns what is wrong with the buckets or with the count.
    pub fn build(&mut self) -> Result<NativeHistogram, NhcbError> {
        let mut histogram = NativeHistogram::default();
        self.build_into(&mut histogram)?;
        Ok(histogram)
    }

    /// Makes the histogram in place of another one, whose memory it uses. Allocates only if there are
    /// more buckets than ever before, or if they came out of order.
    ///
    /// # Errors
    ///
    /// Returns what is wrong with the buckets or with the count. Then the other histogram stays.
    pub fn build_into(&mut self, histogram: &mut NativeHistogram) -> Result<(), NhcbError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        if self.is_unsorted {
            // Stable: the first of equal bounds stays first.
            self.buckets
                .sort_by(|(a, _), (b, _)| a.partial_cmp(b).unwrap_or(Ordering::Equal));
            self.buckets.dedup_by(|(a, _), (b, _)| a == b);
            self.is_unsorted = false;
        }
        let mut below = 0.0;
        for &(upper_bound, count) in &self.buckets {
            if count < below {
                return Err(NhcbError::NotCumulative {
                    upper_bound,
                    count,
                    below,
                });
            }
            below = count;
        }
        let (finite, last) = match self.buckets.as_slice() {
            [finite @ .., (f64::INFINITY, last)] => (finite, Some(*last)),
            finite => (finite, None),
        };
        let count = self.count.unwrap_or(below);
        let last = last.unwrap_or(count);
        // A bucket for +Inf that is not listed may hold less than nothing: only `validate` finds that.
        let buckets = || finite.iter().map(|(_, count)| *count).chain([last]);
        let are_whole = buckets().all(is_whole) && is_whole(count);
        // What is NaN does not equal itself either.
        if count != last {
            return Err(NhcbError::CountMismatch {
                count,
                bucket: last,
            });
        }
        histogram.schema = NativeHistogram::CUSTOM_BUCKETS;
        histogram.zero_threshold = 0.0;
        histogram.sum = self.sum.unwrap_or(0.0);
        histogram.is_gauge = false;
        histogram.custom_bounds.clear();
        let bounds = finite.iter().map(|(bound, _)| *bound);
        histogram.custom_bounds.extend(bounds);
        histogram.negative_spans.clear();
        histogram.positive_spans.clear();
        let length = u32::try_from(finite.len() + 1).unwrap_or(u32::MAX);
        histogram.positive_spans.push(BucketSpan::new(0, length));
        if are_whole {
            let mut before = (0, 0);
            let deltas = buckets().map(|count| {
                let (below, own_below) = before;
                let count = count as i64;
                let own = count - below;
                before = (count, own);
                own - own_below
            });
            set_integers(&mut histogram.counts, count as u64, deltas);
            // Prometheus keeps short runs of empty buckets only here.
            histogram.compact_except(2);
        } else {
            let mut below = 0.0;
            let counts = buckets().map(|count| count - std::mem::replace(&mut below, count));
            set_floats(&mut histogram.counts, count, counts);
            histogram.compact();
        }
        Ok(())
    }
}

/// Tells whether a count is a whole number of 63 bits.
fn is_whole(count: f64) -> bool {
    const LIMIT: f64 = (1_u64 << 63) as f64;
    count.fract() == 0.0 && count.abs() < LIMIT
}

/// Replaces the counts by whole numbers, in the same memory if they were whole numbers before.
fn set_integers(counts: &mut NativeCounts, total: u64, deltas: impl Iterator<Item = i64>) {
    if let NativeCounts::Integer {
        count,
        zero_count,
        positive_deltas,
        negative_deltas,
    } = counts
    {
        (*count, *zero_count) = (total, 0);
        negative_deltas.clear();
        positive_deltas.clear();
        positive_deltas.extend(deltas);
    } else {
        *counts = NativeCounts::integer(total, 0, deltas.collect::<Vec<_>>(), []);
    }
}

/// Replaces the counts by floats, in the same memory if they were floats before.
fn set_floats(counts: &mut NativeCounts, total: f64, own: impl Iterator<Item = f64>) {
    if let NativeCounts::Float {
        count,
        zero_count,
        positive_counts,
        negative_counts,
    } = counts
    {
        (*count, *zero_count) = (total, 0.0);
        negative_counts.clear();
        positive_counts.clear();
        positive_counts.extend(own);
    } else {
        *counts = NativeCounts::float(total, 0.0, own.collect::<Vec<_>>(), []);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const INF: f64 = f64::INFINITY;
    const NAN: f64 = f64::NAN;

    fn built(buckets: &[(f64, f64)], count: Option<f64>) -> Result<NativeHistogram, NhcbError> {
        let mut builder = NhcbBuilder::new();
        for (bound, count) in buckets {
            builder.bucket(*bound, *count);
        }
        if let Some(count) = count {
            builder.count(count);
        }
        builder.sum(1.5).build()
    }

    #[test]
    fn conversions() {
        for (buckets, count, bounds, expected) in [
            (
                &[(1.0, 2.0), (INF, 5.0)][..],
                Some(5.0),
                &[1.0][..],
                "{count:5, sum:1.5, [-Inf,1]:2, (1,+Inf]:3}",
            ),
            // The first of equal bounds counts, whatever came between.
            (
                &[(1.0, 2.0), (1.0, 3.0), (INF, 4.0)],
                Some(4.0),
                &[1.0],
                "{count:4, sum:1.5, [-Inf,1]:2, (1,+Inf]:2}",
            ),
            (
                &[(2.0, 3.0), (1.0, 2.0), (INF, 4.0), (2.0, 9.0), (1.0, 0.0)],
                None,
                &[1.0, 2.0],
                "{count:4, sum:1.5, [-Inf,1]:2, (1,2]:1, (2,+Inf]:1}",
            ),
            (
                &[(INF, 4.0), (0.0, 1.0), (-0.0, 2.0)],
                None,
                &[0.0],
                "{count:4, sum:1.5, [-Inf,0]:1, (0,+Inf]:3}",
            ),
            // Without a count, or a bucket for infinity, or both.
            (
                &[(1.0, 2.0)],
                None,
                &[1.0],
                "{count:2, sum:1.5, [-Inf,1]:2}",
            ),
            (
                &[(1.0, 2.0)],
                Some(9.0),
                &[1.0],
                "{count:9, sum:1.5, [-Inf,1]:2, (1,+Inf]:7}",
            ),
            (&[], Some(9.0), &[], "{count:9, sum:1.5, [-Inf,+Inf]:9}"),
            (&[], None, &[], "{count:0, sum:1.5}"),
            // Not all are whole numbers.
            (
                &[(1.0, 2.5), (INF, 4.0)],
                None,
                &[1.0],
                "{count:4, sum:1.5, [-Inf,1]:2.5, (1,+Inf]:1.5}",
            ),
            (
                &[(1.0, 1e6), (2.0, 1e19)],
                None,
                &[1.0, 2.0],
                "{count:1e+19, sum:1.5, [-Inf,1]:1e+06, (1,2]:9.999999999999e+18}",
            ),
            (
                &[(-INF, 1.0), (INF, 1.0)],
                None,
                &[-INF],
                "{count:1, sum:1.5, [-Inf,-Inf]:1}",
            ),
        ] {
            let histogram = built(buckets, count).unwrap();
            assert_eq!(histogram.custom_bounds, bounds, "{buckets:?}");
            assert_eq!(histogram.to_string(), expected, "{buckets:?}");
            assert_eq!(histogram.validate(), Ok(()), "{buckets:?}");
            assert!(histogram.is_custom() && !histogram.is_gauge);
        }
    }

    #[test]
    fn only_validating_finds_a_count_that_is_too_low() {
        let histogram = built(&[(1.0, 2.0)], Some(1.0)).unwrap();
        let error = histogram.validate().unwrap_err();
        assert_eq!(
            error.to_string(),
            "positive bucket 2 has the negative count -1"
        );
    }

    #[test]
    fn empty_buckets() {
        // Whole numbers keep short runs of them.
        let whole = [
            (1.0, 0.0),
            (2.0, 1.0),
            (3.0, 1.0),
            (4.0, 1.0),
            (5.0, 3.0),
            (6.0, 3.0),
        ];
        let histogram = built(&whole, None).unwrap();
        assert_eq!(histogram.positive_spans, [BucketSpan::new(1, 4)]);
        assert_eq!(
            histogram.counts,
            NativeCounts::integer(3, 0, [1, -1, 0, 2], [])
        );
        let floats = whole.map(|(bound, count)| (bound, count / 2.0));
        let histogram = built(&floats, None).unwrap();
        assert_eq!(
            histogram.positive_spans,
            [BucketSpan::new(1, 1), BucketSpan::new(2, 1)]
        );
        assert_eq!(
            histogram.counts,
            NativeCounts::float(1.5, 0.0, [0.5, 1.0], [])
        );
    }

    #[test]
    fn what_cannot_be_converted() {
        for (buckets, count, expected) in [
            (&[(NAN, 1.0)][..], None, "the bound of a bucket is NaN"),
            (
                &[(0.5, -1.0)],
                None,
                "the bucket for 0.5 has the negative count -1",
            ),
            (&[(0.5, 1.0)], Some(-2.0), "the count is negative: -2"),
            (
                &[(0.5, 3.0), (1.0, 2.0)],
                Some(3.0),
                "counts are not cumulative: 2 in the bucket for 1, but 3 below",
            ),
            (
                &[(1.0, 2.0), (INF, 9.0), (0.5, 3.0)],
                None,
                "counts are not cumulative: 2 in the bucket for 1, but 3 below",
            ),
            (
                &[(1.0, 2.0), (INF, 3.0)],
                Some(4.0),
                "the count is 4, but the bucket for +Inf has 3",
            ),
            (
                &[(1.0, 2.0)],
                Some(NAN),
                "the count is NaN, but the bucket for +Inf has NaN",
            ),
            (
                &[(INF, NAN)],
                None,
                "the count is NaN, but the bucket for +Inf has NaN",
            ),
            // The first mistake is named.
            (
                &[(NAN, 1.0), (1.0, -1.0)],
                Some(-1.0),
                "the bound of a bucket is NaN",
            ),
        ] {
            let error = built(buckets, count).unwrap_err();
            assert_eq!(error.to_string(), expected, "{buckets:?} {count:?}");
        }
    }

    #[test]
    fn a_builder_can_be_used_again() {
        let mut builder = NhcbBuilder::new();
        assert!(builder.is_empty());
        builder.bucket(2.0, 1.0).bucket(1.0, 2.0).count(1.0);
        assert!(!builder.is_empty());
        assert!(builder.build().is_err());
        builder.clear();
        assert!(builder.is_empty());
        assert!(!builder.sum(0.0).is_empty());
        let mut histogram = NativeHistogram::new(3)
            .zero_threshold(1.0)
            .is_gauge(true)
            .negative_spans([BucketSpan::new(0, 1)])
            .counts(NativeCounts::integer(3, 1, [1], [1]));
        builder.bucket(1.0, 2.0).sum(3.0);
        builder.build_into(&mut histogram).unwrap();
        assert_eq!(histogram, builder.build().unwrap());
        // With other counts too, and again.
        builder.clear();
        builder.bucket(1.0, 2.5);
        builder.build_into(&mut histogram).unwrap();
        assert_eq!(histogram, builder.build().unwrap());
        builder.bucket(1.5, 3.0);
        builder.build_into(&mut histogram).unwrap();
        assert_eq!(histogram, builder.build().unwrap());
        // On an error the histogram stays.
        let before = histogram.clone();
        builder.bucket(2.0, 1.0);
        assert!(builder.build_into(&mut histogram).is_err());
        assert_eq!(histogram, before);
    }

    #[test]
    fn nothing_is_allocated_again() {
        let mut builder = NhcbBuilder::new();
        let mut histogram = NativeHistogram::default();
        let mut convert = |steps: [f64; 6]| {
            builder.clear();
            let mut total = 0.0;
            for (bound, count) in (1..).zip(steps) {
                total += count;
                builder.bucket(f64::from(bound), total);
            }
            builder.count(total).build_into(&mut histogram)
        };
        // As many spans as there can be.
        assert_eq!(convert([1.0, 0.0, 0.0, 0.0, 1.0, 1.0]), Ok(()));
        let again = [[1.0; 6], [0.0; 6], [5.0, 0.0, 0.0, 0.0, 0.0, 1.0]];
        let allocated = allocation_counter::measure(|| {
            assert!(again.into_iter().all(|steps| convert(steps).is_ok()));
        });
        assert_eq!(allocated.count_total, 0);
    }

    #[test]
    fn buckets_in_reverse_cost_a_sort() {
        let mut builder = NhcbBuilder::new();
        for bound in (0..200_000).rev() {
            builder.bucket(f64::from(bound), f64::from(bound));
        }
        assert_eq!(builder.build().unwrap().custom_bounds.len(), 200_000);
    }

    proptest! {
        #[test]
        fn the_order_of_buckets_does_not_matter(
            counts in proptest::collection::vec(0_u32..4, 0..12),
            seed in any::<prop::sample::Index>(),
        ) {
            let mut total = 0.0;
            let mut buckets: Vec<_> = (0..).zip(&counts).map(|(bound, count)| {
                total += f64::from(*count);
                (f64::from(bound), total)
            }).collect();
            let expected = built(&buckets, Some(total)).unwrap();
            if !buckets.is_empty() {
                let by = seed.index(buckets.len());
                buckets.rotate_left(by);
                buckets.reverse();
            }
            prop_assert_eq!(built(&buckets, Some(total)).unwrap(), expected.clone());
            prop_assert_eq!(expected.validate(), Ok(()));
        }
    }
}
