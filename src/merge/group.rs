//! A family of the outcome, and where in the bodies its lines are.

use std::borrow::Cow;

use super::Merge;
use super::inside::Inside;
use crate::model::metric_type::MetricType;
use crate::model::suffix::Suffix;
use crate::number::decode;

/// A family to be written.
#[derive(Debug)]
pub(super) struct Group {
    /// Its name in its written form.
    pub(super) name: String,
    pub(super) kind: Option<Declared>,
    pub(super) help: Option<Span>,
    pub(super) unit: Option<Span>,
    pub(super) runs: Vec<Run>,
    /// Whether its samples have been given to another family.
    pub(super) adopted: bool,
    /// What tells the samples of its metrics apart, under every type that a body declares for it.
    pub(super) inside: Inside,
    /// Whether a body has samples in it that it declares with another type.
    pub(super) contested: bool,
    /// What its name has after the name of the family that its metrics belong to.
    pub(super) suffix: Option<Suffix>,
    /// A family whose samples can be of the same metrics and that is nearer to the first such family; or
    /// itself.
    pub(super) link: usize,
}

impl Group {
    pub(super) fn suffix_text(&self) -> &'static str {
        self.suffix.map_or("", Suffix::as_str)
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Declared {
    pub(super) kind: MetricType,
    pub(super) source: usize,
}

/// Where the text of a HELP or UNIT line is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) source: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Span {
    /// Returns the text as the body writes it.
    pub(super) fn raw<'m>(self, merge: &'m Merge<'_>) -> &'m str {
        let body = merge.sources.get(self.source).map_or(&[][..], |s| &*s.body);
        let text = body.get(self.start..self.end).unwrap_or_default();
        std::str::from_utf8(text).unwrap_or_default()
    }

    /// Returns the text of a HELP line with its escapes undone.
    pub(super) fn help<'m>(self, merge: &'m Merge<'_>) -> Cow<'m, str> {
        let dialect = merge.sources.get(self.source).map(|source| source.dialect);
        let syntax = dialect.unwrap_or_default().syntax();
        decode::unescape(self.raw(merge), syntax.help)
    }

    /// Tells whether two HELP lines say the same. Takes no longer than reading the other one, even if this
    /// one is much longer.
    pub(super) fn is_help(self, other: Span, merge: &Merge<'_>) -> bool {
        // An escape takes two bytes for one.
        let longest = 2 * (other.end - other.start);
        self.end - self.start <= longest && self.help(merge) == other.help(merge)
    }
}

/// Adjacent lines of samples in a body that belong to one family.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    pub(super) source: usize,
    pub(super) start: usize,
    pub(super) end: usize,
    /// The type in force there.
    pub(super) scope: MetricType,
    /// The length of the family's name in the names of its samples, where a suffix may follow.
    pub(super) base: usize,
}
