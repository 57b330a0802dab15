//! What discovery reads of an Endpoints object.

use crate::discovery::field::{Field, FieldError};

#[derive(Debug, Clone, Default, PartialEq)]
pub(in super::super) struct Endpoints {
    pub(in super::super) subsets: Vec<Subset>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(in super::super) struct Subset {
    pub(in super::super) addresses: Vec<Address>,
    pub(in super::super) not_ready: Vec<Address>,
    pub(in super::super) ports: Vec<EndpointPort>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(in super::super) struct Address {
    pub(in super::super) ip: String,
    pub(in super::super) hostname: String,
    pub(in super::super) node_name: Option<String>,
    pub(in super::super) target: Option<TargetRef>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) struct EndpointPort {
    pub(in super::super) name: String,
    pub(in super::super) number: i32,
    pub(in super::super) protocol: String,
}

/// The object that an address stands for.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in super::super) struct TargetRef {
    pub(in super::super) kind: String,
    pub(in super::super) namespace: String,
    pub(in super::super) name: String,
}

impl Endpoints {
    pub(super) fn read(object: &Field<'_>) -> Result<Self, FieldError> {
        let subsets = object.get("subsets")?.list(|subset| {
            Ok(Subset {
                addresses: subset.get("addresses")?.list(Address::read)?,
                not_ready: subset.get("notReadyAddresses")?.list(Address::read)?,
                ports: subset.get("ports")?.list(|port| {
                    Ok(EndpointPort {
                        name: port.get("name")?.text()?,
                        number: port.get("port")?.number()?,
                        protocol: port.get("protocol")?.text()?,
                    })
                })?,
            })
        })?;
        Ok(Endpoints { subsets })
    }
}

impl Address {
    fn read(address: &Field<'_>) -> Result<Self, FieldError> {
        Ok(Address {
            ip: address.get("ip")?.text()?,
            hostname: address.get("hostname")?.text()?,
            node_name: address.get("nodeName")?.optional_text()?,
            target: TargetRef::read(&address.get("targetRef")?)?,
        })
    }
}

impl TargetRef {
    pub(super) fn read(target: &Field<'_>) -> Result<Option<Self>, FieldError> {
        if !target.is_present() {
            return Ok(None);
        }
        Ok(Some(TargetRef {
            kind: target.get("kind")?.text()?,
            namespace: target.get("namespace")?.text()?,
            name: target.get("name")?.text()?,
        }))
    }
}
