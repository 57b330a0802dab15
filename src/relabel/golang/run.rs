//! Adjacent expressions, while they are read.
//!
//! Go flattens nested sequences and nested alternatives. A group that ends may have thousands of parts, and
//! so may the group around it. The smaller list is moved to the larger, so that no part is moved often,
//! however groups nest.

use std::collections::VecDeque;

use super::ast::{Ast, Kind, Limit};
use crate::bytes::work;

/// Parts in order, with their measures.
#[derive(Debug, Default)]
pub(super) struct Run {
    parts: VecDeque<Ast>,
    /// The height of the deepest part.
    height: u32,
    /// The size of all parts.
    size: u64,
    /// The copies of the part with the most.
    copies: u32,
}

impl Run {
    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Adds a part. A literal is merged with the previous one.
    pub(super) fn push(&mut self, part: Ast) -> Result<(), Limit> {
        self.height = self.height.max(part.height);
        self.copies = self.copies.max(part.copies);
        self.size = self.size.saturating_add(part.size);
        let joined = match self.parts.back_mut() {
            Some(before) => before.append(&part)?,
            None => false,
        };
        if !joined {
            self.parts.push_back(part);
        }
        Ok(())
    }

    /// Adds an alternative, unmerged.
    fn push_alternative(&mut self, part: Ast) {
        self.height = self.height.max(part.height);
        self.copies = self.copies.max(part.copies);
        self.size = self.size.saturating_add(part.size);
        self.parts.push_back(part);
    }

    /// Adds all parts of another run.
    fn join(&mut self, mut other: Run) {
        self.height = self.height.max(other.height);
        self.copies = self.copies.max(other.copies);
        self.size = self.size.saturating_add(other.size);
        work::on(self.parts.len().min(other.parts.len()));
        if other.parts.len() > self.parts.len() {
            while let Some(part) = self.parts.pop_back() {
                other.parts.push_front(part);
            }
            self.parts = other.parts;
        } else {
            self.parts.append(&mut other.parts);
        }
    }

    fn into_ast(self, kind: impl FnOnce(Vec<Ast>) -> Kind) -> Result<Ast, Limit> {
        work::on(self.parts.len());
        let kind = kind(Vec::from(self.parts));
        Ast::measured(kind, self.height + 1, self.size, self.copies)
    }
}

/// The contents of a group, or a part of them.
#[derive(Debug)]
pub(super) enum Part {
    One(Ast),
    /// Parts in order.
    Sequence(Run),
    /// One of several parts.
    Choice(Run),
}

impl Part {
    pub(super) fn into_ast(self) -> Result<Ast, Limit> {
        match self {
            Part::One(ast) => Ok(ast),
            Part::Sequence(run) => run.into_ast(Kind::Concat),
            Part::Choice(mut run) => {
                run.size += (run.parts.len() as u64).saturating_sub(1);
                run.into_ast(Kind::Alternate)
            }
        }
    }

    /// Returns an error if it breaks a limit.
    fn check(&self) -> Result<(), Limit> {
        let (run, more) = match self {
            Part::One(_) => return Ok(()),
            Part::Sequence(run) => (run, 0),
            Part::Choice(run) => (run, (run.parts.len() as u64).saturating_sub(1)),
        };
        Ast::measured(Kind::Empty, run.height + 1, run.size + more, 1).map(|_| ())
    }
}

/// What has been read since the last open parenthesis.
#[derive(Debug, Default)]
pub(super) struct Level {
    alternatives: Run,
    /// The alternative that is being read, without its last part.
    sequence: Run,
    /// The part that an operator would repeat.
    last: Option<Part>,
}

impl Level {
    pub(super) fn is_empty(&self) -> bool {
        self.alternatives.is_empty() && self.sequence.is_empty() && self.last.is_none()
    }

    /// Adds to the sequence.
    pub(super) fn push(&mut self, part: Part) -> Result<(), Limit> {
        self.settle()?;
        self.last = Some(part);
        Ok(())
    }

    /// Returns the part that was read last, to be replaced.
    pub(super) fn take_last(&mut self) -> Option<Part> {
        self.last.take()
    }

    /// Ends the part that was read last: no operator follows it.
    fn settle(&mut self) -> Result<(), Limit> {
        match self.last.take() {
            None => Ok(()),
            Some(Part::Sequence(run)) => {
                self.sequence.join(run);
                Ok(())
            }
            Some(part) => self.sequence.push(part.into_ast()?),
        }
    }

    /// Returns the alternative that has been read.
    fn alternative(&mut self) -> Result<Part, Limit> {
        if self.sequence.is_empty() {
            return match self.last.take() {
                Some(part) => Ok(part),
                None => Ast::new(Kind::Empty).map(Part::One),
            };
        }
        self.settle()?;
        let mut sequence = std::mem::take(&mut self.sequence);
        match sequence.parts.len() {
            1 => match sequence.parts.pop_back() {
                Some(part) => Ok(Part::One(part)),
                None => Ast::new(Kind::Empty).map(Part::One),
            },
            _ => Ok(Part::Sequence(sequence)),
        }
    }

    /// Begins the next alternative.
    pub(super) fn end_alternative(&mut self) -> Result<(), Limit> {
        match self.alternative()? {
            Part::Choice(run) => self.alternatives.join(run),
            part => self.alternatives.push_alternative(part.into_ast()?),
        }
        Ok(())
    }

    /// Returns the whole contents.
    pub(super) fn finish(mut self) -> Result<Part, Limit> {
        let part = if self.alternatives.is_empty() {
            self.alternative()?
        } else {
            self.end_alternative()?;
            Part::Choice(self.alternatives)
        };
        part.check()?;
        Ok(part)
    }
}
