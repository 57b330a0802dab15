//! The first of two passes: reads a body, and finds the family of each of its lines.

use std::collections::HashMap;
use std::ops::Range;

use super::group::{Run, Span};
use super::index::Index;
use super::{Conflict, MergeError, Source};
use crate::bytes::scan;
use crate::dialect::Dialect;
use crate::encode::NameErrorKind;
use crate::error::Position;
use crate::model::metric_type::MetricType;
use crate::model::suffix::Suffix;
use crate::text::line::{Line, TypeLine};
use crate::text::parser::Parser;
use crate::text::sample::Sample;

/// A family that a TYPE line of a body declares.
#[derive(Debug, Clone)]
struct Family {
    kind: MetricType,
    /// Its name, escaped as it is written.
    escaped: String,
    /// Whether an earlier declaration contradicts this one.
    refuted: bool,
    /// Whether the two disagree, so that this is not a gauge of start times.
    contested: bool,
}

/// Where the samples of one name go.
struct Place {
    raw_name: Vec<u8>,
    group: usize,
    base: usize,
}

/// Metadata that came before the TYPE line of its family.
#[derive(Debug, Default)]
struct Pending {
    name: String,
    help: Option<Span>,
    unit: Option<Span>,
}

pub(super) struct Scan<'s> {
    number: usize,
    source: &'s Source<'s>,
    families: HashMap<String, Family>,
    /// The name that the last TYPE line declares.
    scope: String,
    pending: Pending,
    /// The places of the sample names seen since that line: a histogram's lines alternate between three.
    places: Vec<Place>,
}

impl<'s> Scan<'s> {
    pub(super) fn new(number: usize, source: &'s Source<'s>) -> Self {
        Scan {
            number,
            source,
            families: HashMap::new(),
            scope: String::new(),
            pending: Pending::default(),
            places: Vec::new(),
        }
    }

    pub(super) fn run(mut self, index: &mut Index<'_>) -> Result<(), MergeError> {
        let mut parser =
            Parser::new(&*self.source.body, self.source.dialect).limits(index.merge.limits);
        while let Some(line) = parser.next() {
            let end = offset(&parser);
            let start = (line.as_ref()).map_or(end, |line| self.line_start(line.raw(), end));
            match line {
                Ok(Line::Sample(sample)) => self.sample(index, &sample, start..end)?,
                Ok(Line::Type(line)) => self.type_line(index, &line, start)?,
                Ok(Line::Help(line)) if line.raw_text().is_empty() => {}
                Ok(Line::Help(line)) => {
                    if self.pend(index, &line.name(), line.name_is_utf8(), start)? {
                        let text = line.raw_text();
                        let span = self.span(start + line.text_at(), text.len());
                        self.pending.help.get_or_insert(span);
                    }
                }
                Ok(Line::Unit(line)) if line.raw_unit().is_empty() => {}
                Ok(Line::Unit(line)) => {
                    let unit = line.raw_unit();
                    let utf8 = line.name_is_utf8() && std::str::from_utf8(unit).is_ok();
                    if self.pend(index, &line.name(), utf8, start)? {
                        let span = self.span(start + line.unit_at(), unit.len());
                        self.pending.unit.get_or_insert(span);
                    }
                }
                Ok(Line::Comment(_) | Line::Eof) => {}
                Err(error) => index.merge.bad_line(index.report, || MergeError::Line {
                    source_name: self.source.name.clone().into_owned(),
                    error,
                })?,
            }
        }
        self.settle(index)
    }

    /// Returns where a line begins that ends at `end`; `raw` is that line without its line feed.
    fn line_start(&self, raw: &[u8], end: usize) -> usize {
        let last = end.checked_sub(1).and_then(|at| self.source.body.get(at));
        let line_feed = usize::from(last == Some(&b'\n'));
        end.saturating_sub(raw.len() + line_feed)
    }

    fn span(&self, start: usize, len: usize) -> Span {
        Span {
            source: self.number,
            start,
            end: start + len,
        }
    }

