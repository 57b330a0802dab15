//! Reads files with relabel rules, in all the forms that are in use.

use std::error::Error;

use exposition::operator::{
    Explainer, Manifest, OperatorConfig, OperatorRule, Origin, RenderedRule, ScrapeConfig,
    render_all,
};
use exposition::relabel::{RemarkKind, RuleConfig};
use exposition::scrape::Report;
use exposition::yaml;
use serde_json::{Value, json};

use crate::remarks::Told;
use crate::targets::Labels;

/// What the rules are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Anything: a list of rules.
    Bare,
    /// Targets and samples: the rules of a scrape configuration.
    Scrape,
}

/// The rules of a file, or of one endpoint of it.
pub(crate) struct RulesFile {
    pub(crate) kind: Kind,
    pub(crate) title: String,
    /// A list of rules is its `relabel_configs`.
    pub(crate) config: ScrapeConfig,
    /// The targets in the file.
    pub(crate) targets: Vec<Labels>,
}

/// Sections of a Prometheus configuration file.
const SECTIONS: &[&str] = &[
    "alerting",
    "global",
    "otlp",
    "remote_read",
    "remote_write",
    "rule_files",
    "runtime",
    "scrape_config_files",
    "scrape_configs",
    "storage",
    "tracing",
];

impl RulesFile {
    /// Returns remarks on the rules, and on what a scrape with them shows.
    pub(crate) fn remarks(
        &self,
        settings: &OperatorConfig,
        report: Option<&Report>,
    ) -> Result<Vec<Told>, Box<dyn Error>> {
        // What a list is for is not known.
        let depends = |kind| matches!(kind, RemarkKind::SampleLabel | RemarkKind::AddressRemoved);
        let explainer = Explainer::new(&self.config, settings)?;
        let mut remarks = match report {
            Some(report) => explainer.remarks_on(report),
            None => explainer.remarks(),
        };
        remarks.retain(|remark| self.kind == Kind::Scrape || !depends(remark.kind));
        let mut told: Vec<Told> = remarks.iter().map(Told::from).collect();
        if self.kind == Kind::Bare {
            (told.iter_mut()).for_each(|told| told.rename("relabel_configs[", "rules["));
        }
        Ok(told)
    }
}

/// Reads a file of rules: one result for each scrape configuration or endpoint in it.
pub(crate) fn read(yaml: &str) -> Result<Vec<RulesFile>, Box<dyn Error>> {
    // A text that is not valid YAML may still be several manifests, or have a fault that their reader
    // describes better.
    let document: Value = yaml::from_str(yaml).unwrap_or_default();
    let has = |key: &str| document.get(key).is_some();
    let configs = if document.is_array() {
        return Ok(vec![list(yaml)?]);
    } else if has("scrape_configs") {
        ScrapeConfig::file_from_yaml(yaml)?
    } else if has("job_name") {
        vec![ScrapeConfig::from_yaml(yaml)?]
    } else if has("relabel_configs") || has("metric_relabel_configs") {
        return Err("a scrape configuration needs a `job_name`".into());
    } else if let Some(section) = SECTIONS.iter().find(|section| has(section)) {
        return Err(format!(
            "a Prometheus configuration with `{section}` but without `scrape_configs`: it has no \
             rules for targets or samples"
        )
        .into());
    } else {
        return manifests(yaml);
    };
    configs.into_iter().map(of_config).collect()
}

/// Tells whether a text is rules, or a configuration of Prometheus, and not manifests.
pub(crate) fn is_meant(yaml: &str) -> bool {
    let document: Value = yaml::from_str(yaml).unwrap_or_default();
    let keys = ["job_name", "relabel_configs", "metric_relabel_configs"];
    let has = |key: &&str| document.get(key).is_some();
    document.is_array() || SECTIONS.iter().chain(&keys).any(has)
}

/// Reads a list of rules, in Prometheus' or the Operator's spelling.
fn list(yaml: &str) -> Result<RulesFile, Box<dyn Error>> {
    let prometheus = yaml::from_str::<Vec<RuleConfig>>(yaml);
    let rules = match yaml::from_str::<Vec<OperatorRule>>(yaml) {
        Ok(rules) if prometheus.is_err() => rules.into_iter().map(RuleConfig::from).collect(),
        _ => prometheus?,
    };
    let title = match rules.len() {
        1 => "1 rule".to_owned(),
        rules => format!("{rules} rules"),
    };
    let config = json!({ "job_name": "relabel", "relabel_configs": rules });
    Ok(RulesFile {
        kind: Kind::Bare,
        title,
        config: serde_json::from_value(config)?,
        targets: Vec::new(),
    })
}

fn of_config(config: ScrapeConfig) -> Result<RulesFile, Box<dyn Error>> {
    Ok(RulesFile {
        kind: Kind::Scrape,
        title: format!("scrape configuration `{}`", config.job_name),
        targets: config.static_targets()?,
        config,
    })
}

/// Reads the endpoints of monitors, each with the rules in its manifest.
fn manifests(yaml: &str) -> Result<Vec<RulesFile>, Box<dyn Error>> {
    let manifests = Manifest::parse_all(yaml)?;
    if manifests.is_empty() {
        return Err("neither rules, nor a scrape configuration, nor a monitor".into());
    }
    let mut files = Vec::new();
    for manifest in &manifests {
        let kind = manifest.kind();
        for config in render_all(std::slice::from_ref(manifest), &OperatorConfig::default()) {
            files.push(of_endpoint(kind, config));
        }
    }
    Ok(files)
}

fn of_endpoint(kind: impl std::fmt::Display, mut config: ScrapeConfig) -> RulesFile {
    let is_written = |rule: &RenderedRule| matches!(rule.origin, Origin::Manifest { .. });
    config.relabel_configs.retain(is_written);
    config.metric_relabel_configs.retain(is_written);
    let endpoint = config.job_name.split_once('/').map_or("", |(_, name)| name);
    RulesFile {
        kind: Kind::Scrape,
        title: format!("{kind} {endpoint}"),
        config,
        targets: Vec::new(),
    }
}
