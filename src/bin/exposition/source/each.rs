//! The bodies of a command, one after another.

use std::ffi::OsString;
use std::io;

use super::Source;
use super::arguments::{Bodies, ReadingArgs};
use super::fetch::Fetcher;
use super::inputs::expanded;
use crate::console::Console;
use crate::failure::Result;
use crate::outcome::Outcome;
use crate::page::{Ink, printable};

/// A source's place among those of a command.
pub(crate) struct Place {
    number: usize,
    of: usize,
}

impl Place {
    /// Writes the name of the source, where there are several.
    pub(crate) fn head(&self, source: &Source, console: &mut Console<'_>) -> io::Result<()> {
        if self.of > 1 {
            if self.number > 0 {
                writeln!(console.out)?;
            }
            let name = format!("== {} ==", printable(&source.name));
            writeln!(console.out, "{}\n", console.page.ink(Ink::Name, &name))?;
        }
        Ok(())
    }
}

/// Does something with each body. One that cannot be had is told, and the others are still read.
pub(crate) fn each(
    from: &[OsString],
    reading: &ReadingArgs,
    console: &mut Console<'_>,
    mut with: impl FnMut(Source, Place, &mut Console<'_>) -> Result<Outcome>,
) -> Result<Outcome> {
    let mut outcome = Outcome::Fine;
    let of = from.len();
    let fetcher = Fetcher::new(reading);
    for (number, from) in from.iter().enumerate() {
        match fetcher.fetch(from) {
            Ok(source) => {
                outcome = outcome.and(with(source, Place { number, of }, console)?);
            }
            Err(error) => {
                console.error(&*error);
                outcome = Outcome::Unreadable;
            }
        }
    }
    Ok(outcome)
}

/// What an Istio sidecar printed: Envoy 1.40, 2 MB.
pub(crate) const ENVOY: &[u8] = include_bytes!("../data/envoy.prom.gz");

/// Does something with each body; without any, with a bundled one of an Envoy.
pub(crate) fn each_or_bundled(
    bodies: &Bodies,
    reading: &ReadingArgs,
    console: &mut Console<'_>,
    mut with: impl FnMut(Source, Place, &mut Console<'_>) -> Result<Outcome>,
) -> Result<Outcome> {
    let from = expanded(&bodies.from, console)?;
    if !from.is_empty() {
        return each(&from, reading, console, with);
    }
    console.note("no BODY is given: this is one of an Envoy that comes along");
    let source = Source::bundled("envoy.prom.gz", ENVOY, reading)?;
    with(source, Place { number: 0, of: 1 }, console)
}
