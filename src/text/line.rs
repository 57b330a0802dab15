//! The lines of an exposition: samples and all others.
//!
//! Everything here borrows from the body and keeps *where* its parts are, and the text that holds them.
//! The names of the methods that return text say what they cost: `raw…()` borrows and never allocates,
//! `name()` and `value()` undo escapes and borrow unless there is one to undo.
//!
//! This file parses nothing: the grammar and the fast scanner make the shapes.

use std::borrow::Cow;
use std::fmt;

use crate::number::decode::Escapes;

use crate::model::metric_type::MetricType;
use crate::text::declared::Declared;
use crate::text::name::Name;
use crate::text::sample::Sample;
use crate::text::shape::{LineShape, OtherShape, Piece, Text};

/// One line of an exposition.
///
/// Blank lines are not reported. In the text format a label value may hold a raw line feed, so a "line"
/// here ends at the first line feed outside quotes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Line<'a> {
    /// `name{label="value"} 1 1700000000000`
    Sample(Sample<'a>),
    /// `# HELP name text`
    Help(HelpLine<'a>),
    /// `# TYPE name counter`
    Type(TypeLine<'a>),
    /// `# UNIT name seconds`, only in OpenMetrics: a comment elsewhere.
    Unit(UnitLine<'a>),
    /// Any other line that starts with `#`: the bytes from `#` up to the line feed. Prometheus does not
    /// check them for UTF-8.
    Comment(&'a [u8]),
    /// `# EOF`, only in OpenMetrics: a comment elsewhere.
    Eof,
}

impl<'a> Line<'a> {
    /// Creates the line `text`, whose parts are where `shape` says. `declared` is the family that the
    /// last TYPE line names.
    #[inline]
    pub(crate) fn new(text: Text<'a>, shape: LineShape, declared: Declared<'a>) -> Self {
        match shape {
            LineShape::Sample(shape) => Line::Sample(Sample::new(text, shape, declared)),
            LineShape::Other(shape) => Line::other(text, shape),
        }
    }

    #[inline(always)]
    pub(crate) fn other(text: Text<'a>, shape: OtherShape) -> Self {
        let name = |piece| Name { text, piece };
        match shape {
            OtherShape::Help {
                name: piece,
                text: help,
                escapes,
            } => Line::Help(HelpLine {
                name: name(piece),
                help,
                escapes,
            }),
            OtherShape::Type { name: piece, kind } => Line::Type(TypeLine {
                name: name(piece),
                kind,
            }),
            OtherShape::Unit { name: piece, unit } => Line::Unit(UnitLine {
                name: name(piece),
                unit,
            }),
            OtherShape::Comment { text: comment } => Line::Comment(text.bytes(comment)),
            OtherShape::Eof => Line::Eof,
        }
    }

    /// Returns the name of the metric that the line is about, unescaped; `None` for comments and `# EOF`.
    pub fn name(&self) -> Option<Cow<'a, str>> {
        match self {
            Line::Sample(sample) => Some(sample.name()),
            Line::Help(line) => Some(line.name()),
            Line::Type(line) => Some(line.name()),
            Line::Unit(line) => Some(line.name()),
            Line::Comment(_) | Line::Eof => None,
        }
    }

    /// Returns the whole line as written, without its line feed; empty for `# EOF`.
    pub(crate) fn raw(&self) -> &'a [u8] {
        match self {
            Line::Sample(sample) => sample.raw(),
            Line::Help(line) => line.name.text.as_bytes(),
            Line::Type(line) => line.name.text.as_bytes(),
            Line::Unit(line) => line.name.text.as_bytes(),
            Line::Comment(text) => text,
            Line::Eof => b"",
        }
    }

    /// Returns the sample, if this line is one.
    pub fn into_sample(self) -> Option<Sample<'a>> {
        match self {
            Line::Sample(sample) => Some(sample),
            _ => None,
        }
    }
}

macro_rules! name_methods {
    () => {
        /// Returns the metric's name, unescaped (Prometheus reports it still escaped, so that the
        /// metadata of such a name never meets its series). Bytes that are not UTF-8 become U+FFFD.
        #[inline]
        pub fn name(&self) -> Cow<'a, str> {
            self.name.unescaped()
        }

        /// Returns the name as written, without its quotes, as Prometheus reports it. Not checked for
        /// UTF-8.
        pub fn raw_name(&self) -> &'a [u8] {
            self.name.raw()
        }

        /// Tells whether the name is UTF-8: then [`name`](Self::name) has lost nothing.
        #[inline]
        pub fn name_is_utf8(&self) -> bool {
            self.name.is_utf8()
        }

        /// Returns where the name is, in bytes from the line's start.
        pub(crate) fn name_at(&self) -> usize {
            self.name.piece.start()
        }
    };
}

/// `# HELP name text`
#[derive(Clone, Copy)]
pub struct HelpLine<'a> {
    name: Name<'a>,
    help: Piece,
    escapes: Escapes,
}

impl<'a> HelpLine<'a> {
    name_methods!();

    /// Returns the help text with its escapes undone: `\\` and `\n`, in OpenMetrics also `\"`; others
    /// stay.
    #[inline]
    pub fn text(&self) -> Cow<'a, str> {
        self.name.text.unescaped(self.help, self.escapes)
    }

    /// Returns the help text as written.
    pub fn raw_text(&self) -> &'a str {
        self.name.text.str(self.help)
    }

    /// Returns where the text is, in bytes from the line's start.
    pub(crate) fn text_at(&self) -> usize {
        self.help.start()
    }
}

/// `# TYPE name kind`
#[derive(Clone, Copy)]
pub struct TypeLine<'a> {
    name: Name<'a>,
    kind: MetricType,
}

impl<'a> TypeLine<'a> {
    name_methods!();

    /// Returns the declared type.
    #[inline]
    pub fn metric_type(&self) -> MetricType {
        self.kind
    }
}

/// `# UNIT name unit`, only in OpenMetrics.
#[derive(Clone, Copy)]
pub struct UnitLine<'a> {
    name: Name<'a>,
    unit: Piece,
}

impl<'a> UnitLine<'a> {
    name_methods!();

    /// Returns the unit, for example `seconds`; empty if the line has none. Bytes that are not UTF-8
    /// become U+FFFD.
    pub fn unit(&self) -> Cow<'a, str> {
        self.name.text.lossy(self.unit)
    }

    /// Returns the unit as written. Not checked for UTF-8.
    pub fn raw_unit(&self) -> &'a [u8] {
        self.name.text.bytes(self.unit)
    }

    /// Returns where the unit is, in bytes from the line's start.
    pub(crate) fn unit_at(&self) -> usize {
        self.unit.start()
    }
}

impl PartialEq for HelpLine<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.raw_name() == other.raw_name()
            && self.raw_text() == other.raw_text()
            && self.escapes == other.escapes
    }
}

impl PartialEq for TypeLine<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.raw_name() == other.raw_name() && self.kind == other.kind
    }
}

impl PartialEq for UnitLine<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.raw_name() == other.raw_name() && self.raw_unit() == other.raw_unit()
    }
}

impl fmt::Debug for HelpLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HelpLine")
            .field("name", &self.name())
            .field("text", &self.text())
            .finish()
    }
}

impl fmt::Debug for TypeLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypeLine")
            .field("name", &self.name())
            .field("kind", &self.kind)
            .finish()
    }
}

impl fmt::Debug for UnitLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnitLine")
            .field("name", &self.name())
            .field("unit", &self.unit())
            .finish()
    }
}
