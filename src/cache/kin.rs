//! Reading a sample beside the one before it.
//!
//! In most bodies a line shares its metric's name, and most labels, with the line above it. What both
//! begin with needs no second reading: the parts of the line lie where they lie in that one, up to the
//! label, or the name, in which they part.

use wide::u8x16;

use crate::scan;
use crate::shape::{LabelShape, Piece};

/// The series read last.
#[derive(Debug, Default)]
pub(super) struct Kin<'b> {
    /// What begins with the series.
    line: &'b [u8],
    /// Where it ends.
    end: usize,
    pub(super) name: Piece,
    pub(super) labels: Vec<LabelShape>,
    /// Whether name and labels lie where they lay in the series before.
    pub(super) same: bool,
}

impl<'b> Kin<'b> {
    /// Takes the series of `end` bytes that `line` begins with, and its parts, in place of the last one.
    pub(super) fn follow(
        &mut self,
        line: &'b [u8],
        end: usize,
        name: Piece,
        labels: &[LabelShape],
    ) {
        self.line = line;
        self.end = end;
        self.name = name;
        self.labels.clear();
        self.labels.extend_from_slice(labels);
    }

    /// Reads the series that `line` begins with, if that is a usual sample in any dialect: it is the
    /// last one then, and its length is given. `None` is no verdict, and no series is the last one.
    #[inline]
    pub(super) fn read(&mut self, line: &'b [u8], max_labels: usize) -> Option<usize> {
        // Whole blocks are compared faster.
        let last = (self.line.get(..self.end.next_multiple_of(32))).unwrap_or(self.line);
        let same = common(line, last).min(self.end);
        self.end = 0;
        self.same = false;
        // Labels whose values both begin stay.
        let mut has_all = true;
        while self
            .labels
            .last()
            .is_some_and(|label| label.value.start() > same)
        {
            self.labels.pop();
            has_all = false;
        }
        let end = match self.labels.last_mut() {
            Some(parting) => {
                // Behind an escape it takes more to tell where a value ends; and a name in quotes may
                // stand behind labels.
                if parting.value.has_escapes() || self.name.end() > parting.value.start() {
                    return None;
                }
                let end = closing_quote(line, same.min(parting.value.end()))?;
                if end != parting.value.end() {
                    parting.value = Piece::new(parting.value.start(), end);
                    has_all = false;
                }
                match line.get(end + 1)? {
                    b'}' if self.labels.len() <= max_labels => {
                        self.same = has_all;
                        end + 2
                    }
                    b',' => self.label(line, end + 2, max_labels)?,
                    _ => return None,
                }
            }
            None => {
                let known = match self.name.start() {
                    0 => same.min(self.name.end()),
                    _ => 0,
                };
                let end = name_end(line, known)?;
                self.name = Piece::new(0, end);
                match line.get(end)? {
                    b'{' if line.get(end + 1) == Some(&b'}') => end + 2,
                    b'{' => self.label(line, end + 1, max_labels)?,
                    _ => end,
                }
            }
        };
        self.line = line;
        self.end = end;
        Some(end)
    }

    /// Reads labels from the name of one on.
    fn label(&mut self, line: &[u8], mut start: usize, max_labels: usize) -> Option<usize> {
        loop {
            let equals = start + scan::label_name(line.get(start..)?);
            if equals == start || line.get(equals..equals + 2)? != b"=\"" {
                return None;
            }
            let end = closing_quote(line, equals + 2)?;
            self.labels.push(LabelShape {
                name: Piece::new(start, equals),
                value: Piece::new(equals + 2, end),
            });
            match line.get(end + 1)? {
                b'}' if self.labels.len() <= max_labels => return Some(end + 2),
                b',' => start = end + 2,
                _ => return None,
            }
        }
    }
}

/// The end of the metric's name that a line begins with, of which the first bytes are known.
#[inline]
fn name_end(line: &[u8], known: usize) -> Option<usize> {
    let end = match known {
        0 => scan::metric_name(line),
        _ => known + scan::metric_name_rest(line.get(known..)?),
    };
    (end > 0).then_some(end)
}

/// How many bytes both begin with.
#[inline(always)]
fn common(a: &[u8], b: &[u8]) -> usize {
    let (a_blocks, _) = a.as_chunks::<32>();
    let (b_blocks, _) = b.as_chunks::<32>();
    let mut same = 0;
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        let ([a, c], [b, d]) = (halves(a), halves(b));
        let equal = bits(a.simd_eq(b), c.simd_eq(d));
        if equal != u32::MAX {
            return same + equal.trailing_ones() as usize;
        }
        same += 32;
    }
    let (a, b) = (a.get(same..), b.get(same..));
    let rest = a.unwrap_or_default().iter().zip(b.unwrap_or_default());
    same + rest.take_while(|(a, b)| a == b).count()
}

/// The quote at or behind `at` that closes the text there; `None` if a backslash or a line feed stands
/// before it.
#[inline(always)]
fn closing_quote(line: &[u8], at: usize) -> Option<usize> {
    let mut rest = line.get(at..)?;
    let mut from = at;
    while let Some((block, behind)) = rest.split_first_chunk() {
        let [a, b] = halves(block);
        let found = bits(ends(a), ends(b));
        if found != 0 {
            return quote_at(line, from + found.trailing_zeros() as usize);
        }
        from += 32;
        rest = behind;
    }
    let place = rest
        .iter()
        .position(|b| matches!(b, b'"' | b'\\' | b'\n'))?;
    quote_at(line, from + place)
}

#[inline(always)]
fn ends(bytes: u8x16) -> u8x16 {
    let equals = |byte| bytes.simd_eq(u8x16::splat(byte));
    equals(b'"') | equals(b'\\') | equals(b'\n')
}

#[inline(always)]
fn quote_at(line: &[u8], at: usize) -> Option<usize> {
    (line.get(at) == Some(&b'"')).then_some(at)
}

#[inline(always)]
fn halves(block: &[u8; 32]) -> [u8x16; 2] {
    let half = |bytes: Option<&[u8; 16]>| u8x16::new(bytes.copied().unwrap_or_default());
    [half(block.first_chunk()), half(block.last_chunk())]
}

#[inline(always)]
fn bits(first: u8x16, second: u8x16) -> u32 {
    first.to_bitmask() | second.to_bitmask() << 16
}
