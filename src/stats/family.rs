//! Which family a metric's name belongs to.

use std::borrow::Cow;
use std::collections::HashMap;

use super::collection::Stats;
use super::kept::Name;
use crate::model::metric_type::MetricType;
use crate::model::suffix::{Suffix, Suffixes};

/// Families, and which name belongs to which.
#[derive(Debug)]
pub(super) struct Families<'s> {
    pub(super) families: Vec<Family<'s>>,
    /// By the number of the name: the number of the family.
    of_names: Vec<usize>,
}

#[derive(Debug)]
pub(super) struct Family<'s> {
    pub(super) name: Cow<'s, str>,
    pub(super) metric_type: MetricType,
    /// The numbers of its names.
    pub(super) names: Vec<u32>,
}

impl<'s> Families<'s> {
    pub(super) fn of(stats: &'s Stats) -> Self {
        let mut places: HashMap<Cow<'s, str>, usize> = HashMap::new();
        let mut families: Vec<Family<'s>> = Vec::new();
        let mut of_names = Vec::with_capacity(stats.names.len());
        for (at, (_, name, about)) in stats.names.iter().enumerate() {
            let family = family_of(stats, name, about);
            let place = *places.entry(family.clone()).or_insert_with(|| {
                families.push(Family {
                    name: family,
                    metric_type: MetricType::Unknown,
                    names: Vec::new(),
                });
                families.len() - 1
            });
            if let Some(family) = families.get_mut(place) {
                // Names without a type say nothing against it.
                if family.metric_type == MetricType::Unknown {
                    family.metric_type = about.types.metric_type();
                }
                family.names.push(at as u32);
            }
            of_names.push(place);
        }
        Families { families, of_names }
    }

    /// Returns the number of a name's family.
    pub(super) fn of_name(&self, name: u32) -> Option<usize> {
        self.of_names.get(name as usize).copied()
    }
}

/// Returns the name of a family as the text format names it: a counter with its `_total`.
fn family_of<'s>(stats: &Stats, name: &'s str, about: &Name) -> Cow<'s, str> {
    let metric_type = about.types.metric_type();
    let Some((stem, suffix)) = Suffix::split(name) else {
        return Cow::Borrowed(name);
    };
    let is_part = !about.is_whole && Suffixes::OpenMetrics.of(metric_type).has(suffix);
    match suffix {
        Suffix::Bucket | Suffix::Sum | Suffix::Count | Suffix::GSum | Suffix::GCount if is_part => {
            Cow::Borrowed(stem)
        }
        Suffix::Created if is_part && metric_type == MetricType::Counter => {
            // Beside its counter, however that is named.
            let total = [stem, Suffix::Total.as_str()].concat();
            let is_there = |name: &str| {
                let hashed = stats.names.hash(0, name);
                stats.names.find(0, name, hashed).is_some()
            };
            match () {
                () if is_there(&total) => Cow::Owned(total),
                () if is_there(stem) => Cow::Borrowed(stem),
                () => Cow::Borrowed(name),
            }
        }
        Suffix::Created if is_part => Cow::Borrowed(stem),
        Suffix::Bucket
        | Suffix::Sum
        | Suffix::Count
        | Suffix::GSum
        | Suffix::GCount
        | Suffix::Created
        | Suffix::Total
        | Suffix::Info => Cow::Borrowed(name),
    }
}
