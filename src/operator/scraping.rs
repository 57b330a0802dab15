//! Turns a scrape configuration into the settings of both halves of a scrape.

use super::{
    config::OperatorConfig,
    explain::{Cause, ExplainError},
    origin::Origin,
    scrape_config::{RenderedRule, ScrapeConfig},
    values::ByteSize,
};
use crate::format::Format;
use crate::model::histogram_options::HistogramOptions;
use crate::model::name::ValidationScheme;
use crate::relabel::Rules;
use crate::scrape::{Interval, IntervalError, SampleConfig, TargetConfig};

impl ScrapeConfig {
    /// Returns the configuration that turns discovered labels into targets, for the shard in `settings` (see
    /// [`OperatorConfig::environment`]) and under the label name rules of its version. Missing settings are
    /// as in a Prometheus without global settings; [`file_from_yaml`](Self::file_from_yaml) takes those over.
    ///
    /// # Errors
    /// The first setting or rule that Prometheus would not load.
    pub fn target_config(&self, settings: &OperatorConfig) -> Result<TargetConfig, ExplainError> {
        let mut config = TargetConfig::new(&self.job_name);
        config.rules = compile(self, &self.relabel_configs, settings)?;
        if let Some(interval) = interval("scrape_interval", self.scrape_interval.as_deref())? {
            config.scrape_interval = interval;
        }
        config.scrape_timeout = interval("scrape_timeout", self.scrape_timeout.as_deref())?
            .unwrap_or(config.scrape_timeout.min(config.scrape_interval));
        if let Some(path) = &self.metrics_path {
            config.metrics_path.clone_from(path);
        }
        if let Some(scheme) = &self.scheme {
            config.scheme.clone_from(scheme);
        }
        config.params = self.params.clone().unwrap_or_default();
        let flag = |flag: Option<bool>| flag.unwrap_or(false);
        config.convert_classic_histograms_to_nhcb = flag(self.convert_classic_histograms_to_nhcb);
        config.always_scrape_classic_histograms = flag(self.always_scrape_classic_histograms);
        config.scrape_native_histograms = flag(self.scrape_native_histograms);
        Ok(config)
    }

    /// Returns the configuration that turns a body into stored samples. Missing settings are as in a
    /// Prometheus without global settings; [`file_from_yaml`](Self::file_from_yaml) takes those over.
    ///
    /// # Errors
    /// The first setting or rule that Prometheus would not load.
    pub fn sample_config(&self, settings: &OperatorConfig) -> Result<SampleConfig, ExplainError> {
        let mut config = SampleConfig::new();
        config.rules = compile(self, &self.metric_relabel_configs, settings)?;
        config.validation_scheme = scheme(self, settings)?;
        config.honor_labels = self.honor_labels.unwrap_or(false);
        config.honor_timestamps = self.honor_timestamps.unwrap_or(true);
        let flag = |flag: Option<bool>| flag.unwrap_or(false);
        config.histograms = HistogramOptions::new()
            .native(flag(self.scrape_native_histograms))
            .keep_classic(flag(self.always_scrape_classic_histograms))
            .convert_classic(flag(self.convert_classic_histograms_to_nhcb));
        config.native_histogram_bucket_limit =
            self.native_histogram_bucket_limit.unwrap_or_default();
        config.native_histogram_min_bucket_factor =
            self.native_histogram_min_bucket_factor.unwrap_or_default();
        config.sample_limit = self.sample_limit.unwrap_or_default();
        config.label_limit = self.label_limit.unwrap_or_default();
        config.label_name_length_limit = self.label_name_length_limit.unwrap_or_default();
        config.label_value_length_limit = self.label_value_length_limit.unwrap_or_default();
        if let Some(text) = self
            .body_size_limit
            .as_deref()
            .filter(|text| !text.is_empty())
        {
            let size = ByteSize::parse(text)
                .ok_or_else(|| ExplainError::setting("body_size_limit", Cause::size(text)))?;
            config.body_size_limit = size.bytes() as u64;
        }
        if let Some(protocols) = &self.scrape_protocols {
            config.protocols.clone_from(protocols);
        }
        config.fallback = self.fallback_scrape_protocol.map(Format::from);
        Ok(config)
    }
}

fn interval(key: &str, text: Option<&str>) -> Result<Option<Interval>, ExplainError> {
    let interval = text.map(str::parse).transpose();
    let interval = interval.map_err(|error| ExplainError::setting(key, Cause::Interval(error)))?;
    // An interval of zero counts as not set.
    Ok(interval.filter(|interval: &Interval| !interval.is_zero()))
}

fn scheme(
    config: &ScrapeConfig,
    settings: &OperatorConfig,
) -> Result<ValidationScheme, ExplainError> {
    const KEY: &str = "metric_name_validation_scheme";
    let written = config.other.iter().find(|(key, _)| key == KEY);
    match written.and_then(|(_, value)| value.as_text()) {
        None | Some("") => Ok(settings.validation_scheme()),
        Some(word) => {
            (word.parse()).map_err(|error| ExplainError::setting(KEY, Cause::Name(error)))
        }
    }
}

fn compile(
    config: &ScrapeConfig,
    rules: &[RenderedRule],
    settings: &OperatorConfig,
) -> Result<Rules, ExplainError> {
    let scheme = scheme(config, settings)?;
    let environment = settings.environment();
    let expand = |text: &mut Option<String>| {
        if let Some(text) = text {
            *text = environment.expand(text).into_owned();
        }
    };
    (rules.iter())
        .map(|rule| {
            let mut config = rule.config.clone();
            expand(&mut config.regex);
            expand(&mut config.replacement);
            (config.build(scheme)).map_err(|error| ExplainError {
                origin: rule.origin.clone(),
                cause: Cause::Rule(error),
            })
        })
        .collect()
}

impl ExplainError {
    /// Returns the error for a setting that is not an interval.
    pub(super) fn interval(key: &str, error: IntervalError) -> Self {
        ExplainError::setting(key, Cause::Interval(error))
    }

    pub(super) fn setting(key: &str, cause: Cause) -> Self {
        let path = key.to_owned();
        ExplainError {
            origin: Origin::Configuration { path },
            cause,
        }
    }
}

impl Cause {
    fn size(text: &str) -> Self {
        Cause::Size {
            text: text.to_owned(),
        }
    }
}
