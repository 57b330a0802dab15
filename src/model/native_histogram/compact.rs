//! The same buckets, listed as briefly as possible.

use super::side::Stored;
use super::{BucketSpan, NativeCounts, NativeHistogram};

impl NativeHistogram {
    /// Removes empty buckets and joins spans without a gap, as Prometheus does with what it reads
    /// ([P33](crate::docs::protobuf#p33)). What the histogram says stays the same.
    ///
    /// A side whose spans do not match its counts stays as it is:
    /// [`validate`](NativeHistogram::validate) says what is wrong. Allocates only if there are more spans
    /// than ever before.
    ///
    /// ```
    /// use exposition::{BucketSpan, NativeCounts, NativeHistogram};
    ///
    /// let mut histogram = NativeHistogram::new(3)
    ///     .counts(NativeCounts::integer(3, 0, [0, 1, -1, 2], []))
    ///     .positive_spans([BucketSpan::new(-1, 2), BucketSpan::new(0, 2)]);
    /// histogram.compact();
    /// assert_eq!(histogram.positive_spans, [BucketSpan::new(0, 1), BucketSpan::new(1, 1)]);
    /// assert_eq!(histogram.counts, NativeCounts::integer(3, 0, [1, 1], []));
    /// ```
    pub fn compact(&mut self) {
        self.compact_except(0);
    }

    /// Compacts, but keeps runs of up to so many empty buckets within a span.
    pub(super) fn compact_except(&mut self, kept: usize) {
        match &mut self.counts {
            NativeCounts::Integer {
                positive_deltas,
                negative_deltas,
                ..
            } => {
                compact(&mut self.positive_spans, positive_deltas, kept);
                compact(&mut self.negative_spans, negative_deltas, kept);
            }
            NativeCounts::Float {
                positive_counts,
                negative_counts,
                ..
            } => {
                compact(&mut self.positive_spans, positive_counts, kept);
                compact(&mut self.negative_spans, negative_counts, kept);
            }
        }
    }
}

/// Compacts one side in place.
fn compact<T: Stored>(spans: &mut Vec<BucketSpan>, stored: &mut Vec<T>, kept: usize) {
    if !Rewrite::matches(spans, stored) || is_compact(spans, stored) {
        return;
    }
    // Empty buckets since the last one that holds something.
    let mut pending = 0;
    Rewrite::run(spans, stored, |side, run, index, count| {
        if count == T::default() {
            pending += 1;
            return;
        }
        if side.run == Some(run) && pending <= kept {
            for _ in 0..pending {
                side.put(run, side.end, T::default());
            }
        }
        pending = 0;
        side.put(run, index, count);
    });
}

/// Tells whether there is nothing to compact, which is the common case.
fn is_compact<T: Stored>(spans: &[BucketSpan], stored: &[T]) -> bool {
    let mut counts = stored.iter().scan(T::default(), |before, stored| {
        *before = stored.count(*before);
        Some(*before)
    });
    let is_tidy =
        |(at, span): (usize, &BucketSpan)| span.length > 0 && (at == 0 || span.offset != 0);
    spans.iter().enumerate().all(is_tidy) && counts.all(|count| count != T::default())
}

/// One side, being rewritten from front to back within its own memory: never more buckets than were read.
pub(super) struct Rewrite<'s, T> {
    spans: &'s mut Vec<BucketSpan>,
    /// How many spans there were; new ones come after them until the end.
    old_spans: usize,
    stored: &'s mut Vec<T>,
    /// How many buckets are written.
    written: usize,
    /// The run of the last bucket that is written.
    run: Option<usize>,
    /// The index after the last bucket that is written.
    end: i32,
    /// The count of the last bucket that is written.
    last: T,
    /// The count of the bucket before that one.
    before_last: T,
}

