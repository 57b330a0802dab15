//! Chunks read through a filter.

use super::{ChunkParser, Located};
use crate::bytes::scan;
use crate::error::Result;
use crate::number::decode::Escapes;
use crate::text::filter::{Says, Sieve};
use crate::text::shape::{LineShape, OtherShape};

impl ChunkParser {
    /// Finds the next line that the filter wants.
    #[inline(never)]
    pub(super) fn locate_wanted(&mut self, sieve: &mut Sieve) -> Result<Option<Located>> {
        loop {
            self.sort_text(sieve);
            let located = match self.locate(self.wanted_until) {
                Ok(Some(located)) => located,
                Ok(None) => return Ok(None),
                Err(error) if sieve.passes_over(&error, self.last_line()) => continue,
                Err(error) => return Err(error),
            };
            let subject = match located.shape {
                LineShape::Sample(sample) => Some((sample.name, Says::Sample)),
                LineShape::Other(OtherShape::Eof) => return Ok(Some(located)),
                LineShape::Other(other) => other.name().zip(Says::of_other(&other)),
            };
            let text = self.text_of(&located);
            if subject.is_some_and(|(name, says)| {
                sieve.wants(&text.unescaped(name, Escapes::Quoted), says)
            }) {
                return Ok(Some(located));
            }
            if let LineShape::Other(OtherShape::Type { .. }) = located.shape {
                // As if it had been passed over unread.
                self.last_type.forget();
            }
            self.engine.take_back_leniencies();
        }
    }

    /// The physical line that was read last.
    #[cold]
    fn last_line(&self) -> &[u8] {
        // Pending bytes are read when the text is used up, and begin anew with the next text.
        scan::last_line(match self.start {
            0 => self.text.as_bytes().get(..self.taken).unwrap_or_default(),
            read => self.pending.get(..read).unwrap_or_default(),
        })
    }

    /// Goes on behind the lines of the text that the filter passes over.
    fn sort_text(&mut self, sieve: &mut Sieve) {
        if self.taken < self.wanted_until || !self.engine.is_reading() {
            return;
        }
        let text = self.text.get(self.taken..).unwrap_or_default();
        let sieved = sieve.sort(text.as_bytes(), self.engine.limits.max_line());
        self.engine.pass_over(&sieved);
        if sieved.scope.is_some() {
            self.last_type.forget();
        }
        self.engine.next_text();
        self.taken += sieved.skip;
        self.wanted_until = self.taken + sieved.keep;
    }
}
