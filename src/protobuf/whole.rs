//! Families and metrics as a whole, for those who make typed families of them.

use std::borrow::Cow;

use super::engine::Engine;
use super::label::Labels;
use super::metric::{ExemplarData, MetricData};
use super::view::{labels_of, lossy};
use crate::error::{Error, ErrorKind};
use crate::model::metric_type::MetricType;
use crate::model::native_histogram::NativeHistogram;

/// The current family and metric of a parser.
#[derive(Clone, Copy)]
pub(crate) struct Whole<'e, 'm> {
    pub(super) engine: &'e Engine,
    pub(super) family: &'m [u8],
}

impl<'e, 'm> Whole<'e, 'm> {
    /// Returns the family's name; `None` if it has no metrics and a wrong name, help text or type.
    pub(crate) fn name(self) -> Option<&'m str> {
        let checked = self.engine.head.check(self.family);
        checked.ok().map(|(name, _)| name)
    }

    pub(crate) fn metric_type(self) -> MetricType {
        self.engine.head.metric_type().unwrap_or_default()
    }

    pub(crate) fn help(self) -> Option<&'m str> {
        let help = std::str::from_utf8(self.engine.head.help.of(self.family)).ok();
        help.filter(|help| !help.is_empty())
    }

    pub(crate) fn unit(self) -> Option<Cow<'m, str>> {
        Some(self.engine.head.unit(self.family)).filter(|unit| !unit.is_empty())
    }

    /// Returns what the metric says.
    pub(crate) fn metric(self) -> &'e MetricData {
        &self.engine.metric
    }

    /// Returns the metric's native histogram, if it has one.
    pub(crate) fn native(self) -> Option<&'e NativeHistogram> {
        let is_native = self.engine.metric.histogram.is_native();
        is_native.then_some(&self.engine.native)
    }

    /// Returns the metric's labels, of which nothing is missing and all is UTF-8.
    pub(crate) fn labels(self) -> Labels<'e, 'm> {
        self.engine.labels.view_in(self.family)
    }

    pub(crate) fn timestamp(self) -> Option<i64> {
        Some(self.engine.metric.timestamp).filter(|millis| *millis != 0)
    }

    /// Returns the labels of one of the metric's exemplars.
    pub(crate) fn exemplar_labels(
        self,
        data: &'e ExemplarData,
    ) -> impl Iterator<Item = (Cow<'m, str>, Cow<'m, str>)> + use<'e, 'm> {
        lossy(labels_of(data, self.family))
    }

    /// Returns the error for one of the metric's labels.
    #[cold]
    pub(crate) fn label_error(self, kind: ErrorKind, label: usize) -> Error {
        self.engine.label_error(kind, label, self.family)
    }
}
