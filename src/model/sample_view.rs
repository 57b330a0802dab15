//! What all samples have in common.

use std::borrow::Cow;
use std::fmt;

use crate::model::composite::Composite;
use crate::model::metric_type::MetricType;
use crate::model::native_histogram::NativeHistogram;
use crate::number::go_float::shortest;

/// The common view of all samples: lines of a body ([`Sample`](crate::Sample),
/// [`OwnedSample`](crate::OwnedSample)), typed families ([`FamilySample`](crate::FamilySample)), repeated
/// reads of one target ([`CachedSample`](crate::cache::CachedSample)), and what a scrape stores.
///
/// Code that takes a `SampleView` works for all of them, and for those of future formats:
///
/// ```
/// use std::collections::BTreeMap;
/// use exposition::{Dialect, Families, Line, Parser, SampleView, ScrapeCache};
///
/// fn count(series: &mut BTreeMap<String, usize>, sample: &impl SampleView) {
///     *series.entry(sample.name().into_owned()).or_default() += 1;
/// }
///
/// let body = b"# TYPE up gauge\nup{job=\"a\"} 1\nup{job=\"b\"} 0\nbuild_info 1\n";
/// let (mut lines, mut families, mut cached) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
/// for line in Parser::text(body) {
///     if let Line::Sample(sample) = line? {
///         count(&mut lines, &sample);
///     }
/// }
/// for family in Families::new(body, Dialect::Text) {
///     family?.samples().for_each(|sample| count(&mut families, &sample));
/// }
/// for sample in ScrapeCache::new().read(body, Dialect::Text).samples() {
///     count(&mut cached, &sample?);
/// }
/// assert_eq!(lines, BTreeMap::from([("build_info".into(), 1), ("up".into(), 2)]));
/// assert_eq!((&families, &cached), (&lines, &lines));
/// # Ok::<(), exposition::Error>(())
/// ```
///
/// The trait is for generic code: there is no `dyn SampleView`. If a type has a method of the same name,
/// a plain call means that one; it may tell more.
pub trait SampleView {
    /// Returns the metric's name, unescaped; empty if the sample has none, which rules can bring about.
    fn name<'s>(&'s self) -> Cow<'s, str>;

    /// Returns the names and values of the labels, unescaped, without the metric's name. In the order
    /// written, or sorted by name where they are stored.
    fn labels<'s>(&'s self) -> impl Iterator<Item = (Cow<'s, str>, Cow<'s, str>)>;

    /// Returns the value of the first label named `name`. The metric's name is not a label, and a label
    /// whose name is not UTF-8 cannot be found.
    fn label<'s>(&'s self, name: &str) -> Option<Cow<'s, str>> {
        let mut labels = self.labels();
        labels.find_map(|(label, value)| (label == name).then_some(value))
    }

    /// Returns the value.
    fn value(&self) -> SampleValue<'_>;

    /// Returns the value as a whole number, if it is exactly that and not negative. From 2⁵³ on, where a
    /// float may have been rounded, this needs a sample whose text is at hand ([`Sample`](crate::Sample),
    /// [`OwnedSample`](crate::OwnedSample) and that of a cache) and spells the number in digits; other
    /// samples return `None`.
    fn integer(&self) -> Option<u64> {
        self.value().as_f64().and_then(exact)
    }

    /// Returns the sample's own timestamp, in milliseconds since the Unix epoch.
    fn timestamp(&self) -> Option<i64>;

    /// Returns the time since when the value counts, in milliseconds since the Unix epoch. `None` if it
    /// is missing, or written on a line of its own: OpenMetrics' `_created` lines reach their samples in
    /// [families](crate::Families).
    fn start_timestamp(&self) -> Option<i64> {
        None
    }

    /// Returns the type of the family that the sample belongs to; [`Unknown`](MetricType::Unknown) if it
    /// is not declared or not kept: stored samples have no type.
    fn metric_type(&self) -> MetricType {
        MetricType::Unknown
    }

    /// Returns the sample's exemplars.
    fn exemplars<'s>(&'s self) -> impl Iterator<Item = impl ExemplarView + 's>;
}

/// The common view of all exemplars; see [`SampleView::exemplars`].
pub trait ExemplarView {
    /// Returns the names and values of the labels, often a `trace_id`, in the order written.
    fn labels<'s>(&'s self) -> impl Iterator<Item = (Cow<'s, str>, Cow<'s, str>)>;

    /// Returns the observed value.
    fn value(&self) -> f64;

    /// Returns the time of the observation, in milliseconds since the Unix epoch.
    fn timestamp(&self) -> Option<i64>;
}

