//! Families in a stream: each is returned when the next begins.

use std::borrow::Cow;
use std::collections::VecDeque;

use super::assembly::{Assembly, Part};
use super::gather::Gather;
use super::{Kept, is_wanted};
use crate::bytes::compare;
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::families::family::MetricFamily;
use crate::text::filter::Filter;

#[derive(Debug)]
pub(super) struct Stream<'a> {
    /// The family whose lines are arriving, if one has begun.
    current: Assembly<'a>,
    begun: bool,
    /// A family that is complete, and the errors found when it was completed, which come before it.
    errors: VecDeque<Error>,
    complete: Option<MetricFamily<'a>>,
    /// The families of its samples that did not fit, which are returned after it.
    misfits: VecDeque<MetricFamily<'a>>,
    pub(super) keep: Kept,
    dialect: Dialect,
}

impl<'a> Stream<'a> {
    pub(super) fn new(dialect: Dialect) -> Self {
        Stream {
            current: Assembly::new(Cow::Borrowed(""), dialect.syntax()),
            dialect,
            begun: false,
            errors: VecDeque::new(),
            complete: None,
            misfits: VecDeque::new(),
            keep: Kept::default(),
        }
    }

    /// Returns what is ready, if the filter wants it. Call it before the next line is pushed.
    #[inline(always)]
    pub(super) fn take(&mut self, filter: Option<&Filter>) -> Option<Result<MetricFamily<'a>>> {
        match self.complete {
            None => None,
            Some(_) => self.take_complete(filter),
        }
    }

    #[inline(never)]
    fn take_complete(&mut self, filter: Option<&Filter>) -> Option<Result<MetricFamily<'a>>> {
        match self.errors.pop_front() {
            Some(error) => Some(Err(error)),
            None => loop {
                let next = self.misfits.pop_front();
                let family = std::mem::replace(&mut self.complete, next)?;
                if is_wanted(&family, filter, self.dialect, self.keep) {
                    return Some(Ok(family));
                }
            },
        }
    }

    /// Completes the current family: nothing more comes for it.
    pub(super) fn complete(&mut self) {
        if std::mem::take(&mut self.begun) {
            let finished = self.current.finish(self.keep.misfits);
            self.complete = Some(finished.family);
            if let Some(rest) = finished.rest {
                self.errors.extend(rest.errors);
                self.misfits.extend(rest.misfits);
            }
        }
    }
}

impl<'a> Gather<'a> for Stream<'a> {
    /// There is only one.
    type At = ();

    #[inline(always)]
    fn current(&mut self) -> Option<&mut Assembly<'a>> {
        self.begun.then_some(&mut self.current)
    }

    #[inline]
    fn find(&self, name: &str) -> Option<((), Part)> {
        match self.begun {
            true => Some(((), self.current.part(name)?)),
            false => None,
        }
    }

    #[inline(always)]
    fn named(&self, name: &str) -> Option<()> {
        let same = || compare::same(self.current.name().as_bytes(), name.as_bytes());
        (self.begun && same()).then_some(())
    }

    /// Completes the current family and begins another.
    fn begin(&mut self, name: Cow<'a, str>) {
        self.complete();
        self.current.begin(name);
        self.begun = true;
    }

    #[inline(always)]
    fn enter(&mut self, (): ()) -> Option<&mut Assembly<'a>> {
        Some(&mut self.current)
    }

    fn keeps_misfits(&self) -> bool {
        self.keep.misfits
    }
}
