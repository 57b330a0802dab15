//! The labels of nearly every line: few, short, and without an escape.

use crate::bytes;
use crate::labels::Labels;
use crate::sample::Sample;
use crate::shape::{LabelLengths, LabelShape, SampleShape, Text};

/// Labels that are written one after the other as `a="b",c="d"`, all of whose lengths are known.
///
/// They are compared, taken apart and kept as one text and two words, where others are a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LabelRun<'l> {
    /// From the first name to one byte after the last quote.
    pub(super) text: &'l str,
    pub(super) lengths: LabelLengths,
    pub(super) count: u32,
}

/// A label's text holds, beside name and value, `=`, two quotes, and a comma or brace.
const BESIDE: usize = 4;

impl<'l> LabelRun<'l> {
    const EMPTY: LabelRun<'static> = LabelRun {
        text: "",
        lengths: LabelLengths::NONE,
        count: 0,
    };

    /// Those of the sample, if they are so.
    #[inline(always)]
    pub(crate) fn of(sample: &Sample<'l>) -> Option<Self> {
        let shape = &sample.shape;
        let (Text::Str(line), false) = (sample.text, shape.has(SampleShape::HAS_ESCAPES)) else {
            return None;
        };
        if shape.label_count == 0 {
            return Some(LabelRun::EMPTY);
        }
        let len = shape.lengths.sum_of(shape.label_count)?;
        let start = shape.labels_at as usize;
        Some(LabelRun {
            text: line.get(start..start + len + BESIDE * shape.label_count as usize)?,
            lengths: shape.lengths,
            count: shape.label_count,
        })
    }

    /// Those that lie in `line` as `shapes` says, if they are so.
    pub(crate) fn in_line(line: &'l str, shapes: impl Iterator<Item = LabelShape>) -> Option<Self> {
        let (mut packed, mut count) = (0, 0);
        let mut place: Option<(usize, usize)> = None;
        for LabelShape { name, value } in shapes {
            let escapes = name.has_escapes() || value.has_escapes();
            let follows = place.is_none_or(|(_, end)| name.start() == end);
            let pair = LabelLengths::pair(name.end() - name.start(), value.end() - value.start());
            if escapes || !follows || pair == 0 || count == LabelLengths::MOST {
                return None;
            }
            // Names in quotes are longer by these.
            if value.start() != name.end() + 2 {
                return None;
            }
            packed |= u128::from(pair) << (16 * count);
            count += 1;
            place = Some((
                place.map_or(name.start(), |(start, _)| start),
                value.end() + 2,
            ));
        }
        let Some((start, end)) = place else {
            return Some(LabelRun::EMPTY);
        };
        Some(LabelRun {
            text: line.get(start..end)?,
            lengths: LabelLengths::new(packed as u64, (packed >> 64) as u64),
            count,
        })
    }

    /// The value of the label of that name, if it is the last or the first, and the labels without it.
    #[inline(always)]
    pub(crate) fn take(self, name: &str) -> Option<(&'l str, LabelRun<'l>)> {
        let last = self.count.checked_sub(1)?;
        let (name_len, value_len) = self.lengths.get(last);
        let start = self.text.len().checked_sub(name_len + value_len + BESIDE)?;
        if name_len == name.len() && self.text.get(start..start + name_len) == Some(name) {
            let value = start + name_len + 2;
            let rest = LabelRun {
                text: self.text.get(..start)?,
                lengths: self.lengths.first(last),
                count: last,
            };
            return Some((self.text.get(value..value + value_len)?, rest));
        }
        let (name_len, value_len) = self.lengths.get(0);
        if name_len == name.len() && self.text.get(..name_len) == Some(name) {
            let value = name_len + 2;
            let rest = LabelRun {
                text: self.text.get(name_len + value_len + BESIDE..)?,
                lengths: self.lengths.without_first(),
                count: last,
            };
            return Some((self.text.get(value..value + value_len)?, rest));
        }
        None
    }

    /// Whether they are written as the others are. If not, they may be the same in another order.
    #[inline(always)]
    pub(crate) fn is_written_as(self, other: LabelRun<'_>) -> bool {
        let shown = |text: &'_ str| text.len().saturating_sub(1);
        let (a, b) = (self.text.as_bytes(), other.text.as_bytes());
        self.lengths == other.lengths
            && self.count == other.count
            && a.len() == b.len()
            && bytes::same(
                a.get(..shown(self.text)).unwrap_or_default(),
                b.get(..shown(other.text)).unwrap_or_default(),
            )
    }

    /// Whether their names are ones that labels can have, each there once. False also where that
    /// would take long to say.
    #[inline(always)]
    pub(crate) fn is_well_named(self) -> bool {
        let (first, _) = self.lengths.get(0);
        match self.count {
            0 => true,
            1 => first != "__name__".len() || !self.text.starts_with("__name__"),
            2 => {
                let (second, _) = self.lengths.get(1);
                let reserved = "__name__".len();
                first != second && first != reserved && second != reserved || self.names_differ()
            }
            _ => self.names_differ(),
        }
    }

    #[inline(never)]
    fn names_differ(self) -> bool {
        let names = || self.labels().into_iter();
        self.count <= 6
            && names().enumerate().all(|(at, label)| {
                let name = label.raw_name();
                name != b"__name__" && names().take(at).all(|other| other.raw_name() != name)
            })
    }

    #[inline(always)]
    pub(super) fn labels(self) -> Labels<'l> {
        Labels {
            text: Text::Str(self.text),
            lengths: self.lengths,
            count: self.count,
            has_escapes: false,
        }
    }
}
