//! Targets with a pod, in the roles endpoints and endpointslice.

use std::collections::{BTreeSet, HashMap};

use super::{address::join, metadata::Labels, view::View};
use crate::discovery::kubernetes::object::{endpoints::TargetRef, meta::Meta, pod::Pod};

/// The pods that the addresses of one object stand for, and the ports that these addresses have.
#[derive(Default)]
pub(super) struct Backing<'a> {
    pods: Vec<(&'a Meta, &'a Pod, BTreeSet<i32>)>,
    by_name: HashMap<(&'a str, &'a str), usize>,
}

/// Which protocol a target with a pod gets (spec KD38).
pub(super) enum Protocol<'p> {
    /// That of the port of the Endpoints.
    Of(&'p str),
    /// That of the container's port.
    OfContainer,
}

impl<'a> Backing<'a> {
    /// Adds the labels of the pod that an address stands for, if it does, and those of the container whose
    /// port has this number (spec KD38).
    pub(super) fn add(
        &mut self,
        labels: &mut Labels,
        view: &View<'a>,
        target: Option<&TargetRef>,
        port: Option<i32>,
        protocol: Protocol<'_>,
    ) {
        let pod = target
            .filter(|target| target.kind == "Pod")
            .and_then(|target| view.store.pod(&target.namespace, &target.name));
        let Some((meta, pod)) = pod else {
            return;
        };
        view.pod_labels(labels, meta, pod);
        let key = (meta.namespace.as_str(), meta.name.as_str());
        let at = *self.by_name.entry(key).or_insert(self.pods.len());
        if at == self.pods.len() {
            self.pods.push((meta, pod, BTreeSet::new()));
        }
        let Some(port) = port else {
            return;
        };
        if let Some((_, _, covered)) = self.pods.get_mut(at) {
            covered.insert(port);
        }
        if let Some((container, found)) = pod.spec.by_number(port) {
            labels.container(container);
            let protocol = match protocol {
                Protocol::Of(protocol) => protocol,
                Protocol::OfContainer => &found.protocol,
            };
            labels.container_port(&found.name, port, protocol);
        }
    }

    /// Returns the targets for the ports of those pods that no address has (spec KD41), pods in the order of
    /// their first address (spec KD42).
    pub(super) fn other_ports<'b>(
        &'b self,
        view: &'b View<'a>,
    ) -> impl Iterator<Item = Labels> + 'b {
        let pods = self.pods.iter().filter(|(_, pod, _)| !pod.ip.is_empty());
        pods.flat_map(move |(meta, pod, covered)| {
            let containers = pod.spec.containers.iter();
            let ports = containers
                .flat_map(|container| container.ports.iter().map(move |port| (container, port)));
            let others = ports.filter(|(_, port)| !covered.contains(&port.number));
            others.map(move |(container, port)| {
                let mut labels = Labels::at(join(&pod.ip, port.number));
                labels.container(container);
                labels.container_port(&port.name, port.number, &port.protocol);
                view.pod_labels(&mut labels, meta, pod);
                labels
            })
        })
    }
}

impl Labels {
    /// Adds what an address stands for.
    pub(super) fn target_ref(&mut self, prefix: &str, target: Option<&TargetRef>) {
        if let Some(target) = target {
            self.set(&format!("{prefix}_target_kind"), target.kind.as_str());
            self.set(&format!("{prefix}_target_name"), target.name.as_str());
        }
    }
}

/// Returns the name of the Node that an address stands for, if it does.
pub(super) fn node_name(target: Option<&TargetRef>) -> Option<&str> {
    let target = target.filter(|target| target.kind == "Node");
    target.map(|target| target.name.as_str())
}
