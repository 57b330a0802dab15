//! What was found.

use std::collections::HashMap;
use std::fmt;

use super::allow::AllowList;
use super::reader::{Outcome, Reader};
use super::rule::{LintRule, Severity};
use crate::error::{Position, frame};

/// Something that a rule found in a body, in one family or, if it is not about a family, in the whole body.
///
/// Displays on one line, with the readers that suffer:
///
/// ```
/// use exposition::{Format, lint};
///
/// let findings = lint::check("# HELP up Is it?\nup 1", Format::default());
/// assert_eq!(
///     findings[0].to_string(),
///     "line 2: warning: LX42: no line feed at the end of the body \
///      (promtool refuses, Telegraf refuses)",
/// );
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    pub(super) rule: LintRule,
    pub(super) severity: Severity,
    pub(super) family: Option<String>,
    pub(super) position: Option<Position>,
    pub(super) message: String,
    pub(super) count: usize,
    pub(super) readers: &'static [(Reader, Outcome)],
}

impl Finding {
    /// Returns the rule.
    pub fn rule(&self) -> LintRule {
        self.rule
    }

    /// Returns how severe it is.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Returns the name of the family, if it is about one.
    pub fn family(&self) -> Option<&str> {
        self.family.as_deref()
    }

    /// Returns where it was found first; for what is said of a family, where that begins. `None` in a
    /// protobuf body.
    pub fn position(&self) -> Option<Position> {
        self.position
    }

    /// Returns what was found; for `L1` to `L9` exactly what promtool prints.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns how often it was found in the family, or in the body.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Returns who refuses or misreads the body because of it. Who takes and reads it is not listed.
    pub fn readers(&self) -> &'static [(Reader, Outcome)] {
        self.readers
    }

    /// Shows the finding with its line and a caret under the place, over several lines. `source` names the body:
    /// `--> metrics.prom:3:8`.
    ///
    /// ```
    /// use exposition::{Format, lint};
    ///
    /// let body = "# HELP up Is it?\nup 1";
    /// let findings = lint::check(body, Format::default());
    /// assert_eq!(
    ///     findings[0].render_in("metrics.prom", body).to_string(),
    ///     "\
    /// warning[LX42]: no line feed at the end of the body (promtool refuses, Telegraf refuses)
    ///  --> metrics.prom:2:1 (byte 17)
    ///   |
    /// 2 | up 1
    ///   | ^
    /// ",
    /// );
    /// ```
    pub fn render_in<'f, B: AsRef<[u8]> + ?Sized>(
        &'f self,
        source: &'f str,
        body: &'f B,
    ) -> impl fmt::Display + 'f {
        Rendering {
            finding: self,
            source,
            body: body.as_ref(),
        }
    }

    /// Writes what was found, how often and who suffers.
    fn message_to(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(family) = &self.family {
            write!(f, "{family}: ")?;
        }
        f.write_str(&self.message)?;
        if self.count > 1 {
            write!(f, ", {} times", self.count)?;
        }
        for (at, (reader, outcome)) in self.readers.iter().enumerate() {
            let before = if at == 0 { " (" } else { ", " };
            write!(f, "{before}{reader} {outcome}")?;
        }
        match self.readers {
            [] => Ok(()),
            _ => f.write_str(")"),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            // Most findings are about whole lines.
            Some(position) if position.column == 1 => write!(f, "line {}: ", position.line)?,
            Some(position) => write!(f, "{position}: ")?,
            None => {}
        }
        write!(f, "{}: {}: ", self.severity, self.rule)?;
        self.message_to(f)
    }
}

struct Rendering<'f> {
    finding: &'f Finding,
    source: &'f str,
    body: &'f [u8],
}

impl fmt::Display for Rendering<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding { rule, severity, .. } = self.finding;
        write!(f, "{severity}[{rule}]: ")?;
        self.finding.message_to(f)?;
        match self.finding.position {
            Some(position) => frame::draw(f, self.source, self.body, position),
            None => writeln!(f, "\n --> {}", self.source),
        }
    }
}

/// A family as findings name it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Of<'n> {
    /// Its number; the same name can be two families of a protobuf body.
    pub(super) number: usize,
    pub(super) name: &'n str,
}

/// Collects findings: one for each rule and family.
#[derive(Debug)]
pub(super) struct Findings<'l> {
    allowed: &'l AllowList,
    found: Vec<Finding>,
    /// Where the finding of a rule and family is; `None` if it is allowed.
    places: HashMap<(LintRule, Option<usize>), Option<usize>>,
}

impl<'l> Findings<'l> {
    pub(super) fn new(allowed: &'l AllowList) -> Self {
        Findings {
            allowed,
            found: Vec::new(),
            places: HashMap::new(),
        }
    }

    /// Adds what a rule found, in the rule's words. Returns the finding if it is the first of its kind.
    pub(super) fn add(
        &mut self,
        rule: LintRule,
        of: Option<Of<'_>>,
        position: impl FnOnce() -> Option<Position>,
    ) -> Option<&mut Finding> {
        let key = (rule, of.map(|of| of.number));
        if let Some(known) = self.places.get(&key) {
            if let Some(known) = known.and_then(|at| self.found.get_mut(at)) {
                known.count += 1;
            }
            return None;
        }
        if self.allowed.allows(rule, of.map(|of| of.name)) {
            self.places.insert(key, None);
            return None;
        }
        self.places.insert(key, Some(self.found.len()));
        self.found.push(Finding {
            rule,
            severity: rule.severity(),
            family: of.map(|of| of.name.to_owned()),
            position: position(),
            message: rule.text().to_owned(),
            count: 1,
            readers: rule.readers(),
        });
        self.found.last_mut()
    }

    /// Adds what a rule found, in other words than the rule's.
    pub(super) fn say(
        &mut self,
        rule: LintRule,
        of: Option<Of<'_>>,
        position: impl FnOnce() -> Option<Position>,
        message: impl FnOnce() -> String,
    ) {
        if let Some(finding) = self.add(rule, of, position) {
            finding.message = message();
        }
    }

    /// Returns the findings in the order of their places.
    pub(super) fn finish(self) -> Vec<Finding> {
        let mut found = self.found;
        found.sort_by_key(|finding| (finding.position, finding.rule));
        found
    }
}
