//! Metadata lines, held until it is known which family they belong to.

use crate::dialect::Dialect;
use crate::model::metric_type::MetricType;

/// Metadata that has been read and not yet written. It is of one family only.
#[derive(Debug, Default)]
pub(super) struct Header {
    pub(super) from: Dialect,
    /// The family's name in the body.
    pub(super) name: String,
    pub(super) help: Option<String>,
    pub(super) kind: Option<MetricType>,
    pub(super) unit: Option<String>,
    /// The family's name, escaped, and its type, as long as samples of it may still come: their names are
    /// escaped in the same two parts.
    pub(super) family: String,
    pub(super) family_kind: MetricType,
    /// Whether a sample of the family has been written under another name.
    pub(super) left: bool,
}

impl Header {
    /// Tells whether there is metadata that has not been written.
    pub(super) fn holds(&self) -> bool {
        self.help.is_some() || self.kind.is_some() || self.unit.is_some()
    }

    /// Returns the family that samples can be of, as the body names it, and its type.
    pub(super) fn current(&self) -> (&str, MetricType) {
        match self.kind {
            Some(kind) => (&self.name, kind),
            None => (&self.family, self.family_kind),
        }
    }
}
