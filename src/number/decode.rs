//! Turns the text of tokens into values: escapes, numbers and timestamps, with Go's spellings.

use std::borrow::Cow;

use crate::bytes::scan;
use crate::bytes::work;
use crate::number::decimal::plain_value;

/// The one NaN a sample can have: Prometheus rewrites every NaN to these bits, so that a target
/// cannot send a stale marker (spec T39).
pub(crate) const NAN: f64 = f64::from_bits(0x7ff8_0000_0000_0001);

/// The escapes of a text. Any other backslash is literal (spec T20, T26, O33).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Escapes {
    /// `\\`, `\"` and `\n`: label values, quoted names, and HELP in OpenMetrics.
    Quoted,
    /// `\\` and `\n`: HELP in the text format.
    Help,
}

/// Undoes escapes in one pass from the left. Borrows if there are none.
pub(crate) fn unescape(text: &str, escapes: Escapes) -> Cow<'_, str> {
    match scan::has_backslash(text.as_bytes()) {
        true => Cow::Owned(unescaped(text, escapes)),
        false => Cow::Borrowed(text),
    }
}

/// Does the same for a text that is known to hold a backslash.
// Not a `Cow`, so that a caller's own needs no memory where there are no escapes.
#[inline(never)]
pub(crate) fn unescaped(text: &str, escapes: Escapes) -> String {
    work::on(text.len());
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        out.push_str(rest.get(..at).unwrap_or_default());
        let after = rest.get(at + 1..).unwrap_or_default();
        let replaced = match after.as_bytes().first() {
            Some(b'\\') => Some('\\'),
            Some(b'n') => Some('\n'),
            Some(b'"') if escapes == Escapes::Quoted => Some('"'),
            _ => None,
        };
        out.push(replaced.unwrap_or('\\'));
        rest = match replaced {
            Some(_) => after.get(1..).unwrap_or_default(),
            None => after,
        };
    }
    out.push_str(rest);
    out
}

/// Why a number cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NumberError {
    /// Not the spelling of a number.
    Syntax,
    /// A number beyond the type's range.
    Range,
}

/// Reads a sample's value: what Go's `ParseFloat` takes, without hexadecimal and underscores (spec T38).
/// A number too large for an f64 is an error, one too small is zero; NaN has no sign.
pub(crate) fn sample_value(text: &str) -> Result<f64, NumberError> {
    decimal(text).map(|number| if number.is_nan() { NAN } else { number })
}

/// Does what [`sample_value`] does, faster for plain decimals.
#[inline]
pub(crate) fn number(text: &str) -> Result<f64, NumberError> {
    match plain_value(text.as_bytes()) {
        Some((number, len)) if len == text.len() => Ok(number),
        _ => sample_value(text),
    }
}

fn decimal(text: &str) -> Result<f64, NumberError> {
    work::on(text.len());
    // Rust reads the same decimals and words as Go, but takes a sign before `nan` and rounds an
    // overflow to infinity.
    let number: f64 = text.parse().map_err(|_| NumberError::Syntax)?;
    if number.is_finite() {
        return Ok(number);
    }
    let unsigned = text.trim_start_matches(['+', '-']);
    match unsigned.as_bytes().first() {
        Some(b'n' | b'N') if unsigned.len() < text.len() => Err(NumberError::Syntax),
        Some(b'0'..=b'9' | b'.') => Err(NumberError::Range),
        _ => Ok(number),
    }
}

/// Reads a timestamp of the text format: digits only, milliseconds (spec T40).
pub(crate) fn timestamp_millis(text: &str) -> Result<i64, NumberError> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NumberError::Syntax);
    }
    text.parse().map_err(|_| NumberError::Range)
}

/// Reads a timestamp of OpenMetrics: seconds, converted to milliseconds by a multiplication in f64 and
/// truncated towards zero (spec O30); saturates beyond i64.
pub(crate) fn timestamp_seconds(text: &str) -> Result<i64, NumberError> {
    seconds_to_millis(number(text)?).ok_or(NumberError::Syntax)
}

/// Returns `None` for what is not a time: NaN and the infinities.
pub(crate) fn seconds_to_millis(seconds: f64) -> Option<i64> {
    seconds.is_finite().then_some((seconds * 1000.0) as i64)
}

