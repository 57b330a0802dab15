//! Prints the lines of a body as JSON, to compare parsers.

use std::error::Error;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use exposition::Parser;

#[path = "../tests/support/conformance/entries.rs"]
mod entries;
#[path = "support/program.rs"]
mod program;
#[path = "support/source.rs"]
mod source;

use program::Asked;
use source::Reading;

const HELP: &str = "\
Prints the lines of an exposition as JSON, one object a line.

Usage: lines [OPTIONS] [FILE | URL | -]

  {\"e\":\"help\",\"name\",\"text\"}  {\"e\":\"type\",\"name\",\"type\"}  {\"e\":\"unit\",\"name\",\"unit\"}
  {\"e\":\"comment\",\"text\"}
  {\"e\":\"series\",\"labels\":[[name,value],…],\"value\",\"bits\",\"ts\",\"exemplars\"}
  {\"e\":\"eof\"} at the end, or {\"e\":\"error\",\"msg\"} for the first line in error
  {\"e\":\"lenient\",\"what\",\"line\",\"column\",\"byte\"} before a line that --lenient takes and Prometheus
      does not, for each thing in it

Labels are those that Prometheus stores, with the name as __name__. `bits` is the value as a 64-bit
float in hex, `ts` the timestamp in milliseconds. What is not UTF-8 appears as {\"b64\":…}. The exit
code is 1 if a line is in error.

The format is what the server says or, for a file, OpenMetrics if it ends in `# EOF`. Without FILE,
what is piped into the program is read.

Options:
      --format text|openmetrics|openmetrics2
                                 the format of the body
      --max-body SIZE            the longest body, without compression, such as 1GiB; 0 for no limit
                                 (default 256MiB)
      --lenient                  take what other readers of the text format take
      --go-on                    go on after an error, to the next line
  -h, --help                     this text
";

struct Arguments {
    from: OsString,
    reading: Reading,
    go_on: bool,
}

fn parse(mut parser: lexopt::Parser) -> Result<Asked<Arguments>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut from = None;
    let mut reading = Reading {
        lenient: Some(false),
        ..Reading::default()
    };
    let mut go_on = false;
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Asked::Help),
            Long("format") => reading.format = Some(parser.value()?.parse_with(source::format)?),
            Long("max-body") => reading.max_body = parser.value()?.parse_with(source::size)?,
            Long("lenient") => reading.lenient = Some(true),
            Long("go-on") => go_on = true,
            Value(value) if from.is_none() => from = Some(value),
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Asked::Run(Arguments {
        from: (from.or_else(|| source::is_piped().then(|| "-".into())))
            .ok_or("no FILE is given")?,
        reading,
        go_on,
    }))
}

fn run(arguments: Arguments, out: &mut dyn Write) -> Result<bool, Box<dyn Error>> {
    let source = source::fetch_lines(&arguments.from, arguments.reading)?;
    let mut well = true;
    let mut parser = Parser::new(&source.body, source.dialect).note_leniencies();
    while let Some(line) = parser.next() {
        for leniency in parser.take_leniencies() {
            writeln!(out, "{}", entries::lenient(&leniency))?;
        }
        let entry = match line {
            Ok(line) => entries::entry(&line),
            Err(error) => {
                well = false;
                Some(entries::error(&error))
            }
        };
        if let Some(entry) = entry {
            writeln!(out, "{entry}")?;
        }
        if !well && !arguments.go_on {
            return Ok(well);
        }
    }
    // Those of blank lines at the end.
    for leniency in parser.take_leniencies() {
        writeln!(out, "{}", entries::lenient(&leniency))?;
    }
    writeln!(out, "{}", entries::end())?;
    Ok(well)
}

fn main() -> ExitCode {
    program::main(HELP, parse, run)
}
