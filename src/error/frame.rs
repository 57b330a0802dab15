//! A fault drawn with its place: a headline, the line it is about, and a caret.

use std::fmt;

use super::excerpt::{Excerpt, Near};
use super::hint::Hint;
use super::position::Position;

/// What is drawn below a headline.
pub(super) struct Frame<'f> {
    /// What the body is called, if it has a name.
    pub(super) source: Option<&'f str>,
    pub(super) position: Position,
    pub(super) excerpt: &'f Excerpt,
    /// Which field of a binary body it is.
    pub(super) path: Option<&'f str>,
    pub(super) note: Option<Hint>,
}

impl fmt::Display for Frame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let position = self.position;
        if position.is_in_binary() {
            f.write_str("\n --> ")?;
            if let Some(source) = self.source {
                write!(f, "{source}, ")?;
            }
            write!(f, "{position}")?;
            return match self.path {
                Some(path) => writeln!(f, ": {path}"),
                None => writeln!(f),
            };
        }
        let number = position.line.to_string();
        let gutter = number.len();
        write!(f, "\n{:gutter$}--> ", "")?;
        match self.source {
            Some(source) => write!(f, "{source}:{}:{}", position.line, position.column)?,
            None => write!(f, "{position}")?,
        }
        writeln!(f, " (byte {})", position.byte)?;
        let Excerpt { before, after } = self.excerpt;
        writeln!(f, "{:gutter$} |", "")?;
        writeln!(f, "{number} | {before}{after}")?;
        let indent = before.chars().count();
        writeln!(f, "{:gutter$} | {:indent$}^", "", "")?;
        match self.note {
            Some(hint) => writeln!(f, "{:gutter$} = note: {hint}", ""),
            None => Ok(()),
        }
    }
}

/// Draws the place of something in a body that is at hand.
pub(crate) fn draw(
    f: &mut fmt::Formatter<'_>,
    source: &str,
    body: &[u8],
    position: Position,
) -> fmt::Result {
    let at = usize::try_from(position.byte).unwrap_or(usize::MAX);
    let frame = Frame {
        source: Some(source),
        position,
        excerpt: &Near::new(body, at).excerpt(),
        path: None,
        note: None,
    };
    write!(f, "{frame}")
}
