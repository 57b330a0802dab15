use std::collections::BTreeMap;

use crate::discovery::TargetGroup;
use crate::discovery::kubernetes::{AttachMetadata, Discovery, Objects, Role};

/// Returns the objects completed, and what was added.
fn completed(yaml: &str) -> (Objects, Vec<String>) {
    let mut objects = Objects::parse_all(yaml).unwrap();
    let added = objects.complete();
    (objects, added.iter().map(ToString::to_string).collect())
}

fn discovered(objects: &Objects, role: Role) -> Vec<BTreeMap<String, String>> {
    let attach = AttachMetadata {
        deployment: true,
        job: true,
        cronjob: true,
        ..AttachMetadata::default()
    };
    let groups = Discovery::new(role).with_attached(attach).groups(objects);
    groups
        .iter()
        .flat_map(TargetGroup::discovered_labels)
        .collect()
}

/// Returns the values of a few labels of each target, by the ends of their names.
fn labels(objects: &Objects, role: Role, names: &[&str]) -> Vec<String> {
    let targets = discovered(objects, role);
    let value = |labels: &BTreeMap<String, String>, name: &str| {
        let known = [name.to_owned(), format!("__meta_kubernetes_{name}")];
        let value = known.iter().find_map(|name| labels.get(name));
        value.map_or("-", String::as_str).to_owned()
    };
    let shown = targets.iter().map(|labels| {
        let values: Vec<String> = names.iter().map(|name| value(labels, name)).collect();
        values.join(" ")
    });
    shown.collect()
}

