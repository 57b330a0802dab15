//! A metric's name as a line writes it.

use std::borrow::Cow;

use crate::number::decode::Escapes;
use crate::text::shape::{Piece, Text};

/// Where a name is, and the line that holds it.
#[derive(Clone, Copy)]
pub(crate) struct Name<'a> {
    pub(crate) text: Text<'a>,
    pub(crate) piece: Piece,
}

impl<'a> Name<'a> {
    /// Returns the name as written, without quotes.
    #[inline]
    pub(crate) fn raw(self) -> &'a [u8] {
        self.text.bytes(self.piece)
    }

    /// Returns the name unescaped; bytes that are not UTF-8 become U+FFFD.
    #[inline(always)]
    pub(crate) fn unescaped(self) -> Cow<'a, str> {
        self.text.unescaped(self.piece, Escapes::Quoted)
    }

    #[inline]
    pub(crate) fn is_utf8(self) -> bool {
        self.text.part(self.piece).is_utf8()
    }
}
