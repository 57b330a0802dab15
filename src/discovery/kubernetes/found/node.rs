//! Role node: the kubelet of each Node.

use super::{address::join, metadata::Labels};
use crate::discovery::{
    kubernetes::{
        object::{Body, Object},
        sanitize::sanitize,
    },
    target_group::TargetGroup,
};

/// The types of addresses, the best first (spec KD52).
const TYPES: &[&str] = &[
    "InternalIP",
    "InternalDNS",
    "ExternalIP",
    "ExternalDNS",
    "LegacyHostIP",
    "Hostname",
];

/// Returns the group of a Node; there is none without an address.
pub(in super::super) fn group(object: &Object) -> Option<TargetGroup> {
    let Object { meta, body, .. } = object;
    let Body::Node(node) = body else {
        return None;
    };
    let first = |wanted: &&str| node.addresses.iter().find(|(found, _)| found == wanted);
    let (_, address) = TYPES.iter().find_map(first)?;
    let mut group = TargetGroup::new(format!("node/{}", meta.name));
    // (spec KD50)
    let mut labels = Labels::default();
    labels.set("node_provider_id", node.provider_id.as_str());
    for (condition, status) in &node.conditions {
        let condition = sanitize(&condition.to_lowercase());
        labels.set(
            &format!("node_condition_{condition}"),
            status.to_lowercase(),
        );
    }
    labels.metadata("node", meta);
    group.labels = labels.0;
    // (spec KD51)
    let mut labels = Labels::at(join(address, node.kubelet_port));
    labels.0.insert("instance".to_owned(), meta.name.clone());
    let mut seen = std::collections::HashSet::new();
    for (of, address) in &node.addresses {
        if seen.insert(of) {
            labels.set(&sanitize(&format!("node_address_{of}")), address.as_str());
        }
    }
    group.targets.push(labels.0);
    Some(group)
}
