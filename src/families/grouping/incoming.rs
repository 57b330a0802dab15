//! A sample that is being added to a family: taken apart, its names checked.

use std::borrow::Cow;
use std::ops::Range;

use super::exemplar::exemplar_of;
use super::fault::Fault;
use super::keep::Keep;
use super::misfit::{Judged, Misfit};
use crate::error::{Error, ErrorKind};
use crate::families::family::{LabelRun, MetricExemplar, MetricLabels};
use crate::model::label_names;
use crate::model::name::METRIC_NAME;
use crate::number::decode::{self, Escapes};
use crate::text::place::LineEnd;
use crate::text::sample::Sample;
use crate::text::shape::{LabelList, LabelShape, Text};

#[derive(Debug)]
pub(super) struct Incoming<'l> {
    sample: Sample<'l>,
    /// Where its line ended.
    end: LineEnd,
    text: &'l str,
    /// The labels that have not been taken.
    labels: LabelList,
    /// The same as a run, if they are side by side.
    run: Option<LabelRun<'l>>,
    /// Where the value of the last taken label is.
    taken: Range<usize>,
}

impl<'l> Incoming<'l> {
    /// Takes a sample in UTF-8 that has a name.
    #[inline]
    pub(super) fn new(sample: Sample<'l>, end: LineEnd) -> Result<Self, Box<Judged<'l>>> {
        let Text::Str(text) = sample.text else {
            return Err(not_utf8(&sample, end));
        };
        let name = sample.shape.name;
        if name.start() == name.end() {
            let fault = Fault {
                kind: ErrorKind::EmptyName,
                expected: "a metric name of at least one character",
                at: name.start(),
            };
            return Err(Judged::new(&sample, end, fault, None));
        }
        Ok(Incoming {
            text,
            labels: sample.label_shapes().collect(),
            run: LabelRun::of(&sample),
            taken: 0..0,
            sample,
            end,
        })
    }

    #[inline]
    pub(super) fn name(&self) -> Cow<'l, str> {
        self.sample.name()
    }

    /// Checks that the labels that have not been taken have valid names: not `__name__`, no two the same,
    /// and none empty.
    pub(super) fn check_labels(&self) -> Result<(), Fault> {
        check_names(self.text, &self.labels)
    }

    pub(super) fn value(&self) -> f64 {
        self.sample.value()
    }

    pub(super) fn timestamp(&self) -> Option<i64> {
        self.sample.timestamp()
    }

