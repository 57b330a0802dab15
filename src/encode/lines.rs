//! Writes lines that were read, one by one.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::error::{EncodeError, NameErrorKind};
use super::header::Header;
use super::metadata::Metadata;
use super::naming;
use super::output::Output;
use super::relabelled::Relabelled;
use super::sample::{Pair, Rewrite, push_sample, push_without_exemplar};
use super::text::NameParts;
use super::text_body::TextBody;
use crate::dialect::Dialect;
use crate::format::syntax::FamilyRules;
use crate::model::label_names::LabelNames;
use crate::model::metric_type::MetricType;
use crate::model::suffix::Suffix;
use crate::text::line::Line;
use crate::text::sample::Sample;

impl<O: Output> TextBody<O> {
    /// Writes a line that was read in dialect `from`.
    pub(super) fn line(&mut self, line: &Line<'_>, from: Dialect) -> Result<(), EncodeError> {
        let pushed = self.push_line(line, from);
        self.spill().and(pushed)
    }

    /// Writes a sample that was read in dialect `from` under another name and with other labels.
    pub(super) fn sample_as<'l>(
        &mut self,
        sample: &Sample<'_>,
        from: Dialect,
        name: &str,
        labels: impl IntoIterator<Item = (&'l str, &'l str)>,
    ) -> Result<(), EncodeError> {
        let pushed = self.push_sample_as(sample, from, name, labels);
        self.spill().and(pushed)
    }

    fn push_line(&mut self, line: &Line<'_>, from: Dialect) -> Result<(), EncodeError> {
        let not_utf8 = |name: &str| EncodeError::Labels {
            metric: name.to_owned(),
            fault: NameErrorKind::NotUtf8,
        };
        match line {
            Line::Help(line) if !line.name_is_utf8() => Err(not_utf8(&line.name())),
            Line::Type(line) if !line.name_is_utf8() => Err(not_utf8(&line.name())),
            Line::Unit(line)
                if !line.name_is_utf8() || std::str::from_utf8(line.raw_unit()).is_err() =>
            {
                Err(not_utf8(&line.name()))
            }
            line if self.assembles(from) => {
                refuse_names(line)?;
                self.flush_header()?;
                self.settle();
                self.assemble(line, from)
            }
            Line::Help(line) => {
                self.finish_family()?;
                self.open_header(&line.name(), from, |header| header.help.is_some())?;
                self.header.help = Some(line.text().into_owned());
                Ok(())
            }
            Line::Type(line) => {
                self.finish_family()?;
                self.open_header(&line.name(), from, |header| header.kind.is_some())?;
                self.header.kind = Some(line.metric_type());
                Ok(())
            }
            Line::Unit(line) => {
                self.finish_family()?;
                self.open_header(&line.name(), from, |header| header.unit.is_some())?;
                self.header.unit = Some(line.unit().into_owned());
                Ok(())
            }
            Line::Sample(sample) => {
                refuse_names(line)?;
                self.finish_family()?;
                self.push_sample_line(sample, from)
            }
            Line::Comment(_) | Line::Eof => Ok(()),
        }
    }

    /// Makes room for metadata of that family: writes what is held of another family or would be repeated.
    fn open_header(
        &mut self,
        name: &str,
        from: Dialect,
        twice: impl Fn(&Header) -> bool,
    ) -> Result<(), EncodeError> {
        if self.header.name != name || self.header.from != from || twice(&self.header) {
            self.flush_header()?;
            self.header.name.clear();
            self.header.name.push_str(name);
            self.header.from = from;
        }
        Ok(())
    }

    /// Writes the metadata that is held, if any, for a family without samples.
    pub(super) fn flush_header(&mut self) -> Result<(), EncodeError> {
        self.flush_header_for(None)
    }

    /// Writes the metadata that is held, if any, before a sample of that name.
    fn flush_header_for(&mut self, sample: Option<&str>) -> Result<(), EncodeError> {
        if !self.header.holds() {
            return Ok(());
        }
        // A sample of another name says nothing about the family, and all of the family's own may have moved.
        let is_of_it = |sample: &str| {
            let (name, kind) = (&self.header.name, self.header.kind.unwrap_or_default());
            let suffixes = self.header.from.syntax().line_suffixes();
            suffixes.suffix_in(sample, name, kind).is_some()
        };
        let left = std::mem::take(&mut self.header.left);
        let all_left = left && !sample.is_some_and(is_of_it);
        self.settle();
        let header = &mut self.header;
        let (help, kind, unit) = (header.help.take(), header.kind.take(), header.unit.take());
        if all_left {
            if let Some(kind) = kind {
                header.family_kind = kind;
                header.family.clone_from(&header.name);
            }
            return Ok(());
        }
        let from = header.from.syntax().line_suffixes();
        let to = self.target.syntax;
        let escaped = self.target.names.metric_name(&header.name)?;
        let declared = kind.unwrap_or_default();
        // An OpenMetrics counter may break the rules and have samples of just its name.
        let suffix = match sample {
            Some(sample) if sample == header.name => "",
            _ => from.main(declared).map_or("", Suffix::as_str),
        };
        let (family, placed) = naming::placed(&escaped, declared, suffix, from, to.suffixes);
        let name = NameParts::whole(&family);
        match to.family_rules {
            FamilyRules::None | FamilyRules::OpenMetrics2 => {}
            FamilyRules::OpenMetrics => {
                self.relabelled.begin(self.out.text.len(), &family, placed);
                if left {
                    self.relabelled.touch();
                }
            }
        }
        let metadata = Metadata {
            help: help.as_deref(),
            kind: kind.map(|_| placed),
            unit: unit.as_deref(),
        };
        let out = &mut self.out.text;
        let start = out.len();
        let omitted = &mut self.omitted;
        if let Err(error) = metadata.push(out, &self.target, name, self.options, omitted) {
            out.truncate(start);
            return Err(error);
        }
        if kind.is_some() {
            header.family_kind = declared;
            header.family.clear();
            header.family.push_str(&header.name);
        }
        Ok(())
    }

    fn push_sample_line(&mut self, sample: &Sample<'_>, from: Dialect) -> Result<(), EncodeError> {
        if self.target.names.escapes_names() {
            let names: SmallVec<[Cow<'_, str>; 12]> =
                sample.labels().iter().map(|label| label.name()).collect();
            self.check_labels(&sample.name(), names.iter().map(|name| name.as_ref()))?;
        }
        self.flush_header_for(Some(&sample.name()))?;
        let full = sample.name();
        let escaped;
        let mut name = None;
        if !self.target.names.keeps_name(sample.raw_name()) {
            let header = &self.header;
            let suffixes = from.syntax().line_suffixes();
            let part = suffixes.suffix_in(&full, &header.family, header.family_kind);
            let base = match part {
                Some(suffix) => full.strip_suffix(suffix).unwrap_or(&full),
                None => &full,
            };
            escaped = self.target.names.metric_name(base)?;
            name = Some(NameParts {
                base: &escaped,
                suffix: part.unwrap_or(""),
            });
        }
        self.enter(name.unwrap_or(NameParts::whole(&full)));
        let rewrite = Rewrite {
            from,
            name,
            labels: None,
            lossy: self.options.lossy,
        };
        self.push(sample, &rewrite)
    }
}

