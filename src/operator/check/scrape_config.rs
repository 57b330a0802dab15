//! Checks a `ScrapeConfig` resource, in the Operator's order (spec C40-C49).

use super::{
    api,
    discovery::Discovery,
    duration,
    rejection::{Found, Rejections},
    relabel,
    request::Request,
    rule, scrape_class,
};
use crate::operator::{
    access::Access, config::OperatorConfig, scrape_config_resource::ScrapeConfigResource,
};

impl ScrapeConfigResource {
    /// Checks the resource; see [`check`](super::super::check()).
    ///
    /// # Errors
    /// Those of [`check`](super::super::check()).
    pub fn check(&self, settings: &OperatorConfig) -> Result<(), Rejections> {
        let mut found = Found::default();
        found.warnings(&self.warnings);
        api::resource(&self.name, &self.settings, &mut found);
        self.one_identity(&mut found);
        scrape_class::named(&self.settings, settings, &mut found);
        let version = &settings.version;
        relabel::rules(&self.relabelings, "spec.relabelings", version, &mut found);
        let access = Access::from(&self.http);
        let request = Request {
            settings,
            namespace: &self.namespace,
        };
        request.access(&access, "spec", &mut found);
        duration::own(
            (&self.scrape_interval, "spec.scrapeInterval"),
            (&self.scrape_timeout, "spec.scrapeTimeout"),
            settings,
            &mut found,
        );
        request.proxy(&self.http.proxy, &access, "spec", &mut found);
        let place = "spec.metricRelabelings";
        relabel::rules(&self.metric_relabelings, place, version, &mut found);
        Discovery { request }.all(self, &mut found);
        Rejections::result(found.list)
    }

    /// Checks what the API server itself compares (spec A9).
    fn one_identity(&self, found: &mut Found) {
        let given = [
            ("`basicAuth`", self.http.basic_auth.is_some()),
            ("`authorization`", self.http.authorization.is_some()),
            ("`oauth2`", self.http.oauth2.is_some()),
        ];
        let names = given.iter().filter(|(_, is_given)| *is_given);
        let names: Vec<&str> = names.map(|(name, _)| *name).collect();
        if names.len() > 1 {
            let reason = format!("{}: only one of them can be", names.join(" and "));
            found.add(&rule::CEL, "spec", reason);
        }
    }
}
