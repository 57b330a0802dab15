//! Turns a manifest's tree into a typed `Probe`.

use super::{
    constraints::{distinct_by, items_not_empty, not_empty},
    credentials,
    error::ManifestError,
    fields::{Fields, Reader, text},
    key_selector,
    probe::{Probe, ProbeIngress, ProbeParam, ProbeStaticConfig, ProbeTargets, Prober},
    proxy,
    resource::{Head, Kind, head},
    schema_probe::{self, INGRESS, PARAM, PROBER, RULE, STATIC_CONFIG, TARGETS},
    selector_read::{namespace_selector, unchecked_selector},
    settings::settings,
    tls,
    user_rule::user_rule,
    values::Scheme,
    values_read::duration,
};
use crate::relabel::RuleConfig;
use crate::yaml::node::Node;

const KIND: Kind = Kind {
    name: "Probe",
    api_version: "monitoring.coreos.com/v1",
    spec: &schema_probe::SPEC,
};

pub(super) fn probe(node: &Node, reader: &mut Reader) -> Result<Probe, ManifestError> {
    let Head {
        name,
        namespace,
        labels,
        fields,
    } = head(node, &KIND, reader)?;
    not_empty(&fields, &["params"], reader);
    distinct_by(&fields, "params", "name", reader);
    let targets = fields.read("targets", |node, path| targets(node, path, reader));
    Ok(Probe {
        name,
        namespace,
        labels,
        job_name: fields.text("jobName"),
        prober: fields.read("prober", |node, path| prober(node, path, reader)),
        module: fields.text("module"),
        targets: targets.unwrap_or_default(),
        interval: fields.read("interval", duration),
        scrape_timeout: fields.read("scrapeTimeout", duration),
        params: fields.list("params", |node, path| param(node, path, reader)),
        metric_relabelings: rules(&fields, "metricRelabelings", reader),
        follow_redirects: fields.flag("followRedirects"),
        enable_http2: fields.flag("enableHttp2"),
        tls_config: fields.read("tlsConfig", |node, path| {
            tls::tls_config(node, path, &tls::SAFE_TLS_CONFIG, reader)
        }),
        bearer_token_secret: fields.read("bearerTokenSecret", |node, path| {
            key_selector::key_selector(node, path, reader)
        }),
        basic_auth: fields.read("basicAuth", |node, path| {
            credentials::basic_auth(node, path, reader)
        }),
        oauth2: fields.read("oauth2", |node, path| {
            credentials::oauth2(node, path, reader)
        }),
        authorization: fields.read("authorization", |node, path| {
            credentials::authorization(node, path, &credentials::AUTHORIZATION, reader)
        }),
        settings: settings(&fields),
        warnings: reader.warnings.clone(),
    })
}

fn rules(fields: &Fields<'_>, key: &str, reader: &mut Reader) -> Vec<RuleConfig> {
    fields.list(key, |node, path| user_rule(node, path, &RULE, reader))
}

fn prober(node: &Node, path: &str, reader: &mut Reader) -> Result<Prober, ManifestError> {
    let fields = reader.fields(node, path, &PROBER)?;
    fields.require("url", "it names the prober's host");
    not_empty(&fields, &["url"], reader);
    Ok(Prober {
        url: fields.text("url").unwrap_or_default(),
        scheme: fields.choice("scheme", Scheme::WORDS),
        path: fields.text("path"),
        proxy: proxy::read(&fields, reader),
    })
}

fn param(node: &Node, path: &str, reader: &mut Reader) -> Result<ProbeParam, ManifestError> {
    let fields = reader.fields(node, path, &PARAM)?;
    let name = text(
        fields.required("name", "the parameter is called by it")?,
        &fields.path("name"),
    )?;
    not_empty(&fields, &["name", "values"], reader);
    items_not_empty(&fields, &["values"], reader);
    Ok(ProbeParam {
        name,
        values: fields.texts("values"),
    })
}

fn targets(node: &Node, path: &str, reader: &mut Reader) -> Result<ProbeTargets, ManifestError> {
    let fields = reader.fields(node, path, &TARGETS)?;
    let static_config = fields.read("staticConfig", |node, path| {
        let fields = reader.fields(node, path, &STATIC_CONFIG)?;
        Ok(ProbeStaticConfig {
            targets: fields.texts("static"),
            labels: fields.map("labels", text).unwrap_or_default(),
            relabeling_configs: rules(&fields, "relabelingConfigs", reader),
        })
    });
    let ingress = fields.read("ingress", |node, path| {
        let fields = reader.fields(node, path, &INGRESS)?;
        let selector = fields.read("selector", |node, path| {
            unchecked_selector(node, path, reader)
        });
        Ok(ProbeIngress {
            selector: selector.unwrap_or_default(),
            namespace_selector: namespace_selector(&fields, reader),
            relabeling_configs: rules(&fields, "relabelingConfigs", reader),
        })
    });
    Ok(ProbeTargets {
        static_config,
        ingress,
    })
}
