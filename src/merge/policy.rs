//! What to do about things that two bodies both have.

/// What to do with a metric that two bodies have.
///
/// A metric is one unit: all samples of a histogram, gauge histogram, summary or state set with the same
/// labels, and the start time and exemplars of any metric. They are kept, labelled, left out, added or
/// refused together, even where no single series is in both bodies. Text has no place within families for
/// `_created`, `_gsum` and `_gcount`: there the gauges with these names belong to the metric too.
///
/// A series that one body repeats is not a collision: of its samples without a timestamp, and of those with
/// the same timestamp, the first is kept, as Prometheus keeps it ([S30](crate::docs::scrape#s30)). If added
/// labels, or escaped names, give two metrics of a body the same labels, the first is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Collision {
    /// Refuse: [`MergeError::Series`](super::MergeError::Series) or
    /// [`MergeError::Metric`](super::MergeError::Metric).
    #[default]
    Error,
    /// Keep the samples of the first body that has it.
    FirstWins,
    /// Give the samples of the later bodies a label of this name, with the [`Source`](super::Source)'s name
    /// as its value. A label they have already is kept as `exported_` and its name. If that metric exists
    /// too, the first wins; and so it does if that label tells the samples of the metric apart, such as the
    /// `le` of a histogram.
    Stamp(String),
    /// Add them up, into one metric for all bodies. [`Aggregation`] says how.
    Sum(Aggregation),
}

/// How metrics of several bodies become one: [`Collision::Sum`].
///
/// | type | what is written |
/// |---|---|
/// | counter | the sum |
/// | gauge, unknown | the sum, the least, the greatest or the last: [`gauges`](Self::gauges) |
/// | histogram, gauge histogram | the sums of the buckets, of the sums and of the counts, if the bounds are the same and each body has, or lacks, sum and count |
/// | summary | the sums of the sums and of the counts, if it has no quantiles |
/// | info, state set | as it is, if all bodies say the same |
/// | start time, `_created` | the earliest of all bodies; NaN does not count |
/// | timestamp | the latest, and none if a sample has none, because that means now; with [`Gauges::Last`] the last body's |
/// | exemplar | for each sample the one with the latest timestamp; of those without a timestamp the first |
///
/// What cannot be added is an error, or kept apart by a label: [`otherwise`](Self::otherwise). This concerns
/// quantiles, bounds or values that differ as the table says, a metric that one body gives at several times,
/// and metrics of a family that bodies declare with different types.
///
/// Integers are added exactly, however large they are, and other numbers as floats in the order of the
/// bodies. A sum of infinities of both signs is NaN, and so is a sum with NaN; the least and the greatest
/// ignore NaN.
///
/// ```
/// use exposition::merge::{Aggregation, Collision, Gauges, Source};
/// use exposition::{Dialect, Merge, ScrapeProtocol};
///
/// let one = b"# TYPE requests_total counter\nrequests_total 7\n# TYPE queue gauge\nqueue 3\n";
/// let two = b"# TYPE requests_total counter\nrequests_total 5\n# TYPE queue gauge\nqueue 9\n";
///
/// let mut merged = String::new();
/// Merge::new(ScrapeProtocol::PrometheusText004)
///     .source(Source::new("one", one, Dialect::Text))
///     .source(Source::new("two", two, Dialect::Text))
///     .on_collision(Collision::Sum(Aggregation::new().gauges(Gauges::Max)))
///     .write_to_fmt(&mut merged)?;
/// assert_eq!(merged, "\
/// ## TYPE requests_total counter
/// requests_total 12
/// ## TYPE queue gauge
/// queue 9
/// ");
/// # Ok::<(), exposition::MergeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Aggregation {
    pub(super) gauges: Gauges,
    pub(super) otherwise: Unsummable,
}

impl Aggregation {
    /// Creates an aggregation that adds gauges too, and fails where something cannot be added.
    pub fn new() -> Self {
        Aggregation::default()
    }

    /// Sets what happens to gauges, and to metrics whose type is unknown.
    #[must_use]
    pub fn gauges(mut self, gauges: Gauges) -> Self {
        self.gauges = gauges;
        self
    }

    /// Sets what happens to metrics that cannot be added.
    #[must_use]
    pub fn otherwise(mut self, otherwise: Unsummable) -> Self {
        self.otherwise = otherwise;
        self
    }
}

/// What [`Collision::Sum`] makes of the gauges of several bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Gauges {
    /// Their sum: for parts of a whole, such as requests in flight.
    #[default]
    Sum,
    /// The least, such as the time of the oldest.
    Min,
    /// The greatest.
    Max,
    /// That of the last body that has it.
    Last,
}

/// What [`Collision::Sum`] does with a metric that cannot be added.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Unsummable {
    /// Refuse: [`MergeError::Sum`](super::MergeError::Sum).
    #[default]
    Error,
    /// Keep it apart, as [`Collision::Stamp`] does.
    Stamp(String),
}

/// What to do with HELP, TYPE and UNIT lines that contradict each other.
/// Two TYPE lines do so if they declare one family with different types, or two families that could share
/// sample names: a histogram `x` and a counter `x_count`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Conflict {
    /// Refuse: [`MergeError::Type`](super::MergeError::Type), [`MergeError::Help`](super::MergeError::Help)
    /// or [`MergeError::Unit`](super::MergeError::Unit).
    #[default]
    Error,
    /// Keep the first line. No sample is lost: those of the later family that cannot be samples of a family
    /// of the first type become families of their own names, without a type. What is decided about a metric
    /// of that family holds for all of its samples, in every family.
    FirstWins,
}
