//! The settings that a rendering takes from the Prometheus object and from the Operator's flags.

use super::{
    assets::Assets,
    credentials::Authorization,
    environment::Environment,
    monitor::AttachMetadata,
    tls::TlsConfig,
    values::{ByteSize, ServiceDiscoveryRole},
    version::Version,
};
use crate::format::ScrapeProtocol;
use crate::model::name::ValidationScheme;
use crate::relabel::RuleConfig;

/// The settings of the Prometheus object and the Operator that shape a scrape configuration.
///
/// The default is an object without settings and an Operator without feature gates. Fields have their names
/// in the Prometheus object's `spec`, except those marked as a flag; with serde they are in camel case, as
/// there. [`Prometheus`](super::Prometheus) reads them from the object itself, and assumes an Operator with
/// the feature gates that are on by default.
///
/// ```
/// use exposition::operator::OperatorConfig;
///
/// let config: OperatorConfig = exposition::yaml::from_str("{version: v2.55.1, shards: 4}")?;
/// assert_eq!(config.shard_count(), 4);
///
/// let error = exposition::yaml::from_str::<OperatorConfig>("{enforced_namespace_label: tenant}");
/// assert!(error.unwrap_err().to_string().contains(
///     "enforced_namespace_label: unknown key: did you mean `enforcedNamespaceLabel`?"
/// ));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct OperatorConfig {
    /// The Prometheus server's version. Fields that it does not know are left out.
    pub version: Version,
    /// The number of shards that the targets are spread over; below 2 means one.
    pub shards: i32,
    /// Flag: the shard to look at, from 0. It does not affect what is rendered, which has `$(SHARD)` instead,
    /// only what a rendered rule is found to do.
    pub shard: u64,
    /// How targets are spread over shards.
    pub sharding_strategy: ShardingStrategy,
    /// Flag: whether the Operator knows topology sharding.
    pub topology_sharding: bool,
    /// Flag: whether the cluster copies the zone label onto pods.
    pub pod_topology_labels: bool,
    /// Flag: whether the Operator knows shard retention.
    pub retention_policies: bool,
    /// Flag: whether this is a Prometheus Agent that runs once per node.
    pub daemon_set: bool,
    /// Flag: whether this is a Prometheus Agent. It affects only the order of
    /// [`render_all`](super::render_all).
    pub agent: bool,
    /// Flag: whether the cluster has the `EndpointSlice` resource.
    pub endpoint_slice_supported: bool,
    /// What `ServiceMonitor`s without a role of their own discover.
    pub service_discovery_role: Option<ServiceDiscoveryRole>,
    /// The label that every target and series gets, with the monitor's namespace as its value. Empty: no
    /// label.
    pub enforced_namespace_label: String,
    /// The monitors that are exempt from it.
    pub excluded_from_enforcement: Vec<ObjectReference>,
    /// Whether monitors select only in their own namespace.
    pub ignore_namespace_selectors: bool,
    /// Whether no monitor may honor labels.
    pub override_honor_labels: bool,
    /// Whether no monitor may honor timestamps.
    pub override_honor_timestamps: bool,
    /// Labels of the pod that every series gets, after the monitor's own.
    pub pod_target_labels: Vec<String>,
    /// The upper bound of `sampleLimit`.
    pub enforced_sample_limit: Option<u64>,
    /// The upper bound of `targetLimit`.
    pub enforced_target_limit: Option<u64>,
    /// The upper bound of `labelLimit`.
    pub enforced_label_limit: Option<u64>,
    /// The upper bound of `labelNameLengthLimit`.
    pub enforced_label_name_length_limit: Option<u64>,
    /// The upper bound of `labelValueLengthLimit`.
    pub enforced_label_value_length_limit: Option<u64>,
    /// The upper bound of `keepDroppedTargets`.
    pub enforced_keep_dropped_targets: Option<u64>,
    /// The upper bound of `bodySizeLimit`.
    pub enforced_body_size_limit: Option<ByteSize>,
    /// Rules and settings that monitors refer to by name.
    pub scrape_classes: Vec<ScrapeClass>,
    /// `apiserverConfig.host`: where the Kubernetes API is.
    pub api_server: Option<String>,
    /// How often targets are scraped if the monitor does not say. Default: `30s`.
    pub scrape_interval: Option<String>,
    /// How long a scrape may take if the monitor does not say.
    pub scrape_timeout: Option<String>,
    /// How many samples a scrape may have if the monitor does not say.
    pub sample_limit: Option<u64>,
    /// How many targets there may be if the monitor does not say.
    pub target_limit: Option<u64>,
    /// How many labels a series may have if the monitor does not say.
    pub label_limit: Option<u64>,
    /// How long a label's name may be if the monitor does not say.
    pub label_name_length_limit: Option<u64>,
    /// How long a label's value may be if the monitor does not say.
    pub label_value_length_limit: Option<u64>,
    /// How many dropped targets are remembered if the monitor does not say.
    pub keep_dropped_targets: Option<u64>,
    /// How large an uncompressed body may be if the monitor does not say.
    pub body_size_limit: Option<ByteSize>,
    /// `arbitraryFSAccessThroughSMs.deny`: whether no `ServiceMonitor` may name files.
    pub deny_file_access: bool,
    /// The Secrets and ConfigMaps that monitors refer to. `None` means unknown: references are not checked
    /// and credentials are written as `<secret>`.
    pub assets: Option<Assets>,
}

