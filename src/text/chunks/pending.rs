//! Bytes as they arrived: read, unread, and room for more.

use super::owned_text::OwnedText;
use crate::bytes::scan;
use crate::bytes::work;

/// The bytes that have arrived and are not made text: first those that are read, then the unread ones,
/// then room to write to.
///
/// Bytes only move forward: [`wrote`](Self::wrote) turns room into unread bytes, [`take`](Self::take)
/// turns unread bytes into read ones. Neither goes further than there are any.
#[derive(Debug, Clone, Default)]
pub(super) struct Pending {
    bytes: Vec<u8>,
    /// The unread ones are `bytes[start..filled]`, always in this order.
    start: usize,
    filled: usize,
    /// How many of the unread ones are lines that are not all UTF-8, to be read one line at a time.
    mixed: usize,
    first_line: FirstLine,
}

/// What is known about the line that the unread bytes begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FirstLine {
    /// Its first bytes, as many as this, hold no line feed.
    NoLineFeed(usize),
    /// It goes on after its line feeds, since a quote is open. Tried again once there are `retry_at`
    /// bytes.
    OpenQuote { retry_at: usize },
}

impl Default for FirstLine {
    fn default() -> Self {
        FirstLine::NoLineFeed(0)
    }
}

impl Pending {
    /// Creates a buffer whose bytes are all unread.
    pub(super) fn holding(bytes: Vec<u8>) -> Self {
        Pending {
            filled: bytes.len(),
            bytes,
            ..Pending::default()
        }
    }

    pub(super) fn unread(&self) -> &[u8] {
        self.bytes.get(self.start..self.filled).unwrap_or_default()
    }

    /// Returns the bytes that are read and still there.
    pub(super) fn read(&self) -> &[u8] {
        self.bytes.get(..self.start).unwrap_or_default()
    }

    /// Returns the bytes from `start` on that were [taken](Self::take).
    pub(super) fn taken(&self, start: usize, len: usize) -> &[u8] {
        self.bytes.get(start..start + len).unwrap_or_default()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.start == self.filled
    }

    /// Returns how many bytes fit without growing.
    pub(super) fn size(&self) -> usize {
        self.bytes.len()
    }

    // ---- writing

    /// Returns at least `len` bytes to write to, after the unread ones.
    pub(super) fn room(&mut self, len: usize) -> &mut [u8] {
        if self.is_empty() {
            self.start = 0;
            self.filled = 0;
            self.mixed = 0;
        } else if self.start > self.filled / 2 {
            // The part that was read is the larger one: moving the rest costs less than it gains.
            self.move_to_front();
        }
        self.grow(self.filled + len);
        self.bytes.get_mut(self.filled..).unwrap_or_default()
    }

    /// Records that the first `len` bytes of the room were written.
    pub(super) fn wrote(&mut self, len: usize) {
        self.filled = (self.filled + len).min(self.bytes.len());
    }

    fn grow(&mut self, len: usize) {
        if self.bytes.len() < len {
            work::on(len - self.bytes.len());
            self.bytes.resize(len, 0);
        }
    }

    fn move_to_front(&mut self) {
        work::on(self.filled - self.start);
        self.bytes.copy_within(self.start..self.filled, 0);
        self.filled -= self.start;
        self.start = 0;
    }

    /// Continues in `memory`, if the unread bytes fit; they are copied there. Returns the memory that is
    /// not used.
    pub(super) fn move_into(&mut self, mut memory: Vec<u8>) -> Vec<u8> {
        let unread = self.unread();
        let Some(to) = memory.get_mut(..unread.len()) else {
            return memory;
        };
        to.copy_from_slice(unread);
        self.filled -= self.start;
        self.start = 0;
        std::mem::replace(&mut self.bytes, memory)
    }

    // ---- reading

    /// Takes the first `len` of the unread bytes, whole lines or all of them. Returns where they begin.
    pub(super) fn take(&mut self, len: usize) -> usize {
        let start = self.start;
        self.start = (start + len).min(self.filled);
        self.mixed = self.mixed.saturating_sub(len);
        self.first_line = FirstLine::default();
        start
    }

