//! Durations as Prometheus spells them: `15s`, `1m30s`.

use std::fmt;

const MILLIS: u64 = 1;
pub(crate) const SECONDS: u64 = 1000 * MILLIS;
const MINUTES: u64 = 60 * SECONDS;
const HOURS: u64 = 60 * MINUTES;
const DAYS: u64 = 24 * HOURS;

/// The units in the order in which they are written, and whether one is written only for a whole number
/// of them.
const UNITS: [(&str, u64, bool); 7] = [
    ("y", 365 * DAYS, true),
    ("w", 7 * DAYS, true),
    ("d", DAYS, false),
    ("h", HOURS, false),
    ("m", MINUTES, false),
    ("s", SECONDS, false),
    ("ms", MILLIS, false),
];

/// The longest duration, in milliseconds: Prometheus counts nanoseconds in 63 bits.
pub(crate) const MAX: u64 = (i64::MAX / 1_000_000) as u64;

/// Why a text is not a duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Empty,
    Invalid,
    OutOfRange,
}

/// Reads a duration as milliseconds.
pub(crate) fn parse(text: &str) -> Result<u64, Fault> {
    match text {
        "" => return Err(Fault::Empty),
        // The only number that needs no unit.
        "0" => return Ok(0),
        _ => {}
    }
    let mut millis = 0u64;
    for part in parts(text) {
        let (digits, unit) = part?;
        let count: u64 = digits.parse().map_err(|_| Fault::Invalid)?;
        let part = count.checked_mul(unit).ok_or(Fault::OutOfRange)?;
        millis = millis.checked_add(part).ok_or(Fault::OutOfRange)?;
    }
    match millis <= MAX {
        true => Ok(millis),
        false => Err(Fault::OutOfRange),
    }
}

/// Tells whether a text is spelled as a duration, of any length.
#[cfg(feature = "operator")]
pub(crate) fn is_spelled_well(text: &str) -> bool {
    text == "0" || !text.is_empty() && parts(text).all(|part| part.is_ok())
}

/// Returns the digits and the unit of each part, in milliseconds. Units come in order, each at most once.
fn parts(text: &str) -> impl Iterator<Item = Result<(&str, u64), Fault>> {
    let is_digit = |c: char| c.is_ascii_digit();
    let mut units = UNITS.iter();
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let digits = rest.find(|c| !is_digit(c)).unwrap_or(rest.len());
        let (number, after) = rest.split_at_checked(digits)?;
        let end = after.find(is_digit).unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(end)?;
        rest = after;
        // A unit that an earlier part skipped cannot come after it.
        let unit = units.find(|known| known.0 == unit && !number.is_empty());
        Some(unit.map(|unit| (number, unit.1)).ok_or(Fault::Invalid))
    })
}

/// Writes milliseconds as Prometheus does, however they were written: `60s` becomes `1m`.
pub(crate) fn write(millis: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut rest = millis;
    if rest == 0 {
        return f.write_str("0s");
    }
    for (unit, millis, whole) in UNITS {
        if whole && !rest.is_multiple_of(millis) {
            continue;
        }
        let count = rest / millis;
        rest %= millis;
        if count > 0 {
            write!(f, "{count}{unit}")?;
        }
    }
    Ok(())
}

#[cfg(all(test, feature = "operator"))]
mod tests {
    use super::*;

    #[test]
    fn what_is_spelled_as_a_length_of_time() {
        for text in [
            "0",
            "15s",
            "1m30s",
            "1y2w3d4h5m6s7ms",
            "5ms",
            "1m5ms",
            "0s",
            "99999999999999999999s",
        ] {
            assert!(is_spelled_well(text), "{text}");
        }
        for text in [
            "", "15", "s", "1s1m", "1m1m", "15 s", "1.5s", "-1s", "1h0", "1us", "00", "1é", "é1s",
        ] {
            assert!(!is_spelled_well(text), "{text}");
        }
    }

    /// The first fault counts.
    #[test]
    fn faults() {
        for (text, fault) in [
            ("584942418y1x", Fault::OutOfRange),
            ("1x584942418y", Fault::Invalid),
            ("99999999999999999999s", Fault::Invalid),
            ("", Fault::Empty),
            ("293y", Fault::OutOfRange),
        ] {
            assert_eq!(parse(text), Err(fault), "{text}");
        }
    }
}
