//! The first half of a scrape: turns discovered labels into a target, or none.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use super::{
    error::TargetError,
    interval::Interval,
    labels::{self, PARAM},
    url::Url,
};
use crate::model::exported::EXPORTED;
use crate::model::histogram_options::HistogramOptions;
use crate::relabel::{LabelSet, Rules, Step};

/// What Prometheus needs from a scrape configuration to turn discovered labels into targets.
///
/// ```
/// use exposition::relabel::{Action, RuleConfig, Rules};
/// use exposition::{ValidationScheme, scrape::{Discovered, TargetConfig}};
///
/// let mut config = TargetConfig::new("pods");
/// config.metrics_path = "/stats/prometheus".into();
/// config.rules = Rules::new(
///     [
///         RuleConfig::new()
///             .source_labels(["__meta_kubernetes_pod_container_name"])
///             .regex("istio-proxy")
///             .action(Action::Keep),
///         RuleConfig::new()
///             .source_labels(["__meta_kubernetes_pod_name"])
///             .target_label("pod"),
///     ],
///     ValidationScheme::Utf8,
/// )?;
///
/// let sidecar = [
///     ("__address__", "10.0.0.7:15090"),
///     ("__meta_kubernetes_pod_container_name", "istio-proxy"),
///     ("__meta_kubernetes_pod_name", "shop-1"),
/// ];
/// let Discovered::Target(target) = config.discover(sidecar)? else { panic!() };
/// assert_eq!(target.url(), "http://10.0.0.7:15090/stats/prometheus");
/// assert_eq!(target.to_string(), r#"{instance="10.0.0.7:15090", job="pods", pod="shop-1"}"#);
///
/// let application = [
///     ("__address__", "10.0.0.7:80"),
///     ("__meta_kubernetes_pod_container_name", "shop"),
/// ];
/// let Discovered::Dropped(dropped) = config.discover(application)? else { panic!() };
/// assert_eq!(
///     dropped.to_string(),
///     r#"rule 0: __meta_kubernetes_pod_container_name is "shop", keep wants "istio-proxy""#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TargetConfig {
    /// The target's `job`, unless discovery or a rule sets another.
    pub job_name: String,
    /// How often to scrape: one minute by default.
    pub scrape_interval: Interval,
    /// How long a scrape may take: 10 seconds by default.
    pub scrape_timeout: Interval,
    /// The path of the metrics: `/metrics` by default.
    pub metrics_path: String,
    /// `http`, the default, or `https`.
    pub scheme: String,
    /// URL parameters, each with its values in order.
    pub params: BTreeMap<String, Vec<String>>,
    /// Whether classic histograms become native ones with custom buckets.
    pub convert_classic_histograms_to_nhcb: bool,
    /// Whether a histogram that is exposed both ways is scraped both ways.
    pub always_scrape_classic_histograms: bool,
    /// Whether native histograms are scraped.
    pub scrape_native_histograms: bool,
    /// The rules for a target's labels: `relabel_configs`.
    pub rules: Rules,
}

/// What happens to discovered labels.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Discovered<'c> {
    /// They are scraped.
    Target(Target),
    /// A rule drops them.
    Dropped(Dropped<'c>),
}

impl Discovered<'_> {
    /// Returns the target, if there is one.
    #[must_use]
    pub fn into_target(self) -> Option<Target> {
        match self {
            Discovered::Target(target) => Some(target),
            Discovered::Dropped(_) => None,
        }
    }
}

/// The rule that dropped discovered labels, and what it saw.
#[derive(Debug, Clone)]
pub struct Dropped<'c> {
    step: Step<'c>,
}

impl<'c> Dropped<'c> {
    /// Returns the step of the rule that dropped the labels.
    #[must_use]
    pub fn by(&self) -> &Step<'c> {
        &self.step
    }
}

/// Displays the rule's index, what it wanted and what it found.
impl fmt::Display for Dropped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rule {}: {}", self.step.index(), self.step.why())
    }
}

impl TargetConfig {
    /// Creates a configuration with Prometheus' defaults for a job's name, without rules.
    #[must_use]
    pub fn new(job_name: impl Into<String>) -> Self {
        TargetConfig {
            job_name: job_name.into(),
            scrape_interval: Interval::from_secs(60),
            scrape_timeout: Interval::from_secs(10),
            metrics_path: "/metrics".to_owned(),
            scheme: "http".to_owned(),
            params: BTreeMap::new(),
            convert_classic_histograms_to_nhcb: false,
            always_scrape_classic_histograms: false,
            scrape_native_histograms: false,
            rules: Rules::default(),
        }
    }

