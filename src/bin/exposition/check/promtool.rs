//! The words of `promtool check metrics`.

use std::io::{self, IsTerminal as _};

use clap::ValueEnum;
use exposition::lint::promtool;

use crate::console::Console;
use crate::failure::Usage;
use crate::outcome::Outcome;

/// What promtool looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LintSet {
    /// Everything
    All,
    /// Nothing; with --extended
    None,
}

/// What promtool is asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Promtool {
    lint: LintSet,
    extended: bool,
}

impl Promtool {
    pub(super) fn new(lint: LintSet, extended: bool) -> Result<Self, Usage> {
        match (lint, extended) {
            (LintSet::None, false) => Err(Usage(
                "--lint none leaves nothing to do without --extended".to_owned(),
            )),
            _ => Ok(Promtool { lint, extended }),
        }
    }

    /// Prints what promtool prints of a body: problems to standard error, cardinalities to standard output.
    pub(super) fn print(self, body: &[u8], console: &mut Console<'_>) -> io::Result<Outcome> {
        let mut outcome = Outcome::Fine;
        if self.lint == LintSet::All {
            match promtool::check(body) {
                Ok(problems) => {
                    for problem in &problems {
                        outcome = Outcome::Findings;
                        console.tell(problem);
                    }
                }
                Err(refusal) => {
                    console.tell(format_args!("error while linting: {refusal}"));
                    return Ok(Outcome::Unreadable);
                }
            }
        }
        if self.extended {
            match promtool::extended(body) {
                // A terminal might obey a name.
                Ok(cardinalities) if io::stdout().is_terminal() => {
                    console.lines(&cardinalities.to_string())?;
                }
                Ok(cardinalities) => write!(console.out, "{cardinalities}")?,
                Err(refusal) => {
                    let doing = "error while parsing text to metric families";
                    console.tell(format_args!("{doing}: {refusal}"));
                    return Ok(Outcome::Unreadable);
                }
            }
        }
        Ok(outcome)
    }
}
