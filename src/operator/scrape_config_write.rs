//! Writes a `scrape_configs` entry with its keys in the Operator's order.

use std::collections::HashSet;

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::scrape_config::{KubernetesSd, Layout, ScrapeConfig};
use crate::format::ScrapeProtocol;
use crate::yaml::node::Node;

/// Stands in an order for the keys about proxy headers, encryption and authentication that the order does not
/// name.
const HTTP: &str = "(http)";

/// Stands in an order for all other keys that it does not name.
const OTHER: &str = "(other)";

const LIMITS: &[&str] = &[
    "sample_limit",
    "target_limit",
    "label_limit",
    "label_name_length_limit",
    "label_value_length_limit",
    "keep_dropped_targets",
];

const NATIVE_HISTOGRAMS: &[&str] = &[
    "scrape_native_histograms",
    "native_histogram_bucket_limit",
    "native_histogram_min_bucket_factor",
    "always_scrape_classic_histograms",
    "scrape_classic_histograms",
    "convert_classic_histograms_to_nhcb",
];

const PROTOCOLS: &[&str] = &["scrape_protocols", "fallback_scrape_protocol"];

const PROXY: &[&str] = &["proxy_url", "no_proxy", "proxy_from_environment"];

impl Layout {
    /// Returns the keys of an entry, in order (spec M1-M21, M31-M39, M41-M52).
    pub(super) const fn order(&self) -> &'static [&'static [&'static str]] {
        match self {
            Layout::Monitor => &[
                &["job_name", "honor_labels", "honor_timestamps"],
                &["track_timestamps_staleness", "kubernetes_sd_configs"],
                &["scrape_interval", "scrape_timeout", "metrics_path"],
                &["params", "scheme", "follow_redirects", "enable_http2"],
                PROXY,
                &[HTTP, "relabel_configs"],
                LIMITS,
                NATIVE_HISTOGRAMS,
                PROTOCOLS,
                &["body_size_limit", "metric_relabel_configs", OTHER],
            ],
            Layout::Probe { .. } => &[
                &["job_name", "honor_labels", "honor_timestamps"],
                &["track_timestamps_staleness", "metrics_path"],
                &["scrape_interval", "scrape_timeout", "scheme", "params"],
                LIMITS,
                NATIVE_HISTOGRAMS,
                PROTOCOLS,
                &["body_size_limit"],
                PROXY,
                &["proxy_connect_header", "follow_redirects"],
                &["enable_http2", "tls_config"],
                &["static_configs", "kubernetes_sd_configs"],
                &["relabel_configs", "bearer_token", "basic_auth", "oauth2"],
                &["authorization", HTTP, "metric_relabel_configs", OTHER],
            ],
            Layout::Resource => &[
                &["job_name", "honor_timestamps"],
                &["track_timestamps_staleness", "honor_labels"],
                &["metrics_path", "params", "enable_compression"],
                &["enable_http2", "scrape_interval", "scrape_timeout"],
                PROTOCOLS,
                &["scheme", "follow_redirects"],
                PROXY,
                &["proxy_connect_header", "basic_auth", "authorization"],
                &["oauth2", "tls_config", HTTP],
                LIMITS,
                NATIVE_HISTOGRAMS,
                &["body_size_limit", "static_configs", "file_sd_configs"],
                &["http_sd_configs", "kubernetes_sd_configs", OTHER],
                &["relabel_configs", "metric_relabel_configs"],
                &["metric_name_validation_scheme"],
                &["metric_name_escaping_scheme"],
            ],
        }
    }
}

/// Puts entries in the order of a layout. Those that it does not name come last.
pub(super) fn sort(entries: &mut [(String, Node)], layout: &Layout) {
    let order = layout.order().concat();
    let place = |key: &str| order.iter().position(|named| *named == key);
    entries.sort_by_key(|(key, _)| place(key).unwrap_or(order.len()));
}

impl Serialize for ScrapeConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let order = self.layout.order();
        let mut map = serializer.serialize_map(None)?;
        for key in order.iter().copied().flatten() {
            match *key {
                HTTP => others(&self.http, order, &mut map)?,
                OTHER => others(&self.other, order, &mut map)?,
                key => self.write(key, &mut map)?,
            }
        }
        map.end()
    }
}

/// Writes the entries that the order does not name.
fn others<M: SerializeMap>(
    entries: &[(String, Node)],
    order: &[&[&str]],
    map: &mut M,
) -> Result<(), M::Error> {
    let is_named = |key: &str| order.iter().any(|keys| keys.contains(&key));
    (entries.iter().filter(|(key, _)| !is_named(key)))
        .try_for_each(|(key, value)| map.serialize_entry(key, value))
}

