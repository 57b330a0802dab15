//! Decides what happens to a sample, for the metric that it is of.

use super::metric::{Cluster, Keys, Subject, Unfit};
use super::policy::{Collision, Unsummable};
use super::stamp::{Pairs, stamp};
use super::sum::{Place, SumErrorKind, Sums};
use super::{Merge, samples};
use crate::bytes::key_set::{END, KeySet};
use crate::encode::sample::Pair;
use crate::encode::target::Target;

/// What is known of the metrics of a cluster.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// Metrics and series that are written, and which body owns them.
    owners: KeySet<Owner>,
    /// All metrics of all bodies, if they are added.
    pub(super) sums: Sums,
    /// How many families of the cluster have been written.
    pub(super) written: usize,
}

impl Book {
    pub(super) fn clear(&mut self) {
        self.owners.clear();
        self.sums.clear();
        self.written = 0;
    }
}

/// The body that owns a metric or a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Owner {
    source: u32,
    /// The number of the body's own metric, before labels were rewritten, or [`AS_IT_IS`].
    origin: u32,
    /// Whether it has been written without a timestamp.
    untimed: bool,
}

const AS_IT_IS: u32 = u32::MAX;

/// What happens to a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    Kept,
    /// Kept, with a label that tells it from another body's.
    Stamped {
        first: usize,
    },
    /// Left out, because its body has another metric that now has the same name and labels.
    Repeated,
    /// Left out, because that body has the metric.
    Collided {
        first: usize,
    },
    /// An error, because that body has the metric.
    Refused {
        first: usize,
        fault: Option<SumErrorKind>,
    },
    /// Added to a sum.
    Summed,
}

enum Claim {
    Mine(usize),
    /// The source's earlier metric of this key is another metric.
    OwnOther,
    Taken(usize),
}

pub(super) struct Decider<'m> {
    merge: &'m Merge<'m>,
    target: &'m Target,
    pub(super) keys: Keys,
    /// Where the metric that was claimed last is.
    claimed: Option<usize>,
}

impl<'m> Decider<'m> {
    pub(super) fn new(merge: &'m Merge<'m>, target: &'m Target) -> Self {
        Decider {
            merge,
            target,
            keys: Keys::new(matches!(merge.collision, Collision::Sum(_))),
            claimed: None,
        }
    }

