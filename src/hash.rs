//! A fast hash of bytes, for tables of a body's series.
//!
//! Two words at a time are multiplied to 128 bits, whose halves are folded together. The seeds are
//! drawn for each table, so that no body can be written for its series to collide.

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
    pub(crate) fn hash(&self, bytes: &[u8]) -> u64 {
        let mut state = self.first ^ bytes.len() as u64;
        let mut blocks = bytes.chunks_exact(16);
        for block in &mut blocks {
            state = self.mix(state, block);
        }
        let mut last = [0; 16];
        for (to, from) in last.iter_mut().zip(blocks.remainder()) {
            *to = *from;
        }
        fold(self.mix(state, &last) ^ self.first, self.second)
    }

    fn mix(&self, state: u64, block: &[u8]) -> u64 {
        let word = |bytes: Option<&[u8; 8]>| u64::from_le_bytes(bytes.copied().unwrap_or_default());
        fold(
            word(block.first_chunk()) ^ self.second,
            word(block.last_chunk()) ^ state,
        )
    }
}

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
        for length in 0..70 {
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
        // Zeros at the end count.
        assert_ne!(seeds.hash(b"a"), seeds.hash(b"a\0"));
        assert_ne!(seeds.hash(b"a"), Seeds::default().hash(b"a"));
        assert_eq!(seeds.hash(b"a"), seeds.hash(b"a"));
    }
}
