//! Whether a counter began again.

use std::iter::Peekable;

use super::bounds::{bound, lowered};
use super::buckets::NativeBuckets;
use super::{BucketSide, NativeHistogram};

impl NativeHistogram {
    /// Tells whether the counters began again between `previous` and this histogram, as Prometheus finds
    /// out: whether any count, except the sum, is smaller, or a bucket that held something is gone.
    ///
    /// A higher schema or a smaller zero threshold mean so too. With a lower schema or a larger threshold,
    /// the buckets of `previous` are joined first; a threshold that would cut one of them is a reset.
    /// Custom buckets with other bounds are compared where both have a bound; after exponential buckets,
    /// and the other way round, it is a reset.
    ///
    /// Whether the histogram [is a gauge's](Self::is_gauge) is not looked at, as in Prometheus: its
    /// counts may shrink, so the answer has no meaning there.
    ///
    /// ```
    /// use exposition::{BucketSpan, NativeCounts, NativeHistogram};
    ///
    /// let histogram = |count: u64| {
    ///     NativeHistogram::new(0)
    ///         .counts(NativeCounts::integer(count, 0, [count as i64], []))
    ///         .positive_spans([BucketSpan::new(0, 1)])
    /// };
    /// assert!(!histogram(5).detect_reset(&histogram(4)));
    /// assert!(histogram(3).detect_reset(&histogram(4)));
    /// ```
    #[must_use]
    pub fn detect_reset(&self, previous: &NativeHistogram) -> bool {
        if self.count() < previous.count() {
            return true;
        }
        if self.is_custom() {
            if !previous.is_custom() {
                return true;
            }
            if self.custom_bounds != previous.custom_bounds {
                return self.shrank_between_shared_bounds(previous);
            }
        }
        if self.schema > previous.schema || self.zero_threshold < previous.zero_threshold {
            return true;
        }
        match previous.count_within(self.zero_threshold) {
            Some(count) if self.zero_count() >= count => {}
            _ => return true,
        }
        [BucketSide::Positive, BucketSide::Negative]
            .into_iter()
            .any(|side| {
                let (schema, threshold) = (self.schema, self.zero_threshold);
                shrank(
                    self.joined(side, schema, threshold),
                    previous.joined(side, schema, threshold),
                )
            })
    }

    /// Returns how many observations the zero bucket would hold with a threshold that is not smaller, or
    /// `None` if that would cut a bucket which holds something.
    fn count_within(&self, threshold: f64) -> Option<f64> {
        let mut within = self.zero_count();
        if threshold == self.zero_threshold {
            return Some(within);
        }
        for side in [BucketSide::Positive, BucketSide::Negative] {
            for (index, count) in self.side(side) {
                let bucket = self.scale().bucket(BucketSide::Positive, index, count);
                if bucket.lower >= threshold {
                    break;
                }
                within += count;
                if bucket.upper > threshold {
                    if count != 0.0 {
                        return None;
                    }
                    break;
                }
            }
        }
        Some(within)
    }

    /// Returns indices and counts of the buckets that a lower schema would give, without those within the
    /// threshold.
    fn joined(
        &self,
        side: BucketSide,
        schema: i32,
        threshold: f64,
    ) -> impl Iterator<Item = (i32, f64)> {
        let steps = self.schema.abs_diff(schema);
        let mut buckets = self.side(side).map(move |(index, count)| match steps {
            0 => (index, count),
            _ => (lowered(index, steps), count),
        });
        let mut next = buckets.next();
        let joined = std::iter::from_fn(move || {
            let (index, mut joined) = next?;
            loop {
                next = buckets.next();
                match next {
                    Some((same, count)) if same == index => joined += count,
                    _ => return Some((index, joined)),
                }
            }
        });
        let has_threshold = threshold != 0.0 && !self.is_custom();
        joined.skip_while(move |(index, _)| has_threshold && bound(*index, schema) <= threshold)
    }

    /// Tells whether custom buckets hold less than before, between bounds that both have.
    fn shrank_between_shared_bounds(&self, previous: &NativeHistogram) -> bool {
        let bounds = |histogram: &NativeHistogram, at: usize| match histogram.custom_bounds.get(at)
        {
            None if at == histogram.custom_bounds.len() => Some(f64::INFINITY),
            bound => bound.copied(),
        };
        let (mut at, mut previous_at) = (0, 0);
        let mut buckets = self.buckets().peekable();
        let mut previous_buckets = previous.buckets().peekable();
        while let (Some(upper), Some(previous_upper)) =
            (bounds(self, at), bounds(previous, previous_at))
        {
            if upper == previous_upper {
                if held_up_to(&mut buckets, upper) < held_up_to(&mut previous_buckets, upper) {
                    return true;
                }
                at += 1;
                previous_at += 1;
            } else if upper < previous_upper {
                at += 1;
            } else {
                previous_at += 1;
            }
        }
        false
    }
}

