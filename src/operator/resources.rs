//! Sorts manifests of any kinds: monitors, Prometheus objects, and what else belongs to a cluster.

use std::collections::HashMap;

use super::{
    check::{Verdict, verdict},
    config::{ObjectReference, OperatorConfig},
    error::ManifestError,
    prometheus::Prometheus,
    read,
    selection::{NamespaceLabels, NotSelected},
};
use crate::discovery::kubernetes::complete::addition::Addition;
use crate::discovery::kubernetes::object_error::ObjectError;
use crate::discovery::kubernetes::objects::Objects;
use crate::yaml::node::Node;

/// The kinds that become scrape configurations.
const MONITORS: [&str; 4] = ["ServiceMonitor", "PodMonitor", "Probe", "ScrapeConfig"];

/// The manifests of a cluster, or of a part of it: monitors, the Prometheus objects that select them, and
/// everything else.
///
/// Other kinds are not read, but counted by name. A resource without a namespace is in `default`, or in the
/// one that was set, as `kubectl apply` does.
///
/// ```
/// use exposition::operator::Resources;
///
/// let mut resources = Resources::new();
/// resources.add("shop.yaml", "
/// apiVersion: v1
/// kind: Namespace
/// metadata: {name: shop, labels: {team: web}}
/// ---
/// apiVersion: monitoring.coreos.com/v1
/// kind: PodMonitor
/// metadata: {name: sidecars, namespace: shop}
/// spec: {selector: {}, podMetricsEndpoints: [{port: http}]}
/// ---
/// apiVersion: monitoring.coreos.com/v1
/// kind: Prometheus
/// metadata: {name: main, namespace: monitoring}
/// spec: {podMonitorSelector: {}, podMonitorNamespaceSelector: {matchLabels: {team: ops}}}
/// ")?;
/// let main = resources.prometheus()[0].object.as_ref().unwrap();
/// let selected = resources.select(main);
/// assert_eq!(
///     selected[0].outcome.as_ref().unwrap_err().to_string(),
///     "spec.podMonitorNamespaceSelector.matchLabels.team wants \"ops\", the namespace `shop` has team=\"web\"",
/// );
/// # Ok::<(), exposition::operator::ManifestError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Resources {
    namespace: Option<String>,
    groups: Vec<String>,
    monitors: Vec<(String, Node)>,
    /// Where each is, by kind, namespace and name.
    names: HashMap<(String, String, String), usize>,
    /// What there is, by kind, namespace and name: where it stands, and what it says.
    seen: HashMap<(String, String, String), (String, Node)>,
    replaced: Vec<ReplacedResource>,
    prometheus: Vec<PrometheusResource>,
    objects: Objects,
    faults: Vec<(String, ObjectError)>,
    others: Vec<OtherResource>,
}

/// A resource that is neither a monitor nor a Prometheus object, among [`Resources`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OtherResource {
    /// Where it stands: the name of the text, and its place in it.
    pub source: String,
    /// The kind, with its group where the kind is a monitor's and the group is not read; empty for what is
    /// not a resource at all.
    pub kind: String,
    /// Its name; empty if it has none.
    pub name: String,
}

/// A resource that another one replaces: both have the same kind, namespace and name, and differ.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReplacedResource {
    /// The kind, namespace and name.
    pub title: String,
    /// Where the replaced one stands.
    pub earlier: String,
    /// Where the one that counts stands.
    pub later: String,
}

/// A Prometheus object among [`Resources`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PrometheusResource {
    /// Where it stands: the name of the text, and its place in it.
    pub source: String,
    /// `Prometheus` or `PrometheusAgent`.
    pub kind: String,
    /// The object, or why it cannot be read.
    pub object: Result<Prometheus, ManifestError>,
}

/// A monitor among [`Resources`], and what a cluster makes of it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MonitorResource {
    /// Where it stands: the name of the text, and its place in it.
    pub source: String,
    /// The verdict of the API server and the Operator, or why there cannot be one.
    pub verdict: Result<Verdict, ManifestError>,
    /// Whether the Prometheus object uses it, and why not.
    pub outcome: Result<(), NotSelected>,
}

