//! Scrapes one after another, each compared with the last one that succeeded.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use exposition::scrape::{SampleConfig, ScrapeError, ScrapeLoop, TargetConfig};
use exposition::{Format, Limits, Series};
use regex::Regex;

use super::moves::{Moves, Numbers};
use crate::failure::Result;
use crate::source::Source;

/// The name of a target whose labels no body has, so that they can be told from the body's own.
const ADDRESS: &str = "exposition.watch.invalid:0";

/// What was got from the target.
pub(super) struct Got {
    pub(super) source: Result<Source, String>,
    pub(super) start: Instant,
    pub(super) took: Duration,
    /// When it was asked for, in milliseconds since the Unix epoch.
    pub(super) at: i64,
}

/// A metric of which series came or went.
#[derive(Debug)]
pub(super) struct Churn {
    pub(super) metric: String,
    pub(super) series: usize,
    pub(super) new: usize,
    pub(super) stale: usize,
}

impl Churn {
    /// Returns how many of all series came or went, in percent.
    pub(super) fn share(&self) -> f64 {
        share(self.series, self.new, self.stale)
    }
}

/// Returns how many of these series, and of those that are stale, are new or stale, in percent.
pub(super) fn share(series: usize, new: usize, stale: usize) -> f64 {
    match series + stale {
        0 => 0.0,
        all => (new + stale) as f64 / all as f64 * 100.0,
    }
}

/// What a scrape says.
pub(super) struct Scrape {
    pub(super) number: u64,
    pub(super) at: i64,
    pub(super) took: Duration,
    /// Without a body.
    pub(super) source: Option<Source>,
    pub(super) bytes: Option<usize>,
    /// Why the scrape failed, if it did.
    pub(super) error: Option<String>,
    pub(super) samples: u64,
    pub(super) series: usize,
    /// How many samples storage refuses.
    pub(super) refused: u64,
    pub(super) new: Vec<Series>,
    pub(super) stale: Vec<Series>,
    pub(super) churn: Vec<Churn>,
    /// How long ago that scrape was with which this one is compared.
    pub(super) since: Option<Duration>,
    pub(super) moves: Moves,
}

impl Scrape {
    pub(super) fn up(&self) -> bool {
        self.error.is_none()
    }
}

/// The last scrape that succeeded.
struct Good {
    start: Instant,
    series: BTreeSet<Series>,
    numbers: Numbers,
}

/// Scrapes one target.
pub(super) struct Scrapes {
    scrapes: ScrapeLoop,
    wanted: Option<Regex>,
    number: u64,
    last: Option<Good>,
}

impl Scrapes {
    /// Prepares to scrape; `wanted` is how the names of the metrics begin that are looked at, `format` the one
    /// that is asked for by name, `limits` those of a body.
    pub(super) fn new(
        wanted: Option<Regex>,
        format: Option<Format>,
        limits: Limits,
    ) -> Result<Self> {
        let mut config = SampleConfig::new();
        // Without honor_labels, what the body calls `job` would be shown as `exported_job`.
        config.honor_labels = true;
        config.protocols.extend(format.map(Format::protocol));
        config.limits = limits;
        let targets = TargetConfig::new(ADDRESS);
        let target = targets.discover([("__address__", ADDRESS)])?;
        let target = target.into_target().ok_or("the target is dropped")?;
        Ok(Scrapes {
            scrapes: ScrapeLoop::new(config, target),
            wanted,
            number: 0,
            last: None,
        })
    }

    fn is_wanted(&self, name: &str) -> bool {
        self.wanted
            .as_ref()
            .is_none_or(|wanted| wanted.is_match(name))
    }

    /// Returns the series with these labels, if it is wanted.
    fn series(&self, labels: &[(String, String)]) -> Option<Series> {
        let name = labels.iter().find(|(name, _)| name == "__name__");
        let name = name.map_or("", |(_, value)| value.as_str());
        let is_own = |(name, value): &&(String, String)| {
            name != "__name__" && !(value == ADDRESS && (name == "instance" || name == "job"))
        };
        let labels = labels.iter().filter(is_own);
        let labels = labels.map(|(name, value)| (name.as_str(), value.as_str()));
        self.is_wanted(name).then(|| Series::new(name, labels))
    }

