//! Writes and reads scrape configurations as YAML text.

use serde::{Serialize, de::Error as _};
use serde_saphyr::SerializerOptions;

use super::{
    config::OperatorConfig, global::GlobalSection, prometheus_file::PrometheusFile,
    scrape_config::ScrapeConfig,
};
use crate::yaml::{self, YamlError};

/// Returns the options for text as people write Prometheus' configuration: lists are not indented, long
/// regexes are not folded. Strings that YAML 1.1 or 1.2 would read as something else are quoted.
fn writing() -> SerializerOptions {
    serde_saphyr::ser_options! {
        compact_list_indent: true,
        prefer_block_scalars: false,
    }
}

/// A whole file, as far as it matters here.
#[derive(Serialize)]
struct File<T> {
    #[serde(skip_serializing_if = "Option::is_none")]
    global: Option<GlobalSection>,
    scrape_configs: Vec<T>,
}

impl ScrapeConfig {
    /// Returns the entry as YAML: a map, not yet an item of `scrape_configs`.
    ///
    /// # Errors
    /// None for the results of [`render`](super::render).
    pub fn to_yaml(&self) -> Result<String, YamlError> {
        serde_saphyr::to_string_with_options(self, writing()).map_err(YamlError::new)
    }

    /// Reads one entry of `scrape_configs`.
    ///
    /// ```
    /// use exposition::operator::ScrapeConfig;
    ///
    /// let config = ScrapeConfig::from_yaml("
    /// job_name: node
    /// static_configs: [{targets: ['localhost:9100']}]
    /// relabel_configs:
    /// - {source_labels: [__address__], regex: '(.+):\\d+', target_label: host}
    /// ")?;
    /// assert_eq!(config.relabel_configs[0].origin.to_string(), "relabel_configs[0]");
    /// assert_eq!(config.other_keys().collect::<Vec<_>>(), ["static_configs"]);
    ///
    /// let error = ScrapeConfig::from_yaml("job_name: node\nrelabelings: []").unwrap_err();
    /// assert!(error.to_string().contains("unknown field `relabelings`"));
    /// # Ok::<(), exposition::operator::YamlError>(())
    /// ```
    ///
    /// # Errors
    /// Text that is not YAML, a key that Prometheus does not know, or a value of the wrong type.
    pub fn from_yaml(yaml: &str) -> Result<Self, YamlError> {
        yaml::from_str(yaml)
    }

    /// Returns a Prometheus configuration file with only these entries; `promtool check config` accepts it.
    ///
    /// # Errors
    /// None for the results of [`render`](super::render).
    pub fn file_to_yaml(configs: &[Self]) -> Result<String, YamlError> {
        file(configs, None)
    }

    /// Returns the same file with the section `global` that the Operator writes for these settings: the
    /// interval, the timeout and the limits of entries without their own.
    ///
    /// # Errors
    /// None for the results of [`render`](super::render).
    pub fn file_to_yaml_with(
        configs: &[Self],
        settings: &OperatorConfig,
    ) -> Result<String, YamlError> {
        file(configs, Some(settings.global()))
    }

    /// Reads the `scrape_configs` of a Prometheus configuration file. Each takes over what `global` sets and
    /// it does not set itself, as in Prometheus. Other sections are ignored.
    ///
    /// ```
    /// use exposition::operator::ScrapeConfig;
    ///
    /// let configs = ScrapeConfig::file_from_yaml("
    /// global: {scrape_interval: 5s}
    /// scrape_configs:
    /// - job_name: node
    /// - job_name: slow
    ///   scrape_interval: 1m
    /// ")?;
    /// assert_eq!(configs[0].scrape_interval.as_deref(), Some("5s"));
    /// assert_eq!(configs[1].scrape_interval.as_deref(), Some("1m"));
    /// # Ok::<(), exposition::operator::YamlError>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`from_yaml`](Self::from_yaml), and a file without `scrape_configs`.
    pub fn file_from_yaml(yaml: &str) -> Result<Vec<Self>, YamlError> {
        let file: Option<PrometheusFile> = yaml::from_str(yaml)?;
        match file {
            Some(file) => file.into_configs(),
            None => Err(YamlError::custom("the file is empty")),
        }
    }
}

fn file(configs: &[ScrapeConfig], global: Option<GlobalSection>) -> Result<String, YamlError> {
    let file = File {
        global,
        scrape_configs: configs.iter().collect(),
    };
    serde_saphyr::to_string_with_options(&file, writing()).map_err(YamlError::new)
}
