//! Which monitors a Prometheus object uses (spec K1, K2).

use std::{borrow::Cow, collections::BTreeMap, fmt};

use super::prometheus::Prometheus;
use crate::discovery::kubernetes::selector::{LabelSelector, Operator, Requirement};

/// The label that every Namespace has, with its own name as the value.
const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";

/// Why a Prometheus object does not use a monitor.
///
/// It displays the field that decides it, and what to write where that is likely to be a mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotSelected {
    /// The object has no selector for the kind, which then counts as one that selects nothing.
    NoSelector {
        /// The monitor's kind.
        kind: &'static str,
        /// The selector's field: `podMonitorSelector`.
        field: &'static str,
    },
    /// The monitor's own labels do not match.
    Labels {
        /// The requirement that does not hold.
        unmet: Unmet,
    },
    /// The object has no selector for namespaces, and the monitor is in a different namespace from the object's.
    OtherNamespace {
        /// The selector's field: `podMonitorNamespaceSelector`.
        field: &'static str,
        /// The monitor's namespace.
        namespace: String,
        /// The object's namespace.
        own: String,
    },
    /// The labels of the monitor's Namespace do not match.
    Namespace {
        /// The monitor's namespace.
        namespace: String,
        /// The requirement that does not hold.
        unmet: Unmet,
        /// Whether the Namespace is known; its labels are guessed otherwise.
        is_known: bool,
    },
    /// An agent that runs on each node takes `PodMonitor`s only.
    DaemonSet,
    /// No selector of a Prometheus object is about the kind.
    Kind,
}

/// A requirement of a selector that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unmet {
    /// The requirement, as a path: `spec.podMonitorSelector.matchLabels.team`.
    pub path: String,
    /// The label.
    pub label: String,
    /// Its value, unless the label is absent.
    pub found: Option<String>,
    wanted: String,
}

impl fmt::Display for NotSelected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotSelected::NoSelector { kind, field } => write!(
                f,
                "the Prometheus object has no `{field}` and so uses no {kind}; to use all, write \
                 `{field}: {{}}`"
            ),
            NotSelected::Labels { unmet } => {
                write!(f, "{} wants {}, ", unmet.path, unmet.wanted)?;
                unmet.tell("the monitor", f)
            }
            NotSelected::OtherNamespace {
                field,
                namespace,
                own,
            } => write!(
                f,
                "the Prometheus object has no `{field}` and so looks only in its own namespace `{own}`, the \
                 monitor is in `{namespace}`; to look in all, write `{field}: {{}}`"
            ),
            NotSelected::Namespace {
                namespace,
                unmet,
                is_known,
            } => {
                write!(f, "{} wants {}, ", unmet.path, unmet.wanted)?;
                unmet.tell(&format!("the namespace `{namespace}`"), f)?;
                match is_known {
                    true => Ok(()),
                    false => write!(
                        f,
                        "; its manifest is not given, so only the label `{NAMESPACE_NAME}` is known"
                    ),
                }
            }
            NotSelected::DaemonSet => {
                f.write_str("an agent with `mode: DaemonSet` uses PodMonitors only")
            }
            NotSelected::Kind => f.write_str("a Prometheus object does not select this kind"),
        }
    }
}

impl Unmet {
    fn tell(&self, who: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = &self.label;
        match &self.found {
            Some(value) => write!(f, "{who} has {label}={value:?}"),
            None => write!(f, "{who} has no label `{label}`"),
        }
    }
}

/// The labels of Namespaces, by name.
pub type NamespaceLabels = BTreeMap<String, BTreeMap<String, String>>;

/// The fields of a Prometheus object that select a kind of monitor: by its labels, and by its namespace.
struct Fields {
    kind: &'static str,
    labels: &'static str,
    namespaces: &'static str,
}

const KINDS: [Fields; 4] = [
    Fields {
        kind: "ServiceMonitor",
        labels: "serviceMonitorSelector",
        namespaces: "serviceMonitorNamespaceSelector",
    },
    Fields {
        kind: "PodMonitor",
        labels: "podMonitorSelector",
        namespaces: "podMonitorNamespaceSelector",
    },
    Fields {
        kind: "Probe",
        labels: "probeSelector",
        namespaces: "probeNamespaceSelector",
    },
    Fields {
        kind: "ScrapeConfig",
        labels: "scrapeConfigSelector",
        namespaces: "scrapeConfigNamespaceSelector",
    },
];

