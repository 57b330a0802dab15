//! What Prometheus would refuse to store.

use super::side::{AnySide, Side};
use super::{BucketSide, BucketSpan, NativeCounts, NativeHistogram};
use crate::number::go_float::shortest;

/// Why Prometheus would not store a [`NativeHistogram`] ([P35](crate::docs::protobuf#p35)).
///
/// Spans, buckets and bounds are numbered from 1.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NativeHistogramError {
    /// The schema is neither −4 to 8 nor that of custom buckets.
    #[error("schema {schema} is neither -4 to 8 nor -53")]
    Schema {
        /// The schema.
        schema: i32,
    },
    /// A span goes back: only the first may, and with custom buckets none.
    #[error("{side} span {span} has the negative offset {offset}")]
    NegativeOffset {
        /// The side of the span.
        side: BucketSide,
        /// Which span.
        span: usize,
        /// Its offset.
        offset: i32,
    },
    /// The spans list another number of buckets than there are counts.
    #[error("the {side} spans list {listed} buckets, but there are {counts} counts")]
    SpansMismatch {
        /// The side of the spans.
        side: BucketSide,
        /// How many buckets the spans list.
        listed: u64,
        /// How many counts there are.
        counts: usize,
    },
    /// A bucket holds less than nothing.
    #[error("{side} bucket {bucket} has the negative count {}", shortest(*count))]
    NegativeBucketCount {
        /// The side of the bucket.
        side: BucketSide,
        /// Which of the listed buckets.
        bucket: usize,
        /// Its count.
        count: f64,
    },
    /// The zero bucket holds less than nothing.
    #[error("the zero bucket has the negative count {}", shortest(*count))]
    NegativeZeroCount {
        /// Its count.
        count: f64,
    },
    /// There are less than no observations.
    #[error("the count is negative: {}", shortest(*count))]
    NegativeCount {
        /// The count.
        count: f64,
    },
    /// The buckets hold another number of observations than the count says. Only whole numbers are
    /// compared.
    #[error("the count is {count}, but the buckets hold {in_buckets} observations")]
    CountMismatch {
        /// The count.
        count: u64,
        /// How many observations the buckets hold.
        in_buckets: u128,
    },
    /// The buckets hold more observations than the count says. They may hold fewer because the sum is
    /// NaN: observations of NaN are in no bucket.
    #[error("the count is {count}, but the buckets hold more: {in_buckets} observations")]
    CountTooSmall {
        /// The count.
        count: u64,
        /// How many observations the buckets hold.
        in_buckets: u128,
    },
    /// A histogram with an exponential schema has custom bounds.
    #[error("schema {schema} has no custom bounds")]
    UnexpectedCustomBounds {
        /// The schema.
        schema: i32,
    },
    /// A custom bound is NaN.
    #[error("custom bound {bound} is NaN")]
    CustomBoundNan {
        /// Which bound.
        bound: usize,
    },
    /// Custom bounds do not rise.
    #[error(
        "custom bound {bound} is {}, which is not above {}",
        shortest(*upper), shortest(*before)
    )]
    CustomBoundsOrder {
        /// Which bound.
        bound: usize,
        /// The bound.
        upper: f64,
        /// The bound before it.
        before: f64,
    },
    /// The bound for `+Inf` is listed.
    #[error("the last custom bound is +Inf, which is not listed")]
    CustomBoundInfinite,
    /// The spans of custom buckets reach beyond the last bound.
    #[error("the spans reach to custom bucket {reached}, but the bounds are those of {buckets}")]
    CustomBoundsTooFew {
        /// How many buckets the spans list and skip.
        reached: u64,
        /// How many buckets there are by the bounds, with that for `+Inf`.
        buckets: usize,
    },
    /// A histogram with custom buckets has a zero bucket.
    #[error("custom buckets have no zero bucket, but its count is {}", shortest(*count))]
    CustomZeroCount {
        /// The count of the zero bucket.
        count: f64,
    },
    /// A histogram with custom buckets has a zero threshold.
    #[error("custom buckets have no zero threshold, but it is {}", shortest(*threshold))]
    CustomZeroThreshold {
        /// The threshold.
        threshold: f64,
    },
    /// A histogram with custom buckets has negative spans or buckets.
    #[error("custom buckets have no negative side")]
    CustomNegativeSide,
}

