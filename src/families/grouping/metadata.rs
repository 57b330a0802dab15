//! HELP, TYPE and UNIT lines, as families take them.

use std::borrow::Cow;

use crate::error::ErrorKind;
use crate::model::metric_type::MetricType;
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
    /// Looks at what the line says, if it is a HELP, TYPE or UNIT line. In place of a constructor: each
    /// kind is looked at in code of its own, where nothing has to be moved to one place first.
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
}

/// Why no family can have that name, if none can.
#[inline]
pub(super) fn name_fault(metadata: &Metadata<'_>) -> Option<(ErrorKind, &'static str)> {
    if !metadata.name_is_utf8 {
        Some((ErrorKind::InvalidUtf8, "names in UTF-8"))
    } else if metadata.name.is_empty() {
        let expected = "a metric name of at least one character";
        Some((ErrorKind::EmptyName, expected))
    } else {
        None
    }
}
