//! The columns that are built of a table.

use std::sync::Arc;

use arrow_schema::{ArrowError, Schema, SchemaRef};

use super::column::Column;

/// The columns that are built.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) schema: SchemaRef,
    pub(super) columns: Vec<Column>,
    /// Whether one of them is about labels.
    pub(super) has_labels: bool,
    /// The labels that have a column in the table, if labels have one.
    pub(super) own_labels: Option<Vec<Arc<str>>>,
}

impl Layout {
    pub(super) fn new(columns: Vec<Column>, own_labels: Option<Vec<Arc<str>>>) -> Self {
        let fields: Vec<_> = columns.iter().map(Column::field).collect();
        Layout {
            schema: Arc::new(Schema::new(fields)),
            has_labels: columns.iter().any(Column::is_of_labels),
            columns,
            own_labels,
        }
    }

    /// Returns the layout with some of the columns.
    pub(super) fn project(&self, indices: &[usize]) -> Result<Self, ArrowError> {
        // Says which index is wrong.
        self.schema.project(indices)?;
        let columns = indices.iter().filter_map(|at| self.columns.get(*at));
        Ok(Self::new(
            columns.cloned().collect(),
            self.own_labels.clone(),
        ))
    }
}
