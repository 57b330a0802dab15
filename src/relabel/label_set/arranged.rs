//! How labels are sorted, known from sets with labels of the same names.

use smallvec::SmallVec;

use super::{
    Label, LabelSet,
    gone::{Gone, MOST},
    text::Text,
};
use crate::bytes::compare;
use crate::bytes::work;

/// What became of labels with names that come again.
#[derive(Default)]
pub(super) struct Arrangements<'a> {
    /// Those of the names at hand, and after them others whose memory is used again.
    known: Vec<Arranged<'a>>,
    used: usize,
}

/// Room to move labels.
pub(super) struct Moved<'a>(Vec<Label<'a>>);

/// Which labels rules took out and added, and what follows from it.
struct Arranged<'a> {
    /// Those that are gone, a bit for each place.
    gone: u64,
    /// The names of those that were added, in this order.
    added: SmallVec<[&'a str; 8]>,
    /// How many of the first labels stay where they are.
    stay: usize,
    /// How many labels there are.
    len: usize,
    /// The places of the labels by name.
    places: [u8; MOST],
    /// The stretches of labels from `stay` on that stay together, by first place and length, if none changes its order.
    runs: Option<SmallVec<[(u8, u8); 4]>>,
}

/// Fills the room until labels are moved there.
const NO_LABEL: Label<'static> = Label {
    name: Text::Borrowed(""),
    value: Text::Borrowed(""),
    set_as: 0,
};

impl Default for Moved<'_> {
    fn default() -> Self {
        Moved(vec![NO_LABEL; MOST])
    }
}

/// How many are remembered: rules do different things to different values of the same labels, but not many.
const MANY: usize = 4;

impl<'a> Arrangements<'a> {
    /// Forgets all, and makes room for what will be learned.
    pub(super) fn forget(&mut self) {
        self.used = 0;
        self.known.reserve(MANY.saturating_sub(self.known.len()));
    }

    /// Returns where it is among those that are known.
    #[inline]
    fn find(&self, gone: u64, added: &[Label<'a>]) -> Option<usize> {
        work::on(added.len());
        let is_it = |known: &Arranged<'a>| {
            known.gone == gone
                && known.added.len() == added.len()
                && (known.added.iter().zip(added)).all(|(known, label)| match label.name {
                    Text::Borrowed(name) => compare::same_name(known, name),
                    Text::Kept(_) => false,
                })
        };
        self.known.iter().take(self.used).position(is_it)
    }

    /// Finds out how labels are sorted, unless too many arrangements are known or a name does not last. Returns where
    /// it is among those that are known.
    #[cold]
    fn learn(&mut self, names: &[&'a str], gone: u64, added: &[Label<'a>]) -> Option<usize> {
        let lasting = |label: &Label<'a>| match label.name {
            Text::Borrowed(name) => Some(name),
            Text::Kept(_) => None,
        };
        if self.used >= MANY || !added.iter().all(|label| lasting(label).is_some()) {
            return None;
        }
        if self.known.len() == self.used {
            self.known.push(Arranged::default());
        }
        let arranged = self.known.get_mut(self.used)?;
        arranged.gone = gone;
        arranged.added.clear();
        arranged.added.extend(added.iter().filter_map(lasting));
        arranged.sort(names);
        self.used += 1;
        Some(self.used - 1)
    }
}

impl Default for Arranged<'_> {
    fn default() -> Self {
        Arranged {
            gone: 0,
            added: SmallVec::new(),
            stay: 0,
            len: 0,
            places: [0; MOST],
            runs: None,
        }
    }
}

impl<'a> Arranged<'a> {
    /// Sorts the labels with these names and those that were added. Those of one name stay in the order in which
    /// they came.
    fn sort(&mut self, names: &[&'a str]) {
        let name = |place: &u8| {
            let place = usize::from(*place);
            let added = || self.added.get(place - names.len());
            names.get(place).or_else(added)
        };
        let all = 0..names.len() + self.added.len();
        let there = all.filter(|place| self.gone >> *place & 1 == 0);
        work::on(names.len() + self.added.len());
        self.len = 0;
        for (to, place) in self.places.iter_mut().zip(there) {
            *to = place as u8;
            self.len += 1;
        }
        let places = self.places.get_mut(..self.len).unwrap_or_default();
        places.sort_unstable_by(|a, b| name(a).cmp(&name(b)).then(a.cmp(b)));
        let stays = |(to, place): &(usize, &u8)| *to == usize::from(**place);
        self.stay = places.iter().enumerate().take_while(stays).count();
        let moved = places.get(self.stay..).unwrap_or_default();
        self.runs = moved.is_sorted().then(|| {
            let runs = moved.chunk_by(|a, b| a + 1 == *b);
            runs.filter_map(|run| Some((*run.first()?, run.len() as u8)))
                .collect()
        });
    }

    /// Moves the labels to their places.
    #[inline]
    fn arrange(&self, labels: &mut [Label<'a>], room: &mut [Label<'a>]) {
        let places = self.places.get(self.stay..self.len).unwrap_or_default();
        work::on(places.len());
        if let Some(runs) = &self.runs {
            let mut to = self.stay;
            for (from, len) in runs {
                let (from, len) = (usize::from(*from), usize::from(*len));
                if to <= from && from + len <= labels.len() {
                    labels.copy_within(from..from + len, to);
                }
                to += len;
            }
            return;
        }
        for (to, place) in room.iter_mut().zip(places) {
            if let Some(label) = labels.get(usize::from(*place)) {
                *to = *label;
            }
        }
        if let Some(to) = labels.get_mut(self.stay..self.len)
            && let Some(moved) = room.get(..places.len())
        {
            to.copy_from_slice(moved);
        }
    }
}

impl<'a> LabelSet<'a> {
    /// Sorts the labels and takes out those that are gone, if the names were those of the set before when the
    /// rules began. Returns whether they were.
    #[inline]
    pub(super) fn arrange_as_before(&mut self) -> bool {
        let labels = self.labels.as_mut_slice();
        let holds = self.shape.holds && labels.len() <= MOST;
        let Some(known) = self.shape.known.as_mut().filter(|_| holds) else {
            return false;
        };
        let shape = &mut known.last;
        let (gone, names) = (self.gone.places, shape.names.as_slice());
        let added = labels.get(names.len()..).unwrap_or_default();
        let arrangements = &mut shape.arrangements;
        let found = arrangements.find(gone, added);
        let found = found.or_else(|| arrangements.learn(names, gone, added));
        let Some(arranged) = found.and_then(|place| arrangements.known.get(place)) else {
            return false;
        };
        self.gone.release_names(labels, &mut self.texts);
        arranged.arrange(labels, &mut known.moved.0);
        self.ordered = arranged.len;
        self.labels.truncate(arranged.len);
        self.gone = Gone::default();
        self.forget_places();
        true
    }
}
