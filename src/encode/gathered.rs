//! Lines that wait until their family is complete, because the format that is written has other lines: a
//! histogram is one line in OpenMetrics 2.0 and many elsewhere.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::relabelled::LIMITS;
use super::text::{self, NameParts};
use crate::dialect::Dialect;
use crate::families::family::{Metric, MetricFamily, MetricValue};
use crate::families::grouping::Families;
use crate::format::syntax::Composites;
use crate::model::metric_type::MetricType;
use crate::text::line::Line;

/// The lines of a family, as they were read.
#[derive(Debug, Default)]
pub(super) struct FamilyLines {
    pub(super) from: Dialect,
    pub(super) name: String,
    kind: MetricType,
    help: Option<String>,
    text: Vec<u8>,
    samples: usize,
    /// Whether a sample of the family got another name.
    left: bool,
    /// Whether a sample got other labels.
    touched: bool,
}

impl FamilyLines {
    fn new(name: &str, kind: MetricType, from: Dialect) -> Self {
        FamilyLines {
            from,
            name: name.to_owned(),
            kind,
            ..FamilyLines::default()
        }
    }

    /// Tells whether there is something to write: not a family that lost all its samples.
    pub(super) fn declares(&self) -> bool {
        !self.text.is_empty() && (self.samples > 0 || !self.left)
    }

    /// Tells whether samples of it got other names or labels.
    pub(super) fn is_changed(&self) -> bool {
        self.left || self.touched
    }

    /// Returns what a sample's name has after the family's, if it is one of the family's.
    fn suffix_of(&self, sample: &str, from: Dialect) -> Option<&'static str> {
        let suffixes = from.syntax().suffixes;
        let suffix = suffixes.suffix_in(sample, &self.name, self.kind);
        suffix.filter(|_| self.from == from)
    }

    fn push(&mut self, line: &[u8]) {
        self.text.extend_from_slice(line);
        self.text.push(b'\n');
    }

    /// Returns the lines as they came, if all of them are text.
    pub(super) fn as_read(&self) -> Option<&str> {
        std::str::from_utf8(&self.text).ok()
    }

    /// Returns the lines as a body.
    pub(super) fn into_body(mut self) -> Vec<u8> {
        let mut end = String::new();
        text::push_end(&mut end, self.from.syntax());
        self.text.extend_from_slice(end.as_bytes());
        self.text
    }
}

/// The families of a body made of such lines. What is in error was refused before, or is a sample that is in a
/// family of its own.
pub(super) fn families(body: &[u8], from: Dialect) -> Vec<MetricFamily<'_>> {
    let families = Families::new(body, from).limits(LIMITS.max_body_bytes(u64::MAX));
    families.read_all().families
}

/// The family whose lines are coming, and those of samples that got other names.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    current: FamilyLines,
    moved: Vec<FamilyLines>,
    by_name: HashMap<(String, MetricType, Dialect), usize>,
}

impl Gathered {
    /// Adds a line, and returns the lines of the family before if it begins another one.
    pub(super) fn push(&mut self, line: &Line<'_>, from: Dialect) -> FamilyLines {
        let name = match line {
            Line::Sample(sample) => return self.push_sample(&sample.name(), sample.raw(), from),
            Line::Help(line) => line.name(),
            Line::Type(line) => line.name(),
            Line::Unit(line) => line.name(),
            Line::Comment(_) | Line::Eof => return FamilyLines::default(),
        };
        let current = &self.current;
        let is_its = current.from == from && current.name == name && !current.text.is_empty();
        let complete = match is_its {
            true => FamilyLines::default(),
            false => self.begin(&name, from),
        };
        match line {
            Line::Type(line) if self.current.samples == 0 => {
                self.current.kind = line.metric_type();
            }
            Line::Help(line) if self.current.help.is_none() => {
                self.current.help = Some(line.text().into_owned());
            }
            _ => {}
        }
        self.current.push(line.raw());
        complete
    }

    /// Adds a sample's line, and returns the lines of the family before if it begins another one.
    pub(super) fn push_sample(&mut self, name: &str, line: &[u8], from: Dialect) -> FamilyLines {
        let complete = match self.current.suffix_of(name, from) {
            Some(_) => FamilyLines::default(),
            None => self.begin(name, from),
        };
        self.current.samples += 1;
        self.current.push(line);
        complete
    }

    /// Tells whether no line has come of any family.
    #[inline]
    pub(super) fn is_idle(&self) -> bool {
        self.current.text.is_empty()
    }

    /// Records that a sample of the current family got other labels.
    pub(super) fn touch(&mut self) {
        self.current.touched = true;
    }

    fn begin(&mut self, name: &str, from: Dialect) -> FamilyLines {
        let next = FamilyLines::new(name, MetricType::Unknown, from);
        std::mem::replace(&mut self.current, next)
    }

    /// Ends the current family.
    pub(super) fn take(&mut self) -> FamilyLines {
        std::mem::take(&mut self.current)
    }

    /// Adds the line of a sample that had the name `own` and now has another. All samples of a family that are
    /// renamed in the same way form a family again.
    pub(super) fn push_moved(&mut self, own: &str, name: &str, line: &str, from: Dialect) {
        let suffix = self.current.suffix_of(own, from);
        self.current.left |= suffix.is_some();
        let stem = suffix.and_then(|suffix| name.strip_suffix(suffix));
        let (name, kind, help) = match stem.filter(|stem| !stem.is_empty()) {
            Some(stem) => (stem, self.current.kind, self.current.help.as_deref()),
            None => (name, MetricType::Unknown, None),
        };
        let next = self.moved.len();
        let key = (name.to_owned(), kind, from);
        let at = *self.by_name.entry(key).or_insert(next);
        if at == next {
            let mut lines = FamilyLines::new(name, kind, from);
            lines.text = declaration(name, kind, help, from).into_bytes();
            self.moved.push(lines);
        }
        if let Some(lines) = self.moved.get_mut(at) {
            lines.samples += 1;
            lines.push(line.as_bytes());
        }
    }