const CHART: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template: &template
    metadata: {labels: {app: web}, annotations: {a: b}}
    spec: {containers: [{name: web, ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: tidy, namespace: shop}
spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: tidy}]}}}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: shop}
spec: {template: {spec: {containers: [{name: agent}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: idle, namespace: shop}
spec: {replicas: 0, template: {spec: {containers: [{name: idle}]}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: done, namespace: shop}
spec: {template: {spec: {containers: [{name: done}]}}}
status: {completionTime: '2026-01-01T00:00:00Z'}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}]}
";

#[test]
fn a_chart_is_completed() {
    let (objects, added) = completed(CHART);
    assert_eq!(
        added,
        [
            "ReplicaSet shop/web-0: made for the Deployment web",
            "Job shop/tidy-0: made for the CronJob tidy",
            "Node node-0: made, because Pods are on a Node",
            "Pod shop/agent-0: made from the template of the DaemonSet agent; its address 192.0.2.1 is made up, and so is its place on node-0",
            "Pod shop/web-0-0: made from the template of the ReplicaSet web-0; its address 192.0.2.2 is made up, and so is its place on node-0",
            "Pod shop/tidy-0-0: made from the template of the Job tidy-0; its address 192.0.2.3 is made up, and so is its place on node-0",
            "Pod shop/web-0-0: the API server's default for protocols of ports, TCP",
            "Service shop/web: the API server's default for the type, ClusterIP and protocols of ports, TCP",
            "Endpoints shop/web: made from the Pod that matches the selector of the Service web",
            "EndpointSlice shop/web-0: made from the Pod that matches the selector of the Service web",
        ]
    );
    let names = [
        "__address__",
        "pod_phase",
        "pod_ready",
        "pod_controller_kind",
        "pod_controller_name",
        "pod_deployment_name",
        "pod_job_name",
        "pod_cronjob_name",
        "pod_annotation_a",
        "pod_node_name",
    ];
    assert_eq!(
        labels(&objects, Role::Pod, &names),
        [
            "192.0.2.1 Running true DaemonSet agent - - - - node-0",
            "192.0.2.3 Running true Job tidy-0 - tidy-0 tidy - node-0",
            "192.0.2.2:8080 Running true ReplicaSet web-0 web - - b node-0",
        ]
    );
    let names = [
        "__address__",
        "endpoint_port_name",
        "pod_container_name",
        "service_label_app",
    ];
    assert_eq!(
        labels(&objects, Role::Endpoints, &names),
        ["192.0.2.2:8080 http web web"]
    );
    let names = [
        "__address__",
        "endpointslice_address_type",
        "endpointslice_port_name",
        "endpointslice_endpoint_conditions_ready",
        "endpointslice_label_kubernetes_io_service_name",
        "pod_container_port_name",
    ];
    assert_eq!(
        labels(&objects, Role::EndpointSlice, &names),
        ["192.0.2.2:8080 IPv4 http true web http"]
    );
}

#[test]
fn what_is_complete_stays() {
    let (mut objects, _) = completed(CHART);
    let before = objects.clone();
    assert_eq!(objects.complete(), []);
    assert_eq!(objects, before);
}

#[test]
fn workloads_with_pods_get_none() {
    let owner = |kind: &str, name: &str| {
        format!("ownerReferences: [{{kind: {kind}, name: {name}, controller: true}}]")
    };
    let (_, added) = completed(&format!(
        "{CHART}
---
{{kind: ReplicaSet, metadata: {{name: web-5d4, namespace: shop, {}}}, spec: {{replicas: 0, template: {{}}}}}}
---
{{kind: Job, metadata: {{name: tidy-1, namespace: shop, {}}}}}
---
{{kind: Pod, metadata: {{name: agent-x, namespace: shop, {}}}}}
---
{{kind: Pod, metadata: {{name: else, namespace: other, {}}}, status: {{podIP: 192.0.2.1}}}}
",
        owner("Deployment", "web"),
        owner("CronJob", "tidy"),
        owner("DaemonSet", "agent"),
        owner("Deployment", "idle"),
    ));
    assert_eq!(
        added,
        [
            "Service shop/web: the API server's default for the type, ClusterIP and protocols of ports, TCP",
            "Endpoints shop/web: made without addresses: no Pod with an address matches the selector of the Service web",
            "EndpointSlice shop/web-0: made without addresses: no Pod with an address matches the selector of the Service web",
        ]
    );
}

/// A listing of Pods hardly ever has their ReplicaSets and Jobs.
#[test]
fn workloads_with_pods_of_owners_that_are_left_out_get_none() {
    let (_, added) = completed(
        "{kind: Deployment, apiVersion: apps/v1, metadata: {name: web, namespace: shop}, spec: {template: {}}}
---
{kind: CronJob, apiVersion: batch/v1, metadata: {name: tidy, namespace: shop}, spec: {jobTemplate: {spec: {template: {}}}}}
---
{kind: Pod, apiVersion: v1, metadata: {name: web-5d4-x, namespace: shop, ownerReferences: [{kind: ReplicaSet, name: web-5d4}]}}
---
{kind: Pod, apiVersion: v1, metadata: {name: tidy-1-x, namespace: shop, ownerReferences: [{kind: Job, name: tidy-1}]}}
",
    );
    assert_eq!(added, [""; 0]);
}

/// A Service and a Pod as people write them: there is nothing of a cluster yet.
#[test]
fn pods_and_services_that_are_written_run() {
    let service = "{kind: Service, apiVersion: v1, metadata: {name: web, namespace: shop}, spec: {selector: {app: web}, \
                   ports: [{name: http, port: 80, targetPort: 8080}, {port: 90, targetPort: metrics}]}}";
    let pod = "{kind: Pod, apiVersion: v1, metadata: {name: web, namespace: shop, labels: {app: web}}, spec: {containers: \
               [{name: app, ports: [{name: metrics, containerPort: 9090}]}]}}";
    let addresses = |yaml: &str| -> Vec<String> {
        let (objects, _) = completed(yaml);
        let targets = discovered(&objects, Role::Endpoints).into_iter();
        targets
            .map(|labels| {
                format!(
                    "{} {}",
                    labels["__address__"], labels["__meta_kubernetes_pod_name"]
                )
            })
            .collect()
    };
    let both = format!("{service}\n---\n{pod}");
    assert_eq!(
        addresses(&both),
        ["192.0.2.1:8080 web", "192.0.2.1:9090 web"]
    );
    let (_, added) = completed(pod);
    assert_eq!(
        added[1],
        "Pod shop/web: has no status: that it runs is made up, and its address 192.0.2.1"
    );
    // Of the Service alone, what it leads to is known too.
    assert_eq!(
        addresses(service),
        ["192.0.2.1:8080 web-0", "192.0.2.1:90 web-0"]
    );
    let (_, added) = completed(service);
    assert_eq!(
        added[1],
        "Pod shop/web-0: stands in for the Pods of the Service web, of which none is given; its container and its \
         address 192.0.2.1 are made up"
    );
    // Where there are other Pods, a selector that matches none is a mistake.
    let other = both.replace("app: web}},", "app: else}},");
    assert_eq!(addresses(&other), [""; 0]);
    let leads_out = service.replace(
        "spec: {",
        "spec: {type: ExternalName, externalName: a.example, ",
    );
    assert_eq!(addresses(&leads_out), [""; 0]);
}

#[test]
fn nodes_are_made_where_there_are_none() {
    let pods = "{kind: Pod, apiVersion: v1, metadata: {name: a}, spec: {nodeName: n1}, status: {podIP: 10.0.0.1}}
---
{kind: Pod, apiVersion: v1, metadata: {name: b}, spec: {nodeName: n1}, status: {podIP: 10.0.0.2}}
";
    let mut objects = Objects::parse_all(pods).unwrap();
    let added: Vec<String> = objects
        .complete_nodes()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        added,
        ["Node n1: made for the Pods on it; its labels are not known"]
    );
    assert_eq!(objects.complete_nodes(), []);
    let some = format!(
        "{pods}---\n{{kind: Node, apiVersion: v1, metadata: {{name: n2, labels: {{a: b}}}}}}"
    );
    assert_eq!(Objects::parse_all(&some).unwrap().complete_nodes(), []);
}

