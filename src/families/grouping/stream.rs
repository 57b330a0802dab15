//! Families one after the other: each is given when the next begins.

use std::borrow::Cow;
use std::collections::VecDeque;

use super::assembly::Assembly;
use super::fault::Fault;
use super::incoming::Incoming;
use super::keep::Keep;
use super::metadata::{Metadata, name_fault};
use super::misfit::Misfit;
use super::{Kept, is_wanted};
use crate::bytes::compare;
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, Result};
use crate::families::family::MetricFamily;
use crate::text::engine::LineEnd;
use crate::text::filter::Filter;
use crate::text::line::Line;
use crate::text::sample::Sample;

#[derive(Debug)]
pub(super) struct Stream<'a> {
    /// The family whose lines come in, if one is begun.
    current: Assembly<'a>,
    begun: bool,
    /// A family that is complete, and before it what was found wrong when it was completed.
    errors: VecDeque<Error>,
    complete: Option<MetricFamily<'a>>,
    /// The families of its samples that did not fit, to be given after it.
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

    /// What is ready to be given, if the filter wants it. To be taken before the next line is pushed.
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

    #[inline]
    pub(super) fn push<'l, K: Keep<'l, 'a>>(&mut self, line: Line<'l>, end: LineEnd) -> Result<()> {
        match line {
            Line::Sample(sample) => self.sample::<K>(sample, end),
            line => self.metadata::<K>(line, end),
        }
    }

    /// Adds the sample to the current family, if both are ordinary.
    #[inline(always)]
    pub(super) fn add_plain<'l, K: Keep<'l, 'a>>(&mut self, sample: &Sample<'l>) -> bool {
        self.begun && self.current.add_plain::<K>(sample)
    }

    #[inline]
    fn sample<'l, K: Keep<'l, 'a>>(&mut self, sample: Sample<'l>, end: LineEnd) -> Result<()> {
        if self.add_plain::<K>(&sample) {
            return Ok(());
        }
        let raw = sample.raw();
        let judged = match Incoming::new(sample) {
            Ok(mut sample) => match self.add::<K>(&mut sample, raw, end) {
                Ok(()) => return Ok(()),
                Err(fault) => sample.judge(fault),
            },
            Err(judged) => judged,
        };
        let error = judged.error(raw, end);
        if let Some(misfit) = judged.misfit
            && self.keep.misfits
        {
            self.keep_misfit::<K>(misfit);
        }
        Err(error)
    }

    #[inline]
    fn add<'l, K: Keep<'l, 'a>>(
        &mut self,
        sample: &mut Incoming<'l>,
        raw: &[u8],
        end: LineEnd,
    ) -> std::result::Result<(), Fault> {
        let name = sample.name();
        if self.begun
            && let Some(part) = self.current.part(&name)
        {
            return self.current.add::<K>(part, sample, raw, end);
        }
        sample.check_labels()?;
        let family = self.begin(K::text(name.clone()));
        match family.part(&name) {
            Some(part) => family.add::<K>(part, sample, raw, end),
            None => Ok(()),
        }
    }

    #[cold]
    fn keep_misfit<'l, K: Keep<'l, 'a>>(&mut self, misfit: Misfit<'l>) {
        if !self.begun || self.current.part(misfit.name()).is_none() {
            let name = Cow::Owned(misfit.name().to_owned());
            self.begin(name);
        }
        self.current.keep_misfit::<K>(misfit);
    }

    fn metadata<'l, K: Keep<'l, 'a>>(&mut self, line: Line<'l>, end: LineEnd) -> Result<()> {
        let described = Metadata::of(line, |metadata| {
            let at = metadata.name_at;
            self.describe::<K>(metadata).map_err(|(kind, expected)| {
                let error = end.error(kind, expected, line.raw(), at);
                // Prometheus takes any name in metadata, and does not compare lines of it.
                error.accepted_by_prometheus()
            })
        });
        described.unwrap_or(Ok(()))
    }

    #[inline(always)]
    fn describe<'l, K: Keep<'l, 'a>>(
        &mut self,
        metadata: Metadata<'l>,
    ) -> std::result::Result<(), (ErrorKind, &'static str)> {
        if let Some(fault) = name_fault(&metadata) {
            return Err(fault);
        }
        let is_of_current = self.begun
            && compare::same(self.current.name().as_bytes(), metadata.name.as_bytes())
            && !self.current.is_ended_by(&metadata.what);
        let family = match is_of_current {
            true => &mut self.current,
            false => self.begin(K::text(metadata.name)),
        };
        family.describe::<K>(metadata.what)
    }

    /// Completes the current family and begins another.
    fn begin(&mut self, name: Cow<'a, str>) -> &mut Assembly<'a> {
        self.complete();
        self.current.begin(name);
        self.begun = true;
        &mut self.current
    }

    /// Completes the current family: nothing more comes for it.
    pub(super) fn complete(&mut self) {
        if std::mem::take(&mut self.begun) {
            let (errors, misfits) = (&mut self.errors, &mut self.misfits);
            self.complete = Some(self.current.finish(self.keep.misfits, errors, misfits));
        }
    }
}
