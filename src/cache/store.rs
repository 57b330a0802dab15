//! The series and the other lines that are known: their texts, and where the parts of those lie.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};

use super::line::{Kind, KnownLine};
use super::tails::Tails;
use crate::hash::Seeds;
use crate::line::Declared;
use crate::sample::Sample;
use crate::shape::{LabelLengths, OtherShape, Piece, SampleShape, Text};
use crate::work;

/// The longest body of which lines are kept.
pub(super) const MAX_BODY: u64 = 1 << 30;

/// What is no longer used is dropped once it is more than what is used and so many bytes.
pub(super) const ROOM: usize = 16 * 1024;

/// No more text than this is kept when another body is read, so that offsets have 32 bits whatever it adds.
pub(super) const MOST_TEXT: usize = 2 * MAX_BODY as usize;

/// A series as it is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Series {
    /// Where its text begins, and how long it is.
    pub(super) start: u32,
    pub(super) len: u32,
    pub(super) id: u64,
    /// The last body that had it, by [`Store::body`]; 0 if it has gone.
    pub(super) body: u64,
    /// The first line of that body that has it.
    pub(super) line: u32,
    /// Where its parts lie.
    lengths: LabelLengths,
    name: Piece,
    labels_at: u32,
    label_count: u32,
    flags: u8,
    pub(super) is_utf8: bool,
    hash: u64,
    /// One more than the number of another series with the same hash.
    next: u32,
}

#[derive(Debug, Default)]
pub(super) struct Store {
    /// The texts of series, a space after each, and of other lines with their line feeds.
    texts: String,
    /// The series that are not UTF-8.
    bytes: Vec<u8>,
    series: Vec<Series>,
    others: Vec<OtherShape>,
    by_hash: HashMap<u64, u32, BuildHasherDefault<Hashed>>,
    seeds: Seeds,
    next_id: u64,
    /// How many bytes are held for lines that have gone.
    unused: usize,
    /// The number of the last body whose lines were not those of the one before; counted from 1.
    pub(super) body: u64,
    /// Whether the text of some series holds a line feed, or has lately, so that lines have to be counted.
    pub(super) has_folds: bool,
}

/// What a series costs beside its text, about: itself and its place in the table.
const SERIES: usize = size_of::<Series>() + 32;

impl Store {
    /// A store that gives ids from there on.
    pub(super) fn new(next_id: u64) -> Self {
        Store {
            next_id,
            ..Store::default()
        }
    }

    pub(super) fn next_id(&self) -> u64 {
        self.next_id
    }

    #[inline(always)]
    pub(super) fn series(&self, number: u32) -> Option<&Series> {
        self.series.get(number as usize)
    }

    #[inline(always)]
    pub(super) fn series_mut(&mut self, number: u32) -> Option<&mut Series> {
        self.series.get_mut(number as usize)
    }

    /// The bytes that the line begins with if it is there again: all of it, or the series and a space.
    #[inline(always)]
    pub(super) fn prefix(&self, line: &KnownLine) -> Option<&[u8]> {
        let start = line.start as usize;
        let texts = self.texts.as_bytes();
        texts.get(start..start + line.len as usize + 1)
    }

    /// What another line is, and its text.
    pub(super) fn other(&self, line: &KnownLine) -> Option<(OtherShape, Text<'_>)> {
        let shape = *self.others.get(line.number as usize)?;
        let start = line.start as usize;
        let text = self.texts.get(start..start + line.len as usize)?;
        Some((shape, Text::Str(text)))
    }

    #[inline(always)]
    pub(super) fn shape_of_other(&self, line: &KnownLine) -> Option<OtherShape> {
        self.others.get(line.number as usize).copied()
    }

