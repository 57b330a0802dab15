//! What becomes a row: a sample, and what is known of it besides.

use std::borrow::Cow;

use super::column::{LE, QUANTILE};
use crate::model::metric_type::MetricType;
use crate::model::sample_view::SampleView;
use crate::number::decode;
use crate::samples::AnySample;
use crate::text::sample::{Sample, respelled};

/// A sample that can be a row: a line of a text format, or what a scrape makes of a body.
pub(super) trait RowSample: SampleView {
    /// Returns the name as it is written.
    fn written_name(&self) -> Cow<'_, [u8]>;

    /// Returns what kind of sample it is: one of the same name but of another kind may be of another family.
    fn kind(&self) -> SampleKind;

    /// Returns the name and the type of the family that the sample belongs to.
    fn family(&self) -> (Cow<'_, str>, MetricType);

    /// Gives each label to `take`, in the order written and with the value that a scrape stores, for which there is
    /// room in `spelled`.
    fn each_label(&self, spelled: &mut String, take: impl FnMut(&str, &str));

    /// Returns the labels `le` and `quantile`, as far as they are numbers, at less cost than giving all labels.
    fn numbers(&self, spelled: &mut String) -> Numbers {
        let mut numbers = Numbers::default();
        self.each_label(spelled, |name, value| {
            numbers.see(name.as_bytes(), value);
        });
        numbers
    }

    /// Tells whether there are exemplars, at less cost than asking for them.
    fn has_exemplars(&self) -> bool;
}

impl RowSample for Sample<'_> {
    #[inline]
    fn written_name(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(self.raw_name())
    }

    #[inline]
    fn kind(&self) -> SampleKind {
        SampleKind::Line {
            is_declared: self.is_declared(),
        }
    }

    fn family(&self) -> (Cow<'_, str>, MetricType) {
        self.family()
    }

    #[inline]
    fn each_label(&self, spelled: &mut String, mut take: impl FnMut(&str, &str)) {
        let scope = self.preceding_type();
        for label in self.labels() {
            let value = label.value();
            match respelled(scope, label.raw_name(), &value) {
                None => take(&label.name(), &value),
                Some(spelling) => {
                    spelled.clear();
                    spelling.push_to(spelled);
                    take(&label.name(), spelled);
                }
            }
        }
    }

    #[inline]
    fn numbers(&self, _: &mut String) -> Numbers {
        let mut numbers = Numbers::default();
        for label in self.labels() {
            // As it is written: no spelling changes the number.
            let name = label.raw_name();
            if Numbers::are_of(name) {
                numbers.see(name, &label.value());
            }
        }
        numbers
    }

    #[inline]
    fn has_exemplars(&self) -> bool {
        self.exemplar().is_some()
    }
}

impl RowSample for AnySample<'_> {
    fn written_name(&self) -> Cow<'_, [u8]> {
        match self.name() {
            Cow::Borrowed(name) => Cow::Borrowed(name.as_bytes()),
            Cow::Owned(name) => Cow::Owned(name.into_bytes()),
        }
    }

    fn kind(&self) -> SampleKind {
        let is_declared = self.line().is_some_and(Sample::is_declared);
        match (self.as_text(), self.line()) {
            (Some(_), _) => SampleKind::Line { is_declared },
            (None, Some(_)) => SampleKind::Part { is_declared },
            (None, None) => SampleKind::Other,
        }
    }

    fn family(&self) -> (Cow<'_, str>, MetricType) {
        (self.family_name(), self.metric_type())
    }

    fn each_label(&self, _: &mut String, mut take: impl FnMut(&str, &str)) {
        self.labels().for_each(|(name, value)| take(&name, &value));
    }

    fn has_exemplars(&self) -> bool {
        self.exemplars().next().is_some()
    }
}

/// A kind of sample. A line is declared if the last TYPE line before it was not skipped by a filter.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum SampleKind {
    /// A line of text.
    Line { is_declared: bool },
    /// One of several on a line of text.
    Part { is_declared: bool },
    /// A sample of protobuf, or a histogram that was converted.
    #[default]
    Other,
}

/// A sample's labels `le` and `quantile`, as numbers: of each, the first that is not empty.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Numbers {
    le: Number,
    quantile: Number,
}

#[derive(Debug, Default, Clone, Copy)]
struct Number {
    number: Option<f64>,
    is_set: bool,
}

impl Numbers {
    /// Tells whether this is the name of one of them.
    #[inline]
    pub(super) fn are_of(name: &[u8]) -> bool {
        name == LE.as_bytes() || name == QUANTILE.as_bytes()
    }

    /// Takes a label. Returns whether it is one of the numbers.
    #[inline]
    pub(super) fn see(&mut self, name: &[u8], value: &str) -> bool {
        let number = match name {
            name if name == LE.as_bytes() => &mut self.le,
            name if name == QUANTILE.as_bytes() => &mut self.quantile,
            _ => return false,
        };
        if value.is_empty() || number.is_set {
            return false;
        }
        number.is_set = true;
        // What is stored for a zero has no sign.
        number.number = decode::go_parse_float(value).map(|number| number + 0.0);
        number.number.is_some()
    }

    pub(super) fn le(self) -> Option<f64> {
        self.le.number
    }

    pub(super) fn quantile(self) -> Option<f64> {
        self.quantile.number
    }
}

/// The metric that samples of one name are of. Samples that follow one another often have the same.
#[derive(Debug, Default)]
pub(super) struct Metric {
    pub(super) name: String,
    pub(super) family: String,
    pub(super) metric_type: MetricType,
    /// The unit; empty if there is none.
    pub(super) unit: String,
    /// Differs from that of the metric before.
    pub(super) number: u64,
}

/// A row.
#[derive(Debug)]
pub(super) struct Row<'r, S> {
    pub(super) target: &'r str,
    pub(super) scraped_at: Option<i64>,
    pub(super) metric: &'r Metric,
    pub(super) sample: &'r S,
}