/// A Pod of every kind, and what the controllers make of it.
#[test]
fn endpoints_are_as_the_controllers_make_them() {
    let pods = "
{kind: List, items: [
  {kind: Pod, metadata: {name: ready, labels: {app: a, tier: b}},
   spec: {nodeName: n1, hostname: h, subdomain: s, containers: [{ports: [{name: m, containerPort: 1}]}]},
   status: {podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1}, {ip: 'fd00::1'}], conditions: [{type: Ready, status: 'True'}]}},
  {kind: Pod, metadata: {name: waits, labels: {app: a, tier: b}},
   spec: {initContainers: [{restartPolicy: Always, ports: [{name: m, containerPort: 2}]}]},
   status: {podIP: 10.0.0.2}},
  {kind: Pod, metadata: {name: plain, labels: {app: a, tier: b}},
   spec: {initContainers: [{ports: [{name: m, containerPort: 2}]}]},
   status: {podIP: 10.0.0.3, conditions: [{type: Ready, status: 'True'}]}},
  {kind: Pod, metadata: {name: over, labels: {app: a, tier: b}}, status: {podIP: 10.0.0.4, phase: Failed}},
  {kind: Pod, metadata: {name: no-ip, labels: {app: a, tier: b}}, status: {phase: Pending}},
  {kind: Pod, metadata: {name: other, labels: {app: a}}, status: {podIP: 10.0.0.5}},
  {kind: Pod, metadata: {name: elsewhere, namespace: web, labels: {app: a, tier: b}}, status: {podIP: 10.0.0.6}},
  {kind: Pod, metadata: {name: ends, deletionTimestamp: '2026-01-01T00:00:00Z', labels: {app: a, tier: b}},
   spec: {containers: [{ports: [{name: m, containerPort: 1}]}]},
   status: {podIP: 10.0.0.7, conditions: [{type: Ready, status: 'True'}]}},
  {kind: Node, metadata: {name: n1, labels: {topology.kubernetes.io/zone: z}}}]}
