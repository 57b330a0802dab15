//! Merges several bodies into one.

use std::error::Error;
use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::process::ExitCode;

use exposition::merge::{
    Aggregation, Collision, Conflict, Gauges, MergeReport, Source, Unsummable,
};
use exposition::{EscapingScheme, Format, Merge, ScrapeProtocol};

#[path = "support/program.rs"]
mod program;
#[path = "support/source.rs"]
mod source;

use program::Asked;
use source::Reading;

const HELP: &str = "\
Merges several expositions into one: every family once, with the samples of all.

Usage: merge [OPTIONS] BODY...

BODY is FILE, URL or `-`, or NAME=FILE, NAME=URL; without a NAME it is called by its number, from 1.
What was left out or changed is told on standard error.

Options:
      --to text|openmetrics  the format to write; by default that of the first body
      --escaping SCHEME      allow-utf-8 (the default), underscores, dots or values
      --label LABEL          add LABEL=\"NAME\" to every sample of every body. `LABEL=…` is the same: the
                             value is always the body's name
      --collisions WHAT      a metric in two bodies is an error (error, the default), the first wins
                             (first), the later ones get a label (stamp=LABEL), or they are added (sum).
                             All samples of a histogram or summary go together
      --gauges HOW           what becomes of gauges where metrics are added: sum (the default), min, max
                             or last
      --apart LABEL          what cannot be added gets this label, instead of failing: quantiles, histograms
                             of different bounds
      --first-type           where HELP, TYPE or UNIT lines contradict each other the first holds,
                             instead of failing
      --keep-going           leave out lines in error, instead of failing
      --lossy                leave out units and exemplars where the format has none, instead of failing
      --format text|openmetrics|openmetrics2|protobuf
                             the format of the bodies; by default what the server says or, for a file,
                             OpenMetrics if it ends in `# EOF`
      --max-body SIZE        the longest body, without compression, such as 1GiB; 0 for no limit
                             (default 256MiB)
  -h, --help                 this text
";

struct Arguments {
    bodies: Vec<OsString>,
    reading: Reading,
    to: Option<ScrapeProtocol>,
    escaping: EscapingScheme,
    label: Option<String>,
    collisions: Collisions,
    gauges: Option<Gauges>,
    apart: Option<String>,
    conflicts: Conflict,
    keep_going: bool,
    lossy: bool,
}

/// What to do with a metric in two bodies.
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

fn gauges(word: &str) -> Result<Gauges, String> {
    Ok(match word {
        "sum" => Gauges::Sum,
        "min" => Gauges::Min,
        "max" => Gauges::Max,
        "last" => Gauges::Last,
        _ => return Err(format!("`{word}` is none of sum, min, max and last")),
    })
}

impl Arguments {
    /// Combines the options into a policy.
    fn collision(&self) -> Result<Collision, &'static str> {
        match &self.collisions {
            Collisions::Sum => {}
            Collisions::Other(_) if self.gauges.is_some() || self.apart.is_some() => {
                return Err("--gauges and --apart go with --collisions sum");
            }
            Collisions::Other(collision) => return Ok(collision.clone()),
        }
        let otherwise = match &self.apart {
            Some(label) => Unsummable::Stamp(label.clone()),
            None => Unsummable::Error,
        };
        let gauges = self.gauges.unwrap_or_default();
        let aggregation = Aggregation::new().gauges(gauges).otherwise(otherwise);
        Ok(Collision::Sum(aggregation))
    }
}

fn protocol(word: &str) -> Result<ScrapeProtocol, String> {
    match word {
        "text" => Ok(ScrapeProtocol::PrometheusText100),
        "openmetrics" => Ok(ScrapeProtocol::OpenMetricsText100),
        _ => Err(format!("`{word}` is neither `text` nor `openmetrics`")),
    }
}

