//! The lines that are not samples.

use super::line::{Kind, KnownLine};
use super::span::Span;
use super::store::{MOST_TEXT, ROOM};
use crate::bytes::work;
use crate::text::shape::OtherShape;

/// Their texts with their line feeds, in one buffer, and what they say.
#[derive(Debug, Default)]
pub(super) struct Others {
    texts: Vec<u8>,
    shapes: Vec<OtherShape>,
    /// How many bytes are held for lines that are gone.
    unused: usize,
}

impl Others {
    /// Returns the whole line.
    #[inline(always)]
    pub(super) fn text(&self, line: &KnownLine) -> Option<&[u8]> {
        self.texts.get(line.text.range_with_end())
    }

    /// Returns what it is.
    #[inline]
    pub(super) fn shape(&self, line: &KnownLine) -> Option<OtherShape> {
        self.shapes.get(line.number as usize).copied()
    }

    /// Keeps a line, which is given without its line feed and contains none.
    pub(super) fn add(&mut self, line: &[u8], shape: OtherShape) -> KnownLine {
        work::on(line.len());
        let span = Span::new(self.texts.len(), line.len());
        self.texts.extend_from_slice(line);
        self.texts.push(b'\n');
        self.shapes.push(shape);
        KnownLine::of_other(span, self.shapes.len() as u32 - 1)
    }

    /// Records that a line of the body before is not in this one.
    pub(super) fn lose(&mut self, line: &KnownLine) {
        self.unused += line.text.len() + size_of::<OtherShape>();
    }

    /// Drops what is gone if that is more than what remains.
    pub(super) fn tidy(&mut self, lines: &mut [KnownLine]) {
        let held = self.texts.len() + size_of_val(self.shapes.as_slice());
        let is_little = self.unused <= held.saturating_sub(self.unused) + ROOM;
        if is_little && self.texts.len() <= MOST_TEXT {
            return;
        }
        work::on(size_of_val(lines));
        let mut kept = Others::default();
        for line in lines.iter_mut().filter(|line| line.kind == Kind::Other) {
            if let (Some([text @ .., _]), Some(shape)) = (self.text(line), self.shape(line)) {
                *line = kept.add(text, shape);
            }
        }
        *self = kept;
    }
}
