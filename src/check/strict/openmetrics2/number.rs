//! What numbers say that the grammar has found good.

use std::cmp::Ordering;

use super::cursor::Token;
use crate::number::decode;

impl Token<'_> {
    /// Returns the number; one beyond a float's range is infinite.
    pub(super) fn value(self) -> f64 {
        decode::number(self.text)
            .ok()
            .or_else(|| self.text.parse().ok())
            .unwrap_or(f64::NAN)
    }

    /// Returns the number if it is written as an integer of no more than 128 bits, without a `-`.
    pub(super) fn whole(self) -> Option<u128> {
        self.text.parse().ok()
    }
}

/// Tells whether two numbers are the same, integers beyond a float's precision too.
pub(super) fn same(a: Token<'_>, b: Token<'_>) -> bool {
    match (a.whole(), b.whole()) {
        (Some(a), Some(b)) => a == b,
        _ => a.value() == b.value() || (a.value().is_nan() && b.value().is_nan()),
    }
}

/// Compares two timestamps, to the last digit if they are written without an exponent: nanoseconds since
/// 1970 are beyond a float's precision.
pub(super) fn compare_times(a: Token<'_>, b: Token<'_>) -> Ordering {
    match (Decimal::read(a.text), Decimal::read(b.text)) {
        (Some(a), Some(b)) => a.compare(b),
        _ => a.value().total_cmp(&b.value()),
    }
}

/// A number without an exponent: its digits before the point and after it, without superfluous zeros.
#[derive(PartialEq)]
struct Decimal<'a> {
    is_negative: bool,
    whole: &'a str,
    fraction: &'a str,
}

impl<'a> Decimal<'a> {
    fn read(text: &'a str) -> Option<Self> {
        if text.contains(['e', 'E']) {
            return None;
        }
        let unsigned = text.trim_start_matches(['+', '-']);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        let is_zero = whole.is_empty() && fraction.is_empty();
        Some(Decimal {
            is_negative: text.starts_with('-') && !is_zero,
            whole,
            fraction,
        })
    }

    fn compare(self, other: Decimal<'_>) -> Ordering {
        let size = (self.whole.len().cmp(&other.whole.len()))
            .then_with(|| self.whole.cmp(other.whole))
            .then_with(|| self.fraction.cmp(other.fraction));
        match (self.is_negative, other.is_negative) {
            (false, false) => size,
            (true, true) => size.reverse(),
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(text: &str) -> Token<'_> {
        Token { text, at: 0 }
    }

    #[test]
    fn times_are_compared_to_the_last_digit() {
        let rising = [
            "-1e400",
            "-10",
            "-9.5",
            "-9.25",
            "-.1",
            "0.0000000001",
            "5",
            "1520879607.789000001",
            "1520879607.789000002",
            "1520879607.79",
            "9999999999",
            "10000000000",
            "1e11",
            "1e400",
        ];
        for (at, a) in rising.iter().enumerate() {
            for (other, b) in rising.iter().enumerate() {
                assert_eq!(
                    compare_times(token(a), token(b)),
                    at.cmp(&other),
                    "{a} and {b}"
                );
            }
        }
        for (a, b) in [
            ("5", "5.0"),
            ("+5.", "005"),
            ("-0", "0"),
            (".5", "0.50"),
            ("1e1", "10"),
        ] {
            assert_eq!(
                compare_times(token(a), token(b)),
                Ordering::Equal,
                "{a} and {b}"
            );
        }
    }

    #[test]
    fn counts_beyond_a_float() {
        assert!(!same(token("9007199254740993"), token("9007199254740992")));
        assert!(same(token("+0042"), token("42")) && same(token("42.0"), token("4.2e1")));
        assert!(same(token("NaN"), token("nan")) && same(token("1e309"), token("+Inf")));
        assert_eq!(token("1e309").value(), f64::INFINITY);
    }
}
