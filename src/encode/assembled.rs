//! Writes lines that cannot be written one by one: the families that they make.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::error::EncodeError;
use super::gathered::{FamilyLines, broken_up, families, is_whole, lines_in, tidy};
use super::output::Output;
use super::sample::{Pair, Rewrite, push_sample};
use super::target::Target;
use super::text::NameParts;
use super::text_body::TextBody;
use crate::dialect::Dialect;
use crate::families::family::MetricFamily;
use crate::format::syntax::{Composites, FamilyRules};
use crate::text::line::Line;
use crate::text::parser::Parser;
use crate::text::sample::Sample;

impl<O: Output> TextBody<O> {
    /// Tells whether lines of that dialect are written by families.
    pub(super) fn assembles(&self, from: Dialect) -> bool {
        let in_braces = |composites| match composites {
            Composites::Lines => false,
            Composites::Braces => true,
        };
        in_braces(from.syntax().composites) || in_braces(self.target.syntax.composites)
    }

    /// Adds a line to its family, and writes the family before if that is complete.
    pub(super) fn assemble(&mut self, line: &Line<'_>, from: Dialect) -> Result<(), EncodeError> {
        if let Line::Sample(sample) = line {
            let names: SmallVec<[Cow<'_, str>; 12]> =
                sample.labels().iter().map(|label| label.name()).collect();
            self.check_labels(&sample.name(), names.iter().map(|name| name.as_ref()))?;
        }
        let complete = self.gathered.push(line, from);
        self.push_lines(complete, false)
    }

    /// Adds a sample under that name and with those labels: to its family, or to one that is written at the
    /// end.
    pub(super) fn assemble_as(
        &mut self,
        sample: &Sample<'_>,
        from: Dialect,
        name: &str,
        labels: &[Pair<'_>],
    ) -> Result<(), EncodeError> {
        let own = sample.name();
        let rewrite = Rewrite {
            from,
            name: Some(NameParts::whole(name)),
            labels: Some(labels),
            lossy: true,
        };
        let mut line = String::new();
        push_sample(&mut line, sample, &Target::unchanged(from), &rewrite)?;
        let line = line.trim_end_matches('\n');
        if name != own {
            self.gathered.push_moved(&own, name, line, from);
            return Ok(());
        }
        let complete = (self.gathered).push_sample(name, line.as_bytes(), from);
        self.gathered.touch();
        self.push_lines(complete, false)
    }

    /// Writes the family whose lines were coming, if there is one.
    #[inline]
    pub(super) fn finish_family(&mut self) -> Result<(), EncodeError> {
        if self.gathered.is_idle() {
            return Ok(());
        }
        let complete = self.gathered.take();
        self.push_lines(complete, false)
    }

    /// Writes the samples that got other names. What the format has no place for is left out: it shows only
    /// now.
    pub(super) fn finish_moved(&mut self) -> Result<(), EncodeError> {
        let lossy = std::mem::replace(&mut self.options.lossy, true);
        for lines in self.gathered.take_moved() {
            self.push_lines(lines, true)?;
        }
        self.options.lossy = lossy;
        Ok(())
    }

    /// Writes the lines of a family: as they are, if they may stay so.
    fn push_lines(&mut self, lines: FamilyLines, moved: bool) -> Result<(), EncodeError> {
        if !lines.declares() {
            return Ok(());
        }
        let from = lines.from;
        let changed = moved || lines.is_changed();
        let stays = from == self.target.syntax.dialect && self.target.names.keeps_names();
        if let (true, false, Some(text)) = (stays, changed, lines.as_read()) {
            self.out.text.push_str(text);
            self.taken.insert(lines.name);
            return Ok(());
        }
        let body = lines.into_body();
        let mut first = Ok(());
        for (at, family) in families(&body, from).into_iter().enumerate() {
            // What lost all its samples is not declared.
            if changed && family.metrics.is_empty() {
                continue;
            }
            let written = match (changed, self.target.syntax.family_rules) {
                (false, _) | (true, FamilyRules::None) => self.push_family(&family),
                (true, FamilyRules::OpenMetrics) => self.push_among_lines(&family, moved),
                // Samples that fit none of its metrics come after the family.
                (true, FamilyRules::OpenMetrics2) => self.push_whole(family, from, moved || at > 0),
            };
            first = first.and(written);
        }
        first
    }

    /// Writes a family some of whose samples got other names or labels, in OpenMetrics 1.0: its lines are
    /// placed like those of a family that was relabelled line by line.
    fn push_among_lines(
        &mut self,
        family: &MetricFamily<'_>,
        moved: bool,
    ) -> Result<(), EncodeError> {
        let start = self.out.text.len();
        self.append_family(family)?;
        if !moved {
            (self.relabelled).begin(start, &family.name, family.metric_type);
            self.relabelled.touch();
            self.settle();
            return Ok(());
        }
        let text = self.out.text.split_off(start);
        let (mut name, mut kind, mut help) = Default::default();
        for line in Parser::new(&text, self.target.syntax.dialect).flatten() {
            match line {
                Line::Help(line) => help = Some(line.text().into_owned()),
                Line::Type(line) => (name, kind) = (line.name(), line.metric_type()),
                Line::Sample(sample) => {
                    let lines = self.relabelled.family(&name, kind, help.as_deref());
                    lines.push_str(sample.line_text().unwrap_or_default());
                    lines.push('\n');
                }
                Line::Unit(_) | Line::Comment(_) | Line::Eof => {}
            }
        }
        Ok(())
    }

    /// Writes a family some of whose samples got other names or labels, in OpenMetrics 2.0: each metric once;
    /// as families of unknown type if a histogram or a summary is not whole.
    fn push_whole(
        &mut self,
        family: MetricFamily<'_>,
        from: Dialect,
        moved: bool,
    ) -> Result<(), EncodeError> {
        if family.metrics.iter().all(is_whole) {
            return self.push_once(family, from, moved);
        }
        let mut first = Ok(());
        for part in broken_up(&family) {
            first = first.and(self.push_once(part, from, true));
        }
        first
    }

    /// Writes a family with each of its metrics once, unless one of its name was written.
    fn push_once(
        &mut self,
        mut family: MetricFamily<'_>,
        from: Dialect,
        moved: bool,
    ) -> Result<(), EncodeError> {
        self.omitted.samples += tidy(&mut family, from);
        let name = self.target.names.metric_name(&family.name)?;
        let whole = match family.metrics.first() {
            Some(metric) if metric.suffixed => {
                let suffix = family.metric_type.main_suffix();
                Cow::Owned([&*name, suffix.map_or("", |suffix| suffix.as_str())].concat())
            }
            _ => name,
        };
        if moved && self.taken.contains(&*whole) {
            self.omitted.samples += lines_in(&family, from);
            return Ok(());
        }
        self.push_family(&family)
    }
}
