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
