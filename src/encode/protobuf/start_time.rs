//! Start times as seconds and nanoseconds.

/// Splits seconds since the epoch into whole seconds and the nanoseconds after them. `None` beyond 64 bits,
/// and for NaN.
///
/// A time of milliseconds or microseconds stays one: 1520430000.123 is not quite that number as a float, and
/// its nearest nanosecond would be read as a millisecond less.
pub(super) fn split(seconds: f64) -> Option<(i64, i64)> {
    const NANOS: f64 = 1e9;
    const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;
    let whole = seconds.floor();
    if !(-TWO_TO_63..TWO_TO_63).contains(&whole) {
        return None;
    }
    let parts = |per_second: f64| ((seconds - whole) * per_second).round();
    let reads_back = |per_second: &f64| whole + parts(*per_second) / *per_second == seconds;
    let per_second = [1e3, 1e6].into_iter().find(reads_back).unwrap_or(NANOS);
    let nanos = (parts(per_second) * (NANOS / per_second)) as i64;
    // A fraction just below one second is rounded to it.
    Some(match nanos < NANOS as i64 {
        true => (whole as i64, nanos),
        false => ((whole as i64).saturating_add(1), 0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_split() {
        for (seconds, expected) in [
            (0.0, (0, 0)),
            (-0.0, (0, 0)),
            (1.5, (1, 500_000_000)),
            (-0.5, (-1, 500_000_000)),
            (1_520_430_000.123, (1_520_430_000, 123_000_000)),
            (1_520_430_000.123_456, (1_520_430_000, 123_456_000)),
            (0.123_456_789, (0, 123_456_789)),
            (1e-12, (0, 0)),
            (-1e-20, (0, 0)),
            (0.999_999_999_9, (1, 0)),
            (1e15, (1_000_000_000_000_000, 0)),
            (-9_223_372_036_854_775_808.0, (i64::MIN, 0)),
        ] {
            assert_eq!(split(seconds), Some(expected), "{seconds}");
        }
        for seconds in [
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            9_223_372_036_854_775_808.0,
            -1e19,
        ] {
            assert_eq!(split(seconds), None, "{seconds}");
        }
    }

    /// Milliseconds of any time in this century read back as the same float and the same millisecond.
    #[test]
    fn milliseconds_stay() {
        for millis in (0..4_102_444_800_000)
            .step_by(10_007_003_001)
            .chain(1_700_000_000_000..1_700_000_002_000)
        {
            let seconds = millis as f64 / 1000.0;
            let (whole, nanos) = split(seconds).unwrap();
            assert_eq!(whole * 1000 + nanos / 1_000_000, millis);
            assert_eq!(whole as f64 + nanos as f64 / 1e9, seconds);
        }
    }
}
