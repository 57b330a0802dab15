//! The histogram that is made of classic series: its labels, exemplars and value.

use std::ops::Range;
use std::slice;

use crate::bytes::work;
use crate::error::Position;
use crate::model::native_histogram::NativeHistogram;
use crate::text::sample::Sample;

/// The label that tells a bucket from the others.
pub(super) const LE: &str = "le";

/// Labels in memory that is used again.
#[derive(Debug, Default)]
pub(super) struct Texts {
    text: String,
    pairs: Vec<Pair>,
}

/// Where a label's name and value are.
#[derive(Debug, Clone)]
struct Pair {
    name: Range<usize>,
    value: Range<usize>,
}

impl Texts {
    fn clear(&mut self) {
        self.text.clear();
        self.pairs.clear();
    }

    fn push(&mut self, name: &str, value: &str) {
        work::on(name.len() + value.len());
        let start = self.text.len();
        self.text.push_str(name);
        let middle = self.text.len();
        self.text.push_str(value);
        self.pairs.push(Pair {
            name: start..middle,
            value: middle..self.text.len(),
        });
    }

    fn of(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.pairs.iter();
        pairs.map(|pair| (self.of(&pair.name), self.of(&pair.value)))
    }

    /// Sorts by name; labels of one name stay in order.
    fn sort(&mut self) {
        let Texts { text, pairs } = self;
        work::on(text.len());
        let name = |pair: &Pair| text.get(pair.name.clone()).unwrap_or_default();
        // Their places are in order too.
        pairs.sort_unstable_by(|a, b| (name(a), a.name.start).cmp(&(name(b), b.name.start)));
    }

    /// Replaces everything by the labels of a sample, without `le`.
    fn take(&mut self, sample: &Sample<'_>) {
        self.clear();
        for label in sample.labels() {
            if !label.is_named(LE) {
                self.push(&label.name(), &sample.stored_value(&label));
            }
        }
    }
}

/// An exemplar of one of the buckets.
#[derive(Debug)]
struct Cited {
    labels: Range<usize>,
    value: f64,
    timestamp: Option<i64>,
}

/// A histogram whose classic series are collected, or have been.
#[derive(Debug, Default)]
pub(super) struct Collected {
    name: String,
    labels: Texts,
    exemplar_labels: Texts,
    exemplars: Vec<Cited>,
    pub(super) histogram: NativeHistogram,
    pub(super) timestamp: Option<i64>,
    /// Where the first of its series is.
    pub(super) position: Position,
    /// The labels of another series, to compare them.
    other: Texts,
}

impl Collected {
    /// Begins another histogram with the labels of its first series.
    pub(super) fn begin(&mut self, name: &str, sample: &Sample<'_>, position: Position) {
        self.name.clear();
        self.name.push_str(name);
        self.labels.take(sample);
        self.exemplar_labels.clear();
        self.exemplars.clear();
        self.position = position;
    }

    /// Adds the exemplars of one of its series.
    pub(super) fn cite(&mut self, sample: &Sample<'_>) {
        for exemplar in sample.exemplars() {
            let start = self.exemplar_labels.pairs.len();
            for label in exemplar.labels() {
                self.exemplar_labels.push(&label.name(), &label.value());
            }
            self.exemplars.push(Cited {
                labels: start..self.exemplar_labels.pairs.len(),
                value: exemplar.value(),
                timestamp: exemplar.timestamp(),
            });
        }
    }

    /// Tells whether a series has the same labels, in any order and without `le`.
    pub(super) fn has_labels_of(&mut self, sample: &Sample<'_>) -> bool {
        if self.is_written_as(sample) {
            return true;
        }
        self.other.take(sample);
        if self.other.pairs.len() != self.labels.pairs.len() {
            return false;
        }
        self.other.sort();
        self.labels.sort();
        self.other.iter().eq(self.labels.iter())
    }

    fn is_written_as(&self, sample: &Sample<'_>) -> bool {
        let mut own = self.labels.iter();
        let mut labels = sample.labels().iter().filter(|label| !label.is_named(LE));
        let same = labels.all(|label| {
            let (name, value) = (label.name(), sample.stored_value(&label));
            work::on(name.len() + value.len());
            own.next() == Some((&*name, &*value))
        });
        same && own.next().is_none()
    }

    /// Puts the labels in order: nothing is added any more.
    pub(super) fn complete(&mut self) {
        self.labels.sort();
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Returns the labels by name, without empty ones, which a label builder leaves out.
    pub(super) fn labels(&self) -> CollectedLabels<'_> {
        CollectedLabels {
            texts: &self.labels,
            left: self.labels.pairs.iter(),
        }
    }

    pub(super) fn exemplars(&self) -> impl Iterator<Item = CollectedExemplar<'_>> {
        let exemplars = self.exemplars.iter();
        exemplars.map(|cited| CollectedExemplar {
            collected: self,
            cited,
        })
    }
}

/// The labels of a collected histogram.
#[derive(Debug, Clone)]
pub(super) struct CollectedLabels<'m> {
    texts: &'m Texts,
    left: slice::Iter<'m, Pair>,
}

impl<'m> Iterator for CollectedLabels<'m> {
    type Item = (&'m str, &'m str);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let pair = self.left.find(|pair| !pair.value.is_empty())?;
        Some((self.texts.of(&pair.name), self.texts.of(&pair.value)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.left.len()))
    }
}

/// An exemplar of a collected histogram.
#[derive(Debug, Clone, Copy)]
pub(super) struct CollectedExemplar<'m> {
    collected: &'m Collected,
    cited: &'m Cited,
}

impl<'m> CollectedExemplar<'m> {
    pub(super) fn labels(&self) -> impl Iterator<Item = (&'m str, &'m str)> + use<'m> {
        let texts = &self.collected.exemplar_labels;
        let pairs = texts.pairs.get(self.cited.labels.clone());
        let pairs = pairs.unwrap_or_default().iter();
        pairs.map(|pair| (texts.of(&pair.name), texts.of(&pair.value)))
    }

    pub(super) fn value(&self) -> f64 {
        self.cited.value
    }

    pub(super) fn timestamp(&self) -> Option<i64> {
        self.cited.timestamp
    }
}
