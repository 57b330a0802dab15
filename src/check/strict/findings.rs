//! What has been found and not returned yet.

use std::collections::VecDeque;

use super::demand::Demand;
use super::severity::Severity;
use super::{SpecificationRule, Violation};
use crate::error::{Error, ErrorKind, Position};
use crate::text::place::LineEnd;

/// A place in a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// The line, without its line feed.
    pub(super) raw: &'a [u8],
    /// What an error shows of it: with its line feed, it can tell the line's end from the body's.
    pub(super) shown: &'a [u8],
    pub(super) end: LineEnd,
    /// Bytes from the line's start.
    pub(super) at: usize,
}

impl<'a> Place<'a> {
    pub(super) fn new(raw: &'a [u8], end: LineEnd, at: usize) -> Self {
        Place {
            raw,
            shown: raw,
            end,
            at,
        }
    }

    pub(super) fn at(self, at: usize) -> Self {
        Place { at, ..self }
    }

    pub(super) fn violates(
        self,
        rule: SpecificationRule,
        expected: &'static str,
        found: &mut Findings,
    ) {
        found.add(
            Demand {
                number: None,
                rule,
                severity: Severity::Error,
                expected,
            },
            self,
        );
    }

    pub(super) fn byte_before(self, at: usize) -> Option<u8> {
        self.raw.get(at.checked_sub(1)?).copied()
    }
}

/// Violations in the order found.
#[derive(Debug, Default)]
pub(super) struct Findings {
    violations: VecDeque<Violation>,
    last: Option<Last>,
}

/// Where the last violation is. The next one is mostly after it in the same line, and its position is
/// computed from there, so that a line with a thousand violations is not read a thousand times.
#[derive(Debug, Clone, Copy)]
struct Last {
    line: LineEnd,
    start: Position,
    at: usize,
    position: Position,
}

impl Findings {
    pub(super) fn add(&mut self, demand: Demand, place: Place<'_>) {
        self.add_error(ErrorKind::Specification, demand, place);
    }

    /// Adds a breach that has an error of its own kind.
    pub(super) fn add_error(&mut self, kind: ErrorKind, demand: Demand, place: Place<'_>) {
        let position = self.position(place);
        let Place { shown, at, end, .. } = place;
        let expected = demand.expected;
        let error = Error::placed(kind, expected, shown, at, position, end.dialect);
        self.push(Violation::new(demand, error));
    }

    pub(super) fn push(&mut self, violation: Violation) {
        self.violations.push_back(violation);
    }

    pub(super) fn take(&mut self) -> Option<Violation> {
        self.violations.pop_front()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.violations.is_empty()
    }

    fn position(&mut self, place: Place<'_>) -> Position {
        let Place { raw, end, at, .. } = place;
        let (start, known, position) = match self.last {
            Some(last) if last.line == end && last.at <= at => (last.start, last.at, last.position),
            Some(last) if last.line == end => (last.start, 0, last.start),
            _ => {
                let start = end.start(raw);
                (start, 0, start)
            }
        };
        let position = position.after(raw.get(known..at).unwrap_or_default());
        self.last = Some(Last {
            line: end,
            start,
            at,
            position,
        });
        position
    }
}
