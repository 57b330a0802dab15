//! The families and samples of a body from an [`io::Read`].

use std::io;

use super::chunks::ChunkParser;
use super::door::{FoundMetric, settings};
use super::engine::{Engine, Found};
use super::view::{Entry, Sample};
use super::whole::Whole;
use crate::error::{Error, Position, Result};

/// The most bytes that are asked for at once.
const BLOCK: usize = 64 * 1024;

/// Reads the families and samples of a protobuf body from a file, a socket, a decompressor or anything
/// else that is an [`io::Read`].
///
/// Holds one family at a time, and what was read beside it. Otherwise like [`Parser`](super::Parser).
///
/// ```
/// # let body = b"4\n\x02up\x18\x01\"\x15\n\x08\n\x03job\x12\x01a\x12\t\t\0\0\0\0\0\0\xf0\x3f\"\x15\n\x08\n\x03job\x12\x01b\x12\t\t\0\0\0\0\0\0\0\0";
/// let mut reader = exposition::protobuf::Reader::new(body.as_slice());
/// let mut samples = 0;
/// while let Some(_sample) = reader.next_sample()? {
///     samples += 1;
/// }
/// assert_eq!(samples, 2);
/// # Ok::<(), exposition::Error>(())
/// ```
#[derive(Debug)]
pub struct Reader<R> {
    io: R,
    block: usize,
    ended: bool,
    chunks: ChunkParser,
}

impl<R: io::Read> Reader<R> {
    /// Reads the body that `io` yields.
    pub fn new(io: R) -> Self {
        Reader {
            io,
            block: BLOCK,
            ended: false,
            chunks: ChunkParser::new(),
        }
    }

    fn engine_mut(&mut self) -> &mut Engine {
        self.chunks.engine_mut()
    }

    settings!();

    /// Sets how many bytes to ask for at once, at least 1. 64 KiB by default.
    #[must_use]
    pub fn buffer_capacity(mut self, bytes: usize) -> Self {
        self.block = bytes.max(1);
        self
    }

    /// Returns the next family or sample; `None` at the end of the body.
    ///
    /// # Errors
    ///
    /// Those of [`Parser::next_entry`](super::Parser::next_entry), and one of kind
    /// [`Io`](crate::ErrorKind::Io) if `io` fails; after that the next call reads again.
    pub fn next_entry(&mut self) -> Result<Option<Entry<'_>>> {
        let found = self.advance()?;
        Ok(found.map(|found| self.entry(found)))
    }

    /// Finds the next family or sample.
    pub(crate) fn advance(&mut self) -> Result<Option<Found>> {
        loop {
            if let Some(found) = self.chunks.advance()? {
                return Ok(Some(found));
            }
            if self.ended {
                return Ok(None);
            }
            self.read()?;
        }
    }

    /// Returns what was found last.
    pub(crate) fn entry(&self, found: Found) -> Entry<'_> {
        self.chunks.entry(found)
    }

    /// Returns the next sample; `None` at the end of the body.
    ///
    /// # Errors
    ///
    /// Those of [`next_entry`](Self::next_entry).
    pub fn next_sample(&mut self) -> Result<Option<Sample<'_>>> {
        loop {
            if self.chunks.advance_to_sample()? {
                return Ok(Some(self.chunks.sample()));
            }
            if self.ended {
                return Ok(None);
            }
            self.read()?;
        }
    }

    /// Returns the next family or metric.
    pub(crate) fn next_metric(&mut self) -> Result<Option<(FoundMetric, Whole<'_, '_>)>> {
        loop {
            if let Some(found) = self.chunks.advance_to_metric()? {
                return Ok(Some((found, self.chunks.whole())));
            }
            if self.ended {
                return Ok(None);
            }
            self.read()?;
        }
    }

    /// Reads more bytes.
    fn read(&mut self) -> Result<()> {
        let io = &mut self.io;
        let filled = self.chunks.fill(self.block, |room| {
            loop {
                match io.read(room) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    read => return read,
                }
            }
        });
        match filled {
            Ok(0) => {
                self.chunks.finish();
                self.ended = true;
                Ok(())
            }
            Ok(_) => Ok(()),
            Err(error) => Err(Error::io(error, Position::in_binary(self.chunks.at()))),
        }
    }

    /// Returns the source of the body. Some bytes may have been read from it and not been returned.
    pub fn get_ref(&self) -> &R {
        &self.io
    }

    /// Returns the source of the body. Bytes that were read from it and not returned are lost.
    pub fn into_inner(self) -> R {
        self.io
    }
}
