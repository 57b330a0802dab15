//! How a connection is encrypted: the fields of a monitor.

use super::{
    error::ManifestError,
    fields::{Level, Reader},
    key_selector::{KeySelector, SecretOrConfigMap, key_selector, secret_or_config_map},
};
use crate::yaml::node::Node;

/// `tlsConfig`: how to encrypt. A `ServiceMonitor` and a scrape class may name files on Prometheus' machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TlsConfig {
    /// The certificate authority to trust.
    pub ca: SecretOrConfigMap,
    /// The client's certificate.
    pub cert: SecretOrConfigMap,
    /// The certificate's key.
    pub key_secret: Option<KeySelector>,
    /// The certificate authority to trust, from a file.
    pub ca_file: Option<String>,
    /// The client's certificate, from a file.
    pub cert_file: Option<String>,
    /// The certificate's key, from a file.
    pub key_file: Option<String>,
    /// The name that the server must have.
    pub server_name: Option<String>,
    /// Whether to skip the check of the server's certificate.
    pub insecure_skip_verify: Option<bool>,
    /// The lowest version of TLS.
    pub min_version: Option<TlsVersion>,
    /// The highest version of TLS.
    pub max_version: Option<TlsVersion>,
}

/// A version of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
#[non_exhaustive]
pub enum TlsVersion {
    Tls10,
    Tls11,
    Tls12,
    Tls13,
}

impl TlsVersion {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("TLS10", TlsVersion::Tls10),
        ("TLS11", TlsVersion::Tls11),
        ("TLS12", TlsVersion::Tls12),
        ("TLS13", TlsVersion::Tls13),
    ];

    /// Returns the version as Prometheus and the manifest write it: `TLS12`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        let known = Self::WORDS.iter().find(|(_, version)| *version == self);
        known.map_or("", |(word, _)| word)
    }
}

/// The fields that do not name a file.
pub(super) static SAFE_TLS_CONFIG: Level = Level {
    place: "tlsConfig",
    known: &[&[
        "ca",
        "cert",
        "keySecret",
        "serverName",
        "insecureSkipVerify",
        "minVersion",
        "maxVersion",
    ]],
    aside: &[],
};

/// All fields.
pub(super) static TLS_CONFIG: Level = Level {
    place: "tlsConfig",
    known: &[&[
        "ca",
        "cert",
        "keySecret",
        "caFile",
        "certFile",
        "keyFile",
        "serverName",
        "insecureSkipVerify",
        "minVersion",
        "maxVersion",
    ]],
    aside: &[],
};

pub(super) fn tls_config(
    node: &Node,
    path: &str,
    level: &'static Level,
    reader: &mut Reader,
) -> Result<TlsConfig, ManifestError> {
    let fields = reader.fields(node, path, level)?;
    let either = |key, reader: &mut Reader| {
        (fields.read(key, |node, path| secret_or_config_map(node, path, reader)))
            .unwrap_or_default()
    };
    Ok(TlsConfig {
        ca: either("ca", reader),
        cert: either("cert", reader),
        key_secret: fields.read("keySecret", |node, path| key_selector(node, path, reader)),
        ca_file: fields.text("caFile"),
        cert_file: fields.text("certFile"),
        key_file: fields.text("keyFile"),
        server_name: fields.text("serverName"),
        insecure_skip_verify: fields.flag("insecureSkipVerify"),
        min_version: fields.choice("minVersion", TlsVersion::WORDS),
        max_version: fields.choice("maxVersion", TlsVersion::WORDS),
    })
}
