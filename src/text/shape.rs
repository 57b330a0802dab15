//! Where the parts of a line are: the grammar and the fast scanner record it, and lines use it.

use std::borrow::Cow;
use std::fmt;

use smallvec::SmallVec;

use crate::bytes::work;
use crate::model::metric_type::MetricType;
use crate::model::suffix::Suffixes;
use crate::number::decode::{self, Escapes};
use crate::text::label_lengths::LabelLengths;

/// The bytes of a line: nearly always text, and known to be.
///
/// Prometheus checks label values and HELP texts for UTF-8 but allows other bytes in quoted names,
/// comments and units; only lines that use this freedom are `Bytes`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Text<'a> {
    Str(&'a str),
    Bytes(&'a [u8]),
}

impl<'a> Text<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        work::on(bytes.len());
        match std::str::from_utf8(bytes) {
            Ok(text) => Text::Str(text),
            Err(_) => Text::Bytes(bytes),
        }
    }

    pub(crate) fn as_bytes(self) -> &'a [u8] {
        match self {
            Text::Str(text) => text.as_bytes(),
            Text::Bytes(bytes) => bytes,
        }
    }

    pub(crate) fn bytes(self, piece: Piece) -> &'a [u8] {
        piece.of_bytes(self.as_bytes())
    }

    /// Returns the piece as text; empty if it is not UTF-8, which the grammar has ruled out for the
    /// pieces that this is used for.
    #[inline]
    pub(crate) fn str(self, piece: Piece) -> &'a str {
        match self {
            Text::Str(text) => text.get(piece.range()).unwrap_or_else(no_text),
            Text::Bytes(_) => {
                let bytes = self.bytes(piece);
                work::on(bytes.len());
                std::str::from_utf8(bytes).unwrap_or_default()
            }
        }
    }

    /// Returns the piece as text, other bytes replaced by U+FFFD.
    #[inline]
    pub(crate) fn lossy(self, piece: Piece) -> Cow<'a, str> {
        match self {
            Text::Str(text) => Cow::Borrowed(text.get(piece.range()).unwrap_or_default()),
            Text::Bytes(_) => String::from_utf8_lossy(self.bytes(piece)),
        }
    }

    /// Returns the piece, unescaped if it has escapes, with bytes that are not UTF-8 replaced by U+FFFD.
    // What is not inlined takes and returns other types than this, so that nothing is put into memory for texts
    // without escapes.
    #[inline(always)]
    pub(crate) fn unescaped(self, piece: Piece, escapes: Escapes) -> Cow<'a, str> {
        let text = match self {
            Text::Str(text) => Text::Str(text.get(piece.range()).unwrap_or_else(no_text)),
            Text::Bytes(bytes) => Text::Bytes(piece.of_bytes(bytes)),
        };
        text.unescape(piece.has_escapes(), escapes)
    }

    /// Does the same for all of it.
    #[inline(always)]
    pub(crate) fn unescape(self, has_escapes: bool, escapes: Escapes) -> Cow<'a, str> {
        match self {
            Text::Str(text) if !has_escapes => Cow::Borrowed(text),
            Text::Str(text) => Cow::Owned(decode::unescaped(text, escapes)),
            Text::Bytes(bytes) => match unescaped_bytes(bytes, has_escapes, escapes) {
                Ok(text) => Cow::Borrowed(text),
                Err(text) => Cow::Owned(text),
            },
        }
    }

    /// Tells whether all of it is UTF-8.
    pub(crate) fn is_utf8(self) -> bool {
        match self {
            Text::Str(_) => true,
            Text::Bytes(bytes) => std::str::from_utf8(bytes).is_ok(),
        }
    }

    /// Returns the piece, which may be UTF-8 even if the whole is not.
    pub(crate) fn part(self, piece: Piece) -> Text<'a> {
        match self {
            Text::Str(text) => Text::Str(text.get(piece.range()).unwrap_or_default()),
            Text::Bytes(_) => Text::new(self.bytes(piece)),
        }
    }

    /// Returns what begins at byte `at`.
    #[inline(always)]
    pub(crate) fn from(self, at: usize) -> Text<'a> {
        match self {
            Text::Str(text) => Text::Str(text.get(at..).unwrap_or_else(no_text)),
            Text::Bytes(bytes) => Text::Bytes(bytes.get(at..).unwrap_or_default()),
        }
    }
}

/// Returns an empty text in place of a piece that is out of bounds, which the grammar has ruled out.
// Not inlined, so that the other case is a branch that is not taken, and not a selection of both words.
#[cold]
#[inline(never)]
fn no_text<'a>() -> &'a str {
    ""
}