impl<O: Output> TextBody<O> {
    fn push_sample_as<'l>(
        &mut self,
        sample: &Sample<'_>,
        from: Dialect,
        name: &str,
        labels: impl IntoIterator<Item = (&'l str, &'l str)>,
    ) -> Result<(), EncodeError> {
        let labels = labels.into_iter();
        let labels: SmallVec<[Pair<'l>; 12]> = labels
            .map(|(name, value)| (Cow::Borrowed(name), Cow::Borrowed(value)))
            .collect();
        self.check_labels(name, labels.iter().map(|(name, _)| name.as_ref()))?;
        let escaped = self.target.names.metric_name(name)?;
        if self.assembles(from) {
            self.flush_header()?;
            self.settle();
            return self.assemble_as(sample, from, name, &labels);
        }
        self.finish_family()?;
        let rewrite = Rewrite {
            from,
            name: Some(NameParts::whole(&escaped)),
            labels: Some(&labels),
            lossy: self.options.lossy,
        };
        if name != sample.name() {
            return self.push_moved(sample, &escaped, &rewrite);
        }
        self.flush_header_for(Some(name))?;
        self.enter(NameParts::whole(&escaped));
        self.relabelled.touch();
        self.push(sample, &rewrite)
    }

    /// Writes a sample, or nothing of it if that fails.
    fn push(&mut self, sample: &Sample<'_>, rewrite: &Rewrite<'_>) -> Result<(), EncodeError> {
        let out = &mut self.out.text;
        let start = out.len();
        match push_sample(out, sample, &self.target, rewrite) {
            Ok(omitted) => {
                self.omitted.exemplars += u64::from(omitted);
                Ok(())
            }
            Err(error) => {
                out.truncate(start);
                Err(error)
            }
        }
    }

    /// Writes a sample under another name than it had, so that it is of another family.
    fn push_moved(
        &mut self,
        sample: &Sample<'_>,
        name: &str,
        rewrite: &Rewrite<'_>,
    ) -> Result<(), EncodeError> {
        let own = sample.name();
        let (family, kind) = self.header.current();
        let (from, to) = (
            rewrite.from.syntax().line_suffixes(),
            self.target.syntax.suffixes,
        );
        let suffix = from.suffix_in(&own, family, kind);
        // What is known of its family says nothing about another.
        match self.header.holds() {
            true => self.header.left |= suffix.is_some(),
            false if suffix.is_some() => self.relabelled.touch(),
            false => {}
        }
        match self.target.syntax.family_rules {
            FamilyRules::None => return self.push(sample, rewrite),
            // Its families are assembled; 1.0's are placed where its rules allow.
            FamilyRules::OpenMetrics2 | FamilyRules::OpenMetrics => {}
        }
        // All samples of a family that are renamed in the same way form a family again.
        let stem = suffix.and_then(|suffix| Some((name.strip_suffix(suffix)?, suffix)));
        let (family, kind) = match stem {
            Some((stem, suffix)) if !stem.is_empty() => {
                naming::placed(stem, kind, suffix, from, to)
            }
            _ => (name.into(), MetricType::Unknown),
        };
        let help = self.header.help.as_deref().filter(|_| stem.is_some());
        let moved = self.relabelled.family(&family, kind, help);
        let start = moved.len();
        let pushed = match Relabelled::cites(kind) {
            true => push_sample(moved, sample, &self.target, rewrite),
            false if sample.exemplar().is_some() && !rewrite.lossy => Err(EncodeError::Exemplar {
                metric: name.to_owned(),
            }),
            false => push_without_exemplar(moved, sample, &self.target, rewrite)
                .map(|()| sample.exemplar().is_some()),
        };
        match pushed {
            Ok(omitted) => self.omitted.exemplars += u64::from(omitted),
            Err(_) => moved.truncate(start),
        }
        pushed.map(drop)
    }

    /// Records that a sample of that name is written next, in its place.
    fn enter(&mut self, name: NameParts<'_>) {
        match self.target.syntax.family_rules {
            FamilyRules::None | FamilyRules::OpenMetrics2 => return,
            FamilyRules::OpenMetrics => {}
        }
        if !self.relabelled.is_in(name) {
            self.settle();
            // A TYPE line that was just written is not about it.
            let start = self.out.text.len();
            self.relabelled
                .begin(start, &name.joined(), MetricType::Unknown);
        }
    }

    /// Ends the family that is being written, and repairs it if it was relabelled.
    pub(super) fn settle(&mut self) {
        if let Some(start) = self.relabelled.end() {
            let text = self.out.text.split_off(start.min(self.out.text.len()));
            let (out, omitted) = (&mut self.out.text, &mut self.omitted);
            self.relabelled.place(text, out, omitted);
        }
    }

    /// Hands on what has been gathered, except for a family that is not complete.
    fn spill(&mut self) -> Result<(), EncodeError> {
        match self.relabelled.open_at() {
            None => self.out.spill(),
            Some(start) => {
                let handed = self.out.spill_before(start)?;
                self.relabelled.shift(handed);
                Ok(())
            }
        }
    }

    pub(super) fn check_labels<'n>(
        &self,
        metric: &str,
        labels: impl Iterator<Item = &'n str>,
    ) -> Result<(), EncodeError> {
        let mut names = LabelNames::default();
        for label in labels {
            let label = self.target.names.label_name(label)?;
            if let Some(fault) = NameErrorKind::of_next(&mut names, label) {
                let metric = metric.to_owned();
                return Err(EncodeError::Labels { metric, fault });
            }
        }
        Ok(())
    }
}

/// Refuses a sample with a name that is not allowed.
fn refuse_names(line: &Line<'_>) -> Result<(), EncodeError> {
    let Line::Sample(sample) = line else {
        return Ok(());
    };
    match fault(sample) {
        None => Ok(()),
        Some(fault) => Err(EncodeError::Labels {
            metric: sample.name().into_owned(),
            fault,
        }),
    }
}

/// Returns what keeps a sample from being written: a name that is not allowed.
fn fault(sample: &Sample<'_>) -> Option<NameErrorKind> {
    if sample.name_not_utf8().is_some() {
        return Some(NameErrorKind::NotUtf8);
    }
    if sample.raw_name().is_empty() {
        return Some(NameErrorKind::EmptyMetric);
    }
    let mut labels = sample.labels().into_iter();
    labels
        .any(|label| label.raw_name().is_empty())
        .then_some(NameErrorKind::EmptyLabel)
}
