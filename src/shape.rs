//! Where the parts of a line lie: what the grammar and the fast scanner make, and lines hand out.

use std::borrow::Cow;
use std::fmt;

use smallvec::SmallVec;

use crate::decode::{self, Escapes};
use crate::metric_type::MetricType;

/// Labels held without allocating: a sample with more spills to the heap.
const INLINE_LABELS: usize = 8;

/// The bytes of a line: nearly always text, and known to be.
///
/// Prometheus checks label values and HELP texts for UTF-8 but lets other bytes pass in quoted names,
/// comments and units; only lines that use this freedom are `Bytes`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Text<'a> {
    Str(&'a str),
    Bytes(&'a [u8]),
}

impl<'a> Text<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
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
        self.as_bytes().get(piece.range()).unwrap_or_default()
    }

    /// The piece as text; empty where it is not UTF-8, which the grammar has ruled out for the
    /// pieces this is asked of.
    #[inline]
    pub(crate) fn str(self, piece: Piece) -> &'a str {
        match self {
            Text::Str(text) => text.get(piece.range()).unwrap_or_default(),
            Text::Bytes(_) => std::str::from_utf8(self.bytes(piece)).unwrap_or_default(),
        }
    }

    /// The piece as text, other bytes replaced by U+FFFD.
    #[inline]
    pub(crate) fn lossy(self, piece: Piece) -> Cow<'a, str> {
        match self {
            Text::Str(text) => Cow::Borrowed(text.get(piece.range()).unwrap_or_default()),
            Text::Bytes(_) => String::from_utf8_lossy(self.bytes(piece)),
        }
    }

    #[inline(always)]
    pub(crate) fn unescaped(self, piece: Piece, escapes: Escapes) -> Cow<'a, str> {
        match self {
            Text::Str(text) if !piece.has_escapes() => {
                Cow::Borrowed(text.get(piece.range()).unwrap_or_default())
            }
            text => text.unescape(piece, escapes),
        }
    }

    #[inline(never)]
    fn unescape(self, piece: Piece, escapes: Escapes) -> Cow<'a, str> {
        let text = self.lossy(piece);
        if !piece.has_escapes() {
            return text;
        }
        match text {
            Cow::Borrowed(text) => decode::unescape(text, escapes),
            Cow::Owned(text) => Cow::Owned(decode::unescape(&text, escapes).into_owned()),
        }
    }

    pub(crate) fn is_utf8(self, piece: Piece) -> bool {
        match self {
            Text::Str(_) => true,
            Text::Bytes(_) => std::str::from_utf8(self.bytes(piece)).is_ok(),
        }
    }
}

/// Where a part of a line lies, in bytes from the line's start, and whether it holds a backslash.
///
/// Lines are shorter than 2 GiB (see [`Limits`](crate::Limits)), so the end's highest bit is free to
/// be the mark.
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

    /// A piece that holds a backslash, if `escapes` says so.
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

    /// The same piece of a text that begins `by` bytes further on.
    pub(crate) fn behind(self, by: u32) -> Piece {
        Piece {
            start: self.start.saturating_sub(by),
            end_and_mark: self.end_and_mark.saturating_sub(by),
        }
    }

    /// The piece of `text`.
    #[inline]
    pub(crate) fn of(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or_default()
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

/// A [`LabelShape`] in half the room, for lines of less than 32 KiB.
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

/// A [`Piece`] whose end has one bit less than sixteen, the highest of them the mark.
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

pub(crate) type LabelShapes = SmallVec<[LabelShape; INLINE_LABELS]>;

/// A sample's parts, without the text they lie in.
#[derive(Debug, Clone, Default)]
pub(crate) struct SampleShape {
    pub(crate) name: Piece,
    /// The sample's labels, then its exemplar's.
    pub(crate) labels: LabelShapes,
    pub(crate) series_end: u32,
    pub(crate) value_text: Piece,
    pub(crate) value: f64,
    pub(crate) timestamp: Option<i64>,
    pub(crate) timestamp_text: Piece,
    pub(crate) exemplar: Option<ExemplarShape>,
    /// The type that the last TYPE line before this sample declared, whatever metric it named.
    pub(crate) scope: MetricType,
}

impl PartialEq for SampleShape {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.labels == other.labels
            && self.series_end == other.series_end
            && self.value_text == other.value_text
            && self.value.to_bits() == other.value.to_bits()
            && self.timestamp == other.timestamp
            && self.timestamp_text == other.timestamp_text
            && self.exemplar == other.exemplar
            && self.scope == other.scope
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ExemplarShape {
    /// How many of the shape's labels are the sample's own.
    pub(crate) labels_from: u32,
    pub(crate) value_text: Piece,
    pub(crate) timestamp_text: Option<Piece>,
}

/// A line's parts, without the text they lie in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum LineShape {
    Sample(SampleShape),
    Other(OtherShape),
}

/// The parts of a line that is no sample. Small, where a sample's shape is not.
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
    /// The name of the metric that the line is about.
    pub(crate) fn name(&self) -> Option<Piece> {
        match *self {
            OtherShape::Help { name, .. }
            | OtherShape::Type { name, .. }
            | OtherShape::Unit { name, .. } => Some(name),
            OtherShape::Comment { .. } | OtherShape::Eof => None,
        }
    }
}
