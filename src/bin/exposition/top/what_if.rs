//! Relabel rules, tried on what was counted.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::str::FromStr;

use exposition::relabel::{LabelSet, Rule, RuleConfig, RuleCounts, RuleStats, Rules};
use exposition::stats::Stats;
use exposition::{
    Exemplar, ExemplarView, MetricType, SampleValue, SampleView, ValidationScheme, yaml,
};
use serde::Deserialize;
use serde_json::Value;

use crate::console::Console;
use crate::failure::{Result, Usage};
use crate::outcome::Outcome;
use crate::page::{Ink, number, pad, printable, width};
use crate::source::{self, Source};

const NAME: &str = "__name__";

/// Rules as they are given: YAML, or a file after an `@`.
#[derive(Debug, Clone)]
pub(super) struct RuleText(String);

impl FromStr for RuleText {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(RuleText(text.to_owned()))
    }
}

/// A part of a scrape configuration.
#[derive(Deserialize)]
struct Section {
    metric_relabel_configs: Vec<RuleConfig>,
}

impl RuleText {
    /// Reads the rules.
    pub(super) fn read(&self) -> Result<WhatIf> {
        let (name, text) = match self.0.strip_prefix('@') {
            Some(file) => (file, source::text(file.as_ref())?),
            None => ("--what-if", self.0.clone()),
        };
        let wrong = |error: &dyn std::fmt::Display| Usage(format!("{name}: {error}"));
        let document: Value = yaml::from_str(&text).map_err(|error| wrong(&error))?;
        let configs = if document.get("metric_relabel_configs").is_some() {
            yaml::from_str::<Section>(&text).map(|section| section.metric_relabel_configs)
        } else if document.is_array() {
            yaml::from_str::<Vec<RuleConfig>>(&text)
        } else {
            yaml::from_str::<RuleConfig>(&text).map(|rule| vec![rule])
        };
        let configs = configs.map_err(|error| wrong(&error))?;
        if configs.is_empty() {
            return Err(wrong(&"there is no rule in it").into());
        }
        let rules = Rules::new(configs, ValidationScheme::Utf8).map_err(|error| wrong(&error))?;
        Ok(WhatIf {
            counts: rules.stats(),
            rules,
            after: Stats::new(),
        })
    }
}

/// Rules, and what they leave.
pub(super) struct WhatIf {
    rules: Rules,
    counts: RuleStats,
    pub(super) after: Stats,
}

impl WhatIf {
    /// Applies the rules to a body.
    pub(super) fn read(&mut self, source: &Source) {
        let WhatIf {
            rules,
            counts,
            after,
        } = self;
        after.begin_body();
        let mut labels = LabelSet::new();
        let mut samples = source.samples();
        loop {
            let sample = match samples.next_sample() {
                Ok(Some(sample)) => sample,
                Ok(None) => return,
                // Told where the body is counted.
                Err(_) => continue,
            };
            let owned = |(name, value): (Cow<'_, str>, Cow<'_, str>)| {
                (name.into_owned(), value.into_owned())
            };
            let own = sample
                .labels()
                .filter(|(_, value)| !value.is_empty())
                .map(owned);
            let name = (NAME.to_owned(), sample.name().into_owned());
            labels.reset(std::iter::once(name).chain(own));
            if rules.apply_counted(&mut labels, counts) {
                after.add(&Kept {
                    labels: &labels,
                    metric_type: sample.metric_type(),
                    value: sample.value(),
                    timestamp: sample.timestamp(),
                });
            }
        }
    }

    /// Returns each metric whose number of series differs, with the numbers before and after: those that lose most
    /// first.
    pub(super) fn metrics(&self, before: &Stats) -> Vec<(String, u64, u64)> {
        let mut metrics: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        for metric in before.metrics() {
            metrics.entry(metric.name.to_owned()).or_default().0 = metric.series.known();
        }
        for metric in self.after.metrics() {
            metrics.entry(metric.name.to_owned()).or_default().1 = metric.series.known();
        }
        let metrics = metrics
            .into_iter()
            .map(|(name, (before, after))| (name, before, after));
        let mut metrics: Vec<_> = metrics
            .filter(|(_, before, after)| before != after)
            .collect();
        metrics.sort_by_key(|(_, before, after)| {
            std::cmp::Reverse(i128::from(*before) - i128::from(*after))
        });
        metrics
    }

    /// Returns how many samples the rules make equal to others, which are lost for it.
    pub(super) fn colliding(&self, before: &Stats) -> u64 {
        self.after.duplicates().saturating_sub(before.duplicates())
    }

    fn removes_nothing(&self, before: &Stats) -> bool {
        self.after.samples() == before.samples() && self.after.series() == before.series()
    }

    pub(super) fn outcome(&self, before: &Stats) -> Outcome {
        match self.removes_nothing(before) {
            true => Outcome::Findings,
            false => Outcome::Fine,
        }
    }

