//! Bitmaps of a window of text: where names end, and where quotes, backslashes and line feeds stand.
//!
//! One pass over the bytes with vector compares; after it the fast scanner jumps from mark to mark
//! instead of looking at every byte. A bit at position `p` speaks of byte `p` of the window.

use fearless_simd::{Level, Simd, SimdBase, SimdFrom, SimdMask, dispatch, u8x64};

use crate::work;

/// The longest window in bytes. Its bitmaps and its text stay in the first-level cache together.
pub(crate) const WINDOW: usize = 8 * 1024;

const WORDS: usize = WINDOW / 64;

/// The bitmaps of one window.
#[derive(Clone)]
pub(crate) struct Index {
    /// Bytes that are no part of a label name: not `[a-zA-Z0-9_]`.
    breaks: Bits,
    /// `"`, `\` and line feed.
    quotes: Bits,
    /// How many words of each the window took.
    words: usize,
}

/// One bit per byte, and as many words again, all set: looking over the end needs no check, for
/// [`ROOM`] is a power of two and every position is taken modulo it.
type Bits = [u64; ROOM];
const ROOM: usize = 2 * WORDS;

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Index")
    }
}

impl Index {
    pub(crate) fn new() -> Self {
        Index {
            breaks: [u64::MAX; ROOM],
            quotes: [u64::MAX; ROOM],
            words: 0,
        }
    }

    /// Reads the bitmaps of `window`, of which the first [`WINDOW`] bytes count.
    pub(crate) fn read(&mut self, window: &[u8]) {
        let window = window.get(..WINDOW).unwrap_or(window);
        work::on(window.len());
        let (blocks, rest) = window.as_chunks::<64>();
        let level = Level::new();
        dispatch!(level, simd => self.read_blocks(simd, blocks, rest));
        // What an earlier, longer window marked behind the end must not be taken for this one's.
        let used = blocks.len() + 1;
        let words = self.breaks.iter_mut().zip(&mut self.quotes);
        for (breaks, quotes) in words.take(self.words).skip(used) {
            (*breaks, *quotes) = (u64::MAX, u64::MAX);
        }
        self.words = used;
    }

    #[inline(always)]
    fn read_blocks<S: Simd>(&mut self, simd: S, blocks: &[[u8; 64]], rest: &[u8]) {
        let mut words = self.breaks.iter_mut().zip(&mut self.quotes);
        for (block, (breaks, quotes)) in blocks.iter().zip(&mut words) {
            (*breaks, *quotes) = marks(simd, block);
        }
        let mut last = [0; 64];
        for (to, from) in last.iter_mut().zip(rest) {
            *to = *from;
        }
        if let Some((breaks, quotes)) = words.next() {
            (*breaks, *quotes) = marks(simd, &last);
        }
    }

    /// The first byte at or behind `at` that is no part of a label name; the window's end or beyond
    /// where there is none.
    #[inline(always)]
    pub(crate) fn name_end(&self, at: usize) -> usize {
        next(&self.breaks, at)
    }

    /// The first `"`, `\` or line feed at or behind `at`; the window's end or beyond where there is
    /// none.
    #[inline(always)]
    pub(crate) fn quote(&self, at: usize) -> usize {
        next(&self.quotes, at)
    }
}

#[inline(always)]
fn next(bits: &Bits, at: usize) -> usize {
    let word = at / 64;
    let shift = at % 64;
    // The 64 bits from `at` on.
    let ahead = (at_word(bits, word) >> shift) | ((at_word(bits, word + 1) << 1) << (63 - shift));
    if ahead != 0 {
        return at + ahead.trailing_zeros() as usize;
    }
    far(bits, at + 64)
}

#[inline(always)]
fn at_word(bits: &Bits, word: usize) -> u64 {
    bits.get(word % ROOM).copied().unwrap_or(u64::MAX)
}

/// [`next`] behind 64 bytes without a mark: rare, but for long texts.
#[cold]
#[inline(never)]
fn far(bits: &Bits, from: usize) -> usize {
    let word = from / 64;
    let rest = at_word(bits, word) & (u64::MAX << (from % 64));
    let words = bits.iter().copied().enumerate().skip(word + 1);
    for (word, marks) in std::iter::once((word, rest)).chain(words) {
        if marks != 0 {
            return word * 64 + marks.trailing_zeros() as usize;
        }
    }
    WINDOW.max(from)
}

/// The marks of 64 bytes: breaks and quotes.
#[inline(always)]
fn marks<S: Simd>(simd: S, block: &[u8; 64]) -> (u64, u64) {
    let bytes = u8x64::simd_from(simd, *block);
    let letters = ((bytes | 0x20) - b'a').simd_le(25);
    let digits = (bytes - b'0').simd_le(9);
    let name = letters | digits | bytes.simd_eq(b'_');
    let quote = bytes.simd_eq(b'"') | bytes.simd_eq(b'\\') | bytes.simd_eq(b'\n');
    (!name.to_bitmask(), quote.to_bitmask())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn naive(bytes: &[u8], at: usize, class: impl Fn(u8) -> bool) -> Option<usize> {
        (at..bytes.len()).find(|&p| class(bytes[p]))
    }

    proptest! {
        #[test]
        fn marks_equal_their_naive_twins(
            unit in proptest::collection::vec(prop_oneof![
                8 => prop::sample::select(b"abzAZ019_:@[`{/".to_vec()),
                1 => Just(b'"'),
                1 => any::<u8>(),
            ], 1..200),
            times in 1usize..60,
            at in 0usize..9000,
        ) {
            let mut bytes = unit.repeat(times);
            bytes.truncate(WINDOW);
            let mut index = Index::new();
            index.read(b"\"\n\"\n\"\n");
            index.read(&bytes);
            let name = |b: u8| !(b.is_ascii_alphanumeric() || b == b'_');
            let quote = |b: u8| matches!(b, b'"' | b'\\' | b'\n');
            for (got, want) in [
                (index.name_end(at), naive(&bytes, at, name)),
                (index.quote(at), naive(&bytes, at, quote)),
            ] {
                match want {
                    Some(want) => prop_assert_eq!(got, want),
                    None => prop_assert!(got >= bytes.len().max(at)),
                }
            }
        }
    }
}
