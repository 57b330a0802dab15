//! Where a family and a metric are in a body.

use super::wire::Part;

/// Where a family is in the body.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct FamilyPlace {
    /// Its number, counted from 1.
    pub(super) number: u64,
    /// The offset of its first byte, after the length.
    pub(super) byte: u64,
    /// Where its name is, once that is known.
    pub(super) name: Option<Part>,
    /// Its metric that is being read, if there is one.
    pub(super) metric: Option<MetricPlace>,
}

/// Where a metric is in its family. Errors find it with this instead of counting from the family's first byte:
/// that would cost the square of the family's length if each of its metrics has an error.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct MetricPlace {
    /// Its number, counted from 1.
    pub(super) number: u64,
    /// Where its message is.
    pub(super) part: Part,
}
