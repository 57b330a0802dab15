//! Finds the Secrets and ConfigMaps that a resource refers to (spec C21e).

use std::{collections::BTreeMap, fmt};

use super::{
    rejection::Found,
    rule::{self, CheckRule},
};
use crate::operator::{
    access::Access,
    assets::{Assets, NotFound},
    http_config::HttpConfig,
    key_selector::{KeySelector, Source},
    manifest::Manifest,
    probe::Probe,
    scrape_config_resource::ScrapeConfigResource,
    tls::TlsConfig,
};

/// A key of a Secret or ConfigMap that a resource refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reference {
    /// The field, as a path from the top: `spec.endpoints[0].basicAuth.password`.
    pub path: String,
    /// The kind of object.
    pub source: Source,
    /// The object, in the resource's namespace, and its key.
    pub key: KeySelector,
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let KeySelector { name, key, .. } = &self.key;
        write!(
            f,
            "{}: key {key:?} of the {} {name:?}",
            self.path, self.source
        )
    }
}

impl Manifest {
    /// Returns the Secrets and ConfigMaps that the resource refers to, all in its own namespace. The Operator
    /// writes their contents into the scrape configuration or into files next to it.
    #[must_use]
    pub fn references(&self) -> Vec<Reference> {
        match self {
            Manifest::ServiceMonitor(monitor) => (monitor.endpoints.iter().enumerate())
                .flat_map(|(i, e)| endpoint(&e.into(), &format!("spec.endpoints[{i}]"), false))
                .collect(),
            Manifest::PodMonitor(monitor) => (monitor.pod_metrics_endpoints.iter().enumerate())
                .flat_map(|(i, e)| {
                    let place = format!("spec.podMetricsEndpoints[{i}]");
                    endpoint(&(&e.endpoint).into(), &place, true)
                })
                .collect(),
            Manifest::Probe(monitor) => probe(monitor),
            Manifest::ScrapeConfig(config) => scrape_config(config),
        }
    }
}

/// The references in the order in which the Operator follows them.
#[derive(Default)]
struct List {
    references: Vec<Reference>,
}

impl List {
    fn add(&mut self, source: Source, key: &KeySelector, path: String) {
        self.references.push(Reference {
            path,
            source,
            key: key.clone(),
        });
    }

    fn secret(&mut self, key: &KeySelector, path: String) {
        self.add(Source::Secret, key, path);
    }

    fn tls(&mut self, config: &TlsConfig, place: &str) {
        for (name, either) in [("ca", &config.ca), ("cert", &config.cert)] {
            if let Some((source, key)) = either.source() {
                self.add(source, key, format!("{place}.{name}"));
            }
        }
        if let Some(key) = &config.key_secret {
            self.secret(key, format!("{place}.keySecret"));
        }
    }

    fn headers(&mut self, headers: Option<&BTreeMap<String, Vec<KeySelector>>>, place: &str) {
        for (name, values) in headers.into_iter().flatten() {
            for (index, key) in values.iter().enumerate() {
                self.secret(key, format!("{place}.proxyConnectHeader.{name}[{index}]"));
            }
        }
    }
}

/// Returns the references of an endpoint of a monitor.
pub(super) fn endpoint(access: &Access<'_>, place: &str, needs_token_key: bool) -> Vec<Reference> {
    let mut list = List::default();
    list.access(access, place, needs_token_key);
    list.headers(access.proxy_headers, place);
    list.references
}

/// Returns the references of a request, without the headers for its proxy.
pub(super) fn access(access: &Access<'_>, place: &str) -> Vec<Reference> {
    let mut list = List::default();
    list.access(access, place, true);
    list.references
}

/// Returns the references in the headers for a proxy.
pub(super) fn headers(access: &Access<'_>, place: &str) -> Vec<Reference> {
    let mut list = List::default();
    list.headers(access.proxy_headers, place);
    list.references
}

/// Returns the reference to a key of a Secret.
pub(super) fn secret(key: &KeySelector, path: String) -> Vec<Reference> {
    let mut list = List::default();
    list.secret(key, path);
    list.references
}

