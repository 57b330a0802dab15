//! Turns a manifest's tree into a typed `ScrapeConfig` resource.

use super::{
    constraints::not_empty,
    error::ManifestError,
    fields::{Reader, list, text},
    http_config::http_config,
    read_discovery as discovery,
    resource::{Head, Kind, head},
    schema_scrape_config as schema,
    scrape_config_resource::ScrapeConfigResource,
    service_discovery_other as other,
    settings::settings,
    user_rule::user_rule,
    values::{ESCAPING_SCHEMES, Scheme, VALIDATION_SCHEMES},
    values_read::duration,
};
use crate::yaml::node::Node;

const KIND: Kind = Kind {
    name: "ScrapeConfig",
    api_version: "monitoring.coreos.com/v1alpha1",
    spec: &schema::SPEC,
};

/// The texts and lists that are not empty if they are there (spec A7).
const NOT_EMPTY: &[&str] = &[
    "jobName",
    "metricsPath",
    "relabelings",
    "metricRelabelings",
    "scrapeProtocols",
];

pub(super) fn scrape_config(
    node: &Node,
    reader: &mut Reader,
) -> Result<ScrapeConfigResource, ManifestError> {
    let Head {
        name,
        namespace,
        labels,
        fields,
    } = head(node, &KIND, reader)?;
    not_empty(&fields, NOT_EMPTY, reader);
    let mut rules = |key| {
        fields.list(key, |node, path| {
            user_rule(node, path, &schema::RULE, reader)
        })
    };
    let relabelings = rules("relabelings");
    let metric_relabelings = rules("metricRelabelings");
    let params = fields.map("params", |node, path| list(node, path, text));
    Ok(ScrapeConfigResource {
        name,
        namespace,
        labels,
        job_name: fields.text("jobName"),
        static_configs: fields.list("staticConfigs", |node, path| {
            discovery::static_config(node, path, reader)
        }),
        file_sd_configs: fields.list("fileSDConfigs", |node, path| {
            discovery::file(node, path, reader)
        }),
        http_sd_configs: fields.list("httpSDConfigs", |node, path| {
            discovery::http(node, path, reader)
        }),
        kubernetes_sd_configs: fields.list("kubernetesSDConfigs", |node, path| {
            discovery::kubernetes(node, path, reader)
        }),
        consul_sd_configs: fields.list("consulSDConfigs", |node, path| {
            discovery::consul(node, path, reader)
        }),
        dns_sd_configs: fields.list("dnsSDConfigs", |node, path| {
            discovery::dns(node, path, reader)
        }),
        other_sd_configs: other::read(&fields, reader),
        relabelings,
        metric_relabelings,
        metrics_path: fields.text("metricsPath"),
        scrape_interval: fields.read("scrapeInterval", duration),
        scrape_timeout: fields.read("scrapeTimeout", duration),
        honor_labels: fields.flag("honorLabels"),
        honor_timestamps: fields.flag("honorTimestamps"),
        track_timestamps_staleness: fields.flag("trackTimestampsStaleness"),
        params: params.unwrap_or_default(),
        scheme: fields.choice("scheme", Scheme::WORDS),
        enable_compression: fields.flag("enableCompression"),
        http: http_config(&fields, reader),
        name_validation_scheme: fields.choice("nameValidationScheme", VALIDATION_SCHEMES),
        name_escaping_scheme: fields.choice("nameEscapingScheme", ESCAPING_SCHEMES),
        settings: settings(&fields),
        warnings: reader.warnings.clone(),
    })
}
