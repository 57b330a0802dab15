//! Sends a body through rules, and compares what is stored.

use std::collections::{HashMap, HashSet};

use super::expected::Expected;
use super::labels::why;
use super::series::{Found, StoredSeries};
use crate::encode::Series;
use crate::format::{Format, ScrapeProtocol};
use crate::model::name::METRIC_NAME;
use crate::scrape::{Report, SampleConfig, Target};
use crate::text::parser::Parser;

/// How many lines say what is wrong, of each kind.
const SHOWN: usize = 20;

/// A body as a target answers with it.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) bytes: Vec<u8>,
    /// The header; without one, what the body looks like.
    pub(super) content_type: Option<String>,
}

impl Body {
    /// Scrapes the body from the target, and returns what is not as expected.
    pub(super) fn failures(
        &self,
        config: &SampleConfig,
        target: &Target,
        expected: &Expected,
    ) -> Vec<String> {
        let mut config = config.clone();
        let content_type = match &self.content_type {
            Some(header) => header.clone(),
            None => Format::sniff(&self.bytes).content_type(),
        };
        // Who shows a body of that format asks for it.
        if !config
            .protocols
            .contains(&ScrapeProtocol::OpenMetricsText200)
        {
            config.protocols.push(ScrapeProtocol::OpenMetricsText200);
        }
        let scrape = config.scrape(target, Some(&content_type), &self.bytes);
        let scraped = scrape.name_rejected(SHOWN).collect();
        let report = &scraped.report;
        if let Some(failure) = &report.failure {
            return vec![format!("the scrape fails: {failure}")];
        }
        let stored: Vec<StoredSeries> = scraped.samples.iter().map(StoredSeries::from).collect();
        let mut failures = Vec::new();
        failures.extend(dropped(report, &stored, expected));
        let lines = self.differences(&config, target, &content_type, &stored, expected);
        if !lines.is_empty() {
            failures.push(format!("the series differ\n{}", limited(&lines)));
        }
        failures.extend(lost(report, expected));
        failures
    }

    /// Returns the series that are missing or not expected, each on a line.
    fn differences(
        &self,
        config: &SampleConfig,
        target: &Target,
        content_type: &str,
        stored: &[StoredSeries],
        expected: &Expected,
    ) -> Vec<String> {
        let mut found = Found::new(stored);
        let (mut missing, mut besides) = (Vec::new(), Vec::new());
        // One that any value or time will do for takes what the others leave.
        let mut all: Vec<_> = expected.series.iter().flatten().collect();
        all.sort_by_key(|series| series.freedom());
        for series in all {
            if !found.take(series) {
                missing.push(series);
            }
        }
        if expected.series.is_some() {
            besides.extend(found.left());
        }
        for series in expected.series_contain.iter().filter(|it| !found.has(it)) {
            missing.push(series);
            besides.extend(found.namesakes(&series.series));
        }
        for series in expected.series_absent.iter().filter(|it| found.has(it)) {
            besides.extend(found.namesakes(&series.series));
        }
        let reasons = match missing.is_empty() {
            true => HashMap::new(),
            false => {
                let missing = missing.iter().map(|missing| &missing.series).collect();
                self.dropped(&missing, config, target, content_type)
            }
        };
        let missing = missing
            .into_iter()
            .map(|series| match reasons.get(&series.series) {
                Some(why) => format!("  - {series}  {why}"),
                None => format!("  - {series}"),
            });
        missing
            .chain(besides.into_iter().map(|series| format!("  + {series}")))
            .collect()
    }

    /// Returns why rules drop some of these series of a text; nothing for other formats.
    fn dropped(
        &self,
        wanted: &HashSet<&Series>,
        config: &SampleConfig,
        target: &Target,
        content_type: &str,
    ) -> HashMap<Series, String> {
        let format = Format::from_negotiated(Some(content_type), None, &config.protocols);
        let Some(dialect) = format.ok().and_then(Format::dialect) else {
            return HashMap::new();
        };
        let lines = Parser::new(&self.bytes, dialect).limits(config.limits);
        let samples = lines.filter_map(|line| line.ok()?.into_sample());
        let dropped = samples.filter_map(|sample| {
            let mut labels = config.join(&sample, target);
            let name = labels.get(METRIC_NAME).unwrap_or_default();
            let others = labels.iter().filter(|(name, _)| *name != METRIC_NAME);
            let series = Series::new(name, others);
            if !wanted.contains(&series) {
                return None;
            }
            let trace = config.rules.trace(&mut labels);
            let step = trace.steps().last().filter(|step| !step.keep())?;
            Some((series, why(step, None)))
        });
        dropped.collect()
    }
}

/// Returns what is not as expected of samples that rules drop.
fn dropped(report: &Report, stored: &[StoredSeries], expected: &Expected) -> Option<String> {
    let (all, kept) = (
        report.samples_scraped,
        report.samples_post_metric_relabeling,
    );
    let dropped = all.saturating_sub(kept);
    if let Some(number) = expected.dropped_samples.filter(|number| *number != dropped) {
        return Some(format!(
            "expected {number} of {all} samples dropped, found {dropped}"
        ));
    }
    if expected.dropped && kept > 0 {
        let lines: Vec<String> = stored
            .iter()
            .map(|series| format!("  + {series}"))
            .collect();
        return Some(format!(
            "expected all samples dropped, kept: {kept} of {all}\n{}",
            limited(&lines)
        ));
    }
    let is_any_expected = expected.series.is_none() && expected.dropped_samples.is_none();
    let is_absence = !expected.series_absent.is_empty() && expected.series_contain.is_empty();
    (is_any_expected && !expected.dropped && !is_absence && kept == 0 && all > 0)
        .then(|| "expected kept, every sample is dropped".to_owned())
}

/// Returns what is not as expected of samples that storage refuses.
fn lost(report: &Report, expected: &Expected) -> Option<String> {
    let lost = report.duplicates + report.out_of_order + report.out_of_bounds;
    if lost == expected.duplicates {
        return None;
    }
    let lines: Vec<String> = (report.rejected.iter())
        .map(|sample| format!("  {sample}"))
        .collect();
    let lines = lines.join("\n");
    Some(match expected.duplicates {
        0 => format!("expected every kept sample stored, not stored: {lost}\n{lines}"),
        number => format!("expected {number} duplicates, found {lost}\n{lines}"),
    })
}

fn limited(lines: &[String]) -> String {
    let shown: Vec<&str> = lines.iter().take(SHOWN).map(String::as_str).collect();
    match lines.len().saturating_sub(SHOWN) {
        0 => shown.join("\n"),
        more => format!("{}\n  … and {more} more", shown.join("\n")),
    }
}
