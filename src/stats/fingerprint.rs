//! What series are told apart by: sums of keyed hashes.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, BuildHasherDefault, Hash, Hasher, RandomState};
use std::sync::OnceLock;

use crate::bytes::by_hash::AsItIs;

/// 128 bits that stand for a metric's name, a label with its value, or the sum of these: a series.
///
/// Each text has bits of its own, from a hash whose key is drawn at random when the process first needs it. A
/// sum does not depend on the order, and a label is taken out of a series by subtracting it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Fingerprint(u128);

/// A table by fingerprints.
pub(super) type ByFingerprint<T> = HashMap<Key, T, BuildHasherDefault<AsItIs>>;

/// A fingerprint in a table, where its alignment would cost memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key([u64; 2]);

impl Hash for Key {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        let [low, _] = self.0;
        state.write_u64(low);
    }
}

impl Fingerprint {
    #[inline]
    pub(super) fn plus(self, other: Fingerprint) -> Self {
        Fingerprint(self.0.wrapping_add(other.0))
    }

    #[inline]
    pub(super) fn minus(self, other: Fingerprint) -> Self {
        Fingerprint(self.0.wrapping_sub(other.0))
    }

    #[inline]
    pub(super) fn key(self) -> Key {
        Key([self.0 as u64, (self.0 >> 64) as u64])
    }
}

impl Key {
    #[inline]
    pub(super) fn fingerprint(self) -> Fingerprint {
        let [low, high] = self.0;
        Fingerprint(u128::from(low) | u128::from(high) << 64)
    }
}

impl Fingerprint {
    /// Returns that of a metric's name.
    pub(super) fn of_name(name: &str) -> Self {
        hash(&[&[NAME], name.as_bytes()])
    }

    /// Returns that of a label with its value.
    pub(super) fn of_label(name: &str, value: &str) -> Self {
        hash(&[&[LABEL], name.as_bytes(), &[END], value.as_bytes()])
    }
}

fn hash(parts: &[&[u8]]) -> Fingerprint {
    // One key for all collections, so that they can be compared and added without a look at texts.
    static KEYS: OnceLock<[RandomState; 2]> = OnceLock::new();
    let keys = KEYS.get_or_init(Default::default);
    let halves = keys.each_ref().map(|key| {
        let mut state = key.build_hasher();
        parts.iter().for_each(|part| state.write(part));
        state.finish()
    });
    Key(halves).fingerprint()
}

const NAME: u8 = 1;
const LABEL: u8 = 2;
/// A byte that no text has.
const END: u8 = 0xff;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_have_no_order_and_labels_can_be_taken_out() {
        let name = Fingerprint::of_name("a");
        let [x, y] = ["x", "y"].map(|label| Fingerprint::of_label(label, "1"));
        assert_ne!(x, y);
        assert_ne!(name, Fingerprint::of_label("", "a"));
        assert_ne!(
            Fingerprint::of_label("xy", "z"),
            Fingerprint::of_label("x", "yz")
        );
        let series = name.plus(x).plus(y);
        assert_eq!(series, y.plus(name).plus(x));
        assert_eq!(series.minus(x), name.plus(y));
        assert_eq!(series.key().fingerprint(), series);
    }
}
