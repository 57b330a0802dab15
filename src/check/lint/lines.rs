//! Reads bodies that have lines.

use super::body::Body;
use super::finding::Of;
use super::known::Metadata;
use super::profile::Profile;
use super::reader::{Outcome, Reader};
use super::refused;
use super::rule::{LintRule, Severity};
use super::second_opinion::SecondOpinion;
use crate::bytes::scan;
use crate::check::strict;
use crate::dialect::Dialect;
use crate::error::{Error, Position};
use crate::limits::Limits;
use crate::text::line::Line;
use crate::text::parser::Parser;
use crate::text::sample::Sample;

/// Who minds what Prometheus refuses of OpenMetrics.
const ALL_OF_OPENMETRICS: &[(Reader, Outcome)] = &[
    (Reader::Prometheus, Outcome::Refuses),
    (Reader::Telegraf, Outcome::Refuses),
    (Reader::ClientPython, Outcome::Refuses),
];

/// Reads the lines of a body.
pub(super) fn read(body: &mut Body<'_>, bytes: &[u8], dialect: Dialect, limits: Limits) {
    let mut reading = Reading {
        body,
        bytes,
        second: match dialect {
            Dialect::Text | Dialect::Lenient => Some(SecondOpinion::new()),
            Dialect::OpenMetrics | Dialect::OpenMetrics2 => None,
        },
        has_eof: false,
    };
    let mut parser = Parser::new(bytes, dialect).limits(limits);
    while let Some(line) = parser.next() {
        let end = parser.line_end();
        match line {
            Ok(line) => {
                let raw = line.raw();
                reading.line(&line, &|| Some(end.start(raw)));
            }
            Err(error) => reading.error(&error),
        }
    }
    if reading.second.is_some() && bytes.last().is_some_and(|last| *last != b'\n') {
        reading.unterminated(parser.position());
    }
    reading.specification(dialect, limits);
}

struct Reading<'r, 'l, 'b> {
    body: &'r mut Body<'l>,
    bytes: &'b [u8],
    /// Of the text format alone.
    second: Option<SecondOpinion>,
    /// Whether `# EOF` came, which is a comment in text.
    has_eof: bool,
}

