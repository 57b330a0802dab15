//! Keeps what a scrape loop knows about each series from scrape to scrape.

use std::{collections::HashMap, sync::Arc};

use super::apart::{Apart, Kind};
use super::seen::{Order, Spelling};
use crate::bytes::work;
use crate::cache::SeriesId;
use crate::model::metric_type::MetricType;

/// Labels by name, including `__name__`.
type Labels = Arc<[(String, String)]>;

/// What is known of series as they are written, and of series as they are stored: the rules may map several
/// of the former to one of the latter.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// The number of the scrape.
    round: u64,
    /// By the number that the cache gave the series.
    known: Vec<Option<Known>>,
    stored: Vec<Option<Series>>,
    by_labels: HashMap<Labels, usize>,
    /// Places in `stored` that are free.
    free: Vec<usize>,
    /// Places in `stored` that no written series uses any more.
    unused: Vec<usize>,
    /// Written series that the cache does not know.
    pub(super) apart: Apart,
}

/// A series in its written form.
#[derive(Debug)]
pub(super) struct Known {
    id: SeriesId,
    /// The type under which its labels were found.
    kind: MetricType,
    verdict: Kind,
    /// What happened to its first sample, and in which scrape.
    spelling: Option<Spelling>,
    spelled_in: u64,
}

impl Known {
    /// Returns the series' labels under that type, if known.
    #[inline]
    pub(super) fn verdict(&self, kind: MetricType) -> Option<Kind> {
        (self.kind == kind).then_some(self.verdict)
    }
}

/// A series in its stored form.
#[derive(Debug)]
struct Series {
    labels: Labels,
    /// How many written series are stored as this one.
    spellings: usize,
    /// The time of its newest sample, in milliseconds, and in which scrape that was.
    newest: i64,
    newest_in: u64,
    /// The last scrape that stored it without a timestamp of its own.
    tracked_in: u64,
}

impl Kept {
    /// Begins a scrape. `gone` are the numbers of series that the last body did not have.
    pub(super) fn begin(&mut self, gone: impl Iterator<Item = u32>) {
        self.round += 1;
        for number in gone {
            work::on(size_of::<Known>());
            let known = self.known.get_mut(number as usize);
            if let Some(known) = known.and_then(Option::take) {
                self.release(known.verdict);
            }
        }
        for verdict in self.apart.forget(self.round) {
            self.release(verdict);
        }
        let last = self.round - 1;
        let mut unused = std::mem::take(&mut self.unused);
        work::on(size_of_val(unused.as_slice()));
        unused.retain(|&at| {
            let Some(slot) = self.stored.get_mut(at) else {
                return false;
            };
            match slot {
                // The last scrape stored it, so this scrape may find it stale.
                Some(series) if series.spellings == 0 && series.tracked_in == last => true,
                Some(series) if series.spellings == 0 => {
                    self.by_labels.remove(&series.labels);
                    *slot = None;
                    self.free.push(at);
                    false
                }
                _ => false,
            }
        });
        self.unused = unused;
    }

    /// Records that the cache renumbered its series, by their former numbers. Drops what is kept of those
    /// that are gone, and frees its memory.
    pub(super) fn renumber(&mut self, numbers: &[Option<u32>]) {
        work::on(size_of_val(self.stored.as_slice()) + size_of_val(self.known.as_slice()));
        let mut places = Vec::with_capacity(self.stored.len());
        let mut stored = Vec::new();
        for series in std::mem::take(&mut self.stored) {
            places.push(series.is_some().then_some(stored.len()));
            stored.extend(series.map(Some));
        }
        self.stored = stored;
        self.free = Vec::new();
        let place = |at: usize| places.get(at).copied().flatten();
        self.apart.renumber(place);
        self.unused = (self.unused.iter()).filter_map(|at| place(*at)).collect();
        self.by_labels = (std::mem::take(&mut self.by_labels).into_iter())
            .filter_map(|(labels, at)| Some((labels, place(at)?)))
            .collect();
        let count = numbers.iter().flatten().max();
        let mut known = Vec::new();
        known.resize_with(count.map_or(0, |count| *count as usize + 1), || None);
        for (number, former) in numbers.iter().zip(std::mem::take(&mut self.known)) {
            let (Some(number), Some(mut series)) = (number, former) else {
                continue;
            };
            if let Kind::Stored(at) = series.verdict {
                match place(at) {
                    Some(at) => series.verdict = Kind::Stored(at),
                    None => continue,
                }
            }
            if let Some(slot) = known.get_mut(*number as usize) {
                *slot = Some(series);
            }
        }
        self.known = known;
    }