impl ScrapeConfig {
    /// Writes what is under a key, if there is something.
    fn write<M: SerializeMap>(&self, key: &str, map: &mut M) -> Result<(), M::Error> {
        let name = |protocol: &ScrapeProtocol| protocol.name();
        match key {
            "job_name" => map.serialize_entry(key, &self.job_name),
            "honor_labels" => given(map, key, &self.honor_labels),
            "honor_timestamps" => given(map, key, &self.honor_timestamps),
            "track_timestamps_staleness" => given(map, key, &self.track_timestamps_staleness),
            "kubernetes_sd_configs" => listed(map, key, &self.kubernetes_sd_configs),
            "scrape_interval" => given(map, key, &self.scrape_interval),
            "scrape_timeout" => given(map, key, &self.scrape_timeout),
            "metrics_path" => given(map, key, &self.metrics_path),
            "params" => given(map, key, &self.params.as_ref().map(|_| Params(self))),
            "scheme" => given(map, key, &self.scheme),
            "follow_redirects" => given(map, key, &self.follow_redirects),
            "enable_http2" => given(map, key, &self.enable_http2),
            "proxy_url" => given(map, key, &self.proxy_url),
            "no_proxy" => given(map, key, &self.no_proxy),
            "proxy_from_environment" => given(map, key, &self.proxy_from_environment),
            "relabel_configs" => listed(map, key, &self.relabel_configs),
            "sample_limit" => given(map, key, &self.sample_limit),
            "target_limit" => given(map, key, &self.target_limit),
            "label_limit" => given(map, key, &self.label_limit),
            "label_name_length_limit" => given(map, key, &self.label_name_length_limit),
            "label_value_length_limit" => given(map, key, &self.label_value_length_limit),
            "keep_dropped_targets" => given(map, key, &self.keep_dropped_targets),
            "scrape_native_histograms" => given(map, key, &self.scrape_native_histograms),
            "native_histogram_bucket_limit" => given(map, key, &self.native_histogram_bucket_limit),
            "native_histogram_min_bucket_factor" => {
                given(map, key, &self.native_histogram_min_bucket_factor)
            }
            "always_scrape_classic_histograms" => {
                given(map, key, &self.always_scrape_classic_histograms)
            }
            "scrape_classic_histograms" => given(map, key, &self.scrape_classic_histograms),
            "convert_classic_histograms_to_nhcb" => {
                given(map, key, &self.convert_classic_histograms_to_nhcb)
            }
            "scrape_protocols" => {
                let protocols = self.scrape_protocols.as_ref();
                let names = protocols.map(|list| list.iter().map(name).collect::<Vec<_>>());
                given(map, key, &names)
            }
            "fallback_scrape_protocol" => {
                given(map, key, &self.fallback_scrape_protocol.as_ref().map(name))
            }
            "body_size_limit" => given(map, key, &self.body_size_limit),
            "metric_relabel_configs" => listed(map, key, &self.metric_relabel_configs),
            _ => (self
                .http
                .iter()
                .chain(&self.other)
                .filter(|(k, _)| k == key))
            .try_for_each(|(key, value)| map.serialize_entry(key, value)),
        }
    }
}

fn given<M: SerializeMap, T: Serialize>(
    map: &mut M,
    key: &str,
    value: &Option<T>,
) -> Result<(), M::Error> {
    match value {
        Some(value) => map.serialize_entry(key, value),
        None => Ok(()),
    }
}

fn listed<M: SerializeMap, T: Serialize>(
    map: &mut M,
    key: &str,
    list: &[T],
) -> Result<(), M::Error> {
    match list.is_empty() {
        true => Ok(()),
        false => map.serialize_entry(key, list),
    }
}

/// The URL parameters of a configuration.
struct Params<'c>(&'c ScrapeConfig);

impl Serialize for Params<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let order = match &self.0.layout {
            Layout::Probe { params } => params.as_slice(),
            _ => &[],
        };
        let named: HashSet<&String> = order.iter().collect();
        let params = || self.0.params.iter().flatten();
        let of = |name| self.0.params.as_ref()?.get_key_value(name);
        let first = order.iter().filter_map(of);
        let rest = params().filter(|(name, _)| !named.contains(name));
        serializer.collect_map(first.chain(rest))
    }
}

impl Serialize for KubernetesSd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let others = |map: &mut S::SerializeMap| {
            (self.other.iter()).try_for_each(|(key, value)| map.serialize_entry(key, value))
        };
        if matches!(self.layout, Layout::Resource) {
            given(&mut map, "api_server", &self.api_server)?;
            map.serialize_entry("role", &self.role)?;
            others(&mut map)?;
            given(&mut map, "namespaces", &self.namespaces)?;
            given(&mut map, "selectors", &self.selectors)?;
            given(&mut map, "attach_metadata", &self.attach_metadata)?;
        } else {
            map.serialize_entry("role", &self.role)?;
            given(&mut map, "namespaces", &self.namespaces)?;
            given(&mut map, "api_server", &self.api_server)?;
            given(&mut map, "attach_metadata", &self.attach_metadata)?;
            given(&mut map, "selectors", &self.selectors)?;
            others(&mut map)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operator::scrape_config_read::FIELDS;

    #[test]
    fn every_layout_has_every_key_once() {
        let params = Vec::new();
        for layout in [Layout::Monitor, Layout::Probe { params }, Layout::Resource] {
            let order = layout.order().concat();
            for key in FIELDS.iter().copied().chain([HTTP, OTHER]) {
                let found = order.iter().filter(|found| **found == key).count();
                assert_eq!(found, 1, "{key} in {layout:?}");
            }
        }
    }
}
