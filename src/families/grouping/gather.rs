//! From lines to families: what streamed and collected families have in common.

use std::borrow::Cow;

use super::assembly::{Assembly, Part};
use super::fault::Fault;
use super::incoming::Incoming;
use super::keep::Keep;
use super::metadata::Metadata;
use super::misfit::Misfit;
use crate::error::Result;
use crate::model::metric_type::MetricType;
use crate::text::line::Line;
use crate::text::place::LineEnd;
use crate::text::sample::Sample;

/// Families that lines are added to.
pub(super) trait Gather<'a> {
    /// Identifies one of them.
    type At: Copy;

    /// Returns the family of the last line, if an ordinary sample may be added to it without a look-up.
    fn current(&mut self) -> Option<&mut Assembly<'a>>;

    /// Returns the family that a sample of that name belongs to (spec T45), and which of its samples it
    /// is.
    fn find(&self, name: &str) -> Option<(Self::At, Part)>;

    /// Returns the family of exactly that name.
    fn named(&self, name: &str) -> Option<Self::At>;

    /// Begins a family.
    fn begin(&mut self, name: Cow<'a, str>) -> Self::At;

    /// Returns the family, which becomes the current one.
    fn enter(&mut self, at: Self::At) -> Option<&mut Assembly<'a>>;

    /// Tells whether samples that fit no metric are kept.
    fn keeps_misfits(&self) -> bool;

    /// Adds what a line says that ended here.
    #[inline]
    fn push<'l, K: Keep<'l, 'a>>(&mut self, line: Line<'l>, end: LineEnd) -> Result<()> {
        match line {
            Line::Sample(sample) => self.push_sample::<K>(sample, end),
            Line::Help(line) => match (line.name(), line.text()) {
                (Cow::Borrowed(name), Cow::Borrowed(text)) if self.add_help::<K>(name, text) => {
                    Ok(())
                }
                _ => self.push_metadata::<K>(Line::Help(line), end),
            },
            Line::Type(line) => match line.name() {
                Cow::Borrowed(name) if self.add_type::<K>(name, line.metric_type()) => Ok(()),
                _ => self.push_metadata::<K>(Line::Type(line), end),
            },
            line => self.push_metadata::<K>(line, end),
        }
    }

    /// Adds what an ordinary HELP line says, exactly as [`describe`](Self::describe) would. Returns false if
    /// it is another line.
    // Texts are passed on in registers, which a line or a `Cow` is not.
    #[inline(never)]
    fn add_help<'l, K: Keep<'l, 'a>>(&mut self, name: &'l str, text: &'l str) -> bool {
        if name.is_empty() {
            return false;
        }
        let family = self.named_or_new::<K>(name);
        family.is_some_and(|family| family.add_first_help::<K>(text))
    }

    /// Does the same for a TYPE line.
    #[inline(never)]
    fn add_type<'l, K: Keep<'l, 'a>>(&mut self, name: &'l str, kind: MetricType) -> bool {
        if name.is_empty() {
            return false;
        }
        let family = self.named_or_new::<K>(name);
        family.is_some_and(|family| family.add_first_type(kind))
    }

    #[inline(always)]
    fn named_or_new<'l, K: Keep<'l, 'a>>(&mut self, name: &'l str) -> Option<&mut Assembly<'a>> {
        let at = match self.named(name) {
            Some(at) => at,
            None => self.begin(K::text(Cow::Borrowed(name))),
        };
        self.enter(at)
    }

    /// Adds the sample to the current family, if both are ordinary.
    #[inline(always)]
    fn push_plain<'l, K: Keep<'l, 'a>>(&mut self, sample: &Sample<'l>) -> bool {
        match self.current() {
            Some(current) => current.add_plain::<K>(sample),
            None => false,
        }
    }

    #[inline]
    fn push_sample<'l, K: Keep<'l, 'a>>(&mut self, sample: Sample<'l>, end: LineEnd) -> Result<()> {
        if self.push_plain::<K>(&sample) {
            return Ok(());
        }
        self.add_unusual::<K>(sample, end)
    }

    /// Adds a sample that is not [plain](Self::push_plain).
    #[inline(never)]
    fn add_unusual<'l, K: Keep<'l, 'a>>(&mut self, sample: Sample<'l>, end: LineEnd) -> Result<()> {
        let judged = match Incoming::new(sample, end) {
            Ok(mut sample) => match self.add::<K>(&mut sample) {
                Ok(()) => return Ok(()),
                Err(fault) => sample.judge(fault),
            },
            Err(judged) => judged,
        };
        if let Some(misfit) = judged.misfit
            && self.keeps_misfits()
        {
            self.keep_misfit::<K>(misfit);
        }
        Err(judged.error)
    }

    #[inline]
    fn add<'l, K: Keep<'l, 'a>>(&mut self, sample: &mut Incoming<'l>) -> Result<(), Fault> {
        let name = sample.name();
        let (at, part) = match self.find(&name) {
            Some(found) => found,
            None => {
                sample.check_labels()?;
                (self.begin(K::text(name)), Part::Plain)
            }
        };
        match self.enter(at) {
            Some(family) => family.add::<K>(part, sample),
            None => Ok(()),
        }
    }

    #[cold]
    fn keep_misfit<'l, K: Keep<'l, 'a>>(&mut self, misfit: Misfit<'l>) {
        let at = match self.find(misfit.name()) {
            Some((at, _)) => at,
            None => self.begin(Cow::Owned(misfit.name().to_owned())),
        };
        if let Some(family) = self.enter(at) {
            family.keep_misfit::<K>(misfit);
        }
    }

    fn push_metadata<'l, K: Keep<'l, 'a>>(&mut self, line: Line<'l>, end: LineEnd) -> Result<()> {
        let described = Metadata::of(line, |metadata| self.describe::<K>(metadata));
        described.unwrap_or(Ok(())).map_err(|fault| {
            // Prometheus takes any name in metadata, and does not compare such lines.
            fault.error(line.raw(), end).accepted_by_prometheus()
        })
    }

    #[inline(always)]
    fn describe<'l, K: Keep<'l, 'a>>(&mut self, metadata: Metadata<'l>) -> Result<(), Fault> {
        metadata.check_name()?;
        let Metadata {
            name,
            name_at,
            what,
            ..
        } = metadata;
        let found = self.named(&name).and_then(|at| self.enter(at));
        let family = match found.filter(|family| !family.is_ended_by(&what)) {
            Some(family) => Some(family),
            None => {
                let at = self.begin(K::text(name));
                self.enter(at)
            }
        };
        match family {
            Some(family) => (family.describe::<K>(what)).map_err(|(kind, expected)| Fault {
                kind,
                expected,
                at: name_at,
            }),
            None => Ok(()),
        }
    }
}
