//! The types of families, and the words for them in TYPE lines.

use std::fmt;
use std::str::FromStr;

/// The declared type of a family.
///
/// Text bodies know `counter`, `gauge`, `histogram`, `summary` and `untyped`; OpenMetrics adds the
/// others, and has `unknown` for untyped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
#[non_exhaustive]
pub enum MetricType {
    /// A value that only grows, except for resets.
    Counter,
    /// A value that goes up and down.
    Gauge,
    /// Observations counted in cumulative buckets.
    Histogram,
    /// OpenMetrics: buckets whose counts may shrink.
    GaugeHistogram,
    /// Observations with quantiles.
    Summary,
    /// OpenMetrics: facts written as labels of a constant 1.
    Info,
    /// OpenMetrics: one sample, 0 or 1, per possible state.
    StateSet,
    /// Declared `untyped` or `unknown`, or not declared at all.
    #[default]
    Unknown,
}

impl MetricType {
    /// All types.
    pub const ALL: &'static [MetricType] = &[
        MetricType::Counter,
        MetricType::Gauge,
        MetricType::Histogram,
        MetricType::GaugeHistogram,
        MetricType::Summary,
        MetricType::Info,
        MetricType::StateSet,
        MetricType::Unknown,
    ];

    /// Returns the word that OpenMetrics uses, for example `gaugehistogram`; for the unknown type,
    /// `unknown`.
    pub const fn as_str(self) -> &'static str {
        match self {
            MetricType::Counter => "counter",
            MetricType::Gauge => "gauge",
            MetricType::Histogram => "histogram",
            MetricType::GaugeHistogram => "gaugehistogram",
            MetricType::Summary => "summary",
            MetricType::Info => "info",
            MetricType::StateSet => "stateset",
            MetricType::Unknown => "unknown",
        }
    }

    /// Returns the label that tells the buckets or quantiles of one metric apart.
    pub(crate) const fn bound_label(self) -> Option<&'static str> {
        match self {
            MetricType::Histogram | MetricType::GaugeHistogram => Some("le"),
            MetricType::Summary => Some("quantile"),
            MetricType::Counter
            | MetricType::Gauge
            | MetricType::Unknown
            | MetricType::Info
            | MetricType::StateSet => None,
        }
    }
}

impl fmt::Display for MetricType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A word that does not name a type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a metric type")]
pub struct UnknownMetricType(String);

impl FromStr for MetricType {
    type Err = UnknownMetricType;

    /// Parses the word of a TYPE line in either format; `untyped` and `unknown` are the same.
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let bytes = word.as_bytes();
        let found = text(bytes).or_else(|| openmetrics(bytes));
        found.ok_or_else(|| UnknownMetricType(word.to_owned()))
    }
}

/// The words for types in a format (spec T19, O35).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TypeWords {
    /// `counter gauge histogram summary untyped`.
    Text,
    /// All types, and `unknown` for `untyped`.
    OpenMetrics,
    /// The words of both, in upper or lower case and with blanks around them, and `gauge_histogram`.
    Lenient,
}

impl TypeWords {
    /// Returns the type that `word` names.
    pub(crate) fn read(self, word: &[u8]) -> Option<MetricType> {
        match self {
            TypeWords::Text | TypeWords::OpenMetrics => self.read_strictly(word),
            TypeWords::Lenient => {
                let word = word.trim_ascii().to_ascii_lowercase();
                match word.as_slice() {
                    b"gauge_histogram" => Some(MetricType::GaugeHistogram),
                    word => text(word).or_else(|| openmetrics(word)),
                }
            }
        }
    }

    /// Does the same without the words that only lenient reading takes.
    #[inline(always)]
    pub(crate) fn read_strictly(self, word: &[u8]) -> Option<MetricType> {
        match self {
            TypeWords::Text | TypeWords::Lenient => text(word),
            TypeWords::OpenMetrics => openmetrics(word),
        }
    }

    /// Returns the type to declare for a family of type `kind`: the nearest one with a word.
    pub(crate) const fn nearest(self, kind: MetricType) -> MetricType {
        match self {
            TypeWords::OpenMetrics => kind,
            TypeWords::Text | TypeWords::Lenient => match kind {
                MetricType::Info | MetricType::StateSet => MetricType::Gauge,
                MetricType::GaugeHistogram => MetricType::Histogram,
                MetricType::Counter
                | MetricType::Gauge
                | MetricType::Histogram
                | MetricType::Summary
                | MetricType::Unknown => kind,
            },
        }
    }

    /// Returns the word to write for a type.
    pub(crate) const fn word(self, kind: MetricType) -> &'static str {
        match (self, self.nearest(kind)) {
            (TypeWords::Text | TypeWords::Lenient, MetricType::Unknown) => "untyped",
            (TypeWords::Text | TypeWords::Lenient | TypeWords::OpenMetrics, kind) => kind.as_str(),
        }
    }

    /// Returns the words, as an error lists them.
    pub(crate) const fn expected(self) -> &'static str {
        match self {
            TypeWords::Text => "counter, gauge, histogram, summary or untyped",
            TypeWords::OpenMetrics => {
                "counter, gauge, histogram, gaugehistogram, stateset, info, summary or unknown"
            }
            TypeWords::Lenient => "a metric type",
        }
    }
}

#[inline(always)]
fn text(word: &[u8]) -> Option<MetricType> {
    match word {
        b"untyped" => Some(MetricType::Unknown),
        _ => common(word),
    }
}

#[inline(always)]
fn openmetrics(word: &[u8]) -> Option<MetricType> {
    match word {
        b"gaugehistogram" => Some(MetricType::GaugeHistogram),
        b"info" => Some(MetricType::Info),
        b"stateset" => Some(MetricType::StateSet),
        b"unknown" => Some(MetricType::Unknown),
        _ => common(word),
    }
}

#[inline(always)]
fn common(word: &[u8]) -> Option<MetricType> {
    match word {
        b"counter" => Some(MetricType::Counter),
        b"gauge" => Some(MetricType::Gauge),
        b"histogram" => Some(MetricType::Histogram),
        b"summary" => Some(MetricType::Summary),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_for_a_type_is_read_as_the_nearest() {
        for kind in MetricType::ALL.iter().copied() {
            for types in [TypeWords::Text, TypeWords::OpenMetrics, TypeWords::Lenient] {
                let word = types.word(kind);
                let nearest = types.nearest(kind);
                assert_eq!(types.read(word.as_bytes()), Some(nearest), "{word}");
                // Whatever lenient reading takes besides, it takes the words of the format.
                assert_eq!(TypeWords::Lenient.read(word.as_bytes()), Some(nearest));
                assert_eq!(types.read_strictly(word.as_bytes()), Some(nearest));
            }
            assert_eq!(TypeWords::OpenMetrics.nearest(kind), kind);
        }
        for (kind, word) in [
            (MetricType::Unknown, "untyped"),
            (MetricType::GaugeHistogram, "histogram"),
            (MetricType::Info, "gauge"),
            (MetricType::StateSet, "gauge"),
        ] {
            assert_eq!(TypeWords::Text.word(kind), word);
        }
        assert_eq!(TypeWords::Text.read(b"info"), None);
        assert_eq!(TypeWords::OpenMetrics.read(b"untyped"), None);
        assert_eq!(TypeWords::Lenient.read(b" Info "), Some(MetricType::Info));
    }
}
