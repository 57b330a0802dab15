//! What can be asked of a metric: its value, or a part of a histogram or summary.

use std::fmt;

use crate::families::family::{Histogram, Metric, MetricValue, Summary};
use crate::model::metric_type::MetricType;
use crate::model::native_histogram::NativeHistogram;
use crate::model::sample_view::SampleValue;

/// How many bounds are listed in an error.
const LISTED: usize = 16;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Part {
    /// The value of a single sample.
    Value,
    /// The number of observations.
    Count,
    /// The sum of observations.
    Sum,
    /// The number of observations up to a bound.
    Bucket(f64),
    /// A quantile, stated or estimated.
    Quantile(f64),
}

/// A number as Prometheus writes it.
pub(super) fn shown(number: f64) -> String {
    SampleValue::from(number).to_string()
}

impl fmt::Display for Part {
    /// Writes what comes before the name of a series.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Value => Ok(()),
            Part::Count => f.write_str("the count of "),
            Part::Sum => f.write_str("the sum of "),
            Part::Bucket(bound) => write!(f, "the bucket {} of ", shown(*bound)),
            Part::Quantile(quantile) => write!(f, "the {}-quantile of ", shown(*quantile)),
        }
    }
}

impl Part {
    /// Returns what a metric says, or what is to be said after its name.
    pub(super) fn of(self, metric: &Metric<'_>) -> Result<f64, String> {
        match &metric.value {
            MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram) => {
                self.of_histogram(histogram, metric.value.metric_type())
            }
            MetricValue::Summary(summary) => self.of_summary(summary),
            MetricValue::Counter(_)
            | MetricValue::Gauge(_)
            | MetricValue::Unknown(_)
            | MetricValue::Info(_)
            | MetricValue::StateSet(_) => Err(self.not_of(metric.value.metric_type())),
        }
    }

    /// Returns what it is called in a sentence: what there is none of.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Part::Value => "value of its own: ask for its count, sum, bucket or quantile",
            Part::Count => "count",
            Part::Sum => "sum",
            Part::Bucket(_) => "buckets",
            Part::Quantile(_) => "quantiles",
        }
    }

    /// Says that a type does not have this part.
    fn not_of(self, metric_type: MetricType) -> String {
        let noun = self.noun();
        match metric_type {
            MetricType::Unknown => format!("is of unknown type and has no {noun}"),
            MetricType::Info => format!("is an info and has no {noun}"),
            _ => format!("is a {metric_type} and has no {noun}"),
        }
    }

    fn of_histogram(
        self,
        histogram: &Histogram<'_>,
        metric_type: MetricType,
    ) -> Result<f64, String> {
        let native = histogram.native.as_deref();
        let total = || {
            histogram
                .total()
                .or_else(|| native.map(NativeHistogram::count))
        };
        match self {
            Part::Value => Err(self.not_of(metric_type)),
            Part::Count => total().ok_or_else(|| "has no count".to_owned()),
            Part::Sum => (histogram.sum)
                .or_else(|| native.map(|native| native.sum))
                .ok_or_else(|| "has no sum".to_owned()),
            Part::Bucket(bound) => {
                let mut buckets = histogram.buckets.iter();
                let bucket = buckets.find(|bucket| bucket.upper_bound == bound);
                bucket
                    .map(|bucket| bucket.cumulative_count)
                    .or_else(|| total().filter(|_| bound == f64::INFINITY))
                    .or_else(|| native.and_then(|native| held_up_to(native, bound)))
                    .ok_or_else(|| self.not_listed(histogram))
            }
            Part::Quantile(quantile) => Ok(match native {
                Some(native) => native.quantile(quantile),
                None => histogram.quantile(quantile),
            }),
        }
    }

    fn of_summary(self, summary: &Summary) -> Result<f64, String> {
        match self {
            Part::Value | Part::Bucket(_) => Err(self.not_of(MetricType::Summary)),
            Part::Count => (summary.count).ok_or_else(|| "has no count".to_owned()),
            Part::Sum => summary.sum.ok_or_else(|| "has no sum".to_owned()),
            Part::Quantile(wanted) => {
                let mut quantiles = summary.quantiles.iter();
                let found = quantiles.find(|quantile| quantile.quantile == wanted);
                found.map(|quantile| quantile.value).ok_or_else(|| {
                    let others = summary.quantiles.iter().map(|quantile| quantile.quantile);
                    missing("quantile", wanted, others)
                })
            }
        }
    }

    /// Says that a histogram has no such bucket.
    fn not_listed(self, histogram: &Histogram<'_>) -> String {
        let Part::Bucket(bound) = self else {
            return String::new();
        };
        if histogram.buckets.is_empty() && histogram.native.is_some() {
            let bound = shown(bound);
            return format!("is a native histogram, and {bound} is not a bound of its buckets");
        }
        let others = histogram.buckets.iter().map(|bucket| bucket.upper_bound);
        missing("bucket", bound, others)
    }
}

/// Says which one is missing, and which are there.
fn missing(what: &str, wanted: f64, others: impl ExactSizeIterator<Item = f64>) -> String {
    let wanted = shown(wanted);
    let more = others.len().saturating_sub(LISTED);
    let listed: Vec<String> = others.take(LISTED).map(shown).collect();
    match (listed.is_empty(), more) {
        (true, _) => format!("has no {what}s"),
        (false, 0) => format!("has no {what} {wanted}, only {}", listed.join(", ")),
        (false, _) => format!(
            "has no {what} {wanted}, only {}, and {more} more",
            listed.join(", ")
        ),
    }
}

/// Returns how many observations are at most `bound`; `None` if that is within a bucket.
fn held_up_to(native: &NativeHistogram, bound: f64) -> Option<f64> {
    let mut held = 0.0;
    for bucket in native.buckets() {
        if bucket.upper <= bound {
            held += bucket.count;
        } else if bucket.lower < bound || (bucket.lower == bound && bucket.lower_inclusive) {
            return None;
        }
    }
    Some(held)
}
