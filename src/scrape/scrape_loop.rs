//! Scrapes a target repeatedly.

use std::fmt;
use std::sync::Arc;

use super::{
    apart::Kind,
    config::{SampleConfig, Way},
    error::{SampleErrorKind, ScrapeError},
    judge::{Fate, Gate, Verdict, judge, shown},
    kept::Kept,
    native::{Admitted, admit},
    report::Report,
    samples::{failure_apart, name_apart},
    seen::Spelling,
    target::Target,
    written::{Written, put_key},
};
use crate::cache::{CachedBody, CachedSample, Change, ScrapeCache, SeriesId};
use crate::dialect::Dialect;
use crate::error::Position;
use crate::model::metric_type::MetricType;
use crate::model::native_histogram::NativeHistogram;
use crate::model::sample_view::{SampleValue, SampleView as _};
use crate::relabel::LabelSet;
use crate::samples::{AnySample, Samples};
use crate::text::line::Line;
use crate::text::parser::Parser;

/// Scrapes one target: does [`SampleConfig::scrape`] for each body, and much faster for series that the
/// previous body has too.
///
/// A line that is there again is compared and its number is read, as in a [`ScrapeCache`]; the labels of its
/// series are found out once. Stored samples and reports are those of [`SampleConfig::scrape`] for that body
/// alone. In addition, the loop knows which series go [stale](Self::stale).
///
/// It holds what a [`ScrapeCache`] holds, and the labels of each series, some hundred bytes with the
/// target's; never more than the last three bodies need. Nothing is allocated for a series that was there
/// before. [`stale`](Self::stale) and [`len`](Self::len) visit every held series once.
///
/// ```
/// use exposition::scrape::{SampleConfig, ScrapeLoop, TargetConfig};
///
/// let target = TargetConfig::new("mesh").discover([("__address__", "h:15090")])?.into_target().unwrap();
/// let mut scrapes = ScrapeLoop::new(SampleConfig::new(), target);
///
/// for body in ["up{x=\"1\"} 1\nup{x=\"2\"} 1\n", "up{x=\"1\"} 0\n"] {
///     let mut scrape = scrapes.scrape(Some("text/plain"), body.as_bytes());
///     while let Some(sample) = scrape.next_sample() {
///         assert_eq!(sample.labels[1], ("instance".to_owned(), "h:15090".to_owned()));
///     }
///     assert!(scrape.report().up());
/// }
/// let stale: Vec<_> = scrapes.stale().collect();
/// assert_eq!(stale[0][3], ("x".to_owned(), "2".to_owned()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ScrapeLoop {
    config: Arc<SampleConfig>,
    target: Arc<Target>,
    cache: ScrapeCache,
    kept: Kept,
}

impl ScrapeLoop {
    /// Creates a loop before its first scrape. Loops of many targets share one configuration in an [`Arc`].
    #[must_use]
    pub fn new(config: impl Into<Arc<SampleConfig>>, target: impl Into<Arc<Target>>) -> Self {
        let config = config.into();
        ScrapeLoop {
            cache: ScrapeCache::new().limits(config.limits),
            config,
            target: target.into(),
            kept: Kept::default(),
        }
    }

    /// Returns the target whose bodies it reads.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Starts to read the target's answer: its `Content-Type` and its body, decompressed.
    ///
    /// The report says what is wrong with either. A body of more than 1 GiB is too long under all limits.
    pub fn scrape<'l>(&'l mut self, content_type: Option<&str>, body: &'l [u8]) -> LoopScrape<'l> {
        self.kept.begin(self.cache.gone_numbers());
        let way = (self.config).way_of(&self.target, content_type, body);
        let (dialect, samples, failure) = match way {
            Ok(Some(Way::Lines(dialect))) => (Some(dialect), None, None),
            // For the cache the body is empty.
            Ok(Some(Way::Samples(samples))) => (Some(Dialect::default()), Some(samples), None),
            Ok(None) => (Some(Dialect::default()), None, None),
            Err(error) => (None, None, Some(error)),
        };
        let lines = if samples.is_some() { b"" } else { body };
        // An empty body tells the cache that no series is left.
        let mut pass = dialect.map(|dialect| {
            let (pass, renumbered) = self.cache.start(lines, dialect);
            if let Some(numbers) = renumbered {
                self.kept.renumber(&numbers);
            }
            pass
        });
        if samples.is_some() {
            while pass.as_mut().and_then(CachedBody::next_sample).is_some() {}
            pass = None;
        }
        LoopScrape {
            config: &self.config,
            target: &self.target,
            body,
            dialect: dialect.unwrap_or_default(),
            pass,
            samples,
            reduced: NativeHistogram::default(),
            key: Vec::new(),
            kept: &mut self.kept,
            gate: Gate::from(failure),
            rejected: Vec::new(),
        }
    }

