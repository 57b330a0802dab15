//! Writes the message of a family.

use smallvec::SmallVec;

use super::super::error::{EncodeError, NameErrorKind, TimestampErrorKind};
use super::super::family::check_types;
use super::super::naming::like_samples;
use super::super::omitted::{Omitted, Options};
use super::super::target::Names;
use super::super::text::{NameParts, whole_count};
use super::start_time;
use crate::families::family::{
    Metric, MetricExemplar, MetricFamily, MetricLabels, MetricValue, StateSet, Summary,
};
use crate::model::label_names::LabelNames;
use crate::model::metric_type::MetricType;
use crate::protobuf::fields::{
    counter, exemplar, gauge, metric, metric_family, metric_type, quantile, summary, timestamp,
};
use crate::protobuf::write::MessageWriter;

pub(super) struct FamilyWriter<'e> {
    pub(super) out: MessageWriter<'e>,
    pub(super) omitted: &'e mut Omitted,
    pub(super) names: &'e Names,
    pub(super) options: Options,
}

const NANOS_PER_MILLI: i64 = 1_000_000;

/// A count of observations.
#[derive(Clone, Copy)]
pub(super) enum Count {
    Whole(u64),
    Float(f64),
}

impl FamilyWriter<'_> {
    pub(super) fn family(&mut self, family: &MetricFamily<'_>) -> Result<(), EncodeError> {
        check_types(family)?;
        let escaped = self.names.metric_name(&family.name)?;
        let Some(suffix) = family.metric_type.main_suffix() else {
            let name = NameParts::whole(&escaped);
            return self.message(family, name, family.metrics.iter());
        };
        for (suffixed, suffix) in like_samples(family, suffix) {
            let name = NameParts {
                base: &escaped,
                suffix,
            };
            let metrics = family.metrics.iter();
            let metrics = metrics.filter(|metric| metric.suffixed == suffixed);
            self.message(family, name, metrics)?;
        }
        Ok(())
    }

    /// Writes some metrics of a family as a family of that name.
    fn message<'m, 'a: 'm>(
        &mut self,
        family: &MetricFamily<'_>,
        name: NameParts<'_>,
        metrics: impl Iterator<Item = &'m Metric<'a>>,
    ) -> Result<(), EncodeError> {
        let message = self.out.begin_delimited();
        (self.out).string(metric_family::NAME, [name.base, name.suffix]);
        if let Some(help) = family.help.as_deref() {
            self.out.string(metric_family::HELP, [help, ""]);
        }
        let kind = wire_type(family.metric_type);
        self.out.int(metric_family::TYPE, kind.into());
        for metric in metrics {
            self.metric(family, metric, name)?;
        }
        if let Some(unit) = family.unit.as_deref().filter(|unit| !unit.is_empty()) {
            self.out.string(metric_family::UNIT, [unit, ""]);
        }
        self.out.end(message);
        Ok(())
    }

    fn metric(
        &mut self,
        family: &MetricFamily<'_>,
        metric: &Metric<'_>,
        name: NameParts<'_>,
    ) -> Result<(), EncodeError> {
        if let MetricValue::StateSet(set) = &metric.value {
            return self.states(family, metric, set, name);
        }
        let message = self.out.begin(metric_family::METRIC);
        match &metric.value {
            MetricValue::Counter(value) => {
                self.labels(metric::LABEL, &metric.labels, name, "")?;
                self.counter(metric, *value, name)?;
                self.timestamp(metric, name)?;
            }
            MetricValue::Summary(summary) => {
                self.labels(metric::LABEL, &metric.labels, name, "quantile")?;
                self.summary(metric, summary, name)?;
                self.timestamp(metric, name)?;
            }
            MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram) => {
                self.histogram(metric, histogram, name)?;
            }
            MetricValue::Gauge(value) | MetricValue::Info(value) => {
                self.labels(metric::LABEL, &metric.labels, name, "")?;
                self.value(metric::GAUGE, gauge::VALUE, *value);
                self.no_place(metric, name)?;
                self.timestamp(metric, name)?;
            }
            MetricValue::Unknown(value) => {
                self.labels(metric::LABEL, &metric.labels, name, "")?;
                self.value(metric::UNTYPED, gauge::VALUE, *value);
                self.no_place(metric, name)?;
                self.timestamp(metric, name)?;
            }
            // Each state is a metric, written above.
            MetricValue::StateSet(_) => {}
        }
        self.out.end(message);
        Ok(())
    }

    /// Writes a metric for each state of a set.
    fn states(
        &mut self,
        family: &MetricFamily<'_>,
        metric: &Metric<'_>,
        set: &StateSet<'_>,
        name: NameParts<'_>,
    ) -> Result<(), EncodeError> {
        let label = self.names.label_name(&family.name)?;
        for state in &set.states {
            let message = self.out.begin(metric_family::METRIC);
            self.labels(metric::LABEL, &metric.labels, name, &family.name)?;
            self.out.label(metric::LABEL, &label, &state.name);
            self.value(metric::GAUGE, gauge::VALUE, state.value);
            self.timestamp(metric, name)?;
            self.out.end(message);
        }
        self.no_place(metric, name)
    }

    fn counter(
        &mut self,
        metric: &Metric<'_>,
        value: f64,
        name: NameParts<'_>,
    ) -> Result<(), EncodeError> {
        let message = self.out.begin(metric::COUNTER);
        self.out.double(counter::VALUE, value);
        let (own, others) = match metric.exemplars.split_first() {
            Some((own, others)) => (Some(own), others),
            None => (None, &[][..]),
        };
        if let Some(own) = own {
            self.exemplar(counter::EXEMPLAR, own);
        }
        self.no_place_for_exemplars(others.len(), name)?;
        self.start_time(counter::START_TIMESTAMP, metric, name)?;
        self.out.end(message);
        Ok(())
    }

    fn summary(
        &mut self,
        metric: &Metric<'_>,
        value: &Summary,
        name: NameParts<'_>,
    ) -> Result<(), EncodeError> {
        let message = self.out.begin(metric::SUMMARY);
        let [count, sum] = self.at_least_zero([value.count, value.sum]);
        if let Some(count) = count {
            match whole_count(count + 0.0) {
                Some(count) => self.out.unsigned(summary::SAMPLE_COUNT, count),
                None => self.no_place_for_count(count, name)?,
            }
        }
        if let Some(sum) = sum {
            self.out.double(summary::SAMPLE_SUM, sum);
        }
        for quantile in &value.quantiles {
            let message = self.out.begin(summary::QUANTILE);
            self.out.double(quantile::QUANTILE, quantile.quantile);
            self.out.double(quantile::VALUE, quantile.value);
            self.out.end(message);
        }
        self.start_time(summary::START_TIMESTAMP, metric, name)?;
        self.out.end(message);
        self.no_place_for_exemplars(metric.exemplars.len(), name)
    }

    /// Writes a message that has nothing but a value.
    fn value(&mut self, message: i32, field: i32, value: f64) {
        let message = self.out.begin(message);
        self.out.double(field, value);
        self.out.end(message);
    }

    /// Replaces what is missing by zero, where Go's client library always has a value.
    pub(super) fn at_least_zero(&self, values: [Option<f64>; 2]) -> [Option<f64>; 2] {
        values.map(|value| value.or(self.options.go.then_some(0.0)))
    }

    /// Returns a count of observations as it is written. Readers take a float that is not positive for
    /// none, so there is no place for such a count.
    pub(super) fn count(
        &mut self,
        count: f64,
        name: NameParts<'_>,
    ) -> Result<Option<Count>, EncodeError> {
        Ok(match whole_count(count + 0.0) {
            Some(count) => Some(Count::Whole(count)),
            None if count > 0.0 => Some(Count::Float(count)),
            None => {
                self.no_place_for_count(count, name)?;
                None
            }
        })
    }

    /// Writes the labels of a metric. None of them may be named `extra`.
    pub(super) fn labels(
        &mut self,
        field: i32,
        labels: &MetricLabels<'_>,
        name: NameParts<'_>,
        extra: &str,
    ) -> Result<(), EncodeError> {
        let pairs: SmallVec<[_; 8]> = labels.iter().collect();
        let extra = self.names.label_name(extra)?;
        let mut names = LabelNames::default();
        for (label, value) in &pairs {
            let label = self.names.label_name(label)?;
            self.out.label(field, &label, value);
            let go = self.options.go;
            if let Some(fault) = NameErrorKind::of_metric(&mut names, label, &extra, go) {
                return Err(EncodeError::Labels {
                    metric: name.joined().into_owned(),
                    fault,
                });
            }
        }
        Ok(())
    }

    pub(super) fn timestamp(
        &mut self,
        metric: &Metric<'_>,
        name: NameParts<'_>,
    ) -> Result<(), EncodeError> {
        match metric.timestamp {
            None => Ok(()),
            Some(0) if !self.options.go => {
                self.no_place_for_timestamp(TimestampErrorKind::Zero, name)
            }
            Some(millis) => {
                self.out.int(metric::TIMESTAMP_MS, millis);
                Ok(())
            }
        }
    }

    /// Writes the start time of a metric, if it has one.
    pub(super) fn start_time(
        &mut self,
        field: i32,
        metric: &Metric<'_>,
        name: NameParts<'_>,
    ) -> Result<(), EncodeError> {
        let Some(start) = metric.start_timestamp else {
            return Ok(());
        };
        // Readers take less than a millisecond for none (spec P28).
        let says = |(seconds, nanos): &(i64, i64)| {
            self.options.go || *seconds != 0 || *nanos >= NANOS_PER_MILLI
        };
        match start_time::split(start.seconds).filter(says) {
            Some((seconds, nanos)) => self.time(field, seconds, nanos),
            None => self.no_place_for_timestamp(TimestampErrorKind::Start, name)?,
        }
        // The metric's timestamp says it too.
        match start.timestamp.is_none() || start.timestamp == metric.timestamp {
            true => Ok(()),
            false => self.no_place_for_timestamp(TimestampErrorKind::OfStart, name),
        }
    }

    /// Writes a message `Timestamp`, which leaves zeros out.
    fn time(&mut self, field: i32, seconds: i64, nanos: i64) {
        let message = self.out.begin(field);
        if seconds != 0 {
            self.out.int(timestamp::SECONDS, seconds);
        }
        if nanos != 0 {
            self.out.int(timestamp::NANOS, nanos);
        }
        self.out.end(message);
    }

    /// Writes an exemplar. Its label names are not escaped (spec N29).
    pub(super) fn exemplar(&mut self, field: i32, exemplar: &MetricExemplar<'_>) {
        let message = self.out.begin(field);
        for (name, value) in exemplar.labels.iter() {
            self.out.label(exemplar::LABEL, &name, &value);
        }
        self.out.double(exemplar::VALUE, exemplar.value);
        if let Some(millis) = exemplar.timestamp {
            let (seconds, millis) = (millis.div_euclid(1000), millis.rem_euclid(1000));
            self.time(exemplar::TIMESTAMP, seconds, millis * NANOS_PER_MILLI);
        }
        self.out.end(message);
    }
}

