//! Turns a manifest's tree into a typed monitor.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, de};

use super::{
    check::rule,
    credentials,
    error::{ManifestError, ManifestErrorKind},
    fields::{
        Fields, Level, Reader, Schema, choice, join, list, number, text, type_error, value_error,
    },
    key_selector,
    manifest::{
        AttachMetadata, Endpoint, Manifest, MonitorSpec, NamespaceSelector, PodMetricsEndpoint,
        PodMonitor, ServiceMonitor,
    },
    node::{Node, Resolved},
    proxy, schema,
    selector::{LabelSelector, Operator, Requirement},
    tls,
    user_rule::user_rule,
    values::{
        ByteSize, PROTOCOLS, Port, Quantity, Scheme, SelectorMechanism, ServiceDiscoveryRole,
    },
};
use crate::number::duration;
use crate::yaml::{self, YamlError};

impl Manifest {
    /// Reads every monitor of a YAML text: any number of documents, each a monitor or a `List` of monitors,
    /// as `kubectl get -o yaml` prints it. Skips empty documents.
    ///
    /// # Errors
    /// The first error. In a text of several resources the path begins with the resource, empty documents not
    /// counted: `document 2.spec.selector`.
    pub fn parse_all(yaml: &str) -> Result<Vec<Self>, ManifestError> {
        manifests(yaml)
    }
}

impl FromStr for Manifest {
    type Err = ManifestError;

    fn from_str(yaml: &str) -> Result<Self, Self::Err> {
        manifest(&document(yaml)?)
    }
}

impl<'de> Deserialize<'de> for Manifest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        manifest(&Resolved::deserialize(deserializer)?.0).map_err(de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for ServiceMonitor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        service_monitor(&Resolved::deserialize(deserializer)?.0).map_err(de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for PodMonitor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        pod_monitor(&Resolved::deserialize(deserializer)?.0).map_err(de::Error::custom)
    }
}

const API_VERSION: &str = "monitoring.coreos.com/v1";

fn yaml_error(error: &YamlError) -> ManifestError {
    let message = error.to_string();
    ManifestError::new("", ManifestErrorKind::Yaml { message })
}

/// Reads a text that is one YAML document.
pub(super) fn document(yaml: &str) -> Result<Node, ManifestError> {
    match yaml::only(yaml) {
        Ok(Resolved(node)) => Ok(node),
        Err(error) => Err(yaml_error(&error)),
    }
}

/// Reads all documents of a text except empty ones.
pub(super) fn documents(yaml: &str) -> Result<Vec<Node>, ManifestError> {
    let documents: Vec<Resolved> = yaml::all(yaml).map_err(|error| yaml_error(&error))?;
    let nodes = documents.into_iter().map(|Resolved(node)| node);
    Ok(nodes.filter(|node| *node != Node::Null).collect())
}

/// Reads all monitors of a text.
pub(super) fn manifests(yaml: &str) -> Result<Vec<Manifest>, ManifestError> {
    let mut found = Vec::new();
    resources(&documents(yaml)?, |node, place| {
        found.push(manifest(node).map_err(|error| error.within(place))?);
        Ok(())
    })?;
    Ok(found)
}

/// Calls `each` for every resource of some documents, with its place: empty for a single one, otherwise
/// `document 2`, `document 2.items[0]`. Splits lists.
pub(super) fn resources<'n>(
    documents: &'n [Node],
    mut each: impl FnMut(&'n Node, &str) -> Result<(), ManifestError>,
) -> Result<(), ManifestError> {
    for (index, node) in documents.iter().enumerate() {
        let place = match documents.len() {
            1 => String::new(),
            _ => format!("document {}", index + 1),
        };
        let kind = node.get("kind").and_then(Node::as_text).unwrap_or_default();
        if kind != "List" && !(kind.ends_with("List") && node.get("items").is_some()) {
            each(node, &place)?;
            continue;
        }
        let items = match node.get("items") {
            Some(Node::List(items)) => items.as_slice(),
            Some(Node::Null) | None => &[],
            Some(other) => return Err(type_error("items", "a list", other).within(&place)),
        };
        for (index, item) in items.iter().enumerate() {
            each(item, &join(&place, &format!("items[{index}]")))?;
        }
    }
    Ok(())
}

/// Reads one monitor of either kind.
pub(super) fn manifest(node: &Node) -> Result<Manifest, ManifestError> {
    all_faults(node).map_err(first)
}

/// Reads one monitor of this kind.
pub(super) fn service_monitor(node: &Node) -> Result<ServiceMonitor, ManifestError> {
    finish(&schema::SERVICE_MONITOR, |reader| {
        read_service_monitor(node, reader)
    })
    .map_err(first)
}

