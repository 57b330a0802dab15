//! A sample of any format, as Prometheus stores it.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::fmt::{self, Write as _};

use super::collected::{Collected, CollectedExemplar};
use super::parts::Part;
use crate::model::metric_type::MetricType;
use crate::model::sample_view::{ExemplarView, SampleValue, SampleView, exact};
use crate::protobuf::{self, FamilyEntry};
use crate::text::exemplar::Exemplar;
use crate::text::labels::Label;
use crate::text::line::Line;
use crate::text::sample::{Sample, respelled};

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
    /// The canonical spelling of a label's value, once it was asked for.
    respelled: OnceCell<Spelled>,
}

enum Kind<'m> {
    Text {
        sample: Sample<'m>,
        /// Not if they belong to a converted histogram.
        has_exemplars: bool,
    },
    /// A part of a line.
    Part {
        sample: Sample<'m>,
        part: &'m Part,
    },
    Protobuf(protobuf::Sample<'m>),
    Converted(&'m Collected),
}

impl<'m> AnySample<'m> {
    fn new(kind: Kind<'m>) -> Self {
        AnySample {
            kind,
            respelled: OnceCell::new(),
        }
    }

    pub(super) fn text(sample: Sample<'m>, has_exemplars: bool) -> Self {
        Self::new(Kind::Text {
            sample,
            has_exemplars,
        })
    }

    pub(super) fn part(sample: Sample<'m>, part: &'m Part) -> Self {
        Self::new(Kind::Part { sample, part })
    }

    pub(super) fn protobuf(sample: protobuf::Sample<'m>) -> Self {
        Self::new(Kind::Protobuf(sample))
    }

    pub(super) fn converted(collected: &'m Collected) -> Self {
        Self::new(Kind::Converted(collected))
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
            } => Self::text(sample.under(kind), has_exemplars),
            kind @ (Kind::Part { .. } | Kind::Protobuf(_) | Kind::Converted(_)) => Self::new(kind),
        }
    }

    /// Returns the value that is stored for a label of a line. Does not allocate, unless two labels are
    /// respelled differently.
    fn stored<'s>(&'s self, sample: &Sample<'m>, label: &Label<'m>) -> Cow<'s, str> {
        let value = label.value();
        let Some(spelling) = respelled(sample.shape.scope, label.raw_name(), &value) else {
            return value;
        };
        let spelled = self.respelled.get_or_init(|| {
            let mut spelled = Spelled::default();
            // What does not fit is not what is looked for.
            _ = write!(spelled, "{spelling}");
            spelled
        });
        match spelling.is_spelled(spelled.as_str()) {
            true => Cow::Borrowed(spelled.as_str()),
            false => Cow::Owned(spelling.to_string()),
        }
    }
}

/// The longest spelling of a float: `-1.2345678901234567e-100`, and some room.
const LONGEST: usize = 32;

/// A float in its canonical spelling.
#[derive(Default)]
struct Spelled {
    bytes: [u8; LONGEST],
    len: usize,
}

impl Spelled {
    fn as_str(&self) -> &str {
        let text = self.bytes.get(..self.len).unwrap_or_default();
        std::str::from_utf8(text).unwrap_or_default()
    }
}

impl fmt::Write for Spelled {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        let end = self.len + piece.len();
        let room = self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?;
        room.copy_from_slice(piece.as_bytes());
        self.len = end;
        Ok(())
    }
}

impl SampleView for AnySample<'_> {
    fn name<'s>(&'s self) -> Cow<'s, str> {
        match &self.kind {
            Kind::Text { sample, .. } => sample.name(),
            Kind::Part { part, .. } => Cow::Borrowed(&part.name),
            Kind::Protobuf(sample) => Cow::Borrowed(sample.name()),
            Kind::Converted(collected) => Cow::Borrowed(collected.name()),
        }
    }

    fn labels<'s>(&'s self) -> impl Iterator<Item = (Cow<'s, str>, Cow<'s, str>)> {
        let (mut text, mut protobuf, mut converted) = (None, None, None);
        let mut of_part = None;
        let text_of = |sample: &'s Sample<'_>, respells: bool| {
            let labels = sample.labels().iter();
            labels.map(move |label| match respells {
                true => (label.name(), self.stored(sample, &label)),
                false => (label.name(), label.value()),
            })
        };
        match &self.kind {
            Kind::Text { sample, .. } => text = Some(text_of(sample, true)),
            Kind::Part { sample, part } => {
                text = Some(text_of(sample, part.respells()));
                of_part = part.label();
            }
            Kind::Protobuf(sample) => protobuf = Some(sample.labels()),
            Kind::Converted(collected) => converted = Some(collected.labels()),
        }
        let protobuf = protobuf.into_iter().flatten();
        let converted = converted.into_iter().flatten();
        let others = of_part.into_iter().chain(protobuf).chain(converted);
        let others = others.map(|(name, value)| (Cow::Borrowed(name), Cow::Borrowed(value)));
        text.into_iter().flatten().chain(others)
    }

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
            } => text = has_exemplars.then(|| sample.exemplars()),
            Kind::Part { sample, part } => {
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
