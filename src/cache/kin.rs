//! Reading a sample beside the one before it.
//!
//! In most bodies a line shares its metric's name, and most labels, with the line above it. What both
//! begin with needs no second reading: the parts of the line lie where they lie in that one, up to the
//! label, or the name, in which they part.

use fearless_simd::{Simd, SimdBase, SimdFrom, SimdMask, u8x64};

use crate::scan;
use crate::shape::{LabelShape, Piece};
use crate::work;

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
    #[inline(always)]
    pub(super) fn read<S: Simd>(
        &mut self,
        simd: S,
        line: &'b [u8],
        max_labels: usize,
    ) -> Option<usize> {
        // Whole blocks are compared faster.
        let last = (self.line.get(..self.end.next_multiple_of(64))).unwrap_or(self.line);
        let same = common(simd, line, last).min(self.end);
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
                let end = closing_quote(simd, line, same.min(parting.value.end()))?;
                if end != parting.value.end() {
                    parting.value = Piece::new(parting.value.start(), end);
                    has_all = false;
                }
                match line.get(end + 1)? {
                    b'}' if self.labels.len() <= max_labels => {
                        self.same = has_all;
                        end + 2
                    }
                    b',' => self.label(simd, line, end + 2, max_labels)?,
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
                    b'{' => self.label(simd, line, end + 1, max_labels)?,
                    _ => end,
                }
            }
        };
        self.line = line;
        self.end = end;
        Some(end)
    }

    /// Reads labels from the name of one on.
    #[inline(always)]
    fn label<S: Simd>(
        &mut self,
        simd: S,
        line: &[u8],
        mut start: usize,
        max_labels: usize,
    ) -> Option<usize> {
        loop {
            let equals = start + scan::label_name(line.get(start..)?);
            if equals == start || line.get(equals..equals + 2)? != b"=\"" {
                return None;
            }
            let end = closing_quote(simd, line, equals + 2)?;
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
fn common<S: Simd>(simd: S, a: &[u8], b: &[u8]) -> usize {
    let (a_blocks, _) = a.as_chunks();
    let (b_blocks, _) = b.as_chunks();
    let mut same = 0;
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        work::on(64);
        let equal = u8x64::simd_from(simd, *a).simd_eq(u8x64::simd_from(simd, *b));
        let equal = equal.to_bitmask();
        if equal != u64::MAX {
            return same + equal.trailing_ones() as usize;
        }
        same += 64;
    }
    let (a, b) = (a.get(same..), b.get(same..));
    let rest = a.unwrap_or_default().iter().zip(b.unwrap_or_default());
    same + rest.take_while(|(a, b)| a == b).count()
}

/// The quote at or behind `at` that closes the text there; `None` if a backslash or a line feed stands
/// before it.
#[inline(always)]
fn closing_quote<S: Simd>(simd: S, line: &[u8], at: usize) -> Option<usize> {
    let mut rest = line.get(at..)?;
    let mut from = at;
    while let Some((block, behind)) = rest.split_first_chunk() {
        work::on(64);
        let bytes = u8x64::simd_from(simd, *block);
        let ends = bytes.simd_eq(b'"') | bytes.simd_eq(b'\\') | bytes.simd_eq(b'\n');
        let ends = ends.to_bitmask();
        if ends != 0 {
            return quote_at(line, from + ends.trailing_zeros() as usize);
        }
        from += 64;
        rest = behind;
    }
    let place = rest
        .iter()
        .position(|b| matches!(b, b'"' | b'\\' | b'\n'))?;
    quote_at(line, from + place)
}

#[inline(always)]
fn quote_at(line: &[u8], at: usize) -> Option<usize> {
    (line.get(at) == Some(&b'"')).then_some(at)
}
