//! What a body has said already.

use super::by_hash::ByHash;
use crate::{hash::Seeds, line::MetricType};

/// What became of a series as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// The rules dropped it.
    Dropped,
    /// It was stored, with its labels as they are under this type.
    Stored(MetricType),
}

/// Which of two samples of one series comes later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// The one that is asked about, or it is the first.
    Newer,
    /// Neither.
    SameTime,
    /// The one before.
    Older,
}

impl Order {
    /// Of a sample at `time`, where the newest one so far was at `newest`; which it may be now.
    pub(super) fn of(time: i64, newest: &mut i64) -> Self {
        match time.cmp(newest) {
            std::cmp::Ordering::Less => Order::Older,
            std::cmp::Ordering::Equal => Order::SameTime,
            std::cmp::Ordering::Greater => {
                *newest = time;
                Order::Newer
            }
        }
    }
}

/// The series of a body, by their bytes and by their labels in the end.
///
/// Prometheus knows a series again by the bytes it was written with, before it looks at the labels
/// (spec S30); other spellings of one series, and series that the rules make equal, meet in storage.
#[derive(Debug, Default)]
pub(super) struct Seen<'a> {
    seeds: Seeds,
    spelled: Vec<Spelled<'a>>,
    /// The last of `spelled` with each hash.
    spelled_by_hash: ByHash<usize>,
    /// The labels of all series, one behind the other.
    keys: Vec<u8>,
    series: Vec<Series>,
    /// The last of `series` with each hash.
    series_by_hash: ByHash<usize>,
}

#[derive(Debug)]
struct Spelled<'a> {
    bytes: &'a [u8],
    spelling: Spelling,
    /// Another one of the same hash.
    other: Option<usize>,
}

#[derive(Debug)]
struct Series {
    start: usize,
    end: usize,
    /// When its newest sample was, in milliseconds.
    newest: i64,
    /// Another one of the same hash.
    other: Option<usize>,
}

/// A series as it is written, and its hash.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bytes<'a> {
    bytes: &'a [u8],
    hash: u64,
}

/// No byte of UTF-8.
const END: u8 = 0xff;

impl<'a> Seen<'a> {
    pub(super) fn hashed(&self, bytes: &'a [u8]) -> Bytes<'a> {
        Bytes {
            bytes,
            hash: self.seeds.hash(bytes),
        }
    }

    pub(super) fn spelling(&self, series: Bytes<'a>) -> Option<Spelling> {
        let mut next = self.spelled_by_hash.get(&series.hash).copied();
        while let Some(known) = self.spelled.get(next?) {
            if known.bytes == series.bytes {
                return Some(known.spelling);
            }
            next = known.other;
        }
        None
    }

    /// Takes note of a spelling that is not known yet.
    pub(super) fn spelled(&mut self, series: Bytes<'a>, spelling: Spelling) {
        let index = self.spelled.len();
        let other = self.spelled_by_hash.insert(series.hash, index);
        self.spelled.push(Spelled {
            bytes: series.bytes,
            spelling,
            other,
        });
    }

    /// Takes note of a sample; its labels come sorted.
    pub(super) fn sample<'l>(
        &mut self,
        labels: impl Iterator<Item = (&'l str, &'l str)>,
        time: i64,
    ) -> Order {
        let start = self.keys.len();
        for (name, value) in labels {
            self.keys.extend_from_slice(name.as_bytes());
            self.keys.push(END);
            self.keys.extend_from_slice(value.as_bytes());
            self.keys.push(END);
        }
        let key = self.keys.get(start..).unwrap_or_default();
        let hash = self.seeds.hash(key);
        let first = self.series_by_hash.get(&hash).copied();
        let mut next = first;
        while let Some(index) = next
            && let Some(series) = self.series.get_mut(index)
        {
            if self.keys.get(series.start..series.end) == Some(key) {
                self.keys.truncate(start);
                return Order::of(time, &mut series.newest);
            }
            next = series.other;
        }
        self.series_by_hash.insert(hash, self.series.len());
        self.series.push(Series {
            start,
            end: self.keys.len(),
            newest: time,
            other: first,
        });
        Order::Newer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_are_told_apart_by_their_labels() {
        let mut seen = Seen::default();
        let mut sample = |labels: &[(&str, &str)], time| seen.sample(labels.iter().copied(), time);
        assert_eq!(sample(&[("a", "b")], 5), Order::Newer);
        assert_eq!(sample(&[("a", "b")], 5), Order::SameTime);
        assert_eq!(sample(&[("a", "b")], 4), Order::Older);
        assert_eq!(sample(&[("ab", "")], 4), Order::Newer);
        assert_eq!(sample(&[("", "ab")], 4), Order::Newer);
        assert_eq!(sample(&[("a", "b"), ("c", "d")], 4), Order::Newer);
        assert_eq!(sample(&[("a", "b")], 6), Order::Newer);
        assert_eq!(sample(&[("a", "b")], 5), Order::Older);
    }
}
