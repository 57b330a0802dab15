//! `merge`: several bodies as one.

use std::error::Error;
use std::ffi::{OsStr, OsString};

use clap::{Args, ValueEnum};
use exposition::merge::{
    Aggregation, Collision, Conflict, Gauges, MergeError, MergeReport, Source as MergeSource,
    Unsummable,
};
use exposition::{Format, Merge, ScrapeProtocol};
use serde_json::{Map, Value};

use crate::console::Console;
use crate::convert::TargetArgs;
use crate::failure::{Failure, Result, Usage};
use crate::json;
use crate::outcome::Outcome;
use crate::page::number;
use crate::source::{self, Bodies, ReadingArgs, Source};
use crate::verdict;

/// Merge several bodies into one: every family once, with the samples of all
///
/// A BODY may have a name, NAME=FILE or NAME=URL; without one the values of labels are its number, from 1. What was left out or
/// changed is told on standard error.
///
/// Exit codes: 0 merged; 1 a body cannot be had, lines in error were left out, or the bodies cannot be merged as the
/// options say; 2 the command line is wrong.
#[derive(Debug, Args)]
pub(crate) struct MergeCommand {
    #[command(flatten)]
    bodies: Bodies,
    /// The format to write [default: that of the first body]
    #[arg(long, value_name = "FORMAT")]
    to: Option<To>,
    #[command(flatten)]
    target: TargetArgs,
    /// Add LABEL="NAME" to every sample of every body, with the body's name
    #[arg(long, value_name = "LABEL")]
    label: Option<String>,
    /// What becomes of a metric in two bodies: it is an error (error), the first wins (first), the later ones get a
    /// label (stamp=LABEL), or they are added (sum). All samples of a histogram or summary go together
    #[arg(long, value_name = "WHAT", default_value = "error", value_parser = collisions)]
    collisions: Collisions,
    /// What becomes of gauges where metrics are added [default: sum]
    #[arg(long, value_name = "HOW")]
    gauges: Option<HowGauges>,
    /// What cannot be added gets this label, instead of failing: quantiles, histograms of different bounds
    #[arg(long, value_name = "LABEL")]
    apart: Option<String>,
    /// Where HELP, TYPE or UNIT lines contradict each other the first holds, instead of failing
    #[arg(long)]
    first_type: bool,
    /// Leave out lines in error, instead of failing
    #[arg(long)]
    keep_going: bool,
    /// Print one line of JSON with the merged body and what was left out
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reading: ReadingArgs,
}

/// The formats to write. Lines are merged, so protobuf is not among them.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum To {
    Text,
    Openmetrics,
}

impl From<To> for ScrapeProtocol {
    fn from(to: To) -> Self {
        match to {
            To::Text => ScrapeProtocol::PrometheusText100,
            To::Openmetrics => ScrapeProtocol::OpenMetricsText100,
        }
    }
}

/// What becomes of gauges where metrics are added.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum HowGauges {
    Sum,
    Min,
    Max,
    Last,
}

impl From<HowGauges> for Gauges {
    fn from(how: HowGauges) -> Self {
        match how {
            HowGauges::Sum => Gauges::Sum,
            HowGauges::Min => Gauges::Min,
            HowGauges::Max => Gauges::Max,
            HowGauges::Last => Gauges::Last,
        }
    }
}

/// What to do with a metric in two bodies.
#[derive(Debug, Clone)]
enum Collisions {
    Sum,
    Other(Collision),
}

fn collisions(word: &str) -> Result<Collisions, String> {
    Ok(match (word, word.strip_prefix("stamp=")) {
        ("sum", _) => Collisions::Sum,
        ("error", _) => Collisions::Other(Collision::Error),
        ("first", _) => Collisions::Other(Collision::FirstWins),
        (_, Some(label)) if !label.is_empty() => Collisions::Other(Collision::Stamp(label.into())),
        _ => {
            return Err(format!(
                "`{word}` is none of error, first, stamp=LABEL and sum"
            ));
        }
    })
}

/// Splits an argument into the name of a body, if it has one, and its place.
fn named(body: &OsStr) -> (Option<String>, OsString) {
    let named = body.to_str().and_then(|body| body.split_once('='));
    match named {
        // A URL may have `=` in its query.
        Some((name, from)) if !name.contains(['/', ':', '.']) => (Some(name.into()), from.into()),
        _ => (None, body.to_owned()),
    }
}

impl MergeCommand {
    pub(crate) fn run(&self, console: &mut Console<'_>) -> Result<Outcome> {
        let collision = self.collision()?;
        let bodies = self.bodies(console)?;
        let mut outcome = Outcome::Fine;
        let mut sources = Vec::with_capacity(bodies.len());
        for (name, from) in bodies {
            let source = source::fetch(&from, &self.reading)?;
            outcome = outcome.and(source.tell(false, console));
            source.note_reason(console);
            sources.push((name, source));
        }
        let first = sources.first().map(|(_, source)| source.format.protocol());
        // Lines are merged: protobuf is merged as text.
        let first = first.filter(|protocol| !protocol.is_protobuf());
        let to = self
            .to
            .map(ScrapeProtocol::from)
            .or(first)
            .unwrap_or_default();
        let conflict = match self.first_type {
            true => Conflict::FirstWins,
            false => Conflict::Error,
        };
        let mut merge = Merge::new(Format::new(to).with_escaping(self.target.escaping))
            .on_collision(collision)
            .on_conflict(conflict)
            .limits(self.reading.limits())
            .keep_going(self.keep_going)
            .lossy(self.target.lossy);
        for (name, source) in &sources {
            let mut body = match source.format.is_protobuf() {
                true => MergeSource::with_format(name, &source.body, source.format),
                false => MergeSource::new(name, &source.body, source.dialect),
            };
            if let Some(label) = &self.label {
                body = body.label(label, name);
            }
            merge = merge.source(body);
        }
        let report = match self.json {
            true => {
                let mut body = Vec::new();
                let report = merge
                    .write_to(&mut body)
                    .map_err(|error| told_of(error, &sources))?;
                let mut object = Map::new();
                object.insert("to".to_owned(), to.to_string().into());
                json::body(&mut object, body, false);
                told(&mut object, &report);
                writeln!(console.out, "{}", Value::from(object))?;
                report
            }
            false => {
                let report = (merge.write_to(&mut *console.out))
                    .map_err(|error| told_of(error, &sources))?;
                tell(&report, &sources, console);
                report
            }
        };
        Ok(outcome.and(match report.bad_lines {
            0 => Outcome::Fine,
            _ => Outcome::Unreadable,
        }))
    }

