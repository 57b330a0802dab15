//! Runs the instructions of a program.

use memchr::memrchr;

use super::code::{Op, Outcome, Run, Table};
use crate::bytes::compare;
use crate::relabel::spans::set;

/// Matches all of `value`. Writes the groups' places to `spans`, from index 1 on.
pub(super) fn run(code: &[Op], value: &str, spans: &mut [(usize, usize)]) -> Outcome {
    let mut search = Search {
        code,
        text: value.as_bytes(),
        spans,
        spent: 0,
    };
    search.go(0, 0)
}

struct Search<'p> {
    code: &'p [Op],
    text: &'p [u8],
    spans: &'p mut [(usize, usize)],
    /// How many bytes have been looked at.
    spent: usize,
}

impl Search<'_> {
    /// Matches the rest of the value from an instruction on. It calls itself for what it may have to take
    /// back, and always for a later instruction.
    fn go(&mut self, mut op: usize, mut at: usize) -> Outcome {
        let (code, text) = (self.code, self.text);
        while let Some(this) = code.get(op) {
            match this {
                Op::Byte(wanted) => {
                    if text.get(at) != Some(wanted) {
                        return Outcome::NoMatch;
                    }
                    (op, at) = (op + 1, at + 1);
                }
                Op::Text(wanted) => {
                    let end = at + wanted.len();
                    let found = text.get(at..end);
                    if !found.is_some_and(|found| compare::same(found, wanted.as_bytes())) {
                        return Outcome::NoMatch;
                    }
                    (op, at) = (op + 1, end);
                }
                Op::OneOf { texts, group } => {
                    let is_here = |wanted: &&str| {
                        let found = text.get(at..at + wanted.len());
                        found.is_some_and(|found| compare::same(found, wanted.as_bytes()))
                    };
                    let Some(found) = texts.iter().map(|text| &**text).find(is_here) else {
                        return Outcome::NoMatch;
                    };
                    let end = at + found.len();
                    set(self.spans, *group, at, end);
                    (op, at) = (op + 1, end);
                }
                Op::One { set, .. } => match take(set, self.rest(at), 1) {
                    Some(len) => (op, at) = (op + 1, at + len),
                    None => return Outcome::NoMatch,
                },
                Op::Mark { mark, always } => {
                    let was = self.replace(*mark, at);
                    op += 1;
                    if !always {
                        let outcome = self.go(op, at);
                        if outcome == Outcome::NoMatch {
                            self.replace(*mark, was);
                        }
                        return outcome;
                    }
                }
                Op::Split(split) => match split.ways.at(text, at) {
                    0 => return Outcome::NoMatch,
                    1 => op += 1,
                    2 => op = split.other,
                    _ => {
                        let (first, second) = match split.other_first {
                            false => (op + 1, split.other),
                            true => (split.other, op + 1),
                        };
                        if let Some(outcome) = self.attempt(first, at) {
                            return outcome;
                        }
                        op = second;
                    }
                },
                Op::Jump(to) => op = *to,
                Op::Run(run) if run.is_sure => {
                    let end = self.end(run, at);
                    if end - at < run.min as usize || !self.fits(run, end) {
                        return Outcome::NoMatch;
                    }
                    let next = usize::from(run.takes_next);
                    (op, at) = (op + 1 + next, end + next);
                }
                Op::Run(run) => {
                    op += 1;
                    match self.run(run, op, at) {
                        Ok(end) => at = end,
                        Err(outcome) => return outcome,
                    }
                }
                Op::End => break,
            }
        }
        match at == text.len() {
            true => Outcome::Match,
            false => Outcome::NoMatch,
        }
    }

    #[inline]
    fn rest(&self, at: usize) -> &[u8] {
        self.text.get(at..).unwrap_or_default()
    }

    /// Does what [`go`](Self::go) does. Returns `None` if it does not match and something else may be tried.
    fn attempt(&mut self, op: usize, at: usize) -> Option<Outcome> {
        match self.go(op, at) {
            Outcome::NoMatch => {
                self.spend(0);
                // Enough for every value a pattern was written for, and linear for all others.
                let most = 64 + 8 * self.text.len();
                (self.spent >= most).then_some(Outcome::TooLong)
            }
            outcome => Some(outcome),
        }
    }

    #[inline]
    fn spend(&mut self, bytes: usize) {
        self.spent += bytes + 1;
    }

    /// Replaces an end of a group: twice its number is the start, one more is the end.
    #[inline]
    fn replace(&mut self, mark: usize, at: usize) -> usize {
        let Some((start, end)) = self.spans.get_mut(mark / 2) else {
            return at;
        };
        let place = if mark & 1 == 0 { start } else { end };
        std::mem::replace(place, at)
    }

    /// Matches a run and, unless there is just one way to do that, what follows. Returns the end of the run,
    /// if what follows has yet to be matched.
    #[inline]
    fn run(&mut self, run: &Run, next: usize, at: usize) -> Result<usize, Outcome> {
        if run.is_plain {
            return self.run_plainly(run, next, at);
        }
        let least = take(&run.table, self.rest(at), run.min).ok_or(Outcome::NoMatch)?;
        let low = at + least;
        let left = run.max.map(|max| max.saturating_sub(run.min));
        if !run.greedy && !run.last {
            self.spend(least);
            return self.grow(run, next, (at, low), left.unwrap_or(u32::MAX));
        }
        let high = low + stretch(run, self.rest(low), left);
        self.spend(if run.any { least } else { high - at });
        self.found(run, at, high);
        let fits = self.fits(run, high);
        if run.last {
            return fits.then_some(high).ok_or(Outcome::NoMatch);
        }
        match (run.possessive || high == low, fits) {
            (true, true) => Ok(high),
            (true, false) => Err(Outcome::NoMatch),
            (false, _) => self.shrink(run, next, (low, high), fits),
        }
    }

    /// Returns the end of a run that begins here, if it has as many characters as there are.
    #[inline]
    fn end(&mut self, run: &Run, at: usize) -> usize {
        let text = self.text;
        let mut end = at;
        if run.any {
            end = text.len();
        } else {
            while text.get(end).is_some_and(|byte| run.table.has(*byte)) {
                end += 1;
            }
            self.spend(end - at);
        }
        self.found(run, at, end);
        end
    }

    /// Does what [`run`](Self::run) does, for a run of as many characters as there are, from none or one on,
    /// that may have to give some back.
    #[inline]
    fn run_plainly(&mut self, run: &Run, next: usize, at: usize) -> Result<usize, Outcome> {
        let end = self.end(run, at);
        if end == at && run.min > 0 {
            return Err(Outcome::NoMatch);
        }
        let fits = self.fits(run, end);
        let mut low = at;
        if run.min > 0 {
            low += 1;
            while self
                .text
                .get(low)
                .is_some_and(|byte| is_continuation(*byte))
            {
                low += 1;
            }
        }
        match end == low && fits {
            true => Ok(end),
            false => self.shrink(run, next, (low, end), fits),
        }
    }

    /// Tells whether what follows a run may begin here.
    #[inline]
    fn fits(&self, run: &Run, at: usize) -> bool {
        run.table.at(self.text, at) & 2 != 0
    }

    /// Gives back one character of a greedy run after another, from the end that fits on.
    fn shrink(
        &mut self,
        run: &Run,
        next: usize,
        (low, mut high): (usize, usize),
        fits: bool,
    ) -> Result<usize, Outcome> {
        if fits && let Some(outcome) = self.attempt(next, high) {
            return Err(outcome);
        }
        loop {
            let given = self.text.get(low..high).unwrap_or_default();
            let back = match run.next_byte {
                Some(next) => memrchr(next, given),
                None => (given.iter())
                    .rposition(|byte| run.table.of(*byte) & 2 != 0 && !is_continuation(*byte)),
            };
            self.spend(given.len() - back.unwrap_or(0));
            high = low + back.ok_or(Outcome::NoMatch)?;
            if run.group > 0
                && let Some(span) = self.spans.get_mut(run.group)
            {
                span.1 = high;
            }
            if high == low {
                return Ok(high);
            }
            if let Some(outcome) = self.attempt(next, high) {
                return Err(outcome);
            }
        }
    }

    /// Takes one more character for a lazy run after another, at most `left`.
    fn grow(
        &mut self,
        run: &Run,
        next: usize,
        (start, mut end): (usize, usize),
        left: u32,
    ) -> Result<usize, Outcome> {
        for _ in 0..left {
            self.found(run, start, end);
            if run.table.at(self.text, end) & 2 != 0
                && let Some(outcome) = self.attempt(next, end)
            {
                return Err(outcome);
            }
            self.spend(1);
            end += take(&run.table, self.rest(end), 1).ok_or(Outcome::NoMatch)?;
        }
        self.found(run, start, end);
        Ok(end)
    }

    /// Records the group of a run, if it has one.
    #[inline]
    fn found(&mut self, run: &Run, start: usize, end: usize) {
        if run.group > 0 {
            set(self.spans, run.group, start, end);
        }
    }
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