    /// Turns discovered labels into a target: [`label_set`](Self::label_set), the rules, then
    /// [`target`](Self::target).
    ///
    /// # Errors
    ///
    /// Those of [`target`](Self::target).
    pub fn discover<'c>(
        &'c self,
        labels: impl IntoIterator<Item = (&'c str, &'c str)>,
    ) -> Result<Discovered<'c>, TargetError> {
        let mut labels = self.label_set(labels);
        match self.rules.apply_or_drop(&mut labels) {
            Ok(()) => self.target(&labels).map(Discovered::Target),
            Err(step) => Ok(Discovered::Dropped(Dropped { step })),
        }
    }

    /// Returns what the rules see: the discovered labels and, where these are silent, the configuration's own
    /// settings as labels ([S3](crate::docs::scrape#s3), [S4](crate::docs::scrape#s4)).
    ///
    /// Of a repeated name the first counts: put a target's own labels before those of its group.
    pub fn label_set<'c>(
        &'c self,
        labels: impl IntoIterator<Item = (&'c str, &'c str)>,
    ) -> LabelSet<'c> {
        let mut pairs: Vec<_> = labels.into_iter().collect();
        pairs.sort_by_key(|(name, _)| *name);
        pairs.dedup_by_key(|(name, _)| *name);
        let mut set: LabelSet<'c> = pairs.iter().copied().collect();
        let flag = |flag: bool| Cow::Borrowed(if flag { "true" } else { "false" });
        // In this order, which `labelmap` follows.
        let settings: [(_, Cow<'c, str>); 8] = [
            (labels::JOB, self.job_name.as_str().into()),
            (labels::INTERVAL, self.scrape_interval.to_string().into()),
            (labels::TIMEOUT, self.scrape_timeout.to_string().into()),
            (labels::METRICS_PATH, self.metrics_path.as_str().into()),
            (labels::SCHEME, self.scheme.as_str().into()),
            (labels::NHCB, flag(self.convert_classic_histograms_to_nhcb)),
            (labels::CLASSIC, flag(self.always_scrape_classic_histograms)),
            (labels::NATIVE, flag(self.scrape_native_histograms)),
        ];
        for (name, value) in settings {
            if set.get(name).is_none() {
                set.set(name, value);
            }
        }
        for (name, values) in &self.params {
            let name = format!("{PARAM}{name}");
            let found = pairs.binary_search_by_key(&name.as_str(), |(name, _)| *name);
            let found = found.ok().and_then(|at| pairs.get(at));
            if let Some(value) = values.first()
                && found.is_none_or(|(_, found)| found.is_empty())
            {
                set.add(name, value);
            }
        }
        set
    }

    /// Turns labels that have been through the rules into a target ([S6](crate::docs::scrape#s6) to
    /// [S9](crate::docs::scrape#s9)).
    ///
    /// # Errors
    ///
    /// A [`TargetError`] if Prometheus refuses the target.
    pub fn target(&self, relabelled: &LabelSet<'_>) -> Result<Target, TargetError> {
        let get = |name: &str| relabelled.get(name).unwrap_or_default();
        let address = get(labels::ADDRESS);
        if address.is_empty() {
            return Err(TargetError::NoAddress);
        }
        if address.contains('/') {
            return Err(TargetError::Address {
                address: address.to_owned(),
            });
        }
        let interval = |name: &'static str| match get(name).parse::<Interval>() {
            Ok(interval) if interval.is_zero() => Err(TargetError::ZeroInterval { label: name }),
            Ok(interval) => Ok(interval),
            Err(error) => Err(TargetError::Interval { label: name, error }),
        };
        let (interval, timeout) = (interval(labels::INTERVAL)?, interval(labels::TIMEOUT)?);
        if timeout > interval {
            return Err(TargetError::TimeoutOverInterval { timeout, interval });
        }
        let flag = |label: &'static str, configured: bool| {
            let value = get(label);
            match labels::go_bool(value) {
                Some(flag) => Ok(Flag { flag, configured }),
                None if value.is_empty() => Ok(Flag {
                    flag: configured,
                    configured,
                }),
                None => {
                    let value = value.to_owned();
                    Err(TargetError::Flag { label, value })
                }
            }
        };
        let convert_classic = flag(labels::NHCB, self.convert_classic_histograms_to_nhcb)?;
        let keep_classic = flag(labels::CLASSIC, self.always_scrape_classic_histograms)?;
        let native = flag(labels::NATIVE, self.scrape_native_histograms)?;
        let mut public: Vec<TargetLabel> = (relabelled.iter())
            .filter(|(name, _)| !name.starts_with(labels::RESERVED))
            .map(|(name, value)| TargetLabel::new(name, value))
            .collect();
        if relabelled.get(labels::INSTANCE).is_none() {
            public.push(TargetLabel::new(labels::INSTANCE, address));
        }
        public.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        let mut internal: Vec<(String, String)> = (relabelled.iter())
            .filter(|(name, _)| name.starts_with(labels::RESERVED))
            .filter(|(name, _)| !name.starts_with(labels::META))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        internal.sort_unstable();
        Ok(Target {
            url: self.url(relabelled),
            labels: public,
            internal,
            interval,
            timeout,
            native,
            keep_classic,
            convert_classic,
        })
    }

    fn url(&self, relabelled: &LabelSet<'_>) -> String {
        let mut query: BTreeMap<&str, Vec<&str>> = (self.params.iter())
            .map(|(name, values)| (name.as_str(), values.iter().map(String::as_str).collect()))
            .collect();
        for (name, value) in relabelled.iter() {
            if let Some(name) = name.strip_prefix(PARAM) {
                let values = query.entry(name).or_default();
                match values.first_mut() {
                    Some(first) => *first = value,
                    None => values.push(value),
                }
            }
        }
        let get = |name| relabelled.get(name).unwrap_or_default();
        let url = Url {
            scheme: get(labels::SCHEME),
            host: get(labels::ADDRESS),
            path: get(labels::METRICS_PATH),
            query,
        };
        url.to_string()
    }
}

