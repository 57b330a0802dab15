//! Floats in Go's shortest spelling, as Prometheus writes them.

use std::fmt::{self, Write as _};

/// Formats like `%g`: `1`, `0.5`, `1e+06`, `1.23456789e+08`, `NaN`, `+Inf`, `-Inf`, and `0` for both
/// zeros. The text format writes numbers this way (spec T54).
pub(crate) fn shortest(number: f64) -> GoFloat {
    GoFloat {
        number,
        fraction: false,
    }
}

/// Formats like [`shortest`], with `.0` after a number that would look like an integer: OpenMetrics
/// writes numbers this way, and Prometheus spells `le` and `quantile` so (spec T44, O20).
pub(crate) fn openmetrics(number: f64) -> GoFloat {
    GoFloat {
        number,
        fraction: true,
    }
}

/// A float that displays in Go's spelling; made by [`shortest`] and [`openmetrics`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct GoFloat {
    number: f64,
    fraction: bool,
}

impl GoFloat {
    /// Tells whether `text` is this spelling, without allocating.
    pub(crate) fn is_spelled(self, text: &str) -> bool {
        let mut rest = Rest(text);
        write!(rest, "{self}").is_ok() && rest.is_empty()
    }

    /// Appends what [`Display`](fmt::Display) shows. Integers, which most samples are, take a faster
    /// path.
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

/// What is left of a text after the same has been written.
pub(super) struct Rest<'t>(pub(super) &'t str);

impl Rest<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Write for Rest<'_> {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(piece).ok_or(fmt::Error)?;
        Ok(())
    }
}

/// Below it, neighbouring floats are at most 1 apart, so an integer's own digits are the fewest that
/// distinguish it from its neighbours.
const EXACT: u64 = 1 << 53;

/// Appends an integer's digits.
#[inline]
pub(crate) fn push_integer(out: &mut String, integer: i64) {
    if integer < 0 {
        out.push('-');
    }
    push_unsigned(out, integer.unsigned_abs());
}

/// Appends the digits of an unsigned integer.
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
    // Writing to a `String` cannot fail.
    _ = write_scientific(out, digits);
}

/// Writes digits as `d.ddde+dd`: at most 99 of them, and the first is not zero.
#[inline]
pub(super) fn write_scientific(out: &mut impl fmt::Write, digits: &str) -> fmt::Result {
    let (first, rest) = digits.split_at_checked(1).unwrap_or_default();
    let exponent = rest.len() as u8;
    out.write_str(first)?;
    let rest = rest.trim_end_matches('0');
    if !rest.is_empty() {
        out.write_char('.')?;
        out.write_str(rest)?;
    }
    out.write_str("e+")?;
    out.write_char(char::from(b'0' + exponent / 10))?;
    out.write_char(char::from(b'0' + exponent % 10))
}

/// Writes the digits of an integer to the end of `room` and returns them.
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
        let positional = (1e-4..1e6).contains(&magnitude);
        if let Some(odd) = Odd::of_tie(magnitude) {
            let mut shortest = Shortest::of(magnitude).ok_or(fmt::Error)?;
            shortest.tie_to_even(odd, magnitude);
            if number < 0.0 {
                f.write_str("-")?;
            }
            return match positional {
                true => shortest.write_positional(f),
                false => shortest.write_scientific(f),
            };
        }
        if positional {
            write!(f, "{number}")?;
            if self.fraction && number.trunc() == number {
                f.write_str(".0")?;
            }
            return Ok(());
        }
        let mut room = Room::default();
        let (mantissa, exponent) = room.parts(number).ok_or(fmt::Error)?;
        f.write_str(mantissa)?;
        write_exponent(f, exponent)
    }
}

fn write_exponent(f: &mut fmt::Formatter<'_>, exponent: i32) -> fmt::Result {
    f.write_str(if exponent < 0 { "e-" } else { "e+" })?;
    write!(f, "{:02}", exponent.unsigned_abs())
}

/// A number as an odd integer times a power of two.
#[derive(Debug, Clone, Copy)]
struct Odd {
    integer: u64,
    power: i32,
}

