//! The second half of a scrape: turns a body into stored samples, or none.

use super::{
    config::{SampleConfig, Way},
    error::{SampleErrorKind, ScrapeError},
    judge::{Fate, Gate, Verdict, judge, shown},
    native::{Admitted, admit},
    report::Report,
    seen::{Seen, Spelling},
    target::Target,
    value::StoredValue,
    written::{put_key, spelled},
};
use crate::bytes::list;
use crate::error::Position;
use crate::model::native_histogram::NativeHistogram;
use crate::model::sample_view::{SampleValue, SampleView as _};
use crate::relabel::LabelSet;
use crate::samples::{AnySample, Samples};
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
    /// `None` after the end of the body, or if it is not read as lines.
    parser: Option<Parser<'a>>,
    /// What is read instead: protobuf, or text whose histograms are converted. `None` after the end.
    samples: Option<Box<Samples<'a>>>,
    /// A histogram with fewer buckets than in the body.
    reduced: NativeHistogram,
    /// What distinguishes the current series from others of the body.
    key: Vec<u8>,
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
    pub value: SampleValue<'s>,
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
    pub value: StoredValue,
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
        let (mut parser, mut samples, mut failure) = (None, None, None);
        match config.way_of(target, content_type, body) {
            Ok(Some(Way::Lines(dialect))) => {
                parser = Some(Parser::new(body, dialect).limits(config.limits));
            }
            Ok(Some(Way::Samples(reader))) => samples = Some(reader),
            // An empty body.
            Ok(None) => {}
            Err(error) => failure = Some(error),
        }
        Scrape {
            config,
            target,
            parser,
            samples,
            reduced: NativeHistogram::default(),
            key: Vec::new(),
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
        if self.samples.is_some() {
            return self.next_apart();
        }
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
            value: SampleValue::Float(value),
            timestamp,
        })
    }

    /// Does what [`next_sample`](Self::next_sample) does for a body that is not read as lines.
    #[inline(never)]
    fn next_apart(&mut self) -> Option<StoredSample<'_, 'a>> {
        let (admitted, timestamp) = loop {
            let outcome = match self.samples.as_mut()?.advance() {
                Ok(true) => self.take_apart(),
                Ok(false) => {
                    self.end_apart();
                    return None;
                }
                Err(error) => Err(error.into()),
            };
            match outcome {
                Ok(Some(stored)) => break stored,
                Ok(None) => {}
                Err(error) => {
                    self.gate.report.failure = Some(error);
                    self.end_apart();
                    return None;
                }
            }
        };
        let value = match admitted {
            Admitted::Reduced => SampleValue::NativeHistogram(&self.reduced),
            Admitted::AsItIs | Admitted::Refused => self.samples.as_deref()?.sample()?.into_value(),
        };
        Some(StoredSample {
            labels: &self.labels,
            value,
            timestamp,
        })
    }

    fn end_apart(&mut self) {
        if let Some(mut samples) = self.samples.take() {
            self.gate.report.unconverted = samples.unconverted();
            self.gate.report.unconverted_histograms = samples.take_unconverted();
        }
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
            let stored = Stored {
                labels: sample.labels.clone(),
                value: sample.value.into(),
                timestamp: sample.timestamp,
            };
            list::push(&mut samples, stored);
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
            let position = self.start_of(sample);
            let series = String::from_utf8_lossy(sample.raw_series());
            (self.gate).name(reason, position, &series, sample.value().into(), timestamp);
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
            path: None,
            series: shown(&String::from_utf8_lossy(sample.raw_series())),
            problem,
        }
    }

    /// Processes the sample that was found last in a body that is not read as lines. Returns how it is stored,
    /// if it is, and its timestamp.
    fn take_apart(&mut self) -> Result<Option<(Admitted, Option<i64>)>, ScrapeError> {
        let samples = self.samples.as_deref();
        let Some((samples, sample)) = samples.and_then(|it| Some((it, it.sample()?))) else {
            return Ok(None);
        };
        self.gate.report.samples_scraped += 1;
        let timestamp = sample.timestamp().filter(|_| self.config.honor_timestamps);
        put_key(&mut self.key, &sample);
        let (at, known) = self.seen.apart(&self.key);
        let mut apart = Apart {
            config: self.config,
            target: self.target,
            labels: &mut self.labels,
            seen: &mut self.seen,
            gate: &mut self.gate,
            reduced: &mut self.reduced,
        };
        let (sample, stored) = match known {
            Some(Spelling::Dropped) => return Ok(None),
            Some(Spelling::Stored(_)) if timestamp.is_none() => {
                let fate = apart.gate.left_out_as_duplicate();
                name_apart(apart.gate, samples, &sample, timestamp, fate);
                return Ok(None);
            }
            // A TYPE line between the two does not change the labels.
            Some(Spelling::Stored(kind)) => {
                let sample = sample.under(kind);
                let stored = apart.store(&sample, timestamp);
                (sample, stored)
            }
            None => {
                let stored = apart.store(&sample, timestamp);
                (sample, stored)
            }
        };
        let (fate, admitted) =
            stored.map_err(|problem| failure_apart(samples, &sample, problem))?;
        if let (None, Some(spelling)) = (known, fate.spelling(sample.preceding_type())) {
            self.seen.spelled_apart(at, spelling);
        }
        if fate != Fate::Dropped {
            self.gate.report.samples_post_metric_relabeling += 1;
        }
        if fate == Fate::Stored {
            return Ok(Some((admitted, timestamp)));
        }
        name_apart(&mut self.gate, samples, &sample, timestamp, fate);
        Ok(None)
    }
}