    /// Tells whether the first line may be whole, as far as is known without reading it.
    pub(super) fn may_hold_line(&mut self) -> bool {
        let unread = self.unread();
        match self.first_line {
            FirstLine::OpenQuote { retry_at } => unread.len() >= retry_at,
            FirstLine::NoLineFeed(searched) => {
                let new = unread.get(searched..).unwrap_or_default();
                let is_whole = scan::line_feed(new).is_some();
                if !is_whole {
                    self.first_line = FirstLine::NoLineFeed(unread.len());
                }
                is_whole
            }
        }
    }

    /// Records that the first line is not whole, though it [seemed to be](Self::may_hold_line). It is
    /// tried again once it is half as long again, so that all attempts together stay linear in its
    /// length.
    pub(super) fn is_open(&mut self) {
        let len = self.unread().len();
        self.first_line = FirstLine::OpenQuote {
            retry_at: len + len / 2 + 1,
        };
    }

    /// Records that a quote is open in the first line, which has not been tried here yet.
    pub(super) fn is_to_be_tried(&mut self) {
        self.first_line = FirstLine::OpenQuote { retry_at: 1 };
    }

    /// Returns how many of the first `within` unread bytes are whole lines: none if they are known to
    /// hold bytes that are not UTF-8, or an open quote.
    pub(super) fn whole_lines(&self, within: usize) -> Option<usize> {
        let searched = match self.first_line {
            FirstLine::NoLineFeed(searched) if self.mixed == 0 => searched,
            FirstLine::NoLineFeed(_) | FirstLine::OpenQuote { .. } => return None,
        };
        let unread = self.unread();
        let new = unread.get(..within).unwrap_or(unread).get(searched..)?;
        Some(searched + scan::last_line_feed(new)? + 1)
    }

    /// Gives away the first `len` unread bytes, which are [whole lines](Self::whole_lines), if they are
    /// UTF-8; the bytes after them move to the memory of `next`.
    ///
    /// # Errors
    ///
    /// If they are not UTF-8, they stay, to be [taken](Self::take) one line at a time. The error holds
    /// the unused memory.
    pub(super) fn part_with(&mut self, len: usize, next: Vec<u8>) -> Result<OwnedText, Vec<u8>> {
        if self.start > 0 {
            self.move_to_front();
        }
        // The text is checked, and the rest is copied.
        work::on(self.filled);
        let lines = std::mem::take(self);
        let text = OwnedText::new(lines.bytes, len);
        if text.as_str().is_empty() {
            *self = Pending {
                bytes: text.into_memory(),
                filled: lines.filled,
                mixed: len,
                ..Pending::default()
            };
            return Err(next);
        }
        self.bytes = next;
        self.carry(text.memory().get(len..lines.filled).unwrap_or_default());
        Ok(text)
    }

