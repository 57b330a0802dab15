//! How the lines of a metric are written, to recognise the next one.

use std::ops::Range;

use crate::bytes::compare;
use crate::text::sample::Sample;
use crate::text::shape::Text;

/// How the lines of the last metric's buckets or quantiles are written. It recognises the next one
/// without taking it apart.
#[derive(Debug, Default)]
pub(super) struct Frame {
    /// The text from the line's start to where the value of `le` or `quantile` begins.
    before: String,
    /// The text from where that value ends to after the closing brace.
    after: String,
    /// How many metrics the family had: if it has more, the last one is a different metric.
    metrics: usize,
    /// The numbers of this metric or an earlier one, of whatever family, in their order, and the word that
    /// each was written as. Most metrics have the same ones.
    numbers: Vec<(u64, f64)>,
}

/// How many numbers are kept.
const NUMBERS: usize = 64;

impl Frame {
    /// Records that another family begins.
    pub(super) fn forget(&mut self) {
        self.metrics = 0;
    }

    /// Returns how many metrics the family had when the frame's metric was the last.
    pub(super) fn metrics(&self) -> usize {
        self.metrics
    }

    /// Records that this sample is part of the last of `metrics` metrics. Its number is at `number`.
    pub(super) fn put(&mut self, sample: &Sample<'_>, number: Range<usize>, metrics: usize) {
        let Text::Str(line) = sample.text else {
            return;
        };
        let after = number.end..sample.shape.series_end as usize;
        self.before.clear();
        self.before
            .push_str(line.get(..number.start).unwrap_or_default());
        self.after.clear();
        self.after.push_str(line.get(after).unwrap_or_default());
        self.metrics = metrics;
    }

    /// Returns where the number in between is, if the line is written like that.
    #[inline(always)]
    pub(super) fn number_in(&self, line: &[u8], series_end: usize) -> Option<Range<usize>> {
        let end = series_end.checked_sub(self.after.len())?;
        let number = self.before.len()..end;
        let before = line.get(..end)?.get(..number.start)?;
        let is_so = compare::same_long(before, self.before.as_bytes())
            && compare::same(line.get(end..series_end)?, self.after.as_bytes());
        is_so.then_some(number)
    }

    /// Returns the number that was written as `word` in that place of a metric.
    #[inline(always)]
    pub(super) fn known(&self, place: usize, word: u64) -> Option<f64> {
        let (known, number) = self.numbers.get(place)?;
        (*known == word).then_some(*number)
    }

    /// Keeps a number that was written as `word`, for the next metric.
    #[cold]
    pub(super) fn keep(&mut self, place: usize, word: u64, number: f64) {
        if place >= NUMBERS {
            return;
        }
        if place >= self.numbers.len() {
            // No word is zero.
            self.numbers.resize(place + 1, (0, 0.0));
        }
        if let Some(known) = self.numbers.get_mut(place) {
            *known = (word, number);
        }
    }
}

/// Returns a short text within a line as one word, with its length. There have to be some bytes before it.
#[inline(always)]
pub(super) fn word(line: &[u8], text: &Range<usize>) -> Option<u64> {
    let len = text.end.checked_sub(text.start)?;
    let last = u64::from_le_bytes(*line.get(..text.end)?.last_chunk()?);
    let others = match len {
        1..=7 => 64 - 8 * len,
        _ => return None,
    };
    Some(last >> others << others | len as u64)
}
