//! Compares families of a body with a scrape of it.

#![allow(clippy::expect_used, reason = "a helper of tests may fail them")]

use exposition::scrape::{SampleConfig, Target, TargetConfig};
use exposition::{Dialect, Error, ErrorKind, Families, MetricFamily};

pub(crate) fn content_type_of(dialect: Dialect) -> Option<&'static str> {
    Some(match dialect {
        Dialect::OpenMetrics => "application/openmetrics-text; version=1.0.0",
        _ => "text/plain; version=0.0.4",
    })
}

pub(crate) fn target() -> Target {
    let targets = TargetConfig::new("t");
    let found = targets.discover([("__address__", "h:1")]);
    let found = found.expect("an address is enough");
    found.into_target().expect("no rule drops it")
}

/// Compares the families of a body, streamed and collected, with the result of a scrape. Returns whether the
/// body has errors and is accepted despite all of them.
pub(crate) fn check(body: &[u8], dialect: Dialect) -> Result<bool, String> {
    let (mut config, target) = (SampleConfig::new(), target());
    // Otherwise the target's labels replace any number of the sample's own.
    config.honor_labels = true;
    let report = config
        .scrape(&target, content_type_of(dialect), body)
        .report();
    let (families, errors): (Vec<_>, Vec<_>) =
        Families::new(body, dialect).partition(|item| item.is_ok());
    let families: Vec<MetricFamily<'_>> = families.into_iter().flatten().collect();
    let errors: Vec<Error> = errors.into_iter().filter_map(Result::err).collect();
    let collected = Families::new(body, dialect).read_all();
    let is_of_limit = |error: &Error| {
        matches!(
            error.kind(),
            ErrorKind::LineTooLong | ErrorKind::TooManyLabels | ErrorKind::BodyTooLong
        )
    };
    if errors.iter().any(is_of_limit) {
        // They fail a scrape here, but not in Prometheus.
        return Ok(false);
    }
    for (families, errors) in [
        (&families, &errors),
        (&collected.families, &collected.errors),
    ] {
        let refused = errors.iter().find(|error| error.fails_scrape());
        let held = families.iter().flat_map(MetricFamily::samples).count() as u64;
        match (refused, &report.failure) {
            (Some(_), Some(_)) => {}
            (None, None) if held == report.samples_scraped => {}
            (None, None) => return Err(format!("{held} of {}", report.samples_scraped)),
            (refused, failure) => return Err(format!("{refused:?}, but the scrape: {failure:?}")),
        }
    }
    Ok(report.up() && !collected.errors.is_empty())
}
