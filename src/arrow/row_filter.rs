//! Which samples become rows.

use std::sync::Arc;

use super::row::RowSample;
use crate::format::Format;
use crate::format::syntax::Composites;
use crate::model::suffix::Suffix;
use crate::text::filter::Filter;

/// The samples that become rows: those that pass each condition. Without conditions all do.
///
/// Each condition is a list of values, one of which a sample has to have, as with SQL's `IN`. A condition that is given
/// twice takes the values that are in both lists.
///
/// ```
/// use exposition::Format;
/// use exposition::arrow::{Batch, BatchReader, Body, RowFilter};
///
/// let text = "up{job=\"a\"} 1\nup{job=\"b\"} 0\ndown{job=\"a\"} 1\n";
/// let body = Body::new("a:9090", Format::default(), text.as_bytes());
/// let filter = RowFilter::new().names(["up"]).label("job", ["a", "c"]);
/// let mut batches = BatchReader::new([body].into_iter()).filter_by(filter);
/// let Some(Ok(Batch::Samples(batch))) = batches.next() else { panic!("no samples") };
/// assert_eq!(batch.num_rows(), 1);
/// ```
#[derive(Debug, Clone, Default)]
pub struct RowFilter {
    targets: Option<Vec<String>>,
    families: Option<Vec<String>>,
    names: Option<Vec<String>>,
    labels: Vec<(String, Vec<String>)>,
    /// The name that a family of its own table, or a sample of it, has.
    pub(super) table: Option<Arc<str>>,
}

impl RowFilter {
    /// Creates a filter that all samples pass.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes samples of these targets. Bodies of others are not read, and their errors are not found.
    #[must_use]
    pub fn targets<T: Into<String>>(mut self, targets: impl IntoIterator<Item = T>) -> Self {
        restrict(&mut self.targets, targets);
        self
    }

    /// Takes samples of the families with these names, as the column `family` has them.
    #[must_use]
    pub fn families<T: Into<String>>(mut self, families: impl IntoIterator<Item = T>) -> Self {
        restrict(&mut self.families, families);
        self
    }

    /// Takes samples with these names.
    #[must_use]
    pub fn names<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        restrict(&mut self.names, names);
        self
    }

    /// Takes samples whose label `name` has one of these values, as a scrape stores them. The empty value stands for
    /// samples without the label.
    #[must_use]
    pub fn label<T: Into<String>>(
        mut self,
        name: impl Into<String>,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.labels.push((name.into(), values));
        self
    }

    /// Takes samples of the table of one family.
    pub(super) fn of_table(mut self, family: Option<Arc<str>>) -> Self {
        self.table = family;
        self
    }

    /// Tells whether bodies of a target are read.
    pub(super) fn wants_target(&self, target: &str) -> bool {
        has(self.targets.as_deref(), target)
    }

    /// Returns what lines of that format have to pass, before they are looked at in full. More pass than become rows.
    pub(super) fn of_lines(&self, format: Format) -> Option<Filter> {
        let names: Vec<&str> = match (&self.names, &self.families, &self.table) {
            (Some(names), _, _) => names.iter().map(String::as_str).collect(),
            (None, Some(families), _) => families.iter().map(String::as_str).collect(),
            (None, None, Some(name)) => vec![name],
            (None, None, None) => return None,
        };
        let composites = format.dialect().map(|dialect| dialect.syntax().composites);
        Some(match composites {
            None | Some(Composites::Lines) => Filter::names(names),
            // `h_bucket` is a part of a line named `h`.
            Some(Composites::Braces) => {
                let families = names.iter().filter_map(|name| Suffix::split(name));
                let families = families.map(|(family, _)| family);
                Filter::names(families.chain(names.iter().copied()))
            }
        })
    }

    /// Tells whether samples of that name and family become rows, if their labels pass.
    pub(super) fn wants_metric(&self, name: &str, family: &str) -> bool {
        let is_of_table = |wanted: &str| name == wanted || family == wanted;
        has(self.names.as_deref(), name)
            && has(self.families.as_deref(), family)
            && self.table.as_deref().is_none_or(is_of_table)
    }

    /// Tells whether a sample's labels pass.
    #[inline]
    pub(super) fn wants_labels(&self, sample: &impl RowSample, spelled: &mut String) -> bool {
        self.labels.iter().all(|(label, values)| {
            let mut found = None;
            sample.each_label(spelled, |name, value| {
                if name == label && !value.is_empty() {
                    found.get_or_insert_with(|| values.iter().any(|wanted| wanted == value));
                }
            });
            found.unwrap_or_else(|| values.iter().any(String::is_empty))
        })
    }
}

/// Tells whether a value is in a list, if there is one.
fn has(list: Option<&[String]>, value: &str) -> bool {
    list.is_none_or(|list| list.iter().any(|one| one == value))
}

/// Sets a list of values, or leaves those in it that are in another list too.
fn restrict<T: Into<String>>(list: &mut Option<Vec<String>>, values: impl IntoIterator<Item = T>) {
    let values: Vec<String> = values.into_iter().map(Into::into).collect();
    match list {
        Some(list) => list.retain(|value| values.contains(value)),
        None => *list = Some(values),
    }
}
