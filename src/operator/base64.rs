//! Reads base64 as Kubernetes and PEM write it.

use crate::bytes::work;

/// Decodes a text in the standard alphabet, with padding. Skips line ends.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    work::on(text.len());
    let is_space = |b: &u8| matches!(b, b'\n' | b'\r');
    let symbols: Vec<u8> = text.bytes().filter(|b| !is_space(b)).collect();
    if !symbols.len().is_multiple_of(4) {
        return None;
    }
    let groups = symbols.len() / 4;
    let mut bytes = Vec::with_capacity(groups * 3);
    for (index, group) in symbols.chunks_exact(4).enumerate() {
        // Only the last group may have padding.
        let filled = group.iter().rev().take_while(|b| **b == b'=').count();
        if filled > 2 || (filled > 0 && index + 1 < groups) {
            return None;
        }
        let mut bits = 0u32;
        for symbol in group {
            let value = match symbol {
                b'A'..=b'Z' => symbol - b'A',
                b'a'..=b'z' => symbol - b'a' + 26,
                b'0'..=b'9' => symbol - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                _ => 0,
            };
            let is_symbol = symbol.is_ascii_alphanumeric() || b"+/".contains(symbol);
            bits = bits << 6 | u32::from(value);
            if !is_symbol && *symbol != b'=' {
                return None;
            }
        }
        if group.iter().take(4 - filled).any(|b| *b == b'=') {
            return None;
        }
        let [_, a, b, c] = bits.to_be_bytes();
        bytes.extend([a, b, c].iter().take(3 - filled));
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encoded_comes_back() {
        for (text, bytes) in [
            ("", &b""[..]),
            ("Zg==", b"f"),
            ("Zm8=", b"fo"),
            ("Zm9v", b"foo"),
            ("Zm9v\r\nYmFy\n", b"foobar"),
            ("+/+/", b"\xfb\xff\xbf"),
        ] {
            assert_eq!(decode(text).as_deref(), Some(bytes), "{text}");
        }
        for text in [
            "Z", "Zg=", "Zg===", "=g==", "Z=g=", "Zg==Zg==", "Zm9!", "Zm 9v", "====", "é==",
        ] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
