//! What a configuration makes of a port, and what is stored of its body.

use exposition::operator::{Explainer, OperatorConfig, ScrapeConfig};
use exposition::scrape::{Report, Target};

use crate::failure::Result;
use crate::outcome::Outcome;
use crate::remarks::Told;
use crate::source::Source;

/// What a configuration makes of a port.
pub(in crate::monitor) struct Answer {
    /// The configuration's job.
    pub(in crate::monitor) job: String,
    /// Why it is scraped, or not.
    pub(in crate::monitor) reason: String,
    /// What each rule did.
    pub(in crate::monitor) steps: Vec<String>,
    /// The target that is scraped, if it is.
    pub(in crate::monitor) scrape: Option<Scrape>,
}

/// A target that is scraped.
pub(in crate::monitor) struct Scrape {
    pub(in crate::monitor) target: Target,
    /// The port that is the same target of the same configuration already.
    pub(in crate::monitor) same_as: Option<String>,
    /// The body that it answers, and what is stored of it.
    pub(in crate::monitor) stored: Option<(Source, Report)>,
}

impl Answer {
    /// Returns the answer for a port that is not scraped.
    pub(super) fn of_reason(job: String, reason: String) -> Self {
        Answer {
            job,
            reason,
            steps: Vec::new(),
            scrape: None,
        }
    }
}

impl Scrape {
    pub(super) fn new(target: Target) -> Self {
        Scrape {
            target,
            same_as: None,
            stored: None,
        }
    }

    /// Returns the port of the target's URL.
    pub(super) fn port(&self) -> u16 {
        let url = self.target.url();
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
        let authority = rest.split('/').next().unwrap_or_default();
        let port = authority
            .rsplit_once(':')
            .and_then(|(_, port)| port.parse().ok());
        port.unwrap_or(if scheme == "https" { 443 } else { 80 })
    }

    /// Has the target answer a body. Returns how the scrape ends, and what it shows that is probably not meant.
    pub(super) fn answer(
        &mut self,
        source: Source,
        config: &ScrapeConfig,
        settings: &OperatorConfig,
    ) -> Result<(Outcome, Vec<Told>)> {
        let explainer = Explainer::new(config, settings)?;
        let report = (explainer.sample_config())
            .scrape(&self.target, source.content_type.as_deref(), &source.body)
            .count_rules()
            .report();
        let outcome = match report.up() {
            true => Outcome::Fine,
            false => Outcome::Unreadable,
        };
        let remarks = explainer.remarks_on(&report);
        self.stored = Some((source, report));
        Ok((outcome, remarks.iter().map(Told::from).collect()))
    }
}
