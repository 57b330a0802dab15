//! What changed between two bodies of one target.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use super::exposition::Exposition;
use super::fail::fail;
use super::lookup::Lookup;
use super::part::shown;
use super::subtract::{Fault, Which, subtract};
use crate::encode::Series;
use crate::families::family::{Metric, MetricFamily};
use crate::model::metric_type::MetricType;

impl Exposition {
    /// Returns what changed since an earlier body of the same target.
    ///
    /// | of | the difference |
    /// |---|---|
    /// | a counter; the count and the buckets of a histogram; the count of a summary | by how much it has grown; an error if it is less than before |
    /// | the sum of a histogram or summary | may be negative, as observations may |
    /// | a gauge, a metric of unknown type, a gauge histogram, a quantile that a summary states, an info, a state | may be negative |
    ///
    /// A series that is new counts from zero. One that is gone is [listed](Change::changed), and a look-up does not
    /// find it. Of a series with several points the latest counts. Native histograms are compared at the lower
    /// resolution of both. Timestamps and exemplars do not count, but a counter whose start timestamp is later
    /// than before was reset.
    ///
    /// ```
    /// use exposition::testing::Exposition;
    ///
    /// let before = Exposition::text("# TYPE jobs_total counter\njobs_total{queue=\"mail\"} 7\n")?;
    /// // … what is tested …
    /// let after = Exposition::text(concat!(
    ///     "# TYPE jobs_total counter\n",
    ///     "jobs_total{queue=\"mail\"} 8\n",
    ///     "jobs_total{queue=\"print\"} 1\n",
    /// ))?;
    /// let change = after.since(&before)?;
    /// change.metric("jobs_total").label("queue", "mail").assert_eq(1);
    /// change.metric("jobs_total").total().assert_eq(2);
    /// assert_eq!(
    ///     change.to_string(),
    ///     "jobs_total{queue=\"mail\"} +1\njobs_total{queue=\"print\"} +1 (new)\n",
    /// );
    ///
    /// let error = before.since(&after).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "jobs_total{queue=\"mail\"} was reset: 8 before, 7 after",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SinceError`] if something that only grows is less than before, or a histogram has other buckets.
    pub fn since(&self, before: &Exposition) -> Result<Change, SinceError> {
        let (mut earlier, later) = (latest(before.families()), latest(self.families()));
        let mut change = Change {
            differences: Vec::with_capacity(self.families().len()),
            changed: Vec::new(),
        };
        for (at, family) in self.families().iter().enumerate() {
            let mut difference = MetricFamily::new(family.name.clone(), family.metric_type);
            let name = (family.name.as_ref(), family.metric_type);
            for (place, metric) in family.metrics.iter().enumerate() {
                let labels = labels(metric);
                let is_latest = later.get(&name).and_then(|metrics| metrics.get(&labels));
                if is_latest.is_some_and(|latest| latest.place == (at, place)) {
                    let before = earlier
                        .get_mut(&name)
                        .and_then(|metrics| metrics.remove(&labels));
                    let metric = change.add(family, metric, before.map(|before| before.metric))?;
                    difference.metrics.push(metric);
                }
            }
            change.differences.push(difference);
        }
        // In the order of their body, not in that of the table.
        let mut gone: Vec<Point<'_>> = earlier
            .into_values()
            .flat_map(HashMap::into_values)
            .collect();
        gone.sort_unstable_by_key(|point| point.place);
        for point in gone {
            change
                .changed
                .extend(samples(point.family, point.metric).map(|series| Changed {
                    series,
                    kind: ChangeKind::Gone,
                }));
        }
        Ok(change)
    }
}

/// A metric, and where it is.
#[derive(Clone, Copy)]
struct Point<'e> {
    place: (usize, usize),
    family: &'e MetricFamily<'static>,
    metric: &'e Metric<'static>,
}

/// Metrics by their labels. The family's name is not in each of them: protobuf has it once, however long.
type Metrics<'e> = HashMap<Vec<(Cow<'e, str>, Cow<'e, str>)>, Point<'e>>;

/// Returns the labels of a metric in one order.
fn labels<'e>(metric: &'e Metric<'static>) -> Vec<(Cow<'e, str>, Cow<'e, str>)> {
    let labels = metric.labels.iter();
    let mut labels: Vec<_> = labels.filter(|(_, value)| !value.is_empty()).collect();
    labels.sort_unstable();
    labels
}

