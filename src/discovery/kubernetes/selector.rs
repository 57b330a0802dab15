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
    /// The values, for [`In`](Operator::In) and [`NotIn`](Operator::NotIn); the number, for
    /// [`Gt`](Operator::Gt) and [`Lt`](Operator::Lt).
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
    /// The label is a whole number greater than the value: `k>n` in the text form, which alone has it.
    Gt,
    /// The label is a whole number less than the value: `k<n` in the text form, which alone has it.
    Lt,
}

impl LabelSelector {
    /// Tells whether an object with these labels is selected.
    #[must_use]
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        self.matches_by(|key| labels.get(key).map(String::as_str))
    }

    /// Tells whether an object is selected, of whose labels `value` returns the value.
    pub(crate) fn matches_by<'v>(&self, value: impl Fn(&str) -> Option<&'v str>) -> bool {
        (self.match_labels.iter()).all(|(key, wanted)| value(key) == Some(wanted))
            && (self.match_expressions.iter())
                .all(|requirement| requirement.holds(value(&requirement.key)))
    }
}

impl Requirement {
    /// Tells whether the requirement holds for a label with this value, or for an absent one.
    pub(crate) fn holds(&self, value: Option<&str>) -> bool {
        let listed = || self.values.iter().any(|wanted| value == Some(wanted));
        match self.operator {
            Operator::In => listed(),
            Operator::NotIn => !listed(),
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
            Operator::Gt => self.compares(value, |found, bound| found > bound),
            Operator::Lt => self.compares(value, |found, bound| found < bound),
        }
    }

    /// Compares a label with the number. What is not a whole number is neither greater nor less.
    fn compares(&self, value: Option<&str>, compare: impl Fn(i64, i64) -> bool) -> bool {
        let whole = |text: &str| text.parse::<i64>().ok();
        let bound = self.values.first().and_then(|value| whole(value));
        (value.and_then(whole).zip(bound)).is_some_and(|(found, bound)| compare(found, bound))
    }
}

impl Operator {
    /// The words of a manifest (spec C4); the text form has more operators.
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
        let number = requirement.values.first().map_or("", String::as_str);
        match requirement.operator {
            Operator::Gt => write!(f, "{key}>{number}"),
            Operator::Lt => write!(f, "{key}<{number}"),
            Operator::In => write!(f, "{key} in ({})", values()),
            Operator::NotIn => write!(f, "{key} notin ({})", values()),
            Operator::Exists => write!(f, "{key}"),
            Operator::DoesNotExist => write!(f, "!{key}"),
        }
    }
}
