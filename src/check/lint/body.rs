//! What samples and metadata of a body say, whatever its format.

use std::borrow::Cow;
use std::collections::HashSet;

use super::by_name::{ByName, Placed};
use super::finding::{Findings, Of};
use super::histogram::{self, MetricParts, PartFault};
use super::known::{Family, Metadata};
use super::labels::{self, Labels, PlainNames};
use super::naming;
use super::parts::Bounds;
use super::profile::Profile;
use super::rule::LintRule;
use crate::bytes::hash::Seeds;
use crate::bytes::key_set::KeySet;
use crate::error::Position;
use crate::model::metric_type::MetricType;
use crate::model::name;
use crate::model::sample_view::SampleView;
use crate::model::suffix::Suffix;
use crate::number::go_float;
use crate::text::sample::Sample;

/// A series that was seen.
#[derive(Debug)]
struct Seen {
    timestamp: Option<i64>,
    /// The labels in the order written.
    written: u64,
}

/// A body as far as it was read.
pub(super) struct Body<'l> {
    pub(super) profile: Profile,
    pub(super) families: ByName<Family>,
    pub(super) findings: Findings<'l>,
    /// The families of the last sample and of the last metadata.
    last_sample: Option<usize>,
    last_metadata: Option<usize>,
    /// Whether a family had metadata.
    any_metadata: bool,
    series: KeySet<Seen>,
    /// Series that came again with their labels in another order, and a hash of that.
    other_orders: HashSet<(usize, u64)>,
    metrics: KeySet<MetricParts>,
    /// The last metric of which a part came, and its key.
    last_metric: Option<usize>,
    last_key: String,
    bounds: Bounds,
    /// Whether the name of the last line needs quotes.
    is_quoted: bool,
    plain: PlainNames,
    seeds: Seeds,
    key: String,
}

impl<'l> Body<'l> {
    pub(super) fn new(profile: Profile, findings: Findings<'l>) -> Self {
        Body {
            profile,
            families: ByName::default(),
            findings,
            last_sample: None,
            last_metadata: None,
            any_metadata: false,
            series: KeySet::default(),
            other_orders: HashSet::new(),
            metrics: KeySet::default(),
            last_metric: None,
            last_key: String::new(),
            bounds: Bounds::default(),
            is_quoted: false,
            plain: PlainNames::default(),
            seeds: Seeds::default(),
            key: String::new(),
        }
    }

    /// Returns the number of the family that a name belongs to, and the part of it.
    fn place(&mut self, name: &str, position: impl FnOnce() -> Option<Position>) -> Placed {
        let suffixes = self.profile.suffixes();
        let number = self.families.iter().len();
        self.families.place(
            name,
            |family, suffix| suffixes.of(family.metric_type).has(suffix),
            || Family {
                number,
                name: name.to_owned(),
                metric_type: MetricType::Unknown,
                unit: None,
                position: position(),
                has_help: false,
                has_type: false,
                samples: 0,
                is_left: false,
            },
        )
    }

    pub(super) fn metadata(
        &mut self,
        name: &str,
        metadata: Metadata<'_>,
        position: impl Fn() -> Option<Position>,
    ) {
        self.is_quoted = !name::is_legacy_metric_name(name.as_bytes());
        let (number, _) = self.place(name, &position);
        self.any_metadata = true;
        let last = self.last_metadata.replace(number);
        let left = last.filter(|last| *last != number);
        if let Some(last) = left.and_then(|last| self.families.get_mut(last)) {
            last.is_left = true;
        }
        self.late_type_of_parts(number, &metadata, &position);
        let profile = self.profile;
        let Some(family) = self.families.get_mut(number) else {
            return;
        };
        let of = Of {
            number,
            name: &family.name,
        };
        if self.is_quoted {
            self.findings
                .add(profile.quoted_name(), Some(of), &position);
        }
        if family.is_left && family.samples == 0 && profile == Profile::Text {
            self.findings
                .add(LintRule::MixedMetadata, Some(of), &position);
        }
        match metadata {
            Metadata::Type(metric_type) => {
                if family.samples > 0 && !family.has_type && profile == Profile::OpenMetrics {
                    self.findings
                        .add(LintRule::LateTypePanics, Some(of), &position);
                }
                family.metric_type = metric_type;
                family.has_type = true;
            }
            Metadata::Help(text) => {
                if family.samples > 0 && !family.has_help && profile == Profile::Text {
                    self.findings.add(LintRule::LateHelp, Some(of), &position);
                }
                family.has_help |= !text.is_empty();
            }
            Metadata::Unit("") => {}
            Metadata::Unit(unit) => family.unit = Some(unit.to_owned()),
        }
    }

