//! Writes a family: its header, and its samples in the order that the formats demand.

use std::collections::HashSet;

use smallvec::SmallVec;

use super::classic::Classic;
use super::error::{EncodeError, NameErrorKind};
use super::metadata::Metadata;
use super::naming::{has_samples, like_samples};
use super::omitted::{Omitted, Options};
use super::target::Target;
use super::text::{self, NameParts, SeriesWriter};
use crate::families::family::{Metric, MetricExemplar, MetricFamily, MetricLabels, MetricValue};
use crate::format::syntax::{Composites, ExemplarCount, NumberStyle, Syntax, TimeUnit};
use crate::model::label_names::LabelNames;
use crate::model::metric_type::MetricType;
use crate::model::suffix::{FamilyNames, Suffix};

pub(super) struct FamilyWriter<'e> {
    pub(super) out: &'e mut String,
    /// The labels of the metric that is being written, in their written form.
    pub(super) labels: &'e mut String,
    pub(super) omitted: &'e mut Omitted,
    pub(super) target: &'e Target,
    pub(super) options: Options,
    pub(super) taken: &'e mut HashSet<String>,
}

/// The label that tells the samples of one metric from each other.
pub(super) enum Extra<'x> {
    None,
    Number(&'static str, f64),
    Text(&'x str, &'x str),
}

/// A sample's line without its labels.
pub(super) struct Row<'r> {
    pub(super) name: NameParts<'r>,
    pub(super) extra: Extra<'r>,
    pub(super) value: f64,
    /// Whether the value is a count of observations.
    pub(super) count: bool,
    pub(super) timestamp: Option<i64>,
    pub(super) exemplar: Option<&'r MetricExemplar<'r>>,
}

