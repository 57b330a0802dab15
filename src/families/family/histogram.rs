//! Histograms: cumulative buckets, and what can be computed from them.

use super::MetricExemplar;
use crate::model::native_histogram::NativeHistogram;
use crate::number::same::{same, same_option};

/// A histogram: buckets, sum and count, as far as the lines give them.
///
/// ```
/// use exposition::{Bucket, Histogram};
///
/// let histogram = Histogram::new([Bucket::new(0.1, 8.0), Bucket::new(f64::INFINITY, 17.0)]).sum(3.5);
/// assert_eq!(histogram.total(), Some(17.0));
/// let own: Vec<f64> = histogram.bucket_counts().map(|bucket| bucket.count).collect();
/// assert_eq!(own, [8.0, 9.0]);
/// ```
#[derive(Debug, Clone, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Deserialize),
    serde(deny_unknown_fields)
)]
#[non_exhaustive]
pub struct Histogram<'a> {
    /// The buckets, by rising bound. None is added: the one for `+Inf` is there only if the body has it.
    #[cfg_attr(feature = "serde", serde(default))]
    pub buckets: Vec<Bucket<'a>>,
    /// The sum of all observations.
    #[cfg_attr(
        feature = "serde",
        serde(default, deserialize_with = "crate::number::written::maybe")
    )]
    pub sum: Option<f64>,
    /// The number of observations. A float, as in Prometheus.
    #[cfg_attr(
        feature = "serde",
        serde(default, deserialize_with = "crate::number::written::maybe")
    )]
    pub count: Option<f64>,
    /// The same observations as a native histogram, which only protobuf carries. A histogram may have
    /// classic buckets, a native form, or both.
    pub native: Option<Box<NativeHistogram>>,
}

impl<'a> Histogram<'a> {
    /// Creates a histogram of these buckets, without a sum and a count. They must come by rising bound: they
    /// are not sorted here.
    pub fn new(buckets: impl IntoIterator<Item = Bucket<'a>>) -> Self {
        Histogram {
            buckets: buckets.into_iter().collect(),
            sum: None,
            count: None,
            native: None,
        }
    }

    /// Sets or removes the sum of all observations.
    #[must_use]
    pub fn sum(mut self, sum: impl Into<Option<f64>>) -> Self {
        self.sum = sum.into();
        self
    }

    /// Sets or removes the number of observations.
    #[must_use]
    pub fn count(mut self, count: impl Into<Option<f64>>) -> Self {
        self.count = count.into();
        self
    }

    /// Sets or removes the native form.
    #[must_use]
    pub fn native(mut self, native: impl Into<Option<NativeHistogram>>) -> Self {
        self.native = native.into().map(Box::new);
        self
    }

    /// Returns the buckets with the count of each alone, without those below it.
    ///
    /// Buckets are adjacent: the lower bound of one is the upper bound of the one before, and `-Inf` for
    /// the first. If a body's counts fall from one bucket to the next, the difference is negative.
    pub fn bucket_counts(
        &self,
    ) -> impl DoubleEndedIterator<Item = BucketCount> + ExactSizeIterator {
        (0..self.buckets.len()).map(|at| {
            let of = |at: usize| {
                let bucket = self.buckets.get(at);
                bucket.map_or((f64::NEG_INFINITY, 0.0), |bucket| {
                    (bucket.upper_bound, bucket.cumulative_count)
                })
            };
            let (lower_bound, below) = of(at.wrapping_sub(1));
            let (upper_bound, count) = of(at);
            BucketCount {
                lower_bound,
                upper_bound,
                count: count - below,
            }
        })
    }

