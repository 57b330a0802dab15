//! The defaults that the API server fills in, as far as discovery shows them (spec KD6).

use super::addition::Addition;
use crate::discovery::kubernetes::{
    kind::Kind,
    object::{Body, Object},
    objects::Objects,
};

pub(super) fn fill(objects: &mut Objects, additions: &mut Vec<Addition>) {
    for kind in [
        Kind::Pod,
        Kind::Service,
        Kind::Endpoints,
        Kind::EndpointSlice,
    ] {
        for object in objects.of_kind_mut(kind) {
            let filled = fill_object(object);
            if !filled.is_empty() {
                let reason = format!("the API server's default for {}", filled.join(" and "));
                additions.push(Addition::new(kind, &object.meta, reason));
            }
        }
    }
}

/// Fills in the defaults of an object, and returns which.
fn fill_object(object: &mut Object) -> Vec<&'static str> {
    let mut filled = Vec::new();
    let mut protocols = 0;
    let mut protocol = |protocol: &mut String| {
        if protocol.is_empty() {
            *protocol = TCP.to_owned();
            protocols += 1;
        }
    };
    match &mut object.body {
        Body::Pod(pod) => {
            let containers = pod.spec.containers.iter_mut();
            let ports = containers.flat_map(|container| &mut container.ports);
            ports.for_each(|port| protocol(&mut port.protocol));
        }
        Body::Service(service) => {
            (service.ports.iter_mut()).for_each(|port| protocol(&mut port.protocol));
            if service.service_type.is_empty() {
                service.service_type = "ClusterIP".to_owned();
                filled.push("the type, ClusterIP");
            }
        }
        Body::Endpoints(endpoints) => {
            let ports = endpoints
                .subsets
                .iter_mut()
                .flat_map(|subset| &mut subset.ports);
            ports.for_each(|port| protocol(&mut port.protocol));
        }
        Body::EndpointSlice(slice) => {
            let mut names = 0;
            for port in &mut slice.ports {
                protocol(port.protocol.get_or_insert_default());
                if port.name.is_none() {
                    port.name = Some(String::new());
                    names += 1;
                }
            }
            if names > 0 {
                filled.push("names of ports, empty");
            }
        }
        Body::Node(_) | Body::Ingress(_) | Body::Workload(_) | Body::Other => {}
    }
    if protocols > 0 {
        filled.push("protocols of ports, TCP");
    }
    filled
}

const TCP: &str = "TCP";