impl Reading<'_, '_, '_> {
    fn line(&mut self, line: &Line<'_>, position: &dyn Fn() -> Option<Position>) {
        if self.has_eof && !matches!(line, Line::Comment(_)) {
            self.body
                .findings
                .add(LintRule::MoreAfterEof, None, position);
        }
        if let Line::Sample(sample) = line
            && self.body.take_plain(sample)
        {
            self.spelling(sample, position);
            if let Some(second) = &mut self.second {
                second.note(sample);
            }
            return;
        }
        match line {
            Line::Sample(sample) => {
                self.body.sample(sample, position);
                self.spelling(sample, position);
            }
            Line::Type(line) => {
                let metadata = Metadata::Type(line.metric_type());
                self.body.metadata(&line.name(), metadata, position);
            }
            Line::Help(line) => {
                let text = line.text();
                self.body
                    .metadata(&line.name(), Metadata::Help(&text), position);
            }
            Line::Unit(line) => {
                let unit = line.unit();
                self.body
                    .metadata(&line.name(), Metadata::Unit(&unit), position);
            }
            Line::Comment(text) => self.comment(text, position),
            Line::Eof => {}
        }
        self.second_opinion(line, position);
    }

    /// Asks promtool's reader about a line.
    fn second_opinion(&mut self, line: &Line<'_>, position: &dyn Fn() -> Option<Position>) {
        let Some(second) = &mut self.second else {
            return;
        };
        if matches!(line, Line::Sample(sample) if second.knows(sample)) {
            return;
        }
        let Some((rule, fault)) = second.read(line.raw()) else {
            return;
        };
        let name = line.name().unwrap_or_default();
        let family = self.body.families.number_of(&name);
        let of = family.map(|number| Of {
            number,
            name: &name,
        });
        let message = || match rule {
            LintRule::OtherRefusal => fault.to_string(),
            rule => format!("{}: {fault}", rule.text()),
        };
        self.body.findings.say(rule, of, position, message);
    }

    fn spelling(&mut self, sample: &Sample<'_>, position: &dyn Fn() -> Option<Position>) {
        let has_plus = match sample.raw_value().as_bytes() {
            [b'+', first, ..] => !first.eq_ignore_ascii_case(&b'i'),
            _ => false,
        };
        if has_plus && self.second.is_some() {
            self.body.of_last_sample(LintRule::PlusSign, position);
        }
    }

    fn comment(&mut self, text: &[u8], position: &dyn Fn() -> Option<Position>) {
        if self.body.profile != Profile::Text {
            return;
        }
        self.has_eof |= text.trim_ascii_end() == b"# EOF";
        let is_metadata = [&b"#TYPE "[..], b"#HELP "]
            .iter()
            .any(|start| text.starts_with(start));
        if is_metadata {
            self.body
                .findings
                .add(LintRule::BareKeyword, None, position);
        }
    }

    fn error(&mut self, error: &Error) {
        let Some(second) = &mut self.second else {
            // The specification's rules have it too.
            return;
        };
        let position = error.position();
        let at = usize::try_from(position.byte).unwrap_or(usize::MAX);
        let (before, after) = self.bytes.split_at_checked(at).unwrap_or_default();
        let start = scan::last_line_feed(before).map_or(0, |end| end + 1);
        let end = scan::line_feed(after).map_or(self.bytes.len(), |end| at + end);
        let line = self.bytes.get(start..end).unwrap_or_default();
        let rule = refused::rule(error.kind(), line, at - start);
        let takes = second.takes(line);
        let added = self.body.findings.add(rule, None, || Some(position));
        let Some(finding) = added else {
            return;
        };
        finding.message = match rule {
            LintRule::Unreadable => error.complaint().to_string(),
            rule => format!("{}: {}", rule.text(), error.complaint()),
        };
        if rule == LintRule::Unreadable {
            finding.readers = refused::readers(takes);
        }
        if !error.fails_scrape() {
            finding.severity = Severity::Warning;
            finding.readers = &[];
        }
    }

    /// Finds that the last line has no line feed.
    fn unterminated(&mut self, end: Position) {
        let last = scan::last_line(self.bytes);
        if !last.iter().all(|byte| matches!(byte, b' ' | b'\t')) {
            let start = Position {
                byte: end.byte.saturating_sub(last.len() as u64),
                ..end
            };
            self.body
                .findings
                .add(LintRule::NoLastLineFeed, None, || Some(start));
        }
    }

    /// Adds what the specification says.
    fn specification(&mut self, dialect: Dialect, limits: Limits) {
        let violations = match dialect {
            Dialect::Text | Dialect::Lenient => return,
            Dialect::OpenMetrics => strict::check(self.bytes),
            Dialect::OpenMetrics2 => strict::check_openmetrics2(self.bytes),
        };
        for violation in violations.limits(limits) {
            let rule = match violation.rule() {
                strict::SpecificationRule::InterleavedFamilies => LintRule::InterleavedGroups,
                // `LX83` says it of samples, and that few mind.
                strict::SpecificationRule::QuotedName => continue,
                // `L3` and `L4` say that of names.
                strict::SpecificationRule::NameSuffix
                    if violation.severity() == strict::Severity::Warning =>
                {
                    continue;
                }
                rule => LintRule::Specification(rule),
            };
            let error = violation.error();
            let position = || Some(violation.position());
            let Some(finding) = self.body.findings.add(rule, None, position) else {
                continue;
            };
            finding.message = error.complaint().to_string();
            finding.severity = match violation.severity() {
                strict::Severity::Warning => Severity::Warning,
                strict::Severity::Error => Severity::Error,
            };
            if error.fails_scrape() && finding.severity == Severity::Error {
                finding.readers = ALL_OF_OPENMETRICS;
            } else if dialect == Dialect::OpenMetrics2 {
                // Nobody else reads it yet.
                finding.readers = &[];
            }
        }
    }
}
