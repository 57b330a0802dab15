//! The tables of samples: which columns they have.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use arrow_schema::SchemaRef;

use super::body::Body;
use super::column::{Column, LE, QUANTILE, SAMPLES};
use super::layout::Layout;
use super::reading::{BOTH_FORMS, Metrics, Reading, TakeRow};
use super::row::{Row, RowSample};
use super::row_filter::RowFilter;
use crate::limits::Limits;

/// Returns the schema of the table of samples; the page [`docs::arrow`](crate::docs::arrow) says what its columns
/// hold.
///
/// ```
/// let schema = exposition::arrow::samples_schema();
/// assert_eq!(schema.field(0).name(), "target");
/// assert_eq!(schema.index_of("labels")?, 6);
/// # Ok::<(), arrow_schema::ArrowError>(())
/// ```
#[must_use]
pub fn samples_schema() -> SchemaRef {
    Table::samples().schema()
}

/// A table of samples: all of them, or those of one family with a column for each label.
///
/// ```
/// use arrow_array::cast::AsArray;
/// use arrow_array::types::Int32Type;
/// use exposition::Format;
/// use exposition::arrow::{Batch, BatchReader, Body, Table};
///
/// let text = "requests_total{code=\"200\",path=\"/\"} 3\nup 1\n";
/// let body = || std::iter::once(Body::new("a:9090", Format::default(), text.as_bytes()));
/// let table = Table::of_family("requests_total", body());
/// for batch in BatchReader::new(body()).table(table) {
///     if let Batch::Samples(batch) = batch? {
///         assert_eq!(batch.num_rows(), 1);
///         let codes = batch["code"].as_dictionary::<Int32Type>();
///         assert_eq!(codes.values().as_string::<i32>().value(0), "200");
///     }
/// }
/// # Ok::<(), arrow_schema::ArrowError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Table {
    layout: Arc<Layout>,
    /// The family's name, or that of one of its samples.
    pub(super) family: Option<Arc<str>>,
}

/// The most labels for which [`Table::of_family`] makes columns.
const MOST_LABELS: usize = 256;

impl Table {
    /// Creates the table of all samples.
    #[must_use]
    pub fn samples() -> Self {
        Table {
            layout: Arc::new(Layout::new(SAMPLES.to_vec(), None)),
            family: None,
        }
    }

    /// Creates the table of one family, with a dictionary column for each of `labels`.
    ///
    /// The family is found by its name and by that of its samples, as a [`Filter`](crate::Filter) finds it: OpenMetrics
    /// and text name a counter differently. The columns are those of the table of samples, with those of the labels,
    /// sorted, in place of `labels`, which comes last and has the labels that have no other column. A label that is
    /// named like another column has `label_` before its name; `le` and `quantile` are in their columns of numbers.
    ///
    /// ```
    /// use exposition::arrow::Table;
    ///
    /// let schema = Table::family("requests_total", ["name", "code"]).schema();
    /// let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    /// assert_eq!(names[..8], ["target", "scraped_at", "family", "type", "unit", "name", "code", "label_name"]);
    /// assert_eq!(names.last(), Some(&"labels"));
    /// ```
    pub fn family<L: Into<Arc<str>>>(
        name: impl Into<Arc<str>>,
        labels: impl IntoIterator<Item = L>,
    ) -> Self {
        let labels: BTreeSet<Arc<str>> = labels.into_iter().map(Into::into).collect();
        let own = labels
            .into_iter()
            .filter(|label| !matches!(&**label, LE | QUANTILE));
        let own: Vec<Arc<str>> = own.collect();
        let mut columns = Vec::new();
        for column in SAMPLES {
            match column {
                Column::Labels => columns.extend(own.iter().cloned().map(Column::Label)),
                column => columns.push(column),
            }
        }
        columns.push(Column::Labels);
        Table {
            layout: Arc::new(Layout::new(columns, Some(own))),
            family: Some(name.into()),
        }
    }

    /// Creates the table of one family with the labels that it has in these bodies, the first 256 by name. What cannot
    /// be read is passed over: its errors come when the bodies are read with this table.
    pub fn of_family<R: io::Read>(
        name: impl Into<Arc<str>>,
        bodies: impl Iterator<Item = Body<R>>,
    ) -> Self {
        let name = name.into();
        let mut labels = LabelNames::default();
        let filter = RowFilter::new().of_table(Some(name.clone()));
        let mut metrics = Metrics::default();
        for body in bodies {
            let mut reading = Reading::new(body, &filter, Limits::new(), BOTH_FORMS, metrics);
            while !matches!(reading.rows(&filter, &mut labels), Ok(false)) {}
            metrics = reading.into_metrics();
        }
        let labels = labels.names;
        Self::family(name, labels)
    }

    /// Returns the table's schema.
    #[must_use]
    pub fn schema(&self) -> SchemaRef {
        self.layout.schema.clone()
    }

    pub(super) fn layout(&self) -> Arc<Layout> {
        self.layout.clone()
    }
}

/// The names of the labels that samples have, the first by name.
#[derive(Debug, Default)]
struct LabelNames {
    names: BTreeSet<String>,
    spelled: String,
}

impl TakeRow for LabelNames {
    fn take(&mut self, row: &Row<'_, impl RowSample>) -> bool {
        let LabelNames { names, spelled } = self;
        row.sample.each_label(spelled, |name, value| {
            if !value.is_empty() && !names.contains(name) {
                names.insert(name.to_owned());
            }
        });
        while names.len() > MOST_LABELS {
            names.pop_last();
        }
        true
    }
}
