//! From metrics to samples: which samples a metric has, one after another.

use super::bounds::Bounds;
use super::fault::Refused;
use super::head::{Head, MetricParts};
use super::label::LabelList;
use super::metric::{HistogramData, MetricData, Timestamp};
use super::place::{FamilyPlace, MetricPlace};
use super::wire::Part;
use crate::dialect::Dialect;
#[cfg(feature = "relabel")]
use crate::error::Position;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;
use crate::model::histogram_options::HistogramOptions;
use crate::model::metric_type::MetricType;
use crate::model::native_histogram::{NativeCounts, NativeHistogram, NhcbBuilder};
use crate::model::suffix::Suffix;
use crate::text::filter::Filter;

/// The label that tells a bucket from the others.
const LE: &str = "le";
/// The label that tells a quantile from the others.
const QUANTILE: &str = "quantile";

/// Reads the samples of one family after another.
///
/// The order is Prometheus' (spec P24), and so is what is read before something else is refused (spec P9c).
/// What one metric says never reaches the next (spec D8).
#[derive(Debug, Default)]
pub(super) struct Engine {
    pub(super) options: HistogramOptions,
    pub(super) limits: Limits,
    pub(super) filter: Option<Filter>,
    /// Whether the filter chooses among the family's samples.
    chosen: bool,
    place: FamilyPlace,
    pub(super) head: Head,
    pub(super) metric_type: MetricType,
    /// The family's name, and after it the suffix of the current sample.
    name: String,
    name_len: usize,
    parts: MetricParts,
    metric_part: Part,
    /// How many of the family's metrics have been taken.
    metrics: u64,
    pub(super) metric: MetricData,
    pub(super) labels: LabelList,
    /// The native form of the current metric.
    pub(super) native: NativeHistogram,
    nhcb: NhcbBuilder,
    /// Whether the family has been returned.
    announced: bool,
    /// Which sample of the current metric comes next; `None` where another metric does.
    step: Option<Step>,
    pub(super) sample: Current,
}

/// Which sample of a metric comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The only one.
    Single,
    Native,
    Count,
    Sum,
    /// A quantile or a bucket.
    Listed(usize),
    /// The bucket for `+Inf` that is not listed.
    Infinity,
    /// The native histogram that the classic one is converted to.
    Converted,
}

/// What the engine found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// A family, before its samples.
    Family,
    Sample,
}

/// The current sample.
#[derive(Debug, Default)]
pub(super) struct Current {
    pub(super) value: f64,
    /// Whether the value is the native histogram.
    pub(super) is_native: bool,
    /// The name of the label that the metric does not have.
    pub(super) extra: Option<&'static str>,
    /// The value of that label.
    pub(super) bound: Bounds,
    pub(super) exemplars: CurrentExemplars,
}

/// Where the exemplars of the current sample are.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum CurrentExemplars {
    #[default]
    None,
    Counter,
    Bucket(u32),
    /// The histogram's own, or else those of its buckets.
    Native,
}

impl Engine {
    /// Takes a family. The one before has ended.
    pub(super) fn begin(&mut self, family: &[u8], place: FamilyPlace) -> Result<()> {
        self.place = place;
        (self.announced, self.step) = (false, None);
        (self.parts, self.metrics) = (MetricParts::default(), 0);
        let begun = self.read_head(family);
        if begun.is_err() {
            self.parts = MetricParts::end(family);
        }
        begun.map_err(|refused| refused.error(family, self.place))
    }

    fn read_head(&mut self, family: &[u8]) -> Result<(), Refused> {
        self.head = Head::read(family)?;
        // A family without metrics is skipped, whatever it says (spec P19).
        if self.head.metrics == 0 {
            return Ok(());
        }
        let (name, metric_type) = self.head.check(family)?;
        self.place.name = Some(self.head.name);
        self.metric_type = metric_type;
        self.name.clear();
        self.name.push_str(name);
        self.name_len = name.len();
        if let Some(filter) = &self.filter {
            self.chosen = !filter.wants(name);
            if !filter.wants_empty(name, metric_type, Dialect::Text) {
                self.parts = MetricParts::end(family);
            }
        }
        Ok(())
    }

