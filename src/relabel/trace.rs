//! What each rule saw and did.

use std::collections::BTreeMap;
use std::fmt;

use super::{Action, LabelSet, Rule, why::Why};

/// The path of one label set through the rules; [`Rules::trace`](super::Rules::trace) makes it.
///
/// ```
/// use exposition::{name::ValidationScheme, relabel::{Action, LabelSet, RuleConfig, Rules}};
///
/// let rules = Rules::new(
///     [
///         RuleConfig::new().source_labels(["pod"]).regex("(.+)-.*").target_label("app"),
///         RuleConfig::new().source_labels(["app"]).regex("web").action(Action::Drop),
///     ],
///     ValidationScheme::Utf8,
/// )?;
/// let mut labels: LabelSet = [("pod", "web-1")].into_iter().collect();
/// let trace = rules.trace(&mut labels);
/// assert!(!trace.keep());
/// assert_eq!(
///     trace.to_string(),
///     "0 replace: \"web-1\" matched: app = \"web\"\n\
///      1 drop: \"web\" matched: dropped\n",
/// );
/// # Ok::<(), exposition::relabel::RuleError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Trace<'r> {
    steps: Vec<Step<'r>>,
}

/// What one rule saw and did.
#[derive(Debug, Clone)]
pub struct Step<'r> {
    rule: &'r Rule,
    index: usize,
    source: Option<String>,
    matched: bool,
    keep: bool,
    changes: Vec<LabelChange>,
}

/// A label that a rule changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelChange {
    name: String,
    before: Option<String>,
    after: Option<String>,
}

impl<'r> Trace<'r> {
    /// Tells whether the label set is kept.
    #[must_use]
    pub fn keep(&self) -> bool {
        self.steps.last().is_none_or(|step| step.keep)
    }

    /// Returns what each rule did, in order. It ends with the rule that dropped the set, if one did.
    #[must_use]
    pub fn steps(&self) -> &[Step<'r>] {
        &self.steps
    }
}

impl<'r> Step<'r> {
    /// Returns the rule.
    #[must_use]
    pub fn rule(&self) -> &'r Rule {
        self.rule
    }

    /// Returns the rule's index in its list, from 0.
    #[must_use]
    pub fn index(&self) -> usize {
        self.index
    }

    /// Returns the joined source value; `None` for the actions that look at names: `labelmap`, `labeldrop`
    /// and `labelkeep`.
    #[must_use]
    pub fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }

    /// Tells whether the regex matched the source value or some label's name; for `keepequal` and
    /// `dropequal`, whether the values are equal. Always true for actions that match nothing.
    #[must_use]
    pub fn matched(&self) -> bool {
        self.matched
    }

    /// Tells whether the rule kept the label set.
    #[must_use]
    pub fn keep(&self) -> bool {
        self.keep
    }

    /// Describes what a dropping rule wanted and what it found: `pod is "web", keep wants "db"`.
    pub fn why(&self) -> impl fmt::Display + '_ {
        Why(self)
    }

    /// Returns the changed labels, by name.
    #[must_use]
    pub fn changes(&self) -> &[LabelChange] {
        &self.changes
    }
}

impl LabelChange {
    /// Returns the label's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns its value before the rule.
    #[must_use]
    pub fn before(&self) -> Option<&str> {
        self.before.as_deref()
    }

    /// Returns its value after the rule.
    #[must_use]
    pub fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }
}

pub(super) fn trace<'a>(rules: &'a [Rule], labels: &mut LabelSet<'a>) -> Trace<'a> {
    let mut steps = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        let step = step(rule, index, labels);
        let keep = step.keep;
        steps.push(step);
        if !keep {
            break;
        }
    }
    Trace { steps }
}

/// Applies a rule and records what it saw and did.
pub(super) fn step<'a>(rule: &'a Rule, index: usize, labels: &mut LabelSet<'a>) -> Step<'a> {
    let by_name = matches!(
        rule.action(),
        Action::LabelMap | Action::LabelDrop | Action::LabelKeep
    );
    labels.compact();
    let source = (!by_name).then(|| rule.source_text(labels));
    let before = labels.clone();
    let effect = rule.run(labels);
    labels.compact();
    Step {
        rule,
        index,
        source,
        matched: effect.matched,
        keep: effect.keep,
        changes: changes(&before, labels),
    }
}

fn changes(before: &LabelSet<'_>, after: &LabelSet<'_>) -> Vec<LabelChange> {
    let mut values: BTreeMap<&str, (Option<&str>, Option<&str>)> = BTreeMap::new();
    for (name, value) in before.iter() {
        values.entry(name).or_default().0.get_or_insert(value);
    }
    for (name, value) in after.iter() {
        values.entry(name).or_default().1.get_or_insert(value);
    }
    (values.into_iter())
        .filter(|(_, (before, after))| before != after)
        .map(|(name, (before, after))| LabelChange {
            name: name.to_owned(),
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
        })
        .collect()
}

/// Displays one line for each rule.
impl fmt::Display for Trace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.steps.iter().try_for_each(|step| writeln!(f, "{step}"))
    }
}

/// Displays the rule's index and action, what it saw, whether that matched, and the result.
impl fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let action = self.rule.action();
        write!(f, "{} {action}:", self.index)?;
        if let Some(source) = &self.source {
            write!(f, " {source:?}")?;
        }
        let not = if self.matched { "" } else { "not " };
        match action {
            Action::Lowercase | Action::Uppercase | Action::HashMod => {}
            Action::KeepEqual | Action::DropEqual => {
                let target = self.rule.config().target_label.as_deref();
                write!(f, " {not}equal to {}", target.unwrap_or_default())?;
            }
            Action::LabelMap | Action::LabelDrop | Action::LabelKeep => {
                write!(
                    f,
                    " {} matched",
                    if self.matched { "names" } else { "no name" }
                )?;
            }
            _ => write!(f, " {not}matched")?,
        }
        match (self.keep, self.changes.as_slice()) {
            (false, _) => f.write_str(": dropped"),
            (true, []) => match action {
                Action::Keep | Action::Drop | Action::KeepEqual | Action::DropEqual => {
                    f.write_str(": kept")
                }
                _ => f.write_str(": no change"),
            },
            (true, changes) => {
                for (index, change) in changes.iter().enumerate() {
                    write!(f, "{} {change}", if index == 0 { ":" } else { "," })?;
                }
                Ok(())
            }
        }
    }
}

/// Displays `name = "new"`, `name = "new" (was "old")` or `name removed (was "old")`.
impl fmt::Display for LabelChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.after {
            Some(after) => write!(f, "{} = {after:?}", self.name)?,
            None => write!(f, "{} removed", self.name)?,
        }
        match &self.before {
            Some(before) => write!(f, " (was {before:?})"),
            None => Ok(()),
        }
    }
}
