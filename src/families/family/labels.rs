//! The labels of a metric: borrowed from its line, or pairs.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::iter::FusedIterator;
use std::sync::OnceLock;

use smallvec::SmallVec;

use super::run::{LabelRun, RunIter};
use crate::bytes::compare;
use crate::bytes::hash::Seeds;
use crate::bytes::work;
use crate::number::decode::Escapes;
use crate::text::label_lengths::LabelLengths;
use crate::text::shape::PackedLabel;
use crate::text::shape::{LabelShape, Piece, Text};

/// How many labels are held without allocating: a metric with more has them on the heap.
const INLINE_LABELS: usize = 6;

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
    /// Boxed, since few labels are like this and every metric would need the space.
    Line(Box<InLine<'a>>),
    Pairs(Vec<(Cow<'a, str>, Cow<'a, str>)>),
}

/// Labels that are parts of a text.
#[derive(Clone)]
struct InLine<'a> {
    text: Cow<'a, str>,
    shapes: SmallVec<[PackedLabel; INLINE_LABELS]>,
    /// The values with their escapes undone, once [`get`](MetricLabels::get) returns one that has some.
    unescaped: OnceLock<Vec<String>>,
}

impl<'a> InLine<'a> {
    fn new(text: Cow<'a, str>, shapes: SmallVec<[PackedLabel; INLINE_LABELS]>) -> Self {
        InLine {
            text,
            shapes,
            unescaped: OnceLock::new(),
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        let text = Text::Str(&self.text);
        let mut labels = unpacked(&self.shapes).enumerate();
        let (at, shape) =
            labels.find(|(_, shape)| text.unescaped(shape.name, Escapes::Quoted) == name)?;
        Some(match shape.value.has_escapes() {
            false => shape.value.of(&self.text),
            true => self.unescaped(at),
        })
    }

    #[cold]
    fn unescaped(&self, at: usize) -> &str {
        let values = || unpacked(&self.shapes).map(|shape| pair(&self.text, shape).1.into_owned());
        let values = self.unescaped.get_or_init(|| values().collect());
        values.get(at).map_or("", String::as_str)
    }
}

impl<'a> MetricLabels<'a> {
    /// Creates the labels that are in `text` where `shapes` says.
    #[inline]
    pub(crate) fn from_line(text: &'a str, shapes: &[LabelShape]) -> Self {
        let packed: Option<SmallVec<_>> = shapes.iter().map(PackedLabel::pack).collect();
        match packed {
            Some(shapes) => MetricLabels(Repr::Line(Box::new(InLine::new(
                Cow::Borrowed(text),
                shapes,
            )))),
            None => MetricLabels::far_in_line(text, shapes),
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
            Repr::Line(_) | Repr::Pairs(_) => return None,
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
        MetricLabels(Repr::Pairs(pairs.collect()))
    }

    /// Returns how many there are.
    pub fn len(&self) -> usize {
        match &self.0 {
            Repr::Run { count, .. } | Repr::OwnRun { count, .. } => *count as usize,
            Repr::Line(line) => line.shapes.len(),
            Repr::Pairs(pairs) => pairs.len(),
        }
    }

    /// Tells whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns names and values, in the order written. Copies only texts that hold an escape.
    #[inline]
    pub fn iter(&self) -> MetricLabelIter<'_> {
        MetricLabelIter {
            run: self.as_run().unwrap_or(LabelRun::EMPTY).iter(),
            others: match &self.0 {
                Repr::Run { .. } | Repr::OwnRun { .. } => Others::None,
                Repr::Line(line) => Others::Line {
                    text: &line.text,
                    shapes: line.shapes.iter(),
                },
                Repr::Pairs(pairs) => Others::Pairs(pairs.iter()),
            },
        }
    }

