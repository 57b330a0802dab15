//! What has come of a body and is not read yet.

use super::pending::Pending;
use crate::bytes::scan;
use crate::bytes::work;
use crate::text::engine::without_line_feed;
use crate::text::shape::Text;

/// The bytes that have come of a body, in the order they are read: the rest of a text, then those that are
/// pending. Whether more are to come it knows as well.
///
/// Two buffers take turns. *Pending* bytes gather as they come; when they hold whole lines that are UTF-8
/// these become the *text*, from which lines borrow, and the used-up text's memory gathers next. So no byte is
/// copied but those of the line that a chunk cuts in two.
///
/// | from | by | to |
/// |---|---|---|
/// | room | [`wrote`](Self::wrote) | pending |
/// | pending lines, where no text is left | [`promote`](Self::promote) | text |
/// | what is left of the text, where a quote is open at its end | [`demote`](Self::demote) | pending |
/// | text | [`take_text`](Self::take_text) | read |
/// | pending, where no text is left | [`take_pending`](Self::take_pending) | read |
#[derive(Debug, Clone, Default)]
pub(super) struct Buffer {
    /// Whole lines that are UTF-8, of which `taken` bytes are read.
    text: String,
    taken: usize,
    pending: Pending,
    /// Whether nothing is to come.
    finished: bool,
}

/// Where a line lies that was taken: until the next byte is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    start: usize,
    len: usize,
    in_text: bool,
}

impl Buffer {
    // ---- what is there

    /// The text, of which [`taken`](Self::taken) bytes are read.
    #[inline(always)]
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    #[inline(always)]
    pub(super) fn taken(&self) -> usize {
        self.taken
    }

    /// What is left of the text.
    pub(super) fn unread_text(&self) -> &str {
        self.text.get(self.taken..).unwrap_or_default()
    }

    /// What is pending.
    pub(super) fn pending(&self) -> &[u8] {
        self.pending.unread()
    }

    /// Whether nothing is to come any more.
    pub(super) fn is_finished(&self) -> bool {
        self.finished
    }

    /// Whether the text is the last of the body.
    pub(super) fn text_is_last(&self) -> bool {
        self.finished && self.pending.is_empty()
    }

