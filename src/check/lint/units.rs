//! Units in the names of metrics.

/// The prefixes that promlint knows; `mibi` is how it spells `mebi`.
const PREFIXES: &[&str] = &[
    "pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "kibi", "mega",
    "mibi", "giga", "gibi", "tera", "tebi", "peta", "pebi",
];

/// The prefixes that it does not know.
const OTHER_PREFIXES: &[&str] = &[
    "mebi", "exa", "exbi", "zetta", "zebi", "yotta", "yobi", "femto", "atto",
];

/// The length of the shortest unit with a prefix, in bytes: `exabits`.
const SHORTEST_WITH_PREFIX: usize = 7;

/// Abbreviations of units.
const ABBREVIATIONS: &[&str] = &[
    "s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "tb", "pb", "m", "h", "d",
];

/// A unit in a name that is not a base unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OtherUnit<'n> {
    pub(super) unit: &'n str,
    pub(super) base: &'static str,
}

/// Returns which of the abbreviations are words of a name in small letters, each once: after an underscore, and before
/// another one or the end.
pub(super) fn abbreviations(lower: &str) -> impl Iterator<Item = &'static str> {
    let longest = 3;
    let mut found = [false; ABBREVIATIONS.len()];
    for part in lower
        .split('_')
        .skip(1)
        .filter(|part| part.len() <= longest)
    {
        for (found, abbreviation) in found.iter_mut().zip(ABBREVIATIONS) {
            *found |= part == *abbreviation;
        }
    }
    let each = found.into_iter().zip(ABBREVIATIONS);
    each.filter_map(|(found, abbreviation)| found.then_some(*abbreviation))
}

impl OtherUnit<'_> {
    /// Says what promlint says of it.
    pub(super) fn advice(self) -> String {
        let OtherUnit { unit, base } = self;
        format!(r#"use base unit "{base}" instead of "{unit}""#)
    }
}

/// Returns the unit in a name if it is not a base unit: the first part that is a unit decides.
pub(super) fn other_unit(name: &str) -> Option<OtherUnit<'_>> {
    let (unit, base) = (name.split('_')).find_map(|part| Some((part, base_of(part, PREFIXES)?)))?;
    (unit != base).then_some(OtherUnit { unit, base })
}

/// Returns a unit with a prefix that promlint does not know, in a name in which it finds no unit.
pub(super) fn unit_with_other_prefix(name: &str) -> Option<OtherUnit<'_>> {
    let mut parts = name.split('_');
    if parts.clone().any(|part| base_of(part, PREFIXES).is_some()) {
        return None;
    }
    parts.find_map(|unit| {
        let base = base_of(unit, OTHER_PREFIXES)?;
        Some(OtherUnit { unit, base })
    })
}

/// Returns the base of a unit, which may have one of the prefixes.
fn base_of(part: &str, prefixes: &[&str]) -> Option<&'static str> {
    base_of_unit(part).or_else(|| {
        if part.len() < SHORTEST_WITH_PREFIX {
            return None;
        }
        let mut stems = prefixes
            .iter()
            .filter_map(|prefix| part.strip_prefix(prefix));
        stems.find_map(base_of_unit)
    })
}

/// Returns the base of a unit without a prefix; a base unit is its own.
fn base_of_unit(unit: &str) -> Option<&'static str> {
    Some(match unit {
        "amperes" => "amperes",
        "bytes" | "bits" => "bytes",
        "celsius" | "fahrenheit" | "rankine" => "celsius",
        "grams" | "pounds" | "ounces" => "grams",
        "joules" | "calories" => "joules",
        "kelvin" | "kelvins" => "kelvin",
        "meters" | "inches" | "yards" | "miles" => "meters",
        "metres" => "metres",
        "seconds" | "minutes" | "hours" | "days" | "weeks" => "seconds",
        "volts" => "volts",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_unit_of_a_name_decides() {
        let found = |name| other_unit(name).map(|other| (other.unit, other.base));
        for (name, expected) in [
            ("a_bytes", None),
            ("a_bytes_milliseconds", None),
            ("milliseconds_bytes", Some(("milliseconds", "seconds"))),
            ("days_x", Some(("days", "seconds"))),
            ("a_kilograms", Some(("kilograms", "grams"))),
            ("a_millimetres", Some(("millimetres", "metres"))),
            ("a_millimeters_total", Some(("millimeters", "meters"))),
            ("a_kibikelvins", Some(("kibikelvins", "kelvin"))),
            ("a_microweeks", Some(("microweeks", "seconds"))),
            ("a_mibibytes", Some(("mibibytes", "bytes"))),
            ("a_mebibytes", None),
            ("a_Milliseconds", None),
            ("a_second", None),
            ("a_ratio", None),
        ] {
            assert_eq!(found(name), expected, "{name}");
        }
    }

    #[test]
    fn further_prefixes_are_found_where_no_unit_is() {
        let found = |name| unit_with_other_prefix(name).map(|other| (other.unit, other.base));
        assert_eq!(found("a_mebibytes"), Some(("mebibytes", "bytes")));
        assert_eq!(found("a_exabytes_total"), Some(("exabytes", "bytes")));
        assert_eq!(found("a_bytes_mebibytes"), None);
        assert_eq!(found("a_mebi"), None);
    }
}
