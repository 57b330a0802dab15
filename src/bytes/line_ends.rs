//! Finds where lines end, many at a time.

use fearless_simd::{Level, Simd, SimdBase, SimdFrom, SimdMask, dispatch, u8x64};

use crate::bytes::work;

/// How many blocks of 64 bytes are looked at together.
const BLOCKS: usize = 16;

/// How many at first: a caller may need only one line.
const FIRST_BLOCKS: usize = 4;

/// The places of the line feeds in some bytes.
#[derive(Debug)]
pub(crate) struct LineEnds<'b> {
    /// The bytes not looked at yet.
    rest: &'b [u8],
    level: Level,
    /// A bit for each line feed of the last blocks looked at.
    marks: [u64; BLOCKS],
    /// How many of the marks were looked at, and how many there are.
    word: usize,
    words: usize,
    /// The rest of the current word, and where its first byte is.
    bits: u64,
    base: usize,
    /// Where the rest begins.
    after: usize,
}

impl<'b> LineEnds<'b> {
    #[inline]
    pub(crate) fn of(bytes: &'b [u8]) -> Self {
        LineEnds {
            rest: bytes,
            level: Level::new(),
            marks: [0; BLOCKS],
            word: 0,
            words: 0,
            bits: 0,
            base: 0,
            after: 0,
        }
    }

    /// Looks at more blocks; returns false at the end.
    #[inline(never)]
    fn look(&mut self) -> bool {
        let blocks = match self.after {
            0 => FIRST_BLOCKS,
            _ => BLOCKS,
        };
        let (now, rest) = self
            .rest
            .split_at_checked(64 * blocks)
            .unwrap_or((self.rest, &[]));
        work::on(now.len());
        let level = self.level;
        dispatch!(level, simd => mark(simd, now, &mut self.marks));
        self.rest = rest;
        self.word = 0;
        self.words = now.len().div_ceil(64);
        self.base = self.after.wrapping_sub(64);
        self.after += now.len();
        !now.is_empty()
    }
}

impl Iterator for LineEnds<'_> {
    type Item = usize;

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        while self.bits == 0 {
            if self.word == self.words && !self.look() {
                return None;
            }
            self.bits = self.marks.get(self.word).copied().unwrap_or_default();
            self.word += 1;
            self.base = self.base.wrapping_add(64);
        }
        let at = self.base + self.bits.trailing_zeros() as usize;
        self.bits &= self.bits - 1;
        Some(at)
    }
}

#[inline(always)]
fn mark<S: Simd>(simd: S, bytes: &[u8], marks: &mut [u64; BLOCKS]) {
    let (blocks, rest) = bytes.as_chunks::<64>();
    let mut marks = marks.iter_mut();
    for (block, mark) in blocks.iter().zip(&mut marks) {
        *mark = line_feeds(simd, block);
    }
    if let (false, Some(mark)) = (rest.is_empty(), marks.next()) {
        let mut last = [0; 64];
        for (to, from) in last.iter_mut().zip(rest) {
            *to = *from;
        }
        *mark = line_feeds(simd, &last);
    }
}

#[inline(always)]
fn line_feeds<S: Simd>(simd: S, block: &[u8; 64]) -> u64 {
    u8x64::simd_from(simd, *block).simd_eq(b'\n').to_bitmask()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn line_ends_are_those_found_one_by_one(
            bytes in prop::collection::vec(prop_oneof![4 => Just(b'\n'), 40 => Just(b'a'), 1 => any::<u8>()], 0..4000),
        ) {
            let found: Vec<usize> = LineEnds::of(&bytes).collect();
            let expected: Vec<usize> = (0..bytes.len()).filter(|&at| bytes[at] == b'\n').collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn blocks_are_looked_at_to_their_ends() {
        for len in (0..70).chain(250..260).chain(1275..1290) {
            let bytes = vec![b'\n'; len];
            assert!(LineEnds::of(&bytes).eq(0..len), "{len}");
        }
    }
}