/// What there is no place for: refused, or left out and counted.
impl FamilyWriter<'_> {
    fn no_place(&mut self, metric: &Metric<'_>, name: NameParts<'_>) -> Result<(), EncodeError> {
        if metric.start_timestamp.is_some() {
            self.no_place_for_timestamp(TimestampErrorKind::Start, name)?;
        }
        self.no_place_for_exemplars(metric.exemplars.len(), name)
    }

    pub(super) fn no_place_for_exemplars(
        &mut self,
        exemplars: usize,
        name: NameParts<'_>,
    ) -> Result<(), EncodeError> {
        if exemplars > 0 && !self.options.leaves_out() {
            return Err(EncodeError::Exemplar {
                metric: name.joined().into_owned(),
            });
        }
        self.omitted.exemplars += exemplars as u64;
        Ok(())
    }

    fn no_place_for_timestamp(
        &mut self,
        fault: TimestampErrorKind,
        name: NameParts<'_>,
    ) -> Result<(), EncodeError> {
        if !self.options.leaves_out() {
            return Err(EncodeError::Timestamp {
                metric: name.joined().into_owned(),
                fault,
            });
        }
        self.omitted.timestamps += 1;
        Ok(())
    }

    fn no_place_for_count(&mut self, count: f64, name: NameParts<'_>) -> Result<(), EncodeError> {
        if !self.options.leaves_out() {
            return Err(EncodeError::Count {
                metric: name.joined().into_owned(),
                count,
            });
        }
        self.omitted.counts += 1;
        Ok(())
    }
}

/// Returns the number of a type; info and state set, which protobuf lacks, are gauges, as in the text format.
fn wire_type(kind: MetricType) -> i32 {
    match kind {
        MetricType::Counter => metric_type::COUNTER,
        MetricType::Gauge | MetricType::Info | MetricType::StateSet => metric_type::GAUGE,
        MetricType::Summary => metric_type::SUMMARY,
        MetricType::Unknown => metric_type::UNTYPED,
        MetricType::Histogram => metric_type::HISTOGRAM,
        MetricType::GaugeHistogram => metric_type::GAUGE_HISTOGRAM,
    }
}
