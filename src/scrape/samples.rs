//! The second half of a scrape: turns a body into stored samples, or none.

use super::{
    config::SampleConfig,
    error::{SampleErrorKind, ScrapeError},
    judge::{Fate, Gate, Verdict, judge, shown},
    report::Report,
    seen::{Seen, Spelling},
    target::Target,
};
use crate::error::Position;
use crate::relabel::LabelSet;
use crate::text::line::Line;
use crate::text::parser::Parser;
use crate::text::sample::Sample;

/// A scrape in progress; [`SampleConfig::scrape`] starts it.
///
/// [`next_sample`](Self::next_sample) returns the samples one by one, then [`report`](Self::report) returns
/// the result. A scrape that fails stores nothing, not even samples already returned: a caller that stores
/// samples as they come must be able to undo that ([S41](crate::docs::scrape#s41)).
/// [`collect`](Self::collect) does so.
/// It is a single scrape. It knows neither what is already in storage, nor what earlier scrapes of the target
/// left or which series go stale: a [`ScrapeLoop`](super::ScrapeLoop) knows the latter two.
#[derive(Debug)]
pub struct Scrape<'a> {
    config: &'a SampleConfig,
    target: &'a Target,
    /// `None` after the end of the body.
    parser: Option<Parser<'a>>,
    labels: LabelSet<'a>,
    seen: Seen<'a>,
    gate: Gate,
}

/// A sample in its stored form. It borrows from the [`Scrape`] until the next one is requested.
#[derive(Debug)]
#[non_exhaustive]
pub struct StoredSample<'s, 'a> {
    /// Its labels, by name, including `__name__`.
    pub labels: &'s LabelSet<'a>,
    /// Its value.
    pub value: f64,
    /// Its own timestamp in milliseconds, if timestamps are honored; `None` is the time of the scrape.
    pub timestamp: Option<i64>,
}

/// Everything that a scrape stores.
#[derive(Debug)]
#[non_exhaustive]
pub struct Scraped<'a> {
    /// In the order of the body; none if the scrape failed.
    pub samples: Vec<Stored<'a>>,
    /// The result of the scrape.
    pub report: Report,
}

/// A sample in its stored form.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Stored<'a> {
    /// Its labels, including `__name__`.
    pub labels: LabelSet<'a>,
    /// Its value.
    pub value: f64,
    /// Its own timestamp in milliseconds, if timestamps are honored; `None` is the time of the scrape.
    pub timestamp: Option<i64>,
}

impl SampleConfig {
    /// Starts to read the target's answer: its `Content-Type` and its body, decompressed.
    ///
    /// The report says what is wrong with either.
    pub fn scrape<'a>(
        &'a self,
        target: &'a Target,
        content_type: Option<&str>,
        body: &'a [u8],
    ) -> Scrape<'a> {
        Scrape::new(self, target, content_type, body)
    }
}

