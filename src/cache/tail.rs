//! What stands behind a series: its value, perhaps a timestamp, and the line feed.

use crate::decimal::{self, no_digits, number_of};
use crate::decode;
use crate::dialect::Dialect;
use crate::work;

/// The end of a sample's line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tail {
    pub(super) value: f64,
    pub(super) timestamp: Option<i64>,
    /// In bytes, with the line feed.
    pub(super) len: usize,
}

/// Reads what follows a series and one space, as the grammar does. `None` is no verdict: the line is
/// unusual, wrong or not whole.
#[inline(always)]
pub(super) fn tail(bytes: &[u8], dialect: Dialect) -> Option<Tail> {
    match few_digits(bytes) {
        Some((value, len)) => Some(Tail {
            value,
            timestamp: None,
            len,
        }),
        None => any_tail(bytes, dialect),
    }
}

/// The number of up to seven digits that a line ends in, as most do, and how many bytes it takes with
/// the line feed.
#[inline(always)]
pub(super) fn few_digits(bytes: &[u8]) -> Option<(f64, usize)> {
    let word = u64::from_le_bytes(*bytes.first_chunk()?);
    let digits = no_digits(word).trailing_zeros() / 8;
    let ends = (word >> (8 * (digits % 8))) as u8 == b'\n';
    // Without digits the first byte is the line feed.
    match ends && digits != 0 {
        true => Some((f64::from(number_of(word, digits)), digits as usize + 1)),
        false => None,
    }
}

/// The number of exactly so many digits, up to seven, that a line ends in.
///
/// It takes longer to find out how many digits there are than to see that they are that many; and what
/// stands behind them can be looked at meanwhile.
#[inline(always)]
pub(super) fn as_many_digits(bytes: &[u8], digits: u8) -> Option<f64> {
    let word = u64::from_le_bytes(*bytes.first_chunk()?);
    let digits = u32::from(digits) % 8;
    let behind = (no_digits(word) << (56 - 8 * digits)) == 0x80 << 56;
    let ends = (word >> (8 * digits)) as u8 == b'\n';
    (behind && ends && digits != 0).then(|| f64::from(number_of(word, digits)))
}

#[inline(never)]
pub(super) fn any_tail(bytes: &[u8], dialect: Dialect) -> Option<Tail> {
    let (value, end) = value(bytes)?;
    let behind = bytes.get(end..)?;
    if behind.first() == Some(&b'\n') {
        return Some(Tail {
            value,
            timestamp: None,
            len: end + 1,
        });
    }
    let behind = behind.get(1..)?;
    let (timestamp, len) = match dialect {
        // What begins with `#` is an exemplar, and no number.
        Dialect::OpenMetrics => {
            let (seconds, len) = self::value(behind)?;
            (decode::seconds_to_millis(seconds)?, len)
        }
        Dialect::Prometheus | Dialect::Lenient => {
            let token = token(behind)?;
            (decode::timestamp_millis(token).ok()?, token.len())
        }
    };
    (behind.get(len) == Some(&b'\n')).then_some(Tail {
        value,
        timestamp: Some(timestamp),
        len: end + 1 + len + 1,
    })
}

/// The number at the start, behind which a space or a line feed stands, and its length.
#[inline]
fn value(bytes: &[u8]) -> Option<(f64, usize)> {
    if let Some((value, len)) = decimal::plain_value(bytes)
        && matches!(bytes.get(len), Some(b' ' | b'\n'))
    {
        return Some((value, len));
    }
    let token = token(bytes)?;
    Some((decode::sample_value(token).ok()?, token.len()))
}

/// What stands before the next space or line feed.
fn token(bytes: &[u8]) -> Option<&str> {
    let len = bytes.iter().position(|b| matches!(b, b' ' | b'\n'))?;
    work::on(len);
    std::str::from_utf8(bytes.get(..len)?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Line, Parser};

    const DIALECTS: [Dialect; 3] = [Dialect::Prometheus, Dialect::OpenMetrics, Dialect::Lenient];

    /// Holds the promise: it may decline, never disagree. Says whether it read the tail.
    fn agrees(text: &[u8], dialect: Dialect) -> bool {
        let Some(tail) = tail(text, dialect) else {
            return false;
        };
        for series in [&b"m"[..], b"m{a=\"b\"}", b"{\"m\"}"] {
            let body = [series, b" ", text].concat();
            let mut parser = Parser::new(&body, dialect);
            let Some(Ok(Line::Sample(sample))) = parser.next() else {
                panic!("{dialect:?}: {text:?} is no sample's tail");
            };
            assert_eq!(sample.value().to_bits(), tail.value.to_bits(), "{text:?}");
            assert_eq!(sample.timestamp(), tail.timestamp, "{text:?}");
            let len = series.len() + 1 + tail.len;
            assert_eq!(parser.position().byte, len as u64, "{text:?}");
        }
        true
    }

    #[test]
    fn usual_tails_are_read() {
        for text in [
            "0\n",
            "7\n",
            "42\n",
            "1234567\n",
            "12345678\n",
            "123456789\nup 1\n",
            "0.5\n",
            "-1\n",
            "1e9\nm 1",
            "NaN\n",
            "+Inf\n",
            "18446744073709551615\n",
            "1 1700000000000\n",
            "1.5 12\nm",
            "0000001\n",
        ] {
            for dialect in DIALECTS {
                assert!(agrees(text.as_bytes(), dialect), "{dialect:?}: {text:?}");
            }
        }
        assert!(agrees(b"1 -1.5e3\n", Dialect::OpenMetrics));
        for text in [
            "",
            "\n",
            "1",
            "1 ",
            "1  2\n",
            " 1\n",
            "1 \n",
            "x\n",
            "1x\n",
            "1\r\n",
            "1\t\n",
            "1{\n",
            "1e999\n",
            "1 2 3\n",
            "1 # {} 1\n",
            "1 x\n",
            "1 99999999999999999999999\n",
            "\u{e9}\n",
        ] {
            assert!(!agrees(text.as_bytes(), Dialect::Prometheus), "{text:?}");
        }
    }

    #[test]
    fn all_numbers_of_few_digits() {
        for number in (0..10_000u32).chain((1..1000).map(|n| n * 9_973)) {
            for text in [format!("{number}\nxxxxxxx"), format!("{number:07}\nx")] {
                let tail = tail(text.as_bytes(), Dialect::Prometheus).map(|tail| tail.value);
                assert_eq!(tail, Some(f64::from(number)));
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn tails_are_those_of_the_parser(
            text in prop::collection::vec(prop_oneof![
                8 => prop::sample::select(b"0123456789".to_vec()),
                4 => prop::sample::select(b" \n.-+eE#{}NaInf_x\t\r/:\"".to_vec()),
                1 => any::<u8>(),
            ], 0..24),
        ) {
            for dialect in DIALECTS {
                agrees(&text, dialect);
                agrees(&[&text, &b"\n"[..]].concat(), dialect);
            }
        }
    }
}
