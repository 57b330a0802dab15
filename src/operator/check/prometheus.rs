//! Checks the Prometheus object itself: a fault there means that nothing is generated (spec C61-C65).

use super::{
    auth, duration, references,
    rejection::{Found, Rejections},
    relabel, rule, selector, tls,
};
use crate::operator::{
    access::Access, assets::Assets, config::ScrapeClass, prometheus::Prometheus, version::Version,
};

impl Prometheus {
    /// Checks the object as the Operator does before it looks at any monitor. If a check fails, the Operator
    /// writes nothing and the last good configuration stays. Where
    /// [`OperatorConfig::assets`](crate::operator::OperatorConfig::assets) are known, it looks up the Secrets and
    /// ConfigMaps of scrape classes too; it does not look at settings other than those of scrapes.
    ///
    /// An object that is not refused may still be [paused](Self::is_paused) or
    /// [unmanaged](Self::is_unmanaged).
    ///
    /// # Errors
    /// Every reason, in order.
    pub fn check(&self) -> Result<(), Rejections> {
        let mut found = Found::default();
        let settings = &self.settings;
        for (key, labels) in &self.selectors {
            selector::selector(labels, &format!("spec.{key}"), &mut found);
        }
        let mut defaults =
            (settings.scrape_classes.iter().enumerate()).filter(|(_, class)| class.default);
        if let (Some((first, _)), Some((second, _))) = (defaults.next(), defaults.next()) {
            let reason = format!("the default already is `spec.scrapeClasses[{first}]`");
            let path = format!("spec.scrapeClasses[{second}].default");
            found.add(&rule::TWO_DEFAULTS, path, reason);
        }
        for (index, class) in settings.scrape_classes.iter().enumerate() {
            let place = format!("spec.scrapeClasses[{index}]");
            scrape_class(class, &place, &settings.version, &mut found);
            if let Some(assets) = &settings.assets {
                self.references(class, &place, assets, &mut found);
            }
        }
        duration::global(settings, &mut found);
        Rejections::result(found.list)
    }

    /// Looks up what a scrape class refers to (spec C65).
    fn references(&self, class: &ScrapeClass, place: &str, assets: &Assets, found: &mut Found) {
        let access = Access {
            authorization: class.authorization.as_ref(),
            tls_config: class.tls_config.as_ref(),
            ..Access::default()
        };
        let references = references::access(&access, place);
        let rules = references::OF_PROMETHEUS;
        references::resolve(&references, assets, &self.namespace, rules, found);
        tls::content(&access, place, assets, &self.namespace, found);
    }

    /// Tells whether nothing at all is rendered because the object has none of the four label selectors
    /// ([C66](crate::docs::operator#c66)): the Operator creates an empty configuration, and somebody else
    /// writes it. An Operator with `--disable-unmanaged-prometheus-configuration` renders one without entries.
    ///
    /// ```
    /// use exposition::operator::Prometheus;
    ///
    /// let prometheus: Prometheus = "
    /// apiVersion: monitoring.coreos.com/v1
    /// kind: Prometheus
    /// metadata: {name: main, namespace: monitoring}
    /// spec: {probeNamespaceSelector: {}}
    /// ".parse()?;
    /// assert!(prometheus.is_unmanaged());
    /// # Ok::<(), exposition::operator::ManifestError>(())
    /// ```
    #[must_use]
    pub fn is_unmanaged(&self) -> bool {
        let is_of_labels = |key: &str| !key.ends_with("NamespaceSelector");
        !self.selectors.iter().any(|(key, _)| is_of_labels(key))
    }

    /// Tells whether the Operator leaves everything as it is, so that changes have no effect
    /// ([C67](crate::docs::operator#c67)): `spec.paused`.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.paused
    }
}

fn scrape_class(class: &ScrapeClass, place: &str, version: &Version, found: &mut Found) {
    if let Some(authorization) = &class.authorization {
        let place = format!("{place}.authorization");
        auth::not_basic(authorization, &place, found);
        if authorization.credentials.is_some() && authorization.credentials_file.is_some() {
            let reason = "stands beside `credentials`, only one of them can be";
            let path = format!("{place}.credentialsFile");
            found.add(&rule::CREDENTIALS_TWICE, path, reason);
        }
    }
    if let Some(config) = &class.tls_config {
        tls::config(config, &format!("{place}.tlsConfig"), found);
    }
    let lists = [
        ("relabelings", &class.relabelings),
        ("metricRelabelings", &class.metric_relabelings),
    ];
    for (key, rules) in lists {
        relabel::rules(rules, &format!("{place}.{key}"), version, found);
    }
}
