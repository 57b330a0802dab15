//! Quantiles and fractions, estimated as Prometheus estimates them.

use super::{NativeBucket, NativeHistogram};

impl NativeHistogram {
    /// Estimates the `q`-quantile, 0 to 1, as Prometheus' [`histogram_quantile`] does.
    ///
    /// Within an exponential bucket, observations are taken to be spread evenly on a logarithmic scale;
    /// within the zero bucket and custom buckets, evenly. If all other buckets are positive, so is what
    /// the zero bucket holds, and the other way round. The first of custom buckets begins at 0 if its
    /// bound is positive, or else is its bound; a quantile in the last one, which ends at `+Inf`, is its
    /// lower bound.
    ///
    /// Observations of NaN, which are in no bucket, count as larger than all others: a quantile among
    /// them is NaN. Without an observation it is NaN too; for `q` below 0 `-Inf`, above 1 `+Inf`.
    ///
    /// ```
    /// use exposition::{BucketSpan, NativeCounts, NativeHistogram};
    ///
    /// let histogram = NativeHistogram::new(0)
    ///     .counts(NativeCounts::integer(4, 0, [1, 1, -1], []))
    ///     .positive_spans([BucketSpan::new(0, 3)])
    ///     .sum(5.0);
    /// assert!((histogram.quantile(0.5) - 2_f64.sqrt()).abs() < 1e-12);
    /// assert_eq!(histogram.quantile(1.0), 4.0);
    /// ```
    ///
    /// [`histogram_quantile`]: https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
    #[must_use]
    pub fn quantile(&self, q: f64) -> f64 {
        if q < 0.0 {
            return f64::NEG_INFINITY;
        } else if q > 1.0 {
            return f64::INFINITY;
        }
        let observations = self.count();
        if observations == 0.0 || q.is_nan() {
            return f64::NAN;
        }
        // From the nearer end. With NaN among the observations only the lower end is known.
        let is_forward = self.sum.is_nan() || q < 0.5;
        let (mut bucket, counted, rank) = if is_forward {
            let rank = q * observations;
            let (bucket, counted) = ranked(self.buckets(), rank);
            (bucket, counted, rank)
        } else {
            let rank = (1.0 - q) * observations;
            let (bucket, counted) = ranked(self.buckets().rev(), rank);
            (bucket, counted, rank)
        };
        if self.is_custom() {
            if bucket.lower == f64::NEG_INFINITY {
                if bucket.upper <= 0.0 {
                    return bucket.upper;
                }
                bucket.lower = 0.0;
            } else if bucket.upper == f64::INFINITY {
                return bucket.lower;
            }
        } else if bucket.lower < 0.0 && bucket.upper > 0.0 {
            self.narrow_zero_bucket(&mut bucket);
        }
        // Adding up may give more than there is.
        let counted = if counted > observations {
            observations
        } else {
            counted
        };
        if counted < rank {
            return if self.sum.is_nan() {
                f64::NAN
            } else {
                bucket.upper
            };
        }
        let rank = if is_forward {
            rank - (counted - bucket.count)
        } else {
            counted - rank
        };
        let fraction = rank / bucket.count;
        if self.is_custom() || holds_zero(&bucket) {
            return bucket.lower + (bucket.upper - bucket.lower) * fraction;
        }
        let (lower, upper) = (bucket.lower.abs().log2(), bucket.upper.abs().log2());
        if bucket.lower > 0.0 {
            (lower + (upper - lower) * fraction).exp2()
        } else {
            -(upper + (lower - upper) * (1.0 - fraction)).exp2()
        }
    }

