//! Reads lines that are where they were in the last body.

use fearless_simd::{Level, Simd, dispatch};

use super::compare::{common, equal};
use super::line::{Change, Kind, KnownLine};
use super::tails::Tails;
use crate::format::syntax::Syntax;
use crate::text::fast::number::number;

/// What lines are compared with, and how they are read.
pub(super) struct Follow<'f> {
    pub(super) level: Level,
    /// The text of the known lines.
    pub(super) text: &'f [u8],
    pub(super) tails: &'f mut Tails,
    pub(super) syntax: &'static Syntax,
    /// The longest line in bytes, its line feed included.
    pub(super) max_line: usize,
}

/// What was read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Followed {
    pub(super) lines: usize,
    /// How many bytes the lines have, and how many they had before.
    pub(super) len: usize,
    pub(super) former_len: usize,
    /// Whether any of them has changed.
    pub(super) differs: bool,
}

/// How many bytes are compared at first, and at most, before lines are looked at.
const FIRST: usize = 128;
const MOST: usize = 2048;

impl Follow<'_> {
    /// Reads `bytes`, which begin with a line at `at` in their body, as long as the lines are the known
    /// ones, which are in the same dialect: sets places and values.
    pub(super) fn read(mut self, lines: &mut [KnownLine], bytes: &[u8], at: usize) -> Followed {
        dispatch!(self.level, simd => self.read_with(simd, lines, bytes, at))
    }

    /// Texts of many lines are compared at once, as long as they are the same. After a line with another
    /// value, the next ones are compared one by one: they often have other values too.
    #[inline(always)]
    fn read_with<S: Simd>(
        &mut self,
        simd: S,
        lines: &mut [KnownLine],
        bytes: &[u8],
        at: usize,
    ) -> Followed {
        let mut read = Followed::default();
        let start = lines.first().map_or(0, |line| line.at as usize);
        let beside = Comparison {
            text: self.text.get(start..).unwrap_or_default(),
            start,
            bytes,
            at,
        };
        loop {
            self.read_same(simd, lines, &beside, &mut read);
            let same = read.lines;
            self.read_changed(simd, lines, &beside, &mut read);
            if read.lines == same {
                return read;
            }
        }
    }

    /// Reads lines that are the same.
    #[inline(always)]
    fn read_same<S: Simd>(
        &self,
        simd: S,
        lines: &mut [KnownLine],
        beside: &Comparison<'_>,
        read: &mut Followed,
    ) {
        let text = beside.text.get(read.former_len..).unwrap_or_default();
        let bytes = beside.bytes.get(read.len..).unwrap_or_default();
        let start = beside.start + read.former_len;
        let at = beside.at + read.len;
        let lines = lines.get_mut(read.lines..).unwrap_or_default();
        let count = lines.len();
        let mut lines = lines.iter_mut();
        let mut step = FIRST;
        let mut same = 0;
        let mut len = 0;
        loop {
            let more = common(
                simd,
                text.get(same..).unwrap_or_default(),
                bytes.get(same..).unwrap_or_default(),
                step,
            );
            same += more;
            // Lines are looked at apart from their texts, so that few numbers are needed at a time.
            let within = |line: &KnownLine, len| len + line.line_len as usize <= same;
            while let Some(line) = lines.as_slice().first().filter(|line| within(line, len)) {
                if line.at as usize != start + len || !self.is_read(line) {
                    break;
                }
                let Some(line) = lines.next() else {
                    break;
                };
                line.at = (at + len) as u32;
                line.keep_value();
                len += line.line_len as usize;
            }
            let stopped = lines
                .as_slice()
                .first()
                .is_none_or(|line| within(line, len));
            if stopped || more < step {
                break;
            }
            step = (2 * step).min(MOST);
        }
        read.lines += count - lines.len();
        read.len += len;
        read.former_len += len;
    }

    /// Tells whether a line that is the same is read as it was.
    #[inline(always)]
    fn is_read(&self, line: &KnownLine) -> bool {
        matches!(line.kind, Kind::Sample | Kind::Other) && line.line_len as usize <= self.max_line
    }

    /// Reads lines one by one, which may have other values, up to a sample that has the same one.
    #[inline(always)]
    fn read_changed<S: Simd>(
        &mut self,
        simd: S,
        lines: &mut [KnownLine],
        beside: &Comparison<'_>,
        read: &mut Followed,
    ) {
        let lines = lines.get_mut(read.lines..).unwrap_or_default();
        let mut text = beside.text.get(read.former_len..).unwrap_or_default();
        let mut bytes = beside.bytes.get(read.len..).unwrap_or_default();
        let (from, of) = (bytes.len(), text.len());
        let mut former_at = beside.start + read.former_len;
        let mut at = beside.at + read.len;
        for line in lines {
            if line.at as usize != former_at || !self.is_read(line) {
                break;
            }
            let former_len = line.line_len as usize;
            let len = match line.kind {
                Kind::Sample => self.sample(simd, line, text, bytes),
                _ => other(simd, text.get(..former_len).unwrap_or_default(), bytes),
            };
            let Some(len) = len else {
                break;
            };
            let (Some(text_after), Some(after)) = (text.get(former_len..), bytes.get(len..)) else {
                break;
            };
            (text, bytes) = (text_after, after);
            line.at = at as u32;
            line.line_len = len as u32;
            at += len;
            former_at += former_len;
            read.lines += 1;
            if line.change == Change::Same && len == former_len && line.kind == Kind::Sample {
                break;
            }
        }
        read.differs |= bytes.len() < from;
        read.len += from - bytes.len();
        read.former_len += of - text.len();
    }

    /// Reads a sample, which may have another value or timestamp, and whose line `known` begins with.
    /// Returns the length of its line with its line feed.
    #[inline(always)]
    fn sample<S: Simd>(
        &mut self,
        simd: S,
        line: &mut KnownLine,
        known: &[u8],
        bytes: &[u8],
    ) -> Option<usize> {
        let prefix = known.get(..=line.series_end as usize)?;
        let (start, rest) = bytes.split_at_checked(prefix.len())?;
        if !equal(simd, start, prefix) || prefix.last() != Some(&b' ') {
            return None;
        }
        let (value, len) = number(rest)?;
        let after = rest.get(len..)?;
        let tail = match (after.first()?, line.tail) {
            (b'\n', None) => 0,
            (b' ', Some(tail)) => {
                let known = known.get(..line.line_len as usize)?;
                self.tails.follow(tail, known, after, self.syntax)?
            }
            _ => return None,
        };
        let len = prefix.len() + len + tail + 1;
        if len > self.max_line {
            return None;
        }
        line.set(value);
        Some(len)
    }
}

/// Reads a line that is not a sample, if it is the known one. Returns its length.
#[inline(always)]
fn other<S: Simd>(simd: S, known: &[u8], bytes: &[u8]) -> Option<usize> {
    let start = bytes.get(..known.len())?;
    equal(simd, start, known).then_some(known.len())
}

/// Where lines are read and compared: in `text` the known ones, in `bytes` those of this body.
struct Comparison<'t> {
    text: &'t [u8],
    bytes: &'t [u8],
    /// Where both begin in their bodies.
    start: usize,
    at: usize,
}
