//! Character classes: read as in Go, and written for Rust's regex.

use std::fmt::Write;

use super::case;

/// The highest code point, including surrogates, because Go's classes are ranges of numbers.
pub(super) const MAX: u32 = char::MAX as u32;

/// A class in brackets, or one written with a backslash.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in super::super) struct Class {
    pub(super) items: Vec<Item>,
    pub(super) negated: bool,
    /// Whether letters stand for both cases.
    pub(super) fold: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// Code points from the first to the second.
    Range(u32, u32),
    /// A set of ASCII characters, one bit each: `\d`, `[:alpha:]`.
    Ascii { set: u128, negated: bool },
    /// A Unicode category or script.
    Unicode { table: Table, negated: bool },
}

/// A set of characters that has all or none of those outside ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Bytes {
    ascii: u128,
    wide: bool,
}

impl Bytes {
    pub(in super::super) const ANY: Bytes = Bytes {
        ascii: u128::MAX,
        wide: true,
    };
    pub(in super::super) const ANY_BUT_LINE_FEED: Bytes = Bytes {
        ascii: !(1 << b'\n'),
        wide: true,
    };

    pub(in super::super) const NONE: Bytes = Bytes {
        ascii: 0,
        wide: false,
    };

    /// Returns the smallest set with a character in it.
    pub(in super::super) fn around(c: char) -> Bytes {
        match u32::from(c) {
            bit @ ..128 => Bytes {
                ascii: 1 << bit,
                wide: false,
            },
            _ => Bytes {
                ascii: 0,
                wide: true,
            },
        }
    }

    pub(in super::super) fn or(self, other: Bytes) -> Bytes {
        Bytes {
            ascii: self.ascii | other.ascii,
            wide: self.wide || other.wide,
        }
    }

    /// Tells whether some character is in both sets.
    pub(in super::super) fn overlaps(self, other: Bytes) -> bool {
        self.ascii & other.ascii != 0 || self.wide && other.wide
    }

    /// Returns the only character, if it is one of ASCII.
    pub(in super::super) fn single(self) -> Option<u8> {
        let is_one = self.ascii.count_ones() == 1 && !self.wide;
        let bit = self.ascii.trailing_zeros();
        is_one.then_some(bit).and_then(|bit| u8::try_from(bit).ok())
    }

    /// Returns the set of one character, or of both its cases.
    pub(in super::super) fn of_char(c: char, fold: bool) -> Option<Bytes> {
        Class::of(Item::Range(c.into(), c.into()), fold).bytes()
    }

    /// Returns for every byte whether a character that starts (or continues) with it is in the set.
    pub(in super::super) fn table(self) -> [bool; 256] {
        std::array::from_fn(|byte| match byte {
            0..128 => self.ascii >> byte & 1 == 1,
            _ => self.wide,
        })
    }
}

/// Returns a set of ASCII ranges as bits.
pub(super) const fn ascii(ranges: &[(u8, u8)]) -> u128 {
    let mut set = 0;
    let mut rest = ranges;
    while let Some((&(low, high), tail)) = rest.split_first() {
        let width = (high - low + 1) as u32;
        set |= (u128::MAX >> (128 - width)) << low;
        rest = tail;
    }
    set
}

/// The letters that fold to a letter outside ASCII: the Kelvin sign and the long s.
const FOLD_OUT: u128 = ascii(&[(b'K', b'K'), (b'k', b'k'), (b'S', b'S'), (b's', b's')]);
const UPPER: u128 = ascii(&[(b'A', b'Z')]);
const LOWER: u128 = ascii(&[(b'a', b'z')]);

const fn fold_ascii(set: u128) -> u128 {
    set | (set & UPPER) << 32 | (set & LOWER) >> 32
}

impl Class {
    pub(super) fn of(item: Item, fold: bool) -> Class {
        Class {
            items: vec![item],
            negated: false,
            fold,
        }
    }

    /// Returns the class as a set over bytes, if it has all or none of the characters outside ASCII.
    pub(in super::super) fn bytes(&self) -> Option<Bytes> {
        let (mut ascii, mut wide) = (0, false);
        for item in &self.items {
            match *item {
                Item::Range(low, high) => {
                    let bits = (low.min(128)..(high + 1).min(128)).map(|bit| 1u128 << bit);
                    ascii |= bits.fold(0, |set, bit| set | bit);
                    match (low, high) {
                        (_, ..128) => {}
                        (..=128, MAX) => wide = true,
                        _ => return None,
                    }
                }
                Item::Ascii {
                    set,
                    negated: false,
                } => ascii |= set,
                Item::Ascii { set, negated: true } => {
                    let set = if self.fold { fold_ascii(set) } else { set };
                    if self.fold && set & FOLD_OUT != 0 {
                        return None;
                    }
                    ascii |= !set;
                    wide = true;
                }
                Item::Unicode { .. } => return None,
            }
        }
        if self.fold {
            ascii = fold_ascii(ascii);
            match wide {
                true => ascii |= FOLD_OUT,
                false if ascii & FOLD_OUT != 0 => return None,
                false => {}
            }
        }
        Some(match self.negated {
            true => Bytes {
                ascii: !ascii,
                wide: !wide,
            },
            false => Bytes { ascii, wide },
        })
    }

