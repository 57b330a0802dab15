//! What is known of a target's series: their texts, labels and ids.

use std::borrow::Cow;

use super::place::{Kind, Place, Prefix, What};
use super::table::{Table, Tag};
use crate::decode::Escapes;
use crate::hash::Seeds;
use crate::labels::Labels;
use crate::line::Sample;
use crate::metric_type::MetricType;
use crate::shape::{LabelShape, OtherShape, Piece, Text};

/// A series, by the bytes it is written with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) id: u64,
    text: Written,
    name: Piece,
    /// Where its labels begin, and how many there are.
    labels: u32,
    label_count: u32,
    /// Its first place in the last body that changed the order of lines.
    place: u32,
    tag: Tag,
    /// The [age](Store::age) in which it was there last.
    seen: u64,
}

/// Where the text of a series lies.
#[derive(Debug, Clone, Copy, Default)]
struct Written {
    start: u32,
    len: u32,
    utf8: bool,
    /// Whether it is UTF-8 and one line: all but few are, and those are read anew each time.
    usual: bool,
}

/// A line that is no sample.
#[derive(Debug)]
struct Other {
    /// Where its text begins, and how long it is.
    start: u32,
    len: u32,
    shape: OtherShape,
}

/// Series and other lines that have been read.
///
/// Offsets are of 32 bits: a body has at most [`MAX_BODY`] bytes, the lines of no more than three are
/// kept.
#[derive(Debug, Default)]
pub(super) struct Store {
    seeds: Seeds,
    table: Table,
    /// Of each series its text and a space, and other lines with their line feeds.
    texts: String,
    /// The series that are not UTF-8.
    other_texts: Vec<u8>,
    labels: Vec<LabelShape>,
    series: Vec<Known>,
    others: Vec<Other>,
    next_id: u64,
    /// Counts the bodies that changed the order of lines.
    age: u64,
    /// What of it is in use.
    used: Used,
}

/// The age of a series that has not been seen.
const NEVER: u64 = u64::MAX;

/// The longest body of which series are remembered.
pub(super) const MAX_BODY: u64 = 1 << 30;

/// How much there is of something, to be compared.
#[derive(Debug, Clone, Copy, Default)]
struct Used {
    texts: usize,
    series: usize,
    others: usize,
}

impl Store {
    /// Forgets everything but which ids were given.
    pub(super) fn clear(&mut self) {
        *self = Store {
            next_id: self.next_id,
            age: self.age + 1,
            ..Store::default()
        };
    }

    /// How many series the last body had.
    pub(super) fn len(&self) -> usize {
        self.used.series
    }

    #[inline(always)]
    pub(super) fn prefix(&self, prefix: Prefix) -> Option<&[u8]> {
        let from = self.texts.as_bytes().get(prefix.start as usize..)?;
        from.get(..prefix.len as usize)
    }

    pub(super) fn known(&self, series: u32) -> Option<&Known> {
        self.series.get(series as usize)
    }

    fn known_mut(&mut self, series: u32) -> Option<&mut Known> {
        self.series.get_mut(series as usize)
    }

