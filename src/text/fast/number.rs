//! Reads a value that ends with a blank or with its line.

use crate::number::decimal;
use crate::number::decode;

/// Reads the number that `bytes` begin with, if a space or a line feed follows; also returns its length.
#[inline(always)]
pub(crate) fn number(bytes: &[u8]) -> Option<(f64, usize)> {
    if let Some((number, len)) = decimal::short_number(bytes)
        && matches!(bytes.get(len), Some(b'\n' | b' '))
    {
        return Some((number, len));
    }
    longer_number(bytes)
}

/// Does what [`number`] does for numbers that are not whole or have many digits.
#[inline(always)]
fn longer_number(bytes: &[u8]) -> Option<(f64, usize)> {
    if let Some((number, len)) = decimal::plain_value(bytes)
        && matches!(bytes.get(len), Some(b'\n' | b' '))
    {
        return Some((number, len));
    }
    let (number, len) = any_number(bytes);
    (len > 0).then_some((number, len))
}

/// Does what [`number`] does for words, and numbers with more digits than are read plainly. The length is zero if
/// there is none.
// This is returned in registers, as an `Option` is not.
#[inline(never)]
fn any_number(bytes: &[u8]) -> (f64, usize) {
    let read = || {
        let len = token_len(bytes)?;
        let token = std::str::from_utf8(bytes.get(..len)?).ok()?;
        Some((decode::sample_value(token).ok()?, len))
    };
    read().unwrap_or((0.0, 0))
}

/// Returns the length of the token that `bytes` begin with, which is not empty: up to the next space or
/// line feed. `{` ends a value in the text format, but no number holds one.
#[inline]
pub(super) fn token_len(bytes: &[u8]) -> Option<usize> {
    let len = bytes.iter().position(|&b| b == b'\n' || b == b' ')?;
    (len > 0).then_some(len)
}
