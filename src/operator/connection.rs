//! Renders the proxies, encryption and authentication of a configuration.

use std::collections::BTreeMap;

use super::{
    access::Access,
    config::{OperatorConfig, ScrapeClass},
    credentials::{Authorization, BasicAuth, OAuth2},
    http_config::HttpConfig,
    key_selector::{KeySelector, SecretOrConfigMap, Source},
    proxy::ProxyConfig,
    rules::given,
    tls::TlsConfig,
    version::Version,
};
use crate::yaml::node::Node;

/// Where the Operator puts certificates and keys for Prometheus.
const CERTIFICATES: &str = "/etc/prometheus/certs";

/// Replaces a credential that is not known, as Prometheus displays credentials.
const SECRET: &str = "<secret>";

pub(super) type Entries = Vec<(String, Node)>;

/// A part of the entries of a server that is asked for targets. Their order differs by the kind of discovery.
#[derive(Clone, Copy)]
pub(super) enum Part {
    BasicAuth,
    Authorization,
    OAuth2,
    Tls,
    Proxy,
    Redirects,
    Http2,
}

/// The inputs for the entries of a monitor.
pub(super) struct Connection<'m> {
    pub(super) config: &'m OperatorConfig,
    pub(super) class: Option<&'m ScrapeClass>,
    pub(super) namespace: &'m str,
}

