//! A body as sorted lines, with what tests do not care about left out.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use super::exposition::Exposition;
use super::part::shown;
use crate::bytes::glob::is_like;
use crate::encode::Series;
use crate::encode::text::{push_decimal, seconds};
use crate::families::family::{FamilySample, Metric, MetricFamily, MetricValue};
use crate::format::Format;
use crate::format::syntax::TimeUnit;
use crate::model::metric_type::MetricType;
use crate::number::decode;
use crate::number::go_float::push_integer;

impl Exposition {
    /// Returns the body as sorted lines, to be compared or kept.
    pub fn snapshot(&self) -> Snapshot<'_> {
        Snapshot {
            exposition: self,
            view: View::new(self.format()),
        }
    }
}

impl fmt::Display for Exposition {
    /// Writes the [`snapshot`](Self::snapshot).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.snapshot().fmt(f)
    }
}

/// An [`Exposition`] as sorted lines, without what a test does not care about.
///
/// It displays the same for bodies that say the same, whatever their order: families by name, their metrics by
/// labels, labels by name. So it suits snapshot crates, and
/// [`assert_matches`](Self::assert_matches) compares it with a text. Exemplars are left out, and `_created` lines
/// with the timestamps.
///
/// ```
/// use exposition::testing::Exposition;
///
/// let metrics = Exposition::text(concat!(
///     "process_start_time_seconds 1.7e9\n",
///     "# TYPE jobs_total counter\n",
///     "jobs_total{queue=\"print\",pod=\"a-1\"} 3 1700000000000\n",
///     "jobs_total{queue=\"mail\",pod=\"a-1\"} 7 1700000000000\n",
/// ))?;
/// let snapshot = metrics.snapshot().ignore_metric("process_*").ignore_label("pod").ignore_timestamps();
/// assert_eq!(
///     snapshot.to_string(),
///     "# TYPE jobs_total counter\njobs_total{queue=\"mail\"} 7\njobs_total{queue=\"print\"} 3\n",
/// );
/// snapshot.clone().ignore_values().assert_matches(r#"
///     jobs_total{queue="mail"} 0
///     jobs_total{queue="print"} 0
/// "#);
///
/// let error = snapshot.matches("jobs_total{queue=\"mail\"} 8\njobs_total{queue=\"print\"} 3\n").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     concat!(
///         "the exposition is not as expected (-: expected, +: found):\n",
///         "- jobs_total{queue=\"mail\"} 8\n",
///         "+ jobs_total{queue=\"mail\"} 7\n",
///     ),
/// );
/// # Ok::<(), exposition::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "it does nothing until it is displayed or compared"]
pub struct Snapshot<'e> {
    pub(super) exposition: &'e Exposition,
    pub(super) view: View,
}

/// What of a body is looked at.
#[derive(Debug, Clone)]
pub(super) struct View {
    /// The unit of timestamps.
    unit: TimeUnit,
    values: Ignored,
    timestamps: Ignored,
    help: Ignored,
    labels: Vec<String>,
    metrics: Vec<String>,
    only: Vec<String>,
}

/// Whether something is left out.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Ignored {
    No,
    Yes,
}

impl Snapshot<'_> {
    /// Leaves out the values.
    pub fn ignore_values(mut self) -> Self {
        self.view.values = Ignored::Yes;
        self
    }

    /// Leaves out timestamps and `_created` samples.
    pub fn ignore_timestamps(mut self) -> Self {
        self.view.timestamps = Ignored::Yes;
        self
    }

    /// Leaves out the help texts.
    pub fn ignore_help(mut self) -> Self {
        self.view.help = Ignored::Yes;
        self
    }

    /// Leaves out the labels of this name.
    pub fn ignore_label(mut self, name: impl Into<String>) -> Self {
        self.view.labels.push(name.into());
        self
    }

    /// Leaves out the metrics with this name, of their family or their samples; `*` stands for any characters.
    pub fn ignore_metric(mut self, name: impl Into<String>) -> Self {
        self.view.metrics.push(name.into());
        self
    }

    /// Leaves out all metrics but those with this name, of their family or their samples, or with others that are
    /// given so; `*` stands for any characters.
    pub fn only(mut self, name: impl Into<String>) -> Self {
        self.view.only.push(name.into());
        self
    }
}

