//! Reads plain decimals, which most values are, in a few instructions.

/// Reads the number that `text` begins with, as [`sample_value`](crate::number::decode::sample_value)
/// does, and returns its length in bytes too. Takes only plain decimals, as most values are: a sign, up
/// to nineteen digits, a point among them, an exponent. `None` does not mean that the number is wrong,
/// and the caller has to check what follows the number.
///
/// Any answer is rounded once, as parsing must.
#[inline(always)]
pub(crate) fn plain_value(text: &[u8]) -> Option<(f64, usize)> {
    let negative = text.first() == Some(&b'-');
    let mut len = usize::from(negative || text.first() == Some(&b'+'));
    let mut number = 0;
    let whole = digits(text, &mut len, &mut number);
    let mut value = match text.get(len) {
        Some(b'.' | b'e' | b'E') => {
            let (value, end) = fractional(text, len, whole, number);
            if end == 0 {
                return None;
            }
            len = end;
            value
        }
        // Nineteen digits cannot overflow. More than 53 bits are rounded to nearest here, as in parsing.
        _ if (1..=19).contains(&whole) => number as f64,
        _ => return None,
    };
    if negative {
        value = -value;
    }
    Some((value, len))
}

/// Does what [`plain_value`] does, without a loop, for up to seven characters: digits, and a point between them
/// or none.
#[inline(always)]
pub(crate) fn short_number(text: &[u8]) -> Option<(f64, usize)> {
    let word = u64::from_le_bytes(*text.first_chunk()?);
    let whole = no_digits(word).trailing_zeros() / 8;
    if !(1..=7).contains(&whole) {
        return None;
    }
    let after = word >> (8 * whole);
    if after as u8 != b'.' {
        return Some((f64::from(number_of(word, whole)), whole as usize));
    }
    // What is shifted in is no digit.
    let fraction = after >> 8;
    let digits = no_digits(fraction).trailing_zeros() / 8;
    let len = whole + 1 + digits;
    if digits == 0 || len > 7 {
        return None;
    }
    let joined = word & ((1 << (8 * whole)) - 1) | fraction << (8 * whole);
    let number = f64::from(number_of(joined, whole + digits));
    // Both are exact, so that dividing rounds once.
    Some((number / EXACT.get(digits as usize)?, len as usize))
}

/// Continues after the `whole` digits of `number`. The length is zero if this is not read.
// This is returned in registers, as an `Option` is not.
#[inline(never)]
fn fractional(text: &[u8], len: usize, whole: usize, number: u64) -> (f64, usize) {
    scaled_decimal(text, len, whole, number).unwrap_or((0.0, 0))
}

#[inline(always)]
fn scaled_decimal(
    text: &[u8],
    mut len: usize,
    whole: usize,
    mut number: u64,
) -> Option<(f64, usize)> {
    let mut fraction = 0;
    if text.get(len) == Some(&b'.') {
        len += 1;
        fraction = many_digits(text, &mut len, &mut number);
    }
    let mut scale = -(fraction as i32);
    if let Some(b'e' | b'E') = text.get(len) {
        len += 1;
        scale += exponent(text, &mut len)?;
    }
    if !(1..=19).contains(&(whole + fraction)) {
        return None;
    }
    let value = match scale {
        0 => number as f64,
        _ => scaled(number, scale)?,
    };
    Some((value, len))
}

/// Appends the digits at `len` to `number`; returns how many there are.
#[inline(always)]
fn digits(text: &[u8], len: &mut usize, number: &mut u64) -> usize {
    let start = *len;
    while let Some(b) = text.get(*len) {
        let digit = b.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        *number = number.wrapping_mul(10).wrapping_add(u64::from(digit));
        *len += 1;
    }
    *len - start
}

/// Does what [`digits`] does, eight at a time: a fraction often has sixteen.
#[inline(always)]
fn many_digits(text: &[u8], len: &mut usize, number: &mut u64) -> usize {
    let start = *len;
    while let Some(word) = text.get(*len..).and_then(|rest| rest.first_chunk()) {
        let word = u64::from_le_bytes(*word);
        if no_digits(word) != 0 {
            break;
        }
        let eight = u64::from(number_of(word, 8));
        *number = number.wrapping_mul(100_000_000).wrapping_add(eight);
        *len += 8;
    }
    match text.get(*len..).and_then(|rest| rest.first_chunk()) {
        Some(word) => few_digits(u64::from_le_bytes(*word), len, number),
        None => _ = digits(text, len, number),
    }
    *len - start
}

/// Does the same for the digits that `word` begins with, fewer than eight.
#[inline(always)]
fn few_digits(word: u64, len: &mut usize, number: &mut u64) {
    let count = no_digits(word).trailing_zeros() / 8;
    if let (1..8, Some(power)) = (count, WHOLE.get(count as usize)) {
        *number = number
            .wrapping_mul(*power)
            .wrapping_add(u64::from(number_of(word, count)));
        *len += count as usize;
    }
}

