//! Runs files of test cases through the crate and counts the agreements.

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

#[path = "../tests/support/conformance/mod.rs"]
mod conformance;
#[path = "../tests/support/program.rs"]
mod program;

use program::Asked;

const HELP: &str = "\
Runs files of test cases and compares the outcome with the expected one.

Usage: conformance [OPTIONS] FILE...

Each line of a FILE is a case, a JSON object whose fields tell its form; gzip'd files are read as
well. For each FILE a line `NAME: N passed, M failed` is printed; the first differences follow in
full. The exit code is 1 if any case failed. Cases of rules and of monitors need --all-features.

Options:
      --show N  differences shown for each file (default 3)
  -h, --help    this text
";

struct Arguments {
    files: Vec<PathBuf>,
    show: usize,
}

fn parse(mut parser: lexopt::Parser) -> Result<Asked<Arguments>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut arguments = Arguments {
        files: Vec::new(),
        show: 3,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Asked::Help),
            Long("show") => arguments.show = parser.value()?.parse()?,
            Value(file) => arguments.files.push(file.into()),
            _ => return Err(argument.unexpected()),
        }
    }
    match arguments.files.is_empty() {
        true => Err("no FILE is given".into()),
        false => Ok(Asked::Run(arguments)),
    }
}

fn run(arguments: Arguments, out: &mut dyn Write) -> Result<bool, Box<dyn Error>> {
    let mut differences = Vec::new();
    let mut failed = 0;
    for file in &arguments.files {
        let report = conformance::run(file);
        let name = file.file_name().unwrap_or(file.as_os_str());
        let name = name.to_string_lossy().into_owned();
        let failures = report.failures;
        writeln!(
            out,
            "{name}: {} passed, {} failed",
            report.passed,
            failures.len()
        )?;
        for (reason, cases) in &report.beyond_reach {
            writeln!(out, "  {cases} of them beyond reach: {reason}")?;
        }
        for (reason, cases) in &report.in_part {
            writeln!(out, "  {cases} of them compared in part: {reason}")?;
        }
        failed += failures.len();
        for (id, difference) in failures.into_iter().take(arguments.show) {
            differences.push((name.clone(), id, difference));
        }
    }
    for (name, id, difference) in &differences {
        writeln!(out, "\n{name}, case {id}:\n{difference}")?;
    }
    if differences.len() < failed {
        writeln!(out, "\n{} more failed", failed - differences.len())?;
    }
    Ok(failed == 0)
}

fn main() -> ExitCode {
    program::main(HELP, parse, run)
}
