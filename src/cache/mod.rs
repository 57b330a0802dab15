//! Reads the same target repeatedly.
//!
//! A server prints the same series in the same order in every scrape, with other values. [`ScrapeCache`]
//! remembers the lines of the last body. A line that begins, up to the value, as the line in its place
//! did last time is compared instead of parsed again, and only its number is read. A known series keeps
//! its [id](SeriesId), wherever it is in the body.
//!
//! ```
//! use exposition::cache::Change;
//! use exposition::{Dialect, ScrapeCache};
//!
//! let mut cache = ScrapeCache::new();
//! let mut first = cache.read(b"up{job=\"a\"} 1\nup{job=\"b\"} 1\n", Dialect::Text);
//! let ids: Vec<_> = first.samples().map(|sample| sample.unwrap().id()).collect();
//! drop(first);
//!
//! let mut second = cache.read(b"up{job=\"b\"} 0\nup{job=\"c\"} 1\n", Dialect::Text);
//! let samples: Vec<_> = second.samples().collect::<Result<_, _>>()?;
//! assert_eq!(samples[0].id(), ids[1]);
//! assert_eq!((samples[0].value(), samples[0].change()), (0.0, Change::Changed));
//! assert_eq!(samples[1].change(), Change::New);
//!
//! let gone: Vec<_> = second.stale().collect();
//! assert_eq!(gone[0].id(), ids[0]);
//! assert_eq!(gone[0].labels().get("job"), Some("a"));
//! # Ok::<(), exposition::Error>(())
//! ```
//!
//! In OpenMetrics 2.0, where the type of a metric decides what its lines are, every line is parsed each time;
//! ids and changes are told all the same.
//!
//! The result is what a [`Parser`](crate::Parser) returns for that body alone: the same lines, values and
//! errors, with the same positions, borrowed from the body. The body is read while its lines are asked
//! for, and to its end when the [`CachedBody`] is dropped. [`CachedBody::filter_by`] selects lines as a
//! parser with that [`Filter`](crate::Filter) does, and [`CachedBody::leniencies`] returns what lenient
//! reading took.
//!
//! # What it costs
//!
//! The table gives upper bounds, for any sequence of bodies. *Parsed* is what a [`Parser`](crate::Parser)
//! does; *compared* is less: the line is compared with the one in its place, and its number is read.
//!
//! | what | time | memory |
//! |---|---|---|
//! | a body that is the same, or has other values, timestamps in milliseconds or seconds | its lines are compared | if lines begin elsewhere, a second copy of the text |
//! | other exemplars; lines in error; what only lenient reading takes; what is not UTF-8 or has a line feed in a text; lines of more than 8 KiB; the line after a blank one | those lines are parsed, the others compared | 32 bytes for each line with exemplars |
//! | `k` lines that differ or have moved | those, and up to 32 lines after each gap, are parsed and looked up by their series; the others are compared. From the first one on, lines are entered in the list again, and those before it copied | a second copy of the text, and the fixed cost of each line |
//! | all series are different, or the dialect is | all lines are parsed and looked up, and all former ones are visited once | that of a first body |
//! | dropping what is gone, once that is more than what remains | what remains is moved, at most once for as much as is gone | eight bytes for each series during the move, and a second copy of what other lines say |
//! | [`CachedBody::stale`] | the rest of the body is read, and the lines of the body before are visited if the two differ | none |
//! | [`ScrapeCache::len`] | the same, however much was held before | none |
//! | what is held | | the last body and for each of its lines 64 bytes, both twice if bodies differ, for each series some 40 bytes, and 32 for each stretch of lines that was the same; at most 80 bytes for each byte of the last three bodies, and 256 KiB |

mod body;
mod compare;
mod enter;
mod follow;
mod line;
mod lines;
mod others;
mod read;
mod runs;
mod sample;
mod store;
mod table;
mod tail;
mod tails;
mod texts;

use std::fmt;

pub use body::CachedBody;
pub use line::Change;
pub use sample::{CachedLine, CachedSample, CachedSeries, SeriesId};

use fearless_simd::Level;

use crate::dialect::Dialect;
use crate::limits::Limits;
use crate::text::engine::Engine;
use lines::Lines;
use others::Others;
use read::Reading;
use runs::Runs;
use store::{MAX_BODY, Store};
use tails::Tails;

/// What the bodies of one target share from scrape to scrape: see [the module](self).
///
/// It holds the last body, and about a hundred bytes for each of its lines, in a few arrays. What a body
/// no longer has is dropped once it is more than what the last one has; it never holds more than the last
/// three bodies would take. After a body that
/// was much larger, the second one gives its memory back. A sample that was there before needs no
/// allocation.
pub struct ScrapeCache {
    limits: Limits,
    engine: Engine,
    level: Level,
    store: Store,
    others: Others,
    tails: Tails,
    lines: Lines,
}

impl ScrapeCache {
    /// Creates an empty cache.
    #[must_use]
    pub fn new() -> Self {
        ScrapeCache {
            limits: Limits::new(),
            engine: Engine::new(Dialect::default()),
            level: Level::new(),
            store: Store::default(),
            others: Others::default(),
            tails: Tails::default(),
            lines: Lines::default(),
        }
    }

    /// Sets the limits. Call it before the first body is read. A body of more than 1 GiB is too long
    /// whatever the limits say.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        // What was within the limits before may not be now.
        self.lines.runs = Runs::default();
        self
    }

    /// Reads a body of the target, as its lines are asked for from the [`CachedBody`].
    ///
    /// If the dialect differs from that of the last body, every line is parsed; series keep their ids.
    pub fn read<'c, 'b>(&'c mut self, body: &'b [u8], dialect: Dialect) -> CachedBody<'c, 'b> {
        self.start(body, dialect).0
    }

    /// Starts to read a body. If series get new numbers, also returns these, indexed by the former ones;
    /// `None` means that a series was gone.
    pub(crate) fn start<'c, 'b>(
        &'c mut self,
        body: &'b [u8],
        dialect: Dialect,
    ) -> (CachedBody<'c, 'b>, Option<Vec<Option<u32>>>) {
        self.lines.end_leaked(&mut self.store);
        let now = &mut self.lines.now;
        self.tails.tidy(now);
        self.others.tidy(now, self.lines.others);
        let renumbered = self.store.tidy(now, self.lines.series);
        self.lines.tidy();
        let trusted = self.engine.dialect() == dialect;
        self.engine.change_dialect(dialect);
        self.engine.context.limits = self
            .limits
            .max_body_bytes(self.limits.max_body_bytes.min(MAX_BODY));
        self.engine.restart();
        if self.engine.context.syntax.leniencies {
            self.engine.note_leniencies();
        }
        (
            CachedBody::new(Reading::new(self, body, trusted)),
            renumbered,
        )
    }

    /// Returns the numbers of the series that were in the body before the last one and not in the last.
    #[cfg(feature = "relabel")]
    pub(crate) fn gone_numbers(&mut self) -> impl Iterator<Item = u32> {
        self.lines.end_leaked(&mut self.store);
        self.lines.gone(&self.store).map(|line| line.number)
    }

    /// Returns how many series the last body had.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lines.series
    }

    /// Tells whether the last body had no series, or none has been read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets everything. Ids are still not reused.
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
