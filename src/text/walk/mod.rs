//! Finds the parts of a line that is known to be a sample's.
//!
//! The grammar decides whether a line is a sample and how many labels it has, but keeps no list of them:
//! this module finds them a second time when they are asked for. It judges nothing; it must walk over
//! everything that the grammar accepts, in any dialect, which the tests of both check.

use crate::bytes::quotes;
use crate::bytes::scan::{self, Quote};
use crate::bytes::work;
use crate::text::label_lengths::LabelLengths;
use crate::text::shape::{LabelShape, Piece, SampleShape};

/// Returns the lengths of the labels that `rest` begins with, as in [`LabelLengths::packed`]: of all `labels`,
/// of as many as there is room for, or of those before one that is too long. The line is an ordinary one
/// without a backslash in its labels.
#[inline(never)]
pub(crate) fn lengths_ahead(rest: &[u8], labels: u32) -> u128 {
    let most = labels.min(LabelLengths::MOST);
    let (mut lengths, mut count) = (0, 0);
    let (mut name_at, mut value_at) = (0, None);
    quotes::each(rest, |quote| {
        let Some(start) = value_at.take() else {
            value_at = Some(quote + 1);
            return true;
        };
        let name = start.saturating_sub(name_at + 2);
        let pair = LabelLengths::pair(name, quote - start);
        if pair == 0 {
            return false;
        }
        lengths = lengths >> 16 | u128::from(pair) << 112;
        count += 1;
        name_at = quote + 2;
        count < most
    });
    // Without labels there is nothing to shift.
    lengths >> (16 * (LabelLengths::MOST - count) % 128)
}

/// Walks from label to label, from after an opening brace to the closing one.
#[derive(Debug, Clone)]
pub(crate) struct LabelWalk<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> LabelWalk<'b> {
    /// Begins at the start of `bytes`, which is after the opening brace or after a label.
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        LabelWalk { bytes, at: 0 }
    }

    /// Begins at byte `at` of `bytes`; places are counted from the start of `bytes`.
    pub(crate) fn starting_at(bytes: &'b [u8], at: usize) -> Self {
        LabelWalk { bytes, at }
    }

    /// Returns how far it has come: after the last label found or, when there are no more, at the closing
    /// brace.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    fn rest(&self) -> &'b [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Reads the label that begins here or after one comma, if it is written as nearly all are:
    /// `name="value"`, without an escape.
    #[inline]
    fn plain(&mut self) -> Option<LabelShape> {
        let rest = self.rest();
        let comma = usize::from(rest.first() == Some(&b','));
        let rest = rest.get(comma..)?;
        if rest.first() == Some(&b'}') {
            // There may be no `=` anywhere after the last label.
            return None;
        }
        let name_len = memchr::memchr(b'=', rest)?;
        work::on(name_len);
        let (name, after) = rest.split_at_checked(name_len)?;
        if !name.iter().all(|b| scan::is_label_byte(*b)) || after.get(1) != Some(&b'"') {
            return None;
        }
        let value = after.get(2..)?;
        let value_len = memchr::memchr2(b'"', b'\\', value)?;
        if value.get(value_len) != Some(&b'"') {
            return None;
        }
        work::on(value_len);
        let start = self.at + comma;
        let name = Piece::new(start, start + name_len);
        let value = Piece::new(name.end() + 2, name.end() + 2 + value_len);
        self.at = value.end() + 1;
        Some(LabelShape { name, value })
    }

    fn skip(&mut self, skipped: impl Fn(u8) -> bool) {
        let rest = self.rest();
        self.at += rest.iter().position(|b| !skipped(*b)).unwrap_or(rest.len());
    }

    /// Reads the text in quotes that begins here.
    fn quoted(&mut self) -> Option<Piece> {
        let start = self.at + 1;
        let text = self.bytes.get(start..)?;
        match scan::closing_quote(text, true) {
            Quote::Closed { end, escapes } => {
                self.at = start + end + 1;
                Some(Piece::quoted(start, start + end, escapes))
            }
            _ => None,
        }
    }

    /// Reads the text without quotes that begins here and goes on until `ends`.
    fn bare(&mut self, ends: impl Fn(u8) -> bool) -> Option<Piece> {
        let rest = self.rest();
        let len = rest.iter().position(|b| ends(*b))?;
        work::on(len);
        let start = self.at;
        self.at += len;
        Some(Piece::new(start, self.at))
    }
}

/// Where the labels of a sample are: first those whose lengths are known, then those that have to be
/// searched.
#[derive(Debug, Clone)]
pub(crate) struct LabelShapes<'b> {
    walk: LabelWalk<'b>,
    lengths: u128,
    left: u32,
    has_escapes: bool,
    /// Whether some lengths are known: the line is an ordinary one.
    is_ordinary: bool,
}

impl<'b> LabelShapes<'b> {
    /// Creates the places of the labels of a sample whose line is `bytes`.
    pub(crate) fn new(bytes: &'b [u8], sample: &SampleShape) -> Self {
        LabelShapes {
            walk: LabelWalk::starting_at(bytes, sample.labels_at as usize),
            lengths: sample.lengths.packed(),
            left: sample.label_count,
            has_escapes: sample.has(SampleShape::HAS_ESCAPES),
            is_ordinary: sample.lengths != LabelLengths::NONE,
        }
    }
}