    /// Returns the label that tells metrics of several bodies apart, if they are kept so.
    pub(super) fn stamp(&self) -> Option<&'m str> {
        match &self.merge.collision {
            Collision::Stamp(name) => Some(name),
            Collision::Sum(aggregation) => match &aggregation.otherwise {
                Unsummable::Stamp(name) => Some(name),
                Unsummable::Error => None,
            },
            Collision::Error | Collision::FirstWins => None,
        }
    }

    /// Adds a sample to the sums.
    pub(super) fn sum(
        &mut self,
        book: &mut Book,
        cluster: &Cluster,
        subject: &Subject<'_, '_>,
        labels: Option<&[Pair<'_>]>,
        mut place: Place,
    ) -> Result<(), Unfit> {
        let Collision::Sum(aggregation) = &self.merge.collision else {
            return Ok(());
        };
        self.keys.read(subject, labels, cluster, self.target)?;
        place.origin = self.origin(book, cluster, subject, false, place.source);
        let series = match cluster.several {
            true => &self.keys.series,
            false => &self.keys.metric,
        };
        let keys = (self.keys.metric.as_slice(), series.as_slice());
        let (gauges, contested) = (aggregation.gauges, cluster.contested);
        book.sums.take(keys, subject, place, gauges, contested);
        Ok(())
    }

    /// Decides about a sample of that body, and adds the label of `stamps` to `labels` if the sample is kept
    /// with it. The same sample may be decided about again.
    pub(super) fn decide<'p>(
        &mut self,
        book: &mut Book,
        cluster: &Cluster,
        subject: &Subject<'_, 'p>,
        labels: &mut Option<Pairs<'p>>,
        stamps: &'p [Pair<'p>],
        source: usize,
    ) -> Result<Decision, Unfit> {
        self.claimed = None;
        (self.keys).read(subject, labels.as_deref(), cluster, self.target)?;
        let origin = self.origin(book, cluster, subject, false, source);
        let (first, fault) = match &self.merge.collision {
            Collision::Sum(_) => match book.sums.metric(&self.keys.metric) {
                Some(shared) if shared.is_shared() => match shared.fault() {
                    None => return Ok(Decision::Summed),
                    Some(_) if shared.first() == source => {
                        return Ok(self.kept_or_repeated(shared.is_of(source, origin)));
                    }
                    fault => (shared.first(), fault),
                },
                Some(shared) => return Ok(self.kept_or_repeated(shared.is_of(source, origin))),
                None => return Ok(Decision::Kept),
            },
            _ => match self.claim(book, source, origin) {
                Claim::Mine(at) => {
                    self.claimed = Some(at);
                    return Ok(Decision::Kept);
                }
                Claim::OwnOther => return Ok(Decision::Repeated),
                Claim::Taken(first) => (first, None),
            },
        };
        let Some((name, _)) = stamps.first() else {
            return Ok(match self.merge.collision {
                Collision::FirstWins => Decision::Collided { first },
                _ => Decision::Refused { first, fault },
            });
        };
        if cluster.is_disturbed_by(name) {
            return Ok(Decision::Collided { first });
        }
        let mut pairs =
            (labels.take()).unwrap_or_else(|| samples::pairs(subject.sample, subject.scope));
        stamp(&mut pairs, stamps, false);
        let labels = labels.insert(pairs);
        self.keys
            .read(subject, Some(labels), cluster, self.target)?;
        let origin = self.origin(book, cluster, subject, true, source);
        if book.sums.metric(&self.keys.metric).is_some() {
            return Ok(Decision::Collided { first });
        }
        Ok(match self.claim(book, source, origin) {
            Claim::Mine(at) => {
                self.claimed = Some(at);
                Decision::Stamped { first }
            }
            Claim::OwnOther => Decision::Repeated,
            Claim::Taken(_) => Decision::Collided { first },
        })
    }

    fn kept_or_repeated(&self, kept: bool) -> Decision {
        match kept {
            true => Decision::Kept,
            false => Decision::Repeated,
        }
    }

    /// Records that the sample that was decided about last is written. Returns whether its series has not
    /// been written for that time.
    pub(super) fn is_first(
        &mut self,
        book: &mut Book,
        cluster: &Cluster,
        source: usize,
        timestamp: Option<i64>,
    ) -> bool {
        let key = match cluster.several {
            true => &mut self.keys.series,
            false => &mut self.keys.metric,
        };
        let owner = Owner {
            source: narrow(source),
            origin: AS_IT_IS,
            untimed: false,
        };
        let known = self.claimed.filter(|_| !cluster.several);
        match timestamp {
            None => {
                let at = known.unwrap_or_else(|| book.owners.put(key, owner).0);
                let owner = book.owners.get_mut(at);
                owner.is_some_and(|owner| !std::mem::replace(&mut owner.untimed, true))
            }
            Some(millis) => {
                // No other key ends like this, because no label has an empty name.
                key.push(END);
                key.extend(millis.to_be_bytes());
                book.owners.put(key, owner).1
            }
        }
    }

    /// Returns the number of the body's own metric, where renaming may have changed it.
    fn origin(
        &mut self,
        book: &mut Book,
        cluster: &Cluster,
        subject: &Subject<'_, '_>,
        stamped: bool,
        source: usize,
    ) -> u32 {
        let labelled = || (self.merge.sources.get(source)).is_some_and(|s| !s.labels.is_empty());
        if !cluster.several || !(stamped || self.target.names.escapes_names() || labelled()) {
            return AS_IT_IS;
        }
        self.keys.read_origin(subject, cluster, source);
        let owner = Owner {
            source: narrow(source),
            origin: AS_IT_IS,
            untimed: false,
        };
        narrow(book.owners.put(&self.keys.origin, owner).0)
    }

    fn claim(&mut self, book: &mut Book, source: usize, origin: u32) -> Claim {
        let me = Owner {
            source: narrow(source),
            origin,
            untimed: false,
        };
        let (at, _) = book.owners.put(&self.keys.metric, me);
        match book.owners.get(at) {
            Some(owner) if owner.source != me.source => Claim::Taken(owner.source as usize),
            Some(owner) if owner.origin != origin => Claim::OwnOther,
            _ => Claim::Mine(at),
        }
    }
}

/// Narrows a number. No merge has so many bodies, nor a family so many metrics, that it would not fit.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(AS_IT_IS)
}
