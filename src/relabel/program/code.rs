//! The instructions of a program.

use crate::relabel::golang::Bytes;

/// An instruction. The kind is a byte of its own, so that one load tells it.
#[derive(Debug, Clone)]
#[repr(u8)]
pub(super) enum Op {
    Byte(u8),
    /// This text.
    Text(Box<str>),
    /// One of these texts, of which none begins another.
    OneOf {
        texts: Vec<Box<str>>,
        /// The group that is just this, if that is always so. None is group 0.
        group: usize,
    },
    /// One character of the set.
    One {
        set: Table<1>,
        bytes: Bytes,
    },
    Run(Run),
    /// Records the place as an end of a group.
    Mark {
        mark: usize,
        /// Whether it is not in an option, loop or alternative, so that the last place it recorded always
        /// holds.
        always: bool,
    },
    Split(Split),
    Jump(usize),
    /// The end of the value.
    End,
}

/// Goes on with the next instruction or, if that fails, with another one; or the reverse.
#[derive(Debug, Clone)]
pub(super) struct Split {
    pub(super) other: usize,
    pub(super) other_first: bool,
    /// What the next instruction may begin with, and what the other one may.
    pub(super) ways: Table<2>,
}

/// As many characters of a set as possible, or as few.
#[derive(Debug, Clone)]
pub(super) struct Run {
    /// The set.
    pub(super) bytes: Bytes,
    /// Whether all characters are in the set.
    pub(super) any: bool,
    /// What is in the set, and what may follow.
    pub(super) table: Table<2>,
    pub(super) min: u32,
    pub(super) max: Option<u32>,
    pub(super) greedy: bool,
    /// The group that is just this run, if that is always so. None is group 0.
    pub(super) group: usize,
    /// Whether only the end follows, so that the run must reach it.
    pub(super) last: bool,
    /// The byte that must follow, if it is always the same.
    pub(super) next_byte: Option<u8>,
    /// Whether nothing that may follow is in the set, so that nothing can be given back.
    pub(super) possessive: bool,
    /// Whether it has as many characters as there are, from none or one on.
    pub(super) is_plain: bool,
    /// Whether there also is nothing to give back, so that it just ends where the set does.
    pub(super) is_sure: bool,
    /// Whether the next instruction is the byte that must follow, so that what fits is past it too.
    pub(super) takes_next: bool,
}

/// What a run of the program found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Outcome {
    Match,
    NoMatch,
    /// It gave up.
    TooLong,
}

/// What the rest of a value may begin with where it matches from some instruction on. It may hold more than that.
#[derive(Debug, Clone, Copy)]
pub(super) struct First {
    pub(super) bytes: Bytes,
    /// Whether the value may end there.
    pub(super) end: bool,
}

impl First {
    pub(super) const END: First = First {
        bytes: Bytes::NONE,
        end: true,
    };

    pub(super) fn of(bytes: Bytes) -> First {
        First { bytes, end: false }
    }

    pub(super) fn or(self, other: First) -> First {
        First {
            bytes: self.bytes.or(other.bytes),
            end: self.end || other.end,
        }
    }
}

/// Tells which of `N` ways to go on a byte allows: the first is bit 0.
#[derive(Debug, Clone)]
pub(super) struct Table<const N: usize> {
    ways: Box<[u8; 256]>,
    /// Those that the end of the value allows.
    end: u8,
}

impl<const N: usize> Table<N> {
    pub(super) fn new(ways: [First; N]) -> Self {
        let mut table = Table {
            ways: Box::new([0; 256]),
            end: 0,
        };
        for (index, way) in ways.iter().enumerate() {
            for (bits, is) in table.ways.iter_mut().zip(way.bytes.table()) {
                *bits |= u8::from(is) << index;
            }
            table.end |= u8::from(way.end) << index;
        }
        table
    }

    /// Returns the ways that a byte allows.
    #[inline]
    pub(super) fn of(&self, byte: u8) -> u8 {
        (self.ways.get(usize::from(byte)).copied()).unwrap_or_default()
    }

    /// Returns the ways that a place allows.
    #[inline]
    pub(super) fn at(&self, text: &[u8], at: usize) -> u8 {
        (text.get(at)).map_or(self.end, |byte| self.of(*byte))
    }

    /// Tells whether a byte allows the first way.
    #[inline]
    pub(super) fn has(&self, byte: u8) -> bool {
        self.of(byte) & 1 != 0
    }
}
