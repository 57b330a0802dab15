//! `show`: a body's families, as a browser on `/metrics` does not show them.

mod family;
mod picture;
mod rows;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use clap::Args;
use exposition::encode::Prom2Json;
use exposition::stats::Stats;
use exposition::{CollectedFamilies, Dialect, Families, Leniency, MetricFamily, MetricType};
use regex::Regex;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::console::Console;
use crate::failure::Result;
use crate::json::{self, Each};
use crate::outcome::Outcome;
use crate::page::{Ink, number};
use crate::source::{self, Bodies, LenientArg, ReadingArgs, Source};
use crate::verdict::{self, Severity};
use family::FamilyView;

/// Up to this many errors are shown, unless everything is.
const ERRORS: usize = 20;

/// Show metric families: tables of series, drawn histograms, and what is wrong.
///
/// Labels that all series of a family share are shown once. Histograms are drawn with their buckets, or sketched in
/// a row where a family has many. At the end stands what is wrong: errors, for any of which Prometheus drops the
/// whole scrape, and warnings, for lines that it accepts and that do not go with their family. Without BODY, a
/// bundled body of an Istio sidecar is shown.
///
/// Exit codes: 0 all is well; 1 Prometheus loses the scrape, or a body cannot be had; 2 the command line is wrong; 3
/// there are warnings or duplicates.
#[derive(Debug, Args)]
pub(crate) struct Show {
    #[command(flatten)]
    bodies: Bodies,
    /// Only families whose name begins with this, a name or a regex
    #[arg(long, value_name = "PATTERN", value_parser = beginning)]
    r#match: Option<Regex>,
    /// Series shown of each family; 0 for all series, and all errors
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
    /// Print each body as one line of JSON
    #[arg(long)]
    json: bool,
    /// Print the families as the program prom2json does
    #[arg(long, conflicts_with = "json")]
    prom2json: bool,
    #[command(flatten)]
    lenient: LenientArg,
    #[command(flatten)]
    reading: ReadingArgs,
}

pub(crate) fn beginning(pattern: &str) -> Result<Regex, regex::Error> {
    // An error shows the pattern as it was given.
    Regex::new(pattern)?;
    Regex::new(&format!("^(?:{pattern})"))
}

impl Show {
    pub(crate) fn run(&self, console: &mut Console<'_>) -> Result<Outcome> {
        source::each_or_bundled(
            &self.bodies,
            &self.reading,
            console,
            |source, place, console| {
                let source = source.lenient(self.lenient.lenient);
                let outcome = source.tell(true, console);
                if !self.json && !self.prom2json {
                    place.head(&source, console)?;
                }
                Ok(outcome.and(self.source(&source, console)?))
            },
        )
    }

    fn source(&self, source: &Source, console: &mut Console<'_>) -> Result<Outcome> {
        let start = Instant::now();
        let collected = source.families().read_all();
        let took = start.elapsed();
        let duplicates = duplicates(source);
        let outcome = match duplicates {
            0 => verdict::outcome(&collected.errors),
            _ => Outcome::Findings.and(verdict::outcome(&collected.errors)),
        };
        let is_wanted = |family: &&MetricFamily<'_>| match &self.r#match {
            Some(wanted) => wanted.is_match(&family.name),
            None => true,
        };
        let shown: Vec<&MetricFamily<'_>> = collected.families.iter().filter(is_wanted).collect();
        if self.prom2json {
            let families: Vec<MetricFamily<'_>> = shown.into_iter().cloned().collect();
            serde_json::to_writer(&mut *console.out, &Prom2Json::new(&families))?;
            writeln!(console.out)?;
            for error in &collected.errors {
                console.tell(verdict::rendered(error, &source.name));
            }
        } else if self.json {
            let shape = Shape {
                source: json::source(source),
                families: shown,
                duplicates,
                leniencies: Each(&collected.leniencies, json::leniency),
                errors: Each(&collected.errors, json::error),
            };
            serde_json::to_writer(&mut *console.out, &shape)?;
            writeln!(console.out)?;
        } else {
            let limit = match self.limit {
                0 => usize::MAX,
                limit => limit,
            };
            let read = Read {
                collected: &collected,
                duplicates,
                took,
            };
            print(source, &read, &shown, limit, console)?;
        }
        Ok(outcome)
    }
}

/// What `--json` prints of a body.
#[derive(Serialize)]
struct Shape<'f, 'a> {
    #[serde(flatten)]
    source: Map<String, Value>,
    families: Vec<&'f MetricFamily<'a>>,
    duplicates: u64,
    leniencies: Each<'f, Leniency>,
    errors: Each<'f, exposition::Error>,
}

/// Counts the samples that Prometheus does not store, for their series has one already.
fn duplicates(source: &Source) -> u64 {
    let mut stats = Stats::new();
    // Errors are told of families.
    let _ = stats.read(source.samples());
    stats.duplicates()
}

/// What was read of a body.
struct Read<'c, 'a> {
    collected: &'c CollectedFamilies<'a>,
    duplicates: u64,
    took: Duration,
}

