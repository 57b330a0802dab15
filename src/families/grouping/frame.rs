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
}

impl Frame {
    /// Records that another family begins.
    pub(super) fn forget(&mut self) {
        self.metrics = 0;
    }

    /// Returns how many metrics the family had when the frame's metric was the last.
    pub(super) fn metrics(&self) -> usize {
        self.metrics
    }

    /// Returns where in such a line the number begins.
    #[inline(always)]
    pub(super) fn before_len(&self) -> usize {
        self.before.len()
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

    /// Returns the number in between, if the line is written like that.
    #[inline(always)]
    pub(super) fn number<'l>(&self, line: &'l str, series_end: usize) -> Option<&'l str> {
        let end = series_end.checked_sub(self.after.len())?;
        let number = line.get(self.before.len()..end)?;
        let is_so = compare::begins(line.as_bytes(), self.before.as_bytes())
            && compare::same(line.as_bytes().get(end..series_end)?, self.after.as_bytes());
        is_so.then_some(number)
    }
}