    /// Estimates which fraction of all observations, 0 to 1, is between two values, as Prometheus'
    /// [`histogram_fraction`] does; it is the inverse of [`quantile`](Self::quantile).
    ///
    /// Observations of NaN are outside of all bounds, so that from `-Inf` to `+Inf` the fraction may be
    /// less than 1. Returns NaN without an observation or if a bound is NaN, and 0 if `lower` is not below
    /// `upper`.
    ///
    /// ```
    /// use exposition::{BucketSpan, NativeCounts, NativeHistogram};
    ///
    /// let histogram = NativeHistogram::new(0)
    ///     .counts(NativeCounts::integer(4, 0, [1, 1, -1], []))
    ///     .positive_spans([BucketSpan::new(0, 3)]);
    /// assert_eq!(histogram.fraction(1.0, 2.0), 0.5);
    /// assert_eq!(histogram.fraction(0.0, 8.0), 1.0);
    /// ```
    ///
    /// [`histogram_fraction`]: https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_fraction
    #[must_use]
    pub fn fraction(&self, lower: f64, upper: f64) -> f64 {
        let observations = self.count();
        if observations == 0.0 || lower.is_nan() || upper.is_nan() {
            return f64::NAN;
        } else if lower >= upper {
            return 0.0;
        }
        let (mut lower_rank, mut upper_rank) = (None, None);
        let mut rank = 0.0;
        for mut bucket in self.buckets() {
            let is_linear = self.is_custom() || holds_zero(&bucket);
            if holds_zero(&bucket) {
                self.narrow_zero_bucket(&mut bucket);
            }
            let rank_at = |value: f64| {
                if bucket.lower >= value {
                    Some(rank)
                } else if bucket.upper > value {
                    Some(rank_within(&bucket, is_linear, rank, value))
                } else {
                    None
                }
            };
            lower_rank = lower_rank.or_else(|| rank_at(lower));
            upper_rank = upper_rank.or_else(|| rank_at(upper));
            if lower_rank.is_some() && upper_rank.is_some() {
                break;
            }
            rank += bucket.count;
        }
        // Without NaN all observations are in buckets, whatever adding up gives.
        let counted = if self.sum.is_nan() {
            self.buckets().map(|bucket| bucket.count).sum()
        } else {
            observations
        };
        let known = |rank: Option<f64>| match rank {
            Some(rank) if rank > counted => counted,
            rank => rank.unwrap_or(counted),
        };
        (known(upper_rank) - known(lower_rank)) / observations
    }

    /// Cuts off the half of the zero bucket on whose side there are no other buckets.
    fn narrow_zero_bucket(&self, bucket: &mut NativeBucket) {
        match self.counts.lens() {
            (1.., 0) => bucket.lower = 0.0,
            (0, 1..) => bucket.upper = 0.0,
            _ => {}
        }
    }
}

fn holds_zero(bucket: &NativeBucket) -> bool {
    bucket.lower <= 0.0 && bucket.upper >= 0.0
}

/// Returns the bucket that the observation of that rank is in, or else the last one, and how many
/// observations are in it and in all before it.
fn ranked(buckets: impl Iterator<Item = NativeBucket>, rank: f64) -> (NativeBucket, f64) {
    let mut found = NativeBucket {
        lower: 0.0,
        upper: 0.0,
        lower_inclusive: false,
        upper_inclusive: false,
        count: 0.0,
    };
    let mut counted = 0.0;
    for bucket in buckets {
        found = bucket;
        if bucket.count == 0.0 {
            continue;
        }
        counted += bucket.count;
        if counted >= rank {
            break;
        }
    }
    (found, counted)
}

