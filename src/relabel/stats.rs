//! Counts how often each rule did something.

use std::fmt;

use super::{Action, Rules, eval::Effect};

/// What each rule did to many label sets, such as to all samples of a body.
///
/// ```
/// use exposition::{name::ValidationScheme, relabel::{Action, LabelSet, RuleConfig, Rules}};
///
/// let rules = Rules::new(
///     [
///         RuleConfig::new().source_labels(["__name__"]).regex("go_.*").action(Action::Drop),
///         RuleConfig::new().source_labels(["__name__"]).regex("rust_.*").action(Action::Drop),
///     ],
///     ValidationScheme::Utf8,
/// )?;
/// let mut stats = rules.stats();
/// for name in ["go_goroutines", "go_threads", "up"] {
///     let mut labels: LabelSet = [("__name__", name)].into_iter().collect();
///     let _ = rules.apply_counted(&mut labels, &mut stats);
/// }
/// let counts = stats.rules()[0];
/// assert_eq!((counts.seen, counts.matched, counts.dropped), (3, 2, 2));
/// assert_eq!(stats.never_matched().collect::<Vec<_>>(), [1]);
/// assert_eq!(
///     stats.to_string(),
///     concat!(
///         "rule  action       seen   matched   changed   dropped\n",
///         "   0  drop            3         2         0         2\n",
///         "   1  drop            1         0         0         0  never matched\n",
///     ),
/// );
/// # Ok::<(), exposition::relabel::RuleError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleStats {
    rules: Vec<RuleCounts>,
}

/// What one rule did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleCounts {
    /// The rule's action.
    pub action: Action,
    /// How many label sets reached the rule.
    pub seen: u64,
    /// In how many of them the regex (or for `keepequal` and `dropequal` the comparison) matched.
    pub matched: u64,
    /// In how many of them some label differs afterwards.
    pub changed: u64,
    /// How many of them the rule dropped.
    pub dropped: u64,
}

impl RuleStats {
    pub(super) fn new(rules: &Rules) -> Self {
        let zero = |action| RuleCounts {
            action,
            seen: 0,
            matched: 0,
            changed: 0,
            dropped: 0,
        };
        RuleStats {
            rules: rules.iter().map(|rule| zero(rule.action())).collect(),
        }
    }

    pub(super) fn add(&mut self, index: usize, effect: Effect) {
        if let Some(counts) = self.rules.get_mut(index) {
            counts.seen += 1;
            counts.matched += u64::from(effect.matched);
            counts.changed += u64::from(effect.changed);
            counts.dropped += u64::from(!effect.keep);
        }
    }

    /// Returns the counts of each rule, in order.
    #[must_use]
    pub fn rules(&self) -> &[RuleCounts] {
        &self.rules
    }

    /// Returns the indices of the rules that did not match any label set that reached them.
    pub fn never_matched(&self) -> impl Iterator<Item = usize> {
        let rules = self.rules.iter().enumerate();
        rules
            .filter(|(_, counts)| counts.matched == 0)
            .map(|(index, _)| index)
    }
}

/// Displays a table with a line for each rule.
impl fmt::Display for RuleStats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "rule  action       seen   matched   changed   dropped")?;
        for (index, rule) in self.rules.iter().enumerate() {
            let RuleCounts {
                action,
                seen,
                matched,
                changed,
                dropped,
            } = rule;
            let note = if *matched == 0 { "  never matched" } else { "" };
            writeln!(
                f,
                "{index:>4}  {action:<9}{seen:>8}{matched:>10}{changed:>10}{dropped:>10}{note}"
            )?;
        }
        Ok(())
    }
}