use NativeHistogramError as Error;

impl NativeHistogram {
    /// Tells whether Prometheus would store this histogram, as its storage checks it
    /// ([P35](crate::docs::protobuf#p35)).
    ///
    /// # Errors
    ///
    /// Returns the first reason in Prometheus' order why it would not, which fails the scrape.
    ///
    /// ```
    /// use exposition::{BucketSpan, NativeCounts, NativeHistogram, NativeHistogramError};
    ///
    /// let histogram = NativeHistogram::new(0)
    ///     .counts(NativeCounts::integer(5, 0, [3], []))
    ///     .positive_spans([BucketSpan::new(0, 1)]);
    /// let error = histogram.validate().unwrap_err();
    /// assert_eq!(error.to_string(), "the count is 5, but the buckets hold 3 observations");
    /// // Two of the five may have been NaN.
    /// assert_eq!(histogram.sum(f64::NAN).validate(), Ok(()));
    /// ```
    pub fn validate(&self) -> Result<(), NativeHistogramError> {
        if self.is_custom() {
            self.validate_custom()?;
        } else {
            self.validate_exponential()?;
        }
        if let NativeCounts::Float { count, .. } = self.counts
            && count < 0.0
        {
            return Err(Error::NegativeCount { count });
        }
        self.validate_counts(BucketSide::Positive)?;
        self.validate_total()
    }

    fn validate_exponential(&self) -> Result<(), Error> {
        let schema = self.schema;
        if !(-4..=8).contains(&schema) {
            return Err(Error::Schema { schema });
        }
        self.validate_spans(BucketSide::Positive)?;
        self.validate_spans(BucketSide::Negative)?;
        self.validate_counts(BucketSide::Negative)?;
        let count = self.zero_count();
        if count < 0.0 {
            return Err(Error::NegativeZeroCount { count });
        }
        if !self.custom_bounds.is_empty() {
            return Err(Error::UnexpectedCustomBounds { schema });
        }
        Ok(())
    }

    fn validate_custom(&self) -> Result<(), Error> {
        let mut before = f64::NEG_INFINITY;
        for (at, upper) in self.custom_bounds.iter().copied().enumerate() {
            let bound = at + 1;
            if upper.is_nan() {
                return Err(Error::CustomBoundNan { bound });
            }
            if at > 0 && upper <= before {
                return Err(Error::CustomBoundsOrder {
                    bound,
                    upper,
                    before,
                });
            }
            before = upper;
        }
        if before == f64::INFINITY {
            return Err(Error::CustomBoundInfinite);
        }
        let reached = self.validate_spans(BucketSide::Positive)?;
        let buckets = self.custom_bounds.len() + 1;
        if reached > buckets as u64 {
            return Err(Error::CustomBoundsTooFew { reached, buckets });
        }
        if self.zero_count() != 0.0 {
            return Err(Error::CustomZeroCount {
                count: self.zero_count(),
            });
        }
        if self.zero_threshold != 0.0 {
            return Err(Error::CustomZeroThreshold {
                threshold: self.zero_threshold,
            });
        }
        if !self.negative_spans.is_empty() || self.counts.lens().1 > 0 {
            return Err(Error::CustomNegativeSide);
        }
        Ok(())
    }

    /// Returns the index after the last listed bucket, counted from the first offset if that is negative.
    fn validate_spans(&self, side: BucketSide) -> Result<u64, Error> {
        let (positive, negative) = self.counts.lens();
        let (spans, counts) = match side {
            BucketSide::Positive => (&self.positive_spans, positive),
            BucketSide::Negative => (&self.negative_spans, negative),
        };
        let (mut listed, mut reached) = (0_u64, 0_u64);
        for (at, BucketSpan { offset, length }) in spans.iter().copied().enumerate() {
            if offset < 0 && (at > 0 || self.is_custom()) {
                let span = at + 1;
                return Err(Error::NegativeOffset { side, span, offset });
            }
            listed = listed.saturating_add(length.into());
            let skipped = u64::try_from(offset).unwrap_or_default();
            reached = reached
                .saturating_add(skipped)
                .saturating_add(length.into());
        }
        if listed != counts as u64 {
            return Err(Error::SpansMismatch {
                side,
                listed,
                counts,
            });
        }
        Ok(reached)
    }