impl List {
    fn access(&mut self, access: &Access<'_>, place: &str, needs_token_key: bool) {
        let at = |key: &str| format!("{place}.{key}");
        let token = access.bearer_token_secret;
        let is_given =
            |key: &&KeySelector| !key.name.is_empty() && (!needs_token_key || !key.key.is_empty());
        if let Some(token) = token.filter(is_given) {
            self.secret(token, at("bearerTokenSecret"));
        }
        if let Some(basic) = access.basic_auth {
            self.secret(&basic.username, at("basicAuth.username"));
            self.secret(&basic.password, at("basicAuth.password"));
        }
        if let Some(config) = access.tls_config {
            self.tls(config, &at("tlsConfig"));
        }
        if let Some(oauth2) = access.oauth2 {
            if let Some((source, key)) = oauth2.client_id.source() {
                self.add(source, key, at("oauth2.clientId"));
            }
            self.secret(&oauth2.client_secret, at("oauth2.clientSecret"));
            self.headers(oauth2.proxy.proxy_connect_header.as_ref(), &at("oauth2"));
            if let Some(config) = &oauth2.tls_config {
                self.tls(config, &at("oauth2.tlsConfig"));
            }
        }
        let credentials = access.authorization.and_then(|a| a.credentials.as_ref());
        if let Some(key) = credentials.filter(|key| !key.name.is_empty()) {
            self.secret(key, at("authorization.credentials"));
        }
    }
}

fn probe(probe: &Probe) -> Vec<Reference> {
    let of = Access::from(probe);
    let mut references = access(&of, "spec");
    references.extend(headers(&of, "spec.prober"));
    references
}

fn scrape_config(config: &ScrapeConfigResource) -> Vec<Reference> {
    let mut references = Vec::new();
    let mut add = |http: &HttpConfig, place: &str| {
        references.extend(endpoint(&Access::from(http), place, true));
    };
    add(&config.http, "spec");
    for (index, sd) in config.http_sd_configs.iter().enumerate() {
        add(&sd.http, &format!("spec.httpSDConfigs[{index}]"));
    }
    for (index, sd) in config.kubernetes_sd_configs.iter().enumerate() {
        add(&sd.http, &format!("spec.kubernetesSDConfigs[{index}]"));
    }
    for (index, sd) in config.consul_sd_configs.iter().enumerate() {
        add(&sd.http, &format!("spec.consulSDConfigs[{index}]"));
    }
    for sd in &config.other_sd_configs {
        add(&sd.http, &sd.path());
    }
    for (index, sd) in config.consul_sd_configs.iter().enumerate() {
        let path = format!("spec.consulSDConfigs[{index}].tokenRef");
        references.extend(
            sd.token_ref
                .iter()
                .flat_map(|key| secret(key, path.clone())),
        );
    }
    for sd in &config.other_sd_configs {
        references.extend(sd.secrets().flat_map(|(path, key)| secret(key, path)));
    }
    references
}

/// The rules that a reference to no object, and to no key of an object, break.
pub(super) type Rules = (&'static CheckRule, &'static CheckRule);

/// The rules for what resources refer to.
pub(super) const OF_RESOURCE: Rules = (&rule::REFERENCE_MISSING, &rule::REFERENCE_KEY_MISSING);

/// The rules for what the Prometheus object refers to.
pub(super) const OF_PROMETHEUS: Rules = (&rule::OWN_REFERENCE_MISSING, &rule::OWN_KEY_MISSING);

/// Looks up everything that is referred to.
pub(super) fn resolve(
    references: &[Reference],
    assets: &Assets,
    namespace: &str,
    (no_object, no_key): Rules,
    found: &mut Found,
) {
    for Reference { path, source, key } in references {
        let name = &key.name;
        let (rule, reason) = match assets.find(*source, namespace, key) {
            Ok(_) => continue,
            Err(NotFound::Object) => (
                no_object,
                format!("no {source} {name:?} in the namespace {namespace:?}"),
            ),
            Err(NotFound::Key) => (
                no_key,
                format!("the {source} {name:?} has no key {:?}", key.key),
            ),
        };
        found.add(rule, path, reason);
    }
}
