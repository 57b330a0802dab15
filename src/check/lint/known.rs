//! What is known of a family, and what a body says of it.

use super::finding::Of;
use crate::error::Position;
use crate::model::metric_type::MetricType;

/// A family as far as it is known.
#[derive(Debug)]
pub(super) struct Family {
    pub(super) number: usize,
    pub(super) name: String,
    pub(super) metric_type: MetricType,
    pub(super) unit: Option<String>,
    /// Where its first line is.
    pub(super) position: Option<Position>,
    pub(super) has_help: bool,
    pub(super) has_type: bool,
    pub(super) samples: usize,
    /// Whether metadata of another family came after its own.
    pub(super) is_left: bool,
}

impl Family {
    pub(super) fn of(&self) -> Of<'_> {
        Of {
            number: self.number,
            name: &self.name,
        }
    }

    pub(super) fn has_metadata(&self) -> bool {
        self.has_help || self.has_type || self.unit.is_some()
    }
}

/// Metadata of a family.
#[derive(Debug)]
pub(super) enum Metadata<'m> {
    Type(MetricType),
    Help(&'m str),
    Unit(&'m str),
}
