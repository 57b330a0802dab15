//! From protobuf messages to families.

use std::borrow::Cow;

use crate::error::{ErrorKind, Result};
use crate::families::family::{
    Bucket, Histogram, Metric, MetricExemplar, MetricFamily, MetricLabels, MetricValue, Quantile,
    StartTimestamp, Summary,
};
use crate::model::label_names;
use crate::model::metric_type::MetricType;
use crate::model::name::METRIC_NAME;
use crate::protobuf::metric::{ExemplarData, Timestamp};
use crate::protobuf::{FoundMetric, Whole};
use crate::text::shape::{LabelShape, Piece};

/// The family whose metrics are arriving.
#[derive(Debug)]
pub(super) struct IncomingMessages<'a> {
    current: Option<MetricFamily<'a>>,
    pub(super) keep_empty: bool,
}

impl Default for IncomingMessages<'_> {
    fn default() -> Self {
        IncomingMessages {
            current: None,
            keep_empty: true,
        }
    }
}

impl<'a> IncomingMessages<'a> {
    /// Takes what was found, and returns the family before it, if that is complete.
    pub(super) fn take(
        &mut self,
        found: FoundMetric,
        whole: Whole<'_, 'a>,
    ) -> Result<Option<MetricFamily<'a>>> {
        match found {
            FoundMetric::Family => {
                let complete = self.complete();
                self.current = head(whole);
                Ok(complete)
            }
            FoundMetric::Metric => {
                self.push(metric(whole)?);
                Ok(None)
            }
        }
    }

    fn push(&mut self, metric: Metric<'a>) {
        if let Some(family) = &mut self.current {
            family.metrics.push(metric);
        }
    }

    /// Returns the last family: nothing comes after it.
    pub(super) fn complete(&mut self) -> Option<MetricFamily<'a>> {
        let family = self.current.take();
        family.filter(|family| self.keep_empty || !family.metrics.is_empty())
    }
}

impl IncomingMessages<'static> {
    /// Does what [`take`](Self::take) does with bytes that will not stay.
    pub(super) fn copy(
        &mut self,
        found: FoundMetric,
        whole: Whole<'_, '_>,
    ) -> Result<Option<MetricFamily<'static>>> {
        match found {
            FoundMetric::Family => {
                let complete = self.complete();
                self.current = head(whole).map(MetricFamily::into_owned);
                Ok(complete)
            }
            FoundMetric::Metric => {
                self.push(metric(whole)?.into_owned());
                Ok(None)
            }
        }
    }
}

/// Returns a family without its metrics.
fn head<'m>(whole: Whole<'_, 'm>) -> Option<MetricFamily<'m>> {
    let mut family = MetricFamily::new(whole.name()?, whole.metric_type());
    family.help = whole.help().map(Cow::Borrowed);
    family.unit = whole.unit();
    Some(family)
}

fn metric<'m>(whole: Whole<'_, 'm>) -> Result<Metric<'m>> {
    let labels = labels(whole)?;
    let data = whole.metric();
    let metric_type = whole.metric_type();
    let (value, start, exemplars) = match metric_type {
        MetricType::Counter => {
            let exemplars = data.counter_exemplar.as_slice();
            (
                MetricValue::Counter(data.counter),
                data.counter_start,
                exemplars,
            )
        }
        MetricType::Gauge => (MetricValue::Gauge(data.gauge), None, &[][..]),
        MetricType::Summary => {
            let start = data.summary.start;
            (MetricValue::Summary(summary(whole)), start, &[][..])
        }
        MetricType::Histogram | MetricType::GaugeHistogram => {
            let histogram = histogram(whole);
            let value = match metric_type {
                MetricType::Histogram => MetricValue::Histogram(histogram),
                _ => MetricValue::GaugeHistogram(histogram),
            };
            let exemplars = data.histogram.exemplars.as_slice();
            (value, data.histogram.start, exemplars)
        }
        MetricType::Unknown | MetricType::Info | MetricType::StateSet => {
            (MetricValue::Unknown(data.untyped), None, &[][..])
        }
    };
    let mut metric = Metric::new(value);
    metric.labels = labels;
    metric.timestamp = whole.timestamp();
    metric.start_timestamp = start.and_then(start_timestamp);
    metric.exemplars = exemplars.iter().map(|data| exemplar(whole, data)).collect();
    Ok(metric)
}

