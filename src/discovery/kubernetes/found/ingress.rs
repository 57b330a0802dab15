//! Role ingress: the paths of Ingresses.

use std::collections::HashSet;

use super::{metadata::Labels, view::View};
use crate::discovery::{
    kubernetes::object::{Body, Object},
    target_group::TargetGroup,
};

pub(in super::super) fn group(object: &Object, view: &View<'_>) -> Option<TargetGroup> {
    let Object { meta, body, .. } = object;
    let Body::Ingress(ingress) = body else {
        return None;
    };
    let mut group = TargetGroup::new(format!("ingress/{}/{}", meta.namespace, meta.name));
    // (spec KD55)
    let mut labels = Labels::default();
    labels.namespace(meta);
    labels.set_present("ingress_class_name", ingress.class_name.as_deref());
    labels.metadata("ingress", meta);
    view.attach_namespace(&mut labels, meta);
    group.labels = labels.0;
    let encrypted: HashSet<&str> = ingress.tls_hosts.iter().map(String::as_str).collect();
    let root = [String::new()];
    for rule in &ingress.rules {
        let scheme = match is_encrypted(&rule.host, &encrypted) {
            true => "https",
            false => "http",
        };
        for path in rule.paths.as_deref().unwrap_or(&root) {
            let mut labels = Labels::at(rule.host.clone());
            labels.set("ingress_host", rule.host.as_str());
            labels.set("ingress_path", if path.is_empty() { "/" } else { path });
            labels.set("ingress_scheme", scheme);
            group.targets.push(labels.0);
        }
    }
    Some(group)
}

/// Tells whether a host is among those with encryption, itself or by a `*` in place of its first label (spec
/// KD57).
fn is_encrypted(host: &str, encrypted: &HashSet<&str>) -> bool {
    let parent = host
        .split_once('.')
        .map(|(_, parent)| format!("*.{parent}"));
    encrypted.contains(host)
        || parent.is_some_and(|pattern| encrypted.contains(pattern.as_str()))
        // A pattern of one label matches every host of one label.
        || !host.contains('.') && encrypted.contains("*")
}
