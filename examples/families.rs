//! Reads an exposition and prints its families: what a browser on `/metrics` does not show.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::error::Error;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use exposition::{Dialect, Families, MetricFamily, MetricType, strict};
use regex::Regex;

#[path = "support/number.rs"]
mod number;
#[path = "support/page.rs"]
mod page;
#[path = "support/picture.rs"]
mod picture;
#[path = "support/program.rs"]
mod program;
#[path = "support/rows.rs"]
mod rows;
#[path = "support/show.rs"]
mod show;
#[path = "support/source.rs"]
mod source;
#[path = "support/table.rs"]
mod table;
#[path = "support/verdict.rs"]
mod verdict;

use page::{Ink, Page};
use program::Asked;
use show::Show;
use source::{Reading, Source};
use verdict::Severity;

/// What an Istio sidecar printed: Envoy 1.40, 2 MB.
const BUNDLED: &[u8] = include_bytes!("data/envoy.prom.gz");

const HELP: &str = "\
Reads an exposition, as Prometheus does, and prints its metric families.

Usage: families [OPTIONS] [FILE | URL | -]

A URL begins with http://; bodies may be gzip'd. The format is what the server says or, for a file,
OpenMetrics if it ends in `# EOF`. Without FILE, what is piped into the program is read, else a bundled
body of an Envoy.

Labels that all series of a family share are shown once. Histograms are drawn with their buckets, or
sketched in a row where a family has many. At the end stands what is wrong: errors, for any of which
Prometheus drops the whole scrape, and warnings, for lines that it accepts and that do not go with
their family. The exit code is 1 if there is either.

Options:
      --match PATTERN            only families whose name begins with this, a name or a regex
      --limit N                  series shown of each family, 0 for all (default 10)
      --lenient                  take what other readers of the text format take; what Prometheus
                                 would not take is shown at the end, each with its line
      --strict                   print instead what in the body is against the specification of
                                 OpenMetrics, each with its rule and its line; of OpenMetrics 2.0
                                 also the advice that it does not follow, which leaves the exit code 0
      --format text|openmetrics|openmetrics2
                                 the format of the body
      --max-body SIZE            the longest body, without compression, such as 1GiB; 0 for no limit
                                 (default 256MiB)
      --color auto|always|never  colours (default auto: on a terminal, unless NO_COLOR is set)
      --width N                  columns of the page (default: the terminal's, or 100)
  -h, --help                     this text
";

struct Arguments {
    from: Option<OsString>,
    wanted: Option<Regex>,
    limit: usize,
    strict: bool,
    reading: Reading,
    page: Page,
}

fn parse(mut parser: lexopt::Parser) -> Result<Asked<Arguments>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut arguments = Arguments {
        from: None,
        wanted: None,
        limit: 10,
        strict: false,
        reading: Reading {
            lenient: Some(false),
            ..Reading::default()
        },
        page: Page::of_stdout(),
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Asked::Help),
            Long("match") => {
                let wanted = parser
                    .value()?
                    .parse_with(|p| Regex::new(&format!("^(?:{p})")))?;
                arguments.wanted = Some(wanted);
            }
            Long("limit") => {
                arguments.limit = match parser.value()?.parse()? {
                    0 => usize::MAX,
                    limit => limit,
                };
            }
            Long("lenient") => arguments.reading.lenient = Some(true),
            Long("strict") => arguments.strict = true,
            Long("format") => {
                arguments.reading.format = Some(parser.value()?.parse_with(source::format)?);
            }
            Long("max-body") => {
                arguments.reading.max_body = parser.value()?.parse_with(source::size)?;
            }
            Long("color") => match parser.value()?.string()?.as_str() {
                "auto" => {}
                "always" => arguments.page.colours = true,
                "never" => arguments.page.colours = false,
                _ => return Err("--color takes auto, always or never".into()),
            },
            Long("width") => arguments.page.width = parser.value()?.parse()?,
            Value(value) if arguments.from.is_none() => arguments.from = Some(value),
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Asked::Run(arguments))
}