impl Resources {
    /// Returns no resources yet.
    #[must_use]
    pub fn new() -> Self {
        Resources::default()
    }

    /// Sets the namespace of resources that do not name one, instead of `default`.
    #[must_use]
    pub fn with_namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// Reads kinds of another API group too, such as `monitoring.rhobs` or `azmonitoring.coreos.com`, whose
    /// operators are built from the Prometheus Operator.
    #[must_use]
    pub fn with_group(mut self, group: impl Into<String>) -> Self {
        self.groups.push(group.into());
        self
    }

    /// Adds the resources of a YAML or JSON text: any number of documents and `List`s. `name` says in
    /// messages where a resource stands, such as the name of a file.
    ///
    /// # Errors
    /// A text that is not YAML, or a list without items.
    pub fn add(&mut self, name: &str, yaml: &str) -> Result<(), ManifestError> {
        let mut documents = read::documents(yaml)?;
        documents.iter_mut().for_each(name_items);
        read::resources(&documents, |node, place| {
            let source = match place {
                "" => name.to_owned(),
                place => format!("{name}, {place}"),
            };
            self.sort(node, source);
            Ok(())
        })
    }

    /// Notes that a resource is there. Tells, if it was before and said something else.
    fn note(&mut self, node: &Node, source: &str) {
        let key = identity(node);
        let (kind, namespace, name) = &key;
        if kind.is_empty() || name.is_empty() {
            return;
        }
        let title = match namespace.as_str() {
            "" => format!("{kind} {name}"),
            _ => format!("{kind} {namespace}/{name}"),
        };
        let earlier = self.seen.insert(key, (source.to_owned(), node.clone()));
        if let Some((earlier, _)) = earlier.filter(|(_, known)| known != node) {
            self.replaced.push(ReplacedResource {
                title,
                earlier,
                later: source.to_owned(),
            });
        }
    }

    fn sort(&mut self, node: &Node, source: String) {
        let word = |key: &str| node.get(key).and_then(Node::as_text).unwrap_or_default();
        let (kind, version) = (word("kind"), word("apiVersion"));
        let (group, _) = version.split_once('/').unwrap_or(("", version));
        let is_own =
            group == ObjectReference::GROUP || self.groups.iter().any(|other| other == group);
        // A monitor without a group, or even a version, is one with a mistake.
        let is_monitor = MONITORS.contains(&kind) && (is_own || group.is_empty());
        let is_prometheus = matches!(kind, "Prometheus" | "PrometheusAgent");
        let (kind, group) = (kind.to_owned(), group.to_owned());
        let node = &self.in_cluster(node);
        if is_monitor || (is_prometheus && is_own) || !version.is_empty() {
            self.note(node, &source);
        }
        if is_monitor {
            self.monitor(source, node.clone());
        } else if is_prometheus && is_own {
            let object = Prometheus::from_node(node);
            let is_same = |known: &PrometheusResource| match (&known.object, &object) {
                (Ok(known), Ok(object)) => {
                    (&known.namespace, &known.name) == (&object.namespace, &object.name)
                }
                _ => false,
            };
            self.prometheus
                .retain(|known| known.kind != kind || !is_same(known));
            self.prometheus.push(PrometheusResource {
                source,
                kind,
                object,
            });
        } else {
            // What cannot be found again is not an object of a cluster.
            let is_object = !kind.is_empty() && !version.is_empty();
            if is_object && let Err(error) = self.objects.insert(node.clone()) {
                self.faults.push((source.clone(), error));
            }
            let is_foreign = MONITORS.contains(&kind.as_str()) || is_prometheus;
            let kind = match is_foreign && !is_own {
                true => format!("{kind} of {group}"),
                false => kind,
            };
            let name = node
                .get("metadata")
                .and_then(|metadata| metadata.get("name"));
            self.others.push(OtherResource {
                source,
                kind,
                name: name.and_then(Node::as_text).unwrap_or_default().to_owned(),
            });
        }
    }

