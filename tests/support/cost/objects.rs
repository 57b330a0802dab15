//! Work on a cluster's objects, and on lists of targets.

use std::hint::black_box;

use exposition::discovery::kubernetes::{AttachMetadata, Discovery, Objects, Role};
use exposition::discovery::{ServerTargets, file_sd};

use super::Work;

type Text = (&'static str, fn(usize) -> String);

fn numbered(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect()
}

fn list(items: &str) -> String {
    format!("{{kind: List, items: [{items}]}}")
}

const OBJECTS: &[Text] = &[
    ("pods", |n| {
        list(&numbered(n / 150, |i| {
            format!(
                "{{kind: Pod, metadata: {{name: p{i:07}, labels: {{a: b}}}}, spec: {{nodeName: n{i:07}, containers: \
                 [{{name: c, ports: [{{containerPort: 80}}]}}]}}, status: {{podIP: 10.0.0.1}}}},"
            )
        }))
    }),
    ("ports of a pod", |n| {
        let ports = numbered(n / 25, |i| format!("{{containerPort: {i:07}}},"));
        format!(
            "{{kind: Pod, metadata: {{name: p}}, spec: {{containers: [{{ports: [{ports}]}}]}}, status: {{podIP: a}}}}"
        )
    }),
    ("containers of a pod", |n| {
        let containers = numbered(n / 20, |i| format!("{{name: c{i:07}}},"));
        let statuses = numbered(n / 40, |i| format!("{{name: c{i:07}, containerID: d}},"));
        format!(
            "{{kind: Pod, metadata: {{name: p}}, spec: {{containers: [{containers}]}}, status: {{podIP: a, \
             containerStatuses: [{statuses}]}}}}"
        )
    }),
    ("endpoints of a large pod", |n| {
        let ports = numbered(n / 50, |i| format!("{{containerPort: {i:07}}},"));
        let addresses = numbered(n / 140, |i| {
            format!("{{ip: a{i:07}, targetRef: {{kind: Pod, namespace: default, name: p}}}},")
        });
        let pod = format!(
            "{{kind: Pod, metadata: {{name: p}}, spec: {{containers: [{{ports: [{ports}]}}]}}, status: {{podIP: a}}}}"
        );
        let endpoints = format!(
            "{{kind: Endpoints, metadata: {{name: e}}, subsets: [{{addresses: [{addresses}], ports: [{{port: 7}}]}}]}}"
        );
        list(&format!("{pod}, {endpoints}"))
    }),
    ("slices of many pods", |n| {
        let pods = numbered(n / 250, |i| {
            format!("{{kind: Pod, metadata: {{name: p{i:07}}}, status: {{podIP: a}}}},")
        });
        let slices = numbered(n / 250, |i| {
            format!(
                "{{kind: EndpointSlice, metadata: {{name: s{i:07}, labels: {{kubernetes.io/service-name: s{i:07}}}}}, \
                 ports: [{{port: 1}}], endpoints: [{{addresses: [a], targetRef: {{kind: Pod, namespace: default, \
                 name: p{i:07}}}}}]}},"
            )
        });
        list(&(pods + &slices))
    }),
    ("pods and as many services", |n| {
        let pods = numbered(n / 250, |i| {
            let labels = format!("a: b, c: v{i:07}");
            format!(
                "{{kind: Pod, metadata: {{name: p{i:07}, labels: {{{labels}}}}}, status: {{podIP: a}}}},"
            )
        });
        let services = numbered(n / 250, |i| {
            let selector = format!("a: b, c: v{i:07}");
            format!(
                "{{kind: Service, metadata: {{name: s{i:07}}}, spec: {{selector: {{{selector}}}, ports: [{{port: 1}}]}}}},"
            )
        });
        list(&(pods + &services))
    }),
    ("services without pods", |n| {
        let pods = numbered(n / 200, |i| {
            format!(
                "{{kind: Pod, metadata: {{name: p{i:07}, labels: {{a: b}}}}, status: {{podIP: a}}}},"
            )
        });
        let services = numbered(n / 200, |i| {
            format!(
                "{{kind: Service, metadata: {{name: s{i:07}}}, spec: {{selector: {{a: b, c: d}}}}}},"
            )
        });
        list(&(pods + &services))
    }),
    ("workloads", |n| {
        list(&numbered(n / 110, |i| {
            format!(
                "{{kind: Deployment, metadata: {{name: d{i:07}}}, spec: {{template: {{spec: {{containers: [{{name: c}}]}}}}}}}},"
            )
        }))
    }),
    ("hosts of an ingress", |n| {
        let hosts = numbered(n / 20, |i| format!("h{i:07}.a,"));
        let rules = numbered(n / 40, |i| format!("{{host: g{i:07}.a}},"));
        format!(
            "{{kind: Ingress, metadata: {{name: i}}, spec: {{tls: [{{hosts: [{hosts}]}}], rules: [{rules}]}}}}"
        )
    }),
    ("addresses of a node", |n| {
        let addresses = numbered(n / 40, |i| format!("{{type: t{i:07}, address: a}},"));
        let addresses = format!("{addresses} {{type: Hostname, address: a}}");
        format!("{{kind: Node, metadata: {{name: m}}, status: {{addresses: [{addresses}]}}}}")
    }),
    ("labels of a node", |n| {
        let labels = numbered(n / 15, |i| format!("l{i:07}: v,"));
        format!("{{kind: Node, metadata: {{name: m, labels: {{{labels}}}}}}}")
    }),
    ("lists in lists of objects", |n| {
        "{kind: List, items: [".repeat(n / 21)
    }),
    ("documents", |n| {
        "kind: Node\nmetadata: {name: a}\n---\n".repeat(n / 36)
    }),
    ("targets", |n| {
        let targets = numbered(n / 25, |i| format!("{{targets: [h{i:07}]}},"));
        format!("[{targets}]")
    }),
    ("targets of a server", |n| {
        let target = "{\"discoveredLabels\": {\"a\": \"b\"}},";
        let targets = target.repeat(n / target.len());
        format!("{{\"activeTargets\": [{targets} {{}}]}}")
    }),
];

/// Returns the reading, discovery and completion of every shape.
pub(super) fn works() -> impl Iterator<Item = Work> {
    OBJECTS.iter().map(|&(shape, text)| {
        Work::new("objects", shape, move |bytes| {
            let text = text(bytes);
            Box::new(move || {
                drop(black_box(file_sd::read("a.yml", &text)));
                drop(black_box(text.parse::<ServerTargets>()));
                let Ok(mut objects) = Objects::parse_all(&text) else {
                    return;
                };
                discover(&objects);
                drop(black_box(objects.complete()));
                discover(&objects);
            })
        })
        .sizes([8 << 10, 32 << 10])
    })
}

fn discover(objects: &Objects) {
    for &role in Role::ALL {
        let attach = AttachMetadata::new().namespace(true).deployment(true);
        let discovery = Discovery::new(role).with_attached(attach);
        for group in discovery.groups(objects) {
            drop(black_box(group.discovered_labels().last()));
        }
    }
}
