//! The places of a match's groups.

/// The places of a match's groups: group 0 is the match, the others are the requested ones.
#[derive(Debug)]
pub(super) struct Spans {
    few: [(usize, usize); FEW],
    many: Vec<(usize, usize)>,
}

/// How many groups fit without memory of their own.
const FEW: usize = 6;

impl Default for Spans {
    fn default() -> Self {
        Spans {
            few: [Self::NONE; FEW],
            many: Vec::new(),
        }
    }
}

impl Spans {
    /// The place of a group that did not take part.
    pub(super) const NONE: (usize, usize) = (usize::MAX, usize::MAX);

    /// Makes room for that many groups besides the match, none of which took part.
    pub(super) fn reset(&mut self, groups: usize) -> &mut [(usize, usize)] {
        if groups < FEW {
            self.many.clear();
            self.few = [Self::NONE; FEW];
            &mut self.few
        } else {
            self.many.clear();
            self.many.resize(groups + 1, Self::NONE);
            &mut self.many
        }
    }

    /// Moves all that took part `by` bytes to the right; the match becomes the whole value.
    pub(super) fn shift(&mut self, by: usize, value: &str) {
        let spans: &mut [(usize, usize)] = match self.many.as_mut_slice() {
            [] => &mut self.few,
            many => many,
        };
        for span in spans.iter_mut().filter(|span| **span != Self::NONE) {
            *span = (span.0 + by, span.1 + by);
        }
        set(spans, 0, 0, value.len());
    }

    /// Returns the text of a group, if it took part.
    pub(super) fn get<'v>(&self, group: usize, value: &'v str) -> Option<&'v str> {
        text(self.all(), group, value)
    }

    #[inline]
    pub(super) fn all(&self) -> &[(usize, usize)] {
        match self.many.as_slice() {
            [] => &self.few,
            many => many,
        }
    }
}

/// Returns the text of a group, if it took part.
#[inline]
pub(super) fn text<'v>(spans: &[(usize, usize)], group: usize, value: &'v str) -> Option<&'v str> {
    let (start, end) = *spans.get(group)?;
    value.get(start..end)
}

/// Sets where a group is.
pub(super) fn set(spans: &mut [(usize, usize)], group: usize, start: usize, end: usize) {
    if let Some(span) = spans.get_mut(group) {
        *span = (start, end);
    }
}
