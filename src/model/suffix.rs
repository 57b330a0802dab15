//! The suffixes by which a family's samples are called.

use crate::dialect::Dialect;
use crate::model::metric_type::MetricType;

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
    /// All of them.
    pub(crate) const ALL: [Suffix; 8] = [
        Suffix::Bucket,
        Suffix::Sum,
        Suffix::Count,
        Suffix::GSum,
        Suffix::GCount,
        Suffix::Total,
        Suffix::Created,
        Suffix::Info,
    ];

    /// The suffix as text.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Suffix::Bucket => "_bucket",
            Suffix::Sum => "_sum",
            Suffix::Count => "_count",
            Suffix::GSum => "_gsum",
            Suffix::GCount => "_gcount",
            Suffix::Total => "_total",
            Suffix::Created => "_created",
            Suffix::Info => "_info",
        }
    }

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
    pub(crate) fn belongs_to(self, kind: MetricType, openmetrics: bool) -> bool {
        use MetricType::{Counter, GaugeHistogram, Histogram, Info, Summary};
        match self {
            Suffix::Bucket => matches!(kind, Histogram | GaugeHistogram),
            Suffix::Sum | Suffix::Count => matches!(kind, Histogram | GaugeHistogram | Summary),
            Suffix::GSum | Suffix::GCount => kind == GaugeHistogram,
            Suffix::Info => kind == Info,
            Suffix::Total => openmetrics && kind == Counter,
            Suffix::Created => openmetrics && matches!(kind, Counter | Histogram | Summary),
        }
    }

    /// Whether a family of any type that the dialect has may have samples with this suffix.
    pub(crate) fn comes_in(self, dialect: Dialect) -> bool {
        match dialect {
            Dialect::Text => matches!(self, Suffix::Bucket | Suffix::Sum | Suffix::Count),
            Dialect::Lenient => !matches!(self, Suffix::Total | Suffix::Created),
            Dialect::OpenMetrics => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_are_their_texts() {
        for suffix in Suffix::ALL {
            assert_eq!(Suffix::parse(suffix.as_str()), Some(suffix));
            let name = format!("a{}", suffix.as_str());
            assert_eq!(Suffix::split(&name), Some(("a", suffix)));
        }
    }

    /// What a dialect has is what its types have.
    #[test]
    fn a_dialect_has_the_suffixes_of_its_types() {
        use MetricType::{
            Counter, Gauge, GaugeHistogram, Histogram, Info, StateSet, Summary, Unknown,
        };
        let text = [Counter, Gauge, Histogram, Summary, Unknown];
        let all = [
            Counter,
            Gauge,
            Histogram,
            Summary,
            Unknown,
            GaugeHistogram,
            Info,
            StateSet,
        ];
        for (dialect, types) in [
            (Dialect::Text, text.as_slice()),
            (Dialect::OpenMetrics, &all),
            (Dialect::Lenient, &all),
        ] {
            for suffix in Suffix::ALL {
                let openmetrics = dialect == Dialect::OpenMetrics;
                let comes = types
                    .iter()
                    .any(|kind| suffix.belongs_to(*kind, openmetrics));
                assert_eq!(suffix.comes_in(dialect), comes, "{suffix:?} in {dialect:?}");
            }
        }
    }
}
