//! The second of two passes: family after family, header first, then the lines of all bodies.

use std::borrow::Cow;
use std::collections::HashMap;

use super::decide::{Book, Decider, Decision};
use super::group::{Group, Run, Span};
use super::link::Plan;
use super::metric::{Cluster, Subject, Unfit};
use super::samples::{Samples, Written, canonicalizes, pairs, rewritten};
use super::scan::fault_at;
use super::sum::{Cited, Place};
use super::{Collided, Collision, Merge, MergeError, MergeReport, Source};
use crate::dialect::Dialect;
use crate::encode::EncodeError;
use crate::encode::output::{Buffer, Output};
use crate::encode::sample::{Pair, Rewrite, push_sample, push_sample_with};
use crate::encode::target::Target;
use crate::encode::text::{self, NameParts};
use crate::format::syntax::Units;
use crate::model::metric_type::MetricType;
use crate::model::suffix::Suffix;
use crate::number::go_float;
use crate::text::parser::Parser;
use crate::text::sample::Sample;

pub(super) fn write(
    merge: &Merge<'_>,
    target: &Target,
    plan: &Plan,
    out: impl Output,
    report: &mut MergeReport,
) -> Result<(), MergeError> {
    let mut writer = Writer {
        merge,
        target,
        report,
        out: Buffer::new(out),
        decider: Decider::new(merge, target),
        in_force: MetricType::Unknown,
    };
    let mut alone = Book::default();
    let mut books: HashMap<usize, Book> = HashMap::new();
    for (at, group) in plan.groups.iter().enumerate() {
        if group.adopted {
            continue;
        }
        let Some((number, cluster)) = (plan.cluster_of.get(&at))
            .and_then(|number| Some((*number, plan.clusters.get(*number)?)))
        else {
            let cluster = plan.alone(at, target);
            alone.clear();
            if writer.sums() {
                writer.prepare(plan, &cluster, &mut alone)?;
            }
            writer.group(group, &cluster, &mut alone)?;
            continue;
        };
        let mut book = books.remove(&number).unwrap_or_default();
        if book.written == 0 {
            writer.prepare(plan, cluster, &mut book)?;
        }
        writer.group(group, cluster, &mut book)?;
        book.written += 1;
        if book.written < cluster.groups.len() {
            books.insert(number, book);
        }
    }
    text::push_end(&mut writer.out.text, target.syntax);
    Ok(writer.out.flush()?)
}

struct Writer<'m, O> {
    merge: &'m Merge<'m>,
    target: &'m Target,
    report: &'m mut MergeReport,
    out: Buffer<O>,
    decider: Decider<'m>,
    /// The type that the last written TYPE line declares, as a reader of the outcome sees it.
    in_force: MetricType,
}