/// Returns the latest point of each metric, by family.
fn latest<'e>(
    families: &'e [MetricFamily<'static>],
) -> HashMap<(&'e str, MetricType), Metrics<'e>> {
    let mut latest: HashMap<(&'e str, MetricType), Metrics<'e>> = HashMap::new();
    for (at, family) in families.iter().enumerate() {
        let metrics = latest
            .entry((family.name.as_ref(), family.metric_type))
            .or_default();
        for (place, metric) in family.metrics.iter().enumerate() {
            let point = Point {
                place: (at, place),
                family,
                metric,
            };
            let kept = metrics.entry(labels(metric)).or_insert(point);
            if metric.timestamp >= kept.metric.timestamp {
                *kept = point;
            }
        }
    }
    latest
}

/// Returns a family of one metric, without when it began.
fn alone<'f>(family: &'f MetricFamily<'static>, metric: &'f Metric<'static>) -> MetricFamily<'f> {
    let mut metric: Metric<'f> = metric.clone();
    metric.start_timestamp = None;
    MetricFamily::new(family.name.as_ref(), family.metric_type).metric(metric)
}

/// Returns the series of one metric's samples.
fn samples(
    family: &MetricFamily<'static>,
    metric: &Metric<'static>,
) -> impl Iterator<Item = Series> {
    let alone = alone(family, metric);
    let series: Vec<Series> = alone.samples().map(|sample| Series::of(&sample)).collect();
    series.into_iter()
}

/// Returns the name of a family and the labels of a metric.
fn series(family: &MetricFamily<'static>, metric: &Metric<'static>) -> Series {
    Series::new(family.name.as_ref(), metric.labels.iter())
}

/// What changed between two bodies; from [`Exposition::since`].
///
/// It displays as a list of what changed, a line for each series.
#[derive(Debug, Clone)]
pub struct Change {
    /// The differences, of what did not change too.
    differences: Vec<MetricFamily<'static>>,
    changed: Vec<Changed>,
}

impl Change {
    /// Begins to look up a difference, as [`Exposition::metric`] does a value. What did not change is there,
    /// with a difference of zero.
    pub fn metric(&self, name: impl Into<String>) -> Lookup<'_> {
        Lookup::new(&self.differences, name.into(), true)
    }

    /// Returns the series that changed, in the order of the later body; then those that are gone.
    pub fn changed(&self) -> &[Changed] {
        &self.changed
    }

    /// Tells whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty()
    }

    /// Asserts that nothing changed.
    #[track_caller]
    pub fn assert_empty(&self) -> &Self {
        if self.is_empty() {
            return self;
        }
        fail(format_args!("expected no change, found{}", self.list()))
    }

    fn list(&self) -> String {
        const LISTED: usize = 20;
        let listed = self.changed.iter().take(LISTED);
        let list: String = listed.map(|changed| format!("\n  {changed}")).collect();
        match self.changed.len().saturating_sub(LISTED) {
            0 => list,
            more => format!("{list}\n  and {more} more"),
        }
    }

    /// Adds the difference of a metric, and returns it.
    fn add(
        &mut self,
        family: &MetricFamily<'static>,
        after: &Metric<'static>,
        before: Option<&Metric<'static>>,
    ) -> Result<Metric<'static>, SinceError> {
        let mut difference = after.clone();
        difference.exemplars.clear();
        if let Some(before) = before {
            if let Some(times) = restarted(after, before) {
                let series = first_sample(family, after);
                return Err(SinceError::new(series, SinceErrorKind::Restarted, times));
            }
            difference.value = subtract(&after.value, &before.value)
                .map_err(|fault| SinceError::of(fault, family, after))?;
        }
        difference.start_timestamp = None;
        let known = self.changed.len();
        for sample in alone(family, &difference).samples() {
            let kind = match before {
                None => ChangeKind::New(sample.value()),
                Some(_) if sample.value() != 0.0 => ChangeKind::Changed(sample.value()),
                Some(_) => continue,
            };
            self.changed.push(Changed {
                series: Series::of(&sample),
                kind,
            });
        }
        if self.changed.len() == known
            && let Some(native) = &difference.native_histogram()
            && native.buckets().any(|bucket| bucket.count != 0.0)
        {
            self.changed.push(Changed {
                series: series(family, &difference),
                kind: ChangeKind::Buckets,
            });
        }
        Ok(difference)
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.changed.iter()).try_for_each(|changed| writeln!(f, "{changed}"))
    }
}

