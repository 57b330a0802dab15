//! One remark.

use std::fmt;

use super::kind::RemarkKind;
use crate::relabel::Field;

/// Something that a rule says and that is probably not meant, although Prometheus loads it.
///
/// It displays `rules[0].replacement: …`, with what to write instead at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Remark {
    /// What it is about.
    pub kind: RemarkKind,
    /// The rule's index in its list, from 0.
    pub rule: usize,
    /// The field.
    pub field: Field,
    /// What the rule does, and why that is probably not meant.
    pub text: String,
    /// What is probably meant, and how to write it.
    pub fix: String,
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Remark { rule, field, .. } = self;
        write!(f, "rules[{rule}].{field}: {}; {}", self.text, self.fix)
    }
}

/// A remark before it is known which rule it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) kind: RemarkKind,
    pub(crate) field: Field,
    pub(crate) text: String,
    pub(crate) fix: String,
}

impl Finding {
    pub(crate) fn new(
        kind: RemarkKind,
        field: Field,
        text: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Finding {
            kind,
            field,
            text: text.into(),
            fix: fix.into(),
        }
    }

    pub(super) fn at(self, rule: usize) -> Remark {
        Remark {
            kind: self.kind,
            rule,
            field: self.field,
            text: self.text,
            fix: self.fix,
        }
    }
}
