//! Checks how a `Probe`, a `ScrapeConfig` or a server of targets is requested (spec C33, C40, C44).

use super::{
    auth, proxy,
    references::{self, Reference},
    rejection::Found,
    tls,
};
use crate::operator::{
    access::Access, config::OperatorConfig, http_config::HttpConfig, key_selector::KeySelector,
    proxy::ProxyConfig,
};

/// What the checks of a resource need.
#[derive(Clone, Copy)]
pub(super) struct Request<'m> {
    pub(super) settings: &'m OperatorConfig,
    /// The resource's namespace.
    pub(super) namespace: &'m str,
}

impl Request<'_> {
    /// Checks authentication and encryption (spec C21b-C22e).
    pub(super) fn access(&self, access: &Access<'_>, place: &str, found: &mut Found) {
        auth::elsewhere(access, place, found);
        if let Some(config) = access.tls_config {
            tls::config(config, &format!("{place}.tlsConfig"), found);
        }
        self.resolve(&references::access(access, place), found);
        if let Some(assets) = &self.settings.assets {
            tls::content(access, place, assets, self.namespace, found);
        }
    }

    /// Checks the proxy (spec C23a-C23f) and its headers.
    pub(super) fn proxy(
        &self,
        proxy: &ProxyConfig,
        access: &Access<'_>,
        place: &str,
        found: &mut Found,
    ) {
        proxy::config(proxy, place, found);
        self.resolve(&references::headers(access, place), found);
    }

    /// Checks how a server is asked for targets.
    pub(super) fn server(&self, http: &HttpConfig, place: &str, found: &mut Found) {
        let access = Access::from(http);
        self.access(&access, place, found);
        self.proxy(&http.proxy, &access, place, found);
    }

    /// Checks that a key of a Secret exists.
    pub(super) fn secret(&self, key: &KeySelector, path: String, found: &mut Found) {
        self.resolve(&references::secret(key, path), found);
    }

    fn resolve(&self, references: &[Reference], found: &mut Found) {
        if let Some(assets) = &self.settings.assets {
            let rules = references::OF_RESOURCE;
            references::resolve(references, assets, self.namespace, rules, found);
        }
    }
}
