//! Checks the Prometheus object itself: a fault there means that nothing is generated (spec C61-C64).

use super::{
    auth, duration,
    rejection::{Found, Rejections},
    relabel, rule, selector, tls,
};
use crate::operator::{config::ScrapeClass, prometheus::Prometheus, version::Version};

impl Prometheus {
    /// Checks the object as the Operator does before it looks at any monitor. If a check fails, the Operator
    /// writes nothing and the last good configuration stays.
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
        }
        duration::global(settings, &mut found);
        Rejections::result(found.list)
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