    /// The series as it is written.
    #[inline]
    pub(super) fn text(&self, known: &Known) -> Text<'_> {
        let Written {
            start, len, utf8, ..
        } = known.text;
        let range = start as usize..start as usize + len as usize;
        match utf8 {
            true => Text::Str(self.texts.get(range).unwrap_or_default()),
            false => Text::Bytes(self.other_texts.get(range).unwrap_or_default()),
        }
    }

    pub(super) fn name(&self, known: &Known) -> Cow<'_, str> {
        self.text(known).unescaped(known.name, Escapes::Quoted)
    }

    #[inline]
    pub(super) fn labels(&self, known: &Known) -> Labels<'_, '_> {
        let from = self.labels.get(known.labels as usize..);
        let shapes = from.and_then(|from| from.get(..known.label_count as usize));
        Labels {
            text: self.text(known),
            shapes: shapes.unwrap_or_default(),
        }
    }

    /// What the line of a place begins with that is there again.
    #[inline]
    pub(super) fn prefix_of(&self, what: What) -> Prefix {
        match what.get() {
            (Kind::Sample, number) => match self.known(number) {
                Some(known) if known.text.usual => Prefix {
                    start: known.text.start,
                    len: known.text.len + 1,
                },
                _ => Prefix::NEVER,
            },
            (Kind::Other, number) => match self.others.get(number as usize) {
                Some(other) => Prefix {
                    start: other.start,
                    len: other.len,
                },
                None => Prefix::NEVER,
            },
            (Kind::Odd, _) => Prefix::NEVER,
        }
    }

    /// A line that is no sample: its text, without the line feed, and its shape.
    pub(super) fn other(&self, other: u32) -> Option<(&str, OtherShape)> {
        let other = self.others.get(other as usize)?;
        let start = other.start as usize;
        let text = self.texts.get(start..start + other.len as usize - 1)?;
        Some((text, other.shape))
    }

    /// The type in force behind another line, before which it is `scope`.
    #[inline]
    pub(super) fn scope_behind(&self, other: u32, scope: MetricType) -> MetricType {
        match self.others.get(other as usize).map(|other| other.shape) {
            Some(OtherShape::Type { kind, .. }) => kind,
            _ => scope,
        }
    }

    /// Whether another line is this one.
    pub(super) fn is_other(&self, other: u32, line: &str) -> bool {
        self.other(other).is_some_and(|(text, _)| text == line)
    }

    pub(super) fn add_other(&mut self, text: &str, shape: OtherShape) -> u32 {
        let start = self.texts.len() as u32;
        self.texts.push_str(text);
        self.texts.push('\n');
        let len = text.len() as u32 + 1;
        self.others.push(Other { start, len, shape });
        self.others.len() as u32 - 1
    }

    /// Whether the series is written with these bytes.
    pub(super) fn is(&self, series: u32, raw: &[u8]) -> bool {
        let known = self.known(series);
        known.is_some_and(|known| self.text(known).as_bytes() == raw)
    }

    /// The series that is written with these bytes, if it is in this body or was in the last one; or
    /// else the tag under which it is to be added.
    pub(super) fn find(&self, raw: &[u8]) -> Result<u32, Tag> {
        let tag = Table::tag(self.seeds.hash(raw));
        let is = |series| {
            let known = self.known(series);
            known.is_some_and(|known| known.seen.wrapping_add(1) >= self.age)
                && self.is(series, raw)
        };
        self.table.find(tag, is).ok_or(tag)
    }

    /// Adds the series of a sample, which is not known.
    pub(super) fn add(&mut self, sample: &Sample<'_>, tag: Tag) -> u32 {
        // Blanks may stand before it.
        let end = sample.shape.series_end as usize;
        let start = end - sample.raw_series().len();
        let text = match sample.text {
            Text::Str(line) => Text::Str(line.get(start..end).unwrap_or_default()),
            Text::Bytes(_) => Text::new(sample.raw_series()),
        };
        let labels = sample.labels().shapes.iter().map(|label| LabelShape {
            name: label.name.behind(start),
            value: label.value.behind(start),
        });
        let known = Known {
            id: self.next_id,
            text: Written::default(),
            name: sample.shape.name.behind(start),
            labels: 0,
            label_count: 0,
            place: 0,
            tag,
            seen: NEVER,
        };
        self.next_id += 1;
        self.push(known, text, labels)
    }

    /// Begins with a body in which other lines follow those places.
    pub(super) fn part(&mut self, places: &[Place]) {
        self.age += 1;
        let age = self.age;
        for place in places {
            if let (Kind::Sample, number) = place.what.get()
                && let Some(known) = self.known_mut(number)
            {
                known.seen = age;
            }
        }
    }

    /// Takes note of a sample of the series at that place; whether it is the first in this body.
    #[inline]
    pub(super) fn see(&mut self, series: u32, place: u32) -> bool {
        let age = self.age;
        match self.known_mut(series) {
            Some(known) if known.seen != age => {
                known.seen = age;
                known.place = place;
                true
            }
            _ => false,
        }
    }

    /// Where the series was in the last body, if it was there and has not come again yet.
    #[inline]
    pub(super) fn former_place(&self, series: u32) -> Option<u32> {
        let known = self.known(series)?;
        (known.seen.wrapping_add(1) == self.age).then_some(known.place)
    }

    /// The series that were in the last body and are not in this one.
    pub(super) fn gone(&self) -> impl Iterator<Item = u32> {
        let series = (0..).zip(&self.series);
        series.filter_map(|(number, known)| {
            (known.seen.wrapping_add(1) == self.age).then_some(number)
        })
    }

    /// Puts the series behind the others, with its text and labels.
    fn push(
        &mut self,
        known: Known,
        text: Text<'_>,
        labels: impl ExactSizeIterator<Item = LabelShape>,
    ) -> u32 {
        let number = self.series.len() as u32;
        let text = self.keep(text);
        self.table.insert(known.tag, number);
        self.series.push(Known {
            text,
            labels: self.labels.len() as u32,
            label_count: labels.len() as u32,
            ..known
        });
        self.labels.extend(labels);
        number
    }

    fn keep(&mut self, text: Text<'_>) -> Written {
        let (start, utf8) = match text {
            Text::Str(text) => {
                let start = self.texts.len();
                self.texts.push_str(text);
                self.texts.push(' ');
                (start, true)
            }
            Text::Bytes(bytes) => {
                let start = self.other_texts.len();
                self.other_texts.extend_from_slice(bytes);
                (start, false)
            }
        };
        let bytes = text.as_bytes();
        Written {
            start: start as u32,
            len: bytes.len() as u32,
            utf8,
            usual: utf8 && !bytes.contains(&b'\n'),
        }
    }

    /// Takes note of what the places use, for [`tidy`](Self::tidy).
    pub(super) fn count(&mut self, places: &[Place]) {
        let mut used = Used::default();
        for place in places {
            let (kind, number) = place.what.get();
            match kind {
                Kind::Sample if place.is_first() => {
                    used.series += 1;
                    used.texts += self
                        .known(number)
                        .map_or(0, |known| known.text.len as usize + 1);
                }
                Kind::Other => {
                    used.others += 1;
                    let other = self.others.get(number as usize);
                    used.texts += other.map_or(0, |other| other.len as usize);
                }
                _ => {}
            }
        }
        self.used = used;
    }

    /// Whether most of what is kept is no longer in use.
    pub(super) fn is_untidy(&self) -> bool {
        let most = |all: usize, used: usize| all > 2 * used + 1024;
        most(self.texts.len() + self.other_texts.len(), self.used.texts)
            || most(self.series.len(), self.used.series)
            || most(self.others.len(), self.used.others)
    }

    /// Keeps what the places use, in their order, and drops everything else: gives the former numbers
    /// of the series that are left.
    pub(super) fn tidy(&mut self, places: &mut [Place]) -> Vec<u32> {
        let used = self.used;
        let mut tidied = Store {
            seeds: std::mem::take(&mut self.seeds),
            table: Table::with_room(used.series),
            texts: String::with_capacity(used.texts),
            series: Vec::with_capacity(used.series),
            others: Vec::with_capacity(used.others),
            next_id: self.next_id,
            age: self.age,
            used,
            ..Store::default()
        };
        let mut order = Vec::with_capacity(used.series);
        // By former number.
        let mut numbers = vec![None; self.series.len()];
        for place in places {
            let (kind, former) = place.what.get();
            let number = match kind {
                Kind::Sample => {
                    let number = numbers.get(former as usize).copied().flatten();
                    match (number, self.known(former)) {
                        (Some(number), _) => number,
                        (None, None) => continue,
                        (None, Some(known)) => {
                            let labels = self.labels(known).shapes.iter().copied();
                            let number = tidied.push(*known, self.text(known), labels);
                            order.push(former);
                            if let Some(entry) = numbers.get_mut(former as usize) {
                                *entry = Some(number);
                            }
                            number
                        }
                    }
                }
                Kind::Other => match self.other(former) {
                    Some((text, shape)) => tidied.add_other(text, shape),
                    None => continue,
                },
                Kind::Odd => continue,
            };
            place.what = What::new(kind, number);
            place.prefix = tidied.prefix_of(place.what);
        }
        *self = tidied;
        order
    }
}
