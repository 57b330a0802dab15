//! A body that is a slice, window by window.

use crate::bytes::index;
use crate::bytes::scan;
use crate::text::shape::Text;

/// The unread part of a body that is a slice, and the window of it whose lines are being read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window<'b> {
    /// The window and the lines after it.
    rest: &'b [u8],
    /// The first lines of `rest`, whole and known to be UTF-8.
    lines: &'b str,
    /// How many bytes of `rest` are read: all of the window, and more if lines are not in UTF-8.
    taken: usize,
}

impl<'b> Window<'b> {
    /// Creates the window of a body that is not read yet: it holds no line.
    pub(crate) fn before(body: &'b [u8]) -> Self {
        Window {
            rest: body,
            lines: "",
            taken: 0,
        }
    }

    /// Returns the lines of the window; those before [`taken`](Self::taken) are read.
    #[inline(always)]
    pub(crate) fn lines(&self) -> &'b str {
        self.lines
    }

    #[inline(always)]
    pub(crate) fn taken(&self) -> usize {
        self.taken
    }

    /// Tells whether all lines of the window are read.
    #[inline(always)]
    pub(crate) fn is_used_up(&self) -> bool {
        self.taken >= self.lines.len()
    }

    /// Returns what is not read, in the window and after it.
    #[inline]
    pub(crate) fn unread(&self) -> &'b [u8] {
        self.rest.get(self.taken..).unwrap_or_default()
    }

    /// Moves `len` bytes forward.
    #[inline(always)]
    pub(crate) fn take(&mut self, len: usize) {
        self.taken += len;
    }

    /// Moves to byte `at`, counted from the window's start.
    pub(crate) fn take_to(&mut self, at: usize) {
        self.taken = at;
    }

    /// Returns the line of the window that begins at `start` and has length `len` with its line feed.
    #[inline(always)]
    pub(crate) fn line(&self, start: usize, len: usize) -> Option<Text<'b>> {
        self.lines.get(start..start + len - 1).map(Text::Str)
    }

    /// Returns the last physical line that was read.
    pub(crate) fn last_line(&self) -> &'b [u8] {
        scan::last_line(self.rest.get(..self.taken).unwrap_or_default())
    }

    /// Moves to the next window: the whole lines in UTF-8 among the first `within` unread bytes; none if
    /// the first line is not in UTF-8. They are few enough to stay in the first-level cache until they
    /// are read.
    pub(crate) fn slide(&mut self, within: usize) {
        self.slide_to(0, within.min(index::WINDOW));
    }

    /// Moves to a window, chosen the same way, that begins `skip` bytes further on and has `len` bytes.
    pub(crate) fn slide_to(&mut self, skip: usize, len: usize) {
        let rest = self.rest.get(self.taken + skip..).unwrap_or_default();
        let lines = scan::whole_lines(rest.get(..len).unwrap_or(rest));
        *self = Window {
            rest,
            lines,
            taken: 0,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_whole_lines_in_utf8() {
        let mut window = Window::before(b"a 1\nb 2\n\xff 3\nc 4");
        assert!(window.is_used_up());
        window.slide(6);
        assert_eq!(window.lines(), "a 1\n", "the next line does not end within");
        assert_eq!(window.line(0, 4).unwrap().as_bytes(), b"a 1");
        window.take(4);
        assert!(window.is_used_up());
        assert_eq!(window.last_line(), b"a 1\n");
        window.slide(usize::MAX);
        assert_eq!(window.lines(), "b 2\n", "the line after it is not in UTF-8");
        window.take(4);
        window.slide(usize::MAX);
        assert_eq!(window.lines(), "");
        assert_eq!(window.unread(), b"\xff 3\nc 4");
        window.take(4);
        assert_eq!(window.last_line(), b"\xff 3\n");
        window.slide(usize::MAX);
        assert_eq!((window.lines(), window.unread()), ("", &b"c 4"[..]));
    }

    #[test]
    fn bytes_are_passed_over() {
        let mut window = Window::before(b"a 1\nb 2\nc 3\n");
        window.slide_to(4, 4);
        assert_eq!(
            (window.lines(), window.unread()),
            ("b 2\n", &b"b 2\nc 3\n"[..])
        );
    }
}
