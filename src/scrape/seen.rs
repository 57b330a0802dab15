//! Remembers what a body has had so far.

use super::target::TargetLabel;
use crate::bytes::by_hash::Places;
use crate::bytes::hash::Seeds;
use crate::bytes::key_set::{KeySet, push_label};
use crate::model::metric_type::MetricType;

/// What happened to a series in its written form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// The rules dropped it.
    Dropped,
    /// It was stored, with its labels under this type.
    Stored(MetricType),
}

/// Which of two samples of one series comes later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// The current one, or it is the first.
    Newer,
    /// Neither.
    SameTime,
    /// The earlier one.
    Older,
}

impl Order {
    /// Compares a sample at `time` with the newest so far, at `newest`, and makes it the newest if it is.
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

/// The series of a body, by their bytes and by their final labels.
///
/// Prometheus recognizes a series by the bytes it was written with, before it looks at the labels (spec S30).
/// Other spellings of one series, and series that the rules make equal, meet in storage.
#[derive(Debug)]
pub(super) struct Seen<'a> {
    seeds: Seeds,
    spelled: Vec<Spelled<'a>>,
    spelled_by_hash: Places,
    /// Those of samples that are not lines, by what distinguishes them.
    apart: KeySet<Option<Spelling>>,
    /// The target's labels, by name: nearly every series has all of them.
    target: &'a [TargetLabel],
    /// Which of them a series lacks or has changed, one bit each.
    missing: Vec<u8>,
    /// What distinguishes a series from all others.
    key: Vec<u8>,
    /// The time of each series' newest sample, in milliseconds.
    newest: KeySet<i64>,
}

#[derive(Debug)]
struct Spelled<'a> {
    bytes: &'a [u8],
    spelling: Spelling,
}

/// A series in its written form, and its hash.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bytes<'a> {
    bytes: &'a [u8],
    hash: u64,
}

/// Not a byte of UTF-8, nor [`END`](crate::bytes::key_set::END): comes before the bits for the target's
/// labels.
const MISSING: u8 = 0xfe;

impl<'a> Seen<'a> {
    /// Creates an empty memory for series that get these labels, sorted by name.
    pub(super) fn new(target: &'a [TargetLabel]) -> Self {
        Seen {
            seeds: Seeds::default(),
            spelled: Vec::new(),
            spelled_by_hash: Places::default(),
            apart: KeySet::default(),
            target,
            missing: Vec::new(),
            key: Vec::new(),
            newest: KeySet::default(),
        }
    }

    pub(super) fn hashed(&self, bytes: &'a [u8]) -> Bytes<'a> {
        Bytes {
            bytes,
            hash: self.seeds.hash(bytes),
        }
    }

    pub(super) fn spelling(&self, series: Bytes<'a>) -> Option<Spelling> {
        let spelled = |place| self.spelled.get(place);
        let is_it =
            |place| spelled(place).is_some_and(|known: &Spelled<'_>| known.bytes == series.bytes);
        let place = self.spelled_by_hash.find(series.hash, is_it)?;
        spelled(place).map(|known| known.spelling)
    }

    /// Records a new spelling.
    pub(super) fn spelled(&mut self, series: Bytes<'a>, spelling: Spelling) {
        self.spelled_by_hash.insert(series.hash, self.spelled.len());
        self.spelled.push(Spelled {
            bytes: series.bytes,
            spelling,
        });
    }

    /// Returns the number of a series that is not a line, and what happened to it.
    pub(super) fn apart(&mut self, key: &[u8]) -> (usize, Option<Spelling>) {
        let (at, _) = self.apart.put(key, None);
        (at, self.apart.get_mut(at).and_then(|spelling| *spelling))
    }

    /// Records a new spelling of a series that is not a line.
    pub(super) fn spelled_apart(&mut self, at: usize, spelling: Spelling) {
        if let Some(known) = self.apart.get_mut(at) {
            *known = Some(spelling);
        }
    }

    /// Records a sample; its labels are sorted.
    pub(super) fn sample<'l>(
        &mut self,
        labels: impl Iterator<Item = (&'l str, &'l str)>,
        time: i64,
    ) -> Order {
        self.put_key(labels);
        let (at, is_new) = self.newest.put(&self.key, time);
        match self.newest.get_mut(at) {
            Some(newest) if !is_new => Order::of(time, newest),
            _ => Order::Newer,
        }
    }

    /// Builds the key that distinguishes a series from all others. It does not copy the target's labels: if
    /// the series has them unchanged the key says nothing about them, and if it lacks some, bits say which.
    fn put_key<'l>(&mut self, labels: impl Iterator<Item = (&'l str, &'l str)>) {
        self.key.clear();
        self.missing.clear();
        let (missing, count) = (&mut self.missing, self.target.len());
        let mut miss = |at: usize| {
            missing.resize(count.div_ceil(8), 0);
            if let Some(bits) = missing.get_mut(at / 8) {
                *bits |= 1 << (at % 8);
            }
        };
        let mut target = self.target.iter().enumerate().peekable();
        for (name, value) in labels {
            while let Some((at, _)) = target.next_if(|(_, label)| label.name.as_str() < name) {
                miss(at);
            }
            if let Some((at, label)) = target.next_if(|(_, label)| label.name == name) {
                if label.value == value {
                    continue;
                }
                miss(at);
            }
            push_label(&mut self.key, name, value);
        }
        target.for_each(|(at, _)| miss(at));
        if !self.missing.is_empty() {
            self.key.push(MISSING);
            self.key.extend_from_slice(&self.missing);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_are_told_apart_by_their_labels() {
        let mut seen = Seen::new(&[]);
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

    /// With every subset of a target's labels, unchanged and changed, next to others before, between and
    /// after them.
    #[test]
    fn labels_of_the_target_tell_series_apart_too() {
        let names = ["b", "d", "f", "h", "j", "l", "n", "p", "r"];
        let target: Vec<_> = (names.iter())
            .map(|name| TargetLabel::new(name, "1"))
            .collect();
        let mut seen = Seen::new(&target);
        let own = ["a", "g", "s"];
        let mut sets = Vec::new();
        for present in 0..1usize << names.len() {
            for changed in [None, Some(0), Some(4), Some(8)] {
                for own in [&own[..0], &own[..1], &own[1..2], &own[..]] {
                    let mut labels: Vec<_> = own.iter().map(|name| (*name, "1")).collect();
                    for (at, name) in names.iter().enumerate() {
                        if present >> at & 1 == 1 {
                            let value = if changed == Some(at) { "2" } else { "1" };
                            labels.push((name, value));
                        }
                    }
                    labels.sort_unstable();
                    sets.push(labels);
                }
            }
        }
        sets.sort_unstable();
        sets.dedup();
        for time in [1, 2] {
            for labels in &sets {
                assert_eq!(seen.sample(labels.iter().copied(), time), Order::Newer);
                assert_eq!(seen.sample(labels.iter().copied(), time), Order::SameTime);
            }
        }
        assert_eq!(seen.newest.values().len(), sets.len());
    }
}