    /// Estimates the `q`-quantile, 0 to 1, as Prometheus' [`histogram_quantile`] does: it assumes that
    /// observations are spread evenly within a bucket.
    ///
    /// A first bucket with a positive bound begins at 0. A quantile in the bucket for `+Inf` is the bound
    /// below it. Counts that fall from one bucket to the next are raised to the one before. Returns NaN
    /// if there is no bucket for `+Inf`, no other bucket, or no observation; `-Inf` for `q` below 0,
    /// `+Inf` above 1.
    ///
    /// ```
    /// use exposition::{Bucket, Histogram};
    ///
    /// let buckets = [(0.1, 50.0), (1.0, 90.0), (f64::INFINITY, 100.0)];
    /// let latency = Histogram::new(buckets.map(|(bound, count)| Bucket::new(bound, count)));
    /// assert_eq!(latency.quantile(0.25), 0.05);
    /// assert_eq!(latency.quantile(0.95), 1.0);
    /// ```
    ///
    /// [`histogram_quantile`]: https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
    pub fn quantile(&self, q: f64) -> f64 {
        if q.is_nan() {
            return f64::NAN;
        } else if q < 0.0 {
            return f64::NEG_INFINITY;
        } else if q > 1.0 {
            return f64::INFINITY;
        }
        let [finite @ .., last] = self.buckets.as_slice() else {
            return f64::NAN;
        };
        let Some(highest) = finite.last() else {
            return f64::NAN;
        };
        let observations = self
            .rising_counts()
            .last()
            .map_or(f64::NAN, |(_, count)| count);
        if last.upper_bound != f64::INFINITY || observations.is_nan() || observations == 0.0 {
            return f64::NAN;
        }
        let rank = q * observations;
        let (mut start, mut below) = (0.0, 0.0);
        for (at, (bound, count)) in self.rising_counts().take(finite.len()).enumerate() {
            if count >= rank {
                if at == 0 && bound <= 0.0 {
                    return bound;
                }
                return start + (bound - start) * ((rank - below) / (count - below));
            }
            (start, below) = (bound, count);
        }
        highest.upper_bound
    }

    /// Returns bounds and cumulative counts, none less than the one before, nor greater merely by a
    /// rounding error.
    fn rising_counts(&self) -> impl Iterator<Item = (f64, f64)> {
        self.buckets
            .iter()
            .scan(None, |counted: &mut Option<f64>, bucket| {
                let count = match *counted {
                    Some(before) if !exceeds(bucket.cumulative_count, before) => before,
                    _ => bucket.cumulative_count,
                };
                *counted = Some(count);
                Some((bucket.upper_bound, count))
            })
    }

    /// Returns the number of observations: the count, or else the bucket for `+Inf`.
    pub fn total(&self) -> Option<f64> {
        self.count.or_else(|| {
            let last = self.buckets.last()?;
            (last.upper_bound == f64::INFINITY).then_some(last.cumulative_count)
        })
    }

    /// Returns the histogram without a borrow.
    pub fn into_owned(self) -> Histogram<'static> {
        Histogram {
            buckets: self.buckets.into_iter().map(Bucket::into_owned).collect(),
            sum: self.sum,
            count: self.count,
            native: self.native,
        }
    }
}

impl PartialEq for Histogram<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.buckets == other.buckets
            && same_option(self.sum, other.sum)
            && same_option(self.count, other.count)
            && self.native == other.native
    }
}

/// A bucket: how many observations were at most its bound.
#[derive(Debug, Clone)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Deserialize),
    serde(deny_unknown_fields)
)]
#[non_exhaustive]
pub struct Bucket<'a> {
    /// The bound, inclusive: `le`. Never NaN in a family that was read.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::written::float"))]
    pub upper_bound: f64,
    /// How many observations are in this bucket and in all below it.
    #[cfg_attr(feature = "serde", serde(with = "crate::number::written::float"))]
    pub cumulative_count: f64,
    /// An observation that fell into this bucket.
    pub exemplar: Option<Box<MetricExemplar<'a>>>,
}

impl<'a> Bucket<'a> {
    /// Creates a bucket without an exemplar, from the bound and the count of this bucket and all below.
    pub fn new(upper_bound: f64, cumulative_count: f64) -> Self {
        Bucket {
            upper_bound,
            cumulative_count,
            exemplar: None,
        }
    }

    /// Sets the exemplar.
    #[must_use]
    pub fn exemplar(mut self, exemplar: MetricExemplar<'a>) -> Self {
        self.exemplar = Some(Box::new(exemplar));
        self
    }

