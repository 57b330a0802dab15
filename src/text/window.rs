//! A body that is a slice, window by window.

use crate::bytes::index;
use crate::bytes::scan;
use crate::text::shape::Text;

/// The unread part of a body that is a slice, and the window of it whose lines are being read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window<'b> {
    body: &'b [u8],
    /// The lines of the window that are not read yet: whole, and known to be UTF-8.
    lines: &'b str,
    /// Where they end in the body.
    end: usize,
}

impl<'b> Window<'b> {
    /// Creates the window of a body that is not read yet: it holds no line.
    pub(crate) fn before(body: &'b [u8]) -> Self {
        Window {
            body,
            lines: "",
            end: 0,
        }
    }

    /// Returns the lines of the window that are not read yet.
    #[inline(always)]
    pub(crate) fn lines(&self) -> &'b str {
        self.lines
    }

    /// Returns those from byte `at` of the body on.
    #[inline(always)]
    pub(crate) fn lines_from(&self, at: usize) -> &'b str {
        let left = self.end.saturating_sub(at);
        let start = self.lines.len().saturating_sub(left);
        self.lines.get(start..).unwrap_or_default()
    }

    /// Tells whether all lines of the window are read.
    #[inline(always)]
    pub(crate) fn is_used_up(&self) -> bool {
        self.lines.is_empty()
    }

    /// Returns how many bytes of the body are read.
    #[inline(always)]
    pub(crate) fn taken(&self) -> usize {
        self.end - self.lines.len()
    }

    /// Returns the body up to the end of the window, or of what is read.
    pub(crate) fn up_to_end(&self) -> &'b [u8] {
        self.body.get(..self.end).unwrap_or_default()
    }

    /// Returns what is not read, in the window and after it.
    #[inline]
    pub(crate) fn unread(&self) -> &'b [u8] {
        self.body.get(self.taken()..).unwrap_or_default()
    }

    /// Returns the line of length `len` that comes next, without its line feed, and moves past it.
    #[inline(always)]
    pub(crate) fn take_line(&mut self, len: usize) -> Option<Text<'b>> {
        let line = self.lines.get(..len.checked_sub(1)?)?;
        self.lines = self.lines.get(len..)?;
        Some(Text::Str(line))
    }

    /// Moves `len` bytes forward, maybe out of the window.
    pub(crate) fn take(&mut self, len: usize) {
        let taken = self.taken() + len;
        self.lines = self.lines.get(len..).unwrap_or_default();
        self.end = taken + self.lines.len();
    }

    /// Returns the last physical line that was read.
    pub(crate) fn last_line(&self) -> &'b [u8] {
        scan::last_line(self.body.get(..self.taken()).unwrap_or_default())
    }

    /// Moves to the next window: the whole lines in UTF-8 among the first `within` unread bytes; none if
    /// the first line is not in UTF-8. They are few enough to stay in the first-level cache until they
    /// are read.
    pub(crate) fn slide(&mut self, within: usize) {
        self.slide_to(0, within);
    }

    /// Moves to a window, chosen the same way, that begins `skip` bytes further on.
    pub(crate) fn slide_to(&mut self, skip: usize, within: usize) {
        let start = self.taken() + skip;
        let rest = self.body.get(start..).unwrap_or_default();
        let within = within.min(index::WINDOW);
        self.lines = scan::whole_lines(rest.get(..within).unwrap_or(rest));
        self.end = start + self.lines.len();
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
        assert_eq!(window.take_line(4).unwrap().as_bytes(), b"a 1");
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
        assert_eq!(window.up_to_end(), b"a 1\nb 2\n\xff 3\n");
    }

    #[test]
    fn bytes_are_passed_over() {
        let mut window = Window::before(b"a 1\nb 2\nc 3\n");
        window.slide_to(4, 4);
        assert_eq!(
            (window.lines(), window.unread()),
            ("b 2\n", &b"b 2\nc 3\n"[..])
        );
        assert_eq!(window.taken(), 4);
        assert_eq!(window.up_to_end(), b"a 1\nb 2\n");
    }

    #[test]
    fn lines_may_be_read_out_of_the_window() {
        let mut window = Window::before(b"a 1\nb 2\nc 3\n");
        window.slide(8);
        assert_eq!(window.lines_from(4), "b 2\n");
        assert_eq!(window.lines_from(8), "");
        window.take(10);
        assert_eq!((window.taken(), window.lines()), (10, ""));
        assert_eq!(
            (window.unread(), window.last_line()),
            (&b"3\n"[..], &b"c "[..])
        );
    }

    #[test]
    fn a_window_is_no_longer_than_its_index() {
        let body = "a 1\n".repeat(index::WINDOW);
        let mut window = Window::before(body.as_bytes());
        window.slide_to(0, usize::MAX);
        assert_eq!(window.lines().len(), index::WINDOW);
    }
}
