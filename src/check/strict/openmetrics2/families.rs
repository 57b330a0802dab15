//! The rules for families.

use std::borrow::Cow;
use std::collections::HashSet;

use smallvec::SmallVec;

use super::super::findings::{Findings, Place};
use super::super::lexical::label_name;
use super::cursor::Token;
use super::demand;
use super::exemplars;
use super::grammar::{self, Descriptor, Line, Name, Sample, Says, Value};
use super::lines::BodyLine;
use super::metrics::{Metrics, SampleLabels};
use super::naming;
use super::number::compare_times;
use super::report::Report;
use super::value;
use crate::limits::Limits;
use crate::model::label_names;
use crate::model::metric_type::MetricType;
use crate::model::suffix::{Suffix, Suffixes};
use crate::number::decode::Escapes;
use crate::text::shape::{LabelShape, Text};

/// Checks the lines of a body, one after the other.
#[derive(Debug, Default)]
pub(in super::super) struct Checker<'a> {
    current: Option<Family<'a>>,
    /// The names of the families that were complete when another began.
    closed: HashSet<Cow<'a, str>>,
    /// The names that some of them have in OpenMetrics 1.0, where those are others.
    old_names: HashSet<Cow<'a, str>>,
    /// The last family that has a type and no samples, as long as those that follow have its name and a
    /// suffix of OpenMetrics 1.0.
    empty: Option<(Cow<'a, str>, MetricType)>,
    /// Label names that begin with an underscore.
    reserved: HashSet<Cow<'a, str>>,
}

/// The kinds of metadata, in the order that is advised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Type,
    Unit,
    Help,
}

#[derive(Debug)]
struct Family<'a> {
    name: Cow<'a, str>,
    metric_type: MetricType,
    /// Its TYPE line, or else its first line.
    place: Place<'a>,
    /// Whether it was complete before.
    returned: bool,
    /// The metadata so far.
    given: SmallVec<[Kind; 3]>,
    /// The unit and where it is, if it is not empty.
    unit: Option<(Token<'a>, Place<'a>)>,
    has_help: bool,
    /// Whether its name is in quotes, on its first line.
    is_quoted: bool,
    has_samples: bool,
    /// Whether its samples are named as those of another family would be in OpenMetrics 1.0.
    is_old: bool,
    /// Whether a line could not be read since the family began.
    damaged: bool,
    metrics: Metrics<'a>,
    /// Advice that was given.
    advised: Vec<&'static str>,
}

impl<'a> Checker<'a> {
    pub(in super::super) fn line(
        &mut self,
        line: BodyLine<'a>,
        limits: &Limits,
        found: &mut Findings,
    ) {
        let raw = line.raw();
        let place = Place {
            shown: line.whole,
            ..Place::new(raw, line.end, 0)
        };
        let is_first = line.end.start(raw).byte == 0;
        let mut report = Report::new(place, found);
        let text = match std::str::from_utf8(raw) {
            Ok(text) => text,
            Err(error) => {
                report.add(error.valid_up_to(), demand::TEXT);
                return self.damage();
            }
        };
        if is_first && text.starts_with('\u{feff}') {
            report.add(0, demand::NO_MARK);
            return self.damage();
        }
        let text = match text.strip_suffix('\r') {
            Some(text) => {
                report.add(text.len(), demand::LINE_FEED);
                text
            }
            None => text,
        };
        match grammar::line(text, limits.max_labels, &mut report) {
            Ok(Line::Eof) => {}
            Ok(Line::Descriptor(line)) => {
                let name = name(text, line.name);
                self.enter(name, line.name, &mut report)
                    .metadata(&line, &mut report);
            }
            Ok(Line::Sample(sample)) => self.sample(text, &sample, &mut report),
            Err(fault) => {
                report.fault(fault);
                self.damage();
            }
        }
    }

    /// Records that a line could not be read.
    pub(in super::super) fn damage(&mut self) {
        if let Some(family) = &mut self.current {
            family.damaged = true;
        }
    }

