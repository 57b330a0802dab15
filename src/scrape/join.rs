//! A sample's labels meet those of its target.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::{
    labels::{EXPORTED, METRIC_NAME},
    target::Target,
};
use crate::relabel::LabelSet;
use crate::text::sample::Sample;

/// Names that a sample has twice: a rule that sets or removes such a label mends it (spec S38).
pub(super) type Twice<'a> = SmallVec<[Cow<'a, str>; 1]>;

/// Sets `labels` to the sample's and the target's (spec S32, S33), of a name that comes twice to the
/// first; those names are given back.
pub(super) fn join<'a>(
    labels: &mut LabelSet<'a>,
    sample: &Sample<'a>,
    target: &'a Target,
    honor: bool,
) -> Twice<'a> {
    labels.reset_to(sample);
    let mut twice = Twice::new();
    if may_have_twice(sample) {
        twice = only_first(labels);
    }
    match honor {
        true => {
            for label in target.target_labels() {
                // An empty label counts as well: it keeps the target's away.
                let name = label.name.as_str();
                if labels.get(name).is_none() && sample.labels().get(name).is_none() {
                    labels.set(name, label.value.as_str());
                }
            }
        }
        false => set_all(labels, target),
    }
    twice
}

/// Sets all of the target's labels and renames those of the sample that are in the way.
fn set_all<'a>(labels: &mut LabelSet<'a>, target: &'a Target) {
    let mut moved = SmallVec::<[(&'a str, Cow<'a, str>); 4]>::new();
    for label in target.target_labels() {
        if let Some(value) = labels.value(&label.name) {
            moved.push((&label.exported, value));
        }
        labels.set(label.name.as_str(), label.value.as_str());
    }
    moved.sort_by_key(|(name, _)| name.len());
    for (name, value) in moved {
        let mut name = Cow::Borrowed(name);
        while labels.get(&name).is_some() {
            name = Cow::Owned(format!("{EXPORTED}{name}"));
        }
        labels.set(name, value);
    }
}

/// Whether two of the sample's labels may have one name; cheap, and no for nearly all that have not.
fn may_have_twice(sample: &Sample<'_>) -> bool {
    let bit = |name: &str| {
        let bytes = name.as_bytes();
        let mixed = (bytes.iter().rev().take(4)).fold(bytes.len(), |mixed, byte| {
            mixed.wrapping_mul(31).wrapping_add(usize::from(*byte))
        });
        1u64 << (mixed % 64)
    };
    let mut seen = bit(METRIC_NAME);
    let mut twice = false;
    for label in sample.labels() {
        let bit = bit(&label.name());
        twice |= seen & bit != 0;
        seen |= bit;
    }
    twice
}

/// Leaves of each name the first label, and tells the names that came again.
fn only_first<'a>(labels: &mut LabelSet<'a>) -> Twice<'a> {
    let pairs: Vec<_> = labels.pairs().collect();
    let mut order: Vec<usize> = (0..pairs.len()).collect();
    let name = |index: &usize| pairs.get(*index).map(|(name, _)| name.clone());
    order.sort_by_key(name);
    let mut again: Vec<usize> = (order.windows(2))
        .filter_map(|pair| match pair {
            [a, b] if name(a) == name(b) => Some(*b),
            _ => None,
        })
        .collect();
    again.sort_unstable();
    let twice = again.iter().filter_map(name).collect();
    let pairs = pairs.into_iter().enumerate();
    labels.reset(
        pairs.filter_map(|(index, pair)| again.binary_search(&index).is_err().then_some(pair)),
    );
    twice
}
