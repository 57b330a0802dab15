//! What to drop, as a relabel rule that is tried before it is shown.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashSet;
use std::fmt;

use super::collection::Stats;
use super::count::Count;
use super::family::Families;
use super::report::Counted;
use super::tally::Tally;
use super::yaml;
use crate::bytes::work;
use crate::model::name::{METRIC_NAME, ValidationScheme};
use crate::relabel::{Action, LabelSet, RuleConfig, RuleError, Rules};

/// What to drop, the relabel rule that does it, and what is left when it is applied.
///
/// The numbers are not estimates: the rule was applied to every series. Displays as one line.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Plan<'s> {
    /// The rules; none if there is nothing to drop.
    pub rules: Vec<RuleConfig>,
    /// What they drop, in the order in which it was chosen.
    pub drops: Vec<Dropped<'s>>,
    /// The limit that was asked for, in samples; 0 if none.
    pub sample_limit: u64,
    /// How many samples there are before the rules.
    pub samples_before: u64,
    /// How many samples the rules keep. These count against a `sample_limit`, series that collide among them.
    pub samples_after: u64,
    /// How many different series there are before the rules.
    pub series_before: u64,
    /// How many different series the rules leave.
    pub series_after: u64,
    /// How many series become the same as another one. A server stores one sample of them, and rejects the
    /// others as duplicates: what they say is lost.
    pub colliding: u64,
}

/// A part of what a [`Plan`] drops.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dropped<'s> {
    /// All samples of a family.
    #[non_exhaustive]
    Family {
        /// The family's name.
        name: Cow<'s, str>,
        /// How many samples it has.
        samples: u64,
    },
    /// All samples with this value of a label.
    #[non_exhaustive]
    Value {
        /// The label's name.
        label: &'s str,
        /// The value.
        value: &'s str,
        /// How many samples have it.
        samples: u64,
    },
    /// A label, not the samples that have it.
    #[non_exhaustive]
    Label {
        /// The label's name.
        name: &'s str,
        /// How many samples have it.
        samples: u64,
    },
}

/// Why there is no [`Plan`].
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The collection had a cap, so the rule cannot be tried on what was left out.
    #[error("the collection has left something out: its caps are too low for a plan")]
    LeftOut,
    /// The rule cannot be built: there are too many names or values for one pattern.
    #[error("the rule cannot be built")]
    Rule(#[from] RuleError),
}

impl Plan<'_> {
    /// Tells whether what is left is within the limit.
    #[must_use]
    pub fn fits(&self) -> bool {
        self.sample_limit == 0 || self.samples_after <= self.sample_limit
    }

    /// Returns the rules as `metric_relabel_configs`, ready for a scrape configuration. Empty if there are no
    /// rules.
    #[must_use]
    pub fn to_yaml(&self) -> String {
        match self.rules.is_empty() {
            true => String::new(),
            false => yaml::metric_relabel_configs(&self.rules),
        }
    }
}