---
";
    let endpoints = [
        "__address__",
        "endpoint_ready",
        "endpoint_hostname",
        "endpoint_node_name",
    ];
    let slices = [
        "__address__",
        "endpointslice_endpoint_conditions_ready",
        "endpointslice_endpoint_conditions_serving",
        "endpointslice_endpoint_conditions_terminating",
        "endpointslice_endpoint_hostname",
        "endpointslice_endpoint_zone",
        "endpointslice_port_app_protocol",
    ];
    type Expected = &'static [&'static str];
    let cases: &[(&str, Expected, Expected)] = &[
        (
            "ports: [{name: p, port: 5, targetPort: m, appProtocol: h2c}]",
            &["10.0.0.1:1 true h n1", "10.0.0.2:2 false - -"],
            &[
                "10.0.0.7:1 false true true - - h2c",
                "10.0.0.1:1 true true false h z h2c",
                "10.0.0.2:2 false false false - - h2c",
            ],
        ),
        (
            "publishNotReadyAddresses: true, ports: [{port: 5}]",
            &[
                "10.0.0.7:5 true - -",
                "10.0.0.3:5 true - -",
                "10.0.0.1:5 true h n1",
                "10.0.0.2:5 true - -",
            ],
            &[
                "10.0.0.7:5 true true true - - -",
                "10.0.0.3:5 true true false - - -",
                "10.0.0.1:5 true true false h z -",
                "10.0.0.2:5 true false false - - -",
            ],
        ),
        (
            "ipFamilies: [IPv6, IPv4], ipFamilyPolicy: SingleStack, ports: [{port: 5, targetPort: 6}]",
            &["[fd00::1]:6 true h n1"],
            &[
                "10.0.0.7:6 false true true - - -",
                "10.0.0.3:6 true true false - - -",
                "10.0.0.1:6 true true false h z -",
                "10.0.0.2:6 false false false - - -",
                "[fd00::1]:6 true true false h z -",
            ],
        ),
        ("type: ExternalName, ports: [{port: 5}]", &[], &[]),
        ("clusterIP: None", &[], &[]),
    ];
    for (spec, of_endpoints, of_slices) in cases {
        let service = format!(
            "{{kind: Service, metadata: {{name: s}}, spec: {{selector: {{app: a, tier: b}}, {spec}}}}}"
        );
        let (objects, _) = completed(&format!("{pods}{service}"));
        let plain = |found: Vec<String>, name: &str| {
            // Other ports of the pods are not the Service's.
            let mut found = found;
            found.retain(|target| !target.ends_with(name));
            found
        };
        let found = labels(&objects, Role::Endpoints, &endpoints);
        assert_eq!(plain(found, "- - -"), *of_endpoints, "{spec}");
        let found = labels(&objects, Role::EndpointSlice, &slices);
        assert_eq!(plain(found, "- - - - - -"), *of_slices, "{spec}");
    }
}

#[test]
fn made_names_and_addresses_are_free() {
    let workloads: String = (0..256)
        .map(|number| {
            format!("---\n{{kind: DaemonSet, metadata: {{name: d{number:03}}}, spec: {{template: {{}}}}}}\n")
        })
        .collect();
    let taken = "---\n{kind: Pod, metadata: {name: d000-0}, status: {podIP: 192.0.2.2}}\n";
    let (_, added) = completed(&format!("{workloads}{taken}"));
    let of =
        |index: usize| added[index + 1].replace("made from the template of the DaemonSet ", "");
    assert_eq!(
        of(0),
        "Pod default/d000-1: d000; its address 192.0.2.1 is made up, and so is its place on node-0"
    );
    assert_eq!(
        of(1),
        "Pod default/d001-0: d001; its address 192.0.2.3 is made up, and so is its place on node-0"
    );
    assert_eq!(
        of(252),
        "Pod default/d252-0: d252; its address 192.0.2.254 is made up, and so is its place on node-0"
    );
    assert_eq!(
        of(253),
        "Pod default/d253-0: d253; its address 2001:db8::ff is made up, and so is its place on node-0"
    );
}
