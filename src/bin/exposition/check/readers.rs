//! Who reads a body, and what becomes of it there.

use std::io;

use exposition::Dialect;
use exposition::lint::{Finding, LintRule, Outcome, Reader};

use super::verdict::{Standing, Verdict};
use crate::console::Console;
use crate::page::{Ink, pad, width};
use crate::source::Source;

/// Returns who reads bodies of a format, as far as the lint knows.
fn of_format(source: &Source) -> &'static [Reader] {
    match source.dialect {
        _ if source.format.is_protobuf() => &[Reader::Prometheus],
        Dialect::OpenMetrics2 => &[Reader::Prometheus],
        // promtool reads everything as text.
        Dialect::OpenMetrics => &[
            Reader::Prometheus,
            Reader::Telegraf,
            Reader::ClientPython,
            Reader::VictoriaMetrics,
        ],
        _ => &[
            Reader::Prometheus,
            Reader::Promtool,
            Reader::Telegraf,
            Reader::ClientPython,
            Reader::VictoriaMetrics,
        ],
    }
}

/// What a reader makes of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reading {
    Reads,
    /// It takes the body and reads something else, or loses a part.
    Misreads,
    /// Drops the lines that it cannot read.
    DropsLines,
    Refuses,
    /// It was not read to the end.
    Unknown,
}

impl Reading {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Reading::Reads => "reads",
            Reading::Misreads => "misreads",
            Reading::DropsLines => "drops lines",
            Reading::Refuses => "refuses",
            Reading::Unknown => "unknown",
        }
    }
}

/// What each reader makes of a body, and the rules that say so.
pub(super) struct Readers(pub(super) Vec<(Reader, Reading, Vec<LintRule>)>);

impl Readers {
    /// Asks the verdict for Prometheus, and what was found for the others.
    pub(super) fn of(source: &Source, verdict: &Verdict, findings: &[Finding]) -> Self {
        let is_unread = verdict.standing() == Standing::Unread;
        let rows = of_format(source).iter().map(|&reader| {
            let found = || {
                findings.iter().flat_map(|finding| {
                    let readers = finding.readers().iter();
                    let own = readers.filter(move |(who, _)| *who == reader);
                    own.map(move |(_, outcome)| (finding.rule(), *outcome))
                })
            };
            let worst = found().map(|(_, outcome)| outcome).max();
            let reading = match (reader, worst) {
                (Reader::Prometheus, _) if is_unread => Reading::Unknown,
                (Reader::Prometheus, _) if !verdict.is_accepted() => Reading::Refuses,
                (Reader::VictoriaMetrics, Some(Outcome::Refuses)) => Reading::DropsLines,
                (_, Some(Outcome::Refuses)) => Reading::Refuses,
                (_, Some(_)) => Reading::Misreads,
                (Reader::Prometheus, None) if verdict.lost_samples() > 0 => Reading::Misreads,
                (_, None) if is_unread => Reading::Unknown,
                (_, None) => Reading::Reads,
            };
            let mut rules: Vec<LintRule> = Vec::new();
            for (rule, outcome) in found() {
                if Some(outcome) == worst && !rules.contains(&rule) {
                    rules.push(rule);
                }
            }
            (reader, reading, rules)
        });
        Readers(rows.collect())
    }
}

/// Prints who reads the body.
pub(super) fn print(readers: &Readers, console: &mut Console<'_>) -> io::Result<()> {
    console.title("Who reads this body")?;
    let page = console.page;
    let names = readers.0.iter().map(|(reader, _, _)| reader.as_str());
    let widest = names.map(width).max().unwrap_or(0);
    for (reader, reading, rules) in &readers.0 {
        let ink = match reading {
            Reading::Reads => Ink::Well,
            _ => Ink::Wrong,
        };
        let name = pad(reader.as_str(), widest, false);
        let reading = page.ink(ink, &pad(reading.as_str(), 11, false));
        let start = format!("  {name}  {reading}  ");
        let rules: Vec<String> = rules.iter().map(|rule| rule.id().to_owned()).collect();
        let mut lines = page.lay_out(&rules, width(&start), 1).into_iter();
        let first = lines.next().unwrap_or_default();
        writeln!(
            console.out,
            "{}",
            format!("{start}{}", first.trim_start()).trim_end()
        )?;
        for line in lines {
            writeln!(console.out, "{line}")?;
        }
    }
    Ok(())
}
