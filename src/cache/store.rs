//! The known series, and their texts.

use super::line::KnownLine;
use super::span::Span;
use super::table::Table;
use crate::bytes::hash::Seeds;
use crate::bytes::work;
use crate::text::sample::Sample;
use crate::text::shape::SampleShape;

/// The longest body whose lines are kept.
pub(super) const MAX_BODY: u64 = 1 << 30;

/// Unused data is dropped once it is larger than the used data and this many bytes together.
pub(super) const ROOM: usize = 4 * 1024;

/// No more text than this is kept when another body is read, so that offsets fit into 32 bits whatever
/// the body adds.
pub(super) const MOST_TEXT: usize = 2 * MAX_BODY as usize;

/// A series as written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Series {
    /// Where its text is.
    pub(super) text: Span,
    hash: u32,
    /// The first line of its body with this series.
    pub(super) line: u32,
    pub(super) body: Body,
}

/// Which of two consecutive bodies had a series last. They alternate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Body {
    #[default]
    Even,
    Odd,
    /// Neither: it is gone.
    Neither,
}

#[derive(Debug, Default)]
pub(super) struct Store {
    /// The texts of series, a space after each, in the order of their numbers.
    texts: Vec<u8>,
    series: Vec<Series>,
    table: Table,
    seeds: Seeds,
    next_id: u64,
    /// How many series are gone, and the length of their texts.
    gone: usize,
    gone_text: usize,
    /// The body whose lines were not those of the one before.
    pub(super) body: Body,
}

impl Store {
    /// Creates a store that assigns ids from `next_id` on.
    pub(super) fn new(next_id: u64) -> Self {
        Store {
            next_id,
            ..Store::default()
        }
    }

    pub(super) fn next_id(&self) -> u64 {
        self.next_id
    }

    /// Begins another body; series that only the one before had are not in this one yet.
    pub(super) fn next_body(&mut self) -> Body {
        self.body = match self.body {
            Body::Even => Body::Odd,
            Body::Odd | Body::Neither => Body::Even,
        };
        self.body
    }

    #[inline(always)]
    pub(super) fn series_mut(&mut self, number: u32) -> Option<&mut Series> {
        self.series.get_mut(number as usize)
    }

    /// Returns what tells whether a sample's value is that of the body before: the value, or a number made
    /// of all that a composite one says.
    #[inline(always)]
    pub(super) fn compared(&self, sample: &Sample<'_>) -> f64 {
        match sample.shape.has(SampleShape::IS_COMPOSITE) {
            false => sample.value(),
            true => {
                let composite = sample.raw_value().as_bytes();
                work::on(composite.len());
                f64::from_bits(self.seeds.hash(composite))
            }
        }
    }

    /// Returns the text of a sample's series.
    #[inline]
    pub(super) fn text(&self, line: &KnownLine) -> &[u8] {
        self.texts.get(line.text.range()).unwrap_or_default()
    }

    /// Returns the bytes that a sample's line begins with if it occurs again: the series and a space.
    #[inline(always)]
    pub(super) fn prefix(&self, line: &KnownLine) -> Option<&[u8]> {
        self.texts.get(line.text.range_with_end())
    }

    /// Returns the series that is written like this and its number. An unknown one is added, as one that
    /// is gone.
    #[inline(always)]
    pub(super) fn find_or_add(&mut self, raw: &[u8]) -> (u32, Series) {
        work::on(raw.len());
        if self.table.is_full() {
            self.fit_table();
        }
        let hash = self.seeds.hash(raw) as u32;
        let new = self.series.len() as u32;
        let mut found = None;
        let (series, texts) = (&self.series, &self.texts);
        let number = self.table.find_or_add(hash, new, |number| {
            work::on(raw.len());
            found = series.get(number as usize).copied();
            found.is_some_and(|series| texts.get(series.text.range()) == Some(raw))
        });
        match (number, found) {
            (Some(number), Some(series)) => (number, series),
            _ => (new, self.add(raw, hash)),
        }
    }