impl Connection<'_> {
    /// Returns the entries of what a resource scrapes, in the order of a monitor's.
    pub(super) fn entries(&self, access: &Access<'_>) -> Entries {
        let mut entries = Entries::new();
        if let Some(headers) = access.proxy_headers
            && self.since(2, 43)
        {
            add(&mut entries, "proxy_connect_header", self.headers(headers));
        }
        self.add_oauth2(access.oauth2, &mut entries);
        self.add_tls(access.tls_config, &mut entries);
        if let Some(file) = access.bearer_token_file {
            add(&mut entries, "bearer_token_file", text(file));
        }
        let token = access.bearer_token_secret;
        let is_given = |token: &&KeySelector| !token.name.is_empty() && !token.key.is_empty();
        if let Some(token) = token.filter(is_given).and_then(|key| self.find(key)) {
            add(&mut entries, "bearer_token", token);
        }
        self.add_basic_auth(access.basic_auth, &mut entries);
        self.add_authorization(access.authorization, &mut entries);
        entries
    }

    /// Adds the entries of a server that is asked for targets, in this order.
    pub(super) fn add_server(&self, http: &HttpConfig, order: &[Part], entries: &mut Entries) {
        for part in order {
            match part {
                Part::BasicAuth => self.add_basic_auth(http.basic_auth.as_ref(), entries),
                Part::Authorization => {
                    self.add_authorization(http.authorization.as_ref(), entries);
                }
                Part::OAuth2 => self.add_oauth2(http.oauth2.as_ref(), entries),
                Part::Tls => self.add_tls(http.tls_config.as_ref(), entries),
                Part::Proxy => {
                    if let Some(url) = &http.proxy.proxy_url {
                        add(entries, "proxy_url", text(url));
                    }
                    if self.since(2, 43) {
                        self.add_proxy(&http.proxy, entries);
                    }
                }
                Part::Redirects => {
                    add_flag(entries, "follow_redirects", http.follow_redirects);
                }
                Part::Http2 => add_flag(entries, "enable_http2", http.enable_http2),
            }
        }
    }

    fn add_basic_auth(&self, basic_auth: Option<&BasicAuth>, entries: &mut Entries) {
        if let Some(BasicAuth { username, password }) = basic_auth {
            let user = map([
                ("username", self.secret(username)),
                ("password", self.secret(password)),
            ]);
            add(entries, "basic_auth", user);
        }
    }

    fn add_authorization(&self, own: Option<&Authorization>, entries: &mut Entries) {
        if let Some(authorization) = self.authorization(own)
            && self.since(2, 26)
        {
            let authorization = self.authorization_map(&authorization);
            add(entries, "authorization", authorization);
        }
    }

    fn add_oauth2(&self, oauth2: Option<&OAuth2>, entries: &mut Entries) {
        if let Some(oauth2) = oauth2
            && self.since(2, 27)
        {
            add(entries, "oauth2", self.oauth2(oauth2));
        }
    }

    fn add_tls(&self, own: Option<&TlsConfig>, entries: &mut Entries) {
        if let Some(config) = self.tls(own) {
            add(entries, "tls_config", self.tls_config(&config));
        }
    }

    /// Adds what says how to use a proxy, except which one.
    fn add_proxy(&self, proxy: &ProxyConfig, entries: &mut Entries) {
        if let Some(hosts) = &proxy.no_proxy {
            add(entries, "no_proxy", text(hosts));
        }
        add_flag(
            entries,
            "proxy_from_environment",
            proxy.proxy_from_environment,
        );
        if let Some(headers) = &proxy.proxy_connect_header {
            add(entries, "proxy_connect_header", self.headers(headers));
        }
    }

    fn since(&self, major: u64, minor: u64) -> bool {
        self.config.version >= Version::new(major, minor, 0)
    }

    /// Returns the value in a Secret; empty if it is not there, which the checks refuse.
    pub(super) fn secret(&self, key: &KeySelector) -> Node {
        self.value(Source::Secret, key)
    }

    fn value(&self, source: Source, key: &KeySelector) -> Node {
        let found = self.find_in(source, key);
        found.unwrap_or_else(|| Node::Text(String::new()))
    }

    /// Returns the value in a Secret, if it is there.
    fn find(&self, key: &KeySelector) -> Option<Node> {
        self.find_in(Source::Secret, key)
    }

    fn find_in(&self, source: Source, key: &KeySelector) -> Option<Node> {
        let Some(assets) = &self.config.assets else {
            return Some(Node::Text(SECRET.to_owned()));
        };
        let found = assets.find(source, self.namespace, key).ok()?;
        Some(Node::Text(String::from_utf8_lossy(found).into_owned()))
    }

    fn headers(&self, headers: &BTreeMap<String, Vec<KeySelector>>) -> Node {
        let values =
            |keys: &Vec<KeySelector>| Node::List(keys.iter().map(|key| self.secret(key)).collect());
        let headers = headers.iter();
        Node::Map(
            headers
                .map(|(name, keys)| (name.clone(), values(keys)))
                .collect(),
        )
    }

    fn oauth2(&self, oauth2: &OAuth2) -> Node {
        let client = oauth2.client_id.source();
        let client = client.map_or_else(
            || Node::Text(String::new()),
            |(source, key)| self.value(source, key),
        );
        let mut entries = pairs([
            ("client_id", client),
            ("client_secret", self.secret(&oauth2.client_secret)),
            ("token_url", Node::Text(oauth2.token_url.clone())),
        ]);
        if !oauth2.scopes.is_empty() {
            let scopes = oauth2.scopes.iter().map(|scope| text(scope)).collect();
            entries.push(("scopes".to_owned(), Node::List(scopes)));
        }
        if !oauth2.endpoint_params.is_empty() {
            let params = oauth2.endpoint_params.iter();
            let params = params.map(|(name, value)| (name.clone(), text(value)));
            entries.push(("endpoint_params".to_owned(), Node::Map(params.collect())));
        }
        if self.since(2, 43) {
            if let Some(url) = &oauth2.proxy.proxy_url {
                add(&mut entries, "proxy_url", text(url));
            }
            self.add_proxy(&oauth2.proxy, &mut entries);
            if let Some(config) = &oauth2.tls_config {
                add(&mut entries, "tls_config", self.tls_config(config));
            }
        }
        Node::Map(entries)
    }

    /// Returns the monitor's settings, completed with the files of the scrape class.
    fn tls(&self, own: Option<&TlsConfig>) -> Option<TlsConfig> {
        let of_class = self.class.and_then(|class| class.tls_config.as_ref());
        let (mut config, class) = match (own, of_class) {
            (None, class) => return class.cloned(),
            (Some(own), None) => return Some(own.clone()),
            (Some(own), Some(class)) => (own.clone(), class),
        };
        let fill = |file: &mut Option<String>, has_object: bool, of_class: &Option<String>| {
            if given(file).is_none() && !has_object {
                file.clone_from(of_class);
            }
        };
        let has_ca = config.ca.source().is_some();
        fill(&mut config.ca_file, has_ca, &class.ca_file);
        let has_cert = config.cert.source().is_some();
        fill(&mut config.cert_file, has_cert, &class.cert_file);
        let has_key = config.key_secret.is_some();
        fill(&mut config.key_file, has_key, &class.key_file);
        Some(config)
    }

    fn tls_config(&self, config: &TlsConfig) -> Node {
        let mut entries = Entries::new();
        let mut add = |key: &str, value: Node| entries.push((key.to_owned(), value));
        if let Some(flag) = config.insecure_skip_verify {
            add("insecure_skip_verify", Node::Bool(flag));
        }
        let object = |either: &SecretOrConfigMap| {
            let (source, key) = either.source()?;
            Some(self.certificate(source, key))
        };
        let key = config.key_secret.as_ref();
        let objects = [
            ("ca_file", object(&config.ca)),
            ("cert_file", object(&config.cert)),
            (
                "key_file",
                key.map(|key| self.certificate(Source::Secret, key)),
            ),
        ];
        for (key, path) in objects {
            if let Some(path) = path {
                add(key, path);
            }
        }
        if let Some(name) = given(&config.server_name) {
            add("server_name", Node::Text(name.to_owned()));
        }
        let versions = [
            ("min_version", config.min_version, self.since(2, 35)),
            ("max_version", config.max_version, self.since(2, 41)),
        ];
        for (key, version, is_known) in versions {
            if let Some(version) = version.filter(|_| is_known) {
                add(key, Node::Text(version.as_str().to_owned()));
            }
        }
        let files = [
            ("ca_file", &config.ca_file),
            ("cert_file", &config.cert_file),
            ("key_file", &config.key_file),
        ];
        for (key, file) in files {
            if let Some(file) = given(file) {
                add(key, Node::Text(file.to_owned()));
            }
        }
        Node::Map(entries)
    }

    /// Returns the path of the file that the Operator writes for an object's key.
    fn certificate(&self, source: Source, key: &KeySelector) -> Node {
        let kind = match source {
            Source::Secret => 0,
            Source::ConfigMap => 1,
        };
        let (namespace, KeySelector { name, key }) = (self.namespace, key);
        Node::Text(format!("{CERTIFICATES}/{kind}_{namespace}_{name}_{key}"))
    }

    /// Returns the monitor's settings, completed with the credentials of the scrape class.
    fn authorization(&self, own: Option<&Authorization>) -> Option<Authorization> {
        let of_class = self.class.and_then(|class| class.authorization.as_ref());
        match (own, of_class) {
            (None, class) => class.cloned(),
            (Some(own), Some(class)) if own.credentials.is_none() => Some(Authorization {
                credentials: class.credentials.clone(),
                credentials_file: (class.credentials_file.clone())
                    .filter(|_| class.credentials.is_none()),
                ..own.clone()
            }),
            (Some(own), _) => Some(own.clone()),
        }
    }

    fn authorization_map(&self, authorization: &Authorization) -> Node {
        let auth_type = authorization.type_or_default().to_owned();
        let mut entries = pairs([("type", Node::Text(auth_type))]);
        let credentials = authorization.credentials.as_ref();
        if let Some(found) = credentials.and_then(|key| self.find(key)) {
            entries.push(("credentials".to_owned(), found));
        }
        if let Some(file) = given(&authorization.credentials_file) {
            entries.push(("credentials_file".to_owned(), Node::Text(file.to_owned())));
        }
        Node::Map(entries)
    }
}

pub(super) fn add(entries: &mut Entries, key: &str, value: Node) {
    entries.push((key.to_owned(), value));
}

pub(super) fn add_flag(entries: &mut Entries, key: &str, flag: Option<bool>) {
    if let Some(flag) = flag {
        add(entries, key, Node::Bool(flag));
    }
}

pub(super) fn text(text: &str) -> Node {
    Node::Text(text.to_owned())
}

fn pairs<const N: usize>(entries: [(&str, Node); N]) -> Entries {
    let entries = entries.into_iter();
    entries
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}

fn map<const N: usize>(entries: [(&str, Node); N]) -> Node {
    Node::Map(pairs(entries))
}
