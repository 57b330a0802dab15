use proptest::prelude::*;

use crate::discovery::TargetGroup;
use crate::discovery::kubernetes::{AttachMetadata, Discovery, Objects, Role};
use crate::yaml::node::Node;

fn discover(objects: &Objects) -> Vec<TargetGroup> {
    let attach = AttachMetadata {
        node: true,
        namespace: true,
        deployment: true,
        job: true,
        cronjob: true,
    };
    let discoveries = Role::ALL.iter().flat_map(|&role| {
        let plain = Discovery::new(role);
        let confined = plain
            .clone()
            .with_attached(attach)
            .with_namespaces(["a", "b"]);
        [plain.with_attached(attach), confined]
    });
    discoveries
        .flat_map(|discovery| discovery.groups(objects))
        .collect()
}

/// Names of fields, and of objects.
const WORDS: &[&str] = &[
    "a",
    "addressType",
    "addresses",
    "annotations",
    "clusterIP",
    "conditions",
    "containerPort",
    "containers",
    "controller",
    "daemonEndpoints",
    "deprecatedTopology",
    "endpoints",
    "hosts",
    "http",
    "initContainers",
    "ip",
    "ipFamilies",
    "items",
    "jobTemplate",
    "kind",
    "kubeletEndpoint",
    "labels",
    "metadata",
    "name",
    "namespace",
    "nodeName",
    "ownerReferences",
    "paths",
    "podIP",
    "podIPs",
    "port",
    "Port",
    "ports",
    "rules",
    "selector",
    "spec",
    "status",
    "subsets",
    "targetPort",
    "targetRef",
    "template",
    "tls",
    "type",
];

/// Values that Kubernetes has words for.
const TEXTS: &[&str] = &[
    "",
    "*",
    "*.a",
    "::1",
    "10.0.0.1",
    "ExternalName",
    "IPv6",
    "InternalIP",
    "LoadBalancer",
    "Node",
    "None",
    "Pod",
    "Ready",
    "ReplicaSet",
    "True",
    "a",
    "a.b",
    "b",
    "é",
];

fn tree() -> impl Strategy<Value = Node> {
    let leaf = prop_oneof![
        Just(Node::Null),
        any::<bool>().prop_map(Node::Bool),
        (-1i128..70000).prop_map(Node::Int),
        prop::sample::select(TEXTS).prop_map(|text| Node::Text(text.to_owned())),
    ];
    leaf.prop_recursive(6, 48, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Node::List),
            prop::collection::btree_map(prop::sample::select(WORDS), inner, 0..5).prop_map(|map| {
                let entries = map.into_iter().map(|(key, node)| (key.to_owned(), node));
                Node::Map(entries.collect())
            }),
        ]
    })
}

fn map(entries: Vec<(&str, Node)>) -> Node {
    Node::Map(
        entries
            .into_iter()
            .map(|(key, node)| (key.to_owned(), node))
            .collect(),
    )
}

fn text(text: &str) -> Node {
    Node::Text(text.to_owned())
}

const KINDS: &[(&str, &str)] = &[
    ("Pod", "v1"),
    ("Service", "v1"),
    ("Endpoints", "v1"),
    ("EndpointSlice", "discovery.k8s.io/v1"),
    ("Node", "v1"),
    ("Namespace", "v1"),
    ("Ingress", "networking.k8s.io/v1"),
    ("Deployment", "apps/v1"),
    ("ReplicaSet", "apps/v1"),
    ("Job", "batch/v1"),
    ("CronJob", "batch/v1"),
    ("ConfigMap", "v1"),
];

