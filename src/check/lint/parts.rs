//! Which parts of histograms and summaries were there already.

use std::collections::HashSet;

use crate::model::suffix::{Suffix, SuffixSet};

/// The bounds of all metrics.
///
/// As long as the bounds of a metric rise, none comes twice, and they are only listed; from the first on that does not
/// rise, they are a set.
#[derive(Debug, Default)]
pub(super) struct Bounds {
    listed: Vec<Listed>,
    /// A metric's number, and the bits of a bound of it.
    set: HashSet<(usize, u64)>,
}

#[derive(Debug)]
struct Listed {
    bound: f64,
    /// The place of the bound before it, of the same metric.
    before: Option<usize>,
}

/// The parts of one metric.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// The place of the last bound.
    last: Option<usize>,
    is_a_set: bool,
    suffixes: SuffixSet,
}

impl Parts {
    /// Notes a sum or count; returns false if there was one.
    pub(super) fn note(&mut self, suffix: Suffix) -> bool {
        let is_new = !self.suffixes.has(suffix);
        self.suffixes = self.suffixes.union(SuffixSet::of(&[suffix]));
        is_new
    }

    pub(super) fn has_sum(&self) -> bool {
        self.suffixes.has(Suffix::Sum) || self.suffixes.has(Suffix::GSum)
    }

    /// Notes a bound of the metric of that number; returns false if there was one.
    pub(super) fn note_bound(&mut self, metric: usize, bound: f64, bounds: &mut Bounds) -> bool {
        let last = self.last.and_then(|last| bounds.listed.get(last));
        let rises = last.is_none_or(|last| last.bound < bound);
        if rises && !self.is_a_set {
            bounds.listed.push(Listed {
                bound,
                before: self.last,
            });
            self.last = Some(bounds.listed.len() - 1);
            return true;
        }
        if !self.is_a_set {
            self.is_a_set = true;
            let mut next = self.last;
            while let Some(listed) = next.and_then(|place| bounds.listed.get(place)) {
                bounds.set.insert((metric, key(listed.bound)));
                next = listed.before;
            }
        }
        bounds.set.insert((metric, key(bound)))
    }
}

/// Equal numbers are the same bound, so -0 is 0.
fn key(bound: f64) -> u64 {
    (bound + 0.0).to_bits()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_that_comes_again_is_found_in_any_order() {
        for (bounds, expected) in [
            (&[1.0, 2.0, f64::INFINITY][..], &[true, true, true][..]),
            (&[1.0, 1.0], &[true, false]),
            (&[1.0, 2.0, 1.0], &[true, true, false]),
            (
                &[2.0, 1.0, 3.0, 1.0, 3.0],
                &[true, true, true, false, false],
            ),
            (&[0.0, -0.0], &[true, false]),
        ] {
            let mut all = Bounds::default();
            let (mut one, mut other) = (Parts::default(), Parts::default());
            for (bound, expected) in bounds.iter().zip(expected) {
                assert_eq!(one.note_bound(0, *bound, &mut all), *expected, "{bounds:?}");
                assert_eq!(
                    other.note_bound(1, *bound, &mut all),
                    *expected,
                    "{bounds:?}"
                );
            }
        }
    }

    #[test]
    fn a_second_sum_is_found() {
        let mut parts = Parts::default();
        assert!(parts.note(Suffix::Sum) && parts.note(Suffix::Count));
        assert!(!parts.note(Suffix::Sum));
    }
}