impl fmt::Display for Snapshot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut families: Vec<(&MetricFamily<'_>, Vec<Entry>)> =
            (self.exposition.families().iter())
                .map(|family| (family, self.view.entries(family)))
                .collect();
        families.sort_by(|(a, _), (b, _)| {
            let key = |family: &MetricFamily<'_>| family.metric_type.to_string();
            a.name.cmp(&b.name).then_with(|| key(a).cmp(&key(b)))
        });
        let mut entries = families.iter().flat_map(|(_, entries)| entries);
        entries.try_for_each(|entry| writeln!(f, "{entry}"))
    }
}

/// A line: of which series, or what is said of a family, and what it says.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) subject: Subject,
    /// The beginning of the line.
    shown: String,
    /// What is compared, after that: a value and a timestamp, or a text.
    pub(super) says: String,
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.says.is_empty() {
            true => f.write_str(&self.shown),
            false => write!(f, "{} {}", self.shown, self.says),
        }
    }
}

/// What a line is about, whatever the spelling. Ordered by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Subject {
    name: String,
    kind: Kind,
    labels: Vec<(String, LabelValue)>,
}

impl Subject {
    /// Tells whether it is about a family rather than a sample.
    pub(super) fn is_metadata(&self) -> bool {
        match self.kind {
            Kind::Help | Kind::Type | Kind::Unit => true,
            Kind::Native | Kind::Sample => false,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Help,
    Type,
    Unit,
    Native,
    Sample,
}

/// A label's value; a bound is ordered by its number.
#[derive(Debug, Clone)]
struct LabelValue {
    number: Option<f64>,
    text: String,
}

impl LabelValue {
    fn new(name: &str, value: &str) -> Self {
        let is_bound = matches!(name, "le" | "quantile");
        let number = is_bound.then(|| decode::number(value).ok()).flatten();
        LabelValue {
            number,
            text: number.map_or_else(|| value.to_owned(), shown),
        }
    }
}

impl Ord for LabelValue {
    fn cmp(&self, other: &Self) -> Ordering {
        let numbers = match (self.number, other.number) {
            (Some(own), Some(other)) => own.total_cmp(&other),
            (None, None) => Ordering::Equal,
            (own, other) => own.is_some().cmp(&other.is_some()),
        };
        numbers.then_with(|| self.text.cmp(&other.text))
    }
}

impl PartialOrd for LabelValue {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for LabelValue {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for LabelValue {}

impl View {
    /// Looks at everything, and shows times as this format does.
    fn new(format: Format) -> Self {
        View {
            unit: format.dialect().unwrap_or_default().syntax().timestamps,
            values: Ignored::No,
            timestamps: Ignored::No,
            help: Ignored::No,
            labels: Vec::new(),
            metrics: Vec::new(),
            only: Vec::new(),
        }
    }

    /// Returns the lines of a family, sorted; none if it is not looked at.
    pub(super) fn entries(&self, family: &MetricFamily<'_>) -> Vec<Entry> {
        let mut metrics: Vec<Vec<Entry>> = Vec::new();
        for metric in &family.metrics {
            let alone = MetricFamily::new(&*family.name, family.metric_type).metric(metric.clone());
            metrics.push(self.lines(&alone, metric));
        }
        metrics.retain(|lines| !lines.is_empty());
        metrics.sort_by(|a, b| {
            let subjects = |lines: &[Entry]| lines.first().map(|entry| entry.subject.clone());
            let said =
                |lines: &[Entry]| -> Vec<String> { lines.iter().map(Entry::to_string).collect() };
            (subjects(a).cmp(&subjects(b))).then_with(|| said(a).cmp(&said(b)))
        });
        let mut entries = Vec::new();
        if !metrics.is_empty()
            || (family.metrics.is_empty() && self.wants(&family.name, &family.name))
        {
            entries = self.metadata(family);
        }
        entries.extend(metrics.into_iter().flatten());
        entries
    }

    /// Tells whether a sample is looked at.
    fn wants(&self, family: &str, sample: &str) -> bool {
        let is_one = |pattern: &String| is_like(pattern, family) || is_like(pattern, sample);
        (self.only.is_empty() || self.only.iter().any(is_one)) && !self.metrics.iter().any(is_one)
    }

    fn metadata(&self, family: &MetricFamily<'_>) -> Vec<Entry> {
        let is_declared = family.metric_type != MetricType::Unknown;
        let declared = is_declared.then(|| family.metric_type.to_string());
        let help = family.help.as_deref().filter(|_| self.help == Ignored::No);
        let texts = [
            (Kind::Help, "HELP", help.map(escaped)),
            (Kind::Type, "TYPE", declared),
            (Kind::Unit, "UNIT", family.unit.as_deref().map(escaped)),
        ];
        let name = quoted(&family.name);
        let lines = texts.into_iter().filter_map(|(kind, keyword, text)| {
            let text = text.filter(|text| !text.is_empty())?;
            Some(Entry {
                subject: Subject {
                    name: family.name.to_string(),
                    kind,
                    labels: Vec::new(),
                },
                shown: format!("# {keyword} {name}"),
                says: text,
            })
        });
        lines.collect()
    }

    /// Returns the lines of the only metric of a family.
    fn lines(&self, family: &MetricFamily<'_>, metric: &Metric<'_>) -> Vec<Entry> {
        let mut lines = Vec::new();
        let mut is_native_only = false;
        if let MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram) =
            &metric.value
            && let Some(native) = &histogram.native
            && self.wants(&family.name, &family.name)
        {
            // The native form says the sum and the count.
            is_native_only = histogram.buckets.is_empty();
            let labels = metric.labels.iter();
            let says = native.to_string();
            lines.push(self.entry(&family.name, Kind::Native, labels, says, metric.timestamp));
        }
        for sample in family.samples() {
            if let Some(line) = self.sample(&sample, is_native_only) {
                lines.push(line);
            }
        }
        lines
    }

    fn sample(&self, sample: &FamilySample<'_>, is_native_only: bool) -> Option<Entry> {
        let is_created = sample.suffix() == "_created";
        let name = sample.name();
        let is_wanted = self.wants(sample.family_name(), &name)
            && (is_created || !is_native_only)
            && (!is_created || self.timestamps == Ignored::No);
        let says = || shown(sample.value());
        is_wanted.then(|| {
            self.entry(
                &name,
                Kind::Sample,
                sample.labels(),
                says(),
                sample.timestamp(),
            )
        })
    }

    fn entry<'l>(
        &self,
        name: &str,
        kind: Kind,
        labels: impl Iterator<Item = (Cow<'l, str>, Cow<'l, str>)>,
        value: String,
        timestamp: Option<i64>,
    ) -> Entry {
        let labels = labels.filter(|(name, _)| !self.labels.iter().any(|label| label == name));
        let series = Series::new(name, labels);
        let mut says = match self.values {
            Ignored::Yes => String::new(),
            Ignored::No => value,
        };
        if let Some(timestamp) = timestamp.filter(|_| self.timestamps == Ignored::No) {
            if !says.is_empty() {
                says.push(' ');
            }
            match self.unit {
                TimeUnit::Milliseconds => push_integer(&mut says, timestamp),
                TimeUnit::Seconds => push_decimal(&mut says, seconds(timestamp)),
            }
        }
        let labels = series.labels();
        let labels = labels.map(|(name, value)| (name.to_owned(), LabelValue::new(name, value)));
        Entry {
            subject: Subject {
                name: name.to_owned(),
                kind,
                labels: labels.collect(),
            },
            shown: series.to_string(),
            says,
        }
    }
}

/// Returns a name as a TYPE line has it.
fn quoted(name: &str) -> String {
    let series = Series::new(name, [("", ""); 0]).to_string();
    let inner = series
        .strip_prefix('{')
        .and_then(|series| series.strip_suffix('}'));
    inner.map_or_else(|| series.clone(), str::to_owned)
}

/// Returns a text that fits on a line.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n")
}
