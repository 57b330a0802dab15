//! Typed `Probe`: targets that another program, the prober, asks for.

use std::collections::BTreeMap;

use super::{
    credentials::{Authorization, BasicAuth, OAuth2},
    error::ManifestError,
    key_selector::KeySelector,
    monitor::NamespaceSelector,
    proxy::ProxyConfig,
    settings::ScrapeSettings,
    tls::TlsConfig,
    values::Scheme,
};
use crate::discovery::kubernetes::selector::LabelSelector;
use crate::relabel::RuleConfig;

/// A `Probe`: Prometheus scrapes a prober, such as the blackbox exporter, once for each target, and the prober
/// asks the target. Fields are named as in the manifest, where they are in `spec`.
///
/// ```
/// use exposition::operator::{Manifest, OperatorConfig, render};
///
/// let manifest: Manifest = "
/// apiVersion: monitoring.coreos.com/v1
/// kind: Probe
/// metadata: {name: site, namespace: shop}
/// spec:
///   prober: {url: 'blackbox:9115'}
///   module: http_2xx
///   targets:
///     staticConfig: {static: ['https://shop.example']}
/// ".parse()?;
/// let Manifest::Probe(probe) = &manifest else { panic!("it is a Probe") };
/// assert_eq!(probe.module.as_deref(), Some("http_2xx"));
///
/// let configs = render(&manifest, &OperatorConfig::default());
/// assert_eq!(configs[0].metrics_path.as_deref(), Some("/probe"));
/// # Ok::<(), exposition::operator::ManifestError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Probe {
    /// `metadata.name`.
    pub name: String,
    /// `metadata.namespace`.
    pub namespace: String,
    /// `metadata.labels`, by which a Prometheus object selects it.
    pub labels: BTreeMap<String, String>,
    /// The value of the `job` label.
    pub job_name: Option<String>,
    /// What asks the targets.
    pub prober: Option<Prober>,
    /// The prober's module: the URL parameter `module`.
    pub module: Option<String>,
    /// What is asked.
    pub targets: ProbeTargets,
    /// How often to scrape, in Prometheus' spelling.
    pub interval: Option<String>,
    /// How long a scrape may take, in Prometheus' spelling.
    pub scrape_timeout: Option<String>,
    /// Further URL parameters, in order.
    pub params: Vec<ProbeParam>,
    /// Rules for every scraped series.
    pub metric_relabelings: Vec<RuleConfig>,
    /// Whether redirects are followed.
    pub follow_redirects: Option<bool>,
    /// Whether HTTP/2 is used.
    pub enable_http2: Option<bool>,
    /// How the connection to the prober is encrypted.
    pub tls_config: Option<TlsConfig>,
    /// A token from a Secret.
    pub bearer_token_secret: Option<KeySelector>,
    /// A user and a password.
    pub basic_auth: Option<BasicAuth>,
    /// A token that is requested first.
    pub oauth2: Option<OAuth2>,
    /// An `Authorization` header.
    pub authorization: Option<Authorization>,
    /// Limits, formats, native histograms and the scrape class.
    pub settings: ScrapeSettings,
    pub(super) warnings: Vec<ManifestError>,
}

/// `prober`: what asks the targets of a [`Probe`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Prober {
    /// Its host, and optionally a port; not a URL, in spite of the name.
    pub url: String,
    /// How to connect to it.
    pub scheme: Option<Scheme>,
    /// The path of the metrics. A cluster fills in `/probe`.
    pub path: Option<String>,
    /// The proxy to go through.
    pub proxy: ProxyConfig,
}

/// `targets`: what a [`Probe`] asks. With both, only `static_config` counts.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ProbeTargets {
    /// Targets that are listed.
    pub static_config: Option<ProbeStaticConfig>,
    /// The addresses that Ingress objects have.
    pub ingress: Option<ProbeIngress>,
}

/// `targets.staticConfig`: targets that are listed.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ProbeStaticConfig {
    /// `static`: the targets, as the prober takes them.
    pub targets: Vec<String>,
    /// Labels of all the targets.
    pub labels: BTreeMap<String, String>,
    /// Rules for a target's labels.
    pub relabeling_configs: Vec<RuleConfig>,
}

/// `targets.ingress`: the addresses that Ingress objects have.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ProbeIngress {
    /// The Ingress objects to select. An empty selector selects all.
    pub selector: LabelSelector,
    /// Which namespaces are searched. Default: the probe's own.
    pub namespace_selector: NamespaceSelector,
    /// Rules for a target's labels.
    pub relabeling_configs: Vec<RuleConfig>,
}

/// One of a [`Probe`]'s `params`: a URL parameter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProbeParam {
    /// The parameter's name.
    pub name: String,
    /// Its values.
    pub values: Vec<String>,
}
