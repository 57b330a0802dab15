//! Finds what a Probe or a ScrapeConfig probably does not mean, although a cluster accepts it.

use super::{
    discovered::Discovery,
    list::{REFUSED, Remarks},
};
use crate::discovery::kubernetes::meta_labels::Roles;
use crate::operator::{
    http_config::HttpConfig, probe::Probe, scrape_config_resource::ScrapeConfigResource,
};
use crate::relabel::RuleConfig;
use crate::relabel::remark::{kind::RemarkKind, subject::Subject};

pub(super) fn probe(probe: &Probe, remarks: &mut Remarks) {
    let times = [
        ("interval", &probe.interval),
        ("scrapeTimeout", &probe.scrape_timeout),
    ];
    remarks.intervals(times, "spec");
    let given = [
        ("authorization", probe.authorization.is_some()),
        ("basicAuth", probe.basic_auth.is_some()),
        ("bearerTokenSecret", probe.bearer_token_secret.is_some()),
        ("oauth2", probe.oauth2.is_some()),
    ];
    remarks.identities(&given, "spec");
    if let Some(listed) = &probe.targets.static_config {
        remarks.rules(
            &listed.relabeling_configs,
            Subject::Targets,
            &Discovery::UNKNOWN,
            "spec.targets.staticConfig.relabelingConfigs",
        );
    }
    if let Some(ingress) = &probe.targets.ingress {
        remarks.rules(
            &ingress.relabeling_configs,
            Subject::Targets,
            &Discovery::of_monitor(Roles::INGRESS),
            "spec.targets.ingress.relabelingConfigs",
        );
    }
    remarks.rules(
        &probe.metric_relabelings,
        Subject::Samples,
        &Discovery::UNKNOWN,
        "spec.metricRelabelings",
    );
}

pub(super) fn scrape_config(resource: &ScrapeConfigResource, remarks: &mut Remarks) {
    let times = [
        ("scrapeInterval", &resource.scrape_interval),
        ("scrapeTimeout", &resource.scrape_timeout),
    ];
    remarks.intervals(times, "spec");
    remarks.size(&resource.settings.body_size_limit);
    let writes_address = |rule: &RuleConfig| rule.target_label.as_deref() == Some("__address__");
    // Where a rule writes the address, targets may be anything, such as what a prober asks for.
    let is_free = resource.relabelings.iter().any(writes_address);
    let listed = resource.static_configs.iter().enumerate();
    for (index, group) in listed.filter(|_| !is_free) {
        for (at, target) in group.targets.iter().enumerate() {
            remarks.address(
                target,
                &format!("spec.staticConfigs[{index}].targets[{at}]"),
            );
        }
    }
    let mut http = |key: &str, index: usize, config: &HttpConfig| {
        let given = [
            ("authorization", config.authorization.is_some()),
            ("basicAuth", config.basic_auth.is_some()),
            ("oauth2", config.oauth2.is_some()),
        ];
        remarks.identities(&given, &format!("spec.{key}[{index}]"));
    };
    for (index, sd) in resource.http_sd_configs.iter().enumerate() {
        http("httpSDConfigs", index, &sd.http);
    }
    for (index, sd) in resource.kubernetes_sd_configs.iter().enumerate() {
        http("kubernetesSDConfigs", index, &sd.http);
    }
    for (index, sd) in resource.consul_sd_configs.iter().enumerate() {
        http("consulSDConfigs", index, &sd.http);
    }
    let discovery = discovery(resource);
    let lists = [
        ("relabelings", Subject::Targets, &resource.relabelings),
        (
            "metricRelabelings",
            Subject::Samples,
            &resource.metric_relabelings,
        ),
    ];
    for (key, subject, rules) in lists {
        remarks.rules(rules, subject, &discovery, &format!("spec.{key}"));
    }
}

/// Returns what the resource discovers, where that is Kubernetes alone.
fn discovery(resource: &ScrapeConfigResource) -> Discovery {
    let elsewhere = resource.static_configs.len()
        + resource.file_sd_configs.len()
        + resource.http_sd_configs.len()
        + resource.consul_sd_configs.len()
        + resource.dns_sd_configs.len()
        + resource.other_sd_configs.len();
    let roles = (resource.kubernetes_sd_configs.iter()).map(|sd| Roles::named(sd.role.as_str()));
    match roles.reduce(Roles::or) {
        Some(roles) if elsewhere == 0 => Discovery::of_monitor(roles),
        _ => Discovery::UNKNOWN,
    }
}

impl Remarks {
    /// Looks for two ways of authentication, which nobody checks before Prometheus does.
    fn identities(&mut self, given: &[(&str, bool)], place: &str) {
        let mut given = given.iter().filter(|(_, is_given)| *is_given);
        if let (Some((first, _)), Some((second, _))) = (given.next(), given.next()) {
            self.add(
                RemarkKind::TwoIdentities,
                format!("{place}.{second}"),
                format!("stands beside `{first}`: {REFUSED}"),
                "leave one of them out",
            );
        }
    }

    /// Looks at a target that is listed.
    fn address(&mut self, target: &str, path: &str) {
        let bare = target.split_once("://").map_or(target, |(_, rest)| rest);
        let bare = bare.split('/').next().unwrap_or_default();
        if bare != target {
            self.add(
                RemarkKind::NotAnAddress,
                path,
                format!("{target:?} is not a host with a port: Prometheus drops the target"),
                format!("write {bare:?}, and `scheme` and `metricsPath` for the rest"),
            );
        }
    }
}
