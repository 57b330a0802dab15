//! Byte classes and runs: where a name, a quoted text or a line ends.

use crate::bytes::work;

/// What a byte can be part of.
const CLASSES: [u8; 256] = classes();
const LABEL_START: u8 = 1;
const LABEL: u8 = 2;
const METRIC_START: u8 = 4;
const METRIC: u8 = 8;

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut rest = table.as_mut_slice();
    let mut byte = 0u8;
    while let Some((class, after)) = rest.split_first_mut() {
        *class = class_of(byte);
        rest = after;
        byte = byte.wrapping_add(1);
    }
    table
}

const fn class_of(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => LABEL_START | LABEL | METRIC_START | METRIC,
        b':' => METRIC_START | METRIC,
        b'0'..=b'9' => LABEL | METRIC,
        _ => 0,
    }
}

#[inline]
fn is(byte: u8, class: u8) -> bool {
    CLASSES
        .get(usize::from(byte))
        .is_some_and(|c| c & class != 0)
}

/// Tells whether the byte may occur in a bare label name after the first byte.
#[inline]
pub(crate) fn is_label_byte(byte: u8) -> bool {
    is(byte, LABEL)
}

/// Returns the length of the bare metric name that `bytes` starts with: `[a-zA-Z_:][a-zA-Z0-9_:]*`, else
/// 0.
#[inline]
pub(crate) fn metric_name(bytes: &[u8]) -> usize {
    run(bytes, METRIC_START, METRIC)
}

/// Returns the length of the run of bytes that may occur in a bare metric name after the first.
#[inline]
pub(crate) fn metric_name_rest(bytes: &[u8]) -> usize {
    run(bytes, METRIC, METRIC)
}

/// Returns the length of the bare label name that `bytes` starts with: `[a-zA-Z_][a-zA-Z0-9_]*`, else 0.
#[inline]
pub(crate) fn label_name(bytes: &[u8]) -> usize {
    run(bytes, LABEL_START, LABEL)
}

/// Returns the length of the run of bytes that may occur in a bare label name after the first.
#[inline]
pub(crate) fn label_name_rest(bytes: &[u8]) -> usize {
    run(bytes, LABEL, LABEL)
}

#[inline]
fn run(bytes: &[u8], start: u8, rest: u8) -> usize {
    let len = match bytes.split_first() {
        Some((&first, tail)) if is(first, start) => {
            1 + tail
                .iter()
                .position(|&b| !is(b, rest))
                .unwrap_or(tail.len())
        }
        _ => 0,
    };
    work::on(len);
    len
}

/// Returns the length of the label value without quotes that `bytes` starts with, as lenient reading
/// takes it: it stops at bytes that would make its end doubtful, or need escaping in quotes.
pub(crate) fn unquoted_value(bytes: &[u8]) -> usize {
    let ends = |b: &u8| b" \t\r\n,{}=\"\\".contains(b);
    let len = bytes.iter().position(ends).unwrap_or(bytes.len());
    work::on(len);
    len
}

/// Returns the length of the run of blanks and tabs that `bytes` starts with.
#[inline]
pub(crate) fn blanks(bytes: &[u8]) -> usize {
    let len = bytes
        .iter()
        .position(|&b| b != b' ' && b != b'\t')
        .unwrap_or(bytes.len());
    work::on(len);
    len
}

/// Returns the offset of the line feed that ends the line, or `None`.
#[inline]
pub(crate) fn line_feed(bytes: &[u8]) -> Option<usize> {
    let found = memchr::memchr(b'\n', bytes);
    work::on(found.unwrap_or(bytes.len()));
    found
}

/// Returns the offset of the last line feed, or `None`.
#[inline]
pub(crate) fn last_line_feed(bytes: &[u8]) -> Option<usize> {
    let found = memchr::memrchr(b'\n', bytes);
    work::on(bytes.len() - found.unwrap_or(0));
    found
}

/// Returns the last line of `bytes`, with its line feed if it has one.
pub(crate) fn last_line(bytes: &[u8]) -> &[u8] {
    let inside = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let start = last_line_feed(inside).map_or(0, |lf| lf + 1);
    bytes.get(start..).unwrap_or_default()
}

