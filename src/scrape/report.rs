//! What a scrape reports about itself.

use super::{error::ScrapeError, rejected::RejectedSample, target::Target};
use crate::model::name::METRIC_NAME;
use crate::relabel::{LabelSet, RuleStats};
use crate::samples::Unconverted;

/// The result of a scrape: what Prometheus stores as `up` and related series, and what happened to samples
/// that are not stored.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// `scrape_samples_scraped`: how many samples the body has, up to the error if it has one.
    pub samples_scraped: u64,
    /// `scrape_samples_post_metric_relabeling`: how many the rules kept, including those that are not stored
    /// for another reason.
    pub samples_post_metric_relabeling: u64,
    /// How many were left out because their series already has a sample at that time.
    pub duplicates: u64,
    /// How many were left out because their series has a later sample.
    pub out_of_order: u64,
    /// How many were left out because they are more than ten minutes ahead of the scrape.
    pub out_of_bounds: u64,
    /// The first of the samples counted by these three, in the order of the body: ten, unless [another
    /// number](super::Scrape::name_rejected) was requested.
    pub rejected: Vec<RejectedSample>,
    /// How many classic histograms were left out because they could not be converted to native ones.
    /// Prometheus drops them without a word ([P39](crate::docs::protobuf#p39)).
    pub unconverted: u64,
    /// The first of them, at most 100.
    pub unconverted_histograms: Vec<Unconverted>,
    /// What each rule did, if [requested](super::Scrape::count_rules).
    pub rules: Option<RuleStats>,
    /// Why the scrape failed, if it did. Then nothing of the body is stored.
    pub failure: Option<ScrapeError>,
}

impl Report {
    /// Tells whether the scrape succeeded: the value of `up`.
    #[must_use]
    pub fn up(&self) -> bool {
        self.failure.is_none()
    }

    /// Returns the series that Prometheus stores about the scrape, at its time: `up`,
    /// `scrape_samples_scraped` and `scrape_samples_post_metric_relabeling` ([S54](crate::docs::scrape#s54)).
    /// They have the target's labels, and no rule applies to them.
    pub fn series<'t>(&self, target: &'t Target) -> impl Iterator<Item = (LabelSet<'t>, f64)> {
        let values = [
            ("up", f64::from(u8::from(self.up()))),
            ("scrape_samples_scraped", self.samples_scraped as f64),
            (
                "scrape_samples_post_metric_relabeling",
                self.samples_post_metric_relabeling as f64,
            ),
        ];
        (values.into_iter()).map(|(name, value)| {
            let name = std::iter::once((METRIC_NAME, name));
            (name.chain(target.labels()).collect(), value)
        })
    }
}