fn print(
    source: &Source,
    read: &Read<'_, '_>,
    shown: &[&MetricFamily<'_>],
    limit: usize,
    console: &mut Console<'_>,
) -> Result<()> {
    let Read {
        collected,
        duplicates,
        took,
    } = *read;
    let (page, out) = (console.page, &mut *console.out);
    let mut view = FamilyView::new(page, limit, out);
    for family in shown {
        view.family(family)?;
    }
    if !shown.is_empty() {
        writeln!(out)?;
    }
    let all = &collected.families;
    if shown.len() < all.len() {
        let all = number::counted(all.len(), "family", "families");
        writeln!(out, "{} of {all} shown", shown.len())?;
    }
    writeln!(out, "{}", totals(all, source.body.len(), took))?;
    writeln!(out, "{}", source.reason())?;
    for (ink, line) in verdict_on(&collected.errors) {
        writeln!(out, "{}", page.ink(ink, &line))?;
    }
    if duplicates > 0 {
        let samples = number::whole(duplicates);
        let samples = number::counted(samples, "sample repeats", "samples repeat");
        let told = format!(
            "{samples} a series: Prometheus stores the first; `exposition check` tells which"
        );
        writeln!(out, "{}", page.ink(Ink::Wrong, &told))?;
    }
    if source.dialect == Dialect::Lenient {
        let as_prometheus = Families::new(&source.body, Dialect::Text).read_all();
        for (ink, line) in verdict_on(&as_prometheus.errors) {
            let line = format!("without --lenient: {line}");
            writeln!(out, "{}", page.ink(ink, &line))?;
        }
    }
    if !collected.leniencies.is_empty() {
        let count = collected.leniencies.len();
        let told = format!("taken though Prometheus does not: {count}");
        writeln!(out, "{}", page.ink(Ink::Wrong, &told))?;
    }
    for leniency in &collected.leniencies {
        writeln!(out, "  {leniency}")?;
    }
    let mut errors: Vec<_> = collected.errors.iter().collect();
    errors.sort_by_key(|error| Severity::of(error));
    let most = if limit == usize::MAX { limit } else { ERRORS };
    for error in errors.iter().take(most) {
        writeln!(out, "\n{}", verdict::rendered(error, &source.name))?;
    }
    if errors.len() > most {
        let more = format!("… and {} more: --limit 0 shows all", errors.len() - most);
        writeln!(out, "\n{}", page.ink(Ink::Faint, &more))?;
    }
    Ok(())
}

/// Counts the lines of each severity, and says what that means for a scrape.
fn verdict_on(errors: &[exposition::Error]) -> Vec<(Ink, String)> {
    let count = |severity| {
        let of_this = errors
            .iter()
            .filter(|error| Severity::of(error) == severity);
        of_this.count()
    };
    let lines = [
        match count(Severity::Error) {
            0 => None,
            1 => Some("1 error: Prometheus drops the whole scrape for it".to_owned()),
            n => Some(format!(
                "{} errors: Prometheus drops the whole scrape for any one of them",
                number::grouped(n)
            )),
        },
        match count(Severity::Unread) {
            0 => None,
            1 => Some("1 line is beyond the limits of this program: it was not read".to_owned()),
            n => Some(format!(
                "{} lines are beyond the limits of this program: they were not read",
                number::grouped(n)
            )),
        },
        match count(Severity::Warning) {
            0 => None,
            1 => Some("1 warning: Prometheus accepts the line".to_owned()),
            n => Some(format!(
                "{} warnings: Prometheus accepts the lines",
                number::grouped(n)
            )),
        },
    ];
    let wrong: Vec<_> = (lines.into_iter().flatten())
        .map(|line| (Ink::Wrong, line))
        .collect();
    match wrong.is_empty() {
        true => vec![(Ink::Well, "no line is in error".to_owned())],
        false => wrong,
    }
}

/// Describes what was read: families by type, series, samples, bytes, and the time it took.
fn totals(families: &[MetricFamily<'_>], bytes: usize, took: Duration) -> String {
    let read = format!(
        "{} read in {:.1} ms",
        number::bytes(bytes as f64),
        took.as_secs_f64() * 1000.0
    );
    if families.is_empty() {
        return format!("no families; {read}");
    }
    let mut kinds: BTreeMap<MetricType, usize> = BTreeMap::new();
    for family in families {
        *kinds.entry(family.metric_type).or_default() += 1;
    }
    let kinds = kinds.iter().map(|(kind, n)| format!("{n} {kind}"));
    let kinds: Vec<String> = kinds.collect();
    let series: usize = families.iter().map(|family| family.metrics.len()).sum();
    let samples: usize = (families.iter())
        .map(|family| family.samples().count())
        .sum();
    format!(
        "{} ({}), {} series, {}; {read}",
        number::counted(families.len(), "family", "families"),
        kinds.join(", "),
        number::grouped(series),
        number::counted(samples, "sample", "samples"),
    )
}
