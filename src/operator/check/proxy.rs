//! Checks for proxies that contradict themselves (spec C23a-C23f). They are refused even for versions of
//! Prometheus that would not get the fields.

use super::{rejection::Found, rule};
use crate::operator::{
    monitor::Endpoint,
    proxy::{ProxyConfig, go_url_error},
    rules::given,
};

pub(super) fn endpoint(endpoint: &Endpoint, place: &str, found: &mut Found) {
    let proxy = ProxyConfig {
        proxy_url: endpoint.proxy_url.clone(),
        no_proxy: endpoint.no_proxy.clone(),
        proxy_from_environment: endpoint.proxy_from_environment,
        proxy_connect_header: endpoint.proxy_connect_header.clone(),
    };
    config(&proxy, place, found);
}

pub(super) fn config(proxy: &ProxyConfig, place: &str, found: &mut Found) {
    let url = proxy.proxy_url.as_deref();
    let from_environment = proxy.proxy_from_environment == Some(true);
    let has_no_proxy = given(&proxy.no_proxy).is_some();
    let headers = proxy.proxy_connect_header.as_ref();
    let has_url = url.is_some_and(|url| !url.is_empty());
    let at = |key: &str| format!("{place}.{key}");
    if let Some(problem) = url.filter(|_| has_url).and_then(go_url_error) {
        found.add(&rule::URL, at("proxyUrl"), format!("not a URL: {problem}"));
    }
    if from_environment && has_no_proxy {
        let reason = "stands beside `proxyFromEnvironment`, and the environment says it then";
        found.add(&rule::PROXY_ENV_AND_NO_PROXY, at("noProxy"), reason);
    }
    if from_environment && has_url {
        let reason = "stands beside `proxyUrl`, only one of them can be";
        found.add(&rule::PROXY_ENV_AND_URL, at("proxyFromEnvironment"), reason);
    }
    if has_no_proxy && !has_url && !from_environment {
        let reason = "without `proxyUrl` there is no proxy to go without";
        found.add(&rule::NO_PROXY_WITHOUT_URL, at("noProxy"), reason);
    }
    if headers.is_some_and(|headers| !headers.is_empty()) && !has_url && !from_environment {
        let reason = "without `proxyUrl` or `proxyFromEnvironment` there is no proxy to send it to";
        found.add(
            &rule::PROXY_HEADER_WITHOUT_PROXY,
            at("proxyConnectHeader"),
            reason,
        );
    }
    for (name, values) in headers.into_iter().flatten() {
        let is_empty = |key: &crate::operator::key_selector::KeySelector| {
            key.name.is_empty() && key.key.is_empty()
        };
        let path = at(&format!("proxyConnectHeader.{name}"));
        if values.is_empty() {
            let reason = "empty: the header needs a value";
            found.add(&rule::PROXY_HEADER_EMPTY, path, reason);
        } else if let Some(index) = values.iter().position(is_empty) {
            let reason = "names neither a Secret nor a key";
            found.add(
                &rule::PROXY_HEADER_EMPTY,
                format!("{path}[{index}]"),
                reason,
            );
        }
    }
}