    #[inline(always)]
    fn add(&mut self, raw: &[u8], hash: u32) -> Series {
        work::on(raw.len());
        let series = Series {
            text: Span::new(self.texts.len(), raw.len()),
            hash,
            line: 0,
            body: Body::Neither,
        };
        self.texts.extend_from_slice(raw);
        self.texts.push(b' ');
        self.series.push(series);
        self.gone += 1;
        self.gone_text += raw.len();
        series
    }

    /// Gives an id to a series that was gone and is about to be entered.
    #[inline(always)]
    pub(super) fn revive(&mut self, len: usize) -> u64 {
        self.gone = self.gone.saturating_sub(1);
        self.gone_text = self.gone_text.saturating_sub(len);
        self.next_id += 1;
        self.next_id - 1
    }

    /// Records the first line of the last body that has a series.
    #[inline(always)]
    pub(super) fn enter(&mut self, number: u32, line: usize) {
        let body = self.body;
        if let Some(series) = self.series_mut(number) {
            series.body = body;
            series.line = line as u32;
        }
    }

    /// Records that a line's series is not in this body. Returns whether it was in the one before.
    pub(super) fn lose(&mut self, line: &KnownLine) -> bool {
        let body = self.body;
        let Some(series) = self.series_mut(line.number) else {
            return false;
        };
        if series.body == body || series.body == Body::Neither {
            return false;
        }
        series.body = Body::Neither;
        self.gone += 1;
        self.gone_text += line.text.len();
        true
    }

    /// Drops the series that are gone if they are more than the others, and renumbers the others, in the
    /// same order. Returns the new numbers, indexed by the former ones; `None` for those that are gone.
    pub(super) fn tidy(&mut self, lines: &mut [KnownLine]) -> Option<Vec<Option<u32>>> {
        let of_each = size_of::<Series>() + self.table.size() / self.series.len().max(1);
        let gone = self.gone_text + self.gone * of_each;
        let held = self.texts.len() + self.series.len() * of_each;
        if gone <= held.saturating_sub(gone) + ROOM && self.texts.len() <= MOST_TEXT {
            return None;
        }
        work::on(size_of_val(lines) + size_of_val(self.series.as_slice()));
        let numbers = self.close_gaps();
        let renumber = |number: u32| numbers.get(number as usize).copied().flatten();
        self.fit_table();
        for line in lines.iter_mut().filter(|line| line.is_sample()) {
            line.number = renumber(line.number).unwrap_or_default();
            let series = self.series.get(line.number as usize);
            line.text = series.map_or(Span::EMPTY, |series| series.text);
        }
        Some(numbers)
    }

    fn fit_table(&mut self) {
        work::on(size_of_val(self.series.as_slice()));
        self.table.fit(self.series.iter().map(|series| series.hash));
    }

    /// Moves what remains to the front, within the buffers; returns the new numbers.
    fn close_gaps(&mut self) -> Vec<Option<u32>> {
        let mut numbers = vec![None; self.series.len()];
        let mut kept = 0;
        let mut text = 0;
        // Consecutive texts are moved together.
        let mut run = 0..0;
        for (number, new) in numbers.iter_mut().enumerate() {
            let Some(mut series) = self.series.get(number).copied() else {
                break;
            };
            if series.body == Body::Neither {
                continue;
            }
            let own = series.text.range_with_end();
            if own.start != run.end {
                text = move_to(&mut self.texts, run, text);
                run = own.start..own.start;
            }
            series.text = Span::new(text + (own.start - run.start), series.text.len());
            run.end = own.end;
            *new = Some(kept as u32);
            if let Some(place) = self.series.get_mut(kept) {
                *place = series;
            }
            kept += 1;
        }
        text = move_to(&mut self.texts, run, text);
        (self.gone, self.gone_text) = (0, 0);
        self.series.truncate(kept);
        self.texts.truncate(text);
        self.series.shrink_to(4 * kept);
        self.texts.shrink_to(4 * text);
        numbers
    }
}

/// Moves a part of the text to the front, to `to`; returns where it ends there.
fn move_to(texts: &mut [u8], part: std::ops::Range<usize>, to: usize) -> usize {
    work::on(part.len());
    let end = to + part.len();
    if part.start > to && part.end <= texts.len() {
        texts.copy_within(part, to);
    }
    end
}
