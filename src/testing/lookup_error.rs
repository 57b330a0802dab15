//! Why a look-up has no answer.

use std::fmt;

/// Why a look-up has no answer.
///
/// It displays with what helps to mend the test: the nearest names or series if nothing is there, the series if
/// there are several. Debugging it displays it too, so that `unwrap` in a test is readable.
#[derive(Clone, PartialEq, Eq)]
pub struct LookupError(Box<Inner>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    kind: LookupErrorKind,
    message: String,
}

/// The kinds of [`LookupError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LookupErrorKind {
    /// No series has the name and the labels.
    Missing,
    /// Several series have them, and the look-up is about one.
    Several,
    /// The metric is there, but not what is asked of it: the count of a gauge, a bucket that it does not have,
    /// the value of a histogram.
    Unanswered,
}

impl LookupError {
    pub(super) fn new(kind: LookupErrorKind, message: String) -> Self {
        LookupError(Box::new(Inner { kind, message }))
    }

    /// Returns what kind of error this is.
    pub fn kind(&self) -> LookupErrorKind {
        self.0.kind
    }
}

impl fmt::Display for LookupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for LookupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for LookupError {}
