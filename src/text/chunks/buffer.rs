//! The bytes of a body that have arrived and are not read yet.

use super::owned_text::OwnedText;
use super::pending::Pending;
use crate::bytes::scan;
use crate::bytes::work;
use crate::text::shape::Text;
use crate::text::step::without_line_feed;

/// The bytes of a body that have arrived, in reading order: the rest of a text, then the pending bytes.
/// Also knows whether more are to come.
///
/// Two buffers take turns. *Pending* bytes gather as they arrive. Once they hold whole lines that are
/// UTF-8, these become the *text*, from which lines borrow, and the memory of the used-up text gathers
/// the next bytes. So only the line that a chunk cuts in two is copied.
///
/// | from | by | to |
/// |---|---|---|
/// | room | [`wrote`](Self::wrote) | pending |
/// | pending lines, if no text is left | [`promote`](Self::promote) | text |
/// | the rest of the text, if a quote is open at its end | [`demote`](Self::demote) | pending |
/// | text | [`take_text`](Self::take_text) | read |
/// | pending, if no text is left | [`take_pending`](Self::take_pending) | read |
#[derive(Debug, Clone, Default)]
pub(super) struct Buffer {
    /// Whole lines that are UTF-8.
    text: OwnedText,
    pending: Pending,
    /// Whether the body has ended.
    finished: bool,
}

/// Where a taken line is, until the next byte is asked for.
// Without padding, which is copied byte by byte wherever a located sample goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    /// In the text, which knows the line that was taken last.
    Text,
    /// In the pending bytes.
    Pending { start: usize, len: usize },
}

impl Buffer {
    // ---- what has arrived

    /// Returns the lines of the window that are not read yet, which are UTF-8.
    #[inline(always)]
    pub(super) fn lines(&self) -> &[u8] {
        self.text.lines().as_bytes()
    }

    /// Opens the next window of the part of the text before byte `until`, if the last one is used up: `open`
    /// returns how many bytes it has.
    #[inline]
    pub(super) fn next_window(&mut self, until: usize, open: impl FnOnce(&str) -> usize) {
        if self.text.lines().is_empty() {
            let unread = self.text.unread();
            let within = until.saturating_sub(self.taken()).min(unread.len());
            let len = open(unread.get(..within).unwrap_or_default());
            self.text.open(len);
        }
    }

    /// Closes the window: another part of the text is read next.
    pub(super) fn close_window(&mut self) {
        self.text.open(0);
    }

    /// Returns how many bytes of the text are read.
    #[inline(always)]
    pub(super) fn taken(&self) -> usize {
        self.text.taken()
    }

    /// Returns the rest of the text.
    pub(super) fn unread_text(&self) -> &str {
        self.text.unread()
    }

    /// Returns the pending bytes.
    pub(super) fn pending(&self) -> &[u8] {
        self.pending.unread()
    }

    /// Tells whether the body has ended.
    pub(super) fn is_finished(&self) -> bool {
        self.finished
    }

    /// Tells whether the text is the last of the body.
    pub(super) fn text_is_last(&self) -> bool {
        self.finished && self.pending.is_empty()
    }