    /// Records that the target gave no answer: every series of the last scrape goes stale
    /// ([S42](crate::docs::scrape#s42)).
    pub fn unanswered(&mut self) {
        self.kept.begin(self.cache.gone_numbers());
    }

    /// Returns the series that the scrape before the last one stored and the last one did not, as labels
    /// sorted by name: Prometheus stores a stale marker for each ([S42](crate::docs::scrape#s42),
    /// [S51](crate::docs::scrape#s51)). Call it after the last scrape has been read to its end, even if it
    /// failed.
    ///
    /// Series whose samples have an honored timestamp do not go stale.
    pub fn stale(&self) -> impl Iterator<Item = &[(String, String)]> {
        self.kept.stale()
    }

    /// Returns how many series, in their written form, are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Tells whether no series is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl fmt::Debug for ScrapeLoop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScrapeLoop")
            .field("target", &self.target)
            .field("series", &self.len())
            .finish_non_exhaustive()
    }
}

/// A scrape in progress, like [`Scrape`](super::Scrape); [`ScrapeLoop::scrape`] starts it.
pub struct LoopScrape<'l> {
    config: &'l SampleConfig,
    target: &'l Target,
    body: &'l [u8],
    dialect: Dialect,
    /// `None` after the end of the body, or if it is not read as lines.
    pass: Option<CachedBody<'l, 'l>>,
    /// What is read instead. `None` after the end.
    samples: Option<Box<Samples<'l>>>,
    /// A histogram with fewer buckets than in the body.
    reduced: NativeHistogram,
    /// What distinguishes the current series from others of the body.
    key: Vec<u8>,
    kept: &'l mut Kept,
    gate: Gate,
    /// The numbers in the body of the samples in the report; their places are found at the end.
    rejected: Vec<u64>,
}

/// A sample in its stored form. It borrows from the [`LoopScrape`] until the next one is requested.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct LoopSample<'s> {
    /// The identity of its written series from scrape to scrape.
    pub id: SeriesId,
    /// What has changed for that series since the last body.
    pub change: Change,
    /// Its labels, by name, including `__name__`.
    pub labels: &'s [(String, String)],
    /// Its value.
    pub value: SampleValue<'s>,
    /// Its own timestamp in milliseconds, if timestamps are honored; `None` is the time of the scrape.
    pub timestamp: Option<i64>,
}

impl<'l> LoopScrape<'l> {
    /// Sets the time of the scrape, as [`Scrape::at`](super::Scrape::at) does.
    #[must_use]
    pub fn at(mut self, milliseconds: i64) -> Self {
        self.gate.time = Some(milliseconds);
        self
    }

    /// Sets how many rejected samples to list, as [`Scrape::name_rejected`](super::Scrape::name_rejected)
    /// does.
    #[must_use]
    pub fn name_rejected(mut self, most: usize) -> Self {
        self.gate.named = most;
        self
    }

