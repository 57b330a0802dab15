//! How the names of families and their samples change from one format to another.
//!
//! The text format names a counter's family like its sample, OpenMetrics names it without `_total`.
//! OpenMetrics has sample names that the text format does not group: `_created`, `_gsum`, `_gcount`. Going
//! from one to the other changes TYPE lines and groups, never the name of a sample.

use std::borrow::Cow;

use crate::families::family::MetricFamily;
use crate::model::metric_type::MetricType;
use crate::model::suffix::{Suffix, Suffixes};

/// Returns the family that a sample is written in: its name and its type.
///
/// `family` and `kind` are what the body declares, `from` are the suffixes of its format, and `suffix` is
/// what the sample's name has after the family's. `to` are the suffixes of the format that is written.
///
/// - Where a counter's family loses `_total`, a family whose name does not end in it becomes unknown: there
///   are no such counters. Go's client library does the same (spec O46). The same goes for an info.
/// - Where the other format names the family like its samples, a sample's name is its family's name. Samples
///   with suffixes that the other format does not link (`_created`, `_gsum`, `_gcount`) become gauges of
///   their own names.
pub(crate) fn placed<'f>(
    family: &'f str,
    kind: MetricType,
    suffix: &str,
    from: Suffixes,
    to: Suffixes,
) -> (Cow<'f, str>, MetricType) {
    let joined = || [family, suffix].concat().into();
    let suffix = Suffix::parse(suffix);
    match (from.main(kind), to.main(kind)) {
        (None, Some(lost)) => match family.strip_suffix(lost.as_str()) {
            Some(base) if !base.is_empty() => (base.into(), kind),
            _ => (family.into(), MetricType::Unknown),
        },
        (Some(main), None) if suffix == Some(main) => (joined(), kind),
        _ => match suffix {
            Some(suffix) if !to.of(kind).has(suffix) => (joined(), MetricType::Gauge),
            _ => (family.into(), kind),
        },
    }
}

/// Returns the families that one of counters or infos becomes where they are named like their samples: whether
/// its metrics are suffixed, and the suffix.
pub(super) fn like_samples(
    family: &MetricFamily<'_>,
    suffix: Suffix,
) -> impl Iterator<Item = (bool, &'static str)> {
    let neither = family.metrics.is_empty();
    let both = [(true, suffix.as_str()), (false, "")];
    both.into_iter()
        .filter(move |(suffixed, _)| has_samples(family, *suffixed) || (neither && !suffixed))
}

/// Tells whether the family has samples with the suffix of its type, or samples without it.
pub(super) fn has_samples(family: &MetricFamily<'_>, suffixed: bool) -> bool {
    (family.metrics.iter()).any(|metric| metric.suffixed == suffixed)
}
