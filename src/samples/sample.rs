//! A sample of any format, as Prometheus stores it.

use std::borrow::Cow;
use std::fmt;

use super::collected::{Collected, CollectedExemplar};
use super::labels::{AnyLabels, TextLabels};
use super::parts::Part;
use super::spelled::Spelling;
use crate::model::metric_type::MetricType;
use crate::model::sample_view::{ExemplarView, SampleValue, SampleView, exact};
use crate::protobuf::{self, FamilyEntry};
use crate::text::exemplar::Exemplar;
use crate::text::line::Line;
use crate::text::sample::Sample;

/// What a body of any format has: samples, and what is said of them.
#[derive(Debug)]
#[non_exhaustive]
pub enum SampleEntry<'m> {
    /// A line of a text format that is not a sample.
    Line(Line<'m>),
    /// A family of a protobuf body, before its samples.
    Family(FamilyEntry<'m>),
    /// A sample.
    Sample(AnySample<'m>),
}

/// A sample of any format, as Prometheus stores it: [`SampleView`] has its parts.
///
/// Its labels have the values that are stored: `le` and `quantile` in their canonical spelling
/// ([T44](crate::docs::text#t44)). Its value may be a native histogram, see
/// [`HistogramOptions`](crate::HistogramOptions).
pub struct AnySample<'m> {
    kind: Kind<'m>,
}

enum Kind<'m> {
    Text {
        sample: Sample<'m>,
        /// Not if they belong to a converted histogram.
        has_exemplars: bool,
        spelling: &'m Spelling,
    },
    /// A part of a line.
    Part {
        sample: Sample<'m>,
        part: &'m Part,
        spelling: &'m Spelling,
    },
    Protobuf(protobuf::Sample<'m>),
    Converted(&'m Collected),
}

impl<'m> AnySample<'m> {
    #[inline(always)]
    pub(super) fn text(sample: Sample<'m>, has_exemplars: bool, spelling: &'m Spelling) -> Self {
        AnySample {
            kind: Kind::Text {
                sample,
                has_exemplars,
                spelling,
            },
        }
    }

    pub(super) fn part(sample: Sample<'m>, part: &'m Part, spelling: &'m Spelling) -> Self {
        AnySample {
            kind: Kind::Part {
                sample,
                part,
                spelling,
            },
        }
    }

    #[inline]
    pub(super) fn protobuf(sample: protobuf::Sample<'m>) -> Self {
        AnySample {
            kind: Kind::Protobuf(sample),
        }
    }

    pub(super) fn converted(collected: &'m Collected) -> Self {
        AnySample {
            kind: Kind::Converted(collected),
        }
    }

    /// Returns the sample as it is written, if it is a line of a text format, and not one of several on a
    /// line.
    pub fn as_text(&self) -> Option<&Sample<'m>> {
        match &self.kind {
            Kind::Text { sample, .. } => Some(sample),
            Kind::Part { .. } | Kind::Protobuf(_) | Kind::Converted(_) => None,
        }
    }

    /// Returns the line of a text format that the sample is, or is a part of.
    #[cfg(feature = "arrow")]
    pub(crate) fn line(&self) -> Option<&Sample<'m>> {
        match &self.kind {
            Kind::Text { sample, .. } | Kind::Part { sample, .. } => Some(sample),
            Kind::Protobuf(_) | Kind::Converted(_) => None,
        }
    }

    /// Returns the name of the family that the sample belongs to. Lines of text belong to the family in the
    /// last TYPE line or to one with their own name, as [`Sample::family_name`] tells.
    ///
    /// ```
    /// use exposition::{Dialect, Samples};
    ///
    /// let body = "# TYPE requests counter\nrequests_total 3\n# EOF\n";
    /// let mut samples = Samples::with_dialect(body, Dialect::OpenMetrics);
    /// assert_eq!(samples.next_sample()?.unwrap().family_name(), "requests");
    /// # Ok::<(), exposition::Error>(())
    /// ```
    #[must_use]
    pub fn family_name(&self) -> Cow<'_, str> {
        match &self.kind {
            Kind::Text { sample, .. } => sample.family_name(),
            // All samples of a family of OpenMetrics 2.0 have its name.
            Kind::Part { sample, .. } => sample.name(),
            Kind::Protobuf(sample) => Cow::Borrowed(sample.family_name()),
            Kind::Converted(collected) => Cow::Borrowed(collected.name()),
        }
    }

    /// Returns the value, which lives as long as what it is lent from.
    #[cfg(feature = "relabel")]
    pub(crate) fn into_value(self) -> SampleValue<'m> {
        match self.kind {
            Kind::Text { sample, .. } => SampleValue::Float(sample.value()),
            Kind::Part { part, .. } => part.value(),
            Kind::Protobuf(sample) => sample.value(),
            Kind::Converted(collected) => SampleValue::NativeHistogram(&collected.histogram),
        }
    }

    /// Returns the type in the last TYPE line before a line of a text format.
    #[cfg(feature = "relabel")]
    pub(crate) fn preceding_type(&self) -> MetricType {
        let sample = self.as_text();
        sample.map_or(MetricType::Unknown, Sample::preceding_type)
    }

    /// Returns the same sample, as if the last TYPE line had declared `kind`.
    #[cfg(feature = "relabel")]
    pub(crate) fn under(self, kind: MetricType) -> Self {
        match self.kind {
            Kind::Text {
                sample,
                has_exemplars,
                spelling,
            } => Self::text(sample.under(kind), has_exemplars, spelling),
            kind @ (Kind::Part { .. } | Kind::Protobuf(_) | Kind::Converted(_)) => {
                AnySample { kind }
            }
        }
    }
}

