//! Names for objects that are made.

use crate::discovery::kubernetes::{kind::Kind, objects::Objects};

/// Returns the first name `BASE-0`, `BASE-1` and so on that no object of the kind has.
pub(super) fn free(objects: &Objects, kind: Kind, namespace: &str, base: &str) -> String {
    let names = (0..).map(|number: u64| format!("{base}-{number}"));
    let mut free = names.filter(|name| objects.get(kind, namespace, name).is_none());
    free.next().unwrap_or_default()
}