    pub(super) fn sample(&self) -> &Sample<'l> {
        &self.sample
    }

    #[inline]
    pub(super) fn exemplar(&self) -> Option<Box<MetricExemplar<'l>>> {
        match self.sample.shape.exemplars_at {
            0 => None,
            _ => exemplar_of(&self.sample).map(Box::new),
        }
    }

    /// Takes the only label named `name` out of the labels; returns where its value is, and the value.
    #[inline]
    pub(super) fn take_label(
        &mut self,
        name: &str,
    ) -> Result<Option<(usize, Cow<'l, str>)>, Fault> {
        let text = self.text;
        let mut found = None;
        for (at, label) in self.labels.iter().enumerate() {
            let is_named = match label.name.has_escapes() {
                false => label.name.of(text) == name,
                true => label_name(text, label) == name,
            };
            if is_named && found.replace(at).is_some() {
                self.check_labels()?;
            }
        }
        let Some(found) = found else {
            return Ok(None);
        };
        let label = self.labels.remove(found);
        self.taken = label.value.start()..label.value.end();
        let run = self.run.and_then(|run| run.take(name));
        self.run = run.map(|taken| taken.rest);
        let value = match label.value.has_escapes() {
            false => Cow::Borrowed(label.value.of(text)),
            true => Text::Str(text).unescaped(label.value, Escapes::Quoted),
        };
        Ok(Some((label.value.start(), value)))
    }

    /// Takes the label named `name`, which must be a number: `le` and `quantile`.
    #[inline]
    pub(super) fn take_number(
        &mut self,
        name: &str,
        missing: &'static str,
        no_number: &'static str,
    ) -> Result<f64, Fault> {
        let Some((at, value)) = self.take_label(name)? else {
            return Err(self.fault(ErrorKind::MissingLabel, missing));
        };
        match decode::number(&value) {
            Ok(number) if !number.is_nan() => Ok(number),
            _ => Err(Fault {
                kind: ErrorKind::InvalidLabelValue,
                expected: no_number,
                at,
            }),
        }
    }

    /// Returns the sample, and where the value of the label is that was taken out of it.
    pub(super) fn place(&self) -> (&Sample<'l>, Range<usize>) {
        (&self.sample, self.taken.clone())
    }

    /// Judges `fault`, which showed when the sample was added to its family.
    ///
    /// A name for which Prometheus refuses the body weighs more than what only families check.
    #[cold]
    pub(super) fn judge(self, fault: Fault) -> Box<Judged<'l>> {
        let shapes: LabelList = self.sample.label_shapes().collect();
        let named = check_names(self.text, &shapes);
        let misfit = Misfit::of(&self.sample);
        let fault = match (&misfit, named) {
            (None, Err(name_fault)) => name_fault,
            _ => fault,
        };
        Judged::new(&self.sample, self.end, fault, misfit)
    }

    /// Returns that fault as an error.
    #[cold]
    pub(super) fn error(&self, fault: Fault) -> Error {
        fault.error(self.sample.raw(), self.end)
    }

    /// Returns a fault of the sample as a whole.
    pub(super) fn fault(&self, kind: ErrorKind, expected: &'static str) -> Fault {
        Fault {
            kind,
            expected,
            at: self.sample.shape.name.start(),
        }
    }

    /// Tells whether the labels that are left are these.
    #[inline]
    pub(super) fn has_labels(&self, labels: &MetricLabels<'_>) -> bool {
        labels.lie_in(self.text, &self.labels)
    }

    /// Tells whether the labels that are left have the same names as these, which were checked.
    #[inline]
    pub(super) fn has_names_of(&self, labels: &MetricLabels<'_>) -> bool {
        labels.have_names_of(self.text, &self.labels)
    }

    /// Writes the labels that are left to their place.
    #[inline(always)]
    pub(super) fn put_labels<'a, K: Keep<'l, 'a>>(&self, labels: &mut MetricLabels<'a>) {
        match self.run {
            Some(run) => *labels = K::run(run),
            None => K::put_labels(labels, self.text, &self.labels),
        }
    }

    /// Takes the labels that are left.
    #[inline]
    pub(super) fn take_labels(&mut self) -> MetricLabels<'l> {
        let labels = match self.run {
            Some(run) => MetricLabels::from_run(run),
            None => MetricLabels::from_line(self.text, &self.labels),
        };
        self.labels.clear();
        labels
    }
}

#[cold]
fn not_utf8<'l>(sample: &Sample<'l>, end: LineEnd) -> Box<Judged<'l>> {
    let fault = Fault {
        kind: ErrorKind::InvalidUtf8,
        expected: "names in UTF-8",
        at: sample.name_not_utf8().unwrap_or(0),
    };
    Judged::new(sample, end, fault, Misfit::of(sample))
}

fn label_name<'l>(text: &'l str, label: &LabelShape) -> Cow<'l, str> {
    Text::Str(text).unescaped(label.name, Escapes::Quoted)
}

fn check_names(text: &str, labels: &[LabelShape]) -> Result<(), Fault> {
    let names = labels.iter().map(|label| label.name.of(text));
    let is_plain = |label: &LabelShape| {
        let name = label.name.of(text);
        !label.name.has_escapes() && !name.is_empty() && name != METRIC_NAME
    };
    match labels.iter().all(is_plain) && !label_names::may_repeat(names) {
        true => Ok(()),
        false => check_names_slowly(text, labels),
    }
}

#[cold]
fn check_names_slowly(text: &str, labels: &[LabelShape]) -> Result<(), Fault> {
    let fault = |kind, expected, label: &LabelShape| Fault {
        kind,
        expected,
        at: label.name.start(),
    };
    for label in labels {
        let name = label_name(text, label);
        if name.is_empty() {
            let expected = "a label name of at least one character";
            return Err(fault(ErrorKind::EmptyName, expected, label));
        }
        if name == METRIC_NAME {
            let expected = "another label name than `__name__`";
            return Err(fault(ErrorKind::ReservedLabel, expected, label));
        }
    }
    let names = labels.iter().map(|label| label_name(text, label));
    let mut again = label_names::repeated(names).filter_map(|at| labels.get(at));
    match again.next() {
        Some(label) => Err(fault(
            ErrorKind::DuplicateLabel,
            "each label name once",
            label,
        )),
        None => Ok(()),
    }
}