/// The value of a sample: a number, or a whole histogram.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum SampleValue<'s> {
    /// A number.
    Float(f64),
    /// A native histogram.
    NativeHistogram(&'s NativeHistogram),
    /// A histogram or a summary as OpenMetrics 2.0 writes it on one line. Only lines have it:
    /// [`Samples`](crate::Samples) gives its parts as a scrape stores them.
    Composite(Composite<'s>),
}

impl<'s> SampleValue<'s> {
    /// Returns the number, if the value is a single one.
    #[inline]
    #[must_use]
    pub fn as_f64(self) -> Option<f64> {
        match self {
            SampleValue::Float(number) => Some(number),
            SampleValue::NativeHistogram(_) | SampleValue::Composite(_) => None,
        }
    }

    /// Returns the native histogram, if the value is one.
    #[inline]
    #[must_use]
    pub fn as_native_histogram(self) -> Option<&'s NativeHistogram> {
        match self {
            SampleValue::Float(_) | SampleValue::Composite(_) => None,
            SampleValue::NativeHistogram(histogram) => Some(histogram),
        }
    }

    /// Returns the histogram or summary of OpenMetrics 2.0, if the value is one.
    #[inline]
    #[must_use]
    pub fn as_composite(self) -> Option<Composite<'s>> {
        match self {
            SampleValue::Float(_) | SampleValue::NativeHistogram(_) => None,
            SampleValue::Composite(composite) => Some(composite),
        }
    }
}

impl From<f64> for SampleValue<'_> {
    fn from(number: f64) -> Self {
        SampleValue::Float(number)
    }
}

impl fmt::Display for SampleValue<'_> {
    /// Writes the number as Prometheus spells it, or the histogram as it [displays](NativeHistogram).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SampleValue::Float(number) => shortest(*number).fmt(f),
            SampleValue::NativeHistogram(histogram) => histogram.fmt(f),
            SampleValue::Composite(composite) => composite.fmt(f),
        }
    }
}

impl PartialEq for SampleValue<'_> {
    /// Compares numbers by their bits, so that NaN equals itself.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (SampleValue::Float(a), SampleValue::Float(b)) => a.to_bits() == b.to_bits(),
            (SampleValue::NativeHistogram(a), SampleValue::NativeHistogram(b)) => a == b,
            (SampleValue::Composite(a), SampleValue::Composite(b)) => a == b,
            (
                SampleValue::Float(_) | SampleValue::NativeHistogram(_) | SampleValue::Composite(_),
                _,
            ) => false,
        }
    }
}

impl PartialEq<f64> for SampleValue<'_> {
    /// Compares with a number as numbers are compared: NaN equals nothing.
    fn eq(&self, other: &f64) -> bool {
        self.as_f64().is_some_and(|number| number == *other)
    }
}

/// Returns the whole number that a float is, as long as no other rounds to the same float.
pub(crate) fn exact(number: f64) -> Option<u64> {
    const TWO_TO_53: f64 = 9_007_199_254_740_992.0;
    let is_exact = (0.0..TWO_TO_53).contains(&number) && number.fract() == 0.0;
    is_exact.then_some(number as u64)
}

impl<V: SampleView + ?Sized> SampleView for &V {
    fn name<'s>(&'s self) -> Cow<'s, str> {
        (**self).name()
    }

    fn labels<'s>(&'s self) -> impl Iterator<Item = (Cow<'s, str>, Cow<'s, str>)> {
        (**self).labels()
    }

    fn label<'s>(&'s self, name: &str) -> Option<Cow<'s, str>> {
        (**self).label(name)
    }

    fn value(&self) -> SampleValue<'_> {
        (**self).value()
    }

    fn integer(&self) -> Option<u64> {
        (**self).integer()
    }

    fn timestamp(&self) -> Option<i64> {
        (**self).timestamp()
    }

    fn start_timestamp(&self) -> Option<i64> {
        (**self).start_timestamp()
    }

    fn metric_type(&self) -> MetricType {
        (**self).metric_type()
    }

    fn exemplars<'s>(&'s self) -> impl Iterator<Item = impl ExemplarView + 's> {
        (**self).exemplars()
    }
}

impl<V: ExemplarView + ?Sized> ExemplarView for &V {
    fn labels<'s>(&'s self) -> impl Iterator<Item = (Cow<'s, str>, Cow<'s, str>)> {
        (**self).labels()
    }

    fn value(&self) -> f64 {
        (**self).value()
    }

    fn timestamp(&self) -> Option<i64> {
        (**self).timestamp()
    }
}
