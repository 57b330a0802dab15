//! What discovery reads of a Service.

use std::collections::BTreeMap;

use crate::discovery::field::{Field, FieldError};
use crate::yaml::node::Node;

#[derive(Debug, Clone, Default, PartialEq)]
pub(in super::super) struct Service {
    pub(in super::super) service_type: String,
    pub(in super::super) cluster_ip: String,
    pub(in super::super) external_name: String,
    pub(in super::super) load_balancer_ip: String,
    /// The IPs of `status.loadBalancer.ingress`, without empty ones.
    pub(in super::super) ingress_ips: Vec<String>,
    pub(in super::super) ip_family_policy: String,
    pub(in super::super) ip_families: Vec<String>,
    pub(in super::super) selector: BTreeMap<String, String>,
    pub(in super::super) publishes_not_ready: bool,
    pub(in super::super) ports: Vec<ServicePort>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(in super::super) struct ServicePort {
    pub(in super::super) name: String,
    pub(in super::super) number: i32,
    pub(in super::super) protocol: String,
    pub(in super::super) app_protocol: Option<String>,
    pub(in super::super) target: TargetPort,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(in super::super) enum TargetPort {
    /// That of the Service.
    #[default]
    Same,
    Number(i32),
    Name(String),
}

impl Service {
    pub(super) fn read(object: &Field<'_>) -> Result<Self, FieldError> {
        let spec = object.get("spec")?;
        let status = object.get("status")?;
        let balancer = status.get("loadBalancer")?;
        let mut ingress_ips = balancer
            .get("ingress")?
            .list(|ingress| ingress.get("ip")?.text())?;
        ingress_ips.retain(|ip| !ip.is_empty());
        Ok(Service {
            service_type: spec.get("type")?.text()?,
            cluster_ip: spec.get("clusterIP")?.text()?,
            external_name: spec.get("externalName")?.text()?,
            load_balancer_ip: spec.get("loadBalancerIP")?.text()?,
            ingress_ips,
            ip_family_policy: spec.get("ipFamilyPolicy")?.text()?,
            ip_families: spec.get("ipFamilies")?.texts()?,
            selector: spec.get("selector")?.text_map()?,
            publishes_not_ready: spec.get("publishNotReadyAddresses")?.flag()?,
            ports: spec.get("ports")?.list(|port| {
                Ok(ServicePort {
                    name: port.get("name")?.text()?,
                    number: port.get("port")?.number()?,
                    protocol: port.get("protocol")?.text()?,
                    app_protocol: port.get("appProtocol")?.optional_text()?,
                    target: target_port(&port.get("targetPort")?)?,
                })
            })?,
        })
    }

    pub(in super::super) fn is_headless(&self) -> bool {
        self.cluster_ip == "None"
    }
}

fn target_port(port: &Field<'_>) -> Result<TargetPort, FieldError> {
    match port.value() {
        Some(Node::Text(name)) if name.is_empty() => Ok(TargetPort::Same),
        Some(Node::Text(name)) => Ok(TargetPort::Name(name.clone())),
        // The API server takes 0 for an absent one.
        _ => Ok(match port.number()? {
            0 => TargetPort::Same,
            number => TargetPort::Number(number),
        }),
    }
}
