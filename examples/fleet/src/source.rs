//! A file to record batches, as DataFusion reads files.
//!
//! A [`FileSource`] rather than a plan of our own: DataFusion and Ballista know how to divide the files of a
//! [`FileScanConfig`] among tasks. A plan that they do not know would be run whole by every task of Ballista, and
//! each row would count as often as there are tasks.

use std::fmt;
use std::io::Cursor;
use std::iter;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, DictionaryArray, RecordBatch, StringArray, UInt64Array};
use datafusion::arrow::datatypes::Int32Type;
use datafusion::arrow::error::ArrowError;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{
    FileOpenFuture, FileOpener, FileScanConfig, FileSource,
};
use datafusion::datasource::projection::{ProjectionOpener, SplitProjection};
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::{DataFusionError, Result};
use datafusion::object_store::{ObjectStore, ObjectStoreExt as _};
use datafusion::physical_expr::projection::ProjectionExprs;
use datafusion::physical_plan::metrics::{Count, ExecutionPlanMetricsSet, MetricBuilder};
use datafusion::physical_plan::{DisplayFormatType, PhysicalExpr, apply_expression_roots};
use exposition::Format;
use exposition::arrow::{Batch, BatchReader, Body, Table, errors_schema};
use futures::StreamExt as _;

use crate::bodies::{Bodies, File};
use crate::body::{self, BodyError};
use crate::predicate::Predicate;
use crate::table::Kind;

/// Rows of a batch, unless the session says otherwise.
const DEFAULT_ROWS: usize = 8192;

/// The metric that counts what the table of errors has of the files that were read.
pub(crate) const ERRORS: &str = "exposition_errors";

/// Reads files with bodies in them.
#[derive(Clone)]
pub(crate) struct BodySource {
    bodies: Arc<Bodies>,
    kind: Kind,
    predicate: Predicate,
    schema: TableSchema,
    projection: SplitProjection,
    batch_rows: usize,
    metrics: ExecutionPlanMetricsSet,
}

impl BodySource {
    pub(crate) fn new(bodies: Arc<Bodies>, kind: Kind, predicate: Predicate) -> Self {
        let schema = TableSchema::from(kind.schema());
        Self {
            projection: SplitProjection::unprojected(&schema),
            bodies,
            kind,
            predicate,
            schema,
            batch_rows: DEFAULT_ROWS,
            metrics: ExecutionPlanMetricsSet::new(),
        }
    }

    pub(crate) fn bodies(&self) -> &Bodies {
        &self.bodies
    }

    pub(crate) const fn kind(&self) -> &Kind {
        &self.kind
    }

    pub(crate) const fn predicate(&self) -> &Predicate {
        &self.predicate
    }
}

impl FileSource for BodySource {
    fn create_file_opener(
        &self,
        object_store: Arc<dyn ObjectStore>,
        _base_config: &FileScanConfig,
        partition: usize,
    ) -> Result<Arc<dyn FileOpener>> {
        let opener = BodyOpener {
            store: object_store,
            bodies: Arc::clone(&self.bodies),
            table: self.kind.table(),
            predicate: Arc::new(self.predicate.clone()),
            columns: self.projection.file_indices.clone(),
            batch_rows: self.batch_rows,
            errors: MetricBuilder::new(&self.metrics).counter(ERRORS, partition),
        };
        ProjectionOpener::try_new(
            self.projection.clone(),
            Arc::new(opener),
            self.schema.file_schema(),
        )
    }

    fn table_schema(&self) -> &TableSchema {
        &self.schema
    }

    fn with_batch_size(&self, batch_size: usize) -> Arc<dyn FileSource> {
        let mut source = self.clone();
        source.batch_rows = batch_size;
        Arc::new(source)
    }

    fn projection(&self) -> Option<&ProjectionExprs> {
        Some(&self.projection.source)
    }

    fn try_pushdown_projection(
        &self,
        projection: &ProjectionExprs,
    ) -> Result<Option<Arc<dyn FileSource>>> {
        let mut source = self.clone();
        let merged = self.projection.source.try_merge(projection)?;
        source.projection = SplitProjection::new(self.schema.file_schema(), &merged);
        Ok(Some(Arc::new(source)))
    }

    fn metrics(&self) -> &ExecutionPlanMetricsSet {
        &self.metrics
    }

    fn file_type(&self) -> &str {
        "exposition"
    }

    fn fmt_extra(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.predicate.is_always() {
            true => Ok(()),
            false => write!(f, ", skips all but {}", self.predicate),
        }
    }

