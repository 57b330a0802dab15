//! The second half of a scrape: a body becomes stored samples, or none.

use std::collections::HashSet;

use super::{
    check,
    config::SampleConfig,
    error::{SampleProblem, ScrapeError},
    join::join,
    report::Report,
    seen::{Order, Seen, Spelling},
    target::Target,
};
use crate::{
    format::Format,
    line::{Line, Sample},
    parser::Parser,
    relabel::LabelSet,
};

/// How far ahead of the scrape a sample may be, in milliseconds.
const AHEAD: i64 = 10 * 60 * 1000;

/// How much of a series is shown in an error, in characters.
const SHOWN: usize = 200;

/// A body on its way into storage; [`SampleConfig::scrape`] starts it.
///
/// Samples come one by one from [`next_sample`](Self::next_sample), then [`report`](Self::report) says
/// how it went. A scrape that fails stores nothing, whatever was given before: who stores samples as
/// they come has to be able to take them back (spec S41). [`collect`](Self::collect) does so.
///
/// It is one scrape on its own: what former ones of the target left behind, the series that go stale
/// with it, and what is in storage already, is not known here.
#[derive(Debug)]
pub struct Scrape<'a> {
    config: &'a SampleConfig,
    target: &'a Target,
    /// `None` when the body is over.
    parser: Option<Parser<'a>>,
    /// The scrape's time, in milliseconds.
    time: Option<i64>,
    labels: LabelSet<'a>,
    seen: Seen<'a>,
    /// How many samples were counted against the limit.
    against_limit: u64,
    report: Report,
}

/// A sample as it is stored. It borrows from the [`Scrape`] until the next one is asked for.
#[derive(Debug)]
#[non_exhaustive]
pub struct StoredSample<'s, 'a> {
    /// Its labels, by name, `__name__` among them.
    pub labels: &'s LabelSet<'a>,
    /// Its value.
    pub value: f64,
    /// Its own timestamp in milliseconds, if that is honored; `None` is the time of the scrape.
    pub timestamp: Option<i64>,
}

/// All that a scrape stores.
#[derive(Debug)]
#[non_exhaustive]
pub struct Scraped<'a> {
    /// In the order of the body; none if the scrape failed.
    pub samples: Vec<Stored<'a>>,
    /// How it went.
    pub report: Report,
}

/// A sample as it is stored.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Stored<'a> {
    /// Its labels, `__name__` among them.
    pub labels: LabelSet<'a>,
    /// Its value.
    pub value: f64,
    /// Its own timestamp in milliseconds, if that is honored; `None` is the time of the scrape.
    pub timestamp: Option<i64>,
}

impl<'a> Scrape<'a> {
    pub(super) fn new(
        config: &'a SampleConfig,
        target: &'a Target,
        content_type: Option<&str>,
        body: &'a [u8],
    ) -> Self {
        let (parser, failure) = match open(config, content_type, body) {
            Ok(parser) => (parser, None),
            Err(error) => (None, Some(error)),
        };
        Scrape {
            config,
            target,
            parser,
            time: None,
            labels: LabelSet::new(),
            seen: Seen::default(),
            against_limit: 0,
            report: Report {
                failure,
                ..Report::default()
            },
        }
    }

    /// Says when the scrape is, in milliseconds since the Unix epoch. Samples more than ten minutes
    /// ahead of it are not stored (spec S40).
    ///
    /// Without it, a sample without a timestamp counts as later than any other of its series.
    #[must_use]
    pub fn at(mut self, milliseconds: i64) -> Self {
        self.time = Some(milliseconds);
        self
    }

    /// Counts what each rule does, for the report.
    #[must_use]
    pub fn count_rules(mut self) -> Self {
        self.report.rules = Some(self.config.rules.stats());
        self
    }

    /// The next sample that is stored, unless the scrape fails later; `None` at the end of the body or
    /// at what makes it fail.
    pub fn next_sample(&mut self) -> Option<StoredSample<'_, 'a>> {
        let (value, timestamp) = loop {
            let parser = self.parser.as_mut()?;
            let outcome = match parser.next() {
                Some(Ok(Line::Sample(sample))) => self.take(&sample),
                Some(Ok(_)) => continue,
                Some(Err(error)) => Err(error.into()),
                None => {
                    self.parser = None;
                    return None;
                }
            };
            match outcome {
                Ok(Some(stored)) => break stored,
                Ok(None) => {}
                Err(error) => {
                    self.report.failure = Some(error);
                    self.parser = None;
                    return None;
                }
            }
        };
        Some(StoredSample {
            labels: &self.labels,
            value,
            timestamp,
        })
    }

    /// How the scrape went; reads on to the end of the body first.
    #[must_use]
    pub fn report(mut self) -> Report {
        while self.next_sample().is_some() {}
        self.report
    }