    /// Adds a monitor; one of the same name that was added before is replaced, as in a cluster.
    fn monitor(&mut self, source: String, node: Node) {
        let key = identity(&node);
        let known = self.names.get(&key).filter(|_| !key.2.is_empty());
        match known.and_then(|index| self.monitors.get_mut(*index)) {
            Some(monitor) => *monitor = (source, node),
            None => {
                self.names.insert(key, self.monitors.len());
                self.monitors.push((source, node));
            }
        }
    }

    /// Returns the resource as a cluster has it: in the Operator's own group, with a namespace and a name.
    fn in_cluster(&self, node: &Node) -> Node {
        let mut node = node.clone();
        let Node::Map(entries) = &mut node else {
            return node;
        };
        for (key, value) in entries {
            match (key.as_str(), value) {
                ("apiVersion", Node::Text(version)) => {
                    let version_alone = version.split_once('/').map(|(_, version)| version);
                    if let Some(alone) = version_alone
                        && (self.groups.iter())
                            .any(|other| version.starts_with(&format!("{other}/")))
                    {
                        *version = format!("{}/{alone}", ObjectReference::GROUP);
                    }
                }
                ("metadata", Node::Map(metadata)) => {
                    let is_missing = |key: &str, metadata: &[(String, Node)]| {
                        let is_it = |(name, value): &(String, Node)| {
                            name == key && *value != Node::Null && value.as_text() != Some("")
                        };
                        !metadata.iter().any(is_it)
                    };
                    if is_missing("namespace", metadata) {
                        metadata.retain(|(key, _)| key != "namespace");
                        let namespace = self.namespace.as_deref().unwrap_or("default");
                        let namespace = Node::Text(namespace.to_owned());
                        metadata.push(("namespace".to_owned(), namespace));
                    }
                    let generated = metadata.iter().find(|(key, _)| key == "generateName");
                    let prefix = generated.and_then(|(_, prefix)| prefix.as_text());
                    // A cluster puts five letters of its choice there.
                    let made = prefix.map(|prefix| Node::Text(format!("{prefix}xxxxx")));
                    if let Some(made) = made.filter(|_| is_missing("name", metadata)) {
                        metadata.retain(|(key, _)| key != "name");
                        metadata.push(("name".to_owned(), made));
                    }
                }
                _ => {}
            }
        }
        node
    }

    /// Returns the Prometheus objects, in the order in which they were added.
    #[must_use]
    pub fn prometheus(&self) -> &[PrometheusResource] {
        &self.prometheus
    }

    /// Returns the other objects, from which targets are discovered.
    #[must_use]
    pub fn objects(&self) -> &Objects {
        &self.objects
    }

    /// Adds what a cluster would add to the other objects, and returns what that is; see
    /// [`Objects::complete`].
    pub fn complete(&mut self) -> Vec<Addition> {
        self.objects.complete()
    }

    /// Returns what is wrong with other objects, which are left out: where they stand, and why.
    pub fn faults(&self) -> impl Iterator<Item = (&str, &ObjectError)> {
        let faults = self.faults.iter();
        faults.map(|(source, error)| (source.as_str(), error))
    }

    /// Returns the labels of the Namespaces.
    #[must_use]
    pub fn namespaces(&self) -> NamespaceLabels {
        let objects = self.objects.iter();
        let namespaces = objects.filter(|object| object.kind() == "Namespace");
        namespaces
            .map(|namespace| (namespace.name().to_owned(), namespace.labels().clone()))
            .collect()
    }

    /// Returns the resources of other kinds, in the order in which they were added.
    #[must_use]
    pub fn others(&self) -> &[OtherResource] {
        &self.others
    }

    /// Returns the resources that others replaced.
    #[must_use]
    pub fn replaced(&self) -> &[ReplacedResource] {
        &self.replaced
    }

