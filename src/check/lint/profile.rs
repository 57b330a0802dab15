//! What a format makes of the rules.

use crate::dialect::Dialect;
use crate::model::suffix::Suffixes;

/// What a format makes of the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Profile {
    Text,
    OpenMetrics,
    OpenMetrics2,
    /// Named and typed as text is.
    Protobuf,
}

impl Profile {
    pub(super) fn of(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Text | Dialect::Lenient => Profile::Text,
            Dialect::OpenMetrics => Profile::OpenMetrics,
            Dialect::OpenMetrics2 => Profile::OpenMetrics2,
        }
    }

    /// The suffixes by which names are parts of families.
    pub(super) fn suffixes(self) -> Suffixes {
        match self {
            Profile::Text | Profile::Protobuf => Suffixes::Text,
            Profile::OpenMetrics => Suffixes::OpenMetrics,
            Profile::OpenMetrics2 => Suffixes::OpenMetrics2,
        }
    }

    /// Tells whether the specification's rules say what parts a histogram has, and how labels are named.
    pub(super) fn has_specification(self) -> bool {
        match self {
            Profile::Text | Profile::Protobuf => false,
            Profile::OpenMetrics | Profile::OpenMetrics2 => true,
        }
    }
}
