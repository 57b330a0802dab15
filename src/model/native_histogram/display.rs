//! A native histogram in one line, as Prometheus shows it.

use std::fmt;

use super::side::AnySide;
use super::{BucketSide, NativeCounts, NativeHistogram};
use crate::number::go_float::shortest;

impl fmt::Display for NativeHistogram {
    /// Writes the count, the sum and the buckets that hold something, as Prometheus does:
    /// `{count:7, sum:-9.5, [-4,-2):4, [-0.001,0.001]:2, (1,2]:1}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.counts {
            NativeCounts::Integer { count, .. } => write!(f, "{{count:{count}")?,
            NativeCounts::Float { count, .. } => write!(f, "{{count:{}", shortest(*count))?,
        }
        write!(f, ", sum:{}", shortest(self.sum))?;
        self.fmt_side(BucketSide::Negative, f)?;
        if self.zero_count() != 0.0 {
            write!(f, ", {}:", self.zero_bucket().range())?;
            match &self.counts {
                NativeCounts::Integer { zero_count, .. } => write!(f, "{zero_count}")?,
                NativeCounts::Float { zero_count, .. } => write!(f, "{}", shortest(*zero_count))?,
            }
        }
        self.fmt_side(BucketSide::Positive, f)?;
        f.write_str("}")
    }
}

impl NativeHistogram {
    /// Writes the buckets of one side that hold something, rising.
    fn fmt_side(&self, side: BucketSide, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.side(side) {
            AnySide::Integer(buckets) => {
                self.fmt_buckets(side, buckets, |count| *count != 0, |count| count, f)
            }
            AnySide::Float(buckets) => {
                self.fmt_buckets(side, buckets, |count| *count != 0.0, shortest, f)
            }
        }
    }

    fn fmt_buckets<T, D: fmt::Display>(
        &self,
        side: BucketSide,
        mut buckets: impl DoubleEndedIterator<Item = (i32, T)>,
        holds: impl Fn(&T) -> bool,
        shown: impl Fn(T) -> D,
        f: &mut fmt::Formatter<'_>,
    ) -> fmt::Result {
        while let Some((index, count)) = match side {
            BucketSide::Positive => buckets.next(),
            BucketSide::Negative => buckets.next_back(),
        } {
            if holds(&count) {
                let range = self.scale().bucket(side, index, 0.0).range();
                write!(f, ", {range}:{}", shown(count))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::BucketSpan;
    use super::*;

    #[test]
    fn histograms_in_one_line() {
        let spans = || [BucketSpan::new(-1, 2), BucketSpan::new(1, 1)];
        let integer = NativeCounts::integer(2_000_013, 2, [0, 1, 2_000_000], [3, -3, 7]);
        let float = NativeCounts::float(1e6, 0.5, [0.0, 1.25, f64::NAN], [-1.0, 0.0, 1e-7]);
        let both = |counts| {
            NativeHistogram::new(1)
                .counts(counts)
                .positive_spans(spans())
                .negative_spans(spans())
        };
        for (histogram, expected) in [
            (NativeHistogram::new(0), "{count:0, sum:0}"),
            (NativeHistogram::new(0).sum(f64::NAN), "{count:0, sum:NaN}"),
            (
                both(integer).zero_threshold(1e-128).sum(-1.5),
                "{count:2000013, sum:-1.5, [-2,-1.414213562373095):7, \
                 [-0.7071067811865475,-0.5):3, [-1e-128,1e-128]:2, \
                 (0.7071067811865475,1]:1, (1.414213562373095,2]:2000001}",
            ),
            // A zero bucket without a width.
            (
                both(float),
                "{count:1e+06, sum:0, [-2,-1.414213562373095):1e-07, \
                 [-0.7071067811865475,-0.5):-1, [-0,0]:0.5, \
                 (0.7071067811865475,1]:1.25, (1.414213562373095,2]:NaN}",
            ),
            (
                NativeHistogram::new(0)
                    .counts(NativeCounts::integer(2, 0, [1, 0], []))
                    .positive_spans([BucketSpan::new(1024, 2)]),
                "{count:2, sum:0, (8.98846567431158e+307,1.7976931348623157e+308]:1, \
                 (1.7976931348623157e+308,+Inf]:1}",
            ),
            (
                NativeHistogram::custom([-1.0, 0.25])
                    .counts(NativeCounts::integer(6, 0, [1, 1, 1], []))
                    .positive_spans([BucketSpan::new(0, 3)]),
                "{count:6, sum:0, [-Inf,-1]:1, (-1,0.25]:2, (0.25,+Inf]:3}",
            ),
        ] {
            assert_eq!(histogram.to_string(), expected);
        }
    }
}