impl Stats {
    /// Returns which families to drop to get under a `sample_limit`; 0 is no limit.
    ///
    /// Chooses greedily, so that few families are dropped and not much more than necessary: if one family alone
    /// is enough, the smallest such; otherwise the largest, and again. Among equals the first by name.
    ///
    /// A server counts what a single body has after `metric_relabel_configs`, duplicates too unless they are
    /// written alike. So the collection should be of one body; one of several is planned for as if it were
    /// one. The labels of the target are not considered.
    ///
    /// ```
    /// use exposition::{Format, Samples, stats::Stats};
    ///
    /// let body = "a 1\nb{c=\"1\"} 1\nb{c=\"2\"} 1\nd{c=\"1\"} 1\nd{c=\"2\"} 1\nd{c=\"3\"} 1\n";
    /// let mut stats = Stats::new();
    /// stats.read(Samples::new(body, Format::default()))?;
    /// let plan = stats.drop_families(4)?;
    /// assert_eq!(plan.to_string(), "drop 1 family: 4 of 6 samples left, within the limit of 4");
    /// assert_eq!(plan.to_yaml(), "\
    /// metric_relabel_configs:
    /// - source_labels: ['__name__']
    ///   regex: 'b'
    ///   action: drop
    /// ");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`PlanError::LeftOut`] if a cap was reached; [`PlanError::Rule`] if no pattern can hold all names.
    pub fn drop_families(&self, sample_limit: u64) -> Result<Plan<'_>, PlanError> {
        let tally = Tally::of(self);
        let families = Families::of(self).families;
        let samples = |names: &[u32]| -> u64 {
            let of_name = |name: &u32| tally.names.get(*name as usize).map_or(0, |sum| sum.samples);
            names.iter().map(of_name).sum()
        };
        let candidates = families.into_iter().map(|family| Candidate {
            samples: samples(&family.names),
            name: family.name,
            about: family.names,
        });
        let chosen = choose(candidates.collect(), self.excess(sample_limit));
        let names = chosen.iter().flat_map(|family| &family.about);
        let rule = drop_rule(METRIC_NAME, names.map(|name| self.names.text(*name)));
        let drops = chosen.into_iter().map(|family| Dropped::Family {
            name: family.name,
            samples: family.samples,
        });
        self.plan(rule, drops.collect(), sample_limit)
    }

    /// Returns which values of a label to drop, with all samples that have them, to get under a `sample_limit`;
    /// 0 is no limit.
    ///
    /// Chooses as [`drop_families`](Self::drop_families) does. Samples without the label stay, so the limit
    /// may be out of reach: [`Plan::fits`] tells. A histogram's bucket for `+Inf` stays, without which it has no
    /// quantiles.
    ///
    /// # Errors
    ///
    /// [`PlanError::LeftOut`] if a cap was reached; [`PlanError::Rule`] if no pattern can hold all values.
    pub fn drop_values(&self, label: &str, sample_limit: u64) -> Result<Plan<'_>, PlanError> {
        let values = self.values(label).into_iter();
        let label = values.as_slice().first().map_or("", |value| value.label);
        let candidates = values.filter_map(|value| {
            let name = value
                .value
                .filter(|value| (label, *value) != ("le", "+Inf"))?;
            Some(Candidate {
                samples: value.samples,
                name: Cow::Borrowed(name),
                about: name,
            })
        });
        let chosen = choose(candidates.collect(), self.excess(sample_limit));
        let rule = drop_rule(label, chosen.iter().map(|value| value.about));
        let drops = chosen.into_iter().map(|value| Dropped::Value {
            label,
            value: value.about,
            samples: value.samples,
        });
        self.plan(rule, drops.collect(), sample_limit)
    }

    /// Returns what happens if a label is dropped, and the series that have it stay.
    ///
    /// This does not help against a `sample_limit`, which counts samples: all of them stay. Those of series
    /// that differed in nothing else are rejected as duplicates, and what they say is lost:
    /// [`Plan::colliding`].
    ///
    /// ```
    /// use exposition::{Format, Samples, stats::Stats};
    ///
    /// let body = "a{pod=\"x\",code=\"200\"} 1\na{pod=\"y\",code=\"200\"} 1\nb{pod=\"x\"} 1\n";
    /// let mut stats = Stats::new();
    /// stats.read(Samples::new(body, Format::default()))?;
    /// assert_eq!(
    ///     stats.drop_label("pod")?.to_string(),
    ///     "drop 1 label: 3 of 3 samples left; 1 series collides with another and is lost",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`PlanError::LeftOut`] if a cap was reached.
    pub fn drop_label(&self, label: &str) -> Result<Plan<'_>, PlanError> {
        let values = self.values(label);
        let Some(name) = values.first().map(|value| value.label) else {
            return self.plan(None, Vec::new(), 0);
        };
        let rule = RuleConfig::new()
            .regex(readable(quoted(name)))
            .action(Action::LabelDrop);
        let samples = values.iter().map(|value| value.samples).sum();
        self.plan(Some(rule), vec![Dropped::Label { name, samples }], 0)
    }

    /// Returns how many samples are beyond a limit.
    fn excess(&self, sample_limit: u64) -> u64 {
        match sample_limit {
            0 => 0,
            limit => self.samples().saturating_sub(limit),
        }
    }

    /// Tries a rule.
    fn plan<'s>(
        &'s self,
        rule: Option<RuleConfig>,
        drops: Vec<Dropped<'s>>,
        sample_limit: u64,
    ) -> Result<Plan<'s>, PlanError> {
        if !self.bytes_of(0).is_exact() {
            return Err(PlanError::LeftOut);
        }
        let configs: Vec<RuleConfig> = rule.into_iter().collect();
        let rules = Rules::new(configs.iter().cloned(), ValidationScheme::Utf8)?;
        let (mut samples, mut kept, mut left) = (0, 0, HashSet::new());
        let mut labels = LabelSet::new();
        for (at, series) in self.series.iter().enumerate() {
            let (name, own) = self.texts_of(at);
            let own = own.filter_map(|(name, value)| Some((name, value?)));
            labels.reset([(METRIC_NAME, name)].into_iter().chain(own));
            if rules.apply(&mut labels) {
                samples += series.samples;
                kept += 1;
                let series = labels.to_string();
                work::on(series.len());
                left.insert(series);
            }
        }
        let series_after = left.len() as u64;
        Ok(Plan {
            rules: configs,
            drops,
            sample_limit,
            samples_before: self.samples(),
            samples_after: samples,
            series_before: self.series.len() as u64,
            series_after,
            colliding: kept - series_after,
        })
    }
}

