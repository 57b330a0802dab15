//! Role endpointslice: the addresses of EndpointSlices.

use super::{
    address::join,
    backed::{Backing, Protocol, node_name},
    metadata::Labels,
    view::View,
};
use crate::discovery::{
    kubernetes::{
        object::{
            Body, Object,
            endpoint_slice::{Endpoint, EndpointSlice, SERVICE_NAME, SlicePort},
            service::Service,
        },
        sanitize::sanitize,
    },
    target_group::TargetGroup,
};

pub(in super::super) fn group(object: &Object, view: &View<'_>) -> Option<TargetGroup> {
    let Object { meta, body, .. } = object;
    let Body::EndpointSlice(slice) = body else {
        return None;
    };
    let mut group = TargetGroup::new(format!("endpointslice/{}/{}", meta.namespace, meta.name));
    // (spec KD43)
    let mut labels = Labels::default();
    labels.namespace(meta);
    labels.set("endpointslice_address_type", slice.address_type.as_str());
    labels.metadata("endpointslice", meta);
    let service =
        (meta.labels.get(SERVICE_NAME)).and_then(|name| view.store.service(&meta.namespace, name));
    if let Some((service, _)) = service {
        labels.metadata("service", service);
    }
    view.attach_namespace(&mut labels, meta);
    group.labels = labels.0;
    if service.is_some_and(|(_, service)| is_second_family(slice, service)) {
        return Some(group);
    }
    let mut backing = Backing::default();
    for endpoint in &slice.endpoints {
        for port in &slice.ports {
            for address in &endpoint.addresses {
                let mut labels = target(address, endpoint, port, view);
                let of = endpoint.target.as_ref();
                backing.add(&mut labels, view, of, port.number, Protocol::OfContainer);
                group.targets.push(labels.0);
            }
        }
    }
    let others = backing.other_ports(view).map(|labels| labels.0);
    group.targets.extend(others);
    Some(group)
}

/// Tells whether a slice has the same pods once more, under their other addresses (spec KD44).
fn is_second_family(slice: &EndpointSlice, service: &Service) -> bool {
    let policy = service.ip_family_policy.as_str();
    let first = service.ip_families.first();
    matches!(policy, "PreferDualStack" | "RequireDualStack")
        && first.is_some_and(|first| *first != slice.address_type)
}

/// Returns the labels that the address itself gives (spec KD46).
fn target(address: &str, endpoint: &Endpoint, port: &SlicePort, view: &View<'_>) -> Labels {
    let mut labels = Labels::at(match port.number {
        Some(number) => join(address, number),
        None => address.to_owned(),
    });
    if let Some(number) = port.number {
        labels.set("endpointslice_port", number.to_string());
    }
    labels.set_present("endpointslice_port_name", port.name.as_deref());
    labels.set_present("endpointslice_port_protocol", port.protocol.as_deref());
    labels.set_present(
        "endpointslice_port_app_protocol",
        port.app_protocol.as_deref(),
    );
    for (condition, value) in [
        ("ready", endpoint.ready),
        ("serving", endpoint.serving),
        ("terminating", endpoint.terminating),
    ] {
        if let Some(value) = value {
            labels.flag(
                &format!("endpointslice_endpoint_conditions_{condition}"),
                value,
            );
        }
    }
    labels.set_present(
        "endpointslice_endpoint_hostname",
        endpoint.hostname.as_deref(),
    );
    labels.set_present(
        "endpointslice_endpoint_node_name",
        endpoint.node_name.as_deref(),
    );
    labels.set_present("endpointslice_endpoint_zone", endpoint.zone.as_deref());
    labels.target_ref("endpointslice_address", endpoint.target.as_ref());
    for (key, value) in &endpoint.topology {
        let key = sanitize(key);
        labels.set(
            &format!("endpointslice_endpoint_topology_{key}"),
            value.as_str(),
        );
        labels.set(
            &format!("endpointslice_endpoint_topology_present_{key}"),
            "true",
        );
    }
    let node = node_name(endpoint.target.as_ref());
    view.attach_node(&mut labels, node.or(endpoint.node_name.as_deref()));
    labels
}
