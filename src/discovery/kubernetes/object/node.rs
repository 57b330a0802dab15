//! What discovery reads of a Node.

use crate::discovery::field::{Field, FieldError};

#[derive(Debug, Clone, Default, PartialEq)]
pub(in super::super) struct ClusterNode {
    pub(in super::super) provider_id: String,
    pub(in super::super) is_unschedulable: bool,
    /// Types and statuses, in order.
    pub(in super::super) conditions: Vec<(String, String)>,
    /// Types and addresses, in order.
    pub(in super::super) addresses: Vec<(String, String)>,
    pub(in super::super) kubelet_port: i32,
}

impl ClusterNode {
    pub(super) fn read(object: &Field<'_>) -> Result<Self, FieldError> {
        let (spec, status) = (object.get("spec")?, object.get("status")?);
        let pair = |field: &Field<'_>, value: &str| {
            Ok((field.get("type")?.text()?, field.get(value)?.text()?))
        };
        let endpoints = status.get("daemonEndpoints")?;
        Ok(ClusterNode {
            provider_id: spec.get("providerID")?.text()?,
            is_unschedulable: spec.get("unschedulable")?.flag()?,
            conditions: status
                .get("conditions")?
                .list(|field| pair(field, "status"))?,
            addresses: status
                .get("addresses")?
                .list(|field| pair(field, "address"))?,
            kubelet_port: endpoints.get("kubeletEndpoint")?.get("Port")?.number()?,
        })
    }
}
