//! Renders the service discoveries of a `ScrapeConfig` resource (spec M45-M49).

use std::collections::BTreeMap;

use super::{
    config::OperatorConfig,
    connection::{Connection, Entries, Part, add, add_flag, text},
    render_job::Job,
    rules::given,
    scrape_config::{AttachedMetadata, KubernetesSd, Layout, Namespaces, RoleSelector},
    scrape_config_resource::ScrapeConfigResource,
    service_discovery::{
        ConsulSdConfig, DnsRecordType, DnsSdConfig, FileSdConfig, HttpSdConfig, KubernetesRole,
        KubernetesSdConfig, StaticConfig,
    },
    service_discovery_kinds::KINDS,
    service_discovery_other::{OtherSdConfig, Value, snake_case},
    version::Version,
};
use crate::yaml::node::Node;

/// The order of most discoveries.
const SERVER: &[Part] = &[
    Part::BasicAuth,
    Part::Authorization,
    Part::OAuth2,
    Part::Proxy,
    Part::Tls,
];

/// What comes last in most discoveries.
const CLIENT: &[Part] = &[Part::Redirects, Part::Http2];

/// Renders discoveries. The scrape class is for targets, not for the servers that are asked.
pub(super) struct Discovery<'m> {
    config: &'m OperatorConfig,
    connection: Connection<'m>,
}

impl<'m> Discovery<'m> {
    pub(super) fn new(job: &Job<'m>) -> Self {
        Discovery {
            config: job.config,
            connection: Connection {
                class: None,
                ..job.connection()
            },
        }
    }

    /// Adds all discoveries except those from Kubernetes, which have a field of their own.
    pub(super) fn add_all(&self, resource: &ScrapeConfigResource, entries: &mut Entries) {
        add_list(entries, "static_configs", &resource.static_configs, fixed);
        add_list(entries, "file_sd_configs", &resource.file_sd_configs, file);
        let http = |sd: &HttpSdConfig| self.http(sd);
        add_list(entries, "http_sd_configs", &resource.http_sd_configs, http);
        let consul = |sd: &ConsulSdConfig| self.consul(sd);
        let consuls = &resource.consul_sd_configs;
        add_list(entries, "consul_sd_configs", consuls, consul);
        let dns = |sd: &DnsSdConfig| self.dns(sd);
        add_list(entries, "dns_sd_configs", &resource.dns_sd_configs, dns);
        for kind in KINDS {
            let items = resource.other_sd_configs.iter();
            let items: Vec<Node> = (items.filter(|item| item.kind.key == kind.key))
                .map(|item| self.passed_on(item))
                .collect();
            if !items.is_empty() {
                add(entries, kind.written, Node::List(items));
            }
        }
    }

    fn http(&self, sd: &HttpSdConfig) -> Node {
        const FIRST: &[Part] = &[
            Part::BasicAuth,
            Part::Authorization,
            Part::Tls,
            Part::Proxy,
            Part::OAuth2,
        ];
        let mut entries = Entries::new();
        self.connection.add_server(&sd.http, FIRST, &mut entries);
        add(&mut entries, "url", text(&sd.url));
        add_text(&mut entries, "refresh_interval", &sd.refresh_interval);
        self.connection.add_server(&sd.http, CLIENT, &mut entries);
        Node::Map(entries)
    }

    pub(super) fn kubernetes(&self, sd: &KubernetesSdConfig) -> KubernetesSd {
        const ORDER: &[Part] = &[
            Part::BasicAuth,
            Part::Authorization,
            Part::OAuth2,
            Part::Proxy,
            Part::Redirects,
            Part::Http2,
            Part::Tls,
        ];
        let mut entries = Entries::new();
        self.connection.add_server(&sd.http, ORDER, &mut entries);
        let attaches = match sd.role {
            KubernetesRole::Pod => self.since(35),
            KubernetesRole::Endpoints | KubernetesRole::EndpointSlice => self.since(37),
            _ => false,
        };
        let selectors = sd.selectors.iter().map(|selector| RoleSelector {
            role: selector.role.as_str().to_owned(),
            label: selector.label.clone(),
            field: selector.field.clone(),
        });
        KubernetesSd {
            role: sd.role.as_str().to_owned(),
            namespaces: sd.namespaces.as_ref().map(|namespaces| Namespaces {
                names: namespaces.names.clone(),
                own_namespace: namespaces.own_namespace,
            }),
            api_server: sd.api_server.clone(),
            attach_metadata: sd.attach_metadata.filter(|_| attaches).map(|metadata| {
                AttachedMetadata {
                    node: metadata.node,
                    ..AttachedMetadata::default()
                }
            }),
            selectors: (!sd.selectors.is_empty() && self.since(17)).then(|| selectors.collect()),
            other: entries,
            layout: Layout::Resource,
        }
    }

