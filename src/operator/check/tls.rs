//! Checks for certificates and keys that do not fit together (spec C22a-C22e).

use super::{rejection::Found, rule};
use crate::operator::{
    access::Access, assets::Assets, key_selector::SecretOrConfigMap, pem, rules::given,
    tls::TlsConfig,
};

/// The message for a Secret and a ConfigMap that are both given.
pub(super) const BOTH: &str = "a Secret and a ConfigMap: only one of them can be";

pub(super) fn config(config: &TlsConfig, place: &str, found: &mut Found) {
    let at = |key: &str| format!("{place}.{key}");
    let sources = [
        (
            "ca",
            config.ca.source().is_some(),
            "caFile",
            &config.ca_file,
        ),
        (
            "cert",
            config.cert.source().is_some(),
            "certFile",
            &config.cert_file,
        ),
        (
            "keySecret",
            config.key_secret.is_some(),
            "keyFile",
            &config.key_file,
        ),
    ];
    for (key, from_object, file_key, file) in sources {
        if from_object && given(file).is_some() {
            let reason = format!("stands beside `{key}`, only one of them can be");
            found.add(&rule::TLS_SOURCE_TWICE, at(file_key), reason);
        }
    }
    for (key, either) in [("ca", &config.ca), ("cert", &config.cert)] {
        if either.secret.is_some() && either.config_map.is_some() {
            found.add(&rule::TLS_TWICE, at(key), BOTH);
        }
    }
    let has_cert = config.cert.source().is_some() || given(&config.cert_file).is_some();
    let has_key = config.key_secret.is_some() || given(&config.key_file).is_some();
    if has_cert != has_key {
        let (key, reason) = match (has_cert, config.cert.source(), &config.key_secret) {
            (true, Some(_), _) => ("cert", "a certificate without its key"),
            (true, None, _) => ("certFile", "a certificate without its key"),
            (false, _, Some(_)) => ("keySecret", "a key without its certificate"),
            (false, _, None) => ("keyFile", "a key without its certificate"),
        };
        found.add(&rule::TLS_PAIR, at(key), reason);
    }
    if let (Some(min), Some(max)) = (config.min_version, config.max_version)
        && min > max
    {
        let reason = format!("{} is above `maxVersion`, {}", min.as_str(), max.as_str());
        found.add(&rule::TLS_VERSIONS, at("minVersion"), reason);
    }
}

/// Checks spec C22e, for what is requested and for its OAuth2 server.
pub(super) fn content(
    access: &Access<'_>,
    place: &str,
    assets: &Assets,
    namespace: &str,
    found: &mut Found,
) {
    let server = access.oauth2.and_then(|oauth2| oauth2.tls_config.as_ref());
    let configs = [
        (access.tls_config, format!("{place}.tlsConfig")),
        (server, format!("{place}.oauth2.tlsConfig")),
    ];
    for (config, place) in configs {
        if let Some(config) = config {
            config_content(config, &place, assets, namespace, found);
        }
    }
}

pub(super) fn config_content(
    config: &TlsConfig,
    place: &str,
    assets: &Assets,
    namespace: &str,
    found: &mut Found,
) {
    // What is missing has been reported already, and what is empty is not checked.
    let of = |either: &SecretOrConfigMap| {
        let (source, key) = either.source()?;
        let content = assets.find(source, namespace, key).ok()?;
        (!content.is_empty()).then_some(content)
    };
    if let Some(ca) = of(&config.ca)
        && let Err(problem) = pem::certificate(ca)
    {
        found.add(&rule::TLS_CONTENT, format!("{place}.ca"), problem);
    }
    let key = config.key_secret.as_ref().and_then(|key| {
        let source = crate::operator::key_selector::Source::Secret;
        assets.find(source, namespace, key).ok()
    });
    if let (Some(cert), Some(key)) = (of(&config.cert), key.filter(|key| !key.is_empty()))
        && let Err((of_key, problem)) = pem::key_pair(cert, key)
    {
        let field = if of_key { "keySecret" } else { "cert" };
        found.add(&rule::TLS_CONTENT, format!("{place}.{field}"), problem);
    }
}
