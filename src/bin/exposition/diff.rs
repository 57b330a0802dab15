//! `diff`: what changed from one body to another.

use std::ffi::OsString;
use std::io;
use std::str::FromStr;

use clap::Args;
use exposition::CollectedFamilies;
use exposition::diff::{Change, Diff as Changes, Tolerance};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::console::Console;
use crate::failure::{Result, Usage};
use crate::json;
use crate::outcome::Outcome;
use crate::page::{Ink, number, printable};
use crate::source::{self, ReadingArgs, Source};
use crate::verdict::{self, Severity};

/// Compare two bodies: families, types, labels and buckets that came, went or changed, breaking changes first
///
/// A change is breaking if queries, alerts and dashboards that worked before may no longer. Each line begins with + for
/// what came, - for what went and ~ for what changed, and ends with the kind of change. The bodies may be in different
/// formats. Values are compared with --values.
///
/// Exit codes: 0 no difference; 1 a body cannot be had or read; 2 the command line is wrong; 3 differences, with
/// --breaking only breaking ones.
#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The body before: a file, a URL or `-`
    #[arg(value_name = "BEFORE")]
    before: OsString,
    /// The body after: a file, a URL or `-`
    #[arg(value_name = "AFTER")]
    after: OsString,
    /// End with exit code 3 only for breaking changes
    #[arg(long)]
    breaking: bool,
    /// Compare values too, series by series
    #[arg(long)]
    values: bool,
    /// How far values may be apart: a number, or a part of the larger one such as 5%; either, if both are given
    #[arg(long, value_name = "TOLERANCE", requires = "values")]
    tolerance: Vec<Apart>,
    /// Changes shown, 0 for all
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: usize,
    /// Print the changes as one line of JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reading: ReadingArgs,
}

/// How far two values may be apart.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Apart {
    Absolute(f64),
    Relative(f64),
}

impl FromStr for Apart {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let (digits, is_percentage) = match word.strip_suffix('%') {
            Some(digits) => (digits, true),
            None => (word, false),
        };
        match digits.trim().parse::<f64>() {
            Ok(number) if number.is_finite() && number >= 0.0 => Ok(match is_percentage {
                true => Apart::Relative(number / 100.0),
                false => Apart::Absolute(number),
            }),
            _ => Err("a tolerance is a number such as 0.5, or a percentage such as 5%".to_owned()),
        }
    }
}

impl Diff {
    pub(crate) fn run(&self, console: &mut Console<'_>) -> Result<Outcome> {
        if self.before == "-" && self.after == "-" {
            return Err(Usage("standard input is one body, not two".to_owned()).into());
        }
        let sources = [&self.before, &self.after].map(|from| {
            let source = source::fetch(from, &self.reading);
            source.inspect_err(|error| console.error(&**error)).ok()
        });
        let [Some(before), Some(after)] = sources else {
            return Ok(Outcome::Unreadable);
        };
        let mut outcome = Outcome::Fine;
        let read = [&before, &after].map(|source| {
            outcome = outcome.and(source.tell(false, console));
            source.families().read_all()
        });
        for (source, read) in [&before, &after].into_iter().zip(&read) {
            outcome = outcome.and(tell_errors(source, read, console));
        }
        let [old, new] = &read;
        let changes = match self.values {
            true => Changes::with_values(&old.families, &new.families, self.tolerance()),
            false => Changes::between(&old.families, &new.families),
        };
        match self.json {
            true => print_json(&before, &after, &changes, console)?,
            false => self.print(&changes, console)?,
        }
        let differs = match self.breaking {
            true => changes.is_breaking(),
            false => !changes.is_empty(),
        };
        Ok(match differs {
            true => outcome.and(Outcome::Findings),
            false => outcome,
        })
    }

    fn tolerance(&self) -> Tolerance {
        let mut tolerance = Tolerance::EXACT;
        for apart in &self.tolerance {
            match apart {
                Apart::Absolute(number) => tolerance.absolute = *number,
                Apart::Relative(part) => tolerance.relative = *part,
            }
        }
        tolerance
    }

