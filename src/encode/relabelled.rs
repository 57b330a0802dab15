//! OpenMetrics: puts families, some of whose samples got other names or labels, where the specification
//! allows them.
//!
//! A sample that stays in its family is written in its place, once the family is complete. A renamed sample
//! is of another family, whose lines must be adjacent: such families are held until the end.

use std::collections::HashMap;

use super::omitted::Omitted;
use super::sample::{Pair, Rewrite, push_sample, push_without_exemplar};
use super::target::Target;
use super::text::{self, NameParts};
use crate::bytes::key_set::{KeySet, push_label, push_text};
use crate::check::strict::{self, SpecificationRule};
use crate::dialect::Dialect;
use crate::format::syntax::Syntax;
use crate::format::{Format, ScrapeProtocol};
use crate::limits::Limits;
use crate::model::metric_type::MetricType;
use crate::model::name::EscapingScheme;
use crate::model::suffix::Suffix;
use crate::text::line::Line;
use crate::text::parser::Parser;
use crate::text::sample::Sample;

/// What an encoder knows of the families it has written, and holds of those it has not written.
#[derive(Debug, Default)]
pub(super) struct Relabelled {
    /// The family that is being written: its name, its type, and where in the buffer it begins.
    name: String,
    kind: MetricType,
    start: usize,
    begun: bool,
    /// Whether it has samples whose labels have changed.
    touched: bool,
    /// The families that have been written, and their types.
    families: HashMap<String, MetricType>,
    held: Vec<Held>,
    by_name: HashMap<(String, MetricType), usize>,
    /// Replaces the lines of a family that is missing.
    spare: String,
}

/// A family of renamed samples.
#[derive(Debug)]
struct Held {
    name: String,
    kind: MetricType,
    help: Option<String>,
    lines: String,
}

const EOF: &str = "# EOF\n";

/// The format whose rules are kept here; [`FamilyRules::OpenMetrics`](crate::format::syntax::FamilyRules)
/// says where they apply.
const SYNTAX: &Syntax = Dialect::OpenMetrics.syntax();

/// Wider than any line that is written, so that everything can be read back.
pub(super) const LIMITS: Limits = Limits::new()
    .max_line_bytes(Limits::MAX_LINE)
    .max_labels(usize::MAX);

impl Relabelled {
    /// Tells whether a sample of a family of that type can have an exemplar.
    pub(super) fn cites(kind: MetricType) -> bool {
        use MetricType::{Counter, GaugeHistogram, Histogram};
        matches!(kind, Counter | Histogram | GaugeHistogram)
    }

    /// Begins a family at that place of the buffer.
    pub(super) fn begin(&mut self, start: usize, name: &str, kind: MetricType) {
        self.name.clear();
        self.name.push_str(name);
        self.kind = kind;
        self.start = start;
        self.begun = true;
        self.touched = false;
        self.know(name, kind);
    }

    /// Records that a family of that name is written.
    pub(super) fn know(&mut self, name: &str, kind: MetricType) {
        if !self.families.contains_key(name) {
            self.families.insert(name.to_owned(), kind);
        }
    }

    /// Tells whether a family that has been written can have a sample of that name.
    fn has_sample(&self, name: &str) -> bool {
        let can = |family: &str, suffix: Option<Suffix>| {
            let kind = self.families.get(family).copied();
            kind.is_some_and(|kind| match suffix {
                Some(suffix) => SYNTAX.suffixes.of(kind).has(suffix),
                None => SYNTAX.suffixes.takes_own_name(kind),
            })
        };
        can(name, None)
            || Suffix::split(name).is_some_and(|(family, suffix)| can(family, Some(suffix)))
    }

    /// Tells whether a sample of that name is of the family that is being written.
    pub(super) fn is_in(&self, name: NameParts<'_>) -> bool {
        let rest = match name.base.strip_prefix(self.name.as_str()) {
            Some("") => name.suffix,
            Some(rest) if name.suffix.is_empty() => rest,
            _ => return false,
        };
        let is_suffix = |rest| {
            let suffix = Suffix::parse(rest);
            suffix.is_some_and(|suffix| SYNTAX.suffixes.of(self.kind).has(suffix))
        };
        self.begun && (rest.is_empty() || is_suffix(rest))
    }