impl SampleView for AnySample<'_> {
    #[inline(always)]
    fn name<'s>(&'s self) -> Cow<'s, str> {
        match &self.kind {
            Kind::Text { sample, .. } => sample.name(),
            Kind::Part { part, .. } => Cow::Borrowed(&part.name),
            Kind::Protobuf(sample) => Cow::Borrowed(sample.name()),
            Kind::Converted(collected) => Cow::Borrowed(collected.name()),
        }
    }

    #[inline(always)]
    fn labels<'s>(&'s self) -> impl Iterator<Item = (Cow<'s, str>, Cow<'s, str>)> {
        match &self.kind {
            Kind::Text {
                sample, spelling, ..
            } => AnyLabels::text(TextLabels::new(sample, true, spelling), None),
            Kind::Part {
                sample,
                part,
                spelling,
            } => {
                let listed = TextLabels::new(sample, part.respells(), spelling);
                AnyLabels::text(listed, part.label())
            }
            Kind::Protobuf(sample) => AnyLabels::protobuf(sample),
            Kind::Converted(collected) => AnyLabels::converted(collected.labels()),
        }
    }

    fn label<'s>(&'s self, name: &str) -> Option<Cow<'s, str>> {
        match &self.kind {
            Kind::Text {
                sample, spelling, ..
            } => TextLabels::new(sample, true, spelling).find(name),
            Kind::Part { .. } | Kind::Protobuf(_) | Kind::Converted(_) => {
                let mut labels = self.labels();
                labels.find_map(|(label, value)| (label == name).then_some(value))
            }
        }
    }

    #[inline(always)]
    fn value(&self) -> SampleValue<'_> {
        match &self.kind {
            Kind::Text { sample, .. } => SampleValue::Float(sample.value()),
            Kind::Part { part, .. } => part.value(),
            Kind::Protobuf(sample) => sample.value(),
            Kind::Converted(collected) => SampleValue::NativeHistogram(&collected.histogram),
        }
    }

    fn integer(&self) -> Option<u64> {
        match &self.kind {
            Kind::Text { sample, .. } => sample.integer(),
            Kind::Protobuf(sample) => sample.integer(),
            Kind::Part { part, .. } => part.value().as_f64().and_then(exact),
            Kind::Converted(_) => None,
        }
    }

    #[inline(always)]
    fn timestamp(&self) -> Option<i64> {
        match &self.kind {
            Kind::Text { sample, .. } | Kind::Part { sample, .. } => sample.timestamp(),
            Kind::Protobuf(sample) => sample.timestamp(),
            Kind::Converted(collected) => collected.timestamp,
        }
    }

    fn start_timestamp(&self) -> Option<i64> {
        match &self.kind {
            Kind::Protobuf(sample) => sample.start_timestamp(),
            Kind::Text { sample, .. } | Kind::Part { sample, .. } => sample.start_timestamp(),
            Kind::Converted(_) => None,
        }
    }

    fn metric_type(&self) -> MetricType {
        match &self.kind {
            Kind::Text { sample, .. } | Kind::Part { sample, .. } => sample.metric_type(),
            Kind::Protobuf(sample) => sample.metric_type(),
            Kind::Converted(_) => MetricType::Histogram,
        }
    }

    fn exemplars<'s>(&'s self) -> impl Iterator<Item = impl ExemplarView + 's> {
        let (mut text, mut protobuf, mut converted) = (None, None, None);
        match &self.kind {
            Kind::Text {
                sample,
                has_exemplars,
                ..
            } => text = has_exemplars.then(|| sample.exemplars()),
            Kind::Part { sample, part, .. } => {
                text = part.has_exemplars.then(|| sample.exemplars());
            }
            Kind::Protobuf(sample) => protobuf = Some(sample.exemplars()),
            Kind::Converted(collected) => converted = Some(collected.exemplars()),
        }
        let text = text.into_iter().flatten().map(AnyExemplar::Text);
        let protobuf = protobuf.into_iter().flatten().map(AnyExemplar::Protobuf);
        let converted = converted.into_iter().flatten().map(AnyExemplar::Converted);
        text.chain(protobuf).chain(converted)
    }
}

