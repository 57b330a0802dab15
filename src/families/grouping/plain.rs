//! The fast path into a family, for ordinary samples in an ordinary order.
//!
//! It adds a sample exactly as [`Assembly::add`] would or leaves it alone, for any reason; it never
//! reports what is wrong with a sample.

use super::assembly::{Assembly, Part};
use super::exemplar::{exemplar_of, exemplars_of};
use super::frame;
use super::keep::Keep;
use super::slot;
use super::start_timestamp::start_timestamp_of;
use crate::families::family::{
    Bucket, Histogram, LabelRun, Metric, MetricExemplar, MetricLabels, MetricValue, Quantile,
    StartTimestamp, Summary,
};
use crate::model::metric_type::MetricType;
use crate::model::suffix::Suffix;
use crate::number::decode;
use crate::text::sample::Sample;
use crate::text::shape::{SampleShape, Text};

impl<'a> Assembly<'a> {
    /// Adds the sample, if it is an ordinary one of this family.
    #[inline(always)]
    pub(super) fn add_plain<'l, K: Keep<'l, 'a>>(&mut self, sample: &Sample<'l>) -> bool {
        let Text::Str(line) = sample.text else {
            return false;
        };
        if !self.is_in_order() {
            return false;
        }
        if self.frame.metrics() == self.family.metrics.len()
            && let Some(added) = self.add_next::<K>(line, sample)
        {
            return added;
        }
        if sample.shape.name.has_escapes() {
            return false;
        }
        let Some(part) = self.part(sample.shape.name.of(line)) else {
            return false;
        };
        let Some(labels) = LabelRun::of(sample) else {
            return false;
        };
        match (self.family.metric_type, part) {
            (
                MetricType::Counter | MetricType::Gauge | MetricType::Unknown | MetricType::Info,
                Part::Plain,
            ) => self.push_plain::<K>(labels, sample, false),
            (
                MetricType::Counter | MetricType::Info,
                Part::Suffixed(Suffix::Total | Suffix::Info),
            ) => self.push_plain::<K>(labels, sample, true),
            (_, part) => self.add_plain_part::<K>(part, labels, *sample),
        }
    }

    /// Adds a bucket or quantile of the frame's metric. Returns `None` if it is another line.
    #[inline(always)]
    fn add_next<'l, K: Keep<'l, 'a>>(&mut self, line: &str, sample: &Sample<'l>) -> Option<bool> {
        let bytes = line.as_bytes();
        let text = (self.frame).number_in(bytes, sample.shape.series_end as usize)?;
        let metric = self.family.metrics.last_mut()?;
        if metric.timestamp != sample.timestamp() {
            return None;
        }
        // If it is a number, it holds no quote or backslash, so it is the label's whole value.
        let place = numbers_of(metric);
        let word = frame::word(bytes, &text);
        let number = match word.and_then(|word| self.frame.known(place, word)) {
            Some(number) => number,
            None => {
                let number = number(line.get(text)?)?;
                if let Some(word) = word {
                    self.frame.keep(place, word, number);
                }
                number
            }
        };
        Some(push_number::<K>(metric, number, sample))
    }

    /// Adds one of a metric's several samples.
    #[inline(never)]
    fn add_plain_part<'l, K: Keep<'l, 'a>>(
        &mut self,
        part: Part,
        labels: LabelRun<'l>,
        sample: Sample<'l>,
    ) -> bool {
        let sample = &sample;
        if (sample.shape).has(SampleShape::IS_COMPOSITE | SampleShape::HAS_START_TIMESTAMP) {
            return (sample.composite())
                .is_some_and(|composite| self.add_plain_composite::<K>(composite, labels, sample));
        }
        let has_exemplar = sample.shape.exemplars_at > 0;
        match (self.family.metric_type, part) {
            (_, Part::Suffixed(Suffix::Bucket)) => self.add_number::<K>("le", labels, sample),
            // The other parts have no exemplar, or one that goes to the metric.
            _ if has_exemplar => false,
            (MetricType::Summary, Part::Plain) => self.add_number::<K>("quantile", labels, sample),
            (_, Part::Suffixed(Suffix::Created)) => match self.family.metrics.last_mut() {
                Some(last)
                    if last.start_timestamp.is_none()
                        && (last.labels.as_run()).is_some_and(|run| run.is_written_as(labels)) =>
                {
                    last.start_timestamp = Some(StartTimestamp {
                        seconds: sample.value(),
                        timestamp: sample.timestamp(),
                    });
                    true
                }
                _ => false,
            },
            (
                MetricType::Histogram | MetricType::Summary,
                Part::Suffixed(suffix @ (Suffix::Sum | Suffix::Count)),
            ) => match self.plain_point::<K>(labels, sample.timestamp()) {
                Some(Metric {
                    value:
                        MetricValue::Histogram(Histogram { sum, count, .. })
                        | MetricValue::Summary(Summary { sum, count, .. }),
                    suffixed: false,
                    ..
                }) => {
                    let field = match suffix {
                        Suffix::Sum => sum,
                        _ => count,
                    };
                    let is_free = field.is_none();
                    field.get_or_insert(sample.value());
                    is_free
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Adds a bucket or quantile, whose number is the value of the label named `name`.
    fn add_number<'l, K: Keep<'l, 'a>>(
        &mut self,
        name: &str,
        labels: LabelRun<'l>,
        sample: &Sample<'l>,
    ) -> bool {
        let Some(taken) = labels.take(name) else {
            return false;
        };
        let Some(number) = number(taken.value) else {
            return false;
        };
        if taken.rest.has(name) {
            return false;
        }
        let Some(metric) = self.plain_point::<K>(taken.rest, sample.timestamp()) else {
            return false;
        };
        let added = push_number::<K>(metric, number, sample);
        let start = sample.shape.labels_at as usize + taken.at;
        let number = start..start + taken.value.len();
        (self.frame).put(sample, number, self.family.metrics.len());
        added
    }

    /// Returns the last metric, if it has these labels, written the same way, and that timestamp; or a
    /// new one, if no metric has them.
    #[inline]
    fn plain_point<'l, K: Keep<'l, 'a>>(
        &mut self,
        labels: LabelRun<'l>,
        timestamp: Option<i64>,
    ) -> Option<&mut Metric<'a>> {
        let is_last = |last: &Metric<'_>| {
            let run = last.labels.as_run();
            last.timestamp == timestamp && run.is_some_and(|run| run.is_written_as(labels))
        };
        if !self.family.metrics.last().is_some_and(is_last) {
            let is_known = |this: &mut Self| {
                let labels = MetricLabels::from_run(labels);
                this.find_point(&labels, timestamp).is_some()
            };
            let rises = self.labels_rise(labels);
            if !self.can_begin(labels) || !rises && is_known(self) {
                return None;
            }
            let value = slot::empty_as(self.family.metric_type, self.family.metrics.last());
            self.family.metrics.push(Metric {
                labels: K::run(labels),
                timestamp,
                ..Metric::new(value)
            });
            if rises {
                self.rising = self.family.metrics.len();
            }
        }
        self.family.metrics.last_mut()
    }

    /// Tells whether each metric has greater labels than the one before, and these would be greater still.
    /// Then no metric has them.
    fn labels_rise(&self, labels: LabelRun<'_>) -> bool {
        self.rising == self.family.metrics.len()
            && match self.family.metrics.last() {
                Some(last) => (last.labels.as_run()).is_some_and(|last| labels.rises_from(last)),
                None => true,
            }
    }

    /// Tells whether a metric with these labels can be added as it is: the label names are valid, and
    /// nothing waits for a metric.
    #[inline(always)]
    pub(super) fn can_begin(&self, labels: LabelRun<'_>) -> bool {
        if let Some(unusual) = &self.unusual
            && !unusual.waiting.is_empty()
        {
            return false;
        }
        // Those of the last metric were checked.
        let last = || self.family.metrics.last()?.labels.as_run();
        labels.is_plainly_named()
            || last().is_some_and(|last| labels.has_names_of(last))
            || labels.is_well_named()
    }

    /// Adds a metric of one sample.
    #[inline(always)]
    fn push_plain<'l, K: Keep<'l, 'a>>(
        &mut self,
        labels: LabelRun<'l>,
        sample: &Sample<'l>,
        suffixed: bool,
    ) -> bool {
        if !self.can_begin(labels) {
            return false;
        }
        let (kind, value) = (self.family.metric_type, sample.value());
        let timestamp = sample.timestamp();
        // Made after there is room for it, and where it stays: `push` would copy it there.
        let metric = || Metric {
            labels: K::run(labels),
            value: match kind {
                MetricType::Counter => MetricValue::Counter(value),
                MetricType::Gauge => MetricValue::Gauge(value),
                MetricType::Info => MetricValue::Info(value),
                _ => MetricValue::Unknown(value),
            },
            timestamp,
            start_timestamp: None,
            exemplars: Vec::new(),
            suffixed,
        };
        self.family.metrics.extend(std::iter::once_with(metric));
        if sample.shape.exemplars_at > 0 || sample.shape.has(SampleShape::HAS_START_TIMESTAMP) {
            self.add_rest::<K>(*sample);
        }
        true
    }

    /// Gives the last metric the sample's start timestamp and exemplars.
    #[cold]
    fn add_rest<'l, K: Keep<'l, 'a>>(&mut self, sample: Sample<'l>) {
        let sample = &sample;
        if let Some(metric) = self.family.metrics.last_mut() {
            metric.start_timestamp = start_timestamp_of(sample);
            let exemplars = exemplars_of(sample).map(K::exemplar);
            metric.exemplars.extend(exemplars);
        }
    }
}