/// What is needed to store a sample that is not a line.
struct Apart<'s, 'a> {
    config: &'a SampleConfig,
    target: &'a Target,
    labels: &'s mut LabelSet<'a>,
    seen: &'s mut Seen<'a>,
    gate: &'s mut Gate,
    reduced: &'s mut NativeHistogram,
}

impl Apart<'_, '_> {
    /// Leaves the sample's labels in `self.labels`, sorted. Returns whether it is stored, and how.
    fn store(
        &mut self,
        sample: &AnySample<'_>,
        timestamp: Option<i64>,
    ) -> Result<(Fate, Admitted), SampleErrorKind> {
        let stats = self.gate.report.rules.as_mut();
        let verdict = judge(self.labels, sample, self.target, self.config, stats)?;
        let Verdict::Kept { twice } = verdict else {
            return Ok((Fate::Dropped, Admitted::Refused));
        };
        let value = sample.value();
        let admitted = admit(self.config, self.gate, value, timestamp, self.reduced)?;
        if admitted == Admitted::Refused {
            return Ok((Fate::Refused, admitted));
        }
        if let Some(name) = twice {
            return Err(SampleErrorKind::DuplicateLabel { name });
        }
        let time = self.gate.time_of(timestamp);
        let order = self.seen.sample(self.labels.iter(), time);
        Ok((self.gate.ordered(order), admitted))
    }
}

/// Reports a sample that is not a line, if storage refuses it.
pub(super) fn name_apart(
    gate: &mut Gate,
    samples: &Samples<'_>,
    sample: &AnySample<'_>,
    timestamp: Option<i64>,
    fate: Fate,
) {
    if let Some(reason) = gate.rejection(fate) {
        let (position, _) = samples.place();
        let value = sample.value().into();
        gate.name(reason, position, &spelled(sample), value, timestamp);
    }
}

/// Returns the error for a sample that is not a line.
#[cold]
pub(super) fn failure_apart(
    samples: &Samples<'_>,
    sample: &AnySample<'_>,
    problem: SampleErrorKind,
) -> ScrapeError {
    let (position, path) = samples.place();
    ScrapeError::Sample {
        position,
        path,
        series: shown(&spelled(sample)),
        problem,
    }
}