    /// Writes the class for Rust's regex.
    pub(super) fn emit(&self, out: &mut String) {
        let only_ascii = self.items.iter().all(|item| match item {
            Item::Range(_, high) => *high < 128,
            Item::Ascii { .. } => true,
            Item::Unicode { .. } => false,
        });
        match (self.fold, only_ascii) {
            (false, _) => self.emit_brackets(out),
            (true, true) => {
                out.push_str("(?i:");
                self.emit_brackets(out);
                out.push(')');
            }
            // The engine folds by a later Unicode than Go. What differs is left out, and added back unfolded;
            // without these, both fold alike.
            (true, false) => {
                out.push_str("(?:(?i:[");
                self.emit_brackets(out);
                out.push_str("--");
                emit_differing(out);
                out.push_str("])|[");
                self.emit_brackets(out);
                out.push_str("&&");
                emit_differing(out);
                out.push_str("])");
            }
        }
    }

    fn emit_brackets(&self, out: &mut String) {
        let mut items = String::new();
        self.items.iter().for_each(|item| item.emit(&mut items));
        emit_set(&items, self.negated, out);
    }
}

/// Every character, in brackets.
const ALL: &str = "\\x{0}-\\x{10FFFF}";

/// Writes the contents of brackets; Rust does not have empty ones.
fn emit_set(items: &str, negated: bool, out: &mut String) {
    let (open, items) = match (negated, items) {
        (false, "") => ("[^", ALL),
        (true, "") => ("[", ALL),
        (false, items) => ("[", items),
        (true, items) => ("[^", items),
    };
    let _ = write!(out, "{open}{items}]");
}

/// Tells whether the engine folds `c` to other characters than Go does.
pub(super) fn folds_differently(c: char) -> bool {
    (case::NEWER.iter().chain(case::FOLDED_SINCE)).any(|&(low, high)| (low..=high).contains(&c))
}

fn emit_differing(out: &mut String) {
    out.push('[');
    for &(low, high) in case::NEWER.iter().chain(case::FOLDED_SINCE) {
        emit_range(low as u32, high as u32, out);
    }
    out.push(']');
}

/// Writes a range in brackets. Surrogates are left out, because no text has them.
fn emit_range(low: u32, high: u32, out: &mut String) {
    if low < 0xD800 {
        let _ = write!(out, "\\x{{{low:X}}}-\\x{{{:X}}}", high.min(0xD7FF));
    }
    if high > 0xDFFF {
        let _ = write!(out, "\\x{{{:X}}}-\\x{{{high:X}}}", low.max(0xE000));
    }
}

impl Item {
    fn emit(&self, out: &mut String) {
        match self {
            Item::Range(low, high) => emit_range(*low, *high, out),
            Item::Ascii { set, negated } => {
                let mut items = String::new();
                for byte in (0..128).filter(|bit| set >> bit & 1 == 1) {
                    let _ = write!(items, "\\x{byte:02X}");
                }
                emit_set(&items, *negated, out);
            }
            Item::Unicode { table, negated } => {
                let mut items = String::new();
                table.emit(&mut items);
                emit_set(&items, *negated, out);
            }
        }
    }
}

/// A Unicode category or script, as it was in Unicode 15.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    /// A general category by its short name.
    Category(&'static str),
    /// Characters that 15.0 had assigned.
    Assigned,
    /// A script by its name.
    Script(&'static str),
}

impl Table {
    /// Writes the set in brackets. `Age` holds the characters that a version of Unicode has assigned, so
    /// later characters are neither letters nor anything else.
    fn emit(self, out: &mut String) {
        let _ = match self {
            // Changed in Unicode 16.0.
            Table::Category("Mn") => write!(out, "[\\p{{Mn}}\\x{{1171E}}]&&\\p{{Age=15.0}}"),
            Table::Category("Mc") => write!(out, "[\\p{{Mc}}--\\x{{1171E}}]&&\\p{{Age=15.0}}"),
            // No text has surrogates.
            Table::Category("Cs") => write!(out, "[^\\x{{0}}-\\x{{10FFFF}}]"),
            Table::Category(name @ ("C" | "Cn")) => {
                write!(out, "\\p{{gc={name}}}\\P{{Age=15.0}}")
            }
            Table::Category(name) => write!(out, "\\p{{gc={name}}}&&\\p{{Age=15.0}}"),
            Table::Assigned => write!(out, "\\P{{gc=Cn}}&&\\p{{Age=15.0}}"),
            Table::Script(name) => write!(out, "\\p{{sc={name}}}&&\\p{{Age=15.0}}"),
        };
    }
}
