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

impl GoFloat {
    /// Whether `text` is what is shown, without making that text.
    pub(crate) fn is_spelled(self, text: &str) -> bool {
        struct Rest<'t>(&'t str);

        impl fmt::Write for Rest<'_> {
            fn write_str(&mut self, piece: &str) -> fmt::Result {
                self.0 = self.0.strip_prefix(piece).ok_or(fmt::Error)?;
                Ok(())
            }
        }

        let mut rest = Rest(text);
        write!(rest, "{self}").is_ok() && rest.0.is_empty()
    }

    /// Appends what [`Display`](fmt::Display) shows. Integers, which most samples are, take a short
    /// way.
    #[inline]
    pub(crate) fn push_to(self, out: &mut String) {
        let integer = self.number as i64;
        if integer as f64 == self.number && integer.unsigned_abs() < EXACT {
            if integer.unsigned_abs() < 1_000_000 {
                push_integer(out, integer);
                if self.fraction {
                    out.push_str(".0");
                }
            } else {
                push_scientific(out, integer);
            }
            return;
        }
        // Writing to a `String` cannot fail.
        _ = write!(out, "{self}");
    }
}

/// Below it neighbouring floats are at most 1 apart, so that an integer's own digits are the fewest
/// that tell it from its neighbours.
const EXACT: u64 = 1 << 53;

/// Appends an integer's digits.
#[inline]
pub(crate) fn push_integer(out: &mut String, integer: i64) {
    if integer < 0 {
        out.push('-');
    }
    push_unsigned(out, integer.unsigned_abs());
}

/// Appends the digits of an integer without sign.
#[inline]
pub(crate) fn push_unsigned(out: &mut String, integer: u64) {
    let mut digits = [0; 20];
    out.push_str(decimal(&mut digits, integer));
}

/// Appends an integer's digits as `d.ddde+dd`; it has at least two and at most 99 digits.
fn push_scientific(out: &mut String, integer: i64) {
    if integer < 0 {
        out.push('-');
    }
    let mut digits = [0; 20];
    let digits = decimal(&mut digits, integer.unsigned_abs());
    let exponent = digits.len() - 1;
    let (first, rest) = digits.split_at(1);
    out.push_str(first);
    let rest = rest.trim_end_matches('0');
    if !rest.is_empty() {
        out.push('.');
        out.push_str(rest);
    }
    out.push_str(if exponent < 10 { "e+0" } else { "e+" });
    push_integer(out, exponent as i64);
}

/// The digits of an integer, written to the end of `room`.
#[inline]
fn decimal(room: &mut [u8; 20], integer: u64) -> &str {
    let mut left = integer;
    let mut length = 0;
    for slot in room.iter_mut().rev() {
        *slot = b'0' + (left % 10) as u8;
        left /= 10;
        length += 1;
        if left == 0 {
            break;
        }
    }
    let digits = room.get(room.len() - length..).unwrap_or_default();
    std::str::from_utf8(digits).unwrap_or_default()
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
            assert!(open_metrics(number).is_spelled(om));
            for other in [&om[1..], &format!("{om}0"), ""] {
                assert!(!open_metrics(number).is_spelled(other), "{other}");
            }
        }
    }

    #[test]
    fn the_short_way_for_integers_is_the_same() {
        let powers = (0..63).flat_map(|bits| {
            let power = 1i64 << bits;
            [power - 1, power, power + 1]
        });
        let tens = (0..19).flat_map(|digits| {
            let power = 10i64.pow(digits);
            [power - 1, power, power + 1, power * 9, 120 * (power / 100)]
        });
        for integer in powers.chain(tens).chain([0, i64::MAX, 1395066363]) {
            for number in [integer as f64, -(integer as f64), integer as f64 + 0.5] {
                for float in [shortest(number), open_metrics(number)] {
                    let mut pushed = String::new();
                    float.push_to(&mut pushed);
                    assert_eq!(pushed, float.to_string());
                }
            }
        }
        for (integer, text) in [(0, "0"), (-5, "-5"), (i64::MIN, "-9223372036854775808")] {
            let mut pushed = String::new();
            push_integer(&mut pushed, integer);
            assert_eq!(pushed, text);
        }
        let mut pushed = String::new();
        push_unsigned(&mut pushed, u64::MAX);
        assert_eq!(pushed, "18446744073709551615");
    }
}