/// Reads a timestamp as lenient readers do: milliseconds with a sign, a fraction or an exponent, the
/// fraction cut off. Exact, and an error beyond i64 on both sides.
pub(crate) fn timestamp_lenient(text: &str) -> Result<i64, NumberError> {
    work::on(text.len());
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(unsigned) => (true, unsigned),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent_of_ten(exponent)?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = whole.bytes().chain(fraction.bytes());
    if whole.len() + fraction.len() == 0 || !digits.clone().all(|b| b.is_ascii_digit()) {
        return Err(NumberError::Syntax);
    }
    let zeros = digits.clone().take_while(|b| *b == b'0').count();
    if zeros == whole.len() + fraction.len() {
        return Ok(0);
    }
    // How many digits the whole milliseconds have, written ones and zeros after them.
    let many = (whole.len() as i64 - zeros as i64).saturating_add(exponent);
    if many > 19 {
        return Err(NumberError::Range);
    }
    let written = digits.skip(zeros).chain(std::iter::repeat(b'0'));
    let kept = usize::try_from(many).unwrap_or(0);
    let millis = (written.take(kept)).fold(0, |millis, b| millis * 10 + i128::from(b - b'0'));
    let millis = if negative { -millis } else { millis };
    i64::try_from(millis).map_err(|_| NumberError::Range)
}

/// Reads the exponent of a number. One beyond i64 counts as the largest or the smallest.
fn exponent_of_ten(text: &str) -> Result<i64, NumberError> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NumberError::Syntax);
    }
    Ok(text.parse().unwrap_or(match text.starts_with('-') {
        true => i64::MIN,
        false => i64::MAX,
    }))
}

