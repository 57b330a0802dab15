//! How the lines of a metric are written, so that the next one is known by it.

use std::ops::Range;

use crate::bytes::compare;
use crate::text::sample::Sample;
use crate::text::shape::Text;

/// How the lines of the last metric's buckets or quantiles are written. The next one is known by it,
/// without being taken apart.
#[derive(Debug, Default)]
pub(super) struct Frame {
    /// From the line's start to where the value of `le` or `quantile` begins.
    before: String,
    /// From where that value ends to after the closing brace.
    after: String,
    /// How many metrics the family had: if it has more, the last one is another.
    metrics: usize,
}

impl Frame {
    /// Says that another family begins.
    pub(super) fn forget(&mut self) {
        self.metrics = 0;
    }

    /// Of which metric it is: the last of so many.
    pub(super) fn metrics(&self) -> usize {
        self.metrics
    }

    /// Where in such a line the number begins.
    #[inline(always)]
    pub(super) fn before_len(&self) -> usize {
        self.before.len()
    }

    /// Says that this sample is one of the last metric, the last of so many. Its number lies at `number`.
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

    /// What stands between, if the line is so.
    #[inline(always)]
    pub(super) fn number<'l>(&self, line: &'l str, series_end: usize) -> Option<&'l str> {
        let end = series_end.checked_sub(self.after.len())?;
        let number = line.get(self.before.len()..end)?;
        let is_so = compare::begins(line.as_bytes(), self.before.as_bytes())
            && compare::same(line.as_bytes().get(end..series_end)?, self.after.as_bytes());
        is_so.then_some(number)
    }
}
