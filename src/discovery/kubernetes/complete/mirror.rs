//! Makes Endpoints of EndpointSlices, and the other way round: a cluster has both.

use std::collections::{BTreeMap, HashSet};

use super::{addition::Addition, backing::family, name};
use crate::discovery::kubernetes::{
    kind::Kind,
    object::{
        Body, Object,
        endpoint_slice::{Endpoint, EndpointSlice, SERVICE_NAME, SlicePort},
        endpoints::{Address, EndpointPort, Endpoints, Subset},
        meta::Meta,
    },
    objects::Objects,
};
/// Adds what is missing of Services of which only one of both is given.
pub(super) fn add(objects: &mut Objects, additions: &mut Vec<Addition>) {
    let services = |kind: Kind| -> HashSet<(String, String)> {
        objects.of_kind(kind).filter_map(service).collect()
    };
    let (known, sliced) = (services(Kind::Endpoints), services(Kind::EndpointSlice));
    let mut slices = Vec::new();
    for object in objects.of_kind(Kind::Endpoints) {
        let Body::Endpoints(endpoints) = &object.body else {
            continue;
        };
        if service(object).is_some_and(|service| !sliced.contains(&service)) {
            slices.extend(slices_of(&object.meta, endpoints));
        }
    }
    let mut made: BTreeMap<(String, String), (Meta, Endpoints)> = BTreeMap::new();
    for object in objects.of_kind(Kind::EndpointSlice) {
        let (Body::EndpointSlice(slice), Some(service)) = (&object.body, service(object)) else {
            continue;
        };
        if known.contains(&service) {
            continue;
        }
        let (_, endpoints) = made.entry(service).or_insert_with_key(|(namespace, name)| {
            let mut labels = object.meta.labels.clone();
            labels.remove(SERVICE_NAME);
            let meta = Meta {
                name: name.clone(),
                namespace: namespace.clone(),
                labels,
                ..Meta::default()
            };
            (meta, Endpoints::default())
        });
        endpoints.subsets.push(subset(slice));
    }
    for (meta, endpoints) in made.into_values() {
        let reason = "made from the EndpointSlices of the Service".to_owned();
        additions.push(Addition::new(Kind::Endpoints, &meta, reason));
        objects.put(Object::made(
            Kind::Endpoints,
            meta,
            Body::Endpoints(endpoints),
        ));
    }
    for (mut meta, slice) in slices {
        meta.name = name::free(objects, Kind::EndpointSlice, &meta.namespace, &meta.name);
        let reason = "made from the Endpoints of the Service".to_owned();
        additions.push(Addition::new(Kind::EndpointSlice, &meta, reason));
        objects.put(Object::made(
            Kind::EndpointSlice,
            meta,
            Body::EndpointSlice(slice),
        ));
    }
}

/// Returns the namespace and name of the Service that Endpoints or a slice belong to.
fn service(object: &Object) -> Option<(String, String)> {
    let name = match &object.body {
        Body::EndpointSlice(_) => object.meta.labels.get(SERVICE_NAME)?,
        _ => &object.meta.name,
    };
    Some((object.meta.namespace.clone(), name.clone()))
}

/// Returns the slices that say what Endpoints say: one for each subset and family of addresses.
fn slices_of(meta: &Meta, endpoints: &Endpoints) -> Vec<(Meta, EndpointSlice)> {
    let mut labels = meta.labels.clone();
    labels.insert(SERVICE_NAME.to_owned(), meta.name.clone());
    let of = Meta {
        name: meta.name.clone(),
        namespace: meta.namespace.clone(),
        labels,
        ..Meta::default()
    };
    let mut slices = Vec::new();
    for subset in &endpoints.subsets {
        let ports: Vec<SlicePort> = (subset.ports.iter())
            .map(|port| SlicePort {
                name: Some(port.name.clone()),
                number: Some(port.number),
                protocol: Some(port.protocol.clone()),
                app_protocol: None,
            })
            .collect();
        let ready = subset.addresses.iter().map(|address| (address, true));
        let not_ready = subset.not_ready.iter().map(|address| (address, false));
        let mut families: BTreeMap<&str, Vec<Endpoint>> = BTreeMap::new();
        for (address, is_ready) in ready.chain(not_ready) {
            let family = family(&address.ip);
            let endpoint = endpoint(address, is_ready);
            families.entry(family).or_default().push(endpoint);
        }
        slices.extend(families.into_iter().map(|(family, endpoints)| {
            let slice = EndpointSlice {
                address_type: family.to_owned(),
                ports: ports.clone(),
                endpoints,
            };
            (of.clone(), slice)
        }));
    }
    slices
}

fn endpoint(address: &Address, is_ready: bool) -> Endpoint {
    Endpoint {
        addresses: vec![address.ip.clone()],
        ready: Some(is_ready),
        serving: Some(is_ready),
        terminating: Some(false),
        hostname: Some(address.hostname.clone()).filter(|name| !name.is_empty()),
        node_name: address.node_name.clone(),
        target: address.target.clone(),
        ..Endpoint::default()
    }
}

/// Returns the subset that says what a slice says.
fn subset(slice: &EndpointSlice) -> Subset {
    let mut subset = Subset {
        ports: (slice.ports.iter())
            .map(|port| EndpointPort {
                name: port.name.clone().unwrap_or_default(),
                number: port.number.unwrap_or_default(),
                protocol: port.protocol.clone().unwrap_or_default(),
            })
            .collect(),
        ..Subset::default()
    };
    for endpoint in &slice.endpoints {
        // Only the first address of an endpoint is of use to anybody.
        let Some(ip) = endpoint.addresses.first() else {
            continue;
        };
        // What is not known counts as ready.
        let addresses = match endpoint.ready.unwrap_or(true) {
            true => &mut subset.addresses,
            false => &mut subset.not_ready,
        };
        addresses.push(Address {
            ip: ip.clone(),
            hostname: endpoint.hostname.clone().unwrap_or_default(),
            node_name: endpoint.node_name.clone(),
            target: endpoint.target.clone(),
        });
    }
    subset
}