/// Does what [`Text::unescape`] does. Returns the text as it is written if that is `Ok`.
#[inline(never)]
fn unescaped_bytes(bytes: &[u8], has_escapes: bool, escapes: Escapes) -> Result<&str, String> {
    work::on(bytes.len());
    let text = String::from_utf8_lossy(bytes);
    match (has_escapes, text) {
        (true, text) => Err(decode::unescaped(&text, escapes)),
        (false, Cow::Borrowed(text)) => Ok(text),
        (false, Cow::Owned(text)) => Err(text),
    }
}

/// Where a part of a line is, in bytes from the line's start, and whether it holds a backslash.
///
/// Lines are shorter than 2 GiB (see [`Limits`](crate::Limits)), so the end's highest bit is free for the
/// mark.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Piece {
    start: u32,
    end_and_mark: u32,
}

const ESCAPES: u32 = 1 << 31;

impl Piece {
    #[inline]
    pub(crate) fn new(start: usize, end: usize) -> Self {
        Piece {
            start: start as u32,
            end_and_mark: end as u32,
        }
    }

    /// Creates a piece, marked if `escapes` says that it holds a backslash.
    #[inline]
    pub(crate) fn quoted(start: usize, end: usize, escapes: bool) -> Self {
        Piece {
            start: start as u32,
            end_and_mark: end as u32 | (u32::from(escapes) << 31),
        }
    }

    #[inline]
    pub(crate) fn start(self) -> usize {
        self.start as usize
    }

    #[inline]
    pub(crate) fn end(self) -> usize {
        (self.end_and_mark & !ESCAPES) as usize
    }

    #[inline]
    pub(crate) fn has_escapes(self) -> bool {
        self.end_and_mark & ESCAPES != 0
    }

    /// Returns the piece of `text`.
    #[inline]
    pub(crate) fn of(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or_default()
    }

    /// Returns the piece of `bytes`.
    #[inline]
    pub(crate) fn of_bytes(self, bytes: &[u8]) -> &[u8] {
        bytes.get(self.range()).unwrap_or_default()
    }

    #[inline]
    fn range(self) -> std::ops::Range<usize> {
        self.start()..self.end()
    }
}

impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.has_escapes() { "\\" } else { "" };
        write!(f, "{}..{}{mark}", self.start(), self.end())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct LabelShape {
    pub(crate) name: Piece,
    pub(crate) value: Piece,
}

/// A [`LabelShape`] in half the space, for lines of less than 32 KiB.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct PackedLabel {
    name: PackedPiece,
    value: PackedPiece,
}

impl PackedLabel {
    #[inline]
    pub(crate) fn pack(shape: &LabelShape) -> Option<Self> {
        Some(PackedLabel {
            name: PackedPiece::pack(shape.name)?,
            value: PackedPiece::pack(shape.value)?,
        })
    }

    #[inline]
    pub(crate) fn unpack(self) -> LabelShape {
        LabelShape {
            name: self.name.unpack(),
            value: self.value.unpack(),
        }
    }
}

/// A [`Piece`] in two numbers of sixteen bits: the highest bit of the end is the mark.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct PackedPiece {
    start: u16,
    end_and_mark: u16,
}

const PACKED_ESCAPES: u16 = 1 << 15;

impl PackedPiece {
    #[inline]
    fn pack(piece: Piece) -> Option<Self> {
        if piece.end() >= usize::from(PACKED_ESCAPES) {
            return None;
        }
        Some(PackedPiece {
            start: piece.start as u16,
            end_and_mark: piece.end() as u16 | u16::from(piece.has_escapes()) << 15,
        })
    }

    #[inline]
    fn unpack(self) -> Piece {
        let end = self.end_and_mark & !PACKED_ESCAPES;
        Piece::quoted(
            usize::from(self.start),
            usize::from(end),
            self.end_and_mark & PACKED_ESCAPES != 0,
        )
    }
}

/// The labels of a sample as a list, for code that removes some or sorts them; eight without allocating.
pub(crate) type LabelList = SmallVec<[LabelShape; 8]>;

/// A sample's parts, without the text that holds them: what is needed to find them again.
///
/// Small enough to stay in registers, and without a destructor. What is rarely asked for (the value as
/// written, the timestamp as written, exemplars, labels beyond the first few) is searched in the text,
/// which is known to be a sample's line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SampleShape {
    pub(crate) value: f64,
    /// Zero if [`HAS_TIMESTAMP`](Self::HAS_TIMESTAMP) is not among the flags.
    pub(crate) timestamp: i64,
    pub(crate) lengths: LabelLengths,
    pub(crate) name: Piece,
    /// Where the text after the opening brace begins; meaningless without labels.
    pub(crate) labels_at: u32,
    pub(crate) label_count: u32,
    /// The end of the name or the closing brace.
    pub(crate) series_end: u32,
    pub(crate) value_end: u32,
    /// The first exemplar's opening brace. Zero if there are no exemplars.
    pub(crate) exemplars_at: u32,
    pub(crate) flags: u8,
    /// The type that the last TYPE line before this sample declared, whatever metric it named.
    pub(crate) scope: MetricType,
}