/// Does what Go's unrestricted `ParseFloat` does, which Prometheus applies to `le` and `quantile`: it
/// also takes hexadecimal floats and underscores between digits (spec T44). Returns `None` where Go has
/// an error.
pub(crate) fn go_parse_float(text: &str) -> Option<f64> {
    if let Some((number, len)) = plain_value(text.as_bytes())
        && len == text.len()
    {
        work::on(len);
        return Some(number);
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let hex = unsigned.starts_with("0x") || unsigned.starts_with("0X");
    if unsigned.contains('_') {
        if !underscores_separate_digits(unsigned, hex) {
            return None;
        }
        let plain: String = text.chars().filter(|&c| c != '_').collect();
        return go_parse_float(&plain);
    }
    if hex {
        let magnitude = hexadecimal(unsigned.get(2..)?)?;
        return Some(if text.starts_with('-') {
            -magnitude
        } else {
            magnitude
        });
    }
    decimal(text).ok()
}

/// Applies Go's rule: an underscore separates two digits, or the base prefix and a digit.
fn underscores_separate_digits(unsigned: &str, hex: bool) -> bool {
    let bytes = unsigned.as_bytes();
    let prefixed = matches!(bytes, [b'0', b'x' | b'X' | b'o' | b'O' | b'b' | b'B', ..]);
    let is_digit = |b: &u8| b.is_ascii_digit() || (hex && b.is_ascii_hexdigit());
    bytes.iter().enumerate().all(|(at, &b)| {
        if b != b'_' {
            return true;
        }
        let before = match at.checked_sub(1) {
            Some(1) if prefixed => true,
            Some(before) => bytes.get(before).is_some_and(is_digit),
            None => false,
        };
        before && bytes.get(at + 1).is_some_and(is_digit)
    })
}

/// Reads `h.hhhp±d`, rounded to nearest even. Returns `None` for bad syntax or overflow.
fn hexadecimal(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once(['p', 'P'])?;
    let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    // An exponent too long for i64 counts as the largest.
    let exponent: i64 = match exponent.parse() {
        Ok(exponent) => exponent,
        Err(_) if exponent.starts_with('-') => i64::MIN / 4,
        Err(_) => i64::MAX / 4,
    };
    let mut bits: u64 = 0;
    let mut scale: i64 = 0;
    let mut sticky = false;
    let mut any = false;
    let mut point = false;
    for b in mantissa.bytes() {
        if b == b'.' && !point {
            point = true;
            continue;
        }
        let digit = u64::from(char::from(b).to_digit(16)?);
        any = true;
        if bits >> 60 == 0 {
            bits = bits << 4 | digit;
            scale -= if point { 4 } else { 0 };
        } else {
            // Digits past 60 bits only decide which way to round.
            sticky |= digit != 0;
            scale += if point { 0 } else { 4 };
        }
    }
    if !any {
        return None;
    }
    scaled(bits, exponent.saturating_add(scale), sticky)
}

/// Returns `bits * 2^exponent` rounded to nearest even; `sticky` says that something non-zero followed.
fn scaled(bits: u64, exponent: i64, sticky: bool) -> Option<f64> {
    if bits == 0 {
        return Some(0.0);
    }
    let width = i64::from(64 - bits.leading_zeros());
    let top = exponent.saturating_add(width - 1);
    if top > 1023 {
        return None;
    }
    // How many of the lowest bits do not fit into an f64: it has 53 bits normally, fewer for subnormals.
    let room = if top >= -1022 { 53 } else { 53 - (-1022 - top) };
    if room < 0 {
        return Some(0.0);
    }
    let drop = width - room;
    let (mut kept, mut kept_exponent) = (bits, exponent);
    if drop > 0 {
        let lost = if drop >= 64 {
            bits
        } else {
            bits & ((1 << drop) - 1)
        };
        kept = if drop >= 64 { 0 } else { bits >> drop };
        kept_exponent = exponent.saturating_add(drop);
        let half = 1u64.checked_shl((drop - 1) as u32).unwrap_or(0);
        let above = lost > half || (lost == half && sticky);
        if above || (lost == half && kept & 1 == 1) {
            kept += 1;
        }
    }
    // `kept` has at most 53 bits and the scaling is exact, in two steps to reach subnormals.
    let first = kept_exponent.clamp(-1000, 900) as i32;
    let second = kept_exponent
        .saturating_sub(i64::from(first))
        .clamp(-1000, 900) as i32;
    let number = kept as f64 * power_of_two(first) * power_of_two(second);
    number.is_finite().then_some(number)
}

/// Returns `2^exponent` for an exponent from -1022 to 1023: `powi` does not promise precision.
fn power_of_two(exponent: i32) -> f64 {
    let biased = u64::try_from(exponent + 1023).unwrap_or_default();
    f64::from_bits(biased << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        for (text, quoted, help) in [
            (r"plain", "plain", "plain"),
            (r"a\nb", "a\nb", "a\nb"),
            (r"a\\nb", r"a\nb", r"a\nb"),
            (r#"say \"hi\""#, r#"say "hi""#, r#"say \"hi\""#),
            (r"\t\x", r"\t\x", r"\t\x"),
            (r"end\", r"end\", r"end\"),
            (r"\\\\", r"\\", r"\\"),
            (r"\é", r"\é", r"\é"),
        ] {
            assert_eq!(unescape(text, Escapes::Quoted), quoted, "{text}");
            assert_eq!(unescape(text, Escapes::Help), help, "{text}");
        }
    }

    #[test]
    fn values_go_reads() {
        for (text, value) in [
            ("1", 1.0),
            ("+1", 1.0),
            ("1.", 1.0),
            (".1", 0.1),
            ("-.5", -0.5),
            ("1e5", 1e5),
            ("1E+5", 1e5),
            ("00001", 1.0),
            ("1e-400", 0.0),
            ("5e-324", 5e-324),
            ("inf", f64::INFINITY),
            ("-INF", f64::NEG_INFINITY),
            ("+Infinity", f64::INFINITY),
            ("1.7976931348623157e308", f64::MAX),
            ("18446744073709551616", 18446744073709551616.0),
        ] {
            assert_eq!(sample_value(text), Ok(value), "{text}");
        }
        for text in ["nan", "NaN", "NAN"] {
            assert_eq!(sample_value(text).map(f64::to_bits), Ok(NAN.to_bits()));
        }
        assert_eq!(
            sample_value("-0").map(f64::to_bits),
            Ok((-0.0f64).to_bits())
        );
    }

    #[test]
    fn values_go_refuses() {
        for text in [
            "", ".", "+", "-", "1e", "e5", "1e5.5", "1,5", "1_000", "0x10", "0x1p4", "0b1", "0o7",
            "1f", "infi", "+nan", "-NaN", "true", " 1", "1 ", "++1", "1\r", "١", "infinit",
            "--inf",
        ] {
            assert_eq!(sample_value(text), Err(NumberError::Syntax), "{text}");
        }
        for text in [
            "1e400",
            "-1e400",
            "1.7976931348623159e308",
            ".1e400",
            "1e999999999999",
        ] {
            assert_eq!(sample_value(text), Err(NumberError::Range), "{text}");
        }
    }

    #[test]
    fn timestamps() {
        assert_eq!(timestamp_millis("00012"), Ok(12));
        assert_eq!(timestamp_millis("9223372036854775807"), Ok(i64::MAX));
        assert_eq!(
            timestamp_millis("9223372036854775808"),
            Err(NumberError::Range)
        );
        for text in ["", "-5", "+5", "5.0", "1e3"] {
            assert_eq!(timestamp_millis(text), Err(NumberError::Syntax), "{text}");
        }
        for (text, millis) in [
            ("1.001", 1000),
            ("1.2345678", 1234),
            ("0.0005", 0),
            ("-1.5", -1500),
            ("1e3", 1_000_000),
            ("8.2", 8200),
            ("1e300", i64::MAX),
            ("-1e300", i64::MIN),
        ] {
            assert_eq!(timestamp_seconds(text), Ok(millis), "{text}");
        }
        for text in ["nan", "inf", "x", "1e400"] {
            assert!(timestamp_seconds(text).is_err(), "{text}");
        }
    }

    /// Nothing is rounded, and beyond i64 is an error on both sides.
    #[test]
    fn lenient_timestamps() {
        for (text, millis) in [
            ("-5", -5),
            ("+5", 5),
            ("5.", 5),
            (".5", 0),
            ("-.5", 0),
            ("5.9", 5),
            ("-5.9", -5),
            ("1e3", 1000),
            ("1E+3", 1000),
            ("1.2345e3", 1234),
            ("12345e-3", 12),
            ("0.00012345e8", 12345),
            ("1395066363000.999999999999999999999", 1_395_066_363_000),
            ("1000000000000000.94", 1_000_000_000_000_000),
            ("9007199254740993.5", 9_007_199_254_740_993),
            ("9223372036854775806.9", i64::MAX - 1),
            ("9223372036854775807.999", i64::MAX),
            ("922337203685477580.7e1", i64::MAX),
            ("000000000000000000000000000000000001", 1),
            ("-9223372036854775807.9", i64::MIN + 1),
            ("-9223372036854775808.999", i64::MIN),
            ("-9.223372036854775808e18", i64::MIN),
            ("0e99999999999999999999999", 0),
            ("0.000e400", 0),
            ("1e-99999999999999999999999", 0),
        ] {
            assert_eq!(timestamp_lenient(text), Ok(millis), "{text}");
        }
        for text in [
            "9223372036854775808",
            "9223372036854775808.0",
            "-9223372036854775809",
            "-9223372036854775809.5",
            "1e19",
            "-1e19",
            "1e30",
            "1e400",
            "1e99999999999999999999999",
            "0.00000000000000000000001e99999999999999999999",
        ] {
            assert_eq!(timestamp_lenient(text), Err(NumberError::Range), "{text}");
        }
        for text in [
            "", "+", "-", ".", "e1", ".e1", "1e", "1e+", "1e1.5", "inf", "NaN", "1_0", "0x1",
            "--1", "1.2.3", " 1", "1 ",
        ] {
            assert_eq!(timestamp_lenient(text), Err(NumberError::Syntax), "{text}");
        }
    }

    proptest::proptest! {
        /// Every number is a timestamp, in range or not; and where a float is exact they agree.
        #[test]
        fn lenient_timestamps_are_the_numbers_that_are_written(
            text in "[-+]?[0-9]{0,21}\\.?[0-9]{0,6}([eE][-+]?[0-9]{1,3})?",
        ) {
            let number = sample_value(&text);
            let millis = timestamp_lenient(&text);
            proptest::prop_assert_eq!(
                number == Err(NumberError::Syntax),
                millis == Err(NumberError::Syntax)
            );
            if let (Ok(number), Ok(millis)) = (number, millis) {
                // The float is the nearest one, which may be on the other side of a whole number.
                let near = number.abs() / 2_f64.powi(52);
                let least = (number.abs() - near).trunc();
                let most = (number.abs() + near).trunc();
                let whole = millis.unsigned_abs() as f64;
                proptest::prop_assert!(least <= whole && whole <= most, "{text}: {millis}");
                proptest::prop_assert!(millis == 0 || (millis < 0) == (number < 0.0), "{text}");
            }
        }
    }

    #[test]
    fn bounds_as_go_parses_them() {
        for (text, value) in [
            ("1_0", Some(10.0)),
            ("0x1p4", Some(16.0)),
            ("-0x1.8p1", Some(-3.0)),
            ("0x_1p4", Some(16.0)),
            ("0x1p-1074", Some(5e-324)),
            ("0x1p-1075", Some(0.0)),
            ("0x1.8p-1075", Some(5e-324)),
            ("0x1.fffffffffffffp1023", Some(f64::MAX)),
            ("0x1.fffffffffffff8p1023", None),
            ("0x1p1024", None),
            ("0x1p99999999999999999999", None),
            ("0x0p99999999999999999999", Some(0.0)),
            ("0x1p-99999999999999999999", Some(0.0)),
            (
                "0x10000000000000000000001p0",
                Some(309485009821345068724781057.0),
            ),
            ("0x10", None),
            ("0xp4", None),
            ("0x.p4", None),
            ("0x1p", None),
            ("_1", None),
            ("1_", None),
            ("1__0", None),
            ("1_.5", None),
            ("1e1_0", Some(1e10)),
            ("1e309", None),
            ("abc", None),
        ] {
            assert_eq!(go_parse_float(text), value, "{text}");
        }
    }
}
