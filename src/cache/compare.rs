//! Whether a line begins with a text, 64 bytes at a time.

use wide::u8x16;

/// Whether the bytes begin with the text.
///
/// The C library's comparison, which `==` calls, takes several times as long on some processors.
#[inline(always)]
pub(super) fn begins(bytes: &[u8], text: &[u8]) -> bool {
    let Some(head) = bytes.get(..text.len()) else {
        return false;
    };
    // The last block overlaps the one before.
    let (Some(end), Some(wanted)) = (head.last_chunk::<64>(), text.last_chunk::<64>()) else {
        return short(head, text);
    };
    let mut differences = differences(end, wanted);
    let (head, _) = head.as_chunks::<64>();
    let (text, _) = text.as_chunks::<64>();
    for (a, b) in head.iter().zip(text) {
        differences |= self::differences(a, b);
    }
    is_zero(differences)
}

/// Whether two texts of one length, shorter than 64 bytes, are the same.
#[inline]
fn short(a: &[u8], b: &[u8]) -> bool {
    if let Some(same) = same_ends::<32>(a, b) {
        return same;
    }
    if let Some(same) = same_ends::<16>(a, b) {
        return same;
    }
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

/// Whether the first and last `N` bytes are the same, if there are as many.
#[inline(always)]
fn same_ends<const N: usize>(a: &[u8], b: &[u8]) -> Option<bool> {
    let start = differences::<N>(a.first_chunk()?, b.first_chunk()?);
    let end = differences::<N>(a.last_chunk()?, b.last_chunk()?);
    Some(is_zero(start | end))
}

/// Bits that are set where two blocks of whole lanes differ.
#[inline(always)]
fn differences<const N: usize>(a: &[u8; N], b: &[u8; N]) -> u8x16 {
    let (a, _) = a.as_chunks::<16>();
    let (b, _) = b.as_chunks::<16>();
    let lanes = a.iter().zip(b);
    lanes.fold(u8x16::ZERO, |differences, (a, b)| {
        differences | (u8x16::new(*a) ^ u8x16::new(*b))
    })
}

#[inline(always)]
fn is_zero(bytes: u8x16) -> bool {
    bytes.simd_eq(u8x16::ZERO).to_bitmask() == 0xffff
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts of up to 140 bytes that differ in at most one.
    #[test]
    fn it_is_that_of_slices() {
        let text: Vec<u8> = (0..150).collect();
        for from in 0..3 {
            for len in 0..140 {
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
