//! Advice on the names of families.

use super::super::demand::Demand;
use super::demand;
use crate::model::metric_type::MetricType;
use crate::model::suffix::Suffix;

/// Returns the advice that a family's name does not follow.
pub(super) fn advice(name: &str, kind: MetricType) -> impl Iterator<Item = Demand> {
    let is_style = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    // A colon is for results of calculations, which cannot be seen.
    let has_style = (name.bytes()).all(|byte| is_style(byte) || matches!(byte, b'_' | b':'));
    let style = (!has_style).then_some(demand::NAME_STYLE);
    let reserved = name.starts_with('_').then_some(demand::NO_UNDERSCORE);
    let suffix = Suffix::split(name).map(|(_, suffix)| suffix);
    let suffix = match (kind, suffix) {
        (MetricType::Counter, Some(Suffix::Total)) => None,
        (MetricType::Counter, None) => Some(demand::TOTAL),
        (MetricType::Unknown, Some(Suffix::Total)) => None,
        (_, Some(Suffix::Total)) => Some(demand::NO_TOTAL),
        (MetricType::Counter, Some(Suffix::Info | Suffix::Created)) => Some(demand::TOTAL),
        (_, Some(Suffix::Info | Suffix::Created) | None) => None,
        (_, Some(Suffix::Bucket | Suffix::Count | Suffix::Sum | Suffix::GCount | Suffix::GSum)) => {
            Some(demand::NO_SUFFIX)
        }
    };
    [style, reserved, suffix].into_iter().flatten()
}

/// Tells whether a name has the unit at its end, or before `_total`.
pub(super) fn has_unit(name: &str, unit: &str) -> bool {
    let ends_in_unit = |name: &str| {
        let stem = name.strip_suffix(unit);
        stem.is_some_and(|stem| stem.ends_with('_'))
    };
    ends_in_unit(name) || name.strip_suffix("_total").is_some_and(ends_in_unit)
}

/// Returns the name that the family has in OpenMetrics 1.0, if it is another one.
pub(super) fn old_name(name: &str, kind: MetricType) -> Option<&str> {
    let (stem, suffix) = Suffix::split(name)?;
    (kind.main_suffix() == Some(suffix)).then_some(stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_at_the_end_or_before_total() {
        for (name, unit) in [
            ("a_seconds", "seconds"),
            ("a_seconds_total", "seconds"),
            ("a_total", "total"),
            ("_s", "s"),
        ] {
            assert!(has_unit(name, unit), "{name} {unit}");
        }
        for (name, unit) in [
            ("aseconds", "seconds"),
            ("seconds", "seconds"),
            ("a_seconds_max", "seconds"),
            ("a_total", "seconds"),
        ] {
            assert!(!has_unit(name, unit), "{name} {unit}");
        }
    }

    #[test]
    fn old_names() {
        for (name, kind, old) in [
            ("a_total", MetricType::Counter, Some("a")),
            ("a_info", MetricType::Info, Some("a")),
            ("a", MetricType::Counter, None),
            ("a_total", MetricType::Gauge, None),
            ("a_info", MetricType::Counter, None),
        ] {
            assert_eq!(old_name(name, kind), old, "{name}");
        }
    }
}
