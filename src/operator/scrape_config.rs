//! A `scrape_configs` entry of Prometheus, with the origin of each rule.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::{node::Node, origin::Origin};
use crate::format::ScrapeProtocol;
use crate::relabel::written::{self, Prometheus};
use crate::relabel::{Field, RuleConfig};

/// One entry of `scrape_configs` in Prometheus' configuration.
///
/// Fields have Prometheus' names, and are written in the Operator's order; `None` is left out.
/// [`to_yaml`](Self::to_yaml) and [`from_yaml`](Self::from_yaml) write and read text; through serde the type
/// has the same form. Keys of Prometheus' schema that have no field here, such as `tls_config` or
/// `static_configs`, are kept and written again.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ScrapeConfig {
    /// The job's name: `serviceMonitor/<namespace>/<name>/<index>` for a rendered one.
    pub job_name: String,
    /// Whether a scraped label wins over a target label of the same name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub honor_labels: Option<bool>,
    /// Whether scraped timestamps are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub honor_timestamps: Option<bool>,
    /// Whether series with scraped timestamps get stale markers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track_timestamps_staleness: Option<bool>,
    /// What is discovered from Kubernetes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kubernetes_sd_configs: Vec<KubernetesSd>,
    /// How often to scrape.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scrape_interval: Option<String>,
    /// How long a scrape may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scrape_timeout: Option<String>,
    /// The path of the metrics.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics_path: Option<String>,
    /// URL parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub params: Option<BTreeMap<String, Vec<String>>>,
    /// `http` or `https`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    /// Whether redirects are followed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow_redirects: Option<bool>,
    /// Whether HTTP/2 is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_http2: Option<bool>,
    /// The proxy to go through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_url: Option<String>,
    /// Hosts that are reached without a proxy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_proxy: Option<String>,
    /// Whether the proxy's address is taken from the environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_from_environment: Option<bool>,
    /// Proxy headers, encryption and authentication.
    #[serde(flatten, serialize_with = "pairs")]
    pub(super) http: Vec<(String, Node)>,
    /// Rules for a target's labels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub relabel_configs: Vec<RenderedRule>,
    /// How many samples a scrape may have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample_limit: Option<u64>,
    /// How many targets there may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_limit: Option<u64>,
    /// How many labels a series may have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_limit: Option<u64>,
    /// How long a label's name may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_name_length_limit: Option<u64>,
    /// How long a label's value may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_value_length_limit: Option<u64>,
    /// How many dropped targets are remembered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_dropped_targets: Option<u64>,
    /// Whether native histograms are scraped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scrape_native_histograms: Option<bool>,
    /// How many buckets a native histogram may have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub native_histogram_bucket_limit: Option<u64>,
    /// How much wider each native bucket must be than the previous one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub native_histogram_min_bucket_factor: Option<f64>,
    /// Whether a histogram that is exposed both ways is scraped both ways; Prometheus 3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub always_scrape_classic_histograms: Option<bool>,
    /// The same for Prometheus 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scrape_classic_histograms: Option<bool>,
    /// Whether classic histograms become native ones with custom buckets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub convert_classic_histograms_to_nhcb: Option<bool>,
    /// The formats to request, in order of preference.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "names")]
    pub scrape_protocols: Option<Vec<ScrapeProtocol>>,
    /// The format of a response that does not name one.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "name")]
    pub fallback_scrape_protocol: Option<ScrapeProtocol>,
    /// How large an uncompressed body may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_size_limit: Option<String>,
    /// Rules for every scraped series.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub metric_relabel_configs: Vec<RenderedRule>,
    /// What was read without a field above.
    #[serde(flatten, serialize_with = "pairs")]
    pub(super) other: Vec<(String, Node)>,
}

impl ScrapeConfig {
    /// Returns the keys that were read but have no field of their own here.
    pub fn other_keys(&self) -> impl Iterator<Item = &str> {
        let entries = self.other.iter().chain(&self.http);
        entries.map(|(key, _)| key.as_str())
    }
}

fn name<S: Serializer>(
    protocol: &Option<ScrapeProtocol>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    (protocol.map(ScrapeProtocol::name)).serialize(serializer)
}

fn names<S: Serializer>(
    protocols: &Option<Vec<ScrapeProtocol>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq((protocols.iter().flatten()).map(|protocol| protocol.name()))
}

fn pairs<S: Serializer>(entries: &[(String, Node)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(entries.iter().map(|(key, value)| (key, value)))
}

/// What to discover from Kubernetes: one entry of `kubernetes_sd_configs`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct KubernetesSd {
    /// `endpoints`, `endpointslice` or `pod`.
    pub role: String,
    /// The namespaces to search; `None` means all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespaces: Option<Namespaces>,
    /// Where the Kubernetes API is, unless it is where Prometheus runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_server: Option<String>,
    /// What else is discovered about a target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attach_metadata: Option<AttachedMetadata>,
    /// What to ask the API server for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selectors: Option<Vec<RoleSelector>>,
    /// What was read without a field above.
    #[serde(flatten, serialize_with = "pairs")]
    pub(super) other: Vec<(String, Node)>,
}

/// The namespaces of a [`KubernetesSd`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Namespaces {
    /// Whether the namespace that Prometheus runs in is included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_namespace: Option<bool>,
    /// The names of namespaces.
    #[serde(default)]
    pub names: Vec<String>,
}

/// What a [`KubernetesSd`] discovers about a target in addition to its own metadata.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AttachedMetadata {
    /// The labels and annotations of its node.
    #[serde(default)]
    pub node: bool,
    /// The labels and annotations of its namespace, known to Prometheus since 3.6.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<bool>,
}

/// What to ask the API server for, of one kind of object.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RoleSelector {
    /// The kind of object: `pod`, `service` and so on.
    pub role: String,
    /// A label selector in Kubernetes' text form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// A field selector in Kubernetes' text form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// A rule of a scrape configuration, with its written form and its origin.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RenderedRule {
    /// The rule.
    pub config: RuleConfig,
    /// Where it comes from.
    pub origin: Origin,
    pub(super) form: Form,
}

/// The written form of a rule: the order of its keys and, for a port's number, its type (spec M7, M16). It
/// does not matter to Prometheus, but to people who compare files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A rule that only keeps or drops.
    Filter,
    /// The same, with an unquoted port's number as the regex.
    FilterByNumber,
    /// The rules that name the node or pod of an endpoint.
    TargetName,
    /// The Operator's other rules.
    Generated,
    /// A rule from a manifest, a scrape class or a configuration.
    Written,
}

impl Form {
    const fn order(self) -> &'static [Field] {
        use Field::{Action, Modulus, Regex, Replacement, Separator, SourceLabels, TargetLabel};
        match self {
            Form::Filter | Form::FilterByNumber => &[Action, SourceLabels, Regex],
            Form::TargetName => &[SourceLabels, Separator, Regex, Replacement, TargetLabel],
            Form::Generated | Form::Written => &[
                SourceLabels,
                Separator,
                TargetLabel,
                Regex,
                Modulus,
                Replacement,
                Action,
            ],
        }
    }
}

impl Serialize for RenderedRule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (rule, order) = (&self.config, self.form.order());
        let regex = rule.regex.as_deref();
        let number = regex.filter(|_| self.form == Form::FilterByNumber);
        match number.and_then(|regex| regex.parse::<i64>().ok()) {
            Some(number) => {
                written::write::<Prometheus, _, _>(rule, order, Some(number), serializer)
            }
            None => written::write::<Prometheus, _, _>(rule, order, regex, serializer),
        }
    }
}
