use crate::discovery::kubernetes::{Discovery, Objects, Role};

#[test]
fn errors_have_a_path() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n";
    let of_pod = |rest: &str| format!("{pod}{rest}");
    for (yaml, expected) in [
        (
            format!(
                "{pod}---\n---\napiVersion: v1\nkind: PodList\nitems: [{{metadata: {{name: a}}, spec: {{containers: [{{ports: x}}]}}}}]"
            ),
            "document 2.items[0].spec.containers[0].ports: expected a list, found the string \"x\"",
        ),
        (
            of_pod("spec: {containers: [{ports: [{containerPort: \"80\"}]}]}"),
            "spec.containers[0].ports[0].containerPort: expected a whole number, found the string \"80\"",
        ),
        (
            of_pod("spec: {containers: [{ports: [{containerPort: 3000000000}]}]}"),
            "spec.containers[0].ports[0].containerPort: expected a whole number, found the number 3000000000",
        ),
        (
            of_pod("status: {conditions: [{type: Ready, status: True}]}"),
            "status.conditions[0].status: expected a string, found the boolean true; put it in quotes",
        ),
        (
            "kind: Service\nmetadata: {name: 8080}".to_owned(),
            "metadata.name: expected a string, found the number 8080; put it in quotes",
        ),
        (
            "kind: Service\nmetadata: {name: a, annotations: {on: x, y: no}}".to_owned(),
            "metadata.annotations.y: expected a string, found the boolean false; put it in quotes",
        ),
        (
            "kind: Service\nmetadata: {name: a}\nspec: {publishNotReadyAddresses: 'true'}"
                .to_owned(),
            "spec.publishNotReadyAddresses: expected true or false, found the string \"true\"",
        ),
        (
            "kind: Service\nmetadata: [a]".to_owned(),
            "metadata: expected a map, found a list",
        ),
        (
            "kind: Service".to_owned(),
            "metadata.name: missing: objects are known by it",
        ),
        (
            "metadata: {name: a}".to_owned(),
            "kind: missing: it says what the object is",
        ),
        (
            "kind: List\nitems: {a: b}".to_owned(),
            "items: expected a list, found a map",
        ),
        (
            "kind: List\nitems: [{kind: List, items: [1]}]".to_owned(),
            "items[0].items[0]: expected a map, found the number 1",
        ),
        ("a".to_owned(), "expected a map, found the string \"a\""),
        (
            "[".to_owned(),
            "line 1, column 2: expected a value or `]`, found the end",
        ),
    ] {
        let error = Objects::parse_all(&yaml).unwrap_err();
        let is_yaml = expected.starts_with("line ");
        match is_yaml {
            true => assert!(error.to_string().starts_with("line "), "{error}"),
            false => assert_eq!(error.to_string(), expected, "{yaml}"),
        }
        assert!(is_yaml || error.path().is_empty() || expected.starts_with(error.path()));
    }
}

/// Only what discovery looks at has to be of the right type.
#[test]
fn every_object_is_there() {
    let mut objects = Objects::new().with_namespace("shop");
    let text = "
kind: Pod
metadata: {generateName: a-}
spec: {volumes: 1}
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: a}
spec: {ports: knative has none}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: a, namespace: not here}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSliceList
items:
- {metadata: {name: a, namespace: web}}
---
apiVersion: example.org/v1
kind: AllowList
metadata: {name: a}
---
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Service, metadata: {name: a, labels: {b: }}}
- {apiVersion: v1, kind: NodeList, items: [{metadata: {name: a}}]}
";
    objects.add(text).unwrap();
    let shown = objects.iter().map(|object| {
        let (kind, version, name) = (object.kind(), object.api_version(), object.name());
        let namespace = object.namespace().unwrap_or("-");
        format!("{version} {kind} {namespace}/{name}")
    });
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [
            "v1 Node -/a",
            " Pod shop/a-",
            "v1 Service shop/a",
            "discovery.k8s.io/v1 EndpointSlice web/a",
            "example.org/v1 AllowList shop/a",
            "rbac.authorization.k8s.io/v1 ClusterRole -/a",
            "serving.knative.dev/v1 Service shop/a",
        ]
    );
    assert_eq!(objects.len(), 7);
    // A later one replaces it, and a text with an error adds nothing.
    let other = "kind: Service\nmetadata: {name: a, labels: {b: c}}\n";
    objects.add(other).unwrap();
    let wrong = "---\nkind: Node\nmetadata: {name: b, labels: 1}";
    assert!(
        objects
            .add(&format!("kind: Node\nmetadata: {{name: c}}\n{wrong}"))
            .is_err()
    );
    assert_eq!(objects.len(), 7);
    let service = objects
        .iter()
        .find(|object| object.kind() == "Service")
        .unwrap();
    assert_eq!(
        (service.labels()["b"].as_str(), service.annotations().len()),
        ("c", 0)
    );
}

#[test]
fn trees_are_objects_too() {
    let tree = "{kind: PodList, items: [{metadata: {name: a}}, {metadata: {name: b}}]}";
    let crate::yaml::node::Resolved(node) = crate::yaml::only(tree).unwrap();
    let mut objects = Objects::new();
    objects.insert(node).unwrap();
    assert_eq!(objects.len(), 2);
}

/// What the cases do not show.
#[test]
fn namespaces_and_sources() {
    let objects = Objects::parse_all(
        "{kind: List, items: [
          {kind: Ingress, apiVersion: networking.k8s.io/v1, metadata: {name: x, namespace: a-b}, spec: {rules: [{}]}},
          {kind: Ingress, apiVersion: networking.k8s.io/v1, metadata: {name: x, namespace: a}},
          {kind: Node, metadata: {name: n1}, status: {addresses: [{type: Hostname, address: h}]}}]}",
    )
    .unwrap();
    let sources = |discovery: Discovery| -> Vec<String> {
        let groups = discovery.groups(&objects);
        groups.into_iter().map(|group| group.source).collect()
    };
    let ingress = Discovery::new(Role::Ingress);
    // By source as a text: `-` is before `/`.
    assert_eq!(sources(ingress.clone()), ["ingress/a-b/x", "ingress/a/x"]);
    let twice = ingress
        .clone()
        .with_namespaces(["a", "a"])
        .with_own_namespace();
    assert_eq!(sources(twice.clone().runs_in("a")), ["ingress/a/x"]);
    assert_eq!(sources(twice), ["ingress/a/x"]);
    let node = Discovery::new(Role::Node).with_namespaces(["a", "b"]);
    assert_eq!(sources(node), ["node/n1"]);
}
