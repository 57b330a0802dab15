//! The fields of a composite value.

use crate::model::metric_type::MetricType;

/// A field of the value that OpenMetrics 2.0 gives to a histogram or a summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Count,
    Sum,
    GCount,
    GSum,
    Schema,
    ZeroThreshold,
    ZeroCount,
    NegativeSpans,
    NegativeBuckets,
    PositiveSpans,
    PositiveBuckets,
    Bucket,
    Quantile,
}

impl Field {
    /// All of them, in the order in which the specification has them; each is at its number.
    pub(crate) const ALL: [Field; 13] = [
        Field::Count,
        Field::Sum,
        Field::GCount,
        Field::GSum,
        Field::Schema,
        Field::ZeroThreshold,
        Field::ZeroCount,
        Field::NegativeSpans,
        Field::NegativeBuckets,
        Field::PositiveSpans,
        Field::PositiveBuckets,
        Field::Bucket,
        Field::Quantile,
    ];

    /// Returns the field's key.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Field::Count => "count",
            Field::Sum => "sum",
            Field::GCount => "gcount",
            Field::GSum => "gsum",
            Field::Schema => "schema",
            Field::ZeroThreshold => "zero_threshold",
            Field::ZeroCount => "zero_count",
            Field::NegativeSpans => "negative_spans",
            Field::NegativeBuckets => "negative_buckets",
            Field::PositiveSpans => "positive_spans",
            Field::PositiveBuckets => "positive_buckets",
            Field::Bucket => "bucket",
            Field::Quantile => "quantile",
        }
    }

    pub(crate) fn parse(key: &[u8]) -> Option<Field> {
        let mut all = Field::ALL.into_iter();
        all.find(|field| field.as_str().as_bytes() == key)
    }

    /// Tells whether its value is a list in brackets.
    pub(crate) const fn is_list(self) -> bool {
        match self {
            Field::NegativeSpans
            | Field::NegativeBuckets
            | Field::PositiveSpans
            | Field::PositiveBuckets
            | Field::Bucket
            | Field::Quantile => true,
            Field::Count
            | Field::Sum
            | Field::GCount
            | Field::GSum
            | Field::Schema
            | Field::ZeroThreshold
            | Field::ZeroCount => false,
        }
    }

    /// Tells whether metrics of that type have it.
    pub(crate) const fn is_of(self, kind: MetricType) -> bool {
        match self {
            Field::Count | Field::Sum => {
                matches!(kind, MetricType::Histogram | MetricType::Summary)
            }
            Field::GCount | Field::GSum => matches!(kind, MetricType::GaugeHistogram),
            Field::Quantile => matches!(kind, MetricType::Summary),
            Field::Schema
            | Field::ZeroThreshold
            | Field::ZeroCount
            | Field::NegativeSpans
            | Field::NegativeBuckets
            | Field::PositiveSpans
            | Field::PositiveBuckets
            | Field::Bucket => {
                matches!(kind, MetricType::Histogram | MetricType::GaugeHistogram)
            }
        }
    }

    /// Returns the field that holds the number of observations, for that type.
    pub(crate) const fn count_of(kind: MetricType) -> Field {
        match kind {
            MetricType::GaugeHistogram => Field::GCount,
            MetricType::Counter
            | MetricType::Gauge
            | MetricType::Histogram
            | MetricType::Summary
            | MetricType::Info
            | MetricType::StateSet
            | MetricType::Unknown => Field::Count,
        }
    }

    /// Returns the field that holds the sum of the observations, for that type.
    pub(crate) const fn sum_of(kind: MetricType) -> Field {
        match Field::count_of(kind) {
            Field::GCount => Field::GSum,
            _ => Field::Sum,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_their_keys() {
        for (at, field) in Field::ALL.into_iter().enumerate() {
            assert_eq!(Field::parse(field.as_str().as_bytes()), Some(field));
            assert_eq!(field as usize, at);
        }
        for key in ["", "counts", "Count", "_count"] {
            assert_eq!(Field::parse(key.as_bytes()), None, "{key:?}");
        }
    }

    #[test]
    fn types_have_their_fields() {
        use MetricType::{Counter, GaugeHistogram, Histogram, Summary};
        for (kind, count, sum, fields) in [
            (Histogram, "count", "sum", 10),
            (GaugeHistogram, "gcount", "gsum", 10),
            (Summary, "count", "sum", 3),
            (Counter, "count", "sum", 0),
        ] {
            assert_eq!(Field::count_of(kind).as_str(), count, "{kind}");
            assert_eq!(Field::sum_of(kind).as_str(), sum, "{kind}");
            let own = Field::ALL.into_iter().filter(|field| field.is_of(kind));
            assert_eq!(own.count(), fields, "{kind}");
        }
    }
}
