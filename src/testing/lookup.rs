//! Look-ups: which series are meant, and what they say.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use super::exposition::Exposition;
use super::lookup_error::{LookupError, LookupErrorKind};
use super::nearest::{Nearest, distance};
use super::part::{Part, shown};
use super::wanted::{Misfit, Wanted};
use crate::encode::Series;
use crate::error::shortened::shortened;
use crate::families::family::{FamilySample, Metric, MetricFamily, MetricValue};
use crate::model::native_histogram::NativeHistogram;

/// How many series are listed in an error.
const LISTED: usize = 8;

/// How many characters of a series are shown.
const LONGEST: usize = 200;

impl Exposition {
    /// Begins to look up a metric by the name of its samples, or of its family.
    ///
    /// One name finds the same metric in every format: `http_requests` finds `http_requests_total`, as
    /// [`CollectedFamilies::get`](crate::CollectedFamilies::get) does. Samples of that name come first.
    pub fn metric(&self, name: impl Into<String>) -> Lookup<'_> {
        Lookup::new(self.families(), name.into(), false)
    }
}

/// Looks up series by their name and labels, and what one of them says.
///
/// [`label`](Self::label) and [`labels`](Self::labels) say which labels a series has, whatever others it has;
/// [`exactly`](Self::exactly) that it has no others. Exactly one series must match, unless
/// [`total`](Self::total) adds up all.
///
/// [`value`](Self::value) answers with a number or a [`LookupError`]; the assertions panic unless the number is
/// as it should be. **A metric that is missing fails every assertion** except
/// [`assert_absent`](Self::assert_absent).
///
/// ```
/// use exposition::testing::Exposition;
///
/// let metrics = Exposition::text(concat!(
///     "# TYPE http_requests_total counter\n",
///     "http_requests_total{method=\"get\",code=\"200\"} 3\n",
///     "http_requests_total{method=\"put\",code=\"200\"} 1\n",
///     "# TYPE rpc_seconds histogram\n",
///     "rpc_seconds_bucket{le=\"0.1\"} 2\n",
///     "rpc_seconds_bucket{le=\"+Inf\"} 3\n",
///     "rpc_seconds_sum 1.5\n",
///     "rpc_seconds_count 3\n",
/// ))?;
/// let requests = metrics.metric("http_requests_total");
/// requests.clone().label("method", "get").assert_eq(3);
/// requests.clone().labels([("method", "put"), ("code", "200")]).exactly().assert_ge(1);
/// requests.clone().total().assert_eq(4);
/// requests.label("code", "500").assert_absent();
///
/// let latency = metrics.metric("rpc_seconds");
/// latency.clone().count().assert_eq(3);
/// latency.clone().bucket(0.1).assert_eq(2);
/// latency.quantile(0.5).assert_le(0.1);
///
/// let error = metrics.metric("http_request_total").value().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "no metric is named http_request_total; the nearest: http_requests_total",
/// );
/// # Ok::<(), exposition::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "it looks at nothing until it is asked for a value or an assertion"]
pub struct Lookup<'e> {
    families: &'e [MetricFamily<'static>],
    wanted: Wanted,
    part: Part,
    /// Whether to add up all that match.
    total: bool,
    /// Whether the numbers are differences.
    of_change: bool,
}

/// What a look-up finds.
#[derive(Debug, Clone, Copy)]
enum Found<'e> {
    Sample(FamilySample<'e>),
    Metric(&'e MetricFamily<'e>, &'e Metric<'e>),
}

impl<'e> Found<'e> {
    fn labels(&self) -> impl Iterator<Item = (Cow<'e, str>, Cow<'e, str>)> + use<'e> {
        let (sample, metric) = match self {
            Found::Sample(sample) => (Some(sample.labels()), None),
            Found::Metric(_, metric) => (None, Some(metric.labels.iter())),
        };
        let metric = metric.into_iter().flatten();
        sample.into_iter().flatten().chain(metric)
    }

    fn name(&self) -> Cow<'e, str> {
        match self {
            Found::Sample(sample) => sample.name(),
            Found::Metric(family, _) => Cow::Borrowed(&family.name),
        }
    }

    fn series(&self) -> Series {
        Series::new(self.name(), self.labels())
    }

    fn timestamp(&self) -> Option<i64> {
        match self {
            Found::Sample(sample) => sample.timestamp(),
            Found::Metric(_, metric) => metric.timestamp,
        }
    }
}

