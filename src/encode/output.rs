//! Where a body goes: a formatter or a writer of bytes, through one buffer.

use std::fmt;
use std::io;

use super::error::EncodeError;

/// What takes a body in pieces. Sealed: [`FmtOutput`] and [`IoOutput`] are its only implementations.
pub trait Output: private::Sealed {
    /// Takes a piece of text.
    #[doc(hidden)]
    fn take(&mut self, text: &str) -> Result<(), EncodeError>;

    /// Takes a piece of a body that is not text. A formatter refuses it.
    #[doc(hidden)]
    fn take_bytes(&mut self, bytes: &[u8]) -> Result<(), EncodeError>;
}

/// Writes to a [`fmt::Write`].
#[derive(Debug)]
pub struct FmtOutput<W>(pub(crate) W);

/// Writes to an [`io::Write`].
#[derive(Debug)]
pub struct IoOutput<W>(pub(crate) W);

mod private {
    pub trait Sealed {}
    impl<W: std::fmt::Write> Sealed for super::FmtOutput<W> {}
    impl<W: std::io::Write> Sealed for super::IoOutput<W> {}
}

impl<W: fmt::Write> Output for FmtOutput<W> {
    fn take(&mut self, text: &str) -> Result<(), EncodeError> {
        Ok(self.0.write_str(text)?)
    }

    fn take_bytes(&mut self, _: &[u8]) -> Result<(), EncodeError> {
        Err(EncodeError::Protobuf)
    }
}

impl<W: io::Write> Output for IoOutput<W> {
    fn take(&mut self, text: &str) -> Result<(), EncodeError> {
        Ok(self.0.write_all(text.as_bytes())?)
    }

    fn take_bytes(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        Ok(self.0.write_all(bytes)?)
    }
}

/// What is gathered is handed on when it is this long.
pub(super) const PIECE: usize = 16 * 1024;

/// Gathers text and hands it on in pieces.
#[derive(Debug)]
pub(crate) struct Buffer<O> {
    pub(crate) text: String,
    out: O,
}

impl<O: Output> Buffer<O> {
    pub(crate) fn new(out: O) -> Self {
        Buffer {
            text: String::with_capacity(2 * PIECE),
            out,
        }
    }

    /// Hands the text on if it has grown long.
    #[inline]
    pub(crate) fn spill(&mut self) -> Result<(), EncodeError> {
        if self.text.len() < PIECE {
            return Ok(());
        }
        self.flush()
    }

    /// Hands on what is before that place, if it has grown long: how many bytes.
    #[inline]
    pub(crate) fn spill_before(&mut self, at: usize) -> Result<usize, EncodeError> {
        if at < PIECE {
            return Ok(0);
        }
        let ready = self.text.get(..at).unwrap_or_default();
        let taken = self.out.take(ready).map(|()| ready.len());
        self.text.drain(..ready.len());
        taken
    }

    pub(crate) fn flush(&mut self) -> Result<(), EncodeError> {
        let taken = self.out.take(&self.text);
        self.text.clear();
        taken
    }

    pub(crate) fn into_output(self) -> O {
        self.out
    }
}
