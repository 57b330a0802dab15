//! What promtool's reader, which telegraf shares, says of a text body.

use super::labels::plain_labels;
use super::promtool::families::Families;
use super::promtool::line;
use super::promtool::refusal::{Fault, Repetition};
use super::rule::LintRule;
use crate::bytes::scan;
use crate::model::name::ValidationScheme;
use crate::text::sample::Sample;

/// promtool's reader beside Prometheus'. It goes on after what it refuses.
pub(super) struct SecondOpinion {
    families: Families,
}

impl SecondOpinion {
    pub(super) fn new() -> Self {
        SecondOpinion {
            // What is in quotes is found apart.
            families: Families::new(ValidationScheme::Utf8),
        }
    }

    /// Takes a sample of which promtool makes what Prometheus makes.
    pub(super) fn note(&mut self, sample: &Sample<'_>) {
        self.families.note(sample.raw_name());
    }

    /// Takes a sample that is written as most are, of which promtool makes what Prometheus makes. Returns false
    /// if it is written in another way: then the line must be [read](Self::read).
    pub(super) fn knows(&mut self, sample: &Sample<'_>) -> bool {
        let is_plain = plain_labels(sample).is_some();
        if is_plain {
            self.note(sample);
        }
        is_plain
    }

    /// Reads a line that Prometheus takes, which can hold line feeds in quotes. Returns the rule that it breaks
    /// and what promtool says, if it refuses the line.
    pub(super) fn read(&mut self, raw: &[u8]) -> Option<(LintRule, Fault)> {
        let first = match scan::line_feed(raw) {
            Some(end) => raw.get(..end).unwrap_or(raw),
            None => raw,
        };
        let fault = self.take(first).err()?;
        Some((rule(&fault)?, fault))
    }

    /// Reads a line that Prometheus refuses; returns whether promtool takes it.
    pub(super) fn takes(&mut self, raw: &[u8]) -> bool {
        self.take(raw).is_ok()
    }

    fn take(&mut self, raw: &[u8]) -> Result<(), Fault> {
        self.families.take(&line::read(raw)?).map(drop)
    }
}

/// Returns the rule for what promtool refuses; `None` for what is found in other formats too.
fn rule(fault: &Fault) -> Option<LintRule> {
    Some(match fault {
        Fault::SecondHelp(_, Repetition::OfWhole) | Fault::SecondType(_, Repetition::OfWhole) => {
            LintRule::PartOfAnother
        }
        Fault::SecondHelp(..) => LintRule::SecondHelp,
        Fault::SecondType(_, Repetition::AfterSamples) => LintRule::LateType,
        Fault::SecondType(_, Repetition::OfMetadata) => LintRule::SecondType,
        Fault::EscapeSequence(_) => LintRule::LoneBackslash,
        Fault::Timestamp(found) if found.is_empty() => LintRule::BlankAfterValue,
        Fault::EndOfValue(_) => LintRule::MissingComma,
        Fault::LineFeedInValue(_) | Fault::LineFeedInName(..) => LintRule::RawLineFeed,
        Fault::MetricName(_)
        | Fault::LabelName(_)
        | Fault::ReservedLabel(_)
        | Fault::DuplicateLabel(_)
        | Fault::Bound { .. }
        | Fault::NegativeBucket(_)
        | Fault::NegativeCount(_) => return None,
        Fault::UnexpectedEnd
        | Fault::NoMetricName
        | Fault::NameInComment
        | Fault::SecondName(_)
        | Fault::EndOfName(_)
        | Fault::NoLabelName(_)
        | Fault::NoEqualsSign(_)
        | Fault::NoQuote(_)
        | Fault::LabelValue(_)
        | Fault::Value(_)
        | Fault::Timestamp(_)
        | Fault::AfterTimestamp(_)
        | Fault::UnknownType(_) => LintRule::OtherRefusal,
    })
}