    /// Enters the family of that name, for a line that belongs to it.
    fn enter(
        &mut self,
        name: Cow<'a, str>,
        written: Name,
        report: &mut Report<'a, '_>,
    ) -> &mut Family<'a> {
        let family = match self.current.take() {
            Some(mut family) if family.name == name => {
                if family.is_quoted != written.is_quoted {
                    let at = written.piece.start();
                    family.advising(report, |_, report| report.advise(at, demand::QUOTED_ALIKE));
                }
                family
            }
            family => {
                let is_old = self.close(family, &name, report);
                let place = report.place.at(written.piece.start());
                let returned = self.closed.contains(&name);
                if returned {
                    report.add(place.at, demand::TOGETHER);
                }
                Family {
                    name,
                    metric_type: MetricType::Unknown,
                    place,
                    returned,
                    given: SmallVec::new(),
                    unit: None,
                    has_help: false,
                    is_quoted: written.is_quoted,
                    has_samples: false,
                    is_old,
                    // What it had before is unknown.
                    damaged: returned,
                    metrics: Metrics::default(),
                    advised: Vec::new(),
                }
            }
        };
        self.current.insert(family)
    }

    fn sample(&mut self, text: &'a str, sample: &Sample<'a>, report: &mut Report<'a, '_>) {
        self.labels(text, &sample.labels, report);
        let name = name(text, sample.name);
        self.enter(name, sample.name, report)
            .sample(text, sample, report);
    }

    /// Checks the names of a sample's labels.
    fn labels(&mut self, text: &'a str, labels: &[LabelShape], report: &mut Report<'a, '_>) {
        let names = || labels.iter().map(|label| label_name(text, label));
        for label in label_names::repeated(names()).filter_map(|at| labels.get(at)) {
            report.add(label.name.start(), demand::LABEL_ONCE);
        }
        for (label, name) in labels.iter().zip(names()) {
            if name.starts_with('_') && self.reserved.insert(name) {
                report.add(label.name.start(), demand::NO_UNDERSCORE);
            }
        }
    }

    /// Checks the last family.
    pub(in super::super) fn finish(&mut self, found: &mut Findings) {
        if let Some(family) = self.current.take() {
            let mut report = Report::new(family.place, found);
            self.close(Some(family), "", &mut report);
        }
    }

    /// Checks a family as a whole. Returns whether the next one, of that name, is named as its samples are
    /// in OpenMetrics 1.0.
    fn close(
        &mut self,
        family: Option<Family<'a>>,
        next: &str,
        report: &mut Report<'a, '_>,
    ) -> bool {
        let Some(family) = family else {
            return false;
        };
        let is_empty = !family.has_samples && !family.damaged && family.has(Kind::Type);
        if is_empty && !family.is_old {
            self.empty = Some((family.name.clone(), family.metric_type));
        }
        let is_old = self.empty.as_ref().is_some_and(|(name, kind)| {
            let suffix = next.strip_prefix(name.as_ref()).and_then(Suffix::parse);
            suffix.is_some_and(|suffix| Suffixes::Specification.of(*kind).has(suffix))
        });
        if !family.returned {
            family.finish(report);
            self.clash(&family, report);
        }
        if is_old && is_empty {
            report.add(0, demand::NAME_OF_FAMILY);
        } else if !is_old {
            self.empty = None;
        }
        self.closed.insert(family.name);
        is_old
    }

    /// Checks that no other family has the name that the family has in OpenMetrics 1.0.
    fn clash(&mut self, family: &Family<'a>, report: &mut Report<'a, '_>) {
        let kind = family.metric_type;
        let old = match &family.name {
            Cow::Borrowed(name) => naming::old_name(name, kind).map(Cow::Borrowed),
            Cow::Owned(name) => naming::old_name(name, kind).map(|old| Cow::Owned(old.to_owned())),
        };
        let clashes = match &old {
            Some(old) => self.closed.contains(old) || self.old_names.contains(old),
            None => self.old_names.contains(&family.name),
        };
        if clashes {
            report.before(family.place, demand::NO_CLASH);
        }
        if let Some(old) = old {
            self.old_names.insert(old);
        }
    }
}

/// Returns a name without its escapes.
fn name(text: &str, written: Name) -> Cow<'_, str> {
    Text::Str(text).unescaped(written.piece, Escapes::Quoted)
}

impl<'a> Family<'a> {
    fn has(&self, kind: Kind) -> bool {
        self.given.contains(&kind)
    }

    /// Does something that may give advice, which is given once for a family.
    fn advising(
        &mut self,
        report: &mut Report<'a, '_>,
        check: impl FnOnce(&mut Self, &mut Report<'a, '_>),
    ) {
        std::mem::swap(&mut self.advised, &mut report.advised);
        check(self, report);
        std::mem::swap(&mut self.advised, &mut report.advised);
    }

    fn metadata(&mut self, line: &Descriptor<'a>, report: &mut Report<'a, '_>) {
        if self.returned {
            return;
        }
        let at = line.name.piece.start();
        let kind = match line.says {
            Says::Type(_) => Kind::Type,
            Says::Unit(_) => Kind::Unit,
            Says::Help(_) => Kind::Help,
        };
        if self.has(kind) {
            return report.add(at, demand::METADATA_ONCE);
        }
        if self.has_samples {
            return report.add(at, demand::METADATA_FIRST);
        }
        if self.given.iter().any(|given| *given > kind) {
            self.advising(report, |_, report| {
                report.advise(at, demand::METADATA_ORDER)
            });
        }
        self.given.push(kind);
        match line.says {
            Says::Type(metric_type) => {
                self.metric_type = metric_type;
                self.place = report.place.at(at);
                if metric_type == MetricType::Info && !self.name.ends_with("_info") {
                    report.add(at, demand::INFO_NAME);
                }
            }
            Says::Unit(unit) if !unit.text.is_empty() => self.unit = Some((unit, report.place)),
            Says::Help(text) => self.has_help = !text.text.is_empty(),
            Says::Unit(_) => {}
        }
    }