impl Iterator for LabelShapes<'_> {
    type Item = LabelShape;

    #[inline]
    fn next(&mut self) -> Option<LabelShape> {
        let left = self.left.checked_sub(1)?;
        if self.lengths == 0 && self.is_ordinary && !self.has_escapes {
            self.lengths = lengths_ahead(self.walk.rest(), self.left);
        }
        self.left = left;
        let pair = self.lengths as u16;
        self.lengths >>= 16;
        if pair == 0 {
            let label = self.walk.next();
            // In an ordinary line a comma follows, then the next label.
            self.walk.at += usize::from(self.is_ordinary);
            return label;
        }
        let start = self.walk.at;
        let name_end = start + usize::from(pair & 0xff);
        let value_end = name_end + 2 + usize::from(pair >> 8);
        self.walk.at = value_end + 2;
        let value = self.walk.bytes.get(name_end + 2..value_end)?;
        let escapes = self.has_escapes && scan::has_backslash(value);
        Some(LabelShape {
            name: Piece::new(start, name_end),
            value: Piece::quoted(name_end + 2, value_end, escapes),
        })
    }
}

fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

impl Iterator for LabelWalk<'_> {
    type Item = LabelShape;

    fn next(&mut self) -> Option<LabelShape> {
        if let Some(label) = self.plain() {
            return Some(label);
        }
        let name = loop {
            self.skip(|b| is_blank(b) || b == b',');
            match self.bytes.get(self.at)? {
                b'}' => return None,
                b'"' => {
                    let name = self.quoted()?;
                    self.skip(is_blank);
                    if self.bytes.get(self.at) == Some(&b'=') {
                        break name;
                    }
                    // A quoted text without a value is the metric's name.
                }
                _ => {
                    let name = self.bare(|b| b == b'=' || is_blank(b))?;
                    self.skip(is_blank);
                    break name;
                }
            }
        };
        self.at += 1;
        self.skip(is_blank);
        let value = match self.bytes.get(self.at)? {
            b'"' => self.quoted()?,
            _ => {
                let start = self.at;
                self.at += scan::unquoted_value(self.rest());
                Piece::new(start, self.at)
            }
        };
        Some(LabelShape { name, value })
    }
}

/// Where the parts of an exemplar are, in bytes from the line's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ExemplarShape {
    /// After the opening brace.
    pub(crate) labels_at: u32,
    pub(crate) label_count: u32,
    /// The closing brace.
    pub(crate) labels_end: u32,
    pub(crate) value_text: Piece,
    pub(crate) timestamp_text: Option<Piece>,
}

/// Walks from exemplar to exemplar.
#[derive(Debug, Clone)]
pub(crate) struct ExemplarWalk<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> ExemplarWalk<'b> {
    /// Begins at byte `at` of a line, the opening brace of an exemplar; at 0 there is none.
    pub(crate) fn new(bytes: &'b [u8], at: usize) -> Self {
        let at = if at == 0 { bytes.len() } else { at };
        ExemplarWalk { bytes, at }
    }

    /// Returns where the value is, and the timestamp if there is one, of an exemplar whose labels end
    /// before byte `at` of a line.
    pub(crate) fn numbers(bytes: &'b [u8], at: usize) -> (Piece, Option<Piece>) {
        let mut walk = ExemplarWalk { bytes, at };
        let value = walk.token();
        let (timestamp, _) = walk.timestamp();
        (value, timestamp)
    }

    /// Reads the timestamp that comes next, if there is one, and the token after it.
    fn timestamp(&mut self) -> (Option<Piece>, Piece) {
        let next = self.token();
        match next.start() < next.end() && self.begins(next) != Some(b'#') {
            true => (Some(next), self.token()),
            false => (None, next),
        }
    }

    /// Reads the next token, which ends at a blank or with the line; empty if there is none.
    fn token(&mut self) -> Piece {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let ends = |b: &u8| is_blank(*b) || *b == b'\r' || *b == b'\n';
        let start = rest.iter().position(|b| !is_blank(*b));
        let start = start.unwrap_or(rest.len());
        let token = rest.get(start..).unwrap_or_default();
        let len = token.iter().position(ends).unwrap_or(token.len());
        work::on(start + len);
        let start = self.at + start;
        self.at = start + len;
        Piece::new(start, start + len)
    }

    fn begins(&self, piece: Piece) -> Option<u8> {
        self.bytes.get(piece.start()).copied()
    }
}

impl Iterator for ExemplarWalk<'_> {
    type Item = ExemplarShape;

    fn next(&mut self) -> Option<ExemplarShape> {
        let rest = self.bytes.get(self.at..)?;
        let labels_at = self.at + rest.iter().position(|b| *b == b'{')? + 1;
        let mut labels = LabelWalk::starting_at(self.bytes, labels_at);
        let label_count = labels.by_ref().count();
        let labels_end = labels.at();
        self.at = labels_end + 1;
        let value_text = self.token();
        let after = self.at;
        let (timestamp_text, next) = self.timestamp();
        self.at = match self.begins(next) {
            Some(b'#') => next.end(),
            _ => self.bytes.len().max(after),
        };
        Some(ExemplarShape {
            labels_at: labels_at as u32,
            label_count: label_count as u32,
            labels_end: labels_end as u32,
            value_text,
            timestamp_text,
        })
    }
}

#[cfg(test)]
#[allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a naive twin in a test"
)]
mod tests;
