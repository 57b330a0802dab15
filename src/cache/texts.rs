//! The texts of the last two bodies, in which known lines are found again.

use crate::bytes::work;

/// A copy of the last body, and while lines move, one of the body before.
///
/// As long as all known lines begin where they did, there is one copy, in which values are overwritten.
/// From the first line on that begins elsewhere, the body has a copy of its own.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// The body that is being read: up to the last line that was read, or if it is apart, up to the end of
    /// the window. What follows is of the body before.
    now: Vec<u8>,
    before: Vec<u8>,
    apart: bool,
}

impl Texts {
    /// Begins another body, and gives back the room that a much larger one needed.
    pub(super) fn begin(&mut self) {
        let most = 4 * self.now.len() + 1024;
        self.apart = false;
        self.now.shrink_to(most);
        self.before.clear();
        self.before.shrink_to(most);
    }

    /// Returns the text in which the lines are that were read.
    #[inline(always)]
    pub(super) fn now(&self) -> &[u8] {
        &self.now
    }

    /// Returns the text in which the former lines are.
    #[inline(always)]
    pub(super) fn before(&self) -> &[u8] {
        &self.before
    }

    /// Returns the text in which the known lines are that are not read yet.
    #[inline(always)]
    pub(super) fn known(&self) -> &[u8] {
        match self.apart {
            true => &self.before,
            false => &self.now,
        }
    }

    /// Tells whether lines of this body begin elsewhere than in the body before.
    #[inline(always)]
    pub(super) fn are_apart(&self) -> bool {
        self.apart
    }

    /// Begins a copy of this body, given its start.
    #[inline(never)]
    pub(super) fn part(&mut self, start: &[u8]) {
        if !self.apart {
            self.apart = true;
            std::mem::swap(&mut self.now, &mut self.before);
            self.now.clear();
            self.keep(start);
        }
    }

    /// Copies what is not copied yet of the body's start, if the body is apart.
    #[inline]
    pub(super) fn keep(&mut self, start: &[u8]) {
        if self.apart
            && let Some(more) = start.get(self.now.len()..)
        {
            work::on(more.len());
            self.now.extend_from_slice(more);
        }
    }

    /// Overwrites what the body before had at `at`.
    #[inline]
    pub(super) fn overwrite(&mut self, at: usize, text: &[u8]) {
        if let Some(known) = self.now.get_mut(at..at + text.len()) {
            work::on(text.len());
            known.copy_from_slice(text);
        }
    }

    /// Ends a body of that length.
    pub(super) fn end(&mut self, len: usize) {
        self.now.truncate(len);
    }
}
