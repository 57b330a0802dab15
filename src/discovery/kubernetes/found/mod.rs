//! The groups of targets that are made of objects, by role.

mod address;
mod backed;
pub(super) mod endpoint_slice;
pub(super) mod endpoints;
pub(super) mod ingress;
mod metadata;
pub(super) mod node;
pub(super) mod pod;
mod pod_labels;
pub(super) mod service;
pub(super) mod view;
