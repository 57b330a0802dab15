//! Makes Pods from the templates of workloads.

use std::collections::{BTreeMap, HashSet};

use super::{addition::Addition, address::Addresses, name};
use crate::discovery::kubernetes::{
    kind::Kind,
    object::{
        Body, Object,
        meta::{Meta, Owner},
        node::ClusterNode,
        pod::Pod,
        workload::{Template, Workload},
    },
    objects::Objects,
};

/// Adds a Pod for each workload that none of the objects belongs to, with the object between where there is
/// one.
pub(super) fn add_pods(
    objects: &mut Objects,
    addresses: &mut Addresses,
    additions: &mut Vec<Addition>,
) {
    let owned = Owned::of(objects);
    for (kind, between) in [
        (Kind::Deployment, Kind::ReplicaSet),
        (Kind::CronJob, Kind::Job),
    ] {
        for (meta, workload, _) in owned.childless(objects, kind) {
            let base = name::free(objects, between, &meta.namespace, &meta.name);
            let made = child(kind, &meta, base, &workload.template);
            let reason = format!("made for the {} {}", kind.made().0, meta.name);
            additions.push(Addition::new(between, &made, reason));
            let body = Body::Workload(Box::new(workload));
            objects.put(Object::made(between, made, body));
        }
    }
    for kind in [
        Kind::StatefulSet,
        Kind::DaemonSet,
        Kind::ReplicaSet,
        Kind::Job,
    ] {
        for (meta, workload, template) in owned.childless(objects, kind) {
            let pod_name = name::free(objects, Kind::Pod, &meta.namespace, &meta.name);
            let mut made = child(kind, &meta, pod_name, &workload.template);
            own_labels(kind, &meta, &mut made);
            let mut pod = pod(kind, &made, &workload, template, addresses.next());
            let owner = kind.made().0;
            let mut reason = format!(
                "made from the template of the {owner} {}; its address {} is made up",
                meta.name, pod.ip
            );
            if pod.spec.node_name.is_empty() {
                pod.spec.node_name = node(objects, additions);
                reason = format!("{reason}, and so is its place on {}", pod.spec.node_name);
            }
            additions.push(Addition::new(Kind::Pod, &made, reason));
            objects.put(Object::made(Kind::Pod, made, Body::Pod(Box::new(pod))));
        }
    }
}

/// Returns the name of a Node, which is made if there is none: without one, a Pod is not discovered where the
/// Node's metadata is asked for (spec KD60).
pub(super) fn node(objects: &mut Objects, additions: &mut Vec<Addition>) -> String {
    if let Some(node) = objects.of_kind(Kind::Node).next() {
        return node.meta.name.clone();
    }
    let meta = Meta {
        name: "node-0".to_owned(),
        ..Meta::default()
    };
    let reason = "made, because Pods are on a Node".to_owned();
    additions.push(Addition::new(Kind::Node, &meta, reason));
    let name = meta.name.clone();
    objects.put(Object::made(
        Kind::Node,
        meta,
        Body::Node(ClusterNode::default()),
    ));
    name
}

/// The owners of objects, by kind, namespace and name.
struct Owned(HashSet<(String, String, String)>);

impl Owned {
    fn of(objects: &Objects) -> Self {
        let kinds = [Kind::Pod, Kind::ReplicaSet, Kind::Job];
        let children = kinds.into_iter().flat_map(|kind| objects.of_kind(kind));
        let owners = children.flat_map(|child| {
            let namespace = &child.meta.namespace;
            let owners = child.meta.owners.iter();
            owners.map(|owner| (owner.kind.clone(), namespace.clone(), owner.name.clone()))
        });
        let mut owned: HashSet<_> = owners.collect();
        // The object between is often left out of a listing; its name begins with its owner's.
        let between = owned.iter().filter_map(|(kind, namespace, name)| {
            let owner = match kind.as_str() {
                "ReplicaSet" => Kind::Deployment,
                "Job" => Kind::CronJob,
                _ => return None,
            };
            let (name, _) = name.rsplit_once('-')?;
            Some((
                owner.made().0.to_owned(),
                namespace.clone(),
                name.to_owned(),
            ))
        });
        let between: Vec<_> = between.collect();
        owned.extend(between);
        Owned(owned)
    }

    /// Returns the workloads of a kind that should have Pods, and that no object belongs to.
    fn childless(&self, objects: &Objects, kind: Kind) -> Vec<(Meta, Workload, Template)> {
        let childless = objects.of_kind(kind).filter_map(|object| {
            let meta = &object.meta;
            let Body::Workload(workload) = &object.body else {
                return None;
            };
            let template = workload.template.clone()?;
            let key = (
                kind.made().0.to_owned(),
                meta.namespace.clone(),
                meta.name.clone(),
            );
            let has_none = !workload.is_idle && !self.0.contains(&key);
            has_none.then(|| (meta.clone(), (**workload).clone(), template))
        });
        childless.collect()
    }
}

/// Returns the metadata of an object that a workload makes from its template.
fn child(kind: Kind, owner: &Meta, name: String, template: &Option<Template>) -> Meta {
    let (labels, annotations) = match template {
        Some(template) => (template.labels.clone(), template.annotations.clone()),
        None => (BTreeMap::new(), BTreeMap::new()),
    };
    Meta {
        name,
        namespace: owner.namespace.clone(),
        labels,
        annotations,
        owners: vec![Owner {
            kind: kind.made().0.to_owned(),
            name: owner.name.clone(),
            is_controller: true,
        }],
        ..Meta::default()
    }
}

/// Adds the labels that a controller gives its Pods.
fn own_labels(kind: Kind, owner: &Meta, pod: &mut Meta) {
    let labels: &[(&str, &str)] = match kind {
        Kind::StatefulSet => &[("statefulset.kubernetes.io/pod-name", &pod.name)],
        Kind::Job => &[
            ("batch.kubernetes.io/job-name", &owner.name),
            ("job-name", &owner.name),
        ],
        _ => &[],
    };
    let labels: Vec<_> = (labels.iter())
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    pod.labels.extend(labels);
}

fn pod(kind: Kind, meta: &Meta, workload: &Workload, template: Template, ips: Vec<String>) -> Pod {
    let mut spec = template.spec;
    if kind == Kind::StatefulSet {
        spec.hostname.clone_from(&meta.name);
        spec.subdomain.clone_from(&workload.service_name);
    }
    let mut pod = Pod {
        spec,
        ..Pod::default()
    };
    run(&mut pod, ips);
    pod
}

/// Has the Pod run and be ready at these addresses.
pub(super) fn run(pod: &mut Pod, ips: Vec<String>) {
    pod.phase = "Running".to_owned();
    pod.ip = ips.first().cloned().unwrap_or_default();
    pod.ips = ips;
    pod.ready = Some("True".to_owned());
}
