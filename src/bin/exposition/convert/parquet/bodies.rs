//! The bodies of a table, got one after another, and what is wrong with them.

use std::ffi::OsStr;
use std::fs;
use std::io::Cursor;
use std::slice;
use std::time::{SystemTime, UNIX_EPOCH};
use std::vec;

use exposition::HistogramOptions;
use exposition::arrow::Body;

use super::places::{Place, Places};
use crate::console::Console;
use crate::outcome::Outcome;
use crate::source::{self, Fetcher, ReadingArgs, Source};
use crate::verdict;

/// What has been read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tally {
    /// How many bodies were read.
    pub(super) bodies: u64,
    /// How many could not be had.
    pub(super) unreadable: u64,
    /// How many lines, or parts of a body, are in error.
    pub(super) errors: u64,
    pub(super) outcome: Outcome,
}

/// Gets one body after another. What is wrong with each is told when its turn comes.
pub(super) struct Bodies<'b> {
    places: vec::IntoIter<Place>,
    fetcher: Fetcher<'b>,
    console: &'b Console<'b>,
    /// Whether there is only one, of which more is told.
    is_one: bool,
    tally: Tally,
}

impl<'b> Bodies<'b> {
    pub(super) fn new(places: Places, reading: &'b ReadingArgs, console: &'b Console<'b>) -> Self {
        let tally = Tally {
            bodies: 0,
            unreadable: places.unreadable,
            errors: 0,
            outcome: match places.unreadable {
                0 => Outcome::Fine,
                _ => Outcome::Unreadable,
            },
        };
        Bodies {
            is_one: places.all.len() == 1,
            places: places.all.into_iter(),
            fetcher: Fetcher::new(reading),
            console,
            tally,
        }
    }

    /// Returns what has been read so far.
    pub(super) fn tally(&self) -> Tally {
        self.tally
    }

    /// Tells what is wrong with a body.
    fn tell(&mut self, source: &Source) {
        let outcome = source.tell(false, self.console);
        self.tally.outcome = self.tally.outcome.and(outcome);
        if self.is_one {
            source.note_reason(self.console);
        }
        // A table has errors only in words. What they mean for a scrape, and the lines they are in, need the body.
        let forms = HistogramOptions::new().native(true).keep_classic(true);
        let mut samples = source.samples().histograms(forms);
        loop {
            match samples.next_entry() {
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(error) => {
                    let outcome = verdict::outcome(slice::from_ref(&error));
                    self.tally.outcome = self.tally.outcome.and(outcome);
                    self.tally.errors += 1;
                    self.console.tell(verdict::rendered(&error, &source.name));
                }
            }
        }
    }
}

impl Iterator for Bodies<'_> {
    type Item = Body<Cursor<Vec<u8>>>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Place { from, target } = self.places.next()?;
            match self.fetcher.fetch(&from) {
                Ok(source) => {
                    self.tell(&source);
                    self.tally.bodies += 1;
                    let body = Body::new(target, source.format, Cursor::new(source.body));
                    return Some(match scraped_at(&from) {
                        Some(millis) => body.scraped_at(millis),
                        None => body,
                    });
                }
                Err(error) => {
                    self.console.error(&*error);
                    self.tally.unreadable += 1;
                    self.tally.outcome = Outcome::Unreadable;
                }
            }
        }
    }
}

/// Returns when a body was scraped, in milliseconds since the Unix epoch: a file when it was modified, what a server
/// answers now. Of a pipe it is not known.
fn scraped_at(from: &OsStr) -> Option<i64> {
    if from.to_str().is_some_and(source::is_url) {
        return millis(SystemTime::now());
    }
    let about = fs::metadata(from)
        .ok()
        .filter(|about| about.is_file() && from != "-")?;
    millis(about.modified().ok()?)
}

fn millis(time: SystemTime) -> Option<i64> {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).ok(),
        Err(before) => i64::try_from(before.duration().as_millis())
            .ok()
            .map(|millis| -millis),
    }
}
