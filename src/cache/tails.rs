//! What follows the value in some samples' lines: a timestamp, exemplars.

use std::num::NonZeroU32;

use super::line::KnownLine;
use super::store::ROOM;
use super::tail::{Tail, TailNumber};
use crate::bytes::scan;
use crate::bytes::work;
use crate::format::syntax::{Syntax, TimeUnit};
use crate::number::decode;
use crate::text::sample::Sample;

/// The tails of the last body's lines.
#[derive(Debug, Default)]
pub(super) struct Tails {
    tails: Vec<Tail>,
}

impl Tails {
    /// Drops what these lines do not use, if that is more than what they use.
    pub(super) fn tidy(&mut self, lines: &mut [KnownLine]) {
        const FEW: usize = ROOM / size_of::<Tail>();
        // Less is not worth counting.
        if self.tails.len() <= FEW {
            return;
        }
        work::on(size_of_val(lines));
        let used = lines.iter().filter(|line| line.tail.is_some()).count();
        if self.tails.len() <= 2 * used + FEW {
            return;
        }
        let mut kept = Tails::default();
        for line in lines {
            let tail = self.get(line);
            line.tail = tail.and_then(|tail| kept.push(*tail));
        }
        *self = kept;
    }

    /// Returns what follows the value in that line.
    #[inline]
    pub(super) fn of(&self, line: &KnownLine) -> Tail {
        self.get(line).copied().unwrap_or(Tail::NONE)
    }

    #[inline(always)]
    fn get(&self, line: &KnownLine) -> Option<&Tail> {
        self.tails.get(line.tail?.place())
    }

    /// Keeps what follows the sample's value, if anything does.
    #[inline]
    pub(super) fn keep(&mut self, sample: &Sample<'_>) -> Option<TailNumber> {
        let value_end = sample.shape.value_end;
        let len = (sample.text.as_bytes().len() as u32).saturating_sub(value_end);
        if len == 0 {
            return None;
        }
        self.push(Tail {
            len,
            timestamp: sample.timestamp(),
            exemplars_at: NonZeroU32::new(sample.shape.exemplars_at.saturating_sub(value_end)),
        })
    }

    fn push(&mut self, tail: Tail) -> Option<TailNumber> {
        self.tails.push(tail);
        TailNumber::last_of(self.tails.len())
    }

    /// Reads the tail that `bytes` begin with, up to the line feed, if it is the tail with that number,
    /// which ends the line `known`, or differs from it only in the timestamp. Returns its length.
    #[inline]
    pub(super) fn follow(
        &mut self,
        number: TailNumber,
        known: &[u8],
        bytes: &[u8],
        syntax: &Syntax,
    ) -> Option<usize> {
        let tail = self.tails.get_mut(number.place())?;
        // With the line feed.
        let known = known.get(known.len().checked_sub(tail.len as usize + 1)?..)?;
        if bytes.starts_with(known) {
            work::on(known.len());
            return Some(tail.len as usize);
        }
        if tail.exemplars_at.is_some() {
            return None;
        }
        let len = scan::line_feed(bytes.get(..MOST_DIGITS).unwrap_or(bytes))?;
        let token = bytes.get(..len)?.strip_prefix(b" ")?;
        let token = std::str::from_utf8(token).ok()?;
        if syntax.leniencies {
            // Timestamps in other spellings have to be noted.
            return None;
        }
        let millis = match syntax.timestamps {
            TimeUnit::Milliseconds => decode::timestamp_millis(token),
            TimeUnit::Seconds => decode::timestamp_seconds(token),
        };
        tail.timestamp = Some(millis.ok()?);
        tail.len = len as u32;
        Some(len)
    }
}

/// Timestamps that are longer are parsed with their lines.
const MOST_DIGITS: usize = 32;
