//! Reads the parts of a Prometheus configuration file outside its `scrape_configs`: defaults for all of them.

use std::{collections::BTreeMap, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{self, IgnoredAny, MapAccess},
};

use super::{
    explain::{Cause, ExplainError},
    scrape_config::ScrapeConfig,
    scrape_config_read::{FromMap, MapVisitor},
};
use crate::discovery::target_group::TargetGroup;
use crate::discovery::written_groups::{self, Texts};
use crate::scrape::Interval;
use crate::yaml::node::Node;

/// Settings that apply to every entry without its own.
const SHARED: &[&str] = &[
    "scrape_interval",
    "scrape_timeout",
    "scrape_protocols",
    "scrape_failure_log_file",
    "body_size_limit",
    "sample_limit",
    "target_limit",
    "label_limit",
    "label_name_length_limit",
    "label_value_length_limit",
    "keep_dropped_targets",
    "metric_name_validation_scheme",
    "metric_name_escaping_scheme",
    "scrape_native_histograms",
    "always_scrape_classic_histograms",
    "convert_classic_histograms_to_nhcb",
    "extra_scrape_metrics",
];

/// Settings that do not affect a scrape.
const ASIDE: &[&str] = &[
    "evaluation_interval",
    "external_labels",
    "query_log_file",
    "rule_query_offset",
    "runtime",
];

/// The section `global`.
#[derive(Default)]
struct Global(ScrapeConfig);

impl FromMap for Global {
    const EXPECTING: &'static str = "the section `global`, a map";

    const NAME: &'static str = "`global`";

    const KEYS: &'static [&'static [&'static str]] = &[SHARED, ASIDE];

    fn entry<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<bool, A::Error> {
        if SHARED.contains(&key) {
            return self.0.entry(key, map);
        }
        if ASIDE.contains(&key) {
            map.next_value::<IgnoredAny>()?;
            return Ok(true);
        }
        Ok(false)
    }
}

impl<'de> Deserialize<'de> for Global {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MapVisitor(PhantomData))
    }
}

/// A whole file, as far as it concerns scrapes.
#[derive(Deserialize)]
pub(super) struct PrometheusFile {
    global: Option<Global>,
    scrape_configs: Option<Vec<ScrapeConfig>>,
}

impl PrometheusFile {
    /// Returns the entries, completed with the settings of `global`.
    pub(super) fn into_configs<E: de::Error>(self) -> Result<Vec<ScrapeConfig>, E> {
        let missing = || E::custom("there are no `scrape_configs` in this file");
        let mut configs = self.scrape_configs.ok_or_else(missing)?;
        let Some(Global(global)) = self.global else {
            return Ok(configs);
        };
        let every = length("scrape_interval", &global).map_err(E::custom)?;
        let within = length("scrape_timeout", &global).map_err(E::custom)?;
        let default = Interval::from_secs(60);
        if let Some(within) = within
            && within > every.unwrap_or(default)
        {
            return Err(E::custom(format_args!(
                "global.scrape_timeout is {within}, longer than scrape_interval, {}",
                every.unwrap_or(default)
            )));
        }
        for config in &mut configs {
            config
                .fill(&global, every.unwrap_or(default), within)
                .map_err(E::custom)?;
        }
        Ok(configs)
    }
}

/// Returns a duration that is set, and not 0.
fn length(key: &str, config: &ScrapeConfig) -> Result<Option<Interval>, ExplainError> {
    let text = match key {
        "scrape_interval" => config.scrape_interval.as_deref(),
        _ => config.scrape_timeout.as_deref(),
    };
    let interval = text
        .filter(|text| !text.is_empty())
        .map(str::parse)
        .transpose();
    let interval = interval.map_err(|error| ExplainError::setting(key, Cause::Interval(error)))?;
    Ok(interval.filter(|interval: &Interval| !interval.is_zero()))
}