    /// Returns the bodies with their names. A name before a pattern is that of the only file.
    fn bodies(&self, console: &Console<'_>) -> Result<Vec<(String, OsString)>> {
        let mut bodies = Vec::new();
        for body in &self.bodies.from {
            let (name, from) = named(body);
            for from in source::expanded(&[from], console)? {
                let number = (bodies.len() + 1).to_string();
                let place = match self.needs_names() {
                    true => number,
                    false => source::called(&from),
                };
                bodies.push((name.clone().unwrap_or(place), from));
            }
        }
        if bodies.is_empty() {
            let piped = source::expanded(&[], console)?;
            bodies.extend(piped.into_iter().map(|from| ("1".to_owned(), from)));
        }
        match bodies.is_empty() {
            true => Err(Usage("no BODY is given".to_owned()).into()),
            false => Ok(bodies),
        }
    }

    /// Tells whether the names of bodies become values of labels. If not, they are only for people.
    fn needs_names(&self) -> bool {
        let stamps = matches!(self.collisions, Collisions::Other(Collision::Stamp(_)));
        self.label.is_some() || self.apart.is_some() || stamps
    }

    /// Combines the options into a policy.
    fn collision(&self) -> Result<Collision> {
        match &self.collisions {
            Collisions::Sum => {}
            Collisions::Other(_) if self.gauges.is_some() || self.apart.is_some() => {
                let both = "--gauges and --apart go with --collisions sum";
                return Err(Usage(both.to_owned()).into());
            }
            Collisions::Other(collision) => return Ok(collision.clone()),
        }
        let otherwise = match &self.apart {
            Some(label) => Unsummable::Stamp(label.clone()),
            None => Unsummable::Error,
        };
        let gauges = self.gauges.map(Gauges::from).unwrap_or_default();
        let aggregation = Aggregation::new().gauges(gauges).otherwise(otherwise);
        Ok(Collision::Sum(aggregation))
    }
}

/// What was left out or changed: a name for programs, and words for people.
fn counts(report: &MergeReport) -> impl Iterator<Item = (&'static str, u64, &'static str)> {
    let out = "left out, for an earlier body has their metric, samples";
    let twice = "left out, for their own body has them twice, samples";
    let stamped = "labelled to tell them apart, samples";
    let contradict = "left out, for they contradict earlier ones, lines of metadata";
    [
        ("collided", report.collided, out),
        ("repeated", report.repeated, twice),
        ("stamped", report.stamped, stamped),
        (
            "summed",
            report.summed,
            "added to those of earlier bodies, samples",
        ),
        ("conflicts", report.conflicts, contradict),
        ("exemplars", report.exemplars, "left out, exemplars"),
        (
            "native_histograms",
            report.native_histograms,
            "left out, native histograms",
        ),
        ("others", report.others, "left out, other parts"),
        ("units", report.units, "left out, units"),
        ("bad_lines", report.bad_lines, "left out, lines in error"),
    ]
    .into_iter()
}

type Named = (String, Source);

/// Returns an error of a merge; for a line in error with that line and the name of its file.
fn told_of(error: MergeError, sources: &[Named]) -> Box<dyn Error> {
    match rendered(&error, sources) {
        Some(rendered) => Failure(rendered).into(),
        None => error.into(),
    }
}

/// Shows a line in error with the name of its file.
fn rendered(error: &MergeError, sources: &[Named]) -> Option<String> {
    let MergeError::Line { source_name, error } = error else {
        return None;
    };
    let (_, source) = sources.iter().find(|(name, _)| name == source_name)?;
    Some(verdict::rendered(error, &source.name))
}

fn tell(report: &MergeReport, sources: &[Named], console: &Console<'_>) {
    console.note(format_args!(
        "{}, {}",
        number::counted(report.families as usize, "family", "families"),
        number::counted(report.samples as usize, "sample", "samples"),
    ));
    for (_, count, what) in counts(report).filter(|(_, count, _)| *count > 0) {
        console.note(format_args!("{what}: {count}"));
    }
    for collided in &report.collisions {
        console.note(collided);
    }
    for error in &report.errors {
        match rendered(error, sources) {
            Some(rendered) => console.tell(rendered),
            None => console.tell(format_args!("error: {error}")),
        }
    }
}

/// Adds the report to an object.
fn told(object: &mut Map<String, Value>, report: &MergeReport) {
    object.insert("families".to_owned(), report.families.into());
    object.insert("samples".to_owned(), report.samples.into());
    for (name, count, _) in counts(report) {
        object.insert(name.to_owned(), count.into());
    }
    let collisions = report.collisions.iter().map(ToString::to_string);
    object.insert("collisions".to_owned(), collisions.collect());
    let errors = report.errors.iter().map(ToString::to_string);
    object.insert("errors".to_owned(), errors.collect());
}
