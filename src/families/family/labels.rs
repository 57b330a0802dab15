//! The labels of a metric.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::iter::FusedIterator;

use super::other_labels::{InLine, OtherLabels, pair, same_set};
use super::run::{LabelRun, RunIter};
use crate::bytes::hash::Seeds;
use crate::text::label_lengths::LabelLengths;
use crate::text::shape::LabelShape;

/// The labels of a metric or an exemplar.
///
/// The labels of a metric that was read stay where they are in the body, still escaped, until they are
/// asked for; others are pairs, collected from an iterator. They are a set: two with the same pairs are
/// equal, in any order.
///
/// ```
/// use exposition::MetricLabels;
///
/// let labels: MetricLabels = [("method", "get"), ("code", "200")].into_iter().collect();
/// assert_eq!(labels.get("code"), Some("200"));
/// assert_eq!(labels, [("code", "200"), ("method", "get")].into_iter().collect());
/// ```
#[derive(Clone)]
pub struct MetricLabels<'a>(Repr<'a>);

#[derive(Clone)]
enum Repr<'a> {
    /// As in [`LabelRun`]. Not combined with the next variant, so that there is nothing to drop.
    Run {
        text: &'a str,
        lengths: LabelLengths,
        count: u32,
    },
    OwnRun {
        text: Box<str>,
        lengths: LabelLengths,
        count: u32,
    },
    /// Boxed, since few labels are like this: every metric would need the space, and the code that drops
    /// a metric would be long.
    Other(Box<OtherLabels<'a>>),
}

impl<'a> MetricLabels<'a> {
    /// Creates the labels that are in `text` where `shapes` says.
    #[inline]
    pub(crate) fn from_line(text: &'a str, shapes: &[LabelShape]) -> Self {
        match InLine::new(text, shapes) {
            Some(line) => MetricLabels::other(OtherLabels::Line(line)),
            None => MetricLabels::far_in_line(text, shapes),
        }
    }

    fn other(other: OtherLabels<'a>) -> Self {
        MetricLabels(Repr::Other(Box::new(other)))
    }

    fn from_pairs(pairs: Vec<(Cow<'a, str>, Cow<'a, str>)>) -> Self {
        match pairs.is_empty() {
            true => MetricLabels::default(),
            false => MetricLabels::other(OtherLabels::Pairs(pairs)),
        }
    }

    /// Creates the labels of a run.
    #[inline(always)]
    pub(crate) fn from_run(run: LabelRun<'a>) -> Self {
        MetricLabels(Repr::Run {
            text: run.text,
            lengths: run.lengths,
            count: run.count,
        })
    }

    /// Copies the labels of a run.
    pub(crate) fn copy_of_run(run: LabelRun<'_>) -> Self {
        MetricLabels(Repr::OwnRun {
            text: run.text.into(),
            lengths: run.lengths,
            count: run.count,
        })
    }

    /// Returns the labels as a run, if they are kept as one.
    #[inline(always)]
    pub(crate) fn as_run(&self) -> Option<LabelRun<'_>> {
        let (text, lengths, count) = match &self.0 {
            Repr::Run {
                text,
                lengths,
                count,
            } => (*text, lengths, count),
            Repr::OwnRun {
                text,
                lengths,
                count,
            } => (text.as_ref(), lengths, count),
            Repr::Other(_) => return None,
        };
        Some(LabelRun {
            text,
            lengths: *lengths,
            count: *count,
        })
    }

    /// Does what [`from_line`](Self::from_line) does for a line longer than packed shapes reach.
    #[cold]
    fn far_in_line(text: &'a str, shapes: &[LabelShape]) -> Self {
        let pairs = shapes.iter().map(|shape| pair(text, *shape));
        MetricLabels::from_pairs(pairs.collect())
    }

    /// Returns how many there are.
    #[inline]
    pub fn len(&self) -> usize {
        match &self.0 {
            Repr::Run { count, .. } | Repr::OwnRun { count, .. } => *count as usize,
            Repr::Other(other) => other.len(),
        }
    }

    /// Tells whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns names and values, in the order written. Copies only texts that hold an escape.
    #[inline]
    pub fn iter(&self) -> MetricLabelIter<'_> {
        MetricLabelIter {
            run: self.as_run().unwrap_or(LabelRun::EMPTY).iter(),
            other: match &self.0 {
                Repr::Run { .. } | Repr::OwnRun { .. } => None,
                Repr::Other(other) => Some(other),
            },
            next: 0,
        }
    }

    /// Returns the value of the first label named `name`, unescaped.
    pub fn get(&self, name: &str) -> Option<&str> {
        match &self.0 {
            Repr::Other(other) => other.get(name),
            Repr::Run { .. } | Repr::OwnRun { .. } => {
                let mut labels = self.as_run()?.iter();
                labels.find_map(|(label, value)| (label == name).then_some(value))
            }
        }
    }

    /// Adds a label after the others.
    pub fn push(&mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) {
        let mut pairs = std::mem::take(self).into_pairs();
        pairs.push((name.into(), value.into()));
        *self = MetricLabels::from_pairs(pairs);
    }

    /// Removes the labels for which `keep` is false.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &str) -> bool) {
        let mut pairs = std::mem::take(self).into_pairs();
        pairs.retain(|(name, value)| keep(name, value));
        *self = MetricLabels::from_pairs(pairs);
    }

    fn into_pairs(self) -> Vec<(Cow<'a, str>, Cow<'a, str>)> {
        match self.0 {
            Repr::Other(other) => other.into_pairs(),
            Repr::Run {
                text,
                lengths,
                count,
            } => borrowed(LabelRun {
                text,
                lengths,
                count,
            })
            .collect(),
            Repr::OwnRun {
                text,
                lengths,
                count,
            } => borrowed(LabelRun {
                text: &text,
                lengths,
                count,
            })
            .map(|(name, value)| (super::owned(name), super::owned(value)))
            .collect(),
        }
    }

    /// Returns the labels without a borrow: one allocation if they were read from a line.
    pub fn into_owned(self) -> MetricLabels<'static> {
        MetricLabels(match self.0 {
            Repr::Run {
                text,
                lengths,
                count,
            } => Repr::OwnRun {
                text: text.into(),
                lengths,
                count,
            },
            Repr::OwnRun {
                text,
                lengths,
                count,
            } => Repr::OwnRun {
                text,
                lengths,
                count,
            },
            Repr::Other(other) => Repr::Other(Box::new(other.into_owned())),
        })
    }

    /// Returns a hash that does not depend on the labels' order, as equality does not.
    pub(crate) fn unordered_hash(&self, seeds: &Seeds) -> u64 {
        let hash = |(name, value): (Cow<'_, str>, Cow<'_, str>)| {
            seeds.join(seeds.hash(name.as_bytes()), value.as_bytes())
        };
        self.iter().map(hash).fold(0, u64::wrapping_add)
    }

    /// Tells whether these are the labels that are in `text` where `shapes` says.
    #[inline]
    pub(crate) fn lie_in(&self, text: &str, shapes: &[LabelShape]) -> bool {
        match self.as_line() {
            Some(line) => line.has(text, shapes),
            None => *self == MetricLabels::from_line(text, shapes),
        }
    }

    #[inline]
    fn as_line(&self) -> Option<&InLine<'a>> {
        match &self.0 {
            Repr::Other(other) => match other.as_ref() {
                OtherLabels::Line(line) => Some(line),
                OtherLabels::Pairs(_) => None,
            },
            Repr::Run { .. } | Repr::OwnRun { .. } => None,
        }
    }

    /// Tells whether the labels that are in `text` where `shapes` says have the same names as these, in
    /// the same order and without an escape. May return false even if they have.
    #[inline]
    pub(crate) fn have_names_of(&self, text: &str, shapes: &[LabelShape]) -> bool {
        let line = self.as_line();
        line.is_some_and(|line| line.has_names_of(text, shapes))
    }
}