impl<T: Stored> Rewrite<'_, T> {
    /// Tells whether the spans list as many buckets as there are counts.
    pub(super) fn matches(spans: &[BucketSpan], stored: &[T]) -> bool {
        let listed = spans.iter().map(|span| u128::from(span.length)).sum();
        stored.len() as u128 == listed
    }

    /// Calls `each` with the run, the index and the count of every bucket. A run is what spans without an
    /// offset continue. As many buckets may be written as it was called with.
    pub(super) fn run(
        spans: &mut Vec<BucketSpan>,
        stored: &mut Vec<T>,
        mut each: impl FnMut(&mut Rewrite<'_, T>, usize, i32, T),
    ) {
        let mut side = Rewrite {
            old_spans: spans.len(),
            spans,
            stored,
            written: 0,
            run: None,
            end: 0,
            last: T::default(),
            before_last: T::default(),
        };
        let (mut index, mut read, mut count) = (0_i32, 0, T::default());
        let mut run = 0;
        'spans: for at in 0..side.old_spans {
            let span = side.spans.get(at).copied().unwrap_or_default();
            index = index.wrapping_add(span.offset);
            run += usize::from(span.offset != 0);
            for _ in 0..span.length {
                let Some(stored) = side.stored.get(read) else {
                    break 'spans;
                };
                count = stored.count(count);
                read += 1;
                each(&mut side, run, index, count);
                index = index.wrapping_add(1);
            }
        }
        side.stored.truncate(side.written);
        side.spans.drain(..side.old_spans);
    }

    /// Writes a bucket. Where two runs meet because the second goes back, they stay two spans, as in
    /// Prometheus.
    fn put(&mut self, run: usize, index: i32, count: T) {
        let offset = index.wrapping_sub(self.end);
        match self.spans.last_mut() {
            Some(open) if offset == 0 && self.run == Some(run) => {
                open.length = open.length.saturating_add(1);
            }
            _ => self.spans.push(BucketSpan::new(offset, 1)),
        }
        self.run = Some(run);
        self.end = index.wrapping_add(1);
        self.before_last = self.last;
        self.written += 1;
        self.store_last(count);
    }

    /// Adds to the bucket with that index if it is the last one, or else writes it.
    pub(super) fn add(&mut self, index: i32, count: T) {
        if self.written > 0 && index.wrapping_add(1) == self.end {
            self.store_last(self.last.plus(count));
        } else {
            self.put(0, index, count);
        }
    }

    fn store_last(&mut self, count: T) {
        if let Some(last) = self.stored.get_mut(self.written - 1) {
            *last = T::store(count, self.before_last);
        }
        self.last = count;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::{any_histogram, valid_histogram};
    use super::*;

    fn spans(spans: &[(i32, u32)]) -> Vec<BucketSpan> {
        let span = |&(offset, length)| BucketSpan::new(offset, length);
        spans.iter().map(span).collect()
    }

    /// Spans, and the counts of their buckets.
    type Layout<'t> = (&'t [(i32, u32)], &'t [i64]);

    #[test]
    fn compacted_layouts() {
        let cases: &[(usize, Layout<'_>, Layout<'_>)] = &[
            (0, (&[], &[]), (&[], &[])),
            // A span that only says that the histogram is a native one.
            (0, (&[(0, 0)], &[]), (&[], &[])),
            (
                0,
                (&[(-2, 1), (2, 3)], &[1, 3, 2, 4]),
                (&[(-2, 1), (2, 3)], &[1, 3, 2, 4]),
            ),
            // Joined spans.
            (
                0,
                (&[(-2, 1), (0, 3)], &[1, 3, 2, 4]),
                (&[(-2, 4)], &[1, 3, 2, 4]),
            ),
            (
                0,
                (&[(0, 1), (3, 0), (2, 1)], &[1, 2]),
                (&[(0, 1), (5, 1)], &[1, 2]),
            ),
            (0, (&[(3, 0), (2, 1), (4, 0)], &[1]), (&[(5, 1)], &[1])),
            // Empty buckets at the ends and within.
            (
                0,
                (&[(-2, 4), (3, 2)], &[0, 0, 1, 3, 2, 0]),
                (&[(0, 2), (3, 1)], &[1, 3, 2]),
            ),
            (
                0,
                (&[(0, 5)], &[1, 0, 0, 2, 3]),
                (&[(0, 1), (2, 2)], &[1, 2, 3]),
            ),
            (
                0,
                (&[(0, 2), (1, 2)], &[1, 0, 0, 2]),
                (&[(0, 1), (3, 1)], &[1, 2]),
            ),
            (
                0,
                (&[(0, 2), (1, 2), (2, 1)], &[1, 2, 0, 0, 4]),
                (&[(0, 2), (5, 1)], &[1, 2, 4]),
            ),
            (0, (&[(0, 2), (3, 1)], &[0, 0, 0]), (&[], &[])),
            (
                2,
                (&[(0, 9)], &[0, 1, 0, 0, 2, 0, 0, 0, 3]),
                (&[(1, 4), (3, 1)], &[1, 0, 0, 2, 3]),
            ),
            (2, (&[(0, 4)], &[1, 0, 0, 0]), (&[(0, 1)], &[1])),
            // What does not match stays.
            (
                0,
                (&[(0, 2), (0, 1)], &[0, 1]),
                (&[(0, 2), (0, 1)], &[0, 1]),
            ),
            (
                0,
                (&[(0, u32::MAX), (0, u32::MAX)], &[0]),
                (&[(0, u32::MAX), (0, u32::MAX)], &[0]),
            ),
            (0, (&[], &[0]), (&[], &[0])),
            // Spans that go back, which storage refuses, are not joined with those that they meet.
            (
                0,
                (&[(-1, 1), (2, 1), (-1, 2)], &[4, 5, 0, 3]),
                (&[(-1, 1), (2, 1), (0, 1)], &[4, 5, 3]),
            ),
            (
                0,
                (&[(2, 2), (1, 0), (-1, 2)], &[4, 2, 5, 1]),
                (&[(2, 2), (0, 2)], &[4, 2, 5, 1]),
            ),
            (
                0,
                (&[(3, 1), (-1, 3), (1, 1)], &[1, 0, 3, 3, 4]),
                (&[(3, 1), (0, 2), (1, 1)], &[1, 3, 3, 4]),
            ),
            // Offsets beyond 32 bits wrap.
            (
                0,
                (&[(i32::MAX, 2), (i32::MAX, 1)], &[0, 0, 5]),
                (&[(0, 1)], &[5]),
            ),
        ];
        for (kept, (listed, counts), (expected, expected_counts)) in cases {
            let floats: Vec<f64> = counts.iter().map(|count| *count as f64).collect();
            let expected_floats: Vec<f64> =
                expected_counts.iter().map(|count| *count as f64).collect();
            let mut histogram = NativeHistogram::new(0)
                .counts(NativeCounts::float(0.0, 0.0, floats, []))
                .positive_spans(spans(listed));
            histogram.compact_except(*kept);
            assert_eq!(
                histogram.positive_spans,
                spans(expected),
                "{listed:?} {counts:?}"
            );
            assert_eq!(
                histogram.counts,
                NativeCounts::float(0.0, 0.0, expected_floats, [])
            );
            // The same as differences, on the other side.
            let mut histogram = NativeHistogram::new(0)
                .counts(NativeCounts::integer(0, 0, [], deltas(counts)))
                .negative_spans(spans(listed));
            histogram.compact_except(*kept);
            assert_eq!(
                histogram.negative_spans,
                spans(expected),
                "{listed:?} {counts:?}"
            );
            assert_eq!(
                histogram.counts,
                NativeCounts::integer(0, 0, [], deltas(expected_counts))
            );
        }
    }

    fn deltas(counts: &[i64]) -> Vec<i64> {
        let before = std::iter::once(&0).chain(counts);
        counts
            .iter()
            .zip(before)
            .map(|(count, before)| count - before)
            .collect()
    }

    proptest! {
        #[test]
        fn compacting_keeps_what_the_buckets_hold(histogram in any_histogram()) {
            let held = |histogram: &NativeHistogram| -> Vec<String> {
                let buckets = histogram.buckets().filter(|bucket| bucket.count != 0.0);
                buckets.map(|bucket| bucket.to_string()).collect()
            };
            let mut compact = histogram.clone();
            compact.compact();
            prop_assert_eq!(held(&compact), held(&histogram));
            prop_assert_eq!(compact.to_string(), histogram.to_string());
        }

        #[test]
        fn nothing_is_left_to_compact(mut histogram in valid_histogram()) {
            histogram.compact();
            prop_assert_eq!(histogram.validate(), Ok(()));
            let once = histogram.clone();
            histogram.compact();
            prop_assert_eq!(&histogram, &once);
            prop_assert!(histogram.buckets().all(|bucket| bucket.count != 0.0));
            for spans in [&histogram.positive_spans, &histogram.negative_spans] {
                prop_assert!(spans.iter().all(|span| span.length > 0));
                prop_assert!(spans.iter().skip(1).all(|span| span.offset > 0));
            }
        }
    }
}