impl<'a> Scrape<'a> {
    fn new(
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
            labels: LabelSet::new(),
            seen: Seen::new(target.target_labels()),
            gate: Gate::from(failure),
        }
    }

    /// Sets the time of the scrape, in milliseconds since the Unix epoch. Samples more than ten minutes ahead
    /// of it are not stored ([S40](crate::docs::scrape#s40)).
    ///
    /// Without it, a sample without a timestamp counts as later than all others of its series.
    #[must_use]
    pub fn at(mut self, milliseconds: i64) -> Self {
        self.gate.time = Some(milliseconds);
        self
    }

    /// Counts what each rule does, for the report.
    #[must_use]
    pub fn count_rules(mut self) -> Self {
        self.gate.report.rules = Some(self.config.rules.stats());
        self
    }

    /// Sets how many of the samples that are [not stored](Report::rejected) the report lists, instead of ten.
    /// Each takes a few hundred bytes.
    #[must_use]
    pub fn name_rejected(mut self, most: usize) -> Self {
        self.gate.named = most;
        self
    }

    /// Returns the next sample to store, unless the scrape fails later. Returns `None` at the end of the body
    /// or where the scrape fails.
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
                    self.gate.report.failure = Some(error);
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

    /// Returns the result of the scrape; first reads to the end of the body.
    #[must_use]
    pub fn report(mut self) -> Report {
        while self.next_sample().is_some() {}
        self.gate.report
    }

    /// Returns all samples to store, and the result.
    #[must_use]
    pub fn collect(mut self) -> Scraped<'a> {
        let mut samples = Vec::new();
        while let Some(sample) = self.next_sample() {
            // Samples are large, and while the vector grows both the old and the new one are in memory.
            if samples.len() == samples.capacity() {
                samples.reserve_exact(samples.len() / 4 + 16);
            }
            samples.push(Stored {
                labels: sample.labels.clone(),
                value: sample.value,
                timestamp: sample.timestamp,
            });
        }
        if !self.gate.report.up() {
            samples.clear();
        }
        Scraped {
            samples,
            report: self.gate.report,
        }
    }

    /// Processes one sample. Returns its value and timestamp if it is stored.
    fn take(&mut self, sample: &Sample<'a>) -> Result<Option<(f64, Option<i64>)>, ScrapeError> {
        self.gate.report.samples_scraped += 1;
        let timestamp = sample.timestamp().filter(|_| self.config.honor_timestamps);
        let bytes = self.seen.hashed(sample.raw_series());
        let known = self.seen.spelling(bytes);
        let stored = match known {
            Some(Spelling::Dropped) => return Ok(None),
            Some(Spelling::Stored(_)) if timestamp.is_none() => {
                let fate = self.gate.left_out_as_duplicate();
                self.name_rejection(sample, timestamp, fate);
                return Ok(None);
            }
            // A TYPE line between the two does not change the labels.
            Some(Spelling::Stored(kind)) if kind != sample.preceding_type() => {
                self.store(&sample.under(kind), timestamp)
            }
            _ => self.store(sample, timestamp),
        };
        let fate = stored.map_err(|problem| self.failure(sample, problem))?;
        if let (None, Some(spelling)) = (known, fate.spelling(sample.preceding_type())) {
            self.seen.spelled(bytes, spelling);
        }
        if fate != Fate::Dropped {
            self.gate.report.samples_post_metric_relabeling += 1;
        }
        if fate == Fate::Stored {
            return Ok(Some((sample.value(), timestamp)));
        }
        self.name_rejection(sample, timestamp, fate);
        Ok(None)
    }

    /// Reports the sample if storage refuses it.
    fn name_rejection(&mut self, sample: &Sample<'a>, timestamp: Option<i64>, fate: Fate) {
        if let Some(reason) = self.gate.rejection(fate) {
            let (position, series) = (self.start_of(sample), sample.raw_series());
            (self.gate).name(reason, position, series, sample.value(), timestamp);
        }
    }

    /// Returns where the line of the last sample begins.
    #[cold]
    fn start_of(&self, sample: &Sample<'a>) -> Position {
        let end = self.parser.as_ref().map(Parser::line_end);
        end.map(|end| end.start(sample.raw())).unwrap_or_default()
    }

    /// Leaves the sample's labels in `self.labels`, sorted. Returns whether it is stored.
    fn store(
        &mut self,
        sample: &Sample<'a>,
        timestamp: Option<i64>,
    ) -> Result<Fate, SampleErrorKind> {
        let stats = self.gate.report.rules.as_mut();
        let verdict = judge(&mut self.labels, sample, self.target, self.config, stats)?;
        let Verdict::Kept { twice } = verdict else {
            return Ok(Fate::Dropped);
        };
        if !self.gate.lets_in(self.config, timestamp) {
            return Ok(Fate::Refused);
        }
        if let Some(name) = twice {
            return Err(SampleErrorKind::DuplicateLabel { name });
        }
        let time = self.gate.time_of(timestamp);
        let order = self.seen.sample(self.labels.iter(), time);
        Ok(self.gate.ordered(order))
    }

    #[cold]
    fn failure(&self, sample: &Sample<'a>, problem: SampleErrorKind) -> ScrapeError {
        ScrapeError::Sample {
            position: self.start_of(sample),
            series: shown(sample.raw_series()),
            problem,
        }
    }
}

/// Creates the parser for a body; `None` for an empty one, which needs no header (spec S15).
fn open<'a>(
    config: &SampleConfig,
    content_type: Option<&str>,
    body: &'a [u8],
) -> Result<Option<Parser<'a>>, ScrapeError> {
    let dialect = config.dialect_of(content_type, body)?;
    Ok(dialect.map(|dialect| Parser::new(body, dialect).limits(config.limits)))
}
