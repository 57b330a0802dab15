use crate::outcome::Outcome;
use crate::tests::run;

const POD_MONITOR: &str = "{apiVersion: monitoring.coreos.com/v1, kind: PodMonitor, metadata: {name: web, namespace: shop}, \
                           spec: {selector: {}, podMetricsEndpoints: [{port: h}]}}";
const SERVICE_MONITOR: &str = "{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: {name: web, \
                               namespace: shop}, spec: {selector: {}, endpoints: [{port: m}]}}";
const SERVICE: &str = "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {selector: {app: web}, \
                       ports: [{name: m, port: 80}]}}";

fn pod(name: &str, ip: &str) -> String {
    format!(
        "{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, namespace: shop, labels: {{app: web}}}}, spec: {{nodeName: \
         n1, containers: [{{name: web, ports: [{{name: h, containerPort: 80, protocol: TCP}}]}}]}}, status: {{podIP: {ip}, \
         phase: Running}}}}"
    )
}

fn endpoints(subsets: &str) -> String {
    format!(
        "{{apiVersion: v1, kind: Endpoints, metadata: {{name: web, namespace: shop}}, subsets: [{subsets}]}}"
    )
}

fn scrape_config(discovery: &str, rules: &str) -> String {
    format!(
        "{{apiVersion: monitoring.coreos.com/v1alpha1, kind: ScrapeConfig, metadata: {{name: web, namespace: shop}}, spec: \
         {{kubernetesSDConfigs: [{discovery}]{rules}}}}}"
    )
}

/// Returns what is said of a cluster with these resources, from the count of ports on, and how that ends.
fn said(resources: &[&str], options: &[&str]) -> (Outcome, String) {
    let text = resources.join("\n---\n");
    let words = [&["monitor", "all.yaml"], options].concat();
    let (outcome, out) = run(&words, &[("all.yaml", text.as_bytes())]).unwrap();
    let from = out.find(" scraped\n").and_then(|at| out[..at].rfind('\n'));
    (outcome, out[from.map_or(0, |at| at + 1)..].to_owned())
}

#[track_caller]
fn counts(resources: &[&str], options: &[&str], expected: &str) {
    let (_, said) = said(resources, options);
    assert!(said.starts_with(expected), "{said}");
}

/// A dump of a cluster may have one kind of what a Service leads to; a cluster has both.
#[test]
fn slices_and_endpoints_stand_for_each_other() {
    let slice = "{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: web-a, namespace: shop, labels: \
                 {kubernetes.io/service-name: web}}, addressType: IPv4, endpoints: [{addresses: [1.1.1.1], targetRef: \
                 {kind: Pod, name: web-1, namespace: shop}}], ports: [{name: m, port: 80, protocol: TCP}]}";
    let server = "{apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: {name: p, namespace: shop}, spec: \
                  {serviceMonitorSelector: {}, serviceDiscoveryRole: EndpointSlice}}";
    let pod = pod("web-1", "1.1.1.1");
    let is_scraped = "1 of 1 port is scraped\n";
    counts(&[SERVICE_MONITOR, SERVICE, slice, &pod], &[], is_scraped);
    let target = "addresses: [{ip: 1.1.1.1, targetRef: {kind: Pod, name: web-1, namespace: shop}}]";
    let given = endpoints(&format!("{{{target}, ports: [{{name: m, port: 80}}]}}"));
    counts(
        &[SERVICE_MONITOR, server, SERVICE, &given, &pod],
        &[],
        is_scraped,
    );
    // Also where no Pod is known.
    let (_, said) = said(&[SERVICE_MONITOR, SERVICE, slice], &["--as-is"]);
    assert!(said.starts_with("scrape_configs:\n"), "{said}");
    counts(&[SERVICE_MONITOR, SERVICE, slice], &[], is_scraped);
}

#[test]
fn the_namespace_of_the_server_is_its_own() {
    let server = "{apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: {name: p, namespace: shop}, spec: \
                  {scrapeConfigSelector: {}}}";
    let own = scrape_config("{role: Pod, namespaces: {ownNamespace: true}}", "");
    counts(
        &[server, &own, &pod("web-1", "1.1.1.1")],
        &[],
        "1 of 1 port is scraped\n",
    );
}

/// Selectors of other kinds, and Pods in other namespaces, only leave out what is known of a target.
#[test]
fn a_target_stays_without_what_else_is_known_of_it() {
    let target = "addresses: [{ip: 1.1.1.1, targetRef: {kind: Pod, name: web-1, namespace: shop}}]";
    let given = endpoints(&format!("{{{target}, ports: [{{name: m, port: 80}}]}}"));
    let pod = pod("web-1", "1.1.1.1");
    for role in ["Pod", "Service"] {
        let config = scrape_config(
            &format!("{{role: Endpoints, selectors: [{{role: {role}, label: 'app=nope'}}]}}"),
            "",
        );
        let (_, said) = said(&[&config, SERVICE, &given, &pod], &[]);
        assert!(
            said.contains("http://1.1.1.1:80/metrics every 30s"),
            "{role}: {said}"
        );
    }
    let elsewhere = given.replace(
        "name: web-1, namespace: shop",
        "name: web-1, namespace: other",
    );
    let (_, said) = said(&[SERVICE_MONITOR, SERVICE, &elsewhere, &pod], &[]);
    assert!(
        said.contains("http://1.1.1.1:80/metrics every 30s"),
        "{said}"
    );
}

