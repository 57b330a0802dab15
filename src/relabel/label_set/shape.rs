//! What is known of a set from those before it.

use super::{
    Label, LabelSet, Names,
    arranged::{Arrangements, Moved},
    gone::MOST,
    names::Places,
    text::Text,
};
use crate::bytes::compare;
use crate::bytes::work;

/// What is known of the sets that came before the labels at hand.
#[derive(Default)]
pub(super) struct Shapes<'a> {
    /// What is found out where names come again. Apart from the set, of which scrapes keep many that are never filled
    /// again.
    pub(super) known: Option<Box<Known<'a>>>,
    /// Whether the labels at hand have the names of the last shape, at its places. Others may follow.
    pub(super) holds: bool,
    /// Whether the next set is likely to be like this one: not if it is the first.
    more_come: bool,
}

/// The shapes of the last sets, and room to arrange labels.
#[derive(Default)]
pub(super) struct Known<'a> {
    /// The one that the next set most likely has.
    pub(super) last: Shape<'a>,
    /// Those that were the last before. Targets of different roles come in any order.
    others: Vec<Shape<'a>>,
    /// Which of the others gives its memory to a new shape.
    next: usize,
    pub(super) moved: Moved<'a>,
}

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
    /// How the labels were arranged after rules.
    pub(super) arrangements: Arrangements<'a>,
    /// For each `labeldrop` and `labelkeep` the labels that it removes, a bit for each place.
    removed: Vec<Option<u64>>,
}

/// How many shapes are remembered besides the last. Each is compared with names that are new.
const OTHERS: usize = 3;

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
        if let Some(known) = &self.shape.known
            && self.has_shape(&known.last, rules)
        {
            self.places.copy(&known.last.places);
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
        if self.has_known_shape(rules) {
            return;
        }
        if self.look_for(rules) && self.shape.more_come && self.labels.len() <= MOST {
            self.keep_shape(rules);
        }
    }

    /// Prepares the set, if one before the last had its names. Returns whether that is so.
    fn has_known_shape(&mut self, rules: &'a Names) -> bool {
        let Some(known) = &self.shape.known else {
            return false;
        };
        let mut others = known.others.iter();
        let Some(place) = others.position(|shape| self.has_shape(shape, rules)) else {
            return false;
        };
        if let Some(known) = &mut self.shape.known
            && let Some(shape) = known.others.get_mut(place)
        {
            std::mem::swap(&mut known.last, shape);
            self.places.copy(&known.last.places);
            self.shape.holds = true;
        }
        self.shape.holds
    }

    #[inline]
    fn has_shape(&self, shape: &Shape<'a>, rules: &Names) -> bool {
        (shape.rules).is_some_and(|known| std::ptr::eq(known, rules))
            && shape.names.len() == self.labels.len()
            && self.are_named(&shape.names, &self.labels)
    }

    /// Tells whether labels have these names. Most are the same texts in memory. Up to the first that is not, four
    /// are compared at once.
    #[inline]
    fn are_named(&self, names: &[&'a str], labels: &[Label<'a>]) -> bool {
        work::on(labels.len());
        let (blocks, _) = names.as_chunks::<4>();
        let same_texts =
            (blocks.iter().zip(labels.as_chunks::<4>().0)).take_while(|(names, labels)| {
                let differ = names.iter().zip(*labels).fold(0, |differ, (name, label)| {
                    let (name, other) = (Text::Borrowed(name).place(), label.name.place());
                    differ | (name.0 ^ other.0) | (name.1 ^ other.1)
                });
                differ == 0
            });
        let from = 4 * same_texts.count();
        let names = names.get(from..).unwrap_or_default();
        let labels = labels.get(from..).unwrap_or_default();
        let mut rest = names.iter().zip(labels);
        rest.all(|(name, label)| compare::same_name(name, self.texts.get(label.name)))
    }

    /// Remembers the shape of the labels, in place of another if there are many.
    fn keep_shape(&mut self, rules: &'a Names) {
        let lasts = |label: &Label<'a>| matches!(label.name, Text::Borrowed(_));
        if !self.labels.iter().all(lasts) {
            return;
        }
        let known = self.shape.known.get_or_insert_default();
        // The first shape is an empty one.
        if known.last.rules.is_some() {
            if known.others.len() < OTHERS {
                known.others.push(Shape::default());
            }
            if let Some(other) = known.others.get_mut(known.next) {
                std::mem::swap(&mut known.last, other);
            }
            known.next = (known.next + 1) % OTHERS;
        }
        let shape = &mut known.last;
        shape.names.clear();
        let names = self.labels.iter().filter_map(|label| match label.name {
            Text::Borrowed(name) => Some(name),
            Text::Kept(_) => None,
        });
        shape.names.extend(names);
        shape.rules = Some(rules);
        shape.places.copy(&self.places);
        shape.arrangements.forget();
        shape.removed.clear();
        shape.removed.resize(rules.screens(), None);
    }

    /// Does what [`screen`](Self::screen) does, if it is known which labels go and rules have not added any.
    #[inline]
    pub(in super::super) fn screen_again(&mut self, rule: usize) -> Option<usize> {
        let known = self.shape.known.as_ref().filter(|_| self.shape.holds)?;
        let places = known.last.removed.get(rule).copied().flatten()?;
        if self.labels.len() > known.last.names.len() {
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
            && let Some(known) = &mut self.shape.known
            && let Some(removed) = known.last.removed.get_mut(rule)
        {
            let names = known.last.names.iter().enumerate();
            let places = *removed.get_or_insert_with(|| {
                let removed = names.filter(|(_, name)| !keep(name));
                removed.fold(0, |places, (place, _)| places | 1 << place)
            });
            self.gone.add_all(&mut self.labels, places, &mut self.texts);
            from = known.last.names.len();
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
