//! A text, the memory that it is in, and how far it is read.

use yoke::Yoke;

/// A text that is UTF-8, the memory whose first bytes it is, and how far it is read, window by window.
///
/// A `String` would be a text of the whole memory, checked by the standard library, which takes three times as long,
/// and room to write to would have to be cleared again each time.
#[derive(Debug)]
pub(super) struct OwnedText {
    /// What borrows from the memory, and the memory.
    parts: Yoke<Parts<'static>, Vec<u8>>,
    /// Where the window ends in the text.
    window_end: usize,
}

/// The text, the lines of its window that are not read yet, and the line that was taken last, without its line feed.
type Parts<'m> = [&'m str; 3];

impl OwnedText {
    /// Makes the first `len` bytes of the memory a text, and an empty one if they are not UTF-8.
    pub(super) fn new(memory: Vec<u8>, len: usize) -> Self {
        OwnedText::at_start_of(memory, |bytes| {
            let text = bytes.get(..len).map(simdutf8::basic::from_utf8);
            text.and_then(Result::ok).unwrap_or_default()
        })
    }

    /// Creates an empty text in the memory.
    pub(super) fn empty(memory: Vec<u8>) -> Self {
        OwnedText::at_start_of(memory, |_| "")
    }

    #[inline]
    fn at_start_of(memory: Vec<u8>, text: impl FnOnce(&[u8]) -> &str) -> Self {
        OwnedText {
            parts: Yoke::attach_to_cart(memory, |bytes| [text(bytes), "", ""]),
            window_end: 0,
        }
    }

    /// Returns all bytes of the memory, those of the text first.
    pub(super) fn memory(&self) -> &[u8] {
        self.parts.backing_cart()
    }

    /// Returns the memory.
    pub(super) fn into_memory(self) -> Vec<u8> {
        self.parts.into_backing_cart()
    }

    // ---- what is read

    /// Returns the text.
    pub(super) fn as_str(&self) -> &str {
        let [text, _, _] = self.parts.get();
        text
    }

    /// Returns the lines of the window that are not read yet.
    #[inline(always)]
    pub(super) fn lines(&self) -> &str {
        let [_, lines, _] = self.parts.get();
        lines
    }

    /// Returns the line that was taken last, without its line feed.
    #[inline(always)]
    pub(super) fn line(&self) -> &str {
        let [_, _, line] = self.parts.get();
        line
    }

    /// Returns how many bytes are read.
    pub(super) fn taken(&self) -> usize {
        self.window_end - self.lines().len()
    }

    /// Returns what is read.
    pub(super) fn read(&self) -> &str {
        self.as_str().get(..self.taken()).unwrap_or_default()
    }

    /// Returns what is not read.
    pub(super) fn unread(&self) -> &str {
        self.as_str().get(self.taken()..).unwrap_or_default()
    }

    /// Tells whether all of it is read.
    pub(super) fn is_read(&self) -> bool {
        self.taken() >= self.as_str().len()
    }

    // ---- reading it

    /// Takes the line of the window that comes next; `len` bytes with its line feed.
    #[inline(always)]
    pub(super) fn take_line(&mut self, len: usize) {
        self.parts.with_mut(move |[_, lines, line]| {
            if let Some((taken, rest)) = lines.split_at_checked(len) {
                *line = taken.get(..len.wrapping_sub(1)).unwrap_or_default();
                *lines = rest;
            }
        });
    }

    /// Takes the next `len` bytes, maybe out of the window.
    pub(super) fn take(&mut self, len: usize) {
        if len > self.lines().len() {
            self.open(len);
        }
        self.take_line(len);
    }

    /// Makes the next `len` bytes the window.
    pub(super) fn open(&mut self, len: usize) {
        let start = self.taken();
        self.parts.with_mut(move |[text, lines, _]| {
            *lines = text.get(start..start + len).unwrap_or_default();
        });
        self.window_end = start + self.lines().len();
    }
}

impl Clone for OwnedText {
    fn clone(&self) -> Self {
        let mut text = OwnedText::new(self.memory().to_vec(), self.as_str().len());
        text.take(self.taken());
        text.open(self.lines().len());
        text
    }
}

impl Default for OwnedText {
    fn default() -> Self {
        OwnedText::empty(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_the_start_of_its_memory() {
        let text = OwnedText::new(b"a 1\nb".to_vec(), 4);
        assert_eq!((text.as_str(), text.memory()), ("a 1\n", &b"a 1\nb"[..]));
        assert_eq!(text.into_memory(), b"a 1\nb");
    }

    #[test]
    fn what_is_not_utf8_or_not_there_is_an_empty_text() {
        for (bytes, len) in [(&b"a\xff\n"[..], 3), (b"a 1\n", 5), (b"\xc3\xa9", 1)] {
            let text = OwnedText::new(bytes.to_vec(), len);
            assert_eq!((text.as_str(), text.memory()), ("", bytes));
            assert!(text.is_read());
        }
    }

    #[test]
    fn lines_are_taken_in_windows_and_out_of_them() {
        let mut text = OwnedText::new(b"a 1\nb 2\nc 3\nd 4\n".to_vec(), 16);
        assert_eq!((text.lines(), text.line()), ("", ""));
        text.open(8);
        assert_eq!((text.lines(), text.taken()), ("a 1\nb 2\n", 0));
        text.take_line(4);
        assert_eq!((text.line(), text.lines()), ("a 1", "b 2\n"));
        assert_eq!((text.read(), text.unread()), ("a 1\n", "b 2\nc 3\nd 4\n"));
        // Two lines, of which the window has one.
        text.take(8);
        assert_eq!(
            (text.line(), text.lines(), text.taken()),
            ("b 2\nc 3", "", 12)
        );
        assert!(!text.is_read());
        text.open(4);
        text.take(4);
        assert_eq!((text.line(), text.lines()), ("d 4", ""));
        assert!(text.is_read());
    }

    #[test]
    fn nothing_is_taken_that_is_not_there() {
        let mut text = OwnedText::new("a\u{e9}\n".into(), 4);
        text.open(5);
        assert_eq!(text.lines(), "");
        text.open(4);
        for len in [0, 2, 5, usize::MAX] {
            text.take_line(len);
        }
        assert_eq!(text.unread(), "a\u{e9}\n");
    }

    #[test]
    fn a_copy_goes_on_where_the_text_is() {
        let mut text = OwnedText::new(b"a 1\nb 2\nc 3\n".to_vec(), 12);
        text.open(8);
        text.take_line(4);
        let mut copy = text.clone();
        for text in [&mut text, &mut copy] {
            assert_eq!((text.read(), text.lines()), ("a 1\n", "b 2\n"));
            text.take_line(4);
            assert_eq!((text.line(), text.unread()), ("b 2", "c 3\n"));
        }
    }
}