    /// Tells whether there is no monitor.
    #[must_use]
    pub fn has_no_monitors(&self) -> bool {
        self.monitors.is_empty()
    }

    /// Returns every monitor under these settings, as if a Prometheus object used all of them.
    #[must_use]
    pub fn check(&self, settings: &OperatorConfig) -> Vec<MonitorResource> {
        (self.monitors.iter())
            .map(|(source, node)| MonitorResource {
                source: source.clone(),
                verdict: verdict(node, settings),
                outcome: Ok(()),
            })
            .collect()
    }

    /// Returns every monitor under the settings of a Prometheus object, and whether that object uses it.
    #[must_use]
    pub fn select(&self, prometheus: &Prometheus) -> Vec<MonitorResource> {
        let mut monitors = self.check(&prometheus.settings);
        let namespaces = self.namespaces();
        for monitor in &mut monitors {
            if let Ok(verdict) = &monitor.verdict {
                let Verdict {
                    kind,
                    namespace,
                    labels,
                    ..
                } = verdict;
                monitor.outcome = prometheus.selects(kind, namespace, labels, &namespaces);
            }
        }
        monitors
    }
}

impl MonitorResource {
    /// Tells whether the Prometheus object uses the monitor, and the cluster accepts it.
    #[must_use]
    pub fn is_used(&self) -> bool {
        let accepted = self
            .verdict
            .as_ref()
            .is_ok_and(|verdict| verdict.outcome.is_ok());
        accepted && self.outcome.is_ok()
    }
}

/// Returns the kind, namespace and name of a resource, as far as it has them.
fn identity(node: &Node) -> (String, String, String) {
    let word = |place: Option<&Node>, key: &str| {
        let text = place.and_then(|place| place.get(key)?.as_text());
        text.unwrap_or_default().to_owned()
    };
    let metadata = node.get("metadata");
    (
        word(Some(node), "kind"),
        word(metadata, "namespace"),
        word(metadata, "name"),
    )
}