/// Objects of all kinds that refer to each other: few names, so that they often do.
fn object() -> impl Strategy<Value = Node> {
    let word = || prop::sample::select(&["a", "b"][..]);
    let kind = prop::sample::select(KINDS);
    let port = prop::sample::select(&[1i128, 2, 3][..]);
    let numbers = (port.clone(), port, any::<bool>(), any::<bool>());
    (kind, word(), word(), word(), word(), numbers).prop_map(
        |((kind, version), namespace, name, other, label, (number, another, first, second))| {
            let labels = || {
                map(vec![
                    (label, text(other)),
                    ("kubernetes.io/service-name", text(other)),
                ])
            };
            let port = |number| {
                map(vec![
                    ("name", text(label)),
                    ("port", Node::Int(number)),
                    ("containerPort", Node::Int(number)),
                    (
                        "targetPort",
                        if first {
                            Node::Int(another)
                        } else {
                            text(other)
                        },
                    ),
                ])
            };
            let ports = || Node::List(vec![port(number), port(another)]);
            let target = map(vec![
                ("kind", text(if first { "Pod" } else { "Node" })),
                ("namespace", text(namespace)),
                ("name", text(other)),
            ]);
            let ip = if second { "fd00::1" } else { "10.0.0.1" };
            let address = || {
                map(vec![
                    ("type", text("InternalIP")),
                    ("address", text(ip)),
                    ("ip", text(ip)),
                    ("nodeName", text(name)),
                    ("addresses", Node::List(vec![text(ip)])),
                    ("targetRef", target.clone()),
                ])
            };
            let owner = map(vec![
                ("kind", text(if first { "ReplicaSet" } else { "Job" })),
                ("name", text(other)),
                ("controller", Node::Bool(second)),
            ]);
            let containers = Node::List(vec![map(vec![("name", text(name)), ("ports", ports())])]);
            let pod = || {
                vec![
                    ("nodeName", text(other)),
                    ("containers", containers.clone()),
                ]
            };
            let template = || {
                map(vec![
                    ("metadata", map(vec![("labels", labels())])),
                    ("spec", map(pod())),
                ])
            };
            let job = map(vec![("spec", map(vec![("template", template())]))]);
            let mut spec = pod();
            spec.extend([
                ("template", template()),
                ("jobTemplate", job),
                ("ports", ports()),
                ("selector", map(vec![(label, text(other))])),
                ("rules", Node::List(vec![map(vec![("host", text(name))])])),
            ]);
            let mut status = vec![("addresses", Node::List(vec![address()]))];
            if first {
                status.push(("podIP", text(ip)));
            }
            let subset = map(vec![
                ("addresses", Node::List(vec![address()])),
                ("notReadyAddresses", Node::List(vec![address()])),
                ("ports", ports()),
            ]);
            map(vec![
                ("apiVersion", text(version)),
                ("kind", text(kind)),
                (
                    "metadata",
                    map(vec![
                        ("namespace", text(namespace)),
                        ("name", text(name)),
                        ("labels", labels()),
                        ("ownerReferences", Node::List(vec![owner])),
                    ]),
                ),
                ("spec", map(spec)),
                ("status", map(status)),
                ("subsets", Node::List(vec![subset])),
                ("endpoints", Node::List(vec![address()])),
                ("ports", ports()),
            ])
        },
    )
}

fn objects(nodes: impl IntoIterator<Item = Node>) -> Objects {
    let mut objects = Objects::new();
    for node in nodes {
        objects.insert(node).unwrap();
    }
    objects
}

/// Returns what tells an object from others.
fn identity(node: &Node) -> Option<(Node, Node, Node)> {
    let metadata = node.get("metadata")?;
    Some((
        node.get("kind")?.clone(),
        metadata.get("namespace")?.clone(),
        metadata.get("name")?.clone(),
    ))
}

proptest! {
    #[test]
    fn any_tree_is_read_or_refused(kind in prop::sample::select(KINDS), spec in tree(), status in tree(), any in tree()) {
        let metadata = map(vec![("name", text("a")), ("labels", map(vec![("a", text("a"))]))]);
        let rest = ["subsets", "endpoints", "ports"].map(|key| (key, any.clone()));
        let mut entries = vec![("kind", text(kind.0)), ("metadata", metadata), ("spec", spec), ("status", status)];
        entries.extend(rest);
        let mut objects = Objects::new();
        let read = [map(entries), any].map(|node| objects.insert(node));
        for error in read.into_iter().filter_map(Result::err) {
            prop_assert!(!error.to_string().is_empty());
        }
        discover(&objects);
        objects.complete();
        discover(&objects);
    }

    #[test]
    fn the_order_of_objects_does_not_matter(
        (nodes, shuffled) in prop::collection::vec(object(), 0..24).prop_flat_map(|nodes| {
            // Of two objects with the same name, the later counts.
            let mut nodes = nodes;
            let mut known = Vec::new();
            nodes.retain(|node| {
                let identity = identity(node).filter(|identity| !known.contains(identity));
                let is_new = identity.is_some();
                known.extend(identity);
                is_new
            });
            // Nodes and Namespaces are in no namespace, so that `a` is the same in both.
            nodes.retain(|node| {
                let cluster = [text("Node"), text("Namespace")];
                let in_b = node.get("metadata").and_then(|m| m.get("namespace")) == Some(&text("b"));
                !(in_b && node.get("kind").is_some_and(|kind| cluster.contains(kind)))
            });
            (Just(nodes.clone()), Just(nodes).prop_shuffle())
        })
    ) {
        let (mut one, mut other) = (objects(nodes), objects(shuffled));
        prop_assert_eq!(&one, &other);
        prop_assert_eq!(discover(&one), discover(&other));
        prop_assert_eq!(one.complete(), other.complete());
        let found = discover(&one);
        prop_assert_eq!(&found, &discover(&other));
        for group in &found {
            for labels in group.all_labels() {
                prop_assert!(labels.contains_key("__address__"));
            }
        }
    }
}
