//! The reasons why a cluster refuses a resource.

use std::fmt;

use super::rule::CheckRule;
use crate::operator::error::ManifestError;

/// One reason why the API server or the Operator refuses an object.
///
/// It displays the field, the reason, who refuses and the rule's key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejection {
    /// The rule that is broken.
    pub rule: &'static CheckRule,
    /// The field, as a path from the top: `spec.endpoints[0].scrapeTimeout`.
    pub path: String,
    /// What is wrong with it.
    pub reason: String,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        let (by, key) = (self.rule.by(), self.rule.key());
        write!(f, "{} (rejected by {by}: {key})", self.reason)
    }
}

/// Every reason why an object is refused: at least one.
///
/// The API server's come first, then the Operator's in the order of its checks; the Operator itself names
/// only the first. It displays one reason per line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejections {
    list: Vec<Rejection>,
}

impl Rejections {
    /// Returns an error if there is any reason.
    pub(crate) fn result(list: Vec<Rejection>) -> Result<(), Self> {
        match list.is_empty() {
            true => Ok(()),
            false => Err(Rejections { list }),
        }
    }

    /// Returns the reasons, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Rejection> {
        self.list.iter()
    }

    /// Returns the reasons, in order.
    #[must_use]
    pub fn as_slice(&self) -> &[Rejection] {
        &self.list
    }
}

impl<'r> IntoIterator for &'r Rejections {
    type Item = &'r Rejection;
    type IntoIter = std::slice::Iter<'r, Rejection>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Rejections {
    type Item = Rejection;
    type IntoIter = std::vec::IntoIter<Rejection>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl fmt::Display for Rejections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, rejection) in self.list.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            rejection.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Rejections {}

/// Collects reasons as they are found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) list: Vec<Rejection>,
}

impl Found {
    pub(super) fn add(
        &mut self,
        rule: &'static CheckRule,
        path: impl Into<String>,
        reason: impl Into<String>,
    ) {
        self.list.push(Rejection {
            rule,
            path: path.into(),
            reason: reason.into(),
        });
    }
}

impl Found {
    /// Adds what reading has already found.
    pub(super) fn warnings(&mut self, warnings: &[ManifestError]) {
        for warning in warnings {
            if let Some(rule) = warning.rule() {
                self.add(rule, warning.path(), warning.kind().to_string());
            }
        }
    }
}
