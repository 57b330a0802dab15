//! Reads the service discoveries with types of their own.

use super::{
    check::rule,
    constraints::{distinct_by, items_not_empty, not_empty, sets},
    error::ManifestError,
    fields::{Reader, choice, text, value_error},
    http_config::http_config,
    key_selector::key_selector,
    proxy::url,
    schema_scrape_config as schema,
    service_discovery::{
        ConsulSdConfig, DnsRecordType, DnsSdConfig, FileSdConfig, HttpSdConfig, KubernetesRole,
        KubernetesSdConfig, KubernetesSelector, NamespaceDiscovery, NodeMetadata, StaticConfig,
    },
    values::Scheme,
    values_read::duration,
};
use crate::yaml::node::Node;

pub(super) fn static_config(
    node: &Node,
    path: &str,
    reader: &mut Reader,
) -> Result<StaticConfig, ManifestError> {
    let fields = reader.fields(node, path, &schema::STATIC_CONFIG)?;
    fields.require("targets", "the addresses to scrape");
    not_empty(&fields, &["targets"], reader);
    items_not_empty(&fields, &["targets"], reader);
    sets(&fields, &["targets"], reader);
    Ok(StaticConfig {
        targets: fields.texts("targets"),
        labels: fields.map("labels", text).unwrap_or_default(),
    })
}

pub(super) fn file(
    node: &Node,
    path: &str,
    reader: &mut Reader,
) -> Result<FileSdConfig, ManifestError> {
    let fields = reader.fields(node, path, &schema::FILE)?;
    fields.require("files", "the files with targets");
    not_empty(&fields, &["files"], reader);
    sets(&fields, &["files"], reader);
    Ok(FileSdConfig {
        files: fields.list("files", file_name),
        refresh_interval: fields.read("refreshInterval", duration),
    })
}

/// Reads a file's name, of which the API server checks the end and where a `*` stands (spec A5).
fn file_name(node: &Node, path: &str) -> Result<String, ManifestError> {
    let name = text(node, path)?;
    let stem = ["json", "yml", "yaml", "JSON", "YML", "YAML"]
        .iter()
        .find_map(|end| name.strip_suffix(end)?.strip_suffix('.'));
    let is_good = stem.is_some_and(|stem| {
        let after = stem.split_once('*').map_or("", |(_, after)| after);
        !after.contains('/')
    });
    if is_good {
        return Ok(name);
    }
    let expected = "a file that ends in .json, .yml or .yaml, with a `*` only in its last part";
    Err(value_error(path, &name, expected).under(&rule::PATTERN))
}

pub(super) fn http(
    node: &Node,
    path: &str,
    reader: &mut Reader,
) -> Result<HttpSdConfig, ManifestError> {
    let fields = reader.fields(node, path, &schema::HTTP)?;
    fields.require("url", "the list of targets is there");
    let url = fields.read("url", |node, path| {
        url(node, path, &["http://", "https://"])
    });
    Ok(HttpSdConfig {
        url: url.unwrap_or_default(),
        refresh_interval: fields.read("refreshInterval", duration),
        http: http_config(&fields, reader),
    })
}

pub(super) fn kubernetes(
    node: &Node,
    path: &str,
    reader: &mut Reader,
) -> Result<KubernetesSdConfig, ManifestError> {
    let fields = reader.fields(node, path, &schema::KUBERNETES)?;
    not_empty(&fields, &["apiServer"], reader);
    distinct_by(&fields, "selectors", "role", reader);
    let role = fields.required("role", "it says which objects are targets")?;
    let role = choice(role, &fields.path("role"), KubernetesRole::WORDS)?;
    Ok(KubernetesSdConfig {
        role,
        api_server: fields.text("apiServer"),
        namespaces: fields.read("namespaces", |node, path| {
            let fields = reader.fields(node, path, &schema::NAMESPACES)?;
            sets(&fields, &["names"], reader);
            Ok(NamespaceDiscovery {
                own_namespace: fields.flag("ownNamespace"),
                names: fields.texts("names"),
            })
        }),
        attach_metadata: fields.read("attachMetadata", |node, path| {
            let fields = reader.fields(node, path, &schema::ATTACH_METADATA)?;
            Ok(NodeMetadata {
                node: fields.flag("node"),
            })
        }),
        selectors: fields.list("selectors", |node, path| {
            let fields = reader.fields(node, path, &schema::SELECTOR)?;
            not_empty(&fields, &["label", "field"], reader);
            let role = fields.required("role", "it says which objects are selected")?;
            Ok(KubernetesSelector {
                role: choice(role, &fields.path("role"), KubernetesRole::WORDS)?,
                label: fields.text("label"),
                field: fields.text("field"),
            })
        }),
        http: http_config(&fields, reader),
    })
}

pub(super) fn consul(
    node: &Node,
    path: &str,
    reader: &mut Reader,
) -> Result<ConsulSdConfig, ManifestError> {
    const TEXTS: &[&str] = &[
        "server",
        "pathPrefix",
        "datacenter",
        "namespace",
        "partition",
        "tagSeparator",
        "filter",
        "healthFilter",
    ];
    let fields = reader.fields(node, path, &schema::CONSUL)?;
    fields.require("server", "Consul is there");
    not_empty(&fields, TEXTS, reader);
    sets(&fields, &["services", "tags"], reader);
    Ok(ConsulSdConfig {
        server: fields.text("server").unwrap_or_default(),
        path_prefix: fields.text("pathPrefix"),
        token_ref: fields.read("tokenRef", |node, path| key_selector(node, path, reader)),
        datacenter: fields.text("datacenter"),
        namespace: fields.text("namespace"),
        partition: fields.text("partition"),
        scheme: fields.choice("scheme", Scheme::WORDS),
        services: fields.texts("services"),
        tags: fields.texts("tags"),
        tag_separator: fields.text("tagSeparator"),
        node_meta: fields.map("nodeMeta", text).unwrap_or_default(),
        filter: fields.text("filter"),
        health_filter: fields.text("healthFilter"),
        allow_stale: fields.flag("allowStale"),
        refresh_interval: fields.read("refreshInterval", duration),
        http: http_config(&fields, reader),
    })
}

pub(super) fn dns(
    node: &Node,
    path: &str,
    reader: &mut Reader,
) -> Result<DnsSdConfig, ManifestError> {
    let fields = reader.fields(node, path, &schema::DNS)?;
    fields.require("names", "the names to look up");
    not_empty(&fields, &["names"], reader);
    items_not_empty(&fields, &["names"], reader);
    Ok(DnsSdConfig {
        names: fields.texts("names"),
        refresh_interval: fields.read("refreshInterval", duration),
        record_type: fields.choice("type", DnsRecordType::WORDS),
        port: fields.number("port", "a port number from 0 to 65535"),
    })
}
