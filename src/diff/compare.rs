//! The comparison.

use std::collections::{HashMap, HashSet};
use std::fmt;

use super::change::{Change, Form};
use super::schema::{Look, Schema, Schemas};
use super::values::{self, Tolerance};
use crate::families::family::MetricFamily;

/// What changed from one body to another: see the [module](crate::diff).
///
/// Displays as one line for each change, those that are [breaking](Change::is_breaking) with `breaking: ` before
/// them; empty if nothing changed. With the feature `serde` it is written as the list of its changes.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Diff {
    changes: Vec<Change>,
}

impl Diff {
    /// Compares what two bodies say of their families, without values.
    ///
    /// Takes time in proportion to what is compared.
    #[must_use]
    pub fn between<'f, 'a: 'f>(
        before: impl IntoIterator<Item = &'f MetricFamily<'a>>,
        after: impl IntoIterator<Item = &'f MetricFamily<'a>>,
    ) -> Self {
        let before = Schemas::of(before.into_iter());
        let after = Schemas::of(after.into_iter());
        Diff {
            changes: compare(&before, &after),
        }
    }

    /// Compares values too, series by series. Timestamps and the times when series were created are not
    /// compared; of a series with several samples, the first are compared that differ.
    ///
    /// ```
    /// use exposition::{Families, diff::{Diff, Tolerance}, families};
    ///
    /// let before = families("a 100\nb{c=\"1\"} 1\n").read_all().families;
    /// let after = families("a 101\nb{c=\"2\"} 1\n").read_all().families;
    /// let diff = Diff::with_values(&before, &after, Tolerance::relative(0.05));
    /// assert_eq!(diff.to_string(), "b{c=\"1\"}: series removed\nb{c=\"2\"}: series added\n");
    /// let diff = Diff::with_values(&before[..1], &after[..1], Tolerance::EXACT);
    /// assert_eq!(diff.to_string(), "a: value changed from 100 to 101\n");
    /// ```
    #[must_use]
    pub fn with_values<'f, 'a: 'f>(
        before: impl IntoIterator<Item = &'f MetricFamily<'a>>,
        after: impl IntoIterator<Item = &'f MetricFamily<'a>>,
        tolerance: Tolerance,
    ) -> Self {
        let before: Vec<_> = before.into_iter().collect();
        let after: Vec<_> = after.into_iter().collect();
        let mut diff = Diff::between(before.iter().copied(), after.iter().copied());
        values::compare(&before, &after, tolerance, &mut diff.changes);
        diff
    }

    /// Returns the changes: those of families in the order of the first body, then new families in the order of
    /// the second, then those of series in the same way.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Returns the changes without copying them.
    #[must_use]
    pub fn into_changes(self) -> Vec<Change> {
        self.changes
    }

    /// Tells whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Tells whether any change is [breaking](Change::is_breaking).
    #[must_use]
    pub fn is_breaking(&self) -> bool {
        self.changes.iter().any(Change::is_breaking)
    }

    /// Returns the changes that are [breaking](Change::is_breaking).
    pub fn breaking(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.is_breaking())
    }
}

fn compare(before: &Schemas<'_>, after: &Schemas<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    let (mut removed, mut met) = (Vec::new(), HashSet::new());
    let mut names: HashMap<String, &Schema<'_>> = HashMap::new();
    for schema in &after.all {
        names.extend(schema.other_name().map(|name| (name, schema)));
    }
    for schema in &before.all {
        // The names of a family that has metrics in one body only may differ.
        let other_name = || after.get(&schema.other_name()?);
        let other = after.get(&schema.name).or_else(other_name);
        match other.or_else(|| names.get(&*schema.name).copied()) {
            Some(other) => {
                met.insert(&*other.name);
                changed(schema, other, &mut changes);
            }
            None => {
                removed.push(changes.len());
                changes.push(Change::FamilyRemoved {
                    family: schema.name.to_string(),
                    metric_type: schema.metric_type,
                    renamed_to: None,
                });
            }
        }
    }
    let added: Vec<_> = (after.all.iter())
        .filter(|schema| !met.contains(&*schema.name))
        .collect();
    name_again(before, &added, &removed, &mut changes);
    changes.extend(added.iter().map(|schema| Change::FamilyAdded {
        family: schema.name.to_string(),
        metric_type: schema.metric_type,
    }));
    changes
}

