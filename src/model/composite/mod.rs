//! The value of a histogram or a summary that is written in one piece.
//!
//! The grammar decides whether a text is such a value; this walks over it a second time when its parts are
//! asked for. It judges nothing.

pub(crate) mod field;
pub(crate) mod native;
mod walk;

use std::fmt;
use std::ops::Range;

pub use walk::CompositePairs;

use field::Field;
use walk::{FieldWalk, WrittenField};

use crate::model::metric_type::MetricType;
use crate::model::native_histogram::NativeHistogram;
use crate::number::decode;

/// The value of a histogram, gauge histogram or summary in OpenMetrics 2.0, which has all of its parts on
/// one line.
///
/// Borrows from the line, which was checked when it was read; the parts are read when they are asked for,
/// without an allocation.
///
/// ```
/// use exposition::{Dialect, Line, Parser};
///
/// let body = b"# TYPE h histogram\nh {count:3,sum:4.5,bucket:[1.0:2,+Inf:3]} st@1.5\n# EOF\n";
/// let Some(Ok(Line::Sample(sample))) = Parser::new(body, Dialect::OpenMetrics2).nth(1) else { panic!() };
/// let histogram = sample.composite().expect("it is a histogram");
/// assert_eq!((histogram.count(), histogram.sum()), (3.0, 4.5));
/// assert_eq!(histogram.buckets().collect::<Vec<_>>(), [(1.0, 2.0), (f64::INFINITY, 3.0)]);
/// assert_eq!(sample.start_timestamp(), Some(1500));
/// ```
#[derive(Clone, Copy)]
pub struct Composite<'a> {
    /// With its braces.
    text: &'a str,
    metric_type: MetricType,
}

impl<'a> Composite<'a> {
    /// Creates the view of `text`, which begins and ends with a brace.
    #[inline]
    pub(crate) fn new(text: &'a str, metric_type: MetricType) -> Self {
        Composite { text, metric_type }
    }

    /// Returns the value as written, with its braces.
    #[must_use]
    pub fn raw(self) -> &'a str {
        self.text
    }

    /// Returns the type of its metric: histogram, gauge histogram or summary.
    #[must_use]
    pub fn metric_type(self) -> MetricType {
        self.metric_type
    }

    /// Returns the number of observations.
    #[must_use]
    pub fn count(self) -> f64 {
        self.number(Field::count_of(self.metric_type))
    }

    /// Returns the sum of the observations.
    #[must_use]
    pub fn sum(self) -> f64 {
        self.number(Field::sum_of(self.metric_type))
    }

    /// Tells whether there are classic buckets.
    #[must_use]
    pub fn has_buckets(self) -> bool {
        self.field(Field::Bucket).is_some()
    }

    /// Returns the classic buckets: the upper bound of each, and how many observations are not above it.
    /// The bounds rise, up to +∞.
    #[must_use]
    pub fn buckets(self) -> CompositePairs<'a> {
        CompositePairs::new(self.field(Field::Bucket).unwrap_or_default())
    }

    /// Returns a summary's quantiles, which rise, and the value of each.
    #[must_use]
    pub fn quantiles(self) -> CompositePairs<'a> {
        CompositePairs::new(self.field(Field::Quantile).unwrap_or_default())
    }

    /// Returns the schema of the native buckets, −4 to 8; `None` if there are none.
    #[must_use]
    pub fn schema(self) -> Option<i32> {
        self.field(Field::Schema)?.parse().ok()
    }

    /// Returns the native histogram, if there is one. Allocates for its spans and buckets.
    ///
    /// It has whole numbers as counts unless the text says otherwise: a count with a fraction, or a bucket
    /// with a point or an exponent ([G54](crate::docs::openmetrics2#g54)).
    #[must_use]
    pub fn to_native_histogram(self) -> Option<NativeHistogram> {
        let mut histogram = NativeHistogram::default();
        self.native_into(&mut histogram).then_some(histogram)
    }

    /// Returns where the buckets or quantiles are in what is written, without their brackets.
    pub(crate) fn pairs_at(self) -> Range<usize> {
        let field = match self.metric_type {
            MetricType::Summary => Field::Quantile,
            _ => Field::Bucket,
        };
        match self.written(field) {
            Some(list) => list.value_at..list.value_at + list.value.len(),
            None => 0..0,
        }
    }

    /// Returns a field's value as written, without brackets.
    pub(crate) fn field(self, wanted: Field) -> Option<&'a str> {
        self.written(wanted).map(|field| field.value)
    }

    fn written(self, wanted: Field) -> Option<WrittenField<'a>> {
        let mut fields = FieldWalk::new(self.text);
        fields.find(|field| field.key == wanted.as_str())
    }

    fn number(self, field: Field) -> f64 {
        let text = self.field(field).unwrap_or_default();
        decode::number(text).unwrap_or(decode::NAN)
    }
}

impl PartialEq for Composite<'_> {
    /// Compares what is written.
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.metric_type == other.metric_type
    }
}

impl fmt::Display for Composite<'_> {
    /// Writes the value as it is written in the body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

