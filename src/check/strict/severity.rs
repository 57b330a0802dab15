//! How severe it is that a rule is broken.

use std::fmt;

/// How severe it is that a rule is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// The body is valid. It ignores advice of the specification, does something of which the specification
    /// does not say whether it is allowed, or loses an exemplar.
    Warning,
    /// The body is not valid.
    Error,
}

impl Severity {
    /// Returns `warning` or `error`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