impl ScrapeConfig {
    /// Takes over what `global` sets and this does not. A limit of 0 counts as not set.
    pub(super) fn fill(
        &mut self,
        global: &ScrapeConfig,
        every: Interval,
        within: Option<Interval>,
    ) -> Result<(), ExplainError> {
        let own = length("scrape_interval", self)?;
        if own.is_none() {
            self.scrape_interval = Some(every.to_string());
        }
        if length("scrape_timeout", self)?.is_none() {
            let within = within.map(|within| within.min(own.unwrap_or(every)));
            self.scrape_timeout = within.map(|within| within.to_string());
        }
        let limit = |own: &mut Option<u64>, global: Option<u64>| {
            if own.unwrap_or_default() == 0 {
                *own = global.or(*own);
            }
        };
        limit(&mut self.sample_limit, global.sample_limit);
        limit(&mut self.target_limit, global.target_limit);
        limit(&mut self.label_limit, global.label_limit);
        limit(
            &mut self.label_name_length_limit,
            global.label_name_length_limit,
        );
        limit(
            &mut self.label_value_length_limit,
            global.label_value_length_limit,
        );
        limit(&mut self.keep_dropped_targets, global.keep_dropped_targets);
        if self
            .body_size_limit
            .as_deref()
            .is_none_or(|size| matches!(size, "" | "0"))
        {
            self.body_size_limit = global
                .body_size_limit
                .clone()
                .or(self.body_size_limit.take());
        }
        let flag = |own: &mut Option<bool>, global: Option<bool>| *own = own.or(global);
        flag(
            &mut self.scrape_native_histograms,
            global.scrape_native_histograms,
        );
        flag(
            &mut self.always_scrape_classic_histograms,
            global.always_scrape_classic_histograms,
        );
        flag(
            &mut self.convert_classic_histograms_to_nhcb,
            global.convert_classic_histograms_to_nhcb,
        );
        if self.scrape_protocols.is_none() {
            self.scrape_protocols.clone_from(&global.scrape_protocols);
        }
        for (key, value) in &global.other {
            let is_set = |value: &Node| *value != Node::Null && value.as_text() != Some("");
            if !self
                .other
                .iter()
                .any(|(own, value)| own == key && is_set(value))
            {
                self.other.retain(|(own, _)| own != key);
                self.other.push((key.clone(), value.clone()));
            }
        }
        Ok(())
    }

    /// Returns the targets in `static_configs`, each with its labels: those of its group, and `__address__`.
    ///
    /// ```
    /// use exposition::operator::ScrapeConfig;
    ///
    /// let config = ScrapeConfig::from_yaml("
    /// job_name: node
    /// static_configs:
    /// - targets: ['h:9100', 'i:9100']
    ///   labels: {env: prod}
    /// ")?;
    /// let targets = config.static_targets()?;
    /// assert_eq!(targets.len(), 2);
    /// assert_eq!(targets[1]["__address__"], "i:9100");
    /// assert_eq!(targets[1]["env"], "prod");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A section that is not a list of groups with `targets` and `labels`.
    pub fn static_targets(&self) -> Result<Vec<BTreeMap<String, String>>, ExplainError> {
        let groups = self.static_groups()?;
        Ok(groups.iter().flat_map(TargetGroup::all_labels).collect())
    }

    /// Returns the groups of targets in `static_configs`; the source of each is its index.
    ///
    /// # Errors
    /// A section that is not a list of groups with `targets` and `labels`.
    pub fn static_groups(&self) -> Result<Vec<TargetGroup>, ExplainError> {
        let groups = self.other.iter().find(|(key, _)| key == "static_configs");
        let Some((key, groups)) = groups else {
            return Ok(Vec::new());
        };
        written_groups::groups(groups, Texts::AnyScalar).map_err(|error| {
            let wanted = error.wanted;
            ExplainError::setting(&format!("{key}{}", error.path), Cause::Type { wanted })
        })
    }
}
