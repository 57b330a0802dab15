//! A column of exemplars.

use std::sync::Arc;

use arrow_array::builder::{
    ArrayBuilder as _, Float64Builder, NullBufferBuilder, TimestampMillisecondBuilder,
};
use arrow_array::{ArrayRef, ListArray, StructArray};
use arrow_schema::ArrowError;

use super::column::{EXEMPLAR, EXEMPLARS, UTC};
use super::labels::LabelMaps;
use super::texts::offsets;
use crate::model::sample_view::ExemplarView;

/// Builds a column of lists of exemplars. Nothing is done for a row that has none, and is null.
#[derive(Debug)]
pub(super) struct Exemplars {
    labels: LabelMaps,
    values: Float64Builder,
    times: TimestampMillisecondBuilder,
    /// How many each row has.
    lengths: Vec<usize>,
}

/// What an exemplar takes in the column without its labels, in bytes.
const EXEMPLAR_BYTES: usize = 24;

impl Exemplars {
    pub(super) fn new() -> Self {
        Exemplars {
            labels: LabelMaps::as_written(),
            values: Float64Builder::new(),
            times: TimestampMillisecondBuilder::new().with_timezone(UTC),
            lengths: Vec::new(),
        }
    }

    /// Sets the exemplars of a row, which has to come after those that have some. Returns how many bytes that adds to
    /// the column.
    pub(super) fn set(
        &mut self,
        row: usize,
        exemplars: impl Iterator<Item = impl ExemplarView>,
    ) -> usize {
        let (mut count, mut bytes) = (0, 0);
        for exemplar in exemplars {
            for (name, value) in exemplar.labels() {
                bytes += self.labels.push(&name, &value);
            }
            self.labels.end();
            self.values.append_value(exemplar.value());
            self.times.append_option(exemplar.timestamp());
            count += 1;
            bytes += EXEMPLAR_BYTES;
        }
        self.lengths.resize(row, 0);
        self.lengths.push(count);
        bytes
    }

    pub(super) fn finish(mut self, rows: usize) -> Result<ArrayRef, ArrowError> {
        if self.lengths.is_empty() {
            // Memory that nothing is written to.
            return Ok(Arc::new(ListArray::new_null(EXEMPLARS.clone(), rows)));
        }
        self.lengths.resize(rows, 0);
        let offsets = offsets(self.lengths.iter().copied(), self.values.len())?;
        let mut validity = NullBufferBuilder::new(rows);
        (self.lengths.iter()).for_each(|length| validity.append(*length > 0));
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.labels.finish()?),
            Arc::new(self.values.finish()),
            Arc::new(self.times.finish()),
        ];
        let exemplars = Arc::new(StructArray::try_new(EXEMPLAR.clone(), columns, None)?);
        let array = ListArray::try_new(
            EXEMPLARS.clone(),
            offsets.finish(),
            exemplars,
            validity.finish(),
        )?;
        Ok(Arc::new(array))
    }
}
