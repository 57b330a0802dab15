//! The tables: samples, lines in error, and those of one family.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{
    ArrayRef, AsArray as _, DictionaryArray, RecordBatch, TimestampMillisecondArray,
};
use datafusion::arrow::datatypes::{Int32Type, Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::DFSchema;
use datafusion::common::tree_node::TreeNode as _;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder};
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use exposition::arrow::{Table, errors_schema, samples_schema};

use crate::bodies::{Bodies, File};
use crate::predicate::{LabelColumns, Predicate};
use crate::source::BodySource;

/// Which table is made of the bodies.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// A row for each sample.
    Samples,
    /// A row for each line in error, and for each file that cannot be read.
    Errors,
    /// A row for each sample of a family, and a column for each of its labels.
    Family {
        /// The family's name.
        name: String,
        /// The labels that become columns.
        labels: Vec<String>,
    },
}

impl Kind {
    /// Returns the table as the library names it, or `None` for that of errors, which comes with all of them.
    pub(crate) fn table(&self) -> Option<Table> {
        match self {
            Self::Samples => Some(Table::samples()),
            Self::Errors => None,
            Self::Family { name, labels } => {
                let labels = labels.iter().map(String::as_str);
                Some(Table::family(name.as_str(), labels))
            }
        }
    }

    pub(crate) fn schema(&self) -> SchemaRef {
        self.table()
            .map_or_else(errors_schema, |table| table.schema())
    }

    /// Returns where a row has its labels.
    fn labels(&self) -> LabelColumns<'_> {
        match self {
            Self::Samples | Self::Errors => LabelColumns::Map,
            Self::Family { labels, .. } => LabelColumns::Own(labels),
        }
    }
}

/// A table made of the bodies of a fleet.
#[derive(Clone, Debug)]
pub struct BodyTable {
    bodies: Arc<Bodies>,
    kind: Kind,
    schema: SchemaRef,
}

impl BodyTable {
    /// Makes a table of bodies.
    #[must_use]
    pub fn new(bodies: Arc<Bodies>, kind: Kind) -> Self {
        let schema = kind.schema();
        Self {
            bodies,
            kind,
            schema,
        }
    }

    pub(crate) fn bodies(&self) -> &Arc<Bodies> {
        &self.bodies
    }

    pub(crate) const fn kind(&self) -> &Kind {
        &self.kind
    }

    /// Adds a filter to `predicate`, if the reader of bodies knows it. Returns whether it does.
    fn narrow(&self, predicate: &mut Predicate, filter: &Expr) -> bool {
        // The lines in error are all those of a file, whatever their names were meant to be.
        self.kind != Kind::Errors && predicate.add(filter, self.kind.labels())
    }
}

#[async_trait]
impl TableProvider for BodyTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        let exact = |filter: &&Expr| {
            is_of_files(filter, &self.schema) || self.narrow(&mut Predicate::default(), filter)
        };
        Ok(filters
            .iter()
            .map(|filter| match exact(filter) {
                true => TableProviderFilterPushDown::Exact,
                false => TableProviderFilterPushDown::Unsupported,
            })
            .collect())
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let mut files = self.bodies.list(state).await?;
        let mut predicate = Predicate::default();
        for filter in filters {
            if is_of_files(filter, &self.schema) {
                files = matching(files, filter, state)?;
            } else {
                self.narrow(&mut predicate, filter);
            }
        }
        if files.is_empty() || predicate.is_never() {
            let schema = match projection {
                None => Arc::clone(&self.schema),
                Some(columns) => Arc::new(self.schema.project(columns)?),
            };
            return Ok(Arc::new(EmptyExec::new(schema)));
        }
        let groups = split(files, state.config().target_partitions());
        let source = BodySource::new(Arc::clone(&self.bodies), self.kind.clone(), predicate);
        let scan = FileScanConfigBuilder::new(self.bodies.store()?, Arc::new(source))
            .with_file_groups(groups)
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        Ok(DataSourceExec::from_data_source(scan))
    }
}

/// Returns whether a filter asks only for what is the same in all of a file: its target and time.
fn is_of_files(filter: &Expr, schema: &Schema) -> bool {
    let columns = filter.column_refs();
    let of_files =
        |name: &str| matches!(name, "target" | "scraped_at") && schema.index_of(name).is_ok();
    !columns.is_empty()
        && columns.iter().all(|column| of_files(&column.name))
        && !filter.is_volatile()
        && !filter.exists(is_open).unwrap_or(true)
}

/// Returns whether the value of an expression is not known before the query runs.
#[expect(clippy::unnecessary_wraps, reason = "what `Expr::exists` takes")]
fn is_open(expr: &Expr) -> Result<bool> {
    Ok(matches!(
        expr,
        Expr::ScalarSubquery(_)
            | Expr::InSubquery(_)
            | Expr::Exists(_)
            | Expr::SetComparison(_)
            | Expr::OuterReferenceColumn(..)
            | Expr::Placeholder(_)
    ))
}

/// Returns the files whose target and time match a filter: DataFusion asks it of a row for each.
fn matching(files: Vec<File>, filter: &Expr, state: &dyn Session) -> Result<Vec<File>> {
    let samples = samples_schema();
    let schema = Schema::new(vec![
        samples.field_with_name("target")?.clone(),
        samples.field_with_name("scraped_at")?.clone(),
    ]);
    let targets: DictionaryArray<Int32Type> =
        files.iter().map(|file| file.target.as_str()).collect();
    let times = files.iter().map(|file| file.scraped_at);
    let times = TimestampMillisecondArray::from_iter_values(times).with_timezone("UTC");
    let columns: Vec<ArrayRef> = vec![Arc::new(targets), Arc::new(times)];
    let batch = RecordBatch::try_new(Arc::new(schema.clone()), columns)?;

    let filter = state.create_physical_expr(filter.clone(), &DFSchema::try_from(schema)?)?;
    let matches = filter.evaluate(&batch)?.into_array(files.len())?;
    let matches = matches.as_boolean();
    Ok(files
        .into_iter()
        .zip(matches.iter())
        .filter_map(|(file, matches)| (matches == Some(true)).then_some(file))
        .collect())
}

/// Returns the files in as many groups as there are partitions, of about the same number of bytes each: the largest
/// files first, each to the group that has the fewest bytes yet.
fn split(mut files: Vec<File>, partitions: usize) -> Vec<FileGroup> {
    // An empty file costs something too.
    let cost = |file: &File| file.meta.size.saturating_add(1);
    files.sort_by_key(|file| std::cmp::Reverse(cost(file)));
    let groups = partitions.clamp(1, files.len().max(1));
    let mut groups = vec![(0_u64, Vec::new()); groups];
    for file in files {
        if let Some((bytes, group)) = groups.iter_mut().min_by_key(|(bytes, _)| *bytes) {
            *bytes = bytes.saturating_add(cost(&file));
            group.push(file);
        }
    }
    groups
        .into_iter()
        .map(|(_, mut group)| {
            group.sort_by(|a, b| a.meta.location.cmp(&b.meta.location));
            let files = group.into_iter();
            FileGroup::new(
                files
                    .map(|file| PartitionedFile::new_from_meta(file.meta))
                    .collect(),
            )
        })
        .collect()
}
