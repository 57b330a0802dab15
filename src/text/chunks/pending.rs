//! Lines that are not whole, or not UTF-8: they are read one by one where they were gathered.

use super::{ChunkParser, Located};
use crate::bytes::scan;
use crate::error::Result;
use crate::text::engine::{Engine, Step};
use crate::text::shape::LineShape;

impl ChunkParser {
    /// Finds the next line among bytes that are not whole lines of UTF-8.
    #[cold]
    pub(super) fn locate_pending(&mut self) -> Result<Option<Located>> {
        loop {
            if !self.is_worth_trying() {
                return Ok(None);
            }
            let bytes = self
                .pending
                .get(self.start..self.filled)
                .unwrap_or_default();
            let start = self.start;
            if let Some((shape, len)) = ordinary(&mut self.engine, bytes) {
                self.take(len);
                return Ok(Some(Located {
                    shape,
                    start,
                    len,
                    in_text: false,
                }));
            }
            match self.engine.step(bytes, self.finished) {
                Step::Line(shape, len) => {
                    self.take(len);
                    return Ok(Some(Located {
                        shape,
                        start,
                        len,
                        in_text: false,
                    }));
                }
                Step::Blank(len) => self.take(len),
                Step::Error(error, len) => {
                    self.take(len);
                    return Err(error);
                }
                Step::Incomplete => {
                    self.retry_at = bytes.len() + bytes.len() / 2 + 1;
                    return Ok(None);
                }
                Step::End => return Ok(None),
            }
        }
    }

    /// Whether the engine can tell more of the pending bytes than when it was asked last.
    fn is_worth_trying(&mut self) -> bool {
        let bytes = self
            .pending
            .get(self.start..self.filled)
            .unwrap_or_default();
        if self.finished
            || self.engine.is_skipping()
            || bytes.len() > self.engine.limits.max_line()
            || self.engine.within_body(bytes).len() < bytes.len()
        {
            return true;
        }
        if self.retry_at > 0 {
            return bytes.len() >= self.retry_at;
        }
        let new = bytes.get(self.searched..).unwrap_or_default();
        if scan::line_feed(new).is_some() {
            return true;
        }
        self.searched = bytes.len();
        false
    }

    fn take(&mut self, len: usize) {
        self.start += len;
        self.searched = 0;
        self.retry_at = 0;
    }
}

/// The line at the start of `bytes`, if it is an ordinary one: what it is, and its length.
fn ordinary(engine: &mut Engine, bytes: &[u8]) -> Option<(LineShape, usize)> {
    let end = scan::line_feed(engine.within_body(bytes))?;
    let line = std::str::from_utf8(bytes.get(..=end)?).ok()?;
    engine.next_text();
    engine.ordinary(line, 0)
}
