//! A column of native histograms.

use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Float64Builder, Int32Builder, NullBufferBuilder};
use arrow_array::{Array as _, ArrayRef, ListArray, StructArray};
use arrow_schema::ArrowError;

use super::column::{BUCKET, BUCKETS, NATIVE_HISTOGRAM};
use super::texts::offsets;
use crate::model::native_histogram::NativeHistogram;

/// Builds a column of native histograms. Nothing is done for a row that has none, and is null.
#[derive(Debug)]
pub(super) struct NativeHistograms {
    schema: Int32Builder,
    count: Float64Builder,
    sum: Float64Builder,
    zero_threshold: Float64Builder,
    zero_count: Float64Builder,
    is_gauge: BooleanBuilder,
    /// Lower bounds, upper bounds and counts of all buckets.
    buckets: [Float64Builder; 3],
    bucket_lists: Vec<usize>,
    validity: NullBufferBuilder,
}

/// What a bucket takes in the column, in bytes.
const BUCKET_BYTES: usize = 24;

impl NativeHistograms {
    pub(super) fn new() -> Self {
        NativeHistograms {
            schema: Int32Builder::new(),
            count: Float64Builder::new(),
            sum: Float64Builder::new(),
            zero_threshold: Float64Builder::new(),
            zero_count: Float64Builder::new(),
            is_gauge: BooleanBuilder::new(),
            buckets: Default::default(),
            bucket_lists: Vec::new(),
            validity: NullBufferBuilder::new(0),
        }
    }

    /// Sets the histogram of a row, which has to come after those that have one. Returns how many bytes that adds to
    /// the column.
    pub(super) fn set(&mut self, row: usize, histogram: &NativeHistogram) -> usize {
        self.fill(row);
        self.schema.append_value(histogram.schema);
        self.count.append_value(histogram.count());
        self.sum.append_value(histogram.sum);
        self.zero_threshold.append_value(histogram.zero_threshold);
        self.zero_count.append_value(histogram.zero_count());
        self.is_gauge.append_value(histogram.is_gauge);
        let mut count = 0;
        let [lower, upper, counts] = &mut self.buckets;
        for bucket in histogram.buckets() {
            lower.append_value(bucket.lower);
            upper.append_value(bucket.upper);
            counts.append_value(bucket.count);
            count += 1;
        }
        self.bucket_lists.push(count);
        self.validity.append_non_null();
        count * BUCKET_BYTES
    }

    /// Puts rows without a histogram into the column, up to that row.
    fn fill(&mut self, rows: usize) {
        let missing = rows.saturating_sub(self.validity.len());
        self.schema.append_value_n(0, missing);
        for numbers in [
            &mut self.count,
            &mut self.sum,
            &mut self.zero_threshold,
            &mut self.zero_count,
        ] {
            numbers.append_value_n(0.0, missing);
        }
        self.is_gauge.append_n(missing, false);
        self.bucket_lists
            .resize(self.bucket_lists.len() + missing, 0);
        self.validity.append_n_nulls(missing);
    }

    pub(super) fn finish(mut self, rows: usize) -> Result<ArrayRef, ArrowError> {
        if self.validity.is_empty() {
            // Memory that nothing is written to.
            return Ok(Arc::new(StructArray::new_null(
                NATIVE_HISTOGRAM.clone(),
                rows,
            )));
        }
        self.fill(rows);
        let numbers = self
            .buckets
            .map(|mut numbers| Arc::new(numbers.finish()) as ArrayRef);
        let buckets = StructArray::try_new(BUCKET.clone(), numbers.to_vec(), None)?;
        let offsets = offsets(self.bucket_lists.into_iter(), buckets.len())?;
        let buckets =
            ListArray::try_new(BUCKETS.clone(), offsets.finish(), Arc::new(buckets), None)?;
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.schema.finish()),
            Arc::new(self.count.finish()),
            Arc::new(self.sum.finish()),
            Arc::new(self.zero_threshold.finish()),
            Arc::new(self.zero_count.finish()),
            Arc::new(self.is_gauge.finish()),
            Arc::new(buckets),
        ];
        let validity = self.validity.finish();
        let array = StructArray::try_new(NATIVE_HISTOGRAM.clone(), columns, validity)?;
        Ok(Arc::new(array))
    }
}
