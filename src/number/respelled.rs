//! Numbers in the spelling in which they are stored, where a body spells them otherwise.

use std::fmt;

use super::decode;
use super::go_float::{GoFloat, Rest, openmetrics, write_scientific};
use super::round;

/// A number in [`openmetrics`]' spelling, where that differs from the text it is read from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Respelled<'t> {
    /// This text, which need not be kept.
    Round(&'static str),
    /// These digits, with `.0` after them.
    Whole(&'t str),
    /// These digits, with a point after the first and an exponent.
    Digits(&'t str),
    /// A number.
    Number(GoFloat),
}

/// Returns the spelling that [`openmetrics`] gives to the number that `text` is; `None` if that is `text`, or if `text`
/// is not a number (spec T44).
#[inline]
pub(crate) fn respelled(text: &str) -> Option<Respelled<'_>> {
    if let Some(spelled) = round::spelling(text.as_bytes()) {
        return Some(Respelled::Round(spelled));
    }
    match plain_spelling(text.as_bytes()) {
        Some(Plain::Same) => None,
        Some(Plain::Whole) => Some(Respelled::Whole(text)),
        Some(Plain::Digits) => Some(Respelled::Digits(text)),
        None if is_of_go_runtime(text) => None,
        None => {
            let number = openmetrics(decode::go_parse_float(text)?);
            (!number.is_spelled(text)).then_some(Respelled::Number(number))
        }
    }
}

impl Respelled<'_> {
    /// Tells whether `text` is this spelling, without allocating.
    pub(crate) fn is_spelled(self, text: &str) -> bool {
        let mut rest = Rest(text);
        self.write_to(&mut rest).is_ok() && rest.is_empty()
    }

    /// Appends it.
    pub(crate) fn push_to(self, out: &mut String) {
        match self {
            Respelled::Number(number) => number.push_to(out),
            // Writing to a `String` cannot fail.
            Respelled::Round(_) | Respelled::Whole(_) | Respelled::Digits(_) => {
                _ = self.write_to(out)
            }
        }
    }

    /// Writes it.
    #[inline]
    pub(crate) fn write_to(self, out: &mut impl fmt::Write) -> fmt::Result {
        match self {
            Respelled::Round(text) => out.write_str(text),
            Respelled::Whole(digits) => {
                out.write_str(digits)?;
                out.write_str(".0")
            }
            Respelled::Digits(digits) => write_scientific(out, digits),
            Respelled::Number(number) => write!(out, "{number}"),
        }
    }
}

impl fmt::Display for Respelled<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(f)
    }
}

/// How [`openmetrics`] spells the number that a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plain {
    /// As the text does.
    Same,
    /// With `.0` after it.
    Whole,
    /// Not with all of its digits, but with an exponent.
    Digits,
}

/// Returns how [`openmetrics`] spells the number that `text` is, as far as its digits show that: most bounds are a few
/// digits. A decimal of up to 15 digits is the shortest of the float that it is read as.
#[inline]
fn plain_spelling(text: &[u8]) -> Option<Plain> {
    if text == b"+Inf" {
        return Some(Plain::Same);
    }
    // Longer ones are not plain, and are not searched.
    if text.len() > 17 {
        return None;
    }
    let is_digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    let (mantissa, exponent) = match text.last_chunk::<4>() {
        Some([b'e', sign, tens, ones]) => {
            (text.get(..text.len() - 4)?, Some((*sign, *tens, *ones)))
        }
        _ => (text, None),
    };
    let point = mantissa.iter().position(|byte| *byte == b'.');
    let (whole, fraction) = match point {
        Some(at) => (mantissa.get(..at)?, mantissa.get(at + 1..)),
        None => (mantissa, None),
    };
    let is_fraction = |fraction: &[u8]| {
        let ends = matches!(fraction.last(), Some(b'1'..=b'9'));
        ends && is_digits(fraction) && whole.len() + fraction.len() <= 15
    };
    if let Some(exponent) = exponent {
        // A single digit before the point, and what has to have an exponent.
        let is_needed = match exponent {
            (b'+', b'0', ones) => matches!(ones, b'6'..=b'9'),
            (b'-', b'0', ones) => matches!(ones, b'5'..=b'9'),
            (b'+' | b'-', tens, ones) => matches!(tens, b'1'..=b'9') && ones.is_ascii_digit(),
            _ => false,
        };
        let is_plain = is_needed && matches!(whole, [b'1'..=b'9']);
        return (is_plain && fraction.is_none_or(is_fraction)).then_some(Plain::Same);
    }
    let (is_plain, is_long) = match whole {
        [b'0'] => (true, false),
        [b'1'..=b'9', rest @ ..] if is_digits(rest) => (rest.len() < 6, rest.len() >= 6),
        _ => (false, false),
    };
    match fraction {
        None if is_long => (whole.len() <= 15).then_some(Plain::Digits),
        None => is_plain.then_some(Plain::Whole),
        Some(b"0") => is_plain.then_some(Plain::Same),
        Some(fraction) => {
            // Below 10^-4 there is an exponent too.
            let is_small = whole == b"0" && fraction.starts_with(b"0000");
            (is_plain && !is_small && is_fraction(fraction)).then_some(Plain::Same)
        }
    }
}

