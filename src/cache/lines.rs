//! The lines of the last two bodies, and which of them come next.

use super::line::{Kind, KnownLine};
use super::others::Others;
use super::store::Store;
use crate::bytes::work;

/// The lines of the last body, and the lines of the one before that are missing in it.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) now: Vec<KnownLine>,
    /// The lines of the body before, if the two differ.
    pub(super) former: Vec<KnownLine>,
    /// The indices of those former lines whose series are gone.
    gone: Vec<u32>,
    /// How many series there are.
    pub(super) series: usize,
    /// While a body is read that differs from the one before: how many lines they share at the start.
    pub(super) shared: Option<usize>,
}

impl Lines {
    /// Gives back the room that a much larger body needed.
    pub(super) fn tidy(&mut self) {
        let most = 4 * self.now.len() + 1024;
        self.now.shrink_to(most);
        self.former.clear();
        self.former.shrink_to(most);
        self.gone.clear();
        self.gone.shrink_to(most);
    }

    /// Returns the lines whose series were in the body before the last one and are not in the last.
    pub(super) fn gone(&self) -> impl Iterator<Item = &KnownLine> {
        self.gone
            .iter()
            .filter_map(|at| self.former.get(*at as usize))
    }

    /// Records the former lines that are not in the last body.
    pub(super) fn lose_what_is_left(&mut self, store: &mut Store, others: &mut Others) {
        let Some(shared) = self.shared.take() else {
            return;
        };
        let left = self.former.get(shared..).unwrap_or_default();
        work::on(size_of_val(left));
        for (line, number) in left.iter().zip(shared as u32..) {
            match line.kind {
                Kind::Sample | Kind::Anew => {
                    if store.lose(line) {
                        self.gone.push(number);
                    }
                }
                Kind::Other => others.lose(line),
                Kind::Taken => {}
            }
        }
    }
}

/// The lines of a body that are known, compared or parsed, and not returned yet.
#[derive(Debug, Default)]
pub(super) struct Ready {
    /// The numbers of the first one, and of the one after the last.
    pub(super) next: usize,
    pub(super) end: usize,
    /// Where in the window the last one ends.
    pub(super) end_at: usize,
}

impl Ready {
    #[inline(always)]
    pub(super) fn is_empty(&self) -> bool {
        self.next >= self.end
    }

    /// Makes it empty: the next line begins at `at` in the window.
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