    /// Returns the bucket without a borrow.
    pub fn into_owned(self) -> Bucket<'static> {
        Bucket {
            upper_bound: self.upper_bound,
            cumulative_count: self.cumulative_count,
            exemplar: self
                .exemplar
                .map(|exemplar| Box::new(exemplar.into_owned())),
        }
    }
}

impl PartialEq for Bucket<'_> {
    fn eq(&self, other: &Self) -> bool {
        same(self.upper_bound, other.upper_bound)
            && same(self.cumulative_count, other.cumulative_count)
            && self.exemplar == other.exemplar
    }
}

/// Tells whether `count` exceeds `before` by more than a rounding error, as Prometheus judges it.
fn exceeds(count: f64, before: f64) -> bool {
    const TOLERANCE: f64 = 1e-12;
    let sum = (count.abs() + before.abs()).min(f64::MAX);
    let allowed = if count == 0.0 || before == 0.0 || sum < f64::MIN_POSITIVE {
        TOLERANCE * f64::MIN_POSITIVE
    } else {
        TOLERANCE * sum
    };
    count - before >= allowed && count > before
}

/// A range between two bounds of a histogram: see [`Histogram::bucket_counts`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct BucketCount {
    /// Observations are larger than this; `-Inf` in the first bucket.
    pub lower_bound: f64,
    /// Observations are at most this; `+Inf` in the last bucket of a whole histogram.
    pub upper_bound: f64,
    /// How many observations are between the bounds.
    pub count: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn histogram(buckets: &[(f64, f64)]) -> Histogram<'static> {
        Histogram::new(
            buckets
                .iter()
                .map(|(bound, count)| Bucket::new(*bound, *count)),
        )
    }

    #[test]
    fn quantiles_are_those_of_prometheus() {
        const INF: f64 = f64::INFINITY;
        const NAN: f64 = f64::NAN;
        let usual: &[_] = &[(0.1, 50.0), (0.5, 50.0), (1.0, 90.0), (INF, 100.0)];
        for (buckets, q, expected) in [
            (usual, 0.0, 0.0),
            (usual, 0.25, 0.05),
            (usual, 0.5, 0.1),
            (usual, 0.7, 0.75),
            (usual, 0.9, 1.0),
            (usual, 0.91, 1.0),
            (usual, 1.0, 1.0),
            (usual, 1.1, INF),
            (usual, -0.1, f64::NEG_INFINITY),
            (usual, NAN, NAN),
            (&[], 0.5, NAN),
            (&[(INF, 5.0)], 0.5, NAN),
            (&[(1.0, 5.0)], 0.5, NAN),
            (&[(1.0, 5.0), (2.0, 5.0)], 0.5, NAN),
            (&[(1.0, 0.0), (INF, 0.0)], 0.5, NAN),
            (&[(-1.0, 5.0), (INF, 5.0)], 0.5, -1.0),
            (&[(-2.0, 2.0), (-1.0, 4.0), (INF, 4.0)], 0.75, -1.5),
            // A falling count is replaced by that of the bucket below.
            (
                &[(1.0, 10.0), (2.0, 8.0), (3.0, 20.0), (INF, 20.0)],
                0.75,
                2.5,
            ),
            // A rounding error does not count as an observation.
            (
                &[(1.0, 10.0), (2.0, 10.000_000_000_001), (INF, 10.0)],
                1.0,
                1.0,
            ),
        ] {
            let quantile = histogram(buckets).quantile(q);
            assert!(
                same(quantile, expected) || quantile.is_nan() && expected.is_nan(),
                "{buckets:?} {q}: {quantile}"
            );
        }
    }

    #[test]
    fn buckets_alone() {
        let counts = |buckets: &[_]| -> Vec<_> {
            let histogram = histogram(buckets);
            let buckets = histogram.bucket_counts();
            buckets
                .map(|b| (b.lower_bound, b.upper_bound, b.count))
                .collect()
        };
        assert_eq!(counts(&[]), []);
        let (low, high) = (f64::NEG_INFINITY, f64::INFINITY);
        assert_eq!(
            counts(&[(1.0, 2.0), (2.0, 1.0), (high, 5.0)]),
            [(low, 1.0, 2.0), (1.0, 2.0, -1.0), (2.0, high, 4.0)],
        );
    }
}
