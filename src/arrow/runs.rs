//! Columns of numbers that are often the same, or often missing.

use arrow_array::builder::PrimitiveBuilder;
use arrow_array::{Array as _, ArrowPrimitiveType, PrimitiveArray};

/// Builds a column whose rows often have the value of the row before. Nothing is done for a row that has.
#[derive(Debug)]
pub(super) struct Runs<T: ArrowPrimitiveType> {
    builder: PrimitiveBuilder<T>,
    /// The value of the rows that are not in the column yet.
    value: Option<T::Native>,
}

impl<T: ArrowPrimitiveType> Runs<T> {
    pub(super) fn new(builder: PrimitiveBuilder<T>) -> Self {
        Runs {
            builder,
            value: None,
        }
    }

    /// Sets the value of a row, and of those after it.
    #[inline]
    pub(super) fn set(&mut self, row: usize, value: Option<T::Native>) {
        if self.value != value {
            self.fill(row);
            self.value = value;
        }
    }

    /// Puts the rows up to that one into the column.
    fn fill(&mut self, rows: usize) {
        let missing = rows.saturating_sub(self.builder.values_slice().len());
        match self.value {
            Some(value) => self.builder.append_value_n(value, missing),
            None => self.builder.append_nulls(missing),
        }
    }

    pub(super) fn finish(mut self, rows: usize) -> PrimitiveArray<T> {
        self.fill(rows);
        self.builder.finish()
    }
}

/// Builds a column that has a value in some rows. Nothing is done for the others.
#[derive(Debug)]
pub(super) struct Sparse<T: ArrowPrimitiveType>(PrimitiveBuilder<T>);

impl<T: ArrowPrimitiveType> Sparse<T> {
    pub(super) fn new(builder: PrimitiveBuilder<T>) -> Self {
        Sparse(builder)
    }

    /// Sets the value of a row, which has to come after those that have one.
    #[inline]
    pub(super) fn set(&mut self, row: usize, value: T::Native) {
        self.fill(row);
        self.0.append_value(value);
    }

    #[inline]
    fn fill(&mut self, rows: usize) {
        let missing = rows.saturating_sub(self.0.values_slice().len());
        if missing > 0 {
            self.0.append_nulls(missing);
        }
    }

    pub(super) fn finish(mut self, rows: usize) -> PrimitiveArray<T> {
        if self.0.values_slice().is_empty() {
            // Memory that nothing is written to.
            let data_type = self.0.finish().data_type().clone();
            return PrimitiveArray::new_null(rows).with_data_type(data_type);
        }
        self.fill(rows);
        self.0.finish()
    }
}