    /// Returns the next sample to store, unless the scrape fails later. Returns `None` at the end of the body
    /// or where the scrape fails.
    pub fn next_sample(&mut self) -> Option<LoopSample<'_>> {
        if self.samples.is_some() {
            return self.next_apart();
        }
        loop {
            let sample = match self.pass.as_mut()?.next_sample() {
                Some(Ok(sample)) => sample,
                Some(Err(error)) => {
                    self.fail(error.into());
                    return None;
                }
                None => {
                    self.pass = None;
                    return None;
                }
            };
            match self.take(&sample) {
                Ok(Some((at, timestamp))) => {
                    return Some(LoopSample {
                        id: sample.id(),
                        change: sample.change(),
                        labels: self.kept.labels(at),
                        value: SampleValue::Float(sample.value()),
                        timestamp,
                    });
                }
                Ok(None) => {}
                Err(error) => {
                    self.fail(error);
                    return None;
                }
            }
        }
    }

    /// Does what [`next_sample`](Self::next_sample) does for a body that is not read as lines.
    #[inline(never)]
    fn next_apart(&mut self) -> Option<LoopSample<'_>> {
        let stored = loop {
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
        let value = match stored.admitted {
            Admitted::Reduced => SampleValue::NativeHistogram(&self.reduced),
            Admitted::AsItIs | Admitted::Refused => self.samples.as_deref()?.sample()?.into_value(),
        };
        Some(LoopSample {
            id: stored.id,
            change: stored.change,
            labels: self.kept.labels(stored.at),
            value,
            timestamp: stored.timestamp,
        })
    }

    fn end_apart(&mut self) {
        if let Some(mut samples) = self.samples.take() {
            self.gate.report.unconverted = samples.unconverted();
            self.gate.report.unconverted_histograms = samples.take_unconverted();
        }
    }

    /// Processes the sample that was found last in a body that is not read as lines. Returns what is stored.
    fn take_apart(&mut self) -> Result<Option<StoredApart>, ScrapeError> {
        let samples = self.samples.as_deref();
        let Some((samples, sample)) = samples.and_then(|it| Some((it, it.sample()?))) else {
            return Ok(None);
        };
        self.gate.report.samples_scraped += 1;
        let timestamp = sample.timestamp().filter(|_| self.config.honor_timestamps);
        put_key(&mut self.key, &sample);
        let round = self.kept.round();
        let change = self.kept.apart.see(&self.key, sample.value(), round);
        let Some(known) = self.kept.apart.get_mut(&self.key) else {
            return Ok(None);
        };
        let (id, spelling) = (known.id, known.spelling(round));
        let kind = match spelling {
            Some(Spelling::Dropped) => return Ok(None),
            Some(Spelling::Stored(_)) if timestamp.is_none() => {
                let fate = self.gate.left_out_as_duplicate();
                name_apart(&mut self.gate, samples, &sample, timestamp, fate);
                return Ok(None);
            }
            // A TYPE line between the two does not change the labels.
            Some(Spelling::Stored(kind)) => kind,
            None => sample.preceding_type(),
        };
        let known = known.verdict.filter(|_| known.kind == kind);
        let sample = sample.under(kind);
        let mut apart = Apart {
            config: self.config,
            target: self.target,
            kept: self.kept,
            gate: &mut self.gate,
            reduced: &mut self.reduced,
            key: &self.key,
        };
        let stored = apart.store(&sample, known, kind, timestamp);
        let (fate, at, admitted) =
            stored.map_err(|problem| failure_apart(samples, &sample, problem))?;
        if let (None, Some(spelling)) = (spelling, fate.spelling(kind))
            && let Some(known) = self.kept.apart.get_mut(&self.key)
        {
            known.spelled(spelling, round);
        }
        if fate != Fate::Dropped {
            self.gate.report.samples_post_metric_relabeling += 1;
        }
        if fate == Fate::Stored {
            return Ok(Some(StoredApart {
                id,
                change,
                at,
                admitted,
                timestamp,
            }));
        }
        name_apart(&mut self.gate, samples, &sample, timestamp, fate);
        Ok(None)
    }

    #[cold]
    fn fail(&mut self, error: ScrapeError) {
        self.gate.report.failure = Some(error);
        self.pass = None;
    }

    /// Returns the result of the scrape; first reads to the end of the body. Rules are not counted. If
    /// samples are [rejected](Report::rejected), the body is read once more to find their places.
    #[must_use]
    pub fn report(mut self) -> Report {
        while self.next_sample().is_some() {}
        // What is not read as lines has its places already.
        if !self.rejected.is_empty() {
            let positions = self.positions(&self.rejected);
            for (sample, position) in self.gate.report.rejected.iter_mut().zip(positions) {
                sample.position = position;
            }
        }
        self.gate.report
    }

    /// Processes one sample. Returns the place of its labels and its timestamp if it is stored.
    #[inline]
    fn take(
        &mut self,
        sample: &CachedSample<'l>,
    ) -> Result<Option<(usize, Option<i64>)>, ScrapeError> {
        self.gate.report.samples_scraped += 1;
        let timestamp = (sample.timestamp()).filter(|_| self.config.honor_timestamps);
        let (number, id) = (sample.number(), sample.id());
        let known = self.kept.known(number, id);
        let spelling = known.and_then(|known| self.kept.spelling(known));
        let kind = match spelling {
            Some(Spelling::Dropped) => return Ok(None),
            Some(Spelling::Stored(_)) if timestamp.is_none() => {
                let fate = self.gate.left_out_as_duplicate();
                self.name_rejection(sample, timestamp, fate);
                return Ok(None);
            }
            // A TYPE line between the two does not change the labels.
            Some(Spelling::Stored(kind)) => kind,
            None => sample.preceding_type(),
        };
        let verdict = match known.and_then(|known| known.verdict(kind)) {
            Some(verdict) => Ok(verdict),
            None => self.find_out(sample, kind, timestamp),
        };
        let (fate, at) = match verdict.map_err(|problem| self.failure(sample, problem))? {
            Kind::Dropped => (Fate::Dropped, 0),
            Kind::Refused => (Fate::Refused, 0),
            Kind::Stored(at) => (self.store(at, timestamp), at),
        };
        if let (None, Some(spelling)) = (spelling, fate.spelling(kind)) {
            self.kept.spelled(number, spelling);
        }
        if fate != Fate::Dropped {
            self.gate.report.samples_post_metric_relabeling += 1;
        }
        if fate == Fate::Stored {
            return Ok(Some((at, timestamp)));
        }
        self.name_rejection(sample, timestamp, fate);
        Ok(None)
    }

    /// Reports the sample if storage refuses it.
    fn name_rejection(&mut self, sample: &CachedSample<'l>, timestamp: Option<i64>, fate: Fate) {
        if let Some(reason) = self.gate.rejection(fate) {
            let (position, series) = (Position::default(), sample.series());
            let series = String::from_utf8_lossy(series.raw_series());
            (self.gate).name(reason, position, &series, sample.value().into(), timestamp);
            self.rejected.push(self.gate.report.samples_scraped);
        }
    }

    #[inline]
    fn store(&mut self, at: usize, timestamp: Option<i64>) -> Fate {
        if !self.gate.lets_in(self.config, timestamp) {
            return Fate::Refused;
        }
        let order = self.kept.order(at, self.gate.time_of(timestamp));
        let fate = self.gate.ordered(order);
        if fate == Fate::Stored && timestamp.is_none() {
            self.kept.track(at);
        }
        fate
    }

    /// Finds the labels that a series is stored with. What makes a scrape fail is not kept.
    #[cold]
    fn find_out(
        &mut self,
        sample: &CachedSample<'l>,
        kind: MetricType,
        timestamp: Option<i64>,
    ) -> Result<Kind, SampleErrorKind> {
        let read = sample.sample().under(kind);
        let found = find_labels(&read, self.target, self.config)?;
        let stored = match found {
            Found::Dropped => None,
            Found::Kept(labels) => Some(labels),
            Found::Twice(name) => {
                return match self.gate.lets_in(self.config, timestamp) {
                    true => Err(SampleErrorKind::DuplicateLabel { name }),
                    false => Ok(Kind::Refused),
                };
            }
        };
        Ok((self.kept).learn(sample.number(), sample.id(), kind, stored))
    }

    #[cold]
    fn failure(&self, sample: &CachedSample<'l>, problem: SampleErrorKind) -> ScrapeError {
        let last = [self.gate.report.samples_scraped];
        ScrapeError::Sample {
            position: self.positions(&last).first().copied().unwrap_or_default(),
            path: None,
            series: shown(&String::from_utf8_lossy(sample.series().raw_series())),
            problem,
        }
    }

    /// Finds where the lines of samples begin, from their rising numbers in the body, counted from 1. It
    /// reads the body again.
    #[cold]
    fn positions(&self, numbers: &[u64]) -> Vec<Position> {
        let mut parser = Parser::new(self.body, self.dialect).limits(self.config.limits);
        let (mut positions, mut read) = (Vec::new(), 0);
        while let Some(number) = numbers.get(positions.len())
            && let Some(line) = parser.next()
        {
            let Ok(Line::Sample(sample)) = line else {
                continue;
            };
            read += 1;
            if read == *number {
                positions.push(parser.line_end().start(sample.raw()));
            }
        }
        positions
    }
}

