//! Writes families each of whose metrics is one line: with all its parts, its start time and all its exemplars.

use super::error::{EncodeError, TimestampErrorKind};
use super::family::FamilyWriter;
use super::naming::like_samples;
use super::text::{self, NameParts, SeriesWriter};
use crate::families::family::{Metric, MetricExemplar, MetricFamily, MetricValue};
use crate::model::metric_type::MetricType;
use crate::model::suffix::Suffix;

impl FamilyWriter<'_> {
    /// Writes a family that is named like its samples: counters or infos with the suffix and those without it
    /// are two families.
    pub(super) fn whole(
        &mut self,
        family: &MetricFamily<'_>,
        escaped: &str,
    ) -> Result<(), EncodeError> {
        let Some(suffix) = family.metric_type.main_suffix() else {
            return self.whole_family(family, NameParts::whole(escaped), family.metrics.iter());
        };
        for (suffixed, suffix) in like_samples(family, suffix) {
            let name = NameParts {
                base: escaped,
                suffix,
            };
            let metrics = family.metrics.iter();
            let metrics = metrics.filter(|metric| metric.suffixed == suffixed);
            self.whole_family(family, name, metrics)?;
        }
        Ok(())
    }

    /// Writes some metrics of a family as a family of that name.
    fn whole_family<'m, 'a: 'm>(
        &mut self,
        family: &MetricFamily<'_>,
        name: NameParts<'_>,
        metrics: impl Iterator<Item = &'m Metric<'a>> + Clone,
    ) -> Result<(), EncodeError> {
        let kind = match keeps_type(family.metric_type, name, metrics.clone()) {
            true => family.metric_type,
            false => MetricType::Unknown,
        };
        self.header(family, name, kind)?;
        self.taken.insert(name.joined().into_owned());
        for metric in metrics {
            self.whole_metric(family, metric, name)?;
        }
        Ok(())
    }

    fn whole_metric(
        &mut self,
        family: &MetricFamily<'_>,
        metric: &Metric<'_>,
        name: NameParts<'_>,
    ) -> Result<(), EncodeError> {
        match &metric.value {
            MetricValue::Counter(value)
            | MetricValue::Gauge(value)
            | MetricValue::Unknown(value)
            | MetricValue::Info(value) => {
                self.take_labels(&metric.labels, name, "")?;
                self.begin_line(name, None);
                self.whole_value(*value);
                self.end_line(metric, name, metric.exemplars.iter())
            }
            MetricValue::StateSet(set) => {
                self.take_labels(&metric.labels, name, &family.name)?;
                let label = self.target.names.label_name(&family.name)?;
                // An exemplar for each state, and for the last one those that are left.
                let mut exemplars = metric.exemplars.as_slice();
                let mut states = set.states.iter().peekable();
                while let Some(state) = states.next() {
                    self.begin_line(name, Some((&label, &state.name)));
                    self.whole_value(state.value);
                    let own = match states.peek() {
                        Some(_) => exemplars.split_off(..1.min(exemplars.len())),
                        None => Some(std::mem::take(&mut exemplars)),
                    };
                    self.end_line(metric, name, own.unwrap_or_default().iter())?;
                }
                self.no_place(name, exemplars.len())
            }
            MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram) => {
                self.whole_histogram(metric, histogram, name)
            }
            MetricValue::Summary(summary) => self.whole_summary(metric, summary, name),
        }
    }

    /// Appends a series with the labels that were taken, and a label of its own.
    pub(super) fn begin_line(&mut self, name: NameParts<'_>, label: Option<(&str, &str)>) {
        let mut series = SeriesWriter::new(self.out, name);
        series.labels(self.labels);
        if let Some((name, value)) = label {
            series.label(name, value);
        }
        series.finish();
        self.out.push(' ');
    }

    fn whole_value(&mut self, value: f64) {
        let value = self.signed(value);
        text::push_value(self.out, value, self.syntax().numbers);
    }

    /// Returns the number without the sign of a zero, if Go's client library is to be followed, which drops it.
    pub(super) fn signed(&self, value: f64) -> f64 {
        match self.options.go {
            true => value + 0.0,
            false => value,
        }
    }

    /// Appends what comes after a value: the metric's time, its start time and the exemplars.
    pub(super) fn end_line<'m, 'a: 'm>(
        &mut self,
        metric: &Metric<'_>,
        name: NameParts<'_>,
        exemplars: impl Iterator<Item = &'m MetricExemplar<'a>>,
    ) -> Result<(), EncodeError> {
        if let Some(millis) = metric.timestamp {
            self.time(" ", millis);
        }
        self.start_time(metric, name)?;
        for exemplar in exemplars {
            self.whole_exemplar(name, exemplar)?;
        }
        self.out.push('\n');
        Ok(())
    }

    /// Appends a time of milliseconds in seconds.
    fn time(&mut self, before: &str, millis: i64) {
        let seconds = match self.options.go {
            true => millis as f64 / 1000.0,
            false => text::seconds(millis),
        };
        self.out.push_str(before);
        text::push_decimal(self.out, seconds);
    }

    fn start_time(&mut self, metric: &Metric<'_>, name: NameParts<'_>) -> Result<(), EncodeError> {
        let Some(start) = metric.start_timestamp else {
            return Ok(());
        };
        let kind = metric.value.metric_type();
        // The grammar has one for all types; the specification excludes it for gauge histograms (spec G33).
        let has_one = match self.options.go {
            true => kind.has_start_time(),
            false => kind != MetricType::GaugeHistogram,
        };
        if !has_one || !start.seconds.is_finite() {
            return self.no_place_for_start(TimestampErrorKind::Start, name);
        }
        self.out.push_str(" st@");
        text::push_decimal(self.out, start.seconds);
        // The metric's timestamp says it too.
        match start.timestamp.is_none() || start.timestamp == metric.timestamp {
            true => Ok(()),
            false => self.no_place_for_start(TimestampErrorKind::OfStart, name),
        }
    }

    fn no_place_for_start(
        &mut self,
        fault: TimestampErrorKind,
        name: NameParts<'_>,
    ) -> Result<(), EncodeError> {
        if !self.options.leaves_out() {
            return Err(EncodeError::StartTimestamp {
                metric: name.joined().into_owned(),
                fault,
            });
        }
        self.omitted.timestamps += 1;
        Ok(())
    }

    fn whole_exemplar(
        &mut self,
        name: NameParts<'_>,
        exemplar: &MetricExemplar<'_>,
    ) -> Result<(), EncodeError> {
        // Readers of OpenMetrics 1.0 take such a label; those of 2.0 refuse the body for it.
        if exemplar.labels.iter().any(|(label, _)| label.is_empty()) {
            return self.no_place(name, 1);
        }
        match exemplar.timestamp {
            Some(millis) => {
                text::push_exemplar(self.out, exemplar.labels.iter(), exemplar.value);
                self.time(" ", millis);
                Ok(())
            }
            None if self.options.leaves_out() => {
                self.omitted.exemplars += 1;
                Ok(())
            }
            None => Err(EncodeError::ExemplarTimestamp {
                metric: name.joined().into_owned(),
            }),
        }
    }
}

/// Tells whether a family of that name can have that type. Readers refuse a whole body for an info that is not
/// named so or is not 1, for a state that is neither 0 nor 1 (spec G25, G36), and for a counter of NaN (spec G35).
fn keeps_type<'m, 'a: 'm>(
    kind: MetricType,
    name: NameParts<'_>,
    mut metrics: impl Iterator<Item = &'m Metric<'a>>,
) -> bool {
    let is_named_info = || name.joined().ends_with(Suffix::Info.as_str());
    (kind != MetricType::Info || is_named_info())
        && metrics.all(|metric| match &metric.value {
            MetricValue::Counter(value) => !value.is_nan(),
            MetricValue::Info(value) => *value == 1.0,
            MetricValue::StateSet(set) => {
                (set.states.iter()).all(|state| state.value == 0.0 || state.value == 1.0)
            }
            MetricValue::Gauge(_)
            | MetricValue::Unknown(_)
            | MetricValue::Histogram(_)
            | MetricValue::GaugeHistogram(_)
            | MetricValue::Summary(_) => true,
        })
}
