//! What samples of every kind have in common.

use std::borrow::Cow;

use crate::model::metric_type::MetricType;

/// What every sample says, wherever it comes from: the lines of a body ([`Sample`](crate::Sample),
/// [`OwnedSample`](crate::OwnedSample)), typed families ([`FamilySample`](crate::FamilySample)), what the
/// same target said before ([`CachedSample`](crate::cache::CachedSample)), and what a scrape stores.
///
/// Code that asks for a `SampleView` works for all of them, and for those of formats to come:
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
/// for sample in ScrapeCache::new().scrape(body, Dialect::Text).samples() {
///     count(&mut cached, &sample?);
/// }
/// assert_eq!(lines, BTreeMap::from([("build_info".into(), 1), ("up".into(), 2)]));
/// assert_eq!((&families, &cached), (&lines, &lines));
/// # Ok::<(), exposition::Error>(())
/// ```
///
/// The trait is for generic code: there is no `dyn SampleView`. Where a type has a method of the same
/// name, that is what a plain call means; it may tell more.
pub trait SampleView {
    /// The metric's name, its escapes undone; empty where the sample has none, as rules may leave it.
    fn name<'s>(&'s self) -> Cow<'s, str>;

    /// Names and values of the labels, their escapes undone, without the metric's name. In the order
    /// written, or sorted by name where they are stored.
    fn labels<'s>(&'s self) -> impl Iterator<Item = (Cow<'s, str>, Cow<'s, str>)>;

    /// The value of the first label of that name. The metric's name is not a label, and a name
    /// that is not UTF-8 cannot be asked for.
    fn label<'s>(&'s self, name: &str) -> Option<Cow<'s, str>> {
        let mut labels = self.labels();
        labels.find_map(|(label, value)| (label == name).then_some(value))
    }

    /// The value.
    fn value(&self) -> SampleValue;

    /// The value as a whole number, where it is exactly that and not negative. A number from 2⁵³ on, where
    /// a float may have been rounded, is known only of a sample whose text is at hand
    /// ([`Sample`](crate::Sample), [`OwnedSample`](crate::OwnedSample), and that of a cache) and spells it in digits: `None`
    /// elsewhere.
    fn integer(&self) -> Option<u64> {
        self.value().as_f64().and_then(exact)
    }

    /// The sample's own timestamp in milliseconds since the Unix epoch.
    fn timestamp(&self) -> Option<i64>;

    /// Since when the value counts, in milliseconds since the Unix epoch. `None` where that is not said,
    /// or in a line of its own: OpenMetrics' `_created` lines reach their samples in
    /// [families](crate::Families).
    fn start_timestamp(&self) -> Option<i64> {
        None
    }

    /// The type of the family that the sample belongs to; [`Unknown`](MetricType::Unknown) where that is
    /// not declared, or not kept: stored samples have no type.
    fn metric_type(&self) -> MetricType {
        MetricType::Unknown
    }

    /// The exemplars that the sample cites.
    fn exemplars<'s>(&'s self) -> impl Iterator<Item = impl ExemplarView + 's>;
}

/// What every exemplar says; see [`SampleView::exemplars`].
pub trait ExemplarView {
    /// Names and values of the labels, often a `trace_id`, in the order written.
    fn labels<'s>(&'s self) -> impl Iterator<Item = (Cow<'s, str>, Cow<'s, str>)>;

    /// The value observed.
    fn value(&self) -> f64;

    /// When it was observed, in milliseconds since the Unix epoch.
    fn timestamp(&self) -> Option<i64>;
}

/// The value of a sample.
///
/// The formats that are read today give each sample a float; native histograms and composite values are
/// other variants to come.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum SampleValue {
    /// A number.
    Float(f64),
}

impl SampleValue {
    /// The number, if the value is a single one.
    #[inline]
    #[must_use]
    pub fn as_f64(self) -> Option<f64> {
        match self {
            SampleValue::Float(number) => Some(number),
        }
    }
}

impl From<f64> for SampleValue {
    fn from(number: f64) -> Self {
        SampleValue::Float(number)
    }
}

impl PartialEq for SampleValue {
    /// Numbers are equal if their bits are, so that NaN equals itself.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (SampleValue::Float(a), SampleValue::Float(b)) => a.to_bits() == b.to_bits(),
        }
    }
}

/// The whole number that a float is, as long as no other rounds to the same float.
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

    fn value(&self) -> SampleValue {
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
