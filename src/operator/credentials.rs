//! How Prometheus authenticates to a target: the fields of a monitor, and what they refer to.

use std::collections::BTreeMap;

use super::{
    error::ManifestError,
    fields::{Level, Reader, text},
    key_selector::{KeySelector, SecretOrConfigMap, key_selector, secret_or_config_map},
    proxy::{self, ProxyConfig, url},
    tls::{self, TlsConfig},
};
use crate::yaml::node::Node;

/// `authorization`: an `Authorization` header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Authorization {
    /// `type`, `Bearer` unless given.
    pub auth_type: Option<String>,
    /// The text after the type.
    pub credentials: Option<KeySelector>,
    /// The same from a file; only a scrape class may name one.
    pub credentials_file: Option<String>,
}

impl Authorization {
    /// Returns the type as written, without the blanks around it.
    pub(super) fn type_or_default(&self) -> &str {
        match self.auth_type.as_deref() {
            None | Some("") => "Bearer",
            Some(written) => written.trim(),
        }
    }
}

/// `basicAuth`: a user and a password.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BasicAuth {
    /// Where the user's name is.
    pub username: KeySelector,
    /// Where the password is.
    pub password: KeySelector,
}

/// `oauth2`: a token that is requested first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OAuth2 {
    /// Where the client's ID is.
    pub client_id: SecretOrConfigMap,
    /// Where the client's secret is.
    pub client_secret: KeySelector,
    /// The URL that the token is requested from.
    pub token_url: String,
    /// The scopes to request.
    pub scopes: Vec<String>,
    /// Further parameters of the request.
    pub endpoint_params: BTreeMap<String, String>,
    /// How to connect to that URL.
    pub tls_config: Option<TlsConfig>,
    /// The proxy to go through.
    pub proxy: ProxyConfig,
}

static BASIC_AUTH: Level = Level {
    place: "basicAuth",
    known: &[&["username", "password"]],
    aside: &[],
};

/// The schema of a monitor's `authorization`.
pub(super) static AUTHORIZATION: Level = Level {
    place: "authorization",
    known: &[&["type", "credentials"]],
    aside: &[],
};

/// The schema of a scrape class's `authorization`, which may name a file.
pub(super) static AUTHORIZATION_WITH_FILE: Level = Level {
    place: "scrapeClasses[].authorization",
    known: &[&["type", "credentials", "credentialsFile"]],
    aside: &[],
};

static OAUTH2: Level = Level {
    place: "oauth2",
    known: &[&[
        "clientId",
        "clientSecret",
        "tokenUrl",
        "scopes",
        "endpointParams",
        "tlsConfig",
        "proxyUrl",
        "noProxy",
        "proxyFromEnvironment",
        "proxyConnectHeader",
    ]],
    aside: &[],
};

pub(super) fn authorization(
    node: &Node,
    path: &str,
    level: &'static Level,
    reader: &mut Reader,
) -> Result<Authorization, ManifestError> {
    let fields = reader.fields(node, path, level)?;
    Ok(Authorization {
        auth_type: fields.text("type"),
        credentials: fields.read("credentials", |node, path| key_selector(node, path, reader)),
        credentials_file: fields.text("credentialsFile"),
    })
}

pub(super) fn basic_auth(
    node: &Node,
    path: &str,
    reader: &mut Reader,
) -> Result<BasicAuth, ManifestError> {
    let fields = reader.fields(node, path, &BASIC_AUTH)?;
    let mut key = |name| fields.read(name, |node, path| key_selector(node, path, reader));
    Ok(BasicAuth {
        username: key("username").unwrap_or_default(),
        password: key("password").unwrap_or_default(),
    })
}

pub(super) fn oauth2(
    node: &Node,
    path: &str,
    reader: &mut Reader,
) -> Result<OAuth2, ManifestError> {
    let fields = reader.fields(node, path, &OAUTH2)?;
    fields.require("clientId", "it names the client");
    fields.require("clientSecret", "it proves who the client is");
    fields.require("tokenUrl", "the token is fetched there");
    Ok(OAuth2 {
        client_id: fields
            .read("clientId", |node, path| {
                secret_or_config_map(node, path, reader)
            })
            .unwrap_or_default(),
        client_secret: fields
            .read("clientSecret", |node, path| {
                key_selector(node, path, reader)
            })
            .unwrap_or_default(),
        token_url: fields
            .read("tokenUrl", |node, path| {
                url(node, path, &["http://", "https://"])
            })
            .unwrap_or_default(),
        scopes: fields.texts("scopes"),
        endpoint_params: fields.map("endpointParams", text).unwrap_or_default(),
        tls_config: fields.read("tlsConfig", |node, path| {
            tls::tls_config(node, path, &tls::SAFE_TLS_CONFIG, reader)
        }),
        proxy: proxy::read(&fields, reader),
    })
}
