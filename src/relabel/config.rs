//! A rule as written: every field optional, nothing checked yet.

use std::{fmt, str::FromStr};

/// What a rule does with a label set.
///
/// It is read without regard to case, as Prometheus reads `action: KeepEqual`
/// ([R5](crate::docs::relabel#r5)), and written in lower case, as Prometheus writes it.
///
/// ```
/// use exposition::relabel::Action;
///
/// assert_eq!("LabelMap".parse(), Ok(Action::LabelMap));
/// assert_eq!(Action::LabelMap.to_string(), "labelmap");
/// assert_eq!(
///     "map".parse::<Action>().unwrap_err().to_string(),
///     "unknown action \"map\": expected one of replace, keep, drop, keepequal, dropequal, \
///      hashmod, labelmap, labeldrop, labelkeep, lowercase, uppercase",
/// );
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// Sets the target label to the expanded replacement where the regex matches.
    #[default]
    Replace,
    /// Drops the label set unless the regex matches.
    Keep,
    /// Drops the label set where the regex matches.
    Drop,
    /// Drops the label set unless the source value is the target label's value.
    KeepEqual,
    /// Drops the label set where the source value is the target label's value.
    DropEqual,
    /// Sets the target label to a hash of the source value, modulo `modulus`.
    HashMod,
    /// Copies every label whose name matches to the name the replacement expands to.
    LabelMap,
    /// Removes every label whose name matches.
    LabelDrop,
    /// Removes every label whose name does not match.
    LabelKeep,
    /// Sets the target label to the source value in lower case.
    Lowercase,
    /// Sets the target label to the source value in upper case.
    Uppercase,
}

impl Action {
    /// Every action, in the order Prometheus documents them.
    pub const ALL: [Action; 11] = [
        Action::Replace,
        Action::Keep,
        Action::Drop,
        Action::KeepEqual,
        Action::DropEqual,
        Action::HashMod,
        Action::LabelMap,
        Action::LabelDrop,
        Action::LabelKeep,
        Action::Lowercase,
        Action::Uppercase,
    ];

    /// Returns the name in Prometheus' spelling: `labelmap`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Action::Replace => "replace",
            Action::Keep => "keep",
            Action::Drop => "drop",
            Action::KeepEqual => "keepequal",
            Action::DropEqual => "dropequal",
            Action::HashMod => "hashmod",
            Action::LabelMap => "labelmap",
            Action::LabelDrop => "labeldrop",
            Action::LabelKeep => "labelkeep",
            Action::Lowercase => "lowercase",
            Action::Uppercase => "uppercase",
        }
    }

    /// Returns the name in the second spelling the Operator's manifests allow: `LabelMap`.
    pub const fn as_camel_case(self) -> &'static str {
        match self {
            Action::Replace => "Replace",
            Action::Keep => "Keep",
            Action::Drop => "Drop",
            Action::KeepEqual => "KeepEqual",
            Action::DropEqual => "DropEqual",
            Action::HashMod => "HashMod",
            Action::LabelMap => "LabelMap",
            Action::LabelDrop => "LabelDrop",
            Action::LabelKeep => "LabelKeep",
            Action::Lowercase => "Lowercase",
            Action::Uppercase => "Uppercase",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Action {
    type Err = UnknownAction;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // Go's ToLower, so that the Kelvin sign is a `k` here too. No action has another letter with an
        // unusual capital.
        let lower: String = text.chars().flat_map(char::to_lowercase).collect();
        (Action::ALL
            .into_iter()
            .find(|action| action.as_str() == lower))
        .ok_or_else(|| UnknownAction {
            text: text.to_owned(),
        })
    }
}

/// The error for a text that does not name an [`Action`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown action {text:?}: expected one of replace, keep, drop, keepequal, dropequal, hashmod, \
     labelmap, labeldrop, labelkeep, lowercase, uppercase"
)]
pub struct UnknownAction {
    text: String,
}

/// A rule as written in a configuration. `None` is a field that was not given.
///
/// Absent and empty differ: without `regex` a rule matches everything, with an empty one only the empty value
/// ([R2](crate::docs::relabel#r2)). It is also a builder; `build` checks everything and compiles the rule.
///
/// With the feature `serde` it reads and writes the form of Prometheus' `relabel_configs`;
/// with the feature `operator`, `operator::OperatorRule` is the same rule in the form of a
/// `ServiceMonitor`'s or `PodMonitor`'s `relabelings`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RuleConfig {
    /// The labels whose values, joined by the separator, are the source value. Default: none.
    pub source_labels: Option<Vec<String>>,
    /// The text between the joined values. Default: `;`.
    pub separator: Option<String>,
    /// What the whole source value (or a label's name) must match, in Go's syntax. Default: `(.*)`.
    pub regex: Option<String>,
    /// The modulus of the hash. Default: 0, which `hashmod` refuses.
    pub modulus: Option<u64>,
    /// The label that is set or compared; a template for `replace`. Default: empty.
    pub target_label: Option<String>,
    /// The new value, or for `labelmap` the new name: a template. Default: `$1`.
    pub replacement: Option<String>,
    /// What the rule does. Default: [`Action::Replace`].
    pub action: Option<Action>,
}

impl RuleConfig {
    /// Creates a rule without any field.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`source_labels`](Self::source_labels).
    #[must_use]
    pub fn source_labels<I>(mut self, names: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.source_labels = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Sets [`separator`](Self::separator).
    #[must_use]
    pub fn separator(mut self, separator: impl Into<String>) -> Self {
        self.separator = Some(separator.into());
        self
    }

    /// Sets [`regex`](Self::regex).
    #[must_use]
    pub fn regex(mut self, regex: impl Into<String>) -> Self {
        self.regex = Some(regex.into());
        self
    }

    /// Sets [`modulus`](Self::modulus).
    #[must_use]
    pub fn modulus(mut self, modulus: u64) -> Self {
        self.modulus = Some(modulus);
        self
    }

    /// Sets [`target_label`](Self::target_label).
    #[must_use]
    pub fn target_label(mut self, name: impl Into<String>) -> Self {
        self.target_label = Some(name.into());
        self
    }

    /// Sets [`replacement`](Self::replacement).
    #[must_use]
    pub fn replacement(mut self, template: impl Into<String>) -> Self {
        self.replacement = Some(template.into());
        self
    }

    /// Sets [`action`](Self::action).
    #[must_use]
    pub fn action(mut self, action: Action) -> Self {
        self.action = Some(action);
        self
    }
}
