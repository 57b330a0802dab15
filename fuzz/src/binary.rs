//! What the properties of protobuf bodies share: the body of an input, and the pieces in which it arrives.

use std::borrow::Cow;
use std::io;

use arbitrary::Arbitrary;
use exposition::HistogramOptions;

use super::message::varint;
use super::messages;

/// Whether a body follows, or the message of a family without its length, or what a body is built from.
#[derive(Debug, Clone, Copy, Arbitrary)]
pub struct Form(u8);

impl Form {
    /// A body that follows literally.
    pub const RAW: u8 = 0;

    /// Returns the body.
    pub fn body(self, rest: &[u8]) -> Cow<'_, [u8]> {
        match self.0 % 3 {
            0 => Cow::Borrowed(rest),
            1 => {
                let mut body = Vec::new();
                varint(&mut body, rest.len() as u64);
                body.extend_from_slice(rest);
                Cow::Owned(body)
            }
            _ => Cow::Owned(messages::body(rest)),
        }
    }
}

/// Returns the options with that number.
pub fn histograms(which: u8) -> HistogramOptions {
    HistogramOptions::new()
        .native(which & 1 > 0)
        .keep_classic(which & 2 > 0)
        .convert_classic(which & 4 > 0)
}

/// Returns the pieces of a body, of these lengths in turn, some of them empty.
pub fn pieces<'b>(body: &'b [u8], cuts: &[u8; 4]) -> Vec<&'b [u8]> {
    let mut rest = body;
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        let turn = pieces.len() % cuts.len();
        // Four zeros would never end.
        let cut = usize::from(cuts[turn]).max(usize::from(turn == 3));
        let (now, later) = rest.split_at(cut.min(rest.len()));
        pieces.push(now);
        rest = later;
    }
    pieces
}

/// Returns as much at a time as its cuts say.
pub struct Dribble<'b> {
    pub body: &'b [u8],
    pub cuts: [u8; 4],
    pub turn: usize,
}

impl io::Read for Dribble<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let cut = usize::from(self.cuts[self.turn % self.cuts.len()]).max(1);
        self.turn += 1;
        let now = self.body.get(..cut).unwrap_or(self.body);
        let len = io::Read::read(&mut &*now, buffer)?;
        self.body = &self.body[len..];
        Ok(len)
    }
}
