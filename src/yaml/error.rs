//! What is wrong with a YAML text, and where.

use std::fmt;

use serde::de;

use super::cursor::Mark;
use super::meant::closest;

/// An error in reading or writing YAML.
///
/// It displays the place, if there is one, and the cause:
///
/// ```
/// use exposition::{relabel::RuleConfig, yaml};
///
/// let error = yaml::from_str::<Vec<RuleConfig>>("- source_labels: [a]\n  regexp: b").unwrap_err();
/// assert_eq!((error.line(), error.column()), (Some(2), Some(3)));
/// assert_eq!(
///     error.to_string(),
///     "line 2, column 3: unknown key `regexp` in a relabel rule: did you mean `regex`?",
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YamlError {
    message: Box<str>,
    /// Line and column, from 1.
    place: Option<(usize, usize)>,
}

impl YamlError {
    /// Creates an error without a place in a text.
    pub(crate) fn new(message: impl fmt::Display) -> Self {
        YamlError {
            message: message.to_string().into_boxed_str(),
            place: None,
        }
    }

    pub(super) fn at(message: impl fmt::Display, mark: Mark) -> Self {
        YamlError::new(message).or_at(mark)
    }

    /// Returns the same error, with its place at `mark` unless a place is already known.
    pub(super) fn or_at(mut self, mark: Mark) -> Self {
        self.place.get_or_insert((mark.line + 1, mark.column + 1));
        self
    }

    /// Returns the line, from 1, if the error has a place in a text.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.place.map(|(line, _)| line)
    }

    /// Returns the column, in characters and from 1, if the error has a place in a text.
    #[must_use]
    pub fn column(&self) -> Option<usize> {
        self.place.map(|(_, column)| column)
    }
}

impl fmt::Display for YamlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.place {
            write!(f, "line {line}, column {column}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for YamlError {}

impl de::Error for YamlError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        YamlError::new(message)
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let slips = |letters| if letters > 6 { 2 } else { 1 };
        match closest(field, expected.iter(), slips) {
            Some(meant) => YamlError::new(format_args!(
                "unknown field `{field}`: did you mean `{meant}`?"
            )),
            None => YamlError::new(format_args!(
                "unknown field `{field}`: expected one of {}",
                expected.join(", ")
            )),
        }
    }
}
