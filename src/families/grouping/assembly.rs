//! One family while its lines arrive.

use std::borrow::Cow;

use super::exemplar::{exemplars_of, further_exemplars_of};
use super::fault::Fault;
use super::frame::Frame;
use super::incoming::Incoming;
use super::keep::Keep;
use super::misfit::Misfit;
use super::slot::{self, Seen, Slot};
use super::start_timestamp::start_timestamp_of;
use super::unusual::Unusual;
use super::waiting::Waiting;
use crate::bytes::compare;
use crate::error::{Error, ErrorKind};
use crate::families::family::{Metric, MetricFamily, MetricLabels, MetricValue, StartTimestamp};
use crate::format::syntax::{Composites, Syntax};
use crate::model::metric_type::MetricType;
use crate::model::suffix::Suffix;

/// Which of a family's samples a name denotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The family's own name.
    Plain,
    Suffixed(Suffix),
}

#[derive(Debug)]
pub(super) struct Assembly<'a> {
    pub(super) family: MetricFamily<'a>,
    /// The format of the body.
    pub(super) syntax: &'static Syntax,
    /// Whether a TYPE line gave the type.
    pub(super) declared: bool,
    /// Whether another family has the name of one of this family's possible samples.
    pub(super) shadowed: bool,
    pub(super) unusual: Option<Box<Unusual<'a>>>,
    pub(super) frame: Frame,
    /// How many metrics there are, if the labels of each are a run that rises from the one before, as
    /// [`rises_from`](crate::families::family::LabelRun::rises_from) tells. If there are more, some do not.
    pub(super) rising: usize,
}

impl<'a> Assembly<'a> {
    pub(super) fn new(name: Cow<'a, str>, syntax: &'static Syntax) -> Self {
        Assembly {
            family: MetricFamily::new(name, MetricType::Unknown),
            syntax,
            declared: false,
            shadowed: false,
            unusual: None,
            frame: Frame::default(),
            rising: 0,
        }
    }

    /// Begins another family after one was [finished](Self::finish).
    pub(super) fn begin(&mut self, name: Cow<'a, str>) {
        self.family.name = name;
        self.declared = false;
        self.shadowed = false;
        self.frame.forget();
        self.rising = 0;
    }

