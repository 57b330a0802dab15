//! Joins a sample's labels with those of its target.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::{target::Target, written::Written};
use crate::model::exported::free_name;
use crate::model::label_names;
use crate::relabel::LabelSet;

/// Names that a sample has twice: a rule that sets or removes such a label repairs it (spec S38).
pub(super) type Twice<'a> = SmallVec<[Cow<'a, str>; 1]>;

/// Sets `labels` to the sample's and the target's (spec S32, S33). Of a repeated name the first label is
/// kept; such names are returned.
pub(super) fn join<'a>(
    labels: &mut LabelSet<'a>,
    sample: &impl Written<'a>,
    target: &'a Target,
    honor: bool,
) -> Twice<'a> {
    sample.put_into(labels);
    let twice = match labels.may_have_namesakes() {
        true => only_first(labels),
        false => Twice::new(),
    };
    match honor {
        true => {
            for label in target.target_labels() {
                // An empty label counts as well: it keeps out the target's.
                let name = label.name.as_str();
                if labels.get(name).is_none() && !sample.has_label(name) {
                    labels.set(name, label.value.as_str());
                }
            }
        }
        false => set_all(labels, target),
    }
    twice
}

/// Sets all of the target's labels, and renames those of the sample that conflict.
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
        let name = free_name(name.into(), |name| labels.get(name).is_some());
        labels.set(name, value);
    }
}

/// Keeps the first label of each name, and returns the repeated names.
fn only_first<'a>(labels: &mut LabelSet<'a>) -> Twice<'a> {
    let pairs: Vec<_> = labels.pairs().collect();
    let again = label_names::repeated(pairs.iter().map(|(name, _)| name.clone()));
    let again: SmallVec<[usize; 4]> = again.collect();
    if again.is_empty() {
        return Twice::new();
    }
    let name = |place: &usize| pairs.get(*place).map(|(name, _)| name.clone());
    let twice = again.iter().filter_map(name).collect();
    let pairs = pairs.into_iter().enumerate();
    labels.reset(
        pairs.filter_map(|(place, pair)| again.binary_search(&place).is_err().then_some(pair)),
    );
    twice
}
