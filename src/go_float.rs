//! Floats in Go's shortest spelling, as Prometheus writes them.

use std::fmt::{self, Write as _};

/// `%g`: `1`, `0.5`, `1e+06`, `1.23456789e+08`, `NaN`, `+Inf`, `-Inf`, and `0` for both zeros: how
/// the text format writes numbers (spec T54).
pub(crate) fn shortest(number: f64) -> GoFloat {
    GoFloat {
        number,
        fraction: false,
    }
}

/// As [`shortest`], with `.0` behind a number that would look like an integer: how OpenMetrics writes
/// numbers, and how Prometheus spells `le` and `quantile` (spec T44, O20).
pub(crate) fn open_metrics(number: f64) -> GoFloat {
    GoFloat {
        number,
        fraction: true,
    }
}

/// A float to be displayed in Go's spelling; made by [`shortest`] and [`open_metrics`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct GoFloat {
    number: f64,
    fraction: bool,
}

impl fmt::Display for GoFloat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.number;
        if number.is_nan() {
            return f.write_str("NaN");
        }
        if number.is_infinite() {
            return f.write_str(if number > 0.0 { "+Inf" } else { "-Inf" });
        }
        if number == 0.0 {
            return f.write_str(if self.fraction { "0.0" } else { "0" });
        }
        // Go leaves the positional form at a decimal exponent of 21 elsewhere, but `%g` with the
        // shortest digits leaves it at 6, whatever the number of digits.
        let magnitude = number.abs();
        if (1e-4..1e6).contains(&magnitude) {
            write!(f, "{number}")?;
            if self.fraction && number.trunc() == number {
                f.write_str(".0")?;
            }
            return Ok(());
        }
        let mut text = Scientific::default();
        write!(text, "{number:e}")?;
        let (mantissa, exponent) = text.parts().ok_or(fmt::Error)?;
        f.write_str(mantissa)?;
        f.write_str(if exponent < 0 { "e-" } else { "e+" })?;
        write!(f, "{:02}", exponent.unsigned_abs())
    }
}

/// Room for `-d.ddddddddddddddddde-ddd`.
#[derive(Default)]
struct Scientific {
    bytes: [u8; 32],
    len: usize,
}

impl Scientific {
    fn parts(&self) -> Option<(&str, i32)> {
        let text = std::str::from_utf8(self.bytes.get(..self.len)?).ok()?;
        let (mantissa, exponent) = text.split_once('e')?;
        Some((mantissa, exponent.parse().ok()?))
    }
}

impl fmt::Write for Scientific {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        let end = self.len + s.len();
        let room = self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?;
        room.copy_from_slice(s.as_bytes());
        self.len = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        for (number, short, om) in [
            (1.0, "1", "1.0"),
            (0.5, "0.5", "0.5"),
            (-0.0, "0", "0.0"),
            (100000.0, "100000", "100000.0"),
            (999999.5, "999999.5", "999999.5"),
            (1e6, "1e+06", "1e+06"),
            (123456789.0, "1.23456789e+08", "1.23456789e+08"),
            (0.0001, "0.0001", "0.0001"),
            (0.00001, "1e-05", "1e-05"),
            (-1.5e-7, "-1.5e-07", "-1.5e-07"),
            (1e23, "1e+23", "1e+23"),
            (
                f64::MAX,
                "1.7976931348623157e+308",
                "1.7976931348623157e+308",
            ),
            (5e-324, "5e-324", "5e-324"),
            (f64::NAN, "NaN", "NaN"),
            (f64::INFINITY, "+Inf", "+Inf"),
            (f64::NEG_INFINITY, "-Inf", "-Inf"),
        ] {
            assert_eq!(shortest(number).to_string(), short);
            assert_eq!(open_metrics(number).to_string(), om);
        }
    }
}
