//! What was added to objects, and why.

use std::fmt;

use crate::discovery::kubernetes::{kind::Kind, object::meta::Meta};

/// Something that [`Objects::complete`](crate::discovery::kubernetes::Objects::complete) added: to which
/// object, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addition {
    kind: &'static str,
    namespace: String,
    name: String,
    reason: String,
}

impl Addition {
    pub(super) fn new(kind: Kind, meta: &Meta, reason: String) -> Self {
        Addition {
            kind: kind.made().0,
            namespace: meta.namespace.clone(),
            name: meta.name.clone(),
            reason,
        }
    }

    /// Returns the kind of the object: `Pod`.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.kind
    }

    /// Returns the namespace of the object; `None` for one that is in none, such as a Node.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        Some(self.namespace.as_str()).filter(|namespace| !namespace.is_empty())
    }

    /// Returns the name of the object.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns what was added, and why.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for Addition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.kind)?;
        if let Some(namespace) = self.namespace() {
            write!(f, "{namespace}/")?;
        }
        write!(f, "{}: {}", self.name, self.reason)
    }
}