impl Prometheus {
    /// Tells whether the object uses a monitor of this kind, in this namespace, with these labels of its own.
    ///
    /// A Namespace that is not among `namespaces` is taken to have only the label that every Namespace has
    /// ([K1, K2](crate::docs::operator#k1)).
    ///
    /// ```
    /// use exposition::operator::{NamespaceLabels, Prometheus};
    ///
    /// let prometheus: Prometheus = "
    /// apiVersion: monitoring.coreos.com/v1
    /// kind: Prometheus
    /// metadata: {name: main, namespace: monitoring}
    /// spec:
    ///   podMonitorSelector: {matchLabels: {team: web}}
    /// ".parse()?;
    /// let labels = [("team".to_owned(), "web".to_owned())].into();
    /// let namespaces = NamespaceLabels::new();
    /// assert!(prometheus.selects("PodMonitor", "monitoring", &labels, &namespaces).is_ok());
    ///
    /// let why = prometheus.selects("PodMonitor", "shop", &labels, &namespaces).unwrap_err();
    /// assert_eq!(
    ///     why.to_string(),
    ///     "the Prometheus object has no `podMonitorNamespaceSelector` and so looks only in its own \
    ///      namespace `monitoring`, the monitor is in `shop`; to look in all, write \
    ///      `podMonitorNamespaceSelector: {}`",
    /// );
    /// # Ok::<(), exposition::operator::ManifestError>(())
    /// ```
    ///
    /// # Errors
    /// Why it does not.
    pub fn selects(
        &self,
        kind: &str,
        namespace: &str,
        labels: &BTreeMap<String, String>,
        namespaces: &NamespaceLabels,
    ) -> Result<(), NotSelected> {
        let fields = KINDS.iter().find(|fields| fields.kind == kind);
        let fields = fields.ok_or(NotSelected::Kind)?;
        if self.settings.daemon_set && kind != "PodMonitor" {
            return Err(NotSelected::DaemonSet);
        }
        let Some(selector) = self.selector(fields.labels) else {
            return Err(NotSelected::NoSelector {
                kind: fields.kind,
                field: fields.labels,
            });
        };
        if let Some(unmet) = unmet(selector, fields.labels, labels) {
            return Err(NotSelected::Labels { unmet });
        }
        let Some(selector) = self.selector(fields.namespaces) else {
            return match namespace == self.namespace {
                true => Ok(()),
                false => Err(NotSelected::OtherNamespace {
                    field: fields.namespaces,
                    namespace: namespace.to_owned(),
                    own: self.namespace.clone(),
                }),
            };
        };
        let known = namespaces.get(namespace);
        let mut of_namespace = known.map_or_else(Cow::default, Cow::Borrowed);
        // The API server sets it, whatever a manifest says.
        let name = (NAMESPACE_NAME.to_owned(), namespace.to_owned());
        of_namespace.to_mut().extend([name]);
        match unmet(selector, fields.namespaces, &of_namespace) {
            None => Ok(()),
            Some(unmet) => Err(NotSelected::Namespace {
                namespace: namespace.to_owned(),
                unmet,
                is_known: known.is_some(),
            }),
        }
    }

    fn selector(&self, field: &str) -> Option<&LabelSelector> {
        let found = self.selectors.iter().find(|(name, _)| *name == field);
        found.map(|(_, selector)| selector)
    }
}

/// Returns the first requirement of the selector in `field` that labels do not meet.
fn unmet(
    selector: &LabelSelector,
    field: &str,
    labels: &BTreeMap<String, String>,
) -> Option<Unmet> {
    let value = |key: &String| labels.get(key).cloned();
    let equal = (selector.match_labels.iter())
        .find(|(key, wanted)| value(key).as_ref() != Some(wanted))
        .map(|(key, wanted)| Unmet {
            path: format!("spec.{field}.matchLabels.{key}"),
            label: key.clone(),
            found: value(key),
            wanted: format!("{wanted:?}"),
        });
    equal.or_else(|| {
        let mut others = selector.match_expressions.iter().enumerate();
        let (index, requirement) =
            others.find(|(_, r)| !r.holds(labels.get(&r.key).map(String::as_str)))?;
        Some(Unmet {
            path: format!("spec.{field}.matchExpressions[{index}]"),
            label: requirement.key.clone(),
            found: value(&requirement.key),
            wanted: wanted(requirement),
        })
    })
}

