//! Why Prometheus refuses the configuration of a Kubernetes discovery.

use super::{field_selector::FieldSelectorError, selector_text::SelectorError};

/// Why Prometheus does not load a Kubernetes discovery, in its own words where it has some
/// ([KD75](crate::docs::kubernetes#kd75)).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DiscoveryError {
    /// There is no role.
    #[error("role missing (one of: pod, service, endpoints, endpointslice, node, ingress)")]
    NoRole,
    /// The role is not one of those that exist.
    #[error("unknown Kubernetes SD role {0:?}")]
    UnknownRole(String),
    /// The settings for the API server contradict each other: Prometheus' message.
    #[error("{0}")]
    Connection(&'static str),
    /// Two selectors are for the same kind of objects.
    #[error("duplicated selector role: {0}")]
    DuplicateSelector(&'static str),
    /// The role looks at no objects that the selector is for.
    #[error("{role} role supports only {supported} selectors")]
    SelectorRole {
        /// The role.
        role: &'static str,
        /// What selectors may be for.
        supported: String,
    },
    /// The text of a field selector is wrong, or the API server refuses it.
    #[error("{0}")]
    Field(FieldSelectorError),
    /// The text of a label selector is wrong.
    #[error("{0}")]
    Label(SelectorError),
}