    /// The text that was taken, a line feed at its end cut off.
    pub(super) fn line(&self, span: Span) -> Text<'_> {
        match span.in_text {
            true => self.line_of_text(span.start, span.len),
            false => {
                let taken = self.pending.taken(span.start, span.len);
                Text::new(without_line_feed(taken, span.len))
            }
        }
    }

    /// The line of that length, its line feed included, that begins at `start` of the text.
    #[inline(always)]
    pub(super) fn line_of_text(&self, start: usize, len: usize) -> Text<'_> {
        Text::Str(self.text.get(start..start + len - 1).unwrap_or_default())
    }

    /// The physical line that was read last.
    #[cold]
    pub(super) fn last_line(&self) -> &[u8] {
        // Pending bytes are read when the text is used up, and begin anew with the next text.
        scan::last_line(match self.pending.read() {
            [] => self.text.as_bytes().get(..self.taken).unwrap_or_default(),
            read => read,
        })
    }

    // ---- what comes

    /// Gathers bytes where the text was, if that is used up and its memory is the larger. Whether it did: the
    /// text is empty then.
    pub(super) fn reuse_text(&mut self) -> bool {
        if self.taken < self.text.len() || self.text.len() <= self.pending.size() {
            return false;
        }
        let text = std::mem::take(&mut self.text).into_bytes();
        let memory = self.pending.move_into(text);
        self.set_text(empty_text(memory));
        true
    }

    /// At least `len` bytes to write to.
    pub(super) fn room(&mut self, len: usize) -> &mut [u8] {
        self.pending.room(len)
    }

    /// Says that the first `len` bytes of the room were written to.
    pub(super) fn wrote(&mut self, len: usize) {
        self.pending.wrote(len);
    }

    /// Says that nothing is to come any more.
    pub(super) fn finish(&mut self) {
        self.finished = true;
    }

    // ---- between text and pending bytes

    /// Makes the whole lines among the first `within` pending bytes the text, if they are UTF-8 and no text is
    /// left.
    pub(super) fn promote(&mut self, within: usize) -> Promoted {
        if self.taken < self.text.len() {
            return Promoted::Nothing;
        }
        let Some(len) = self.pending.whole_lines(within) else {
            return Promoted::Nothing;
        };
        let memory = std::mem::take(&mut self.text).into_bytes();
        match self.pending.part_with(len, memory) {
            Ok(text) => {
                self.set_text(text);
                Promoted::Lines
            }
            Err(memory) => {
                self.set_text(empty_text(memory));
                Promoted::NotUtf8
            }
        }
    }

    /// Puts what is left of the text back before the pending bytes: a quote is open in it.
    #[cold]
    pub(super) fn demote(&mut self) {
        let (rest, pending) = (self.unread_text().as_bytes(), self.pending.unread());
        let bytes = [rest, pending].concat();
        work::on(bytes.len());
        self.pending = Pending::holding(bytes);
        self.pending.is_to_be_tried();
        let text = std::mem::take(&mut self.text);
        self.set_text(empty_text(text.into_bytes()));
    }

    fn set_text(&mut self, text: String) {
        self.text = text;
        self.taken = 0;
    }

    // ---- what is read

    /// Takes the next `len` bytes of the text.
    #[inline(always)]
    pub(super) fn take_text(&mut self, len: usize) -> Span {
        let start = self.taken;
        self.taken += len;
        Span {
            start,
            len,
            in_text: true,
        }
    }

    /// Takes the next `len` pending bytes.
    pub(super) fn take_pending(&mut self, len: usize) -> Span {
        Span {
            start: self.pending.take(len),
            len,
            in_text: false,
        }
    }

    /// Whether the first pending line may be whole, as far as that is known without reading it.
    pub(super) fn may_hold_line(&mut self) -> bool {
        self.pending.may_hold_line()
    }

    /// Says that the first pending line is not whole, though it was [thought so](Self::may_hold_line).
    pub(super) fn is_open(&mut self) {
        self.pending.is_open();
    }
}

/// What became of pending lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Promoted {
    /// They are the text.
    Lines,
    /// They are not UTF-8 and stay; the text is empty.
    NotUtf8,
    /// There are none; the text is what it was.
    Nothing,
}

