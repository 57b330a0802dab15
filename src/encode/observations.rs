//! Writes histograms and summaries as lines.

use super::classic::Classic;
use super::error::EncodeError;
use super::family::{Extra, FamilyWriter, Row, plain};
use super::text::{self, NameParts};
use crate::families::family::{Histogram, Metric, Summary};
use crate::format::syntax::{ExemplarCount, NumberStyle};
use crate::model::metric_type::MetricType;
use crate::model::suffix::Suffix;

impl FamilyWriter<'_> {
    /// Writes the samples of a histogram.
    pub(super) fn histogram(
        &mut self,
        metric: &Metric<'_>,
        histogram: &Histogram<'_>,
        base: &str,
        [sum_suffix, count_suffix]: [Suffix; 2],
    ) -> Result<(), EncodeError> {
        let part = |suffix: Suffix| NameParts {
            base,
            suffix: suffix.as_str(),
        };
        let name = part(Suffix::Bucket);
        let mut classic = Classic::new(metric, histogram);
        match self.syntax().exemplars {
            ExemplarCount::None => {}
            ExemplarCount::One | ExemplarCount::Many => classic.place_exemplars(),
        }
        if classic.native.is_some() {
            self.no_place_for_native(base)?;
        }
        self.check_go_histogram(name, &classic)?;
        self.take_labels(&metric.labels, name, "le")?;
        for bucket in classic.buckets.iter() {
            self.row(Row {
                extra: Extra::Number("le", bucket.upper_bound),
                count: true,
                exemplar: bucket.exemplar.as_deref(),
                ..plain(name, bucket.cumulative_count, metric)
            })?;
        }
        let go = self.options.go;
        let (sum, count) = match go {
            true => (
                Some(classic.sum.unwrap_or(0.0)),
                Some(classic.count.unwrap_or(0.0)),
            ),
            false => (classic.sum, classic.count),
        };
        let infinite = (classic.buckets.iter()).any(|bucket| bucket.upper_bound == f64::INFINITY);
        let needs_infinite = go || self.syntax().infinite_bucket || classic.is_native_only();
        if let (false, Some(count), true) = (infinite, count, needs_infinite) {
            self.row(Row {
                extra: Extra::Number("le", f64::INFINITY),
                count: true,
                ..plain(name, count, metric)
            })?;
        }
        let kind = metric.value.metric_type();
        let gauges_beside = metric.suffixed
            && kind == MetricType::GaugeHistogram
            && !self.links(kind, Suffix::GSum);
        let (sum, count) = match gauges_beside {
            true => (None, None),
            false => (sum, count),
        };
        let (exemplars, homeless) = match classic.native {
            Some(_) => (&[][..], classic.exemplars.len() + classic.homeless),
            None => (classic.exemplars, classic.homeless),
        };
        let mut exemplars = exemplars.iter();
        for (suffix, value, count) in [(sum_suffix, sum, false), (count_suffix, count, true)] {
            if let Some(value) = value {
                self.row(Row {
                    count,
                    exemplar: exemplars.next(),
                    ..plain(part(suffix), value, metric)
                })?;
            }
        }
        self.no_place(name, exemplars.len() + homeless)
    }

    /// Leaves a native histogram out, or refuses it.
    pub(super) fn no_place_for_native(&mut self, base: &str) -> Result<(), EncodeError> {
        if !self.options.leaves_out() {
            return Err(EncodeError::NativeHistogram {
                metric: base.to_owned(),
            });
        }
        self.omitted.native_histograms += 1;
        Ok(())
    }

    /// Refuses, as Go's client library does, counts that are not natural numbers where they are written as
    /// integers.
    fn check_go_histogram(
        &self,
        name: NameParts<'_>,
        histogram: &Classic<'_>,
    ) -> Result<(), EncodeError> {
        match self.syntax().numbers {
            NumberStyle::Float if self.options.go => {}
            NumberStyle::Float | NumberStyle::Shortest => return Ok(()),
        }
        let mut counts = histogram
            .buckets
            .iter()
            .map(|bucket| bucket.cumulative_count);
        let broken = |count: &f64| text::whole_count(*count + 0.0).is_none();
        match counts.find(broken).or(histogram.count.filter(broken)) {
            None => Ok(()),
            Some(count) => Err(EncodeError::Count {
                metric: name.joined().into_owned(),
                count,
            }),
        }
    }

    /// Writes the samples of a summary.
    pub(super) fn summary(
        &mut self,
        metric: &Metric<'_>,
        summary: &Summary,
        base: &str,
    ) -> Result<(), EncodeError> {
        let part = |suffix| NameParts { base, suffix };
        self.take_labels(&metric.labels, part(""), "quantile")?;
        let mut exemplars = metric.exemplars.iter();
        for quantile in &summary.quantiles {
            self.row(Row {
                extra: Extra::Number("quantile", quantile.quantile),
                exemplar: exemplars.next(),
                ..plain(part(""), quantile.value, metric)
            })?;
        }
        let or_zero = |value: Option<f64>| value.or(self.options.go.then_some(0.0));
        let rows = [
            (Suffix::Sum, or_zero(summary.sum), false),
            (Suffix::Count, or_zero(summary.count), true),
        ];
        for (suffix, value, count) in rows {
            if let Some(value) = value {
                self.row(Row {
                    count,
                    exemplar: exemplars.next(),
                    ..plain(part(suffix.as_str()), value, metric)
                })?;
            }
        }
        self.no_place(part(""), exemplars.len())
    }
}