/// Describes what a requirement wants.
fn wanted(requirement: &Requirement) -> String {
    let key = &requirement.key;
    let values = || {
        let quoted: Vec<String> = (requirement.values.iter())
            .map(|value| format!("{value:?}"))
            .collect();
        quoted.join(", ")
    };
    match requirement.operator {
        Operator::In => format!("one of {}", values()),
        Operator::NotIn => format!("none of {}", values()),
        Operator::Exists => format!("a label `{key}`"),
        Operator::DoesNotExist => format!("no label `{key}`"),
        Operator::Gt => format!("more than {}", values()),
        Operator::Lt => format!("less than {}", values()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: [(&str, &str); 2] = [("env", "prod"), ("tier", "2")];

    fn of(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let pairs = pairs.iter();
        pairs
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    /// Each reason in its words, for a PodMonitor `team: x` in the namespace `shop`.
    #[test]
    fn why_a_monitor_is_not_used() {
        let namespaces = NamespaceLabels::from([("shop".to_owned(), of(&SHOP))]);
        for (spec, expected) in [
            (
                "podMonitorSelector: {}, podMonitorNamespaceSelector: {}",
                "",
            ),
            (
                "podMonitorSelector: {matchLabels: {team: x}}, podMonitorNamespaceSelector: {matchLabels: {env: prod}}",
                "",
            ),
            (
                "podMonitorSelector: {matchExpressions: [{key: owner, operator: NotIn, values: [a]}, {key: team, \
                 operator: Exists}]}, podMonitorNamespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}",
                "",
            ),
            (
                "serviceMonitorSelector: {}",
                "the Prometheus object has no `podMonitorSelector` and so uses no PodMonitor; to use all, write \
                 `podMonitorSelector: {}`",
            ),
            (
                "podMonitorSelector: {}",
                "the Prometheus object has no `podMonitorNamespaceSelector` and so looks only in its own namespace \
                 `monitoring`, the monitor is in `shop`; to look in all, write `podMonitorNamespaceSelector: {}`",
            ),
            (
                "podMonitorSelector: {matchLabels: {team: z}}",
                "spec.podMonitorSelector.matchLabels.team wants \"z\", the monitor has team=\"x\"",
            ),
            (
                "podMonitorSelector: {matchLabels: {release: a}}",
                "spec.podMonitorSelector.matchLabels.release wants \"a\", the monitor has no label `release`",
            ),
            (
                "podMonitorSelector: {matchExpressions: [{key: team, operator: In, values: [a, b]}]}",
                "spec.podMonitorSelector.matchExpressions[0] wants one of \"a\", \"b\", the monitor has team=\"x\"",
            ),
            (
                "podMonitorSelector: {matchExpressions: [{key: team, operator: NotIn, values: [x]}]}",
                "spec.podMonitorSelector.matchExpressions[0] wants none of \"x\", the monitor has team=\"x\"",
            ),
            (
                "podMonitorSelector: {matchExpressions: [{key: team, operator: DoesNotExist}]}",
                "spec.podMonitorSelector.matchExpressions[0] wants no label `team`, the monitor has team=\"x\"",
            ),
            (
                "podMonitorSelector: {matchExpressions: [{key: a, operator: Exists}]}",
                "spec.podMonitorSelector.matchExpressions[0] wants a label `a`, the monitor has no label `a`",
            ),
            (
                "podMonitorSelector: {}, podMonitorNamespaceSelector: {matchLabels: {env: dev}}",
                "spec.podMonitorNamespaceSelector.matchLabels.env wants \"dev\", the namespace `shop` has env=\"prod\"",
            ),
        ] {
            assert_eq!(why(spec, "shop", &namespaces), expected, "{spec}");
        }
        assert_eq!(
            why(
                "podMonitorSelector: {}, podMonitorNamespaceSelector: {matchLabels: {env: dev}}",
                "infra",
                &namespaces
            ),
            "spec.podMonitorNamespaceSelector.matchLabels.env wants \"dev\", the namespace `infra` has no label \
             `env`; its manifest is not given, so only the label `kubernetes.io/metadata.name` is known"
        );
    }

    fn why(spec: &str, namespace: &str, namespaces: &NamespaceLabels) -> String {
        let prometheus = prometheus("Prometheus", "v1", spec);
        let outcome =
            prometheus.selects("PodMonitor", namespace, &of(&[("team", "x")]), namespaces);
        outcome.err().map(|why| why.to_string()).unwrap_or_default()
    }

    fn prometheus(kind: &str, version: &str, spec: &str) -> Prometheus {
        let text = format!(
            "{{apiVersion: monitoring.coreos.com/{version}, kind: {kind}, metadata: {{name: main, namespace: \
             monitoring}}, spec: {{{spec}}}}}"
        );
        text.parse()
            .unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn an_agent_on_each_node_takes_pod_monitors() {
        let spec = "mode: DaemonSet, podMonitorSelector: {}, serviceMonitorSelector: {}";
        let agent = prometheus("PrometheusAgent", "v1alpha1", spec);
        let (labels, namespaces) = (BTreeMap::new(), NamespaceLabels::new());
        let outcome = |kind| agent.selects(kind, "monitoring", &labels, &namespaces);
        assert_eq!(outcome("PodMonitor"), Ok(()));
        let why = outcome("ServiceMonitor").unwrap_err().to_string();
        assert_eq!(why, "an agent with `mode: DaemonSet` uses PodMonitors only");
        let server = prometheus("Prometheus", "v1", "podMonitorSelector: {}");
        let why = server.selects("ConfigMap", "monitoring", &labels, &namespaces);
        assert_eq!(why, Err(NotSelected::Kind));
    }
}
