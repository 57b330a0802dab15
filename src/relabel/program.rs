//! A small backtracking matcher for patterns without loops over groups.
//!
//! It tries alternatives in the order that Go prefers, so it finds the match that Go finds. Where a value
//! makes it try too much, it gives up and leaves the answer to the engine.
//!
//! It is a third matcher, besides comparing and the engine, because the engine is slow to tell where groups
//! are. Among the rows of `benches/relabel.rs`, a sample takes 666 ns with it and 1,616 ns without, a target
//! of 24 labels 560 ns and 857 ns, and a `replace` of three groups alone 248 ns and 1,196 ns.

use memchr::memrchr;
use smallvec::SmallVec;

use crate::bytes::compare;

use super::golang::{Ast, Bytes, Kind};

/// The most instructions; a longer pattern goes to the engine.
const MAX_LEN: usize = 128;

/// Instructions that match a whole value.
#[derive(Debug, Clone)]
pub(super) struct Program {
    code: Vec<Op>,
    groups: usize,
}

#[derive(Debug, Clone)]
enum Op {
    /// This text.
    Text(Box<str>),
    /// One character of the set.
    One(Set),
    Run(Run),
    /// Records the place as an end of a group.
    Mark {
        mark: usize,
        /// Whether it is not in an option, loop or alternative, so that the last place it recorded always
        /// holds.
        always: bool,
    },
    /// Goes on with the next instruction or, if that fails, with the one here; or the reverse.
    Split {
        other: usize,
        other_first: bool,
    },
    Jump(usize),
    /// The end of the value.
    End,
}

/// A set of characters that their bytes determine.
#[derive(Debug, Clone)]
struct Set {
    table: Box<[bool; 256]>,
    /// Whether all characters are in it.
    any: bool,
}

impl Set {
    fn new(bytes: Bytes) -> Set {
        Set {
            table: Box::new(bytes.table()),
            any: bytes == Bytes::ANY,
        }
    }

    #[inline]
    fn has(&self, byte: &u8) -> bool {
        (self.table.get(usize::from(*byte)).copied()).unwrap_or_default()
    }
}

/// As many characters of a set as possible, or as few.
#[derive(Debug, Clone)]
struct Run {
    set: Set,
    min: u32,
    max: Option<u32>,
    greedy: bool,
    /// Whether only the end follows, so that the run must reach it.
    last: bool,
    /// The byte that must follow, if it is always the same.
    next: Option<u8>,
    /// Whether that byte is not in the set, so that nothing can be given back.
    possessive: bool,
}

/// What a run of the program found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Match,
    NoMatch,
    /// It gave up.
    TooLong,
}

/// What to try when something fails.
enum Choice {
    /// Go on from here.
    Go { op: usize, at: usize },
    /// Give back a character of a greedy run, but none before `low`.
    Shrink { op: usize, low: usize, at: usize },
    /// Take one more character for a lazy run, at most `left`.
    Grow { op: usize, at: usize, left: u32 },
    /// Restore what a mark replaced.
    Unmark { mark: usize, was: usize },
}

impl Program {
    /// Compiles a program for what is between the anchors, with the groups in `slots`, which is sorted.
    pub(super) fn new(items: &[Ast], slots: &[usize]) -> Option<Program> {
        let mut program = Program {
            code: Vec::new(),
            groups: slots.len(),
        };
        let mut add = |item| program.add(item, slots, true);
        items.iter().try_for_each(&mut add)?;
        program.push(Op::End)?;
        program.look_ahead();
        Some(program)
    }

    pub(super) fn groups(&self) -> usize {
        self.groups
    }

    fn push(&mut self, op: Op) -> Option<()> {
        self.code.push(op);
        (self.code.len() <= MAX_LEN).then_some(())
    }

