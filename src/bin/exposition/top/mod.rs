//! `top`: what the series of bodies cost.

mod by;
mod columns;
mod counted;
mod plan;
mod shape;
mod tables;
mod what_if;

use clap::Args;
use exposition::stats::Stats;

use crate::console::Console;
use crate::failure::Result;
use crate::outcome::Outcome;
use crate::page::number;
use crate::source::{self, Bodies, ReadingArgs};
use by::By;
use counted::Counted;
use shape::Wanted;
use what_if::RuleText;

/// Show what series cost: by metric, label and value, with the buckets of histograms
///
/// Counts the different series of all bodies together, as those of a fleet. The cost of a label is how many series are
/// there only because of it. With --what-if, relabel rules are tried: what they remove, and which never match. With
/// --sample-limit, what to drop to get under it, as rules to paste. Without BODY, a bundled body of an Istio sidecar
/// is counted.
///
/// Exit codes: 0 counted; 1 a body cannot be had or read; 2 the command line is wrong; 3 the rules of --what-if remove
/// nothing, or nothing gets under --sample-limit.
#[derive(Debug, Args)]
pub(crate) struct Top {
    #[command(flatten)]
    bodies: Bodies,
    /// Only one table: metric, family, histogram, label, or value=LABEL for the values of a label
    #[arg(long, value_name = "WHAT")]
    by: Option<By>,
    /// Rows shown of each table, 0 for all [default: 10; with --json, all]
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Try relabel rules, as YAML or @FILE: a rule, a list, or metric_relabel_configs
    #[arg(long, value_name = "RULES")]
    what_if: Option<RuleText>,
    /// Find what to drop to keep no more samples than this
    #[arg(long, value_name = "N")]
    sample_limit: Option<u64>,
    /// Print everything as one line of JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reading: ReadingArgs,
}

impl Top {
    pub(crate) fn run(&self, console: &mut Console<'_>) -> Result<Outcome> {
        let what_if = self.what_if.as_ref().map(RuleText::read).transpose()?;
        let mut counted = Counted {
            sources: Vec::new(),
            stats: Stats::new(),
            what_if,
        };
        let outcome = source::each_or_bundled(
            &self.bodies,
            &self.reading,
            console,
            |source, _, console| {
                let outcome = source.tell(false, console);
                Ok(outcome.and(counted.read(&source, console)))
            },
        )?;
        if counted.sources.is_empty() {
            return Ok(outcome);
        }
        let tried = match self.json {
            true => shape::print(&self.wanted(), &counted, console)?,
            false => self.print(&counted, console)?,
        };
        Ok(outcome.and(tried))
    }

    fn wanted(&self) -> Wanted<'_> {
        Wanted {
            by: self.by.as_ref(),
            limit: match self.limit {
                None | Some(0) => usize::MAX,
                Some(limit) => limit,
            },
            sample_limit: self.sample_limit,
        }
    }

    fn print(&self, counted: &Counted, console: &mut Console<'_>) -> Result<Outcome> {
        let Counted { stats, what_if, .. } = counted;
        let limit = match self.limit {
            Some(0) => usize::MAX,
            limit => limit.unwrap_or(10),
        };
        writeln!(console.out, "{}", totals(stats, counted.sources.len()))?;
        // Who asks for an effect does not ask for the tables.
        let wants_tables = self.by.is_some() || what_if.is_none() && self.sample_limit.is_none();
        if wants_tables {
            let values = self.limit.map_or(tables::VALUES, |_| limit);
            tables::print(stats, self.by.as_ref(), limit, values, console)?;
        }
        let mut outcome = Outcome::Fine;
        if let Some(what_if) = what_if {
            outcome = outcome.and(what_if::print(what_if, stats, limit, console)?);
        }
        if let Some(sample_limit) = self.sample_limit {
            let bodies = counted.sources.len();
            if bodies > 1 {
                console.note(format_args!(
                    "sample_limit counts each scrape alone; these {bodies} bodies are planned for as one"
                ));
            }
            outcome = outcome.and(plan::print(stats, sample_limit, limit, console)?);
        }
        Ok(outcome)
    }
}

/// Returns all numbers in a line.
fn totals(stats: &Stats, bodies: usize) -> String {
    let counted = |number: u64, one, many| number::counted(number::whole(number), one, many);
    let mut line = format!(
        "{}: {}, {} series, {}",
        number::counted(bodies, "body", "bodies"),
        counted(stats.samples(), "sample", "samples"),
        tables::count(stats.series()),
        number::bytes(stats.bytes().known() as f64),
    );
    for (number, one, many) in [
        (stats.duplicates(), "duplicate", "duplicates"),
        (stats.errors(), "error", "errors"),
    ] {
        if number > 0 {
            line.push_str(&format!("; {}", counted(number, one, many)));
        }
    }
    line
}
