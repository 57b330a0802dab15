//! Tells whether Kubernetes discovery finds a target at all, before any rule sees it.

use std::fmt;

use super::scrape_config::{KubernetesSd, ScrapeConfig};
use crate::discovery::kubernetes::sanitize::sanitize;
use crate::discovery::kubernetes::selector::LabelSelector;
use crate::relabel::LabelSet;

/// Why a target does not reach the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotDiscovered {
    /// Its namespace is not searched.
    Namespace {
        /// The target's namespace.
        namespace: String,
        /// The namespaces that are searched.
        searched: Vec<String>,
    },
    /// The API server is asked for other objects only.
    Selector {
        /// The kind of object: `pod` or `service`.
        role: String,
        /// The selector in Kubernetes' text form.
        selector: String,
    },
}

impl fmt::Display for NotDiscovered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotDiscovered::Namespace {
                namespace,
                searched,
            } => write!(
                f,
                "namespace `{namespace}` is not searched, only `{}`; `namespaceSelector` says where",
                searched.join("`, `")
            ),
            NotDiscovered::Selector { role, selector } => {
                write!(
                    f,
                    "the {role} does not match the role selector `{selector}`"
                )
            }
        }
    }
}

/// Tells whether some Kubernetes discovery of the configuration finds the target. Labels that do not say
/// where the target is, and configurations without such discovery, count as found.
pub(super) fn discovered(
    config: &ScrapeConfig,
    labels: &LabelSet<'_>,
) -> Result<(), NotDiscovered> {
    let mut reason = None;
    for discovery in &config.kubernetes_sd_configs {
        match finds(discovery, labels) {
            Ok(()) => return Ok(()),
            Err(why) => reason = reason.or(Some(why)),
        }
    }
    reason.map_or(Ok(()), Err)
}

fn finds(discovery: &KubernetesSd, labels: &LabelSet<'_>) -> Result<(), NotDiscovered> {
    if let (Some(searched), Some(namespace)) = (
        &discovery.namespaces,
        labels.get("__meta_kubernetes_namespace"),
    ) {
        // The namespace of Prometheus itself is not known here.
        let own = searched.own_namespace == Some(true);
        let named = searched.names.iter().any(|name| name == namespace);
        if !own && !named && !searched.names.is_empty() {
            return Err(NotDiscovered::Namespace {
                namespace: namespace.to_owned(),
                searched: searched.names.clone(),
            });
        }
    }
    for selector in discovery.selectors.iter().flatten() {
        // The labels of `Endpoints` and `EndpointSlice` objects are copies of the service's, which has its
        // own selector.
        let role = selector.role.as_str();
        let text = selector.label.as_deref().unwrap_or_default();
        if let ("pod" | "service", Ok(parsed)) = (role, text.parse::<LabelSelector>())
            && !matches(&parsed, role, labels)
        {
            return Err(NotDiscovered::Selector {
                role: role.to_owned(),
                selector: text.to_owned(),
            });
        }
    }
    Ok(())
}

fn matches(selector: &LabelSelector, role: &str, labels: &LabelSet<'_>) -> bool {
    selector.matches_by(|key| {
        let key = sanitize(key);
        let value = labels.get(&format!("__meta_kubernetes_{role}_label_{key}"));
        let present = labels.get(&format!("__meta_kubernetes_{role}_labelpresent_{key}"));
        value.or(present.map(|_| ""))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_match_as_in_kubernetes() {
        let labels: LabelSet<'_> = [
            ("__meta_kubernetes_pod_label_app", "web"),
            ("__meta_kubernetes_pod_labelpresent_app", "true"),
            ("__meta_kubernetes_pod_labelpresent_a_b", "true"),
        ]
        .into_iter()
        .collect();
        for (text, expected) in [
            ("", true),
            ("app=web", true),
            ("app=shop", false),
            ("app in (shop,web)", true),
            ("app notin (web)", false),
            ("none notin (web)", true),
            ("none=", false),
            ("a/b=", true),
            ("a-b", true),
            ("!app", false),
            ("!none,app", true),
        ] {
            assert_eq!(
                matches(&text.parse().unwrap(), "pod", &labels),
                expected,
                "{text}"
            );
        }
    }
}
