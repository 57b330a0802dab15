//! The suffixes by which a family's samples are called.

use crate::metric_type::MetricType;

/// What a sample's name has behind its family's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Suffix {
    Bucket,
    Sum,
    Count,
    GSum,
    GCount,
    Total,
    Created,
    Info,
}

impl Suffix {
    /// The suffix that is exactly this text.
    #[inline]
    pub(crate) fn parse(text: &str) -> Option<Suffix> {
        Some(match text {
            "_bucket" => Suffix::Bucket,
            "_sum" => Suffix::Sum,
            "_count" => Suffix::Count,
            "_gsum" => Suffix::GSum,
            "_gcount" => Suffix::GCount,
            "_total" => Suffix::Total,
            "_created" => Suffix::Created,
            "_info" => Suffix::Info,
            _ => return None,
        })
    }

    /// A name without the suffix it ends in. No suffix is the end of another, so there is one way at
    /// most.
    pub(crate) fn split(name: &str) -> Option<(&str, Suffix)> {
        let at = name.rfind('_').filter(|at| *at > 0)?;
        let (stem, suffix) = name.split_at_checked(at)?;
        Some((stem, Suffix::parse(suffix)?))
    }

    /// Whether a family of that type has samples with this suffix.
    ///
    /// The text format links what Prometheus' family parser does (spec T45): the parts of histograms
    /// and summaries. OpenMetrics links every suffix its types have (spec O6), and a gauge histogram
    /// to `_sum` and `_count` too, as client libraries write it (spec O46).
    #[inline]
    pub(crate) fn belongs_to(self, kind: MetricType, open_metrics: bool) -> bool {
        use MetricType::{Counter, GaugeHistogram, Histogram, Info, Summary};
        match self {
            Suffix::Bucket => matches!(kind, Histogram | GaugeHistogram),
            Suffix::Sum | Suffix::Count => matches!(kind, Histogram | GaugeHistogram | Summary),
            Suffix::GSum | Suffix::GCount => kind == GaugeHistogram,
            Suffix::Info => kind == Info,
            Suffix::Total => open_metrics && kind == Counter,
            Suffix::Created => open_metrics && matches!(kind, Counter | Histogram | Summary),
        }
    }
}
