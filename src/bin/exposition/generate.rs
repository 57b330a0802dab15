//! `completions`, `man` and `schema`: what shells, `man` and programs want to know of the command.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
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

/// Print the JSON Schema of what a command prints with --json
///
/// Without COMMAND, the names of the commands are printed. What shapes have in common is in the schema `common`, to
/// which the others refer as `common.json`.
#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// The command whose shape is described, or `common`
    #[arg(value_name = "COMMAND", value_parser = PossibleValuesParser::new(SCHEMAS.map(|(name, _)| name)))]
    name: Option<String>,
}

/// Returns the schema of that name with its name.
macro_rules! schema {
    ($name:literal) => {
        ($name, include_str!(concat!("schema/", $name, ".json")))
    };
}

/// The schemas, by command.
const SCHEMAS: [(&str, &str); 12] = [
    schema!("show"),
    schema!("lines"),
    schema!("check"),
    schema!("top"),
    schema!("diff"),
    schema!("watch"),
    schema!("convert"),
    schema!("merge"),
    schema!("relabel"),
    schema!("monitor"),
    schema!("relabel-test"),
    schema!("common"),
];

impl Schema {
    pub(crate) fn run(&self, console: &mut Console<'_>) -> Result<Outcome> {
        for (name, schema) in SCHEMAS {
            match &self.name {
                None => writeln!(console.out, "{name}")?,
                Some(wanted) if wanted == name => writeln!(console.out, "{}", schema.trim_end())?,
                Some(_) => {}
            }
        }
        Ok(Outcome::Fine)
    }
}
