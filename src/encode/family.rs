//! A family, written: its header, and its samples in the order the formats want.

use std::collections::HashSet;

use smallvec::SmallVec;

use super::error::{EncodeError, NameErrorKind};
use super::naming;
use super::target::Target;
use super::text::{self, NameParts, SeriesWriter};
use super::{Omitted, Options};
use crate::dialect::Dialect;
use crate::families::family::{
    Histogram, Metric, MetricExemplar, MetricFamily, MetricLabels, MetricValue, Summary,
};
use crate::model::label_names::LabelNames;
use crate::model::metric_type::MetricType;

const TOTAL: &str = "_total";
const INFO: &str = "_info";

pub(super) struct FamilyWriter<'e> {
    pub(super) out: &'e mut String,
    /// The labels of the metric that is written, as they are written.
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

/// A sample's line, but for its labels.
struct Row<'r> {
    name: NameParts<'r>,
    extra: Extra<'r>,
    value: f64,
    /// Whether the value is a count, which Go's client library writes as an integer.
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
        if self.target.is_openmetrics() && !self.taken.contains(escaped.as_ref()) {
            self.taken.insert(escaped.clone().into_owned());
        }
        match family.metric_type {
            MetricType::Counter => self.suffixable(family, &escaped, TOTAL)?,
            MetricType::Info => self.suffixable(family, &escaped, INFO)?,
            kind => {
                self.header(family, NameParts::whole(&escaped), kind)?;
                for metric in &family.metrics {
                    self.metric(family, metric, &escaped)?;
                }
            }
        }
        if !self.target.is_openmetrics() {
            self.gauges_beside(family, &escaped)?;
        }
        Ok(())
    }

    fn header(
        &mut self,
        family: &MetricFamily<'_>,
        name: NameParts<'_>,
        kind: MetricType,
    ) -> Result<(), EncodeError> {
        let dialect = self.target.dialect;
        if let Some(help) = family.help.as_deref() {
            text::push_help_line(self.out, name, help, dialect);
        }
        text::push_type_line(self.out, name, kind, dialect);
        let Some(unit) = family.unit.as_deref().filter(|unit| !unit.is_empty()) else {
            return Ok(());
        };
        text::push_unit(self.out, self.target, name, unit, self.options.lossy)
            .map(|omitted| self.omitted.units += u64::from(omitted))
    }

    /// A family of counters or infos, whose samples have `suffix` in OpenMetrics: they are called as the
    /// family says, and the family is called as the format wants it.
    fn suffixable(
        &mut self,
        family: &MetricFamily<'_>,
        escaped: &str,
        suffix: &'static str,
    ) -> Result<(), EncodeError> {
        let kind = family.metric_type;
        let has = |suffixed| (family.metrics.iter()).any(|metric| metric.suffixed == suffixed);
        if self.target.is_openmetrics() {
            // Without metrics the name tells as little as with suffixed ones.
            let bare = has(false) && !has(true);
            let free = |base: &str| self.options.go || !self.taken.contains(base);
            let (name, kind) = match escaped.strip_suffix(suffix) {
                Some(base) if bare && !base.is_empty() && free(base) => (base, kind),
                _ if bare => (escaped, MetricType::Unknown),
                _ => (escaped, kind),
            };
            self.header(family, NameParts::whole(name), kind)?;
            for metric in &family.metrics {
                let suffix = if metric.suffixed { suffix } else { "" };
                self.single(metric, escaped, suffix)?;
                if kind != MetricType::Unknown {
                    self.created(metric, name)?;
                }
            }
            if kind == MetricType::Unknown {
                self.beside(family, escaped, "_created", created)?;
            }
            return Ok(());
        }
        let neither = family.metrics.is_empty();
        for suffixed in [true, false] {
            if has(suffixed) || (neither && !suffixed) {
                let suffix = if suffixed { suffix } else { "" };
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
        Ok(())
    }

    /// What the text format has no place for within the family: gauges of their own names.
    fn gauges_beside(
        &mut self,
        family: &MetricFamily<'_>,
        escaped: &str,
    ) -> Result<(), EncodeError> {
        let gauge_histogram = |metric: &Metric<'_>| match &metric.value {
            MetricValue::GaugeHistogram(histogram) if metric.suffixed => {
                Some((histogram.sum, histogram.count))
            }
            _ => None,
        };
        self.beside(family, escaped, "_gsum", |metric| {
            Some((gauge_histogram(metric)?.0?, metric.timestamp))
        })?;
        self.beside(family, escaped, "_gcount", |metric| {
            Some((gauge_histogram(metric)?.1?, metric.timestamp))
        })?;
        self.beside(family, escaped, "_created", created)
    }

    fn beside(
        &mut self,
        family: &MetricFamily<'_>,
        base: &str,
        suffix: &'static str,
        value: impl Fn(&Metric<'_>) -> Option<(f64, Option<i64>)>,
    ) -> Result<(), EncodeError> {
        let name = NameParts { base, suffix };
        let mut first = true;
        for metric in &family.metrics {
            let Some((value, timestamp)) = value(metric) else {
                continue;
            };
            if std::mem::take(&mut first) {
                text::push_type_line(self.out, name, MetricType::Gauge, self.target.dialect);
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
                self.histogram(metric, histogram, base, ["_sum", "_count"])?;
            }
            MetricValue::GaugeHistogram(histogram) => {
                let sum_and_count = match (self.target.is_openmetrics(), self.options.go) {
                    (true, false) => ["_gsum", "_gcount"],
                    _ => ["_sum", "_count"],
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
        match self.target.is_openmetrics() {
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
            suffix: "_created",
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
        sum_and_count: [&'static str; 2],
    ) -> Result<(), EncodeError> {
        let part = |suffix| NameParts { base, suffix };
        let name = part("_bucket");
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
        if let (false, Some(count), true) = (infinite, count, go || self.target.is_openmetrics()) {
            self.row(Row {
                extra: Extra::Number("le", f64::INFINITY),
                count: true,
                ..plain(name, count, metric)
            })?;
        }
        let gauges_beside = metric.suffixed
            && !self.target.is_openmetrics()
            && metric.value.metric_type() == MetricType::GaugeHistogram;
        let (sum, count) = match gauges_beside {
            true => (None, None),
            false => (sum, count),
        };
        let mut exemplars = metric.exemplars.iter();
        for (suffix, value, count) in [
            (sum_and_count[0], sum, false),
            (sum_and_count[1], count, true),
        ] {
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

    /// Go's client library has no place for counts in OpenMetrics that are no natural numbers.
    fn check_go_histogram(
        &self,
        name: NameParts<'_>,
        histogram: &Histogram<'_>,
    ) -> Result<(), EncodeError> {
        if !self.options.go || !self.target.is_openmetrics() {
            return Ok(());
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
            ("_sum", or_zero(summary.sum), false),
            ("_count", or_zero(summary.count), true),
        ];
        for (suffix, value, count) in rows {
            if let Some(value) = value {
                self.row(Row {
                    count,
                    exemplar: exemplars.next(),
                    ..plain(part(suffix), value, metric)
                })?;
            }
        }
        self.no_place(part(""), exemplars.len())
    }

    /// Puts the labels of a metric together, for all its samples. None of them may be called `extra`.
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
        let dialect = self.target.dialect;
        let mut series = SeriesWriter::new(self.out, row.name);
        series.labels(self.labels);
        match row.extra {
            Extra::None => {}
            Extra::Number(name, number) => series.number(name, number, dialect),
            Extra::Text(name, value) => series.label(name, value),
        }
        series.finish();
        self.out.push(' ');
        // Go's client library drops the sign of a zero.
        let value = match self.options.go {
            true => row.value + 0.0,
            false => row.value,
        };
        match (row.count, dialect) {
            (true, Dialect::OpenMetrics) => text::push_count(self.out, value),
            _ => text::push_value(self.out, value, dialect),
        }
        if let Some(millis) = row.timestamp {
            self.timestamp(row.name, millis)?;
        }
        if let Some(exemplar) = row.exemplar {
            self.exemplar(&row, exemplar)?;
        }
        self.out.push('\n');
        Ok(())
    }

    fn timestamp(&mut self, name: NameParts<'_>, millis: i64) -> Result<(), EncodeError> {
        let openmetrics = self.target.is_openmetrics();
        if millis < 0 && !openmetrics && !self.options.go {
            return Err(EncodeError::NegativeTimestamp {
                metric: name.joined().into_owned(),
                millis,
            });
        }
        match openmetrics && self.options.go {
            true => {
                self.out.push(' ');
                text::push_float(self.out, millis as f64 / 1000.0, Dialect::OpenMetrics);
            }
            false => text::push_timestamp(self.out, millis, self.target.dialect),
        }
        Ok(())
    }

    fn exemplar(
        &mut self,
        row: &Row<'_>,
        exemplar: &MetricExemplar<'_>,
    ) -> Result<(), EncodeError> {
        if !self.target.is_openmetrics() {
            return self.no_place(row.name, 1);
        }
        let go_would = row.name.suffix == "_total" || row.name.suffix == "_bucket";
        if self.options.go && (exemplar.labels.is_empty() || !go_would) {
            self.omitted.exemplars += 1;
            return Ok(());
        }
        text::push_exemplar(self.out, exemplar.labels.iter(), exemplar.value);
        match exemplar.timestamp {
            Some(millis) => self.timestamp(row.name, millis),
            None => Ok(()),
        }
    }

    /// Leaves exemplars out, or refuses to.
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

/// The start time of a metric that can have one.
fn created(metric: &Metric<'_>) -> Option<(f64, Option<i64>)> {
    let created = metric.start_timestamp?;
    naming::suffixes(metric.value.metric_type(), Dialect::OpenMetrics)
        .contains(&"_created")
        .then_some((created.seconds, created.timestamp))
}