/// Returns how many observations are below a value within a bucket, which has `rank` below it.
fn rank_within(bucket: &NativeBucket, is_linear: bool, rank: f64, value: f64) -> f64 {
    let NativeBucket {
        lower,
        upper,
        count,
        ..
    } = *bucket;
    if is_linear {
        // From infinity on there is no distance.
        if lower == f64::NEG_INFINITY {
            return count;
        }
        return rank + count * (value - lower) / (upper - lower);
    }
    let (low, high, at) = (lower.abs().log2(), upper.abs().log2(), value.abs().log2());
    let fraction = if value > 0.0 {
        (at - low) / (high - low)
    } else {
        1.0 - (at - high) / (low - high)
    };
    rank + count * fraction
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::{any_histogram, valid_histogram};
    use super::super::{BucketSpan, NativeCounts};
    use super::*;

    const INF: f64 = f64::INFINITY;
    const NAN: f64 = f64::NAN;

    /// Returns a histogram whose listed buckets begin at index 0 on both sides, of floats or of whole
    /// numbers.
    fn histograms(
        schema: i32,
        count: u32,
        zero: u32,
        positive: &[u32],
        negative: &[u32],
    ) -> [NativeHistogram; 2] {
        let floats =
            |counts: &[u32]| -> Vec<f64> { counts.iter().map(|count| (*count).into()).collect() };
        let deltas = |counts: &[u32]| -> Vec<i64> {
            let mut before = 0;
            let delta =
                |count: &u32| i64::from(*count) - std::mem::replace(&mut before, (*count).into());
            counts.iter().map(delta).collect()
        };
        let spans = |counts: &[u32]| {
            let length = counts.len() as u32;
            (length > 0).then_some(BucketSpan::new(0, length))
        };
        [
            NativeCounts::integer(
                count.into(),
                zero.into(),
                deltas(positive),
                deltas(negative),
            ),
            NativeCounts::float(
                count.into(),
                zero.into(),
                floats(positive),
                floats(negative),
            ),
        ]
        .map(|counts| {
            NativeHistogram::new(schema)
                .counts(counts)
                .zero_threshold(if zero > 0 { 0.001 } else { 0.0 })
                .positive_spans(spans(positive))
                .negative_spans(spans(negative))
                .sum(100.0)
        })
    }

    fn assert_near(found: f64, expected: f64, case: &dyn std::fmt::Debug) {
        let error = (found - expected).abs();
        let is_same = found == expected || found.is_nan() && expected.is_nan();
        assert!(
            is_same || error <= expected.abs() * 1e-12 || error < 1e-15,
            "{case:?}: {found} instead of {expected}"
        );
    }

    #[test]
    fn quantiles_are_those_of_prometheus() {
        // Schema, count, zero count, positive and negative buckets; quantiles and what they are.
        type Case<'t> = (i32, u32, u32, &'t [u32], &'t [u32], &'t [(f64, f64)]);
        let some: &[u32] = &[2, 3, 0, 1, 4];
        let cases: &[Case<'_>] = &[
            (
                0,
                0,
                0,
                &[],
                &[],
                &[(0.5, NAN), (-1.0, -INF), (2.0, INF), (NAN, NAN)],
            ),
            (0, 4, 0, &[1, 2, 1], &[], &[(0.5, 2_f64.sqrt()), (NAN, NAN)]),
            (0, 4, 0, &[], &[1, 2, 1], &[(0.5, -2_f64.sqrt())]),
            (0, 8, 0, &[1, 2, 1], &[1, 2, 1], &[(0.5, 0.5)]),
            // Only the zero bucket.
            (0, 1, 1, &[], &[], &[(0.5, 0.0), (0.75, 0.0005)]),
            (
                0,
                12,
                2,
                some,
                &[],
                &[
                    (1.001, INF),
                    (1.0, 16.0),
                    (0.99, 15.670_724_761_390_83),
                    (0.9, 12.996_038_341_699_77),
                    (0.6, 4.594_793_419_988_138),
                    (0.5, 1.587_401_051_968_199_4),
                    (0.1, 0.0006),
                    (0.0, 0.0),
                    (-1.0, -INF),
                    (0.083_333_333_333_333_33, 0.0005),
                    (0.632_080_208_393_429_7, 6.0),
                ],
            ),
            (
                0,
                12,
                2,
                &[],
                some,
                &[
                    (1.0, 0.0),
                    (0.99, -0.00006),
                    (0.9, -0.0006),
                    (0.5, -1.587_401_051_968_199_6),
                    (0.1, -12.996_038_341_699_768),
                    (0.0, -16.0),
                    (0.367_919_791_606_570_35, -6.0),
                ],
            ),
            (
                0,
                24,
                4,
                some,
                some,
                &[
                    (1.0, 16.0),
                    (0.99, 15.348_225_909_204_23),
                    (0.9, 10.556_063_286_183_155),
                    (0.7, 1.203_025_036_082_116_4),
                    (0.55, 0.0006),
                    (0.5, 0.0),
                    (0.45, -0.0006),
                    (0.3, -1.203_025_036_082_116_9),
                    (0.1, -10.556_063_286_183_155),
                    (0.0, -16.0),
                ],
            ),
            // The answer does not depend on the schema.
            (-1, 5, 0, &[0, 5], &[], &[(0.5, 2.0)]),
            (-1, 5, 0, &[0, 0, 5], &[], &[(0.5, 8.0)]),
            (1, 5, 0, &[0, 5], &[], &[(0.5, 2_f64.powf(0.25))]),
            (1, 5, 0, &[], &[0, 0, 5], &[(0.5, -(2_f64.powf(0.75)))]),
            // More than the buckets hold, without NaN: the end of the last bucket.
            (0, 100, 0, &[2, 3], &[], &[(0.05, 2.0), (0.3, 2.0)]),
        ];
        for (schema, count, zero, positive, negative, quantiles) in cases {
            for histogram in histograms(*schema, *count, *zero, positive, negative) {
                for (q, expected) in *quantiles {
                    assert_near(histogram.quantile(*q), *expected, &(q, &histogram));
                }
            }
        }
    }

    #[test]
    fn observations_of_nan_are_above_all_others() {
        for histogram in histograms(0, 6, 0, &[2, 2], &[]) {
            let histogram = histogram.sum(NAN);
            for (q, expected) in [
                (0.25, 2_f64.powf(-0.25)),
                (0.5, 2_f64.sqrt()),
                (0.75, NAN),
                (0.9, NAN),
            ] {
                assert_near(histogram.quantile(q), expected, &q);
            }
            assert_near(histogram.fraction(-INF, INF), 4.0 / 6.0, &histogram);
            assert_near(histogram.fraction(1.0, INF), 2.0 / 6.0, &histogram);
            assert_near(histogram.fraction(2.0, INF), 0.0, &histogram);
        }
        for histogram in histograms(0, 3, 0, &[], &[]) {
            let histogram = histogram.sum(NAN);
            for (q, expected) in [(0.0, NAN), (0.5, NAN), (1.0, NAN), (1.5, INF)] {
                assert_near(histogram.quantile(q), expected, &q);
            }
            assert_near(histogram.fraction(-INF, INF), 0.0, &histogram);
        }
        // The sum may be NaN without such an observation: of +Inf and -Inf.
        for histogram in histograms(0, 12, 0, &[12], &[]) {
            assert_near(histogram.sum(NAN).fraction(-INF, INF), 1.0, &());
        }
    }

    #[test]
    fn fractions_are_those_of_prometheus() {
        let some: &[u32] = &[2, 3, 0, 1, 4];
        // Positive and negative buckets, count; bounds and the fraction between them.
        type Case<'t> = (&'t [u32], &'t [u32], u32, &'t [(f64, f64, f64)]);
        let cases: &[Case<'_>] = &[
            (&[], &[], 0, &[(-INF, INF, NAN), (3.0, 42.0, NAN)]),
            (
                some,
                &[],
                12,
                &[
                    (0.0, INF, 1.0),
                    (-INF, 0.0, 0.0),
                    (-0.001, 0.0, 0.0),
                    (0.0, 0.001, 1.0 / 6.0),
                    (0.001, INF, 5.0 / 6.0),
                    (0.0, 0.0005, 1.0 / 12.0),
                    (1.0, 2.0, 0.25),
                    (0.0, 1.5, 0.479_573_958_513_622_4),
                    (1.5, 2.0, 0.103_759_374_819_710_91),
                    (1.0, 8.0, 1.0 / 3.0),
                    (0.0, 6.0, 0.632_080_208_393_429_7),
                    (1.5, 6.0, 0.152_506_249_879_807_24),
                    (-2.0, -1.0, 0.0),
                    (42.0, 3.0, 0.0),
                    (42.0, 42.0, 0.0),
                    (NAN, 42.0, NAN),
                    (3.0, NAN, NAN),
                    (-INF, INF, 1.0),
                ],
            ),
            (
                &[],
                some,
                12,
                &[
                    (0.0, INF, 0.0),
                    (-INF, 0.0, 1.0),
                    (-0.001, 0.0, 1.0 / 6.0),
                    (-INF, -0.0005, 11.0 / 12.0),
                    (-2.0, -1.5, 0.103_759_374_819_710_91),
                    (-8.0, -1.0, 1.0 / 3.0),
                    (-INF, -6.0, 0.367_919_791_606_570_35),
                    (1.0, 8.0, 0.0),
                ],
            ),
            (
                some,
                some,
                24,
                &[
                    (0.0, INF, 0.5),
                    (-0.0005, 0.0005, 1.0 / 12.0),
                    (-INF, 0.0005, 13.0 / 24.0),
                    (0.001, INF, 10.0 / 24.0),
                    (1.5, 6.0, 0.076_253_124_939_903_66),
                    (-2.0, -1.5, 0.051_879_687_409_855_456),
                    (-6.0, -1.0, 0.149_373_437_530_048_17),
                    (-INF, INF, 1.0),
                ],
            ),
        ];
        for (positive, negative, count, fractions) in cases {
            for histogram in histograms(0, *count, count / 6, positive, negative) {
                for (lower, upper, expected) in *fractions {
                    let found = histogram.fraction(*lower, *upper);
                    let is_near = (found - expected).abs() < 1e-12;
                    assert!(
                        is_near || found.is_nan() && expected.is_nan(),
                        "{lower} {upper}: {found}"
                    );
                }
            }
        }
    }

    #[test]
    fn custom_buckets() {
        let custom = |bounds: &[f64], counts: &[f64]| {
            NativeHistogram::custom(bounds.iter().copied())
                .counts(NativeCounts::float(counts.iter().sum(), 0.0, counts, []))
                .positive_spans([BucketSpan::new(0, counts.len() as u32)])
                .sum(1.0)
        };
        // The first bucket begins at 0, or else all of it is at its bound.
        let positive = custom(&[5.0, 10.0], &[1.0, 2.0, 1.0]);
        for (q, expected) in [
            (0.0, 0.0),
            (0.125, 2.5),
            (0.25, 5.0),
            (0.5, 7.5),
            (0.75, 10.0),
            (0.9, 10.0),
            (1.0, 10.0),
        ] {
            assert_near(positive.quantile(q), expected, &q);
        }
        for (lower, upper, expected) in [
            (-INF, INF, 1.0),
            (0.0, 2.5, 0.125),
            (2.5, 7.5, 0.375),
            (10.0, INF, 0.25),
            (10.0, 1e9, 0.0),
            (-5.0, 0.0, 0.0),
        ] {
            assert_near(positive.fraction(lower, upper), expected, &(lower, upper));
        }
        let negative = custom(&[-5.0, 5.0], &[1.0, 2.0, 1.0]);
        for (q, expected) in [(0.0, -5.0), (0.2, -5.0), (0.5, 0.0), (0.8, 5.0)] {
            assert_near(negative.quantile(q), expected, &q);
        }
        for (lower, upper, expected) in [(-INF, -5.0, 0.25), (-10.0, 5.0, 0.5), (-INF, -10.0, 0.25)]
        {
            assert_near(negative.fraction(lower, upper), expected, &(lower, upper));
        }
        // All is in the bucket for infinity.
        assert_near(custom(&[], &[4.0]).quantile(0.5), INF, &());
        assert_near(custom(&[1.0], &[0.0, 4.0]).quantile(0.5), 1.0, &());
    }

    proptest! {
        #[test]
        fn quantiles_rise_and_are_within_the_buckets(histogram in valid_histogram()) {
            prop_assume!(histogram.count() > 0.0);
            let mut before = f64::NEG_INFINITY;
            for step in 0..=40 {
                let quantile = histogram.quantile(f64::from(step) / 40.0);
                prop_assert!(quantile >= before - before.abs() * 1e-9, "{} {}", before, quantile);
                before = quantile;
            }
            let mut held = histogram.buckets().filter(|bucket| bucket.count > 0.0);
            let first = held.next().unwrap();
            let last = held.next_back().unwrap_or(first);
            let error = |bound: f64| bound.abs() * 1e-9;
            prop_assert!(first.lower - error(first.lower) <= histogram.quantile(0.0));
            prop_assert!(histogram.quantile(1.0) <= last.upper + error(last.upper));
        }

        #[test]
        fn fractions_add_up(histogram in valid_histogram(), at in -9.0..9.0_f64) {
            prop_assume!(histogram.count() > 0.0);
            let sum = histogram.fraction(-INF, at) + histogram.fraction(at, INF);
            prop_assert!((sum - 1.0).abs() < 1e-9, "{}", sum);
        }

        #[test]
        fn a_quantile_is_where_its_fraction_ends(histogram in valid_histogram(), q in 0.01..0.99_f64) {
            prop_assume!(histogram.count() > 0.0);
            let below = histogram.fraction(-INF, histogram.quantile(q));
            // The zero bucket of these histograms is too narrow to be cut.
            let zero = histogram.zero_count() / histogram.count();
            prop_assert!((below - q).abs() < 1e-6 + zero, "{} {}", below, q);
        }

        #[test]
        fn out_of_range_quantiles_are_infinite(histogram in any_histogram()) {
            prop_assert_eq!(histogram.quantile(-0.1), -INF);
            prop_assert_eq!(histogram.quantile(1.1), INF);
        }
    }
}
