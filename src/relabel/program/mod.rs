//! A small backtracking matcher for patterns without loops over groups.
//!
//! It tries alternatives in the order that Go prefers, so it finds the match that Go finds. Where a value
//! makes it try too much, it gives up and leaves the answer to the engine.
//!
//! It is a third matcher, besides comparing and the engine, because the engine takes several times as long to
//! tell where groups are. `code.rs` has the instructions and what each may be followed by, `search.rs` runs them.

mod code;
mod search;

use super::golang::{Ast, Bytes, Kind, Repeat};
use code::{First, Op, Run, Split, Table};

pub(super) use code::Outcome;

/// The most instructions; a longer pattern goes to the engine.
const MAX_LEN: usize = 128;

/// Instructions that match a whole value.
#[derive(Debug, Clone)]
pub(super) struct Program {
    code: Vec<Op>,
    groups: usize,
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
            Kind::Literal { text, fold: false } => match text.as_bytes() {
                [byte] => self.push(Op::Byte(*byte)),
                _ => self.push(Op::Text(text.as_str().into())),
            },
            Kind::Literal { text, fold: true } => text.chars().try_for_each(|c| {
                let set = Bytes::of_char(c, true)?;
                self.one(set)
            }),
            Kind::Capture(group, inside) => match slots.binary_search(group) {
                Err(_) => self.add(inside, slots, always),
                Ok(slot) => {
                    if always && let Some(texts) = few_texts(inside) {
                        let group = slot + 1;
                        return self.push(Op::OneOf { texts, group });
                    }
                    if always
                        && let Kind::Repeat(repeat, inside) = &inside.kind
                        && let Some(set) = inside.as_set()
                    {
                        return self.run_of(set, *repeat, slot + 1);
                    }
                    let mark = 2 * (slot + 1);
                    self.push(Op::Mark { mark, always })?;
                    self.add(inside, slots, always)?;
                    let mark = mark + 1;
                    self.push(Op::Mark { mark, always })
                }
            },
            Kind::Repeat(repeat, inside) => {
                if let Some(set) = inside.as_set() {
                    return self.run_of(set, *repeat, 0);
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
            _ => self.one(ast.as_set()?),
        }
    }

    fn one(&mut self, bytes: Bytes) -> Option<()> {
        let set = Table::new([First::of(bytes)]);
        self.push(Op::One { set, bytes })
    }

    fn run_of(&mut self, bytes: Bytes, repeat: Repeat, group: usize) -> Option<()> {
        self.push(Op::Run(Run {
            any: bytes == Bytes::ANY,
            bytes,
            table: Table::new([First::END; 2]),
            min: repeat.min,
            max: repeat.max,
            greedy: repeat.greedy,
            group,
            last: false,
            next_byte: None,
            possessive: false,
            is_plain: false,
            is_sure: false,
            takes_next: false,
        }))
    }

    fn split(&mut self, other_first: bool) -> Option<usize> {
        let at = self.code.len();
        self.push(Op::Split(Split {
            other: 0,
            other_first,
            ways: Table::new([First::END; 2]),
        }))?;
        Some(at)
    }

    /// Makes a split or a jump go to the next instruction.
    fn land(&mut self, from: usize) {
        let here = self.code.len();
        if let Some(Op::Split(Split { other: to, .. }) | Op::Jump(to)) = self.code.get_mut(from) {
            *to = here;
        }
    }

    /// Tells every run and split what may follow. All jumps go forward, so what follows is known first.
    fn look_ahead(&mut self) {
        let mut firsts = vec![First::END; self.code.len()];
        let mut byte_follows = false;
        for (index, op) in self.code.iter_mut().enumerate().rev() {
            let at = |index: usize| firsts.get(index).copied().unwrap_or(First::END);
            let next = at(index + 1);
            let first = match op {
                Op::End => First::END,
                Op::Byte(byte) => First::of(Bytes::around(char::from(*byte))),
                Op::Text(text) => {
                    (text.chars().next()).map_or(next, |c| First::of(Bytes::around(c)))
                }
                Op::OneOf { texts, .. } => {
                    let firsts = texts.iter().filter_map(|text| text.chars().next());
                    First::of(firsts.fold(Bytes::NONE, |bytes, c| bytes.or(Bytes::around(c))))
                }
                Op::One { bytes, .. } => First::of(*bytes),
                Op::Mark { .. } => next,
                Op::Jump(to) => at(*to),
                Op::Split(split) => {
                    split.ways = Table::new([next, at(split.other)]);
                    next.or(at(split.other))
                }
                Op::Run(run) => {
                    run.last = next.end && next.bytes == Bytes::NONE;
                    run.table = Table::new([First::of(run.bytes), next]);
                    run.next_byte = next.bytes.single().filter(|_| !next.end);
                    run.possessive = !run.bytes.overlaps(next.bytes);
                    let may_be_all = run.min <= 1 && run.max.is_none();
                    run.is_plain = may_be_all && run.greedy;
                    run.is_sure = may_be_all && run.possessive;
                    run.takes_next = byte_follows;
                    match run.min {
                        0 => First::of(run.bytes).or(next),
                        _ => First::of(run.bytes),
                    }
                }
            };
            byte_follows = matches!(op, Op::Byte(_));
            if let Some(place) = firsts.get_mut(index) {
                *place = first;
            }
        }
    }

    /// Matches all of `value`. Writes the groups' places to `spans`, from index 1 on.
    pub(super) fn run(&self, value: &str, spans: &mut [(usize, usize)]) -> Outcome {
        search::run(&self.code, value, spans)
    }
}

/// Returns the texts that an expression matches, if they are few and none begins another: then at most one of them
/// is at a place, and which is preferred does not matter.
fn few_texts(ast: &Ast) -> Option<Vec<Box<str>>> {
    let Kind::Alternate(items) = &ast.kind else {
        return None;
    };
    let text = |item: &Ast| match &item.kind {
        Kind::Literal { text, fold: false } if !text.is_empty() => Some(text.as_str().into()),
        _ => None,
    };
    if items.len() > FEW_TEXTS {
        return None;
    }
    let texts: Vec<Box<str>> = items.iter().map(text).collect::<Option<_>>()?;
    let mut pairs = texts.iter().enumerate().flat_map(|(index, text)| {
        let others = texts.iter().enumerate();
        others.map(move |(other, begins)| index != other && text.starts_with(&**begins))
    });
    let begins_another = pairs.any(|begins| begins);
    (!begins_another).then_some(texts)
}

/// How many texts are compared one after another.
const FEW_TEXTS: usize = 4;
