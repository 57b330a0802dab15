//! What discovery reads of an EndpointSlice.

use std::collections::BTreeMap;

use super::endpoints::TargetRef;
use crate::discovery::field::{Field, FieldError};

/// The label of an EndpointSlice that names its Service.
pub(in super::super) const SERVICE_NAME: &str = "kubernetes.io/service-name";

/// What is absent differs from what is present and empty ([KD7](crate::docs::kubernetes#kd7)).
#[derive(Debug, Clone, Default, PartialEq)]
pub(in super::super) struct EndpointSlice {
    pub(in super::super) address_type: String,
    pub(in super::super) ports: Vec<SlicePort>,
    pub(in super::super) endpoints: Vec<Endpoint>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) struct SlicePort {
    pub(in super::super) name: Option<String>,
    pub(in super::super) number: Option<i32>,
    pub(in super::super) protocol: Option<String>,
    pub(in super::super) app_protocol: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(in super::super) struct Endpoint {
    pub(in super::super) addresses: Vec<String>,
    pub(in super::super) ready: Option<bool>,
    pub(in super::super) serving: Option<bool>,
    pub(in super::super) terminating: Option<bool>,
    pub(in super::super) hostname: Option<String>,
    pub(in super::super) node_name: Option<String>,
    pub(in super::super) zone: Option<String>,
    pub(in super::super) topology: BTreeMap<String, String>,
    pub(in super::super) target: Option<TargetRef>,
}

impl EndpointSlice {
    pub(super) fn read(object: &Field<'_>) -> Result<Self, FieldError> {
        Ok(EndpointSlice {
            address_type: object.get("addressType")?.text()?,
            ports: object.get("ports")?.list(|port| {
                Ok(SlicePort {
                    name: port.get("name")?.optional_text()?,
                    number: port.get("port")?.optional_number()?,
                    protocol: port.get("protocol")?.optional_text()?,
                    app_protocol: port.get("appProtocol")?.optional_text()?,
                })
            })?,
            endpoints: object.get("endpoints")?.list(Endpoint::read)?,
        })
    }
}

impl Endpoint {
    fn read(endpoint: &Field<'_>) -> Result<Self, FieldError> {
        let conditions = endpoint.get("conditions")?;
        Ok(Endpoint {
            addresses: endpoint.get("addresses")?.texts()?,
            ready: conditions.get("ready")?.optional_flag()?,
            serving: conditions.get("serving")?.optional_flag()?,
            terminating: conditions.get("terminating")?.optional_flag()?,
            hostname: endpoint.get("hostname")?.optional_text()?,
            node_name: endpoint.get("nodeName")?.optional_text()?,
            zone: endpoint.get("zone")?.optional_text()?,
            topology: endpoint.get("deprecatedTopology")?.text_map()?,
            target: TargetRef::read(&endpoint.get("targetRef")?)?,
        })
    }
}
