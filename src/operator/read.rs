//! From a manifest's tree to the typed monitor.

use std::collections::BTreeMap;

use super::{
    error::{ManifestError, ManifestErrorKind},
    fields::{Fields, Level, Reader, choice, list, number, text, type_error, value_error},
    manifest::{
        AttachMetadata, Endpoint, Manifest, MonitorSpec, NamespaceSelector, PodMetricsEndpoint,
        PodMonitor, ServiceMonitor,
    },
    node::{Node, Resolved},
    schema,
    selector::{LabelSelector, Operator, Requirement},
    values::{
        ByteSize, PROTOCOLS, Port, Quantity, Scheme, SelectorMechanism, ServiceDiscoveryRole,
        is_duration,
    },
};
use crate::{
    relabel::{Action, RuleConfig},
    yaml::{self, YamlError},
};

const API_VERSION: &str = "monitoring.coreos.com/v1";

fn yaml_error(error: &YamlError) -> ManifestError {
    let message = error.to_string();
    ManifestError::new("", ManifestErrorKind::Yaml { message })
}

/// A text that is one YAML document.
pub(super) fn document(yaml: &str) -> Result<Node, ManifestError> {
    match yaml::only(yaml) {
        Ok(Resolved(node)) => Ok(node),
        Err(error) => Err(yaml_error(&error)),
    }
}

/// All monitors of a text.
pub(super) fn manifests(yaml: &str) -> Result<Vec<Manifest>, ManifestError> {
    let mut documents: Vec<Resolved> = yaml::all(yaml).map_err(|error| yaml_error(&error))?;
    documents.retain(|Resolved(node)| *node != Node::Null);
    let single = documents.len() == 1;
    let mut found = Vec::new();
    for (index, Resolved(node)) in documents.iter().enumerate() {
        let place = if single {
            String::new()
        } else {
            format!("document {}", index + 1)
        };
        add(node, &place, &mut found)?;
    }
    Ok(found)
}

fn add(node: &Node, place: &str, found: &mut Vec<Manifest>) -> Result<(), ManifestError> {
    if *node == Node::Null {
        return Ok(());
    }
    let kind = node.get("kind").and_then(Node::as_text).unwrap_or_default();
    if !matches!(kind, "List" | "ServiceMonitorList" | "PodMonitorList") {
        found.push(manifest(node).map_err(|error| error.within(place))?);
        return Ok(());
    }
    let items = match node.get("items") {
        Some(Node::List(items)) => items.as_slice(),
        Some(Node::Null) | None => &[],
        Some(other) => return Err(type_error("items", "a list", other).within(place)),
    };
    for (index, item) in items.iter().enumerate() {
        let item = manifest(item).map_err(|error| error.within(&format!("items[{index}]")));
        found.push(item.map_err(|error| error.within(place))?);
    }
    Ok(())
}

/// One monitor of either kind.
pub(super) fn manifest(node: &Node) -> Result<Manifest, ManifestError> {
    match node.get("kind") {
        Some(Node::Text(kind)) if kind == "PodMonitor" => {
            pod_monitor(node).map(Manifest::PodMonitor)
        }
        Some(Node::Text(kind)) if kind == "ServiceMonitor" => {
            service_monitor(node).map(Manifest::ServiceMonitor)
        }
        _ if !matches!(node, Node::Map(_)) => {
            let kind = ManifestErrorKind::Resource {
                expected: "a ServiceMonitor or a PodMonitor",
                found: node.describe(),
            };
            Err(ManifestError::new("", kind))
        }
        Some(other) => {
            let kind = ManifestErrorKind::Resource {
                expected: "ServiceMonitor or PodMonitor",
                found: other.describe(),
            };
            Err(ManifestError::new("kind", kind))
        }
        None => {
            let why = "ServiceMonitor or PodMonitor";
            Err(ManifestError::new(
                "kind",
                ManifestErrorKind::Missing { why },
            ))
        }
    }
}

/// What the two kinds of monitor do not have in common.
struct Kind {
    name: &'static str,
    spec: &'static Level,
    endpoints: &'static str,
    endpoint: &'static Level,
    rule: &'static Level,
}

