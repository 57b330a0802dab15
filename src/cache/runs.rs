//! Stretches of a body that were the same in the body before.

use std::ops::Range;

use crate::bytes::work;

/// Runs of lines that follow one another in the text with nothing between them, and that were all the same
/// as in the body before. If such a run is the same once more, its lines need not be looked at.
#[derive(Debug, Default)]
pub(super) struct Runs {
    /// Those of the last body, in order, of which some are passed.
    last: Vec<Run>,
    passed: usize,
    /// Those of the body that is being read.
    now: Vec<Run>,
}

/// The numbers of its lines, and where it is in the text.
#[derive(Debug)]
pub(super) struct Run {
    lines: Range<usize>,
    text: Range<usize>,
}

impl Run {
    pub(super) fn new(lines: Range<usize>, text: Range<usize>) -> Self {
        Run { lines, text }
    }
}

/// Fewer lines are not worth remembering.
const LEAST: usize = 4;

impl Runs {
    /// Begins another body, and gives back the room that a much larger one needed.
    pub(super) fn begin(&mut self) {
        std::mem::swap(&mut self.last, &mut self.now);
        self.now.clear();
        self.now.shrink_to(2 * self.last.len());
        self.passed = 0;
    }

    /// Remembers a run.
    pub(super) fn add(&mut self, run: Run) {
        if run.lines.len() >= LEAST {
            self.now.push(run);
        }
    }

    /// Returns how many lines and bytes the run has that `bytes` begins with, in line `first` and at `at` in its
    /// body, if it is one of the last body, whose text that is, and the same once more.
    pub(super) fn same(
        &mut self,
        first: usize,
        at: usize,
        bytes: &[u8],
        text: &[u8],
    ) -> Option<(usize, usize)> {
        while (self.last.get(self.passed)).is_some_and(|run| run.text.start < at) {
            self.passed += 1;
        }
        let run = self.last.get(self.passed)?;
        if (run.lines.start, run.text.start) != (first, at) {
            return None;
        }
        let start = bytes.get(..run.text.len())?;
        work::on(start.len());
        let same = text.get(run.text.clone()) == Some(start);
        same.then_some((run.lines.len(), start.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = b"a 1\nb 2\nc 3\nd 4\ne 5\nf 6\ng 7\nh 8\n";

    /// The runs of a body that has two.
    fn two() -> Runs {
        let mut runs = Runs::default();
        runs.add(Run::new(0..4, 0..16));
        runs.add(Run::new(4..8, 16..32));
        runs.begin();
        runs
    }

    #[test]
    fn a_run_is_the_same_if_its_text_and_its_place_are() {
        for (first, at, bytes, run) in [
            (0, 0, &TEXT[..16], Some((4, 16))),
            (4, 16, &TEXT[16..], Some((4, 16))),
            (0, 0, TEXT, Some((4, 16))),
            // Where none begins, of three lines that are left of it, and with another value.
            (1, 4, &TEXT[4..], None),
            (3, 16, &TEXT[16..], None),
            (5, 16, &TEXT[16..], None),
            (0, 0, &TEXT[..12], None),
            (0, 0, b"a 1\nb 2\nc 3\nd 5\n", None),
        ] {
            assert_eq!(two().same(first, at, bytes, TEXT), run, "{first} {at}");
        }
    }

    #[test]
    fn runs_come_in_order_and_last_for_one_body() {
        let mut runs = two();
        assert_eq!(runs.same(4, 16, &TEXT[16..], TEXT), Some((4, 16)));
        assert_eq!(runs.same(0, 0, &TEXT[..16], TEXT), None, "it is passed");
        runs.begin();
        assert_eq!(runs.same(4, 16, &TEXT[16..], TEXT), None);
    }

    #[test]
    fn few_lines_are_not_remembered() {
        let mut runs = Runs::default();
        runs.add(Run::new(0..3, 0..12));
        runs.begin();
        assert_eq!(runs.same(0, 0, TEXT, TEXT), None);
    }
}