/// A target to scrape: where it is, and the labels of its series.
///
/// Two targets are equal if Prometheus scrapes them once ([S10](crate::docs::scrape#s10)). It displays its
/// labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    url: String,
    labels: Vec<TargetLabel>,
    /// The labels that begin with `__`, by name, without those of discovery.
    internal: Vec<(String, String)>,
    interval: Interval,
    timeout: Interval,
    native: Flag,
    keep_classic: Flag,
    convert_classic: Flag,
}

/// A setting that is a label too, so that rules may change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Flag {
    /// What the label says.
    flag: bool,
    /// What the target's configuration says.
    configured: bool,
}

impl Flag {
    /// Returns the setting, where the other half of the configuration says that.
    fn with(self, other: bool) -> bool {
        match self.flag == self.configured {
            true => self.flag || other,
            false => self.flag,
        }
    }
}

/// A label that every series of a target gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TargetLabel {
    pub(super) name: String,
    pub(super) value: String,
    /// The name that a scraped label of that name gets, unless labels are honored.
    pub(super) exported: String,
}

impl TargetLabel {
    pub(super) fn new(name: &str, value: &str) -> Self {
        TargetLabel {
            name: name.to_owned(),
            value: value.to_owned(),
            exported: [EXPORTED, name].concat(),
        }
    }
}

impl Target {
    /// Returns the URL that it is scraped from, as Prometheus writes it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the labels that its series get, by name: none of them begins with `__`.
    pub fn labels(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        (self.labels.iter()).map(|label| (label.name.as_str(), label.value.as_str()))
    }

    /// Returns the labels that it has but its series do not get, by name: those that begin with `__`, without
    /// the `__meta_` labels of discovery.
    pub fn internal_labels(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        (self.internal.iter()).map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns the same target, whose series get no labels of it: what remains of them is what a body says, and
    /// what metric rules do.
    ///
    /// ```
    /// use exposition::scrape::{SampleConfig, TargetConfig};
    ///
    /// let config = TargetConfig::new("node");
    /// let target = config.discover([("__address__", "h:9100")])?.into_target().unwrap();
    /// let (samples, target) = (SampleConfig::new(), target.without_labels());
    /// let scraped = samples.scrape(&target, Some("text/plain"), b"up 1\n").collect();
    /// assert_eq!(scraped.samples[0].labels.to_string(), r#"{__name__="up"}"#);
    /// # Ok::<(), exposition::scrape::TargetError>(())
    /// ```
    #[must_use]
    pub fn without_labels(mut self) -> Self {
        self.labels.clear();
        self
    }

    pub(super) fn target_labels(&self) -> &[TargetLabel] {
        &self.labels
    }

    /// Returns the value of one of these labels.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.labels()
            .find(|label| label.0 == name)
            .map(|label| label.1)
    }

    /// Returns in which form histograms of this target are stored, if the configuration of samples says
    /// `configured`: a setting is on if that or the [`TargetConfig`] has it on, unless discovery or a rule
    /// has given another value to its label: `__scrape_native_histograms__`,
    /// `__always_scrape_classic_histograms__` or `__convert_classic_histograms_to_nhcb__`
    /// ([S3](crate::docs::scrape#s3)).
    ///
    /// ```
    /// use exposition::HistogramOptions;
    /// use exposition::scrape::TargetConfig;
    ///
    /// let config = TargetConfig::new("node");
    /// let labels = [("__address__", "h:9100"), ("__scrape_native_histograms__", "true")];
    /// let target = config.discover(labels)?.into_target().unwrap();
    /// assert_eq!(target.histograms(HistogramOptions::new()), HistogramOptions::new().native(true));
    /// # Ok::<(), exposition::scrape::TargetError>(())
    /// ```
    #[must_use]
    pub fn histograms(&self, configured: HistogramOptions) -> HistogramOptions {
        HistogramOptions::new()
            .native(self.native.with(configured.native))
            .keep_classic(self.keep_classic.with(configured.keep_classic))
            .convert_classic(self.convert_classic.with(configured.convert_classic))
    }

    /// Returns how often it is scraped.
    #[must_use]
    pub fn interval(&self) -> Interval {
        self.interval
    }

    /// Returns how long a scrape of it may take.
    #[must_use]
    pub fn timeout(&self) -> Interval {
        self.timeout
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.labels().collect::<LabelSet<'_>>().fmt(f)
    }
}