/// Reads one monitor of this kind.
pub(super) fn pod_monitor(node: &Node) -> Result<PodMonitor, ManifestError> {
    finish(&schema::POD_MONITOR, |reader| {
        read_pod_monitor(node, reader)
    })
    .map_err(first)
}

fn first(faults: Vec<ManifestError>) -> ManifestError {
    let first = faults.into_iter().next();
    // There is an error wherever there is no monitor.
    first.unwrap_or_else(|| ManifestError::new("", ManifestErrorKind::Missing { why: "a monitor" }))
}

/// Returns what was read, or everything that is wrong with it.
fn finish<T>(
    schema: &'static Schema,
    read: impl FnOnce(&mut Reader) -> Result<T, ManifestError>,
) -> Result<T, Vec<ManifestError>> {
    let mut reader = Reader::new(schema);
    let done = read(&mut reader);
    match done {
        Ok(value) if reader.fault().is_ok() => Ok(value),
        Ok(_) => Err(reader.into_faults()),
        Err(fault) => {
            reader.add(fault);
            Err(reader.into_faults())
        }
    }
}

/// Reads one monitor of either kind, or returns everything that is wrong with it.
pub(super) fn all_faults(node: &Node) -> Result<Manifest, Vec<ManifestError>> {
    match node.get("kind") {
        Some(Node::Text(kind)) if kind == "PodMonitor" => finish(&schema::POD_MONITOR, |reader| {
            read_pod_monitor(node, reader).map(Manifest::PodMonitor)
        }),
        Some(Node::Text(kind)) if kind == "ServiceMonitor" => {
            finish(&schema::SERVICE_MONITOR, |reader| {
                read_service_monitor(node, reader).map(Manifest::ServiceMonitor)
            })
        }
        other => Err(vec![other_kind(node, other)]),
    }
}

fn other_kind(node: &Node, kind: Option<&Node>) -> ManifestError {
    let resource = |path, expected, found: &Node| {
        let found = found.describe();
        ManifestError::new(path, ManifestErrorKind::Resource { expected, found })
    };
    match kind {
        _ if !matches!(node, Node::Map(_)) => {
            resource("", "a ServiceMonitor or a PodMonitor", node)
        }
        Some(other) => resource("kind", "ServiceMonitor or PodMonitor", other),
        None => {
            let why = "ServiceMonitor or PodMonitor";
            ManifestError::new("kind", ManifestErrorKind::Missing { why }).under_no_rule()
        }
    }
}

/// What differs between the two kinds of monitor.
struct Kind {
    name: &'static str,
    spec: &'static Level,
    rule: &'static Level,
    tls: &'static Level,
}

const SERVICE_MONITOR: Kind = Kind {
    name: "ServiceMonitor",
    spec: &schema::SERVICE_MONITOR_SPEC,
    rule: &schema::ENDPOINT_RULE,
    tls: &tls::TLS_CONFIG,
};

const POD_MONITOR: Kind = Kind {
    name: "PodMonitor",
    spec: &schema::POD_MONITOR_SPEC,
    rule: &schema::POD_METRICS_ENDPOINT_RULE,
    tls: &tls::SAFE_TLS_CONFIG,
};

fn read_service_monitor(node: &Node, reader: &mut Reader) -> Result<ServiceMonitor, ManifestError> {
    let (name, namespace, fields) = head(node, &SERVICE_MONITOR, reader)?;
    let target_labels = fields.texts("targetLabels");
    let service_discovery_role = fields.choice("serviceDiscoveryRole", ServiceDiscoveryRole::WORDS);
    let spec = spec(&fields, reader);
    fields.require("endpoints", "without an endpoint nothing is scraped");
    Ok(ServiceMonitor {
        name,
        namespace,
        target_labels,
        service_discovery_role,
        spec,
        endpoints: fields.list("endpoints", |node, path| {
            let fields = reader.fields(node, path, &schema::ENDPOINT)?;
            Ok(endpoint(&fields, &SERVICE_MONITOR, reader))
        }),
        warnings: reader.warnings.clone(),
    })
}

fn read_pod_monitor(node: &Node, reader: &mut Reader) -> Result<PodMonitor, ManifestError> {
    let (name, namespace, fields) = head(node, &POD_MONITOR, reader)?;
    Ok(PodMonitor {
        name,
        namespace,
        spec: spec(&fields, reader),
        pod_metrics_endpoints: fields.list("podMetricsEndpoints", |node, path| {
            let fields = reader.fields(node, path, &schema::POD_METRICS_ENDPOINT)?;
            Ok(PodMetricsEndpoint {
                port_number: fields.number("portNumber", "a port number"),
                endpoint: endpoint(&fields, &POD_MONITOR, reader),
            })
        }),
        warnings: reader.warnings.clone(),
    })
}