fn parse(mut parser: lexopt::Parser) -> Result<Asked<Arguments>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut arguments = Arguments {
        bodies: Vec::new(),
        reading: Reading::default(),
        to: None,
        escaping: EscapingScheme::AllowUtf8,
        label: None,
        collisions: Collisions::Other(Collision::Error),
        gauges: None,
        apart: None,
        conflicts: Conflict::Error,
        keep_going: false,
        lossy: false,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Asked::Help),
            Long("to") => arguments.to = Some(parser.value()?.parse_with(protocol)?),
            Long("format") => {
                arguments.reading.format = Some(parser.value()?.parse_with(source::format)?);
            }
            Long("max-body") => {
                arguments.reading.max_body = parser.value()?.parse_with(source::size)?;
            }
            Long("escaping") => arguments.escaping = parser.value()?.parse()?,
            Long("label") => {
                let label = parser.value()?.string()?;
                let name = label
                    .split_once('=')
                    .map_or(label.as_str(), |(name, _)| name);
                arguments.label = Some(name.to_owned());
            }
            Long("collisions") => arguments.collisions = parser.value()?.parse_with(collisions)?,
            Long("gauges") => arguments.gauges = Some(parser.value()?.parse_with(gauges)?),
            Long("apart") => arguments.apart = Some(parser.value()?.string()?),
            Long("first-type") => arguments.conflicts = Conflict::FirstWins,
            Long("keep-going") => arguments.keep_going = true,
            Long("lossy") => arguments.lossy = true,
            Value(value) => arguments.bodies.push(value),
            _ => return Err(argument.unexpected()),
        }
    }
    match arguments.bodies.is_empty() {
        true => Err("no BODY is given".into()),
        false => {
            arguments.collision()?;
            Ok(Asked::Run(arguments))
        }
    }
}

/// Splits an argument into the name and the place of a body.
fn named(body: &OsStr, at: usize) -> (String, OsString) {
    let named = body.to_str().and_then(|body| body.split_once('='));
    match named {
        // A URL may have `=` in its query.
        Some((name, from)) if !name.contains(['/', ':', '.']) => (name.into(), from.into()),
        _ => ((at + 1).to_string(), body.to_owned()),
    }
}

fn run(arguments: Arguments, out: &mut dyn Write) -> Result<bool, Box<dyn Error>> {
    let mut bodies = Vec::new();
    for (at, body) in arguments.bodies.iter().enumerate() {
        let (name, from) = named(body, at);
        bodies.push((name, source::fetch(&from, arguments.reading)?));
    }
    let first = bodies.first().map(|(_, source)| source.format.protocol());
    // Lines are merged: protobuf is merged as text.
    let first = first.filter(|protocol| !protocol.is_protobuf());
    let to = arguments.to.or(first).unwrap_or_default();
    let mut merge = Merge::new(Format::new(to).with_escaping(arguments.escaping))
        .on_collision(arguments.collision()?)
        .on_conflict(arguments.conflicts)
        .keep_going(arguments.keep_going)
        .lossy(arguments.lossy);
    for (name, source) in &bodies {
        let mut body = match source.format.is_protobuf() {
            true => Source::with_format(name, &source.body, source.format),
            false => Source::new(name, &source.body, source.dialect),
        };
        if let Some(label) = &arguments.label {
            body = body.label(label, name);
        }
        merge = merge.source(body);
    }
    let report = merge.write_to(out)?;
    tell(&report);
    Ok(report.bad_lines == 0)
}

fn tell(report: &MergeReport) {
    eprintln!(
        "note: {} families, {} samples",
        report.families, report.samples
    );
    for (count, what) in [
        (
            report.collided,
            "samples left out whose metric an earlier body has",
        ),
        (
            report.repeated,
            "samples left out that their own body has twice",
        ),
        (
            report.stamped,
            "samples that got a label to tell them apart",
        ),
        (report.summed, "samples added to those of earlier bodies"),
        (
            report.conflicts,
            "lines of metadata left out that contradict earlier ones",
        ),
        (report.exemplars, "exemplars left out"),
        (report.native_histograms, "native histograms left out"),
        (report.others, "other parts left out"),
        (report.units, "units left out"),
        (report.bad_lines, "lines in error left out"),
    ] {
        if count > 0 {
            eprintln!("note: {count} {what}");
        }
    }
    for collided in &report.collisions {
        eprintln!("note: {collided}");
    }
    for error in &report.errors {
        eprintln!("error: {error}");
    }
}

fn main() -> ExitCode {
    program::main(HELP, parse, run)
}