    /// Ends the family: nothing more is read of it.
    pub(super) fn end(&mut self) {
        (self.parts, self.step) = (MetricParts::default(), None);
    }

    /// Returns the family's name.
    pub(super) fn family_name(&self) -> &str {
        self.name.get(..self.name_len).unwrap_or_default()
    }

    /// Returns the current sample's name.
    #[inline]
    pub(super) fn sample_name(&self) -> &str {
        &self.name
    }

    /// Returns the start timestamp of the current metric (spec P28).
    pub(super) fn start(&self) -> Option<i64> {
        let start = match self.metric_type {
            MetricType::Counter => self.metric.counter_start,
            MetricType::Summary => self.metric.summary.start,
            MetricType::Histogram | MetricType::GaugeHistogram => self.metric.histogram.start,
            _ => None,
        };
        start.map(Timestamp::millis).filter(|millis| *millis != 0)
    }

    /// Reads the next metric of the family as a whole, whatever the options say; `None` at the end of the
    /// family. Do not mix it with [`next`](Self::next).
    pub(super) fn next_metric(&mut self, family: &[u8]) -> Option<Result<()>> {
        let read = self.read_next(family).transpose()?;
        Some(read.map_err(|refused| refused.error(family, self.here())))
    }

    fn read_next(&mut self, family: &[u8]) -> Result<Option<()>, Refused> {
        let Some(part) = self.parts.next(family)? else {
            return Ok(None);
        };
        self.read_metric(family, part)?;
        self.read_labels(family)?;
        if self.is_histogram() && self.metric.histogram.is_native() {
            self.read_native()?;
        }
        Ok(Some(()))
    }

    /// Returns where the current metric is.
    fn here(&self) -> FamilyPlace {
        let metric = MetricPlace {
            number: self.metrics,
            part: self.metric_part,
        };
        FamilyPlace {
            metric: (self.metrics > 0).then_some(metric),
            ..self.place
        }
    }

    /// Returns the error for a label of the current metric.
    #[cold]
    pub(super) fn label_error(&self, kind: ErrorKind, label: usize, family: &[u8]) -> Error {
        let at = self.metric.labels.get(label).map_or(0, |part| part.start());
        Refused::Label { at, kind }.error(family, self.here())
    }

    /// Returns where the current metric begins, and the path to it.
    #[cfg(feature = "relabel")]
    #[cold]
    pub(super) fn place(&self, family: &[u8]) -> (Position, Box<str>) {
        self.here().of(self.metric_part.start(), family)
    }

    fn is_histogram(&self) -> bool {
        matches!(
            self.metric_type,
            MetricType::Histogram | MetricType::GaugeHistogram
        )
    }

    /// Finds the next thing in the family; `None` at its end.
    pub(super) fn next(&mut self, family: &[u8]) -> Option<Result<Found>> {
        let next = self.find(family).transpose()?;
        Some(next.map_err(|refused| {
            // The next metric may be sound.
            self.step = None;
            refused.error(family, self.here())
        }))
    }

    fn find(&mut self, family: &[u8]) -> Result<Option<Found>, Refused> {
        loop {
            let Some(step) = self.step else {
                match self.parts.next(family)? {
                    Some(part) => self.read_metric(family, part)?,
                    None => return Ok(None),
                }
                continue;
            };
            if !self.announced {
                self.announced = true;
                return Ok(Some(Found::Family));
            }
            if self.produce(family, step)? && self.is_wanted() {
                return Ok(Some(Found::Sample));
            }
        }
    }

    /// Tells whether the filter wants the current sample.
    #[inline]
    fn is_wanted(&self) -> bool {
        let filter = self.filter.as_ref().filter(|_| self.chosen);
        filter.is_none_or(|filter| filter.wants(&self.name))
    }

