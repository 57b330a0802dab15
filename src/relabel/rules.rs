//! A list of rules.

use std::sync::Arc;

use super::{
    LabelSet, Rule, RuleConfig, RuleError, RuleStats, Step, Trace, label_set::Names, trace,
};
use crate::model::name::ValidationScheme;

/// Rules that are applied in order, such as a scrape configuration's `relabel_configs`.
///
/// With the feature `serde`, a list of rules in Prometheus' form can be read as `Rules` under the UTF-8
/// scheme; for the legacy scheme read a `Vec<RuleConfig>` and use [`Rules::new`]. Among YAML readers,
/// `exposition::yaml` is the one that reads as Prometheus does.
///
/// ```
/// use exposition::{name::ValidationScheme, relabel::{Action, LabelSet, RuleConfig, Rules}};
///
/// let rules = Rules::new(
///     [
///         RuleConfig::new()
///             .source_labels(["__meta_kubernetes_pod_container_name"])
///             .regex("istio-proxy")
///             .action(Action::Keep),
///         RuleConfig::new()
///             .source_labels(["__meta_kubernetes_namespace"])
///             .target_label("namespace"),
///         RuleConfig::new().regex("__meta_.+").action(Action::LabelDrop),
///     ],
///     ValidationScheme::Utf8,
/// )?;
/// let mut labels: LabelSet = [
///     ("__address__", "10.0.0.1:15090"),
///     ("__meta_kubernetes_namespace", "shop"),
///     ("__meta_kubernetes_pod_container_name", "istio-proxy"),
/// ]
/// .into_iter()
/// .collect();
/// assert!(rules.apply(&mut labels));
/// assert_eq!(labels.to_string(), r#"{__address__="10.0.0.1:15090", namespace="shop"}"#);
/// # Ok::<(), exposition::relabel::RuleError>(())
/// ```
///
/// A clone shares the compiled rules and is cheap.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    rules: Arc<[Rule]>,
    names: Arc<Names>,
}

impl Rules {
    /// Checks and compiles rules, in the order in which they will be applied.
    ///
    /// # Errors
    ///
    /// The first rule that is wrong; the error has its index.
    pub fn new<I>(configs: I, scheme: ValidationScheme) -> Result<Rules, RuleError>
    where
        I: IntoIterator<Item = RuleConfig>,
    {
        let built = (configs.into_iter().enumerate())
            .map(|(index, config)| config.build(scheme).map_err(|error| error.at(index)));
        built.collect()
    }

    /// Applies the rules. Returns whether the label set is kept; if it is, its labels are sorted by name.
    ///
    /// A rule that drops ends the evaluation: later rules do not see the set, and changes by earlier rules
    /// remain. What the labels borrow must live as long as the rules, because they may now borrow from the
    /// rules too.
    #[must_use = "false means that the label set is dropped"]
    pub fn apply<'a>(&'a self, labels: &mut LabelSet<'a>) -> bool {
        self.all(labels, |_, rule, labels| rule.run_inline(labels).keep)
    }

    /// Runs the rules while `each` says that the set is kept. Returns whether all did.
    #[inline]
    fn all<'a>(
        &'a self,
        labels: &mut LabelSet<'a>,
        mut each: impl FnMut(usize, &'a Rule, &mut LabelSet<'a>) -> bool,
    ) -> bool {
        labels.prepare(&self.names);
        let mut rules = self.rules.iter().enumerate();
        let keep = rules.all(|(index, rule)| each(index, rule, labels));
        labels.finish(keep);
        keep
    }

    /// Does what [`apply`](Self::apply) does, and counts what every rule did.
    #[must_use = "false means that the label set is dropped"]
    pub fn apply_counted<'a>(&'a self, labels: &mut LabelSet<'a>, stats: &mut RuleStats) -> bool {
        self.all(labels, |index, rule, labels| {
            let effect = rule.run_counted(labels);
            stats.add(index, effect);
            effect.keep
        })
    }

    /// Does what [`apply`](Self::apply) does. If a rule drops the set, returns what it saw.
    pub(crate) fn apply_or_drop<'a>(&'a self, labels: &mut LabelSet<'a>) -> Result<(), Step<'a>> {
        let mut dropped = None;
        self.all(labels, |index, rule, labels| {
            let keep = rule.run(labels).keep;
            if !keep {
                // A rule that drops changes nothing, so it can run again.
                dropped = Some(trace::step(rule, index, labels));
            }
            keep
        });
        dropped.map_or(Ok(()), Err)
    }

    /// Does what [`apply`](Self::apply) does, and reports what every rule saw and did.
    pub fn trace<'a>(&'a self, labels: &mut LabelSet<'a>) -> Trace<'a> {
        trace::trace(&self.rules, labels)
    }

    /// Returns counters for these rules, all zero.
    #[must_use]
    pub fn stats(&self) -> RuleStats {
        RuleStats::new(self)
    }

    /// Returns the rules in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Rule> {
        self.rules.iter()
    }

    /// Returns the number of rules.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Tells whether there are no rules.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }
}

impl From<Rule> for Rules {
    fn from(rule: Rule) -> Self {
        Rules::from_iter([rule])
    }
}

impl FromIterator<Rule> for Rules {
    fn from_iter<I: IntoIterator<Item = Rule>>(rules: I) -> Self {
        let mut rules: Vec<Rule> = rules.into_iter().collect();
        let mut screens = 0;
        for rule in rules.iter_mut().filter(|rule| rule.is_screen()) {
            rule.screen = screens;
            screens += 1;
        }
        let names = Names::number(rules.iter_mut().flat_map(Rule::names), screens);
        Rules {
            rules: rules.into(),
            names: Arc::new(names),
        }
    }
}

impl<'r> IntoIterator for &'r Rules {
    type Item = &'r Rule;
    type IntoIter = std::slice::Iter<'r, Rule>;

    fn into_iter(self) -> Self::IntoIter {
        self.rules.iter()
    }
}
