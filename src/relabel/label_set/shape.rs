//! What is known of a set from the one before it.

use super::{
    LabelSet, Names,
    arranged::{Arrangements, same_name},
    gone::MOST,
    names::NOWHERE,
    text::Text,
};
use crate::bytes::work;

/// What follows from the names of a set's labels alone, for a list of rules.
///
/// Targets of one kind, and samples of one family, mostly have labels of the same names in the same order.
/// Where the next set has them too, it is not found out again which labels the rules mention, how the labels
/// are sorted, and which of them `labeldrop` and `labelkeep` remove. What rules do to values is never kept.
#[derive(Default)]
pub(super) struct Shape<'a> {
    rules: Option<&'a Names>,
    pub(super) names: Vec<&'a str>,
    /// How the labels were arranged after rules; found out when the names come again.
    pub(super) arrangements: Arrangements<'a>,
    /// For each `labeldrop` and `labelkeep` the labels that it removes, a bit for each place; likewise.
    removed: Vec<Option<u64>>,
    /// Whether the labels at hand have these names, at these places. Others may follow.
    pub(super) holds: bool,
    /// Whether the next set is likely to be like this one: not if it is the first.
    again: bool,
}

impl<'a> LabelSet<'a> {
    /// Notes that another set takes the place of this one.
    #[inline]
    pub(super) fn expect_more(&mut self) {
        self.shape.again = !self.labels.is_empty();
    }

    /// Notes that labels may be elsewhere from now on.
    #[inline]
    pub(super) fn forget_places(&mut self) {
        self.places_hold = false;
        self.shape.holds = false;
    }

    /// Prepares the set for a list of rules: looks up the names that they mention, so that
    /// [`find`](Self::find) knows their places.
    pub(in super::super) fn prepare(&mut self, rules: &'a Names) {
        self.forget_places();
        if rules.is_empty() {
            return;
        }
        if self.has_shape_for(rules) {
            let labels = self.labels.len();
            // Those that rules added to the set before are not there.
            for place in self.places.iter_mut().filter(|place| **place >= labels) {
                *place = NOWHERE;
            }
            self.shape.holds = true;
            self.places_hold = true;
            return;
        }
        self.shape.rules = None;
        self.places_hold = self.look_for(rules);
        if self.places_hold && self.shape.again && self.labels.len() <= MOST {
            self.keep_shape(rules);
        }
    }

    #[inline]
    fn has_shape_for(&self, rules: &'a Names) -> bool {
        let shape = &self.shape;
        work::on(self.labels.len());
        (shape.rules).is_some_and(|known| std::ptr::eq(known, rules))
            && shape.names.len() == self.labels.len()
            && (shape.names.iter().zip(&self.labels))
                .all(|(known, label)| same_name(known, self.texts.get(label.name)))
    }

    fn keep_shape(&mut self, rules: &'a Names) {
        let shape = &mut self.shape;
        shape.names.clear();
        for label in &self.labels {
            match label.name {
                Text::Borrowed(name) => shape.names.push(name),
                Text::Kept(_) => return,
            }
        }
        shape.rules = Some(rules);
        shape.arrangements.forget();
        shape.removed.clear();
        shape.removed.resize(rules.screens(), None);
    }

    /// Removes the labels whose names `keep` refuses, for the rule with this number among those that do this.
    /// Returns how many. They stay until [`compact`](Self::compact) takes them out.
    #[inline]
    pub(in super::super) fn screen(&mut self, rule: usize, keep: impl Fn(&str) -> bool) -> usize {
        let before = self.gone.count;
        let mut from = 0;
        if self.shape.holds
            && let Some(known) = self.shape.removed.get_mut(rule)
        {
            let names = self.shape.names.iter().enumerate();
            let places = *known.get_or_insert_with(|| {
                let removed = names.filter(|(_, name)| !keep(name));
                removed.fold(0, |places, (place, _)| places | 1 << place)
            });
            self.gone.add_all(&mut self.labels, places, &mut self.texts);
            from = self.shape.names.len();
        }
        let labels = self.labels.iter_mut().enumerate().skip(from);
        for (place, label) in labels {
            if !keep(self.texts.get(label.name)) {
                self.gone.add(label, place, &mut self.texts);
            }
        }
        self.gone.count - before
    }
}
