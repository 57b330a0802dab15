//! `completions` and `man`: what a shell and `man` want to know of the command.

use std::path::PathBuf;

use clap::{Args, Command};
use clap_complete::Shell;

use crate::console::Console;
use crate::failure::Result;
use crate::outcome::Outcome;

/// Print completions for a shell
///
/// For bash, for example: `exposition completions bash > ~/.local/share/bash-completion/completions/exposition`.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    /// Prints completions of this command line.
    pub(crate) fn run(&self, mut command: Command, console: &mut Console<'_>) -> Result<Outcome> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "exposition", &mut script);
        console.out.write_all(&script)?;
        Ok(Outcome::Fine)
    }
}

/// Print the man page, or write the pages of all commands to a directory
///
/// For example: `exposition man | man -l -`.
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// The directory to write exposition.1, exposition-show.1 and so on to
    #[arg(value_name = "DIR")]
    directory: Option<PathBuf>,
}

impl Man {
    /// Prints the page of this command line, or writes those of its commands.
    pub(crate) fn run(&self, command: Command, console: &mut Console<'_>) -> Result<Outcome> {
        match &self.directory {
            Some(directory) => clap_mangen::generate_to(command, directory)
                .map_err(|error| format!("{}: {error}", directory.display()))?,
            None => clap_mangen::Man::new(command).render(&mut *console.out)?,
        }
        Ok(Outcome::Fine)
    }
}
