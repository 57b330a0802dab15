//! What follows the value in some samples' lines: a timestamp, exemplars.

use super::line::KnownLine;
use super::store::{MOST_TEXT, ROOM};
use crate::decode;
use crate::dialect::Dialect;
use crate::sample::Sample;
use crate::scan;
use crate::shape::Text;
use crate::work;

/// The tails of the last body's lines: their texts, one after the other, and what they say.
#[derive(Debug, Default)]
pub(super) struct Tails {
    text: String,
    /// The texts that are not UTF-8: exemplars may have labels with such names.
    bytes: Vec<u8>,
    tails: Vec<Tail>,
}

/// What follows a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tail {
    /// Where its text begins, and how long it is: from behind the value to before the line feed.
    start: u32,
    len: u32,
    pub(super) timestamp: Option<i64>,
    /// Where in its text the exemplars begin; 0 if there are none.
    pub(super) exemplars_at: u32,
    is_utf8: bool,
}

impl Tails {
    /// How many bytes are held, whether they are still used or not.
    fn size(&self) -> usize {
        self.text.len() + self.bytes.len() + self.tails.len() * size_of::<Tail>()
    }

    /// Drops what these lines do not use if that is more than what they do.
    pub(super) fn tidy(&mut self, lines: &mut [KnownLine]) {
        // Less is not worth counting.
        if self.size() <= ROOM {
            return;
        }
        work::on(size_of_val(lines));
        let of_lines = lines.iter().filter_map(|line| self.of(line));
        let used: usize = of_lines
            .map(|tail| tail.len as usize + size_of_val(tail))
            .sum();
        if self.size() <= 2 * used + ROOM && self.text.len().max(self.bytes.len()) <= MOST_TEXT {
            return;
        }
        let mut kept = Tails::default();
        for line in lines {
            line.tail = kept.copy(line, self);
        }
        *self = kept;
    }

    /// What follows the value in that line, if anything does.
    #[inline]
    pub(super) fn of(&self, line: &KnownLine) -> Option<&Tail> {
        self.tails.get(line.tail.checked_sub(1)? as usize)
    }

    pub(super) fn text(&self, tail: &Tail) -> Text<'_> {
        let range = tail.start as usize..tail.start as usize + tail.len as usize;
        match tail.is_utf8 {
            true => Text::Str(self.text.get(range).unwrap_or_default()),
            false => Text::Bytes(self.bytes.get(range).unwrap_or_default()),
        }
    }

    /// Keeps what follows the sample's value; one more than its number, or 0 if nothing does.
    pub(super) fn keep(&mut self, sample: &Sample<'_>) -> u32 {
        let value_end = sample.shape.value_end;
        let tail = sample.text.from(value_end as usize);
        if tail.as_bytes().is_empty() {
            return 0;
        }
        self.push(
            tail.as_bytes(),
            sample.timestamp(),
            sample.shape.exemplars_at.saturating_sub(value_end),
        )
    }

    fn push(&mut self, bytes: &[u8], timestamp: Option<i64>, exemplars_at: u32) -> u32 {
        work::on(bytes.len());
        let (start, is_utf8) = match std::str::from_utf8(bytes) {
            Ok(text) => {
                self.text.push_str(text);
                (self.text.len() - text.len(), true)
            }
            Err(_) => {
                self.bytes.extend_from_slice(bytes);
                (self.bytes.len() - bytes.len(), false)
            }
        };
        self.tails.push(Tail {
            start: start as u32,
            len: bytes.len() as u32,
            timestamp,
            exemplars_at,
            is_utf8,
        });
        self.tails.len() as u32
    }

    /// Copies the line's tail of `from`; as [`keep`](Self::keep).
    fn copy(&mut self, line: &KnownLine, from: &Tails) -> u32 {
        from.of(line).map_or(0, |tail| {
            let bytes = from.text(tail).as_bytes();
            self.push(bytes, tail.timestamp, tail.exemplars_at)
        })
    }

    /// Reads the tail that `bytes` begin with, up to the line feed, if it is the one that is known under
    /// that number or has another timestamp and nothing else. Its length.
    #[inline]
    pub(super) fn follow(&mut self, number: u32, bytes: &[u8], dialect: Dialect) -> Option<usize> {
        let tail = self.tails.get_mut(number as usize)?;
        if !tail.is_utf8 {
            return None;
        }
        let start = tail.start as usize;
        let known = self.text.get(start..start + tail.len as usize)?;
        if bytes.get(known.len()) == Some(&b'\n') && bytes.starts_with(known.as_bytes()) {
            work::on(known.len());
            return Some(known.len());
        }
        if tail.exemplars_at > 0 {
            return None;
        }
        // What is kept is no longer its text, but nobody asks for that of a timestamp.
        let len = scan::line_feed(bytes.get(..MOST_DIGITS).unwrap_or(bytes))?;
        let token = bytes.get(..len)?.strip_prefix(b" ")?;
        let token = std::str::from_utf8(token).ok()?;
        let millis = match dialect {
            Dialect::Prometheus => decode::timestamp_millis(token),
            Dialect::OpenMetrics => decode::timestamp_seconds(token),
            Dialect::Lenient => return None,
        };
        tail.timestamp = Some(millis.ok()?);
        tail.len = 0;
        Some(len)
    }
}

/// Timestamps that are longer are parsed with their lines.
const MOST_DIGITS: usize = 32;
