//! Writes a body in another format.

use std::error::Error;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use exposition::{Encoder, EscapingScheme, Families, Format, ScrapeProtocol};

#[path = "support/program.rs"]
mod program;
#[path = "support/source.rs"]
mod source;

use program::Asked;

const HELP: &str = "\
Writes the families of an exposition in another format.

Usage: convert [OPTIONS] --to text|openmetrics FILE | URL | -

Each family is written once, in the order of their first lines. Lines in error are shown on standard
error and left out; the exit code is 1 then. The format of the body is what the server says or, for a
file, OpenMetrics if it ends in `# EOF`.

Options:
      --to text|openmetrics  the format to write: text 1.0.0, or OpenMetrics 1.0.0
      --escaping SCHEME      for names beyond letters, digits, `_` and `:`: allow-utf-8 (the default),
                             underscores, dots or values
      --lossy                leave out what the format has no place for, instead of failing: units and
                             exemplars in text
      --like-go              write as Go's client library does, to the byte
      --format text|openmetrics
                             the format of the body
      --lenient              take what other readers of the text format take, with a note for
                             each place
  -h, --help                 this text
";

struct Arguments {
    from: OsString,
    format: Option<Format>,
    to: Format,
    lenient: bool,
    lossy: bool,
    like_go: bool,
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
    let (mut from, mut format, mut to) = (None, None, None);
    let mut escaping = EscapingScheme::AllowUtf8;
    let (mut lenient, mut lossy, mut like_go) = (false, false, false);
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Asked::Help),
            Long("to") => to = Some(parser.value()?.parse_with(protocol)?),
            Long("escaping") => escaping = parser.value()?.parse()?,
            Long("format") => format = Some(parser.value()?.parse_with(source::format)?),
            Long("lenient") => lenient = true,
            Long("lossy") => lossy = true,
            Long("like-go") => like_go = true,
            Value(value) if from.is_none() => from = Some(value),
            _ => return Err(argument.unexpected()),
        }
    }
    let to = to.ok_or("no format is given with --to")?;
    Ok(Asked::Run(Arguments {
        from: from.ok_or("no FILE is given")?,
        format,
        to: Format::new(to).with_escaping(escaping),
        lenient,
        lossy,
        like_go,
    }))
}

fn run(arguments: Arguments, out: &mut dyn Write) -> Result<bool, Box<dyn Error>> {
    let source = source::fetch(&arguments.from, arguments.format)?;
    let dialect = source.dialect(arguments.lenient);
    let collected = Families::new(&source.body, dialect).collected();
    let mut encoder = Encoder::to_io(out, arguments.to)?
        .lossy(arguments.lossy)
        .like_client_golang(arguments.like_go);
    for family in &collected.families {
        encoder.reserve(family);
    }
    for family in &collected.families {
        encoder.family(family)?;
    }
    let left_out = encoder.left_out();
    encoder.finish()?;
    for error in &collected.errors {
        eprint!("{}", error.render());
    }
    for leniency in &collected.leniencies {
        eprintln!("note: {leniency}");
    }
    if left_out.units + left_out.exemplars > 0 {
        eprintln!(
            "note: {} units and {} exemplars are left out",
            left_out.units, left_out.exemplars
        );
    }
    Ok(collected.errors.is_empty())
}

fn main() -> ExitCode {
    program::main(HELP, parse, run)
}