    fn release(&mut self, verdict: Kind) {
        if let Kind::Stored(at) = verdict
            && let Some(Some(series)) = self.stored.get_mut(at)
        {
            series.spellings -= 1;
            if series.spellings == 0 {
                self.unused.push(at);
            }
        }
    }

    /// Returns what is known of the series with that number, if it is still the same series.
    #[inline]
    pub(super) fn known(&self, number: u32, id: SeriesId) -> Option<&Known> {
        let known = self.known.get(number as usize)?.as_ref();
        known.filter(|known| known.id == id)
    }

    /// Returns what happened to the series' first sample in this scrape.
    #[inline]
    pub(super) fn spelling(&self, known: &Known) -> Option<Spelling> {
        (known.spelling).filter(|_| known.spelled_in == self.round)
    }

    /// Records what happened to it.
    #[inline]
    pub(super) fn spelled(&mut self, number: u32, spelling: Spelling) {
        if let Some(Some(known)) = self.known.get_mut(number as usize) {
            known.spelling = Some(spelling);
            known.spelled_in = self.round;
        }
    }

    /// Records what was found out: the labels, by name, unless the rules drop the series.
    pub(super) fn learn(
        &mut self,
        number: u32,
        id: SeriesId,
        kind: MetricType,
        labels: Option<Labels>,
    ) -> Kind {
        let verdict = self.verdict(labels);
        let number = number as usize;
        if number >= self.known.len() {
            self.known.resize_with(number + 1, || None);
        }
        let known = Known {
            id,
            kind,
            verdict,
            spelling: None,
            spelled_in: 0,
        };
        let slot = self.known.get_mut(number);
        if let Some(former) = slot.and_then(|slot| slot.replace(known)) {
            self.release(former.verdict);
        }
        verdict
    }

    fn verdict(&mut self, labels: Option<Labels>) -> Kind {
        labels.map_or(Kind::Dropped, |labels| Kind::Stored(self.place(labels)))
    }

    /// Records what was found out about a series apart.
    pub(super) fn learn_apart(
        &mut self,
        key: &[u8],
        kind: MetricType,
        labels: Option<Labels>,
    ) -> Kind {
        let verdict = self.verdict(labels);
        let series = self.apart.get_mut(key);
        let former = series.and_then(|series| {
            series.kind = kind;
            series.verdict.replace(verdict)
        });
        if let Some(former) = former {
            self.release(former);
        }
        verdict
    }

    /// Returns the number of the scrape.
    pub(super) fn round(&self) -> u64 {
        self.round
    }

    /// Returns the place of these labels, for one more written series.
    fn place(&mut self, labels: Labels) -> usize {
        if let Some(&at) = self.by_labels.get(&labels)
            && let Some(Some(series)) = self.stored.get_mut(at)
        {
            series.spellings += 1;
            return at;
        }
        let series = Series {
            labels: Arc::clone(&labels),
            spellings: 1,
            newest: 0,
            newest_in: 0,
            tracked_in: 0,
        };
        let at = self.free.pop().unwrap_or(self.stored.len());
        match self.stored.get_mut(at) {
            Some(slot) => *slot = Some(series),
            None => self.stored.push(Some(series)),
        }
        self.by_labels.insert(labels, at);
        at
    }

    /// Records a sample at that time.
    #[inline]
    pub(super) fn order(&mut self, at: usize, time: i64) -> Order {
        let Some(Some(series)) = self.stored.get_mut(at) else {
            return Order::Newer;
        };
        if series.newest_in == self.round {
            return Order::of(time, &mut series.newest);
        }
        series.newest = time;
        series.newest_in = self.round;
        Order::Newer
    }

    /// Records that a sample without a timestamp of its own was stored.
    #[inline]
    pub(super) fn track(&mut self, at: usize) {
        if let Some(Some(series)) = self.stored.get_mut(at) {
            series.tracked_in = self.round;
        }
    }

    #[inline]
    pub(super) fn labels(&self, at: usize) -> &[(String, String)] {
        match self.stored.get(at) {
            Some(Some(series)) => &series.labels,
            _ => &[],
        }
    }

    /// Returns what the last scrape tracked and this one did not.
    pub(super) fn stale(&self) -> impl Iterator<Item = &[(String, String)]> {
        let last = self.round.saturating_sub(1);
        work::on(size_of_val(self.stored.as_slice()));
        let stored = self.stored.iter().flatten();
        let stale = stored.filter(move |series| last > 0 && series.tracked_in == last);
        stale.map(|series| &*series.labels)
    }

    /// Returns how many written series are known.
    pub(super) fn len(&self) -> usize {
        work::on(size_of_val(self.known.as_slice()));
        self.known.iter().flatten().count() + self.apart.len()
    }
}