/// Returns the metric's labels, if each has a name of its own.
fn labels<'m>(whole: Whole<'_, 'm>) -> Result<MetricLabels<'m>> {
    let labels = whole.labels();
    let names = labels.clone().map(|(name, _)| name);
    let own = match whole.metric_type() {
        MetricType::Histogram | MetricType::GaugeHistogram => Some("le"),
        MetricType::Summary => Some("quantile"),
        _ => None,
    };
    let is_plain = |name: &str| !name.is_empty() && name != METRIC_NAME && Some(name) != own;
    if !names.clone().all(is_plain) || label_names::may_repeat(names) {
        check_names(whole, own)?;
    }
    let Some((text, places)) = labels.in_one() else {
        return Ok(labels.collect());
    };
    let piece = |range: std::ops::Range<usize>| Piece::new(range.start, range.end);
    let shapes = places.map(|[name, value]| LabelShape {
        name: piece(name),
        value: piece(value),
    });
    let shapes: smallvec::SmallVec<[LabelShape; 16]> = shapes.collect();
    Ok(match shapes.is_empty() {
        true => MetricLabels::default(),
        false => MetricLabels::from_line(text, &shapes),
    })
}

/// Checks what storage refuses, and what would be two labels of one name in a bucket or quantile (spec P31).
#[cold]
fn check_names(whole: Whole<'_, '_>, own: Option<&str>) -> Result<()> {
    for (at, (name, _)) in whole.labels().enumerate() {
        let kind = match name {
            "" => ErrorKind::EmptyName,
            METRIC_NAME => ErrorKind::ReservedLabel,
            name if Some(name) == own => ErrorKind::DuplicateLabel,
            _ => continue,
        };
        return Err(whole.label_error(kind, at));
    }
    let names = whole.labels().map(|(name, _)| Cow::Borrowed(name));
    match label_names::repeated(names).next() {
        Some(at) => Err(whole.label_error(ErrorKind::DuplicateLabel, at)),
        None => Ok(()),
    }
}

fn summary(whole: Whole<'_, '_>) -> Summary {
    let data = &whole.metric().summary;
    let quantiles = data.quantiles.iter();
    let mut quantiles: Vec<_> = quantiles
        .map(|(quantile, value)| Quantile::new(*quantile, *value))
        .collect();
    quantiles.sort_by(|a, b| a.quantile.total_cmp(&b.quantile));
    Summary::new(quantiles)
        .sum(data.sum)
        .count(data.count as f64)
}

/// Returns the histogram with its classic buckets up to that for `+Inf`, which is added if it is not listed
/// (spec P24), and its native form.
fn histogram<'m>(whole: Whole<'_, 'm>) -> Histogram<'m> {
    let data = &whole.metric().histogram;
    let native = whole.native();
    let mut buckets: Vec<Bucket<'m>> = Vec::with_capacity(data.buckets.len() + 1);
    let mut has_infinity = false;
    for bucket in &data.buckets {
        let exemplar = bucket
            .exemplar
            .and_then(|at| data.bucket_exemplars.get(at as usize));
        let exemplar = exemplar.map(|data| Box::new(self::exemplar(whole, data)));
        let mut own = Bucket::new(bucket.upper_bound, bucket.total());
        own.exemplar = exemplar;
        buckets.push(own);
        has_infinity = bucket.upper_bound == f64::INFINITY;
        if has_infinity {
            break;
        }
    }
    if !has_infinity && (native.is_none() || !buckets.is_empty()) {
        buckets.push(Bucket::new(f64::INFINITY, data.total()));
    }
    if !buckets.is_sorted_by(|a, b| a.upper_bound <= b.upper_bound) {
        buckets.sort_by(|a, b| a.upper_bound.total_cmp(&b.upper_bound));
    }
    let mut histogram = Histogram::new(buckets).sum(data.sum).count(data.total());
    histogram.native = native.map(|native| Box::new(native.clone()));
    histogram
}

fn exemplar<'m>(whole: Whole<'_, 'm>, data: &ExemplarData) -> MetricExemplar<'m> {
    let labels = whole.exemplar_labels(data);
    let mut exemplar = MetricExemplar::new(data.value);
    exemplar.labels = labels.collect();
    exemplar.timestamp = data.timestamp.map(Timestamp::millis);
    exemplar
}

/// Returns a start timestamp; 0 is none (spec P28). Whole milliseconds give the float that is nearest to them,
/// as a decimal in text does.
fn start_timestamp(time: Timestamp) -> Option<StartTimestamp> {
    const MOST: u64 = 1 << 53;
    let millis = time.millis();
    let is_whole = time.nanos % 1_000_000 == 0 && millis.unsigned_abs() < MOST;
    let seconds = match is_whole {
        true => millis as f64 / 1e3,
        false => time.seconds as f64 + f64::from(time.nanos) / 1e9,
    };
    (millis != 0).then(|| StartTimestamp::new(seconds))
}
