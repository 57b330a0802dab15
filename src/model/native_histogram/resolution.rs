//! Fewer and wider buckets.

use super::bounds::lowered;
use super::compact::Rewrite;
use super::side::Stored;
use super::{BucketSide, BucketSpan, NativeCounts, NativeHistogram};

/// The lowest and the highest schema that Prometheus stores.
const SCHEMAS: std::ops::RangeInclusive<i32> = -4..=8;

/// Why the resolution of a [`NativeHistogram`] cannot be reduced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResolutionError {
    /// Custom buckets have no resolution.
    #[error("custom buckets have no resolution")]
    CustomBuckets,
    /// The histogram's schema is higher or lower than any that Prometheus knows: −9 to 52.
    #[error("schema {schema} is unknown")]
    UnknownSchema {
        /// The histogram's schema.
        schema: i32,
    },
    /// The wanted schema is not −4 to 8, or it is higher than the histogram's.
    #[error("schema {schema} cannot be reduced to {target}")]
    Target {
        /// The histogram's schema.
        schema: i32,
        /// The wanted schema.
        target: i32,
    },
    /// The spans do not match the counts, or one goes back.
    #[error("the {side} spans do not fit their counts")]
    Spans {
        /// The side of the spans.
        side: BucketSide,
    },
    /// There are too many buckets even with the lowest resolution.
    #[error("{buckets} buckets at the lowest resolution, but {limit} are allowed")]
    TooManyBuckets {
        /// How many buckets would be listed.
        buckets: usize,
        /// How many are allowed.
        limit: usize,
    },
}

use ResolutionError as Error;

impl NativeHistogram {
    /// Reduces the resolution to a lower schema, −4 to 8: each step joins two adjacent buckets. The
    /// schema that the histogram has changes nothing.
    ///
    /// The counts of all observations, the sum and the zero bucket stay as they are. Schemas up to 52,
    /// which Prometheus does not store, can be reduced to some that it does.
    ///
    /// # Errors
    ///
    /// Returns why the resolution cannot be reduced. The histogram stays as it was.
    ///
    /// ```
    /// use exposition::{BucketSpan, NativeCounts, NativeHistogram};
    ///
    /// let mut histogram = NativeHistogram::new(0)
    ///     .counts(NativeCounts::integer(9, 0, [3, 2, -4], []))
    ///     .positive_spans([BucketSpan::new(0, 3)]);
    /// histogram.reduce_resolution(-1)?;
    /// assert_eq!(histogram.to_string(), "{count:9, sum:0, (0.25,1]:3, (1,4]:6}");
    /// # Ok::<(), exposition::ResolutionError>(())
    /// ```
    pub fn reduce_resolution(&mut self, schema: i32) -> Result<(), ResolutionError> {
        self.check_reducible()?;
        if !SCHEMAS.contains(&schema) || schema > self.schema {
            let (schema, target) = (self.schema, schema);
            return Err(Error::Target { schema, target });
        }
        let steps = self.schema.abs_diff(schema);
        if steps == 0 {
            return Ok(());
        }
        match &mut self.counts {
            NativeCounts::Integer {
                positive_deltas,
                negative_deltas,
                ..
            } => {
                reduce(&mut self.positive_spans, positive_deltas, steps);
                reduce(&mut self.negative_spans, negative_deltas, steps);
            }
            NativeCounts::Float {
                positive_counts,
                negative_counts,
                ..
            } => {
                reduce(&mut self.positive_spans, positive_counts, steps);
                reduce(&mut self.negative_spans, negative_counts, steps);
            }
        }
        self.schema = schema;
        Ok(())
    }

    /// Reduces the resolution just as far as needed for at most `limit` buckets, as a scrape does with a
    /// `native_histogram_bucket_limit`. The zero bucket does not count, empty ones that are
    /// [listed](Self::listed_buckets) do.
    ///
    /// 0 allows no bucket; in a configuration it means that there is no limit.
    ///
    /// # Errors
    ///
    /// Returns an error if that is not possible, for which a scrape fails: with custom buckets, or if
    /// there are too many buckets even with schema −4. The histogram stays as it was.
    pub fn limit_buckets(&mut self, limit: usize) -> Result<(), ResolutionError> {
        if self.listed_buckets() <= limit {
            return Ok(());
        }
        if !self.is_custom() && !SCHEMAS.contains(&self.schema) {
            let schema = self.schema;
            return Err(Error::UnknownSchema { schema });
        }
        self.check_reducible()?;
        let mut buckets = self.listed_buckets();
        for schema in (*SCHEMAS.start()..self.schema).rev() {
            let steps = self.schema.abs_diff(schema);
            buckets = self.listed_after(BucketSide::Positive, steps)
                + self.listed_after(BucketSide::Negative, steps);
            if buckets <= limit {
                return self.reduce_resolution(schema);
            }
        }
        Err(Error::TooManyBuckets { buckets, limit })
    }

