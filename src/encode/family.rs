//! Writes a family: its header, and its samples in the order that the formats demand.

use std::collections::HashSet;

use smallvec::SmallVec;

use super::error::{EncodeError, NameErrorKind};
use super::target::Target;
use super::text::{self, NameParts, SeriesWriter};
use super::{Omitted, Options};
use crate::families::family::{
    Histogram, Metric, MetricExemplar, MetricFamily, MetricLabels, MetricValue, Summary,
};
use crate::format::syntax::{ExemplarCount, NumberStyle, Syntax, TimeUnit};
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
enum Extra<'x> {
    None,
    Number(&'static str, f64),
    Text(&'x str, &'x str),
}

/// A sample's line without its labels.
struct Row<'r> {
    name: NameParts<'r>,
    extra: Extra<'r>,
    value: f64,
    /// Whether the value is a count of observations.
    count: bool,
    timestamp: Option<i64>,
    exemplar: Option<&'r MetricExemplar<'r>>,
}

impl FamilyWriter<'_> {
    pub(super) fn family(&mut self, family: &MetricFamily<'_>) -> Result<(), EncodeError> {
        for metric in &family.metrics {
            if metric.value.metric_type() != family.metric_type {
                return Err(EncodeError::WrongType {
                    family: family.name.clone().into_owned(),
                    kind: family.metric_type,
                    found: metric.value.metric_type(),
                });
            }
        }
        let escaped = self.target.metric_name(&family.name)?;
        let kind = family.metric_type;
        if let Some(suffix) = kind.main_suffix() {
            return match self.syntax().suffixes.family_names() {
                FamilyNames::Stems => self.stem(family, &escaped, suffix),
                FamilyNames::AsSamples => self.families_of_samples(family, &escaped, suffix),
            };
        }
        self.take_name(&escaped);
        self.header(family, NameParts::whole(&escaped), kind)?;
        for metric in &family.metrics {
            self.metric(family, metric, &escaped)?;
        }
        self.gauges_beside(family, &escaped, kind)
    }

    fn syntax(&self) -> &'static Syntax {
        self.target.syntax
    }

    /// Tells whether samples of a family of that type can have that suffix.
    fn links(&self, kind: MetricType, suffix: Suffix) -> bool {
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

    fn header(
        &mut self,
        family: &MetricFamily<'_>,
        name: NameParts<'_>,
        kind: MetricType,
    ) -> Result<(), EncodeError> {
        let syntax = self.syntax();
        if let Some(help) = family.help.as_deref() {
            text::push_help_line(self.out, name, help, syntax);
        }
        text::push_type_line(self.out, name, kind, syntax);
        let Some(unit) = family.unit.as_deref().filter(|unit| !unit.is_empty()) else {
            return Ok(());
        };
        text::push_unit(self.out, self.target, name, unit, self.options.lossy)
            .map(|omitted| self.omitted.units += u64::from(omitted))
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
        let neither = family.metrics.is_empty();
        for suffixed in [true, false] {
            if has_samples(family, suffixed) || (neither && !suffixed) {
                let suffix = if suffixed { suffix.as_str() } else { "" };
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
                Some((histogram.sum, histogram.count))
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
            self.beside(family, escaped, Suffix::Created, created)?;
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
                let label = self.target.label_name(&family.name)?;
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

    fn histogram(
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
        self.check_go_histogram(name, histogram)?;
        self.take_labels(&metric.labels, name, "le")?;
        for bucket in &histogram.buckets {
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
                Some(histogram.sum.unwrap_or(0.0)),
                Some(histogram.count.unwrap_or(0.0)),
            ),
            false => (histogram.sum, histogram.count),
        };
        let infinite = (histogram.buckets.iter()).any(|bucket| bucket.upper_bound == f64::INFINITY);
        let needs_infinite = go || self.syntax().infinite_bucket;
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
        let mut exemplars = metric.exemplars.iter();
        for (suffix, value, count) in [(sum_suffix, sum, false), (count_suffix, count, true)] {
            if let Some(value) = value {
                self.row(Row {
                    count,
                    exemplar: exemplars.next(),
                    ..plain(part(suffix), value, metric)
                })?;
            }
        }
        self.no_place(name, exemplars.len())
    }

    /// Refuses, as Go's client library does, counts that are not natural numbers where they are written as
    /// integers.
    fn check_go_histogram(
        &self,
        name: NameParts<'_>,
        histogram: &Histogram<'_>,
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

    fn summary(
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

    /// Gathers the labels of a metric, for all its samples. None of them may be named `extra`.
    fn take_labels(
        &mut self,
        labels: &MetricLabels<'_>,
        name: NameParts<'_>,
        extra: &str,
    ) -> Result<(), EncodeError> {
        self.labels.clear();
        let pairs: SmallVec<[_; 8]> = labels.iter().collect();
        let mut names = LabelNames::default();
        for (label, value) in &pairs {
            let label = self.target.label_name(label)?;
            if !self.labels.is_empty() {
                self.labels.push(',');
            }
            text::push_label(self.labels, &label, value);
            let fault = match self.options.go {
                _ if label == extra && !extra.is_empty() => Some(NameErrorKind::Duplicate),
                true => NameErrorKind::of_label(&label),
                false => NameErrorKind::of_next(&mut names, label),
            };
            if let Some(fault) = fault {
                return Err(EncodeError::Labels {
                    metric: name.joined().into_owned(),
                    fault,
                });
            }
        }
        Ok(())
    }

    fn row(&mut self, row: Row<'_>) -> Result<(), EncodeError> {
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
            ExemplarCount::One => {}
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
    fn no_place(&mut self, name: NameParts<'_>, exemplars: usize) -> Result<(), EncodeError> {
        if exemplars > 0 && !self.options.lossy && !self.options.go {
            return Err(EncodeError::Exemplar {
                metric: name.joined().into_owned(),
            });
        }
        self.omitted.exemplars += exemplars as u64;
        Ok(())
    }
}

fn plain<'r>(name: NameParts<'r>, value: f64, metric: &Metric<'_>) -> Row<'r> {
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

/// Tells whether the family has samples with the suffix of its type, or samples without it.
fn has_samples(family: &MetricFamily<'_>, suffixed: bool) -> bool {
    (family.metrics.iter()).any(|metric| metric.suffixed == suffixed)
}
