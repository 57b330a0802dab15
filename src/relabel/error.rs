//! Why a rule is refused.

use std::fmt;

use super::{Action, RegexError};
use crate::model::name::ValidationScheme;

/// A rule that Prometheus would refuse too, or one that cannot be followed exactly.
///
/// ```
/// use exposition::{name::ValidationScheme, relabel::{Field, RuleConfig, Rules}};
///
/// let rules = [
///     RuleConfig::new().target_label("a"),
///     RuleConfig::new().target_label("b").regex("a(b"),
/// ];
/// let error = Rules::new(rules, ValidationScheme::Utf8).unwrap_err();
/// assert_eq!((error.index(), error.field()), (Some(1), Field::Regex));
/// assert_eq!(error.to_string(), "rules[1].regex: missing `)` for the `(` at offset 1");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{field}: {problem}", Place(*index))]
pub struct RuleError {
    index: Option<usize>,
    field: Field,
    problem: RuleErrorKind,
}

impl RuleError {
    pub(super) fn new(field: Field, problem: RuleErrorKind) -> Self {
        RuleError {
            index: None,
            field,
            problem,
        }
    }

    pub(super) fn at(self, index: usize) -> Self {
        RuleError {
            index: Some(index),
            ..self
        }
    }

    /// Returns the rule's index in its list, from 0, if it is in a list.
    #[must_use]
    pub fn index(&self) -> Option<usize> {
        self.index
    }

    /// Returns the field that is wrong or missing.
    #[must_use]
    pub fn field(&self) -> Field {
        self.field
    }

    /// Returns what is wrong with the field.
    #[must_use]
    pub fn problem(&self) -> &RuleErrorKind {
        &self.problem
    }
}

struct Place(Option<usize>);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(index) => write!(f, "rules[{index}]."),
            None => Ok(()),
        }
    }
}

/// A field of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Field {
    /// `source_labels`.
    SourceLabels,
    /// `separator`.
    Separator,
    /// `regex`.
    Regex,
    /// `modulus`.
    Modulus,
    /// `target_label`.
    TargetLabel,
    /// `replacement`.
    Replacement,
    /// `action`.
    Action,
}

impl Field {
    /// Every field, in the order Prometheus documents them.
    pub const ALL: [Field; 7] = [
        Field::SourceLabels,
        Field::Separator,
        Field::Regex,
        Field::Modulus,
        Field::TargetLabel,
        Field::Replacement,
        Field::Action,
    ];

    /// Returns the key in Prometheus' spelling: `target_label`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Field::SourceLabels => "source_labels",
            Field::Separator => "separator",
            Field::Regex => "regex",
            Field::Modulus => "modulus",
            Field::TargetLabel => "target_label",
            Field::Replacement => "replacement",
            Field::Action => "action",
        }
    }

    /// Returns the key in the Operator's spelling: `targetLabel`.
    #[must_use]
    pub const fn as_camel_case(self) -> &'static str {
        match self {
            Field::SourceLabels => "sourceLabels",
            Field::TargetLabel => "targetLabel",
            other => other.as_str(),
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What is wrong with a rule's field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RuleErrorKind {
    /// The regular expression is wrong.
    #[error(transparent)]
    Regex(RegexError),
    /// The action needs the field, and it is absent, empty or zero ([R8](crate::docs::relabel#r8),
    /// [R9](crate::docs::relabel#r9)).
    #[error("required by action {0}")]
    Required(Action),
    /// The action does not use the field, and refuses it ([R12](crate::docs::relabel#r12),
    /// [R14](crate::docs::relabel#r14), [R15](crate::docs::relabel#r15)).
    #[error("not allowed with action {0}")]
    Unused(Action),
    /// The text is not a label's name under the scheme ([R10](crate::docs::relabel#r10),
    /// [R11](crate::docs::relabel#r11)).
    #[error("{name:?} is not a valid label name{}", of(*scheme))]
    Name {
        /// The text as given.
        name: String,
        /// The scheme in force.
        scheme: ValidationScheme,
    },
    /// The text is not a template that can yield a label's name under the scheme
    /// ([R10](crate::docs::relabel#r10), [R13](crate::docs::relabel#r13)).
    #[error("{template:?} is not a label name or a template for one{}", of(*scheme))]
    Template {
        /// The text as given.
        template: String,
        /// The scheme in force.
        scheme: ValidationScheme,
    },
}

impl RuleErrorKind {
    pub(super) fn name(text: &str, template: bool, scheme: ValidationScheme) -> RuleErrorKind {
        match template {
            false => RuleErrorKind::Name {
                name: text.to_owned(),
                scheme,
            },
            true => RuleErrorKind::Template {
                template: text.to_owned(),
                scheme,
            },
        }
    }
}

fn of(scheme: ValidationScheme) -> &'static str {
    match scheme {
        ValidationScheme::Utf8 => "",
        ValidationScheme::Legacy => " under the legacy scheme",
    }
}
