//! Gives what only a running cluster knows to Pods as they are written, and Pods to Services.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{addition::Addition, address::Addresses, name, templates};
use crate::discovery::kubernetes::{
    kind::Kind,
    object::{
        Body, Object,
        meta::Meta,
        pod::{Container, ContainerPort, Pod, PodSpec},
        service::{Service, TargetPort},
    },
    objects::Objects,
};

/// Makes every Pod run that somebody wrote and no cluster listed: one without a status, a Node or an owner.
pub(super) fn run_pods(
    objects: &mut Objects,
    addresses: &mut Addresses,
    additions: &mut Vec<Addition>,
) {
    let is_bare = |object: &&Object| match &object.body {
        Body::Pod(pod) => {
            let has_status = !pod.phase.is_empty() || !pod.ip.is_empty() || pod.ready.is_some();
            !has_status && pod.spec.node_name.is_empty() && object.meta.owners.is_empty()
        }
        _ => false,
    };
    if !objects.of_kind(Kind::Pod).any(|object| is_bare(&object)) {
        return;
    }
    let node = templates::node(objects, additions);
    for object in objects.of_kind_mut(Kind::Pod) {
        if !is_bare(&&*object) {
            continue;
        }
        let Body::Pod(pod) = &mut object.body else {
            continue;
        };
        templates::run(pod, addresses.next());
        pod.spec.node_name.clone_from(&node);
        let reason = format!(
            "has no status: that it runs is made up, and its address {}",
            pod.ip
        );
        additions.push(Addition::new(Kind::Pod, &object.meta, reason));
    }
}

/// Adds a Pod for each selector of Services in namespaces of which neither a Pod nor a workload is known: they are
/// elsewhere.
pub(super) fn stand_in(
    objects: &mut Objects,
    addresses: &mut Addresses,
    additions: &mut Vec<Addition>,
) {
    let peopled: HashSet<&str> = (objects.iter())
        .filter(|object| matches!(object.body, Body::Pod(_) | Body::Workload(_)))
        .map(|object| object.meta.namespace.as_str())
        .collect();
    let known: HashSet<(&str, &str)> = super::endpoints::with_endpoints(objects);
    let mut seen = BTreeSet::new();
    let mut made = Vec::new();
    for object in objects.of_kind(Kind::Service) {
        let (meta, Body::Service(service)) = (&object.meta, &object.body) else {
            continue;
        };
        let namespace = meta.namespace.as_str();
        let is_elsewhere = !peopled.contains(namespace)
            && !known.contains(&(namespace, meta.name.as_str()))
            && !service.selector.is_empty()
            && service.service_type != "ExternalName";
        if is_elsewhere && seen.insert((namespace, &service.selector)) {
            made.push((meta.clone(), (**service).clone()));
        }
    }
    for (service_meta, service) in made {
        let node = templates::node(objects, additions);
        let namespace = &service_meta.namespace;
        let meta = Meta {
            name: name::free(objects, Kind::Pod, namespace, &service_meta.name),
            namespace: namespace.clone(),
            labels: service.selector.clone(),
            ..Meta::default()
        };
        let mut pod = Pod {
            spec: spec(&service_meta.name, &service),
            ..Pod::default()
        };
        pod.spec.node_name = node;
        templates::run(&mut pod, addresses.next());
        let reason = format!(
            "stands in for the Pods of the Service {}, of which none is given; its container and its address {} \
             are made up",
            service_meta.name, pod.ip
        );
        additions.push(Addition::new(Kind::Pod, &meta, reason));
        objects.put(Object::made(Kind::Pod, meta, Body::Pod(Box::new(pod))));
    }
}

/// Returns one container with the ports that the Service leads to.
fn spec(name: &str, service: &Service) -> PodSpec {
    let mut by_number: BTreeMap<i32, ContainerPort> = BTreeMap::new();
    for port in &service.ports {
        let (number, name) = match &port.target {
            TargetPort::Same => (port.number, String::new()),
            TargetPort::Number(number) => (*number, String::new()),
            TargetPort::Name(name) => (port.number, name.clone()),
        };
        by_number.entry(number).or_insert(ContainerPort {
            name,
            number,
            protocol: port.protocol.clone(),
        });
    }
    PodSpec::new(vec![Container {
        name: name.to_owned(),
        ports: by_number.into_values().collect(),
        ..Container::default()
    }])
}
