//! The ports of a Pod that a Service leads to.

use crate::discovery::kubernetes::object::{
    pod::{Pod, PodSpec},
    service::{Service, ServicePort, TargetPort},
};

/// Returns the ports of a Service, each with its number in a Pod. A name that the Pod does not have is left
/// out.
pub(super) fn resolved<'s>(service: &'s Service, pod: &Pod) -> Vec<(&'s ServicePort, i32)> {
    let ports = service.ports.iter();
    ports
        .filter_map(|port| Some((port, number(port, &pod.spec)?)))
        .collect()
}

fn number(port: &ServicePort, spec: &PodSpec) -> Option<i32> {
    match &port.target {
        TargetPort::Same => Some(port.number),
        TargetPort::Number(number) => Some(*number),
        TargetPort::Name(name) => {
            let containers = spec.containers.iter();
            let containers = containers.filter(|c| !c.is_init || c.is_sidecar);
            let ports = containers.flat_map(|container| &container.ports);
            let mut meant = ports.filter(|p| p.name == *name && p.protocol == port.protocol);
            meant.next().map(|found| found.number)
        }
    }
}