fn borrowed<'t>(run: LabelRun<'t>) -> impl Iterator<Item = (Cow<'t, str>, Cow<'t, str>)> {
    run.iter()
        .map(|(name, value)| (Cow::Borrowed(name), Cow::Borrowed(value)))
}

impl Default for MetricLabels<'_> {
    fn default() -> Self {
        MetricLabels::from_run(LabelRun::EMPTY)
    }
}

impl PartialEq for MetricLabels<'_> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        if let (Some(line), Some(other)) = (self.as_line(), other.as_line()) {
            return line.is_same_as(other);
        }
        if let (Some(run), Some(other)) = (self.as_run(), other.as_run())
            && run.is_written_as(other)
        {
            return true;
        }
        self.len() == other.len()
            && (self.iter().eq(other.iter())
                || same_set(self.iter().collect(), other.iter().collect()))
    }
}

impl Eq for MetricLabels<'_> {}

impl Hash for MetricLabels<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let mut labels: Vec<_> = self.iter().collect();
        labels.sort();
        labels.hash(state);
    }
}

impl fmt::Debug for MetricLabels<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<'a, N, V> FromIterator<(N, V)> for MetricLabels<'a>
where
    N: Into<Cow<'a, str>>,
    V: Into<Cow<'a, str>>,
{
    fn from_iter<I: IntoIterator<Item = (N, V)>>(labels: I) -> Self {
        let pairs = labels.into_iter();
        MetricLabels::from_pairs(
            pairs
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}

impl<'a> IntoIterator for MetricLabels<'a> {
    type Item = (Cow<'a, str>, Cow<'a, str>);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    /// Returns names and values, which borrow as these labels do.
    fn into_iter(self) -> Self::IntoIter {
        self.into_pairs().into_iter()
    }
}

impl<'m> IntoIterator for &'m MetricLabels<'_> {
    type Item = (Cow<'m, str>, Cow<'m, str>);
    type IntoIter = MetricLabelIter<'m>;

    #[inline]
    fn into_iter(self) -> MetricLabelIter<'m> {
        self.iter()
    }
}

/// The iterator of [`MetricLabels::iter`].
// Not an enum, and nothing that has to be changed through a reference, so that it stays in registers.
#[derive(Clone)]
pub struct MetricLabelIter<'m> {
    run: RunIter<'m>,
    /// The labels, if they are not a run, and the number of the next.
    other: Option<&'m OtherLabels<'m>>,
    next: usize,
}

impl<'m> Iterator for MetricLabelIter<'m> {
    type Item = (Cow<'m, str>, Cow<'m, str>);

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        if let Some((name, value)) = self.run.next() {
            return Some((Cow::Borrowed(name), Cow::Borrowed(value)));
        }
        let (name, value) = self.other?.pair(self.next)?;
        self.next += 1;
        Some((name, value))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let others = self.other.map_or(0, |other| other.len() - self.next);
        let left = self.run.len() + others;
        (left, Some(left))
    }
}

impl fmt::Debug for MetricLabelIter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl ExactSizeIterator for MetricLabelIter<'_> {}
impl FusedIterator for MetricLabelIter<'_> {}