    fn read_metric(&mut self, family: &[u8], part: Part) -> Result<(), Refused> {
        self.metric_part = part;
        self.metrics += 1;
        self.metric.read(family, part)?;
        self.labels.clear();
        self.step = Some(match self.metric_type {
            MetricType::Histogram | MetricType::GaugeHistogram => self.first_of_histogram(),
            MetricType::Summary => Step::Count,
            _ => Step::Single,
        });
        Ok(())
    }

    fn first_of_histogram(&self) -> Step {
        let options = self.options;
        if options.native && self.metric.histogram.is_native() {
            Step::Native
        } else if options.convert_classic && !options.keep_classic {
            Step::Converted
        } else {
            Step::Count
        }
    }

    /// Produces the sample of a step, unless there is none, and finds the step after it.
    #[inline]
    fn produce(&mut self, family: &[u8], step: Step) -> Result<bool, Refused> {
        // Labels are read when the first sample is produced, with the family already returned.
        if !self.labels.are_read() {
            self.read_labels(family)?;
        }
        self.name.truncate(self.name_len);
        let sample = &mut self.sample;
        (sample.is_native, sample.extra) = (false, None);
        sample.exemplars = CurrentExemplars::None;
        match step {
            Step::Single => {
                sample.value = match self.metric_type {
                    MetricType::Counter => self.metric.counter,
                    MetricType::Gauge => self.metric.gauge,
                    _ => self.metric.untyped,
                };
                if self.metric.counter_exemplar.is_some() && self.metric_type == MetricType::Counter
                {
                    sample.exemplars = CurrentExemplars::Counter;
                }
                self.step = None;
            }
            Step::Count => {
                self.name.push_str(Suffix::Count.as_str());
                sample.value = match self.metric_type {
                    MetricType::Summary => self.metric.summary.count as f64,
                    _ => self.metric.histogram.total(),
                };
                self.step = Some(Step::Sum);
            }
            Step::Sum => {
                self.name.push_str(Suffix::Sum.as_str());
                sample.value = match self.metric_type {
                    MetricType::Summary => self.metric.summary.sum,
                    _ => self.metric.histogram.sum,
                };
                self.step = Some(Step::Listed(0));
            }
            Step::Listed(at) if self.metric_type == MetricType::Summary => {
                let Some((quantile, value)) = self.metric.summary.quantiles.get(at) else {
                    self.step = None;
                    return Ok(false);
                };
                sample.value = *value;
                sample.bound(QUANTILE, *quantile, at);
                self.step = Some(Step::Listed(at + 1));
            }
            Step::Listed(at) => {
                let Some(bucket) = self.metric.histogram.buckets.get(at) else {
                    self.step = Some(Step::Infinity);
                    return Ok(false);
                };
                self.name.push_str(Suffix::Bucket.as_str());
                sample.value = bucket.total();
                sample.bound(LE, bucket.upper_bound, at);
                if let Some(exemplar) = bucket.exemplar {
                    sample.exemplars = CurrentExemplars::Bucket(exemplar);
                }
                self.step = match bucket.upper_bound == f64::INFINITY {
                    true => self.after_classic(),
                    false => Some(Step::Listed(at + 1)),
                };
            }
            Step::Infinity => {
                self.name.push_str(Suffix::Bucket.as_str());
                sample.value = self.metric.histogram.total();
                let at = self.metric.histogram.buckets.len();
                sample.bound(LE, f64::INFINITY, at);
                self.step = self.after_classic();
            }
            Step::Native => {
                self.read_native()?;
                self.sample.set_native();
                let has_classic = !self.metric.histogram.buckets.is_empty();
                let keeps = self.options.keep_classic && has_classic;
                self.step = keeps.then_some(Step::Count);
            }
            Step::Converted => {
                self.convert()?;
                self.sample.set_native();
                self.step = None;
            }
        }
        Ok(true)
    }

    /// Returns the step after the last classic bucket.
    fn after_classic(&self) -> Option<Step> {
        let is_native = self.options.native && self.metric.histogram.is_native();
        (self.options.convert_classic && !is_native).then_some(Step::Converted)
    }

