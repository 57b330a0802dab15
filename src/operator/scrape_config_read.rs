//! Reads a `scrape_configs` entry as strictly as Prometheus does.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeOwned, MapAccess, Visitor},
};

use super::{
    fields::slips,
    origin::Origin,
    scrape_config::{Form, KubernetesSd, RenderedRule, ScrapeConfig},
};
use crate::format::ProtocolError;
use crate::relabel::RuleConfig;
use crate::yaml::meant::closest;
use crate::yaml::node::Node;

/// Keys about proxy headers, encryption and authentication.
const HTTP: &[&str] = &[
    "authorization",
    "basic_auth",
    "bearer_token",
    "bearer_token_file",
    "oauth2",
    "proxy_connect_header",
    "tls_config",
];

/// Other keys that Prometheus knows, without a field of their own.
const OTHER: &[&str] = &[
    "aws_sd_configs",
    "azure_sd_configs",
    "consul_sd_configs",
    "digitalocean_sd_configs",
    "dns_sd_configs",
    "docker_sd_configs",
    "dockerswarm_sd_configs",
    "ec2_sd_configs",
    "ecs_sd_configs",
    "elasticache_sd_configs",
    "enable_compression",
    "eureka_sd_configs",
    "extra_scrape_metrics",
    "file_sd_configs",
    "gce_sd_configs",
    "hetzner_sd_configs",
    "http_headers",
    "http_sd_configs",
    "ionos_sd_configs",
    "kuma_sd_configs",
    "lightsail_sd_configs",
    "linode_sd_configs",
    "marathon_sd_configs",
    "metric_name_escaping_scheme",
    "metric_name_validation_scheme",
    "msk_sd_configs",
    "nerve_sd_configs",
    "nomad_sd_configs",
    "oci_sd_configs",
    "openstack_sd_configs",
    "outscale_sd_configs",
    "ovhcloud_sd_configs",
    "puppetdb_sd_configs",
    "rds_sd_configs",
    "scaleway_sd_configs",
    "scrape_failure_log_file",
    "serverset_sd_configs",
    "stackit_sd_configs",
    "static_configs",
    "triton_sd_configs",
    "uyuni_sd_configs",
    "vultr_sd_configs",
];

/// Keys with a field of their own.
pub(super) const FIELDS: &[&str] = &[
    "job_name",
    "honor_labels",
    "honor_timestamps",
    "track_timestamps_staleness",
    "kubernetes_sd_configs",
    "scrape_interval",
    "scrape_timeout",
    "metrics_path",
    "params",
    "scheme",
    "follow_redirects",
    "enable_http2",
    "proxy_url",
    "no_proxy",
    "proxy_from_environment",
    "relabel_configs",
    "sample_limit",
    "target_limit",
    "label_limit",
    "label_name_length_limit",
    "label_value_length_limit",
    "keep_dropped_targets",
    "scrape_native_histograms",
    "native_histogram_bucket_limit",
    "native_histogram_min_bucket_factor",
    "always_scrape_classic_histograms",
    "scrape_classic_histograms",
    "convert_classic_histograms_to_nhcb",
    "scrape_protocols",
    "fallback_scrape_protocol",
    "body_size_limit",
    "metric_relabel_configs",
];

/// Keys of a Kubernetes discovery without a field of their own.
const OTHER_KUBERNETES: &[&str] = &[
    "authorization",
    "basic_auth",
    "bearer_token",
    "bearer_token_file",
    "enable_http2",
    "follow_redirects",
    "http_headers",
    "kubeconfig_file",
    "no_proxy",
    "oauth2",
    "proxy_connect_header",
    "proxy_from_environment",
    "proxy_url",
    "tls_config",
];

/// A type that is a map whose keys are distinguished by hand: derived code would have to buffer a rule to
/// keep keys without a field, and a buffered `regex: 1.50` has lost its last digit.
pub(super) trait FromMap: Default {
    const EXPECTING: &'static str;
    /// The name of the type in errors.
    const NAME: &'static str;
    /// The keys that have fields, and those that are kept without one.
    const KEYS: &'static [&'static [&'static str]];

    /// Reads the value of `key`, or leaves it and returns that there is no such key.
    fn entry<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<bool, A::Error>;
}

pub(super) struct MapVisitor<T>(pub(super) PhantomData<T>);

impl<'de, T: FromMap> Visitor<'de> for MapVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTING)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut value = T::default();
        let mut seen = std::collections::HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            if !value.entry(&key, &mut map)? {
                return Err(unknown(&key, T::NAME, T::KEYS));
            }
            if !seen.insert(key.clone()) {
                return Err(de::Error::custom(format_args!("repeated key `{key}`")));
            }
        }
        Ok(value)
    }
}

/// Returns the error for an unknown key: there are too many keys to list them.
fn unknown<E: de::Error>(key: &str, place: &str, known: &[&'static [&'static str]]) -> E {
    let known = known.iter().copied().flatten();
    match closest(key, known.copied(), slips) {
        Some(meant) => E::custom(format_args!(
            "unknown field `{key}` in {place}: did you mean `{meant}`?"
        )),
        None => E::custom(format_args!("unknown field `{key}` in {place}")),
    }
}

impl FromMap for ScrapeConfig {
    const EXPECTING: &'static str = "a scrape configuration, a map with a `job_name`";

    const NAME: &'static str = "a scrape configuration";

