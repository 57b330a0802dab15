//! The labels of nearly all lines: few, short, and without an escape.

use crate::bytes::compare;
use crate::bytes::scan;
use crate::bytes::work;
use crate::model::label_names;
use crate::model::name::METRIC_NAME;
use crate::text::label_lengths::LabelLengths;
use crate::text::sample::Sample;
use crate::text::shape::{SampleShape, Text};

/// Labels that are written in a row as `a="b",c="d"`, all of whose lengths are known.
///
/// They are compared, taken apart and kept as one text and two words, where other labels are a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LabelRun<'l> {
    /// From the first name to one byte after the last quote.
    pub(super) text: &'l str,
    pub(super) lengths: LabelLengths,
    pub(super) count: u32,
}

/// A label that was taken out of a run.
#[derive(Debug)]
pub(crate) struct Taken<'l> {
    pub(crate) value: &'l str,
    /// The other labels.
    pub(crate) rest: LabelRun<'l>,
    /// Where in the run's text the value begins.
    pub(crate) at: usize,
}

/// Besides name and value, a label's text holds `=`, two quotes, and a comma or brace.
const BESIDE: usize = 4;

impl<'l> LabelRun<'l> {
    pub(super) const EMPTY: LabelRun<'static> = LabelRun {
        text: "",
        lengths: LabelLengths::NONE,
        count: 0,
    };

    /// Returns the labels of the sample, if they are a run.
    #[inline(always)]
    pub(crate) fn of(sample: &Sample<'l>) -> Option<Self> {
        let shape = &sample.shape;
        let (Text::Str(line), false) = (sample.text, shape.has(SampleShape::HAS_ESCAPES)) else {
            return None;
        };
        if shape.label_count == 0 {
            return Some(LabelRun::EMPTY);
        }
        if !shape.lengths.are_known(shape.label_count) {
            return None;
        }
        // A comma may follow the last label.
        let end = shape.series_end as usize;
        let end = match line.as_bytes().get(end.checked_sub(2)?)? {
            b',' => end - 1,
            _ => end,
        };
        Some(LabelRun {
            text: line.get(shape.labels_at as usize..end)?,
            lengths: shape.lengths,
            count: shape.label_count,
        })
    }

    /// Returns the labels of the exemplar whose braces open at byte `at` of a sample's line, and where they
    /// end: after the closing brace.
    pub(crate) fn in_braces(line: &'l str, at: usize) -> Option<(Self, usize)> {
        if line.as_bytes().get(at) != Some(&b'{') {
            return None;
        }
        let at = at + 1;
        let (mut packed, mut count, mut end) = (0, 0, at);
        while line.as_bytes().get(end) != Some(&b'}') {
            let rest = line.as_bytes().get(end..)?;
            let name = memchr::memchr2(b'=', b'"', rest)?;
            let value = rest.get(name..)?.strip_prefix(b"=\"")?;
            let value = memchr::memchr2(b'"', b'\\', value)?;
            let pair = LabelLengths::pair(name, value);
            let [b'"', next @ (b',' | b'}')] = rest.get(name + 2 + value..)?.first_chunk()? else {
                return None;
            };
            let bare = |byte: &u8| scan::is_label_byte(*byte);
            if pair == 0 || count == LabelLengths::MOST || !rest.get(..name)?.iter().all(bare) {
                return None;
            }
            packed |= u128::from(pair) << (16 * count);
            count += 1;
            work::on(name + value);
            end += name + value + 3 + usize::from(*next == b',');
        }
        // The byte after the last quote belongs to the text.
        let after = match line.as_bytes().get(end.checked_sub(1)?)? {
            b',' => end,
            _ => end + 1,
        };
        let run = LabelRun {
            text: line
                .get(at..after)
                .filter(|_| count > 0)
                .unwrap_or_default(),
            lengths: LabelLengths::new(packed as u64, (packed >> 64) as u64),
            count,
        };
        Some((run, end + 1))
    }

    /// Takes out the label named `name`, if it is the last or the first.
    #[inline(always)]
    pub(crate) fn take(self, name: &str) -> Option<Taken<'l>> {
        let last = self.count.checked_sub(1)?;
        let (name_len, value_len) = self.lengths.get(last);
        let start = self.text.len().checked_sub(name_len + value_len + BESIDE)?;
        if name_len == name.len() && self.text.get(start..start + name_len) == Some(name) {
            let value = start + name_len + 2;
            return Some(Taken {
                value: self.text.get(value..value + value_len)?,
                rest: LabelRun {
                    text: self.text.get(..start)?,
                    lengths: self.lengths.first(last),
                    count: last,
                },
                at: value,
            });
        }
        let (name_len, value_len) = self.lengths.get(0);
        if name_len == name.len() && self.text.get(..name_len) == Some(name) {
            let value = name_len + 2;
            return Some(Taken {
                value: self.text.get(value..value + value_len)?,
                rest: LabelRun {
                    text: self.text.get(name_len + value_len + BESIDE..)?,
                    lengths: self.lengths.without_first(),
                    count: last,
                },
                at: value,
            });
        }
        None
    }

    /// Tells whether they are written like `other`. If not, they may be the same in another order.
    #[inline(always)]
    pub(crate) fn is_written_as(self, other: LabelRun<'_>) -> bool {
        let shown = |text: &'_ str| text.len().saturating_sub(1);
        let (a, b) = (self.text.as_bytes(), other.text.as_bytes());
        self.lengths == other.lengths
            && self.count == other.count
            && a.len() == b.len()
            && compare::same(
                a.get(..shown(self.text)).unwrap_or_default(),
                b.get(..shown(other.text)).unwrap_or_default(),
            )
    }

    /// Tells whether one of them is named `name`.
    #[inline]
    pub(crate) fn has(self, name: &str) -> bool {
        self.iter().any(|(other, _)| other == name)
    }

    /// Tells whether they have the same names as `other`, in the same order.
    #[inline(never)]
    pub(crate) fn has_names_of(self, other: LabelRun<'_>) -> bool {
        let (mut a, mut b) = (self.text.as_bytes(), other.text.as_bytes());
        let (mut lengths, mut others) = (self.lengths.packed(), other.lengths.packed());
        for _ in 0..self.count {
            let len = usize::from(lengths as u8);
            if lengths as u8 != others as u8 {
                return false;
            }
            let (Some(name), Some(other)) = (a.get(..len), b.get(..len)) else {
                return false;
            };
            if !compare::same(name, other) {
                return false;
            }
            let after = |lengths: u128| len + usize::from((lengths >> 8) as u8) + BESIDE;
            (a, b) = (
                a.get(after(lengths)..).unwrap_or_default(),
                b.get(after(others)..).unwrap_or_default(),
            );
            (lengths, others) = (lengths >> 16, others >> 16);
        }
        self.count == other.count
    }

    /// Tells whether they have the same names as `other`, in the same order, and come after it in the order
    /// of texts. Labels that rise like this, one after the other, all differ.
    pub(crate) fn rises_from(self, other: LabelRun<'_>) -> bool {
        let shown = |run: LabelRun<'_>| run.text.len().saturating_sub(1);
        let (a, b) = (self.text.as_bytes(), other.text.as_bytes());
        work::on(a.len().min(b.len()));
        self.has_names_of(other) && a.get(..shown(self)) > b.get(..shown(other))
    }

    /// Tells whether the lengths alone show that the names are valid label names, each used once.
    #[inline(always)]
    pub(crate) fn is_plainly_named(self) -> bool {
        let mut lengths = self.lengths.packed();
        let mut seen: u64 = 1 << METRIC_NAME.len();
        for _ in 0..self.count {
            let length = 1 << (lengths as u32 % 64);
            if seen & length != 0 {
                return false;
            }
            seen |= length;
            lengths >>= 16;
        }
        true
    }

    /// Tells whether the names are valid label names, each used once. Returns false also if that would
    /// take long to find out.
    #[inline(never)]
    pub(crate) fn is_well_named(self) -> bool {
        let names = self.iter().map(|(name, _)| name);
        self.count <= 6
            && !names.clone().any(|name| name == METRIC_NAME)
            && !label_names::may_repeat(names)
    }

    /// Returns names and values.
    #[inline(always)]
    pub(super) fn iter(self) -> RunIter<'l> {
        RunIter {
            rest: self.text,
            lengths: self.lengths.packed(),
            left: self.count,
        }
    }
}

/// The names and values of a [`LabelRun`].
#[derive(Debug, Clone)]
pub(super) struct RunIter<'l> {
    /// From the next label on.
    rest: &'l str,
    /// The lengths of the next labels, as in [`LabelLengths::packed`].
    lengths: u128,
    left: u32,
}

impl<'l> Iterator for RunIter<'l> {
    type Item = (&'l str, &'l str);

    #[inline(always)]
    fn next(&mut self) -> Option<(&'l str, &'l str)> {
        self.left = self.left.checked_sub(1)?;
        let (name, value) = (self.lengths as u8, (self.lengths >> 8) as u8);
        self.lengths >>= 16;
        let (name, rest) = self.rest.split_at_checked(usize::from(name))?;
        let (value, rest) = rest.get(2..)?.split_at_checked(usize::from(value))?;
        self.rest = rest.get(2..)?;
        Some((name, value))
    }

    #[inline(always)]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left as usize, Some(self.left as usize))
    }
}

impl ExactSizeIterator for RunIter<'_> {}
