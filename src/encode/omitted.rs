//! What is left out where a format has no place for it.

/// How an encoder deals with what formats have no place for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Options {
    pub(crate) lossy: bool,
    /// Whether to write as Go's client library does.
    pub(crate) go: bool,
}

impl Options {
    /// Tells whether to leave out what the format has no place for, instead of refusing it.
    pub(super) fn leaves_out(self) -> bool {
        self.lossy || self.go
    }
}

/// What an [`Encoder`](crate::Encoder) left out because the format has no place for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Omitted {
    /// Exemplars.
    pub exemplars: u64,
    /// Units.
    pub units: u64,
    /// Samples whose new name or labels, given by [`Encoder::sample_as`](crate::Encoder::sample_as), leave
    /// them no place.
    pub samples: u64,
    /// Native histograms, exponential ones: text has their count and sum, and classic buckets if there are
    /// some.
    pub native_histograms: u64,
    /// Timestamps and start times that protobuf has no place for, start times that OpenMetrics 2.0 has no place
    /// for, and in other text those of types that have none.
    pub timestamps: u64,
    /// Counts of observations that protobuf has no place for: negative ones, NaN, and those of summaries that
    /// are not whole numbers. In OpenMetrics 2.0 negative ones of histograms.
    pub counts: u64,
    /// Buckets and quantiles that OpenMetrics 2.0 has no place for: where bounds do not rise, quantiles are
    /// not between 0 and 1, or a histogram's bucket has a negative count.
    pub parts: u64,
    /// Sums and counts of observations that a histogram or a summary lacks. OpenMetrics 2.0 requires them:
    /// they are NaN there.
    pub missing: u64,
    /// Help texts that ended in a carriage return, which OpenMetrics 2.0 takes for a broken line end.
    pub carriage_returns: u64,
}
