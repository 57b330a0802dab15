//! What authenticates and encrypts requests, from any kind of resource.

use std::collections::BTreeMap;

use super::{
    credentials::{Authorization, BasicAuth, OAuth2},
    http_config::HttpConfig,
    key_selector::KeySelector,
    monitor::Endpoint,
    probe::Probe,
    proxy::ProxyConfig,
    rules::given,
    tls::TlsConfig,
};

/// What authenticates and encrypts requests, wherever a resource has it.
#[derive(Clone, Copy, Default)]
pub(super) struct Access<'m> {
    pub(super) basic_auth: Option<&'m BasicAuth>,
    pub(super) authorization: Option<&'m Authorization>,
    pub(super) oauth2: Option<&'m OAuth2>,
    pub(super) tls_config: Option<&'m TlsConfig>,
    pub(super) bearer_token_file: Option<&'m str>,
    pub(super) bearer_token_secret: Option<&'m KeySelector>,
    pub(super) proxy_headers: Option<&'m BTreeMap<String, Vec<KeySelector>>>,
}

impl<'m> From<&'m Endpoint> for Access<'m> {
    fn from(endpoint: &'m Endpoint) -> Self {
        Access {
            basic_auth: endpoint.basic_auth.as_ref(),
            authorization: endpoint.authorization.as_ref(),
            oauth2: endpoint.oauth2.as_ref(),
            tls_config: endpoint.tls_config.as_ref(),
            bearer_token_file: given(&endpoint.bearer_token_file),
            bearer_token_secret: endpoint.bearer_token_secret.as_ref(),
            proxy_headers: endpoint.proxy_connect_header.as_ref(),
        }
    }
}

impl<'m> From<&'m Probe> for Access<'m> {
    fn from(probe: &'m Probe) -> Self {
        Access {
            basic_auth: probe.basic_auth.as_ref(),
            authorization: probe.authorization.as_ref(),
            oauth2: probe.oauth2.as_ref(),
            tls_config: probe.tls_config.as_ref(),
            bearer_token_file: None,
            bearer_token_secret: probe.bearer_token_secret.as_ref(),
            proxy_headers: headers(probe.prober.as_ref().map(|prober| &prober.proxy)),
        }
    }
}

impl<'m> From<&'m HttpConfig> for Access<'m> {
    fn from(http: &'m HttpConfig) -> Self {
        Access {
            basic_auth: http.basic_auth.as_ref(),
            authorization: http.authorization.as_ref(),
            oauth2: http.oauth2.as_ref(),
            tls_config: http.tls_config.as_ref(),
            bearer_token_file: None,
            bearer_token_secret: None,
            proxy_headers: headers(Some(&http.proxy)),
        }
    }
}

fn headers(proxy: Option<&ProxyConfig>) -> Option<&BTreeMap<String, Vec<KeySelector>>> {
    proxy?.proxy_connect_header.as_ref()
}
