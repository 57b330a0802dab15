//! Makes the Endpoints and EndpointSlices of Services, as the controllers do.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use super::{
    addition::Addition,
    backing::{address, families, hostname, metadata, target_ref},
    name, ports, slices,
};
use crate::discovery::kubernetes::{
    kind::Kind,
    object::{
        Body, Object,
        endpoint_slice::SERVICE_NAME,
        endpoints::{Address, EndpointPort, Endpoints, Subset},
        meta::Meta,
        pod::Pod,
        service::Service,
    },
    objects::Objects,
};

pub(super) fn add(objects: &mut Objects, additions: &mut Vec<Addition>) {
    let mut made = Vec::new();
    let known = with_endpoints(objects);
    let mut index = PodIndex::of(objects);
    for object in objects.of_kind(Kind::Service) {
        let (meta, Body::Service(service)) = (&object.meta, &object.body) else {
            continue;
        };
        let has_none = !known.contains(&(meta.namespace.as_str(), meta.name.as_str()));
        // An ExternalName leads out of the cluster.
        if has_none && !service.selector.is_empty() && service.service_type != "ExternalName" {
            let pods = index.selected(&meta.namespace, &service.selector);
            let reason = match pods.len() {
                0 => "made without addresses: no Pod with an address matches".to_owned(),
                1 => "made from the Pod that matches".to_owned(),
                pods => format!("made from the {pods} Pods that match"),
            };
            let reason = format!("{reason} the selector of the Service {}", meta.name);
            made.push((
                Kind::Endpoints,
                endpoints(meta, service, &pods),
                reason.clone(),
            ));
            for (meta, slice) in slices::of(meta, service, &pods, objects) {
                let slice = (meta, Body::EndpointSlice(slice));
                made.push((Kind::EndpointSlice, slice, reason.clone()));
            }
        }
    }
    for (kind, (mut meta, body), reason) in made {
        if kind == Kind::EndpointSlice {
            meta.name = name::free(objects, kind, &meta.namespace, &meta.name);
        }
        additions.push(Addition::new(kind, &meta, reason));
        objects.put(Object::made(kind, meta, body));
    }
}

/// Returns the Services that have Endpoints or EndpointSlices, by namespace and name.
pub(super) fn with_endpoints(objects: &Objects) -> HashSet<(&str, &str)> {
    let endpoints = objects.of_kind(Kind::Endpoints).map(|object| {
        let meta = &object.meta;
        (meta.namespace.as_str(), meta.name.as_str())
    });
    let slices = objects.of_kind(Kind::EndpointSlice);
    let slices = slices.filter_map(|object| {
        let meta = &object.meta;
        let service = meta.labels.get(SERVICE_NAME)?;
        Some((meta.namespace.as_str(), service.as_str()))
    });
    endpoints.chain(slices).collect()
}

/// Pods that a Service may lead to.
type Pods<'a> = Rc<Vec<(&'a Meta, &'a Pod)>>;

/// A label of a Pod, with the Pod's namespace.
type Place<'a> = (&'a str, &'a str, &'a str);

/// The Pods that Services may lead to, by their labels.
struct PodIndex<'a> {
    by_label: HashMap<Place<'a>, Vec<(&'a Meta, &'a Pod)>>,
    selected: HashMap<(&'a str, &'a BTreeMap<String, String>), Pods<'a>>,
}

impl<'a> PodIndex<'a> {
    fn of(objects: &'a Objects) -> Self {
        let mut by_label: HashMap<_, Vec<_>> = HashMap::new();
        for object in objects.of_kind(Kind::Pod) {
            let (meta, Body::Pod(pod)) = (&object.meta, &object.body) else {
                continue;
            };
            let is_over = matches!(pod.phase.as_str(), "Failed" | "Succeeded");
            if is_over || address(pod, None).is_none() {
                continue;
            }
            for (key, value) in &meta.labels {
                let place = (meta.namespace.as_str(), key.as_str(), value.as_str());
                by_label.entry(place).or_default().push((meta, &**pod));
            }
        }
        PodIndex {
            by_label,
            selected: HashMap::new(),
        }
    }

    /// Returns the Pods that a selector matches, sorted by name. Many Services may have the same one.
    fn selected(&mut self, namespace: &'a str, selector: &'a BTreeMap<String, String>) -> Pods<'a> {
        let by_label = &self.by_label;
        let find = || {
            let lists = (selector.iter())
                .map(|(key, value)| by_label.get(&(namespace, key.as_str(), value.as_str())));
            // The rarest of the labels leaves the fewest Pods to look at.
            let lists: Option<Vec<_>> = lists.collect();
            let rarest = lists.into_iter().flatten().min_by_key(|list| list.len());
            let matches = |(meta, _): &&(&Meta, &Pod)| {
                (selector.iter()).all(|(key, value)| meta.labels.get(key) == Some(value))
            };
            Rc::new(
                rarest
                    .into_iter()
                    .flatten()
                    .filter(matches)
                    .copied()
                    .collect(),
            )
        };
        let selected = self.selected.entry((namespace, selector));
        Rc::clone(selected.or_insert_with(find))
    }
}

/// Returns the Endpoints of a Service: Pods with the same ports are a subset.
fn endpoints(meta: &Meta, service: &Service, pods: &Pods<'_>) -> (Meta, Body) {
    let families = families(service);
    let mut subsets: BTreeMap<Vec<EndpointPort>, Subset> = BTreeMap::new();
    for (pod_meta, pod) in pods.iter() {
        if pod_meta.is_terminating && !service.publishes_not_ready {
            continue;
        }
        let Some(ip) = address(pod, families.first().copied()) else {
            continue;
        };
        let ports = ports::resolved(service, pod);
        let ports: Vec<_> = (ports.into_iter())
            .map(|(port, number)| EndpointPort {
                name: port.name.clone(),
                number,
                protocol: port.protocol.clone(),
            })
            .collect();
        // Only a headless Service may have addresses without ports.
        if ports.is_empty() && !(service.is_headless() && service.ports.is_empty()) {
            continue;
        }
        let subset = subsets.entry(ports).or_insert_with_key(|ports| Subset {
            ports: ports.clone(),
            ..Subset::default()
        });
        let addresses = match service.publishes_not_ready || pod.is_ready() {
            true => &mut subset.addresses,
            false => &mut subset.not_ready,
        };
        let node = pod.spec.node_name.as_str();
        addresses.push(Address {
            ip: ip.to_owned(),
            hostname: hostname(pod, meta).unwrap_or_default().to_owned(),
            node_name: Some(node)
                .filter(|node| !node.is_empty())
                .map(str::to_owned),
            target: Some(target_ref(pod_meta)),
        });
    }
    let subsets = subsets.into_values().collect();
    let body = Body::Endpoints(Endpoints { subsets });
    (metadata(meta, service.is_headless()), body)
}
