//! A fast hash of bytes, for tables of a body's series.
//!
//! Words are multiplied in pairs to 128 bits, whose halves are folded together. Each table draws its own
//! seeds, so that nobody can write a body whose series collide.

use std::{collections::hash_map::RandomState, hash::BuildHasher};

#[derive(Debug)]
pub(crate) struct Seeds {
    first: u64,
    second: u64,
}

impl Default for Seeds {
    fn default() -> Self {
        let random = RandomState::new();
        Seeds {
            first: random.hash_one(1),
            // Odd, so that it is not zero.
            second: random.hash_one(2) | 1,
        }
    }
}

impl Seeds {
    /// Returns the hash of some bytes.
    #[inline]
    pub(crate) fn hash(&self, bytes: &[u8]) -> u64 {
        // The length is spread over all bits: two lengths that differ by one bit must not look like texts
        // that do. The states differ from what words are combined with; otherwise the two could be
        // swapped.
        let length = (bytes.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut first = self.first ^ length;
        let mut second = self.second.rotate_left(23) ^ length;
        if let Some(end) = bytes.last_chunk::<32>() {
            // Two independent states, which need not wait for each other. The last block overlaps the one
            // before.
            let (blocks, _) = bytes.as_chunks::<32>();
            for block in blocks {
                (first, second) = self.mix_32(first, second, block);
            }
            (first, second) = self.mix_32(first, second, end);
        } else if let (Some(start), Some(end)) = (bytes.first_chunk(), bytes.last_chunk()) {
            first = self.mix(first, start);
            second = self.mix(second, end);
        } else {
            let mut block = [0; 16];
            for (to, from) in block.iter_mut().zip(bytes) {
                *to = *from;
            }
            first = self.mix(first, &block);
        }
        fold(first ^ self.first, second ^ self.second.rotate_left(32))
    }

    /// Returns the hash of some bytes after others, whose hash is given.
    #[inline]
    pub(crate) fn join(&self, before: u64, bytes: &[u8]) -> u64 {
        fold(before ^ self.second, self.hash(bytes) ^ self.first)
    }

    #[inline(always)]
    fn mix_32(&self, first: u64, second: u64, block: &[u8; 32]) -> (u64, u64) {
        let [a, b, c, d] = words(block);
        (
            fold(a ^ self.second, b ^ first),
            fold(c ^ self.first, d ^ second),
        )
    }

    #[inline]
    fn mix(&self, state: u64, block: &[u8; 16]) -> u64 {
        let word = |bytes: Option<&[u8; 8]>| u64::from_le_bytes(bytes.copied().unwrap_or_default());
        fold(
            word(block.first_chunk()) ^ self.second,
            word(block.last_chunk()) ^ state,
        )
    }
}

#[inline]
fn words(block: &[u8; 32]) -> [u64; 4] {
    let mut words = [0; 4];
    let (bytes, _) = block.as_chunks::<8>();
    for (word, bytes) in words.iter_mut().zip(bytes) {
        *word = u64::from_le_bytes(*bytes);
    }
    words
}

#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn texts_that_differ_a_little_hash_apart() {
        let seeds = Seeds::default();
        let mut hashes = HashSet::new();
        let mut texts = 0;
        for length in 0..140 {
            let text = vec![b'a'; length];
            texts += 1;
            hashes.insert(seeds.hash(&text));
            for at in 0..length {
                let mut text = text.clone();
                text[at] = b'b';
                texts += 1;
                hashes.insert(seeds.hash(&text));
            }
        }
        assert_eq!(hashes.len(), texts);
        // Zeros at the end matter.
        assert_ne!(seeds.hash(b"a"), seeds.hash(b"a\0"));
        assert_ne!(seeds.hash(b"a"), Seeds::default().hash(b"a"));
        assert_eq!(seeds.hash(b"a"), seeds.hash(b"a"));
    }
}