    /// Returns the families of samples that got other names: those of known types first.
    pub(super) fn take_moved(&mut self) -> Vec<FamilyLines> {
        self.by_name.clear();
        let mut moved = std::mem::take(&mut self.moved);
        moved.sort_by_key(|lines| lines.kind == MetricType::Unknown);
        moved
    }
}

fn declaration(name: &str, kind: MetricType, help: Option<&str>, from: Dialect) -> String {
    let (mut out, name, syntax) = (String::new(), NameParts::whole(name), from.syntax());
    if let Some(help) = help {
        text::push_help_line(&mut out, name, help, syntax);
    }
    text::push_type_line(&mut out, name, kind, syntax);
    out
}

/// Puts the samples of each metric together and leaves out repeated ones, of which the first is kept. Returns
/// how many lines of dialect `from` those were.
pub(super) fn tidy(family: &mut MetricFamily<'_>, from: Dialect) -> u64 {
    let mut groups: Vec<Vec<Metric<'_>>> = Vec::new();
    let mut by_labels: HashMap<Vec<(String, String)>, usize> = HashMap::new();
    let mut seen: HashSet<(usize, Option<i64>)> = HashSet::new();
    let mut twice = 0;
    for metric in std::mem::take(&mut family.metrics) {
        let labels = metric.labels.iter();
        let labels = labels.map(|(name, value)| (name.into_owned(), value.into_owned()));
        let mut labels: Vec<_> = labels.collect();
        labels.sort_unstable();
        let next = groups.len();
        let at = *by_labels.entry(labels).or_insert(next);
        if at == next {
            groups.push(Vec::new());
        }
        // Points of one metric need times to tell them apart.
        let is_new = seen.insert((at, metric.timestamp))
            && (metric.timestamp.is_some() && !seen.contains(&(at, None)) || at == next);
        match groups.get_mut(at) {
            Some(group) if is_new => group.push(metric),
            _ => twice += lines_of(&metric, from),
        }
    }
    for mut group in groups {
        group.sort_by_key(|metric| metric.timestamp);
        family.metrics.append(&mut group);
    }
    twice
}

/// Returns how many lines of a dialect say what a family's metrics say.
pub(super) fn lines_in(family: &MetricFamily<'_>, from: Dialect) -> u64 {
    let metrics = family.metrics.iter();
    metrics.map(|metric| lines_of(metric, from)).sum()
}

/// Returns how many lines of a dialect say what a metric says.
fn lines_of(metric: &Metric<'_>, from: Dialect) -> u64 {
    let one = |known: bool| u64::from(known);
    match (&metric.value, from.syntax().composites) {
        (MetricValue::StateSet(set), _) => set.states.len() as u64,
        (
            MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram),
            Composites::Lines,
        ) => {
            histogram.buckets.len() as u64
                + one(histogram.sum.is_some())
                + one(histogram.count.is_some())
                + one(metric.start_timestamp.is_some())
        }
        (MetricValue::Summary(summary), Composites::Lines) => {
            summary.quantiles.len() as u64
                + one(summary.sum.is_some())
                + one(summary.count.is_some())
                + one(metric.start_timestamp.is_some())
        }
        (MetricValue::Counter(_), Composites::Lines) => 1 + one(metric.start_timestamp.is_some()),
        _ => 1,
    }
}

/// Tells whether a histogram or a summary has what one line of it must have, and no label that only its buckets or
/// quantiles may have.
pub(super) fn is_whole(metric: &Metric<'_>) -> bool {
    let lacks_bound = |kind: MetricType| {
        let mut labels = metric.labels.iter();
        labels.all(|(name, _)| Some(&*name) != kind.bound_label())
    };
    match &metric.value {
        MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram) => {
            let is_counted = histogram.sum.is_some() && histogram.total().is_some();
            (histogram.native.is_some() || is_counted) && lacks_bound(MetricType::Histogram)
        }
        MetricValue::Summary(summary) => {
            summary.sum.is_some() && summary.count.is_some() && lacks_bound(MetricType::Summary)
        }
        MetricValue::Counter(_)
        | MetricValue::Gauge(_)
        | MetricValue::Unknown(_)
        | MetricValue::Info(_)
        | MetricValue::StateSet(_) => true,
    }
}

/// Makes families of unknown type of the samples of a family, one for each name.
pub(super) fn broken_up(family: &MetricFamily<'_>) -> Vec<MetricFamily<'static>> {
    let mut parts: Vec<MetricFamily<'static>> = Vec::new();
    for sample in family.samples() {
        let name = sample.name();
        let at = parts.iter().position(|part| part.name == name);
        let at = at.unwrap_or_else(|| {
            let name = Cow::Owned(name.into_owned());
            parts.push(MetricFamily::new(name, MetricType::Unknown));
            parts.len() - 1
        });
        let mut metric = Metric::unknown(sample.value());
        let labels = sample.labels();
        metric.labels =
            (labels.map(|(name, value)| (name.into_owned(), value.into_owned()))).collect();
        metric.timestamp = sample.timestamp();
        let exemplars = sample.exemplars().iter();
        metric.exemplars = exemplars.map(|one| one.clone().into_owned()).collect();
        if let Some(part) = parts.get_mut(at) {
            part.metrics.push(metric);
        }
    }
    parts
}