    /// Returns the value of the first label named `name`, unescaped.
    pub fn get(&self, name: &str) -> Option<&str> {
        match &self.0 {
            Repr::Line(line) => line.get(name),
            Repr::Pairs(pairs) => pairs
                .iter()
                .find(|pair| pair.0 == name)
                .map(|pair| &*pair.1),
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
        self.0 = Repr::Pairs(pairs);
    }

    /// Removes the labels for which `keep` is false.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &str) -> bool) {
        let mut pairs = std::mem::take(self).into_pairs();
        pairs.retain(|(name, value)| keep(name, value));
        self.0 = Repr::Pairs(pairs);
    }

    fn into_pairs(self) -> Vec<(Cow<'a, str>, Cow<'a, str>)> {
        match self.0 {
            Repr::Pairs(pairs) => pairs,
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
            Repr::Line(line) => match line.text {
                Cow::Borrowed(text) => unpacked(&line.shapes)
                    .map(|shape| pair(text, shape))
                    .collect(),
                Cow::Owned(text) => {
                    let pairs = unpacked(&line.shapes).map(|shape| pair(&text, shape));
                    pairs
                        .map(|(name, value)| (super::owned(name), super::owned(value)))
                        .collect()
                }
            },
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
            Repr::Line(line) => {
                // What follows the last label is not needed. In protobuf a value may be before its name.
                let end = unpacked(&line.shapes)
                    .map(|shape| shape.value.end().max(shape.name.end()))
                    .max();
                let text = line.text.get(..end.unwrap_or(0)).unwrap_or_default();
                let text = Cow::Owned(text.to_owned());
                Repr::Line(Box::new(InLine::new(text, line.shapes)))
            }
            Repr::Pairs(pairs) => Repr::Pairs(
                pairs
                    .into_iter()
                    .map(|(name, value)| (super::owned(name), super::owned(value)))
                    .collect(),
            ),
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
        match &self.0 {
            Repr::Line(own) => same_labels(
                (&own.text, unpacked(&own.shapes)),
                (text, shapes.iter().copied()),
            ),
            Repr::Run { .. } | Repr::OwnRun { .. } | Repr::Pairs(_) => {
                *self == MetricLabels::from_line(text, shapes)
            }
        }
    }

    /// Tells whether the labels that are in `text` where `shapes` says have the same names as these, in
    /// the same order and without an escape. May return false even if they have.
    #[inline]
    pub(crate) fn have_names_of(&self, text: &str, shapes: &[LabelShape]) -> bool {
        let Repr::Line(line) = &self.0 else {
            return false;
        };
        let own = line.text.as_ref();
        shapes.len() == line.shapes.len()
            && unpacked(&line.shapes).zip(shapes).all(|(a, b)| {
                let escapes = a.name.has_escapes() || b.name.has_escapes();
                !escapes && same(a.name.of(own), b.name.of(text))
            })
    }
}

fn borrowed<'t>(run: LabelRun<'t>) -> impl Iterator<Item = (Cow<'t, str>, Cow<'t, str>)> {
    run.iter()
        .map(|(name, value)| (Cow::Borrowed(name), Cow::Borrowed(value)))
}

#[inline]
fn unpacked(shapes: &[PackedLabel]) -> impl ExactSizeIterator<Item = LabelShape> + Clone {
    shapes.iter().map(|shape| shape.unpack())
}

/// Tells whether the labels in two texts are the same.
#[inline]
fn same_labels(
    (text, shapes): (&str, impl ExactSizeIterator<Item = LabelShape> + Clone),
    (other_text, other_shapes): (&str, impl ExactSizeIterator<Item = LabelShape> + Clone),
) -> bool {
    if shapes.len() != other_shapes.len() {
        return false;
    }
    // Mostly the names are the same in the same order.
    let mut equal = true;
    for (a, b) in shapes.clone().zip(other_shapes.clone()) {
        let escapes = a.name.has_escapes() || b.name.has_escapes();
        if escapes || !same(a.name.of(text), b.name.of(other_text)) {
            let labels = shapes.map(|shape| pair(text, shape));
            let others = other_shapes.map(|shape| pair(other_text, shape));
            return same_set(labels.collect(), others.collect());
        }
        equal &= same(a.value.of(text), b.value.of(other_text))
            || (a.value.has_escapes() || b.value.has_escapes())
                && pair(text, a).1 == pair(other_text, b).1;
    }
    equal
}

#[inline]
fn same(a: &str, b: &str) -> bool {
    compare::same(a.as_bytes(), b.as_bytes())
}

type Pairs<'t> = Vec<(Cow<'t, str>, Cow<'t, str>)>;

#[cold]
fn same_set(mut labels: Pairs<'_>, mut others: Pairs<'_>) -> bool {
    labels.sort();
    others.sort();
    labels == others
}

fn pair<'t>(text: &'t str, shape: LabelShape) -> (Cow<'t, str>, Cow<'t, str>) {
    let length = |piece: Piece| piece.end().saturating_sub(piece.start());
    work::on(length(shape.name) + length(shape.value));
    let text = Text::Str(text);
    (
        text.unescaped(shape.name, Escapes::Quoted),
        text.unescaped(shape.value, Escapes::Quoted),
    )
}