/// The powers of ten of fewer digits than a word has.
const WHOLE: [u64; 8] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

/// Sets the highest bit of each byte that is not a digit; after the first such byte, also of some others.
#[inline(always)]
pub(crate) fn no_digits(word: u64) -> u64 {
    let digits = word ^ 0x3030_3030_3030_3030;
    (digits.wrapping_add(0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080
}

/// Returns the number that the lowest `digits` bytes spell, at least one and at most eight.
#[inline(always)]
pub(crate) fn number_of(word: u64, digits: u32) -> u32 {
    // Leading zeros do not count.
    let ones = (word << (64 - 8 * digits)) & 0x0f0f_0f0f_0f0f_0f0f;
    let pairs = (ones.wrapping_mul(10).wrapping_add(ones >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(100).wrapping_add(pairs >> 16)) & 0x0000_ffff_0000_ffff;
    let all = fours.wrapping_mul(10_000).wrapping_add(fours >> 32);
    all as u32
}

/// Reads a signed exponent of at most three digits.
#[inline]
fn exponent(text: &[u8], len: &mut usize) -> Option<i32> {
    let sign = text.get(*len);
    *len += usize::from(matches!(sign, Some(b'-' | b'+')));
    // As Go writes it.
    if let Some([tens @ b'0'..=b'9', ones @ b'0'..=b'9', b'\n' | b' ']) = text.get(*len..*len + 3) {
        *len += 2;
        let exponent = i32::from(tens - b'0') * 10 + i32::from(ones - b'0');
        return Some(match sign {
            Some(b'-') => -exponent,
            _ => exponent,
        });
    }
    let mut number = 0;
    let digits = digits(text, len, &mut number);
    let exponent = (1..=3).contains(&digits).then_some(number as i32)?;
    Some(if sign == Some(&b'-') {
        -exponent
    } else {
        exponent
    })
}

/// Returns `number` times the power of ten `scale`.
#[inline(always)]
fn scaled(number: u64, scale: i32) -> Option<f64> {
    let exact = EXACT.get(scale.unsigned_abs() as usize);
    // If an f64 holds both the number and the power, one operation rounds once.
    if let Some(power) = exact.filter(|_| number >> 53 == 0) {
        return Some(match scale < 0 {
            true => number as f64 / power,
            false => number as f64 * power,
        });
    }
    rounded(number, scale)
}

/// Returns `number` times the power of ten `scale`, rounded from a product of 128 bits. Declines if bits
/// missing from the power could matter.
#[inline(never)]
fn rounded(number: u64, scale: i32) -> Option<f64> {
    let magnitude = scale.unsigned_abs() as usize;
    let power = match scale < 0 {
        true => INVERSES.get(magnitude),
        false => POWERS.get(magnitude),
    }?;
    if number == 0 {
        return Some(0.0);
    }
    let zeros = number.leading_zeros();
    let product = u128::from(number << zeros) * u128::from(power.bits);
    // Both factors have their highest bit set, so the product lacks one bit at most.
    let lacks = product.leading_zeros();
    let high = ((product << lacks) >> 64) as u64;
    // A truncated power makes the product too small: by less than one in `high`, before that was shifted
    // by up to one bit. The lowest eleven bits do not fit into an f64.
    let below = high & 0x7ff;
    if (0x3fe..=0x400).contains(&below) {
        return None;
    }
    let mantissa = (high >> 11) + u64::from(below > 0x400);
    // The exponent of the lowest bit of `high`, then of the mantissa's.
    let exponent = 64 + power.exponent - zeros as i32 - lacks as i32;
    let biased = exponent + 11 + 52 + 1023;
    // A mantissa rounded up to 2^53 carries into the exponent.
    let bits = (u64::from(biased.unsigned_abs()) << 52) + (mantissa - (1 << 52));
    Some(f64::from_bits(bits))
}

/// The powers of ten that an f64 holds exactly.
const EXACT: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// Approximately `bits` times two to the power of `exponent`.
#[derive(Debug, Clone, Copy)]
struct Power {
    /// Its highest bit is set.
    bits: u64,
    exponent: i32,
}

/// The greatest power of five that fits into 64 bits.
const MOST: usize = 27;

/// Powers of ten, exact.
const POWERS: [Power; MOST + 1] = powers(false);

/// Ten to the power of zero, minus one and so on, truncated.
const INVERSES: [Power; MOST + 1] = powers(true);

const fn powers(inverse: bool) -> [Power; MOST + 1] {
    let one = Power {
        bits: 1 << 63,
        exponent: -63,
    };
    let mut powers = [one; MOST + 1];
    let mut rest = powers.as_mut_slice();
    let mut five: u64 = 1;
    let mut ten = 0;
    while let Some((power, after)) = rest.split_first_mut() {
        let zeros = five.leading_zeros();
        if !inverse {
            *power = Power {
                bits: five << zeros,
                exponent: ten - zeros as i32,
            };
        } else if ten > 0 {
            *power = Power {
                // Between 2^63 and 2^64.
                bits: ((1_u128 << (127 - zeros)) / five as u128) as u64,
                exponent: zeros as i32 - 127 - ten,
            };
        }
        five = five.wrapping_mul(5);
        ten += 1;
        rest = after;
    }
    powers
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::number::decode::sample_value;

    /// Returns whether the number was read; if so, it must equal the parsed one.
    fn agrees(text: &str) -> bool {
        let plain = plain_value(text.as_bytes());
        if let Some((value, len)) = plain {
            let parsed = sample_value(&text[..len]).map(f64::to_bits);
            assert_eq!(Ok(value.to_bits()), parsed, "{text}");
        }
        plain.is_some()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn plain_values_equal_parsed_ones(
            text in "[-+]?[0-9]{0,20}\\.?[0-9]{0,18}([eE][-+]?[0-9]{0,3})?",
        ) {
            agrees(&text);
        }

        /// As servers print them: the nearest spelling of a number, and those halfway between two.
        #[test]
        fn shortest_spellings_equal_parsed_ones(number in any::<u64>(), scale in 0..60_u32) {
            let value = number as f64 / 10_f64.powi(scale as i32 / 2);
            let even = f64::from_bits(value.to_bits() & !1);
            for value in [value, even, f64::from_bits(value.to_bits() + 1)] {
                agrees(&format!("{value}"));
                agrees(&format!("{value:e}"));
                agrees(&format!("{value:.17e}"));
                agrees(&format!("{value:.18e}"));
            }
        }
    }

    #[test]
    fn short_numbers_are_plain_ones() {
        let mut read = 0;
        for whole in 0..1200_u32 {
            for fraction in [
                "", ".", ".0", ".5", ".25", ".05", ".0625", ".123456", ".1e3",
            ] {
                for after in [
                    "",
                    ":",
                    ",12345678",
                    "]}       ",
                    "e1      ",
                    ".5      ",
                    "9999999999",
                ] {
                    let text = format!("{whole}{fraction}{after}");
                    if let Some(short) = short_number(text.as_bytes()) {
                        let written = &text[..short.1];
                        assert_eq!(Ok(short.0), sample_value(written), "{text}");
                        assert!(
                            written.len() < 8
                                && !text[short.1..].starts_with(|c: char| c.is_ascii_digit())
                        );
                        read += 1;
                    }
                }
            }
        }
        assert!(read > 20_000, "{read}");
        for text in ["0.005:12,", "1310.72:7", "16777.2,8"] {
            assert!(short_number(text.as_bytes()).is_some(), "{text}");
        }
    }

    /// Numbers of 54 bits whose last bit is 1 are halfway between two floats.
    #[test]
    fn halves_go_to_the_even_one() {
        for number in (1_u64 << 53..(1 << 53) + 64).chain((1 << 54) - 64..(1 << 54) + 64) {
            for scale in -30..30 {
                agrees(&format!("{number}e{scale}"));
                agrees(&format!("{number}.0e{scale}"));
                agrees(&format!("{number}.5e{scale}"));
            }
        }
    }

    #[test]
    fn nearly_all_numbers_of_seventeen_digits_are_read() {
        let mut random = 1_u64;
        let mut declined = 0;
        for _ in 0..20_000 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let number = random >> 11;
            let text = format!("{}.{:016}", number % 10, number);
            declined += u32::from(!agrees(&text));
        }
        assert!(declined < 100, "{declined}");
    }

    #[test]
    fn plain_values_are_read_plainly() {
        for text in [
            "0",
            "-0",
            "+1.5",
            "1.",
            ".5",
            "1e+06",
            "1.234567e-05",
            "0.000001",
            "9007199254740991",
            "9007199254740993",
            "1844674407370955161",
            "90071992547409.93",
            "1.8446744073709552e+19",
            "1.7953599977920897e+09",
            ".1234567890123456789",
            "1e24",
            "1e27",
            "-1e-27",
            "0e27",
        ] {
            for after in ["", " ", "\n", "x"] {
                let text = format!("{text}{after}");
                assert!(agrees(&text), "{text:?}");
                let len = plain_value(text.as_bytes()).map(|(_, len)| len);
                assert_eq!(len, Some(text.len() - after.len()), "{text:?}");
            }
        }
        for text in [
            "",
            "-",
            ".",
            "e5",
            "1e",
            "1e+",
            "1e23",
            "1e28",
            "1e1000",
            "NaN",
            "+Inf",
            "--1",
            "12345678901234567890",
            "0.1234567890123456789",
        ] {
            assert!(!agrees(text), "{text}");
        }
    }
}
