//! Checks that a scrape class exists (spec C8).

use super::{rejection::Found, rule};
use crate::operator::{config::OperatorConfig, settings::ScrapeSettings};

pub(super) fn named(own: &ScrapeSettings, settings: &OperatorConfig, found: &mut Found) {
    let Some(wanted) = own.scrape_class.as_deref().filter(|name| !name.is_empty()) else {
        return;
    };
    let names: Vec<&str> = (settings.scrape_classes.iter())
        .map(|class| class.name.as_str())
        .collect();
    if !names.contains(&wanted) {
        let known = match names.as_slice() {
            [] => "none".to_owned(),
            names => format!("only `{}`", names.join("`, `")),
        };
        let reason = format!("no scrape class {wanted:?}: the Prometheus object has {known}");
        found.add(&rule::SCRAPE_CLASS, "spec.scrapeClass", reason);
    }
}