    /// Reads what was got, and compares it with what was there before.
    pub(super) fn take(&mut self, got: Got) -> Scrape {
        self.number += 1;
        let mut scrape = Scrape {
            number: self.number,
            at: got.at,
            took: got.took,
            source: None,
            bytes: None,
            error: None,
            samples: 0,
            series: 0,
            refused: 0,
            new: Vec::new(),
            stale: Vec::new(),
            churn: Vec::new(),
            since: None,
            moves: Moves::default(),
        };
        let mut series = BTreeSet::new();
        match got.source {
            Err(error) => {
                self.scrapes.unanswered();
                scrape.error = Some(error);
            }
            Ok(mut source) => {
                series = self.read(&source, &mut scrape);
                scrape.bytes = Some(source.body.len());
                if scrape.up() {
                    self.compare(&source, got.start, &series, &mut scrape);
                }
                source.body = Vec::new();
                scrape.source = Some(source);
            }
        }
        let stale: Vec<Series> = (self.scrapes.stale())
            .filter_map(|labels| self.series(labels))
            .collect();
        scrape.stale = stale;
        scrape.stale.sort();
        scrape.series = series.len();
        scrape.churn = churn(&series, &scrape.new, &scrape.stale);
        scrape
    }

    /// Does what Prometheus does with the body. Returns the series that it stores.
    fn read(&mut self, source: &Source, scrape: &mut Scrape) -> BTreeSet<Series> {
        let mut stored = Vec::new();
        let mut pass = self
            .scrapes
            .scrape(source.content_type.as_deref(), &source.body);
        pass = pass.at(scrape.at);
        while let Some(sample) = pass.next_sample() {
            stored.push(sample.labels.to_vec());
        }
        let report = pass.report();
        scrape.samples = report.samples_scraped;
        scrape.refused = report.duplicates + report.out_of_order + report.out_of_bounds;
        scrape.error = match (report.failure, &source.lost) {
            (Some(failure), _) => Some(explained(&failure, source)),
            (None, lost) => lost.clone(),
        };
        match scrape.up() {
            true => stored
                .iter()
                .filter_map(|labels| self.series(labels))
                .collect(),
            false => BTreeSet::new(),
        }
    }

    /// Finds what is new and what moved, and keeps what the next scrape is compared with.
    fn compare(
        &mut self,
        source: &Source,
        start: Instant,
        series: &BTreeSet<Series>,
        scrape: &mut Scrape,
    ) {
        let collected = source.families().read_all();
        let wanted = (collected.families.iter()).filter(|family| self.is_wanted(&family.name));
        let numbers = Numbers::of(wanted);
        if let Some(last) = &self.last {
            let since = start.duration_since(last.start);
            scrape.since = Some(since);
            scrape.moves = Moves::between(&last.numbers, &numbers, since);
            scrape.new = series.difference(&last.series).cloned().collect();
        }
        self.last = Some(Good {
            start,
            series: series.clone(),
            numbers,
        });
    }
}

/// Says why a scrape failed, and what may help.
fn explained(failure: &ScrapeError, source: &Source) -> String {
    let why = failure.to_string();
    match (failure, source.hint(false)) {
        (ScrapeError::Format(_), None) => format!("{why}; --format reads the body all the same"),
        (_, Some(hint)) => format!("{why}; {hint}"),
        _ => why,
    }
}

/// Counts by metric what came and went, what changed most first.
fn churn(series: &BTreeSet<Series>, new: &[Series], stale: &[Series]) -> Vec<Churn> {
    let mut metrics: BTreeMap<&str, Churn> = BTreeMap::new();
    for (changed, is_new) in [(new, true), (stale, false)] {
        for changed in changed {
            let churn = metrics.entry(changed.name()).or_insert_with(|| Churn {
                metric: changed.name().to_owned(),
                series: 0,
                new: 0,
                stale: 0,
            });
            churn.new += usize::from(is_new);
            churn.stale += usize::from(!is_new);
        }
    }
    for series in series {
        if let Some(churn) = metrics.get_mut(series.name()) {
            churn.series += 1;
        }
    }
    let mut metrics: Vec<Churn> = metrics.into_values().collect();
    metrics.sort_by_key(|churn| std::cmp::Reverse(churn.new + churn.stale));
    metrics
}
