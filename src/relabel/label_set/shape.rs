//! What is known of a set from the one before it.

use super::{
    Label, LabelSet, Names,
    arranged::{Arrangements, same_name},
    gone::MOST,
    names::Places,
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
    /// Where the labels are that the rules mention, before they add others.
    places: Places,
    /// What is found out when the names come again. Apart from the set, of which scrapes keep many that are never
    /// filled again.
    pub(super) again: Option<Box<Again<'a>>>,
    /// Whether the labels at hand have these names, at these places. Others may follow.
    pub(super) holds: bool,
    /// Whether the next set is likely to be like this one: not if it is the first.
    more_come: bool,
}

/// What is found out of names that come again.
#[derive(Default)]
pub(super) struct Again<'a> {
    /// How the labels were arranged after rules.
    pub(super) arrangements: Arrangements<'a>,
    /// For each `labeldrop` and `labelkeep` the labels that it removes, a bit for each place.
    removed: Vec<Option<u64>>,
}

impl<'a> LabelSet<'a> {
    /// Notes that another set takes the place of this one.
    #[inline]
    pub(super) fn expect_more(&mut self) {
        self.shape.more_come = !self.labels.is_empty();
    }

    /// Notes that labels may be elsewhere from now on.
    #[inline]
    pub(super) fn forget_places(&mut self) {
        self.places.forget();
        self.shape.holds = false;
    }

    /// Prepares the set for a list of rules: looks up the names that they mention, so that
    /// [`find`](Self::find) knows their places.
    #[inline]
    pub(in super::super) fn prepare(&mut self, rules: &'a Names) {
        if self.has_shape_for(rules) {
            self.places.copy(&self.shape.places);
            self.shape.holds = true;
            return;
        }
        self.prepare_anew(rules);
    }

    /// Does what [`prepare`](Self::prepare) does, for names that differ from those of the set before.
    #[inline(never)]
    fn prepare_anew(&mut self, rules: &'a Names) {
        if rules.is_empty() {
            return self.forget_places();
        }
        self.shape.holds = false;
        self.shape.rules = None;
        if self.look_for(rules) && self.shape.more_come && self.labels.len() <= MOST {
            self.keep_shape(rules);
        }
    }

    #[inline]
    fn has_shape_for(&self, rules: &'a Names) -> bool {
        let shape = &self.shape;
        work::on(self.labels.len());
        (shape.rules).is_some_and(|known| std::ptr::eq(known, rules))
            && shape.names.len() == self.labels.len()
            && self.are_named(&shape.names, &self.labels)
    }

    /// Tells whether labels have these names. Most are the same texts in memory. Up to the first that is not, four
    /// are compared at once.
    #[inline]
    fn are_named(&self, names: &[&'a str], labels: &[Label<'a>]) -> bool {
        let (blocks, _) = names.as_chunks::<4>();
        let same = (blocks.iter().zip(labels.as_chunks::<4>().0)).take_while(|(names, labels)| {
            let differ = names.iter().zip(*labels).fold(0, |differ, (name, label)| {
                let (name, other) = (Text::Borrowed(name).place(), label.name.place());
                differ | (name.0 ^ other.0) | (name.1 ^ other.1)
            });
            differ == 0
        });
        let same = 4 * same.count();
        let mut rest = names.iter().zip(labels).skip(same);
        rest.all(|(name, label)| same_name(name, self.texts.get(label.name)))
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
        shape.places.copy(&self.places);
        let again = shape.again.get_or_insert_default();
        again.arrangements.forget();
        again.removed.clear();
        again.removed.resize(rules.screens(), None);
    }

    /// Does what [`screen`](Self::screen) does, if it is known which labels go and rules have not added any.
    #[inline]
    pub(in super::super) fn screen_again(&mut self, rule: usize) -> Option<usize> {
        let again = self.shape.again.as_ref().filter(|_| self.shape.holds)?;
        let places = again.removed.get(rule).copied().flatten()?;
        if self.labels.len() > self.shape.names.len() {
            return None;
        }
        let before = self.gone.count;
        self.gone.add_all(&mut self.labels, places, &mut self.texts);
        Some(self.gone.count - before)
    }

    /// Removes the labels whose names `keep` refuses, for the rule with this number among those that do this.
    /// Returns how many. They stay until [`compact`](Self::compact) takes them out.
    #[inline]
    pub(in super::super) fn screen(&mut self, rule: usize, keep: impl Fn(&str) -> bool) -> usize {
        let before = self.gone.count;
        let mut from = 0;
        if self.shape.holds
            && let Some(again) = &mut self.shape.again
            && let Some(known) = again.removed.get_mut(rule)
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
