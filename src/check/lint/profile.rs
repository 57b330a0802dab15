//! What a format makes of the rules.

use super::labels::{self, Labels};
use super::rule::LintRule;
use crate::dialect::Dialect;
use crate::model::name;
use crate::model::suffix::Suffixes;

/// Milliseconds in 1970 that are seconds after 1973.
const LIKE_SECONDS: std::ops::Range<i64> = 100_000_000..2_147_483_648;

/// Seconds, in milliseconds, that are milliseconds after 1973.
const LIKE_MILLISECONDS: i64 = 100_000_000_000_000;

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

    pub(super) fn quoted_name(self) -> LintRule {
        match self {
            Profile::Text | Profile::Protobuf => LintRule::QuotedName,
            Profile::OpenMetrics | Profile::OpenMetrics2 => LintRule::QuotedNameInOpenMetrics,
        }
    }

    /// Returns what is to be said of a timestamp.
    pub(super) fn timestamp(self, millis: i64) -> Option<LintRule> {
        match self {
            Profile::Text | Profile::Protobuf if LIKE_SECONDS.contains(&millis) => {
                Some(LintRule::TimestampInSeconds)
            }
            Profile::OpenMetrics | Profile::OpenMetrics2 if millis >= LIKE_MILLISECONDS => {
                Some(LintRule::TimestampInMilliseconds)
            }
            Profile::Text | Profile::Protobuf | Profile::OpenMetrics | Profile::OpenMetrics2 => {
                Some(LintRule::Timestamp)
            }
        }
    }

    /// Finds what is wrong with names and labels by themselves.
    pub(super) fn labels(
        self,
        mut is_quoted: bool,
        labels: &Labels<'_>,
        are_plain: bool,
        mut add: impl FnMut(LintRule),
    ) {
        if labels.iter().any(|(_, value)| value.is_empty()) {
            add(LintRule::EmptyLabel);
        }
        if !are_plain {
            for (label, _) in labels {
                if label == "__name__" {
                    add(LintRule::NameLabel);
                } else if label.starts_with("__") && !self.has_specification() {
                    add(LintRule::ReservedLabel);
                }
                is_quoted |= !name::is_legacy_label_name(label.as_bytes());
            }
            if !self.has_specification() && labels::repeats(labels) {
                add(LintRule::DuplicateLabel);
            }
        }
        if is_quoted {
            add(self.quoted_name());
        }
    }
}