const SERVICE_MONITOR: Kind = Kind {
    name: "ServiceMonitor",
    spec: &schema::SERVICE_MONITOR_SPEC,
    endpoints: "endpoints",
    endpoint: &schema::ENDPOINT,
    rule: &schema::ENDPOINT_RULE,
};

const POD_MONITOR: Kind = Kind {
    name: "PodMonitor",
    spec: &schema::POD_MONITOR_SPEC,
    endpoints: "podMetricsEndpoints",
    endpoint: &schema::POD_METRICS_ENDPOINT,
    rule: &schema::POD_METRICS_ENDPOINT_RULE,
};

pub(super) fn service_monitor(node: &Node) -> Result<ServiceMonitor, ManifestError> {
    let mut reader = Reader::new(&schema::SERVICE_MONITOR);
    let (name, namespace, fields) = head(node, &SERVICE_MONITOR, &mut reader)?;
    Ok(ServiceMonitor {
        name,
        namespace,
        target_labels: fields.texts("targetLabels")?,
        service_discovery_role: (fields)
            .choice("serviceDiscoveryRole", ServiceDiscoveryRole::WORDS)?,
        spec: spec(&fields, &mut reader)?,
        endpoints: endpoints(&fields, &SERVICE_MONITOR, &mut reader, |_, endpoint| {
            Ok(endpoint)
        })?,
        unrendered: reader.unrendered,
        warnings: reader.warnings,
    })
}

pub(super) fn pod_monitor(node: &Node) -> Result<PodMonitor, ManifestError> {
    let mut reader = Reader::new(&schema::POD_MONITOR);
    let (name, namespace, fields) = head(node, &POD_MONITOR, &mut reader)?;
    Ok(PodMonitor {
        name,
        namespace,
        spec: spec(&fields, &mut reader)?,
        pod_metrics_endpoints: endpoints(
            &fields,
            &POD_MONITOR,
            &mut reader,
            |fields, endpoint| {
                Ok(PodMetricsEndpoint {
                    port_number: fields.number("portNumber", "a port number")?,
                    endpoint,
                })
            },
        )?,
        unrendered: reader.unrendered,
        warnings: reader.warnings,
    })
}

/// Name, namespace and `spec`, once the resource is known to be of the kind.
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
        return Err(ManifestError::new("apiVersion", kind));
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
    let name = text(
        metadata.required("name", "the job's name is made of it")?,
        "metadata.name",
    )?;
    let namespace = text(
        metadata.required(
            "namespace",
            "the job's name is made of it, and targets are searched in it; a cluster would fill in \
             the namespace of whoever applies the manifest",
        )?,
        "metadata.namespace",
    )?;
    let spec = top.required("spec", "it says what is scraped")?;
    let spec = reader.fields(spec, "spec", kind.spec)?;
    Ok((name, namespace, spec))
}