    fn add(&mut self, ast: &Ast, slots: &[usize], always: bool) -> Option<()> {
        match &ast.kind {
            Kind::Empty => Some(()),
            Kind::Literal { text, fold: false } => self.push(Op::Text(text.as_str().into())),
            Kind::Literal { text, fold: true } => text.chars().try_for_each(|c| {
                let set = Bytes::of_char(c, true)?;
                self.push(Op::One(Set::new(set)))
            }),
            Kind::Capture(group, inside) => match slots.binary_search(group) {
                Err(_) => self.add(inside, slots, always),
                Ok(slot) => {
                    let mark = 2 * (slot + 1);
                    self.push(Op::Mark { mark, always })?;
                    self.add(inside, slots, always)?;
                    let mark = mark + 1;
                    self.push(Op::Mark { mark, always })
                }
            },
            Kind::Repeat(repeat, inside) => {
                if let Some(set) = inside.as_set() {
                    return self.push(Op::Run(Run {
                        set: Set::new(set),
                        min: repeat.min,
                        max: repeat.max,
                        greedy: repeat.greedy,
                        last: false,
                        next: None,
                        possessive: false,
                    }));
                }
                if (repeat.min, repeat.max) != (0, Some(1)) {
                    return None;
                }
                let split = self.split(!repeat.greedy)?;
                self.add(inside, slots, false)?;
                self.land(split);
                Some(())
            }
            Kind::Concat(items) => {
                (items.iter()).try_for_each(|item| self.add(item, slots, always))
            }
            Kind::Alternate(items) => {
                let (last, others) = items.split_last()?;
                let mut jumps = Vec::new();
                for item in others {
                    let split = self.split(false)?;
                    self.add(item, slots, false)?;
                    jumps.push(self.code.len());
                    self.push(Op::Jump(0))?;
                    self.land(split);
                }
                self.add(last, slots, false)?;
                jumps.into_iter().for_each(|jump| self.land(jump));
                Some(())
            }
            _ => self.push(Op::One(Set::new(ast.as_set()?))),
        }
    }

    fn split(&mut self, other_first: bool) -> Option<usize> {
        let at = self.code.len();
        let other = 0;
        self.push(Op::Split { other, other_first })?;
        Some(at)
    }

    /// Makes a split or a jump go to the next instruction.
    fn land(&mut self, from: usize) {
        let here = self.code.len();
        if let Some(Op::Split { other: to, .. } | Op::Jump(to)) = self.code.get_mut(from) {
            *to = here;
        }
    }

    /// Tells every run what follows it.
    fn look_ahead(&mut self) {
        for index in 0..self.code.len() {
            let mut after = index + 1;
            let follows = loop {
                match self.code.get(after) {
                    Some(Op::Mark { .. }) => after += 1,
                    Some(Op::Jump(to)) => after = *to,
                    other => break other,
                }
            };
            let (at_end, byte) = match follows {
                Some(Op::End) => (true, None),
                Some(Op::Text(text)) => (false, text.bytes().next()),
                _ => (false, None),
            };
            if let Some(Op::Run(run)) = self.code.get_mut(index) {
                (run.last, run.next) = (at_end, byte);
                run.possessive = byte.is_some_and(|byte| !run.set.has(&byte));
            }
        }
    }

    /// Matches all of `value`. Writes the groups' places to `spans`, from index 1 on.
    pub(super) fn run(&self, value: &str, spans: &mut [(usize, usize)]) -> Outcome {
        let mut search = Search {
            code: &self.code,
            text: value.as_bytes(),
            spans,
            choices: SmallVec::new(),
            // Enough for every value a pattern was written for, and linear for all others.
            patience: 64 + 8 * value.len(),
        };
        let (mut op, mut at) = (0, 0);
        loop {
            let next = match self.code.get(op) {
                Some(Op::End) | None if at == value.len() => return Outcome::Match,
                Some(Op::End) | None => None,
                Some(other) => search.step(other, op, at),
            };
            (op, at) = match next {
                Some(place) => place,
                None => match search.go_back() {
                    Ok(place) => place,
                    Err(outcome) => return outcome,
                },
            };
        }
    }
}

struct Search<'p> {
    code: &'p [Op],
    text: &'p [u8],
    spans: &'p mut [(usize, usize)],
    choices: SmallVec<[Choice; 16]>,
    /// How many bytes may still be looked at.
    patience: usize,
}