/// Returns how many buckets or quantiles the metric has.
#[inline(always)]
fn numbers_of(metric: &Metric<'_>) -> usize {
    match &metric.value {
        MetricValue::Histogram(Histogram { buckets, .. })
        | MetricValue::GaugeHistogram(Histogram { buckets, .. }) => buckets.len(),
        MetricValue::Summary(Summary { quantiles, .. }) => quantiles.len(),
        _ => 0,
    }
}

/// Adds a bucket or quantile whose number is the greatest so far.
#[inline(always)]
fn push_number<'l, 'a, K: Keep<'l, 'a>>(
    metric: &mut Metric<'a>,
    number: f64,
    sample: &Sample<'l>,
) -> bool {
    let has_exemplar = sample.shape.exemplars_at > 0;
    match &mut metric.value {
        MetricValue::Histogram(Histogram { buckets, .. })
        | MetricValue::GaugeHistogram(Histogram { buckets, .. }) => {
            if buckets
                .last()
                .is_some_and(|last| last.upper_bound >= number)
            {
                return false;
            }
            buckets.push(Bucket {
                upper_bound: number,
                cumulative_count: sample.value(),
                exemplar: match has_exemplar {
                    false => None,
                    true => boxed_exemplar::<K>(*sample),
                },
            });
            true
        }
        MetricValue::Summary(Summary { quantiles, .. }) if !has_exemplar => {
            if quantiles.last().is_some_and(|last| last.quantile >= number) {
                return false;
            }
            quantiles.push(Quantile {
                quantile: number,
                value: sample.value(),
            });
            true
        }
        _ => false,
    }
}

#[inline(never)]
fn boxed_exemplar<'l, 'a, K: Keep<'l, 'a>>(sample: Sample<'l>) -> Option<Box<MetricExemplar<'a>>> {
    exemplar_of(&sample).map(|exemplar| Box::new(K::exemplar(exemplar)))
}

#[inline(never)]
fn number(text: &str) -> Option<f64> {
    decode::number(text).ok().filter(|number| !number.is_nan())
}
