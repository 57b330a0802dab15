//! Renders a `Probe`, as the Operator does.

use std::collections::BTreeMap;

use super::{
    access::Access,
    config::OperatorConfig,
    connection::text,
    origin::Origin,
    probe::{Probe, ProbeIngress, ProbeStaticConfig, Prober},
    render_job::Job,
    rules::{Object, RuleList, given},
    scrape_config::{Form, KubernetesSd, Layout, ScrapeConfig},
    scrape_config_write::sort,
    values::Scheme,
};
use crate::relabel::{Action, RuleConfig};
use crate::yaml::node::Node;

/// The label that the prober is told the target by.
const TARGET: &str = "__param_target";

/// The path of a prober whose manifest has none.
const PATH: &str = "/probe";

impl Probe {
    /// Renders the probe; see [`render`](super::render).
    #[must_use]
    pub fn render(&self, config: &OperatorConfig) -> Vec<ScrapeConfig> {
        if config.daemon_set {
            return Vec::new();
        }
        let job = Job::new(
            config,
            &self.settings,
            "probes",
            &self.namespace,
            &self.name,
        );
        let default = Prober::default();
        let prober = self.prober.as_ref().unwrap_or(&default);
        let written = |text| given(text).map(str::to_owned);
        let (params, order) = self.params();
        let mut entry = ScrapeConfig {
            params: (!params.is_empty()).then_some(params),
            layout: Layout::Probe { params: order },
            job_name: format!("probe/{}/{}", self.namespace, self.name),
            honor_timestamps: config.since(9, Some(!config.override_honor_timestamps)),
            metrics_path: Some(prober.path.clone().unwrap_or_else(|| PATH.to_owned())),
            scrape_interval: written(&self.interval),
            scrape_timeout: written(&self.scrape_timeout),
            scheme: prober.scheme.map(Scheme::as_str).map(str::to_owned),
            proxy_url: prober.proxy.proxy_url.clone(),
            no_proxy: config.since(43, prober.proxy.no_proxy.clone()),
            proxy_from_environment: config.since(43, prober.proxy.proxy_from_environment),
            follow_redirects: config.since(26, self.follow_redirects),
            enable_http2: config.since(35, self.enable_http2),
            http: job.connection().entries(&Access::from(self)),
            metric_relabel_configs: job
                .metric_rules(&self.metric_relabelings, "spec.metricRelabelings"),
            ..job.settings(&self.settings)
        };
        sort(&mut entry.http, &entry.layout);
        let mut rules = RuleList::default();
        rules.job_name();
        if let Some(name) = given(&self.job_name) {
            let config = RuleConfig::new().target_label("job").replacement(name);
            rules.generated(config, Origin::generated("spec.jobName"));
        }
        let targets = &self.targets;
        if let Some(config) = &targets.static_config {
            entry.other.push(self.static_configs(config));
            rules.copy("__address__", TARGET, HANDED_OVER);
            rules.copy(TARGET, "instance", INSTANCE);
            ask(prober, &mut rules);
            rules.class(job.class);
            let list = "spec.targets.staticConfig.relabelingConfigs";
            rules.own(&config.relabeling_configs, list);
        } else if let Some(ingress) = &targets.ingress {
            entry.kubernetes_sd_configs = vec![discovery(ingress, &job)];
            from_ingress(ingress, &mut rules);
            rules.copy(TARGET, "instance", INSTANCE);
            ask(prober, &mut rules);
            rules.class(job.class);
            let list = "spec.targets.ingress.relabelingConfigs";
            rules.own(&ingress.relabeling_configs, list);
        } else {
            rules.class(job.class);
        }
        rules.enforced_namespace(job.enforced, &self.namespace);
        rules.sharding(config, TARGET);
        entry.relabel_configs = rules.into_rules();
        vec![entry]
    }

    /// Returns the URL parameters, and the order in which they are written (spec M34).
    fn params(&self) -> (BTreeMap<String, Vec<String>>, Vec<String>) {
        let mut params = BTreeMap::new();
        let mut order = Vec::new();
        let mut add = |name: &str, values: Vec<String>| {
            if !params.contains_key(name) {
                params.insert(name.to_owned(), values);
                order.push(name.to_owned());
            }
        };
        if let Some(module) = given(&self.module) {
            add("module", vec![module.to_owned()]);
        }
        for param in &self.params {
            add(&param.name, param.values.clone());
        }
        (params, order)
    }

    /// Returns the listed targets; unless they have a label `namespace`, it is the probe's (spec M37).
    fn static_configs(&self, config: &ProbeStaticConfig) -> (String, Node) {
        let mut labels = config.labels.clone();
        let namespace = || self.namespace.clone();
        labels
            .entry("namespace".to_owned())
            .or_insert_with(namespace);
        let labels = labels.into_iter();
        let group = Node::Map(vec![
            (
                "targets".to_owned(),
                Node::List(config.targets.iter().map(|target| text(target)).collect()),
            ),
            (
                "labels".to_owned(),
                Node::Map(
                    labels
                        .map(|(name, value)| (name, Node::Text(value)))
                        .collect(),
                ),
            ),
        ]);
        ("static_configs".to_owned(), Node::List(vec![group]))
    }
}

const HANDED_OVER: &str = "hands the target to the prober, as the URL parameter `target`";
const INSTANCE: &str = "names the target, instead of the prober";

fn discovery(ingress: &ProbeIngress, job: &Job<'_>) -> KubernetesSd {
    KubernetesSd {
        role: "ingress".to_owned(),
        namespaces: job.searched(&ingress.namespace_selector),
        api_server: job.config.api_server.clone(),
        ..KubernetesSd::default()
    }
}

/// Selects Ingress objects, and makes a URL of each path of theirs (spec M38).
fn from_ingress(ingress: &ProbeIngress, rules: &mut RuleList) {
    let place = "spec.targets.ingress.selector";
    rules.selector(&ingress.selector, place, Object::Ingress);
    let parts = [
        "__meta_kubernetes_ingress_scheme",
        "__address__",
        "__meta_kubernetes_ingress_path",
    ];
    let url = RuleConfig::new()
        .source_labels(parts)
        .separator(";")
        .regex("(.+);(.+);(.+)")
        .target_label(TARGET)
        .replacement("${1}://${2}${3}")
        .action(Action::Replace);
    let purpose = HANDED_OVER;
    rules.push(url, Origin::Operator { purpose }, Form::Ingress);
    rules.identity(&[("namespace", "namespace"), ("ingress_name", "ingress")]);
    let address = RuleConfig::new()
        .source_labels(["__address__"])
        .separator(";")
        .regex("(.*)")
        .target_label("__tmp_ingress_address")
        .replacement("$1")
        .action(Action::Replace);
    let purpose = "remembers the Ingress' address for user rules";
    rules.push(address, Origin::Operator { purpose }, Form::Ingress);
}

/// Scrapes the prober and not the target.
fn ask(prober: &Prober, rules: &mut RuleList) {
    let config = RuleConfig::new()
        .target_label("__address__")
        .replacement(&prober.url);
    rules.generated(config, Origin::generated("spec.prober.url"));
}