fn spec(fields: &Fields<'_>, reader: &mut Reader) -> Result<MonitorSpec, ManifestError> {
    let selector = fields.read("selector", |node, path| selector(node, path, reader))?;
    if selector.is_none() {
        let why = "a cluster refuses it; to select everything, write `selector: {}`";
        reader.warnings.push(fields.missing("selector", why));
    }
    let limit = |key| fields.number(key, "a whole number that is not negative");
    Ok(MonitorSpec {
        job_label: fields.text("jobLabel")?,
        pod_target_labels: fields.texts("podTargetLabels")?,
        selector: selector.unwrap_or_default(),
        selector_mechanism: fields
            .choice("selectorMechanism", SelectorMechanism::WORDS)?
            .unwrap_or_default(),
        namespace_selector: (fields.read("namespaceSelector", |node, path| {
            let fields = reader.fields(node, path, &schema::NAMESPACE_SELECTOR)?;
            Ok(NamespaceSelector {
                any: fields.flag("any")?.unwrap_or(false),
                match_names: fields.texts("matchNames")?,
            })
        })?)
        .unwrap_or_default(),
        attach_metadata: fields.read("attachMetadata", |node, path| {
            attach_metadata(node, path, &schema::ATTACH_METADATA, reader)
        })?,
        scrape_class: fields.text("scrapeClass")?,
        sample_limit: limit("sampleLimit")?,
        target_limit: limit("targetLimit")?,
        label_limit: limit("labelLimit")?,
        label_name_length_limit: limit("labelNameLengthLimit")?,
        label_value_length_limit: limit("labelValueLengthLimit")?,
        keep_dropped_targets: limit("keepDroppedTargets")?,
        body_size_limit: fields.read("bodySizeLimit", byte_size)?.flatten(),
        scrape_protocols: fields.list("scrapeProtocols", |node, path| {
            choice(node, path, PROTOCOLS)
        })?,
        fallback_scrape_protocol: fields.choice("fallbackScrapeProtocol", PROTOCOLS)?,
        scrape_native_histograms: fields.flag("scrapeNativeHistograms")?,
        native_histogram_bucket_limit: limit("nativeHistogramBucketLimit")?,
        native_histogram_min_bucket_factor: fields
            .read("nativeHistogramMinBucketFactor", quantity)?,
        scrape_classic_histograms: fields.flag("scrapeClassicHistograms")?,
        convert_classic_histograms_to_nhcb: fields.flag("convertClassicHistogramsToNHCB")?,
    })
}

pub(super) fn attach_metadata(
    node: &Node,
    path: &str,
    level: &'static Level,
    reader: &mut Reader,
) -> Result<AttachMetadata, ManifestError> {
    let fields = reader.fields(node, path, level)?;
    Ok(AttachMetadata {
        node: fields.flag("node")?.unwrap_or(false),
    })
}

fn selector(node: &Node, path: &str, reader: &mut Reader) -> Result<LabelSelector, ManifestError> {
    let fields = reader.fields(node, path, &schema::SELECTOR)?;
    let match_labels = fields.read("matchLabels", text_map)?.unwrap_or_default();
    let match_expressions = fields.list("matchExpressions", |node, path| {
        let fields = reader.fields(node, path, &schema::REQUIREMENT)?;
        let operator = fields.required("operator", "one of In, NotIn, Exists, DoesNotExist")?;
        Ok(Requirement {
            key: text(
                fields.required("key", "the label that is compared")?,
                &fields.path("key"),
            )?,
            operator: choice(operator, &fields.path("operator"), Operator::WORDS)?,
            values: fields.texts("values")?,
        })
    })?;
    Ok(LabelSelector {
        match_labels,
        match_expressions,
    })
}

fn text_map(node: &Node, path: &str) -> Result<BTreeMap<String, String>, ManifestError> {
    let Node::Map(entries) = node else {
        return Err(type_error(path, "a map", node));
    };
    (entries.iter())
        .map(|(key, value)| Ok((key.clone(), text(value, &format!("{path}.{key}"))?)))
        .collect()
}