impl Search<'_> {
    /// Returns an end of a group: twice its number for the start, plus one for the end.
    fn mark(&mut self, mark: usize) -> Option<&mut usize> {
        let (start, end) = self.spans.get_mut(mark / 2)?;
        Some(if mark & 1 == 0 { start } else { end })
    }

    fn spend(&mut self, bytes: usize) {
        self.patience = self.patience.saturating_sub(bytes + 1);
    }

    /// Returns where to go on after an instruction, unless it fails.
    #[inline]
    fn step(&mut self, this: &Op, op: usize, at: usize) -> Option<(usize, usize)> {
        match this {
            Op::Text(wanted) => {
                let rest = self.text.get(at..)?;
                compare::begins(rest, wanted.as_bytes()).then_some((op + 1, at + wanted.len()))
            }
            Op::One(set) => {
                let rest = self.text.get(at..)?;
                rest.first().filter(|byte| set.has(byte))?;
                Some((op + 1, at + 1 + continuation(rest)))
            }
            Op::Mark { mark, always } => {
                let was = std::mem::replace(self.mark(*mark)?, at);
                if !always {
                    self.choices.push(Choice::Unmark { mark: *mark, was });
                }
                Some((op + 1, at))
            }
            Op::Split { other, other_first } => {
                let (first, second) = match other_first {
                    false => (op + 1, *other),
                    true => (*other, op + 1),
                };
                self.choices.push(Choice::Go { op: second, at });
                Some((first, at))
            }
            Op::Jump(to) => Some((*to, at)),
            Op::Run(run) => self.begin_run(run, op, at),
            Op::End => None,
        }
    }

    /// Returns where to go on after a failure.
    fn go_back(&mut self) -> Result<(usize, usize), Outcome> {
        loop {
            let choice = self.choices.pop().ok_or(Outcome::NoMatch)?;
            if self.patience == 0 {
                return Err(Outcome::TooLong);
            }
            if let Some(place) = self.retry(choice) {
                return Ok(place);
            }
        }
    }

    fn begin_run(&mut self, run: &Run, op: usize, at: usize) -> Option<(usize, usize)> {
        let low = at + take(&run.set, self.text.get(at..)?, run.min)?;
        let left = run.max.map(|max| max.saturating_sub(run.min));
        self.spend(low - at);
        if !run.greedy && !run.last {
            let left = left.unwrap_or(u32::MAX);
            self.choices.push(Choice::Grow { op, at: low, left });
            return Some((op + 1, low));
        }
        let high = low + stretch(&run.set, self.text.get(low..)?, left);
        self.spend(if run.set.any { 0 } else { high - low });
        if run.last {
            return (high == self.text.len()).then_some((op + 1, high));
        }
        let fits = (run.next).is_none_or(|next| self.text.get(high) == Some(&next));
        match (run.possessive, fits) {
            (true, false) => None,
            (false, false) => self.retry(Choice::Shrink { op, low, at: high }),
            (possessive, true) => {
                if !possessive && high > low {
                    self.choices.push(Choice::Shrink { op, low, at: high });
                }
                Some((op + 1, high))
            }
        }
    }

    /// Returns where to go on after a failure, if the choice leaves anything to try.
    fn retry(&mut self, choice: Choice) -> Option<(usize, usize)> {
        match choice {
            Choice::Go { op, at } => {
                self.spend(0);
                Some((op, at))
            }
            Choice::Unmark { mark, was } => {
                if let Some(place) = self.mark(mark) {
                    *place = was;
                }
                None
            }
            Choice::Shrink { op, low, at } => {
                let Some(Op::Run(run)) = self.code.get(op) else {
                    return None;
                };
                let given = self.text.get(low..at)?;
                let back = match run.next {
                    Some(next) => memrchr(next, given),
                    None => given.iter().rposition(|byte| !is_continuation(*byte)),
                };
                self.spend(given.len() - back.unwrap_or(0));
                let at = low + back?;
                if at > low {
                    self.choices.push(Choice::Shrink { op, low, at });
                }
                Some((op + 1, at))
            }
            Choice::Grow { op, at, left } => {
                let Some(Op::Run(run)) = self.code.get(op) else {
                    return None;
                };
                self.spend(1);
                let left = left.checked_sub(1)?;
                let at = at + take(&run.set, self.text.get(at..)?, 1)?;
                self.choices.push(Choice::Grow { op, at, left });
                Some((op + 1, at))
            }
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
fn take(set: &Set, text: &[u8], count: u32) -> Option<usize> {
    let mut len = 0;
    for _ in 0..count {
        let rest = text.get(len..)?;
        let first = rest.first().filter(|byte| set.has(byte))?;
        len += match first.is_ascii() {
            true => 1,
            false => 1 + continuation(rest),
        };
    }
    Some(len)
}

/// Returns the length of the longest run of the set's characters, of at most `count`.
fn stretch(set: &Set, text: &[u8], count: Option<u32>) -> usize {
    match count {
        None if set.any => text.len(),
        None => (text.iter().position(|byte| !set.has(byte))).unwrap_or(text.len()),
        Some(mut count) => (text.iter().take_while(|byte| set.has(byte)))
            .take_while(|byte| {
                if is_continuation(**byte) {
                    return true;
                }
                let more = count > 0;
                count = count.saturating_sub(1);
                more
            })
            .count(),
    }
}