    fn validate_counts(&self, side: BucketSide) -> Result<(), Error> {
        let mut buckets = self.side(side).enumerate();
        match buckets.find(|(_, (_, count))| *count < 0.0) {
            None => Ok(()),
            Some((at, (_, count))) => Err(Error::NegativeBucketCount {
                side,
                bucket: at + 1,
                count,
            }),
        }
    }

    /// Compares the count with what the buckets hold, none of which is negative.
    fn validate_total(&self) -> Result<(), Error> {
        let NativeCounts::Integer {
            count, zero_count, ..
        } = self.counts
        else {
            return Ok(());
        };
        let held = |side| match self.side(side) {
            AnySide::Integer(buckets) => held(buckets),
            AnySide::Float(_) => 0,
        };
        let in_buckets =
            u128::from(zero_count) + held(BucketSide::Negative) + held(BucketSide::Positive);
        if in_buckets > count.into() && self.sum.is_nan() {
            return Err(Error::CountTooSmall { count, in_buckets });
        }
        if in_buckets != count.into() && !self.sum.is_nan() {
            return Err(Error::CountMismatch { count, in_buckets });
        }
        Ok(())
    }
}

fn held(buckets: Side<'_, i64>) -> u128 {
    buckets
        .map(|(_, count)| u128::from(count.unsigned_abs()))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAN: f64 = f64::NAN;

    fn spans(spans: &[(i32, u32)]) -> Vec<BucketSpan> {
        let span = |&(offset, length)| BucketSpan::new(offset, length);
        spans.iter().map(span).collect()
    }

    /// A histogram with its positive and negative spans.
    fn with(
        histogram: NativeHistogram,
        counts: NativeCounts,
        positive: &[(i32, u32)],
        negative: &[(i32, u32)],
    ) -> NativeHistogram {
        histogram
            .counts(counts)
            .positive_spans(spans(positive))
            .negative_spans(spans(negative))
    }

    #[test]
    fn every_reason_has_its_words() {
        let new = NativeHistogram::new;
        let custom = |bounds: &[f64]| NativeHistogram::custom(bounds.iter().copied());
        let none = NativeCounts::default;
        for (histogram, expected) in [
            (new(9), "schema 9 is neither -4 to 8 nor -53"),
            (new(-5), "schema -5 is neither -4 to 8 nor -53"),
            (
                with(
                    new(0),
                    NativeCounts::integer(2, 0, [1, 0], []),
                    &[(-2, 1), (-1, 1)],
                    &[],
                ),
                "positive span 2 has the negative offset -1",
            ),
            (
                with(
                    new(0),
                    NativeCounts::integer(2, 0, [], [1, 0]),
                    &[],
                    &[(0, 1), (-1, 1)],
                ),
                "negative span 2 has the negative offset -1",
            ),
            (
                with(new(0), NativeCounts::integer(3, 0, [3], []), &[(0, 2)], &[]),
                "the positive spans list 2 buckets, but there are 1 counts",
            ),
            (
                with(new(0), none(), &[], &[(0, u32::MAX), (0, u32::MAX)]),
                "the negative spans list 8589934590 buckets, but there are 0 counts",
            ),
            (
                with(
                    new(0),
                    NativeCounts::integer(1, 0, [1, -2, 2], []),
                    &[(0, 3)],
                    &[],
                ),
                "positive bucket 2 has the negative count -1",
            ),
            (
                with(
                    new(0),
                    NativeCounts::integer(1, 0, [i64::MAX, 1], []),
                    &[(0, 2)],
                    &[],
                ),
                "positive bucket 2 has the negative count -9.223372036854776e+18",
            ),
            (
                with(
                    new(0),
                    NativeCounts::float(1.0, 0.0, [], [1.0, -0.5]),
                    &[],
                    &[(0, 2)],
                ),
                "negative bucket 2 has the negative count -0.5",
            ),
            (
                new(0).counts(NativeCounts::float(1.0, -1.0, [], [])),
                "the zero bucket has the negative count -1",
            ),
            (
                new(0).counts(NativeCounts::float(-1.5, 0.0, [], [])),
                "the count is negative: -1.5",
            ),
            (
                with(
                    new(0),
                    NativeCounts::integer(5, 1, [1], [1]),
                    &[(0, 1)],
                    &[(0, 1)],
                ),
                "the count is 5, but the buckets hold 3 observations",
            ),
            (
                new(0).counts(NativeCounts::integer(1, 3, [], [])).sum(NAN),
                "the count is 1, but the buckets hold more: 3 observations",
            ),
            (
                with(
                    new(0),
                    NativeCounts::integer(0, u64::MAX, [1], []),
                    &[(0, 1)],
                    &[],
                ),
                "the count is 0, but the buckets hold 18446744073709551616 observations",
            ),
            (
                {
                    let mut histogram = custom(&[1.0]);
                    histogram.schema = 3;
                    histogram
                },
                "schema 3 has no custom bounds",
            ),
            (custom(&[1.0, NAN]), "custom bound 2 is NaN"),
            (
                custom(&[1.0, 1.0]),
                "custom bound 2 is 1, which is not above 1",
            ),
            (
                custom(&[f64::INFINITY]),
                "the last custom bound is +Inf, which is not listed",
            ),
            (
                with(
                    custom(&[1.0]),
                    NativeCounts::integer(1, 0, [1], []),
                    &[(-1, 1)],
                    &[],
                ),
                "positive span 1 has the negative offset -1",
            ),
            (
                with(
                    custom(&[1.0]),
                    NativeCounts::integer(1, 0, [1], []),
                    &[(2, 1)],
                    &[],
                ),
                "the spans reach to custom bucket 3, but the bounds are those of 2",
            ),
            (
                custom(&[]).counts(NativeCounts::integer(1, 1, [], [])),
                "custom buckets have no zero bucket, but its count is 1",
            ),
            (
                custom(&[]).zero_threshold(0.5),
                "custom buckets have no zero threshold, but it is 0.5",
            ),
            (
                with(custom(&[]), none(), &[], &[(0, 0)]),
                "custom buckets have no negative side",
            ),
            (
                custom(&[]).counts(NativeCounts::integer(0, 0, [], [0])),
                "custom buckets have no negative side",
            ),
        ] {
            let error = histogram.validate().unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
    }

    #[test]
    fn what_prometheus_stores() {
        let new = NativeHistogram::new;
        for histogram in [
            new(0),
            new(-4).sum(NAN),
            new(8).zero_threshold(-1.0),
            NativeHistogram::custom([]),
            // The only negative bound that may be infinite.
            NativeHistogram::custom([f64::NEG_INFINITY, 1.0]),
            with(
                NativeHistogram::custom([1.0]),
                NativeCounts::integer(3, 0, [1, 1], []),
                &[(0, 2)],
                &[],
            ),
            // Spans without a bucket.
            with(
                new(0),
                NativeCounts::integer(3, 1, [2], []),
                &[(0, 0), (5, 1), (0, 0)],
                &[(0, 0)],
            ),
            // NaN is in no bucket.
            new(0).counts(NativeCounts::integer(3, 0, [], [])).sum(NAN),
            // Of floats the count is not compared.
            new(0).counts(NativeCounts::float(3.0, 7.0, [], [])),
            with(
                new(0),
                NativeCounts::float(NAN, NAN, [NAN], []),
                &[(0, 1)],
                &[],
            ),
            new(0).counts(NativeCounts::integer(u64::MAX, u64::MAX, [], [])),
        ] {
            assert_eq!(histogram.validate(), Ok(()), "{histogram:?}");
        }
    }
}
