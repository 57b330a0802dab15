//! The samples of a body that arrives bit by bit.

use std::io;

use super::door::{Door, door};
use super::sample::{AnySample, SampleEntry};
use super::source::{ChunkLines, ReaderLines};
use crate::dialect::Dialect;
use crate::error::Result;
use crate::format::Format;
use crate::protobuf;
use crate::text::chunks::ChunkParser;
use crate::text::reader::Reader;

/// Reads the samples of a body of any format from a file, a socket, a decompressor or anything else that
/// is an [`io::Read`].
///
/// Holds what [`Reader`](crate::Reader) or [`protobuf::Reader`](crate::protobuf::Reader) hold, and the
/// histogram that is being converted. Otherwise like [`Samples`](crate::Samples).
///
/// ```
/// use exposition::{Dialect, SampleReader, SampleView};
///
/// let body = "# TYPE up gauge\nup{job=\"a\"} 1\n".as_bytes();
/// let mut samples = SampleReader::with_dialect(body, Dialect::Text);
/// while let Some(sample) = samples.next_sample()? {
///     assert_eq!(sample.name(), "up");
/// }
/// # Ok::<(), exposition::Error>(())
/// ```
#[derive(Debug)]
pub struct SampleReader<R: io::Read> {
    door: Door<ReaderLines<R>, protobuf::Reader<R>>,
}

impl<R: io::Read> SampleReader<R> {
    /// Reads the body that `io` yields, which is in that format.
    pub fn new(io: R, format: Format) -> Self {
        match format.dialect() {
            Some(dialect) => Self::with_dialect(io, dialect),
            None => SampleReader {
                door: Door::protobuf(protobuf::Reader::new(io)),
            },
        }
    }

    /// Reads the body that `io` yields, which is in a text format.
    pub fn with_dialect(io: R, dialect: Dialect) -> Self {
        SampleReader {
            door: Door::text(ReaderLines {
                reader: Reader::new(io, dialect),
                located: None,
            }),
        }
    }

    door!();

    /// Sets how many bytes to ask for at once, at least 1. 64 KiB by default.
    #[must_use]
    pub fn buffer_capacity(mut self, bytes: usize) -> Self {
        self.door = match self.door {
            Door::Text(mut door) => {
                door.lines.reader = door.lines.reader.buffer_capacity(bytes);
                Door::Text(door)
            }
            Door::Protobuf { messages, found } => Door::Protobuf {
                messages: messages.buffer_capacity(bytes),
                found,
            },
        };
        self
    }

    /// Returns the next sample; `None` at the end of the body.
    ///
    /// # Errors
    ///
    /// Those of [`Samples::next_sample`](crate::Samples::next_sample), and one of kind
    /// [`Io`](crate::ErrorKind::Io) if `io` fails; after that the next call reads again.
    #[inline]
    pub fn next_sample(&mut self) -> Result<Option<AnySample<'_>>> {
        self.door.next_sample()
    }

    /// Returns the next sample, or what is said of samples; `None` at the end of the body.
    ///
    /// # Errors
    ///
    /// Those of [`next_sample`](Self::next_sample).
    pub fn next_entry(&mut self) -> Result<Option<SampleEntry<'_>>> {
        let found = self.door.advance()?;
        Ok(found.then(|| self.door.entry()).flatten())
    }
}

/// Reads the samples of a body of any format that arrives in chunks of any size, without doing any input
/// or output itself.
///
/// Holds what [`ChunkParser`](crate::ChunkParser) or
/// [`protobuf::ChunkParser`](crate::protobuf::ChunkParser) hold, and the histogram that is being
/// converted. Otherwise like [`Samples`](crate::Samples).
///
/// ```
/// use exposition::{Dialect, SampleChunks, SampleView};
///
/// let mut samples = SampleChunks::with_dialect(Dialect::Text);
/// let mut sum = 0.0;
/// for chunk in [&b"requests_total{code=\"2"[..], b"00\"} 3\nrequests_to", b"tal 4"] {
///     samples.feed(chunk);
///     while let Some(sample) = samples.next_sample()? {
///         sum += sample.value().as_f64().unwrap_or_default();
///     }
/// }
/// samples.finish();
/// while let Some(sample) = samples.next_sample()? {
///     sum += sample.value().as_f64().unwrap_or_default();
/// }
/// assert_eq!(sum, 7.0);
/// # Ok::<(), exposition::Error>(())
/// ```
#[derive(Debug)]
pub struct SampleChunks {
    door: Door<ChunkLines, protobuf::ChunkParser>,
}

impl SampleChunks {
    /// Creates a door for a body in that format.
    #[must_use]
    pub fn new(format: Format) -> Self {
        match format.dialect() {
            Some(dialect) => Self::with_dialect(dialect),
            None => SampleChunks {
                door: Door::protobuf(protobuf::ChunkParser::new()),
            },
        }
    }

    /// Creates a door for a body in a text format.
    #[must_use]
    pub fn with_dialect(dialect: Dialect) -> Self {
        SampleChunks {
            door: Door::text(ChunkLines {
                parser: ChunkParser::new(dialect),
                located: None,
                waiting: Vec::new(),
                is_last: false,
            }),
        }
    }

    door!();

    /// Takes the next bytes of the body. Call it when nothing more is found; if called earlier, the bytes
    /// pile up. Does nothing after [`finish`](Self::finish).
    pub fn feed(&mut self, chunk: &[u8]) {
        match &mut self.door {
            Door::Text(door) => door.lines.feed(chunk),
            Door::Protobuf { messages, .. } => messages.feed(chunk),
        }
    }

    /// Ends the body here.
    pub fn finish(&mut self) {
        match &mut self.door {
            Door::Text(door) => door.lines.finish(),
            Door::Protobuf { messages, .. } => messages.finish(),
        }
    }

    /// Returns the next sample. Returns `None` if more bytes are needed or, after
    /// [`finish`](Self::finish), if there is none.
    ///
    /// # Errors
    ///
    /// Those of [`Samples::next_sample`](crate::Samples::next_sample).
    #[inline]
    pub fn next_sample(&mut self) -> Result<Option<AnySample<'_>>> {
        self.door.next_sample()
    }

    /// Returns the next sample, or what is said of samples. Returns `None` if more bytes are needed or,
    /// after [`finish`](Self::finish), if there is none.
    ///
    /// # Errors
    ///
    /// Those of [`next_sample`](Self::next_sample).
    pub fn next_entry(&mut self) -> Result<Option<SampleEntry<'_>>> {
        let found = self.door.advance()?;
        Ok(found.then(|| self.door.entry()).flatten())
    }
}
