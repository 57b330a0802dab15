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
            eprintln!("error: {error}");
            let mut source = error.source();
            while let Some(error) = source {
                eprintln!("  because: {error}");
                source = error.source();
            }
            ExitCode::from(TROUBLE)
        }
    }
}

/// Tells whether writing to standard output failed, and nothing else.
fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