    pub(super) fn touch(&mut self) {
        self.touched = true;
    }

    /// Returns where the family that is being written begins, if there is one.
    pub(super) fn open_at(&self) -> Option<usize> {
        self.begun.then_some(self.start)
    }

    /// Records that the buffer has lost `bytes` bytes at its start.
    pub(super) fn shift(&mut self, bytes: usize) {
        self.start = self.start.saturating_sub(bytes);
    }

    /// Ends the family. Returns where it begins, if it must be checked.
    pub(super) fn end(&mut self) -> Option<usize> {
        let begun = std::mem::take(&mut self.begun);
        (begun && std::mem::take(&mut self.touched)).then_some(self.start)
    }

    /// Returns the lines of a family that is held until the end.
    pub(super) fn family(
        &mut self,
        name: &str,
        kind: MetricType,
        help: Option<&str>,
    ) -> &mut String {
        let next = self.held.len();
        let at = *(self.by_name.entry((name.to_owned(), kind))).or_insert(next);
        if at == next {
            self.held.push(Held {
                name: name.to_owned(),
                kind,
                help: None,
                lines: String::new(),
            });
        }
        match self.held.get_mut(at) {
            Some(held) => {
                if held.help.is_none() {
                    held.help = help.map(str::to_owned);
                }
                &mut held.lines
            }
            None => &mut self.spare,
        }
    }

    /// Writes a family that ended if it follows the rules, after sorting its samples if that is enough;
    /// otherwise they become families of unknown type.
    pub(super) fn place(&mut self, text: String, out: &mut String, omitted: &mut Omitted) {
        if is_valid(&text) {
            out.push_str(&text);
            return;
        }
        let (tidy, twice) = tidied(&text, &self.name, self.kind);
        if is_valid(&tidy) {
            omitted.samples += twice;
            out.push_str(&tidy);
            return;
        }
        let name = std::mem::take(&mut self.name);
        self.families.remove(&name);
        self.break_up(&text, omitted);
    }

    /// Turns the samples of a family into families of their own names.
    fn break_up(&mut self, text: &str, omitted: &mut Omitted) {
        for sample in samples(text) {
            let name = sample.name();
            let lines = self.family(&name, MetricType::Unknown, None);
            omitted.exemplars += u64::from(sample.exemplar().is_some());
            push_again(lines, &sample, false);
        }
    }

    /// Writes what has been held.
    pub(super) fn finish(&mut self, out: &mut String, omitted: &mut Omitted) {
        let (typed, unknown) = (std::mem::take(&mut self.held).into_iter())
            .partition::<Vec<_>, _>(|held| held.kind != MetricType::Unknown);
        self.by_name.clear();
        for held in unknown {
            *self.family(&held.name, MetricType::Unknown, held.help.as_deref()) = held.lines;
        }
        for held in typed {
            let clashes = self.families.contains_key(&held.name)
                || sample_suffixes(held.kind)
                    .any(|suffix| self.has_sample(&[held.name.as_str(), suffix].concat()));
            let text = held.text();
            if !clashes && is_valid(&text) {
                self.know(&held.name, held.kind);
                out.push_str(&text);
                continue;
            }
            let (tidy, twice) = tidied(&text, &held.name, held.kind);
            if !clashes && is_valid(&tidy) {
                self.know(&held.name, held.kind);
                omitted.samples += twice;
                out.push_str(&tidy);
            } else {
                self.break_up(&text, omitted);
            }
        }
        for held in std::mem::take(&mut self.held) {
            let text = held.text();
            if self.has_sample(&held.name) || self.families.contains_key(&held.name) {
                omitted.samples += samples(&text).count() as u64;
                continue;
            }
            let (tidy, twice) = tidied(&text, &held.name, held.kind);
            omitted.samples += twice;
            self.know(&held.name, held.kind);
            out.push_str(&tidy);
        }
    }
}

