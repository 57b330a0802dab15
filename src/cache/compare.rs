//! Compares the beginning of a line with a text, 64 bytes at a time.

use fearless_simd::{Simd, SimdBase, SimdFrom, SimdMask, u8x16, u8x32, u8x64};

use crate::bytes::work;

/// Tells whether the bytes begin with the text.
///
/// The C library's comparison, which `==` calls, takes several times as long on some processors.
#[inline(always)]
pub(super) fn begins<S: Simd>(simd: S, bytes: &[u8], text: &[u8]) -> bool {
    let Some(head) = bytes.get(..text.len()) else {
        return false;
    };
    work::on(text.len().min(128));
    // The last block overlaps the one before, and texts of more than two blocks are rare.
    let Some(ends) = same_ends(head, text, |a, b| equal_64(simd, a, b)) else {
        return short(simd, head, text);
    };
    ends && (text.len() <= 128 || middle(simd, head, text))
}

/// Tells whether all blocks but the last are the same.
#[inline(never)]
fn middle<S: Simd>(simd: S, a: &[u8], b: &[u8]) -> bool {
    simd.vectorize(
        #[inline(always)]
        || {
            let (a, _) = a.as_chunks();
            let (b, _) = b.as_chunks();
            a.iter().zip(b).all(|(a, b)| {
                work::on(64);
                equal_64(simd, a, b)
            })
        },
    )
}

#[inline(always)]
fn equal_64<S: Simd>(simd: S, a: &[u8; 64], b: &[u8; 64]) -> bool {
    let equal = u8x64::simd_from(simd, *a).simd_eq(u8x64::simd_from(simd, *b));
    equal.to_bitmask() == u64::MAX
}

/// Tells whether two texts of the same length, shorter than 64 bytes, are the same.
#[inline(always)]
fn short<S: Simd>(simd: S, a: &[u8], b: &[u8]) -> bool {
    if let Some(same) = same_ends(a, b, |a: &[u8; 32], b| {
        let equal = u8x32::simd_from(simd, *a).simd_eq(u8x32::simd_from(simd, *b));
        equal.all_true()
    }) {
        return same;
    }
    if let Some(same) = same_ends(a, b, |a: &[u8; 16], b| {
        let equal = u8x16::simd_from(simd, *a).simd_eq(u8x16::simd_from(simd, *b));
        equal.all_true()
    }) {
        return same;
    }
    let equal = |a: &[u8; 8], b: &[u8; 8]| u64::from_ne_bytes(*a) == u64::from_ne_bytes(*b);
    match same_ends(a, b, equal) {
        Some(same) => same,
        None => a.iter().zip(b).all(|(a, b)| a == b),
    }
}

/// Tells whether the first and last `N` bytes are the same, if there are as many.
#[inline(always)]
fn same_ends<const N: usize>(
    a: &[u8],
    b: &[u8],
    equal: impl Fn(&[u8; N], &[u8; N]) -> bool,
) -> Option<bool> {
    let start = equal(a.first_chunk()?, b.first_chunk()?);
    let end = equal(a.last_chunk()?, b.last_chunk()?);
    Some(start & end)
}

#[cfg(test)]
mod tests {
    use fearless_simd::{Level, dispatch};

    fn begins(bytes: &[u8], text: &[u8]) -> bool {
        dispatch!(Level::new(), simd => super::begins(simd, bytes, text))
    }

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
