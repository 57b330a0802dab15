//! The families to be written, and which lines of the bodies belong to each.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::group::{Declared, Group, Span};
use super::inside::Inside;
use super::{Conflict, Merge, MergeError, MergeReport};
use crate::dialect::Dialect;
use crate::encode::naming;
use crate::encode::target::Target;
use crate::model::metric_type::MetricType;
use crate::model::suffix::Suffix;

pub(super) struct Index<'m> {
    pub(super) merge: &'m Merge<'m>,
    pub(super) target: &'m Target,
    pub(super) report: &'m mut MergeReport,
    pub(super) groups: Vec<Group>,
    pub(super) by_name: HashMap<String, usize>,
    /// The first group with samples of a family whose samples may be in several groups.
    pub(super) bound: HashMap<String, usize>,
    /// Whether any groups share their metrics.
    pub(super) united: bool,
    /// Names that a counter or info of a text body may not take when it loses its suffix, because something
    /// else has that name.
    pub(super) whole: HashSet<String>,
}

impl Index<'_> {
    pub(super) fn group(&mut self, name: &str) -> usize {
        if let Some(at) = self.by_name.get(name) {
            return *at;
        }
        let at = self.groups.len();
        self.by_name.insert(name.to_owned(), at);
        self.groups.push(Group {
            name: name.to_owned(),
            kind: None,
            help: None,
            unit: None,
            runs: Vec::new(),
            adopted: false,
            inside: Inside::default(),
            contested: false,
            suffix: None,
            link: at,
        });
        at
    }

    pub(super) fn declared(&self, name: &str) -> Option<Declared> {
        self.groups.get(*self.by_name.get(name)?)?.kind
    }

    /// Returns the declared family that a sample of that name belongs to, other than a family of exactly that
    /// name.
    fn owner<'n>(&self, sample: &'n str) -> Option<&'n str> {
        let (base, suffix) = Suffix::split(sample)?;
        let kind = self.declared(base)?.kind;
        let suffixes = self.target.syntax.suffixes.of(kind);
        suffixes.has(suffix).then_some(base)
    }

    /// Returns the group of a sample that is written under that name and that no TYPE line of its body
    /// claims.
    pub(super) fn home(&mut self, sample: &str) -> usize {
        if let Some(at) = self.by_name.get(sample) {
            return *at;
        }
        match self.owner(sample) {
            Some(owner) => self.group(owner),
            None => self.group(sample),
        }
    }

    /// Returns the name and type of a declared family that contradicts a new one.
    pub(super) fn rival(&self, name: &str, kind: MetricType) -> Option<(String, Declared)> {
        let syntax = self.target.syntax;
        if let Some(declared) = self.declared(name) {
            let differ = syntax.types.nearest(declared.kind) != syntax.types.nearest(kind);
            return differ.then(|| (name.to_owned(), declared));
        }
        // No two families may have samples of the same name (spec T45, O10).
        if let Some(owner) = self.owner(name) {
            return Some((owner.to_owned(), self.declared(owner)?));
        }
        let mut suffixes = syntax.suffixes.of(kind).iter();
        suffixes.find_map(|suffix| {
            let sample = [name, suffix.as_str()].concat();
            self.declared(&sample).map(|declared| (sample, declared))
        })
    }

    /// Moves samples that came before their TYPE line, or without one, to the families that other lines
    /// declare.
    pub(super) fn adopt(&mut self) {
        for at in 0..self.groups.len() {
            let Some(group) = self.groups.get(at) else {
                continue;
            };
            let owner = match group.kind {
                Some(_) => None,
                None => self.owner(&group.name),
            };
            let Some(owner) = owner.and_then(|owner| self.by_name.get(owner)).copied() else {
                continue;
            };
            let Some(group) = self.groups.get_mut(at) else {
                continue;
            };
            group.adopted = true;
            let runs = std::mem::take(&mut group.runs);
            let metadata = [group.help.take(), group.unit.take()];
            self.report.conflicts += metadata.iter().flatten().count() as u64;
            let (inside, contested) = (group.inside, group.contested);
            if let Some(owner) = self.groups.get_mut(owner) {
                owner.runs.extend(runs);
                owner.runs.sort_by_key(|run| (run.source, run.start));
                owner.inside.extend(inside);
                owner.contested |= contested;
            }
            self.unite(owner, at);
        }
    }

    /// Does what [`naming::placed`] does. But where another family has the name that a counter or info would
    /// get without its suffix, that becomes unknown and keeps its name.
    pub(super) fn placed<'f>(
        &self,
        family: &'f str,
        kind: MetricType,
        suffix: &str,
        from: Dialect,
    ) -> (Cow<'f, str>, MetricType) {
        let from = from.syntax().line_suffixes();
        let to = self.target.syntax.suffixes;
        let (name, placed) = naming::placed(family, kind, suffix, from, to);
        match name.len() < family.len() && self.whole.contains(name.as_ref()) {
            true => (family.into(), MetricType::Unknown),
            false => (name, placed),
        }
    }

    /// Gives a group its type, if it has none.
    pub(super) fn declare(&mut self, group: usize, kind: MetricType, source: usize) {
        if let Some(group) = self.groups.get_mut(group) {
            group.inside.add(kind);
            group.kind.get_or_insert(Declared { kind, source });
        }
    }

    pub(super) fn source_name(&self, source: usize) -> String {
        self.merge.source_name(source)
    }

    pub(super) fn settle_help(&mut self, group: usize, span: Span) -> Result<(), MergeError> {
        let Some(group) = self.groups.get_mut(group) else {
            return Ok(());
        };
        let Some(first) = group.help else {
            group.help = Some(span);
            return Ok(());
        };
        if first.is_help(span, self.merge) {
            return Ok(());
        }
        if self.merge.conflict == Conflict::Error {
            return Err(MergeError::Help {
                family: group.name.clone(),
                first: self.merge.source_name(first.source),
                second: self.merge.source_name(span.source),
            });
        }
        self.report.conflicts += 1;
        Ok(())
    }

    pub(super) fn settle_unit(&mut self, group: usize, span: Span) -> Result<(), MergeError> {
        let Some(group) = self.groups.get_mut(group) else {
            return Ok(());
        };
        let Some(first) = group.unit else {
            group.unit = Some(span);
            return Ok(());
        };
        if first.raw(self.merge) == span.raw(self.merge) {
            return Ok(());
        }
        if self.merge.conflict == Conflict::Error {
            return Err(MergeError::Unit {
                family: group.name.clone(),
                first: self.merge.source_name(first.source),
                second: self.merge.source_name(span.source),
            });
        }
        self.report.conflicts += 1;
        Ok(())
    }
}
