//! Classic buckets to native histograms and back.

use super::histogram::{Bucket, Histogram};
use crate::model::native_histogram::{NativeHistogram, NhcbBuilder, NhcbError};

impl Histogram<'_> {
    /// Makes a native histogram with custom buckets (NHCB) of the classic buckets, the count and the sum,
    /// as Prometheus does if `convert_classic_histograms_to_nhcb` is set
    /// ([P37](crate::docs::protobuf#p37)). It has the same bounds, and loses nothing but the exemplars.
    ///
    /// The sum is 0 if there is none. A [`NhcbBuilder`] does the same for buckets from elsewhere.
    ///
    /// # Errors
    ///
    /// Returns what is wrong with the buckets or with the count.
    ///
    /// ```
    /// use exposition::{Bucket, Histogram};
    ///
    /// let classic = Histogram::new([Bucket::new(0.5, 2.0), Bucket::new(f64::INFINITY, 5.0)])
    ///     .count(5.0)
    ///     .sum(7.0);
    /// let native = classic.to_native_custom()?;
    /// assert_eq!(native.to_string(), "{count:5, sum:7, [-Inf,0.5]:2, (0.5,+Inf]:3}");
    /// assert_eq!(Histogram::from_native_custom(&native), Some(classic));
    /// # Ok::<(), exposition::NhcbError>(())
    /// ```
    pub fn to_native_custom(&self) -> Result<NativeHistogram, NhcbError> {
        let mut builder = NhcbBuilder::new();
        for bucket in &self.buckets {
            builder.bucket(bucket.upper_bound, bucket.cumulative_count);
        }
        if let Some(count) = self.count {
            builder.count(count);
        }
        builder.sum(self.sum.unwrap_or(0.0)).build()
    }
}

impl Histogram<'static> {
    /// Makes classic buckets of custom ones, with the same bounds and one for `+Inf`; `None` if the
    /// histogram has no custom buckets. The result has only the classic form.
    ///
    /// Whole numbers up to 2⁵³ come out as they went into
    /// [`to_native_custom`](Histogram::to_native_custom). Floats may differ by the rounding of a sum.
    #[must_use]
    pub fn from_native_custom(native: &NativeHistogram) -> Option<Self> {
        if !native.is_custom() {
            return None;
        }
        let bounds = native.custom_bounds.iter().copied();
        Some(with_bounds(native, bounds.chain([f64::INFINITY])))
    }

    /// Makes classic buckets of any native histogram, with these bounds and one for `+Inf`. This loses
    /// what is between the bounds, and errs where a bucket reaches over one of them.
    ///
    /// A bucket is counted from the first bound on that it lies below as a whole. So the count of a
    /// classic bucket is never too high: it leaves out the whole bucket that reaches over its bound.
    /// Nothing is left out at bounds that the native histogram has too, such as the powers of two with a
    /// schema of 0 or higher. The bucket for `+Inf` has the count, with observations of NaN.
    ///
    /// The bounds come in any order; NaN is left out. The result has only the classic form.
    ///
    /// ```
    /// use exposition::{BucketSpan, Histogram, NativeCounts, NativeHistogram};
    ///
    /// // Three observations in (0.5, 1], five in (1, 2].
    /// let native = NativeHistogram::new(0)
    ///     .counts(NativeCounts::integer(8, 0, [3, 2], []))
    ///     .positive_spans([BucketSpan::new(0, 2)]);
    /// let classic = Histogram::from_native_lossy(&native, [1.0, 1.5, 2.0]);
    /// let counts: Vec<f64> = classic.buckets.iter().map(|bucket| bucket.cumulative_count).collect();
    /// assert_eq!(counts, [3.0, 3.0, 8.0, 8.0]);
    /// ```
    #[must_use]
    pub fn from_native_lossy(
        native: &NativeHistogram,
        bounds: impl IntoIterator<Item = f64>,
    ) -> Self {
        let mut bounds: Vec<f64> = bounds.into_iter().filter(|bound| !bound.is_nan()).collect();
        bounds.push(f64::INFINITY);
        bounds.sort_by(f64::total_cmp);
        bounds.dedup();
        let mut histogram = with_bounds(native, bounds.into_iter());
        if let Some(last) = histogram.buckets.last_mut() {
            last.cumulative_count = native.count();
        }
        histogram
    }
}

