//! In which form histograms become samples.

/// In which form histograms become samples: as a scrape is configured.
///
/// The default is Prometheus': only classic buckets.
///
/// ```
/// let options = exposition::HistogramOptions::new().native(true).keep_classic(true);
/// assert!(options.native && !options.convert_classic);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub struct HistogramOptions {
    /// Whether native histograms are read: `scrape_native_histograms`. Otherwise a histogram shows its
    /// classic buckets, and one that has none its count, its sum and the bucket for `+Inf`.
    pub native: bool,
    /// Whether classic buckets are kept beside a native histogram: `always_scrape_classic_histograms`.
    pub keep_classic: bool,
    /// Whether a histogram that has only classic buckets becomes a native one with custom buckets (NHCB):
    /// `convert_classic_histograms_to_nhcb`.
    pub convert_classic: bool,
}

impl HistogramOptions {
    /// Returns the defaults: all off.
    #[must_use]
    pub const fn new() -> Self {
        HistogramOptions {
            native: false,
            keep_classic: false,
            convert_classic: false,
        }
    }

    /// Sets whether native histograms are read.
    #[must_use]
    pub const fn native(mut self, native: bool) -> Self {
        self.native = native;
        self
    }

    /// Sets whether classic buckets are kept beside a native histogram.
    #[must_use]
    pub const fn keep_classic(mut self, keep: bool) -> Self {
        self.keep_classic = keep;
        self
    }

    /// Sets whether classic histograms become native ones with custom buckets.
    #[must_use]
    pub const fn convert_classic(mut self, convert: bool) -> Self {
        self.convert_classic = convert;
        self
    }
}