    /// Finds a TYPE line of a histogram or summary after samples that would be its parts.
    fn late_type_of_parts(
        &mut self,
        number: usize,
        metadata: &Metadata<'_>,
        position: impl Fn() -> Option<Position>,
    ) {
        let Metadata::Type(metric_type) = metadata else {
            return;
        };
        if self.profile != Profile::Text {
            return;
        }
        let Some(family) = self.families.get(number) else {
            return;
        };
        let mut parts = self.profile.suffixes().of(*metric_type).iter();
        let is_late = parts.any(|suffix| {
            let part = [&family.name, suffix.as_str()].concat();
            let part = self.families.find(&part);
            part.is_some_and(|part| part.samples > 0 && !part.has_type)
        });
        if is_late {
            let of = Some(family.of());
            self.findings.add(LintRule::LateTypeOfParts, of, position);
        }
    }

    /// Takes a sample.
    pub(super) fn sample<V: SampleView>(
        &mut self,
        sample: &V,
        position: impl Fn() -> Option<Position>,
    ) {
        let name = sample.name();
        if self.families.placed_last(name.as_bytes()).is_none() {
            self.is_quoted = !name::is_legacy_metric_name(name.as_bytes());
        }
        let (number, part) = self.place(&name, &position);
        self.order(number, &position);
        let Some(family) = self.families.get_mut(number) else {
            return;
        };
        family.samples += 1;
        let of = Of {
            number,
            name: &family.name,
        };
        let metric_type = family.metric_type;
        let labels: Labels<'_> = sample.labels().collect();
        let mut add = |rule: LintRule| {
            self.findings.add(rule, Some(of), &position);
        };
        if self.profile == Profile::OpenMetrics
            && metric_type == MetricType::Counter
            && part.is_none()
        {
            add(LintRule::CounterSuffix);
        }
        let timestamp = sample.timestamp();
        if let Some(rule) = timestamp.and_then(|millis| self.profile.timestamp(millis)) {
            add(rule);
        }
        let are_plain = self.plain.cover(&labels);
        self.profile
            .labels(self.is_quoted, &labels, are_plain, &mut add);
        if self.profile.has_specification()
            && labels.is_empty()
            && sample.exemplars().next().is_some()
        {
            add(LintRule::ExemplarWithoutLabels);
        }
        if self.profile == Profile::Text
            && metric_type == MetricType::Unknown
            && name.ends_with(Suffix::Bucket.as_str())
            && labels.iter().any(|(name, _)| name == "le")
        {
            add(LintRule::PartsWithoutType);
        }
        let bound_label = metric_type.bound_label();
        let is_new = match bound_label {
            Some(bound_label) => {
                let metric = Metric {
                    number,
                    metric_type,
                    part,
                    bound_label,
                };
                self.part(sample, metric, &labels, &position)
            }
            None => {
                if metric_type == MetricType::Counter && !self.profile.has_specification() {
                    let value = sample.value().as_f64();
                    if value.is_some_and(|value| value.is_nan() || value < 0.0) {
                        add(LintRule::CounterValue);
                    }
                }
                self.series(sample, (number, part), &labels, &position)
            }
        };
        if is_new && (!are_plain || self.plain.have_bound()) {
            self.new_series(number, metric_type, bound_label, &labels, &position);
        }
    }

