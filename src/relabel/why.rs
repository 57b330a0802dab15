//! Why a rule dropped a label set, in words.

use std::fmt;

use super::{Action, RuleConfig, Step};

/// What a dropping rule wanted and what it found.
pub(super) struct Why<'s, 'r>(pub(super) &'s Step<'r>);

impl fmt::Display for Why<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rule = self.0.rule().config();
        let action = self.0.rule().action();
        let found = self.0.source().unwrap_or_default();
        let RuleConfig {
            source_labels,
            separator,
            regex,
            target_label,
            ..
        } = rule;
        let sources = source_labels.as_deref().unwrap_or_default();
        match sources {
            [] => f.write_str("no source label")?,
            _ => f.write_str(&sources.join(separator.as_deref().unwrap_or(";")))?,
        }
        match found {
            "" => f.write_str(" is empty or absent")?,
            found => write!(f, " is {found:?}")?,
        }
        match action {
            Action::KeepEqual | Action::DropEqual => {
                let verb = if action == Action::KeepEqual {
                    "wants"
                } else {
                    "drops"
                };
                let target = target_label.as_deref().unwrap_or_default();
                write!(f, ", {action} {verb} the value of {target}")
            }
            Action::Keep => write!(f, ", keep wants {:?}", regex.as_deref().unwrap_or("(.*)")),
            _ => write!(
                f,
                ", {action} matches {:?}",
                regex.as_deref().unwrap_or("(.*)")
            ),
        }
    }
}
