//! Lengths of time as Prometheus writes them.

use std::{fmt, str::FromStr, time::Duration};

const MILLIS: u64 = 1;
const SECONDS: u64 = 1000 * MILLIS;
const MINUTES: u64 = 60 * SECONDS;
const HOURS: u64 = 60 * MINUTES;
const DAYS: u64 = 24 * HOURS;

/// The units in the order they are written in, and whether one is written only for a length that is
/// a whole number of them.
const UNITS: [(&str, u64, bool); 7] = [
    ("y", 365 * DAYS, true),
    ("w", 7 * DAYS, true),
    ("d", DAYS, false),
    ("h", HOURS, false),
    ("m", MINUTES, false),
    ("s", SECONDS, false),
    ("ms", MILLIS, false),
];

/// Prometheus counts nanoseconds in 63 bits.
const MAX: u64 = (i64::MAX / 1_000_000) as u64;

/// How often to scrape, or how long a scrape may take: `15s`, `1m30s`, in whole milliseconds.
///
/// ```
/// use exposition::scrape::Interval;
///
/// let interval: Interval = "90s".parse()?;
/// assert_eq!(interval.to_string(), "1m30s");
/// assert_eq!(interval.as_duration().as_secs(), 90);
/// assert_eq!(
///     "1.5m".parse::<Interval>().unwrap_err().to_string(),
///     "invalid duration \"1.5m\": expected numbers with units, in the order y, w, d, h, m, s, ms, such as 1m30s",
/// );
/// # Ok::<(), exposition::scrape::IntervalError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Interval {
    millis: u64,
}

impl Interval {
    /// So many milliseconds, at most the 292 years that Prometheus can count.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Interval {
            millis: if millis > MAX { MAX } else { millis },
        }
    }

    /// So many seconds.
    #[must_use]
    pub const fn from_secs(seconds: u64) -> Self {
        Interval::from_millis(seconds.saturating_mul(SECONDS))
    }

    /// The same length as the standard library has it.
    #[must_use]
    pub const fn as_duration(self) -> Duration {
        Duration::from_millis(self.millis)
    }

    /// Whether it has no length.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.millis == 0
    }
}

/// As Prometheus writes it, whatever was read: `60s` is `1m`.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.millis;
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
}

/// The error of reading an [`Interval`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IntervalError {
    /// There is nothing to read.
    #[error("empty duration")]
    Empty,
    /// Not numbers with units, from the longest to the shortest.
    #[error(
        "invalid duration {text:?}: expected numbers with units, in the order y, w, d, h, m, s, ms, \
         such as 1m30s"
    )]
    Invalid {
        /// What was read.
        text: String,
    },
    /// Longer than the 292 years that Prometheus can count.
    #[error("duration {text:?} is out of range")]
    OutOfRange {
        /// What was read.
        text: String,
    },
}

impl FromStr for Interval {
    type Err = IntervalError;

    fn from_str(text: &str) -> Result<Self, IntervalError> {
        match text {
            "" => return Err(IntervalError::Empty),
            // The only number that needs no unit.
            "0" => return Ok(Interval::default()),
            _ => {}
        }
        let invalid = || IntervalError::Invalid { text: text.into() };
        let out_of_range = || IntervalError::OutOfRange { text: text.into() };
        let is_digit = |c: char| c.is_ascii_digit();
        let mut units = UNITS.iter();
        let mut millis = 0u64;
        let mut rest = text;
        while !rest.is_empty() {
            let digits = rest.find(|c| !is_digit(c)).unwrap_or(rest.len());
            let (number, behind) = rest.split_at_checked(digits).ok_or_else(invalid)?;
            let end = behind.find(is_digit).unwrap_or(behind.len());
            let (unit, behind) = behind.split_at_checked(end).ok_or_else(invalid)?;
            // What one number has passed over cannot come behind it.
            let (_, length, _) = units.find(|known| known.0 == unit).ok_or_else(invalid)?;
            let count: u64 = number.parse().map_err(|_| invalid())?;
            let part = count.checked_mul(*length).ok_or_else(out_of_range)?;
            millis = millis.checked_add(part).ok_or_else(out_of_range)?;
            rest = behind;
        }
        match millis <= MAX {
            true => Ok(Interval { millis }),
            false => Err(out_of_range()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_as_prometheus_does() {
        for (text, written) in [
            ("0", "0s"),
            ("0s", "0s"),
            ("4s", "4s"),
            ("60s", "1m"),
            ("61s", "1m1s"),
            ("1500ms", "1s500ms"),
            ("24h", "1d"),
            ("7d", "1w"),
            ("8d", "8d"),
            ("365d", "1y"),
            ("52w", "52w"),
            ("366d", "366d"),
            ("1y1w1d1h1m1s1ms", "373d1h1m1s1ms"),
            ("0y5m", "5m"),
            ("007s", "7s"),
            ("292y", "292y"),
        ] {
            let interval: Interval = text.parse().unwrap();
            assert_eq!(interval.to_string(), written, "{text}");
            assert_eq!(written.parse(), Ok(interval), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_duration() {
        for text in [
            "1",
            "s",
            "-1s",
            "1.5m",
            " 1s",
            "1s ",
            "1S",
            "1s1m",
            "1s1s",
            "1 s",
            "5µs",
            "1é",
            "99999999999999999999s",
        ] {
            let error = text.parse::<Interval>().unwrap_err();
            assert_eq!(error, IntervalError::Invalid { text: text.into() });
        }
        assert_eq!("".parse::<Interval>(), Err(IntervalError::Empty));
        for text in ["293y", "292y365d", "18446744073709551615y"] {
            let error = text.parse::<Interval>().unwrap_err();
            assert_eq!(error, IntervalError::OutOfRange { text: text.into() });
            assert_eq!(
                error.to_string(),
                format!("duration \"{text}\" is out of range")
            );
        }
    }
}
