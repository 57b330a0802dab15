//! What can be wrong with a list of targets, and where.

use std::fmt;

use super::field::{FieldCause, FieldError};
use crate::yaml::YamlError;

/// An error in a list of targets: a file of [`file_sd`](super::file_sd), or Prometheus' own list,
/// [`ServerTargets`](super::ServerTargets).
///
/// It displays the place and what is wrong there:
///
/// ```
/// use exposition::discovery::file_sd;
///
/// let error = file_sd::read("nodes.yml", "[{targets: 'h:9100'}]").unwrap_err();
/// assert_eq!(error.path(), "[0].targets");
/// assert_eq!(
///     error.to_string(),
///     "[0].targets: expected a list of addresses, found the string \"h:9100\"",
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetsError {
    path: String,
    cause: Cause,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Cause {
    Yaml(YamlError),
    Field(FieldCause),
    /// The server answered with an error of its own.
    Refused(String),
}

impl TargetsError {
    pub(super) fn field(error: FieldError) -> Self {
        TargetsError {
            path: error.path,
            cause: Cause::Field(error.cause),
        }
    }

    pub(super) fn yaml(error: YamlError) -> Self {
        TargetsError {
            path: String::new(),
            cause: Cause::Yaml(error),
        }
    }

    pub(super) fn refused(message: String) -> Self {
        TargetsError {
            path: "error".to_owned(),
            cause: Cause::Refused(message),
        }
    }

    /// Returns where the error is, as a path from the top: `data.activeTargets[0].labels`. Empty if it is about
    /// the whole text.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for TargetsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        match &self.cause {
            Cause::Yaml(error) => error.fmt(f),
            Cause::Refused(message) => write!(f, "the server says: {message}"),
            Cause::Field(FieldCause::Missing { why }) => write!(f, "missing: {why}"),
            Cause::Field(FieldCause::Type { expected, found }) => {
                write!(f, "expected {expected}, found {found}")
            }
        }
    }
}

impl std::error::Error for TargetsError {}
