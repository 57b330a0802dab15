//! Makes Nodes for the Pods on them.

use std::collections::BTreeSet;

use super::addition::Addition;
use crate::discovery::kubernetes::{
    kind::Kind,
    object::{Body, Object, meta::Meta, node::ClusterNode},
    objects::Objects,
};

impl Objects {
    /// Adds the Nodes that Pods are on, each with only its name, unless the objects have a Node that was not
    /// made here. Returns what was added.
    ///
    /// In role `pod`, a discovery that attaches metadata of Nodes leaves out Pods whose Node is not known
    /// ([KD60](crate::docs::kubernetes#kd60)); in a cluster it is, and in files it hardly ever is.
    pub fn complete_nodes(&mut self) -> Vec<Addition> {
        let made = Body::Node(ClusterNode::default());
        let is_real = |node: &Object| node.body != made || !node.meta.labels.is_empty();
        if self.of_kind(Kind::Node).any(is_real) {
            return Vec::new();
        }
        let known: BTreeSet<&str> = (self.of_kind(Kind::Node))
            .map(|node| node.meta.name.as_str())
            .collect();
        let names: BTreeSet<String> = (self.of_kind(Kind::Pod))
            .filter_map(|object| match &object.body {
                Body::Pod(pod) => Some(pod.spec.node_name.clone()),
                _ => None,
            })
            .filter(|name| !name.is_empty() && !known.contains(name.as_str()))
            .collect();
        let mut additions = Vec::new();
        for name in names {
            let reason = "made for the Pods on it; its labels are not known".to_owned();
            let meta = Meta {
                name,
                ..Meta::default()
            };
            additions.push(Addition::new(Kind::Node, &meta, reason));
            self.put(Object::made(Kind::Node, meta, made.clone()));
        }
        additions
    }
}