#[test]
fn targets_that_differ_in_their_protocol_are_two() {
    let subset = |node: &str, protocol: &str| {
        format!(
            "{{addresses: [{{ip: 1.2.3.4, nodeName: {node}}}], ports: [{{name: m, port: 9, protocol: {protocol}}}]}}"
        )
    };
    let given = endpoints(&[subset("a", "TCP"), subset("b", "UDP")].join(", "));
    let rule = ", relabelings: [{action: keep, sourceLabels: [__meta_kubernetes_endpoint_port_protocol], regex: TCP}]";
    let config = scrape_config("{role: Endpoints}", rule);
    let (_, said) = said(&[&config, &given], &[]);
    assert!(
        said.contains("http://1.2.3.4:9/metrics every 30s"),
        "{said}"
    );
    assert!(!said.contains("no selector"), "{said}");
}

#[test]
fn agents_on_all_nodes_take_all_pods() {
    let agent = "{apiVersion: monitoring.coreos.com/v1alpha1, kind: PrometheusAgent, metadata: {name: p, namespace: shop}, \
                 spec: {podMonitorSelector: {}, mode: DaemonSet}}";
    counts(
        &[agent, POD_MONITOR, &pod("web-1", "1.1.1.1")],
        &[],
        "1 of 1 port is scraped\n",
    );
}

#[test]
fn too_many_targets_are_none() {
    let limited = POD_MONITOR.replace("selector: {}", "selector: {}, targetLimit: 1");
    let pods = [pod("web-1", "1.1.1.1"), pod("web-2", "1.1.1.2")];
    let (outcome, said) = said(&[&limited, &pods[0], &pods[1]], &[]);
    assert_eq!(outcome, Outcome::Findings);
    assert!(said.starts_with("0 of 2 ports are scraped\n"), "{said}");
    let why = "podMonitor/shop/web/0: 2 targets are more than target_limit, 1: Prometheus scrapes none of them\n";
    assert_eq!(said.matches(why).count(), 2, "{said}");
    counts(&[&limited, &pods[0]], &[], "1 of 1 port is scraped\n");
}

#[test]
fn the_other_shards_are_named() {
    let server = "{apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: {name: p, namespace: shop}, spec: \
                  {podMonitorSelector: {}, shards: 3}}";
    let resources = [server, POD_MONITOR, &pod("web-1", "1.1.1.1")];
    let scraped: Vec<bool> = ["0", "1", "2"]
        .iter()
        .map(|shard| {
            said(&resources, &["--shard", shard])
                .1
                .starts_with("1 of 1 port is scraped\n")
        })
        .collect();
    let by = scraped.iter().position(|is_scraped| *is_scraped).unwrap();
    assert_eq!(scraped.iter().filter(|is_scraped| **is_scraped).count(), 1);
    let (_, said) = said(&resources, &["--shard", ["1", "2", "0"][by]]);
    let told = format!("; the shard that has it is --shard {by}\n");
    assert!(said.contains(&told), "{said}");
    let words = ["monitor", "all.yaml", "--shard", "3"];
    let text = resources.join("\n---\n");
    let error = run(&words, &[("all.yaml", text.as_bytes())]).unwrap_err();
    assert_eq!(
        error,
        "--shard 3: there are 3 shards, the first is 0; --help tells more"
    );
}

/// Prometheus scrapes once what has the same URL and labels.
#[test]
fn one_target_of_two_pods_is_named() {
    let same = POD_MONITOR.replace(
        "{port: h}",
        "{port: h, relabelings: [{targetLabel: __address__, replacement: 'x:1'}, {targetLabel: instance, replacement: i}, \
         {action: labeldrop, regex: pod}]}",
    );
    let (_, said) = said(
        &[&same, &pod("web-1", "1.1.1.1"), &pod("web-2", "1.1.1.2")],
        &[],
    );
    assert!(
        said.contains("http://x:1/metrics, the same target as shop/web-1 web h 80\n"),
        "{said}"
    );
}

/// A discovery that the Operator takes and Prometheus refuses is told of its job.
#[test]
fn one_wrong_discovery_does_not_end_the_others() {
    let wrong = scrape_config(
        "{role: Pod, selectors: [{role: Pod, field: spec.foo=web}]}",
        "",
    );
    let (outcome, said) = said(&[&wrong, POD_MONITOR, &pod("web-1", "1.1.1.1")], &[]);
    assert_eq!(outcome, Outcome::Unreadable);
    assert!(said.starts_with("1 of 1 port is scraped\n"), "{said}");
}

/// Configurations that look elsewhere are counted, and named when that is asked for.
#[test]
fn configurations_of_other_namespaces_are_counted() {
    let other = POD_MONITOR.replace("namespace: shop", "namespace: other");
    let (_, told) = said(&[&other, &pod("web-1", "1.1.1.1")], &[]);
    assert!(
        told.contains("1 configuration does not look in its namespace; --verbose tells which\n"),
        "{told}"
    );
    let (_, told) = said(&[&other, &pod("web-1", "1.1.1.1")], &["--verbose"]);
    assert!(
        told.contains("podMonitor/other/web/0: not discovered: namespace `shop` is not searched"),
        "{told}"
    );
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let odd = pod("web-1", "\"\\e[31m1\"");
    let (_, said) = said(&[POD_MONITOR, &odd], &[]);
    assert!(!said.contains('\u{1b}'), "{said:?}");
}