/// Reads name, namespace and `spec`, after the kind of the resource is known.
fn head<'n>(
    node: &'n Node,
    kind: &Kind,
    reader: &mut Reader,
) -> Result<(String, String, Fields<'n>), ManifestError> {
    let top = reader.fields(node, "", &schema::TOP)?;
    let version = top.required("apiVersion", "a monitor's is monitoring.coreos.com/v1")?;
    if version.as_text() != Some(API_VERSION) {
        let kind = ManifestErrorKind::Resource {
            expected: API_VERSION,
            found: version.describe(),
        };
        return Err(ManifestError::new("apiVersion", kind).under(&rule::API_VERSION));
    }
    let found = top.required("kind", "ServiceMonitor or PodMonitor")?;
    if found.as_text() != Some(kind.name) {
        let kind = ManifestErrorKind::Resource {
            expected: kind.name,
            found: found.describe(),
        };
        return Err(ManifestError::new("kind", kind));
    }
    let metadata = top.required("metadata", "it holds name and namespace")?;
    let metadata = reader.fields(metadata, "metadata", &schema::METADATA)?;
    // They do not affect a scrape, but must be text.
    metadata.map("labels", text);
    metadata.map("annotations", text);
    let name = metadata.required("name", "the job's name is made of it");
    let name = name.map_err(|error| match metadata.get("generateName") {
        None => error.under(&rule::OBJECT_NAME),
        // A cluster makes a name from it.
        Some(_) => error.under_no_rule(),
    })?;
    let name = text(name, "metadata.name")?;
    // A cluster knows the namespace anyway.
    let namespace = text(
        metadata
            .required(
                "namespace",
                "the job's name is made of it, and targets are searched in it; a cluster would fill in \
                 the namespace of whoever applies the manifest",
            )
            .map_err(ManifestError::under_no_rule)?,
        "metadata.namespace",
    )?;
    let spec = top.required("spec", "it says what is scraped")?;
    let spec = reader.fields(spec, "spec", kind.spec)?;
    Ok((name, namespace, spec))
}

fn spec(fields: &Fields<'_>, reader: &mut Reader) -> MonitorSpec {
    let selector = fields.read("selector", |node, path| selector(node, path, reader));
    if fields.get("selector").is_none() {
        let why = "a cluster refuses it; to select everything, write `selector: {}`";
        reader.warnings.push(fields.missing("selector", why));
    }
    let limit = |key| fields.number(key, "a whole number that is not negative");
    MonitorSpec {
        job_label: fields.text("jobLabel"),
        pod_target_labels: fields.texts("podTargetLabels"),
        selector: selector.unwrap_or_default(),
        selector_mechanism: fields
            .choice("selectorMechanism", SelectorMechanism::WORDS)
            .unwrap_or_default(),
        namespace_selector: (fields.read("namespaceSelector", |node, path| {
            let fields = reader.fields(node, path, &schema::NAMESPACE_SELECTOR)?;
            Ok(NamespaceSelector {
                any: fields.flag("any").unwrap_or(false),
                match_names: fields.texts("matchNames"),
            })
        }))
        .unwrap_or_default(),
        attach_metadata: fields.read("attachMetadata", |node, path| {
            attach_metadata(node, path, &schema::ATTACH_METADATA, reader)
        }),
        scrape_class: fields.text("scrapeClass"),
        sample_limit: limit("sampleLimit"),
        target_limit: limit("targetLimit"),
        label_limit: limit("labelLimit"),
        label_name_length_limit: limit("labelNameLengthLimit"),
        label_value_length_limit: limit("labelValueLengthLimit"),
        keep_dropped_targets: limit("keepDroppedTargets"),
        body_size_limit: fields.read("bodySizeLimit", byte_size).flatten(),
        scrape_protocols: fields.list("scrapeProtocols", |node, path| {
            choice(node, path, PROTOCOLS)
        }),
        fallback_scrape_protocol: fields.choice("fallbackScrapeProtocol", PROTOCOLS),
        scrape_native_histograms: fields.flag("scrapeNativeHistograms"),
        native_histogram_bucket_limit: limit("nativeHistogramBucketLimit"),
        native_histogram_min_bucket_factor: fields.read("nativeHistogramMinBucketFactor", quantity),
        scrape_classic_histograms: fields.flag("scrapeClassicHistograms"),
        convert_classic_histograms_to_nhcb: fields.flag("convertClassicHistogramsToNHCB"),
    }
}

pub(super) fn attach_metadata(
    node: &Node,
    path: &str,
    level: &'static Level,
    reader: &mut Reader,
) -> Result<AttachMetadata, ManifestError> {
    let fields = reader.fields(node, path, level)?;
    Ok(AttachMetadata {
        node: fields.flag("node").unwrap_or(false),
    })
}

