//! Links families of the outcome whose samples are of the same metrics: what is decided about one is decided
//! about all.
//!
//! Text has no `_created`, `_gsum` and `_gcount` within families: there they are separate families. And the
//! samples of a family whose type another body contradicts may go into several families.

use std::collections::{HashMap, HashSet};

use super::group::Group;
use super::index::Index;
use super::metric::Cluster;
use crate::encode::target::Target;
use crate::model::metric_type::MetricType;
use crate::model::suffix::Suffix;

/// What will be written.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) groups: Vec<Group>,
    /// The clusters of more than one family, and which families each contains.
    pub(super) clusters: Vec<Cluster>,
    pub(super) cluster_of: HashMap<usize, usize>,
}

impl Plan {
    /// Returns the cluster of a family that shares its metrics with no other family.
    pub(super) fn alone(&self, at: usize, target: &Target) -> Cluster {
        let mut cluster = Cluster::default();
        if let Some(group) = self.groups.get(at) {
            cluster.add(at, group, target);
        }
        cluster
    }
}

impl Index<'_> {
    /// Records that samples of a body's family, which has this name when escaped and whose names end in
    /// `suffix`, are in that group.
    pub(super) fn bind(
        &mut self,
        family: &str,
        kind: MetricType,
        at: usize,
        suffix: &str,
        contested: bool,
    ) {
        if let Some(group) = self.groups.get_mut(at) {
            group.inside.add(kind);
            group.contested |= contested;
            if group.name.strip_suffix(suffix) == Some(family) {
                group.suffix = Suffix::parse(suffix);
            }
        }
        match self.bound.get(family) {
            Some(first) => self.unite(*first, at),
            None => _ = self.bound.insert(family.to_owned(), at),
        }
    }

    /// Finds start times, sums and counts that text bodies write as separate gauges.
    pub(super) fn link_by_name(&mut self) {
        for at in 0..self.groups.len() {
            let Some((suffix, owner)) = self.owner_by_name(at) else {
                continue;
            };
            if let Some(group) = self.groups.get_mut(at) {
                group.suffix = Some(suffix);
            }
            self.unite(owner, at);
        }
    }

    fn owner_by_name(&mut self, at: usize) -> Option<(Suffix, usize)> {
        use MetricType::{Counter, Gauge, GaugeHistogram, Histogram, Summary, Unknown};
        let group = self.groups.get(at)?;
        if !matches!(
            group.kind.map(|declared| declared.kind),
            None | Some(Gauge | Unknown)
        ) {
            return None;
        }
        let is = |name: &str, kinds: &[MetricType]| {
            let at = *self.by_name.get(name)?;
            kinds.contains(&self.declared(name)?.kind).then_some(at)
        };
        for suffix in [Suffix::GSum, Suffix::GCount] {
            if let Some(base) = group.name.strip_suffix(suffix.as_str()) {
                return Some((suffix, is(base, &[Histogram, GaugeHistogram])?));
            }
        }
        let suffix = Suffix::Created;
        let base = group.name.strip_suffix(suffix.as_str())?;
        if let Some(owner) = is(base, &[Histogram, GaugeHistogram, Summary]) {
            return Some((suffix, owner));
        }
        match is(&[base, Suffix::Total.as_str()].concat(), &[Counter]) {
            Some(owner) => {
                self.groups.get_mut(owner)?.suffix = Some(Suffix::Total);
                Some((suffix, owner))
            }
            None => Some((suffix, is(base, &[Counter])?)),
        }
    }

    /// Records that the samples of two groups can be of the same metrics.
    pub(super) fn unite(&mut self, one: usize, other: usize) {
        let (one, other) = (self.first(one), self.first(other));
        if let Some(group) = self.groups.get_mut(one.max(other)) {
            group.link = one.min(other);
        }
        self.united |= one != other;
    }

    /// Returns the first of the groups that a group is united with.
    fn first(&mut self, mut at: usize) -> usize {
        loop {
            let link = self.groups.get(at).map_or(at, |group| group.link);
            if link == at {
                return at;
            }
            let next = self.groups.get(link).map_or(link, |group| group.link);
            if let Some(group) = self.groups.get_mut(at) {
                group.link = next;
            }
            at = next;
        }
    }

    pub(super) fn into_plan(mut self) -> Plan {
        let mut clusters: Vec<Cluster> = Vec::new();
        let mut cluster_of: HashMap<usize, usize> = HashMap::new();
        if self.united {
            let firsts: Vec<usize> = (0..self.groups.len()).map(|at| self.first(at)).collect();
            let members = firsts
                .iter()
                .enumerate()
                .filter(|(at, first)| *at != **first);
            let shared: HashSet<usize> = members.map(|(_, first)| *first).collect();
            let mut number_of: HashMap<usize, usize> = HashMap::new();
            for ((at, group), first) in self.groups.iter().enumerate().zip(firsts) {
                if group.adopted || !shared.contains(&first) {
                    continue;
                }
                let number = *number_of.entry(first).or_insert_with(|| {
                    clusters.push(Cluster::default());
                    clusters.len() - 1
                });
                if let Some(cluster) = clusters.get_mut(number) {
                    cluster.add(at, group, self.target);
                    cluster_of.insert(at, number);
                }
            }
        }
        Plan {
            groups: self.groups,
            clusters,
            cluster_of,
        }
    }
}
