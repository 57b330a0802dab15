//! Bodies to record batches.

use std::io;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};

use super::body::Body;
use super::columns::Columns;
use super::errors::Errors;
use super::layout::Layout;
use super::reading::{BOTH_FORMS, Metrics, Reading, TakeRow};
use super::row::{Row, RowSample};
use super::row_filter::RowFilter;
use super::table::Table;
use super::texts::Room;
use crate::limits::Limits;
use crate::model::histogram_options::HistogramOptions;

/// A batch of one of the two tables.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Batch {
    /// Samples, in the order of their bodies, and in a body in the order in which a scrape stores them. The schema is
    /// [`BatchReader::schema`].
    Samples(RecordBatch),
    /// What could not be read, with the schema [`errors_schema`](super::errors_schema).
    Errors(RecordBatch),
}

/// Reads bodies, one after the other, into record batches.
///
/// Iterates over [`Batch`]es. A batch of samples is returned when it is full, whichever bodies its rows are from; the
/// last one has what is left. Errors come in batches of their own, not necessarily next to the samples around them. An
/// error that ends a body early does not end the others. The iterator's own errors are
/// Arrow's: of a batch whose texts do not fit into 32 bits, as only converted histograms can have them; it goes on after it.
///
/// It holds a batch of samples, one of errors, and what a [`SampleReader`](crate::SampleReader) holds: of a text format
/// the longest line, of protobuf the largest family.
///
/// ```
/// use exposition::Format;
/// use exposition::arrow::{Batch, BatchReader, Body};
///
/// let bodies = ["a:9090", "b:9090"].map(|target| Body::new(target, Format::default(), &b"up 1\n"[..]));
/// let reader = BatchReader::new(bodies.into_iter());
/// let columns: Vec<usize> = ["name", "value"].iter().flat_map(|name| reader.schema().index_of(name)).collect();
/// let mut batches = reader.project(&columns)?;
/// let Some(Ok(Batch::Samples(batch))) = batches.next() else { panic!("no samples") };
/// assert_eq!((batch.num_rows(), batch.num_columns()), (2, 2));
/// assert!(batches.next().is_none());
/// # Ok::<(), arrow_schema::ArrowError>(())
/// ```
#[derive(Debug)]
pub struct BatchReader<I, R: io::Read> {
    bodies: I,
    reading: Option<Reading<R>>,
    /// What served for the last body.
    metrics: Metrics,
    layout: Arc<Layout>,
    filter: RowFilter,
    limits: Limits,
    histograms: HistogramOptions,
    full: Full,
    /// The batch that is being built, if there is one.
    samples: Option<Columns>,
    /// How much the labels of the last one took.
    room: (Room, Room),
    errors: Errors,
}

/// When a batch is full.
#[derive(Debug, Clone, Copy)]
struct Full {
    rows: usize,
    bytes: usize,
}

impl Full {
    #[inline]
    fn is_reached(self, (rows, bytes): (usize, usize)) -> bool {
        rows >= self.rows || rows > 0 && bytes >= self.bytes
    }
}

/// The most bytes of a batch: a column has 32 bits for the length of its texts.
const MOST_BYTES: usize = 1 << 30;
/// The most rows of a batch, for the same reason.
const MOST_ROWS: usize = 1 << 24;

impl<I: Iterator<Item = Body<R>>, R: io::Read> BatchReader<I, R> {
    /// Creates a reader of bodies. Nothing is read before the first batch is asked for.
    pub fn new(bodies: I) -> Self {
        let layout = Table::samples().layout();
        let full = Full {
            rows: 8192,
            bytes: 16 << 20,
        };
        BatchReader {
            bodies,
            reading: None,
            metrics: Metrics::default(),
            samples: None,
            room: Default::default(),
            layout,
            filter: RowFilter::new(),
            limits: Limits::new(),
            histograms: BOTH_FORMS,
            full,
            errors: Errors::new(),
        }
    }

    /// Sets the table that is read, with all of its columns. By default all samples are.
    #[must_use]
    pub fn table(mut self, table: Table) -> Self {
        self.layout = table.layout();
        self.filter = self.filter.of_table(table.family);
        self
    }