/// A text in that memory.
fn empty_text(mut memory: Vec<u8>) -> String {
    memory.clear();
    String::from_utf8(memory).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn feed(buffer: &mut Buffer, bytes: &[u8]) {
        buffer.reuse_text();
        buffer.room(bytes.len())[..bytes.len()].copy_from_slice(bytes);
        buffer.wrote(bytes.len());
    }

    fn fed(bytes: &[u8]) -> Buffer {
        let mut buffer = Buffer::default();
        feed(&mut buffer, bytes);
        buffer
    }

    #[test]
    fn lines_become_text_once_they_are_whole() {
        let mut buffer = fed(b"a 1\nb");
        assert_eq!(buffer.promote(usize::MAX), Promoted::Lines);
        assert_eq!((buffer.text(), buffer.pending()), ("a 1\n", &b"b"[..]));
        assert_eq!(
            buffer.promote(usize::MAX),
            Promoted::Nothing,
            "text is left"
        );
        let span = buffer.take_text(4);
        assert_eq!(buffer.line(span).as_bytes(), b"a 1");
        assert_eq!(buffer.last_line(), b"a 1\n");
        assert_eq!(
            buffer.promote(usize::MAX),
            Promoted::Nothing,
            "the next line is not whole"
        );
        assert_eq!(buffer.last_line(), b"a 1\n", "the text is still there");
        assert!(!buffer.text_is_last());
        buffer.finish();
        assert!(!buffer.text_is_last());
        let span = buffer.take_pending(1);
        assert_eq!(buffer.line(span).as_bytes(), b"b");
        assert!(buffer.text_is_last());
    }

    #[test]
    fn a_text_with_an_open_quote_goes_back() {
        let mut buffer = fed(b"a 1\nb{c=\"\nd");
        assert_eq!(buffer.promote(usize::MAX), Promoted::Lines);
        buffer.take_text(4);
        buffer.demote();
        assert_eq!((buffer.text(), buffer.pending()), ("", &b"b{c=\"\nd"[..]));
        assert!(buffer.may_hold_line());
        assert_eq!(
            buffer.promote(usize::MAX),
            Promoted::Nothing,
            "it is known to be open"
        );
        buffer.is_open();
        assert!(!buffer.may_hold_line());
        feed(&mut buffer, b"\"} 1\n");
        assert!(buffer.may_hold_line());
        let span = buffer.take_pending(12);
        assert_eq!(buffer.line(span).as_bytes(), b"b{c=\"\nd\"} 1");
    }

    #[test]
    fn lines_that_are_not_utf8_stay() {
        let mut buffer = fed(b"a 1\n");
        buffer.promote(usize::MAX);
        buffer.take_text(4);
        feed(&mut buffer, b"\xff\nb 2\n");
        assert_eq!(buffer.promote(usize::MAX), Promoted::NotUtf8);
        assert_eq!(buffer.promote(usize::MAX), Promoted::Nothing);
        buffer.take_pending(2);
        assert_eq!(buffer.last_line(), b"\xff\n");
        buffer.take_pending(4);
        feed(&mut buffer, b"c 3\n");
        assert_eq!(buffer.promote(usize::MAX), Promoted::Lines);
        assert_eq!(buffer.text(), "c 3\n");
    }

    /// Room in which nothing was read yet is not moved to, and a used-up text's is, where it is larger.
    #[test]
    fn memory_takes_turns() {
        let mut buffer = fed(&[b"0123456789\n".repeat(10), b"c".to_vec()].concat());
        buffer.promote(usize::MAX);
        assert!(!buffer.reuse_text(), "there is text");
        buffer.take_text(110);
        assert!(buffer.reuse_text());
        assert_eq!((buffer.text(), buffer.pending()), ("", &b"c"[..]));
        assert_eq!(buffer.room(1).len(), 109, "it is the text's memory");
        assert!(!buffer.reuse_text());
    }

    proptest! {
        /// However bytes come and whatever becomes of them in between, what is taken is what came, in order.
        #[test]
        fn what_is_taken_is_what_came(
            body in prop::collection::vec(prop::sample::select(b"ab\n\"\xff".to_vec()), 0..120),
            steps in prop::collection::vec((0u8..6, 0usize..20), 0..200),
        ) {
            let mut buffer = Buffer::default();
            let mut rest = &body[..];
            let mut taken = Vec::new();
            for (step, len) in steps.into_iter().chain([(1, usize::MAX), (2, usize::MAX)]) {
                match step {
                    0 => {
                        let (now, later) = rest.split_at(len.min(rest.len()));
                        feed(&mut buffer, now);
                        rest = later;
                    }
                    1 => {
                        let len = len.min(buffer.unread_text().len());
                        let len = buffer.unread_text().as_bytes()[..len].iter().rposition(|b| *b == b'\n');
                        if let Some(last) = len {
                            let span = buffer.take_text(last + 1);
                            taken.extend_from_slice(buffer.line(span).as_bytes());
                            taken.push(b'\n');
                        }
                    }
                    2 if buffer.unread_text().is_empty() => {
                        let pending = buffer.pending();
                        let now = pending[..len.min(pending.len())].to_vec();
                        let span = buffer.take_pending(now.len());
                        prop_assert_eq!(buffer.line(span).as_bytes(), without_line_feed(&now, now.len()));
                        taken.extend_from_slice(&now);
                    }
                    3 => {
                        buffer.promote(len * 4);
                    }
                    4 if !buffer.unread_text().is_empty() => buffer.demote(),
                    5 if buffer.may_hold_line() => buffer.is_open(),
                    _ => {}
                }
                let unread = [buffer.unread_text().as_bytes(), buffer.pending(), rest].concat();
                prop_assert_eq!([&taken[..], &unread].concat(), body.clone());
            }
            prop_assert_eq!(buffer.pending(), b"");
        }
    }
}
