//! A body that is a slice, window after window.

use crate::bytes::index;
use crate::bytes::scan;
use crate::text::shape::Text;

/// What is not read yet of a body that is a slice, and the window of it in which lines are read now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window<'b> {
    /// What the window and the lines after it are.
    rest: &'b [u8],
    /// The first lines of `rest`, whole and known to be UTF-8.
    lines: &'b str,
    /// How many bytes of `rest` are read: all of the window and more, where lines are not in UTF-8.
    taken: usize,
}

impl<'b> Window<'b> {
    /// That of a body which is not read yet: no line is in it.
    pub(crate) fn before(body: &'b [u8]) -> Self {
        Window {
            rest: body,
            lines: "",
            taken: 0,
        }
    }

    /// The lines of the window; those before [`taken`](Self::taken) are read.
    #[inline(always)]
    pub(crate) fn lines(&self) -> &'b str {
        self.lines
    }

    #[inline(always)]
    pub(crate) fn taken(&self) -> usize {
        self.taken
    }

    /// Whether all lines of the window are read.
    #[inline(always)]
    pub(crate) fn is_used_up(&self) -> bool {
        self.taken >= self.lines.len()
    }

    /// What is not read, in the window and after it.
    #[inline]
    pub(crate) fn unread(&self) -> &'b [u8] {
        self.rest.get(self.taken..).unwrap_or_default()
    }

    /// Goes on after so many bytes more.
    #[inline(always)]
    pub(crate) fn take(&mut self, len: usize) {
        self.taken += len;
    }

    /// Goes on at byte `at`, counted from the window's start.
    pub(crate) fn take_to(&mut self, at: usize) {
        self.taken = at;
    }

    /// The line of the window that begins at `start` and is so long with its line feed.
    #[inline(always)]
    pub(crate) fn line(&self, start: usize, len: usize) -> Option<Text<'b>> {
        self.lines.get(start..start + len - 1).map(Text::Str)
    }

    /// The physical line that was read last.
    pub(crate) fn last_line(&self) -> &'b [u8] {
        scan::last_line(self.rest.get(..self.taken).unwrap_or_default())
    }

    /// Goes on to the next window: as much of what is unread as is whole lines in UTF-8 among its first `within`
    /// bytes; none if its first line is not. Few enough bytes to stay in the first-level cache until they are
    /// read.
    pub(crate) fn slide(&mut self, within: usize) {
        self.slide_to(0, within.min(index::WINDOW));
    }

    /// Goes on to a window that begins `skip` bytes further on and is of `len` bytes, likewise.
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
