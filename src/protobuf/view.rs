//! Families, samples and exemplars, as seen while the parser is at them.

use std::borrow::Cow;
use std::fmt;

use super::engine::{CurrentExemplars, Engine};
use super::keys::exemplar;
use super::label::{Labels, RawLabel};
use super::metric::{ExemplarData, Timestamp};
use super::wire::Fields;
use crate::model::metric_type::MetricType;
use crate::model::sample_view::{ExemplarView, SampleValue, SampleView};

/// What a parser finds: a family, then each of its samples.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Entry<'m> {
    /// A family that has metrics.
    Family(FamilyEntry<'m>),
    /// A sample of the family before.
    Sample(Sample<'m>),
}

impl<'m> Entry<'m> {
    /// Returns the sample, if it is one.
    #[inline]
    pub fn into_sample(self) -> Option<Sample<'m>> {
        match self {
            Entry::Family(_) => None,
            Entry::Sample(sample) => Some(sample),
        }
    }
}

/// A parser's state, and the family that it is in.
#[derive(Clone, Copy)]
pub(super) struct View<'m> {
    pub(super) engine: &'m Engine,
    pub(super) family: &'m [u8],
}

/// What a family says besides its metrics.
#[derive(Clone, Copy)]
pub struct FamilyEntry<'m>(pub(super) View<'m>);

impl<'m> FamilyEntry<'m> {
    /// Returns the name.
    pub fn name(&self) -> &'m str {
        self.0.engine.family_name()
    }

    /// Returns the type; [`Unknown`](MetricType::Unknown) for `UNTYPED`.
    pub fn metric_type(&self) -> MetricType {
        self.0.engine.metric_type
    }

    /// Returns the help text; empty if there is none.
    pub fn help(&self) -> &'m str {
        let help = self.0.engine.head.help.of(self.0.family);
        // It has been checked.
        std::str::from_utf8(help).unwrap_or_default()
    }

    /// Returns the unit as it is in the body; empty if there is none.
    pub fn raw_unit(&self) -> &'m [u8] {
        self.0.engine.head.unit.of(self.0.family)
    }

    /// Returns the unit; empty if there is none. What is not UTF-8, which Prometheus does not check
    /// ([P20](crate::docs::protobuf#p20)), becomes `�`.
    pub fn unit(&self) -> Cow<'m, str> {
        self.0.engine.head.unit(self.0.family)
    }
}

impl fmt::Debug for FamilyEntry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FamilyEntry")
            .field("name", &self.name())
            .field("metric_type", &self.metric_type())
            .field("help", &self.help())
            .field("unit", &self.unit())
            .finish()
    }
}

/// A sample of a protobuf body.
///
/// The names are those that Prometheus stores ([P24](crate::docs::protobuf#p24)): a histogram `h` has
/// `h_count`, `h_sum`, then `h_bucket` for each bucket, and for `+Inf` also if it is not listed; or, as
/// [`HistogramOptions`](crate::HistogramOptions) say, one sample named `h` whose value is a native
/// histogram.
#[derive(Clone, Copy)]
pub struct Sample<'m>(pub(super) View<'m>);

impl<'m> Sample<'m> {
    /// Returns the name.
    #[inline]
    pub fn name(&self) -> &'m str {
        self.0.engine.sample_name()
    }

    /// Returns the name of the family.
    #[inline]
    pub fn family_name(&self) -> &'m str {
        self.0.engine.family_name()
    }

    /// Returns the labels in the order written, then `le` or `quantile`. A name may be repeated, or be
    /// `__name__`: only storage refuses that ([P30](crate::docs::protobuf#p30),
    /// [P31](crate::docs::protobuf#p31)).
    #[inline]
    pub fn labels(&self) -> impl Iterator<Item = (&'m str, &'m str)> + Clone + use<'m> {
        self.listed().chain(self.bound())
    }

    /// Returns the labels of the metric.
    #[inline]
    pub(crate) fn listed(&self) -> Labels<'m, 'm> {
        let View { engine, family } = self.0;
        engine.labels.view(family)
    }

    /// Returns the label that the metric does not have: `le` or `quantile`.
    #[inline]
    pub(crate) fn bound(&self) -> Option<(&'static str, &'m str)> {
        let sample = &self.0.engine.sample;
        sample.extra.map(|name| (name, sample.bound.current()))
    }

    /// Returns the value.
    #[inline]
    pub fn value(&self) -> SampleValue<'m> {
        let engine = self.0.engine;
        match engine.sample.is_native {
            true => SampleValue::NativeHistogram(&engine.native),
            false => SampleValue::Float(engine.sample.value),
        }
    }

    /// Returns the timestamp in milliseconds since the Unix epoch. 0 cannot be said
    /// ([P27](crate::docs::protobuf#p27)).
    #[inline]
    pub fn timestamp(&self) -> Option<i64> {
        Some(self.0.engine.metric.timestamp).filter(|millis| *millis != 0)
    }

    /// Returns the time since when the metric counts, in milliseconds since the Unix epoch.
    pub fn start_timestamp(&self) -> Option<i64> {
        self.0.engine.start()
    }

    /// Returns the type of the family.
    #[inline]
    pub fn metric_type(&self) -> MetricType {
        self.0.engine.metric_type
    }

    /// Returns the exemplars ([P36](crate::docs::protobuf#p36)): a counter's; a bucket's; of a native
    /// histogram its own, or else those of its classic buckets, as far as they have a timestamp.
    pub fn exemplars(&self) -> impl Iterator<Item = Exemplar<'m>> + use<'m> {
        let View { engine, family } = self.0;
        let metric = &engine.metric;
        let histogram = &metric.histogram;
        let of_buckets = histogram.bucket_exemplars.as_slice();
        let (listed, timed): (&[ExemplarData], bool) = match engine.sample.exemplars {
            CurrentExemplars::None => (&[], false),
            CurrentExemplars::Counter => (metric.counter_exemplar.as_slice(), false),
            CurrentExemplars::Bucket(at) => {
                let exemplar = of_buckets.get(at as usize);
                (exemplar.map_or(&[], std::slice::from_ref), false)
            }
            CurrentExemplars::Native if histogram.exemplars.is_empty() => (of_buckets, true),
            CurrentExemplars::Native => (&histogram.exemplars, true),
        };
        let listed = listed.iter();
        let listed = listed.filter(move |data| !timed || data.timestamp.is_some());
        listed.map(move |data| Exemplar { data, family })
    }
}