impl Odd {
    /// Returns the parts of a positive number that may lie midway between two decimals that both could be
    /// its shortest; `None` for nearly all others.
    ///
    /// Midway between d × 10^k and (d + 1) × 10^k lies (2d + 1) × 5^k × 2^(k-1), and 2d + 1 is odd: k is
    /// one more than the number's power of two. Both decimals read as the number, so 10^k is no more than
    /// the distance from float to float, which leaves only negative k; and d has at most 17 digits, which
    /// a multiple of 5^-k would exceed for k below -24.
    #[inline]
    fn of_tie(magnitude: f64) -> Option<Self> {
        const FRACTION: u32 = f64::MANTISSA_DIGITS - 1;
        let bits = magnitude.to_bits();
        let biased = (bits >> FRACTION) as i32;
        let mantissa = (bits & ((1 << FRACTION) - 1)) | (1 << FRACTION);
        let zeros = mantissa.trailing_zeros();
        let power = biased - 1075 + zeros as i32;
        // The numbers without a leading bit are far too small.
        if !(-25..=-2).contains(&power) {
            return None;
        }
        // Both decimals read as the number only if they are no further apart than floats are here.
        let apart = magnitude.next_up() - magnitude;
        let odd = Odd {
            integer: mantissa >> zeros,
            power,
        };
        (apart >= 0.99 * 10f64.powi(odd.place())).then_some(odd)
    }

    /// Returns the power of ten of the digit before the last: the last one is a 5.
    fn place(self) -> i32 {
        self.power + 1
    }

    /// Returns the even one of the two integers that the number lies midway between, in units of its
    /// place.
    fn even_neighbour(self) -> Option<u64> {
        let fives = 5u128.checked_pow(self.place().unsigned_abs())?;
        let twice = u128::from(self.integer).checked_mul(fives)?;
        let below = u64::try_from(twice / 2).ok()?;
        Some(below + below % 2)
    }
}

/// The fewest digits that read as a number, and of these the nearest to it: `d.ddd` times 10^exponent.
struct Shortest {
    room: [u8; 20],
    len: usize,
    exponent: i32,
}

impl Shortest {
    /// Returns the digits of a positive number.
    fn of(magnitude: f64) -> Option<Self> {
        let mut room = Room::default();
        let (mantissa, exponent) = room.parts(magnitude)?;
        let mut shortest = Shortest {
            room: [0; 20],
            len: 0,
            exponent,
        };
        let digits = mantissa.bytes().filter(|byte| *byte != b'.');
        for (slot, digit) in shortest.room.iter_mut().zip(digits) {
            *slot = digit;
            shortest.len += 1;
        }
        Some(shortest)
    }

    fn digits(&self) -> &str {
        let digits = self.room.get(..self.len).unwrap_or_default();
        std::str::from_utf8(digits).unwrap_or_default()
    }

    /// Breaks a tie: if the number lies midway between two of that many digits, Rust takes the upper one
    /// and Go the even one.
    fn tie_to_even(&mut self, odd: Odd, magnitude: f64) {
        if self.exponent + 1 - self.len as i32 != odd.place() {
            return;
        }
        let Some(even) = odd.even_neighbour() else {
            return;
        };
        let mut room = [0; 20];
        let digits = decimal(&mut room, even);
        // Just below a power of two, floats are closer together than above.
        let mut text = Room::default();
        let reads = write!(text, "{digits}e{}", odd.place()).is_ok()
            && text.text().and_then(|text| text.parse().ok()) == Some(magnitude);
        if reads
            && digits.len() == self.len
            && let Some(own) = self.room.get_mut(..self.len)
        {
            own.copy_from_slice(digits.as_bytes());
        }
    }

    /// Writes `d.ddde+dd`.
    fn write_scientific(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, rest) = self.digits().split_at_checked(1).ok_or(fmt::Error)?;
        f.write_str(first)?;
        if !rest.is_empty() {
            f.write_str(".")?;
            f.write_str(rest)?;
        }
        write_exponent(f, self.exponent)
    }

    /// Writes `ddd.ddd` or `0.00ddd`, for a number that is not an integer.
    fn write_positional(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.digits();
        let Ok(exponent) = usize::try_from(self.exponent) else {
            let zeros = (self.exponent.unsigned_abs() as usize).saturating_sub(1);
            return write!(f, "0.{:0<zeros$}{digits}", "");
        };
        let (whole, rest) = (digits.split_at_checked(exponent + 1)).unwrap_or((digits, "0"));
        write!(f, "{whole}.{rest}")
    }
}

