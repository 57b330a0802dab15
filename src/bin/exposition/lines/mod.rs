//! `lines`: a body line by line, as the parser reads it.

mod entries;

use std::borrow::Cow;
use std::io::{self, Write};

use clap::Args;
use exposition::Line;

use crate::console::Console;
use crate::failure::Result;
use crate::json;
use crate::outcome::Outcome;
use crate::page::{Ink, Page, printable};
use crate::source::{self, Bodies, LenientArg, ReadingArgs, Source};
use crate::verdict::{self, Severity};

/// Print the lines of bodies, each with its number and what it says
///
/// Reading ends at the first error, unless --go-on is given. With --json, one object a line:
///
///   {"e":"help","name","text"}  {"e":"type","name","type"}  {"e":"unit","name","unit"}
///   {"e":"comment","text"}
///   {"e":"series","labels":[[name,value],…],"value","bits","ts","exemplars"}
///   {"e":"error","msg","line","column","byte"} for a line in error
///   {"e":"eof"} at the end of the body
///   {"e":"lenient","what","line","column","byte"} before a line, for each thing in it that
///       --lenient takes and Prometheus does not
///
/// Labels are those that Prometheus stores, with the name as __name__. `bits` is the value as a
/// 64-bit float in hex, `ts` the timestamp in milliseconds, `st` the start timestamp. What is not
/// UTF-8 appears as {"b64":…}.
///
/// Exit codes: 0 every line is read; 1 a line is in error, or a body cannot be had; 2 the command
/// line is wrong.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Lines {
    #[command(flatten)]
    bodies: Bodies,
    /// Go on after an error, with the next line
    #[arg(long)]
    go_on: bool,
    /// Print each line as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    lenient: LenientArg,
    #[command(flatten)]
    reading: ReadingArgs,
}

impl Lines {
    pub(crate) fn run(&self, console: &mut Console<'_>) -> Result<Outcome> {
        source::each_or_bundled(
            &self.bodies,
            &self.reading,
            console,
            |source, place, console| {
                let source = match source::with_lines(source.lenient(self.lenient.lenient)) {
                    Ok(source) => source,
                    Err(error) => {
                        console.error(&*error);
                        return Ok(Outcome::Unreadable);
                    }
                };
                let outcome = source.tell(true, console);
                if !self.json {
                    place.head(&source, console)?;
                }
                source.note_reason(console);
                let read = match self.json {
                    true => self.objects(&source, console)?,
                    false => self.rows(&source, console)?,
                };
                Ok(outcome.and(read))
            },
        )
    }

    /// Prints lines for people.
    fn rows(&self, source: &Source, console: &mut Console<'_>) -> Result<Outcome> {
        let (page, out) = (console.page, &mut *console.out);
        let mut outcome = Outcome::Fine;
        let mut parser = source.lines().note_leniencies();
        let lines = memchr::memchr_iter(b'\n', &source.body).count();
        let gutter = lines.max(1).to_string().len();
        loop {
            let number = parser.position().line;
            let read = parser.next_line();
            for leniency in parser.take_leniencies() {
                let told = format!("{:gutter$} ^ {leniency}", "");
                writeln!(out, "{}", page.ink(Ink::Wrong, &told))?;
            }
            match read {
                Ok(Some(line)) => {
                    let number = page.ink(Ink::Faint, &format!("{number:>gutter$}"));
                    write!(out, "{number}  ")?;
                    row(&line, page, out)?;
                }
                Ok(None) => return Ok(outcome),
                Err(error) => {
                    outcome = outcome.and(verdict::outcome(std::slice::from_ref(&error)));
                    writeln!(out, "{}", verdict::rendered(&error, &source.name))?;
                    if !self.go_on && Severity::of(&error) != Severity::Warning {
                        return Ok(outcome);
                    }
                }
            }
        }
    }

    /// Prints lines as JSON.
    fn objects(&self, source: &Source, console: &mut Console<'_>) -> Result<Outcome> {
        let out = &mut *console.out;
        let mut outcome = Outcome::Fine;
        let mut parser = source.lines().note_leniencies();
        while let Some(line) = parser.next() {
            for leniency in parser.take_leniencies() {
                writeln!(out, "{}", entries::lenient(&leniency))?;
            }
            match line {
                Ok(line) => {
                    if let Some(entry) = entries::entry(&line) {
                        writeln!(out, "{entry}")?;
                    }
                }
                Err(error) => {
                    outcome = outcome.and(verdict::outcome(std::slice::from_ref(&error)));
                    let mut entry = entries::error(&error);
                    if let Some(entry) = entry.as_object_mut() {
                        json::position(entry, error.position());
                    }
                    writeln!(out, "{entry}")?;
                    if !self.go_on && Severity::of(&error) != Severity::Warning {
                        return Ok(outcome);
                    }
                }
            }
        }
        // Those of blank lines at the end.
        for leniency in parser.take_leniencies() {
            writeln!(out, "{}", entries::lenient(&leniency))?;
        }
        writeln!(out, "{}", entries::end())?;
        Ok(outcome)
    }
}

/// Writes what a line says.
fn row(line: &Line<'_>, page: Page, out: &mut dyn Write) -> io::Result<()> {
    let kind = |word: &str| page.ink(Ink::Type, &format!("{word:<7}"));
    match line {
        Line::Sample(sample) => {
            let (written, value) = (lossy(sample.raw_series()), sample.raw_value());
            let value = match sample.composite() {
                Some(composite) => printable(composite.raw()).into_owned(),
                None => value.to_owned(),
            };
            let value = page.ink(Ink::Value, &value);
            write!(out, "{} {}  {value}", kind("sample"), printable(&written))?;
            if let Some(at) = sample.raw_timestamp() {
                write!(out, "  at {at}")?;
            }
            if let Some(since) = sample.raw_start_timestamp() {
                write!(out, "  since {since}")?;
            }
            for exemplar in sample.exemplars() {
                write!(out, "  exemplar {}", exemplar.value())?;
                for label in &exemplar.labels() {
                    write!(out, " {}={:?}", printable(&label.name()), label.value())?;
                }
            }
            writeln!(out)
        }
        Line::Help(help) => {
            let (name, text) = (help.name(), help.text());
            writeln!(
                out,
                "{} {}  {}",
                kind("HELP"),
                printable(&name),
                printable(&text)
            )
        }
        Line::Type(line) => {
            let name = line.name();
            writeln!(
                out,
                "{} {}  {}",
                kind("TYPE"),
                printable(&name),
                line.metric_type()
            )
        }
        Line::Unit(line) => {
            let (name, unit) = (line.name(), line.unit());
            writeln!(
                out,
                "{} {}  {}",
                kind("UNIT"),
                printable(&name),
                printable(&unit)
            )
        }
        Line::Comment(comment) => {
            let text = lossy(comment);
            writeln!(out, "{} {}", kind("comment"), printable(&text))
        }
        Line::Eof => writeln!(out, "{}", kind("EOF").trim_end()),
        _ => writeln!(out),
    }
}

fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}