    /// Returns the rules with what each did.
    pub(super) fn rules(&self) -> impl Iterator<Item = (&RuleConfig, &RuleCounts)> {
        let configs = self.rules.iter().map(Rule::config);
        configs.zip(self.counts.rules())
    }
}

/// A sample after the rules.
struct Kept<'l, 'a> {
    labels: &'l LabelSet<'a>,
    metric_type: MetricType,
    value: SampleValue<'l>,
    timestamp: Option<i64>,
}

impl SampleView for Kept<'_, '_> {
    fn name<'s>(&'s self) -> Cow<'s, str> {
        Cow::Borrowed(self.labels.get(NAME).unwrap_or_default())
    }

    fn labels<'s>(&'s self) -> impl Iterator<Item = (Cow<'s, str>, Cow<'s, str>)> {
        let labels = self.labels.iter().filter(|(name, _)| *name != NAME);
        labels.map(|(name, value)| (Cow::Borrowed(name), Cow::Borrowed(value)))
    }

    fn value(&self) -> SampleValue<'_> {
        self.value
    }

    fn timestamp(&self) -> Option<i64> {
        self.timestamp
    }

    fn metric_type(&self) -> MetricType {
        self.metric_type
    }

    fn exemplars<'s>(&'s self) -> impl Iterator<Item = impl ExemplarView + 's> {
        std::iter::empty::<Exemplar<'s>>()
    }
}

/// Prints what the rules would do.
pub(super) fn print(
    what_if: &WhatIf,
    before: &Stats,
    limit: usize,
    console: &mut Console<'_>,
) -> io::Result<Outcome> {
    console.title("With these rules")?;
    let after = &what_if.after;
    let numbers = [
        ("series", before.series().known(), after.series().known()),
        ("samples", before.samples(), after.samples()),
    ];
    for (word, before, after) in numbers {
        writeln!(console.out, "{word}: {}", change(before, after))?;
    }
    match what_if.colliding(before) {
        0 => {}
        1 => writeln!(console.out, "1 sample collides with another and is lost")?,
        many => {
            let many = number::grouped(number::whole(many));
            writeln!(
                console.out,
                "{many} samples collide with others and are lost"
            )?;
        }
    }
    let metrics = what_if.metrics(before);
    if !metrics.is_empty() {
        let text = number::counted(metrics.len(), "metric changes", "metrics change");
        console.title(&text)?;
    }
    let shown = metrics.get(..limit).unwrap_or(&metrics);
    let names = shown
        .iter()
        .map(|(name, _, _)| width(&printable(name)))
        .max()
        .unwrap_or(0);
    for (name, before, after) in shown {
        let name = pad(&printable(name), names, false);
        writeln!(console.out, "{name}  {}", change(*before, *after))?;
    }
    console.more(metrics.len(), limit, 0)?;
    rules(what_if, console)?;
    Ok(what_if.outcome(before))
}

/// Prints what each rule did.
fn rules(what_if: &WhatIf, console: &mut Console<'_>) -> io::Result<()> {
    console.title("Rules")?;
    for (index, (rule, counts)) in what_if.rules().enumerate() {
        let count = |number: u64| number::grouped(number::whole(number));
        let (ink, did) = match (counts.matched, counts.seen) {
            (0, 0) => (
                Ink::Wrong,
                "never reached: the rules before it drop everything".to_owned(),
            ),
            (0, seen) => (
                Ink::Wrong,
                format!("never matches; saw {} samples", count(seen)),
            ),
            (matched, seen) => {
                let mut did = format!("matches {} of {} samples", count(matched), count(seen));
                if counts.dropped > 0 {
                    did.push_str(&format!(", drops {}", count(counts.dropped)));
                }
                if counts.changed > 0 {
                    did.push_str(&format!(", changes {}", count(counts.changed)));
                }
                (Ink::Value, did)
            }
        };
        // JSON is YAML on one line.
        let rule = serde_json::to_string(rule).unwrap_or_default();
        writeln!(console.out, "{}  {}", index + 1, printable(&rule))?;
        writeln!(console.out, "   {}", console.page.ink(ink, &did))?;
    }
    Ok(())
}

/// Returns two numbers and how far they are apart.
fn change(before: u64, after: u64) -> String {
    let number = |number: u64| number::grouped(number::whole(number));
    let (from, to) = (number(before), number(after));
    match after.cmp(&before) {
        std::cmp::Ordering::Equal => format!("{from}, as before"),
        std::cmp::Ordering::Less => {
            let less = before - after;
            let share = less as f64 / before.max(1) as f64 * 100.0;
            format!("{from} → {to}  (−{}, −{share:.1} %)", number(less))
        }
        std::cmp::Ordering::Greater => format!("{from} → {to}  (+{})", number(after - before)),
    }
}