impl Default for MetricLabels<'_> {
    fn default() -> Self {
        MetricLabels(Repr::Pairs(Vec::new()))
    }
}

impl PartialEq for MetricLabels<'_> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Line(a), Repr::Line(b)) => same_labels(
                (&a.text, unpacked(&a.shapes)),
                (&b.text, unpacked(&b.shapes)),
            ),
            _ => {
                let runs = (self.as_run(), other.as_run());
                if let (Some(run), Some(other)) = runs
                    && run.is_written_as(other)
                {
                    return true;
                }
                self.len() == other.len()
                    && (self.iter().eq(other.iter())
                        || same_set(self.iter().collect(), other.iter().collect()))
            }
        }
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
        MetricLabels(Repr::Pairs(
            pairs
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        ))
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

    fn into_iter(self) -> MetricLabelIter<'m> {
        self.iter()
    }
}

/// The iterator of [`MetricLabels::iter`].
// Not an enum, so that the fields of the first case stay in registers.
#[derive(Debug, Clone)]
pub struct MetricLabelIter<'m> {
    run: RunIter<'m>,
    others: Others<'m>,
}

/// The rest of labels that are not a run.
#[derive(Debug, Clone)]
enum Others<'m> {
    None,
    Line {
        text: &'m str,
        shapes: std::slice::Iter<'m, PackedLabel>,
    },
    Pairs(std::slice::Iter<'m, (Cow<'m, str>, Cow<'m, str>)>),
}

impl<'m> Others<'m> {
    fn next(&mut self) -> Option<(Cow<'m, str>, Cow<'m, str>)> {
        match self {
            Others::None => None,
            Others::Line { text, shapes } => Some(pair(text, shapes.next()?.unpack())),
            Others::Pairs(pairs) => {
                let (name, value) = pairs.next()?;
                Some((Cow::Borrowed(name.as_ref()), Cow::Borrowed(value.as_ref())))
            }
        }
    }

    fn len(&self) -> usize {
        match self {
            Others::None => 0,
            Others::Line { shapes, .. } => shapes.len(),
            Others::Pairs(pairs) => pairs.len(),
        }
    }
}

impl<'m> Iterator for MetricLabelIter<'m> {
    type Item = (Cow<'m, str>, Cow<'m, str>);

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        if let Some((name, value)) = self.run.next() {
            return Some((Cow::Borrowed(name), Cow::Borrowed(value)));
        }
        match self.others {
            Others::None => None,
            _ => self.others.next(),
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.run.len() + self.others.len();
        (left, Some(left))
    }
}

impl ExactSizeIterator for MetricLabelIter<'_> {}
impl FusedIterator for MetricLabelIter<'_> {}
