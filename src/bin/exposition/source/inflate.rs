//! Undoes compression: of files by how they begin, of responses by their header.

use std::error::Error;
use std::fmt;
use std::io::{self, BufRead, BufReader, Cursor, Read};

use flate2::read::MultiGzDecoder;
use ruzstd::decoding::StreamingDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};

use super::limit;
use crate::failure;

/// A way to compress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    Gzip,
    Zstd,
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
        })
    }
}

impl Compression {
    /// Returns the compression of what begins with these bytes.
    fn of_start(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, ..] => Some(Compression::Gzip),
            // A frame, or one to skip.
            [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18] => Some(Compression::Zstd),
            _ => None,
        }
    }

    /// Returns the compression that a `Content-Encoding` names.
    pub(super) fn of_encoding(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Some(Compression::Gzip),
            "zstd" => Some(Compression::Zstd),
            _ => None,
        }
    }
}

/// Reads the beginning, and returns its compression and the whole.
fn look(mut from: impl Read) -> io::Result<(Option<Compression>, bool, impl Read)> {
    let mut head = Vec::new();
    from.by_ref().take(4).read_to_end(&mut head)?;
    let compression = Compression::of_start(&head);
    let is_empty = head.is_empty();
    Ok((compression, is_empty, Cursor::new(head).chain(from)))
}

/// Reads to the end, but not more than `limit` bytes, and decompresses what begins as something compressed does.
/// The limit is for what comes out.
pub(super) fn read(from: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    match look(from)? {
        (None, _, whole) => limit::read(whole, limit, "the body"),
        (Some(compression), _, whole) => undo(compression, whole, limit),
    }
}

/// Decompresses to the end what a header declares to be compressed, but to not more than `limit` bytes.
pub(super) fn declared(
    compression: Compression,
    from: impl Read,
    limit: u64,
) -> io::Result<Vec<u8>> {
    match look(from)? {
        (Some(found), _, whole) if found == compression => undo(compression, whole, limit),
        (_, true, _) => Err(io::Error::other(format!(
            "the Content-Encoding is {compression}, but the body is empty"
        ))),
        (found, false, _) => {
            let what = found.map_or("not compressed so".to_owned(), |found| found.to_string());
            Err(io::Error::other(format!(
                "the Content-Encoding is {compression}, but the body is {what}"
            )))
        }
    }
}

/// Decompresses to the end, but to not more than `limit` bytes.
fn undo(compression: Compression, from: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut from = Source {
        from,
        failure: None,
    };
    let body = match compression {
        Compression::Gzip => limit::read(MultiGzDecoder::new(&mut from), limit, "the body")
            .map_err(|error| gzip(&error)),
        Compression::Zstd => zstd(BufReader::new(&mut from), limit),
    };
    // What went wrong outside is why the decompression fails.
    match from.failure {
        Some(failure) => Err(failure),
        None => body,
    }
}

/// A reader that remembers why it failed.
struct Source<R> {
    from: R,
    failure: Option<io::Error>,
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.from.read(to).map_err(|error| {
            let kind = error.kind();
            if kind != io::ErrorKind::Interrupted {
                self.failure = Some(error);
            }
            kind.into()
        })
    }
}

fn gzip(error: &io::Error) -> io::Error {
    io::Error::other(match error.kind() {
        io::ErrorKind::UnexpectedEof => "the gzip data is cut off".to_owned(),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
            format!("the gzip data is damaged: {error}")
        }
        // That it is too long.
        _ => error.to_string(),
    })
}

/// Decompresses zstd: one frame after another.
fn zstd(mut from: impl BufRead, limit: u64) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    while !from.fill_buf()?.is_empty() {
        match StreamingDecoder::new(&mut from) {
            Ok(mut frame) => {
                // One more byte than allowed tells that there is too much.
                let left = limit.saturating_sub(body.len() as u64).saturating_add(1);
                let read = frame.by_ref().take(left).read_to_end(&mut body);
                read.map_err(|error| damaged(&error))?;
                if body.len() as u64 > limit {
                    return limit::read(body.as_slice(), limit, "the body");
                }
                let decoder = frame.into_frame_decoder();
                if let Some(sum) = decoder.get_checksum_from_data()
                    && decoder.get_calculated_checksum() != Some(sum)
                {
                    return Err(io::Error::other(
                        "the zstd data is damaged: its checksum does not match",
                    ));
                }
            }
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length,
                ..
            })) => {
                let length = u64::from(length);
                if io::copy(&mut from.by_ref().take(length), &mut io::sink())? < length {
                    return Err(io::Error::other("the zstd data is cut off"));
                }
            }
            Err(error) => return Err(damaged(&error)),
        }
    }
    Ok(body)
}

fn damaged(error: &(dyn Error + 'static)) -> io::Error {
    let words = failure::in_full(error);
    io::Error::other(if words.contains("failed to fill whole buffer") {
        "the zstd data is cut off".to_owned()
    } else if words.contains("window_size is too big") {
        "the zstd data needs a window of more than 128 MiB: it has to be compressed without --long"
            .to_owned()
    } else {
        format!("the zstd data is damaged: {words}")
    })
}
