//! The labels of a sample, and what is wrong with them by themselves.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::naming;
use crate::bytes::hash::Seeds;
use crate::bytes::key_set;
use crate::model::label_names;
use crate::model::name;

/// The labels of a sample in the order written.
pub(super) type Labels<'s> = SmallVec<[(Cow<'s, str>, Cow<'s, str>); 12]>;

/// Names of labels with which nothing is wrong, in the order of the last sample that had such: the next one
/// often has the same.
#[derive(Debug, Default)]
pub(super) struct PlainNames {
    names: Vec<String>,
    is_sorted: bool,
    is_known: bool,
}

impl PlainNames {
    /// Tells whether nothing is wrong with the names of these labels.
    pub(super) fn cover(&mut self, labels: &Labels<'_>) -> bool {
        let names = || labels.iter().map(|(name, _)| &**name);
        if self.is_known && self.names.len() == labels.len() && names().eq(self.names.iter()) {
            return true;
        }
        self.is_known = names().all(is_plain) && !repeats(labels);
        if self.is_known {
            self.names.clear();
            self.names.extend(names().map(str::to_owned));
            self.is_sorted = self.names.is_sorted();
        }
        self.is_known
    }

    /// Tells whether the labels are sorted that were covered last.
    pub(super) fn are_sorted(&self) -> bool {
        self.is_known && self.is_sorted
    }
}

fn is_plain(name: &str) -> bool {
    name::is_legacy_label_name(name.as_bytes())
        && !name.starts_with("__")
        && !naming::is_camel_case(name)
        && !matches!(name, "le" | "quantile")
}

/// Tells whether a name occurs twice.
pub(super) fn repeats(labels: &Labels<'_>) -> bool {
    let names = || labels.iter().map(|(name, _)| name);
    label_names::may_repeat(names())
        && label_names::repeated(names().map(|name| Cow::Borrowed(&**name)))
            .next()
            .is_some()
}

/// Appends labels in the order of their names, without those that are empty and `left_out`. Returns a hash of the order
/// that was written; 0 if that is the same.
pub(super) fn push_sorted(
    key: &mut Vec<u8>,
    labels: &Labels<'_>,
    left_out: Option<&str>,
    are_sorted: bool,
    seeds: &Seeds,
) -> u64 {
    let has_all = labels.iter().all(|(_, value)| !value.is_empty());
    if are_sorted && has_all {
        for (name, value) in labels {
            key_set::push_label(key, name, value);
        }
        return 0;
    }
    let mut sorted: SmallVec<[(&str, &str); 12]> = (labels.iter())
        .map(|(name, value)| (&**name, &**value))
        .filter(|(name, _)| Some(*name) != left_out)
        .collect();
    let mut written = 0;
    if !(has_all && sorted.is_sorted()) {
        for text in sorted.iter().flat_map(|(name, value)| [name, value]) {
            written = seeds.join(written, text.as_bytes());
        }
        sorted.sort_unstable();
    }
    for (name, value) in sorted {
        if !value.is_empty() {
            key_set::push_label(key, name, value);
        }
    }
    written
}