    pub(super) fn name(&self) -> &Cow<'a, str> {
        &self.family.name
    }

    /// Returns which of this family's samples is named `name`.
    #[inline(always)]
    pub(super) fn part(&self, name: &str) -> Option<Part> {
        let own = self.family.name.as_ref();
        if !compare::begins(name.as_bytes(), own.as_bytes()) {
            return None;
        }
        match name.len() == own.len() {
            true => Some(Part::Plain),
            false => self.suffixed(name.get(own.len()..)?),
        }
    }

    #[inline(never)]
    fn suffixed(&self, suffix: &str) -> Option<Part> {
        self.part_with(Suffix::parse(suffix)?)
    }

    #[inline]
    pub(super) fn part_with(&self, suffix: Suffix) -> Option<Part> {
        let suffixes = self.syntax.suffixes.of(self.family.metric_type);
        suffixes.has(suffix).then_some(Part::Suffixed(suffix))
    }

    // ---- samples

    /// Tells whether no metric's parts have come out of order so far.
    #[inline(always)]
    pub(super) fn is_in_order(&self) -> bool {
        (self.unusual.as_ref()).is_none_or(|unusual| unusual.seen.is_empty())
    }

    /// Adds a sample, which is the one that `part` says.
    #[inline]
    pub(super) fn add<'l, K: Keep<'l, 'a>>(
        &mut self,
        part: Part,
        sample: &mut Incoming<'l>,
    ) -> Result<(), Fault> {
        if let Some(composite) = sample.sample().composite() {
            return self.add_composite::<K>(composite, sample);
        }
        let (slot, suffixed) = match (self.family.metric_type, part) {
            (MetricType::Counter | MetricType::Gauge | MetricType::Unknown, Part::Plain)
            | (MetricType::Info, Part::Plain) => {
                return self.add_single::<K>(sample, false);
            }
            (_, Part::Suffixed(Suffix::Total | Suffix::Info)) => {
                return self.add_single::<K>(sample, true);
            }
            (_, Part::Suffixed(Suffix::Created)) => {
                return self.add_created::<K>(sample);
            }
            (MetricType::Histogram | MetricType::GaugeHistogram, Part::Plain) => {
                let expected = match self.syntax.composites {
                    Composites::Lines => "`_bucket`, `_sum` or `_count` after the histogram's name",
                    Composites::Braces => "all values of the histogram in braces",
                };
                return Err(sample.fault(ErrorKind::NoSuchSample, expected));
            }
            (MetricType::StateSet, _) => {
                let Some((_, state)) = sample.take_label(&self.family.name)? else {
                    return Err(sample.fault(
                        ErrorKind::MissingLabel,
                        "a label called as the state set, with the state's name",
                    ));
                };
                (Slot::State(state), false)
            }
            (MetricType::Summary, Part::Plain) => {
                let quantile = sample.take_number(
                    "quantile",
                    "a label `quantile`, or `_sum` or `_count` after the summary's name",
                    "a number as the value of `quantile`",
                )?;
                (Slot::Quantile(quantile), false)
            }
            (_, Part::Suffixed(Suffix::Bucket)) => {
                let bound = sample.take_number(
                    "le",
                    "a label `le` with the bucket's bound",
                    "a number as the value of `le`",
                )?;
                (Slot::Bucket(bound), false)
            }
            (_, Part::Suffixed(Suffix::Sum)) => (Slot::Sum, false),
            (_, Part::Suffixed(Suffix::Count)) => (Slot::Count, false),
            (_, Part::Suffixed(Suffix::GSum)) => (Slot::Sum, true),
            (_, Part::Suffixed(Suffix::GCount)) => (Slot::Count, true),
        };
        let is_numbered = matches!(slot, Slot::Bucket(_) | Slot::Quantile(_));
        let at = self.add_part::<K>(slot, suffixed, sample)?;
        let metrics = self.family.metrics.len();
        if is_numbered && at + 1 == metrics && self.frame.metrics() != metrics {
            let (sample, number) = sample.place();
            self.frame.put(sample, number, metrics);
        }
        Ok(())
    }

    #[inline]
    fn add_single<'l, K: Keep<'l, 'a>>(
        &mut self,
        sample: &mut Incoming<'l>,
        suffixed: bool,
    ) -> Result<(), Fault> {
        let last = self.family.metrics.last();
        if !last.is_some_and(|last| sample.has_names_of(&last.labels)) {
            sample.check_labels()?;
        }
        let value = sample.value();
        let timestamp = sample.timestamp();
        let kind = self.family.metric_type;
        // Written in place, not moved.
        let metrics = self.family.metrics.len() + 1;
        self.family.metrics.resize_with(metrics, || Metric {
            labels: MetricLabels::default(),
            value: match kind {
                MetricType::Counter => MetricValue::Counter(value),
                MetricType::Gauge => MetricValue::Gauge(value),
                MetricType::Info => MetricValue::Info(value),
                _ => MetricValue::Unknown(value),
            },
            timestamp,
            start_timestamp: start_timestamp_of(sample.sample()),
            exemplars: Vec::new(),
            suffixed,
        });
        if let Some(metric) = self.family.metrics.last_mut() {
            sample.put_labels::<K>(&mut metric.labels);
            let exemplars = exemplars_of(sample.sample()).map(K::exemplar);
            metric.exemplars.extend(exemplars);
        }
        if self.unusual.is_some() {
            self.end_waiting();
        }
        Ok(())
    }

    /// Adds one of the several samples of a metric: to the metric it belongs to, or to a new one with the
    /// same labels if that has such a sample already. Returns which metric it is.
    fn add_part<'l, K: Keep<'l, 'a>>(
        &mut self,
        slot: Slot<'l>,
        suffixed: bool,
        sample: &mut Incoming<'l>,
    ) -> Result<usize, Fault> {
        let value = sample.value();
        let timestamp = sample.timestamp();
        let at = match self.last_point(sample) {
            Some(at) if self.has_room(at, &slot, suffixed) => at,
            last => {
                sample.check_labels()?;
                let labels = sample.take_labels();
                let found = match last {
                    // It has no room, and is the last with those labels.
                    Some(_) => None,
                    None => self.find_point(&labels, timestamp),
                };
                self.point_or_new::<K>(found, labels, timestamp, &slot, suffixed)
            }
        };
        self.note(at, &slot);
        if let Some(metric) = self.family.metrics.get_mut(at) {
            let exemplar = sample.exemplar();
            let exemplar = exemplar.map(|exemplar| Box::new(K::exemplar(*exemplar)));
            slot.fill::<K>(metric, value, suffixed, exemplar);
            let further = further_exemplars_of(sample.sample());
            metric.exemplars.extend(further.map(K::exemplar));
            if let Some(start) = start_timestamp_of(sample.sample()) {
                metric.start_timestamp.get_or_insert(start);
            }
        }
        Ok(at)
    }

    /// Returns the last metric, if it has the sample's labels and timestamp.
    #[inline]
    fn last_point(&self, sample: &Incoming<'_>) -> Option<usize> {
        let last = self.family.metrics.last()?;
        let same = last.timestamp == sample.timestamp() && sample.has_labels(&last.labels);
        same.then(|| self.family.metrics.len() - 1)
    }

    /// Returns the metric with those labels and that timestamp, which is not the last one.
    pub(super) fn find_point(
        &mut self,
        labels: &MetricLabels<'_>,
        timestamp: Option<i64>,
    ) -> Option<usize> {
        if self.family.metrics.is_empty() {
            return None;
        }
        let unusual = self.unusual.get_or_insert_with(|| Box::new(Unusual::new()));
        unusual.points.find(&self.family.metrics, labels, timestamp)
    }

    /// Returns the last metric with those labels.
    fn find_series(&mut self, labels: &MetricLabels<'_>) -> Option<usize> {
        if self.family.metrics.is_empty() {
            return None;
        }
        let unusual = self.unusual.get_or_insert_with(|| Box::new(Unusual::new()));
        unusual.series.find(&self.family.metrics, labels, None)
    }

    /// Returns the metric that was found, if it has room; otherwise a new one with those labels.
    fn point_or_new<'l, K: Keep<'l, 'a>>(
        &mut self,
        found: Option<usize>,
        labels: MetricLabels<'l>,
        timestamp: Option<i64>,
        slot: &Slot<'_>,
        suffixed: bool,
    ) -> usize {
        if let Some(found) = found
            && self.has_room(found, slot, suffixed)
        {
            return found;
        }
        self.family.metrics.push(Metric {
            labels: K::labels(labels),
            value: slot::empty(self.family.metric_type),
            timestamp,
            start_timestamp: None,
            exemplars: Vec::new(),
            suffixed,
        });
        if self.unusual.is_some() {
            self.end_waiting();
        }
        self.family.metrics.len() - 1
    }

    /// Tells whether the metric has no such sample yet.
    #[inline]
    fn has_room(&self, at: usize, slot: &Slot<'_>, suffixed: bool) -> bool {
        let seen = (self.unusual.as_ref()).and_then(|unusual| unusual.seen.get(&at));
        let metric = self.family.metrics.get(at);
        metric.is_some_and(|metric| slot.is_free(metric, suffixed, seen))
    }

    /// Records what the metric has so far, if that has to be kept separately.
    #[inline]
    fn note(&mut self, at: usize, slot: &Slot<'_>) {
        let Some(metric) = self.family.metrics.get(at) else {
            return;
        };
        let late = slot.comes_late(metric);
        if !late && self.unusual.is_none() {
            return;
        }
        let unusual = self.unusual.get_or_insert_with(|| Box::new(Unusual::new()));
        if late {
            let seen = unusual.seen.entry(at);
            seen.or_insert_with(|| Seen::all_of(metric)).insert(slot);
        } else if let Some(seen) = unusual.seen.get_mut(&at) {
            seen.insert(slot);
        }
    }

    // ---- start times

    /// Gives a metric with those labels its start time; if there is none, or all of them have theirs, the
    /// line waits for a new one.
    fn add_created<'l, K: Keep<'l, 'a>>(&mut self, sample: &mut Incoming<'l>) -> Result<(), Fault> {
        let created = StartTimestamp {
            seconds: sample.value(),
            timestamp: sample.timestamp(),
        };
        let last = (self.family.metrics.last_mut())
            .filter(|last| last.start_timestamp.is_none() && sample.has_labels(&last.labels));
        if let Some(last) = last {
            let exemplar = sample.exemplar();
            last.start_timestamp = Some(created);
            (last.exemplars).extend(exemplar.map(|exemplar| K::exemplar(*exemplar)));
            return Ok(());
        }
        sample.check_labels()?;
        let fault = sample.fault(
            ErrorKind::LoneCreated,
            "a `_total` sample with the same labels",
        );
        let exemplar = (sample.exemplar()).map(|exemplar| K::exemplar(*exemplar));
        let labels = sample.take_labels();
        let found = self.find_series(&labels);
        if let Some(metric) = found.and_then(|at| self.family.metrics.get_mut(at))
            && metric.start_timestamp.is_none()
        {
            metric.start_timestamp = Some(created);
            metric.exemplars.extend(exemplar);
            return Ok(());
        }
        let unusual = self.unusual.get_or_insert_with(|| Box::new(Unusual::new()));
        unusual.waiting.enter(Waiting {
            labels: K::labels(labels),
            created,
            exemplar,
            error: sample.error(fault),
        });
        Ok(())
    }

    /// Gives the newest metric the start time that waited for it.
    fn end_waiting(&mut self) {
        if let (Some(unusual), Some(metric)) = (&mut self.unusual, self.family.metrics.last_mut())
            && let Some(line) = unusual.waiting.take(&metric.labels)
        {
            metric.start_timestamp = Some(line.created);
            metric.exemplars.extend(line.exemplar);
        }
    }

    // ---- samples that do not fit, and the end

    /// Keeps a sample whose name is one of this family's but which fits none of its metrics: as a metric
    /// of unknown type, in this family if that is its type and name, otherwise in one with the sample's
    /// name.
    #[cold]
    pub(super) fn keep_misfit<'l, K: Keep<'l, 'a>>(&mut self, misfit: Misfit<'l>) {
        let (name, metric) = misfit.kept::<K>();
        if self.family.metric_type == MetricType::Unknown && name == self.family.name {
            self.family.metrics.push(metric);
            return;
        }
        let unusual = self.unusual.get_or_insert_with(|| Box::new(Unusual::new()));
        unusual.misfits.push(name, metric);
    }

    /// Returns the family, and what is left over of its lines; samples that did not fit only if
    /// `keep_misfits` says so.
    #[inline]
    pub(super) fn finish(&mut self, keep_misfits: bool) -> Finished<'a> {
        let unusual = self.unusual.take();
        let rest = unusual.map(|unusual| Box::new(self.settle(*unusual, keep_misfits)));
        let none = MetricFamily::new(Cow::Borrowed(""), MetricType::Unknown);
        let family = std::mem::replace(&mut self.family, none);
        Finished { family, rest }
    }

    /// Sorts what came out of order, and assigns what waited in vain.
    #[cold]
    fn settle(&mut self, unusual: Unusual<'a>, keep_misfits: bool) -> Rest<'a> {
        for at in unusual.seen.into_keys() {
            if let Some(metric) = self.family.metrics.get_mut(at) {
                slot::sort(&mut metric.value);
            }
        }
        let (mut errors, mut misfits) = (Vec::new(), unusual.misfits);
        for line in unusual.waiting.into_lines() {
            let metric = Metric {
                labels: line.labels,
                exemplars: line.exemplar.into_iter().collect(),
                ..Metric::new(slot::empty(self.family.metric_type))
            };
            if self.family.metric_type != MetricType::Counter {
                // Such a metric may lack everything.
                self.family.metrics.push(Metric {
                    start_timestamp: Some(line.created),
                    ..metric
                });
                continue;
            }
            errors.push(line.error);
            if keep_misfits {
                let name = Cow::Owned([&self.family.name, Suffix::Created.as_str()].concat());
                let lone = Metric {
                    value: MetricValue::Unknown(line.created.seconds),
                    timestamp: line.created.timestamp,
                    ..metric
                };
                misfits.push(name, lone);
            }
        }
        Rest {
            errors,
            misfits: misfits.into_families(),
        }
    }
}

/// A family that is complete.
#[derive(Debug)]
pub(super) struct Finished<'a> {
    pub(super) family: MetricFamily<'a>,
    /// What is left over of its lines, if anything may be.
    pub(super) rest: Option<Box<Rest<'a>>>,
}

/// What fits into no metric of a family.
#[derive(Debug, Default)]
pub(super) struct Rest<'a> {
    /// One error for each counter's start time that waited in vain.
    pub(super) errors: Vec<Error>,
    /// Families of the samples that did not fit.
    pub(super) misfits: Vec<MetricFamily<'a>>,
}
