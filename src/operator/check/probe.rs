//! Checks a `Probe`, in the Operator's order (spec C30-C36).

use super::{
    address, api, duration,
    rejection::{Found, Rejections},
    relabel,
    request::Request,
    rule, scrape_class, static_labels,
};
use crate::operator::{
    access::Access,
    config::OperatorConfig,
    probe::{Probe, ProbeTargets, Prober},
};

impl Probe {
    /// Checks the probe; see [`check`](super::super::check()).
    ///
    /// # Errors
    /// Those of [`check`](super::super::check()).
    pub fn check(&self, settings: &OperatorConfig) -> Result<(), Rejections> {
        let mut found = Found::default();
        found.warnings(&self.warnings);
        api::resource(&self.name, &self.settings, &mut found);
        scrape_class::named(&self.settings, settings, &mut found);
        let ProbeTargets {
            static_config,
            ingress,
        } = &self.targets;
        if static_config.is_none() && ingress.is_none() {
            let reason = "neither `staticConfig` nor `ingress`: nothing is probed";
            found.add(&rule::PROBE_TARGETS, "spec.targets", reason);
        }
        let access = Access::from(self);
        let request = Request {
            settings,
            namespace: &self.namespace,
        };
        request.access(&access, "spec", &mut found);
        duration::own(
            (&self.interval, "spec.interval"),
            (&self.scrape_timeout, "spec.scrapeTimeout"),
            settings,
            &mut found,
        );
        let version = &settings.version;
        let rules = |rules, place: &str, found: &mut Found| {
            relabel::rules(rules, place, version, found);
        };
        rules(
            &self.metric_relabelings,
            "spec.metricRelabelings",
            &mut found,
        );
        if let Some(config) = static_config {
            let place = "spec.targets.staticConfig";
            let labels = format!("{place}.labels");
            let broken = &rule::PROBE_LABEL;
            static_labels::names(&config.labels, &labels, broken, version, &mut found);
            let place = format!("{place}.relabelingConfigs");
            rules(&config.relabeling_configs, &place, &mut found);
        }
        if let Some(ingress) = ingress {
            let place = "spec.targets.ingress.relabelingConfigs";
            rules(&ingress.relabeling_configs, place, &mut found);
        }
        let default = Prober::default();
        let prober = self.prober.as_ref().unwrap_or(&default);
        request.proxy(&prober.proxy, &access, "spec.prober", &mut found);
        if let Some(problem) = address::problem(&prober.url) {
            found.add(&rule::PROBER_URL, "spec.prober.url", problem);
        }
        Rejections::result(found.list)
    }
}
