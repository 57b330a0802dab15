//! Role service: the ports of Services.

use super::{metadata::Labels, view::View};
use crate::discovery::{
    kubernetes::object::{Body, Object},
    target_group::TargetGroup,
};

pub(in super::super) fn group(object: &Object, view: &View<'_>) -> Option<TargetGroup> {
    let Object { meta, body, .. } = object;
    let Body::Service(service) = body else {
        return None;
    };
    let (namespace, name) = (&meta.namespace, &meta.name);
    let mut group = TargetGroup::new(format!("svc/{namespace}/{name}"));
    let mut labels = Labels::default();
    labels.namespace(meta);
    labels.metadata("service", meta);
    view.attach_namespace(&mut labels, meta);
    group.labels = labels.0;
    for port in &service.ports {
        let mut labels = Labels::at(format!("{name}.{namespace}.svc:{}", port.number));
        labels.set("service_port_name", port.name.as_str());
        labels.set("service_port_number", port.number.to_string());
        labels.set("service_port_protocol", port.protocol.as_str());
        labels.set("service_type", service.service_type.as_str());
        match service.service_type.as_str() {
            "ExternalName" => {
                labels.set("service_external_name", service.external_name.as_str());
            }
            _ => labels.set("service_cluster_ip", service.cluster_ip.as_str()),
        }
        if service.service_type == "LoadBalancer" {
            let ip = match service.ingress_ips.is_empty() {
                true => service.load_balancer_ip.clone(),
                false => service.ingress_ips.join(","),
            };
            labels.set("service_loadbalancer_ip", ip);
        }
        group.targets.push(labels.0);
    }
    Some(group)
}