    const KEYS: &'static [&'static [&'static str]] = &[FIELDS, HTTP, OTHER];

    fn entry<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<bool, A::Error> {
        match key {
            "job_name" => self.job_name = map.next_value()?,
            "honor_labels" => self.honor_labels = map.next_value()?,
            "honor_timestamps" => self.honor_timestamps = or_zero(map)?,
            "track_timestamps_staleness" => self.track_timestamps_staleness = map.next_value()?,
            "kubernetes_sd_configs" => self.kubernetes_sd_configs = list(map)?,
            "scrape_interval" => self.scrape_interval = map.next_value()?,
            "scrape_timeout" => self.scrape_timeout = map.next_value()?,
            "metrics_path" => self.metrics_path = or_zero(map)?,
            "params" => self.params = map.next_value()?,
            "scheme" => self.scheme = or_zero(map)?,
            "follow_redirects" => self.follow_redirects = or_zero(map)?,
            "enable_http2" => self.enable_http2 = or_zero(map)?,
            "proxy_url" => self.proxy_url = map.next_value()?,
            "no_proxy" => self.no_proxy = map.next_value()?,
            "proxy_from_environment" => self.proxy_from_environment = map.next_value()?,
            "relabel_configs" => self.relabel_configs = rules(map, key)?,
            "sample_limit" => self.sample_limit = map.next_value()?,
            "target_limit" => self.target_limit = map.next_value()?,
            "label_limit" => self.label_limit = map.next_value()?,
            "label_name_length_limit" => self.label_name_length_limit = map.next_value()?,
            "label_value_length_limit" => self.label_value_length_limit = map.next_value()?,
            "keep_dropped_targets" => self.keep_dropped_targets = map.next_value()?,
            "scrape_native_histograms" => self.scrape_native_histograms = map.next_value()?,
            "native_histogram_bucket_limit" => {
                self.native_histogram_bucket_limit = map.next_value()?;
            }
            "native_histogram_min_bucket_factor" => {
                self.native_histogram_min_bucket_factor = map.next_value()?;
            }
            "always_scrape_classic_histograms" => {
                self.always_scrape_classic_histograms = map.next_value()?;
            }
            "scrape_classic_histograms" => self.scrape_classic_histograms = map.next_value()?,
            "convert_classic_histograms_to_nhcb" => {
                self.convert_classic_histograms_to_nhcb = map.next_value()?;
            }
            "scrape_protocols" => {
                let names: Option<Vec<String>> = map.next_value()?;
                let protocols = names.map(|names| names.iter().map(|name| name.parse()).collect());
                self.scrape_protocols = protocols.transpose().map_err(protocol_error)?;
            }
            "fallback_scrape_protocol" => {
                let name: Option<String> = map.next_value()?;
                let protocol = name
                    .filter(|name| !name.is_empty())
                    .map(|name| name.parse());
                self.fallback_scrape_protocol = protocol.transpose().map_err(protocol_error)?;
            }
            "body_size_limit" => self.body_size_limit = map.next_value()?,
            "metric_relabel_configs" => self.metric_relabel_configs = rules(map, key)?,
            _ if HTTP.contains(&key) => return other(&mut self.http, key, HTTP, map),
            _ => return other(&mut self.other, key, OTHER, map),
        }
        Ok(true)
    }
}

impl FromMap for KubernetesSd {
    const EXPECTING: &'static str = "a Kubernetes discovery, a map with a `role`";

    const NAME: &'static str = "a Kubernetes discovery";

    const KEYS: &'static [&'static [&'static str]] = &[
        &[
            "role",
            "namespaces",
            "api_server",
            "attach_metadata",
            "selectors",
        ],
        OTHER_KUBERNETES,
    ];

    fn entry<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<bool, A::Error> {
        match key {
            "role" => self.role = map.next_value()?,
            "namespaces" => self.namespaces = map.next_value()?,
            "api_server" => self.api_server = map.next_value()?,
            "attach_metadata" => self.attach_metadata = map.next_value()?,
            "selectors" => self.selectors = map.next_value()?,
            _ => return other(&mut self.other, key, OTHER_KUBERNETES, map),
        }
        Ok(true)
    }
}

fn protocol_error<E: de::Error>(error: ProtocolError) -> E {
    E::custom(error)
}

fn other<'de, A: MapAccess<'de>>(
    kept: &mut Vec<(String, Node)>,
    key: &str,
    known: &[&str],
    map: &mut A,
) -> Result<bool, A::Error> {
    if !known.contains(&key) {
        return Ok(false);
    }
    kept.push((key.to_owned(), map.next_value()?));
    Ok(true)
}

/// Reads a value for which null is the zero value and not the default.
fn or_zero<'de, T: DeserializeOwned + Default, A: MapAccess<'de>>(
    map: &mut A,
) -> Result<Option<T>, A::Error> {
    Ok(Some(map.next_value::<Option<T>>()?.unwrap_or_default()))
}

/// Reads a list; null is an empty one.
fn list<'de, T: DeserializeOwned, A: MapAccess<'de>>(map: &mut A) -> Result<Vec<T>, A::Error> {
    Ok(map.next_value::<Option<Vec<T>>>()?.unwrap_or_default())
}

fn rules<'de, A: MapAccess<'de>>(map: &mut A, key: &str) -> Result<Vec<RenderedRule>, A::Error> {
    let rules: Vec<RuleConfig> = list(map)?;
    let read = |(index, config)| RenderedRule {
        config,
        origin: Origin::Configuration {
            path: format!("{key}[{index}]"),
        },
        form: Form::Written,
    };
    Ok(rules.into_iter().enumerate().map(read).collect())
}

impl<'de> Deserialize<'de> for ScrapeConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let config: Self = deserializer.deserialize_map(MapVisitor(PhantomData))?;
        if config.job_name.is_empty() {
            return Err(de::Error::custom(
                "a scrape configuration needs a `job_name`",
            ));
        }
        Ok(config)
    }
}

impl<'de> Deserialize<'de> for KubernetesSd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MapVisitor(PhantomData))
    }
}
