//! A body's messages, each after its length.

use std::ops::Range;

use super::wire::Part;
use crate::error::{Error, ErrorKind, Found, Result};
use crate::limits::Limits;

/// Finds one message after another.
#[derive(Debug, Default)]
pub(super) struct Frames {
    /// The offset in the body of what has not been read.
    at: u64,
    /// How many messages have begun.
    pub(super) count: u64,
    /// The length of a message that is too long, and how many of its bytes have not been skipped.
    skipped: (u64, u64),
    ended: bool,
}

/// What comes next in a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// A message, and where it is.
    Message(Range<usize>),
    /// More bytes are needed.
    More,
    End,
}

/// The most bytes that a length has (spec P2).
const MOST: usize = 5;

impl Frames {
    /// Returns the offset in the body of what has not been read.
    pub(super) const fn at(&self) -> u64 {
        self.at
    }

    /// Finds the next message. `rest` is what is there of the body from [`at`](Self::at) on, and `is_all`
    /// tells whether nothing comes after it.
    pub(super) fn next(&mut self, rest: &[u8], is_all: bool, limits: &Limits) -> Result<Next> {
        if self.ended {
            return Ok(Next::End);
        }
        let Some(start) = self.skip(rest, is_all)? else {
            return Ok(Next::More);
        };
        let rest = rest.get(start..).unwrap_or_default();
        if rest.is_empty() {
            self.ended = is_all;
            return Ok(if is_all { Next::End } else { Next::More });
        }
        let (head, length) = match length(rest) {
            Some(found) => found,
            None if rest.len() >= MOST => {
                let expected = "a message's length in at most five bytes";
                return self.end(
                    ErrorKind::MalformedProtobuf,
                    expected,
                    "a longer one".into(),
                );
            }
            None if is_all => {
                let (expected, found) = ("the rest of a message's length", "the end of the body");
                return self.end(ErrorKind::UnexpectedEnd, expected, found.into());
            }
            None => return Ok(Next::More),
        };
        let most = limits.max_body_bytes;
        if (self.at + head as u64).saturating_add(length) > most {
            let found = format!("more than {most} bytes");
            return self.end(ErrorKind::BodyTooLong, "a shorter body", found);
        }
        let longest = limits.max_message_bytes.min(Part::MOST) as u64;
        if length > longest {
            self.count += 1;
            let expected = "a shorter message";
            let error = self.error(
                ErrorKind::MessageTooLong,
                expected,
                format!("{length} bytes"),
            );
            self.at += head as u64;
            self.skipped = (length, length);
            return Err(error);
        }
        // It is at most as long as a `usize` can say.
        let end = head + length as usize;
        if rest.len() < end {
            return match is_all {
                true => self.partial(length, (rest.len() - head) as u64),
                false => Ok(Next::More),
            };
        }
        self.count += 1;
        self.at += end as u64;
        Ok(Next::Message(start + head..start + end))
    }

    /// Skips what is left of a message that is too long. Returns where what comes after it begins, if that
    /// is there.
    fn skip(&mut self, rest: &[u8], is_all: bool) -> Result<Option<usize>> {
        let (length, left) = self.skipped;
        let skipped = left.min(rest.len() as u64);
        self.at += skipped;
        self.skipped.1 -= skipped;
        match self.skipped.1 {
            0 => Ok(Some(skipped as usize)),
            left if is_all => self.partial(length, length - left).map(|_| None),
            _ => Ok(None),
        }
    }

    fn partial(&mut self, length: u64, left: u64) -> Result<Next> {
        let found = format!("{left} of its {length} bytes");
        self.end(ErrorKind::UnexpectedEnd, "a whole message", found)
    }

    /// Ends the body with an error: what comes after it cannot be found.
    #[cold]
    fn end(&mut self, kind: ErrorKind, expected: &'static str, found: String) -> Result<Next> {
        self.count += 1;
        self.ended = true;
        Err(self.error(kind, expected, found))
    }

    fn error(&self, kind: ErrorKind, expected: &'static str, found: String) -> Error {
        let path = format!("family {}", self.count).into_boxed_str();
        Error::binary(kind, expected, Found::Described(found), self.at, Some(path))
    }
}

/// Returns how many bytes a message's length has, and the length; `None` if its end is not among the first
/// bytes.
fn length(rest: &[u8]) -> Option<(usize, u64)> {
    let mut length = 0;
    for (place, byte) in rest.iter().take(MOST).enumerate() {
        length |= u64::from(byte & 0x7f) << (7 * place);
        if *byte < 0x80 {
            return Some((place + 1, length));
        }
    }
    None
}
