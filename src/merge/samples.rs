//! The samples of a run of lines, with their names and labels in the outcome.

use std::borrow::Cow;

use super::group::Run;
use super::stamp::{Pairs, stamp};
use super::sum::Place;
use super::{Merge, Source};
use crate::encode::EncodeError;
use crate::encode::target::Target;
use crate::encode::text::NameParts;
use crate::model::metric_type::MetricType;
use crate::text::labels::Label;
use crate::text::line::Line;
use crate::text::parser::Parser;
use crate::text::sample::Sample;

/// Tells whether labels are rewritten under that type (spec T44).
pub(super) fn canonicalizes(kind: MetricType) -> bool {
    matches!(kind, MetricType::Histogram | MetricType::Summary)
}

/// The samples of a run, each with the place of its line.
pub(super) struct Samples<'m> {
    parser: Parser<'m>,
    run: Run,
    end: usize,
}

impl<'m> Samples<'m> {
    pub(super) fn of(run: Run, merge: &'m Merge<'_>) -> Self {
        let body = merge.sources.get(run.source);
        let lines = body.and_then(|source| source.body.get(run.start..run.end));
        let dialect = body.map(|source| source.dialect).unwrap_or_default();
        Samples {
            // Errors were found in the first pass. The only new one is that a part of a body lacks its `#
            // EOF`.
            parser: Parser::new(lines.unwrap_or_default(), dialect).limits(merge.limits),
            run,
            end: run.start,
        }
    }
}

impl<'m> Iterator for Samples<'m> {
    type Item = (Sample<'m>, Place);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let line = self.parser.next()?;
            let start = self.end;
            let read = usize::try_from(self.parser.position().byte).unwrap_or(usize::MAX);
            self.end = self.run.start.saturating_add(read);
            if let Ok(Line::Sample(mut sample)) = line {
                sample.shape.scope = self.run.scope;
                let place = Place {
                    source: self.run.source,
                    start,
                    end: self.end,
                    origin: 0,
                };
                return Some((sample, place));
            }
        }
    }
}

/// A sample's name in the outcome.
pub(super) struct Written<'n> {
    base: Cow<'n, str>,
    suffix: &'n str,
    /// Whether that is its own name.
    pub(super) kept: bool,
}

impl<'n> Written<'n> {
    pub(super) fn of(
        sample: &Sample<'_>,
        name: &'n str,
        run: &Run,
        target: &Target,
    ) -> Result<Self, EncodeError> {
        if target.names.keeps_name(sample.raw_name()) {
            return Ok(Written {
                base: Cow::Borrowed(name),
                suffix: "",
                kept: true,
            });
        }
        let (base, suffix) = name.split_at_checked(run.base).unwrap_or((name, ""));
        Ok(Written {
            base: target.names.metric_name(base)?,
            suffix,
            kept: false,
        })
    }

    pub(super) fn parts(&self) -> NameParts<'_> {
        NameParts {
            base: &self.base,
            suffix: self.suffix,
        }
    }
}

/// Returns the labels of a sample that comes under a TYPE line of that type, if they differ from those in its
/// line: its source adds some, or they were rewritten in their old place.
pub(super) fn rewritten<'p>(
    sample: &Sample<'p>,
    source: &'p Source<'_>,
    scope: MetricType,
) -> Option<Pairs<'p>> {
    let own = sample.shape.scope;
    let respelled = canonicalizes(own)
        && own != scope
        && (sample.labels().iter()).any(|label| sample.stored_value(&label) != label.value());
    (respelled || !source.labels.is_empty()).then(|| {
        let mut pairs = pairs(sample, scope);
        stamp(&mut pairs, &source.labels, source.honor_labels);
        pairs
    })
}

/// Returns the labels of a sample that comes under a TYPE line of that type, as they are stored, if they
/// would be stored differently there.
pub(super) fn pairs<'p>(sample: &Sample<'p>, scope: MetricType) -> Pairs<'p> {
    let stays = sample.shape.scope == scope;
    let value = |label: &Label<'p>| match stays {
        true => label.value(),
        false => sample.stored_value(label),
    };
    (sample.labels().iter())
        .map(|label| (label.name(), value(&label)))
        .collect()
}