/// Takes the buckets up to a bound and returns what they hold.
fn held_up_to(buckets: &mut Peekable<NativeBuckets<'_>>, upper: f64) -> f64 {
    let mut held = 0.0;
    while let Some(bucket) = buckets.next_if(|bucket| bucket.upper <= upper) {
        held += bucket.count;
    }
    held
}

/// Tells whether a bucket holds less than before. One that is not listed holds nothing.
fn shrank(
    current: impl Iterator<Item = (i32, f64)>,
    mut previous: impl Iterator<Item = (i32, f64)>,
) -> bool {
    let mut current = current.peekable();
    previous.any(|(index, before)| {
        while current.next_if(|(at, _)| *at < index).is_some() {}
        match current.peek() {
            Some((at, count)) if *at == index => *count < before,
            _ => before != 0.0,
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::valid_histogram;
    use super::super::{BucketSpan, NativeCounts};
    use super::*;

    /// A histogram from the indices and counts of its buckets, which are all there is beside the zero
    /// bucket. As whole numbers, and as floats.
    fn histograms(
        empty: &NativeHistogram,
        zero: u32,
        positive: &[(i32, u32)],
        negative: &[(i32, u32)],
    ) -> [NativeHistogram; 2] {
        let spans = |buckets: &[(i32, u32)]| -> Vec<BucketSpan> {
            let mut end = 0;
            let span = |(index, _): &(i32, u32)| {
                BucketSpan::new(index - std::mem::replace(&mut end, index + 1), 1)
            };
            buckets.iter().map(span).collect()
        };
        let deltas = |buckets: &[(i32, u32)]| -> Vec<i64> {
            let mut before = 0;
            let delta = |(_, count): &(i32, u32)| {
                i64::from(*count) - std::mem::replace(&mut before, (*count).into())
            };
            buckets.iter().map(delta).collect()
        };
        let floats = |buckets: &[(i32, u32)]| -> Vec<f64> {
            buckets.iter().map(|(_, count)| (*count).into()).collect()
        };
        let all = positive.iter().chain(negative);
        let count = zero + all.map(|(_, count)| count).sum::<u32>();
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
            (empty.clone().counts(counts))
                .positive_spans(spans(positive))
                .negative_spans(spans(negative))
        })
    }

    #[test]
    fn resets() {
        let new = NativeHistogram::new;
        let custom = |bounds: &[f64]| NativeHistogram::custom(bounds.iter().copied());
        type Buckets<'t> = (NativeHistogram, u32, &'t [(i32, u32)], &'t [(i32, u32)]);
        let cases: &[(&str, Buckets<'_>, Buckets<'_>, bool)] = &[
            (
                "the same",
                (new(0), 1, &[(1, 2)], &[(1, 2)]),
                (new(0), 1, &[(1, 2)], &[(1, 2)]),
                false,
            ),
            (
                "first empty",
                (new(0), 0, &[], &[]),
                (new(0), 1, &[(1, 2)], &[]),
                false,
            ),
            (
                "more",
                (new(0), 1, &[(1, 2)], &[]),
                (new(0), 1, &[(0, 1), (1, 2), (2, 1)], &[]),
                false,
            ),
            (
                "count",
                (new(0), 1, &[(1, 2)], &[]),
                (new(0), 0, &[(1, 2)], &[]),
                true,
            ),
            (
                "zero bucket",
                (new(0), 2, &[(1, 2)], &[]),
                (new(0), 1, &[(1, 5)], &[]),
                true,
            ),
            (
                "a positive bucket",
                (new(0), 0, &[(1, 2), (2, 2)], &[]),
                (new(0), 0, &[(1, 1), (2, 9)], &[]),
                true,
            ),
            (
                "a negative bucket",
                (new(0), 0, &[], &[(1, 2), (2, 2)]),
                (new(0), 0, &[], &[(1, 9), (2, 1)]),
                true,
            ),
            (
                "a bucket is gone",
                (new(0), 0, &[(1, 2), (3, 2)], &[]),
                (new(0), 0, &[(1, 9)], &[]),
                true,
            ),
            (
                "all are gone",
                (new(0), 0, &[(1, 2)], &[]),
                (new(0), 9, &[], &[]),
                true,
            ),
            (
                "an empty one is gone",
                (new(0), 0, &[(0, 0), (1, 2), (3, 0)], &[]),
                (new(0), 0, &[(1, 2)], &[]),
                false,
            ),
            (
                "higher schema",
                (new(0), 0, &[(1, 2)], &[]),
                (new(1), 0, &[(2, 9)], &[]),
                true,
            ),
            (
                "lower schema",
                (new(1), 0, &[(1, 2), (2, 3)], &[]),
                (new(0), 0, &[(1, 5)], &[]),
                false,
            ),
            (
                "lower schema, less",
                (new(1), 0, &[(1, 2), (2, 3)], &[]),
                (new(0), 0, &[(1, 4), (2, 9)], &[]),
                true,
            ),
            (
                "smaller threshold",
                (new(0).zero_threshold(1.0), 2, &[], &[]),
                (new(0).zero_threshold(0.5), 9, &[], &[]),
                true,
            ),
            (
                "larger threshold",
                (new(0).zero_threshold(0.5), 2, &[(0, 3), (1, 4)], &[(0, 1)]),
                (new(0).zero_threshold(1.0), 6, &[(1, 4)], &[]),
                false,
            ),
            (
                "larger threshold, less",
                (new(0).zero_threshold(0.5), 2, &[(0, 3), (1, 4)], &[(0, 1)]),
                (new(0).zero_threshold(1.0), 5, &[(1, 5)], &[]),
                true,
            ),
            (
                "a threshold that cuts a bucket",
                (new(0).zero_threshold(0.5), 2, &[(1, 4)], &[]),
                (new(0).zero_threshold(1.5), 9, &[(1, 9)], &[]),
                true,
            ),
            (
                "a threshold that cuts an empty bucket",
                (new(0).zero_threshold(0.5), 2, &[], &[(1, 0), (2, 1)]),
                (new(0).zero_threshold(1.5), 2, &[], &[(2, 1)]),
                false,
            ),
            (
                "custom",
                (custom(&[1.0, 2.0]), 0, &[(0, 1), (2, 1)], &[]),
                (custom(&[1.0, 2.0]), 0, &[(0, 1), (1, 1), (2, 1)], &[]),
                false,
            ),
            (
                "custom, less",
                (custom(&[1.0, 2.0]), 0, &[(0, 1), (2, 1)], &[]),
                (custom(&[1.0, 2.0]), 0, &[(0, 1), (1, 1)], &[]),
                true,
            ),
            (
                "custom after exponential",
                (new(0), 0, &[], &[]),
                (custom(&[1.0]), 0, &[], &[]),
                true,
            ),
            (
                "exponential after custom",
                (custom(&[1.0]), 0, &[], &[]),
                (new(0), 0, &[], &[]),
                true,
            ),
            (
                "other bounds",
                (custom(&[1.0, 2.0]), 0, &[(0, 1), (1, 3), (2, 1)], &[]),
                (
                    custom(&[1.0, 1.5, 3.0]),
                    0,
                    &[(0, 1), (1, 2), (2, 1), (3, 1)],
                    &[],
                ),
                false,
            ),
            (
                "other bounds, less",
                (custom(&[1.0, 2.0]), 0, &[(0, 2), (1, 3)], &[]),
                (custom(&[1.0, 1.5]), 0, &[(0, 1), (1, 9)], &[]),
                true,
            ),
        ];
        for (name, before, after, expected) in cases {
            let histograms = |of: &Buckets<'_>| histograms(&of.0, of.1, of.2, of.3);
            for previous in &histograms(before) {
                for histogram in &histograms(after) {
                    assert_eq!(histogram.detect_reset(previous), *expected, "{name}");
                    let gauge = histogram.clone().is_gauge(true);
                    assert_eq!(gauge.detect_reset(previous), *expected, "{name}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn a_lower_resolution_is_not_a_reset(histogram in valid_histogram(), steps in 0..12_i32) {
            let mut lower = histogram.clone();
            lower.reduce_resolution((histogram.schema - steps).max(-4)).unwrap();
            prop_assert!(!lower.detect_reset(&histogram));
            lower.compact();
            prop_assert!(!lower.detect_reset(&histogram));
            prop_assert_eq!(histogram.detect_reset(&lower), histogram.schema > lower.schema);
        }
    }
}
