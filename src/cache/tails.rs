//! What follows the value in some samples' lines: a timestamp, exemplars.

use std::num::NonZeroU32;

use super::line::KnownLine;
use super::span::Span;
use super::store::{MOST_TEXT, ROOM};
use super::tail::{Tail, TailNumber};
use crate::bytes::scan;
use crate::bytes::work;
use crate::format::syntax::{Syntax, TimeUnit};
use crate::number::decode;
use crate::text::sample::Sample;

/// The tails of the last body's lines: their texts in one buffer, and what they say.
#[derive(Debug, Default)]
pub(super) struct Tails {
    text: Vec<u8>,
    tails: Vec<Tail>,
}

impl Tails {
    /// Returns how many bytes are held, used or not.
    fn size(&self) -> usize {
        self.text.len() + self.tails.len() * size_of::<Tail>()
    }

    /// Drops what these lines do not use, if that is more than what they use.
    pub(super) fn tidy(&mut self, lines: &mut [KnownLine]) {
        // Less is not worth counting.
        if self.size() <= ROOM {
            return;
        }
        work::on(size_of_val(lines));
        let of_lines = lines.iter().filter_map(|line| self.get(line));
        let used: usize = of_lines
            .map(|tail| tail.text.len() + size_of_val(tail))
            .sum();
        if self.size() <= 2 * used + ROOM && self.text.len() <= MOST_TEXT {
            return;
        }
        let mut kept = Tails::default();
        for line in lines {
            let tail = self.get(line);
            line.tail = tail.and_then(|tail| kept.push(self.text(tail), *tail));
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

    fn text(&self, tail: &Tail) -> &[u8] {
        self.text.get(tail.text.range()).unwrap_or_default()
    }

    /// Keeps what follows the sample's value, if anything does.
    #[inline]
    pub(super) fn keep(&mut self, sample: &Sample<'_>) -> Option<TailNumber> {
        let value_end = sample.shape.value_end;
        let text = sample.text.as_bytes().get(value_end as usize..);
        let text = text.unwrap_or_default();
        if text.is_empty() {
            return None;
        }
        let tail = Tail {
            text: Span::EMPTY,
            last_len: text.len() as u32,
            timestamp: sample.timestamp(),
            exemplars_at: NonZeroU32::new(sample.shape.exemplars_at.saturating_sub(value_end)),
        };
        self.push(text, tail)
    }

    /// Keeps a tail with that text.
    fn push(&mut self, text: &[u8], tail: Tail) -> Option<TailNumber> {
        work::on(text.len());
        let span = Span::new(self.text.len(), text.len());
        self.text.extend_from_slice(text);
        self.tails.push(Tail { text: span, ..tail });
        TailNumber::last_of(self.tails.len())
    }

    /// Reads the tail that `bytes` begin with, up to the line feed, if it is the known one with that
    /// number or differs only in the timestamp. Returns its length.
    #[inline]
    pub(super) fn follow(
        &mut self,
        number: TailNumber,
        bytes: &[u8],
        syntax: &Syntax,
    ) -> Option<usize> {
        let tail = self.tails.get_mut(number.place())?;
        let known = self.text.get(tail.text.range())?;
        if bytes.get(known.len()) == Some(&b'\n') && bytes.starts_with(known) {
            work::on(known.len());
            // The text of a changed timestamp is empty, which no line continues with.
            return Some(known.len());
        }
        if tail.exemplars_at.is_some() {
            return None;
        }
        // The kept text is out of date, but nobody asks for that of a timestamp.
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
        tail.text = Span::EMPTY;
        tail.last_len = len as u32;
        Some(len)
    }
}

/// Timestamps that are longer are parsed with their lines.
const MOST_DIGITS: usize = 32;