/// Gives the items of a list of one kind, such as a `PodMonitorList`, the kind and the version that they may lack.
fn name_items(list: &mut Node) {
    let word = |key: &str| list.get(key).and_then(Node::as_text).unwrap_or_default();
    let version = word("apiVersion").to_owned();
    let Some(kind) = word("kind").strip_suffix("List").map(str::to_owned) else {
        return;
    };
    let Node::Map(entries) = list else {
        return;
    };
    let items = entries.iter_mut().find(|(key, _)| key == "items");
    let Some((_, Node::List(items))) = items.filter(|_| !kind.is_empty()) else {
        return;
    };
    for item in items {
        if let Node::Map(fields) = item {
            for (key, value) in [("apiVersion", &version), ("kind", &kind)] {
                if !fields.iter().any(|(field, _)| field == key) && !value.is_empty() {
                    fields.push((key.to_owned(), Node::Text(value.clone())));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONITOR: &str = "spec: {selector: {}, podMetricsEndpoints: [{port: http}]}";

    fn pod_monitor(version: &str, metadata: &str) -> String {
        format!("{{apiVersion: {version}, kind: PodMonitor, metadata: {{{metadata}}}, {MONITOR}}}")
    }

    fn titles(resources: &Resources) -> Vec<String> {
        let monitors = resources.check(&OperatorConfig::default());
        (monitors.iter())
            .map(|monitor| match &monitor.verdict {
                Ok(Verdict {
                    namespace,
                    name,
                    outcome,
                    ..
                }) => format!("{}: {namespace}/{name} {}", monitor.source, outcome.is_ok()),
                Err(error) => format!("{}: {error}", monitor.source),
            })
            .collect()
    }

    /// Documents, lists in lists, JSON, resources without a namespace or only the beginning of a name.
    #[test]
    fn resources_are_found_wherever_they_stand() {
        let mut resources = Resources::new().with_namespace("team");
        let v1 = "monitoring.coreos.com/v1";
        let listed = format!(
            "---\n# nothing\n---\n{}\n---\nkind: List\nitems:\n- {}\n- {{kind: Service, apiVersion: v1, metadata: \
             {{name: s}}}}\n",
            pod_monitor(v1, "name: a"),
            pod_monitor(v1, "generateName: b-, namespace: shop"),
        );
        resources.add("a.yaml", &listed).unwrap();
        let json = r#"{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "monitoring.coreos.com/v1",
            "kind": "PodMonitor", "metadata": {"name": "c", "namespace": ""}, "spec": {"selector": {}}}]}"#;
        resources.add("c.json", json).unwrap();
        assert_eq!(
            titles(&resources),
            [
                "a.yaml, document 1: team/a true",
                "a.yaml, document 2.items[0]: shop/b-xxxxx true",
                "c.json, items[0]: team/c true",
            ]
        );
        let others: Vec<_> = (resources.others().iter())
            .map(|other| format!("{} {} {}", other.source, other.kind, other.name))
            .collect();
        assert_eq!(others, ["a.yaml, document 2.items[1] Service s"]);
        let objects: Vec<_> = (resources.objects().iter())
            .map(|object| (object.kind(), object.namespace(), object.name()))
            .collect();
        assert_eq!(objects, [("Service", Some("team"), "s")]);
    }

    #[test]
    fn groups_are_read_when_asked_for() {
        let rhobs = pod_monitor("monitoring.rhobs/v1", "name: a");
        let mut resources = Resources::new();
        resources.add("a", &rhobs).unwrap();
        assert!(resources.has_no_monitors());
        assert_eq!(resources.others()[0].kind, "PodMonitor of monitoring.rhobs");
        let mut resources = Resources::new().with_group("monitoring.rhobs");
        resources.add("a", &rhobs).unwrap();
        // The wrong group is a mistake, and so is none.
        resources.add("b", &pod_monitor("v1", "name: b")).unwrap();
        let none = rhobs.replace("apiVersion: monitoring.rhobs/v1, ", "");
        resources
            .add("c", &none.replace("name: a", "name: c"))
            .unwrap();
        assert_eq!(
            titles(&resources),
            [
                "a: default/a true",
                "b: default/b false",
                "c: default/c false",
            ]
        );
    }

    /// In a cluster the later of two resources of the same name is the one that is there.
    #[test]
    fn the_later_one_counts() {
        let v1 = "monitoring.coreos.com/v1";
        let first = pod_monitor(v1, "name: a");
        let mut resources = Resources::new();
        for (name, text) in [
            ("one", first.clone()),
            ("two", pod_monitor(v1, "name: a, namespace: shop")),
            ("three", first.replace("http", "https")),
            ("four", first.replace("http", "https")),
        ] {
            resources.add(name, &text).unwrap();
        }
        assert_eq!(
            titles(&resources),
            ["four: default/a true", "two: shop/a true"]
        );
        let replaced: Vec<_> = (resources.replaced().iter())
            .map(|r| format!("{} {} {}", r.title, r.earlier, r.later))
            .collect();
        assert_eq!(replaced, ["PodMonitor default/a one three"]);
    }

    #[test]
    fn what_is_wrong_is_told_of_each() {
        let mut resources = Resources::new();
        let error = resources.add("a", "a: [").unwrap_err().to_string();
        assert!(error.starts_with("line 1, column "), "{error}");
        resources
            .add(
                "b",
                "{kind: Pod, apiVersion: v1, metadata: {name: a, labels: {b: 1}}}",
            )
            .unwrap();
        let faults: Vec<_> = (resources.faults())
            .map(|(source, error)| format!("{source}: {error}"))
            .collect();
        assert_eq!(
            faults,
            ["b: metadata.labels.b: expected a string, found the number 1; put it in quotes"]
        );
        let object = "{apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: {name: a}, spec: {shards: x}}";
        resources.add("c", object).unwrap();
        let error = resources.prometheus()[0]
            .object
            .as_ref()
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "spec.shards: expected a whole number, found the string \"x\""
        );
    }
}