    /// Adds a finding about the sample that was taken last.
    pub(super) fn of_last_sample(
        &mut self,
        rule: LintRule,
        position: impl Fn() -> Option<Position>,
    ) {
        let family = self.last_sample.and_then(|last| self.families.get(last));
        self.findings.add(rule, family.map(Family::of), position);
    }

    /// Finds what is wrong with the order of families.
    fn order(&mut self, number: usize, position: impl Fn() -> Option<Position>) {
        if self.last_sample.replace(number) == Some(number) {
            return;
        }
        let Some(family) = self.families.get(number) else {
            return;
        };
        if family.samples > 0 {
            match self.profile {
                Profile::Text => {
                    self.findings
                        .add(LintRule::Interleaved, Some(family.of()), position);
                }
                // The specification says so.
                Profile::OpenMetrics | Profile::OpenMetrics2 | Profile::Protobuf => {}
            }
        } else if !family.has_metadata()
            && self.any_metadata
            && self.profile == Profile::OpenMetrics
        {
            self.findings
                .add(LintRule::WithoutMetadata, Some(family.of()), position);
        }
    }

    /// Begins the key of a series or metric: its family, and which of the family's names it has.
    fn begin_key(&mut self, number: usize, part: Option<Suffix>) {
        self.key.clear();
        go_float::push_unsigned(&mut self.key, number as u64);
        self.key.push_str(part.map_or(" ", Suffix::as_str));
    }

    /// Takes a sample of which nothing can be said: it is written as most are, and in the same family and with the same
    /// label names as the one before it. Returns false if it may be another one, and is not taken.
    pub(super) fn take_plain(&mut self, sample: &Sample<'_>) -> bool {
        let Some((number, part)) = self.families.placed_last(sample.raw_name()) else {
            return false;
        };
        if self.last_sample != Some(number) || self.is_quoted || sample.timestamp().is_some() {
            return false;
        }
        let Some(family) = self.families.get(number) else {
            return false;
        };
        let is_plain = match family.metric_type {
            MetricType::Counter => match self.profile {
                Profile::OpenMetrics => part.is_some(),
                Profile::Text | Profile::Protobuf => sample.value() >= 0.0,
                Profile::OpenMetrics2 => true,
            },
            MetricType::Gauge | MetricType::Unknown | MetricType::Info | MetricType::StateSet => {
                true
            }
            MetricType::Histogram | MetricType::GaugeHistogram | MetricType::Summary => false,
        };
        let Some(labels) = self.plain.canonical(sample).filter(|_| is_plain) else {
            return false;
        };
        self.begin_key(number, part);
        self.key.push_str(labels);
        let seen = Seen {
            timestamp: None,
            written: 0,
        };
        let (_, is_new) = self.series.put(self.key.as_bytes(), seen);
        if let Some(family) = self.families.get_mut(number) {
            family.samples += usize::from(is_new);
        }
        is_new
    }

    /// Notes a series; returns whether it is new.
    fn series(
        &mut self,
        sample: &impl SampleView,
        (number, part): Placed,
        labels: &Labels<'_>,
        position: impl Fn() -> Option<Position>,
    ) -> bool {
        self.begin_key(number, part);
        let are_sorted = self.plain.are_sorted();
        let written = labels::push_canonical(&mut self.key, labels, None, are_sorted, &self.seeds);
        let timestamp = sample.timestamp();
        let seen = Seen { timestamp, written };
        let (place, is_new) = self.series.put(self.key.as_bytes(), seen);
        if is_new {
            return true;
        }
        let (Some(seen), Some(family)) = (self.series.get_mut(place), self.families.get(number))
        else {
            return false;
        };
        let is_same_time = seen.timestamp == timestamp;
        let order = (place, written);
        let is_written_so = seen.written == written || !self.other_orders.insert(order);
        seen.timestamp = timestamp;
        let of = Some(family.of());
        if !is_same_time {
            if is_written_so {
                self.findings.add(LintRule::PointsInTime, of, &position);
            }
            return false;
        }
        if is_written_so {
            self.findings.add(LintRule::NotUnique, of, &position);
        }
        self.findings.add(LintRule::DuplicateSeries, of, &position);
        false
    }

