//! The section `global` that the Operator writes before the scrape configurations (spec K6, K8).

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{
    config::OperatorConfig, explain::ExplainError, scrape_config::ScrapeConfig, version::Version,
};
use crate::operator::rules::given;
use crate::scrape::Interval;

/// The section `global` that the Operator writes: what applies to every scrape configuration that does not set
/// it itself.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct GlobalSection(ScrapeConfig);

impl OperatorConfig {
    /// Returns what the Operator writes for all scrape configurations together.
    pub(super) fn global(&self) -> GlobalSection {
        let interval = given(&self.scrape_interval).unwrap_or(Self::DEFAULT_SCRAPE_INTERVAL);
        let mut global = ScrapeConfig {
            scrape_interval: Some(interval.to_owned()),
            scrape_timeout: given(&self.scrape_timeout).map(str::to_owned),
            ..ScrapeConfig::default()
        };
        if self.version < Version::new(2, 45, 0) {
            return GlobalSection(global);
        }
        let limit = |own: Option<u64>, cap: Option<u64>| {
            let is_set = |limit: &u64| *limit != 0;
            match (own.filter(is_set), cap.filter(is_set)) {
                (Some(own), Some(cap)) => Some(own.min(cap)),
                (own, cap) => own.or(cap),
            }
        };
        global.sample_limit = limit(self.sample_limit, self.enforced_sample_limit);
        global.target_limit = limit(self.target_limit, self.enforced_target_limit);
        global.label_limit = limit(self.label_limit, self.enforced_label_limit);
        global.label_name_length_limit = limit(
            self.label_name_length_limit,
            self.enforced_label_name_length_limit,
        );
        global.label_value_length_limit = limit(
            self.label_value_length_limit,
            self.enforced_label_value_length_limit,
        );
        if self.version >= Version::new(2, 47, 0) {
            global.keep_dropped_targets = limit(
                self.keep_dropped_targets,
                self.enforced_keep_dropped_targets,
            );
        }
        let own = self.body_size_limit.as_ref();
        let size = own.or(self.enforced_body_size_limit.as_ref());
        global.body_size_limit = size.map(|size| size.as_str().to_owned());
        GlobalSection(global)
    }
}

impl ScrapeConfig {
    /// Returns the entry as Prometheus has it, together with the section `global` that the Operator writes for
    /// these settings ([K6](crate::docs::operator#k6) and what follows it): the interval, the timeout and the
    /// limits that the entry does not set itself.
    ///
    /// ```
    /// use exposition::operator::{Manifest, OperatorConfig, render};
    ///
    /// let manifest: Manifest = "
    /// apiVersion: monitoring.coreos.com/v1
    /// kind: PodMonitor
    /// metadata: {name: web, namespace: shop}
    /// spec: {selector: {}, podMetricsEndpoints: [{port: http}]}
    /// ".parse()?;
    /// let settings: OperatorConfig = "{scrapeInterval: 15s, enforcedSampleLimit: 1000}".parse()?;
    /// let [config] = render(&manifest, &settings).try_into().unwrap();
    /// assert_eq!(config.scrape_interval, None);
    /// let config = config.with_global_of(&settings)?;
    /// assert_eq!(config.scrape_interval.as_deref(), Some("15s"));
    /// assert_eq!(config.sample_limit, Some(1000));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// An interval or a timeout that Prometheus would not load.
    pub fn with_global_of(&self, settings: &OperatorConfig) -> Result<Self, ExplainError> {
        let GlobalSection(global) = settings.global();
        let every = interval("scrape_interval", &global.scrape_interval)?;
        let within = interval("scrape_timeout", &global.scrape_timeout)?;
        let mut config = self.clone();
        config.fill(&global, every.unwrap_or(Interval::from_secs(60)), within)?;
        Ok(config)
    }
}

fn interval(key: &str, text: &Option<String>) -> Result<Option<Interval>, ExplainError> {
    let read = text.as_deref().map(str::parse::<Interval>).transpose();
    let read = read.map_err(|error| ExplainError::interval(key, error))?;
    Ok(read.filter(|interval| !interval.is_zero()))
}

impl Serialize for GlobalSection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let GlobalSection(global) = self;
        let mut map = serializer.serialize_map(None)?;
        let texts = [
            ("scrape_interval", &global.scrape_interval),
            ("scrape_timeout", &global.scrape_timeout),
            ("body_size_limit", &global.body_size_limit),
        ];
        for (key, text) in texts {
            if let Some(text) = text {
                map.serialize_entry(key, text)?;
            }
        }
        let limits = [
            ("sample_limit", global.sample_limit),
            ("target_limit", global.target_limit),
            ("label_limit", global.label_limit),
            ("label_name_length_limit", global.label_name_length_limit),
            ("label_value_length_limit", global.label_value_length_limit),
            ("keep_dropped_targets", global.keep_dropped_targets),
        ];
        for (key, limit) in limits {
            if let Some(limit) = limit {
                map.serialize_entry(key, &limit)?;
            }
        }
        map.end()
    }
}