    #[inline(always)]
    pub(super) fn text(&self, series: &Series) -> Text<'_> {
        let range = series.start as usize..series.start as usize + series.len as usize;
        match series.is_utf8 {
            true => Text::Str(self.texts.get(range).unwrap_or_default()),
            false => Text::Bytes(self.bytes.get(range).unwrap_or_default()),
        }
    }

    /// The series as a sample without a value.
    #[inline(always)]
    pub(super) fn sample(&self, series: &Series) -> Sample<'_> {
        Sample::new(
            self.text(series),
            SampleShape {
                lengths: series.lengths,
                name: series.name,
                labels_at: series.labels_at,
                label_count: series.label_count,
                series_end: series.len,
                flags: series.flags,
                ..SampleShape::default()
            },
            Declared::NONE,
        )
    }

    /// The number of the series that is written so, whether it is there or has gone.
    #[inline]
    fn find(&self, first: u32, text: &[u8]) -> Option<u32> {
        let mut number = first;
        loop {
            let series = self.series(number)?;
            work::on(text.len());
            if self.text(series).as_bytes() == text {
                return Some(number);
            }
            number = series.next.checked_sub(1)?;
        }
    }

    /// The number of the sample's series, and whether it was known: it may be there or have gone.
    pub(super) fn find_or_add(&mut self, sample: &Sample<'_>) -> (u32, bool) {
        let raw = sample.raw_series();
        work::on(raw.len());
        let hash = self.seeds.hash(raw);
        let new = self.series.len() as u32;
        let first = match self.by_hash.entry(hash) {
            Entry::Vacant(entry) => {
                entry.insert(new);
                None
            }
            Entry::Occupied(entry) => Some(*entry.get()),
        };
        if let Some(first) = first {
            if let Some(number) = self.find(first, raw) {
                return (number, true);
            }
            // Two series of one hash, which hardly ever happens.
            self.by_hash.insert(hash, new);
        }
        self.add_series(sample, hash, first.map_or(0, |first| first + 1));
        (new, false)
    }

    /// Gives a series that is not there an id.
    pub(super) fn new_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id - 1
    }

    /// Keeps the series of a sample under the next number.
    fn add_series(&mut self, sample: &Sample<'_>, hash: u64, next: u32) {
        let raw = sample.raw_series();
        // Blanks may precede the series in its line.
        let blanks = (sample.shape.series_end as usize).saturating_sub(raw.len()) as u32;
        let text = match sample.text {
            Text::Str(line) => line.get(blanks as usize..sample.shape.series_end as usize),
            Text::Bytes(_) => std::str::from_utf8(raw).ok(),
        };
        let (start, is_utf8) = match text {
            Some(text) => (self.add_text(text, " "), true),
            None => (self.add_bytes(raw), false),
        };
        let id = self.new_id();
        self.series.push(Series {
            start,
            len: raw.len() as u32,
            id,
            body: 0,
            line: 0,
            lengths: sample.shape.lengths,
            name: sample.shape.name.behind(blanks),
            labels_at: sample.shape.labels_at.saturating_sub(blanks),
            label_count: sample.shape.label_count,
            flags: sample.shape.flags & SampleShape::HAS_ESCAPES,
            is_utf8,
            hash,
            next,
        });
    }

    fn add_text(&mut self, text: &str, end: &str) -> u32 {
        work::on(text.len());
        let start = self.texts.len() as u32;
        self.texts.push_str(text);
        self.texts.push_str(end);
        start
    }

    fn add_bytes(&mut self, bytes: &[u8]) -> u32 {
        work::on(bytes.len());
        let start = self.bytes.len() as u32;
        self.bytes.extend_from_slice(bytes);
        start
    }

    /// Keeps another line, which is given without its line feed and holds none.
    pub(super) fn add_other(&mut self, line: &str, shape: OtherShape) -> KnownLine {
        let start = self.add_text(line, "\n");
        self.others.push(shape);
        KnownLine {
            start,
            len: line.len() as u32,
            kind: Kind::Other,
            ..KnownLine::odd(self.others.len() as u32 - 1)
        }
    }

    /// Says that a series of the body before is not in this one.
    pub(super) fn lose_series(&mut self, number: u32) {
        if let Some(series) = self.series.get_mut(number as usize) {
            series.body = 0;
            self.unused += series.len as usize + SERIES;
        }
    }

    /// Says that a series that had gone is there again, as a new one.
    pub(super) fn revive(&mut self, number: u32) {
        let id = self.new_id();
        if let Some(series) = self.series.get_mut(number as usize) {
            series.id = id;
            self.unused = self.unused.saturating_sub(series.len as usize + SERIES);
        }
    }

    /// Says that another line of the body before is not in this one.
    pub(super) fn lose_other(&mut self, line: &KnownLine) {
        self.unused += line.len as usize + size_of::<OtherShape>();
    }

    /// Drops what is not used if that is more than what is, and gives every series a new number, in the
    /// order of the lines. Returns the new numbers, by the former ones; none for a series that has gone.
    pub(super) fn tidy(
        &mut self,
        lines: &mut [KnownLine],
        tails: &mut Tails,
    ) -> Option<Vec<Option<u32>>> {
        tails.tidy(lines);
        let held = self.texts.len()
            + self.bytes.len()
            + self.series.len() * SERIES
            + self.others.len() * size_of::<OtherShape>();
        let is_little = self.unused <= held.saturating_sub(self.unused) + ROOM;
        if is_little && self.texts.len().max(self.bytes.len()) <= MOST_TEXT {
            return None;
        }
        work::on(size_of_val(lines) + size_of_val(self.series.as_slice()));
        let mut kept = Store {
            body: self.body,
            next_id: self.next_id,
            ..Store::default()
        };
        kept.seeds = std::mem::take(&mut self.seeds);
        let mut numbers = vec![None; self.series.len()];
        for line in lines {
            match line.kind {
                Kind::Sample | Kind::Anew => {
                    let new = numbers.get_mut(line.number as usize);
                    let (Some(series), Some(new)) = (self.series(line.number), new) else {
                        continue;
                    };
                    let number = *new.get_or_insert_with(|| kept.copy(series, self.text(series)));
                    line.number = number;
                    line.start = kept.series(number).map_or(0, |series| series.start);
                }
                Kind::Other => {
                    if let Some((shape, Text::Str(text))) = self.other(line) {
                        *line = kept.add_other(text, shape);
                    }
                }
                Kind::Odd | Kind::Taken => {}
            }
        }
        *self = kept;
        Some(numbers)
    }

    /// Keeps a series of another store.
    fn copy(&mut self, series: &Series, text: Text<'_>) -> u32 {
        self.has_folds |= text.as_bytes().contains(&b'\n');
        let start = match text {
            Text::Str(text) => self.add_text(text, " "),
            Text::Bytes(bytes) => self.add_bytes(bytes),
        };
        let number = self.series.len() as u32;
        let first = self.by_hash.insert(series.hash, number);
        self.series.push(Series {
            start,
            next: first.map_or(0, |first| first + 1),
            ..*series
        });
        number
    }
}

/// The hash of what is a hash.
#[derive(Debug, Default, Clone, Copy)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0 << 8 | u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}
