//! Finds samples alone, for those who do not ask for other lines.

use super::{ChunkParser, buffer::Span};
use crate::error::Result;
use crate::text::sample::Sample;
use crate::text::shape::{LineShape, SampleShape};

/// A sample that was found, and where its text is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LocatedSample {
    shape: SampleShape,
    span: Span,
}

impl ChunkParser {
    /// Finds the next sample without lending it, after lines of other kinds:
    /// [`located_sample`](Self::located_sample) lends it.
    #[inline(always)]
    pub(crate) fn locate_sample(
        &mut self,
        more: impl FnMut(&mut Self) -> Result<bool>,
    ) -> Result<Option<LocatedSample>> {
        match self.locate_ordinary() {
            Some(located) => Ok(Some(located)),
            None => {
                let located = self.locate_sample_slowly(more)?;
                Ok(located)
            }
        }
    }

    #[inline(never)]
    fn locate_sample_slowly(
        &mut self,
        mut more: impl FnMut(&mut Self) -> Result<bool>,
    ) -> Result<Option<LocatedSample>> {
        loop {
            while self.locate_descriptor().is_some() {}
            if let Some(located) = self.locate_ordinary() {
                return Ok(Some(located));
            }
            let Some(located) = self.locate_next(&mut more)? else {
                return Ok(None);
            };
            if let LineShape::Sample(shape) = located.shape {
                let span = located.span;
                return Ok(Some(LocatedSample { shape, span }));
            }
        }
    }

    /// Finds the next line without lending it, if it is an ordinary sample of the text.
    #[inline(always)]
    fn locate_ordinary(&mut self) -> Option<LocatedSample> {
        let (shape, len) = self.ordinary_sample()?;
        let span = self.buffer.take_line(len);
        Some(LocatedSample { shape, span })
    }

    /// Returns the sample that was found last.
    #[inline(always)]
    pub(crate) fn located_sample(&self, located: LocatedSample) -> Sample<'_> {
        let text = self.buffer.line(located.span);
        Sample::new(text, located.shape, self.last_type.declared())
    }
}
