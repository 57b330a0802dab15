//! The labels of a sample of any format.

use std::borrow::Cow;

use super::collected::CollectedLabels;
use super::spelled::Spelling;
use crate::model::metric_type::MetricType;
use crate::protobuf;
use crate::text::labels::{Label, LabelIter};
use crate::text::sample::{Sample, respelled_label};

/// The name and the value of a label.
pub(super) type Pair<'s> = (Cow<'s, str>, Cow<'s, str>);

/// The labels of a sample of any format, with the values that are stored.
///
/// One type for all formats, because a chain of those that a sample may have looks at each of them for every label.
pub(super) struct AnyLabels<'s> {
    listed: Listed<'s>,
    /// One more label: that of a bucket or a quantile, which its body has apart.
    last: Option<(&'static str, &'s str)>,
}

/// The labels that are listed in the body.
enum Listed<'s> {
    Text(TextLabels<'s>),
    Protobuf(protobuf::Labels<'s, 's>),
    Converted(CollectedLabels<'s>),
}

impl<'s> AnyLabels<'s> {
    #[inline(always)]
    pub(super) fn text(labels: TextLabels<'s>, last: Option<(&'static str, &'s str)>) -> Self {
        AnyLabels {
            listed: Listed::Text(labels),
            last,
        }
    }

    #[inline(always)]
    pub(super) fn protobuf(sample: &protobuf::Sample<'s>) -> Self {
        AnyLabels {
            listed: Listed::Protobuf(sample.listed()),
            last: sample.bound(),
        }
    }

    #[inline(always)]
    pub(super) fn converted(labels: CollectedLabels<'s>) -> Self {
        AnyLabels {
            listed: Listed::Converted(labels),
            last: None,
        }
    }
}

impl<'s> Iterator for AnyLabels<'s> {
    type Item = Pair<'s>;

    #[inline(always)]
    fn next(&mut self) -> Option<Pair<'s>> {
        let listed = match &mut self.listed {
            Listed::Text(labels) => labels.next(),
            Listed::Protobuf(labels) => labels.next().map(borrowed),
            Listed::Converted(labels) => labels.next().map(borrowed),
        };
        match listed {
            Some(pair) => Some(pair),
            None => self.last.take().map(borrowed),
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let (least, most) = match &self.listed {
            Listed::Text(labels) => labels.labels.size_hint(),
            Listed::Protobuf(labels) => labels.size_hint(),
            Listed::Converted(labels) => labels.size_hint(),
        };
        let last = usize::from(self.last.is_some());
        (least + last, most.map(|most| most + last))
    }

    /// Asks once which labels they are, and not for each of them.
    #[inline]
    fn fold<B, F: FnMut(B, Pair<'s>) -> B>(self, init: B, mut with: F) -> B {
        let folded = match self.listed {
            Listed::Text(labels) => labels.fold(init, &mut with),
            Listed::Protobuf(labels) => labels.map(borrowed).fold(init, &mut with),
            Listed::Converted(labels) => labels.map(borrowed).fold(init, &mut with),
        };
        self.last.into_iter().map(borrowed).fold(folded, with)
    }
}

#[inline(always)]
fn borrowed<'s>((name, value): (&'s str, &'s str)) -> Pair<'s> {
    (Cow::Borrowed(name), Cow::Borrowed(value))
}

/// The labels of a line.
pub(super) struct TextLabels<'s> {
    labels: LabelIter<'s>,
    scope: MetricType,
    /// The length of the name of the label that may be respelled under that type. Others need not be looked at.
    respelled_len: usize,
    spelling: &'s Spelling,
}

impl<'s> TextLabels<'s> {
    /// Creates those of a sample, as they are stored if `respells`, else as they are written.
    #[inline(always)]
    pub(super) fn new(sample: &Sample<'s>, respells: bool, spelling: &'s Spelling) -> Self {
        let scope = sample.shape.scope;
        let respelled = respelled_label(scope).filter(|_| respells);
        TextLabels {
            labels: sample.labels().iter(),
            scope,
            respelled_len: respelled.map_or(usize::MAX, str::len),
            spelling,
        }
    }

    #[inline(always)]
    fn next(&mut self) -> Option<Pair<'s>> {
        let label = self.labels.next()?;
        match label.plain() {
            Some(pair) if pair.0.len() != self.respelled_len => Some(borrowed(pair)),
            _ => {
                let (name, value) = self.other(label);
                Some((name, value))
            }
        }
    }

    /// Returns a label that has escapes, or that may be respelled.
    // Takes it by value and has its result copied: else the ordinary ones would be put into memory too.
    #[inline(never)]
    fn other(&self, label: Label<'s>) -> Pair<'s> {
        (label.name(), self.value(&label))
    }

    fn value(&self, label: &Label<'s>) -> Cow<'s, str> {
        match label.raw_name().len() == self.respelled_len {
            true => self.spelling.stored(self.scope, label),
            false => label.value(),
        }
    }

    #[inline]
    fn fold<B>(mut self, init: B, mut with: impl FnMut(B, Pair<'s>) -> B) -> B {
        let mut folded = init;
        while let Some(pair) = self.next() {
            folded = with(folded, pair);
        }
        folded
    }

    /// Returns the stored value of the first label of that name.
    pub(super) fn find(mut self, name: &str) -> Option<Cow<'s, str>> {
        let label = self.labels.find(|label| label.is_named(name))?;
        Some(self.value(&label))
    }
}