    fn consul(&self, sd: &ConsulSdConfig) -> Node {
        let mut entries = Entries::new();
        self.connection.add_server(&sd.http, SERVER, &mut entries);
        add(&mut entries, "server", text(&sd.server));
        add_text(&mut entries, "path_prefix", &sd.path_prefix);
        if let Some(token) = &sd.token_ref {
            add(&mut entries, "token", self.connection.secret(token));
        }
        add_text(&mut entries, "datacenter", &sd.datacenter);
        add_text(&mut entries, "namespace", &sd.namespace);
        add_text(&mut entries, "partition", &sd.partition);
        if let Some(scheme) = sd.scheme {
            add(&mut entries, "scheme", text(scheme.as_str()));
        }
        add_texts(&mut entries, "services", &sd.services);
        add_texts(&mut entries, "tags", &sd.tags);
        add_text(&mut entries, "tag_separator", &sd.tag_separator);
        if !sd.node_meta.is_empty() {
            add(&mut entries, "node_meta", labels(&sd.node_meta));
        }
        add_text(&mut entries, "filter", &sd.filter);
        add_text(&mut entries, "health_filter", &sd.health_filter);
        add_flag(&mut entries, "allow_stale", sd.allow_stale);
        add_text(&mut entries, "refresh_interval", &sd.refresh_interval);
        self.connection.add_server(&sd.http, CLIENT, &mut entries);
        Node::Map(entries)
    }

    fn dns(&self, sd: &DnsSdConfig) -> Node {
        let mut entries = Entries::new();
        let names = sd.names.iter().map(|name| text(name)).collect();
        add(&mut entries, "names", Node::List(names));
        add_text(&mut entries, "refresh_interval", &sd.refresh_interval);
        let record_type = sd.record_type.filter(|record_type| match record_type {
            DnsRecordType::Ns => self.since(49),
            DnsRecordType::Mx => self.since(38),
            _ => true,
        });
        if let Some(record_type) = record_type {
            add(&mut entries, "type", text(record_type.as_str()));
        }
        if let Some(port) = sd.port {
            add(&mut entries, "port", Node::Int(port.into()));
        }
        Node::Map(entries)
    }

    fn passed_on(&self, sd: &OtherSdConfig) -> Node {
        let mut entries = Entries::new();
        self.connection.add_server(&sd.http, SERVER, &mut entries);
        for (field, value) in &sd.fields {
            let value = match value {
                Value::Text(value) => text(value),
                Value::Flag(flag) => Node::Bool(*flag),
                Value::Number(number) => Node::Int((*number).into()),
                Value::Secret(key) => self.connection.secret(key),
                Value::Texts(texts) => list(texts),
                Value::Filters(filters) => {
                    let filter = |(name, values): &(String, Vec<String>)| {
                        let name = ("name".to_owned(), text(name));
                        Node::Map(vec![name, ("values".to_owned(), list(values))])
                    };
                    Node::List(filters.iter().map(filter).collect())
                }
            };
            add(&mut entries, &snake_case(field.key), value);
        }
        self.connection.add_server(&sd.http, CLIENT, &mut entries);
        Node::Map(entries)
    }

    fn since(&self, minor: u64) -> bool {
        self.config.version >= Version::new(2, minor, 0)
    }
}

fn fixed(config: &StaticConfig) -> Node {
    Node::Map(vec![
        ("targets".to_owned(), list(&config.targets)),
        ("labels".to_owned(), labels(&config.labels)),
    ])
}

fn file(sd: &FileSdConfig) -> Node {
    let mut entries = vec![("files".to_owned(), list(&sd.files))];
    add_text(&mut entries, "refresh_interval", &sd.refresh_interval);
    Node::Map(entries)
}

fn add_list<T>(entries: &mut Entries, key: &str, items: &[T], item: impl Fn(&T) -> Node) {
    if !items.is_empty() {
        add(entries, key, Node::List(items.iter().map(item).collect()));
    }
}

fn add_text(entries: &mut Entries, key: &str, value: &Option<String>) {
    if let Some(value) = given(value) {
        add(entries, key, text(value));
    }
}

fn add_texts(entries: &mut Entries, key: &str, texts: &[String]) {
    if !texts.is_empty() {
        add(entries, key, list(texts));
    }
}

fn list(texts: &[String]) -> Node {
    Node::List(texts.iter().map(|item| text(item)).collect())
}

/// Returns labels as a map, which the Operator writes even if it is empty.
pub(super) fn labels(labels: &BTreeMap<String, String>) -> Node {
    let labels = labels.iter();
    Node::Map(
        labels
            .map(|(name, value)| (name.clone(), text(value)))
            .collect(),
    )
}