impl fmt::Display for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let series = self.series().to_string();
        f.write_str(&shortened(&series, LONGEST))?;
        if let Found::Sample(sample) = self {
            write!(f, " {}", shown(sample.value()))?;
        }
        match self.timestamp() {
            Some(timestamp) => write!(f, " at {timestamp}"),
            None => Ok(()),
        }
    }
}

/// What a look-up answers, and of which series.
#[derive(Debug)]
pub(super) struct Answer<'e> {
    pub(super) number: f64,
    /// The series, if it is a single one.
    series: Option<Found<'e>>,
}

impl<'e> Lookup<'e> {
    pub(super) fn new(
        families: &'e [MetricFamily<'static>],
        name: String,
        of_change: bool,
    ) -> Self {
        Lookup {
            families,
            wanted: Wanted {
                name,
                labels: Vec::new(),
                exactly: false,
            },
            part: Part::Value,
            total: false,
            of_change,
        }
    }

    /// Wants a label with this value, whatever other labels there are. An empty value wants that there is no
    /// such label, as in Prometheus. The numbers of `le` and `quantile` are compared as numbers.
    pub fn label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.wanted.labels.push((name.into(), value.into()));
        self
    }

    /// Wants these labels, as [`label`](Self::label) does.
    pub fn labels<N, V>(mut self, labels: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: Into<String>,
        V: Into<String>,
    {
        let labels = labels.into_iter();
        (self.wanted.labels).extend(labels.map(|(name, value)| (name.into(), value.into())));
        self
    }

    /// Wants no other labels than those that are given.
    pub fn exactly(mut self) -> Self {
        self.wanted.exactly = true;
        self
    }

    /// Asks for the number of observations of a histogram or summary, classic or native.
    pub fn count(mut self) -> Self {
        self.part = Part::Count;
        self
    }

    /// Asks for the sum of all observations of a histogram or summary, classic or native.
    pub fn sum(mut self) -> Self {
        self.part = Part::Sum;
        self
    }

    /// Asks for the number of observations up to a bound: what the bucket with this `le` says. A native
    /// histogram answers if no bucket that it lists lies on both sides of the bound.
    pub fn bucket(mut self, upper_bound: f64) -> Self {
        self.part = Part::Bucket(upper_bound);
        self
    }

    /// Asks for a quantile, 0 to 1: one that a summary states, or an estimate from a histogram's buckets as by
    /// `histogram_quantile` of Prometheus, from its native ones if it has both. NaN without an observation.
    pub fn quantile(mut self, quantile: f64) -> Self {
        self.part = Part::Quantile(quantile);
        self
    }

    /// Asks for what all series that match say, added up. At least one must match.
    pub fn total(mut self) -> Self {
        self.total = true;
        self
    }

    /// Returns the number that is asked for: the series' value, or its [`count`](Self::count),
    /// [`sum`](Self::sum), [`bucket`](Self::bucket) or [`quantile`](Self::quantile).
    ///
    /// # Errors
    ///
    /// [`LookupError`] if no series matches, several do, or the one does not say what is asked for.
    pub fn value(&self) -> Result<f64, LookupError> {
        self.answer().map(|answer| answer.number)
    }

    /// Returns the native histogram of the metric.
    ///
    /// # Errors
    ///
    /// As for [`value`](Self::value).
    pub fn native_histogram(&self) -> Result<&'e NativeHistogram, LookupError> {
        let metrics = Lookup {
            part: Part::Count,
            ..self.clone()
        };
        let found = metrics.single()?;
        if let Found::Metric(_, metric) = &found
            && let MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram) =
                &metric.value
            && let Some(native) = &histogram.native
        {
            return Ok(native);
        }
        Err(self.unanswered(&found, "has no native histogram"))
    }

    /// Returns all series that match, in the order of the body: of samples, or of histograms and summaries if
    /// the name is that of their family.
    ///
    /// # Errors
    ///
    /// [`LookupError`] if none matches.
    pub fn series(&self) -> Result<Vec<Series>, LookupError> {
        let found = self.matching()?;
        Ok(found.iter().map(Found::series).collect())
    }

    /// Returns the number, and of which series it is.
    pub(super) fn answer(&self) -> Result<Answer<'e>, LookupError> {
        if !self.total {
            let found = self.single()?;
            return Ok(Answer {
                number: self.read(&found)?,
                series: Some(found),
            });
        }
        let found = self.matching()?;
        let numbers: Result<Vec<f64>, _> = found.iter().map(|found| self.read(found)).collect();
        Ok(Answer {
            number: numbers?.iter().sum(),
            series: None,
        })
    }

    /// Says what an answer is about.
    pub(super) fn subject(&self, answer: &Answer<'_>) -> String {
        let series = match &answer.series {
            Some(found) => found.series().to_string(),
            None => self.wanted.to_string(),
        };
        let change = if self.of_change { "the change of " } else { "" };
        let total = if self.total { "the total of " } else { "" };
        let part = self.part;
        format!("{change}{total}{part}{}", shortened(&series, LONGEST))
    }

    /// Tells whether more than the value is asked for.
    pub(super) fn asks_for_part(&self) -> bool {
        self.part != Part::Value
    }

    /// Lists what matches, or says why nothing does.
    pub(super) fn listed(&self) -> Result<String, LookupError> {
        self.matching().map(|found| list(&found))
    }

    /// Reads what is asked for.
    fn read(&self, found: &Found<'_>) -> Result<f64, LookupError> {
        let answer = match found {
            Found::Sample(sample) => match self.part {
                Part::Value => return Ok(sample.value()),
                part => Err(not_of_sample(part, sample)),
            },
            Found::Metric(_, metric) => self.part.of(metric),
        };
        answer.map_err(|why| self.unanswered(found, &why))
    }

    fn unanswered(&self, found: &Found<'_>, why: &str) -> LookupError {
        let series = found.series().to_string();
        let message = format!("{} {why}", shortened(&series, LONGEST));
        LookupError::new(LookupErrorKind::Unanswered, message)
    }

    /// Returns the only one that matches.
    fn single(&self) -> Result<Found<'e>, LookupError> {
        let found = self.matching()?;
        if let [found] = found.as_slice() {
            return Ok(*found);
        }
        let message = format!(
            "{} series match {}, and one is asked for:{}",
            found.len(),
            self.described(),
            list(&found)
        );
        Err(LookupError::new(LookupErrorKind::Several, message))
    }

    /// Returns what matches: at least one.
    fn matching(&self) -> Result<Vec<Found<'e>>, LookupError> {
        let named = self.named();
        let fits = |found: &&Found<'e>| self.wanted.misfits(found.labels()).is_empty();
        let found: Vec<Found<'e>> = named.iter().filter(fits).copied().collect();
        match found.is_empty() {
            false => Ok(found),
            true => Err(LookupError::new(
                LookupErrorKind::Missing,
                self.missing(&named),
            )),
        }
    }

    /// Returns what has the name, whatever its labels.
    fn named(&self) -> Vec<Found<'e>> {
        let name = &self.wanted.name;
        let metrics = || -> Vec<Found<'e>> {
            let families = self.families.iter().filter(|family| family.name == *name);
            families
                .flat_map(|family| {
                    (family.metrics.iter()).map(move |metric| Found::Metric(family, metric))
                })
                .collect()
        };
        let samples = || {
            let exact = self.samples(name);
            // The name that the metric has in another format.
            let others = ["_total", "_info"].into_iter();
            let others = others.map(|suffix| self.samples(&format!("{name}{suffix}")));
            let mut all = std::iter::once(exact).chain(others);
            all.find(|samples| !samples.is_empty())
        };
        match self.part {
            Part::Value => samples().unwrap_or_else(metrics),
            Part::Count | Part::Sum | Part::Bucket(_) | Part::Quantile(_) => {
                let metrics = metrics();
                match metrics.is_empty() {
                    true => samples().unwrap_or_default(),
                    false => metrics,
                }
            }
        }
    }

    /// Returns the samples of exactly this name.
    fn samples(&self, name: &str) -> Vec<Found<'e>> {
        let families = self.families.iter().filter_map(|family| {
            let suffix = name.strip_prefix(&*family.name)?;
            (suffix.is_empty() || suffix.starts_with('_')).then_some((family, suffix.to_owned()))
        });
        let samples = families.flat_map(|(family, suffix)| {
            let samples = family.samples();
            samples.filter(move |sample| sample.suffix() == suffix)
        });
        samples.map(Found::Sample).collect()
    }

    /// Returns the wanted series, not longer than an error may be.
    fn described(&self) -> String {
        shortened(&self.wanted.to_string(), LONGEST).into_owned()
    }

    /// Says that nothing matches, and what is nearest.
    fn missing(&self, named: &[Found<'_>]) -> String {
        match named.is_empty() {
            true => self.no_name(),
            false => self.no_labels(named),
        }
    }

    fn no_labels(&self, named: &[Found<'_>]) -> String {
        let mut nearest = Nearest::new();
        for found in named {
            let misfits = self.wanted.misfits(found.labels());
            nearest.add(misfits.len(), || (found, misfits));
        }
        let mut message = format!("no series matches {}; the nearest:", self.described());
        for (found, misfits) in nearest.into_iter() {
            let misfits: Vec<String> = misfits.iter().take(LISTED).map(Misfit::to_string).collect();
            let misfits = misfits.join(", ");
            message.push_str(&format!("\n  {found}: {}", shortened(&misfits, LONGEST)));
        }
        message
    }

    fn no_name(&self) -> String {
        let name = shortened(&self.wanted.name, LONGEST);
        let mut families = self.families.iter();
        if let Some(family) = families.find(|family| family.name == self.wanted.name) {
            let declared = family.metric_type;
            return format!("{name} is declared, of type {declared}, and has no series");
        }
        let names = self.names();
        let mut nearest = Nearest::new();
        for known in &names {
            if let Some(distance) = distance(&self.wanted.name, known) {
                nearest.add(distance, || shortened(known, LONGEST));
            }
        }
        let near: Vec<_> = nearest.into_iter().collect();
        match (names.len(), near.is_empty()) {
            (0, _) => format!("no metric is named {name}: the exposition has no metrics"),
            (known, true) => format!("no metric is named {name}, nor nearly so, of {known} names"),
            (_, false) => format!(
                "no metric is named {name}; the nearest: {}",
                near.join(", ")
            ),
        }
    }

    /// Returns the names of families and samples.
    fn names(&self) -> BTreeSet<Cow<'e, str>> {
        let mut names = BTreeSet::new();
        for family in self.families {
            let suffixes: BTreeSet<&str> = family.samples().map(|sample| sample.suffix()).collect();
            // What a name is asked for: a histogram has no sample of its family's name, a counter may not.
            names.insert(Cow::Borrowed(&*family.name));
            let suffixes = suffixes.into_iter().filter(|suffix| !suffix.is_empty());
            names.extend(suffixes.map(|suffix| Cow::Owned([&*family.name, suffix].concat())));
        }
        names
    }
}

/// Says that a sample has no such part, and where it may be.
fn not_of_sample(part: Part, sample: &FamilySample<'_>) -> String {
    let noun = part.noun();
    match sample.suffix() {
        "" => format!("is a single sample and has no {noun}"),
        _ => {
            let family = shortened(sample.family_name(), LONGEST);
            format!("is a single sample and has no {noun}: ask {family}")
        }
    }
}

/// Lists what was found, a line each.
fn list(found: &[Found<'_>]) -> String {
    let mut list = String::new();
    for found in found.iter().take(LISTED) {
        list.push_str(&format!("\n  {found}"));
    }
    match found.len().saturating_sub(LISTED) {
        0 => list,
        more => format!("{list}\n  and {more} more"),
    }
}
