//! Where a `ScrapeConfig`'s targets come from: the kinds of service discovery with types of their own.

use std::collections::BTreeMap;

use super::{http_config::HttpConfig, key_selector::KeySelector, values::Scheme};

/// One of `staticConfigs`: targets that are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StaticConfig {
    /// The addresses.
    pub targets: Vec<String>,
    /// Labels of all the targets.
    pub labels: BTreeMap<String, String>,
}

/// One of `fileSDConfigs`: targets from files on Prometheus' machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileSdConfig {
    /// The files; the last part of a path may have a `*`.
    pub files: Vec<String>,
    /// How often they are read.
    pub refresh_interval: Option<String>,
}

/// One of `httpSDConfigs`: targets from an HTTP server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpSdConfig {
    /// Where the list of targets is.
    pub url: String,
    /// How often it is requested.
    pub refresh_interval: Option<String>,
    /// How it is requested.
    pub http: HttpConfig,
}

/// One of `kubernetesSDConfigs`: targets from Kubernetes' API.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct KubernetesSdConfig {
    /// The kind of objects that are targets.
    pub role: KubernetesRole,
    /// Where the API is, unless it is where Prometheus runs.
    pub api_server: Option<String>,
    /// Which namespaces are searched. Default: all of them.
    pub namespaces: Option<NamespaceDiscovery>,
    /// What else is discovered about a target.
    pub attach_metadata: Option<NodeMetadata>,
    /// What to ask the API for.
    pub selectors: Vec<KubernetesSelector>,
    /// How it is requested.
    pub http: HttpConfig,
}

/// The kind of objects that a [`KubernetesSdConfig`] finds or asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names of the Kubernetes objects")]
#[non_exhaustive]
pub enum KubernetesRole {
    #[default]
    Pod,
    Endpoints,
    Ingress,
    Service,
    Node,
    EndpointSlice,
}

impl KubernetesRole {
    pub(super) const WORDS: &'static [(&'static str, Self)] = &[
        ("Pod", KubernetesRole::Pod),
        ("Endpoints", KubernetesRole::Endpoints),
        ("Ingress", KubernetesRole::Ingress),
        ("Service", KubernetesRole::Service),
        ("Node", KubernetesRole::Node),
        ("EndpointSlice", KubernetesRole::EndpointSlice),
    ];

    /// Returns the role in lower case, as in Prometheus' configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            KubernetesRole::Pod => "pod",
            KubernetesRole::Endpoints => "endpoints",
            KubernetesRole::Ingress => "ingress",
            KubernetesRole::Service => "service",
            KubernetesRole::Node => "node",
            KubernetesRole::EndpointSlice => "endpointslice",
        }
    }
}

/// The namespaces that a [`KubernetesSdConfig`] searches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NamespaceDiscovery {
    /// Whether the namespace that Prometheus runs in is included.
    pub own_namespace: Option<bool>,
    /// The names of namespaces.
    pub names: Vec<String>,
}

/// What a [`KubernetesSdConfig`] discovers about a target in addition to its own metadata.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodeMetadata {
    /// The labels and annotations of its node.
    pub node: Option<bool>,
}

/// What a [`KubernetesSdConfig`] asks the API for, of one kind of object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct KubernetesSelector {
    /// The kind of object.
    pub role: KubernetesRole,
    /// A label selector in Kubernetes' text form.
    pub label: Option<String>,
    /// A field selector in Kubernetes' text form.
    pub field: Option<String>,
}

/// One of `consulSDConfigs`: targets from Consul.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConsulSdConfig {
    /// The server's host, and optionally a port.
    pub server: String,
    /// What its paths begin with.
    pub path_prefix: Option<String>,
    /// Where the token is.
    pub token_ref: Option<KeySelector>,
    /// The datacenter.
    pub datacenter: Option<String>,
    /// The namespace, in Consul Enterprise.
    pub namespace: Option<String>,
    /// The partition, in Consul Enterprise.
    pub partition: Option<String>,
    /// How to connect.
    pub scheme: Option<Scheme>,
    /// The services whose nodes are targets; none means all.
    pub services: Vec<String>,
    /// The tags that a service must have.
    pub tags: Vec<String>,
    /// What stands between tags in a label.
    pub tag_separator: Option<String>,
    /// The metadata that a node must have.
    pub node_meta: BTreeMap<String, String>,
    /// An expression that filters the catalog.
    pub filter: Option<String>,
    /// An expression that filters by health.
    pub health_filter: Option<String>,
    /// Whether results may be stale.
    pub allow_stale: Option<bool>,
    /// How often it is asked.
    pub refresh_interval: Option<String>,
    /// How it is requested.
    pub http: HttpConfig,
}

/// One of `dnsSDConfigs`: targets from DNS records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DnsSdConfig {
    /// The names to look up.
    pub names: Vec<String>,
    /// How often they are looked up.
    pub refresh_interval: Option<String>,
    /// The type of record. Default: `SRV`.
    pub record_type: Option<DnsRecordType>,
    /// The targets' port, which only `SRV` records have themselves.
    pub port: Option<u16>,
}

/// The type of record that a [`DnsSdConfig`] looks up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names of the records")]
#[non_exhaustive]
pub enum DnsRecordType {
    A,
    Aaaa,
    Mx,
    Ns,
    Srv,
}

impl DnsRecordType {
    pub(super) const WORDS: &'static [(&'static str, Self)] = &[
        ("A", DnsRecordType::A),
        ("AAAA", DnsRecordType::Aaaa),
        ("MX", DnsRecordType::Mx),
        ("NS", DnsRecordType::Ns),
        ("SRV", DnsRecordType::Srv),
    ];

    /// Returns the type as the manifest and Prometheus write it: `AAAA`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        let known = Self::WORDS.iter().find(|(_, known)| *known == self);
        known.map_or("", |(word, _)| word)
    }
}