    /// All samples that are stored, and how it went.
    #[must_use]
    pub fn collect(mut self) -> Scraped<'a> {
        let mut samples = Vec::new();
        while let Some(sample) = self.next_sample() {
            samples.push(Stored {
                labels: sample.labels.clone(),
                value: sample.value,
                timestamp: sample.timestamp,
            });
        }
        if !self.report.up() {
            samples.clear();
        }
        Scraped {
            samples,
            report: self.report,
        }
    }

    /// Takes one sample on its way: its value and timestamp if it is stored.
    fn take(&mut self, sample: &Sample<'a>) -> Result<Option<(f64, Option<i64>)>, ScrapeError> {
        self.report.samples_scraped += 1;
        let timestamp = sample.timestamp().filter(|_| self.config.honor_timestamps);
        let bytes = self.seen.hashed(sample.raw_series());
        let known = self.seen.spelling(bytes);
        let stored = match known {
            Some(Spelling::Dropped) => return Ok(None),
            Some(Spelling::Stored(_)) if timestamp.is_none() => {
                self.report.samples_post_metric_relabeling += 1;
                self.report.duplicates += 1;
                return Ok(None);
            }
            // A TYPE line between the two does not change the labels.
            Some(Spelling::Stored(kind)) if kind != sample.type_in_force() => {
                self.store(&sample.under(kind), timestamp)
            }
            _ => self.store(sample, timestamp),
        };
        let fate = stored.map_err(|problem| self.failure(sample, problem))?;
        let spelling = match fate {
            Fate::Dropped => Some(Spelling::Dropped),
            Fate::Stored | Fate::LeftOut => Some(Spelling::Stored(sample.type_in_force())),
            Fate::Refused => None,
        };
        if let (None, Some(spelling)) = (known, spelling) {
            self.seen.spelled(bytes, spelling);
        }
        if fate != Fate::Dropped {
            self.report.samples_post_metric_relabeling += 1;
        }
        Ok((fate == Fate::Stored).then(|| (sample.value(), timestamp)))
    }

    /// Leaves the sample's labels in `self.labels`, sorted, and says whether it is stored.
    fn store(
        &mut self,
        sample: &Sample<'a>,
        timestamp: Option<i64>,
    ) -> Result<Fate, SampleProblem> {
        let config = self.config;
        let mut twice = join(&mut self.labels, sample, self.target, config.honor_labels);
        let kept = match &mut self.report.rules {
            None => config.rules.apply(&mut self.labels),
            Some(stats) => config.rules.apply_counted(&mut self.labels, stats),
        };
        if !kept || self.labels.is_empty() {
            return Ok(Fate::Dropped);
        }
        if !twice.is_empty() {
            let untouched: HashSet<&str> = self.labels.untouched().collect();
            twice.retain(|name| untouched.contains(&**name));
        }
        check::names(&mut self.labels, sample, config.name_scheme)?;
        check::limits(&self.labels, twice.len(), config)?;

        if config.sample_limit > 0 {
            self.against_limit += 1;
            if self.against_limit > config.sample_limit {
                let limit = config.sample_limit;
                self.report.failure = Some(ScrapeError::SampleLimit { limit });
                return Ok(Fate::Refused);
            }
        }
        if let (Some(timestamp), Some(time)) = (timestamp, self.time)
            && timestamp > time.saturating_add(AHEAD)
        {
            self.report.out_of_bounds += 1;
            return Ok(Fate::Refused);
        }
        if let Some(name) = twice.into_iter().next() {
            let name = name.into_owned();
            return Err(SampleProblem::DuplicateLabel { name });
        }
        let time = timestamp.or(self.time).unwrap_or(i64::MAX);
        Ok(match self.seen.sample(self.labels.iter(), time) {
            Order::Newer => Fate::Stored,
            Order::SameTime => {
                self.report.duplicates += 1;
                Fate::LeftOut
            }
            Order::Older => {
                self.report.out_of_order += 1;
                Fate::LeftOut
            }
        })
    }

    #[cold]
    fn failure(&self, sample: &Sample<'a>, problem: SampleProblem) -> ScrapeError {
        let end = self.parser.as_ref().map(Parser::line_end);
        let position = end.map(|end| end.start(sample.raw())).unwrap_or_default();
        let series = String::from_utf8_lossy(sample.raw_series());
        let series = match series.char_indices().nth(SHOWN) {
            Some((end, _)) => format!("{}…", series.get(..end).unwrap_or_default()),
            None => series.into_owned(),
        };
        ScrapeError::Sample {
            position,
            series: series.into(),
            problem,
        }
    }
}

/// What becomes of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// The rules dropped it.
    Dropped,
    Stored,
    /// Storage has found it too late to be an error.
    LeftOut,
    /// It did not come to storage.
    Refused,
}

/// The parser for a body; `None` for an empty one, which needs no header (spec S15).
fn open<'a>(
    config: &SampleConfig,
    content_type: Option<&str>,
    body: &'a [u8],
) -> Result<Option<Parser<'a>>, ScrapeError> {
    let bytes = body.len() as u64;
    let limit = config.body_size_limit;
    if limit > 0 && bytes >= limit {
        return Err(ScrapeError::BodySize { bytes, limit });
    }
    if body.is_empty() {
        return Ok(None);
    }
    let format = Format::from_content_type(content_type, config.fallback)?;
    let dialect = format.dialect().ok_or(ScrapeError::Protobuf)?;
    Ok(Some(Parser::new(body, dialect).limits(config.limits)))
}
