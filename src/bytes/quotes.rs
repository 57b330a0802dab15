//! Finds quotes that are close together.

use fearless_simd::{Level, Simd, SimdBase, SimdFrom, SimdMask, dispatch, u8x64};

use crate::bytes::work;

/// Calls `found` with the place of each `"` in `bytes`, as long as it returns true.
///
/// For texts with a quote every few bytes, where starting a search costs more than the search.
#[inline(always)]
pub(crate) fn each(bytes: &[u8], found: impl FnMut(usize) -> bool) {
    let level = Level::new();
    dispatch!(level, simd => each_with(simd, bytes, found));
}

#[inline(always)]
fn each_with<S: Simd>(simd: S, bytes: &[u8], mut found: impl FnMut(usize) -> bool) {
    let mut at = 0;
    let (blocks, rest) = bytes.as_chunks();
    for block in blocks {
        if !each_in(simd, block, |place| found(at + place)) {
            return;
        }
        at += block.len();
    }
    let mut last = [0; 64];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    each_in(simd, &last, |place| found(at + place));
}

#[inline(always)]
fn each_in<S: Simd>(simd: S, block: &[u8; 64], mut found: impl FnMut(usize) -> bool) -> bool {
    work::on(block.len());
    let mut quotes = u8x64::simd_from(simd, *block).simd_eq(b'"').to_bitmask();
    while quotes != 0 {
        if !found(quotes.trailing_zeros() as usize) {
            return false;
        }
        quotes &= quotes - 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn quotes_equal_their_naive_twins(
            bytes in proptest::collection::vec(prop::sample::select(b"\"!a\xa2".to_vec()), 0..300),
            most in 0usize..100,
        ) {
            let naive = (0..bytes.len()).filter(|at| bytes[*at] == b'"').take(most + 1);
            let mut places = Vec::new();
            each(&bytes, |at| {
                places.push(at);
                places.len() <= most
            });
            prop_assert_eq!(places, naive.collect::<Vec<_>>());
        }
    }
}