    /// Returns the line that was taken last, without a line feed at its end.
    #[inline(always)]
    pub(super) fn line(&self, span: Span) -> Text<'_> {
        match span {
            Span::Text => self.line_of_text(),
            Span::Pending { start, len } => match self.text_of_pending(start, len) {
                Some(text) => Text::Str(text),
                None => Text::Bytes(self.line_of_pending(start, len)),
            },
        }
    }

    /// Does the same without looking at whether the bytes are text, if that is not known.
    pub(super) fn raw_line(&self, span: Span) -> Text<'_> {
        match span {
            Span::Text => self.line_of_text(),
            Span::Pending { start, len } => Text::Bytes(self.line_of_pending(start, len)),
        }
    }

    /// Returns the line if it is UTF-8. As two words: a [`Text`] would put that of every line into memory.
    #[inline(never)]
    fn text_of_pending(&self, start: usize, len: usize) -> Option<&str> {
        match Text::new(self.line_of_pending(start, len)) {
            Text::Str(text) => Some(text),
            Text::Bytes(_) => None,
        }
    }

    #[inline(never)]
    fn line_of_pending(&self, start: usize, len: usize) -> &[u8] {
        without_line_feed(self.pending.taken(start, len), len)
    }

    /// Returns the line of the text that was taken last, without its line feed.
    #[inline(always)]
    pub(super) fn line_of_text(&self) -> Text<'_> {
        Text::Str(self.text.line())
    }

    /// Returns the last physical line that was read.
    #[cold]
    pub(super) fn last_line(&self) -> &[u8] {
        // Pending bytes are read once the text is used up, and start over with the next text.
        scan::last_line(match self.pending.read() {
            [] => self.text.read().as_bytes(),
            read => read,
        })
    }

    // ---- what arrives

    /// Gathers bytes in the text's memory, if the text is used up and its memory is the larger. Returns
    /// whether it did: the text is empty then.
    pub(super) fn reuse_text(&mut self) -> bool {
        let is_larger = self.text.memory().len() > self.pending.size();
        if !self.text.is_read() || !is_larger {
            return false;
        }
        let memory = std::mem::take(&mut self.text).into_memory();
        let memory = self.pending.move_into(memory);
        self.text = OwnedText::empty(memory);
        true
    }

    /// Returns at least `len` bytes to write to.
    pub(super) fn room(&mut self, len: usize) -> &mut [u8] {
        self.pending.room(len)
    }

    /// Records that the first `len` bytes of the room were written.
    pub(super) fn wrote(&mut self, len: usize) {
        self.pending.wrote(len);
    }

    /// Records that the body has ended.
    pub(super) fn finish(&mut self) {
        self.finished = true;
    }

    // ---- between text and pending bytes

    /// Makes the whole lines among the first `within` pending bytes the text, if they are UTF-8 and no
    /// text is left.
    pub(super) fn promote(&mut self, within: usize) -> Promoted {
        if !self.text.is_read() {
            return Promoted::Nothing;
        }
        let Some(len) = self.pending.whole_lines(within) else {
            return Promoted::Nothing;
        };
        let memory = std::mem::take(&mut self.text).into_memory();
        match self.pending.part_with(len, memory) {
            Ok(text) => {
                self.text = text;
                Promoted::Lines
            }
            Err(memory) => {
                self.text = OwnedText::empty(memory);
                Promoted::NotUtf8
            }
        }
    }

    /// Puts the rest of the text back before the pending bytes: a quote is open in it.
    #[cold]
    pub(super) fn demote(&mut self) {
        let (rest, pending) = (self.unread_text().as_bytes(), self.pending.unread());
        let bytes = [rest, pending].concat();
        work::on(bytes.len());
        self.pending = Pending::holding(bytes);
        self.pending.is_to_be_tried();
        let memory = std::mem::take(&mut self.text).into_memory();
        self.text = OwnedText::empty(memory);
    }

    // ---- what is read

    /// Takes the line of length `len`, its line feed included, that comes next in the window.
    #[inline(always)]
    pub(super) fn take_line(&mut self, len: usize) -> Span {
        self.text.take_line(len);
        Span::Text
    }

    /// Takes the next `len` bytes of the text.
    pub(super) fn take_text(&mut self, len: usize) -> Span {
        self.text.take(len);
        Span::Text
    }

    /// Takes the next `len` pending bytes.
    pub(super) fn take_pending(&mut self, len: usize) -> Span {
        let start = self.pending.take(len);
        Span::Pending { start, len }
    }

    /// Tells whether the first pending line may be whole, as far as is known without reading it.
    pub(super) fn may_hold_line(&mut self) -> bool {
        self.pending.may_hold_line()
    }

    /// Records that the first pending line is not whole, though it [seemed to be](Self::may_hold_line).
    pub(super) fn is_open(&mut self) {
        self.pending.is_open();
    }
}

/// The outcome for pending lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Promoted {
    /// They are the text now.
    Lines,
    /// They are not UTF-8 and stay; the text is empty.
    NotUtf8,
    /// There are none; the text is unchanged.
    Nothing,
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
        assert_eq!(
            (buffer.text.as_str(), buffer.pending()),
            ("a 1\n", &b"b"[..])
        );
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
        assert_eq!(
            (buffer.text.as_str(), buffer.pending()),
            ("", &b"b{c=\"\nd"[..])
        );
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
        assert_eq!(buffer.text.as_str(), "c 3\n");
    }

    /// Memory that holds nothing read yet is not exchanged; a used-up text's is, if it is larger.
    #[test]
    fn memory_takes_turns() {
        let mut buffer = fed(&[b"0123456789\n".repeat(10), b"c".to_vec()].concat());
        buffer.promote(usize::MAX);
        assert!(!buffer.reuse_text(), "there is text");
        buffer.take_text(110);
        assert!(buffer.reuse_text());
        assert_eq!((buffer.text.as_str(), buffer.pending()), ("", &b"c"[..]));
        assert_eq!(buffer.room(1).len(), 110, "it is the text's memory");
        assert!(!buffer.reuse_text());
    }

    proptest! {
        /// However bytes arrive, and whatever happens in between, they are taken in the same order.
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