impl SampleShape {
    pub(crate) const HAS_TIMESTAMP: u8 = 1;
    /// There is a backslash in some label's name or value.
    pub(crate) const HAS_ESCAPES: u8 = 2;
    /// The position among the flags of the suffixes that families have in the format of the line.
    const SUFFIXES_AT: u32 = 2;
    const SUFFIXES: u8 = 7 << Self::SUFFIXES_AT;
    /// The value is a composite one, in braces.
    pub(crate) const IS_COMPOSITE: u8 = 1 << 5;
    /// There is a start timestamp after the value and the timestamp.
    pub(crate) const HAS_START_TIMESTAMP: u8 = 1 << 6;
    /// There is more than one exemplar.
    pub(crate) const HAS_FURTHER_EXEMPLARS: u8 = 1 << 7;

    /// Returns the flags of every sample of a format in which families have those suffixes.
    #[inline(always)]
    pub(crate) fn flags_of(suffixes: Suffixes) -> u8 {
        let number = match suffixes {
            Suffixes::Text => 0,
            Suffixes::Lenient => 1,
            Suffixes::OpenMetrics => 2,
            Suffixes::Specification => 3,
            Suffixes::OpenMetrics2 => 4,
        };
        number << Self::SUFFIXES_AT
    }

    /// Returns which suffixes families have in the format of the line.
    #[inline]
    pub(crate) fn suffixes(&self) -> Suffixes {
        match (self.flags & Self::SUFFIXES) >> Self::SUFFIXES_AT {
            1 => Suffixes::Lenient,
            2 => Suffixes::OpenMetrics,
            3 => Suffixes::Specification,
            4 => Suffixes::OpenMetrics2,
            _ => Suffixes::Text,
        }
    }

    #[inline(always)]
    pub(crate) fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    #[inline(always)]
    pub(crate) fn timestamp(&self) -> Option<i64> {
        self.has(Self::HAS_TIMESTAMP).then_some(self.timestamp)
    }
}

impl Default for SampleShape {
    fn default() -> Self {
        SampleShape {
            value: 0.0,
            timestamp: 0,
            lengths: LabelLengths::default(),
            name: Piece::default(),
            labels_at: 0,
            label_count: 0,
            series_end: 0,
            value_end: 0,
            exemplars_at: 0,
            flags: 0,
            scope: MetricType::Unknown,
        }
    }
}

/// Equal if the same parts are in the same places, whether their lengths are known or searched, and
/// whatever format they were read in.
impl PartialEq for SampleShape {
    fn eq(&self, other: &Self) -> bool {
        self.value.to_bits() == other.value.to_bits()
            && self.timestamp() == other.timestamp()
            && self.name == other.name
            && (self.label_count == 0 || self.labels_at == other.labels_at)
            && self.label_count == other.label_count
            && self.series_end == other.series_end
            && self.value_end == other.value_end
            && self.exemplars_at == other.exemplars_at
            && self.flags | Self::SUFFIXES == other.flags | Self::SUFFIXES
            && self.scope == other.scope
    }
}

/// A line's parts, without the text that holds them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum LineShape {
    Sample(SampleShape),
    Other(OtherShape),
}

/// The parts of a line that is not a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum OtherShape {
    Help {
        name: Piece,
        text: Piece,
        escapes: Escapes,
    },
    Type {
        name: Piece,
        kind: MetricType,
    },
    Unit {
        name: Piece,
        unit: Piece,
    },
    Comment {
        text: Piece,
    },
    Eof,
}

impl OtherShape {
    /// Returns the name of the metric that the line is about.
    pub(crate) fn name(&self) -> Option<Piece> {
        match *self {
            OtherShape::Help { name, .. }
            | OtherShape::Type { name, .. }
            | OtherShape::Unit { name, .. } => Some(name),
            OtherShape::Comment { .. } | OtherShape::Eof => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_say_which_suffixes_families_have() {
        for suffixes in Suffixes::ALL {
            let others = SampleShape::HAS_TIMESTAMP | SampleShape::HAS_ESCAPES;
            for flags in [0, others] {
                let shape = SampleShape {
                    flags: SampleShape::flags_of(suffixes) | flags,
                    ..SampleShape::default()
                };
                assert_eq!(shape.suffixes(), suffixes);
                assert_eq!(shape.has(SampleShape::HAS_TIMESTAMP), flags != 0);
                assert_eq!(shape.has(SampleShape::HAS_ESCAPES), flags != 0);
            }
        }
    }
}
