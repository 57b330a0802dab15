//! Which labels a configuration's discovery makes.

use crate::discovery::kubernetes::meta_labels::{Known, Roles, known};
use crate::operator::scrape_config::ScrapeConfig;
use crate::relabel::Field;
use crate::relabel::remark::{finding::Finding, kind::RemarkKind};
use crate::yaml::meant::near;

/// What is known of a discovery.
#[derive(Debug, Clone, Copy)]
pub(super) struct Discovery {
    /// The roles of Kubernetes' discovery, if these are known and nothing else makes its labels.
    roles: Option<Roles>,
    /// Whether only Kubernetes is discovered.
    only: bool,
    /// Whether targets may have metadata of their node, and of their namespace.
    node: bool,
    namespace: bool,
}

impl Discovery {
    /// A discovery about which nothing is known.
    pub(super) const UNKNOWN: Discovery = Discovery {
        roles: None,
        only: false,
        node: true,
        namespace: true,
    };

    /// Returns what a monitor with these roles discovers; what is attached depends on more than the monitor.
    pub(super) fn of_monitor(roles: Roles) -> Self {
        Discovery {
            roles: Some(roles),
            only: true,
            ..Discovery::UNKNOWN
        }
    }

    pub(super) fn of_config(config: &ScrapeConfig) -> Self {
        // In files and in answers of servers there may be labels of any discovery.
        let is_free = |key: &str| {
            matches!(
                key,
                "static_configs" | "file_sd_configs" | "http_sd_configs"
            )
        };
        let discoveries = &config.kubernetes_sd_configs;
        let roles: Vec<Roles> = (discoveries.iter())
            .map(|discovery| Roles::named(&discovery.role))
            .collect();
        if roles.is_empty() || roles.contains(&Roles::NONE) || config.other_keys().any(is_free) {
            return Discovery::UNKNOWN;
        }
        let attached = || {
            discoveries
                .iter()
                .filter_map(|discovery| discovery.attach_metadata)
        };
        Discovery {
            roles: Some(roles.into_iter().fold(Roles::NONE, Roles::or)),
            only: !config.other_keys().any(|key| key.ends_with("_sd_configs")),
            node: attached().any(|metadata| metadata.node == Some(true)),
            namespace: attached().any(|metadata| metadata.namespace == Some(true)),
        }
    }

    /// Returns what is doubtful about a label that discovery may have made.
    pub(super) fn doubt(&self, label: &str) -> Option<Finding> {
        let name = label.strip_prefix("__meta_")?;
        let unknown = |text: String, fix: String| {
            let kind = RemarkKind::UnknownDiscoveryLabel;
            Some(Finding::new(kind, Field::SourceLabels, text, fix))
        };
        let (made_in, metadata) = match known(label) {
            Known::Elsewhere => {
                let (from, rest) = name.split_once('_')?;
                if from != "kubernetes" && near(from, "kubernetes", |_| 2) {
                    return unknown(
                        format!("no discovery makes the label `{label}`"),
                        format!("did you mean `__meta_kubernetes_{rest}`?"),
                    );
                }
                if !self.only {
                    return None;
                }
                return unknown(
                    format!("Kubernetes' discovery does not make the label `{label}`"),
                    "read a label that begins with `__meta_kubernetes_`".to_owned(),
                );
            }
            Known::Nowhere(meant) => {
                let text = format!("no discovery makes the label `{label}`");
                return match meant {
                    Some(meant) => unknown(text, format!("did you mean `{meant}`?")),
                    // It may be a label of a discovery of somebody's own.
                    None if self.roles.is_none() => None,
                    None => unknown(text, "read a label that there is".to_owned()),
                };
            }
            Known::In(roles) => (roles, None),
            Known::OfNode(roles) => (roles, Some(("node", self.node))),
            Known::OfNamespace(roles) => (roles, Some(("namespace", self.namespace))),
        };
        let roles = self.roles?;
        if !roles.overlaps(made_in) {
            return Some(Finding::new(
                RemarkKind::LabelOfAnotherRole,
                Field::SourceLabels,
                format!(
                    "only role {} makes the label `{label}`, and this is role {}",
                    made_in.words(),
                    roles.words()
                ),
                "read a label of this role",
            ));
        }
        match metadata {
            Some((object, false)) if !(object == "node" && roles.overlaps(Roles::NODE)) => {
                Some(Finding::new(
                    RemarkKind::MetadataNotAttached,
                    Field::SourceLabels,
                    format!(
                        "the label `{label}` is made only where metadata of the {object} is attached"
                    ),
                    match object {
                        "node" => {
                            "write `attachMetadata: {node: true}`, in Prometheus' file `attach_metadata`"
                        }
                        _ => "in Prometheus' file write `attach_metadata: {namespace: true}`",
                    },
                ))
            }
            _ => None,
        }
    }
}
