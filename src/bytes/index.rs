//! Bitmaps of a window of text: where names end, and where quotes, backslashes and line feeds are.
//!
//! They take one pass over the bytes with vector compares; then the fast scanner jumps from mark to mark
//! instead of looking at every byte. The bit at position `p` describes byte `p` of the window.

use fearless_simd::{
    Bytes as _, Level, Simd, SimdBase, SimdFrom, SimdMask, dispatch, i8x64, u8x16, u8x64,
};

use crate::bytes::scan;
use crate::bytes::work;

/// The longest window in bytes. Its bitmaps and its text stay in the first-level cache together.
pub(crate) const WINDOW: usize = 8 * 1024;

/// Returns how many bytes of whole lines `bytes` begins with, up to a window.
pub(crate) fn whole_lines(bytes: &[u8]) -> usize {
    let window = bytes.get(..WINDOW).unwrap_or(bytes);
    scan::last_line_feed(window).map_or(0, |end| end + 1)
}

/// The bitmaps of one window.
#[derive(Clone)]
pub(crate) struct Index {
    /// Bytes that cannot be part of a label name: not `[a-zA-Z0-9_]`.
    breaks: Bits,
    /// `"`, `\` and line feed.
    quotes: Bits,
    /// How many words of each bitmap the window took.
    words: usize,
}

/// One bit per byte of the window, eight in a byte, the first in the lowest; then as many again and one
/// word more, all set. Reading past the end needs no check, since [`ROOM`] is a power of two and every
/// position is taken modulo it. Bytes instead of words, so that one load gets the marks from any position
/// on.
type Bits = [u8; ROOM + 8];
const ROOM: usize = 2 * WINDOW / 8;

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Index")
    }
}

impl Index {
    pub(crate) fn new() -> Self {
        Index {
            breaks: [u8::MAX; ROOM + 8],
            quotes: [u8::MAX; ROOM + 8],
            words: 0,
        }
    }

    /// Reads the bitmaps of `window`, of which only the first [`WINDOW`] bytes count.
    pub(crate) fn read(&mut self, window: &[u8]) {
        let window = window.get(..WINDOW).unwrap_or(window);
        work::on(window.len());
        let (blocks, rest) = window.as_chunks::<64>();
        let level = Level::new();
        dispatch!(level, simd => self.read_blocks(simd, blocks, rest));
        // Marks that an earlier, longer window left after the end must not count for this one.
        let used = blocks.len() + 1;
        let former = std::mem::replace(&mut self.words, used);
        for bits in [&mut self.breaks, &mut self.quotes] {
            if let Some(left) = bits.get_mut(8 * used..8 * former) {
                left.fill(u8::MAX);
            }
        }
    }

    #[inline(always)]
    fn read_blocks<S: Simd>(&mut self, simd: S, blocks: &[[u8; 64]], rest: &[u8]) {
        let (breaks, quotes) = (self.breaks.as_chunks_mut().0, self.quotes.as_chunks_mut().0);
        let (breaks, breaks_after) = breaks.split_at_mut(blocks.len().min(breaks.len()));
        let (quotes, quotes_after) = quotes.split_at_mut(blocks.len().min(quotes.len()));
        // Three slices of one length are walked with one counter.
        for ((block, breaks), quotes) in blocks.iter().zip(breaks).zip(quotes) {
            (*breaks, *quotes) = marks(simd, block);
        }
        let mut last = [0; 64];
        for (to, from) in last.iter_mut().zip(rest) {
            *to = *from;
        }
        let words = breaks_after.first_mut().zip(quotes_after.first_mut());
        if let Some((breaks, quotes)) = words {
            (*breaks, *quotes) = marks(simd, &last);
        }
    }

    /// Returns the first byte at or after `at` that cannot be part of a label name; if there is none, the
    /// window's end or beyond.
    #[inline(always)]
    pub(crate) fn name_end(&self, at: usize) -> usize {
        next(&self.breaks, at)
    }

    /// Returns the first `"`, `\` or line feed at or after `at`; if there is none, the window's end or
    /// beyond.
    #[inline(always)]
    pub(crate) fn quote(&self, at: usize) -> usize {
        next(&self.quotes, at)
    }
}

#[inline(always)]
fn next(bits: &Bits, at: usize) -> usize {
    // At least 57 marks.
    let ahead = word_at(bits, at / 8) >> (at % 8);
    if ahead != 0 {
        return at + ahead.trailing_zeros() as usize;
    }
    far(bits, at / 8 + 8)
}

/// Returns the eight bytes from `byte` on.
#[inline(always)]
fn word_at(bits: &Bits, byte: usize) -> u64 {
    let byte = byte % ROOM;
    let word = bits.get(byte..byte + 8);
    let word = word.and_then(|word| word.first_chunk());
    word.map_or(u64::MAX, |word| u64::from_le_bytes(*word))
}

/// Continues [`next`] from a whole byte, after a stretch without marks: rare, except in long texts.
#[cold]
#[inline(never)]
fn far(bits: &Bits, mut byte: usize) -> usize {
    while byte < ROOM {
        let marks = word_at(bits, byte);
        if marks != 0 {
            return 8 * byte + marks.trailing_zeros() as usize;
        }
        byte += 8;
    }
    8 * byte
}

/// Returns the marks of 64 bytes: breaks and quotes.
#[inline(always)]
fn marks<S: Simd>(simd: S, block: &[u8; 64]) -> ([u8; 8], [u8; 8]) {
    let bytes = u8x64::simd_from(simd, *block);
    // A byte's class is what the tables have in common for its two halves.
    let table = |table| u8x64::block_splat(u8x16::simd_from(simd, table));
    let lower = table(LOWER).swizzle_dyn_within_blocks(bytes & 0x0f);
    let upper = table(UPPER).swizzle_dyn_within_blocks(bytes >> 4);
    let class: i8x64<S> = (lower & upper).bitcast();
    let quotes = class.simd_gt(NAME).to_bitmask();
    let breaks = class.simd_eq(0).to_bitmask() | quotes;
    (breaks.to_le_bytes(), quotes.to_le_bytes())
}

/// The highest class of bytes that can be part of a label name.
const NAME: i8 = 8;

/// Returns a byte's class, one bit: a class has all bytes whose halves occur in it.
const fn class_of(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => 1,
        b'A'..=b'O' | b'a'..=b'o' => 2,
        b'P'..=b'Z' | b'p'..=b'z' => 4,
        b'_' => 8,
        b'"' => 16,
        b'\\' => 32,
        b'\n' => 64,
        _ => 0,
    }
}

/// The classes in which each value of a byte's lower half occurs, and those of its upper half.
const LOWER: [u8; 16] = classes(true);
const UPPER: [u8; 16] = classes(false);

const fn classes(lower: bool) -> [u8; 16] {
    let mut table = [0; 16];
    let mut rest = table.as_mut_slice();
    let mut half = 0;
    while let Some((classes, after)) = rest.split_first_mut() {
        let mut other = 0;
        while other < 16 {
            *classes |= class_of(match lower {
                true => other << 4 | half,
                false => half << 4 | other,
            });
            other += 1;
        }
        rest = after;
        half += 1;
    }
    table
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
