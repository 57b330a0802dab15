//! Checks for authentication that contradicts itself or is incomplete (spec C21a-C21d).

use super::{proxy, rejection::Found, rule, tls};
use crate::operator::{
    access::Access,
    credentials::{Authorization, OAuth2},
    key_selector::SecretOrConfigMap,
};

/// Checks what a monitor's endpoint has.
pub(super) fn endpoint(access: &Access<'_>, place: &str, found: &mut Found) {
    let given = [
        ("authorization", access.authorization.is_some()),
        ("basicAuth", access.basic_auth.is_some()),
        ("bearerTokenSecret", access.bearer_token_secret.is_some()),
        ("oauth2", access.oauth2.is_some()),
    ];
    let mut given = given.iter().filter(|(_, is_given)| *is_given);
    if let Some((first, _)) = given.next() {
        for (other, _) in given {
            let reason = format!("stands beside `{first}`, only one of them can be");
            found.add(&rule::AUTH_CONFLICT, format!("{place}.{other}"), reason);
        }
    }
    if let Some(authorization) = access.authorization {
        let place = format!("{place}.authorization");
        not_basic(authorization, &place, found);
        if authorization.credentials.is_none() {
            let reason = "missing: it names the Secret";
            found.add(
                &rule::CREDENTIALS_MISSING,
                format!("{place}.credentials"),
                reason,
            );
        }
    }
    if let Some(config) = access.oauth2 {
        oauth2(config, &format!("{place}.oauth2"), found);
    }
}

/// Checks what other places have, where the Operator looks less closely (spec C33, C34, C40, C44).
pub(super) fn elsewhere(access: &Access<'_>, place: &str, found: &mut Found) {
    let authorization = access.authorization;
    if let Some(authorization) = authorization.filter(|auth| auth.credentials.is_some()) {
        not_basic(authorization, &format!("{place}.authorization"), found);
    }
    if let Some(config) = access.oauth2 {
        oauth2(config, &format!("{place}.oauth2"), found);
    }
}

/// Checks, for scrape classes too, that the authorization is not basic (spec C21b).
pub(super) fn not_basic(authorization: &Authorization, place: &str, found: &mut Found) {
    if authorization
        .type_or_default()
        .eq_ignore_ascii_case("basic")
    {
        let reason = "is not a type here: write `basicAuth`";
        found.add(&rule::AUTH_BASIC, format!("{place}.type"), reason);
    }
}

fn oauth2(config: &OAuth2, place: &str, found: &mut Found) {
    let path = format!("{place}.clientId");
    match &config.client_id {
        SecretOrConfigMap {
            secret: None,
            config_map: None,
        } => {
            let reason = "empty: it names a Secret or a ConfigMap";
            found.add(&rule::CLIENT_ID_MISSING, path, reason);
        }
        SecretOrConfigMap {
            secret: Some(_),
            config_map: Some(_),
        } => found.add(&rule::CLIENT_ID_TWICE, path, tls::BOTH),
        _ => {}
    }
    if let Some(config) = &config.tls_config {
        tls::config(config, &format!("{place}.tlsConfig"), found);
    }
    proxy::config(&config.proxy, place, found);
}
