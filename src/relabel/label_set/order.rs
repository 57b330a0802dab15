//! The labels of a set in the order of their names.

use std::cmp::Ordering;
use std::iter::FusedIterator;
use std::ops::Range;

use super::{Label, LabelSet, text::Texts};
use crate::bytes::compare;
use crate::bytes::work;

/// Up to this many unsorted labels at the end, such as those that rules have set, are moved one by one; with
/// more, all are sorted.
const FEW_MOVED: usize = 8;

impl<'a> LabelSet<'a> {
    /// Returns the labels by name.
    ///
    /// Allocates and sorts if labels were set since they were last sorted.
    pub fn iter(&self) -> LabelSetIter<'_, 'a> {
        LabelSetIter {
            set: self,
            order: (!self.is_in_order()).then(|| self.order()),
            places: 0..self.len(),
        }
    }

    /// Returns the labels by name, and leaves them sorted.
    pub fn sorted(&mut self) -> impl Iterator<Item = (&str, &str)> {
        if self.ordered < self.labels.len() || self.gone.count > 0 {
            self.sort();
        }
        (self.labels.iter()).map(|label| (self.texts.get(label.name), self.texts.get(label.value)))
    }

    /// Compares two of the labels.
    #[inline]
    fn compare(texts: &Texts, a: &Label<'a>, b: &Label<'a>) -> Ordering {
        compare::order(texts.get(a.name).as_bytes(), texts.get(b.name).as_bytes())
    }

    /// Returns the first place whose label should come before its predecessor.
    #[inline]
    fn disorder(&self, from: usize) -> Option<usize> {
        let from = from.max(1);
        let mut names = (self.labels.get(from - 1..).unwrap_or_default().iter())
            .map(|label| self.texts.get(label.name).as_bytes());
        let mut before = names.next()?;
        let index = names.position(|name| {
            let is_wrong = compare::order(before, name).is_gt();
            before = name;
            is_wrong
        })?;
        Some(from + index)
    }

    fn is_in_order(&self) -> bool {
        self.ordered == self.len() || self.disorder(self.ordered).is_none()
    }

    /// Returns the places of the labels by name.
    #[cold]
    fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.len()).collect();
        let label = |place: &usize| self.labels.get(*place);
        order.sort_by(|a, b| match (label(a), label(b)) {
            (Some(a), Some(b)) => Self::compare(&self.texts, a, b),
            _ => Ordering::Equal,
        });
        order
    }

    /// Sorts the labels, without those that are gone.
    #[inline]
    pub(in super::super) fn sort(&mut self) {
        if !self.arrange_as_before() {
            self.sort_anew();
        }
    }

    /// Does what [`sort`](Self::sort) does, by comparing names.
    #[inline(never)]
    fn sort_anew(&mut self) {
        self.compact();
        if self.ordered < self.labels.len() {
            if let Some(place) = self.disorder(self.ordered) {
                match self.labels.len() - place <= FEW_MOVED {
                    true => self.sort_from(place),
                    false => self.sort_all(),
                }
            }
            self.ordered = self.labels.len();
        }
    }

    /// Ends the work of rules: sorts the labels of a set that is kept.
    #[inline]
    pub(in super::super) fn finish(&mut self, keep: bool) {
        match keep {
            true => self.sort(),
            false => self.compact(),
        }
    }

    /// Does what [`sort`](Self::sort) does, where `place` is the first that is not in order.
    fn sort_from(&mut self, place: usize) {
        let mut wrong = Some(place);
        while let Some(place) = wrong {
            let Some((label, before)) = self.labels.get(..=place).and_then(<[_]>::split_last)
            else {
                return;
            };
            let to =
                before.partition_point(|other| Self::compare(&self.texts, other, label).is_le());
            work::on(place - to);
            if let Some(labels) = self.labels.get_mut(to..=place) {
                labels.rotate_right(1);
            }
            wrong = self.disorder(place + 1);
        }
    }

    #[cold]
    fn sort_all(&mut self) {
        work::on(self.labels.len());
        let texts = &self.texts;
        self.labels.sort_by(|a, b| Self::compare(texts, a, b));
    }

    /// Returns the labels by name; those of one name by value.
    pub(super) fn by_name(&self) -> Vec<(&str, &str)> {
        let labels = self.labels.iter();
        let mut labels: Vec<_> = labels
            .map(|label| (self.text(label.name), self.text(label.value)))
            .collect();
        labels.sort_unstable();
        labels
    }
}

/// The iterator of [`LabelSet::iter`].
#[derive(Debug, Clone)]
pub struct LabelSetIter<'s, 'a> {
    set: &'s LabelSet<'a>,
    /// The places of the labels by name, if they are not sorted.
    order: Option<Vec<usize>>,
    places: Range<usize>,
}

impl<'s> Iterator for LabelSetIter<'s, '_> {
    type Item = (&'s str, &'s str);

    fn next(&mut self) -> Option<Self::Item> {
        let index = self.places.next()?;
        let place = match &self.order {
            None => index,
            Some(order) => *order.get(index)?,
        };
        let label = self.set.labels.get(place)?;
        Some((self.set.text(label.name), self.set.text(label.value)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.places.size_hint()
    }
}

impl ExactSizeIterator for LabelSetIter<'_, '_> {}
impl FusedIterator for LabelSetIter<'_, '_> {}

impl<'s, 'a> IntoIterator for &'s LabelSet<'a> {
    type Item = (&'s str, &'s str);
    type IntoIter = LabelSetIter<'s, 'a>;

    fn into_iter(self) -> LabelSetIter<'s, 'a> {
        self.iter()
    }
}