    fn sample(&mut self, text: &'a str, sample: &Sample<'a>, report: &mut Report<'a, '_>) {
        self.has_samples = true;
        self.advising(report, |family, report| {
            family.check_sample(text, sample, report);
        });
    }

    fn check_sample(&mut self, text: &'a str, sample: &Sample<'a>, report: &mut Report<'a, '_>) {
        let state = self.own_label(text, sample, report);
        let labels = SampleLabels {
            text,
            shapes: &sample.labels,
            state,
        };
        let begins = self.metrics.add(&labels, sample.timestamp, report);
        if begins && !report.advised.contains(&demand::SAME_LABELS.expected) {
            let names = sample.labels.iter().map(|label| {
                let is_empty = label.value.start() == label.value.end();
                (label_name(text, label), is_empty)
            });
            if self.metrics.have_other_names(names) {
                report.advise(0, demand::SAME_LABELS);
            }
        }
        value::check(self.metric_type, &sample.value, report);
        self.times(sample, report);
        exemplars::check(self.metric_type, sample, report);
    }

    /// Checks the labels that only some types have. Returns which is the state of a state set.
    fn own_label(
        &self,
        text: &'a str,
        sample: &Sample<'a>,
        report: &mut Report<'a, '_>,
    ) -> Option<usize> {
        let mut labels = sample.labels.iter();
        let mut find = |wanted: &str| labels.position(|label| label_name(text, label) == wanted);
        if self.metric_type == MetricType::StateSet {
            let state = find(&self.name);
            if state.is_none() {
                report.add(sample.name.piece.start(), demand::STATE_LABEL);
            }
            return state;
        }
        let Value::Composite(composite) = &sample.value else {
            return None;
        };
        let shape = match self.metric_type {
            MetricType::Unknown => composite.shape,
            kind => kind,
        };
        let (reserved, demand) = match shape {
            MetricType::Histogram | MetricType::GaugeHistogram if composite.pairs.is_some() => {
                ("le", demand::NO_LE)
            }
            MetricType::Summary => ("quantile", demand::NO_QUANTILE),
            _ => return None,
        };
        if let Some(label) = find(reserved).and_then(|at| sample.labels.get(at)) {
            report.add(label.name.start(), demand);
        }
        None
    }

    /// Checks the timestamps of a sample.
    fn times(&self, sample: &Sample<'a>, report: &mut Report<'a, '_>) {
        if let Some(time) = sample.timestamp {
            report.advise(time.at, demand::NO_TIMESTAMP);
        }
        for time in [sample.timestamp, sample.start].into_iter().flatten() {
            if time.text.contains(['e', 'E']) {
                report.advise(time.at, demand::NO_EXPONENT);
            }
        }
        let starts = match self.metric_type {
            MetricType::Counter | MetricType::Histogram | MetricType::Summary => true,
            MetricType::Gauge
            | MetricType::GaugeHistogram
            | MetricType::Info
            | MetricType::StateSet
            | MetricType::Unknown => false,
        };
        match sample.start {
            None if starts => report.advise(0, demand::START),
            Some(start) if self.metric_type == MetricType::GaugeHistogram => {
                report.add(start.at, demand::NO_START);
            }
            Some(start) if !starts => report.advise(start.at, demand::START_UNSAID),
            _ => {}
        }
        if let Some((start, time)) = sample.start.zip(sample.timestamp)
            && compare_times(start, time).is_gt()
        {
            report.advise(start.at, demand::START_BEFORE);
        }
    }

    /// Checks the family as a whole.
    fn finish(&self, report: &mut Report<'a, '_>) {
        if let Some((unit, place)) = self.unit {
            let place = place.at(unit.at);
            if matches!(self.metric_type, MetricType::Info | MetricType::StateSet) {
                report.before(place, demand::NO_UNIT);
            } else if !naming::has_unit(&self.name, unit.text) {
                report.before(place, demand::UNIT_IN_NAME);
            }
        }
        // Its metadata may be under another name.
        if self.is_old {
            return;
        }
        let missing = [
            (!self.has(Kind::Type)).then_some(demand::TYPE),
            (!self.has_help).then_some(demand::HELP),
        ];
        for demand in missing.into_iter().flatten().filter(|_| !self.damaged) {
            report.before(self.place, demand);
        }
        for demand in naming::advice(&self.name, self.metric_type) {
            report.before(self.place, demand);
        }
    }
}
