//! Renders a `ScrapeConfig` resource, as the Operator does.

use super::{
    access::Access,
    config::OperatorConfig,
    connection::{Entries, add, add_flag, text},
    origin::Origin,
    render_discovery::Discovery,
    render_job::Job,
    rules::{RuleList, given},
    scrape_config::{Form, Layout, RenderedRule, ScrapeConfig},
    scrape_config_resource::ScrapeConfigResource,
    scrape_config_write::sort,
    values::Scheme,
    version::Version,
};
use crate::relabel::{Action, RuleConfig};

impl ScrapeConfigResource {
    /// Renders the resource; see [`render`](super::render).
    #[must_use]
    pub fn render(&self, config: &OperatorConfig) -> Vec<ScrapeConfig> {
        if config.daemon_set {
            return Vec::new();
        }
        let job = Job::new(
            config,
            &self.settings,
            "scrapeconfigs",
            &self.namespace,
            &self.name,
        );
        let discovery = Discovery::new(&job);
        let proxy = &self.http.proxy;
        let written = |text| given(text).map(str::to_owned);
        let honor =
            |user: Option<bool>, is_overridden: bool| user.map(|user| user && !is_overridden);
        let timestamps = honor(self.honor_timestamps, config.override_honor_timestamps);
        let mut http = job.connection().entries(&Access::from(&self.http));
        sort(&mut http, &Layout::Resource);
        vec![ScrapeConfig {
            job_name: format!("scrapeConfig/{}/{}", self.namespace, self.name),
            honor_timestamps: config.since(9, timestamps),
            track_timestamps_staleness: config.since(48, self.track_timestamps_staleness),
            honor_labels: honor(self.honor_labels, config.override_honor_labels),
            metrics_path: written(&self.metrics_path),
            params: (!self.params.is_empty()).then(|| self.params.clone()),
            enable_http2: config.since(35, self.http.enable_http2),
            scrape_interval: written(&self.scrape_interval),
            scrape_timeout: written(&self.scrape_timeout),
            scheme: self.scheme.map(Scheme::as_str).map(str::to_owned),
            proxy_url: proxy.proxy_url.clone(),
            no_proxy: config.since(43, proxy.no_proxy.clone()),
            proxy_from_environment: config.since(43, proxy.proxy_from_environment),
            http,
            kubernetes_sd_configs: (self.kubernetes_sd_configs.iter())
                .map(|sd| discovery.kubernetes(sd))
                .collect(),
            relabel_configs: self.rules(&job),
            metric_relabel_configs: job
                .metric_rules(&self.metric_relabelings, "spec.metricRelabelings"),
            other: self.others(config, &discovery),
            layout: Layout::Resource,
            ..job.settings(&self.settings)
        }]
    }

    /// Returns the entries under keys without a field of their own.
    fn others(&self, config: &OperatorConfig, discovery: &Discovery<'_>) -> Entries {
        let mut entries = Entries::new();
        let compression = config.since(49, self.enable_compression);
        add_flag(&mut entries, "enable_compression", compression);
        discovery.add_all(self, &mut entries);
        let since = |minor| config.version >= Version::new(3, minor, 0);
        if let Some(scheme) = self.name_validation_scheme.filter(|_| since(0)) {
            let scheme = text(&scheme.to_string());
            add(&mut entries, "metric_name_validation_scheme", scheme);
        }
        if let Some(scheme) = self.name_escaping_scheme.filter(|_| since(4)) {
            let scheme = text(&scheme.to_string());
            add(&mut entries, "metric_name_escaping_scheme", scheme);
        }
        entries
    }

    /// Returns the rules for targets (spec M50).
    fn rules(&self, job: &Job<'_>) -> Vec<RenderedRule> {
        let config = job.config;
        let mut rules = RuleList::default();
        rules.job_name();
        rules.class(job.class);
        if let Some(name) = given(&self.job_name) {
            let config = RuleConfig::new()
                .target_label("job")
                .action(Action::Replace)
                .replacement(name);
            rules.push(config, Origin::generated("spec.jobName"), Form::JobName);
        }
        rules.own(&self.relabelings, "spec.relabelings");
        if !self.relabelings.is_empty() {
            rules.enforced_namespace(job.enforced, &self.namespace);
        }
        // Somebody who hashes has sharding of their own.
        if config.shard_count() > 1 && !rules.has(Action::HashMod) {
            rules.sharding(config, "__address__");
        }
        rules.into_rules()
    }
}
