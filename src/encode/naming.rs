//! How families and their samples are called in each format, and from one to the other.
//!
//! The text format names a counter's family as its sample, OpenMetrics names it without `_total`;
//! OpenMetrics has sample names that the text format does not group: `_created`, `_gsum`, `_gcount`.
//! Going from one to the other changes TYPE lines and groups, never the name of a sample.

use std::borrow::Cow;

use crate::dialect::Dialect;
use crate::model::metric_type::MetricType;

const TOTAL: &str = "_total";
const INFO: &str = "_info";
const CREATED: &str = "_created";

/// What the samples of a family of that type have behind its name, besides nothing (spec T45, O6). The
/// `_sum` and `_count` of a gauge histogram are what Go's client library writes for `_gsum` and
/// `_gcount` (spec O46).
pub(crate) fn suffixes(kind: MetricType, dialect: Dialect) -> &'static [&'static str] {
    match (dialect, kind) {
        (Dialect::OpenMetrics, MetricType::Counter) => &[TOTAL, CREATED],
        (Dialect::OpenMetrics, MetricType::Histogram) => &["_bucket", "_sum", "_count", CREATED],
        (Dialect::OpenMetrics, MetricType::Summary) => &["_sum", "_count", CREATED],
        (Dialect::OpenMetrics, MetricType::GaugeHistogram) => {
            &["_bucket", "_gsum", "_gcount", "_sum", "_count"]
        }
        (Dialect::OpenMetrics, MetricType::Info) => &[INFO],
        (_, MetricType::Histogram | MetricType::GaugeHistogram) => &["_bucket", "_sum", "_count"],
        (_, MetricType::Summary) => &["_sum", "_count"],
        _ => &[],
    }
}

/// What `sample` has behind the name of the family, if it can be a sample of that family.
pub(crate) fn suffix_in(
    sample: &str,
    family: &str,
    kind: MetricType,
    dialect: Dialect,
) -> Option<&'static str> {
    match sample.strip_prefix(family)? {
        "" => Some(""),
        rest => suffixes(kind, dialect)
            .iter()
            .find(|suffix| **suffix == rest)
            .copied(),
    }
}

/// Every way to take a suffix off a sample's name: what is left, and the suffix.
pub(crate) fn stripped(sample: &str) -> impl Iterator<Item = (&str, &'static str)> {
    const ALL: [&str; 8] = [
        "_bucket", "_sum", "_count", CREATED, TOTAL, "_gsum", "_gcount", INFO,
    ];
    ALL.into_iter().filter_map(move |suffix| {
        let base = sample.strip_suffix(suffix)?;
        (!base.is_empty()).then_some((base, suffix))
    })
}

/// The family that a sample is written in: its name and its type.
///
/// `family` and `kind` are as the body in dialect `from` declares them, `suffix` is what the sample's
/// name has behind the family's.
///
/// - From text to OpenMetrics a counter loses `_total`; a counter whose name does not end so becomes
///   unknown, for OpenMetrics has no such counters. So does Go's client library (spec O46).
/// - From OpenMetrics to text a counter's and an info's samples become families of their own names;
///   so do `_created`, `_gsum` and `_gcount`, as gauges.
pub(crate) fn placed<'f>(
    family: &'f str,
    kind: MetricType,
    suffix: &str,
    from: Dialect,
    to: Dialect,
) -> (Cow<'f, str>, MetricType) {
    let is_om = |dialect| dialect == Dialect::OpenMetrics;
    match (is_om(from), is_om(to)) {
        (false, true) if kind == MetricType::Counter => match family.strip_suffix(TOTAL) {
            Some(base) if !base.is_empty() => (base.into(), kind),
            _ => (family.into(), MetricType::Unknown),
        },
        (false, true) if kind == MetricType::Info => match family.strip_suffix(INFO) {
            Some(base) if !base.is_empty() => (base.into(), kind),
            _ => (family.into(), MetricType::Unknown),
        },
        (true, false) => match (kind, suffix) {
            (MetricType::Counter, TOTAL) | (MetricType::Info, INFO) => {
                ([family, suffix].concat().into(), kind)
            }
            (_, CREATED | "_gsum" | "_gcount") => {
                ([family, suffix].concat().into(), MetricType::Gauge)
            }
            _ => (family.into(), kind),
        },
        _ => (family.into(), kind),
    }
}

/// The suffix of the samples that a family's metadata belongs to when it is placed.
pub(crate) fn main_suffix(kind: MetricType, dialect: Dialect) -> &'static str {
    match (dialect, kind) {
        (Dialect::OpenMetrics, MetricType::Counter) => TOTAL,
        (Dialect::OpenMetrics, MetricType::Info) => INFO,
        _ => "",
    }
}