impl Held {
    fn text(&self) -> String {
        let mut text = String::with_capacity(self.lines.len() + 64);
        let name = NameParts::whole(&self.name);
        if let Some(help) = &self.help {
            text::push_help_line(&mut text, name, help, SYNTAX);
        }
        text::push_type_line(&mut text, name, self.kind, SYNTAX);
        text.push_str(&self.lines);
        text
    }
}

/// Returns the suffixes that names of samples of a family of that type can have (spec O6).
fn sample_suffixes(kind: MetricType) -> impl Iterator<Item = &'static str> {
    let suffixes = SYNTAX.suffixes.of(kind).iter().map(Suffix::as_str);
    let plain = SYNTAX.suffixes.takes_own_name(kind);
    suffixes.chain(plain.then_some(""))
}

/// Tells whether a family follows the specification, except for how its names look.
fn is_valid(text: &str) -> bool {
    let body = [text, EOF].concat();
    let mut violations = strict::check(body.as_bytes()).limits(LIMITS);
    violations.all(|violation| {
        matches!(
            violation.rule(),
            SpecificationRule::ReservedName | SpecificationRule::QuotedName
        )
    })
}

fn samples(text: &str) -> impl Iterator<Item = Sample<'_>> {
    let lines = Parser::new(text, SYNTAX.dialect).limits(LIMITS);
    lines.flatten().filter_map(Line::into_sample)
}

/// Returns the family with the samples of each metric together and each series once, and how many samples
/// were left out.
fn tidied(text: &str, family: &str, kind: MetricType) -> (String, u64) {
    let apart = |label: &str| match kind {
        MetricType::StateSet => label == family,
        other => other.bound_label() == Some(label),
    };
    let mut metrics = KeySet::<String>::default();
    let mut series = KeySet::default();
    let mut twice = 0;
    let (mut series_key, mut metric_key) = (Vec::new(), Vec::new());
    for sample in samples(text) {
        let labels = sample.labels().into_iter();
        let mut labels: Vec<Pair<'_>> = labels.map(|label| (label.name(), label.value())).collect();
        labels.sort_unstable();
        series_key.clear();
        metric_key.clear();
        push_text(&mut series_key, &sample.name());
        for (name, value) in &labels {
            push_label(&mut series_key, name, value);
            if !apart(name) {
                push_label(&mut metric_key, name, value);
            }
        }
        let (_, is_new) = series.put(&series_key, ());
        if !is_new {
            twice += 1;
            continue;
        }
        let (at, _) = metrics.put(&metric_key, String::new());
        if let Some(lines) = metrics.get_mut(at) {
            push_again(lines, &sample, true);
        }
    }
    let head = text.lines().take_while(|line| line.starts_with("# "));
    let head: String = head.flat_map(|line| [line, "\n"]).collect();
    (
        head + &metrics.values().map(String::as_str).collect::<String>(),
        twice,
    )
}

/// Appends a sample that was written before, from its parts: its names are final.
fn push_again(out: &mut String, sample: &Sample<'_>, with_exemplar: bool) {
    let format = Format::new(ScrapeProtocol::OpenMetricsText100);
    let Ok(target) = Target::new(format.with_escaping(EscapingScheme::AllowUtf8)) else {
        return;
    };
    let name = sample.name();
    let labels = sample.labels().iter();
    let labels: Vec<Pair<'_>> = labels.map(|label| (label.name(), label.value())).collect();
    let rewrite = Rewrite {
        from: SYNTAX.dialect,
        name: Some(NameParts::whole(&name)),
        labels: Some(&labels),
        lossy: true,
    };
    // A sample that was written can be written again.
    match with_exemplar {
        true => _ = push_sample(out, sample, &target, &rewrite),
        false => _ = push_without_exemplar(out, sample, &target, &rewrite),
    }
}