impl fmt::Debug for Composite<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Composite").field(&self.text).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::native_histogram::{BucketSpan, NativeCounts};

    fn histogram(text: &str) -> Composite<'_> {
        Composite::new(text, MetricType::Histogram)
    }

    #[test]
    fn classic_parts() {
        let both = histogram(
            "{count:2,sum:1.2e2,schema:0,zero_threshold:1e-4,zero_count:0,positive_spans:[1:2],\
             positive_buckets:[1,1],bucket:[-Inf:0,0.5:1,+Inf:2]}",
        );
        assert_eq!((both.count(), both.sum()), (2.0, 120.0));
        let (low, high) = (f64::NEG_INFINITY, f64::INFINITY);
        let buckets: Vec<_> = both.buckets().collect();
        assert_eq!(buckets, [(low, 0.0), (0.5, 1.0), (high, 2.0)]);
        assert_eq!(both.schema(), Some(0));
        assert_eq!(both.quantiles().count(), 0);
        let summary = Composite::new("{count:0,sum:0.0,quantile:[]}", MetricType::Summary);
        assert_eq!(summary.quantiles().count(), 0);
        let text = "{count:17,sum:9036.32,quantile:[0.95:123.7,0.99:NaN]}";
        let summary = Composite::new(text, MetricType::Summary);
        let quantiles: Vec<_> = summary.quantiles().collect();
        assert_eq!(quantiles[0], (0.95, 123.7));
        assert!(quantiles[1].0 == 0.99 && quantiles[1].1.is_nan() && quantiles.len() == 2);
        assert_eq!(summary.to_native_histogram(), None);
        let gauge = Composite::new(
            "{gcount:42,gsum:3289.3,bucket:[+Inf:42]}",
            MetricType::GaugeHistogram,
        );
        assert_eq!((gauge.count(), gauge.sum()), (42.0, 3289.3));
    }

    #[test]
    fn native_parts() {
        let whole = histogram(
            "{count:59,sum:1.2e2,schema:7,zero_threshold:1e-4,zero_count:0,negative_spans:[1:2],\
             negative_buckets:[5,7],positive_spans:[-1:2,3:4],positive_buckets:[5,7,10,9,8,8]}",
        );
        let expected = NativeHistogram::new(7)
            .sum(120.0)
            .zero_threshold(1e-4)
            .negative_spans([BucketSpan::new(1, 2)])
            .positive_spans([BucketSpan::new(-1, 2), BucketSpan::new(3, 4)])
            .counts(NativeCounts::integer(59, 0, [5, 2, 3, -1, -1, 0], [5, 2]));
        assert_eq!(whole.to_native_histogram(), Some(expected));
        for (counts, is_float) in [
            (
                "count:1,sum:1,schema:0,zero_threshold:0,zero_count:1",
                false,
            ),
            (
                "count:1.0,sum:1,schema:0,zero_threshold:0,zero_count:1e0",
                false,
            ),
            (
                "count:1.5,sum:1,schema:0,zero_threshold:0,zero_count:1",
                true,
            ),
            (
                "count:1,sum:1,schema:0,zero_threshold:0,zero_count:NaN",
                true,
            ),
            (
                "count:18446744073709551616,sum:1,schema:0,zero_threshold:0,zero_count:1",
                true,
            ),
            (
                "count:2,sum:1,schema:0,zero_threshold:0,zero_count:0,positive_spans:[0:1],\
                 positive_buckets:[2.0]",
                true,
            ),
            (
                "count:2,sum:1,schema:0,zero_threshold:0,zero_count:0,negative_spans:[0:1],\
                 negative_buckets:[2E0]",
                true,
            ),
        ] {
            let text = format!("{{{counts}}}");
            let native = histogram(&text).to_native_histogram().unwrap();
            assert_eq!(native.is_float(), is_float, "{text}");
        }
        let gauge = "{gcount:0.01,gsum:2.0,schema:0,zero_threshold:1e-4,zero_count:0.0}";
        let gauge = Composite::new(gauge, MetricType::GaugeHistogram);
        let gauge = gauge.to_native_histogram().unwrap();
        assert!(gauge.is_gauge && gauge.count() == 0.01 && gauge.sum == 2.0);
    }

    /// Fields in another order, empty items and further fields, which Prometheus takes.
    #[test]
    fn parts_in_any_order() {
        let text = "{bucket:[+Inf:17],sum:1,count:17}";
        assert_eq!(histogram(text).count(), 17.0);
        assert_eq!(
            histogram(text).buckets().next(),
            Some((f64::INFINITY, 17.0))
        );
        let text = "{sum:1,count:3,bucket:[,1:2,,+Inf:3,]}";
        let buckets: Vec<_> = histogram(text).buckets().collect();
        assert_eq!(buckets, [(1.0, 2.0), (f64::INFINITY, 3.0)]);
        // Without a schema the other native fields mean nothing.
        let text = "{count:3,sum:1,zero_count:4,bucket:[+Inf:3]}";
        assert_eq!(histogram(text).to_native_histogram(), None);
    }
}