    /// Returns the highest schema whose buckets grow by at least `factor` from one to the next, as a
    /// scrape chooses it for a `native_histogram_min_bucket_factor`: −4 to 8. A histogram with a higher
    /// schema is to be reduced to this one.
    ///
    /// ```
    /// use exposition::NativeHistogram;
    ///
    /// assert_eq!(NativeHistogram::schema_for_factor(1.1), 2);
    /// assert_eq!(NativeHistogram::schema_for_factor(2.0), 0);
    /// // No factor: every schema will do.
    /// assert_eq!(NativeHistogram::schema_for_factor(0.0), 8);
    /// ```
    #[must_use]
    pub fn schema_for_factor(factor: f64) -> i32 {
        if factor.is_nan() || factor <= 1.0 {
            return *SCHEMAS.end();
        }
        let schema = (-factor.log2().log2()).floor();
        // From −4 to 8 the conversion is exact.
        schema.clamp((*SCHEMAS.start()).into(), (*SCHEMAS.end()).into()) as i32
    }

    fn check_reducible(&self) -> Result<(), Error> {
        if self.is_custom() {
            return Err(Error::CustomBuckets);
        }
        if !(-9..=52).contains(&self.schema) {
            let schema = self.schema;
            return Err(Error::UnknownSchema { schema });
        }
        let (positive, negative) = self.counts.lens();
        for (side, spans, counts) in [
            (BucketSide::Positive, &self.positive_spans, positive),
            (BucketSide::Negative, &self.negative_spans, negative),
        ] {
            let goes_back = spans.iter().skip(1).any(|span| span.offset < 0);
            let listed: u128 = spans.iter().map(|span| u128::from(span.length)).sum();
            if goes_back || listed != counts as u128 {
                return Err(Error::Spans { side });
            }
        }
        Ok(())
    }

    /// Returns how many buckets of one side would be listed after the schema was lowered.
    fn listed_after(&self, side: BucketSide, steps: u32) -> usize {
        let mut last = None;
        let indices = self.side(side).map(|(index, _)| lowered(index, steps));
        indices
            .filter(|index| last.replace(*index) != Some(*index))
            .count()
    }
}

