//! What Prometheus makes of a body, as a scrape of it would show.

use std::time::SystemTime;

use exposition::scrape::{Report, SampleConfig, ScrapeError, TargetConfig};
use exposition::stats::Stats;
use exposition::{CollectedFamilies, Error};

use super::omitted::{self, Omitted};
use crate::source::{Source, Told};
use crate::verdict::Severity;

/// What Prometheus makes of a body.
pub(super) struct Verdict {
    /// Why the scrape is lost, if no line is the reason.
    pub(super) failure: Option<String>,
    /// The errors of lines and families, in the order of the body.
    pub(super) errors: Vec<Error>,
    pub(super) families: usize,
    pub(super) series: u64,
    pub(super) report: Report,
    /// The first samples that are not stored though the body is accepted.
    pub(super) omitted: Vec<Omitted>,
}

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Accepted,
    Lost,
    /// It was not read to the end.
    Unread,
}

impl Standing {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Standing::Accepted => "accepted",
            Standing::Lost => "lost",
            Standing::Unread => "unread",
        }
    }
}

impl Verdict {
    /// Reads a body as a scrape does, up to that many of the samples that are not stored.
    pub(super) fn on(source: &Source, limit: usize) -> Self {
        let CollectedFamilies {
            families, errors, ..
        } = source.families().read_all();
        let families = families.len();
        let mut stats = Stats::new();
        // Errors are counted apart.
        let _ = stats.read(source.samples());
        let report = scraped(source, limit);
        let is_of_line = |failure: &ScrapeError| {
            matches!(failure, ScrapeError::Line(_) | ScrapeError::Sample { .. })
        };
        let has_error = errors
            .iter()
            .any(|error| Severity::of(error) != Severity::Warning);
        let failure = (report.failure.as_ref()).filter(|found| !(is_of_line(found) && has_error));
        let failure = failure.map(ToString::to_string);
        let omitted = omitted::name(source, &report);
        Verdict {
            failure,
            errors,
            families,
            series: stats.series().known(),
            report,
            omitted,
        }
    }

    pub(super) fn standing(&self) -> Standing {
        if self.failure.is_some() {
            return Standing::Lost;
        }
        match self.errors.iter().map(Severity::of).min() {
            Some(Severity::Error) => Standing::Lost,
            Some(Severity::Unread) => Standing::Unread,
            Some(Severity::Warning) | None => Standing::Accepted,
        }
    }

    pub(super) fn is_accepted(&self) -> bool {
        self.standing() == Standing::Accepted
    }

    /// Returns the errors for which Prometheus drops the scrape, or may.
    pub(super) fn fatal(&self) -> impl Iterator<Item = &Error> {
        let errors = self.errors.iter();
        errors.filter(|error| Severity::of(error) != Severity::Warning)
    }

    /// Returns how many samples are not stored though the body is accepted.
    pub(super) fn lost_samples(&self) -> u64 {
        let Report {
            duplicates,
            out_of_order,
            out_of_bounds,
            ..
        } = self.report;
        duplicates + out_of_order + out_of_bounds
    }
}

/// Scrapes the body from a target that adds nothing to it.
fn scraped(source: &Source, limit: usize) -> Report {
    let mut config = SampleConfig::new();
    config.honor_labels = true;
    // Who names a format asks for it.
    let protocol = source.format.protocol();
    if source.told != Told::Header && !config.protocols.contains(&protocol) {
        config.protocols.push(protocol);
    }
    let targets = TargetConfig::new("check");
    let discovered = targets.discover([("__address__", "localhost")]);
    let target = discovered.ok().and_then(|found| found.into_target());
    let Some(target) = target else {
        return Report::default();
    };
    let scrape = config.scrape(&target, source.content_type.as_deref(), &source.body);
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = since.map_or(0, |since| since.as_millis());
    let scrape = scrape.at(i64::try_from(now).unwrap_or(i64::MAX));
    scrape.name_rejected(limit).report()
}