impl<O: Output> Writer<'_, O> {
    fn sums(&self) -> bool {
        matches!(self.merge.collision, Collision::Sum(_))
    }

    /// Finds which body owns each metric of a cluster, body by body, before one of its families is written.
    fn prepare(
        &mut self,
        plan: &Plan,
        cluster: &Cluster,
        book: &mut Book,
    ) -> Result<(), MergeError> {
        let groups = (cluster.groups.iter()).filter_map(|at| plan.groups.get(*at));
        let mut runs: Vec<(&Group, Run)> = groups
            .flat_map(|group| group.runs.iter().map(move |run| (group, *run)))
            .collect();
        runs.sort_by_key(|(_, run)| run.source);
        for (group, run) in runs {
            let Some(source) = self.merge.sources.get(run.source) else {
                continue;
            };
            let kind = group.kind.map(|declared| declared.kind);
            let scope = self.target.syntax.types.nearest(kind.unwrap_or_default());
            let stamps = self.stamps(source);
            for (sample, place) in Samples::of(run, self.merge) {
                let own_name = sample.name();
                let written = Written::of(&sample, &own_name, &run, self.target)?;
                let subject = Subject {
                    sample: &sample,
                    own_name: &own_name,
                    name: written.parts(),
                    group,
                    scope,
                };
                let mut labels = rewritten(&sample, source, scope);
                let done = match self.sums() {
                    true => (self.decider).sum(book, cluster, &subject, labels.as_deref(), place),
                    false => {
                        let source = run.source;
                        (self.decider)
                            .decide(book, cluster, &subject, &mut labels, &stamps, source)
                            .map(drop)
                    }
                };
                match done {
                    // It is reported when it is written.
                    Ok(()) | Err(Unfit::Fault(_)) => {}
                    Err(Unfit::Encode(error)) => return Err(error.into()),
                }
            }
        }
        Ok(())
    }

    fn group(
        &mut self,
        group: &Group,
        cluster: &Cluster,
        book: &mut Book,
    ) -> Result<(), MergeError> {
        self.report.families += 1;
        self.header(group)?;
        let mut last = None;
        for run in &group.runs {
            let Some(source) = self.merge.sources.get(run.source) else {
                continue;
            };
            if last.replace(run.source) != Some(run.source) {
                self.check_labels(source, group, cluster)?;
            }
            let stamps = self.stamps(source);
            for (sample, place) in Samples::of(*run, self.merge) {
                self.sample(group, cluster, book, run, source, &stamps, &sample, place)?;
            }
        }
        Ok(self.out.spill()?)
    }

    /// Refuses a source's labels that would take a metric apart, which no policy allows.
    fn check_labels(
        &self,
        source: &Source<'_>,
        group: &Group,
        cluster: &Cluster,
    ) -> Result<(), MergeError> {
        let mut labels = source.labels.iter();
        match labels.find(|(label, _)| cluster.is_disturbed_by(label)) {
            Some((label, _)) => Err(MergeError::ReservedLabel {
                source_name: source.name.clone().into_owned(),
                label: label.clone().into_owned(),
                family: group.name.clone(),
            }),
            None => Ok(()),
        }
    }

    /// Returns the label that the samples of a source get where metrics are kept apart.
    fn stamps<'s>(&self, source: &'s Source<'_>) -> Vec<Pair<'s>>
    where
        Self: 's,
    {
        let stamp = self.decider.stamp();
        let pair = stamp.map(|name| {
            (
                Cow::Owned(name.to_owned()),
                Cow::Borrowed(source.name.as_ref()),
            )
        });
        pair.into_iter().collect()
    }

    fn dialect_of(&self, span: Span) -> Option<Dialect> {
        Some(self.merge.sources.get(span.source)?.dialect)
    }

    fn header(&mut self, group: &Group) -> Result<(), MergeError> {
        let syntax = self.target.syntax;
        let name = NameParts::whole(&group.name);
        if let Some(span) = group.help {
            let raw = span.raw(self.merge);
            if self.dialect_of(span) == Some(syntax.dialect) && !text::is_no_help(raw, syntax) {
                text::push_raw_line(&mut self.out.text, "HELP", name, raw);
            } else {
                text::push_help_line(&mut self.out.text, name, &span.help(self.merge), syntax);
            }
        }
        match group.kind {
            Some(declared) => {
                text::push_type_line(&mut self.out.text, name, declared.kind, syntax);
                self.in_force = syntax.types.nearest(declared.kind);
            }
            // Labels named `le` or `quantile` would be rewritten under the previous type.
            None if canonicalizes(self.in_force) && !group.runs.is_empty() => {
                text::push_type_line(&mut self.out.text, name, MetricType::Unknown, syntax);
                self.in_force = MetricType::Unknown;
            }
            None => {}
        }
        match group.unit.map(|span| span.raw(self.merge)) {
            Some(unit) if syntax.units != Units::None => {
                // A unit is read as written: it has no escapes.
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

    #[allow(
        clippy::too_many_arguments,
        reason = "where the sample stands, and what it is of"
    )]
    fn sample<'p>(
        &mut self,
        group: &Group,
        cluster: &Cluster,
        book: &mut Book,
        run: &Run,
        source: &'p Source<'_>,
        stamps: &'p [Pair<'p>],
        sample: &Sample<'p>,
        place: Place,
    ) -> Result<(), MergeError> {
        let own_name = sample.name();
        let written = Written::of(sample, &own_name, run, self.target)?;
        let subject = Subject {
            sample,
            own_name: &own_name,
            name: written.parts(),
            group,
            scope: self.in_force,
        };
        let mut labels = rewritten(sample, source, self.in_force);
        let decided =
            (self.decider).decide(book, cluster, &subject, &mut labels, stamps, run.source);
        let decision = match decided {
            Ok(decision) => decision,
            Err(Unfit::Encode(error)) => return Err(error.into()),
            Err(Unfit::Fault(fault)) => {
                let error = || fault_at(source, place.start, fault);
                return self.merge.bad_line(self.report, error);
            }
        };
        let rewrite = Rewrite {
            from: source.dialect,
            name: (!written.kept).then(|| written.parts()),
            labels: labels.as_deref(),
            lossy: self.merge.lossy,
        };
        let merge = self.merge;
        let shown = || match cluster.several {
            true => subject.shown(cluster, &pairs(sample, subject.scope)),
            false => String::from_utf8_lossy(sample.raw_series()).into_owned(),
        };
        let collided = |first, stamped| Collided {
            metric: shown(),
            first: merge.source_name(first),
            second: merge.source_name(run.source),
            stamped,
        };
        match decision {
            Decision::Kept | Decision::Stamped { .. } => {
                let timestamp = sample.timestamp();
                if !(self.decider).is_first(book, cluster, run.source, timestamp) {
                    self.report.repeated += 1;
                    self.report.note(|| collided(run.source, false));
                    return Ok(());
                }
                if let Decision::Stamped { first } = decision {
                    self.report.stamped += 1;
                    self.report.note(|| collided(first, true));
                }
                let omitted = push_sample(&mut self.out.text, sample, self.target, &rewrite)?;
                self.report.exemplars += u64::from(omitted);
                self.report.samples += 1;
            }
            Decision::Summed => self.total(book, cluster, &subject, &rewrite, place)?,
            Decision::Repeated => {
                self.report.repeated += 1;
                self.report.note(|| collided(run.source, false));
            }
            Decision::Collided { first } => {
                self.report.collided += 1;
                self.report.note(|| collided(first, false));
            }
            Decision::Refused { first, fault } => {
                let (first, second) = (merge.source_name(first), merge.source_name(run.source));
                let metric = shown();
                return Err(match fault {
                    Some(fault) => MergeError::Sum {
                        metric,
                        first,
                        second,
                        fault,
                    },
                    None if cluster.several => MergeError::Metric {
                        metric,
                        first,
                        second,
                    },
                    None => MergeError::Series {
                        series: metric,
                        first,
                        second,
                    },
                });
            }
        }
        Ok(self.out.spill()?)
    }

    /// Writes the sum of a series, if it belongs in the place of this sample.
    fn total(
        &mut self,
        book: &mut Book,
        cluster: &Cluster,
        subject: &Subject<'_, '_>,
        rewrite: &Rewrite<'_>,
        place: Place,
    ) -> Result<(), MergeError> {
        let keys = &self.decider.keys;
        let series = match cluster.several {
            true => &keys.series,
            false => &keys.metric,
        };
        let Some((total, cited)) = book.sums.total(series) else {
            return Ok(());
        };
        // Of several exemplars only one can stay.
        let is_cited = cited.is_some_and(|cited| cited.is_at(place));
        let has_exemplar = subject.sample.exemplar().is_some();
        self.report.exemplars += u64::from(has_exemplar && !is_cited);
        if !total.is_written_at(place) {
            // It was added to another, unless its own body has it twice.
            match book.sums.take_added(&keys.metric) {
                true => self.report.summed += 1,
                false => self.report.repeated += 1,
            }
            return Ok(());
        }
        let amount = total.amount();
        let is_count = Suffix::parse(subject.suffix()).is_some_and(Suffix::is_count);
        let numbers = self.target.syntax.numbers;
        let push_value = |out: &mut String| {
            let digits = amount.beyond_floats();
            if let Some(integer) = digits.and_then(|integer| u64::try_from(integer).ok()) {
                go_float::push_unsigned(out, integer);
            } else if let Some(integer) = digits.and_then(|integer| i64::try_from(integer).ok()) {
                go_float::push_integer(out, integer);
            } else if is_count {
                text::push_count(out, amount.float(), numbers);
            } else {
                text::push_value(out, amount.float(), numbers);
            }
        };
        let line = match cited {
            Some(cited) if !is_cited => line(self.merge, cited),
            _ => None,
        };
        let own = subject.sample.exemplar().filter(|_| is_cited);
        let exemplar = line.as_ref().and_then(Sample::exemplar).or(own);
        let omitted = push_sample_with(
            &mut self.out.text,
            subject.sample,
            self.target,
            rewrite,
            push_value,
            total.timestamp(),
            exemplar,
        )?;
        self.report.exemplars += u64::from(omitted);
        self.report.samples += 1;
        Ok(())
    }
}

/// Reads again the sample of a line that was read before.
fn line<'m>(merge: &'m Merge<'_>, cited: Cited) -> Option<Sample<'m>> {
    let source = merge.sources.get(cited.source)?;
    let line = source.body.get(cited.start..cited.end)?;
    let mut parser = Parser::new(line, source.dialect).limits(merge.limits);
    parser.next()?.ok()?.into_sample()
}
