//! The command `exposition`: what a server's metrics say, what is wrong with them, and what becomes of them.

mod command_line;
mod console;
mod failure;
mod json;
mod outcome;
mod page;
mod remarks;
mod source;
mod targets;
mod verdict;

mod check;
mod convert;
mod diff;
mod generate;
mod lines;
mod merge;
mod monitor;
mod relabel;
mod rule_test;
mod show;
#[cfg(test)]
mod tests;
mod top;
mod watch;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _};

use command_line::{Arguments, Command};
use console::Console;
use failure::Usage;
use outcome::Outcome;

fn main() -> ExitCode {
    let matches = Arguments::command().get_matches();
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let stdout = io::stdout().lock();
    let mut out = io::BufWriter::with_capacity(1 << 16, stdout);
    let mut console = Console::new(&arguments.output, &mut out);
    let done = run(arguments.command, &mut console);
    let done = done.and_then(|outcome| Ok(out.flush().map(|()| outcome)?));
    match done {
        Ok(outcome) => outcome.into(),
        // The reader of the output has seen enough.
        Err(error) if failure::is_broken_pipe(&*error) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {}", failure::in_full(&*error));
            match error.is::<Usage>() {
                true => ExitCode::from(outcome::USAGE),
                false => Outcome::Unreadable.into(),
            }
        }
    }
}

fn run(command: Command, console: &mut Console<'_>) -> failure::Result<Outcome> {
    match command {
        Command::Show(show) => show.run(console),
        Command::Lines(lines) => lines.run(console),
        Command::Check(check) => check.run(console),
        Command::Top(top) => top.run(console),
        Command::Diff(diff) => diff.run(console),
        Command::Watch(watch) => watch.run(console),
        Command::Convert(convert) => convert.run(console),
        Command::Merge(merge) => merge.run(console),
        Command::Relabel(relabel) => relabel.run(console),
        Command::Monitor(monitor) => monitor.run(console),
        Command::Schema(schema) => schema.run(console),
        Command::Completions(completions) => completions.run(Arguments::command(), console),
        Command::Man(man) => man.run(Arguments::command(), console),
    }
}
