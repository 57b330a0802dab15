//! What Prometheus' Kubernetes discovery makes of a cluster's objects.
//!
//! [`Objects`] reads manifests; [`Discovery`] finds the targets among them, as an entry of
//! `kubernetes_sd_configs` does; [`KubernetesSd::discovery`] makes one of such an entry. The rules are those of
//! Prometheus 3.14, on the page [`docs::kubernetes`].
//!
//! Discovery takes manifests as they are. What a cluster would add, such as the Endpoints of a Service, is
//! missing in files: [`Objects::complete`] adds it, and says what.
//!
//! [`KubernetesSd::discovery`]: crate::operator::KubernetesSd::discovery
//! [`docs::kubernetes`]: crate::docs::kubernetes

pub(crate) mod attach;
pub(crate) mod complete;
pub(crate) mod discovery;
pub(crate) mod discovery_error;
mod field_selector;
mod found;
mod kind;
pub(crate) mod meta_labels;
mod object;
pub(crate) mod object_error;
pub(crate) mod objects;
pub(crate) mod role;
pub(crate) mod sanitize;
pub(crate) mod selector;
pub(crate) mod selector_text;
mod store;
#[cfg(test)]
mod tests;

pub use attach::AttachMetadata;
pub use complete::addition::Addition;
pub use discovery::Discovery;
pub use discovery_error::DiscoveryError;
pub use field_selector::FieldSelectorError;
pub use object::Object;
pub use object_error::{ObjectError, ObjectErrorKind};
pub use objects::Objects;
pub use role::Role;
pub use selector::{LabelSelector, Operator, Requirement};
pub use selector_text::SelectorError;
