//! How something is requested over HTTP: authentication, encryption, proxy.

use super::{
    credentials::{self, Authorization, BasicAuth, OAuth2},
    fields::{Fields, Reader},
    proxy::{self, ProxyConfig},
    tls::{self, TlsConfig},
};

/// How a `ScrapeConfig`'s targets, or the server of one of its discoveries, are requested over HTTP. Fields are
/// named as in the manifest, where they stand beside the other fields there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpConfig {
    /// A user and a password.
    pub basic_auth: Option<BasicAuth>,
    /// An `Authorization` header.
    pub authorization: Option<Authorization>,
    /// A token that is requested first.
    pub oauth2: Option<OAuth2>,
    /// The proxy to go through.
    pub proxy: ProxyConfig,
    /// How the connection is encrypted.
    pub tls_config: Option<TlsConfig>,
    /// Whether redirects are followed. Only discoveries have it.
    pub follow_redirects: Option<bool>,
    /// Whether HTTP/2 is used.
    pub enable_http2: Option<bool>,
}

/// The keys of a proxy.
pub(super) const PROXY: &[&str] = &[
    "noProxy",
    "proxyConnectHeader",
    "proxyFromEnvironment",
    "proxyUrl",
];

/// The keys of a server that a discovery asks.
pub(super) const CLIENT: &[&str] = &["enableHTTP2", "followRedirects", "tlsConfig"];

/// The keys of a user's identity.
pub(super) const IDENTITY: &[&str] = &["authorization", "basicAuth", "oauth2"];

/// Reads the settings among the fields of their place, as far as the place has them.
pub(super) fn http_config(fields: &Fields<'_>, reader: &mut Reader) -> HttpConfig {
    HttpConfig {
        basic_auth: fields.read("basicAuth", |node, path| {
            credentials::basic_auth(node, path, reader)
        }),
        authorization: fields.read("authorization", |node, path| {
            credentials::authorization(node, path, &credentials::AUTHORIZATION, reader)
        }),
        oauth2: fields.read("oauth2", |node, path| {
            credentials::oauth2(node, path, reader)
        }),
        proxy: proxy::read(fields, reader),
        tls_config: fields.read("tlsConfig", |node, path| {
            tls::tls_config(node, path, &tls::SAFE_TLS_CONFIG, reader)
        }),
        follow_redirects: fields.flag("followRedirects"),
        enable_http2: fields.flag("enableHTTP2"),
    }
}
