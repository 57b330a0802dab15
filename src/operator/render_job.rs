//! Renders what the entries of all kinds of resources share: limits, formats, native histograms, rules of the
//! scrape class, namespaces.

use super::{
    config::{OperatorConfig, ScrapeClass},
    connection::Connection,
    limits::{capped, capped_size},
    monitor::NamespaceSelector,
    rules::RuleList,
    scrape_config::{Namespaces, RenderedRule, ScrapeConfig},
    settings::ScrapeSettings,
    version::Version,
};
use crate::format::ScrapeProtocol;
use crate::relabel::RuleConfig;

/// The entry of a resource, and what the Prometheus object has for it.
pub(super) struct Job<'m> {
    pub(super) config: &'m OperatorConfig,
    pub(super) class: Option<&'m ScrapeClass>,
    /// The label that is enforced, if it is.
    pub(super) enforced: Option<&'m str>,
    pub(super) namespace: &'m str,
}

impl<'m> Job<'m> {
    /// Looks up what the Prometheus object has for a resource, which is one of `resources` in its group.
    pub(super) fn new(
        config: &'m OperatorConfig,
        settings: &ScrapeSettings,
        resources: &str,
        namespace: &'m str,
        name: &str,
    ) -> Self {
        Job {
            config,
            class: config.scrape_class(settings.scrape_class.as_deref()),
            enforced: config.enforced_label(resources, namespace, name),
            namespace,
        }
    }

    pub(super) fn connection(&self) -> Connection<'m> {
        Connection {
            config: self.config,
            class: self.class,
            namespace: self.namespace,
        }
    }

    /// Returns the rules for series (spec M21): those of the scrape class, the resource's own in the list of
    /// this path, and the enforced one.
    pub(super) fn metric_rules(&self, own: &[RuleConfig], list: &str) -> Vec<RenderedRule> {
        let mut rules = RuleList::default();
        rules.class_metrics(self.class);
        rules.own(own, list);
        rules.enforced_namespace(self.enforced, self.namespace);
        rules.into_rules()
    }

    /// Returns an entry with only these settings (spec M17-M20).
    pub(super) fn settings(&self, settings: &ScrapeSettings) -> ScrapeConfig {
        let config = self.config;
        let version = &config.version;
        let three = Version::new(3, 0, 0);
        let limit = |user, cap| capped(user, cap, version);
        let classic = settings.scrape_classic_histograms;
        let factor = settings.native_histogram_min_bucket_factor.as_ref();
        let size = capped_size(
            settings.body_size_limit.as_ref(),
            config.enforced_body_size_limit.as_ref(),
        );
        let name_length = limit(
            settings.label_name_length_limit,
            config.enforced_label_name_length_limit,
        );
        let value_length = limit(
            settings.label_value_length_limit,
            config.enforced_label_value_length_limit,
        );
        let keep_dropped = limit(
            settings.keep_dropped_targets,
            config.enforced_keep_dropped_targets,
        );
        ScrapeConfig {
            sample_limit: limit(settings.sample_limit, config.enforced_sample_limit),
            target_limit: config.since(
                21,
                limit(settings.target_limit, config.enforced_target_limit),
            ),
            label_limit: config.since(27, limit(settings.label_limit, config.enforced_label_limit)),
            label_name_length_limit: config.since(27, name_length),
            label_value_length_limit: config.since(27, value_length),
            keep_dropped_targets: config.since(47, keep_dropped),
            scrape_native_histograms: (settings.scrape_native_histograms)
                .filter(|_| *version >= Version::new(3, 8, 0)),
            native_histogram_bucket_limit: config.since(45, settings.native_histogram_bucket_limit),
            native_histogram_min_bucket_factor: config
                .since(50, factor.map(|factor| factor.value())),
            // The name changed with the major version, and its pre-releases use the new one.
            always_scrape_classic_histograms: classic.filter(|_| version.major() == 3),
            scrape_classic_histograms: config.since(45, classic.filter(|_| version.major() != 3)),
            convert_classic_histograms_to_nhcb: (settings.convert_classic_histograms_to_nhcb)
                .filter(|_| *version >= three),
            scrape_protocols: config.since(49, self.scrape_protocols(settings)),
            fallback_scrape_protocol: (settings.fallback_scrape_protocol)
                .or(self.class.and_then(|class| class.fallback_scrape_protocol))
                .filter(|_| *version >= three),
            body_size_limit: config.since(28, size.map(str::to_owned)),
            ..ScrapeConfig::default()
        }
    }

    /// Returns the requested formats, without one that the version does not know (spec M19). The rest may be
    /// an empty list, which is written.
    fn scrape_protocols(&self, settings: &ScrapeSettings) -> Option<Vec<ScrapeProtocol>> {
        let wanted = &settings.scrape_protocols;
        let knows_text_1 = self.config.version >= Version::new(3, 0, 0).candidate(0);
        (!wanted.is_empty()).then(|| {
            (wanted.iter().copied())
                .filter(|protocol| knows_text_1 || *protocol != ScrapeProtocol::PrometheusText100)
                .collect()
        })
    }

    /// Returns which namespaces are searched for a resource's targets (spec M5.2).
    pub(super) fn searched(&self, selector: &NamespaceSelector) -> Option<Namespaces> {
        let names = if self.config.ignore_namespace_selectors {
            vec![self.namespace.to_owned()]
        } else if selector.any {
            return None;
        } else if selector.match_names.is_empty() {
            vec![self.namespace.to_owned()]
        } else {
            selector.match_names.clone()
        };
        Some(Namespaces {
            names,
            own_namespace: None,
        })
    }
}
