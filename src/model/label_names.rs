//! Names of labels in one set, each of which may occur once.

use std::borrow::Cow;
use std::collections::HashSet;

use smallvec::SmallVec;

use crate::bytes::work;

/// Up to this many names are compared one by one, which is faster than a table.
const PAIRWISE: usize = 24;

/// The names of one set of labels so far.
#[derive(Debug, Default)]
pub(crate) struct LabelNames<'n> {
    few: SmallVec<[Cow<'n, str>; 8]>,
    /// The names beyond [`PAIRWISE`].
    more: HashSet<Cow<'n, str>>,
}

impl<'n> LabelNames<'n> {
    /// Adds a name; returns false if it is already there.
    pub(crate) fn insert(&mut self, name: Cow<'n, str>) -> bool {
        work::on(self.few.len());
        if self.few.contains(&name) {
            return false;
        }
        if self.few.len() < PAIRWISE {
            self.few.push(name);
            return true;
        }
        work::on(name.len());
        self.more.insert(name)
    }
}

/// Returns the places of names that occurred before, in order.
pub(crate) fn repeated<'n>(
    names: impl IntoIterator<Item = Cow<'n, str>>,
) -> impl Iterator<Item = usize> {
    let mut known = LabelNames::default();
    let places = names.into_iter().enumerate();
    places.filter_map(move |(place, name)| (!known.insert(name)).then_some(place))
}

/// Tells whether a name repeats; if there are more names than are compared one by one, whether one may.
#[inline]
pub(crate) fn may_repeat<N: PartialEq>(names: impl ExactSizeIterator<Item = N> + Clone) -> bool {
    let mut earlier = names.clone().enumerate();
    names.len() > PAIRWISE
        || earlier.any(|(place, name)| names.clone().take(place).any(|other| other == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_that_came_before_is_found_however_many_there_are() {
        for count in [0, 1, 2, PAIRWISE - 1, PAIRWISE, PAIRWISE + 1, 3 * PAIRWISE] {
            let mut names: Vec<String> = (0..count).map(|at| format!("n{at}")).collect();
            let found = |names: &[String]| -> Vec<usize> {
                repeated(names.iter().map(|name| name.into())).collect()
            };
            assert_eq!(found(&names), [0; 0], "{count}");
            assert_eq!(may_repeat(names.iter()), count > PAIRWISE, "{count}");
            for (from, to) in [
                (0, 1),
                (0, count - count.min(1)),
                (count / 2, count / 2 + 1),
            ] {
                let Some(name) = names.get(from).filter(|_| from < to && to < count).cloned()
                else {
                    continue;
                };
                let other = std::mem::replace(&mut names[to], name);
                assert_eq!(found(&names), [to], "{count}: {from} and {to}");
                assert!(may_repeat(names.iter()), "{count}: {from} and {to}");
                names[to] = other;
            }
            names.extend(names.clone());
            assert_eq!(found(&names), (count..2 * count).collect::<Vec<_>>());
        }
    }
}
