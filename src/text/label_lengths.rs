//! How long the first labels of a sample are, in a form that stays in registers.

/// The lengths of the names and the values of a sample's first labels, two bytes each.
///
/// This is two words and not a list so that a sample is passed on in registers: the scanner shifts
/// lengths in, the labels' iterator shifts them out. Labels without lengths here, because there are more
/// than [`LabelLengths::MOST`] or one is longer than 255 bytes, are searched in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct LabelLengths {
    low: u64,
    high: u64,
}

impl LabelLengths {
    /// The most labels whose lengths are known.
    pub(crate) const MOST: u32 = 8;

    /// Creates the lengths of the first four labels and of the next four, as in [`packed`](Self::packed).
    #[inline(always)]
    pub(crate) fn new(low: u64, high: u64) -> Self {
        LabelLengths { low, high }
    }

    /// Returns sixteen bits for each label, the first in the lowest: the length of its name, above it
    /// that of its value. Zero if they are not known.
    #[inline(always)]
    pub(crate) fn packed(self) -> u128 {
        u128::from(self.low) | u128::from(self.high) << 64
    }

    /// The lengths of no labels.
    pub(crate) const NONE: LabelLengths = LabelLengths { low: 0, high: 0 };

    /// Returns the lengths of the name and the value of label `number`; zero if they are not known.
    #[inline(always)]
    pub(crate) fn get(self, number: u32) -> (usize, usize) {
        let pair = match number < 4 {
            true => self.low >> (16 * number),
            false => self.high >> (16 * (number % 4)),
        };
        (pair as usize & 0xff, pair as usize >> 8 & 0xff)
    }

    /// Tells whether the lengths of all of the first `count` labels are known.
    #[inline(always)]
    pub(crate) fn are_known(self, count: u32) -> bool {
        const ONES: u64 = 0x0001_0001_0001_0001;
        /// Tells whether one of the first `count` of four pairs is zero.
        #[inline(always)]
        fn lacks(pairs: u64, count: u32) -> bool {
            let pairs = pairs | u64::MAX.checked_shl(16 * count).unwrap_or(0);
            pairs.wrapping_sub(ONES) & !pairs & ONES << 15 != 0
        }
        match count {
            0..=4 => !lacks(self.low, count),
            5..=Self::MOST => !lacks(self.low, 4) && !lacks(self.high, count - 4),
            _ => false,
        }
    }

    /// Returns the lengths of the first `count` labels.
    #[inline(always)]
    pub(crate) fn first(self, count: u32) -> Self {
        match count {
            0..4 => LabelLengths {
                low: self.low & ((1 << (16 * count)) - 1),
                high: 0,
            },
            4..8 => LabelLengths {
                low: self.low,
                high: self.high & ((1 << (16 * (count - 4))) - 1),
            },
            _ => self,
        }
    }

    /// Returns the lengths of all labels but the first.
    #[inline(always)]
    pub(crate) fn without_first(self) -> Self {
        let packed = self.packed() >> 16;
        LabelLengths::new(packed as u64, (packed >> 64) as u64)
    }

    /// Returns one label's lengths; zero if it is too long.
    #[inline(always)]
    pub(crate) fn pair(name: usize, value: usize) -> u16 {
        match (name | value) < 256 {
            true => name as u16 | (value as u16) << 8,
            false => 0,
        }
    }
}