    /// A body is read as a whole: what a line means depends on the lines before it.
    fn supports_repartitioning(&self) -> bool {
        false
    }

    fn apply_expressions(
        &self,
        f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        apply_expression_roots(self.projection.source.iter(), f)
    }
}

/// Opens the files of a task.
#[derive(Clone)]
struct BodyOpener {
    store: Arc<dyn ObjectStore>,
    bodies: Arc<Bodies>,
    /// `None` for the table of errors.
    table: Option<Table>,
    predicate: Arc<Predicate>,
    columns: Vec<usize>,
    batch_rows: usize,
    errors: Count,
}

impl FileOpener for BodyOpener {
    fn open(&self, file: PartitionedFile) -> Result<FileOpenFuture> {
        let opener = self.clone();
        Ok(Box::pin(async move {
            let meta = file.object_meta;
            let location = meta.location.clone();
            let file = opener.bodies.file(meta)?;
            // It was when the query was planned.
            let file = file.ok_or_else(|| failed(&location, &"it is not one of the bodies"))?;
            let body = match opener.read(&file).await? {
                Ok(body) => body,
                Err(error) if opener.table.is_none() => {
                    let row = unreadable(&file, &error)?.project(&opener.columns)?;
                    return Ok(futures::stream::iter([Ok(row)]).boxed());
                }
                Err(_) if opener.bodies.skips_unreadable() => {
                    opener.errors.add(1);
                    return Ok(futures::stream::empty().boxed());
                }
                Err(error) => return Err(failed(&location, &error)),
            };
            let batches = opener.batches(file, body)?;
            let batches =
                batches.map(move |batch| batch.map_err(|error| failed(&location, &error)));
            Ok(futures::stream::iter(batches).boxed())
        }))
    }
}

impl BodyOpener {
    /// Returns the body in a file, or why it is unreadable.
    async fn read(&self, file: &File) -> Result<Result<Vec<u8>, BodyError>> {
        let limit = self.bodies.limit();
        if file.meta.size > limit {
            return Ok(Err(BodyError::TooLarge { limit }));
        }
        let bytes = self.store.get(&file.meta.location).await?.bytes().await?;
        Ok(body::decompress(bytes.into(), limit))
    }

    /// Returns the batches of a body, each of the columns asked for.
    fn batches(
        self,
        file: File,
        body: Vec<u8>,
    ) -> Result<impl Iterator<Item = Result<RecordBatch, ArrowError>> + Send> {
        let format = self
            .bodies
            .fixed_format()
            .unwrap_or_else(|| Format::sniff(&body));
        let body = Body::new(file.target, format, Cursor::new(body)).scraped_at(file.scraped_at);
        let reader = BatchReader::new(iter::once(body)).max_rows(self.batch_rows);
        let of_errors = self.table.is_none();
        let reader = match self.table {
            // Nothing is asked of the samples: no column of theirs is made.
            None => reader.project(&[])?,
            Some(table) => reader
                .table(table)
                .project(&self.columns)?
                .filter_by(self.predicate.row_filter()),
        };
        let (columns, met) = (self.columns, self.errors);
        Ok(reader.filter_map(move |batch| match batch {
            Ok(Batch::Samples(samples)) => (!of_errors).then_some(Ok(samples)),
            Ok(Batch::Errors(errors)) => {
                if of_errors {
                    return Some(errors.project(&columns));
                }
                met.add(errors.num_rows());
                None
            }
            Ok(_) => Some(Err(ArrowError::NotYetImplemented(
                "the reader has batches of a kind that is not known here".to_owned(),
            ))),
            Err(error) => Some(Err(error)),
        }))
    }
}

/// Returns the row of the table of errors for a file that is unreadable.
fn unreadable(file: &File, error: &BodyError) -> Result<RecordBatch, ArrowError> {
    let texts = |text: &str| iter::once(text).collect::<DictionaryArray<Int32Type>>();
    let columns: Vec<ArrayRef> = vec![
        Arc::new(texts(&file.target)),
        Arc::new(UInt64Array::new_null(1)),
        Arc::new(UInt64Array::new_null(1)),
        Arc::new(texts("unreadable body")),
        Arc::new(StringArray::from_iter_values([error.to_string()])),
    ];
    RecordBatch::try_new(errors_schema(), columns)
}

/// Returns the error of a query for which a file cannot be read.
fn failed(location: &impl fmt::Display, error: &impl fmt::Display) -> DataFusionError {
    DataFusionError::Execution(format!("{location}: {error}"))
}
