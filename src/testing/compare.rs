//! Comparing a snapshot with a text or another body.

use std::collections::BTreeMap;
use std::fmt;

use super::exposition::Exposition;
use super::fail::fail;
use super::snapshot::{Entry, Snapshot, Subject};
use crate::error::Error;
use crate::format::Format;
use crate::format::syntax::BodyEnd;

/// How many lines of a difference are shown.
const SHOWN: usize = 100;

impl Snapshot<'_> {
    /// Compares the body with a text in its format; with one in the text format if the body is protobuf.
    ///
    /// The order of lines and labels does not matter, nor the spelling of numbers, nor blank lines and blanks at the
    /// beginning of a line, nor whether OpenMetrics' `# EOF` is there. What is [left out](Self::ignore_values) of the body is
    /// left out of the text too. HELP, TYPE and UNIT lines are compared where the text has them.
    ///
    /// # Errors
    ///
    /// [`CompareError::Expected`] if the text cannot be read, [`CompareError::Mismatch`] if the body says anything
    /// else.
    pub fn matches(&self, expected: &str) -> Result<(), CompareError> {
        let format = self.exposition.format();
        let dialect = format.dialect().unwrap_or_default();
        let format = format.dialect().map_or_else(Format::default, |_| format);
        let has_end = dialect.syntax().end == BodyEnd::EofLine;
        let mut text = String::with_capacity(expected.len());
        for line in expected
            .lines()
            .map(|line| line.trim_start_matches([' ', '\t']))
        {
            // A format with an end has no blank lines either.
            if !has_end || !(line.is_empty() || line == "# EOF") {
                text.push_str(line);
                text.push('\n');
            }
        }
        if has_end {
            text.push_str("# EOF\n");
        }
        let expected = Exposition::new(text, format).map_err(CompareError::Expected)?;
        Ok(self.is_same_as(&expected)?)
    }

    /// Compares the body with another, in any format, as [`matches`](Self::matches) does.
    ///
    /// # Errors
    ///
    /// [`Mismatch`] if the body says anything else.
    pub fn is_same_as(&self, expected: &Exposition) -> Result<(), Mismatch> {
        let mut subjects: BTreeMap<Subject, Sides> = BTreeMap::new();
        for entry in self.entries(expected) {
            let sides = subjects.entry(entry.subject.clone()).or_default();
            sides.expected.push(entry);
        }
        for entry in self.entries(self.exposition) {
            // What the other does not say of a family does not matter.
            if !entry.subject.is_metadata() || subjects.contains_key(&entry.subject) {
                subjects
                    .entry(entry.subject.clone())
                    .or_default()
                    .found
                    .push(entry);
            }
        }
        let lines: Vec<Line> = subjects.into_values().flat_map(Sides::differing).collect();
        match lines.is_empty() {
            true => Ok(()),
            false => Err(Mismatch(lines)),
        }
    }

    fn entries(&self, exposition: &Exposition) -> impl Iterator<Item = Entry> {
        let families = exposition.families().iter();
        families.flat_map(|family| self.view.entries(family))
    }

    /// Asserts that the body [matches](Self::matches) a text.
    #[track_caller]
    pub fn assert_matches(&self, expected: &str) -> &Self {
        match self.matches(expected) {
            Ok(()) => self,
            Err(error) => fail(error),
        }
    }

    /// Asserts that the body [is the same as](Self::is_same_as) another.
    #[track_caller]
    pub fn assert_same_as(&self, expected: &Exposition) -> &Self {
        match self.is_same_as(expected) {
            Ok(()) => self,
            Err(error) => fail(error),
        }
    }
}

/// The lines of one subject: usually one on each side.
#[derive(Default)]
struct Sides {
    expected: Vec<Entry>,
    found: Vec<Entry>,
}

impl Sides {
    /// Returns the lines that only one side has.
    fn differing(mut self) -> impl Iterator<Item = Line> {
        let by_text = |a: &Entry, b: &Entry| a.says.cmp(&b.says);
        self.expected.sort_by(by_text);
        self.found.sort_by(by_text);
        let mut found = self.found.into_iter().peekable();
        let mut lines = [Vec::new(), Vec::new()];
        let [missing, unexpected] = &mut lines;
        for expected in self.expected {
            while let Some(found) = found.next_if(|found| found.says < expected.says) {
                unexpected.push(Line::Unexpected(found.to_string()));
            }
            if found.next_if(|found| found.says == expected.says).is_none() {
                missing.push(Line::Missing(expected.to_string()));
            }
        }
        unexpected.extend(found.map(|found| Line::Unexpected(found.to_string())));
        lines.into_iter().flatten()
    }
}

/// A line that one side does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    Missing(String),
    Unexpected(String),
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Line::Missing(line) => write!(f, "- {line}"),
            Line::Unexpected(line) => write!(f, "+ {line}"),
        }
    }
}

/// What a body does not say as expected.
///
/// It displays only the lines that differ: `-` before what was expected, `+` before what was found. Debugging it
/// displays it, so that `unwrap` in a test is readable.
#[derive(Clone, PartialEq, Eq)]
pub struct Mismatch(Vec<Line>);

impl Mismatch {
    /// Returns the lines that were expected and are not there.
    pub fn missing(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|line| match line {
            Line::Missing(line) => Some(line.as_str()),
            Line::Unexpected(_) => None,
        })
    }

    /// Returns the lines that are there and were not expected.
    pub fn unexpected(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|line| match line {
            Line::Missing(_) => None,
            Line::Unexpected(line) => Some(line.as_str()),
        })
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "the exposition is not as expected (-: expected, +: found):"
        )?;
        for line in self.0.iter().take(SHOWN) {
            writeln!(f, "{line}")?;
        }
        match self.0.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => writeln!(f, "and {more} more lines"),
        }
    }
}

impl fmt::Debug for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Mismatch {}

/// Why a body does not match a text. Debugging it displays it, so that `unwrap` in a test is readable.
#[derive(Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CompareError {
    /// The text cannot be read.
    #[error("in what is expected: {0}")]
    Expected(Error),
    /// The body says something else.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
}

impl fmt::Debug for CompareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