    /// Tells whether a name is valid; otherwise the line has an error.
    fn check(
        &self,
        index: &mut Index<'_>,
        name: &str,
        utf8: bool,
        start: usize,
    ) -> Result<bool, MergeError> {
        let fault = match (utf8, name) {
            (false, _) => NameErrorKind::NotUtf8,
            (true, "") => NameErrorKind::EmptyMetric,
            _ => return Ok(true),
        };
        let error = || fault_at(self.source, start, fault);
        index.merge.bad_line(index.report, error)?;
        Ok(false)
    }

    fn sample(
        &mut self,
        index: &mut Index<'_>,
        sample: &Sample<'_>,
        Range { start, end }: Range<usize>,
    ) -> Result<(), MergeError> {
        let known = (self.places.iter()).find(|place| place.raw_name == sample.raw_name());
        let (group, base) = match known {
            Some(place) => (place.group, place.base),
            None => {
                let name = sample.name();
                if !self.check(index, &name, sample.name_is_utf8(), start)? {
                    return Ok(());
                }
                self.settle(index)?;
                let (group, base) = self.place(index, &name)?;
                self.places.truncate(MAX_PLACES - 1);
                self.places.push(Place {
                    raw_name: sample.raw_name().to_vec(),
                    group,
                    base,
                });
                (group, base)
            }
        };
        let run = Run {
            source: self.number,
            start,
            end,
            scope: sample.preceding_type(),
            base,
        };
        let Some(group) = index.groups.get_mut(group) else {
            return Ok(());
        };
        match group.runs.last_mut() {
            Some(last) if last.end == start && last.source == run.source && last.base == base => {
                last.end = end;
            }
            _ => group.runs.push(run),
        }
        Ok(())
    }

    /// Returns the group of a sample of that name, and the length of its family's name.
    fn place(&self, index: &mut Index<'_>, name: &str) -> Result<(usize, usize), MergeError> {
        let Some((base, suffix, family)) = self.family_of(name) else {
            let escaped = index.target.names.metric_name(name)?;
            return Ok((index.home(&escaped), name.len()));
        };
        let from = self.source.dialect;
        let (placed, kind) = index.placed(&family.escaped, family.kind, suffix, from);
        // A sample that gets a family of its own name may take a name that another family has: of a counter
        // `x_count` of OpenMetrics a sample without `_total`, where there is a histogram `x`.
        let rival = !family.refuted && index.rival(&placed, kind).is_some();
        let group = if family.refuted || rival {
            index.home(&[&family.escaped, suffix].concat())
        } else {
            let group = index.group(&placed);
            index.declare(group, kind, self.number);
            group
        };
        // Whether its other samples may be elsewhere.
        let suffixes = from.syntax().line_suffixes();
        let linked = index.target.syntax.suffixes.of(family.kind);
        let parted = !suffixes.of(family.kind).is_subset_of(linked);
        let is_none_of_it = suffix.is_empty() && !suffixes.takes_own_name(family.kind);
        if (family.refuted || rival || parted) && !is_none_of_it {
            index.bind(
                &family.escaped,
                family.kind,
                group,
                suffix,
                family.contested || rival,
            );
        }
        Ok((group, base))
    }

    /// Returns the family of this body that a sample belongs to, the length of its name and the suffix: the
    /// one in scope, or else an earlier one.
    fn family_of(&self, sample: &str) -> Option<(usize, &'static str, &Family)> {
        let suffixes = self.source.dialect.syntax().line_suffixes();
        let claims = |base: &str| {
            let family = self.families.get(base)?;
            let suffix = suffixes.suffix_in(sample, base, family.kind)?;
            Some((base.len(), suffix, family))
        };
        claims(&self.scope)
            .or_else(|| claims(sample))
            .or_else(|| claims(Suffix::split(sample)?.0))
    }

