//! Whether a line begins with a text, sixteen bytes at a time.

use wide::u8x16;

/// Whether the bytes begin with the text.
///
/// The C library's comparison, which `==` calls, takes several times as long on some processors.
#[inline(always)]
pub(super) fn begins(bytes: &[u8], text: &[u8]) -> bool {
    let Some(head) = bytes.get(..text.len()) else {
        return false;
    };
    let (Some(end), Some(wanted)) = (head.last_chunk::<16>(), text.last_chunk::<16>()) else {
        return short(head, text);
    };
    let mut differences = u8x16::new(*end) ^ u8x16::new(*wanted);
    let (head, _) = head.as_chunks::<16>();
    let (text, _) = text.as_chunks::<16>();
    for (a, b) in head.iter().zip(text) {
        differences |= u8x16::new(*a) ^ u8x16::new(*b);
    }
    differences.simd_eq(u8x16::ZERO).to_bitmask() == 0xffff
}

/// Whether two texts of one length, shorter than sixteen bytes, are the same.
#[inline]
fn short(a: &[u8], b: &[u8]) -> bool {
    let differ = |a: &[u8; 8], b: &[u8; 8]| u64::from_ne_bytes(*a) ^ u64::from_ne_bytes(*b);
    match (
        a.first_chunk(),
        b.first_chunk(),
        a.last_chunk(),
        b.last_chunk(),
    ) {
        (Some(a), Some(b), Some(end), Some(wanted)) => differ(a, b) | differ(end, wanted) == 0,
        _ => a.iter().zip(b).all(|(a, b)| a == b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts of up to 70 bytes that differ in at most one.
    #[test]
    fn it_is_that_of_slices() {
        let text: Vec<u8> = (0..90).collect();
        for from in 0..3 {
            for len in 0..70 {
                let a = &text[from..from + len];
                for changed in 0..=len {
                    let mut b = a.to_vec();
                    if let Some(byte) = b.get_mut(changed) {
                        *byte ^= 0x80;
                    }
                    assert_eq!(begins(&text[from..], &b), changed == len);
                    assert_eq!(begins(a, &b), a == b);
                    b.push(0);
                    assert!(!begins(a, &b));
                }
            }
        }
    }
}
