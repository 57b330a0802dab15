//! What HELP, TYPE and UNIT lines say about a family.

use std::borrow::Cow;

use super::assembly::Assembly;
use super::fault::Fault;
use super::keep::Keep;
use crate::error::ErrorKind;
use crate::model::metric_type::MetricType;
use crate::model::suffix::FamilyNames;
use crate::text::line::Line;

/// A HELP, TYPE or UNIT line.
pub(super) struct Metadata<'l> {
    pub(super) name: Cow<'l, str>,
    pub(super) name_at: usize,
    name_is_utf8: bool,
    pub(super) what: What<'l>,
}

pub(super) enum What<'l> {
    Help(Cow<'l, str>),
    Type(MetricType),
    Unit(Cow<'l, str>),
}

impl<'l> Metadata<'l> {
    /// Passes what the line says to `look`, if it is a HELP, TYPE or UNIT line. It replaces a
    /// constructor: each kind gets code of its own, where nothing has to be moved to a common place
    /// first.
    #[inline(always)]
    pub(super) fn of<R>(line: Line<'l>, look: impl FnOnce(Metadata<'l>) -> R) -> Option<R> {
        Some(match line {
            Line::Help(line) => look(Metadata {
                name: line.name(),
                name_at: line.name_at(),
                name_is_utf8: line.name_is_utf8(),
                what: What::Help(line.text()),
            }),
            Line::Type(line) => look(Metadata {
                name: line.name(),
                name_at: line.name_at(),
                name_is_utf8: line.name_is_utf8(),
                what: What::Type(line.metric_type()),
            }),
            Line::Unit(line) => look(Metadata {
                name: line.name(),
                name_at: line.name_at(),
                name_is_utf8: line.name_is_utf8(),
                what: What::Unit(line.unit()),
            }),
            Line::Sample(_) | Line::Comment(_) | Line::Eof => return None,
        })
    }

    /// Checks that a family can have that name.
    #[inline(always)]
    pub(super) fn check_name(&self) -> Result<(), Fault> {
        match self.name_is_utf8 && !self.name.is_empty() {
            true => Ok(()),
            false => Err(self.name_fault()),
        }
    }

    #[cold]
    fn name_fault(&self) -> Fault {
        let (kind, expected) = match self.name_is_utf8 {
            false => (ErrorKind::InvalidUtf8, "names in UTF-8"),
            true => (
                ErrorKind::EmptyName,
                "a metric name of at least one character",
            ),
        };
        Fault {
            kind,
            expected,
            at: self.name_at,
        }
    }
}

impl<'a> Assembly<'a> {
    /// Adds what a HELP, TYPE or UNIT line says.
    #[inline(always)]
    pub(super) fn describe<'l, K: Keep<'l, 'a>>(
        &mut self,
        what: What<'l>,
    ) -> Result<(), (ErrorKind, &'static str)> {
        if self.contradicts(&what) {
            return Err(match what {
                What::Type(_) => (
                    ErrorKind::SecondType,
                    "the type that the metric was declared with",
                ),
                What::Help(_) => (
                    ErrorKind::SecondHelp,
                    "the help text that the metric was given before",
                ),
                What::Unit(_) => (
                    ErrorKind::SecondUnit,
                    "the unit that the metric was given before",
                ),
            });
        }
        match what {
            What::Type(kind)
                if kind != self.family.metric_type && !self.family.metrics.is_empty() =>
            {
                return Err((
                    ErrorKind::LateType,
                    "the TYPE line before the metric's samples",
                ));
            }
            What::Type(kind) => {
                self.family.metric_type = kind;
                self.declared = true;
            }
            What::Help(text) if !text.is_empty() => self.family.help = Some(K::text(text)),
            What::Unit(text) if !text.is_empty() => self.family.unit = Some(K::text(text)),
            What::Help(_) | What::Unit(_) => {}
        }
        Ok(())
    }

    /// Takes the first help text. Returns false if it is not, or empty.
    #[inline(always)]
    pub(super) fn add_first_help<'l, K: Keep<'l, 'a>>(&mut self, text: &'l str) -> bool {
        let is_first = self.family.help.is_none() && !text.is_empty();
        if is_first {
            self.family.help = Some(K::text(Cow::Borrowed(text)));
        }
        is_first
    }

    /// Takes the type that is declared first, before any sample. Returns false if it is not.
    #[inline(always)]
    pub(super) fn add_first_type(&mut self, kind: MetricType) -> bool {
        let is_first = !self.declared && self.family.metrics.is_empty();
        if is_first {
            self.family.metric_type = kind;
            self.declared = true;
        }
        is_first
    }

    /// Tells whether a line contradicts an earlier one.
    fn contradicts(&self, what: &What<'_>) -> bool {
        let differs = |before: &Option<Cow<'_, str>>, text: &Cow<'_, str>| {
            !text.is_empty() && before.as_ref().is_some_and(|before| before != text)
        };
        match what {
            What::Type(kind) => self.declared && *kind != self.family.metric_type,
            What::Help(text) => differs(&self.family.help, text),
            What::Unit(text) => differs(&self.family.unit, text),
        }
    }

    /// Tells whether a HELP, TYPE or UNIT line for this family's name begins another family.
    ///
    /// Where families are named without suffixes, a gauge and a counter can have the same name but no
    /// sample in common. The specification forbids it, but every program with Go's client library has
    /// such a pair.
    pub(super) fn is_ended_by(&self, what: &What<'_>) -> bool {
        let can_share_names = match self.syntax.suffixes.family_names() {
            FamilyNames::Stems => true,
            FamilyNames::AsSamples => false,
        };
        can_share_names && !self.family.metrics.is_empty() && self.contradicts(what)
    }
}
