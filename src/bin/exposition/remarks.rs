//! Remarks on monitors and rules: how they are told, each once.

use std::collections::BTreeSet;

use exposition::operator::{ManifestRemark, Remark};
use serde_json::{Value, json};

/// A remark as it is told.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    id: &'static str,
    place: String,
    text: String,
    fix: String,
}

impl From<&ManifestRemark> for Told {
    fn from(remark: &ManifestRemark) -> Self {
        Told {
            id: remark.kind.id(),
            place: remark.path.clone(),
            text: remark.text.clone(),
            fix: remark.fix.clone(),
        }
    }
}

impl From<&Remark> for Told {
    fn from(remark: &Remark) -> Self {
        Told {
            id: remark.kind.id(),
            place: remark.place(),
            text: remark.text.clone(),
            fix: remark.fix.clone(),
        }
    }
}

impl Told {
    /// Returns the remark on one line.
    pub(crate) fn line(&self) -> String {
        let Told {
            id,
            place,
            text,
            fix,
        } = self;
        format!("{place}: {text}; {fix} [{id}]")
    }

    /// Returns the remark for `--json`.
    pub(crate) fn json(&self) -> Value {
        json!({ "id": self.id, "place": self.place, "text": self.text, "fix": self.fix })
    }

    /// Replaces how its place begins, where a list of rules has another name in the file.
    pub(crate) fn rename(&mut self, from: &str, to: &str) {
        if let Some(rest) = self.place.strip_prefix(from) {
            self.place = format!("{to}{rest}");
        }
    }
}

/// The remarks that were told, of a monitor or of what it is rendered to.
#[derive(Debug, Default)]
pub(crate) struct Known {
    lines: BTreeSet<(String, String)>,
}

impl Known {
    /// Returns those of the remarks on a monitor, by its namespace and name, that were not told before.
    pub(crate) fn news(&mut self, of: &str, remarks: Vec<Told>) -> Vec<Told> {
        (remarks.into_iter())
            .filter(|told| self.lines.insert((of.to_owned(), told.line())))
            .collect()
    }
}