    /// Begins with these bytes.
    fn carry(&mut self, bytes: &[u8]) {
        self.grow(bytes.len());
        if let Some(to) = self.bytes.get_mut(..bytes.len()) {
            to.copy_from_slice(bytes);
        }
        self.filled = bytes.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending(text: &[u8]) -> Pending {
        let mut pending = Pending::default();
        feed(&mut pending, text);
        pending
    }

    fn feed(pending: &mut Pending, text: &[u8]) {
        pending.room(text.len())[..text.len()].copy_from_slice(text);
        pending.wrote(text.len());
    }

    #[test]
    fn bytes_go_from_room_to_unread_to_read() {
        let mut pending = pending(b"abc\ndef");
        assert_eq!(pending.unread(), b"abc\ndef");
        assert_eq!(pending.read(), b"");
        let start = pending.take(4);
        assert_eq!(pending.taken(start, 4), b"abc\n");
        assert_eq!(
            (pending.read(), pending.unread()),
            (&b"abc\n"[..], &b"def"[..])
        );
        assert!(!pending.is_empty());
        pending.take(3);
        assert!(pending.is_empty());
    }

    #[test]
    fn nothing_goes_further_than_there_are_bytes() {
        let mut pending = pending(b"abc");
        pending.take(10);
        assert_eq!((pending.read(), pending.unread()), (&b"abc"[..], &b""[..]));
        pending.room(2);
        pending.wrote(10);
        assert_eq!(pending.unread().len(), pending.size());
    }

    /// Read bytes are dropped if that makes room, or if moving the rest costs no more than it gains.
    #[test]
    fn room_is_made_where_bytes_are_read() {
        let mut pending = pending(b"0123456789");
        pending.take(4);
        pending.room(1);
        assert_eq!(pending.read(), b"0123");
        pending.take(3);
        assert!(!pending.room(1).is_empty());
        assert_eq!((pending.read(), pending.unread()), (&b""[..], &b"789"[..]));
        pending.take(3);
        pending.room(1);
        assert_eq!((pending.read(), pending.unread()), (&b""[..], &b""[..]));
        let size = pending.size();
        pending.room(size);
        assert_eq!(
            pending.size(),
            size,
            "room that is there does for what comes"
        );
    }

    #[test]
    fn a_line_is_looked_for_once_in_each_byte() {
        let mut pending = pending(b"abc");
        assert!(!pending.may_hold_line());
        assert_eq!(pending.first_line, FirstLine::NoLineFeed(3));
        feed(&mut pending, b"d");
        assert!(!pending.may_hold_line());
        feed(&mut pending, b"\nx");
        assert!(pending.may_hold_line());
        pending.take(5);
        assert_eq!(pending.first_line, FirstLine::NoLineFeed(0));
        assert!(!pending.may_hold_line());
    }

    #[test]
    fn an_open_quote_is_tried_again_when_there_is_half_as_much_more() {
        let mut pending = pending(b"a\"b\n");
        assert!(pending.may_hold_line());
        pending.is_open();
        assert_eq!(
            pending.whole_lines(usize::MAX),
            None,
            "no line of it is known to be whole"
        );
        for missing in (1..=3).rev() {
            assert!(!pending.may_hold_line(), "{missing} bytes are missing");
            feed(&mut pending, b"\n");
        }
        assert!(pending.may_hold_line());
        pending.take(7);
        feed(&mut pending, b"b\n");
        assert_eq!(pending.whole_lines(usize::MAX), Some(2));
        pending.is_to_be_tried();
        assert!(pending.may_hold_line());
    }

    #[test]
    fn whole_lines_become_text_and_the_rest_goes_on() {
        let mut pending = pending(b"x\na 1\nb");
        pending.take(2);
        assert_eq!(
            pending.whole_lines(3),
            None,
            "the line feed is out of bounds"
        );
        assert_eq!(pending.whole_lines(4), Some(4));
        let memory = vec![7; 100];
        assert_eq!(pending.part_with(4, memory).unwrap().as_str(), "a 1\n");
        assert_eq!((pending.unread(), pending.size()), (&b"b"[..], 100));
        feed(&mut pending, b" 2\n");
        assert_eq!(pending.unread(), b"b 2\n");
    }

    #[test]
    fn what_is_not_utf8_stays_until_it_is_taken() {
        let mut pending = pending(b"\xff 1\na 1\nb");
        let memory = pending.part_with(8, vec![7; 100]).unwrap_err();
        assert_eq!(memory.len(), 100);
        assert_eq!(pending.unread(), b"\xff 1\na 1\nb");
        pending.take(4);
        feed(&mut pending, b" 1\n");
        assert_eq!(
            pending.whole_lines(usize::MAX),
            None,
            "one of those lines is left"
        );
        pending.take(4);
        assert_eq!(pending.whole_lines(usize::MAX), Some(4));
    }

    #[test]
    fn what_is_unread_moves_to_memory_that_is_large_enough() {
        let mut pending = pending(b"ab\ncd");
        pending.take(3);
        assert_eq!(pending.move_into(vec![0; 1]), [0]);
        assert_eq!(pending.unread(), b"cd");
        assert_eq!(pending.move_into(vec![0; 9]), b"ab\ncd");
        assert_eq!(
            (pending.read(), pending.unread(), pending.size()),
            (&b""[..], &b"cd"[..], 9)
        );
    }
}
