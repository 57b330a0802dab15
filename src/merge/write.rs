//! The second of two passes: family after family, header first, then the lines of all bodies.

use std::borrow::Cow;

use super::index::{Group, Run, Span};
use super::scan::fault_at;
use super::series::{Claimed, SeriesSet, push_key, push_time};
use super::stamp::{Pairs, stamp};
use super::{Collision, Merge, MergeError, MergeReport, Source};
use crate::dialect::Dialect;
use crate::encode::output::{Buffer, Output};
use crate::encode::sample::{Pair, Rewrite, push_sample};
use crate::encode::target::Target;
use crate::encode::text::{self, NameParts};
use crate::encode::{EncodeError, NameFault};
use crate::line::{Line, MetricType, Sample, canonical_number};
use crate::parser::Parser;

pub(super) fn write(
    merge: &Merge<'_>,
    target: &Target,
    groups: Vec<Group>,
    out: impl Output,
    report: &mut MergeReport,
) -> Result<(), MergeError> {
    let mut writer = Writer {
        merge,
        target,
        report,
        out: Buffer::new(out),
        series: SeriesSet::default(),
        key: Vec::new(),
        spelled: String::new(),
        in_force: MetricType::Unknown,
    };
    for group in groups.iter().filter(|group| !group.adopted) {
        writer.group(group)?;
    }
    if target.is_open_metrics() {
        writer.out.text.push_str("# EOF\n");
    }
    Ok(writer.out.flush()?)
}

struct Writer<'m, O> {
    merge: &'m Merge<'m>,
    target: &'m Target,
    report: &'m mut MergeReport,
    out: Buffer<O>,
    series: SeriesSet,
    key: Vec<u8>,
    /// A number of a label, spelled as it is stored.
    spelled: String,
    /// The type that the last TYPE line written declares, as a reader of the outcome has it.
    in_force: MetricType,
}

/// Whether labels are rewritten under that type (spec T44).
fn canonicalizes(kind: MetricType) -> bool {
    matches!(kind, MetricType::Histogram | MetricType::Summary)
}