fn endpoints<T>(
    fields: &Fields<'_>,
    kind: &Kind,
    reader: &mut Reader,
    mut finish: impl FnMut(&Fields<'_>, Endpoint) -> Result<T, ManifestError>,
) -> Result<Vec<T>, ManifestError> {
    let node = fields.required(kind.endpoints, "without an endpoint nothing is scraped")?;
    list(node, &fields.path(kind.endpoints), |node, path| {
        let fields = reader.fields(node, path, kind.endpoint)?;
        let endpoint = endpoint(&fields, kind, reader)?;
        finish(&fields, endpoint)
    })
}

fn endpoint(
    fields: &Fields<'_>,
    kind: &Kind,
    reader: &mut Reader,
) -> Result<Endpoint, ManifestError> {
    let mut rules = |key| fields.list(key, |node, path| rule(node, path, kind.rule, reader));
    Ok(Endpoint {
        relabelings: rules("relabelings")?,
        metric_relabelings: rules("metricRelabelings")?,
        port: fields.text("port")?,
        target_port: fields.read("targetPort", port)?,
        path: fields.text("path")?,
        scheme: fields.choice("scheme", Scheme::WORDS)?,
        params: fields.read("params", params)?,
        interval: fields.read("interval", duration)?,
        scrape_timeout: fields.read("scrapeTimeout", duration)?,
        honor_labels: fields.flag("honorLabels")?.unwrap_or(false),
        honor_timestamps: fields.flag("honorTimestamps")?,
        track_timestamps_staleness: fields.flag("trackTimestampsStaleness")?,
        proxy_url: fields.text("proxyUrl")?,
        no_proxy: fields.text("noProxy")?,
        proxy_from_environment: fields.flag("proxyFromEnvironment")?,
        follow_redirects: fields.flag("followRedirects")?,
        enable_http2: fields.flag("enableHttp2")?,
        filter_running: fields.flag("filterRunning")?,
    })
}

/// A rule as the user wrote it. What the Operator would not write out counts as not given (rule
/// M16).
pub(super) fn rule(
    node: &Node,
    path: &str,
    level: &'static Level,
    reader: &mut Reader,
) -> Result<RuleConfig, ManifestError> {
    let fields = reader.fields(node, path, level)?;
    let some = |text: Option<String>| text.filter(|text| !text.is_empty());
    Ok(RuleConfig {
        source_labels: Some(fields.texts("sourceLabels")?).filter(|names| !names.is_empty()),
        separator: fields.text("separator")?,
        regex: some(fields.text("regex")?),
        modulus: (fields.number("modulus", "a whole number that is not negative")?)
            .filter(|modulus| *modulus != 0),
        target_label: some(fields.text("targetLabel")?),
        replacement: fields.text("replacement")?,
        action: fields.read("action", action)?.flatten(),
    })
}

fn action(node: &Node, path: &str) -> Result<Option<Action>, ManifestError> {
    let word = text(node, path)?;
    if word.is_empty() {
        return Ok(None);
    }
    let exact = |action: &Action| action.as_str() == word || action.as_camel_case() == word;
    if let Some(action) = Action::ALL.into_iter().find(exact) {
        return Ok(Some(action));
    }
    let expected = match word.parse::<Action>() {
        Ok(action) => format!("{action} or {}", action.as_camel_case()),
        Err(_) => format!("one of {}", Action::ALL.map(Action::as_str).join(", ")),
    };
    Err(value_error(path, &word, expected))
}

fn port(node: &Node, path: &str) -> Result<Port, ManifestError> {
    match node {
        Node::Text(name) => Ok(Port::Name(name.clone())),
        _ => number(node, path, "a port's name or number").map(Port::Number),
    }
}

fn params(node: &Node, path: &str) -> Result<BTreeMap<String, Vec<String>>, ManifestError> {
    let Node::Map(entries) = node else {
        return Err(type_error(path, "a map", node));
    };
    (entries.iter())
        .map(|(key, values)| Ok((key.clone(), list(values, &format!("{path}.{key}"), text)?)))
        .collect()
}

fn duration(node: &Node, path: &str) -> Result<String, ManifestError> {
    let duration = text(node, path)?;
    if is_duration(&duration) {
        Ok(duration)
    } else {
        Err(value_error(
            path,
            &duration,
            "a duration such as 30s or 1m30s",
        ))
    }
}

/// A size; the empty text counts as absent.
pub(super) fn byte_size(node: &Node, path: &str) -> Result<Option<ByteSize>, ManifestError> {
    let size = text(node, path)?;
    if size.is_empty() {
        return Ok(None);
    }
    match ByteSize::parse(&size) {
        Some(size) => Ok(Some(size)),
        None => Err(value_error(path, &size, ByteSize::EXPECTED)),
    }
}

fn quantity(node: &Node, path: &str) -> Result<Quantity, ManifestError> {
    let text = match node {
        Node::Text(text) => text.clone(),
        Node::Int(value) => value.to_string(),
        _ => return Err(type_error(path, "a quantity such as \"1.5\"", node)),
    };
    Quantity::parse(&text).ok_or_else(|| value_error(path, &text, Quantity::EXPECTED))
}
