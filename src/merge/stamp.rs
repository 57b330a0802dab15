//! Adds labels to samples, as Prometheus adds those of a target.

use std::borrow::Cow;

use smallvec::SmallVec;

use crate::encode::sample::Pair;
use crate::model::exported::{EXPORTED, free_name};

/// The labels of a sample that is rewritten; up to twelve without allocation.
pub(super) type Pairs<'p> = SmallVec<[Pair<'p>; 12]>;

/// Adds `labels` to those of a sample.
///
/// With `honor`, a label whose name the sample already has, even with an empty value, is not added (spec
/// S33). Otherwise the sample's own non-empty label gets `exported_` before its name, repeated until the name
/// is unique; shorter names first (spec S32).
pub(super) fn stamp<'p>(sample: &mut Pairs<'p>, labels: &'p [Pair<'p>], honor: bool) {
    let borrowed = |(name, value): &'p Pair<'p>| -> Pair<'p> {
        (Cow::Borrowed(name.as_ref()), Cow::Borrowed(value.as_ref()))
    };
    if honor {
        for label in labels {
            if !sample.iter().any(|own| own.0 == label.0) {
                sample.push(borrowed(label));
            }
        }
        return;
    }
    let own = sample.len();
    sample.extend(labels.iter().map(borrowed));
    let mut taken: Vec<usize> = (0..own)
        .filter(|at| {
            let name = sample.get(*at).map(|label| &label.0);
            labels.iter().any(|label| Some(&label.0) == name)
        })
        .collect();
    if taken.is_empty() {
        return;
    }
    taken.sort_by_key(|at| sample.get(*at).map_or(0, |label| label.0.len()));
    for at in &taken {
        let Some((name, value)) = sample.get(*at) else {
            continue;
        };
        if value.is_empty() {
            continue;
        }
        let exported = free_name([EXPORTED, name].concat().into(), |name| {
            (sample.iter().enumerate())
                .any(|(other, label)| other != *at && label.0 == name && !label.1.is_empty())
        });
        // An empty label of the new name counts as none.
        let empty = sample.iter().position(|label| label.0 == exported);
        if let Some(label) = sample.get_mut(*at) {
            label.0 = exported;
        }
        if let Some(label) = empty.and_then(|empty| sample.get_mut(empty)) {
            label.0 = Cow::Borrowed("");
        }
    }
    // What is left under one of our names is empty, and is replaced.
    for at in taken {
        let kept = sample.get(at).is_some_and(|label| !label.1.is_empty());
        if let (false, Some(label)) = (kept, sample.get_mut(at)) {
            label.0 = Cow::Borrowed("");
        }
    }
    let mut at = 0;
    sample.retain(|label| {
        at += 1;
        at > own || !label.0.is_empty()
    });
}
