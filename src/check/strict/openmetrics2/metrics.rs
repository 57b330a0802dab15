//! Which samples are those of one metric, and their times.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashSet;

use super::cursor::Token;
use super::demand;
use super::number::compare_times;
use super::report::Report;
use crate::families::family::MetricLabels;
use crate::text::shape::LabelShape;

/// The metrics of a family so far: its sets of labels.
#[derive(Debug, Default)]
pub(super) struct Metrics<'a> {
    current: Option<Metric<'a>>,
    seen: HashSet<MetricLabels<'a>>,
    /// The sets that have empty values, without those.
    without_empty: HashSet<MetricLabels<'a>>,
    /// The label names of the first metric, sorted.
    names: Option<Vec<Cow<'a, str>>>,
    /// The labels of the current group of a state set, and of all groups: without the state.
    group: Option<MetricLabels<'a>>,
    groups: HashSet<MetricLabels<'a>>,
}

#[derive(Debug)]
struct Metric<'a> {
    labels: MetricLabels<'a>,
    /// The timestamp of its last sample.
    timestamp: Option<Token<'a>>,
}

/// The labels of a sample.
pub(super) struct SampleLabels<'a, 's> {
    pub(super) text: &'a str,
    pub(super) shapes: &'s [LabelShape],
    /// Which of them is the state of a state set.
    pub(super) state: Option<usize>,
}

impl<'a> SampleLabels<'a, '_> {
    fn all(&self) -> MetricLabels<'a> {
        MetricLabels::from_line(self.text, self.shapes)
    }

    /// Returns them without empty values, if there are some.
    fn without_empty(&self) -> Option<MetricLabels<'a>> {
        let is_empty = |label: &LabelShape| label.value.start() == label.value.end();
        let has_empty = self.shapes.iter().any(is_empty);
        has_empty.then(|| {
            let others = self.shapes.iter().copied().filter(|label| !is_empty(label));
            MetricLabels::from_line(self.text, &others.collect::<Vec<_>>())
        })
    }

    fn group(&self) -> Option<MetricLabels<'a>> {
        let state = self.state?;
        let shapes = self.shapes.iter().enumerate();
        let others = shapes
            .filter(|(at, _)| *at != state)
            .map(|(_, label)| *label);
        Some(MetricLabels::from_line(
            self.text,
            &others.collect::<Vec<_>>(),
        ))
    }
}

impl<'a> Metrics<'a> {
    /// Adds a sample. Returns whether it begins a metric.
    pub(super) fn add(
        &mut self,
        labels: &SampleLabels<'a, '_>,
        timestamp: Option<Token<'a>>,
        report: &mut Report<'a, '_>,
    ) -> bool {
        let all = labels.all();
        if let Some(metric) = &mut self.current
            && metric.labels == all
        {
            match (metric.timestamp, timestamp) {
                (None, None) => report.add(0, demand::SAMPLE_ONCE),
                (Some(last), Some(now)) => match compare_times(last, now) {
                    Ordering::Less => {}
                    Ordering::Equal => report.add(now.at, demand::TIMES_DIFFER),
                    Ordering::Greater => report.add(now.at, demand::TIMES_RISE),
                },
                (None, Some(now)) => report.add(now.at, demand::ALL_TIMES),
                (Some(_), None) => report.add(0, demand::ALL_TIMES),
            }
            metric.timestamp = timestamp;
            return false;
        }
        self.enter_group(labels, report);
        let is_new = self.seen.insert(all.clone());
        if !is_new {
            report.add(0, demand::METRIC_TOGETHER);
        } else if self.differs_in_empty_labels(labels, &all) {
            report.add(0, demand::NO_EMPTY_LABEL);
        }
        self.current = Some(Metric {
            labels: all,
            timestamp,
        });
        is_new
    }

    /// Tells whether another metric has the same labels but for empty ones.
    fn differs_in_empty_labels(
        &mut self,
        labels: &SampleLabels<'a, '_>,
        all: &MetricLabels<'a>,
    ) -> bool {
        match labels.without_empty() {
            None => self.without_empty.contains(all),
            Some(some) => self.seen.contains(&some) | !self.without_empty.insert(some),
        }
    }

    /// Enters the group of states that a sample of a state set belongs to.
    fn enter_group(&mut self, labels: &SampleLabels<'a, '_>, report: &mut Report<'a, '_>) {
        let Some(group) = labels
            .group()
            .filter(|group| Some(group) != self.group.as_ref())
        else {
            return;
        };
        if !self.groups.insert(group.clone()) {
            report.add(0, demand::GROUP_TOGETHER);
        }
        self.group = Some(group);
        // The metrics of other groups have other labels.
        self.seen = HashSet::new();
        self.without_empty = HashSet::new();
    }

    /// Tells whether a metric has other label names than the first one; a label without a value is as none.
    pub(super) fn have_other_names(
        &mut self,
        labels: impl Iterator<Item = (Cow<'a, str>, bool)>,
    ) -> bool {
        let names = labels
            .filter(|(_, is_empty)| !is_empty)
            .map(|(name, _)| name);
        let mut names: Vec<_> = names.collect();
        names.sort_unstable();
        match &self.names {
            Some(first) => *first != names,
            None => {
                self.names = Some(names);
                false
            }
        }
    }
}
