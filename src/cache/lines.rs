//! The lines of the last two bodies, and which of them come next.

use super::line::{Change, Kind, KnownLine};
use super::runs::Runs;
use super::store::{Series, Store};
use super::texts::Texts;
use crate::bytes::work;

/// The lines of the last body, and the lines of the one before that are missing in it.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) now: Vec<KnownLine>,
    /// The lines of the body before, if the two differ.
    pub(super) former: Vec<KnownLine>,
    /// Where both are.
    pub(super) texts: Texts,
    pub(super) runs: Runs,
    /// How many series there are, and how many lines that are not samples.
    pub(super) series: usize,
    pub(super) others: usize,
    /// While a body is read whose lines are those of the one before, but begin elsewhere: how many were
    /// read.
    pub(super) moved: Option<usize>,
}

impl Lines {
    /// Begins another body, and gives back the room that a much larger one needed.
    pub(super) fn tidy(&mut self) {
        let most = 4 * self.now.len() + 1024;
        self.now.shrink_to(most);
        self.former.clear();
        self.former.shrink_to(most);
        self.texts.begin();
        self.runs.begin();
    }

    /// Returns the lines whose series were in the body before the last one and are not in the last.
    pub(super) fn gone<'l>(&'l self, store: &'l Store) -> impl Iterator<Item = &'l KnownLine> {
        let numbered = self.former.iter().zip(0..);
        let gone = numbered.filter(|(line, number)| {
            let series = store.series(line.number).filter(|_| line.is_sample());
            // It may have several lines.
            series.is_some_and(|series| series.was_before(store.body) && series.line == *number)
        });
        gone.map(|(line, _)| line)
    }

    /// Returns a series as it is written in the first of its lines, unless it is gone. `body` is the one
    /// that is being read.
    #[inline(always)]
    pub(super) fn text_of(&self, series: &Series, body: u64) -> Option<&[u8]> {
        let (lines, text) = match series.body == body {
            true => (&self.now, self.texts.now()),
            false if series.was_before(body) => (&self.former, self.texts.before()),
            false => return None,
        };
        Some(lines.get(series.line as usize)?.series(text))
    }

    /// Separates the body that is being read from the one before, after as many lines of it.
    #[inline(never)]
    pub(super) fn part(&mut self, shared: usize, store: &mut Store) {
        let body = store.next_body();
        std::mem::swap(&mut self.now, &mut self.former);
        self.now.clear();
        self.now
            .extend_from_slice(self.former.get(..shared).unwrap_or_default());
        work::on(size_of_val(self.now.as_slice()));
        (self.series, self.others) = (0, 0);
        for line in &self.now {
            if line.kind == Kind::Other {
                self.others += 1;
            } else if line.change != Change::Repeated {
                self.series += 1;
                if let Some(series) = store.series_mut(line.number) {
                    series.body = body;
                }
            }
        }
    }

    /// Ends a body that was leaked where its reading stopped.
    pub(super) fn end_leaked(&mut self, store: &mut Store) {
        if let Some(moved) = self.moved.take() {
            self.part(moved, store);
        }
    }
}

/// The lines of a body that are known, compared or parsed, and not returned yet.
#[derive(Debug, Default)]
pub(super) struct Ready {
    /// The numbers of the first one, and of the one after the last.
    pub(super) next: usize,
    pub(super) end: usize,
    /// Where in the body the last one ends.
    pub(super) end_at: usize,
}

impl Ready {
    #[inline(always)]
    pub(super) fn is_empty(&self) -> bool {
        self.next >= self.end
    }

    /// Makes it empty: the next line begins at `at` in the body.
    pub(super) fn begin_at(&mut self, at: usize) {
        self.end = self.next;
        self.end_at = at;
    }

    /// Adds `lines` known lines of `bytes` bytes.
    #[inline(always)]
    pub(super) fn add(&mut self, lines: usize, bytes: usize) {
        self.end += lines;
        self.end_at += bytes;
    }

    /// Removes the first one, which is being returned.
    #[inline(always)]
    pub(super) fn pop(&mut self) {
        self.next += 1;
    }
}
