//! Which filters the reader of bodies applies itself: what a name, a family or a label is equal to.
//!
//! Lines of other names and families are skipped before they are looked at in full, and samples with other labels
//! before they become rows. Each filter of a conjunction is either taken as a whole, and means exactly what it means
//! in SQL, or is left to DataFusion.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};
use datafusion::scalar::ScalarValue;
use exposition::arrow::{RowFilter, samples_schema};

/// What a filter asks of a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Term {
    Name,
    Family,
    Label(String),
}

/// Where a table has the labels of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum LabelColumns<'a> {
    /// In the map `labels`.
    Map,
    /// In a column each.
    Own(&'a [String]),
}

/// A conjunction of filters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Predicate {
    pub(crate) names: Option<BTreeSet<String>>,
    pub(crate) families: Option<BTreeSet<String>>,
    /// The values that each label may have; the empty one is a label that is absent.
    pub(crate) labels: BTreeMap<String, BTreeSet<String>>,
}

impl Predicate {
    /// Adds a filter, if it is one that the reader knows. Returns whether it is.
    pub(crate) fn add(&mut self, filter: &Expr, labels: LabelColumns<'_>) -> bool {
        let Some((term, values)) = equality(filter, labels) else {
            return false;
        };
        match term {
            Term::Name => narrow(&mut self.names, values),
            Term::Family => narrow(&mut self.families, values),
            Term::Label(name) => match self.labels.entry(name) {
                std::collections::btree_map::Entry::Vacant(entry) => {
                    entry.insert(values);
                }
                std::collections::btree_map::Entry::Occupied(mut entry) => {
                    entry.get_mut().retain(|value| values.contains(value));
                }
            },
        }
        true
    }

    /// Returns whether no row can match.
    pub(crate) fn is_never(&self) -> bool {
        let mut sets = self
            .names
            .iter()
            .chain(&self.families)
            .chain(self.labels.values());
        sets.any(BTreeSet::is_empty)
    }

    /// Returns whether every row matches.
    pub(crate) fn is_always(&self) -> bool {
        *self == Self::default()
    }

    /// Returns the same for the reader of bodies.
    pub(crate) fn row_filter(&self) -> RowFilter {
        let mut filter = RowFilter::new();
        if let Some(names) = &self.names {
            filter = filter.names(names);
        }
        if let Some(families) = &self.families {
            filter = filter.families(families);
        }
        for (label, values) in &self.labels {
            filter = filter.label(label, values);
        }
        filter
    }
}

/// Keeps of `set` what is in `values` too.
fn narrow(set: &mut Option<BTreeSet<String>>, values: BTreeSet<String>) {
    match set {
        None => *set = Some(values),
        Some(set) => set.retain(|value| values.contains(value)),
    }
}

/// Returns the values that a filter lets a term have.
fn equality(filter: &Expr, labels: LabelColumns<'_>) -> Option<(Term, BTreeSet<String>)> {
    match filter {
        Expr::BinaryExpr(BinaryExpr {
            left,
            op: Operator::Eq,
            right,
        }) => {
            let (side, value) = match (literal(left), literal(right)) {
                (None, Some(value)) => (left, value),
                (Some(value), None) => (right, value),
                _ => return None,
            };
            let term = term(side, labels)?;
            Some((term.clone(), present(&term, [value])))
        }
        Expr::BinaryExpr(BinaryExpr {
            left,
            op: Operator::Or,
            right,
        }) => {
            let (term, mut values) = equality(left, labels)?;
            let (other, more) = equality(right, labels)?;
            if term != other {
                return None;
            }
            values.extend(more);
            Some((term, values))
        }
        Expr::InList(list) if !list.negated => {
            let term = term(&list.expr, labels)?;
            let values = list.list.iter().map(literal).collect::<Option<Vec<_>>>()?;
            Some((term.clone(), present(&term, values)))
        }
        Expr::IsNull(label) => match term(label, labels)? {
            Term::Label(name) => Some((Term::Label(name), BTreeSet::from([String::new()]))),
            _ => None,
        },
        _ => None,
    }
}

/// Returns what a term can be equal to. A label that is absent is NULL, which is equal to nothing, and no label is
/// stored that is empty; while to the reader, a label equal to the empty string is one that is absent.
fn present(term: &Term, values: impl IntoIterator<Item = String>) -> BTreeSet<String> {
    let values = values.into_iter();
    match term {
        Term::Label(_) => values.filter(|value| !value.is_empty()).collect(),
        _ => values.collect(),
    }
}

/// Returns which term an expression is.
fn term(expr: &Expr, labels: LabelColumns<'_>) -> Option<Term> {
    match expr {
        Expr::Column(column) => match (column.name.as_str(), labels) {
            ("name", _) => Some(Term::Name),
            ("family", _) => Some(Term::Family),
            (name, LabelColumns::Own(labels)) if labels.iter().any(|label| label == name) => {
                // The column `label_name` may be that of the label `name`: such filters are left to DataFusion.
                let stem = name.trim_start_matches("label_");
                let is_taken = samples_schema().index_of(stem).is_ok();
                (!is_taken).then(|| Term::Label(name.to_owned()))
            }
            _ => None,
        },
        // A comparison of texts, however they are held.
        Expr::Cast(cast) if is_text(cast.field.data_type()) => term(&cast.expr, labels),
        Expr::ScalarFunction(call) if call.name() == "get_field" => {
            let [Expr::Column(map), key] = call.args.as_slice() else {
                return None;
            };
            // Where labels have columns of their own, the map has only the others.
            match map.name == "labels" && matches!(labels, LabelColumns::Map) {
                true => Some(Term::Label(literal(key)?)),
                false => None,
            }
        }
        _ => None,
    }
}

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

/// Returns the text that an expression is, if it is one and not NULL.
fn literal(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Literal(value, _) => text(value),
        Expr::Cast(cast) if is_text(cast.field.data_type()) => literal(&cast.expr),
        _ => None,
    }
}

fn text(value: &ScalarValue) -> Option<String> {
    value.try_as_str().flatten().map(str::to_owned)
}

impl fmt::Display for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sets = [("name", &self.names), ("family", &self.families)];
        let sets = sets
            .into_iter()
            .filter_map(|(term, set)| Some((term, set.as_ref()?)));
        let labels = self
            .labels
            .iter()
            .map(|(label, values)| (label.as_str(), values));
        for (i, (term, values)) in sets.chain(labels).enumerate() {
            write!(f, "{}{term}={values:?}", if i == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}