impl fmt::Debug for Sample<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sample")
            .field("name", &self.name())
            .field("labels", &self.labels().collect::<Vec<_>>())
            .field("value", &self.value())
            .field("timestamp", &self.timestamp())
            .finish_non_exhaustive()
    }
}

impl SampleView for Sample<'_> {
    #[inline]
    fn name<'s>(&'s self) -> Cow<'s, str> {
        Cow::Borrowed(self.name())
    }

    #[inline]
    fn labels<'s>(&'s self) -> impl Iterator<Item = (Cow<'s, str>, Cow<'s, str>)> {
        let labels = self.labels();
        labels.map(|(name, value)| (Cow::Borrowed(name), Cow::Borrowed(value)))
    }

    #[inline]
    fn value(&self) -> SampleValue<'_> {
        self.value()
    }

    #[inline]
    fn timestamp(&self) -> Option<i64> {
        self.timestamp()
    }

    fn start_timestamp(&self) -> Option<i64> {
        self.start_timestamp()
    }

    fn metric_type(&self) -> MetricType {
        self.metric_type()
    }

    fn exemplars<'s>(&'s self) -> impl Iterator<Item = impl ExemplarView + 's> {
        self.exemplars()
    }
}

/// An exemplar of a protobuf body.
#[derive(Clone, Copy)]
pub struct Exemplar<'m> {
    pub(super) data: &'m ExemplarData,
    pub(super) family: &'m [u8],
}

impl<'m> Exemplar<'m> {
    /// Returns the names and values of the labels, in the order written. What is not UTF-8, which
    /// Prometheus does not check ([P36](crate::docs::protobuf#p36)), becomes `�`.
    pub fn labels(&self) -> impl Iterator<Item = (Cow<'m, str>, Cow<'m, str>)> + use<'m> {
        lossy(self.raw_labels())
    }

    /// Returns the names and values of the labels as they are in the body, in the order written.
    pub fn raw_labels(&self) -> impl Iterator<Item = (&'m [u8], &'m [u8])> + use<'m> {
        labels_of(self.data, self.family)
    }

    /// Returns the observed value.
    pub fn value(&self) -> f64 {
        self.data.value
    }

    /// Returns the time of the observation, in milliseconds since the Unix epoch.
    pub fn timestamp(&self) -> Option<i64> {
        self.data.timestamp.map(Timestamp::millis)
    }
}

impl fmt::Debug for Exemplar<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exemplar")
            .field("labels", &self.labels().collect::<Vec<_>>())
            .field("value", &self.value())
            .field("timestamp", &self.timestamp())
            .finish()
    }
}

impl ExemplarView for Exemplar<'_> {
    fn labels<'s>(&'s self) -> impl Iterator<Item = (Cow<'s, str>, Cow<'s, str>)> {
        self.labels()
    }

    fn value(&self) -> f64 {
        self.value()
    }

    fn timestamp(&self) -> Option<i64> {
        self.timestamp()
    }
}

/// Returns the labels of an exemplar as they are in the family.
pub(super) fn labels_of<'e, 'm>(
    data: &'e ExemplarData,
    family: &'m [u8],
) -> impl Iterator<Item = (&'m [u8], &'m [u8])> + use<'e, 'm> {
    let parts = std::iter::once(&data.first).chain(&data.more);
    let labels = parts.flat_map(move |part| {
        // They have been read before: there is no fault.
        let mut fields = Fields::new(family, *part);
        std::iter::from_fn(move || {
            while let Ok(Some((key, at))) = fields.key() {
                if key == exemplar::LABEL {
                    return RawLabel::read(family, fields.part().ok()?).ok();
                }
                fields.pass(key, at).ok()?;
            }
            None
        })
    });
    labels.map(move |label| (label.name.of(family), label.value.of(family)))
}

/// Makes text of names and values; what is not UTF-8 becomes `�`.
pub(super) fn lossy<'m>(
    labels: impl Iterator<Item = (&'m [u8], &'m [u8])>,
) -> impl Iterator<Item = (Cow<'m, str>, Cow<'m, str>)> {
    let text = |bytes: &'m [u8]| String::from_utf8_lossy(bytes);
    labels.map(move |(name, value)| (text(name), text(value)))
}