/// Something that may be dropped.
struct Candidate<'s, T> {
    samples: u64,
    name: Cow<'s, str>,
    about: T,
}

/// Chooses what has at least `excess` samples together, or all.
fn choose<T>(mut candidates: Vec<Candidate<'_, T>>, mut excess: u64) -> Vec<Candidate<'_, T>> {
    candidates.sort_by(|a, b| (Reverse(a.samples), &a.name).cmp(&(Reverse(b.samples), &b.name)));
    // The largest are not enough alone: they are taken until one of the others is.
    let (mut largest, mut enough) = (0, None);
    while excess > 0 && largest < candidates.len() {
        let with_more = |than: u64| candidates.partition_point(|one| one.samples > than);
        if let Some(last) = with_more(excess - 1)
            .checked_sub(1)
            .filter(|last| *last >= largest)
        {
            let samples = candidates.get(last).map_or(0, |one| one.samples);
            enough = Some(with_more(samples).max(largest));
            break;
        }
        let samples = candidates.get(largest).map_or(0, |one| one.samples);
        excess = excess.saturating_sub(samples);
        largest += 1;
    }
    let one = enough.map(|at| candidates.swap_remove(at));
    candidates.truncate(largest);
    candidates.extend(one);
    candidates
}

/// Returns the rule that drops what has one of these values. None if there is none.
fn drop_rule<'t>(label: &str, values: impl Iterator<Item = &'t str>) -> Option<RuleConfig> {
    let mut values: Vec<&str> = values.collect();
    values.sort_unstable();
    let pattern: Vec<String> = values.into_iter().map(quoted).collect();
    let rule = RuleConfig::new().source_labels([label]);
    let rule = rule.regex(readable(pattern.join("|"))).action(Action::Drop);
    (!pattern.is_empty()).then_some(rule)
}

/// Returns a pattern that means the same and that Prometheus can read: these words it takes for nothing, even
/// in quotes.
fn readable(pattern: String) -> String {
    match pattern.as_str() {
        "null" | "~" => format!("({pattern})"),
        _ => pattern,
    }
}

/// Returns the pattern that matches just this text, as Go's `QuoteMeta` does.
fn quoted(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for c in text.chars() {
        if r"\.+*?()|[]{}^$".contains(c) {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}

impl fmt::Display for Plan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.drops.len() as u64;
        let what = match (self.drops.first(), number) {
            (Some(Dropped::Family { .. }), 1) => "family",
            (Some(Dropped::Family { .. }), _) => "families",
            (Some(Dropped::Value { .. }), 1) => "value",
            (Some(Dropped::Value { .. }), _) => "values",
            (Some(Dropped::Label { .. }), _) => "label",
            (None, _) => "",
        };
        match number {
            0 => write!(f, "drop nothing: ")?,
            number => write!(f, "drop {number} {what}: ")?,
        }
        let all = Counted(Count::Exactly(self.samples_before), "sample");
        write!(f, "{} of {all} left", self.samples_after)?;
        match self.sample_limit {
            0 => {}
            limit if self.fits() => write!(f, ", within the limit of {limit}")?,
            limit => write!(f, ", beyond the limit of {limit}")?,
        }
        match self.colliding {
            0 => Ok(()),
            1 => write!(f, "; 1 series collides with another and is lost"),
            colliding => write!(f, "; {colliding} series collide with others and are lost"),
        }
    }
}
