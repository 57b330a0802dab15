//! What the rules before a rule have done, and what those after it do.

use std::collections::{HashMap, HashSet};

use super::finding::Finding;
use super::kind::RemarkKind;
use crate::model::name::METRIC_NAME;
use crate::relabel::{Action, Field, RuleConfig};

/// What is known of the other rules of a list while one of them is looked at.
#[derive(Default)]
pub(super) struct History<'r> {
    /// The index of the current rule.
    now: usize,
    /// The first rule that drops everything, unless the next rule has been told.
    dropped_by: Option<usize>,
    /// The last rule so far that sets a label.
    set: HashMap<&'r str, usize>,
    /// The last rule so far that sets or removes labels whose names it computes.
    computed: Option<usize>,
    /// The last rule so far that sets or removes anything.
    changed: Option<usize>,
    /// Whether a rule may compute a name that begins with two underscores.
    sets_internal: bool,
    /// The labels by which a rule so far keeps or drops.
    filtered: HashSet<&'r str>,
    /// The last rule like this one.
    known: HashMap<&'r RuleConfig, usize>,
    /// Of all rules, the last that sets a label, and the last that reads it.
    last_set: HashMap<&'r str, usize>,
    last_read: HashMap<&'r str, usize>,
    last_internal: Option<usize>,
}

impl<'r> History<'r> {
    /// Creates the history before the first of the rules.
    pub(super) fn new(rules: impl Iterator<Item = &'r RuleConfig>) -> Self {
        let mut history = History::default();
        for (index, rule) in rules.enumerate() {
            for source in rule.source_labels.iter().flatten() {
                history.last_read.insert(source, index);
            }
            match sets(rule) {
                Sets::Name(name) => {
                    history.last_set.insert(name, index);
                }
                Sets::Computed { internal: true } => history.last_internal = Some(index),
                _ => {}
            }
        }
        history
    }

    /// Adds the current rule, after it was looked at.
    pub(super) fn add(&mut self, rule: &'r RuleConfig, drops_all: bool) {
        let now = self.now;
        if drops_all {
            self.dropped_by.get_or_insert(now);
        }
        match sets(rule) {
            Sets::Nothing => {
                if matches!(
                    rule.action,
                    Some(Action::Keep | Action::Drop | Action::KeepEqual | Action::DropEqual)
                ) {
                    let sources = rule.source_labels.iter().flatten().map(String::as_str);
                    self.filtered.extend(sources.clone());
                    // Chosen by their names, series may have neither buckets nor quantiles.
                    if sources.clone().any(|source| source == METRIC_NAME) {
                        let regex = rule.regex.as_deref().unwrap_or_default();
                        let chosen: &[&'static str] = match rule.action {
                            Some(Action::Keep) => &["le", "quantile"],
                            _ if regex.contains("bucket") => &["le"],
                            _ => &[],
                        };
                        self.filtered.extend(chosen);
                    }
                }
            }
            Sets::Name(name) => {
                self.set.insert(name, now);
                self.changed = Some(now);
            }
            Sets::Computed { internal } => {
                self.sets_internal |= internal;
                (self.computed, self.changed) = (Some(now), Some(now));
            }
        }
        self.known.insert(rule, now);
        self.now += 1;
    }

    /// Tells whether a rule before the current one may have set this internal label.
    pub(super) fn may_set(&self, name: &str) -> bool {
        self.set.contains_key(name) || self.sets_internal && name.starts_with("__")
    }

    pub(super) fn is_filtered_by(&self, name: &str) -> bool {
        self.filtered.contains(name)
    }

    /// Tells whether a rule after the current one may set the label.
    pub(super) fn is_set_later(&self, name: &str) -> bool {
        let later = |index: &usize| *index > self.now;
        self.last_set.get(name).is_some_and(later) || self.last_internal.as_ref().is_some_and(later)
    }

    pub(super) fn is_read_later(&self, name: &str) -> bool {
        self.last_read
            .get(name)
            .is_some_and(|index| *index > self.now)
    }

    /// Finds that nothing reaches the current rule; told once.
    pub(super) fn unreachable(&self) -> Option<Finding> {
        let by = self.dropped_by?;
        let before = self.now - by;
        Some(Finding::new(
            RemarkKind::UnreachableRule,
            Field::Action,
            match before {
                1 => "nothing reaches this rule: the one before it drops everything".to_owned(),
                _ => format!(
                    "nothing reaches this rule: the one {before} before it drops everything"
                ),
            },
            "remove it, or correct the other",
        ))
    }

    /// Finds that the current rule was there before and cannot do anything more.
    pub(super) fn repeated(&self, rule: &RuleConfig) -> Option<Finding> {
        let before = *self.known.get(rule)?;
        let is_same_since = |index: Option<&usize>| index.is_none_or(|index| *index < before);
        let sources = || rule.source_labels.iter().flatten();
        let are_sources_same = || {
            is_same_since(self.computed.as_ref())
                && sources().all(|source| is_same_since(self.set.get(source.as_str())))
        };
        let does_nothing = match rule.action.unwrap_or_default() {
            Action::Keep | Action::Drop => are_sources_same(),
            // Only the rule itself has changed something since.
            Action::LabelDrop | Action::LabelKeep => {
                self.changed.is_none_or(|index| index == before)
            }
            Action::Lowercase | Action::Uppercase => {
                let target = rule.target();
                let is_target_same = self.set.get(target) == Some(&before);
                let is_own = sources().all(|source| source == target) && sources().count() == 1;
                let reads_own = sources().any(|source| source == target);
                is_target_same
                    && is_same_since(self.computed.as_ref())
                    && (is_own || !reads_own && are_sources_same())
            }
            _ => false,
        };
        does_nothing.then(|| {
            Finding::new(
                RemarkKind::RepeatedRule,
                Field::Action,
                match self.now - before {
                    1 => "the same as the rule before it, and does nothing more".to_owned(),
                    distance => {
                        format!("the same as the rule {distance} before it, and does nothing more")
                    }
                },
                "remove one of them, or correct it",
            )
        })
    }
}

/// What a rule sets or removes.
enum Sets<'r> {
    Nothing,
    Name(&'r str),
    /// Labels whose names it computes; whether they may be set and begin with two underscores.
    Computed {
        internal: bool,
    },
}

fn sets(rule: &RuleConfig) -> Sets<'_> {
    // What begins with a reference begins with a part of a value, or of the name of another label.
    let may_be_internal = |template: &str| template.starts_with("__");
    match rule.action.unwrap_or_default() {
        Action::Keep | Action::Drop | Action::KeepEqual | Action::DropEqual => Sets::Nothing,
        Action::LabelDrop | Action::LabelKeep => Sets::Computed { internal: false },
        Action::LabelMap => Sets::Computed {
            internal: may_be_internal(rule.template()),
        },
        Action::Replace if rule.target().contains('$') => Sets::Computed {
            internal: may_be_internal(rule.target()),
        },
        _ => Sets::Name(rule.target()),
    }
}
