//! What is known of a set from the one before it.

use super::{
    Label, LabelSet, Names,
    text::{Given, Text},
};
use crate::bytes::compare;
use crate::bytes::work;

/// What follows from the names of a set's labels alone, for a list of rules.
///
/// Targets of one kind, and samples of one family, mostly have labels of the same names in the same order.
/// Where the next set has them too, it is not found out again which labels the rules mention, how the labels
/// are sorted, and which of them `labeldrop` and `labelkeep` remove. What rules do to values is never kept.
#[derive(Default)]
pub(super) struct Shape<'a> {
    rules: Option<&'a Names>,
    names: Vec<&'a str>,
    /// The places of the labels that the rules mention.
    places: Vec<usize>,
    /// The places of the labels by name, found out when the names come again.
    order: Option<Order>,
    /// For each `labeldrop` and `labelkeep` the labels that it removes, a bit for each place; likewise.
    removed: Vec<Option<u64>>,
    /// Whether the labels at hand have these names, at these places. Others may follow.
    holds: bool,
    /// Whether the next set is likely to be like this one: not if it is the first.
    again: bool,
    /// Room to move labels.
    moved: Vec<Label<'a>>,
}

/// The most labels of which a shape is kept.
const MOST: usize = u64::BITS as usize;

/// The places of labels by name.
#[derive(Clone, Copy)]
enum Order {
    /// They are sorted already.
    Sorted,
    By([u8; MOST]),
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
        self.places.clear();
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
            self.places.extend_from_slice(&self.shape.places);
            self.shape.holds = true;
            return;
        }
        let all_differ = self.look_for(rules);
        if all_differ && self.shape.again && self.labels.len() <= MOST {
            self.keep_shape(rules);
        }
    }

    #[inline]
    fn has_shape_for(&self, rules: &'a Names) -> bool {
        let shape = &self.shape;
        work::on(self.labels.len());
        (shape.rules).is_some_and(|known| std::ptr::eq(known, rules))
            && shape.names.len() == self.labels.len()
            && (shape.names.iter().zip(&self.labels)).all(|(name, label)| {
                compare::same(name.as_bytes(), self.texts.get(label.name).as_bytes())
            })
    }

    fn keep_shape(&mut self, rules: &'a Names) {
        let shape = &mut self.shape;
        shape.rules = None;
        shape.names.clear();
        for label in &self.labels {
            match label.name {
                Text::Borrowed(name) => shape.names.push(name),
                Text::Kept(_) => return,
            }
        }
        shape.rules = Some(rules);
        shape.places.clear();
        shape.places.extend_from_slice(&self.places);
        shape.order = None;
        shape.removed.clear();
        shape.removed.resize(rules.screens(), None);
        shape.moved.clear();
        shape.moved.reserve(self.labels.len());
    }

    /// Removes the labels whose names `keep` refuses, for the rule with this number among those that do this.
    /// Returns how many. They stay until [`compact`](Self::compact) takes them out.
    #[inline]
    pub(in super::super) fn screen(&mut self, rule: usize, keep: impl Fn(&str) -> bool) -> usize {
        let before = self.gone;
        let mut from = 0;
        if self.shape.holds
            && let Some(known) = self.shape.removed.get_mut(rule)
        {
            let names = self.shape.names.iter().enumerate();
            let mut places = *known.get_or_insert_with(|| {
                let removed = names.filter(|(_, name)| !keep(name));
                removed.fold(0, |places, (place, _)| places | 1 << place)
            });
            while places != 0 {
                if let Some(label) = self.labels.get_mut(places.trailing_zeros() as usize)
                    && !label.is_gone()
                {
                    label.value = self.texts.replace(label.value, Given::Lasting(""));
                    self.gone += 1;
                }
                places &= places - 1;
            }
            from = self.shape.names.len();
        }
        for label in self.labels.get_mut(from..).unwrap_or_default() {
            if !keep(self.texts.get(label.name)) && !label.is_gone() {
                label.value = self.texts.replace(label.value, Given::Lasting(""));
                self.gone += 1;
            }
        }
        self.gone - before
    }

    /// Sorts the labels that were there when the rules began, if their order is known, and takes out those
    /// that are gone.
    #[inline]
    pub(super) fn arrange(&mut self) {
        if self.shape.holds && self.ordered < self.shape.names.len() {
            self.arrange_as_before();
        }
        self.compact();
    }

    fn arrange_as_before(&mut self) {
        let shape = &mut self.shape;
        let first = shape.names.len();
        let order = shape.order.get_or_insert_with(|| Order::of(&shape.names));
        if let Order::By(places) = order {
            shape.moved.clear();
            (shape.moved).extend_from_slice(self.labels.get(..first).unwrap_or_default());
            let by_name = places.iter().take(first).map(|place| usize::from(*place));
            for (label, place) in self.labels.iter_mut().zip(by_name) {
                if let Some(moved) = shape.moved.get(place) {
                    *label = *moved;
                }
            }
            self.forget_places();
        }
        self.ordered = first;
    }
}

impl Order {
    /// Those of one name stay in the order in which they came.
    #[cold]
    fn of(names: &[&str]) -> Order {
        if names.is_sorted() {
            return Order::Sorted;
        }
        let mut places: [u8; MOST] = std::array::from_fn(|place| place as u8);
        let name = |place: &u8| names.get(usize::from(*place));
        if let Some(places) = places.get_mut(..names.len()) {
            places.sort_unstable_by(|a, b| name(a).cmp(&name(b)).then(a.cmp(b)));
        }
        Order::By(places)
    }
}