/// Returns how many bytes of the first character follow its first byte.
fn continuation(text: &[u8]) -> usize {
    (text.iter().skip(1))
        .take_while(|byte| is_continuation(**byte))
        .count()
}

/// Returns the length of the first `count` characters, if all are in the set.
#[inline]
fn take<const N: usize>(set: &Table<N>, text: &[u8], count: u32) -> Option<usize> {
    let mut len = 0;
    for _ in 0..count {
        let rest = text.get(len..)?;
        let first = rest.first().filter(|byte| set.has(**byte))?;
        len += match first.is_ascii() {
            true => 1,
            false => 1 + continuation(rest),
        };
    }
    Some(len)
}

/// Returns the length of the longest run of the set's characters, of at most `count`.
#[inline]
fn stretch(run: &Run, text: &[u8], count: Option<u32>) -> usize {
    match count {
        None if run.any => text.len(),
        None => (text.iter().position(|byte| !run.table.has(*byte))).unwrap_or(text.len()),
        Some(count) => stretch_within(run, text, count),
    }
}

fn stretch_within(run: &Run, text: &[u8], mut count: u32) -> usize {
    (text.iter().take_while(|byte| run.table.has(**byte)))
        .take_while(|byte| {
            if is_continuation(**byte) {
                return true;
            }
            let more = count > 0;
            count = count.saturating_sub(1);
            more
        })
        .count()
}
