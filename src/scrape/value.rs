//! The value of a stored sample, owned.

use std::fmt;

use crate::model::native_histogram::NativeHistogram;
use crate::model::sample_view::SampleValue;
use crate::number::go_float;

/// The value of a stored sample: a number, or a native histogram.
///
/// A number can be compared with it: `sample.value == 7.0`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum StoredValue {
    /// A number.
    Float(f64),
    /// A native histogram.
    NativeHistogram(Box<NativeHistogram>),
}

impl StoredValue {
    /// Returns the number, if the value is a single one.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        SampleValue::from(self).as_f64()
    }

    /// Returns the native histogram, if the value is one.
    #[must_use]
    pub fn as_native_histogram(&self) -> Option<&NativeHistogram> {
        SampleValue::from(self).as_native_histogram()
    }
}

impl From<f64> for StoredValue {
    fn from(number: f64) -> Self {
        StoredValue::Float(number)
    }
}

impl From<SampleValue<'_>> for StoredValue {
    /// Copies the value. Of a composite value this is its native histogram or, as a line's number is, NaN:
    /// a scrape stores its parts one by one.
    fn from(value: SampleValue<'_>) -> Self {
        match value {
            SampleValue::Float(number) => StoredValue::Float(number),
            SampleValue::NativeHistogram(histogram) => {
                StoredValue::NativeHistogram(Box::new(histogram.clone()))
            }
            SampleValue::Composite(composite) => match composite.to_native_histogram() {
                Some(histogram) => StoredValue::NativeHistogram(Box::new(histogram)),
                None => StoredValue::Float(f64::NAN),
            },
        }
    }
}

impl<'s> From<&'s StoredValue> for SampleValue<'s> {
    fn from(value: &'s StoredValue) -> Self {
        match value {
            StoredValue::Float(number) => SampleValue::Float(*number),
            StoredValue::NativeHistogram(histogram) => SampleValue::NativeHistogram(histogram),
        }
    }
}

impl PartialEq for StoredValue {
    /// Compares numbers by their bits, so that NaN equals itself.
    fn eq(&self, other: &Self) -> bool {
        SampleValue::from(self) == SampleValue::from(other)
    }
}

impl PartialEq<f64> for StoredValue {
    /// Compares with a number as numbers are compared: NaN equals nothing.
    fn eq(&self, other: &f64) -> bool {
        SampleValue::from(self) == *other
    }
}

impl fmt::Display for StoredValue {
    /// Writes a number in Go's shortest spelling, and a histogram as it displays.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoredValue::Float(number) => go_float::shortest(*number).fmt(f),
            StoredValue::NativeHistogram(histogram) => histogram.fmt(f),
        }
    }
}
