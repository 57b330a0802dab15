//! Turns a manifest's tree into a typed monitor.

use super::{
    credentials,
    error::ManifestError,
    fields::{Fields, Level, Reader, list, text},
    key_selector,
    monitor::{Endpoint, MonitorSpec, PodMetricsEndpoint, PodMonitor, ServiceMonitor},
    proxy,
    resource::{Head, Kind, head},
    schema,
    selector_read::{attach_metadata, namespace_selector, selector},
    settings, tls,
    user_rule::user_rule,
    values::{Scheme, SelectorMechanism, ServiceDiscoveryRole},
    values_read::{duration, port},
};
use crate::yaml::node::Node;

/// What differs between the two kinds of monitor.
struct Monitor {
    kind: Kind,
    rule: &'static Level,
    tls: &'static Level,
}

const API_VERSION: &str = "monitoring.coreos.com/v1";

const SERVICE_MONITOR: Monitor = Monitor {
    kind: Kind {
        name: "ServiceMonitor",
        api_version: API_VERSION,
        spec: &schema::SERVICE_MONITOR_SPEC,
    },
    rule: &schema::ENDPOINT_RULE,
    tls: &tls::TLS_CONFIG,
};

const POD_MONITOR: Monitor = Monitor {
    kind: Kind {
        name: "PodMonitor",
        api_version: API_VERSION,
        spec: &schema::POD_MONITOR_SPEC,
    },
    rule: &schema::POD_METRICS_ENDPOINT_RULE,
    tls: &tls::SAFE_TLS_CONFIG,
};

pub(super) fn service_monitor(
    node: &Node,
    reader: &mut Reader,
) -> Result<ServiceMonitor, ManifestError> {
    let Head {
        name,
        namespace,
        labels,
        fields,
    } = head(node, &SERVICE_MONITOR.kind, reader)?;
    let target_labels = fields.texts("targetLabels");
    let service_discovery_role = fields.choice("serviceDiscoveryRole", ServiceDiscoveryRole::WORDS);
    let spec = spec(&fields, reader);
    fields.require("endpoints", "without an endpoint nothing is scraped");
    Ok(ServiceMonitor {
        name,
        namespace,
        labels,
        target_labels,
        service_discovery_role,
        spec,
        endpoints: fields.list("endpoints", |node, path| {
            let fields = reader.fields(node, path, &schema::ENDPOINT)?;
            Ok(endpoint(&fields, &SERVICE_MONITOR, reader))
        }),
        warnings: reader.warnings.clone(),
    })
}

pub(super) fn pod_monitor(node: &Node, reader: &mut Reader) -> Result<PodMonitor, ManifestError> {
    let Head {
        name,
        namespace,
        labels,
        fields,
    } = head(node, &POD_MONITOR.kind, reader)?;
    Ok(PodMonitor {
        name,
        namespace,
        labels,
        spec: spec(&fields, reader),
        pod_metrics_endpoints: fields.list("podMetricsEndpoints", |node, path| {
            let fields = reader.fields(node, path, &schema::POD_METRICS_ENDPOINT)?;
            Ok(PodMetricsEndpoint {
                port_number: fields.number("portNumber", "a port number"),
                endpoint: endpoint(&fields, &POD_MONITOR, reader),
            })
        }),
        warnings: reader.warnings.clone(),
    })
}

fn spec(fields: &Fields<'_>, reader: &mut Reader) -> MonitorSpec {
    let selector = fields.read("selector", |node, path| selector(node, path, reader));
    if fields.get("selector").is_none() {
        let why = "a cluster refuses it; to select everything, write `selector: {}`";
        reader.warnings.push(fields.missing("selector", why));
    }
    MonitorSpec {
        job_label: fields.text("jobLabel"),
        pod_target_labels: fields.texts("podTargetLabels"),
        selector: selector.unwrap_or_default(),
        selector_mechanism: fields
            .choice("selectorMechanism", SelectorMechanism::WORDS)
            .unwrap_or_default(),
        namespace_selector: namespace_selector(fields, reader),
        attach_metadata: fields.read("attachMetadata", |node, path| {
            attach_metadata(node, path, &schema::ATTACH_METADATA, reader)
        }),
        settings: settings::settings(fields),
    }
}

fn endpoint(fields: &Fields<'_>, kind: &Monitor, reader: &mut Reader) -> Endpoint {
    let mut rules = |key| fields.list(key, |node, path| user_rule(node, path, kind.rule, reader));
    let relabelings = rules("relabelings");
    let metric_relabelings = rules("metricRelabelings");
    let proxy = proxy::read(fields, reader);
    Endpoint {
        relabelings,
        metric_relabelings,
        port: fields.text("port"),
        target_port: fields.read("targetPort", port),
        path: fields.text("path"),
        scheme: fields.choice("scheme", Scheme::WORDS),
        params: fields.map("params", |node, path| list(node, path, text)),
        interval: fields.read("interval", duration),
        scrape_timeout: fields.read("scrapeTimeout", duration),
        honor_labels: fields.flag("honorLabels").unwrap_or(false),
        honor_timestamps: fields.flag("honorTimestamps"),
        track_timestamps_staleness: fields.flag("trackTimestampsStaleness"),
        proxy_url: proxy.proxy_url,
        no_proxy: proxy.no_proxy,
        proxy_from_environment: proxy.proxy_from_environment,
        proxy_connect_header: proxy.proxy_connect_header,
        follow_redirects: fields.flag("followRedirects"),
        enable_http2: fields.flag("enableHttp2"),
        filter_running: fields.flag("filterRunning"),
        oauth2: fields.read("oauth2", |node, path| {
            credentials::oauth2(node, path, reader)
        }),
        tls_config: fields.read("tlsConfig", |node, path| {
            tls::tls_config(node, path, kind.tls, reader)
        }),
        bearer_token_file: fields.text("bearerTokenFile"),
        bearer_token_secret: fields.read("bearerTokenSecret", |node, path| {
            key_selector::key_selector(node, path, reader)
        }),
        basic_auth: fields.read("basicAuth", |node, path| {
            credentials::basic_auth(node, path, reader)
        }),
        authorization: fields.read("authorization", |node, path| {
            credentials::authorization(node, path, &credentials::AUTHORIZATION, reader)
        }),
    }
}
