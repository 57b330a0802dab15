//! Compares a scrape's timeout with its interval (spec C10, C11, C61).

use super::{
    rejection::Found,
    rule::{self, CheckRule},
};
use crate::operator::{config::OperatorConfig, rules::given};
use crate::scrape::Interval;

/// A duration as written, and its place.
struct Written<'t> {
    text: &'t str,
    path: &'t str,
}

/// Compares an interval with a timeout, each with its path.
pub(super) fn own(
    interval: (&Option<String>, &str),
    timeout: (&Option<String>, &str),
    settings: &OperatorConfig,
    found: &mut Found,
) {
    // Without its own timeout, the interval does not matter.
    let Some(text) = given(timeout.0) else {
        return;
    };
    let timeout = Written {
        text,
        path: timeout.1,
    };
    let (interval, from) = match given(interval.0) {
        Some(text) => {
            let path = interval.1;
            (Written { text, path }, format!("`{path}`"))
        }
        None => global_interval(settings),
    };
    compare(&timeout, &interval, &from, &rule::TIMEOUT, found);
}

/// Checks the Prometheus object's own timeout.
pub(super) fn global(settings: &OperatorConfig, found: &mut Found) {
    let Some(text) = given(&settings.scrape_timeout) else {
        return;
    };
    let path = "spec.scrapeTimeout";
    let timeout = Written { text, path };
    let (interval, from) = global_interval(settings);
    compare(&timeout, &interval, &from, &rule::GLOBAL_TIMEOUT, found);
}

fn global_interval(settings: &OperatorConfig) -> (Written<'_>, String) {
    let path = "spec.scrapeInterval";
    match given(&settings.scrape_interval) {
        Some(text) => (
            Written { text, path },
            "the Prometheus object's `scrapeInterval`".to_owned(),
        ),
        None => (
            Written {
                text: OperatorConfig::DEFAULT_SCRAPE_INTERVAL,
                path,
            },
            "the default of the Prometheus object's `scrapeInterval`".to_owned(),
        ),
    }
}

fn compare(
    timeout: &Written<'_>,
    interval: &Written<'_>,
    from: &str,
    too_long: &'static CheckRule,
    found: &mut Found,
) {
    let mut read = |written: &Written<'_>| match written.text.parse::<Interval>() {
        Ok(length) => Some(length),
        Err(error) => {
            found.add(&rule::DURATION, written.path, error.to_string());
            None
        }
    };
    if let (Some(every), Some(within)) = (read(interval), read(timeout))
        && within > every
    {
        let (within, every) = (timeout.text, interval.text);
        let reason = format!("{within} is more than the interval of {every}, {from}");
        found.add(too_long, timeout.path, reason);
    }
}
