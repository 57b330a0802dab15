//! One side of the buckets: spans and what is stored for them, as indices and counts from either end.

use std::iter::FusedIterator;

use super::{BucketSide, BucketSpan, NativeCounts, NativeHistogram};

/// A number stored for a bucket: a difference, or the count itself.
pub(super) trait Stored: Copy + Default + PartialEq {
    /// Returns the bucket's count, from that of the bucket before.
    fn count(self, before: Self) -> Self;

    /// Returns the bucket's count, from what adding up all until here gave.
    fn count_from_total(self, total: Self) -> Self;

    /// Returns what adding up all before this one gives.
    fn total_before(self, total: Self) -> Self;

    /// Returns what to store for a count, after a bucket of the count `before`.
    fn store(count: Self, before: Self) -> Self;

    /// Adds two counts.
    fn plus(self, other: Self) -> Self;

    /// Returns a count as a float.
    fn to_f64(self) -> f64;
}

/// A difference. Sums that do not fit wrap, as in Prometheus.
impl Stored for i64 {
    fn count(self, before: Self) -> Self {
        before.wrapping_add(self)
    }

    fn count_from_total(self, total: Self) -> Self {
        total
    }

    fn total_before(self, total: Self) -> Self {
        total.wrapping_sub(self)
    }

    fn store(count: Self, before: Self) -> Self {
        count.wrapping_sub(before)
    }

    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }

    fn to_f64(self) -> f64 {
        self as f64
    }
}

/// A count.
impl Stored for f64 {
    fn count(self, _: Self) -> Self {
        self
    }

    fn count_from_total(self, _: Self) -> Self {
        self
    }

    fn total_before(self, total: Self) -> Self {
        total
    }

    fn store(count: Self, _: Self) -> Self {
        count
    }

    fn plus(self, other: Self) -> Self {
        self + other
    }

    fn to_f64(self) -> f64 {
        self
    }
}

/// The indices and counts of listed buckets. If spans and stored numbers differ in length, the longer of
/// them is cut. Indices that do not fit wrap, as in Prometheus.
#[derive(Debug, Clone)]
pub(super) struct Side<'h, T> {
    spans: &'h [BucketSpan],
    /// What is stored for the buckets that remain.
    stored: &'h [T],
    front: End<T>,
    back: End<T>,
}

/// Where an end of a [`Side`] is.
#[derive(Debug, Clone, Default)]
struct End<T> {
    /// From the front the next span, from the back the one that is open.
    span: usize,
    /// How many buckets of the open span remain.
    left: u32,
    /// The index after the buckets so far: from the front that of the next bucket.
    index: i32,
    /// From the front the count of the bucket before, from the back what adding up all gives.
    count: T,
}

impl<'h, T: Stored> Side<'h, T> {
    pub(super) fn new(spans: &'h [BucketSpan], stored: &'h [T]) -> Self {
        let (mut back, mut listed) = (End::default(), 0);
        for (at, span) in spans.iter().enumerate() {
            if listed == stored.len() {
                break;
            }
            let left = u32::try_from(stored.len() - listed).unwrap_or(u32::MAX);
            back.span = at;
            back.left = span.length.min(left);
            back.index = back.index.wrapping_add(span.offset);
            back.index = back.index.wrapping_add_unsigned(back.left);
            listed += back.left as usize;
        }
        let stored = stored.get(..listed).unwrap_or_default();
        back.count = stored
            .iter()
            .fold(T::default(), |before, stored| stored.count(before));
        Side {
            spans,
            stored,
            front: End::default(),
            back,
        }
    }
}

impl<T: Stored> Iterator for Side<'_, T> {
    type Item = (i32, T);

    fn next(&mut self) -> Option<(i32, T)> {
        let (stored, rest) = self.stored.split_first()?;
        let front = &mut self.front;
        while front.left == 0 {
            let span = self.spans.get(front.span)?;
            front.span += 1;
            front.left = span.length;
            front.index = front.index.wrapping_add(span.offset);
        }
        let index = front.index;
        front.left -= 1;
        front.index = index.wrapping_add(1);
        front.count = stored.count(front.count);
        self.stored = rest;
        Some((index, front.count))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.stored.len(), Some(self.stored.len()))
    }
}

impl<T: Stored> DoubleEndedIterator for Side<'_, T> {
    fn next_back(&mut self) -> Option<(i32, T)> {
        let (stored, rest) = self.stored.split_last()?;
        let back = &mut self.back;
        while back.left == 0 {
            let open = self.spans.get(back.span)?;
            back.index = back.index.wrapping_sub(open.offset);
            back.span = back.span.checked_sub(1)?;
            back.left = self.spans.get(back.span)?.length;
        }
        back.left -= 1;
        back.index = back.index.wrapping_sub(1);
        let count = stored.count_from_total(back.count);
        back.count = stored.total_before(back.count);
        self.stored = rest;
        Some((back.index, count))
    }
}

