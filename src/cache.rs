//! Reading the same target again and again.
//!
//! Scrape after scrape a server prints the same series in the same order, with other values.
//! [`ScrapeCache`] remembers the lines of the last body: a line that begins as the one at its place did
//! last time, up to the value, is not parsed again, but compared, and its number read. A series that is
//! known again keeps its [id](SeriesId), whatever place it has.
//!
//! ```
//! use exposition::cache::Change;
//! use exposition::{Dialect, ScrapeCache};
//!
//! let mut cache = ScrapeCache::new();
//! let first = cache.scrape(b"up{job=\"a\"} 1\nup{job=\"b\"} 1\n", Dialect::Prometheus);
//! let ids: Vec<_> = first.samples().map(|sample| sample.unwrap().id()).collect();
//!
//! let second = cache.scrape(b"up{job=\"b\"} 0\nup{job=\"c\"} 1\n", Dialect::Prometheus);
//! let samples: Vec<_> = second.samples().collect::<Result<_, _>>()?;
//! assert_eq!(samples[0].id(), ids[1]);
//! assert_eq!((samples[0].value(), samples[0].change()), (0.0, Change::Changed));
//! assert_eq!(samples[1].change(), Change::New);
//!
//! let gone: Vec<_> = second.vanished().collect();
//! assert_eq!(gone[0].id(), ids[0]);
//! assert_eq!(gone[0].labels().get("job").unwrap().value(), "a");
//! # Ok::<(), exposition::Error>(())
//! ```
//!
//! What it gives is what a [`Parser`](crate::Parser) gives of that body alone: the same lines, values
//! and errors, in the same places. [`Pass::only`] chooses among them as a parser with that
//! [`Filter`](crate::Filter) does, and [`Pass::leniencies`] tells what was taken in lenient reading.
//!
//! # What it costs
//!
//! At most, whatever bodies follow each other. *Parsed* is what a [`Parser`](crate::Parser) does;
//! *compared* is less: the line is held against the one at its place, and its number read.
//!
//! | what | time | memory |
//! |---|---|---|
//! | a body that is the same, or has other values, timestamps in milliseconds or seconds | its lines are compared | none |
//! | other exemplars; lines in error; what only lenient reading takes; names that are not UTF-8; the line after a blank one | those lines are parsed, the others compared | the exemplars' text |
//! | `k` lines that are others, or elsewhere | those, and a line after each gap, are parsed and looked up by their series; the others are compared, and from the first one on entered in the list again | the text of new lines, and what each takes |
//! | every series another one, or another dialect | all lines are parsed and looked up, and all former ones looked at once | that of a first body |
//! | dropping what has gone, when that is more than what has not | what is left is copied, at most once for as much as has gone | a second copy meanwhile |
//! | [`Pass::lines`], [`samples`](Pass::samples) | for each line the same; lines in error are parsed again | none |
//! | [`Pass::vanished`] | for each series that has gone | none |
//! | [`ScrapeCache::len`] | the same, however much was held before | none |
//! | what is held | | some 130 bytes for each series and its text, 32 for each line; of the last three bodies at most 80 bytes for each byte, and 256 KiB |

mod compare;
mod follow;
mod line;
mod pass;
mod read;
mod store;
mod tails;

use std::fmt;

pub use line::Change;
pub use pass::{CachedLine, CachedSample, CachedSeries, Lines, Pass, Samples, SeriesId};

use fearless_simd::Level;

use crate::dialect::{Dialect, Limits};
use crate::engine::{Between, Engine};
use follow::Rules;
use read::{Place, Reading};
use store::{MAX_BODY, Store};
use tails::Tails;

/// What the bodies of one target have in common, scrape after scrape: see [the module](self).
///
/// It holds the series and the other lines of the last body, in a few arrays: their text without the
/// values, and some hundred bytes for each. What a body no longer has is dropped once it is more than what
/// the last one has; at no time more is held than the last three bodies would take. After a body that was
/// much larger, the second one gives its room back. Nothing is allocated for a sample that was there before.
pub struct ScrapeCache {
    limits: Limits,
    engine: Engine,
    level: Level,
    store: Store,
    tails: Tails,
    lines: read::Lines,
}

impl ScrapeCache {
    /// A cache that knows nothing.
    #[must_use]
    pub fn new() -> Self {
        ScrapeCache {
            limits: Limits::new(),
            engine: Engine::new(Dialect::default()),
            level: Level::new(),
            store: Store::default(),
            tails: Tails::default(),
            lines: read::Lines::default(),
        }
    }

    /// With other limits than the default ones. To be set before the first body is read. A body of
    /// more than 1 GiB is too long whatever the limits say.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Reads a body of the target.
    ///
    /// All of it is read here, lines in error as well; [`Pass`] shows what was read. If the dialect is
    /// another one than that of the last body, every line is parsed; series keep their ids.
    pub fn scrape<'c>(&'c mut self, body: &'c [u8], dialect: Dialect) -> Pass<'c> {
        self.read(body, dialect);
        self.pass(body)
    }

    /// Reads a body. Returns the new numbers of the series by their former ones, if they are given some;
    /// `None` is for a series that was gone.
    pub(crate) fn read(&mut self, body: &[u8], dialect: Dialect) -> Option<Vec<Option<u32>>> {
        let renumbered = self.store.tidy(&mut self.lines.now, &mut self.tails);
        self.lines.tidy();
        let trusted = self.engine.dialect == dialect;
        self.engine.dialect = dialect;
        self.engine.limits = self.limits.body(self.limits.body.min(MAX_BODY));
        self.engine.go_on(Between::START);
        self.engine.clear_leniencies();
        if dialect == Dialect::Lenient {
            self.engine.note_leniencies();
        }
        let reading = Reading {
            level: self.level,
            store: &mut self.store,
            tails: &mut self.tails,
            lines: &mut self.lines,
            within: self.engine.within_body(body),
            engine: &mut self.engine,
            rules: Rules {
                dialect,
                max_line: self.limits.line,
            },
            body,
            place: Place::START,
        };
        reading.read(trusted);
        renumbered
    }

    /// Shows what was read, which is that body.
    pub(crate) fn pass<'c>(&'c self, body: &'c [u8]) -> Pass<'c> {
        Pass { cache: self, body }
    }

    /// The numbers of the series that were in the body before the last one and not in the last.
    #[cfg(feature = "relabel")]
    pub(crate) fn gone_numbers(&self) -> impl Iterator<Item = u32> {
        self.lines.gone.iter().copied()
    }

    /// How many series the last body had.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lines.series
    }

    /// Whether the last body had no series, or none has been read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets everything. Ids are not given again all the same.
    pub fn clear(&mut self) {
        *self = ScrapeCache {
            store: Store::new(self.store.next_id()),
            ..ScrapeCache::new().limits(self.limits)
        };
    }
}

impl Default for ScrapeCache {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for ScrapeCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScrapeCache")
            .field("series", &self.len())
            .finish_non_exhaustive()
    }
}
