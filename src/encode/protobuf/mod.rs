//! A body of delimited protobuf messages, written family by family.
//!
//! Fields come in the order of their numbers, as Go's client library writes them. What it always sets is
//! always written, zeros too.

mod family;
mod histogram;
mod start_time;

use super::error::EncodeError;
use super::omitted::{Omitted, Options};
use super::output::{Output, PIECE};
use super::target::Names;
use crate::families::family::MetricFamily;
use crate::format::Format;
use crate::protobuf::write::MessageWriter;

use family::FamilyWriter;

/// A body, as far as it has been written.
#[derive(Debug)]
pub(super) struct ProtobufBody<O> {
    names: Names,
    messages: Vec<u8>,
    out: O,
    pub(super) options: Options,
    pub(super) omitted: Omitted,
}

impl<O: Output> ProtobufBody<O> {
    pub(super) fn new(out: O, format: Format) -> Self {
        ProtobufBody {
            names: Names::new(format),
            messages: Vec::with_capacity(2 * PIECE),
            out,
            options: Options::default(),
            omitted: Omitted::default(),
        }
    }

    /// Writes a family, or nothing of it if it is refused.
    pub(super) fn family(&mut self, family: &MetricFamily<'_>) -> Result<(), EncodeError> {
        let start = self.messages.len();
        let omitted = self.omitted;
        let mut writer = FamilyWriter {
            out: MessageWriter::new(&mut self.messages),
            omitted: &mut self.omitted,
            names: &self.names,
            options: self.options,
        };
        if let Err(error) = writer.family(family) {
            self.messages.truncate(start);
            self.omitted = omitted;
            return Err(error);
        }
        match self.messages.len() < PIECE {
            true => Ok(()),
            false => self.flush(),
        }
    }

    fn flush(&mut self) -> Result<(), EncodeError> {
        let taken = self.out.take_bytes(&self.messages);
        self.messages.clear();
        taken
    }

    /// Writes what is left. Returns the output and what was left out.
    pub(super) fn end(mut self) -> Result<(O, Omitted), EncodeError> {
        self.flush()?;
        Ok((self.out, self.omitted))
    }
}