    /// Notes a part of a histogram or summary; returns whether its label set is new.
    fn part(
        &mut self,
        sample: &impl SampleView,
        metric: Metric,
        labels: &Labels<'_>,
        position: impl Fn() -> Option<Position>,
    ) -> bool {
        self.begin_key(metric.number, None);
        if let Some(millis) = sample.timestamp() {
            go_float::push_integer(&mut self.key, millis);
        }
        self.key.push(' ');
        let are_sorted = self.plain.are_sorted();
        let left_out = Some(metric.bound_label);
        labels::push_canonical(&mut self.key, labels, left_out, are_sorted, &self.seeds);
        let (place, is_new) = match self.last_metric.filter(|_| self.last_key == self.key) {
            Some(last) => (last, false),
            None => self
                .metrics
                .put(self.key.as_bytes(), MetricParts::default()),
        };
        self.last_metric = Some(place);
        std::mem::swap(&mut self.key, &mut self.last_key);
        let (Some(parts), Some(family)) = (
            self.metrics.get_mut(place),
            self.families.get(metric.number),
        ) else {
            return is_new;
        };
        if is_new {
            *parts = MetricParts::new(metric.number, position());
        }
        let is_bound = |label: &&(Cow<'_, str>, Cow<'_, str>)| label.0 == metric.bound_label;
        let bound = labels.iter().find(is_bound).map(|(_, value)| &**value);
        let of = Some(family.of());
        let findings = &mut self.findings;
        let check_values = !self.profile.has_specification();
        let has_bound = parts.take(
            metric.metric_type,
            metric.part,
            bound,
            sample.value().as_f64(),
            |fault: PartFault| {
                if check_values {
                    findings.add(fault.rule(), of, &position);
                }
            },
        );
        let is_misspelled = |bound: &str| !histogram::is_spelled_well(bound);
        if self.profile.has_specification() && bound.is_some_and(is_misspelled) {
            findings.add(LintRule::BoundSpelling, of, &position);
        }
        let is_first = match (has_bound, metric.part) {
            (Some(bound), _) => parts.known.note_bound(place, bound, &mut self.bounds),
            (None, Some(suffix)) => parts.known.note(suffix),
            (None, None) => true,
        };
        if !is_first {
            findings.add(LintRule::DuplicateBucket, of, &position);
        }
        is_new
    }

    /// Finds what promlint finds once for each series.
    fn new_series(
        &mut self,
        number: usize,
        metric_type: MetricType,
        bound_label: Option<&str>,
        labels: &Labels<'_>,
        position: impl Fn() -> Option<Position>,
    ) {
        let Some(family) = self.families.get(number) else {
            return;
        };
        let of = Some(family.of());
        let own = labels
            .iter()
            .filter(|(name, _)| Some(&**name) != bound_label);
        for (name, _) in own {
            let rule = match &**name {
                "le" if metric_type != MetricType::Unknown => LintRule::BoundLabel,
                "quantile" if metric_type != MetricType::Unknown => LintRule::QuantileLabel,
                name if naming::is_camel_case(name) => LintRule::CamelCaseLabel,
                _ => continue,
            };
            self.findings.add(rule, of, &position);
        }
    }

    /// Finds what a histogram or summary lacks once all of it was read.
    pub(super) fn finish_metrics(&mut self) {
        if self.profile.has_specification() {
            return;
        }
        for parts in self.metrics.values() {
            let Some(family) = self.families.get(parts.family) else {
                continue;
            };
            parts.finish(family.metric_type, |fault| {
                let position = || parts.position;
                self.findings.add(fault.rule(), Some(family.of()), position);
            });
        }
    }
}

/// A histogram or summary of which a part is noted.
#[derive(Clone, Copy)]
struct Metric {
    number: usize,
    metric_type: MetricType,
    part: Option<Suffix>,
    bound_label: &'static str,
}
