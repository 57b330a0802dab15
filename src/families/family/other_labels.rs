//! The labels of a metric that are not a run: parts of a line in any form, or pairs.

use std::borrow::Cow;
use std::sync::OnceLock;

use smallvec::SmallVec;

use crate::bytes::compare;
use crate::bytes::work;
use crate::number::decode::Escapes;
use crate::text::shape::{LabelShape, PackedLabel, Piece, Text};

/// How many labels are held without allocating: a metric with more has them on the heap.
const INLINE_LABELS: usize = 6;

/// Labels that are not a run.
#[derive(Clone)]
pub(super) enum OtherLabels<'a> {
    Line(InLine<'a>),
    Pairs(Vec<(Cow<'a, str>, Cow<'a, str>)>),
}

impl<'a> OtherLabels<'a> {
    pub(super) fn len(&self) -> usize {
        match self {
            OtherLabels::Line(line) => line.shapes.len(),
            OtherLabels::Pairs(pairs) => pairs.len(),
        }
    }

    /// Returns the label with that number.
    #[inline(never)]
    pub(super) fn pair(&self, number: usize) -> Option<(Cow<'_, str>, Cow<'_, str>)> {
        match self {
            OtherLabels::Line(line) => Some(pair(&line.text, line.shapes.get(number)?.unpack())),
            OtherLabels::Pairs(pairs) => {
                let (name, value) = pairs.get(number)?;
                Some((Cow::Borrowed(name.as_ref()), Cow::Borrowed(value.as_ref())))
            }
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        match self {
            OtherLabels::Line(line) => line.get(name),
            OtherLabels::Pairs(pairs) => {
                let pair = pairs.iter().find(|pair| pair.0 == name);
                pair.map(|pair| &*pair.1)
            }
        }
    }

    pub(super) fn into_pairs(self) -> Vec<(Cow<'a, str>, Cow<'a, str>)> {
        let line = match self {
            OtherLabels::Pairs(pairs) => return pairs,
            OtherLabels::Line(line) => line,
        };
        let shapes = unpacked(&line.shapes);
        match line.text {
            Cow::Borrowed(text) => shapes.map(|shape| pair(text, shape)).collect(),
            Cow::Owned(text) => shapes
                .map(|shape| pair(&text, shape))
                .map(|(name, value)| (super::owned(name), super::owned(value)))
                .collect(),
        }
    }

    pub(super) fn into_owned(self) -> OtherLabels<'static> {
        match self {
            OtherLabels::Line(line) => {
                // What follows the last label is not needed. In protobuf a value may be before its name.
                let end = unpacked(&line.shapes)
                    .map(|shape| shape.value.end().max(shape.name.end()))
                    .max();
                let text = line.text.get(..end.unwrap_or(0)).unwrap_or_default();
                let text = Cow::Owned(text.to_owned());
                OtherLabels::Line(InLine {
                    text,
                    shapes: line.shapes,
                    unescaped: OnceLock::new(),
                })
            }
            OtherLabels::Pairs(pairs) => {
                let pairs = pairs.into_iter();
                let owned = pairs.map(|(name, value)| (super::owned(name), super::owned(value)));
                OtherLabels::Pairs(owned.collect())
            }
        }
    }
}

/// Labels that are parts of a text.
#[derive(Clone)]
pub(super) struct InLine<'a> {
    text: Cow<'a, str>,
    shapes: SmallVec<[PackedLabel; INLINE_LABELS]>,
    /// The values with their escapes undone, once [`get`](Self::get) returns one that has some.
    unescaped: OnceLock<Vec<String>>,
}

impl<'a> InLine<'a> {
    /// Creates the labels that are in `text` where `shapes` says, unless the line is longer than packed shapes
    /// reach.
    #[inline]
    pub(super) fn new(text: &'a str, shapes: &[LabelShape]) -> Option<Self> {
        let shapes: Option<SmallVec<_>> = shapes.iter().map(PackedLabel::pack).collect();
        Some(InLine {
            text: Cow::Borrowed(text),
            shapes: shapes?,
            unescaped: OnceLock::new(),
        })
    }

    /// Tells whether these are the labels that are in `text` where `shapes` says.
    #[inline]
    pub(super) fn has(&self, text: &str, shapes: &[LabelShape]) -> bool {
        same_labels(
            (&self.text, unpacked(&self.shapes)),
            (text, shapes.iter().copied()),
        )
    }

    #[inline]
    pub(super) fn is_same_as(&self, other: &InLine<'_>) -> bool {
        same_labels(
            (&self.text, unpacked(&self.shapes)),
            (&other.text, unpacked(&other.shapes)),
        )
    }

    /// Tells whether the labels that are in `text` where `shapes` says have the same names as these, in
    /// the same order and without an escape.
    #[inline]
    pub(super) fn has_names_of(&self, text: &str, shapes: &[LabelShape]) -> bool {
        let own = self.text.as_ref();
        shapes.len() == self.shapes.len()
            && unpacked(&self.shapes).zip(shapes).all(|(a, b)| {
                let escapes = a.name.has_escapes() || b.name.has_escapes();
                !escapes && same(a.name.of(own), b.name.of(text))
            })
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
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
pub(super) fn same_set(mut labels: Pairs<'_>, mut others: Pairs<'_>) -> bool {
    labels.sort();
    others.sort();
    labels == others
}

pub(super) fn pair<'t>(text: &'t str, shape: LabelShape) -> (Cow<'t, str>, Cow<'t, str>) {
    let length = |piece: Piece| piece.end().saturating_sub(piece.start());
    work::on(length(shape.name) + length(shape.value));
    let text = Text::Str(text);
    (
        text.unescaped(shape.name, Escapes::Quoted),
        text.unescaped(shape.value, Escapes::Quoted),
    )
}
