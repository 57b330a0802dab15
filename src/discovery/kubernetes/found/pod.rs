//! Role pod: the ports of containers.

use super::{address::join, metadata::Labels, view::View};
use crate::discovery::{
    kubernetes::object::{Body, Object},
    target_group::TargetGroup,
};

pub(in super::super) fn group(object: &Object, view: &View<'_>) -> Option<TargetGroup> {
    let Object { meta, body, .. } = object;
    let Body::Pod(pod) = body else {
        return None;
    };
    let mut group = TargetGroup::new(format!("pod/{}/{}", meta.namespace, meta.name));
    // Pods without an address have no labels either (spec KD20), nor have those without their Node (spec KD60).
    let node = pod.spec.node_name.as_str();
    if pod.ip.is_empty() || view.attach.node && view.store.node(node).is_none() {
        return Some(group);
    }
    let mut labels = Labels::default();
    view.pod_labels(&mut labels, meta, pod);
    labels.namespace(meta);
    view.attach_node(&mut labels, Some(node));
    view.attach_namespace(&mut labels, meta);
    group.labels = labels.0;
    for container in &pod.spec.containers {
        let target = |address: String| {
            let mut labels = Labels::at(address);
            labels.container(container);
            labels.set("pod_container_id", container.id.as_str());
            labels
        };
        if container.ports.is_empty() {
            group.targets.push(target(pod.ip.clone()).0);
        }
        for port in &container.ports {
            let mut labels = target(join(&pod.ip, port.number));
            labels.container_port(&port.name, port.number, &port.protocol);
            group.targets.push(labels.0);
        }
    }
    Some(group)
}