/// Finds the families that were removed under other names.
fn name_again(
    before: &Schemas<'_>,
    added: &[&Schema<'_>],
    removed: &[usize],
    changes: &mut [Change],
) {
    // `None` if several look the same.
    let mut looks: HashMap<Look<'_>, Option<&str>> = HashMap::new();
    if removed.is_empty() {
        return;
    }
    for schema in added {
        if let Some(look) = schema.look() {
            let name = Some(&*schema.name);
            looks
                .entry(look)
                .and_modify(|name| *name = None)
                .or_insert(name);
        }
    }
    for change in removed {
        if let Some(Change::FamilyRemoved {
            family, renamed_to, ..
        }) = changes.get_mut(*change)
        {
            let look = before.get(family).and_then(Schema::look);
            let name = look.and_then(|look| looks.get(&look).copied().flatten());
            *renamed_to = name.map(str::to_owned);
        }
    }
}

/// Appends what changed of a family.
fn changed(before: &Schema<'_>, after: &Schema<'_>, changes: &mut Vec<Change>) {
    let family = || match before.has_metrics {
        true => before.name.to_string(),
        false => after.name.to_string(),
    };
    let owned = |text: Option<&str>| text.map(str::to_owned);
    if before.metric_type != after.metric_type {
        changes.push(Change::TypeChanged {
            family: family(),
            before: before.metric_type,
            after: after.metric_type,
        });
    }
    if before.unit != after.unit {
        changes.push(Change::UnitChanged {
            family: family(),
            before: owned(before.unit),
            after: owned(after.unit),
        });
    }
    if before.help != after.help {
        changes.push(Change::HelpChanged {
            family: family(),
            before: owned(before.help),
            after: owned(after.help),
        });
    }
    if !before.has_metrics || !after.has_metrics {
        return;
    }
    for label in before.labels_beyond(after) {
        changes.push(Change::LabelRemoved {
            family: family(),
            label: label.to_owned(),
        });
    }
    for label in after.labels_beyond(before) {
        changes.push(Change::LabelAdded {
            family: family(),
            label: label.to_owned(),
        });
    }
    let classic = [before.has_classic, after.has_classic];
    let native = [before.has_native, after.has_native];
    for (form, has) in [(Form::Classic, classic), (Form::Native, native)] {
        match has {
            [true, false] => changes.push(Change::FormRemoved {
                family: family(),
                form,
            }),
            [false, true] => changes.push(Change::FormAdded {
                family: family(),
                form,
            }),
            [true, true] | [false, false] => {}
        }
    }
    // A form that came or went has said it.
    if !before.bounds.is_empty() && !after.bounds.is_empty() {
        let bounds = before.bounds.beyond(&after.bounds);
        if !bounds.is_empty() {
            let family = family();
            changes.push(Change::BucketsRemoved { family, bounds });
        }
        let bounds = after.bounds.beyond(&before.bounds);
        if !bounds.is_empty() {
            let family = family();
            changes.push(Change::BucketsAdded { family, bounds });
        }
    }
    let quantiles = before.quantiles.beyond(&after.quantiles);
    if !quantiles.is_empty() {
        let family = family();
        changes.push(Change::QuantilesRemoved { family, quantiles });
    }
    let quantiles = after.quantiles.beyond(&before.quantiles);
    if !quantiles.is_empty() {
        let family = family();
        changes.push(Change::QuantilesAdded { family, quantiles });
    }
    let (schemas, others) = (before.schemas(), after.schemas());
    if !schemas.is_empty() && !others.is_empty() && schemas != others {
        changes.push(Change::SchemaChanged {
            family: family(),
            before: schemas,
            after: others,
        });
    }
}

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for change in &self.changes {
            let mark = if change.is_breaking() {
                "breaking: "
            } else {
                ""
            };
            writeln!(f, "{mark}{change}")?;
        }
        Ok(())
    }
}
