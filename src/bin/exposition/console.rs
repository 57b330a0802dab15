//! Where a command writes: results to standard output, remarks to standard error.

use std::error::Error;
use std::fmt::Display;
use std::io::{self, Write};

use clap::{Args, ColorChoice};

use crate::failure;
use crate::page::{Ink, Page, number, printable};

/// Options for what is printed, of all commands.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// When to use colours; auto means on a terminal, unless NO_COLOR is set
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: ColorChoice,
    /// Columns of the page [default: the terminal's, or 100]
    #[arg(long, global = true, value_name = "COLUMNS")]
    width: Option<usize>,
    /// Leave out notes; errors are still printed
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

impl OutputArgs {
    /// Returns the page of standard output.
    pub(crate) fn page(&self) -> Page {
        let mut page = Page::of_stdout();
        match self.color {
            ColorChoice::Auto => {}
            ColorChoice::Always => page.colours = true,
            ColorChoice::Never => page.colours = false,
        }
        page.width = self.width.unwrap_or(page.width);
        page
    }
}

/// Where a command writes.
pub(crate) struct Console<'o> {
    pub(crate) out: &'o mut dyn Write,
    pub(crate) page: Page,
    quiet: bool,
}

impl<'o> Console<'o> {
    pub(crate) fn new(output: &OutputArgs, out: &'o mut dyn Write) -> Self {
        Console {
            out,
            page: output.page(),
            quiet: output.quiet,
        }
    }

    /// Returns a console for remarks while results go elsewhere.
    #[cfg(feature = "parquet")]
    pub(crate) fn apart<'n>(&self, nowhere: &'n mut io::Sink) -> Console<'n> {
        Console {
            out: nowhere,
            page: self.page,
            quiet: self.quiet,
        }
    }

    /// Tells something that is good to know, unless `--quiet` is given.
    pub(crate) fn note(&self, note: impl Display) {
        if !self.quiet {
            say(format_args!("note: {note}"));
        }
    }

    /// Tells of an error after which the command goes on.
    pub(crate) fn error(&self, error: &(dyn Error + 'static)) {
        say(format_args!("error: {}", failure::in_full(error)));
    }

    /// Writes the title of a part to the results, after a blank line.
    pub(crate) fn title(&mut self, title: &str) -> io::Result<()> {
        writeln!(self.out, "\n{}", self.page.ink(Ink::Name, title))
    }

    /// Writes text that may come from a body to the results, line by line.
    pub(crate) fn lines(&mut self, text: &str) -> io::Result<()> {
        for line in text.trim_end().lines() {
            writeln!(self.out, "{}", printable(line))?;
        }
        Ok(())
    }

    /// Tells how many things are not among the results, if there are more than the limit.
    pub(crate) fn more(&mut self, all: usize, limit: usize, indent: usize) -> io::Result<()> {
        if all <= limit {
            return Ok(());
        }
        let more = number::grouped(all - limit);
        let more = format!("{:indent$}… and {more} more: --limit 0 shows all", "");
        writeln!(self.out, "{}", self.page.ink(Ink::Faint, &more))
    }

    /// Writes lines to standard error as they are.
    pub(crate) fn tell(&self, lines: impl Display) {
        say(lines);
    }
}

/// Nobody may be there to read standard error; that is no reason to end.
fn say(lines: impl Display) {
    let lines = lines.to_string();
    let shown: Vec<_> = lines.split('\n').map(printable).collect();
    let _ = writeln!(io::stderr().lock(), "{}", shown.join("\n"));
}
