//! The families and samples of a body that arrives in chunks.

use super::door::{Door, FoundMetric, settings};
use super::engine::{Engine, Found};
use super::view::{Entry, Sample};
use super::whole::Whole;
use crate::bytes::work;
use crate::error::Result;

/// Reads the families and samples of a protobuf body that arrives in chunks.
///
/// Holds one family at a time: it is read when all of its bytes are there. Otherwise like
/// [`Parser`](super::Parser).
///
/// ```
/// # let body = b"4\n\x02up\x18\x01\"\x15\n\x08\n\x03job\x12\x01a\x12\t\t\0\0\0\0\0\0\xf0\x3f\"\x15\n\x08\n\x03job\x12\x01b\x12\t\t\0\0\0\0\0\0\0\0";
/// let mut parser = exposition::protobuf::ChunkParser::new();
/// let mut samples = 0;
/// for chunk in body.chunks(7) {
///     parser.feed(chunk);
///     while let Some(_sample) = parser.next_sample()? {
///         samples += 1;
///     }
/// }
/// parser.finish();
/// while let Some(_sample) = parser.next_sample()? {
///     samples += 1;
/// }
/// assert_eq!(samples, 2);
/// # Ok::<(), exposition::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct ChunkParser {
    /// What has been fed and is still needed.
    buffer: Vec<u8>,
    finished: bool,
    door: Door,
}

impl ChunkParser {
    /// Creates a parser for one body.
    #[must_use]
    pub fn new() -> Self {
        ChunkParser::default()
    }

    pub(super) fn engine_mut(&mut self) -> &mut Engine {
        &mut self.door.engine
    }

    settings!();

    /// Takes the next bytes of the body. Call it when nothing more is found; if called earlier, the bytes
    /// pile up. Does nothing after [`finish`](Self::finish).
    pub fn feed(&mut self, chunk: &[u8]) {
        if !self.finished {
            self.release();
            work::on(chunk.len());
            self.buffer.extend_from_slice(chunk);
        }
    }

    /// Drops what is not needed any more.
    fn release(&mut self) {
        let released = self.door.release();
        if released > 0 {
            work::on(self.buffer.len() - released);
            self.buffer.drain(..released);
        }
    }

    /// Gives room for more bytes of the body to `fill`, which returns how many there are.
    pub(super) fn fill<E>(
        &mut self,
        room: usize,
        fill: impl FnOnce(&mut [u8]) -> Result<usize, E>,
    ) -> Result<usize, E> {
        self.release();
        let before = self.buffer.len();
        self.buffer.resize(before + room, 0);
        let filled = fill(self.buffer.get_mut(before..).unwrap_or_default());
        let count = *filled.as_ref().unwrap_or(&0);
        self.buffer.truncate(before + count.min(room));
        filled
    }

    /// Ends the body here.
    pub fn finish(&mut self) {
        self.finished = true;
    }

    /// Returns the next family or sample. Returns `None` if more bytes are needed or, after
    /// [`finish`](Self::finish), if there is none.
    ///
    /// # Errors
    ///
    /// Those of [`Parser::next_entry`](super::Parser::next_entry).
    #[inline]
    pub fn next_entry(&mut self) -> Result<Option<Entry<'_>>> {
        let found = self.advance()?;
        Ok(found.map(|found| self.entry(found)))
    }

    /// Returns the next sample. Returns `None` if more bytes are needed or, after
    /// [`finish`](Self::finish), if there is none.
    ///
    /// # Errors
    ///
    /// Those of [`Parser::next_entry`](super::Parser::next_entry).
    #[inline]
    pub fn next_sample(&mut self) -> Result<Option<Sample<'_>>> {
        let found = self.advance_to_sample()?;
        Ok(found.then(|| self.sample()))
    }

    /// Finds the next family or sample, if its bytes are there.
    #[inline]
    pub(crate) fn advance(&mut self) -> Result<Option<Found>> {
        self.door.advance(&self.buffer, self.finished)
    }

    #[inline]
    pub(super) fn advance_to_sample(&mut self) -> Result<bool> {
        self.door.advance_to_sample(&self.buffer, self.finished)
    }

    /// Returns the next family or metric, if its bytes are there.
    pub(crate) fn next_metric(&mut self) -> Result<Option<(FoundMetric, Whole<'_, '_>)>> {
        let found = self.advance_to_metric()?;
        Ok(found.map(|found| (found, self.whole())))
    }

    pub(super) fn advance_to_metric(&mut self) -> Result<Option<FoundMetric>> {
        self.door.advance_to_metric(&self.buffer, self.finished)
    }

    pub(super) fn whole(&self) -> Whole<'_, '_> {
        self.door.whole(&self.buffer)
    }

    /// Returns what was found last.
    pub(crate) fn entry(&self, found: Found) -> Entry<'_> {
        self.door.entry(found, &self.buffer)
    }

    pub(super) fn sample(&self) -> Sample<'_> {
        self.door.sample(&self.buffer)
    }

    /// Returns the offset in the body of what has not been read.
    pub(super) const fn at(&self) -> u64 {
        self.door.at()
    }
}
