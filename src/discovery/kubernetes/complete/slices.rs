//! Makes the EndpointSlices of a Service.

use std::collections::BTreeMap;

use super::{
    backing::{address, families, family, hostname, metadata, target_ref},
    ports,
};
use crate::discovery::kubernetes::{
    kind::Kind,
    object::{
        endpoint_slice::{Endpoint, EndpointSlice, SERVICE_NAME, SlicePort},
        meta::Meta,
        pod::Pod,
        service::Service,
    },
    objects::Objects,
};

/// Returns the slices of a Service, one for each family of addresses and list of ports. Without any address
/// there is one that is empty.
pub(super) fn of(
    meta: &Meta,
    service: &Service,
    pods: &[(&Meta, &Pod)],
    objects: &Objects,
) -> Vec<(Meta, EndpointSlice)> {
    let families = families(service);
    let mut wanted: Vec<Option<&str>> = families.iter().copied().map(Some).collect();
    if wanted.is_empty() {
        wanted.push(None);
    }
    let mut slices: BTreeMap<(&str, Vec<SlicePort>), Vec<Endpoint>> = BTreeMap::new();
    for wanted in &wanted {
        for (pod_meta, pod) in pods {
            let Some(ip) = address(pod, *wanted) else {
                continue;
            };
            let key = (family(ip), slice_ports(service, pod));
            let endpoint = endpoint(meta, service, pod_meta, pod, ip, objects);
            slices.entry(key).or_default().push(endpoint);
        }
    }
    if slices.is_empty() {
        let family = families.first().copied().unwrap_or("IPv4");
        slices.insert((family, Vec::new()), Vec::new());
    }
    let mut of = metadata(meta, service.is_headless());
    of.labels.insert(SERVICE_NAME.to_owned(), meta.name.clone());
    let (key, controller) = MANAGED_BY;
    of.labels.insert(key.to_owned(), controller.to_owned());
    let slices = slices.into_iter().map(|((family, ports), endpoints)| {
        let slice = EndpointSlice {
            address_type: family.to_owned(),
            ports,
            endpoints,
        };
        (of.clone(), slice)
    });
    slices.collect()
}

/// The label by which the slices of the controller are known.
const MANAGED_BY: (&str, &str) = (
    "endpointslice.kubernetes.io/managed-by",
    "endpointslice-controller.k8s.io",
);

/// The label of a Node that says where it is.
const ZONE: &str = "topology.kubernetes.io/zone";

fn slice_ports(service: &Service, pod: &Pod) -> Vec<SlicePort> {
    let ports = ports::resolved(service, pod).into_iter();
    let ports = ports.map(|(port, number)| SlicePort {
        name: Some(port.name.clone()),
        number: Some(number),
        protocol: Some(port.protocol.clone()),
        app_protocol: port.app_protocol.clone(),
    });
    ports.collect()
}

fn endpoint(
    service_meta: &Meta,
    service: &Service,
    meta: &Meta,
    pod: &Pod,
    ip: &str,
    objects: &Objects,
) -> Endpoint {
    let node = pod.spec.node_name.as_str();
    let zone = objects.get(Kind::Node, "", node);
    let zone = zone.and_then(|node| node.meta.labels.get(ZONE));
    let (serving, terminating) = (pod.is_ready(), meta.is_terminating);
    Endpoint {
        addresses: vec![ip.to_owned()],
        ready: Some(service.publishes_not_ready || serving && !terminating),
        serving: Some(serving),
        terminating: Some(terminating),
        hostname: hostname(pod, service_meta).map(str::to_owned),
        node_name: Some(node)
            .filter(|node| !node.is_empty())
            .map(str::to_owned),
        zone: zone.cloned(),
        topology: BTreeMap::new(),
        target: Some(target_ref(meta)),
    }
}
