//! Label selectors, and their text form in Kubernetes.

use std::{collections::BTreeMap, fmt};

/// Selects objects by their labels. All requirements must hold; an empty selector selects everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LabelSelector {
    /// Labels and the values they must have.
    pub match_labels: BTreeMap<String, String>,
    /// Further requirements, in the given order.
    pub match_expressions: Vec<Requirement>,
}

/// One of a selector's `matchExpressions`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Requirement {
    /// The label's name.
    pub key: String,
    /// How the label is compared with the values.
    pub operator: Operator,
    /// The values, for [`In`](Operator::In) and [`NotIn`](Operator::NotIn).
    pub values: Vec<String>,
}

/// How a requirement compares a label with values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// The label exists and has one of the values.
    In,
    /// The label does not exist or has none of the values.
    NotIn,
    /// The label exists.
    Exists,
    /// The label does not exist.
    DoesNotExist,
}

impl Operator {
    pub(crate) const WORDS: &'static [(&'static str, Self)] = &[
        ("In", Operator::In),
        ("NotIn", Operator::NotIn),
        ("Exists", Operator::Exists),
        ("DoesNotExist", Operator::DoesNotExist),
    ];
}

/// Displays Kubernetes' text form: requirements sorted by key, those of `matchLabels` before the others of
/// the same key, values sorted ([M5.5](crate::docs::operator#m5)). The empty selector is the empty text.
///
/// ```
/// use exposition::operator::Manifest;
///
/// let Manifest::PodMonitor(monitor) = "
/// apiVersion: monitoring.coreos.com/v1
/// kind: PodMonitor
/// metadata: {name: m, namespace: shop}
/// spec:
///   podMetricsEndpoints: []
///   selector:
///     matchLabels: {tier: web}
///     matchExpressions:
///     - {key: app, operator: In, values: [b, a]}
///     - {key: canary, operator: DoesNotExist}
/// ".parse()? else { unreachable!() };
/// assert_eq!(monitor.spec.selector.to_string(), "app in (a,b),!canary,tier=web");
/// # Ok::<(), exposition::operator::ManifestError>(())
/// ```
impl fmt::Display for LabelSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let equal = (self.match_labels.iter()).map(|(key, value)| (key, Text::Equal(value)));
        let other = (self.match_expressions.iter()).map(|r| (&r.key, Text::Requirement(r)));
        let mut all: Vec<_> = equal.chain(other).collect();
        all.sort_by_key(|(key, _)| *key);
        for (i, (key, text)) in all.into_iter().enumerate() {
            if i > 0 {
                f.write_str(",")?;
            }
            text.write(key, f)?;
        }
        Ok(())
    }
}

enum Text<'a> {
    Equal(&'a str),
    Requirement(&'a Requirement),
}

impl Text<'_> {
    fn write(&self, key: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let requirement = match self {
            Text::Equal(value) => return write!(f, "{key}={value}"),
            Text::Requirement(requirement) => requirement,
        };
        let values = || {
            let mut values: Vec<&str> = requirement.values.iter().map(String::as_str).collect();
            values.sort_unstable();
            values.join(",")
        };
        match requirement.operator {
            Operator::In => write!(f, "{key} in ({})", values()),
            Operator::NotIn => write!(f, "{key} notin ({})", values()),
            Operator::Exists => write!(f, "{key}"),
            Operator::DoesNotExist => write!(f, "!{key}"),
        }
    }
}