/// Joins the buckets of one side, all of whose spans match.
fn reduce<T: Stored>(spans: &mut Vec<BucketSpan>, stored: &mut Vec<T>, steps: u32) {
    Rewrite::run(spans, stored, |side, _, index, count| {
        side.add(lowered(index, steps), count);
    });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::valid_histogram;
    use super::*;

    fn spans(spans: &[(i32, u32)]) -> Vec<BucketSpan> {
        let span = |&(offset, length)| BucketSpan::new(offset, length);
        spans.iter().map(span).collect()
    }

    #[test]
    fn reduced_layouts() {
        let listed = spans(&[(0, 4), (0, 0), (3, 2)]);
        let histogram = NativeHistogram::new(0)
            .counts(NativeCounts::integer(
                26,
                0,
                [1, 2, -2, 1, -1, 0],
                [6, 0, 0, 0, -6, 0],
            ))
            .positive_spans(listed.clone())
            .negative_spans(listed);
        for (schema, expected, counts) in [
            (
                0,
                &[(0, 4), (0, 0), (3, 2)][..],
                NativeCounts::integer(26, 0, [1, 2, -2, 1, -1, 0], [6, 0, 0, 0, -6, 0]),
            ),
            (
                -1,
                &[(0, 3), (1, 1)],
                NativeCounts::integer(26, 0, [1, 3, -2, 0], [6, 6, -6, -6]),
            ),
            (
                -2,
                &[(0, 3)],
                NativeCounts::integer(26, 0, [1, 5, -4], [6, 12, -18]),
            ),
            (-3, &[(0, 2)], NativeCounts::integer(26, 0, [1, 7], [6, 12])),
        ] {
            let mut reduced = histogram.clone();
            assert_eq!(reduced.reduce_resolution(schema), Ok(()));
            assert_eq!((reduced.schema, &reduced.counts), (schema, &counts));
            assert_eq!(reduced.positive_spans, spans(expected), "{schema}");
            assert_eq!(reduced.negative_spans, spans(expected), "{schema}");
        }
    }

    #[test]
    fn what_cannot_be_reduced() {
        let new = NativeHistogram::new;
        let listed = |offset| {
            new(0)
                .counts(NativeCounts::float(0.0, 0.0, [], [1.0, 1.0]))
                .negative_spans(spans(&[(0, 1), (offset, 1)]))
        };
        for (mut histogram, target, expected) in [
            (
                NativeHistogram::custom([]),
                -1,
                "custom buckets have no resolution",
            ),
            (new(53), -1, "schema 53 is unknown"),
            (new(-10), -1, "schema -10 is unknown"),
            (new(0), 1, "schema 0 cannot be reduced to 1"),
            (new(0), -5, "schema 0 cannot be reduced to -5"),
            (new(20), 9, "schema 20 cannot be reduced to 9"),
            (new(-9), -4, "schema -9 cannot be reduced to -4"),
            (listed(-1), -1, "the negative spans do not fit their counts"),
            (
                listed(1).negative_spans(spans(&[(0, 1)])),
                -1,
                "the negative spans do not fit their counts",
            ),
            (
                new(0).positive_spans(spans(&[(0, u32::MAX)])),
                -1,
                "the positive spans do not fit their counts",
            ),
        ] {
            let before = histogram.clone();
            let error = histogram.reduce_resolution(target).unwrap_err();
            assert_eq!(error.to_string(), expected);
            assert_eq!(histogram, before);
        }
        let mut reserved = new(52)
            .positive_spans(spans(&[(i32::MAX, 1)]))
            .counts(NativeCounts::integer(1, 0, [1], []));
        reserved.reduce_resolution(8).unwrap();
        assert_eq!(
            reserved.to_string(),
            "{count:1, sum:0, (1,1.0027112750502025]:1}"
        );
    }

    #[test]
    fn limits() {
        let counts: Vec<f64> = vec![1.0; 64];
        let histogram = NativeHistogram::new(2)
            .counts(NativeCounts::float(64.0, 0.0, counts, []))
            .positive_spans(spans(&[(1, 64)]));
        for (limit, expected) in [
            (64, Ok((2, 64))),
            (63, Ok((1, 32))),
            (16, Ok((0, 16))),
            (1, Ok((-4, 1))),
            (
                0,
                Err("1 buckets at the lowest resolution, but 0 are allowed".to_owned()),
            ),
        ] {
            let mut limited = histogram.clone();
            let outcome = limited
                .limit_buckets(limit)
                .map_err(|error| error.to_string());
            let outcome = outcome.map(|()| (limited.schema, limited.listed_buckets()));
            assert_eq!(outcome, expected);
        }
        let counts = || NativeCounts::integer(2, 0, [1, 0], []);
        let two = |histogram: NativeHistogram| {
            histogram.counts(counts()).positive_spans(spans(&[(0, 2)]))
        };
        for (mut histogram, expected) in [
            (two(NativeHistogram::custom([1.0])), Error::CustomBuckets),
            (
                two(NativeHistogram::new(9)),
                Error::UnknownSchema { schema: 9 },
            ),
            (
                two(NativeHistogram::new(-4)),
                Error::TooManyBuckets {
                    buckets: 2,
                    limit: 1,
                },
            ),
        ] {
            assert_eq!(histogram.limit_buckets(1), Err(expected));
            assert_eq!(histogram.limit_buckets(2), Ok(()));
        }
    }

    #[test]
    fn schemas_by_their_factor() {
        for (factor, expected) in [
            (f64::NAN, 8),
            (f64::NEG_INFINITY, 8),
            (0.0, 8),
            (1.0, 8),
            (1.0001, 8),
            (1.002, 8),
            (1.003, 7),
            (1.005, 7),
            (1.01, 6),
            (1.02, 5),
            (1.04, 4),
            (1.09, 3),
            (1.1, 2),
            (1.15, 2),
            (1.2, 1),
            (1.4, 1),
            (1.5, 0),
            (2.0, 0),
            (2.5, -1),
            (4.0, -1),
            (16.0, -2),
            (256.0, -3),
            (65536.0, -4),
            (1e9, -4),
            (f64::INFINITY, -4),
        ] {
            assert_eq!(
                NativeHistogram::schema_for_factor(factor),
                expected,
                "{factor}"
            );
        }
    }

    proptest! {
        #[test]
        fn reducing_joins_buckets(histogram in valid_histogram(), steps in 0..12_i32) {
            let schema = (histogram.schema - steps).max(-4);
            let mut reduced = histogram.clone();
            prop_assert_eq!(reduced.reduce_resolution(schema), Ok(()));
            prop_assert_eq!(reduced.validate(), Ok(()));
            prop_assert_eq!(reduced.count(), histogram.count());
            // Each bucket holds what those within it held.
            for bucket in reduced.buckets() {
                let within = histogram.buckets().filter(|inner| {
                    let is_side = inner.lower_inclusive == bucket.lower_inclusive
                        && inner.upper_inclusive == bucket.upper_inclusive;
                    is_side && bucket.lower <= inner.lower && inner.upper <= bucket.upper
                });
                prop_assert_eq!(within.map(|inner| inner.count).sum::<f64>(), bucket.count);
            }
            // Several steps are as one.
            let mut stepped = histogram.clone();
            for schema in (schema..histogram.schema).rev() {
                prop_assert_eq!(stepped.reduce_resolution(schema), Ok(()));
            }
            if schema < histogram.schema {
                prop_assert_eq!(stepped, reduced);
            }
        }

        #[test]
        fn a_limit_reduces_as_little_as_needed(histogram in valid_histogram(), limit in 0..30_usize) {
            let mut limited = histogram.clone();
            let mut stepped = histogram.clone();
            while stepped.listed_buckets() > limit && stepped.schema > -4 {
                stepped.reduce_resolution(stepped.schema - 1).unwrap();
            }
            match limited.limit_buckets(limit) {
                Ok(()) => prop_assert_eq!(limited, stepped),
                Err(_) => {
                    prop_assert!(stepped.listed_buckets() > limit);
                    prop_assert_eq!(limited, histogram);
                }
            }
        }
    }
}
