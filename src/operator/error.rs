//! What can be wrong in a manifest or in the Operator's settings, and where.

use std::fmt;

use super::check::rule::{self, CheckRule};
use crate::yaml::node::quotes;

/// An error in a resource or in an [`OperatorConfig`](super::OperatorConfig).
///
/// It displays the field's path and what to do about it:
///
/// ```
/// use exposition::operator::Manifest;
///
/// let error = "
/// apiVersion: monitoring.coreos.com/v1
/// kind: PodMonitor
/// metadata: {name: envoy, namespace: istio-system}
/// spec:
///   selector: {}
///   podMetricsEndpoints:
///   - relabelings:
///     - source_labels: [__meta_kubernetes_pod_name]
/// ".parse::<Manifest>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "spec.podMetricsEndpoints[0].relabelings[0].source_labels: unknown key: did you mean `sourceLabels`?",
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestError {
    path: String,
    kind: Box<ManifestErrorKind>,
    rule: Option<&'static CheckRule>,
}

impl ManifestError {
    pub(crate) fn new(path: impl Into<String>, kind: ManifestErrorKind) -> Self {
        ManifestError {
            path: path.into(),
            rule: kind.rule(),
            kind: Box::new(kind),
        }
    }

    /// Returns the same error, under a rule that differs from its kind's.
    pub(crate) fn under(mut self, rule: &'static CheckRule) -> Self {
        self.rule = Some(rule);
        self
    }

    /// Returns the same error, without a rule, because no cluster would refuse the object.
    pub(crate) fn under_no_rule(mut self) -> Self {
        self.rule = None;
        self
    }

    /// Returns the rule by which the API server or the Operator refuses the object too; `None` where only
    /// this crate fails, as for text that is not YAML.
    #[must_use]
    pub fn rule(&self) -> Option<&'static CheckRule> {
        self.rule
    }

    /// Returns the field, as a path from the top: `spec.endpoints[0].port`. Empty if it is about the whole
    /// text.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns what is wrong with the field.
    #[must_use]
    pub fn kind(&self) -> &ManifestErrorKind {
        &self.kind
    }

    /// Returns the same error with its path under `prefix`, where the part that was read is.
    pub(crate) fn within(mut self, prefix: &str) -> Self {
        self.path = match (prefix, self.path.as_str()) {
            ("", _) => return self,
            (_, "") => prefix.to_owned(),
            (prefix, path) => format!("{prefix}.{path}"),
        };
        self
    }
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        self.kind.fmt(f)
    }
}

impl std::error::Error for ManifestError {}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestErrorKind {
    /// The text is not YAML, or not one document.
    #[error("{message}")]
    Yaml {
        /// The YAML reader's message, with line and column.
        message: String,
    },
    /// The resource is not one that can be rendered.
    #[error("expected {expected}, found {found}")]
    Resource {
        /// What is expected here.
        expected: &'static str,
        /// What was found.
        found: String,
    },
    /// An unknown key for this place.
    #[error("unknown key: {hint}")]
    UnknownKey {
        /// What was probably meant.
        hint: KeyHint,
    },
    /// A required field is missing.
    #[error("missing: {why}")]
    Missing {
        /// What the field is needed for.
        why: &'static str,
    },
    /// The value has another type.
    #[error("expected {expected}, found {found}{}", quotes(expected, found))]
    Type {
        /// The expected type.
        expected: &'static str,
        /// What was found.
        found: String,
    },
    /// The value is of the right type, but not one of those allowed.
    #[error("invalid value {found:?}: expected {expected}")]
    Value {
        /// The value as written.
        found: String,
        /// What is allowed.
        expected: String,
    },
}

impl ManifestErrorKind {
    /// Returns the rule that an error of this kind breaks by default.
    fn rule(&self) -> Option<&'static CheckRule> {
        match self {
            ManifestErrorKind::Yaml { .. } | ManifestErrorKind::Resource { .. } => None,
            ManifestErrorKind::UnknownKey { .. } => Some(&rule::UNKNOWN_FIELD),
            ManifestErrorKind::Missing { .. } => Some(&rule::REQUIRED),
            ManifestErrorKind::Type { .. } => Some(&rule::TYPE),
            ManifestErrorKind::Value { .. } => Some(&rule::PATTERN),
        }
    }
}

/// What was probably meant by an unknown key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyHint {
    /// The same word in the Operator's spelling.
    Spelling(&'static str),
    /// The key exists, but in another place of the manifest.
    Place {
        /// The key in its right spelling.
        key: &'static str,
        /// Where it belongs: `spec.endpoints[]`.
        place: &'static str,
    },
    /// The key belongs to another kind of resource.
    OtherKind {
        /// The kind that has it: `PodMonitor`.
        kind: &'static str,
        /// What this kind has instead, if anything.
        instead: Option<&'static str>,
    },
    /// No key is similar: these are the keys that exist.
    OneOf(Vec<&'static str>),
}

/// How many keys are named, of those that exist.
const NAMED: usize = 8;

impl fmt::Display for KeyHint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyHint::Spelling(key) => write!(f, "did you mean `{key}`?"),
            KeyHint::Place { key, place: "" } => {
                write!(f, "`{key}` belongs at the top")
            }
            KeyHint::Place { key, place } => write!(f, "`{key}` belongs in `{place}`"),
            KeyHint::OtherKind { kind, instead } => {
                write!(f, "only a {kind} has it")?;
                match instead {
                    Some(key) => write!(f, ", here it is `{key}`"),
                    None => Ok(()),
                }
            }
            KeyHint::OneOf(keys) => {
                let named = keys.get(..NAMED).unwrap_or(keys);
                write!(f, "expected one of {}", named.join(", "))?;
                match keys.len() - named.len() {
                    0 => Ok(()),
                    more => write!(f, " and {more} more"),
                }
            }
        }
    }
}
