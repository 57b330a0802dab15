//! Role endpoints: the addresses of Endpoints.

use super::{
    address::join,
    backed::{Backing, Protocol, node_name},
    metadata::Labels,
    view::View,
};
use crate::discovery::{
    kubernetes::object::{
        Body, Object,
        endpoints::{Address, EndpointPort},
    },
    target_group::TargetGroup,
};

pub(in super::super) fn group(object: &Object, view: &View<'_>) -> Option<TargetGroup> {
    let Object { meta, body, .. } = object;
    let Body::Endpoints(endpoints) = body else {
        return None;
    };
    let mut group = TargetGroup::new(format!("endpoints/{}/{}", meta.namespace, meta.name));
    // (spec KD35)
    let mut labels = Labels::default();
    labels.namespace(meta);
    if let Some((service, _)) = view.store.service(&meta.namespace, &meta.name) {
        labels.metadata("service", service);
    }
    labels.metadata("endpoints", meta);
    view.attach_namespace(&mut labels, meta);
    group.labels = labels.0;
    let mut backing = Backing::default();
    for subset in &endpoints.subsets {
        for port in &subset.ports {
            for (addresses, is_ready) in [(&subset.addresses, true), (&subset.not_ready, false)] {
                for address in addresses {
                    let mut labels = target(address, port, is_ready, view);
                    let protocol = Protocol::Of(&port.protocol);
                    let of = address.target.as_ref();
                    backing.add(&mut labels, view, of, Some(port.number), protocol);
                    group.targets.push(labels.0);
                }
            }
        }
    }
    let others = backing.other_ports(view).map(|labels| labels.0);
    group.targets.extend(others);
    Some(group)
}

/// Returns the labels that the address itself gives (spec KD37).
fn target(address: &Address, port: &EndpointPort, is_ready: bool, view: &View<'_>) -> Labels {
    let mut labels = Labels::at(join(&address.ip, port.number));
    labels.set("endpoint_port_name", port.name.as_str());
    labels.set("endpoint_port_protocol", port.protocol.as_str());
    labels.flag("endpoint_ready", is_ready);
    labels.target_ref("endpoint_address", address.target.as_ref());
    labels.set_present("endpoint_node_name", address.node_name.as_deref());
    labels.set_filled("endpoint_hostname", &address.hostname);
    let node = address.node_name.as_deref();
    view.attach_node(&mut labels, node.or(node_name(address.target.as_ref())));
    labels
}