/// Tells whether `text` is a bound of the histograms of Go's runtime. Those have 16 digits and more, so that only the
/// number shows that they are spelled as they have to be; and they come with every server that exports them.
fn is_of_go_runtime(text: &str) -> bool {
    GO_RUNTIME.contains(&text)
}

const GO_RUNTIME: [&str; 18] = [
    "6.399999999999999e-08",
    "6.399999999999999e-07",
    "7.167999999999999e-06",
    "8.191999999999999e-05",
    "0.0009175039999999999",
    "0.010485759999999998",
    "0.11744051199999998",
    "8.999999999999998",
    "24.999999999999996",
    "64.99999999999999",
    "144.99999999999997",
    "320.99999999999994",
    "704.9999999999999",
    "1536.9999999999998",
    "3200.9999999999995",
    "6528.999999999999",
    "13568.999999999998",
    "27264.999999999996",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What the digits show is what the number shows.
    #[track_caller]
    fn is_respelled(text: &str) {
        let number = decode::go_parse_float(text).map(openmetrics);
        let expected = number
            .map(|number| number.to_string())
            .filter(|spelled| spelled != text);
        let found = respelled(text);
        assert_eq!(found.map(|found| found.to_string()), expected, "{text}");
        if let Some(found) = found {
            assert!(found.is_spelled(&found.to_string()), "{text}");
            assert!(!found.is_spelled(text), "{text}");
        }
    }

    #[test]
    fn bounds_are_respelled() {
        for (text, spelled) in [
            ("+Inf", None),
            ("Inf", Some("+Inf")),
            ("0", Some("0.0")),
            ("0.0", None),
            ("-0", Some("0.0")),
            ("1", Some("1.0")),
            ("1.0", None),
            ("1.00", Some("1.0")),
            ("01", Some("1.0")),
            ("999999", Some("999999.0")),
            ("1000000", Some("1e+06")),
            ("12345678", Some("1.2345678e+07")),
            ("1e+06", None),
            ("3.6e+06", None),
            ("3.60e+06", Some("3.6e+06")),
            ("1e+05", Some("100000.0")),
            ("1e-04", Some("0.0001")),
            ("1e-05", None),
            ("1.5e-10", None),
            ("0e+06", Some("0.0")),
            ("12e+06", Some("1.2e+07")),
            ("1e+99", None),
            ("1000000.0", Some("1e+06")),
            ("0.0001", None),
            ("0.00001", Some("1e-05")),
            ("0.5", None),
            ("0.50", Some("0.5")),
            (".5", Some("0.5")),
            ("5.", Some("5.0")),
            ("1.23456789012345", None),
            ("0.1234567890123456789", Some("0.12345678901234568")),
            ("0x1p3", Some("8.0")),
            ("x", None),
            ("", None),
            (".", None),
        ] {
            let found = respelled(text).map(|found| found.to_string());
            assert_eq!(found.as_deref(), spelled, "{text}");
            is_respelled(text);
        }
    }

    #[test]
    fn bounds_of_go_are_spelled_as_they_are_stored() {
        for text in GO_RUNTIME {
            let number = decode::go_parse_float(text).map(openmetrics);
            assert_eq!(
                number.map(|number| number.to_string()).as_deref(),
                Some(text)
            );
            is_respelled(text);
        }
    }

    #[test]
    fn round_numbers_are_respelled() {
        for number in 0..100_u32 {
            for zeros in 0..12 {
                is_respelled(&format!("{number}{}", "0".repeat(zeros)));
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 4000,
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn what_the_digits_show_is_what_the_number_shows(
            text in "[-+]?0?[0-9]{0,8}\\.?0{0,5}[0-9]{0,17}0?(e[+-]?[0-9]{1,2})?|[0-9](\\.[0-9]{1,9})?e[+-][0-9]{2}",
        ) {
            is_respelled(&text);
        }
    }
}
