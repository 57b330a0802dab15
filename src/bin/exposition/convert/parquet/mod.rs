//! `convert --to parquet`: the samples of any number of bodies as one table.

mod bodies;
mod new_file;
mod places;
mod table;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use clap::Args;
use exposition::arrow::{Batch, BatchReader, errors_schema, samples_schema};
use serde_json::{Value, json};

use crate::console::Console;
use crate::failure::{Result, Usage};
use crate::outcome::Outcome;
use crate::page::number;
use crate::source::{self, ReadingArgs};

use bodies::{Bodies, Tally};
use places::Places;
use table::{Output, Size, Table};

/// Options for tables.
#[derive(Debug, Args)]
#[command(next_help_heading = "Parquet")]
pub(super) struct ParquetArgs {
    /// The file to write, which has this name once it is whole [default: standard output, unless it is a terminal]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write the errors of lines to this file too: a second table
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
}

impl ParquetArgs {
    /// Checks that no option is given that is for tables alone.
    pub(super) fn fit_for_body(&self) -> Result<()> {
        match (&self.output, &self.errors) {
            (None, None) => Ok(()),
            (Some(_), _) => Err(Usage("--output is for --to parquet".to_owned()).into()),
            (None, Some(_)) => Err(Usage("--errors is for --to parquet".to_owned()).into()),
        }
    }

    /// Writes the tables.
    pub(super) fn run(
        &self,
        from: &[OsString],
        reading: &ReadingArgs,
        json: bool,
        console: &mut Console<'_>,
    ) -> Result<Outcome> {
        self.check(json)?;
        let from = source::expanded_with_directories(from, console)?;
        if from.is_empty() {
            return Err(Usage("no BODY is given".to_owned()).into());
        }
        let written: Vec<&Path> = self.files().collect();
        let mut nowhere = io::sink();
        let remarks = console.apart(&mut nowhere);
        let places = Places::of(&from, &written, &remarks);
        let mut bodies = Bodies::new(places, reading, &remarks);
        let size = self.write(&mut bodies, reading, console)?;
        let tally = bodies.tally();
        match json {
            true => writeln!(console.out, "{}", self.json(&tally, size))?,
            false => self.tell(&tally, size, console),
        }
        Ok(tally.outcome)
    }

    /// Writes the tables of bodies. Returns the size of that of samples.
    fn write(
        &self,
        bodies: &mut Bodies<'_>,
        reading: &ReadingArgs,
        console: &mut Console<'_>,
    ) -> Result<Size> {
        let output = match &self.output {
            Some(file) => Output::file(file)?,
            None => Output::Standard(&mut *console.out),
        };
        let mut samples = Table::new(samples_schema(), output)?;
        let mut errors = match &self.errors {
            Some(file) => Some(Table::new(errors_schema(), Output::file(file)?)?),
            None => None,
        };
        for batch in BatchReader::new(bodies).limits(reading.limits()) {
            match (batch?, &mut errors) {
                (Batch::Samples(batch), _) => samples.write(&batch)?,
                (Batch::Errors(batch), Some(errors)) => errors.write(&batch)?,
                _ => {}
            }
        }
        let size = samples.finish()?;
        if let Some(errors) = errors {
            errors.finish()?;
        }
        Ok(size)
    }

    /// Returns the files that are written.
    fn files(&self) -> impl Iterator<Item = &Path> {
        self.output.iter().chain(&self.errors).map(PathBuf::as_path)
    }

    /// Checks that every result has a place to go.
    fn check(&self, json: bool) -> Result<()> {
        let wrong = match &self.output {
            None if json => "--json needs --output FILE, for both go to standard output",
            None if io::stdout().is_terminal() => {
                "Parquet is not for a terminal; --output FILE writes a file"
            }
            Some(_) if self.output == self.errors => "--output and --errors are the same file",
            _ => return Ok(()),
        };
        Err(Usage(wrong.to_owned()).into())
    }

    /// Tells what was written to files.
    fn tell(&self, tally: &Tally, samples: Size, console: &Console<'_>) {
        let counted = |count, one, many| number::counted(number::whole(count), one, many);
        if let Some(file) = &self.output {
            let (rows, bodies) = (
                counted(samples.rows, "sample", "samples"),
                counted(tally.bodies, "body", "bodies"),
            );
            console.note(format_args!("{}: {rows} of {bodies}", file.display()));
        }
        if let Some(file) = &self.errors {
            let errors = counted(tally.errors, "error", "errors");
            console.note(format_args!("{}: {errors}", file.display()));
        }
    }

    /// Returns what was written for `--json`.
    fn json(&self, tally: &Tally, samples: Size) -> Value {
        let named = |file: Option<&PathBuf>| file.map(|file| file.display().to_string());
        json!({
            "to": "Parquet",
            "output": named(self.output.as_ref()),
            "errors_output": named(self.errors.as_ref()),
            "bodies": tally.bodies,
            "unreadable": tally.unreadable,
            "rows": samples.rows,
            "bytes": samples.bytes,
            "errors": tally.errors,
        })
    }
}