/// Reads a label selector, in any place.
pub(super) fn selector(
    node: &Node,
    path: &str,
    reader: &mut Reader,
) -> Result<LabelSelector, ManifestError> {
    let fields = reader.fields(node, path, &schema::SELECTOR)?;
    let match_labels = fields.map("matchLabels", text).unwrap_or_default();
    let match_expressions = fields.list("matchExpressions", |node, path| {
        let fields = reader.fields(node, path, &schema::REQUIREMENT)?;
        let key = text(
            fields.required("key", "the label that is compared")?,
            &fields.path("key"),
        )?;
        let operator = fields.required("operator", "one of In, NotIn, Exists, DoesNotExist")?;
        let operator = choice(operator, &fields.path("operator"), Operator::WORDS);
        Ok(Requirement {
            key,
            // To the API server the operator is just a text.
            operator: operator.map_err(|error| match error.kind() {
                ManifestErrorKind::Value { .. } => error.under(&rule::SELECTOR_OPERATOR),
                _ => error,
            })?,
            values: fields.texts("values"),
        })
    });
    Ok(LabelSelector {
        match_labels,
        match_expressions,
    })
}

fn endpoint(fields: &Fields<'_>, kind: &Kind, reader: &mut Reader) -> Endpoint {
    let mut rules = |key| fields.list(key, |node, path| user_rule(node, path, kind.rule, reader));
    let relabelings = rules("relabelings");
    let metric_relabelings = rules("metricRelabelings");
    let proxy = proxy::read(fields, reader);
    Endpoint {
        relabelings,
        metric_relabelings,
        port: fields.text("port"),
        target_port: fields.read("targetPort", port),
        path: fields.text("path"),
        scheme: fields.choice("scheme", Scheme::WORDS),
        params: fields.map("params", |node, path| list(node, path, text)),
        interval: fields.read("interval", duration),
        scrape_timeout: fields.read("scrapeTimeout", duration),
        honor_labels: fields.flag("honorLabels").unwrap_or(false),
        honor_timestamps: fields.flag("honorTimestamps"),
        track_timestamps_staleness: fields.flag("trackTimestampsStaleness"),
        proxy_url: proxy.proxy_url,
        no_proxy: proxy.no_proxy,
        proxy_from_environment: proxy.proxy_from_environment,
        proxy_connect_header: proxy.proxy_connect_header,
        follow_redirects: fields.flag("followRedirects"),
        enable_http2: fields.flag("enableHttp2"),
        filter_running: fields.flag("filterRunning"),
        oauth2: fields.read("oauth2", |node, path| {
            credentials::oauth2(node, path, reader)
        }),
        tls_config: fields.read("tlsConfig", |node, path| {
            tls::tls_config(node, path, kind.tls, reader)
        }),
        bearer_token_file: fields.text("bearerTokenFile"),
        bearer_token_secret: fields.read("bearerTokenSecret", |node, path| {
            key_selector::key_selector(node, path, reader)
        }),
        basic_auth: fields.read("basicAuth", |node, path| {
            credentials::basic_auth(node, path, reader)
        }),
        authorization: fields.read("authorization", |node, path| {
            credentials::authorization(node, path, &credentials::AUTHORIZATION, reader)
        }),
    }
}

fn port(node: &Node, path: &str) -> Result<Port, ManifestError> {
    match node {
        Node::Text(name) => Ok(Port::Name(name.clone())),
        _ => number(node, path, "a port's name or number").map(Port::Number),
    }
}

/// Reads a duration. The empty text passes the manifest's schema, and counts as absent.
pub(super) fn duration(node: &Node, path: &str) -> Result<String, ManifestError> {
    let text = text(node, path)?;
    if text.is_empty() || duration::is_spelled_well(&text) {
        Ok(text)
    } else {
        let expected = "a duration such as 30s or 1m30s";
        Err(value_error(path, &text, expected).under(&rule::DURATION_SYNTAX))
    }
}

/// Reads a size; the empty text counts as absent.
pub(super) fn byte_size(node: &Node, path: &str) -> Result<Option<ByteSize>, ManifestError> {
    let size = text(node, path)?;
    if size.is_empty() {
        return Ok(None);
    }
    match ByteSize::as_written(&size) {
        Some(size) => Ok(Some(size)),
        None => Err(value_error(path, &size, ByteSize::EXPECTED)),
    }
}

fn quantity(node: &Node, path: &str) -> Result<Quantity, ManifestError> {
    let text = match (node, node.as_whole()) {
        (Node::Text(text), _) => text.clone(),
        (_, Some(value)) => value.to_string(),
        _ => return Err(type_error(path, "a quantity such as \"1.5\"", node)),
    };
    Quantity::parse(&text).ok_or_else(|| value_error(path, &text, Quantity::EXPECTED))
}