    fn type_line(
        &mut self,
        index: &mut Index<'_>,
        line: &TypeLine<'_>,
        start: usize,
    ) -> Result<(), MergeError> {
        let name = line.name();
        if !self.check(index, &name, line.name_is_utf8(), start)? {
            return Ok(());
        }
        if self.pending.name != name {
            self.settle(index)?;
        }
        let kind = line.metric_type();
        let escaped = index.target.names.metric_name(&name)?.into_owned();
        let from = self.source.dialect;
        let main = main_suffix(kind, from);
        let (family, placed) = index.placed(&escaped, kind, main, from);
        let rival = index.rival(&family, placed);
        let refuted = rival.is_some();
        let mut contested = refuted;
        if let Some((first_family, declared)) = rival {
            // In text, client libraries write start times as gauges beside their counters. They become
            // samples of these again.
            let start_times = kind == MetricType::Gauge
                && from != index.target.syntax.dialect
                && family.strip_suffix(Suffix::Created.as_str()) == Some(&first_family);
            if !start_times && index.merge.conflict == Conflict::Error {
                return Err(MergeError::Type {
                    family: family.into_owned(),
                    second_kind: placed,
                    second: index.source_name(self.number),
                    first_family,
                    first_kind: declared.kind,
                    first: index.source_name(declared.source),
                });
            }
            contested = !start_times;
            index.report.conflicts += u64::from(contested);
        } else {
            let group = index.group(&family);
            index.declare(group, placed, self.number);
        }
        self.places.clear();
        self.scope = name.clone().into_owned();
        let family = Family {
            kind,
            escaped,
            refuted,
            contested,
        };
        self.families.insert(name.into_owned(), family);
        self.settle(index)
    }

    /// Makes room for the metadata of a family. Returns whether its name is valid.
    fn pend(
        &mut self,
        index: &mut Index<'_>,
        name: &str,
        utf8: bool,
        start: usize,
    ) -> Result<bool, MergeError> {
        if !self.check(index, name, utf8, start)? {
            return Ok(false);
        }
        if self.pending.name != name || name == self.scope {
            self.settle(index)?;
            self.pending.name = name.to_owned();
        }
        Ok(true)
    }

    /// Gives the pending metadata to its family, which is known now or never.
    fn settle(&mut self, index: &mut Index<'_>) -> Result<(), MergeError> {
        let Pending { name, help, unit } = std::mem::take(&mut self.pending);
        if help.is_none() && unit.is_none() {
            return Ok(());
        }
        let group = match self.families.get(&name) {
            None => index.group(&index.target.names.metric_name(&name)?),
            Some(family) if family.refuted => {
                index.report.conflicts += u64::from(help.is_some()) + u64::from(unit.is_some());
                return Ok(());
            }
            Some(family) => {
                let from = self.source.dialect;
                let main = main_suffix(family.kind, from);
                let (name, _) = index.placed(&family.escaped, family.kind, main, from);
                index.group(&name)
            }
        };
        if let Some(span) = help {
            index.settle_help(group, span)?;
        }
        if let Some(span) = unit {
            index.settle_unit(group, span)?;
        }
        Ok(())
    }
}

/// Returns the suffix of the samples that a family's metadata describes.
fn main_suffix(kind: MetricType, from: Dialect) -> &'static str {
    let main = from.syntax().line_suffixes().main(kind);
    main.map_or("", Suffix::as_str)
}

/// How many places are remembered. Bodies without TYPE lines would need one for each name.
const MAX_PLACES: usize = 8;

fn offset(parser: &Parser<'_>) -> usize {
    usize::try_from(parser.position().byte).unwrap_or(usize::MAX)
}

pub(super) fn fault_at(source: &Source<'_>, start: usize, fault: NameErrorKind) -> MergeError {
    let before = source.body.get(..start).unwrap_or_default();
    MergeError::Labels {
        source_name: source.name.clone().into_owned(),
        position: Position {
            line: scan::line_feeds(before) as u64 + 1,
            column: 1,
            byte: start as u64,
        },
        fault,
    }
}