/// Rules and settings that monitors refer to by name, or that apply to all monitors without a class.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ScrapeClass {
    /// The value of a monitor's `scrapeClass`.
    pub name: String,
    /// Whether it applies to monitors that do not name an existing class.
    pub default: bool,
    /// Rules for a target's labels, applied before the monitor's.
    pub relabelings: Vec<RuleConfig>,
    /// Rules for every scraped series, applied before the monitor's.
    pub metric_relabelings: Vec<RuleConfig>,
    /// What else is discovered about a target, unless the monitor sets it.
    pub attach_metadata: Option<AttachMetadata>,
    /// The format of a response that does not name one, unless the monitor sets it.
    pub fallback_scrape_protocol: Option<ScrapeProtocol>,
    /// Files for connections where the monitor has neither files nor objects.
    pub tls_config: Option<TlsConfig>,
    /// An `Authorization` header where the monitor has none.
    pub authorization: Option<Authorization>,
}

/// How targets are spread over shards.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ShardingStrategy {
    /// By address alone, or by zone first.
    pub mode: ShardingMode,
    /// `topology.values`: the zones.
    pub zones: Vec<String>,
}

/// What decides the shard of a target.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ShardingMode {
    /// Its address.
    #[default]
    Address,
    /// Its zone, then its address.
    Topology,
}

/// Monitors that are exempt from a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObjectReference {
    /// The API group. Default: `monitoring.coreos.com`.
    pub group: String,
    /// `servicemonitors` or `podmonitors`.
    pub resource: String,
    /// The monitors' namespace.
    pub namespace: String,
    /// The monitor's name; empty means all in the namespace.
    pub name: String,
}

impl OperatorConfig {
    /// How often targets are scraped unless the Prometheus object sets it.
    pub const DEFAULT_SCRAPE_INTERVAL: &'static str = "30s";

    /// Sets the flags to the defaults of Operator 0.92 and later, in a cluster of Kubernetes 1.35 or later:
    /// topology sharding, shard retention, zones on pods, `EndpointSlice`s.
    #[must_use]
    pub fn with_default_flags(mut self) -> Self {
        self.topology_sharding = true;
        // An agent does not retain anything.
        self.retention_policies = !self.agent;
        self.pod_topology_labels = true;
        self.endpoint_slice_supported = true;
        self
    }

    /// Sets [`assets`](Self::assets): all Secrets and ConfigMaps that exist.
    #[must_use]
    pub fn with_assets(mut self, assets: Assets) -> Self {
        self.assets = Some(assets);
        self
    }

    /// Returns the number of shards: at least one.
    #[must_use]
    pub fn shard_count(&self) -> u64 {
        u64::try_from(self.shards).unwrap_or(1).max(1)
    }

    /// Returns the zones that topology sharding spreads targets over; empty if it is not active
    /// ([M15](crate::docs::operator#m15)).
    #[must_use]
    pub fn zones(&self) -> &[String] {
        let strategy = &self.sharding_strategy;
        if self.topology_sharding && strategy.mode == ShardingMode::Topology {
            &strategy.zones
        } else {
            &[]
        }
    }

    /// Returns how many shards each zone has, or the number of all shards if topology sharding is not active.
    #[must_use]
    pub fn shards_per_zone(&self) -> u64 {
        let zones = u64::try_from(self.zones().len()).unwrap_or(u64::MAX);
        self.shard_count()
            .checked_div(zones)
            .unwrap_or(self.shard_count())
            .max(1)
    }

    /// Returns which label names the server accepts: any since Prometheus 3.
    #[must_use]
    pub fn validation_scheme(&self) -> ValidationScheme {
        if self.version.major() < 3 {
            ValidationScheme::Legacy
        } else {
            ValidationScheme::Utf8
        }
    }

    /// Returns the values of `$(SHARD)` and related variables in the shard to look at.
    ///
    /// Shards are assigned to zones in turn: with two zones, shard 2 is the second of the first zone.
    #[must_use]
    pub fn environment(&self) -> Environment {
        let mut environment = Environment::default();
        environment.set("SHARD", self.shard.to_string());
        let zones = self.zones();
        let count = u64::try_from(zones.len()).unwrap_or(u64::MAX);
        if let (Some(zone), Some(turn)) =
            (self.shard.checked_rem(count), self.shard.checked_div(count))
        {
            let zone = usize::try_from(zone).ok().and_then(|zone| zones.get(zone));
            environment.set("TOPOLOGY_ZONE", zone.cloned().unwrap_or_default());
            environment.set("INZONE_SHARD", (turn % self.shards_per_zone()).to_string());
        }
        environment
    }

    /// Returns the value, if the version knows the field.
    pub(super) fn since<T>(&self, minor: u64, value: Option<T>) -> Option<T> {
        value.filter(|_| self.version >= Version::new(2, minor, 0))
    }

    /// Returns the class of a monitor that names `name`, if any (spec M12).
    pub(super) fn scrape_class(&self, name: Option<&str>) -> Option<&ScrapeClass> {
        let named = name.and_then(|name| self.scrape_classes.iter().find(|c| c.name == name));
        named.or_else(|| self.scrape_classes.iter().find(|class| class.default))
    }

    /// Returns the label enforced on a monitor, if any (spec M13).
    pub(super) fn enforced_label(
        &self,
        resource: &str,
        namespace: &str,
        name: &str,
    ) -> Option<&str> {
        let excluded = self.excluded_from_enforcement.iter().any(|reference| {
            reference.group == ObjectReference::GROUP
                && reference.resource == resource
                && !reference.namespace.is_empty()
                && reference.namespace == namespace
                && (reference.name.is_empty() || reference.name == name)
        });
        let label = self.enforced_namespace_label.as_str();
        (!label.is_empty() && !excluded).then_some(label)
    }
}

impl ObjectReference {
    pub(super) const GROUP: &str = "monitoring.coreos.com";
}

impl ShardingMode {
    pub(super) const WORDS: &[(&'static str, Self)] = &[
        ("Address", ShardingMode::Address),
        ("Topology", ShardingMode::Topology),
    ];
}