/// What is stored of a sample that is not a line.
struct StoredApart {
    id: SeriesId,
    change: Change,
    /// The place of its labels.
    at: usize,
    admitted: Admitted,
    timestamp: Option<i64>,
}

/// What is needed to store a sample that is not a line.
struct Apart<'s, 'l> {
    config: &'l SampleConfig,
    target: &'l Target,
    kept: &'s mut Kept,
    gate: &'s mut Gate,
    reduced: &'s mut NativeHistogram,
    key: &'s [u8],
}

impl Apart<'_, '_> {
    /// Returns whether the sample is stored, the place of its labels, and how it is stored. `known` is what
    /// was found out about its series before.
    fn store(
        &mut self,
        sample: &AnySample<'_>,
        known: Option<Kind>,
        kind: MetricType,
        timestamp: Option<i64>,
    ) -> Result<(Fate, usize, Admitted), SampleErrorKind> {
        let found = match known {
            Some(Kind::Dropped | Kind::Refused) => Err(Found::Dropped),
            Some(Kind::Stored(at)) => Ok(at),
            None => Err(find_labels(sample, self.target, self.config)?),
        };
        if let Err(Found::Dropped) = found {
            if known.is_none() {
                self.kept.learn_apart(self.key, kind, None);
            }
            return Ok((Fate::Dropped, 0, Admitted::Refused));
        }
        let value = sample.value();
        let admitted = admit(self.config, self.gate, value, timestamp, self.reduced)?;
        let at = match found {
            Ok(at) => at,
            Err(Found::Kept(labels)) => match self.kept.learn_apart(self.key, kind, Some(labels)) {
                Kind::Stored(at) => at,
                Kind::Dropped | Kind::Refused => return Ok((Fate::Refused, 0, admitted)),
            },
            Err(Found::Twice(name)) if admitted != Admitted::Refused => {
                return Err(SampleErrorKind::DuplicateLabel { name });
            }
            Err(Found::Twice(_) | Found::Dropped) => return Ok((Fate::Refused, 0, admitted)),
        };
        if admitted == Admitted::Refused {
            return Ok((Fate::Refused, at, admitted));
        }
        let order = self.kept.order(at, self.gate.time_of(timestamp));
        let fate = self.gate.ordered(order);
        if fate == Fate::Stored && timestamp.is_none() {
            self.kept.track(at);
        }
        Ok((fate, at, admitted))
    }
}

/// What the rules make of a series.
enum Found {
    Dropped,
    /// The stored labels.
    Kept(Arc<[(String, String)]>),
    /// A name that two labels have.
    Twice(String),
}

fn find_labels<'a>(
    series: &impl Written<'a>,
    target: &'a Target,
    config: &'a SampleConfig,
) -> Result<Found, SampleErrorKind> {
    let mut labels = LabelSet::new();
    Ok(match judge(&mut labels, series, target, config, None)? {
        Verdict::Dropped => Found::Dropped,
        Verdict::Kept { twice: None } => {
            let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
            Found::Kept(labels.sorted().map(owned).collect())
        }
        Verdict::Kept { twice: Some(name) } => Found::Twice(name),
    })
}

impl fmt::Debug for LoopScrape<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoopScrape")
            .field("target", &self.target)
            .field("report", &self.gate.report)
            .finish_non_exhaustive()
    }
}
