//! Compares texts 64 bytes at a time.

use fearless_simd::{Simd, SimdBase, SimdFrom, SimdMask, u8x16, u8x32, u8x64};

use crate::bytes::work;

/// Returns how many bytes at the start of two texts are the same, at most `most`.
#[inline(always)]
pub(super) fn common<S: Simd>(simd: S, a: &[u8], b: &[u8], most: usize) -> usize {
    let a = a.get(..most).unwrap_or(a);
    let b = b.get(..most).unwrap_or(b);
    let (blocks, _) = a.as_chunks::<64>();
    let (others, _) = b.as_chunks::<64>();
    let mut at = 0;
    for (block, other) in blocks.iter().zip(others) {
        work::on(64);
        let equal = u8x64::simd_from(simd, *block).simd_eq(u8x64::simd_from(simd, *other));
        let equal = equal.to_bitmask();
        if equal != u64::MAX {
            return at + equal.trailing_ones() as usize;
        }
        at += 64;
    }
    if at == most {
        return at;
    }
    at + common_rest(
        a.get(at..).unwrap_or_default(),
        b.get(at..).unwrap_or_default(),
    )
}

/// Does the same, eight bytes at a time.
#[inline(never)]
fn common_rest(a: &[u8], b: &[u8]) -> usize {
    work::on(a.len().min(b.len()));
    let (words, _) = a.as_chunks::<8>();
    let (others, _) = b.as_chunks::<8>();
    let mut at = 0;
    for (word, other) in words.iter().zip(others) {
        let differ = u64::from_le_bytes(*word) ^ u64::from_le_bytes(*other);
        if differ != 0 {
            return at + differ.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let rest = a.iter().zip(b).skip(at);
    at + rest.take_while(|(a, b)| a == b).count()
}

/// Tells whether two texts of the same length are the same.
///
/// The C library's comparison, which `==` calls, takes several times as long on some processors.
#[inline(always)]
pub(super) fn equal<S: Simd>(simd: S, a: &[u8], b: &[u8]) -> bool {
    work::on(a.len().min(128));
    // The last block overlaps the one before, and texts of more than two blocks are rare.
    let Some(ends) = same_ends(a, b, |a, b| equal_64(simd, a, b)) else {
        return short(simd, a, b);
    };
    ends && (a.len() <= 128 || middle(simd, a, b))
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

    fn common(a: &[u8], b: &[u8], most: usize) -> usize {
        dispatch!(Level::new(), simd => super::common(simd, a, b, most))
    }

    /// Texts of up to 200 bytes that differ in at most one.
    #[test]
    fn it_is_that_of_bytes_one_by_one() {
        let text: Vec<u8> = (0..210).collect();
        for from in 0..3 {
            for len in (0..200).filter(|len| len % 7 < 3) {
                let a = &text[from..from + len];
                for changed in 0..=len {
                    let mut b = a.to_vec();
                    if let Some(byte) = b.get_mut(changed) {
                        *byte ^= 0x80;
                    }
                    assert_eq!(common(a, &b, 1000), changed);
                    assert_eq!(common(&b, &text[from..], 1000), changed);
                    for most in [0, 1, 64, 100, 128] {
                        assert_eq!(common(a, &b, most), changed.min(most));
                    }
                }
            }
        }
    }

    fn equal(a: &[u8], b: &[u8]) -> bool {
        dispatch!(Level::new(), simd => super::equal(simd, a, b))
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
                    assert_eq!(equal(a, &b), changed == len);
                }
            }
        }
    }
}