fn run(arguments: Arguments, out: &mut dyn Write) -> Result<bool, Box<dyn Error>> {
    let source = match &arguments.from {
        Some(from) => source::fetch(from, arguments.reading)?,
        None => {
            eprintln!("note: no FILE or URL is given: this is an Envoy body that comes along");
            Source::headless(BUNDLED, arguments.reading)?
        }
    };
    match arguments.strict {
        true => lint(&source, &arguments.page, out),
        false => print(&source, &arguments, out),
    }
}

/// Prints violations of the specification, then how often each rule is broken. A body that nobody declares to
/// be text is OpenMetrics: one without `# EOF` breaks a rule.
fn lint(source: &Source, page: &Page, out: &mut dyn Write) -> Result<bool, Box<dyn Error>> {
    if source.is_told && !source.format.is_openmetrics() {
        return Err(format!(
            "--strict is about OpenMetrics, and this body is {}",
            source.format
        )
        .into());
    }
    let violations = match source.dialect {
        Dialect::OpenMetrics2 => strict::check_openmetrics2(&source.body),
        _ => strict::check(&source.body),
    };
    let mut broken: BTreeMap<(Reverse<strict::Severity>, String), usize> = BTreeMap::new();
    for violation in violations {
        writeln!(out, "{}", violation.render())?;
        let rule = (Reverse(violation.severity()), violation.rule().to_string());
        *broken.entry(rule).or_default() += 1;
    }
    let is_valid = (broken.keys()).all(|(severity, _)| severity.0 < strict::Severity::Error);
    if is_valid {
        writeln!(out, "{}", page.ink(Ink::Well, "no rule is broken"))?;
    }
    for ((severity, rule), times) in &broken {
        let line = match severity.0 {
            strict::Severity::Error => format!("{rule}: {times}"),
            severity => format!("{severity}: {rule}: {times}"),
        };
        writeln!(out, "{}", page.ink(Ink::Wrong, &line))?;
    }
    Ok(is_valid)
}

fn print(
    source: &Source,
    arguments: &Arguments,
    out: &mut dyn Write,
) -> Result<bool, Box<dyn Error>> {
    let start = Instant::now();
    let collected = source.families().read_all();
    let took = start.elapsed();

    let is_wanted = |family: &&MetricFamily<'_>| match &arguments.wanted {
        Some(wanted) => wanted.is_match(&family.name),
        None => true,
    };
    let shown: Vec<&MetricFamily<'_>> = collected.families.iter().filter(is_wanted).collect();
    let mut show = Show::new(arguments.page, arguments.limit, out);
    for family in &shown {
        show.family(family)?;
    }
    if !shown.is_empty() {
        writeln!(out)?;
    }
    let page = arguments.page;
    let all = &collected.families;
    if shown.len() < all.len() {
        let all = number::counted(all.len(), "family", "families");
        writeln!(out, "{} of {all} shown", shown.len())?;
    }
    writeln!(out, "{}", totals(all, source.body.len(), took))?;
    for (ink, line) in verdict_on(&collected.errors) {
        writeln!(out, "{}", page.ink(ink, &line))?;
    }
    if source.dialect == Dialect::Lenient {
        let as_prometheus = Families::new(&source.body, Dialect::Text).read_all();
        for (ink, line) in verdict_on(&as_prometheus.errors) {
            writeln!(
                out,
                "{}",
                page.ink(ink, &format!("without --lenient: {line}"))
            )?;
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
    for error in errors {
        writeln!(out, "\n{}", verdict::rendered(error))?;
    }
    Ok(collected.errors.is_empty())
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

fn main() -> ExitCode {
    program::main(HELP, parse, |mut arguments, out| {
        if arguments.from.is_none() && source::is_piped() {
            arguments.from = Some("-".into());
        }
        run(arguments, out)
    })
}

#[cfg(test)]
#[path = "support/families_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "support/source_tests.rs"]
mod source_tests;