/// Returns classic buckets of these bounds, which rise: each holds the native ones that end there or
/// below.
fn with_bounds(native: &NativeHistogram, bounds: impl Iterator<Item = f64>) -> Histogram<'static> {
    let mut listed = native.buckets().peekable();
    let mut below = 0.0;
    let buckets = bounds.map(|bound| {
        while let Some(bucket) = listed.next_if(|bucket| bucket.upper <= bound) {
            below += bucket.count;
        }
        Bucket::new(bound, below)
    });
    Histogram::new(buckets)
        .count(native.count())
        .sum(native.sum)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::native_histogram::{BucketSpan, NativeCounts};

    const INF: f64 = f64::INFINITY;

    fn counts(histogram: &Histogram<'_>) -> Vec<(f64, f64)> {
        let pair = |bucket: &Bucket<'_>| (bucket.upper_bound, bucket.cumulative_count);
        histogram.buckets.iter().map(pair).collect()
    }

    #[test]
    fn chosen_bounds() {
        let native = NativeHistogram::new(0)
            .zero_threshold(0.001)
            .counts(NativeCounts::integer(20, 2, [3, 2], [4, 1]))
            .positive_spans([BucketSpan::new(0, 2)])
            .negative_spans([BucketSpan::new(1, 2)])
            .sum(f64::NAN);
        // 5 in [-4, -2), 4 in [-2, -1), 2 around 0, 3 in (0.5, 1], 5 in (1, 2], 1 of NaN.
        for (bounds, expected) in [
            (&[][..], &[(INF, 20.0)][..]),
            (&[INF, f64::NAN], &[(INF, 20.0)]),
            (
                &[2.0, -2.0, 1.0, 0.5, 2.0, 0.0],
                &[
                    (-2.0, 5.0),
                    (0.0, 9.0),
                    (0.5, 11.0),
                    (1.0, 14.0),
                    (2.0, 19.0),
                    (INF, 20.0),
                ],
            ),
            (
                &[-INF, -3.0, 0.001, 1.5, 100.0],
                &[
                    (-INF, 0.0),
                    (-3.0, 0.0),
                    (0.001, 11.0),
                    (1.5, 14.0),
                    (100.0, 19.0),
                    (INF, 20.0),
                ],
            ),
        ] {
            let classic = Histogram::from_native_lossy(&native, bounds.iter().copied());
            assert_eq!(counts(&classic), expected);
            assert_eq!(classic.count, Some(20.0));
            assert!(classic.sum.is_some_and(f64::is_nan) && classic.native.is_none());
        }
    }

    #[test]
    fn only_custom_buckets_have_bounds_of_their_own() {
        assert_eq!(
            Histogram::from_native_custom(&NativeHistogram::new(0)),
            None
        );
        let empty = NativeHistogram::custom([1.0]);
        let classic = Histogram::from_native_custom(&empty).unwrap();
        assert_eq!(counts(&classic), [(1.0, 0.0), (INF, 0.0)]);
        // Without a sum or a count, there is one after it.
        let classic = Histogram::new([Bucket::new(1.0, 2.0)]);
        let native = classic.to_native_custom().unwrap();
        let back = Histogram::from_native_custom(&native).unwrap();
        assert_eq!(counts(&back), [(1.0, 2.0), (INF, 2.0)]);
        assert_eq!((back.sum, back.count), (Some(0.0), Some(2.0)));
        let falling = Histogram::new([Bucket::new(1.0, 2.0), Bucket::new(2.0, 1.0)]);
        assert!(falling.to_native_custom().is_err());
    }

    proptest! {
        #[test]
        fn classic_to_custom_and_back(
            counts in prop::collection::vec(0_u32..5, 1..30),
            first in -20_i32..20,
            halves in any::<bool>(),
            sum in any::<f64>(),
        ) {
            let mut total = 0.0;
            let mut buckets: Vec<_> = (first..).zip(counts).map(|(bound, count)| {
                total += f64::from(count) / if halves { 2.0 } else { 1.0 };
                Bucket::new(f64::from(bound) / 4.0, total)
            }).collect();
            if let Some(last) = buckets.last_mut() {
                last.upper_bound = INF;
            }
            let classic = Histogram::new(buckets).count(total).sum(sum);
            let native = classic.to_native_custom().unwrap();
            prop_assert_eq!(native.validate(), Ok(()));
            let back = Histogram::from_native_custom(&native).unwrap();
            prop_assert_eq!(&back, &classic);
            prop_assert_eq!(back.to_native_custom().unwrap(), native.clone());
            // Both answer alike, except where a quantile is just between two buckets: of them the
            // native form takes the upper one in its upper half.
            for q in [0.123, 0.377, 0.611, 0.877] {
                let (of_native, of_classic) = (native.quantile(q), classic.quantile(q));
                let is_near = (of_native - of_classic).abs() < 1e-9;
                let is_known = classic.buckets.len() > 1 && total > 0.0;
                prop_assert!(!is_known || is_near, "{} {} {}", q, of_native, of_classic);
            }
        }
    }
}