impl<T: Stored> ExactSizeIterator for Side<'_, T> {}
impl<T: Stored> FusedIterator for Side<'_, T> {}

/// A [`Side`] of either kind of counts, as floats.
#[derive(Debug, Clone)]
pub(super) enum AnySide<'h> {
    Integer(Side<'h, i64>),
    Float(Side<'h, f64>),
}

impl Iterator for AnySide<'_> {
    type Item = (i32, f64);

    fn next(&mut self) -> Option<(i32, f64)> {
        match self {
            AnySide::Integer(side) => side.next().map(|(index, count)| (index, count.to_f64())),
            AnySide::Float(side) => side.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            AnySide::Integer(side) => side.size_hint(),
            AnySide::Float(side) => side.size_hint(),
        }
    }
}

impl DoubleEndedIterator for AnySide<'_> {
    fn next_back(&mut self) -> Option<(i32, f64)> {
        match self {
            AnySide::Integer(side) => side
                .next_back()
                .map(|(index, count)| (index, count.to_f64())),
            AnySide::Float(side) => side.next_back(),
        }
    }
}

impl ExactSizeIterator for AnySide<'_> {}

impl NativeHistogram {
    /// Returns the indices and counts of one side's buckets, nearest to zero first.
    pub(super) fn side(&self, side: BucketSide) -> AnySide<'_> {
        let spans = match side {
            BucketSide::Positive => &self.positive_spans,
            BucketSide::Negative => &self.negative_spans,
        };
        match (&self.counts, side) {
            (
                NativeCounts::Integer {
                    positive_deltas, ..
                },
                BucketSide::Positive,
            ) => AnySide::Integer(Side::new(spans, positive_deltas)),
            (
                NativeCounts::Integer {
                    negative_deltas, ..
                },
                BucketSide::Negative,
            ) => AnySide::Integer(Side::new(spans, negative_deltas)),
            (
                NativeCounts::Float {
                    positive_counts, ..
                },
                BucketSide::Positive,
            ) => AnySide::Float(Side::new(spans, positive_counts)),
            (
                NativeCounts::Float {
                    negative_counts, ..
                },
                BucketSide::Negative,
            ) => AnySide::Float(Side::new(spans, negative_counts)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(spans: &[(i32, u32)]) -> Vec<BucketSpan> {
        let span = |&(offset, length)| BucketSpan::new(offset, length);
        spans.iter().map(span).collect()
    }

    #[test]
    fn indices_and_counts() {
        for (listed, stored, expected) in [
            // The example of the format's rules.
            (
                &[(-2, 2), (2, 1), (1, 2)][..],
                &[3, 2, -4, 2, -1][..],
                &[(-2, 3), (-1, 5), (2, 1), (4, 3), (5, 2)][..],
            ),
            (
                &[(1, 0), (2, 1), (0, 0), (0, 1)],
                &[1, 1],
                &[(3, 1), (4, 2)],
            ),
            (&[], &[1, 2], &[]),
            (&[(0, 3)], &[], &[]),
            (&[(0, 3)], &[1], &[(0, 1)]),
            (&[(7, 1), (1, u32::MAX)], &[1, 1], &[(7, 1), (9, 2)]),
            (&[(7, 1)], &[1, 1, 1], &[(7, 1)]),
            // Indices and sums wrap.
            (
                &[(i32::MAX, 2)],
                &[i64::MAX, 1],
                &[(i32::MAX, i64::MAX), (i32::MIN, i64::MIN)],
            ),
            (&[(5, 1), (-3, 1)], &[1, 1], &[(5, 1), (3, 2)]),
        ] {
            let listed = spans(listed);
            let side = Side::new(&listed, stored);
            assert_eq!(side.len(), expected.len());
            assert_eq!(side.clone().collect::<Vec<_>>(), expected);
            let mut backward: Vec<_> = side.clone().rev().collect();
            backward.reverse();
            assert_eq!(backward, expected);
            // From both ends they meet.
            for front in 0..=expected.len() {
                let mut side = side.clone();
                let mut met: Vec<_> = side.by_ref().take(front).collect();
                let mut rest: Vec<_> = side.by_ref().rev().collect();
                rest.reverse();
                met.extend(rest);
                assert_eq!(met, expected);
                assert_eq!((side.next(), side.next_back()), (None, None));
            }
        }
    }

    #[test]
    fn a_span_without_end_costs_no_more_than_its_counts() {
        let listed = vec![BucketSpan::new(i32::MAX, u32::MAX); 1000];
        assert_eq!(Side::new(&listed, &[1.0, 2.0]).rev().count(), 2);
    }
}