    /// Keeps only the columns at these [places](arrow_schema::Schema::index_of) in the [schema](Self::schema), in this
    /// order. Other columns are not built. If there are no places, batches have a number of rows and nothing else.
    ///
    /// # Errors
    ///
    /// [`ArrowError`] if there is no such column.
    pub fn project(mut self, indices: &[usize]) -> Result<Self, ArrowError> {
        self.layout = Arc::new(self.layout.project(indices)?);
        Ok(self)
    }

    /// Reads the samples that pass `filter`. If it asks for names or families, lines of others are skipped as with a
    /// [`Filter`](crate::Filter): not all of their errors are found.
    #[must_use]
    pub fn filter_by(mut self, filter: RowFilter) -> Self {
        self.filter = filter.of_table(self.filter.table);
        self
    }

    /// Sets the most rows of a batch, at least 1 and at most 2²⁴. 8192 by default.
    #[must_use]
    pub fn max_rows(mut self, rows: usize) -> Self {
        self.full.rows = rows.clamp(1, MOST_ROWS);
        self
    }

    /// Sets after how many bytes a batch ends, at most 1 GiB. 16 MiB by default. A row is in one batch, even if it is
    /// longer: a native histogram takes 24 bytes for each of its buckets.
    #[must_use]
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.full.bytes = bytes.min(MOST_BYTES);
        self
    }

    /// Sets the limits for each body. Lines and messages are not read beyond 256 MiB, whatever the limits say.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets in which form histograms become samples. By default both: native ones where there are any, and classic
    /// ones.
    #[must_use]
    pub fn histograms(mut self, options: HistogramOptions) -> Self {
        self.histograms = options;
        self
    }

    /// Returns the schema of the batches of samples.
    pub fn schema(&self) -> SchemaRef {
        self.layout.schema.clone()
    }

    /// Ends the batch of samples, if there are any.
    fn take_samples(&mut self) -> Option<Result<Batch, ArrowError>> {
        let samples = self.samples.take()?;
        self.room = samples.room();
        Some(samples.finish().map(Batch::Samples))
    }

    /// Ends the batch of errors.
    fn take_errors(&mut self) -> Result<Batch, ArrowError> {
        let errors = std::mem::replace(&mut self.errors, Errors::new());
        errors.finish().map(Batch::Errors)
    }

    /// Begins with the next body that is wanted. Returns false if there is none.
    fn open(&mut self) -> bool {
        let filter = &self.filter;
        let Some(body) = self.bodies.find(|body| filter.wants_target(&body.target)) else {
            return false;
        };
        let metrics = std::mem::take(&mut self.metrics);
        let reading = Reading::new(body, filter, self.limits, self.histograms, metrics);
        self.reading = Some(reading);
        true
    }

    /// Reads the body that was begun, until a batch is full or the body ends.
    fn fill(&mut self) {
        let Some(reading) = &mut self.reading else {
            return;
        };
        let full = self.full;
        let layout = || Columns::new(self.layout.clone(), full.rows, self.room);
        let samples = self.samples.get_or_insert_with(layout);
        match reading.rows(&self.filter, &mut Filling { samples, full }) {
            Ok(true) => {}
            Ok(false) => {
                let ended = self.reading.take().map(Reading::into_metrics);
                self.metrics = ended.unwrap_or_default();
            }
            Err(error) => self.errors.append(&reading.target, &error),
        }
    }
}

/// A batch, until it is full.
struct Filling<'c> {
    samples: &'c mut Columns,
    full: Full,
}

impl TakeRow for Filling<'_> {
    #[inline]
    fn take(&mut self, row: &Row<'_, impl RowSample>) -> bool {
        self.samples.append(row);
        !self.full.is_reached(self.samples.size())
    }
}

impl<I: Iterator<Item = Body<R>>, R: io::Read> Iterator for BatchReader<I, R> {
    type Item = Result<Batch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let size = self.samples.as_ref().map(Columns::size);
            if size.is_some_and(|size| self.full.is_reached(size)) {
                return self.take_samples();
            }
            if self.full.is_reached(self.errors.size()) {
                return Some(self.take_errors());
            }
            if self.reading.is_some() || self.open() {
                self.fill();
            } else if size.is_some_and(|(rows, _)| rows > 0) {
                return self.take_samples();
            } else if self.errors.size() > (0, 0) {
                return Some(self.take_errors());
            } else {
                return None;
            }
        }
    }
}
