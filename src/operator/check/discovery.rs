//! Checks the service discoveries of a `ScrapeConfig` resource (spec C41-C47, C49).

use super::{
    discovery_kinds, kubernetes, needs::needs, rejection::Found, request::Request, rule,
    static_labels,
};
use crate::operator::{
    proxy::go_url_error,
    scrape_config_resource::ScrapeConfigResource,
    service_discovery::{ConsulSdConfig, DnsRecordType},
    service_discovery_kinds::KINDS,
    version::Version,
};

/// What the checks of discoveries need.
pub(super) struct Discovery<'m> {
    pub(super) request: Request<'m>,
}

impl Discovery<'_> {
    pub(super) fn all(&self, resource: &ScrapeConfigResource, found: &mut Found) {
        let version = &self.request.settings.version;
        for (index, config) in resource.static_configs.iter().enumerate() {
            let place = format!("spec.staticConfigs[{index}].labels");
            static_labels::names(&config.labels, &place, &rule::STATIC_LABEL, version, found);
        }
        self.whatever_is_used("HTTP", Version::new(2, 28, 0), found);
        for (index, sd) in resource.http_sd_configs.iter().enumerate() {
            let place = format!("spec.httpSDConfigs[{index}]");
            if let Some(problem) = go_url_error(&sd.url) {
                let reason = format!("not a URL: {problem}");
                found.add(&rule::HTTP_SD_URL, format!("{place}.url"), reason);
            }
            self.request.server(&sd.http, &place, found);
        }
        for (index, sd) in resource.kubernetes_sd_configs.iter().enumerate() {
            let place = format!("spec.kubernetesSDConfigs[{index}]");
            kubernetes::discovery(sd, &place, version, found);
            self.request.server(&sd.http, &place, found);
        }
        for (index, sd) in resource.consul_sd_configs.iter().enumerate() {
            let place = format!("spec.consulSDConfigs[{index}]");
            self.consul(sd, &place, found);
        }
        for (index, sd) in resource.dns_sd_configs.iter().enumerate() {
            let record_type = sd.record_type.filter(|known| *known != DnsRecordType::Srv);
            if let (Some(record_type), None) = (record_type, sd.port) {
                let reason = format!("missing: {} records have none", record_type.as_str());
                let path = format!("spec.dnsSDConfigs[{index}].port");
                found.add(&rule::DNS_PORT, path, reason);
            }
        }
        self.passed_on(resource, found);
    }

    fn consul(&self, sd: &ConsulSdConfig, place: &str, found: &mut Found) {
        let version = &self.request.settings.version;
        let fields = [
            ("pathPrefix", &sd.path_prefix, Version::new(2, 45, 0)),
            ("namespace", &sd.namespace, Version::new(2, 28, 0)),
            ("filter", &sd.filter, Version::new(3, 0, 0)),
            ("healthFilter", &sd.health_filter, Version::new(3, 11, 2)),
        ];
        for (key, value, since) in fields {
            if value.is_some() && *version < since {
                let reason = needs(&since, version);
                found.add(&rule::CONSUL_VERSION, format!("{place}.{key}"), reason);
            }
        }
        self.request.server(&sd.http, place, found);
        if let Some(key) = &sd.token_ref {
            self.request.secret(key, format!("{place}.tokenRef"), found);
        }
    }

    /// Checks the kinds that are passed on. The Operator compares versions of some kinds even if they are not
    /// used.
    fn passed_on(&self, resource: &ScrapeConfigResource, found: &mut Found) {
        let mut items = resource.other_sd_configs.iter().peekable();
        for kind in KINDS {
            if let Some((name, since)) = discovery_kinds::since(kind.key) {
                self.whatever_is_used(name, since, found);
            }
            while let Some(sd) = items.next_if(|sd| sd.kind.key == kind.key) {
                discovery_kinds::item(sd, &self.request, found);
            }
        }
    }

    /// Checks the version for a kind of discovery that need not be there (spec C42).
    fn whatever_is_used(&self, name: &str, since: Version, found: &mut Found) {
        let version = &self.request.settings.version;
        if *version < since {
            let reason = format!(
                "{}: the Operator asks for what {name} discovery needs, even without one",
                needs(&since, version)
            );
            found.add(&rule::SD_VERSION, "spec", reason);
        }
    }
}
