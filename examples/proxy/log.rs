//! Tells on standard error what happened.

use std::fmt::Display;
use std::io::{self, Write as _};

/// The lines about one server and request: a body can hold millions of errors.
const MOST: usize = 10;

/// Writes a line. Nobody may be there to read it, which is not a reason to end.
pub(crate) fn log(message: impl Display) {
    let _ = writeln!(io::stderr(), "{message}");
}

/// What is told about one server's body.
pub(crate) struct Log<'n> {
    name: &'n str,
    lines: usize,
}

impl<'n> Log<'n> {
    pub(crate) fn new(name: &'n str) -> Self {
        Log { name, lines: 0 }
    }

    /// Writes a line that begins with the server's name, if not too many were written.
    pub(crate) fn line(&mut self, message: impl Display) {
        self.lines += 1;
        if self.lines <= MOST {
            log(format_args!("{}: {message}", self.name));
        }
    }
}

impl Drop for Log<'_> {
    fn drop(&mut self) {
        if let more @ 1.. = self.lines.saturating_sub(MOST) {
            log(format_args!("{}: {more} more lines like these", self.name));
        }
    }
}