/// Returns since when a metric counted, before and after, if it began again.
fn restarted(after: &Metric<'_>, before: &Metric<'_>) -> Option<[f64; 2]> {
    let started = |metric: &Metric<'_>| metric.start_timestamp.map(|start| start.seconds);
    let (after, before) = (started(after)?, started(before)?);
    (after > before).then_some([before, after])
}

/// Returns the series of a metric's first sample.
fn first_sample(family: &MetricFamily<'static>, metric: &Metric<'static>) -> Series {
    let first = samples(family, metric).next();
    first.unwrap_or_else(|| series(family, metric))
}

/// A series that changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    series: Series,
    kind: ChangeKind,
}

/// How a series changed.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum ChangeKind {
    /// Its value changed by this much.
    Changed(f64),
    /// It was not there before, and has this value.
    New(f64),
    /// It is not there any more.
    Gone,
    /// A native histogram has as many observations as before, in other buckets.
    Buckets,
}

impl Changed {
    /// Returns the series; of a native histogram's buckets, the family's name and the labels.
    pub fn series(&self) -> &Series {
        &self.series
    }

    /// Returns how it changed.
    pub fn kind(&self) -> ChangeKind {
        self.kind
    }
}

impl fmt::Display for Changed {
    /// Writes the series and how it changed: `jobs_total{queue="mail"} +1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let signed = |number: f64| {
            let sign = if number > 0.0 && number.is_finite() {
                "+"
            } else {
                ""
            };
            format!("{sign}{}", shown(number))
        };
        let series = &self.series;
        match self.kind {
            ChangeKind::Changed(number) => write!(f, "{series} {}", signed(number)),
            ChangeKind::New(number) => write!(f, "{series} {} (new)", signed(number)),
            ChangeKind::Gone => write!(f, "{series} (gone)"),
            ChangeKind::Buckets => write!(f, "{series} (buckets)"),
        }
    }
}

/// Why two bodies have no difference. Debugging it displays it, so that `unwrap` in a test is readable.
#[derive(Clone, PartialEq)]
pub struct SinceError(Box<Inner>);

#[derive(Clone, PartialEq)]
struct Inner {
    series: Series,
    kind: SinceErrorKind,
    before: f64,
    after: f64,
}

/// The kinds of [`SinceError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SinceErrorKind {
    /// What only grows is less than before: the target started again, or the later body is the earlier one.
    Reset,
    /// The start timestamp is later than before, so the target started again.
    Restarted,
    /// A histogram has other buckets than before.
    Rebucketed,
}

impl SinceError {
    fn new(series: Series, kind: SinceErrorKind, [before, after]: [f64; 2]) -> Self {
        SinceError(Box::new(Inner {
            series,
            kind,
            before,
            after,
        }))
    }

    /// Names the series that is at fault.
    fn of(fault: Fault, family: &MetricFamily<'static>, metric: &Metric<'static>) -> Self {
        let named = |suffix: &str| [&*family.name, suffix].concat();
        let (which, numbers) = match fault {
            Fault::Reset {
                which,
                before,
                after,
            } => (which, [before, after]),
            Fault::Rebucketed => {
                let (series, kind) = (series(family, metric), SinceErrorKind::Rebucketed);
                return SinceError::new(series, kind, [0.0; 2]);
            }
        };
        let series = match which {
            Which::Value => first_sample(family, metric),
            Which::Count => Series::new(named("_count"), metric.labels.iter()),
            Which::NativeBucket => series(family, metric),
            Which::Bucket(bound) => {
                let le = ("le".into(), shown(bound).into());
                Series::new(named("_bucket"), metric.labels.iter().chain([le]))
            }
        };
        SinceError::new(series, SinceErrorKind::Reset, numbers)
    }

    /// Returns the series that has no difference; of several buckets, the family's name and the labels.
    pub fn series(&self) -> &Series {
        &self.0.series
    }

    /// Returns what kind of error this is.
    pub fn kind(&self) -> SinceErrorKind {
        self.0.kind
    }
}

impl fmt::Display for SinceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner {
            series,
            kind,
            before,
            after,
        } = &*self.0;
        let (before, after) = (shown(*before), shown(*after));
        match kind {
            SinceErrorKind::Reset => {
                write!(f, "{series} was reset: {before} before, {after} after")
            }
            SinceErrorKind::Restarted => write!(
                f,
                "{series} was reset: it counts since {after}, and since {before} before"
            ),
            SinceErrorKind::Rebucketed => {
                write!(
                    f,
                    "{series} has other buckets than before, so there is no difference"
                )
            }
        }
    }
}

impl fmt::Debug for SinceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for SinceError {}
