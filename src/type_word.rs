//! The words of TYPE lines.

use crate::dialect::Dialect;
use crate::line::MetricType;

/// The type that `word` names in `dialect` (spec T19, O35).
pub(crate) fn type_word(word: &[u8], dialect: Dialect) -> Option<MetricType> {
    match dialect {
        Dialect::Prometheus => text(word),
        Dialect::OpenMetrics => open_metrics(word),
        Dialect::Lenient => {
            let word = word.trim_ascii().to_ascii_lowercase();
            match word.as_slice() {
                b"gauge_histogram" => Some(MetricType::GaugeHistogram),
                word => text(word).or_else(|| open_metrics(word)),
            }
        }
    }
}

fn text(word: &[u8]) -> Option<MetricType> {
    match word {
        b"untyped" => Some(MetricType::Unknown),
        _ => common(word),
    }
}

fn open_metrics(word: &[u8]) -> Option<MetricType> {
    match word {
        b"gaugehistogram" => Some(MetricType::GaugeHistogram),
        b"info" => Some(MetricType::Info),
        b"stateset" => Some(MetricType::StateSet),
        b"unknown" => Some(MetricType::Unknown),
        _ => common(word),
    }
}

fn common(word: &[u8]) -> Option<MetricType> {
    match word {
        b"counter" => Some(MetricType::Counter),
        b"gauge" => Some(MetricType::Gauge),
        b"histogram" => Some(MetricType::Histogram),
        b"summary" => Some(MetricType::Summary),
        _ => None,
    }
}
