//! What the lines say that are not samples.

use super::line::{Kind, KnownLine};
use super::store::ROOM;
use crate::bytes::work;
use crate::text::shape::OtherShape;

#[derive(Debug, Default)]
pub(super) struct Others {
    shapes: Vec<OtherShape>,
}

impl Others {
    /// Returns what the line is.
    #[inline]
    pub(super) fn shape(&self, line: &KnownLine) -> Option<OtherShape> {
        self.shapes.get(line.number as usize).copied()
    }

    /// Adds what a line is; returns its number.
    pub(super) fn add(&mut self, shape: OtherShape) -> u32 {
        self.shapes.push(shape);
        self.shapes.len() as u32 - 1
    }

    /// Drops what is gone if that is more than what remains: `kept` of them.
    pub(super) fn tidy(&mut self, lines: &mut [KnownLine], kept: usize) {
        if self.shapes.len() <= 2 * kept + ROOM / size_of::<OtherShape>() {
            return;
        }
        work::on(size_of_val(lines));
        let mut kept = Others::default();
        for line in lines.iter_mut().filter(|line| line.kind == Kind::Other) {
            if let Some(shape) = self.shape(line) {
                line.number = kept.add(shape);
            }
        }
        *self = kept;
    }
}