    fn print(&self, changes: &Changes, console: &mut Console<'_>) -> io::Result<()> {
        let limit = match self.limit {
            0 => usize::MAX,
            limit => limit,
        };
        let breaking: Vec<&Change> = changes.breaking().collect();
        let all = changes.changes();
        let others: Vec<&Change> = all.iter().filter(|change| !change.is_breaking()).collect();
        let mut left = limit;
        for (title, changes) in [("Breaking", &breaking), ("Not breaking", &others)] {
            if changes.is_empty() || left == 0 {
                continue;
            }
            writeln!(console.out, "{}", console.page.ink(Ink::Name, title))?;
            for change in changes.iter().take(left) {
                row(change, console)?;
            }
            left = left.saturating_sub(changes.len());
            writeln!(console.out)?;
        }
        if all.len() > limit {
            let more = format!("… and {} more: --limit 0 shows all", all.len() - limit);
            writeln!(console.out, "{}\n", console.page.ink(Ink::Faint, &more))?;
        }
        let line = match (all.len(), breaking.len()) {
            (0, _) => (Ink::Well, "no difference".to_owned()),
            (all, 0) => {
                let all = number::counted(all, "change", "changes");
                (Ink::Well, format!("{all}, none of them breaking"))
            }
            (1, _) => (Ink::Wrong, "1 change, which is breaking".to_owned()),
            (all, breaking) => {
                let (all, breaking) = (number::grouped(all), number::grouped(breaking));
                (
                    Ink::Wrong,
                    format!("{all} changes, {breaking} of them breaking"),
                )
            }
        };
        writeln!(console.out, "{}", console.page.ink(line.0, &line.1))
    }
}

fn row(change: &Change, console: &mut Console<'_>) -> io::Result<()> {
    let id = change.id();
    let (mark, ink) = match id.rsplit('-').next() {
        Some("added") => ("+", Ink::Well),
        Some("removed") => ("-", Ink::Wrong),
        _ => ("~", Ink::Type),
    };
    let text = change.to_string();
    let (mark, text) = (console.page.ink(ink, mark), printable(&text));
    let id = console.page.ink(Ink::Faint, &format!("[{id}]"));
    writeln!(console.out, "{mark} {text}  {id}")
}

/// Tells of the errors in a body, of which the comparison knows nothing.
fn tell_errors(source: &Source, read: &CollectedFamilies<'_>, console: &Console<'_>) -> Outcome {
    let name = printable(&source.name);
    let is_warning = |error: &&exposition::Error| Severity::of(error) == Severity::Warning;
    let warnings = read.errors.iter().filter(is_warning).count();
    if warnings > 0 {
        let lines = number::counted(warnings, "line does", "lines do");
        console.note(format_args!(
            "{name}: {lines} not go with the family; `exposition check` tells which"
        ));
    }
    let Some(first) = read.errors.iter().find(|error| !is_warning(error)) else {
        return Outcome::Fine;
    };
    let rendered = verdict::rendered(first, &source.name);
    let rendered: Vec<_> = rendered.lines().map(printable).collect();
    console.tell(rendered.join("\n"));
    let lines = number::counted(read.errors.len() - warnings, "line is", "lines are");
    console.tell(format_args!(
        "{name}: {lines} in error and not compared; `exposition check` shows all\n"
    ));
    Outcome::Unreadable
}

/// What `--json` prints; schema/diff.json describes it.
#[derive(Serialize)]
struct Shape<'c> {
    before: Map<String, Value>,
    after: Map<String, Value>,
    breaking: bool,
    changes: &'c Changes,
}

fn print_json(
    before: &Source,
    after: &Source,
    changes: &Changes,
    console: &mut Console<'_>,
) -> Result<()> {
    let shape = Shape {
        before: json::source(before),
        after: json::source(after),
        breaking: changes.is_breaking(),
        changes,
    };
    serde_json::to_writer(&mut *console.out, &shape)?;
    writeln!(console.out)?;
    Ok(())
}