    #[inline]
    fn read_labels(&mut self, family: &[u8]) -> Result<(), Refused> {
        let at = self.metric_part.before();
        for count in [self.metric.labels.len(), self.metric.exemplar_labels()] {
            if count > self.limits.max_labels {
                return Err(Refused::TooManyLabels { at, count });
            }
        }
        self.labels.read(family, &self.metric.labels)
    }

    /// Takes over the native form (spec P17, P33, P34).
    fn read_native(&mut self) -> Result<(), Refused> {
        let histogram = &self.metric.histogram;
        let is_float = histogram.is_float();
        for side in [&histogram.positive, &histogram.negative] {
            let listed = side.spans.iter().map(|span| u64::from(span.length)).sum();
            let counted = match is_float {
                true => side.counts.len(),
                false => side.deltas.len(),
            };
            if listed != counted as u64 {
                return Err(Refused::Spans {
                    at: histogram.at,
                    listed,
                    counted,
                });
            }
        }
        let native = &mut self.native;
        native.schema = histogram.schema;
        native.zero_threshold = histogram.zero_threshold;
        native.sum = histogram.sum;
        native.is_gauge = self.metric_type == MetricType::GaugeHistogram;
        native.custom_bounds.clear();
        native.positive_spans.clone_from(&histogram.positive.spans);
        native.negative_spans.clone_from(&histogram.negative.spans);
        fill(&mut native.counts, histogram, is_float);
        native.compact();
        Ok(())
    }

    /// Converts the classic histogram (spec P37, P38).
    fn convert(&mut self) -> Result<(), Refused> {
        let histogram = &self.metric.histogram;
        self.nhcb.clear();
        self.nhcb.count(histogram.total()).sum(histogram.sum);
        for bucket in &histogram.buckets {
            self.nhcb.bucket(bucket.upper_bound, bucket.total());
        }
        let converted = self.nhcb.build_into(&mut self.native);
        self.native.is_gauge = self.metric_type == MetricType::GaugeHistogram;
        let at = match histogram.at {
            // There is none: it has no bucket and no observation.
            0 => self.metric_part.before(),
            at => at,
        };
        converted.map_err(|error| Refused::Conversion { at, error })
    }
}

/// Takes over the counts of a native histogram, into the same lists if they are of the same kind.
fn fill(counts: &mut NativeCounts, from: &HistogramData, is_float: bool) {
    match counts {
        NativeCounts::Float {
            count,
            zero_count,
            positive_counts,
            negative_counts,
        } if is_float => {
            (*count, *zero_count) = (from.count_float, from.zero_count_float);
            positive_counts.clone_from(&from.positive.counts);
            negative_counts.clone_from(&from.negative.counts);
        }
        NativeCounts::Integer {
            count,
            zero_count,
            positive_deltas,
            negative_deltas,
        } if !is_float => {
            (*count, *zero_count) = (from.count, from.zero_count);
            positive_deltas.clone_from(&from.positive.deltas);
            negative_deltas.clone_from(&from.negative.deltas);
        }
        NativeCounts::Float { .. } | NativeCounts::Integer { .. } => {
            *counts = match is_float {
                true => NativeCounts::Float {
                    count: from.count_float,
                    zero_count: from.zero_count_float,
                    positive_counts: from.positive.counts.clone(),
                    negative_counts: from.negative.counts.clone(),
                },
                false => NativeCounts::Integer {
                    count: from.count,
                    zero_count: from.zero_count,
                    positive_deltas: from.positive.deltas.clone(),
                    negative_deltas: from.negative.deltas.clone(),
                },
            };
        }
    }
}

impl Current {
    fn set_native(&mut self) {
        self.is_native = true;
        self.exemplars = CurrentExemplars::Native;
    }

    /// Sets the label that the metric does not have: that of the bucket or quantile with this number.
    #[inline]
    fn bound(&mut self, name: &'static str, bound: f64, number: usize) {
        self.extra = Some(name);
        self.bound.set(bound, number);
    }
}