/// Tells whether there is a backslash.
#[inline]
pub(crate) fn has_backslash(bytes: &[u8]) -> bool {
    work::on(bytes.len());
    memchr::memchr(b'\\', bytes).is_some()
}

/// Counts the line feeds.
#[inline]
pub(crate) fn line_feeds(bytes: &[u8]) -> usize {
    work::on(bytes.len());
    memchr::memchr_iter(b'\n', bytes).count()
}

/// Where the text after an opening quote ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quote {
    /// The closing quote's offset, and whether there is a backslash before it.
    Closed { end: usize, escapes: bool },
    /// A byte that the quoted text may not hold: a line feed where they are forbidden, or one after a
    /// backslash.
    Forbidden { at: usize },
    /// The bytes end before the quote closes.
    Open,
}

/// Finds the quote that closes a text; `bytes` begins after the opening quote.
#[inline]
pub(crate) fn closing_quote(bytes: &[u8], line_feeds: bool) -> Quote {
    let mut from = 0;
    let mut escapes = false;
    loop {
        let tail = bytes.get(from..).unwrap_or_default();
        let found = if line_feeds {
            memchr::memchr2(b'"', b'\\', tail)
        } else {
            memchr::memchr3(b'"', b'\\', b'\n', tail)
        };
        work::on(found.unwrap_or(tail.len()));
        let Some(offset) = found else {
            return Quote::Open;
        };
        let at = from + offset;
        match bytes.get(at) {
            Some(b'"') => return Quote::Closed { end: at, escapes },
            Some(b'\\') => match bytes.get(at + 1) {
                None => return Quote::Open,
                Some(b'\n') => return Quote::Forbidden { at: at + 1 },
                Some(_) => {
                    escapes = true;
                    from = at + 2;
                }
            },
            _ => return Quote::Forbidden { at },
        }
    }
}

/// Returns as many whole lines from the start of `bytes` as are UTF-8.
pub(crate) fn whole_lines(bytes: &[u8]) -> &str {
    let valid = match simdutf8::compat::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
            std::str::from_utf8(valid).unwrap_or_default()
        }
    };
    let end = last_line_feed(valid.as_bytes()).map_or(0, |lf| lf + 1);
    valid.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Does the same byte by byte.
    fn naive_closing_quote(bytes: &[u8], line_feeds: bool) -> Quote {
        let mut escapes = false;
        let mut at = 0;
        while at < bytes.len() {
            match bytes[at] {
                b'"' => return Quote::Closed { end: at, escapes },
                b'\n' if !line_feeds => return Quote::Forbidden { at },
                b'\\' => {
                    if at + 1 == bytes.len() {
                        return Quote::Open;
                    }
                    if bytes[at + 1] == b'\n' {
                        return Quote::Forbidden { at: at + 1 };
                    }
                    escapes = true;
                    at += 2;
                }
                _ => at += 1,
            }
        }
        Quote::Open
    }

    proptest! {
        #[test]
        fn closing_quote_equals_its_naive_twin(
            text in proptest::collection::vec(prop_oneof![
                Just(b'"'), Just(b'\\'), Just(b'\n'), Just(b'a'), any::<u8>()
            ], 0..80),
            skip in 0usize..40,
            line_feeds: bool,
        ) {
            let bytes = text.get(skip..).unwrap_or(&text);
            prop_assert_eq!(closing_quote(bytes, line_feeds), naive_closing_quote(bytes, line_feeds));
        }

        #[test]
        fn runs_equal_their_naive_twins(bytes: Vec<u8>) {
            let metric = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_' || *b == b':';
            let label = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
            let digit = bytes.first().is_some_and(u8::is_ascii_digit);
            let count = |class: &dyn Fn(&u8) -> bool| {
                if digit { 0 } else { bytes.iter().take_while(|b| class(b)).count() }
            };
            prop_assert_eq!(metric_name(&bytes), count(&metric));
            prop_assert_eq!(label_name(&bytes), count(&label));
        }
    }
}
