//! Who Prometheus is to a target: the fields of a monitor about authentication, and what they refer to.

use std::{collections::BTreeMap, fmt};

use super::{
    error::ManifestError,
    fields::{Level, Reader, text},
    node::Node,
    proxy::{self, ProxyConfig, url},
    tls::{self, TlsConfig},
};

/// A key of a Secret or of a ConfigMap in the monitor's own namespace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct KeySelector {
    /// The object's name; it may be empty, which no object is called.
    pub name: String,
    /// The key of the object's `data`.
    pub key: String,
}

/// A key of one or the other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SecretOrConfigMap {
    /// Of a Secret.
    pub secret: Option<KeySelector>,
    /// Of a ConfigMap.
    pub config_map: Option<KeySelector>,
}

impl SecretOrConfigMap {
    /// What is referred to: the Secret, where both are given.
    #[must_use]
    pub fn source(&self) -> Option<(Source, &KeySelector)> {
        let secret = self.secret.as_ref().map(|key| (Source::Secret, key));
        secret.or(self.config_map.as_ref().map(|key| (Source::ConfigMap, key)))
    }
}

/// The kind of object that a credential or certificate comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// A Secret.
    Secret,
    /// A ConfigMap.
    ConfigMap,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Source::Secret => "Secret",
            Source::ConfigMap => "ConfigMap",
        })
    }
}

/// `authorization`: an `Authorization` header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Authorization {
    /// `type`, `Bearer` unless given.
    pub auth_type: Option<String>,
    /// What follows the type.
    pub credentials: Option<KeySelector>,
    /// The same from a file; only a scrape class may name one.
    pub credentials_file: Option<String>,
}

impl Authorization {
    /// The type as it is written: blanks around it do not count.
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

/// `oauth2`: a token that is fetched first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OAuth2 {
    /// Where the client's name is.
    pub client_id: SecretOrConfigMap,
    /// Where the client's secret is.
    pub client_secret: KeySelector,
    /// Where the token is fetched.
    pub token_url: String,
    /// What it is asked for.
    pub scopes: Vec<String>,
    /// What else is sent along.
    pub endpoint_params: BTreeMap<String, String>,
    /// How to connect there.
    pub tls_config: Option<TlsConfig>,
    /// The proxy to go through.
    pub proxy: ProxyConfig,
}

static KEY_SELECTOR: Level = Level {
    place: "secret",
    known: &["name", "key", "optional"],
    aside: &[],
};

static SECRET_OR_CONFIG_MAP: Level = Level {
    place: "clientId",
    known: &["secret", "configMap"],
    aside: &[],
};

static BASIC_AUTH: Level = Level {
    place: "basicAuth",
    known: &["username", "password"],
    aside: &[],
};

/// A monitor's `authorization`.
pub(super) static AUTHORIZATION: Level = Level {
    place: "authorization",
    known: &["type", "credentials"],
    aside: &[],
};

/// A scrape class's `authorization`, which may name a file.
pub(super) static AUTHORIZATION_WITH_FILE: Level = Level {
    place: "scrapeClasses[].authorization",
    known: &["type", "credentials", "credentialsFile"],
    aside: &[],
};

static OAUTH2: Level = Level {
    place: "oauth2",
    known: &[
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
    ],
    aside: &[],
};

pub(super) fn key_selector(
    node: &Node,
    path: &str,
    reader: &mut Reader,
) -> Result<KeySelector, ManifestError> {
    let fields = reader.fields(node, path, &KEY_SELECTOR)?;
    // Whether the object may be missing, which the Operator does not care about.
    fields.flag("optional");
    Ok(KeySelector {
        name: fields.text("name").unwrap_or_default(),
        key: text(
            fields.required("key", "the key of the object's data")?,
            &fields.path("key"),
        )?,
    })
}

pub(super) fn secret_or_config_map(
    node: &Node,
    path: &str,
    reader: &mut Reader,
) -> Result<SecretOrConfigMap, ManifestError> {
    let fields = reader.fields(node, path, &SECRET_OR_CONFIG_MAP)?;
    Ok(SecretOrConfigMap {
        secret: fields.read("secret", |node, path| key_selector(node, path, reader)),
        config_map: fields.read("configMap", |node, path| key_selector(node, path, reader)),
    })
}

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
