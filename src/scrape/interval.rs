//! Durations as Prometheus writes them.

use std::{fmt, str::FromStr, time::Duration};

use crate::number::duration::{self, Fault, MAX, SECONDS};

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
    /// Creates an interval of that many milliseconds, at most the 292 years that Prometheus can count.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Interval {
            millis: if millis > MAX { MAX } else { millis },
        }
    }

    /// Creates an interval of that many seconds.
    #[must_use]
    pub const fn from_secs(seconds: u64) -> Self {
        Interval::from_millis(seconds.saturating_mul(SECONDS))
    }

    /// Returns it as a duration of the standard library.
    #[must_use]
    pub const fn as_duration(self) -> Duration {
        Duration::from_millis(self.millis)
    }

    /// Tells whether it is zero.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.millis == 0
    }
}

/// Displays it as Prometheus writes it, in its own units: `60s` becomes `1m`.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        duration::write(self.millis, f)
    }
}

/// The error for a text that is not an [`Interval`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IntervalError {
    /// The text is empty.
    #[error("empty duration")]
    Empty,
    /// The text is not numbers with units, from the largest to the smallest.
    #[error(
        "invalid duration {text:?}: expected numbers with units, in the order y, w, d, h, m, s, ms, \
         such as 1m30s"
    )]
    Invalid {
        /// The text as given.
        text: String,
    },
    /// Longer than the 292 years that Prometheus can count.
    #[error("duration {text:?} is out of range")]
    OutOfRange {
        /// The text as given.
        text: String,
    },
}

impl FromStr for Interval {
    type Err = IntervalError;

    fn from_str(text: &str) -> Result<Self, IntervalError> {
        let millis = duration::parse(text).map_err(|fault| match fault {
            Fault::Empty => IntervalError::Empty,
            Fault::Invalid => IntervalError::Invalid { text: text.into() },
            Fault::OutOfRange => IntervalError::OutOfRange { text: text.into() },
        })?;
        Ok(Interval { millis })
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
