//! A regular expression as Go understands it.

use super::class::{Bytes, Class};
use crate::bytes::work;

/// The largest number of instructions that Go compiles a pattern to.
const MAX_SIZE: u64 = (128 << 20) / 40;
/// How deep Go lets expressions nest.
pub(super) const MAX_HEIGHT: u32 = 1000;

/// An expression and its measures for Go's limits.
#[derive(Debug, Clone)]
pub(in super::super) struct Ast {
    pub(in super::super) kind: Kind,
    /// How deep expressions nest, including this one.
    pub(super) height: u32,
    pub(super) size: u64,
    /// The largest product of nested counted repetitions.
    pub(super) copies: u32,
}

#[derive(Debug, Clone)]
pub(in super::super) enum Kind {
    Empty,
    /// Text, matched without regard to case if `fold`.
    Literal {
        text: String,
        fold: bool,
    },
    Class(Class),
    /// Any character, including a line feed.
    Any,
    /// Any character except a line feed.
    AnyButLineFeed,
    BeginText,
    EndText,
    BeginLine,
    EndLine,
    WordBoundary,
    NoWordBoundary,
    /// A group that captures, by its number from 1.
    Capture(usize, Box<Ast>),
    Repeat(Repeat, Box<Ast>),
    Concat(Vec<Ast>),
    Alternate(Vec<Ast>),
}

/// How often an expression is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Repeat {
    pub(in super::super) min: u32,
    /// `None` is unlimited.
    pub(in super::super) max: Option<u32>,
    pub(in super::super) greedy: bool,
    /// Whether it is written with braces, which Go counts, and not as `*`, `+` or `?`.
    pub(super) counted: bool,
}

/// The one of Go's limits that an expression exceeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    Size,
    Height,
}

impl Ast {
    /// Returns `kind` with its measures, or the limit it breaks.
    pub(super) fn new(kind: Kind) -> Result<Ast, Limit> {
        let (mut height, mut size, mut copies) = (1, 0u64, 1);
        let mut below = |sub: &Ast| {
            height = height.max(sub.height + 1);
            copies = copies.max(sub.copies);
            size = size.saturating_add(sub.size);
        };
        match &kind {
            Kind::Literal { text, .. } => {
                work::on(text.len());
                size = text.chars().count() as u64;
            }
            Kind::Capture(_, sub) => {
                below(sub);
                size += 2;
            }
            Kind::Repeat(repeat, sub) => {
                below(sub);
                (size, copies) = repeat.measure(sub);
            }
            // Kinds with many parts are measured part by part, in `run.rs`.
            _ => {}
        }
        Ast::measured(kind, height, size, copies)
    }

    /// Returns `kind` with known measures, or the limit they break.
    pub(super) fn measured(kind: Kind, height: u32, size: u64, copies: u32) -> Result<Ast, Limit> {
        let ast = Ast {
            kind,
            height,
            size: size.max(1),
            copies,
        };
        ast.within_limits()
    }

    /// Appends a literal to this one, if both are literals with the same case rule. Returns whether they are.
    pub(super) fn append(&mut self, last: &Ast) -> Result<bool, Limit> {
        match (&mut self.kind, &last.kind) {
            (
                Kind::Literal { text, fold },
                Kind::Literal {
                    text: more,
                    fold: other,
                },
            ) if fold == other => {
                text.push_str(more);
                self.size += last.size;
                match self.size > MAX_SIZE {
                    true => Err(Limit::Size),
                    false => Ok(true),
                }
            }
            _ => Ok(false),
        }
    }

    /// Returns the set of characters that this matches one of, if bytes determine it.
    pub(in super::super) fn as_set(&self) -> Option<Bytes> {
        match &self.kind {
            Kind::Any => Some(Bytes::ANY),
            Kind::AnyButLineFeed => Some(Bytes::ANY_BUT_LINE_FEED),
            Kind::Class(class) => class.bytes(),
            Kind::Literal { text, fold } => {
                let mut chars = text.chars();
                let c = chars.next().filter(|_| chars.next().is_none())?;
                Bytes::of_char(c, *fold)
            }
            _ => None,
        }
    }

    /// Returns parts of a sequence as a separate pattern, which matches a whole value.
    pub(in super::super) fn whole(parts: &[Ast]) -> Option<Ast> {
        let anchor = |kind| Ast::new(kind).ok();
        let begin = std::iter::once(anchor(Kind::BeginText)?);
        let end = std::iter::once(anchor(Kind::EndText)?);
        let all: Vec<Ast> = begin.chain(parts.iter().cloned()).chain(end).collect();
        let height = all.iter().map(|part| part.height).max().unwrap_or(0);
        let size = all.iter().map(|part| part.size).sum();
        Ast::measured(Kind::Concat(all), height + 1, size, 1).ok()
    }

    /// Tells whether it looks at the text around a match.
    pub(in super::super) fn looks_around(&self) -> bool {
        match &self.kind {
            Kind::BeginText
            | Kind::EndText
            | Kind::BeginLine
            | Kind::EndLine
            | Kind::WordBoundary
            | Kind::NoWordBoundary => true,
            Kind::Capture(_, sub) | Kind::Repeat(_, sub) => sub.looks_around(),
            Kind::Concat(subs) | Kind::Alternate(subs) => subs.iter().any(Ast::looks_around),
            Kind::Empty
            | Kind::Literal { .. }
            | Kind::Class(_)
            | Kind::Any
            | Kind::AnyButLineFeed => false,
        }
    }

    fn within_limits(self) -> Result<Ast, Limit> {
        if self.size > MAX_SIZE {
            return Err(Limit::Size);
        }
        if self.height > MAX_HEIGHT {
            return Err(Limit::Height);
        }
        Ok(self)
    }
}

impl Repeat {
    /// Returns Go's estimate of the instructions, and the copies of the innermost part.
    fn measure(self, sub: &Ast) -> (u64, u32) {
        let times = |n: u32| u64::from(n).saturating_mul(sub.size);
        let size = match (self.min, self.max) {
            (0, None) => sub.size.saturating_add(2),
            (1, None) | (0, Some(1)) => sub.size.saturating_add(1),
            (min, None) => times(min).saturating_add(1),
            (min, Some(max)) => times(max).saturating_add(u64::from(max.saturating_sub(min))),
        };
        let copies = match (self.counted, self.max) {
            (false, _) => sub.copies,
            (true, Some(0)) => 1,
            (true, max) => max.unwrap_or(self.min).max(1).saturating_mul(sub.copies),
        };
        (size, copies)
    }
}