/// Room for `-d.ddddddddddddddddde-ddd`.
#[derive(Default)]
struct Room {
    bytes: [u8; 32],
    len: usize,
}

impl Room {
    /// Returns `d.ddd` and the exponent, from Rust's shortest digits.
    fn parts(&mut self, number: f64) -> Option<(&str, i32)> {
        write!(self, "{number:e}").ok()?;
        let (mantissa, exponent) = self.text()?.split_once('e')?;
        Some((mantissa, exponent.parse().ok()?))
    }

    fn text(&self) -> Option<&str> {
        std::str::from_utf8(self.bytes.get(..self.len)?).ok()
    }
}

impl fmt::Write for Room {
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
    use proptest::prelude::*;

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
            assert_eq!(openmetrics(number).to_string(), om);
            assert!(openmetrics(number).is_spelled(om));
            for other in [&om[1..], &format!("{om}0"), ""] {
                assert!(!openmetrics(number).is_spelled(other), "{other}");
            }
        }
    }

    /// Returns the decimal digits of `integer` × 2^`power`, exactly, and the power of ten of the last
    /// one.
    fn exact(integer: u64, power: i32) -> (Vec<u8>, i32) {
        let factor = if power < 0 { 5 } else { 2 };
        let mut reversed: Vec<u8> = (integer.to_string().bytes().rev())
            .map(|digit| digit - b'0')
            .collect();
        for _ in 0..power.abs() {
            let mut carry = 0;
            for digit in &mut reversed {
                let product = *digit * factor + carry;
                *digit = product % 10;
                carry = product / 10;
            }
            if carry > 0 {
                reversed.push(carry);
            }
        }
        reversed.reverse();
        (reversed, power.min(0))
    }

    /// Returns the fewest digits that read as the number, of these the nearest, and of two equally near
    /// the even one, by trying each number of digits; and the power of ten of the first digit.
    fn reference(number: f64) -> (String, i32) {
        let bits = number.to_bits();
        let (fraction, biased) = (bits & ((1 << 52) - 1), (bits >> 52) as i32);
        let (digits, place) = match biased {
            0 => exact(fraction, -1074),
            biased => exact(fraction | 1 << 52, biased - 1075),
        };
        for length in 1..=digits.len() {
            let (head, tail) = digits.split_at(length);
            let place = place + tail.len() as i32;
            let below: u64 = head.iter().fold(0, |all, d| 10 * all + u64::from(*d));
            let reads = |candidate: &u64| format!("{candidate}e{place}").parse() == Ok(number);
            let half = match tail.split_first() {
                None => std::cmp::Ordering::Less,
                Some((first, rest)) => (first.cmp(&5)).then(match rest.iter().all(|d| *d == 0) {
                    true => std::cmp::Ordering::Equal,
                    false => std::cmp::Ordering::Greater,
                }),
            };
            let nearer = match half {
                std::cmp::Ordering::Less => below,
                std::cmp::Ordering::Equal => below + below % 2,
                std::cmp::Ordering::Greater => below + 1,
            };
            let found = [nearer, 2 * below + 1 - nearer].into_iter().find(reads);
            if let Some(found) = found {
                let text = found.to_string();
                let exponent = place + text.len() as i32 - 1;
                return (text.trim_end_matches('0').to_owned(), exponent);
            }
        }
        panic!("{number:e} is read as another number by all its digits");
    }

    /// Spells a number's digits as Go's `%g` does.
    fn spelled(digits: &str, exponent: i32, fraction: bool) -> String {
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        if !(-4..6).contains(&exponent) {
            let sign = if exponent < 0 { '-' } else { '+' };
            return format!("{first}{dot}{rest}e{sign}{:02}", exponent.abs());
        }
        if exponent < 0 {
            return format!(
                "0.{}{digits}",
                "0".repeat(exponent.unsigned_abs() as usize - 1)
            );
        }
        let whole = exponent as usize + 1;
        match digits.split_at_checked(whole) {
            Some((whole, rest)) if !rest.is_empty() => format!("{whole}.{rest}"),
            _ => format!("{digits:0<whole$}{}", if fraction { ".0" } else { "" }),
        }
    }

    #[track_caller]
    fn agrees(number: f64) {
        let (digits, exponent) = reference(number);
        for (float, fraction) in [(shortest(number), false), (openmetrics(number), true)] {
            let expected = spelled(&digits, exponent, fraction);
            let mut pushed = String::new();
            float.push_to(&mut pushed);
            assert_eq!(pushed, expected, "{number:e}");
            assert_eq!(float.to_string(), expected);
            assert!(float.is_spelled(&expected));
            let negative = GoFloat {
                number: -number,
                ..float
            };
            assert_eq!(negative.to_string(), format!("-{expected}"));
        }
    }

    /// Returns numbers midway between two decimals, for every power of two that can have such.
    fn ties() -> impl Iterator<Item = f64> {
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        (-26..=1).flat_map(move |power: i32| {
            // From this many bits on floats are far enough apart; soon after they are so far apart that
            // fewer digits suffice.
            let least = (54.0 + 2.322 * f64::from(power + 1)).floor() as i32 - 2;
            let all: Vec<f64> = (least.clamp(1, 52)..=(least + 6).min(53))
                .flat_map(|bits| {
                    let mut odd = Vec::new();
                    for _ in 0..40 {
                        state = state
                            .wrapping_mul(6_364_136_223_846_793_005)
                            .wrapping_add(1);
                        odd.push((state >> 11) >> (53 - bits) | 1 << (bits - 1) | 1);
                    }
                    odd.extend([1 << (bits - 1) | 1, (1 << bits) - 1]);
                    odd.sort_unstable();
                    odd.dedup();
                    odd
                })
                .map(|odd| odd as f64 * 2f64.powi(power))
                .collect();
            all
        })
    }

    /// Tells whether a number's digits without the last, a 5, would suffice, so that a tie has to be
    /// broken.
    fn is_tie(number: f64) -> bool {
        let (shortest, _) = reference(number);
        let bits = number.to_bits();
        let (digits, _) = exact(bits & ((1 << 52) - 1) | 1 << 52, (bits >> 52) as i32 - 1075);
        let digits: String = digits.iter().map(|d| char::from(d + b'0')).collect();
        let digits = digits.trim_end_matches('0');
        digits.len() == shortest.len() + 1 && digits.ends_with('5')
    }

    #[test]
    fn ties_go_to_the_even_digit() {
        for (number, short) in [
            ("1000000000000000.25", "1.0000000000000002e+15"),
            ("100000000000000.0625", "1.0000000000000006e+14"),
            ("524288.00048828125", "524288.0004882812"),
            ("29802322387695312.5e-24", "2.9802322387695312e-08"),
            ("9007199254740992.5", "9.007199254740992e+15"),
            ("2e-323", "2e-323"),
        ] {
            let number = number.parse().unwrap();
            assert_eq!(shortest(number).to_string(), short);
            agrees(number);
        }
        let (mut tried, mut tied, mut differ) = (0, 0, 0);
        for number in ties() {
            agrees(number);
            tried += 1;
            tied += usize::from(is_tie(number));
            let (digits, _) = reference(number);
            let rust: String = format!("{number:e}").replace('.', "");
            differ += usize::from(!rust.starts_with(&format!("{digits}e")));
        }
        // Otherwise this would show nothing.
        assert!(
            tied > 1000 && differ > 500,
            "{tied} and {differ} of {tried}"
        );
    }

    /// Numbers that are not ties keep their spelling; and the numbers that may be ties are found without
    /// a list.
    #[test]
    fn no_tie_is_missed() {
        for number in ties().filter(|number| is_tie(*number)) {
            assert!(Odd::of_tie(number).is_some(), "{number:e}");
        }
        for ordinary in [
            0.1,
            0.5,
            1.25,
            3.75,
            1e-5,
            1234.5678,
            1e21,
            5e-324,
            1e-310,
            f64::MAX,
        ] {
            assert!(Odd::of_tie(ordinary).is_none(), "{ordinary:e}");
            agrees(ordinary);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn numbers_are_spelled_as_big_integers_say(bits in 1..f64::INFINITY.to_bits()) {
            agrees(f64::from_bits(bits));
        }

        /// As people write them, where most are made.
        #[test]
        fn decimals_are_spelled_as_big_integers_say(digits in 1u64..10u64.pow(17), place in -20..3) {
            if let Ok(number) = format!("{digits}e{place}").parse() {
                agrees(number);
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
                for float in [shortest(number), openmetrics(number)] {
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
