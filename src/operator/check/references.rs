//! Finds the Secrets and ConfigMaps that a monitor refers to (spec C21e).

use std::fmt;

use super::{rejection::Found, rule};
use crate::operator::{
    assets::{Assets, NotFound},
    key_selector::{KeySelector, Source},
    manifest::{Endpoint, Manifest},
    proxy::ProxyConfig,
    tls::TlsConfig,
};

/// A key of a Secret or ConfigMap that a monitor refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reference {
    /// The field, as a path from the top: `spec.endpoints[0].basicAuth.password`.
    pub path: String,
    /// The kind of object.
    pub source: Source,
    /// The object, in the monitor's namespace, and its key.
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
    /// Returns the Secrets and ConfigMaps that the monitor refers to, all in its own namespace. The Operator
    /// writes their contents into the scrape configuration or into files next to it.
    #[must_use]
    pub fn references(&self) -> Vec<Reference> {
        match self {
            Manifest::ServiceMonitor(monitor) => (monitor.endpoints.iter().enumerate())
                .flat_map(|(i, e)| endpoint(e, &format!("spec.endpoints[{i}]"), false))
                .collect(),
            Manifest::PodMonitor(monitor) => (monitor.pod_metrics_endpoints.iter().enumerate())
                .flat_map(|(i, e)| {
                    let place = format!("spec.podMetricsEndpoints[{i}]");
                    endpoint(&e.endpoint, &place, true)
                })
                .collect(),
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

    fn headers(
        &mut self,
        headers: &Option<std::collections::BTreeMap<String, Vec<KeySelector>>>,
        place: &str,
    ) {
        for (name, values) in headers.iter().flatten() {
            for (index, key) in values.iter().enumerate() {
                self.secret(key, format!("{place}.proxyConnectHeader.{name}[{index}]"));
            }
        }
    }
}

pub(super) fn endpoint(endpoint: &Endpoint, place: &str, needs_token_key: bool) -> Vec<Reference> {
    let mut list = List::default();
    let at = |key: &str| format!("{place}.{key}");
    let token = endpoint.bearer_token_secret.as_ref();
    let is_given =
        |key: &&KeySelector| !key.name.is_empty() && (!needs_token_key || !key.key.is_empty());
    if let Some(token) = token.filter(is_given) {
        list.secret(token, at("bearerTokenSecret"));
    }
    if let Some(basic) = &endpoint.basic_auth {
        list.secret(&basic.username, at("basicAuth.username"));
        list.secret(&basic.password, at("basicAuth.password"));
    }
    if let Some(config) = &endpoint.tls_config {
        list.tls(config, &at("tlsConfig"));
    }
    if let Some(oauth2) = &endpoint.oauth2 {
        if let Some((source, key)) = oauth2.client_id.source() {
            list.add(source, key, at("oauth2.clientId"));
        }
        list.secret(&oauth2.client_secret, at("oauth2.clientSecret"));
        let ProxyConfig {
            proxy_connect_header,
            ..
        } = &oauth2.proxy;
        list.headers(proxy_connect_header, &at("oauth2"));
        if let Some(config) = &oauth2.tls_config {
            list.tls(config, &at("oauth2.tlsConfig"));
        }
    }
    let credentials = endpoint
        .authorization
        .as_ref()
        .and_then(|a| a.credentials.as_ref());
    if let Some(key) = credentials.filter(|key| !key.name.is_empty()) {
        list.secret(key, at("authorization.credentials"));
    }
    list.headers(&endpoint.proxy_connect_header, place);
    list.references
}

/// Looks up everything that is referred to.
pub(super) fn resolve(
    references: &[Reference],
    assets: &Assets,
    namespace: &str,
    found: &mut Found,
) {
    for Reference { path, source, key } in references {
        let name = &key.name;
        let (rule, reason) = match assets.find(*source, namespace, key) {
            Ok(_) => continue,
            Err(NotFound::Object) => (
                &rule::REFERENCE_MISSING,
                format!("no {source} {name:?} in the namespace {namespace:?}"),
            ),
            Err(NotFound::Key) => (
                &rule::REFERENCE_KEY_MISSING,
                format!("the {source} {name:?} has no key {:?}", key.key),
            ),
        };
        found.add(rule, path, reason);
    }
}