impl FamilyWriter<'_> {
    pub(super) fn family(&mut self, family: &MetricFamily<'_>) -> Result<(), EncodeError> {
        check_types(family)?;
        let escaped = self.target.names.metric_name(&family.name)?;
        match self.syntax().composites {
            Composites::Lines => self.lines(family, &escaped),
            Composites::Braces => self.whole(family, &escaped),
        }
    }

    /// Writes a family whose metrics are several lines each.
    fn lines(&mut self, family: &MetricFamily<'_>, escaped: &str) -> Result<(), EncodeError> {
        let kind = family.metric_type;
        if !kind.has_start_time() {
            let metrics = family.metrics.iter();
            let lost = metrics.filter(|metric| metric.start_timestamp.is_some());
            self.omitted.timestamps += lost.count() as u64;
        }
        if let Some(suffix) = kind.main_suffix() {
            return match self.syntax().suffixes.family_names() {
                FamilyNames::Stems => self.stem(family, escaped, suffix),
                FamilyNames::AsSamples => self.families_of_samples(family, escaped, suffix),
            };
        }
        self.take_name(escaped);
        self.header(family, NameParts::whole(escaped), kind)?;
        for metric in &family.metrics {
            self.metric(family, metric, escaped)?;
        }
        self.gauges_beside(family, escaped, kind)
    }

    pub(super) fn syntax(&self) -> &'static Syntax {
        self.target.syntax
    }

    /// Tells whether samples of a family of that type can have that suffix.
    pub(super) fn links(&self, kind: MetricType, suffix: Suffix) -> bool {
        self.syntax().suffixes.of(kind).has(suffix)
    }

    /// Remembers the name of a family, where another could have it without its suffix.
    fn take_name(&mut self, escaped: &str) {
        match self.syntax().suffixes.family_names() {
            FamilyNames::Stems if !self.taken.contains(escaped) => {
                self.taken.insert(escaped.to_owned());
            }
            FamilyNames::Stems | FamilyNames::AsSamples => {}
        }
    }

    pub(super) fn header(
        &mut self,
        family: &MetricFamily<'_>,
        name: NameParts<'_>,
        kind: MetricType,
    ) -> Result<(), EncodeError> {
        let metadata = Metadata {
            help: family.help.as_deref(),
            kind: Some(kind),
            unit: family.unit.as_deref(),
        };
        metadata.push(self.out, self.target, name, self.options, self.omitted)
    }

    /// Writes a family of counters or infos that is named without the suffix of its samples. The samples keep
    /// the names that the family gives them.
    fn stem(
        &mut self,
        family: &MetricFamily<'_>,
        escaped: &str,
        suffix: Suffix,
    ) -> Result<(), EncodeError> {
        self.take_name(escaped);
        let kind = family.metric_type;
        // Without metrics the name tells as little as with suffixed ones.
        let bare = has_samples(family, false) && !has_samples(family, true);
        let free = |base: &str| self.options.go || !self.taken.contains(base);
        let (name, kind) = match escaped.strip_suffix(suffix.as_str()) {
            Some(base) if bare && !base.is_empty() && free(base) => (base, kind),
            _ if bare => (escaped, MetricType::Unknown),
            _ => (escaped, kind),
        };
        self.header(family, NameParts::whole(name), kind)?;
        for metric in &family.metrics {
            let suffix = if metric.suffixed { suffix.as_str() } else { "" };
            self.single(metric, escaped, suffix)?;
            if self.links(kind, Suffix::Created) {
                self.created(metric, name)?;
            }
        }
        self.gauges_beside(family, escaped, kind)
    }

    /// Writes a family of counters or infos that is named like its samples: those with the suffix and those
    /// without it are two families.
    fn families_of_samples(
        &mut self,
        family: &MetricFamily<'_>,
        escaped: &str,
        suffix: Suffix,
    ) -> Result<(), EncodeError> {
        let kind = family.metric_type;
        for (suffixed, suffix) in like_samples(family, suffix) {
            let name = NameParts {
                base: escaped,
                suffix,
            };
            self.header(family, name, kind)?;
            let metrics = family.metrics.iter();
            for metric in metrics.filter(|metric| metric.suffixed == suffixed) {
                self.single(metric, escaped, suffix)?;
            }
        }
        self.gauges_beside(family, escaped, kind)
    }

    /// Writes what has no place within the family, which is written with type `kind`, as gauges of their own
    /// names.
    fn gauges_beside(
        &mut self,
        family: &MetricFamily<'_>,
        escaped: &str,
        kind: MetricType,
    ) -> Result<(), EncodeError> {
        let gauge_histogram = |metric: &Metric<'_>| match &metric.value {
            MetricValue::GaugeHistogram(histogram) if metric.suffixed => {
                let classic = Classic::new(metric, histogram);
                Some((classic.sum, classic.count))
            }
            _ => None,
        };
        let is_gauge_histogram = family.metric_type == MetricType::GaugeHistogram;
        if is_gauge_histogram && !self.links(kind, Suffix::GSum) {
            self.beside(family, escaped, Suffix::GSum, |metric| {
                Some((gauge_histogram(metric)?.0?, metric.timestamp))
            })?;
        }
        if is_gauge_histogram && !self.links(kind, Suffix::GCount) {
            self.beside(family, escaped, Suffix::GCount, |metric| {
                Some((gauge_histogram(metric)?.1?, metric.timestamp))
            })?;
        }
        if family.metric_type.has_start_time() && !self.links(kind, Suffix::Created) {
            self.created_beside(family, escaped)?;
        }
        Ok(())
    }

    /// Writes start times as gauges. Where a counter's family is named like its samples, the name of its
    /// start time has no `_total`, as in OpenMetrics.
    fn created_beside(
        &mut self,
        family: &MetricFamily<'_>,
        escaped: &str,
    ) -> Result<(), EncodeError> {
        let stem = match self.syntax().suffixes.family_names() {
            FamilyNames::AsSamples => family.metric_type.main_suffix(),
            FamilyNames::Stems => None,
        };
        let stem = stem.and_then(|suffix| escaped.strip_suffix(suffix.as_str()));
        let Some(stem) = stem.filter(|stem| !stem.is_empty()) else {
            return self.beside(family, escaped, Suffix::Created, created);
        };
        for (base, suffixed) in [(escaped, true), (stem, false)] {
            self.beside(family, base, Suffix::Created, |metric| {
                created(metric).filter(|_| metric.suffixed == suffixed)
            })?;
        }
        Ok(())
    }

    fn beside(
        &mut self,
        family: &MetricFamily<'_>,
        base: &str,
        suffix: Suffix,
        value: impl Fn(&Metric<'_>) -> Option<(f64, Option<i64>)>,
    ) -> Result<(), EncodeError> {
        let name = NameParts {
            base,
            suffix: suffix.as_str(),
        };
        let mut first = true;
        for metric in &family.metrics {
            let Some((value, timestamp)) = value(metric) else {
                continue;
            };
            if std::mem::take(&mut first) {
                text::push_type_line(self.out, name, MetricType::Gauge, self.syntax());
            }
            self.take_labels(&metric.labels, name, "")?;
            self.row(Row {
                name,
                extra: Extra::None,
                value,
                count: false,
                timestamp,
                exemplar: None,
            })?;
        }
        Ok(())
    }

    fn metric(
        &mut self,
        family: &MetricFamily<'_>,
        metric: &Metric<'_>,
        base: &str,
    ) -> Result<(), EncodeError> {
        match &metric.value {
            MetricValue::Histogram(histogram) => {
                self.histogram(metric, histogram, base, [Suffix::Sum, Suffix::Count])?;
            }
            MetricValue::GaugeHistogram(histogram) => {
                let linked = self.links(MetricType::GaugeHistogram, Suffix::GSum);
                let sum_and_count = match linked && !self.options.go {
                    true => [Suffix::GSum, Suffix::GCount],
                    false => [Suffix::Sum, Suffix::Count],
                };
                self.histogram(metric, histogram, base, sum_and_count)?;
            }
            MetricValue::Summary(summary) => self.summary(metric, summary, base)?,
            MetricValue::StateSet(set) => {
                let name = NameParts::whole(base);
                self.take_labels(&metric.labels, name, &family.name)?;
                let label = self.target.names.label_name(&family.name)?;
                let mut exemplars = metric.exemplars.iter();
                for state in &set.states {
                    self.row(Row {
                        extra: Extra::Text(&label, &state.name),
                        exemplar: exemplars.next(),
                        ..plain(name, state.value, metric)
                    })?;
                }
                self.no_place(name, exemplars.len())?;
            }
            MetricValue::Counter(_)
            | MetricValue::Gauge(_)
            | MetricValue::Unknown(_)
            | MetricValue::Info(_) => self.single(metric, base, "")?,
        }
        match self.links(family.metric_type, Suffix::Created) {
            true => self.created(metric, base),
            false => Ok(()),
        }
    }

    fn single(
        &mut self,
        metric: &Metric<'_>,
        base: &str,
        suffix: &'static str,
    ) -> Result<(), EncodeError> {
        let name = NameParts { base, suffix };
        self.take_labels(&metric.labels, name, "")?;
        let mut exemplars = metric.exemplars.iter();
        self.row(Row {
            exemplar: exemplars.next(),
            ..plain(name, metric.single_value().unwrap_or_default(), metric)
        })?;
        self.no_place(name, exemplars.len())
    }

    fn created(&mut self, metric: &Metric<'_>, base: &str) -> Result<(), EncodeError> {
        let Some((seconds, timestamp)) = created(metric) else {
            return Ok(());
        };
        let name = NameParts {
            base,
            suffix: Suffix::Created.as_str(),
        };
        self.take_labels(&metric.labels, name, "")?;
        self.row(Row {
            timestamp,
            ..plain(name, seconds, metric)
        })
    }

    /// Gathers the labels of a metric, for all its samples. None of them may be named `extra`.
    pub(super) fn take_labels(
        &mut self,
        labels: &MetricLabels<'_>,
        name: NameParts<'_>,
        extra: &str,
    ) -> Result<(), EncodeError> {
        self.labels.clear();
        let pairs: SmallVec<[_; 8]> = labels.iter().collect();
        let mut names = LabelNames::default();
        for (label, value) in &pairs {
            let label = self.target.names.label_name(label)?;
            if !self.labels.is_empty() {
                self.labels.push(',');
            }
            text::push_label(self.labels, &label, value);
            let fault = NameErrorKind::of_metric(&mut names, label, extra, self.options.go);
            if let Some(fault) = fault {
                return Err(EncodeError::Labels {
                    metric: name.joined().into_owned(),
                    fault,
                });
            }
        }
        Ok(())
    }

    pub(super) fn row(&mut self, row: Row<'_>) -> Result<(), EncodeError> {
        let numbers = self.syntax().numbers;
        let mut series = SeriesWriter::new(self.out, row.name);
        series.labels(self.labels);
        match row.extra {
            Extra::None => {}
            Extra::Number(name, number) => series.number(name, number, numbers),
            Extra::Text(name, value) => series.label(name, value),
        }
        series.finish();
        self.out.push(' ');
        // Go's client library drops the sign of a zero.
        let value = match self.options.go {
            true => row.value + 0.0,
            false => row.value,
        };
        match row.count {
            true => text::push_count(self.out, value, numbers),
            false => text::push_value(self.out, value, numbers),
        }
        if let Some(millis) = row.timestamp {
            self.timestamp(row.name, millis, self.syntax().timestamps)?;
        }
        if let Some(exemplar) = row.exemplar {
            self.exemplar(&row, exemplar)?;
        }
        self.out.push('\n');
        Ok(())
    }

    fn timestamp(
        &mut self,
        name: NameParts<'_>,
        millis: i64,
        unit: TimeUnit,
    ) -> Result<(), EncodeError> {
        if millis < 0 && !unit.takes_negative() && !self.options.go {
            return Err(EncodeError::NegativeTimestamp {
                metric: name.joined().into_owned(),
                millis,
            });
        }
        match unit {
            TimeUnit::Seconds if self.options.go => {
                self.out.push(' ');
                text::push_float(self.out, millis as f64 / 1000.0, NumberStyle::Float);
            }
            TimeUnit::Seconds | TimeUnit::Milliseconds => {
                text::push_timestamp(self.out, millis, unit);
            }
        }
        Ok(())
    }

    fn exemplar(
        &mut self,
        row: &Row<'_>,
        exemplar: &MetricExemplar<'_>,
    ) -> Result<(), EncodeError> {
        match self.syntax().exemplars {
            ExemplarCount::None => return self.no_place(row.name, 1),
            ExemplarCount::One | ExemplarCount::Many => {}
        }
        let go_would = matches!(
            Suffix::parse(row.name.suffix),
            Some(Suffix::Total | Suffix::Bucket)
        );
        if self.options.go && (exemplar.labels.is_empty() || !go_would) {
            self.omitted.exemplars += 1;
            return Ok(());
        }
        text::push_exemplar(self.out, exemplar.labels.iter(), exemplar.value);
        match exemplar.timestamp {
            Some(millis) => self.timestamp(row.name, millis, TimeUnit::Seconds),
            None => Ok(()),
        }
    }

    /// Leaves exemplars out, or refuses them.
    pub(super) fn no_place(
        &mut self,
        name: NameParts<'_>,
        exemplars: usize,
    ) -> Result<(), EncodeError> {
        if exemplars > 0 && !self.options.leaves_out() {
            return Err(EncodeError::Exemplar {
                metric: name.joined().into_owned(),
            });
        }
        self.omitted.exemplars += exemplars as u64;
        Ok(())
    }
}

pub(super) fn plain<'r>(name: NameParts<'r>, value: f64, metric: &Metric<'_>) -> Row<'r> {
    Row {
        name,
        extra: Extra::None,
        value,
        count: false,
        timestamp: metric.timestamp,
        exemplar: None,
    }
}

/// Returns the start time of a metric that can have one.
fn created(metric: &Metric<'_>) -> Option<(f64, Option<i64>)> {
    let created = metric.start_timestamp?;
    let has_one = metric.value.metric_type().has_start_time();
    has_one.then_some((created.seconds, created.timestamp))
}

/// Refuses a family with metrics that are not of its type.
pub(super) fn check_types(family: &MetricFamily<'_>) -> Result<(), EncodeError> {
    let mut types = family
        .metrics
        .iter()
        .map(|metric| metric.value.metric_type());
    match types.find(|found| *found != family.metric_type) {
        None => Ok(()),
        Some(found) => Err(EncodeError::WrongType {
            family: family.name.clone().into_owned(),
            kind: family.metric_type,
            found,
        }),
    }
}
