//! A `scrape_configs` entry of Prometheus, with the origin of each rule.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::origin::Origin;
use crate::format::ScrapeProtocol;
use crate::relabel::written::{self, Prometheus};
use crate::relabel::{Field, RuleConfig};
use crate::yaml::node::Node;

/// One entry of `scrape_configs` in Prometheus' configuration.
///
/// Fields have Prometheus' names, and are written in the Operator's order; `None` is left out.
/// [`to_yaml`](Self::to_yaml) and [`from_yaml`](Self::from_yaml) write and read text; through serde the type
/// has the same form. Keys of Prometheus' schema that have no field here, such as `tls_config` or
/// `static_configs`, are kept and written again.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ScrapeConfig {
    /// The job's name: `serviceMonitor/<namespace>/<name>/<index>` for one rendered from a monitor.
    pub job_name: String,
    /// Whether a scraped label wins over a target label of the same name.
    pub honor_labels: Option<bool>,
    /// Whether scraped timestamps are kept.
    pub honor_timestamps: Option<bool>,
    /// Whether series with scraped timestamps get stale markers.
    pub track_timestamps_staleness: Option<bool>,
    /// What is discovered from Kubernetes.
    pub kubernetes_sd_configs: Vec<KubernetesSd>,
    /// How often to scrape.
    pub scrape_interval: Option<String>,
    /// How long a scrape may take.
    pub scrape_timeout: Option<String>,
    /// The path of the metrics.
    pub metrics_path: Option<String>,
    /// URL parameters.
    pub params: Option<BTreeMap<String, Vec<String>>>,
    /// `http` or `https`.
    pub scheme: Option<String>,
    /// Whether redirects are followed.
    pub follow_redirects: Option<bool>,
    /// Whether HTTP/2 is used.
    pub enable_http2: Option<bool>,
    /// The proxy to go through.
    pub proxy_url: Option<String>,
    /// Hosts that are reached without a proxy.
    pub no_proxy: Option<String>,
    /// Whether the proxy's address is taken from the environment.
    pub proxy_from_environment: Option<bool>,
    /// Proxy headers, encryption and authentication.
    pub(super) http: Vec<(String, Node)>,
    /// Rules for a target's labels.
    pub relabel_configs: Vec<RenderedRule>,
    /// How many samples a scrape may have.
    pub sample_limit: Option<u64>,
    /// How many targets there may be.
    pub target_limit: Option<u64>,
    /// How many labels a series may have.
    pub label_limit: Option<u64>,
    /// How long a label's name may be.
    pub label_name_length_limit: Option<u64>,
    /// How long a label's value may be.
    pub label_value_length_limit: Option<u64>,
    /// How many dropped targets are remembered.
    pub keep_dropped_targets: Option<u64>,
    /// Whether native histograms are scraped.
    pub scrape_native_histograms: Option<bool>,
    /// How many buckets a native histogram may have.
    pub native_histogram_bucket_limit: Option<u64>,
    /// How much wider each native bucket must be than the previous one.
    pub native_histogram_min_bucket_factor: Option<f64>,
    /// Whether a histogram that is exposed both ways is scraped both ways; Prometheus 3.
    pub always_scrape_classic_histograms: Option<bool>,
    /// The same for Prometheus 2.
    pub scrape_classic_histograms: Option<bool>,
    /// Whether classic histograms become native ones with custom buckets.
    pub convert_classic_histograms_to_nhcb: Option<bool>,
    /// The formats to request, in order of preference.
    pub scrape_protocols: Option<Vec<ScrapeProtocol>>,
    /// The format of a response that does not name one.
    pub fallback_scrape_protocol: Option<ScrapeProtocol>,
    /// How large an uncompressed body may be.
    pub body_size_limit: Option<String>,
    /// Rules for every scraped series.
    pub metric_relabel_configs: Vec<RenderedRule>,
    /// What was read without a field above.
    pub(super) other: Vec<(String, Node)>,
    pub(super) layout: Layout,
}

impl ScrapeConfig {
    /// Returns the keys that were read but have no field of their own here.
    pub fn other_keys(&self) -> impl Iterator<Item = &str> {
        let entries = self.other.iter().chain(&self.http);
        entries.map(|(key, _)| key.as_str())
    }
}

/// The order in which the Operator writes the keys of an entry: each kind of resource has its own.
#[derive(Debug, Clone, Default)]
pub(super) enum Layout {
    /// For monitors, and for configurations that were read.
    #[default]
    Monitor,
    Probe {
        /// The names of URL parameters in their order; others follow.
        params: Vec<String>,
    },
    Resource,
}

/// Layouts do not count when entries are compared: an entry says the same in any order.
impl PartialEq for Layout {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

/// What to discover from Kubernetes: one entry of `kubernetes_sd_configs`.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct KubernetesSd {
    /// `endpoints`, `endpointslice`, `pod`, `service`, `ingress` or `node`.
    pub role: String,
    /// The namespaces to search; `None` means all.
    pub namespaces: Option<Namespaces>,
    /// Where the Kubernetes API is, unless it is where Prometheus runs.
    pub api_server: Option<String>,
    /// What else is discovered about a target.
    pub attach_metadata: Option<AttachedMetadata>,
    /// What to ask the API server for.
    pub selectors: Option<Vec<RoleSelector>>,
    /// What was read without a field above.
    pub(super) other: Vec<(String, Node)>,
    pub(super) layout: Layout,
}

/// The namespaces of a [`KubernetesSd`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Namespaces {
    /// The names of namespaces.
    #[serde(default)]
    pub names: Vec<String>,
    /// Whether the namespace that Prometheus runs in is included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_namespace: Option<bool>,
}

/// What a [`KubernetesSd`] discovers about a target in addition to its own metadata.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AttachedMetadata {
    /// The labels and annotations of its node. `None` is written as null, which means no.
    #[serde(default)]
    pub node: Option<bool>,
    /// The labels and annotations of its namespace, known to Prometheus since 3.6.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<bool>,
    /// The name of a pod's Deployment, known to the latest Prometheus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment: Option<bool>,
    /// The name of a pod's Job, known to the latest Prometheus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<bool>,
    /// The name of a pod's CronJob, known to the latest Prometheus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cronjob: Option<bool>,
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
    /// The rule that sets the job's name of a `ScrapeConfig`.
    JobName,
    /// The rules of a `Probe` that take the parts of an Ingress.
    Ingress,
    /// A rule from a manifest, a scrape class or a configuration.
    Written,
}

impl Form {
    const fn order(self) -> &'static [Field] {
        use Field::{Action, Modulus, Regex, Replacement, Separator, SourceLabels, TargetLabel};
        match self {
            Form::Filter | Form::FilterByNumber => &[Action, SourceLabels, Regex],
            Form::TargetName => &[SourceLabels, Separator, Regex, Replacement, TargetLabel],
            Form::JobName => &[TargetLabel, Action, Replacement],
            Form::Ingress => &[
                SourceLabels,
                Separator,
                Regex,
                TargetLabel,
                Replacement,
                Action,
            ],
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
