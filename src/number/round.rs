//! Round numbers in the spelling in which they are stored: most bounds that are whole numbers are such.

/// The most digits of a number that is looked up.
const DIGITS: usize = 10;
/// The most bytes of a spelling.
const WIDTH: usize = 8;

/// The spellings of the numbers from 10 to 99, each as a number with a first and a second digit and 1 to [`DIGITS`]
/// digits in all, padded to [`WIDTH`].
const BYTES: [u8; 90 * DIGITS * WIDTH] = bytes();
const SPELLINGS: &str = match std::str::from_utf8(&BYTES) {
    Ok(text) => text,
    Err(_) => "",
};

/// Returns how a number of one or two digits and zeros after them is stored: `250` as `250.0`, and `2500000` as
/// `2.5e+06`.
#[inline]
pub(super) fn spelling(digits: &[u8]) -> Option<&'static str> {
    let [first @ b'1'..=b'9', rest @ ..] = digits else {
        return (digits == b"0").then_some("0.0");
    };
    let (second, zeros) = match rest {
        [second @ b'0'..=b'9', zeros @ ..] => (second - b'0', zeros),
        [] => (0, rest),
        _ => return None,
    };
    if rest.len() >= DIGITS || !zeros.iter().all(|zero| *zero == b'0') {
        return None;
    }
    let number = usize::from(first - b'1') * 10 + usize::from(second);
    let at = (number * DIGITS + rest.len()) * WIDTH;
    let len = match (rest.len(), second) {
        (exponent @ 0..6, _) => exponent + 3,
        (_, 0) => 5,
        _ => 7,
    };
    SPELLINGS.get(at..at + len)
}

const fn bytes() -> [u8; 90 * DIGITS * WIDTH] {
    let mut bytes = [0; 90 * DIGITS * WIDTH];
    let mut at = 0;
    let mut left: &mut [u8] = &mut bytes;
    while let [byte, rest @ ..] = left {
        let (number, exponent) = (at / WIDTH / DIGITS, at / WIDTH % DIGITS);
        let digits = [b'1' + (number / 10) as u8, b'0' + (number % 10) as u8];
        *byte = match exponent {
            0..6 => whole(digits, exponent, at % WIDTH),
            _ => scientific(digits, exponent, at % WIDTH),
        };
        at += 1;
        left = rest;
    }
    bytes
}

/// Returns a byte of `ddd.0`.
const fn whole([first, second]: [u8; 2], exponent: usize, place: usize) -> u8 {
    match place {
        0 => first,
        1 if exponent > 0 => second,
        _ if place <= exponent => b'0',
        _ if place == exponent + 1 => b'.',
        _ => b'0',
    }
}

/// Returns a byte of `d.de+0d`, or of `de+0d` if the second digit is zero.
const fn scientific([first, second]: [u8; 2], exponent: usize, place: usize) -> u8 {
    let after = match (place, second) {
        (0, _) => return first,
        (_, b'0') => place,
        (1, _) => return b'.',
        (2, _) => return second,
        _ => place - 2,
    };
    match after {
        1 => b'e',
        2 => b'+',
        3 => b'0',
        _ => b'0' + exponent as u8,
    }
}