impl fmt::Debug for AnySample<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnySample")
            .field("name", &self.name())
            .field("labels", &self.labels().collect::<Vec<_>>())
            .field("value", &self.value())
            .field("timestamp", &self.timestamp())
            .finish_non_exhaustive()
    }
}

/// An exemplar of any format.
enum AnyExemplar<'m> {
    Text(Exemplar<'m>),
    Protobuf(protobuf::Exemplar<'m>),
    Converted(CollectedExemplar<'m>),
}

impl ExemplarView for AnyExemplar<'_> {
    fn labels<'s>(&'s self) -> impl Iterator<Item = (Cow<'s, str>, Cow<'s, str>)> {
        let (mut text, mut protobuf, mut converted) = (None, None, None);
        match self {
            AnyExemplar::Text(exemplar) => text = Some(exemplar.labels()),
            AnyExemplar::Protobuf(exemplar) => protobuf = Some(exemplar.labels()),
            AnyExemplar::Converted(exemplar) => converted = Some(exemplar.labels()),
        }
        let text = text.into_iter().flatten();
        let text = text.map(|label| (label.name(), label.value()));
        let converted = converted.into_iter().flatten();
        let converted = converted.map(|(name, value)| (Cow::Borrowed(name), Cow::Borrowed(value)));
        let protobuf = protobuf.into_iter().flatten();
        text.chain(protobuf).chain(converted)
    }

    fn value(&self) -> f64 {
        match self {
            AnyExemplar::Text(exemplar) => exemplar.value(),
            AnyExemplar::Protobuf(exemplar) => exemplar.value(),
            AnyExemplar::Converted(exemplar) => exemplar.value(),
        }
    }

    fn timestamp(&self) -> Option<i64> {
        match self {
            AnyExemplar::Text(exemplar) => exemplar.timestamp(),
            AnyExemplar::Protobuf(exemplar) => exemplar.timestamp(),
            AnyExemplar::Converted(exemplar) => exemplar.timestamp(),
        }
    }
}