impl<O: Output> Writer<'_, O> {
    fn group(&mut self, group: &Group) -> Result<(), MergeError> {
        self.report.families += 1;
        self.header(group)?;
        self.series.clear();
        for run in &group.runs {
            self.run(run)?;
        }
        Ok(self.out.spill()?)
    }

    fn dialect_of(&self, span: Span) -> Option<Dialect> {
        Some(self.merge.sources.get(span.source)?.dialect)
    }

    fn header(&mut self, group: &Group) -> Result<(), MergeError> {
        let dialect = self.target.dialect;
        let name = NameParts::whole(&group.name);
        if let Some(span) = group.help {
            let raw = span.raw(self.merge);
            if self.dialect_of(span) == Some(dialect) && !text::is_no_help(raw, dialect) {
                text::push_raw_line(&mut self.out.text, "HELP", name, raw);
            } else {
                text::push_help_line(&mut self.out.text, name, &span.help(self.merge), dialect);
            }
        }
        match group.kind {
            Some(declared) => {
                text::push_type_line(&mut self.out.text, name, declared.kind, dialect);
                self.in_force = match (dialect, declared.kind) {
                    (Dialect::OpenMetrics, kind) => kind,
                    (_, MetricType::GaugeHistogram) => MetricType::Histogram,
                    (_, kind) => kind,
                };
            }
            // Labels called `le` or `quantile` would be rewritten under the type before.
            None if canonicalizes(self.in_force) && !group.runs.is_empty() => {
                text::push_type_line(&mut self.out.text, name, MetricType::Unknown, dialect);
                self.in_force = MetricType::Unknown;
            }
            None => {}
        }
        match group.unit.map(|span| span.raw(self.merge)) {
            Some(unit) if self.target.is_open_metrics() => {
                // A unit is read as it is written: it has no escapes.
                text::push_raw_line(&mut self.out.text, "UNIT", name, unit);
            }
            Some(unit) if !self.merge.lossy => {
                return Err(MergeError::Encode(EncodeError::UnitInText {
                    family: group.name.clone(),
                    unit: unit.to_owned(),
                }));
            }
            unit => self.report.units += u64::from(unit.is_some()),
        }
        Ok(())
    }

    fn run(&mut self, run: &Run) -> Result<(), MergeError> {
        let Some(source) = self.merge.sources.get(run.source) else {
            return Ok(());
        };
        let lines = source.body.get(run.start..run.end).unwrap_or_default();
        let mut start = run.start;
        // Errors have been seen in the first pass; what comes new is that a part of a body lacks its
        // `# EOF`.
        let mut parser = Parser::new(lines, source.dialect).limits(self.merge.limits);
        while let Some(line) = parser.next() {
            if let Ok(Line::Sample(sample)) = line {
                self.sample(run, source, sample, start)?;
            }
            let read = usize::try_from(parser.position().byte).unwrap_or(usize::MAX);
            start = run.start.saturating_add(read);
        }
        Ok(())
    }

    fn sample(
        &mut self,
        run: &Run,
        source: &Source<'_>,
        mut sample: Sample<'_>,
        start: usize,
    ) -> Result<(), MergeError> {
        sample.shape.scope = run.scope;
        // Labels that were rewritten where the sample stood, and would not be where it comes to stand.
        let respelled = canonicalizes(run.scope)
            && run.scope != self.in_force
            && sample
                .labels()
                .iter()
                .any(|label| sample.stored_value(&label) != label.value());
        let stamped: [Pair<'_>; 1];
        let mut labels: Option<Pairs<'_>> = None;
        if respelled || !source.labels.is_empty() {
            let mut pairs = pairs(&sample, respelled);
            stamp(&mut pairs, &source.labels, source.honor_labels);
            labels = Some(pairs);
        }
        if let Err(fault) = self.key_of(&sample, labels.as_deref()) {
            return (self.merge).bad_line(self.report, || fault_at(source, start, fault));
        }
        match self.claim(run.source, sample.timestamp()) {
            Claim::New => {}
            Claim::Repeated => {
                self.report.repeated += 1;
                return Ok(());
            }
            Claim::Taken(first) => match &self.merge.collision {
                Collision::Error => {
                    return Err(MergeError::Series {
                        series: String::from_utf8_lossy(sample.raw_series()).into_owned(),
                        first: self.merge.source_name(first),
                        second: self.merge.source_name(run.source),
                    });
                }
                Collision::FirstWins => {
                    self.report.collided += 1;
                    return Ok(());
                }
                Collision::Stamp(name) => {
                    stamped = [(Cow::Borrowed(name), Cow::Borrowed(source.name.as_ref()))];
                    let mut pairs = labels.take().unwrap_or_else(|| pairs(&sample, respelled));
                    stamp(&mut pairs, &stamped, false);
                    // The names have been checked.
                    _ = self.key_of(&sample, Some(&pairs));
                    labels = Some(pairs);
                    match self.claim(run.source, sample.timestamp()) {
                        Claim::New => self.report.stamped += 1,
                        Claim::Repeated => {
                            self.report.repeated += 1;
                            return Ok(());
                        }
                        Claim::Taken(_) => {
                            self.report.collided += 1;
                            return Ok(());
                        }
                    }
                }
            },
        }
        self.push(run, source, &sample, labels.as_deref())
    }

    fn push(
        &mut self,
        run: &Run,
        source: &Source<'_>,
        sample: &Sample<'_>,
        labels: Option<&[Pair<'_>]>,
    ) -> Result<(), MergeError> {
        let full;
        let escaped;
        let mut name = None;
        if !self.target.keeps_name(sample.raw_name()) {
            full = sample.name();
            let (base, suffix) = full.split_at_checked(run.base).unwrap_or((&full, ""));
            escaped = self.target.metric_name(base)?;
            name = Some(NameParts {
                base: &escaped,
                suffix,
            });
        }
        let rewrite = Rewrite {
            from: source.dialect,
            name,
            labels,
            lossy: self.merge.lossy,
        };
        let left_out = push_sample(&mut self.out.text, sample, self.target, &rewrite)?;
        self.report.exemplars += u64::from(left_out);
        self.report.samples += 1;
        Ok(self.out.spill()?)
    }

    /// Puts together the key of the series as a reader of the outcome stores it: its name, then its
    /// labels in order, those with an empty value left out.
    fn key_of(
        &mut self,
        sample: &Sample<'_>,
        labels: Option<&[Pair<'_>]>,
    ) -> Result<(), NameFault> {
        if sample.labels().iter().any(|label| !label.name_is_utf8()) {
            return Err(NameFault::NotUtf8);
        }
        let mut sorted = Pairs::new();
        match labels {
            Some(pairs) => sorted.extend(
                pairs
                    .iter()
                    .map(|(name, value)| (Cow::Borrowed(&**name), Cow::Borrowed(&**value))),
            ),
            None => {
                let own = sample.labels().into_iter();
                sorted.extend(own.map(|label| (label.name(), label.value())));
            }
        }
        sorted.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        self.key.clear();
        push_key(&mut self.key, &sample.name());
        let mut last = None;
        for (name, value) in &sorted {
            match name.as_ref() {
                "" => return Err(NameFault::EmptyLabel),
                "__name__" => return Err(NameFault::Reserved),
                name if last == Some(name) => return Err(NameFault::Duplicate),
                name => last = Some(name),
            }
            if value.is_empty() {
                continue;
            }
            push_key(&mut self.key, name);
            match canonical_number(self.in_force, name.as_bytes(), value) {
                Some(number) => {
                    self.spelled.clear();
                    number.push_to(&mut self.spelled);
                    push_key(&mut self.key, &self.spelled);
                }
                None => push_key(&mut self.key, value),
            }
        }
        Ok(())
    }

    /// Claims the series under the key for a source.
    fn claim(&mut self, source: usize, timestamp: Option<i64>) -> Claim {
        match (
            self.series.claim(&self.key, source, timestamp.is_none()),
            timestamp,
        ) {
            (Claimed::Taken(first), _) => Claim::Taken(first),
            (Claimed::New, None) | (Claimed::Again { untimed: false }, None) => Claim::New,
            (Claimed::Again { untimed: true }, None) => Claim::Repeated,
            (_, Some(millis)) => {
                push_time(&mut self.key, millis);
                match self.series.claim(&self.key, source, false) {
                    Claimed::New => Claim::New,
                    _ => Claim::Repeated,
                }
            }
        }
    }
}

enum Claim {
    New,
    /// The source has the series already, at the same time.
    Repeated,
    /// Another source has it.
    Taken(usize),
}

/// The labels of a sample: as they are written, or as they are stored where a reader of the outcome would
/// not respell them.
fn pairs<'p>(sample: &Sample<'p>, respelled: bool) -> Pairs<'p> {
    (sample.labels().iter())
        .map(|label| {
            let value = match respelled {
                true => sample.stored_value(&label),
                false => label.value(),
            };
            (label.name(), value)
        })
        .collect()
}
