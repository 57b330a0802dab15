//! Reads lines that are where they were in the last body.

use fearless_simd::{Level, Simd, dispatch};

use super::compare::begins;
use super::line::{Kind, KnownLine};
use super::others::Others;
use super::store::Store;
use super::tails::Tails;
use crate::format::syntax::Syntax;
use crate::text::fast;

/// What lines are compared with, and how they are read.
pub(super) struct Follow<'f> {
    pub(super) level: Level,
    pub(super) store: &'f Store,
    pub(super) others: &'f Others,
    pub(super) tails: &'f mut Tails,
    pub(super) syntax: &'static Syntax,
    /// The longest line in bytes, its line feed included.
    pub(super) max_line: usize,
}

impl Follow<'_> {
    /// Reads `bytes`, which begin with a line, as long as the lines are the known ones, which are in the
    /// same dialect: sets values and lengths. Returns how many lines and bytes there are.
    pub(super) fn read(mut self, lines: &mut [KnownLine], bytes: &[u8]) -> (usize, usize) {
        dispatch!(self.level, simd => self.read_with(simd, lines, bytes))
    }

    #[inline(always)]
    fn read_with<S: Simd>(
        &mut self,
        simd: S,
        lines: &mut [KnownLine],
        bytes: &[u8],
    ) -> (usize, usize) {
        let mut rest = bytes;
        let mut read = 0;
        for line in lines {
            let len = match line.kind {
                Kind::Sample => self.sample(simd, line, rest),
                Kind::Other => self.other(simd, line, rest),
                Kind::Anew | Kind::Taken => None,
            };
            let Some(len) = len else {
                break;
            };
            line.line_len = len as u32;
            rest = rest.get(len..).unwrap_or_default();
            read += 1;
        }
        (read, bytes.len() - rest.len())
    }

    /// Reads a sample of the known series; returns the length of its line with its line feed.
    #[inline(always)]
    fn sample<S: Simd>(&mut self, simd: S, line: &mut KnownLine, bytes: &[u8]) -> Option<usize> {
        let prefix = self.store.prefix(line)?;
        if !begins(simd, bytes, prefix) {
            return None;
        }
        let (value, len) = fast::number(bytes.get(prefix.len()..)?)?;
        let end = prefix.len() + len;
        let after = bytes.get(end..)?;
        let tail = match (after.first()?, line.tail) {
            (b'\n', None) => 0,
            (b' ', Some(tail)) => self.tails.follow(tail, after, self.syntax)?,
            _ => return None,
        };
        let len = end + tail + 1;
        if len > self.max_line {
            return None;
        }
        line.set(value);
        Some(len)
    }

    /// Reads another line that is known; returns its length with its line feed.
    #[inline(always)]
    fn other<S: Simd>(&self, simd: S, line: &KnownLine, bytes: &[u8]) -> Option<usize> {
        let text = self.others.text(line)?;
        (begins(simd, bytes, text) && text.len() <= self.max_line).then_some(text.len())
    }
}
