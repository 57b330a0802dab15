//! The frame of the programs that measure: help, errors, a pipe that closes early.

use std::error::Error;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

/// The exit code of a program that could not do its work.
const TROUBLE: u8 = 2;

/// What a command line asks for.
pub(crate) enum Asked<A> {
    /// `--help`
    Help,
    /// To run, with these arguments.
    Run(A),
}

/// Reads the arguments with `parse` and runs `run`, which writes to standard output and returns whether all
/// went well: exit code 0, otherwise 1. An error is shown and gives exit code 2.
pub(crate) fn main<A>(
    help: &str,
    parse: impl FnOnce(lexopt::Parser) -> Result<Asked<A>, lexopt::Error>,
    run: impl FnOnce(A, &mut dyn Write) -> Result<bool, Box<dyn Error>>,
) -> ExitCode {
    let mut out = BufWriter::new(io::stdout().lock());
    let done = match parse(lexopt::Parser::from_env()) {
        Ok(Asked::Help) => write!(out, "{help}").map(|()| true).map_err(Into::into),
        Ok(Asked::Run(arguments)) => run(arguments, &mut out),
        Err(error) => Err(format!("{error}; --help tells more").into()),
    };
    match done.and_then(|well| Ok(out.flush().map(|()| well)?)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // The reader of the output has seen enough.
        Err(error) if is_broken_pipe(&*error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", in_full(&*error));
            ExitCode::from(TROUBLE)
        }
    }
}

/// Returns an error and its sources.
fn chain<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// Returns an error's message, with what its sources add.
fn in_full(error: &(dyn Error + 'static)) -> String {
    chain(error).fold(String::new(), |said, error| {
        let words = error.to_string();
        match said.as_str() {
            "" => words,
            // Some crates repeat the source's message in their own.
            _ if said.contains(&words) => said,
            _ => format!("{said}: {words}"),
        }
    })
}

/// Tells whether a broken pipe is among the causes, at any depth.
pub(crate) fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    chain(error)
        .filter_map(|error| error.downcast_ref::<io::Error>())
        .any(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
