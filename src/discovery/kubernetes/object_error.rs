//! What can be wrong with an object of a cluster, and where.

use std::fmt;

use crate::discovery::field::{FieldCause, FieldError};
use crate::yaml::YamlError;
use crate::yaml::node::quotes;

/// An error in the objects that [`Objects`](super::Objects) read.
///
/// It displays the field's path and what is wrong there:
///
/// ```
/// use exposition::discovery::kubernetes::Objects;
///
/// let error = Objects::parse_all("
/// apiVersion: v1
/// kind: Pod
/// metadata: {name: web, labels: {version: 1.5}}
/// ").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "metadata.labels.version: expected a string, found the number 1.5; put it in quotes",
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectError {
    path: String,
    kind: Box<ObjectErrorKind>,
}

impl ObjectError {
    /// Returns the field, as a path from the top: `document 2.items[0].spec.containers[0].ports`. Empty if the
    /// error is about the whole text.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns what is wrong with the field.
    #[must_use]
    pub fn kind(&self) -> &ObjectErrorKind {
        &self.kind
    }
}

impl From<YamlError> for ObjectError {
    fn from(error: YamlError) -> Self {
        ObjectError {
            path: String::new(),
            kind: Box::new(ObjectErrorKind::Yaml(error)),
        }
    }
}

impl ObjectError {
    /// Returns the error of a field.
    pub(super) fn of(error: FieldError) -> Self {
        let kind = match error.cause {
            FieldCause::Missing { why } => ObjectErrorKind::Missing { why },
            FieldCause::Type { expected, found } => ObjectErrorKind::Type { expected, found },
        };
        ObjectError {
            path: error.path,
            kind: Box::new(kind),
        }
    }
}

impl fmt::Display for ObjectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        self.kind.fmt(f)
    }
}

impl std::error::Error for ObjectError {}

/// What is wrong with a field of an object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ObjectErrorKind {
    /// The text is not YAML.
    #[error("{0}")]
    Yaml(YamlError),
    /// A required field is missing.
    #[error("missing: {why}")]
    Missing {
        /// What the field is needed for.
        why: &'static str,
    },
    /// The value has another type.
    #[error("expected {expected}, found {found}{}", quotes(expected, found))]
    Type {
        /// The expected type.
        expected: &'static str,
        /// What was found.
        found: String,
    },
}
